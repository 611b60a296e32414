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
