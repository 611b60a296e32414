"""`show_source` shows the code that runs, as it stands in its file."""

import functools
import inspect
from pathlib import Path

import numpy as np
import pytest
import torch
from IPython.display import Markdown
from torch import nn

from helpers.arithmetic import Convolution, output_size
from helpers.explorers.numbers.pixel_mixer import mix
from helpers.explorers.pixel_mixer import PixelMixer
from helpers.images.photos import photo
from helpers.lessons import source
from helpers.lessons.source import PACKAGE, show_source


@pytest.mark.parametrize(
    ("thing", "file"),
    [
        (mix, "helpers/explorers/numbers/pixel_mixer.py"),
        (PixelMixer, "helpers/explorers/pixel_mixer.py"),
        (PixelMixer.__init__, "helpers/explorers/pixel_mixer.py"),
        (Convolution.macs, "helpers/arithmetic/layers.py"),
        (output_size, "helpers/arithmetic/sizes.py"),
        (photo, "helpers/images/photos.py"),
    ],
)
def test_the_code_shown_is_a_piece_of_the_file_named_above_it(thing, file):
    shown = show_source(thing)
    assert isinstance(shown, Markdown)
    title, empty, fence, *code, end = shown.data.split("\n")
    assert (title, empty, fence, end) == (f"`{file}`", "", "```python", "```")
    assert len(code) > 3
    text = (PACKAGE.parent / file).read_text(encoding="utf-8")
    indent = " " * (len(inspect.getsource(thing)) - len(inspect.getsource(thing).lstrip()))
    assert "\n".join(indent + line if line else "" for line in code) in text
    assert not code[0].startswith(" ")
    assert code[-1].strip()
    assert compile("\n".join(code), file, "exec")


def test_a_library_s_code_is_shown_under_its_file_s_name_alone_wherever_it_is(monkeypatch):
    # As if the package stood beside the library's.
    monkeypatch.setattr(source, "PACKAGE", Path(torch.__file__).parent.parent / "helpers")
    shown = show_source(nn.Conv2d).data
    assert shown.startswith("`conv.py`\n")
    assert "class Conv2d(_ConvNd):" in shown


def test_code_of_a_cached_function_is_the_function_s_own():
    @functools.lru_cache
    def cached():
        return "the body"

    assert 'return "the body"' in show_source(cached).data


@pytest.mark.parametrize(
    "thing", [len, 3, "convolve", None, np.add, nn.Linear(3, 2), nn.Sequential(nn.ReLU()), []]
)
def test_what_has_no_code_is_refused_in_one_line(thing):
    with pytest.raises(ValueError, match=r"has no Python code to show; give a function") as raised:
        show_source(thing)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 130
    assert raised.value.__suppress_context__
