"""An explorer as a learner sees and moves it: its picture, sentence, sliders and choices in the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

ANSWER_S = 20
"""Long enough for the slowest picture beside other work."""
WORK_S = 90
"""Long enough to measure fifteen networks, as `NetworkComparison` does for a time, beside other work."""

# Whatever image comes after this: a new source, or a new element in place of the old one. Times in
# milliseconds run from the event that the browser dispatched to the moment the new image is decoded.
NEXT_IMAGE = """(box, seconds) => {
    const source = () => box.querySelector("img")?.src;
    const before = source();
    let started = null;
    const start = event => { started ??= event.timeStamp; };
    for (const type of ["keydown", "change", "click"])
        box.addEventListener(type, start, { capture: true, once: true });
    const answer = new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`no new picture in ${seconds} s`)), 1000 * seconds);
        const watcher = new MutationObserver(async () => {
            if (!source() || source() === before) return;
            watcher.disconnect();
            // One that is replaced while it is decoded is refused; then its successor is waited for.
            while (!await box.querySelector("img")?.decode().then(() => true, () => false))
                await new Promise(requestAnimationFrame);
            clearTimeout(late);
            resolve(performance.now() - started);
        });
        watcher.observe(box, { subtree: true, childList: true, attributes: true, attributeFilter: ["src"] });
    });
    answer.catch(() => {});  // it is awaited a moment later
    return { answer };
}"""

# A list with one entry may be hidden: there is nothing to choose. So is the label of what has no name.
CUT_OFF = """box => {
    const lists = [...box.querySelectorAll(".widget-dropdown")];
    const idle = lists.filter(list => list.querySelectorAll("option").length < 2);
    return [box, ...box.querySelectorAll("label, .widget-readout, select, button, .noUi-handle")]
        .filter(part => part.matches("label") ? part.textContent.trim() : true)
        .filter(part => !idle.includes(part.closest(".widget-dropdown")))
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
    """A box in the page with sliders and one image that follows them."""

    page: Page
    box: Locator

    @property
    def picture(self) -> Locator:
        """The image, whatever made it."""
        return self.box.locator("img")

    def sliders(self) -> list[SliderView]:
        """The sliders, in the order of the page."""
        return [
            SliderView(
                each.locator("label").inner_text(),
                each.locator(".noUi-handle"),
                each.locator(".widget-readout"),
            )
            for each in self.box.locator(".widget-slider").all()
        ]

    def slider(self, label: str) -> SliderView:
        """The slider with this label. Raises LookupError where there is none."""
        for each in self.sliders():
            if each.label == label:
                return each
        raise LookupError(f"There is no slider {label!r} here.")

    def selects(self) -> list[Locator]:
        """The drop-down lists, in the order of the page."""
        return self.box.locator("select").all()

    def select(self, label: str) -> Locator:
        """The drop-down list with this label. Raises LookupError where there is none."""
        for each in self.box.locator(".widget-dropdown").all():
            if each.locator("label").inner_text() == label:
                return each.locator("select")
        raise LookupError(f"There is no list {label!r} here.")

    def slide(self, handle: Locator, key: str) -> float:
        """Press a key on a slider's handle; milliseconds until the new picture is decoded."""
        handle.focus()
        return self.after(lambda: handle.press(key))

    def choose(self, select: Locator, option: str) -> float:
        """Choose from a drop-down list; milliseconds until the new picture is decoded."""
        return self.after(lambda: select.select_option(option))

    def click(self, across: float, down: float) -> float:
        """Click the picture, CSS pixels from its corner; milliseconds until the new one is decoded."""
        return self.after(lambda: self.picture.click(position={"x": across, "y": down}))

    def after(self, act: Callable[[], object]) -> float:
        """Do something to the box; milliseconds from its first event until the new picture is decoded."""
        waiting = self.box.evaluate_handle(NEXT_IMAGE, ANSWER_S)
        act()
        return waiting.evaluate("({ answer }) => answer")


@dataclass(frozen=True)
class ExplorerView(PictureBox):
    """An explorer of the course: beside the picture, the finding as a sentence, and the status line."""

    @property
    def sentence(self) -> str:
        """The bold sentence below the picture."""
        return self.box.locator(":scope > .widget-html b").first.inner_text()

    @property
    def status(self) -> str:
        """The status line; "" when all is well."""
        return self.box.locator(":scope > .widget-html").nth(1).inner_text().strip()

    def wait_until_done(self) -> None:
        """Until the status line, which says what is being worked at, is empty. Raises AssertionError."""
        expect(self.box.locator(":scope > .widget-html").nth(1)).to_have_text("", timeout=1000 * WORK_S)

    @property
    def alt(self) -> str:
        """The picture in words."""
        return self.picture.get_attribute("alt") or ""

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the picture on the page, in CSS pixels."""
        return self._of_picture("[image.getBoundingClientRect().width, image.getBoundingClientRect().height]")

    def cut_off(self) -> list[str]:
        """The labels, values and lists that are hidden or too wide for their place, and the box itself."""
        return self.box.evaluate(CUT_OFF)

    @property
    def declared_size(self) -> tuple[float, float]:
        """Width and height that the page keeps free for the picture, in CSS pixels."""
        return self._of_picture("[image.width, image.height].map(Number)")

    @property
    def decoded_size(self) -> tuple[float, float]:
        """Width and height of the picture's data in pixels, (0, 0) where it could not be decoded."""
        return self._of_picture("[image.naturalWidth, image.naturalHeight]")

    @property
    def place(self) -> tuple[float, float]:
        """Where the picture's corner is in the notebook, in CSS pixels."""
        return self._of_picture(
            """["left", "top"].map(side => image.getBoundingClientRect()[side]
                - image.closest(".jp-Cell").getBoundingClientRect()[side])"""
        )

    def _of_picture(self, pair: str) -> tuple[float, float]:
        first, second = self.picture.evaluate(f"image => {pair}")
        return first, second
