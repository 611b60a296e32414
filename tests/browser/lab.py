"""Real JupyterLab in headless Chromium over copies of notebooks, for tests and for benchmarks."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.browser.explorer_view import ExplorerView, PictureBox
from tests.browser.server import AS_ROOT, START_S, copy_without_outputs, running_server, tail

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
"""The browser, None where there is none."""

RUN_S = 300
# A small laptop: what fits here beside JupyterLab's file browser fits elsewhere.
VIEWPORT = {"width": 1280, "height": 800}
VIEW = "application/vnd.jupyter.widget-view+json"

PANEL = "[...window.jupyterapp.shell.widgets('main')].find(panel => panel.context?.path === name)"
READY = f"""name => {{
    const panel = window.jupyterapp && {PANEL};
    return panel?.context.isReady && panel.sessionContext.session?.kernel?.status === "idle";
}}"""
# Keeps every widget update that the page sends to the kernel.
LISTEN = f"""name => {{
    const kernel = {PANEL}.sessionContext.session.kernel;
    const send = kernel.sendShellMessage.bind(kernel);
    window.lessonUpdates = [];
    kernel.sendShellMessage = (message, ...more) => {{
        if (message.content.data?.method === "update")
            window.lessonUpdates.push(JSON.stringify(message.content.data.state));
        return send(message, ...more);
    }};
}}"""
# JupyterLab takes away a cell's number when its turn is fixed; here before, so that no old one counts.
RUN_ALL = f"""name => {{
    {PANEL}.content.widgets.forEach(({{ model }}) => model.clearExecution?.());
    window.jupyterapp.commands.execute("notebook:run-all-cells");
}}"""
RUN_HALF = f"""name => {{
    const notebook = {PANEL}.content;
    notebook.activeCellIndex = Math.floor(notebook.widgets.length / 2);
    window.jupyterapp.commands.execute("notebook:run-all-above");
}}"""
HALF_FINISHED = f"""name => {{
    const panel = {PANEL};
    return panel.sessionContext.session.kernel.status === "idle" && panel.content.widgets
        .slice(0, panel.content.activeCellIndex)
        .every(({{ model }}) => model.type !== "code" || model.executionCount !== null);
}}"""
RESTART = f"async name => {{ await {PANEL}.sessionContext.restartKernel(); }}"
# The copies are opened without outputs, so a number beside a cell says that it has run here. A stored
# picture beside a live view is an explorer: each of them must have its picture.
FINISHED = f"""name => {{
    const panel = {PANEL};
    if (panel.sessionContext.session.kernel.status !== "idle") return false;
    const cells = panel.content.widgets.filter(({{ model }}) =>
        model.type === "code" && model.sharedModel.source.trim());
    const outputs = cells.flatMap(cell => cell.model.sharedModel.outputs);
    if (outputs.some(output => output.output_type === "error")) return true;
    if (cells.some(cell => cell.model.executionCount === null)) return false;
    const explorers = outputs.filter(({{ data }}) =>
        data?.["image/png"] && data["{VIEW}"]);
    return panel.node.querySelectorAll(".explorer-picture > svg").length >= explorers.length;
}}"""
ERRORS = f"""name => {PANEL}.content.widgets
    .flatMap(({{ model }}) => model.type === "code" ? model.sharedModel.outputs : [])
    .filter(output => output.output_type === "error")
    .map(error => `${{error.ename}}: ${{error.evalue}}`)"""
# The model behind each explorer's output, and the sentence that its cell left with it.
SHOWN = f"""name => {PANEL}.content.widgets
    .flatMap(({{ model }}) => model.type === "code" ? model.sharedModel.outputs : [])
    .map(({{ data }}) => data)
    .filter(data => data?.["image/png"] && data["{VIEW}"])
    .map(data => [data["{VIEW}"].model_id, [data["text/plain"]].flat().join("")])"""
EXECUTE = f"""async ([name, code]) => {{
    const future = {PANEL}.sessionContext.session.kernel.requestExecute({{ code, store_history: false }});
    let text = "";
    future.onIOPub = message => {{ if (message.header.msg_type === "stream") text += message.content.text; }};
    const {{ content }} = await future.done;
    if (content.status !== "ok") throw new Error(`${{content.ename}}: ${{content.evalue}}`);
    return text;
}}"""
START = f"given => ({{ answer: ({EXECUTE})(given) }})"
SHUT_DOWN = f"async name => {{ await {PANEL}.sessionContext.shutdown(); }}"


@dataclass
class NotebookView:
    """One notebook in JupyterLab, opened without outputs and with a kernel of its own."""

    page: Page
    name: str
    console: list[str] = field(default_factory=list)
    """Errors in the browser's console; JupyterLab itself writes none."""

    def run_all(self) -> None:
        """Run all cells; return when every one has run and every picture is there, or one has failed."""
        self.begin()
        self.wait_until_finished()

    def begin(self) -> None:
        """Run all cells, and do not wait."""
        self.page.evaluate(RUN_ALL, self.name)

    def wait_until_finished(self) -> None:
        """Return when every cell has run and every picture is there, or one has failed."""
        # By the clock: a page behind another one draws no frames.
        self.page.wait_for_function(FINISHED, arg=self.name, timeout=1000 * RUN_S, polling=100)

    def run_half(self) -> None:
        """Run the cells of the notebook's first half; return when every one has run."""
        self.page.evaluate(RUN_HALF, self.name)
        self.page.wait_for_function(HALF_FINISHED, arg=self.name, timeout=1000 * RUN_S)

    def restart(self) -> None:
        """Restart the kernel; what cells have shown stays on the page."""
        self.page.evaluate(RESTART, self.name)
        self.page.wait_for_function(READY, arg=self.name, timeout=1000 * START_S)

    def errors(self) -> list[str]:
        """The errors among the cells' outputs."""
        return self.page.evaluate(ERRORS, self.name)

    def updates(self) -> list[str]:
        """What the page has told the kernel's widgets since the notebook was opened."""
        return self.page.evaluate("window.lessonUpdates")

    def left_by_cells(self) -> list[str]:
        """For each explorer shown, the sentence that the last cell to show it left."""
        shown = self.page.evaluate(SHOWN, self.name)
        last = dict(shown)
        return [last[model] for model, _ in shown]

    def execute(self, code: str) -> str:
        """Run code in the notebook's kernel, beside its cells; what it printed."""
        return self.page.evaluate(EXECUTE, [self.name, code])

    def start(self, code: str) -> Callable[[], str]:
        """Run code in the notebook's kernel and go on; call what comes back to wait for what it prints."""
        running = self.page.evaluate_handle(START, [self.name, code])
        return lambda: running.evaluate("({ answer }) => answer")

    def explorers(self) -> list[ExplorerView]:
        """Every explorer in the notebook, from top to bottom, as often as it is shown."""
        boxes = self.page.locator(".widget-vbox:has(> .explorer)").all()
        return [ExplorerView(self.page, box) for box in boxes]

    def interactive_plots(self) -> list[PictureBox]:
        """Every box that `ipywidgets.interact` made."""
        return [PictureBox(self.page, box, "img") for box in self.page.locator(".widget-interact").all()]


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab and a browser."""

    address: str
    token: str
    log: Path
    browser: Browser

    @contextmanager
    def open(self, name: str) -> Iterator[NotebookView]:
        """Open a notebook in a workspace of its own; its kernel is stopped at the end.

        Whatever is raised inside carries what `about` says as a note.
        """
        context = self.browser.new_context(viewport=VIEWPORT)
        view = NotebookView(context.new_page(), name)
        view.page.on("console", lambda message: _keep(view, message))
        view.page.on("pageerror", lambda error: view.console.append(str(error)))
        try:
            # A fresh workspace: Lab would open again what an earlier one left.
            workspace = name.removesuffix(".ipynb")
            view.page.goto(f"{self.address}lab/workspaces/{workspace}/tree/{name}?token={self.token}")
            view.page.wait_for_function(READY, arg=name, timeout=1000 * START_S)
            view.page.evaluate(LISTEN, name)
            yield view
            view.page.evaluate(SHUT_DOWN, name)
        except BaseException as error:
            error.add_note(self.about(view))
            raise
        finally:
            context.close()

    def about(self, view: NotebookView) -> str:
        """The browser's errors and the end of the server's log, to find out what went wrong."""
        return "\n".join(["The browser's console:", *view.console, "JupyterLab's log:", tail(self.log)])


@contextmanager
def running_lab(*notebooks: Path) -> Iterator[Lab]:
    """JupyterLab on this computer over copies of these notebooks, and a headless Chromium; both stopped.

    Settings are JupyterLab's defaults but for `SETTINGS`; the user's own are neither read nor written.
    """
    if CHROMIUM is None:
        raise FileNotFoundError("There is no chromium, chromium-browser or google-chrome on the path.")
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder, sync_playwright() as playwright:
        home = Path(folder)
        for notebook in notebooks:
            copy_without_outputs(notebook, home / "notebooks")
        with running_server(home) as server:
            # Root may not use Chromium's sandbox.
            browser = playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=not AS_ROOT)
            try:
                yield Lab(server.address, server.token, server.log, browser)
            finally:
                browser.close()


def _keep(view: NotebookView, message: ConsoleMessage) -> None:
    if message.type == "error":
        view.console.append(f"{message.text} ({message.location.get('url', '')})")
