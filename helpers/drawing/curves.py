"""Still pictures of lines and bars: functions, how a training went, and amounts beside each other."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from numbers import Real

import numpy as np
from matplotlib.axes import Axes

from helpers.drawing.figures import Drawing
from helpers.drawing.matplotlib_style import new_figure, styled
from helpers.drawing.style import BLUE, FAINT, GREEN, GRID, INK, ORANGE, PURPLE, VERMILION
from helpers.images import arrays
from helpers.running.training import History
from helpers.wording import arguments
from helpers.wording.refusals import shown

# Each line has a dash and a marker beside its colour, so that colour is not the only carrier of meaning.
LINES = ((BLUE, "-", "o"), (ORANGE, "--", "s"), (GREEN, "-.", "^"), (PURPLE, ":", "D"), (VERMILION, "-", "v"))
LONGEST_NAME = 11
"""Characters of a line's name that fit beside the two panels of `training_curves`."""

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
MOST_PANELS = 3
MOST_MARKED = 40
"""Lines of more points than this are drawn without a mark at each."""


def curves(
    title: str,
    series: Mapping[str, Sequence[float]],
    *,
    x_label: str,
    y_label: str,
    x: Sequence[float] | Mapping[str, Sequence[float]] | None = None,
    x_names: Sequence[str] | None = None,
    log: bool = False,
    measured: bool = False,
) -> Drawing:
    """Lines over one axis, each with its name at its end; `x` counts from 1 where it is not given.

    `x` is one for all lines, or a mapping from each line's name to its own. `x_names` stand below the places
    1, 2, 3 … in place of these numbers. `log` draws y in powers of ten.
    The `repr` of what was `measured`, and so differs from machine to machine, is the title alone. Raises
    ValueError for no lines or more than there are looks for them, for a line that is no list of finite
    numbers or that a mapping `x` does not name, and for more or fewer x or names than a line has points.

    >>> curves("A line", {"double": [2, 4, 6]}, x_label="number", y_label="its double")
    A line. double from 2 to 6.
    """
    arguments.named("lines", series, Iterable, "a list of numbers", least=0)
    check_lines(series)
    lengths = {name: len(arrays.numbers(f"line {shown(name)}", y)) for name, y in series.items()}
    if isinstance(x, Mapping) and (missing := [name for name in series if name not in x]):
        raise ValueError(f"There is no x for the line {missing[0]!r}; give one for each line.")
    for name, length in lengths.items():
        own = x[name] if isinstance(x, Mapping) else x
        if own is not None and (count := len(arrays.numbers("x", own))) != length:
            raise ValueError(f"The line {shown(name)} has {length} points and {count} x; give as many.")
    x_names = None if x_names is None else arguments.several("names of the points", x_names)
    if x_names is not None and (odd := [y for y in series.values() if len(y) != len(x_names)]):
        raise ValueError(f"There are {len(x_names)} names for {len(odd[0])} points; give one for each point.")
    with styled():
        figure = new_figure(760, 330)
        axes = figure.add_axes((0.1, 0.16, 0.7, 0.7))
        axes.set_title(title)
        draw_lines(axes, series, x, x_label, y_label, log=log)
        if x_names is not None:
            axes.set_xticks(range(1, len(x_names) + 1), x_names)
        words = (f"{name} from {_brief(y[0])} to {_brief(y[-1])}" for name, y in series.items())
        alt = f"{title}. {'; '.join(words)}."
        return Drawing.of(figure, alt, finding=f"{title}." if measured else None)


def point_panels(
    title: str, panels: Mapping[str, Mapping[str, Mapping[str, tuple[float, float]]]], *, y_label: str
) -> Drawing:
    """Lines through named points, in panels side by side that have one scale of y.

    `panels[x label][line][point]` is the (x, y) of a point, whose name stands beside it; x begins at 0. Every
    panel has the same lines. Raises ValueError for no panels or more than three, for no lines, more than
    there are looks for them, or others than in the first panel, and for what is not a pair of numbers.

    >>> lines = {"deep": {"a": (1, 30), "b": (2, 20)}, "wide": {"c": (3, 25)}}
    >>> point_panels("Two lines", {"weights": lines}, y_label="error")
    Two lines. weights: deep: a (1, 30), b (2, 20); wide: c (3, 25).
    """
    arguments.named("panels", panels, Mapping, "points by line")
    if len(panels) > MOST_PANELS:
        raise ValueError(f"There are {len(panels)} panels; give 1 to {MOST_PANELS}.")
    names = list(next(iter(panels.values())))
    places = {}
    for label, lines in panels.items():
        check_lines(lines)
        if list(lines) != names:
            raise ValueError(f"The panel {shown(label)} has the lines {', '.join(lines)}; give all the same.")
        for name, points in lines.items():
            places[label, name] = arrays.numbers(f"line {shown(name)}", list(points.values()), axes=2)
            if places[label, name].shape[1] != 2:
                raise ValueError(
                    f"The line {shown(name)} has points that are no pairs; give (x, y) for each."
                )
    low = min(each[:, 1].min() for each in places.values())
    high = max(each[:, 1].max() for each in places.values())
    margin = 0.12 * (high - low or 1)
    with styled():
        figure = new_figure(760, 330)
        figure.text(12 / 760, 1 - 22 / 330, title, weight="bold", size=11)
        across = 0.92 / len(panels)
        for place, (label, lines) in enumerate(panels.items()):
            axes = figure.add_axes((0.075 + across * place, 0.16, across - 0.05, 0.69))
            axes.set_ylim(low - margin, high + margin)
            axes.set_xlabel(label)
            axes.grid(axis="y", color=GRID)
            axes.set_xlim(0, 1.12 * max(places[label, name][:, 0].max() for name in lines))
            for row, ((name, points), (colour, dash, mark)) in enumerate(
                zip(lines.items(), LINES, strict=False)
            ):
                x, y = places[label, name].T
                axes.plot(x, y, color=colour, linestyle=dash, marker=mark, markersize=7, label=name)
                # All lines but the first have their names on the other side, so that those of two lines part.
                beside, side = ((-6, -13), "right") if row else ((7, 4), "left")
                for point, at in zip(points, zip(x, y, strict=True), strict=True):
                    axes.annotate(point, at, beside, textcoords="offset points", size=9, ha=side, color=INK)
        figure.axes[0].set_ylabel(y_label)
        figure.axes[-1].legend(loc="upper right")
        words = (
            f"{label}: "
            + "; ".join(
                f"{name}: "
                + ", ".join(f"{point} ({_brief(x)}, {_brief(y)})" for point, (x, y) in points.items())
                for name, points in lines.items()
            )
            for label, lines in panels.items()
        )
        return Drawing.of(figure, f"{title}. {'. '.join(words)}.")


def training_curves(title: str, histories: Mapping[str, History]) -> Drawing:
    """Training and test error in percent after each epoch, side by side on one scale.

    Raises ValueError for what is no history or has no complete epoch, for a name of more than 11 characters,
    and for no lines or more than there are looks.

    >>> history = History((2.0, 1.0), (40.0, 20.0), (2.0, 1.5), (50.0, 25.0))
    >>> training_curves("It learns", {"plain-14": history})
    It learns. plain-14: training error 20.0 %, test error 25.0 %.
    """
    arguments.named("histories", histories, History, "what `fit` returned", least=0)
    check_lines(histories)
    for name, history in histories.items():
        if len(str(name)) > LONGEST_NAME:
            raise ValueError(
                f"The name {shown(name)} is too long to stand beside its line; use 11 characters."
            )
        if not history.epochs:
            raise ValueError(f"The history of {name!r} has no complete epoch; train for one at least.")
    with styled():
        figure = new_figure(760, 340)
        figure.text(0.07, 0.93, title, weight="bold", size=11)
        highest = max(max(*each.train_error, *each.test_error) for each in histories.values())
        for place, (which, label) in enumerate((("train_error", "training"), ("test_error", "test"))):
            axes = figure.add_axes((0.07 + 0.48 * place, 0.16, 0.29, 0.64), ylim=(0, 1.05 * highest or 1))
            axes.set_title(f"{label} error")
            errors = {name: getattr(history, which) for name, history in histories.items()}
            draw_lines(axes, errors, None, "epoch", "percent wrong" if place == 0 else "")
        words = (
            f"{name}: training error {each.train_error[-1]:.1f} %, test error {each.test_error[-1]:.1f} %"
            for name, each in histories.items()
        )
        return Drawing.of(figure, f"{title}. {'; '.join(words)}.")


def bars(title: str, amounts: Mapping[str, float], unit: str) -> Drawing:
    """A bar for each amount from 0 up, its number beside it.

    Raises ValueError for no amounts, and for one that is no finite number from 0 up.

    >>> bars("Four is more than one", {"conv1": 1, "conv2": 4}, "weights")
    Four is more than one. conv1: 1 weights; conv2: 4 weights.
    """
    arguments.named("amounts", amounts, Real, "a number from 0 up")
    if arrays.numbers("list of amounts", list(amounts.values())).min() < 0:
        raise ValueError(f"The least amount is {shown(min(amounts.values()))}; give numbers from 0 up.")
    with styled():
        height = 76 + 30 * len(amounts)
        figure = new_figure(760, height)
        axes = figure.add_axes((0.18, 14 / height, 0.52, 30 * len(amounts) / height))
        axes.set_title(title, pad=14, x=-0.28)
        axes.barh(list(amounts), list(amounts.values()), height=0.7, color=BLUE)
        axes.set_xlim(0, max(amounts.values()) or 1)
        axes.invert_yaxis()
        axes.spines["bottom"].set_visible(False)
        axes.tick_params(left=False, bottom=False, labelbottom=False)
        for row, amount in enumerate(amounts.values()):
            axes.annotate(
                f"{amount:,} {unit}", (amount, row), (6, 0), textcoords="offset points", va="center", size=10
            )
        words = (f"{name}: {amount:,} {unit}" for name, amount in amounts.items())
        return Drawing.of(figure, f"{title}. {'; '.join(words)}.")


def _brief(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _power(value: float) -> str:
    """A power of ten as a tick's name: 10, 1, 0.1, 10⁻², 10⁻³ and so on.

    >>> _power(0.1), _power(1e-10)
    ('0.1', '10⁻¹⁰')
    """
    if value >= 0.1:
        return f"{value:g}"
    return f"10{str(round(math.log10(value))).translate(SUPERSCRIPTS)}"


def check_lines(series: Mapping[str, object]) -> None:
    if not 0 < len(series) <= len(LINES):
        raise ValueError(f"There are {len(series)} lines; give 1 to {len(LINES)}, one for each look.")


def draw_lines(
    axes: Axes,
    series: Mapping[str, Sequence[float]],
    x: Sequence[float] | Mapping[str, Sequence[float]] | None,
    x_label: str,
    y_label: str,
    *,
    log: bool = False,
    looks: Sequence[tuple[str, str, str]] = LINES,
) -> None:
    """Draw the lines, each with its name beside its last point, moved apart where two would overlap."""
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.grid(axis="y", color=GRID)
    if log:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(lambda value, _: _power(value))
    longest = max(map(len, series.values()))
    if x is None and longest <= MOST_MARKED:
        axes.set_xticks(range(1, longest + 1, max(1, longest // 8)))
    for (name, values), (colour, dash, mark) in zip(series.items(), looks, strict=False):
        own = x[name] if isinstance(x, Mapping) else x
        places = range(1, len(values) + 1) if own is None else own
        marked = {"marker": mark, "markersize": 6} if len(values) <= MOST_MARKED else {}
        axes.plot(places, values, color=colour, linestyle=dash, label=name, **marked)
    axes.autoscale_view()
    ends = axes.transData.transform([(0, values[-1]) for values in series.values()])
    heights = axes.transAxes.inverted().transform(ends)[:, 1]
    beside = {"transform": axes.transAxes, "clip_on": False}
    for name, (colour, _, mark), end, height in zip(series, looks, heights, apart(heights), strict=False):
        axes.plot([1.0, 1.035], [end, height], color=FAINT, linewidth=0.8, **beside)
        axes.plot([1.035], [height], mark, color=colour, markersize=6, **beside)
        axes.text(1.065, height, name, va="center", transform=axes.transAxes)


def apart(heights: np.ndarray, least: float = 0.09) -> np.ndarray:
    """The same heights (0 to 1), moved up or down as little as keeps each `least` from the next."""
    order = np.argsort(heights)
    placed = heights[order].copy()
    for _ in range(50):
        for low in range(len(placed) - 1):
            missing = least - (placed[low + 1] - placed[low])
            if missing > 0:
                placed[low] -= missing / 2
                placed[low + 1] += missing / 2
        placed = placed.clip(0, 1) if len(placed) * least < 1 else placed
    result = np.empty_like(placed)
    result[order] = placed
    return result
