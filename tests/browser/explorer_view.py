"""An explorer as a learner sees and moves it: its picture, sentence, sliders and choices in the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

ANSWER_S = 20
"""Long enough for the slowest picture beside other work."""
WORK_S = 90
"""Long enough to measure fifteen networks, as `NetworkComparison` does for a time, beside other work."""

# Whatever picture comes after this. Times in milliseconds run from the event that the browser dispatched to
# the moment when the frame with the new picture was painted.
NEXT_PICTURE = """(box, [seconds, within]) => {
    let started = null;
    const start = event => { started ??= event.timeStamp; };
    for (const type of ["keydown", "change", "click", "pointerdown"])
        box.addEventListener(type, start, { capture: true, once: true });
    const concerns = ({ target, addedNodes }) => target.closest?.(within)
        || [...addedNodes].some(node => node.matches?.(within) || node.querySelector?.(within));
    const painted = () => new Promise(resolve => requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = resolve;
        channel.port2.postMessage(0);
    }));
    const answer = new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`no new picture in ${seconds} s`)), 1000 * seconds);
        const watcher = new MutationObserver(async changes => {
            if (!changes.some(concerns)) return;
            watcher.disconnect();
            clearTimeout(late);
            await box.querySelector("img")?.decode().catch(() => null);  // of a plot by pyplot
            await painted();
            resolve(performance.now() - started);
        });
        watcher.observe(box, { subtree: true, childList: true, attributes: true, attributeFilter: ["src"] });
    });
    answer.catch(() => {});  // it is awaited a moment later
    return { answer };
}"""

SHOWN = ":not([style*='display: none'])"
"""Apart from the controls that the explorer itself hides, where they don't matter."""
# A list with one entry may be hidden: there is nothing to choose. So is the label of what has no name.
CUT_OFF = """box => {
    const lists = [...box.querySelectorAll(".widget-dropdown")];
    const idle = lists.filter(list => list.querySelectorAll("option").length < 2);
    return [box, ...box.querySelectorAll("label, .widget-readout, select, button, .noUi-handle")]
        .filter(part => part.matches("label") ? part.textContent.trim() : true)
        .filter(part => !idle.includes(part.closest(".widget-dropdown")))
        .filter(part => !part.closest("[style*='display: none']"))
        .filter(part => !part.checkVisibility() || part.scrollWidth > part.clientWidth + 1)
        .map(part => part === box ? "the explorer" : part.textContent.trim() || part.className);
}"""


@dataclass(frozen=True)
class SliderView:
    """One slider in the page: its label, its handle for the keyboard, and the value written beside it."""

    label: str
    handle: Locator
    readout: Locator

    def _number(self, attribute: str) -> float:
        return float(self.handle.get_attribute(attribute) or "nan")

    @property
    def value(self) -> str:
        """The value as it is written beside the slider."""
        return self.readout.inner_text()

    @property
    def can_move(self) -> bool:
        """Whether there is more than one value to choose from."""
        return self._number("aria-valuemin") < self._number("aria-valuemax")

    def key(self, *, far: bool = False) -> str:
        """The key that moves the handle up, or down when it is at its maximum; `far` is five steps."""
        up = self._number("aria-valuenow") < self._number("aria-valuemax")
        if far:
            return "PageUp" if up else "PageDown"
        return "ArrowRight" if up else "ArrowLeft"


@dataclass(frozen=True)
class PictureBox:
    """A box in the page with sliders and something that follows them, inside `within`."""

    page: Page
    box: Locator
    within: str

    @property
    def picture(self) -> Locator:
        """What follows the sliders."""
        return self.box.locator(self.within)

    def sliders(self) -> list[SliderView]:
        """The sliders that the explorer shows, in the order of the page."""
        return [
            SliderView(
                each.locator("label").inner_text(),
                each.locator(".noUi-handle"),
                each.locator(".widget-readout"),
            )
            for each in self.box.locator(f".widget-slider{SHOWN}").all()
        ]

    def slider(self, label: str) -> SliderView:
        """The slider with this label. Raises LookupError where there is none."""
        for each in self.sliders():
            if each.label == label:
                return each
        raise LookupError(f"There is no slider {label!r} here.")

    def selects(self) -> list[Locator]:
        """The drop-down lists that the explorer shows, in the order of the page."""
        return self.box.locator(f".widget-dropdown{SHOWN} select").all()

    def select(self, label: str) -> Locator:
        """The drop-down list with this label. Raises LookupError where there is none."""
        for each in self.box.locator(".widget-dropdown").all():
            if each.locator("label").inner_text() == label:
                return each.locator("select")
        raise LookupError(f"There is no list {label!r} here.")

    def slide(self, handle: Locator, key: str) -> float:
        """Press a key on a slider's handle; milliseconds until the new picture is painted."""
        handle.focus()
        return self.after(lambda: handle.press(key))

    def choose(self, select: Locator, option: str) -> float:
        """Choose from a drop-down list; milliseconds until the new picture is painted."""
        return self.after(lambda: select.select_option(option))

    def click(self, across: float, down: float) -> float:
        """Click the picture, CSS pixels from its corner; milliseconds until the new one is painted."""
        return self.after(lambda: self.picture.click(position={"x": across, "y": down}))

    def after(self, act: Callable[[], object]) -> float:
        """Do something to the box; milliseconds from its first event until the new picture is painted."""
        waiting = self.box.evaluate_handle(NEXT_PICTURE, [ANSWER_S, self.within])
        act()
        return waiting.evaluate("({ answer }) => answer")


@dataclass(frozen=True)
class ExplorerView(PictureBox):
    """An explorer of the course: beside the picture, the finding as a sentence, and the status line."""

    within: str = ".explorer-picture"

    @property
    def svg(self) -> str:
        """The picture as the page has it."""
        return self.picture.inner_html()

    @property
    def sentence(self) -> str:
        """The bold sentence below the picture."""
        return self.box.locator(".explorer-sentence").inner_text()

    @property
    def status(self) -> str:
        """The status line; "" when all is well."""
        return self.box.locator(".explorer-status").text_content() or ""

    @property
    def tip(self) -> str:
        """What is told of the element under the pointer; "" when nothing is."""
        tip = self.box.locator(".explorer-tip")
        return tip.inner_text() if tip.is_visible() else ""

    def wait_until_done(self) -> None:
        """Until the status line, which says what is being worked at, is empty. Raises AssertionError."""
        expect(self.box.locator(".explorer-status")).to_have_text("", timeout=1000 * WORK_S)

    @property
    def name(self) -> str:
        """The picture in words, as a screen reader says them."""
        return self.picture.locator("svg").first.get_attribute("aria-label") or ""

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the picture on the page, in CSS pixels."""
        return self._of_picture("[svg.getBoundingClientRect().width, svg.getBoundingClientRect().height]")

    @property
    def declared_size(self) -> tuple[float, float]:
        """Width and height that the picture asks for, in CSS pixels."""
        return self._of_picture("[svg.getAttribute('width'), svg.getAttribute('height')].map(Number)")

    @property
    def broken_images(self) -> list[str]:
        """The addresses of images in the picture that the page cannot show."""
        return self.picture.evaluate(
            """async box => (await Promise.all([...box.querySelectorAll("image")].map(async each => {
                const image = new Image();
                image.src = each.getAttribute("href");
                return image.decode().then(() => "", () => image.src);
            }))).filter(Boolean)"""
        )

    @property
    def place(self) -> tuple[float, float]:
        """Where the picture's corner is in the notebook, in CSS pixels."""
        return self._of_picture(
            """["left", "top"].map(side => svg.getBoundingClientRect()[side]
                - svg.closest(".jp-Cell").getBoundingClientRect()[side])"""
        )

    def cut_off(self) -> list[str]:
        """The labels, values and lists that are hidden or too wide for their place, and the box itself."""
        return self.box.evaluate(CUT_OFF)

    def _of_picture(self, pair: str) -> tuple[float, float]:
        first, second = self.picture.locator("svg").first.evaluate(f"svg => {pair}")
        return first, second
