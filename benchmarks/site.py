"""How soon a page can be read and its explorers answer, and how quick a slider's move is painted."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from time import perf_counter

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.measurement import Goal, Measurement
from tests.browser.lab import AS_ROOT, CHROMIUM

SITE = Path(__file__).parents[1] / "build" / "site"
MOVES = 31
FRAME = 1000 / 60
ALIVE = Goal("in a page the first explorer answers within 3 s of coming into view", 1)
PAINT = Goal("in a page a slider's move is painted in at most 16.7 ms, for every explorer of arithmetic", 1)
READABLE = Goal("a lesson's page can be read within 1 s", 1)
SMALL = Goal("a lesson's page has under 2.5 MB before Python for browsers (a row's figures are kB)", 1)
BARE = '<figure class="explorer" data-ready="true"><input type="range"></figure>'
OPEN = """figure => {
  const around = (part) => part.parentElement.closest("details");
  for (let fold = around(figure); fold; fold = around(fold)) fold.open = true;
}"""
# From the key to the first moment after the frame in which the picture is drawn.
WATCH = """() => {
  const listens = Boolean(window.painted);
  window.painted = [];
  if (!listens) addEventListener("keydown", (event) => requestAnimationFrame(() => {
    const after = new MessageChannel();
    after.port1.onmessage = () => window.painted.push(performance.now() - event.timeStamp);
    after.port2.postMessage(null);
  }), true);
}"""


class Quiet(SimpleHTTPRequestHandler):
    """A server of files, as any static host is one."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, *args: object) -> None: ...


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder's files on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def measure() -> list[Measurement]:
    """Every lesson's page of the site in `build/site`, each in a browser without anything in its cache."""
    found = []
    with served(SITE) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=not AS_ROOT)
        with browser.new_context().new_page() as view:  # what a browser of this machine takes for nothing
            view.set_content(BARE)
            found.append(Measurement("a bare slider in a page", "a frame", _painted(view, 0), [16.7]))
        for path in sorted(SITE.glob("[0-9]_*.html")):
            found += _page(browser, address, path.stem)
        browser.close()
    return found


def _page(browser: Browser, address: str, name: str) -> list[Measurement]:
    view = browser.new_context().new_page()
    sizes: list[int] = []
    view.on("response", lambda answer: sizes.append(int(answer.headers.get("content-length", 0))))
    start = perf_counter()
    view.goto(f"{address}{name}.html")
    readable, before = 1000 * (perf_counter() - start), sum(sizes) / 1000
    start = perf_counter()
    _alive(view, 0)
    alive = 1000 * (perf_counter() - start)
    found = [
        Measurement(f"{name}: page", "1 s", [readable], [1000], READABLE),
        Measurement(f"{name}: size, kB", "2.5 MB", [before], [2500], SMALL),
        Measurement(f"{name}: first explorer", "3 s", [alive], [3000], ALIVE),
    ]
    for place in range(view.locator("figure.explorer").count()):
        figure = _alive(view, place)
        if not figure.get_attribute("data-recordings"):
            times = _painted(view, place)
            found.append(
                Measurement(f"{name}: {figure.get_attribute('id')}", "a frame", times, [16.7], PAINT)
            )
    view.context.close()
    return found


def _alive(view: Page, place: int):
    """An explorer that answers, with the folds around it open, and no others."""
    figure = view.locator("figure.explorer").nth(place)
    figure.evaluate(OPEN)
    figure.scroll_into_view_if_needed()
    view.wait_for_function(
        "place => document.querySelectorAll('figure.explorer')[place].dataset.ready", arg=place
    )
    return figure


def _painted(view: Page, place: int) -> list[float]:
    view.evaluate(WATCH)
    view.locator("figure.explorer").nth(place).locator("input[type=range]").first.focus()
    moments = Random(0)
    for move in range(MOVES):
        # A person presses a key at any moment between two frames; here it would always be just after one.
        view.wait_for_timeout(moments.uniform(0, FRAME))
        view.keyboard.press(("ArrowRight", "ArrowLeft")[move % 2])
        view.wait_for_function("count => window.painted.length >= count", arg=move + 1)
    return view.evaluate("() => window.painted")
