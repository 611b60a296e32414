"""The site in a browser that reaches no other host: pages, explorers, links, keys, and no WebAssembly."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page

import helpers
from benchmarks.site import served
from helpers.explorers.page import PageExplorer
from tools.site import build

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ONE = "5_resnet"  # it has explorers of both kinds: of arithmetic, and of what was recorded
BUILT = ROOT / "build" / "site"
PHONE = {"width": 390, "height": 844}
TRIES = {"one": 4, "all": 100}
SLIDER_KEYS = ("Home", "End", "ArrowRight", "ArrowLeft", "PageUp", "PageDown")


@pytest.fixture(
    scope="module",
    params=[pytest.param("one", marks=pytest.mark.browser), pytest.param("all", marks=pytest.mark.site)],
)
def extent(request: pytest.FixtureRequest) -> str:
    """How much of the site is tried: a lesson's page, or what `make site` has built."""
    return request.param


@pytest.fixture(scope="module")
def site(extent: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if extent == "all":
        return BUILT
    if shutil.which("npm") is None:
        pytest.skip("no npm on the path")
    folder = tmp_path_factory.mktemp("site") / "site"
    build(folder, [ROOT / "notebooks" / f"{ONE}.ipynb"])
    return folder


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with served(site) as address:
        yield address


def visit(browser: Browser, address: str, page: str, **options: object) -> tuple[Page, list[str]]:
    """A page, and what goes wrong on it: messages of the console, and what it asks of other hosts."""
    view, wrong = browser.new_context(**options).new_page(), list[str]()
    view.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    view.on("pageerror", lambda error: wrong.append(str(error)))

    def route(asked) -> None:
        if asked.request.url.startswith((address, "data:", "blob:")):
            asked.continue_()
        else:
            wrong.append(asked.request.url)
            asked.abort()

    view.route("**/*", route)
    view.goto(address + page)
    view.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    return view, wrong


def alive(view: Page) -> list[Locator]:
    """The explorers of a page, once each has been in view and answers."""
    found = []
    for place in range(view.locator("figure.explorer").count()):
        figure = view.locator("figure.explorer").nth(place)
        figure.scroll_into_view_if_needed()
        view.wait_for_function(
            "place => document.querySelectorAll('figure.explorer')[place].dataset.ready", arg=place
        )
        found.append(figure)
    return found


def pages(site: Path) -> list[str]:
    return sorted(
        path.name for path in site.glob("*.html") if path.name not in ("genindex.html", "search.html")
    )


def test_every_page_is_whole_and_fits_on_a_phone(browser: Browser, address: str, site: Path) -> None:
    assert {"index.html", "running.html", "teaching.html", "reference.html"} < set(pages(site))
    for page in pages(site):
        view, wrong = visit(browser, address, page, viewport=PHONE)
        alive(view)
        assert view.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page
        assert view.context.cookies() == []
        images = view.locator("img").evaluate_all("all => all.filter(each => !each.alt).length")
        assert images == 0, page
        assert wrong == [], page
        view.context.close()


@pytest.mark.parametrize("width", [PHONE["width"], 1280])
def test_lists_and_pictures_are_wide_enough_to_be_read(
    browser: Browser, address: str, site: Path, width: int
) -> None:
    for page in pages(site):
        view, _ = visit(browser, address, page, viewport={"width": width, "height": 900})
        for figure in alive(view):
            lists = figure.locator("label:not([hidden]) select")
            assert all(lists.nth(place).bounding_box()["width"] >= 60 for place in range(lists.count())), page
            assert figure.locator(".shown svg[role=img]").bounding_box()["width"] >= 500, page
        view.context.close()


def test_a_line_of_code_fits_on_a_laptop(browser: Browser, address: str, site: Path) -> None:
    for page in pages(site):
        view, _ = visit(browser, address, page, viewport={"width": 1280, "height": 900})
        code = view.locator("div.highlight pre")
        cut = code.evaluate_all("all => all.filter(e => e.scrollWidth > e.clientWidth).map(e => e.innerText)")
        assert code.count() or not page[0].isdigit(), page
        assert cut == [], page
        view.context.close()


def test_on_a_phone_the_picture_stays_in_view_while_a_slider_is_moved(
    browser: Browser, address: str, site: Path
) -> None:
    for page in pages(site):
        view, _ = visit(browser, address, page, viewport=PHONE)
        for figure in alive(view):
            last = figure.locator("label:not([hidden]) :is(input, select)").last
            last.evaluate("input => input.scrollIntoView({block: 'end', behavior: 'instant'})")
            box = figure.locator(".shown").bounding_box()
            assert box["y"] >= 0, page
            assert box["y"] + box["height"] <= PHONE["height"], page
        view.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(browser: Browser, address: str, site: Path, scheme: str) -> None:
    axe = ROOT / "site" / "node_modules" / "axe-core" / "axe.min.js"
    for page in pages(site):
        view, _ = visit(browser, address, page, color_scheme=scheme)
        alive(view)
        view.add_script_tag(path=axe)
        faults = view.evaluate(
            "axe.run().then(found => found.violations"
            ".filter(each => ['serious', 'critical'].includes(each.impact))"
            ".map(each => [each.id, each.help, each.nodes.slice(0, 3).map(node => node.html)]))"
        )
        assert faults == [], page
        view.context.close()


def test_a_picture_of_one_s_own_is_shown(
    browser: Browser, address: str, site: Path, extent: str, tmp_path: Path
) -> None:
    green, broken = tmp_path / "green.png", tmp_path / "broken.png"
    Image.new("RGB", (300, 200), (0, 200, 0)).save(green)
    broken.write_bytes(b"no picture")
    found = 0
    for page in pages(site):
        view, wrong = visit(browser, address, page)
        for figure in alive(view):
            upload = figure.locator("input[type=file]")
            for _ in range(upload.count()):
                upload.set_input_files(broken)
                status = figure.locator(".explorer-status")
                status.filter(has_text="broken.png cannot be opened as a picture").wait_for()
                upload.set_input_files(green)
                photo = figure.locator("select[name=photo]").element_handle()
                view.wait_for_function("photo => photo.value === 'your own'", arg=photo)
                assert figure.locator(".explorer-status:visible").count() == 0
                found += 1
        assert wrong == [], page
        view.context.close()
    assert found or extent == "one"


def twin(figure: Locator, site: Path) -> PageExplorer:
    """The same explorer in this Python."""
    about = figure.evaluate("figure => ({...figure.dataset})")
    recording = {}
    if about["recordings"]:
        recording = json.loads(gzip.decompress((site / "files" / f"{about['recordings']}.gz").read_bytes()))
    return PageExplorer(getattr(helpers, about["explorer"]), recording, json.loads(about["settings"]), {})


def test_every_explorer_shows_what_python_says(
    browser: Browser, address: str, site: Path, extent: str
) -> None:
    rng = np.random.default_rng(0)
    for page in pages(site):
        view, wrong = visit(browser, address, page)
        for figure in alive(view):
            explorer = twin(figure, site)
            for _ in range(TRIES[extent]):
                inputs = figure.locator("label:not([hidden]) :is(input, select)")
                chosen = inputs.nth(int(rng.integers(inputs.count())))
                assert chosen.evaluate("input => input.labels[0].innerText.trim().length > 0")
                chosen.focus()
                if chosen.get_attribute("type") == "range":
                    view.keyboard.press(SLIDER_KEYS[rng.integers(len(SLIDER_KEYS))])
                elif chosen.get_attribute("type") == "checkbox":
                    view.keyboard.press("Space")
                else:
                    view.keyboard.press(("ArrowDown", "ArrowUp")[rng.integers(2)])
                now = figure.evaluate(
                    "figure => Object.fromEntries([...figure.querySelectorAll('label :is(input, select)')]"
                    ".filter(each => each.type !== 'file').map("
                    "each => [each.name, each.type === 'checkbox' ? String(each.checked) : each.value]))"
                )
                explorer.explorer.set(**{
                    each["name"]: value_of(explorer, each["name"], now[each["name"]])
                    for each in json.loads(explorer.state())["controls"]
                    if each["name"] in now
                })  # fmt: skip
                shown = json.loads(explorer.state())
                assert figure.locator(".explorer-sentence").inner_text() == shown["sentence"]
                assert texts(figure.locator("svg").first.evaluate("svg => svg.outerHTML")) == texts(
                    shown["svg"]
                )
        assert wrong == []
        view.context.close()


def value_of(explorer: PageExplorer, name: str, text: str) -> object:
    """What a text stands for, by what the control's values look like."""
    control = explorer.explorer.controls[name]
    if isinstance(control.value, bool):
        return text == "true"
    if isinstance(control.value, int | float):
        return type(control.value)(text)
    return text


def texts(svg: str) -> list[str]:
    """The texts of a picture, which have all of its numbers."""
    plain = svg.replace("&nbsp;", " ")
    return [
        "".join(each.itertext()) for each in ElementTree.fromstring(plain).iter() if each.tag.endswith("text")
    ]


def test_a_link_opens_an_explorer_as_it_was_copied(browser: Browser, address: str) -> None:
    view, _ = visit(browser, address, f"{ONE}.html#ShortcutExplorer-1&width=128&option=C")
    figure = view.locator("#ShortcutExplorer-1")
    view.wait_for_function("document.querySelector('#ShortcutExplorer-1').dataset.ready")
    assert figure.locator("[name=width]").input_value() == "128"
    assert "option C" in figure.locator(".explorer-sentence").inner_text()
    figure.locator("[name=stride]").focus()
    view.keyboard.press("End")
    figure.get_by_role("button", name="Copy link").click()
    view.wait_for_function("location.hash.includes('stride=2')")
    assert "width=128" in view.url
    figure.get_by_role("button", name="As in the lesson").click()
    assert figure.locator("[name=width]").input_value() == "64"
    view.context.close()


def test_nonsense_in_a_link_gets_the_lesson_s_settings_and_a_sentence(browser: Browser, address: str) -> None:
    view, wrong = visit(browser, address, f"{ONE}.html#ShortcutExplorer-1&width=banana")
    view.wait_for_function("document.querySelector('#ShortcutExplorer-1').dataset.ready")
    figure = view.locator("#ShortcutExplorer-1")
    assert figure.locator("[name=width]").input_value() == "64"
    assert "width cannot be 'banana'" in figure.locator(".explorer-status").inner_text()
    assert wrong == []
    view.context.close()


def test_a_page_asks_and_answers(browser: Browser, address: str) -> None:
    view, wrong = visit(browser, address, f"{ONE}.html")
    view.locator("form.guess input").fill("30")
    view.locator("form.reveal button").click()
    answer = view.locator("form.reveal output")
    view.wait_for_function("document.querySelector('form.reveal output').textContent.length > 3")
    assert answer.inner_text() == "The answer is 44 percent; you said 30, 1.5 times too few."
    exercise = view.locator("form.exercise[data-name='5.2']")
    for said, heard in (
        ("5.2, 0, 0", "Not yet. That is what the block gives"),
        ("[0.2, 0, -2]", "Right."),
        ("", "Exercise 5.2 is not"),
    ):
        exercise.get_by_role("textbox").fill(said)
        exercise.get_by_role("textbox").press("Enter")
        assert exercise.locator("output").inner_text().startswith(heard)
    assert "5.5" not in [form.get_attribute("data-name") for form in view.locator("form.exercise").all()]
    assert wrong == []
    view.context.close()


def test_the_search_finds_a_page(browser: Browser, address: str) -> None:
    view, wrong = visit(browser, address, f"{ONE}.html")
    view.get_by_placeholder("Search").fill("degradation")
    view.get_by_placeholder("Search").press("Enter")
    view.locator("#search-results a", has_text="Lesson 5").first.wait_for()
    assert wrong == []
    view.context.close()


def test_where_there_is_no_webassembly_the_pictures_stay(browser: Browser, address: str) -> None:
    view = browser.new_context().new_page()
    view.add_init_script("delete globalThis.WebAssembly")
    view.goto(f"{address}{ONE}.html")
    view.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    figure = view.locator("figure.explorer").first
    figure.scroll_into_view_if_needed()
    figure.locator(".explorer-status").wait_for()
    assert "cannot run in this browser" in figure.locator(".explorer-status").inner_text()
    assert figure.locator("img").is_visible()
    view.context.close()
