"""What the site's pages say of where the course can be had; how they look and move is tested in a browser."""

from pathlib import Path

import pytest

from tools import lesson_page, site

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "5_resnet.ipynb"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project file of one's own; returns a function that writes it."""
    monkeypatch.setattr(lesson_page, "ROOT", tmp_path)
    return lambda text: (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")


def test_without_an_address_a_lesson_offers_its_slides_and_its_notebook(project):
    project('[project]\nname = "course"\n')
    ways = lesson_page._ways(NOTEBOOK)
    assert 'href="slides/5_resnet.slides.html"' in ways
    assert 'href="files/5_resnet.ipynb"' in ways
    assert "http" not in ways


@pytest.mark.parametrize("address", ["https://github.com/teacher/nets", "https://github.com/teacher/nets/"])
def test_with_an_address_it_has_buttons_for_binder_and_colab(project, address):
    project(f'[project]\nname = "course"\nurls.Repository = "{address}"\n')
    assert lesson_page.repository() == "https://github.com/teacher/nets"
    ways = lesson_page._ways(NOTEBOOK)
    assert "https://mybinder.org/v2/gh/teacher/nets/HEAD?labpath=notebooks/5_resnet.ipynb" in ways
    assert "https://colab.research.google.com/github/teacher/nets/blob/main/notebooks/5_resnet.ipynb" in ways


def test_how_to_run_the_notebooks_names_the_address_or_an_example(project):
    project('[project]\nname = "course"\n')
    assert f"git+{site.EXAMPLE}\n" in site.running()
    project('[project]\nname = "course"\nurls.Repository = "https://github.com/teacher/nets"\n')
    assert "git+https://github.com/teacher/nets\n" in site.running()
    assert site.EXAMPLE not in site.running()


def test_the_start_page_says_of_each_lesson_what_the_readme_says():
    page = site.start([NOTEBOOK])
    [row] = [
        line
        for line in (site.ROOT / "README.md").read_text(encoding="utf-8").splitlines()
        if "5_resnet" in line
    ]
    [line] = [line for line in page.splitlines() if "5_resnet.md" in line]
    assert line.startswith("- [Lesson 5 · ResNet](5_resnet.md): ")
    assert row.split(" | ")[2] in line
    assert "LESSONS" not in page


def test_shown_source_is_html_and_not_the_name_of_an_object():
    output = lesson_page.NotebookNode(
        output_type="display_data",
        data={
            "text/plain": "<IPython.core.display.Markdown object>",
            "text/markdown": "```python\nx = 1\n```",
        },
    )
    html = lesson_page._output(output, None)
    assert "Markdown object" not in html
    assert '<div class="highlight">' in html


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("# What is cut\ncut = 3", "What is cut"),
        ('print("layers")', "Show the code"),
    ],
)
def test_folded_code_has_its_comment_as_title(source, title):
    cell = lesson_page.NotebookNode(source=source, metadata={"jupyter": {"source_hidden": True}})
    assert f"<summary>{title}</summary>" in lesson_page._code(cell)
