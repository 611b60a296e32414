"""The decks of slides: what is on which page, mathematics without scripts, and nothing that is fetched."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools.markup import to_html
from tools.pages import Page, stacks_of
from tools.slides import main, make_deck

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
WIDGET = {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}}


def text(source: str, kind: str | None) -> nbformat.NotebookNode:
    return new_markdown_cell(source, metadata={"slideshow": {"slide_type": kind}} if kind else {})


def code(source: str, kind: str, *outputs: nbformat.NotebookNode) -> nbformat.NotebookNode:
    return new_code_cell(source, metadata={"slideshow": {"slide_type": kind}}, outputs=list(outputs))


def result(data: dict[str, object], **metadata: object) -> nbformat.NotebookNode:
    return new_output("execute_result", data, metadata=metadata)


def without_scripts(deck: str) -> str:
    return re.sub("<script>.*?</script>", "", deck, flags=re.DOTALL)


def only_page(*cells: nbformat.NotebookNode) -> Page:
    [[page]] = stacks_of(list(cells))
    return page


# Mathematics


@pytest.mark.parametrize("source", ["`$x_1$`", "```\n$x_1$ and $$y$$\n```", "    $x_1$", "``a`$x_1$``"])
def test_a_dollar_sign_in_code_is_left_alone(source: str) -> None:
    html = to_html(source)
    assert "<math" not in html
    assert "$x_1$" in html


def test_mathematics_in_a_sentence_becomes_mathml_in_its_place() -> None:
    html = to_html("*Now* $a_i$ and **$C_\\text{in} < 3$**.")
    assert "$" not in html
    assert re.sub(r"<math.*?</math>", "M", html) == "<p><em>Now</em> M and <strong>M</strong>.</p>\n"
    assert "<msub><mi>a</mi><mi>i</mi></msub>" in html
    assert 'display="block"' not in html


@pytest.mark.parametrize("source", ["$$\\frac{a}{b_i}$$", "one\n\n$$\n\\frac{a}{b_i}\n$$\n\ntwo"])
def test_a_formula_on_its_own_line_is_shown_as_a_block(source: str) -> None:
    html = to_html(source)
    assert html.count('display="block"') == 1
    assert "<mfrac>" in html
    assert "$" not in html
    assert "\\frac" not in html


def test_a_single_dollar_sign_is_money() -> None:
    assert to_html("It costs 5 $.") == "<p>It costs 5 $.</p>\n"


# Pages


def test_slides_begin_stacks_and_fragments_come_step_by_step() -> None:
    stacks = stacks_of(
        [
            text("# Lesson 9 · Title\n\nidea", "slide"),
            text("## First · 4 minutes\n\nwords", "slide"),
            code("one()", "fragment", new_output("stream", text="1\n")),
            code("two()", "-"),
            code("three()", "fragment"),
            text("more", "subslide"),
            code("four()", "fragment"),
            text("### Inner\n\nlast", "subslide"),
        ]
    )
    assert [len(stack) for stack in stacks] == [1, 3]
    first, second, third = stacks[1]
    assert [(block.kind, block.step) for block in first.blocks] == [
        ("text", None),
        ("code", 0),
        ("printed", 0),
        ("code", 0),
        ("code", 1),
    ]
    assert [block.step for block in second.blocks] == [None, 0]
    assert (stacks[0][0].heading, stacks[0][0].section) == ("Lesson 9 · Title", "Lesson 9 · Title")
    assert (first.heading, first.minutes, first.section) == ("First", "4 minutes", "First")
    assert (second.heading, second.section) == ("", "First")
    assert (third.heading, third.section) == ("Inner", "First")


def test_cells_to_be_skipped_are_absent() -> None:
    page = only_page(text("# T", "slide"), code("secret", "skip"), text("seen", "-"))
    assert [block.html for block in page.blocks] == ["<p>seen</p>\n"]


def test_notes_are_for_the_speaker_alone() -> None:
    page = only_page(text("# T\n\nseen", "slide"), text("Ask **first**.", "notes"))
    assert [block.html for block in page.blocks] == ["<p>seen</p>\n"]
    assert page.notes == "<p>Ask <strong>first</strong>.</p>\n"


@pytest.mark.parametrize("cells", [[text("a", "fragment")], [text("a", "slide"), text("b", None)]])
def test_a_cell_without_a_place_is_refused(cells: list[nbformat.NotebookNode]) -> None:
    with pytest.raises(ValueError, match=rf"Cell {len(cells) - 1} is "):
        stacks_of(cells)


def test_an_explorer_is_its_picture_and_a_question_stands_without_its_code() -> None:
    png = {"alt": 'a "picture" in words', "width": 780, "height": 400}
    explorer = result(WIDGET | {"image/png": "aGk=\n", "text/plain": "sentence."}, **{"image/png": png})
    question = result(WIDGET | {"text/plain": "How many <b>?"})
    page = only_page(text("# T", "slide"), code("show()", "-", explorer), code("ask()", "-", question))
    _, picture, asked = page.blocks
    assert (picture.kind, asked.kind) == ("picture", "question")
    assert 'alt="a &quot;picture&quot; in words" width="780" height="400"' in picture.html
    assert 'src="data:image/png;base64,aGk="' in picture.html
    assert asked.html == "<p>How many &lt;b&gt;?</p>"


def test_a_source_shown_stands_without_the_call_that_shows_it() -> None:
    source = result({"text/markdown": "`a.py`\n\n```python\nx = 1\n```", "text/plain": ""})
    page = only_page(text("# T", "slide"), code("show_source(x)", "-", source), code("y\nx", "-", source))
    assert [block.kind for block in page.blocks] == ["code source", "code", "code source"]
    assert '<span class="n">x</span>' in page.blocks[0].html


@pytest.mark.parametrize(
    ("printed", "lines"),
    [
        ("a sentence, as long as you like.\nanother", ["sentence", "sentence"]),
        ("     It saves below 115.2.", ["sentence"]),
        ("two 3×3     294,912 weights\nin all 294,912", ["row", "row"]),
        ("·  ·  1", ["row"]),
        ("A      11\nfrom " + "a source " * 9, ["row", "sentence"]),
    ],
)
def test_only_sentences_may_be_broken(printed: str, lines: list[str]) -> None:
    page = only_page(text("# T", "slide"), code("x", "-", new_output("stream", text=printed + "\n")))
    assert re.findall('<div class="(.*?)">', page.blocks[1].html) == lines


# Decks


def test_a_deck_is_one_file_that_fetches_nothing(tmp_path: Path) -> None:
    notebook = tmp_path / "1_some.ipynb"
    nbformat.write(
        new_notebook(cells=[text("# Lesson\n\n[paper](https://arxiv.org) $x$", "slide")]), notebook
    )
    main(str(tmp_path / "decks"), [str(notebook)])
    [file] = (tmp_path / "decks").iterdir()
    deck = file.read_text(encoding="utf-8")
    assert file.name == "1_some.slides.html"
    assert "reveal.js 5" in deck  # with its licence
    assert '<a href="https://arxiv.org">' in deck
    assert not re.findall(r" src=.(?!data:)|<link|@import|url\(.?http", without_scripts(deck))
    assert "<script src" not in deck
    assert "sourceMappingURL" not in deck
    assert not re.search("mathjax|require.js|jquery|mermaid", deck, re.IGNORECASE)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_lesson_s_deck_has_its_pictures_and_no_solutions(notebook: Path) -> None:
    deck = without_scripts(make_deck(notebook))
    cells = nbformat.read(notebook, as_version=4).cells
    shown = [cell for cell in cells if cell.metadata["slideshow"]["slide_type"] != "skip"]
    outputs = [output for cell in shown for output in cell.get("outputs", [])]
    pictures = sum("image/png" in output.get("data", {}) for output in outputs)
    assert deck.count("<img ") == pictures > 0
    assert "Solution " not in deck
