"""A still picture of bars in panels: several quantities of the same few things, all on one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from helpers.drawing.figures import Drawing
from helpers.drawing.matplotlib_style import new_figure, styled
from helpers.drawing.style import BLUE, GRID, INK
from helpers.images import arrays
from helpers.wording import arguments
from helpers.wording.refusals import shown

MOST_PANELS = 4
WIDTH, LEFT, RIGHT, BETWEEN = 760, 236, 30, 24
"""CSS pixels: the picture, the rows' names, what is left free at the right, and between two panels."""
TOP, CAPTION, BOTTOM, ROW = 104, 18, 34, 40
LONGEST_NAME = 24
"""Characters of a row's name that fit beside the bars."""
NUMBER = 62
"""CSS pixels that a number takes: it stands in its bar where there is so much room, and else behind it."""


def bar_panels(
    title: str,
    rows: Mapping[str, Mapping[str, float]],
    *,
    about: str,
    whole: str = "100 %",
    captions: Mapping[str, str] | None = None,
) -> Drawing:
    """A panel for each quantity, a bar for each row in it: `rows[row][quantity]` is in percent of one whole.

    All panels have one scale. A pale bar and a dotted line show the whole, which `whole` names; `about` says
    in a line below the title what is drawn, and `captions[quantity]` below a panel's heading what it means.
    Raises ValueError where there is no row, for more than four quantities, for rows that have not all the
    same ones, for a percentage below 0, and for a name of more than 24 characters.

    >>> rows = {"2012  AlexNet": {"MACs": 0.0}, "2020  EfficientNet": {"MACs": 88.2}}
    >>> bar_panels("More 1×1", rows, about="1×1 convolutions in percent of all")
    More 1×1: 1×1 convolutions in percent of all. 2012  AlexNet: MACs 0.0 %; 2020  EfficientNet: MACs 88.2 %.
    """
    arguments.named("rows", rows, Mapping, "percentages by quantity", least=0)
    quantities = _quantities(rows)
    longest = max(100.0, *(value for row in rows.values() for value in row.values()))
    top = TOP + (CAPTION if captions else 0)
    height = top + ROW * len(rows) + BOTTOM
    across = (WIDTH - LEFT - RIGHT + BETWEEN) / len(quantities) - BETWEEN
    with styled():
        figure = new_figure(WIDTH, height)
        line = {"va": "center", "x": 16 / WIDTH}
        figure.text(y=1 - 24 / height, s=title, weight="bold", size=14, **line)
        figure.text(y=1 - 52 / height, s=about, size=11, **line)
        for row, name in enumerate(rows):
            figure.text(y=1 - (top + ROW * (row + 0.5)) / height, s=name, size=12, **line)
        for place, quantity in enumerate(quantities):
            left = LEFT + place * (across + BETWEEN)
            box = (left / WIDTH, BOTTOM / height, across / WIDTH, ROW * len(rows) / height)
            axes = figure.add_axes(box, xlim=(0, longest), ylim=(len(rows) - 0.5, -0.5))
            axes.set_axis_off()
            caption = (captions or {}).get(quantity, "")
            axes.text(0, -1.2 if caption else -0.8, quantity, weight="bold", size=13, va="center")
            axes.text(0, -0.75, caption, size=10, va="center")
            _panel(axes, [row[quantity] for row in rows.values()], NUMBER * longest / across)
            axes.text(100, len(rows) - 0.15, whole, size=10, ha="center", va="center")
        words = (
            f"{name}: " + ", ".join(f"{quantity} {row[quantity]:.1f} %" for quantity in quantities)
            for name, row in rows.items()
        )
        return Drawing.of(figure, f"{title}: {about}. {'; '.join(words)}.")


def _panel(axes: Axes, values: Sequence[float], number: float) -> None:
    """The bars of one quantity; `number` is how long a bar has to be for its number to stand in it."""
    places = range(len(values))
    ends = (-0.5, len(values) - 0.5)
    axes.barh(places, [100] * len(values), height=0.7, color=GRID, linewidth=0)
    axes.barh(places, values, height=0.7, color=BLUE, linewidth=0, zorder=3)
    axes.plot([0, 0], ends, color=INK, linewidth=1, clip_on=False, zorder=4)
    # Behind the bars, where it would cross their numbers.
    axes.plot([100, 100], ends, color=INK, linewidth=1.2, linestyle=":", clip_on=False)
    halo = withStroke(linewidth=4, foreground="white")
    for row, value in enumerate(values):
        inside = value >= number
        axes.annotate(
            "< 1 %" if 0 < value < 1 else f"{value:.0f} %",
            (value, row),
            (-5 if inside else 5, -0.5),
            textcoords="offset points",
            weight="bold",
            size=13,
            color="white" if inside else INK,
            ha="right" if inside else "left",
            va="center",
            zorder=5,
            # The dotted line would cross a number that stands there.
            path_effects=[] if inside or value + 1.1 * number < 100 else [halo],
        )


def _quantities(rows: Mapping[str, Mapping[str, float]]) -> list[str]:
    """What each row has, in its order."""
    quantities = list(next(iter(rows.values()), ()))
    if not 0 < len(quantities) <= MOST_PANELS:
        raise ValueError(
            f"There are {len(quantities)} quantities; give 1 to {MOST_PANELS}, a panel for each."
        )
    for name, row in rows.items():
        if len(str(name)) > LONGEST_NAME:
            raise ValueError(
                f"The name {shown(name)} is too long to stand beside its bars; use {LONGEST_NAME} characters."
            )
        if list(row) != quantities:
            raise ValueError(f"Row {name!r} has {', '.join(row)}; give each row {', '.join(quantities)}.")
        if arrays.numbers(f"row {shown(name)}", list(row.values())).min() < 0:
            raise ValueError(f"Row {name!r} has {min(row.values())} percent; give 0 or more.")
    return quantities
