"""A still picture of where on a photo a network finds its class: a class activation map, with its numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from torch import Tensor
from torch.nn import functional as F

from helpers.arithmetic.checks import whole
from helpers.drawing.figures import Drawing
from helpers.drawing.matplotlib_style import new_figure, styled
from helpers.drawing.style import INK
from helpers.images import arrays
from helpers.wording.refusals import shown

_SIDE, _ALONE = 352, 440  # CSS pixels of a photo beside another, and of one alone
_LEFT, _TOP, _BETWEEN, _RIGHT, _BOTTOM = 28, 54, 14, 14, 14
_DARKEST = 0.12  # of a photo's brightness, where the lowest vote is
MOST_SQUARES = 16


def votes_on_photo(
    title: str,
    photo: Tensor,
    votes: Tensor | Sequence[Sequence[float]] | None = None,
    *,
    squares: int = 7,
    words: str = "",
    scale: tuple[float, float] | None = None,
) -> Drawing:
    """A photo cut into squares, and beside it the same photo lit by the squares' votes, with their numbers.

    `photo` has shape (3, height, width) and values from 0 (black) to 1; a batch of one is taken as well.
    `votes` has a number for each square, (rows, columns); without them the photo is drawn alone, cut into
    `squares` × `squares`. Squares are named as on a map, from A1 at the upper left. `words` tell those who
    don't see the photo what is where. The `scale` is the vote that is darkest and the one that is brightest,
    so that pictures can be compared; without it they are this picture's own lowest and highest. Raises
    ValueError for other shapes, for more than 16 rows or columns, and for a scale that doesn't rise.

    >>> votes_on_photo("Who votes most?", torch.ones(3, 8, 8), [[0, 1], [0, 0]])
    Who votes most? The highest vote is in B1.
    >>> votes_on_photo("Who will vote most?", torch.ones(3, 8, 8), squares=2)
    Who will vote most? A photo in 2×2 squares.
    """
    shape = tuple(photo.shape[-3:]) if isinstance(photo, Tensor) and not photo.is_meta else ()
    if len(shape) != 3 or shape[0] != 3 or not photo.numel() == 3 * shape[1] * shape[2] > 0:
        found = f"has the shape {tuple(photo.shape)}" if shape else f"is {shown(photo)}"
        raise ValueError(f"The photo {found}; give a tensor of shape (3, height, width).")
    pixels = photo.detach().cpu().reshape(shape).float().clamp(0, 1)
    if votes is None:
        squares = whole("squares", squares, 1, MOST_SQUARES)
        finding = f"{_ended(title)} A photo in {squares}×{squares} squares."
        return _drawn(
            title, [pixels], np.zeros((squares, squares)), _ALONE, finding, f"{finding} {words}".strip()
        )
    numbers = arrays.numbers("table of votes", votes, axes=2)
    rows, columns = numbers.shape
    if max(rows, columns) > MOST_SQUARES:
        raise ValueError(f"There are {rows}×{columns} votes; give at most {MOST_SQUARES} rows and columns.")
    darkest, brightest = (numbers.min(), numbers.max()) if scale is None else _rising(scale)
    best = square_name(*np.unravel_index(numbers.argmax(), numbers.shape))
    finding = f"{_ended(title)} The highest vote is in {best}."
    alt = f"{finding} Votes of {rows}×{columns} squares from {numbers.min():.1f} to {numbers.max():.1f}."
    panels = [pixels, pixels * _light(numbers, pixels, darkest, brightest)]
    return _drawn(title, panels, numbers, _SIDE, finding, f"{alt} {words}".strip())


def _drawn(
    title: str, panels: list[Tensor], numbers: np.ndarray, side: int, finding: str, alt: str
) -> Drawing:
    rows, columns = numbers.shape
    width = _LEFT + len(panels) * side + (len(panels) - 1) * _BETWEEN + _RIGHT
    height = _TOP + side + _BOTTOM
    with styled():
        figure = new_figure(width, height)
        figure.text(_LEFT / width, 1 - 20 / height, title, weight="bold", size=11)
        for place, panel in enumerate(panels):
            left = _LEFT + place * (side + _BETWEEN)
            box = (left / width, _BOTTOM / height, side / width, side / height)
            axes = figure.add_axes(box, xlim=(0, columns), ylim=(rows, 0))
            axes.imshow(panel.permute(1, 2, 0).numpy(), extent=(0, columns, rows, 0), aspect="auto")
            _squares(axes, rows, columns, named=place == 0)
            if place == 1:
                _numbers(axes, numbers)
        return Drawing.of(figure, alt, finding=finding, has_photo=True, fine=True)


def square_name(row: int, column: int) -> str:
    """The name of a square, its column as a letter and its row as a number from 1.

    >>> square_name(1, 3)
    'D2'
    """
    return f"{chr(ord('A') + column)}{row + 1}"


def _rising(scale: tuple[float, float]) -> tuple[float, float]:
    ends = arrays.numbers("scale", scale)
    if len(ends) != 2 or not ends[0] < ends[1]:
        raise ValueError(
            f"The scale is {shown(scale)}; give the darkest vote and a higher one, the brightest."
        )
    return ends[0], ends[1]


def _light(numbers: np.ndarray, pixels: Tensor, darkest: float, brightest: float) -> Tensor:
    """How much of its brightness each pixel keeps, from `_DARKEST` for the darkest vote to 1."""
    votes = torch.from_numpy(numbers).float()
    spread = ((votes - darkest) / max(brightest - darkest, 1e-9)).clamp(0, 1)
    smooth = F.interpolate(spread[None, None], size=pixels.shape[1:], mode="bilinear")[0]
    return _DARKEST + (1 - _DARKEST) * smooth


def _squares(axes: Axes, rows: int, columns: int, *, named: bool) -> None:
    """Thin lines between the squares, and beside the first photo their names."""
    for spine in axes.spines.values():
        spine.set_visible(False)
    line = {"color": "white", "linewidth": 0.8, "alpha": 0.55}
    for row in range(1, rows):
        axes.plot([0, columns], [row, row], **line)
    for column in range(1, columns):
        axes.plot([column, column], [0, rows], **line)
    axes.tick_params(length=0, top=True, bottom=False, labeltop=True, labelbottom=False, pad=2)
    axes.set_xticks(np.arange(columns) + 0.5, [square_name(0, each)[0] for each in range(columns)])
    axes.set_yticks(np.arange(rows) + 0.5, range(1, rows + 1) if named else [""] * rows)


def _numbers(axes: Axes, numbers: np.ndarray) -> None:
    outlined = [withStroke(linewidth=2.2, foreground=INK)]
    size = 10 if max(numbers.shape) <= 8 else 7
    for (row, column), number in np.ndenumerate(numbers):
        axes.text(  # rounded first: there is no -0
            column + 0.5, row + 0.5, f"{round(number):d}", color="white", weight="bold", size=size,
            ha="center", va="center", path_effects=outlined,
        )  # fmt: skip


def _ended(title: str) -> str:
    """A title as a sentence; it may be a question."""
    return title if title.endswith((".", "?", "!")) else f"{title}."
