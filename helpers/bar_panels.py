"""A still picture of bars in panels: several quantities of the same few things, all on one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from helpers.figures import Drawing
from helpers.live_figure import DRAWING
from helpers.style import BLUE, GRID, INK, new_figure, styled

MOST_PANELS = 4
LEFT, RIGHT, BETWEEN, NUMBER = 214, 16, 20, 62
"""CSS pixels for the rows' names, at the right, between two panels, and for the numbers beside the bars."""
TOP, BOTTOM, ROW = 96, 30, 36
LONGEST_NAME = 24
"""Characters of a row's name that fit beside the bars."""


def bar_panels(
    title: str, rows: Mapping[str, Mapping[str, float]], *, about: str, whole: str = "100 %"
) -> Drawing:
    """A panel for each quantity, a bar for each row in it: `rows[row][quantity]` is in percent of one whole.

    All panels have one scale. A pale bar and a dotted line show the whole, which `whole` names; `about` says
    in a line below the title what is drawn.
    Raises ValueError where there is no row, for more than four quantities, for rows that have not all the
    same ones, for a percentage below 0, and for a name of more than 24 characters.

    >>> rows = {"2012  AlexNet": {"MACs": 0.0}, "2020  EfficientNet": {"MACs": 88.2}}
    >>> bar_panels("More 1×1", rows, about="1×1 convolutions in percent of all")
    More 1×1: 1×1 convolutions in percent of all. 2012  AlexNet: MACs 0.0 %; 2020  EfficientNet: MACs 88.2 %.
    """
    quantities = _quantities(rows)
    longest = max(100.0, *(value for row in rows.values() for value in row.values()))
    height = TOP + ROW * len(rows) + BOTTOM
    across = (760 - LEFT - RIGHT - (BETWEEN + NUMBER) * len(quantities) + BETWEEN) / len(quantities)
    with DRAWING, styled():
        figure = new_figure(760, height)
        line = {"va": "center", "x": 16 / 760}
        figure.text(y=1 - 22 / height, s=title, weight="bold", size=12, **line)
        figure.text(y=1 - 46 / height, s=about, size=10, **line)
        for row, name in enumerate(rows):
            figure.text(y=1 - (TOP + ROW * (row + 0.5)) / height, s=name, size=11, **line)
        for place, quantity in enumerate(quantities):
            left = LEFT + place * (across + NUMBER + BETWEEN)
            box = (left / 760, BOTTOM / height, across / 760, ROW * len(rows) / height)
            axes = figure.add_axes(box, xlim=(0, longest), ylim=(len(rows) - 0.5, -0.5))
            axes.set_axis_off()
            _panel(axes, quantity, [row[quantity] for row in rows.values()])
            axes.text(100, len(rows) - 0.15, whole, size=9, ha="center", va="center")
        words = (
            f"{name}: " + ", ".join(f"{quantity} {row[quantity]:.1f} %" for quantity in quantities)
            for name, row in rows.items()
        )
        return Drawing.of(figure, f"{title}: {about}. {'; '.join(words)}.")


def _panel(axes: Axes, quantity: str, values: Sequence[float]) -> None:
    places = range(len(values))
    ends = (-0.5, len(values) - 0.5)
    axes.text(0, -0.82, quantity, weight="bold", size=11, va="center")
    axes.barh(places, [100] * len(values), height=0.62, color=GRID, linewidth=0)
    axes.barh(places, values, height=0.62, color=BLUE, hatch="////", edgecolor="white", linewidth=0)
    axes.plot([0, 0], ends, color=INK, linewidth=1, clip_on=False)
    axes.plot([100, 100], ends, color=INK, linewidth=1.2, linestyle=":", clip_on=False)
    for row, value in enumerate(values):
        written = "0" if round(value, 1) == 0 else f"{value:.1f}"
        beside = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points"}
        # Points, of which there are 72 to the inch, where CSS pixels are 100.
        axes.annotate(
            written,
            (1, row),
            (0.72 * (NUMBER - 6), 0),
            weight="bold",
            size=11,
            ha="right",
            va="center",
            **beside,
        )


def _quantities(rows: Mapping[str, Mapping[str, float]]) -> list[str]:
    """What each row has, in its order."""
    quantities = list(next(iter(rows.values()), ()))
    if not 0 < len(quantities) <= MOST_PANELS:
        raise ValueError(
            f"There are {len(quantities)} quantities; give 1 to {MOST_PANELS}, a panel for each."
        )
    for name, row in rows.items():
        if len(name) > LONGEST_NAME:
            raise ValueError(
                f"The name {name!r} is too long to stand beside its bars; use {LONGEST_NAME} characters."
            )
        if list(row) != quantities:
            raise ValueError(f"Row {name!r} has {', '.join(row)}; give each row {', '.join(quantities)}.")
        if min(row.values()) < 0:
            raise ValueError(f"Row {name!r} has {min(row.values())} percent; give 0 or more.")
    return quantities
