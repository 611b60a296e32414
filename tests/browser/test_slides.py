"""Every deck of slides in a real browser without a network: each page fits, is legible, can be walked to."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Browser, Page, Route

from tools.pages import stacks_of
from tools.slides import make_deck

pytestmark = pytest.mark.browser

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
SIZE = {"width": 1280, "height": 720}

# What is wrong with the page in view, as words; measured on what is painted, apart from deck.js.
DEFECTS = """() => {
    const TEXT = 18, SMALL = 15, PICTURE = 0.8, FOOT = 28;
    const page = Reveal.getCurrentSlide().querySelector(".page");
    const frame = page.getBoundingClientRect();
    const found = [];
    let lowest = 0;
    // An answer is folded until its summary is clicked.
    const folded = part => {
        const fold = part.closest("details:not([open])");
        return fold && fold !== part && !part.closest("summary");
    };
    const say = (part, what) => found.push(`${part.tagName.toLowerCase()} ${what}`);
    const seen = selector => [...page.querySelectorAll(selector)];
    if (frame.left || frame.top || frame.width !== 1280 || frame.height !== 720) say(page, "is not the view");
    for (const part of seen("h2, .block, .block *:not(math *)")) {
        if (folded(part)) continue;
        const box = part.getBoundingClientRect();
        if (!part.checkVisibility({ visibilityProperty: true })) say(part, "is hidden");
        if (box.left < -1 || box.right > frame.right + 1 || box.top < -1) say(part, "leaves the page");
        lowest = Math.max(lowest, box.bottom);
    }
    if (lowest > frame.bottom - FOOT + 1)
        found.push(`it ends ${Math.ceil(lowest - frame.bottom + FOOT)} px too low`);
    const blocks = seen(".block").map(block => block.getBoundingClientRect());
    blocks.forEach((one, index) => blocks.slice(index + 1).forEach(other => {
        if (one.left < other.right - 1 && other.left < one.right - 1
            && one.top < other.bottom - 1 && other.top < one.bottom - 1)
            found.push("two blocks overlap");
    }));
    for (const part of seen("pre")) if (part.scrollWidth > part.clientWidth + 1) say(part, "is cut off");
    const size = part => parseFloat(getComputedStyle(part).fontSize);
    for (const part of seen("h2, .text p, .text li, .question p, pre, td, th, code"))
        if (size(part) < (part.matches("pre, td, th, code") ? SMALL : TEXT)) say(part, "is too small");
    for (const image of seen("img")) {
        if (!image.complete || !image.naturalWidth) say(image, "is not decoded");
        if (image.alt.length <= 20) say(image, "has no words");
        if (image.getBoundingClientRect().width < PICTURE * image.getAttribute("width") - 1)
            say(image, "is too small");
    }
    for (const formula of seen("math"))
        if (!folded(formula) && !formula.getBoundingClientRect().height) say(formula, "is not drawn");
    const texts = document.createTreeWalker(page, NodeFilter.SHOW_TEXT);
    while (texts.nextNode())
        if (texts.currentNode.data.includes("$") && !texts.currentNode.parentElement.closest("pre, code"))
            found.push(`raw: ${texts.currentNode.data}`);
    return [...new Set(found)];
}"""
STATE = """() => [Reveal.getSlidePastCount(), Reveal.availableFragments().next,
    document.querySelectorAll(".present .fragment.visible").length]"""


@dataclass
class Walk:
    """What came up while a speaker went through a deck with one key."""

    fetched: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    """The heading of each page, in the order they were come to."""
    defects: list[str] = field(default_factory=list)
    goes_back: bool = False
    """Whether the other key leads back from the end."""


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture(scope="module")
def walk(browser: Browser, notebook: Path, tmp_path_factory: pytest.TempPathFactory) -> Walk:
    deck = tmp_path_factory.mktemp("decks") / "deck.html"
    deck.write_text(make_deck(notebook), encoding="utf-8")
    walk = Walk()

    def refuse(route: Route) -> None:
        if route.request.url.partition("#")[0] == deck.as_uri():
            route.continue_()
        else:
            walk.fetched.append(route.request.url)
            route.abort()

    context = browser.new_context(viewport=SIZE)
    page = context.new_page()
    page.route("**/*", refuse)
    page.on("console", lambda message: walk.console.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: walk.console.append(str(error)))
    page.goto(deck.as_uri())
    page.wait_for_function("window.Reveal?.isReady()", timeout=30_000)
    _go_through(page, walk)
    context.close()
    return walk


def _go_through(page: Page, walk: Walk) -> None:
    state: Any = None
    while (now := page.evaluate(STATE)) != state:
        state = now
        number, more_to_come, _ = state
        if not more_to_come:
            heading = page.locator(".slides section.present section.present h2 > span").inner_text()
            walk.pages.append(heading)
            walk.defects += [f"page {number + 1} ({heading}): {each}" for each in page.evaluate(DEFECTS)]
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    walk.goes_back = page.evaluate(STATE) != state


def test_no_request_is_made_and_the_console_stays_empty(walk: Walk) -> None:
    assert not walk.fetched
    assert not walk.console


def test_the_arrow_keys_lead_through_every_page_and_back(walk: Walk, notebook: Path) -> None:
    pages = [page for stack in stacks_of(nbformat.read(notebook, as_version=4).cells) for page in stack]
    assert len(walk.pages) == len(pages)
    assert walk.goes_back


def test_every_page_fits_and_is_legible(walk: Walk) -> None:
    if walk.defects:
        pytest.fail("\n".join(["(Other slide types split what is too low.)", *walk.defects]), pytrace=False)
