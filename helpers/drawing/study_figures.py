"""How the trainings of a study went: every seed's curve, and what every seed ended with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import floor, log2

import numpy as np
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from helpers.drawing.curves import LINES, check_lines, draw_lines
from helpers.drawing.figures import Drawing
from helpers.drawing.matplotlib_style import new_figure, styled
from helpers.drawing.style import BLUE, FAINT, GRID, INK
from helpers.drawing.text_width import text_width
from helpers.wording.refusals import known

NAME = 12
"""CSS pixels: the size of a row's name, 9 points."""


def study_curves(
    title: str,
    measure: str,
    runs: Mapping[str, Sequence[Sequence[float]]],
    caption: str,
    own: Mapping[str, Sequence[float]] | None = None,
    looks: Sequence[tuple[str, str, str]] = LINES,
    level: float | None = None,
) -> Drawing:
    """Every run of a study as a thin line, one for each seed, and their mean as a thick one.

    `runs` has the curves of each network, a value an epoch; `own` are runs of the learner's, by network,
    which may be shorter, drawn in black over the recorded ones; `looks` are the colour, dash and mark of each
    network. `caption` says how many seeds, and how long. A dotted line is drawn at the value `level`, and the
    words say in which epochs the seeds fell below it.
    Raises ValueError for no networks or more than there are looks, and for an own run of an unknown network.

    >>> study_curves("It learns", "test error", {"plain": [(40, 20), (50, 30)]}, "2 seeds, 2 epochs each")
    It learns. plain: test error 25.0 (20.0 to 30.0). 2 seeds, 2 epochs each.
    """
    check_lines(runs)
    for name in own or {}:
        known("network", name, runs)
    with styled():
        figure = new_figure(760, 360)
        axes = figure.add_axes((0.1, 0.27, 0.6, 0.61))
        axes.set_title(title)
        axes.set_ylim(0, 1.05 * max(max(map(max, curves)) for curves in runs.values()) or 1)
        for (_, curves), (colour, _, _) in zip(runs.items(), looks, strict=False):
            for curve in curves:
                axes.plot(range(1, len(curve) + 1), curve, color=colour, alpha=0.35, linewidth=1)
        if level is not None:
            axes.axhline(level, color=INK, linestyle=":", linewidth=1.5)
            number = f"{level:g} %" if measure.endswith("error") else f"{level:g}"
            axes.text(0.01, level, number, transform=axes.get_yaxis_transform(), va="bottom", size=9)
        for name, curve in (own or {}).items():
            _, dash, mark = looks[list(runs).index(name)]
            axes.plot(range(1, len(curve) + 1), curve, dash, color=INK, marker=mark, linewidth=2, zorder=9)
        means = {name: np.mean(curves, axis=0) for name, curves in runs.items()}
        label = _with_unit(measure)
        draw_lines(axes, means, None, "epoch", label, looks=looks)
        yours = " Black, with the same marks: your own." if own else ""
        lines = f"Thin lines: single seeds. Thick: their mean.{yours}\n{caption[0].upper()}{caption[1:]}."
        figure.text(0.1, 0.03, lines, size=9, linespacing=1.5)
        ends = {name: [curve[-1] for curve in curves] for name, curves in runs.items()}
        words = (
            f"{name}: {measure} {np.mean(each):.1f} ({min(each):.1f} to {max(each):.1f})"
            + ("" if level is None else f", {_first_below(level, runs[name])}")
            for name, each in ends.items()
        )
        return Drawing.of(figure, f"{_ended(title)} {'; '.join(words)}. {caption}.")


def _first_below(level: float, curves: Sequence[Sequence[float]]) -> str:
    """In which epochs the seeds first fell below a value."""
    below = [[epoch for epoch, value in enumerate(curve, 1) if value < level] for curve in curves]
    if not any(below):
        return f"never below {level:g}"
    first, last = min(min(each) for each in below if each), max(each[0] for each in below if each)
    epochs = f"{first}" if first == last else f"{first} to {last}"
    return f"below {level:g} after {epochs} epochs{'' if all(below) else ', or never'}"


def study_dots(
    title: str,
    ends: Mapping[str, Mapping[str, Sequence[float]]],
    caption: str,
    own: Mapping[str, Mapping[str, float]] | None = None,
    level: str | None = None,
    joined: Mapping[str, str] | None = None,
    lowest: float = 0,
) -> Drawing:
    """What every seed ended with as a dot, a row for each network, and their mean as a line with its number.

    `ends[measure][network]` are errors in percent, one a seed; each measure has a panel of its own, all on
    one scale. `own` are results of the learner's, by measure and network, drawn as black diamonds. `caption`
    says how many seeds, and how long. A dotted line runs through all rows at the mean of the network `level`.
    A thin line for each seed joins its dots in two rows that are `joined`. The errors are drawn from the
    `lowest` up, and seeds that ended with the same one below each other.
    Raises ValueError for an own result of an unknown measure or network, and for an unknown `level` or row
    that is `joined`.

    >>> study_dots("Three is less", {"test error": {"three": (3, 5), "nine": (9, 9)}}, "2 seeds, 1 epoch")
    Three is less. test error: three 4.0 (3.0 to 5.0), nine 9.0 (9.0 to 9.0). 2 seeds, 1 epoch.
    """
    names = list(next(iter(ends.values())))
    for measure, mine in (own or {}).items():
        known("measure", measure, ends)
        for name in mine:
            known("network", name, names)
    if level is not None:
        known("network", level, names)
    for pair in (joined or {}).items():
        for name in pair:
            known("network", name, names)
    widest = max(text_width(name, NAME) for name in names)
    highest = max(max(values) for rows in ends.values() for values in rows.values())
    span = highest - lowest
    with styled():
        height = 130 + 26 * len(names)
        figure = new_figure(760, height)
        left = (26 + widest) / 760
        across = (0.985 - left) / len(ends)
        for place, (measure, rows) in enumerate(ends.items()):
            axes = figure.add_axes(
                (left + place * across, 86 / height, across - 0.02, 26 * len(names) / height),
                xlim=(lowest, lowest + (1.3 * span or 1)), ylim=(len(names) - 0.5, -0.5),
            )  # fmt: skip
            axes.set_yticks(range(len(names)), names if place == 0 else [])
            axes.tick_params(length=0)
            axes.hlines(range(len(names)), lowest, lowest + 1.07 * span, color=GRID, linewidth=1)
            axes.set_xlabel(_with_unit(measure))
            axes.xaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10]))
            # Under the column of means there is no scale.
            axes.set_xticks([each for each in axes.get_xticks() if lowest <= each <= lowest + 1.07 * span])
            if level is not None:
                axes.axvline(float(np.mean(rows[level])), color=INK, linestyle=":", linewidth=1)
            for one, other in (joined or {}).items():
                for ends_of_line in zip(rows[one], rows[other], strict=True):
                    axes.plot(ends_of_line, [names.index(one), names.index(other)], color=FAINT, linewidth=1)
            for row, name in enumerate(names):
                values = rows[name]
                step = 0 if joined else 0.15
                # Equal values stand one below the other, about the row's line.
                places = [
                    row + step * (values[:seed].count(value) - (values.count(value) - 1) / 2)
                    for seed, value in enumerate(values)
                ]
                axes.scatter(values, places, s=26, color=BLUE, alpha=0.6, linewidth=0, zorder=3)
                axes.plot([np.mean(values)] * 2, [row - 0.32, row + 0.32], color=INK, linewidth=2, zorder=4)
                axes.text(
                    lowest + 1.28 * span, row, f"{np.mean(values):.1f}",
                    ha="right", va="center", weight="bold", size=9,
                )  # fmt: skip
            for name, value in (own or {}).get(measure, {}).items():
                axes.scatter(
                    [value], [names.index(name)], s=46, marker="D", zorder=5,
                    color="none", edgecolor=INK, linewidth=1.8,  # so that it hides no dot
                )  # fmt: skip
        figure.text(12 / 760, 1 - 22 / height, title, weight="bold", size=11)
        yours = " Black diamonds: your own." if own else ""
        means = "Thick lines and numbers: their mean. Thin lines: the same seed." if joined else ""
        lines = (
            f"Each dot: one seed. {means or 'Lines and numbers: their mean.'}{yours}\n"
            f"{caption[0].upper()}{caption[1:]}."
        )
        figure.text(12 / 760, 8 / height, lines, size=9, linespacing=1.5)
        words = (
            f"{measure}: "
            + ", ".join(
                f"{name} {np.mean(each):.1f} ({min(each):.1f} to {max(each):.1f})"
                for name, each in rows.items()
            )
            for measure, rows in ends.items()
        )
        return Drawing.of(figure, f"{_ended(title)} {'; '.join(words)}. {caption}.")


def study_scale(
    title: str,
    along: str,
    ends: Mapping[str, Mapping[str, Mapping[float, Sequence[float]]]],
    caption: str,
    reference: Mapping[str, Mapping[str, Sequence[float]]] | None = None,
    lowest: float | Mapping[str, float] = 0,
    doubling: Sequence[str] = (),
) -> Drawing:
    """What every seed ended with as a dot over a number, on a log scale; lines go through the means.

    `ends[measure][series][number]` are errors in percent, one a seed; each measure has a panel of its own,
    and each series a colour, a dash and a mark. `along` says what the number is. `reference[measure]` is the
    name of one network that has no such number, and its errors: thin horizontal lines, and a thick one for
    their mean. A figure of one series has the means in numbers, too, above them. The errors are drawn from
    the `lowest` up, which may differ by measure; the measures that are `doubling` have a log scale, whose
    ends are the data's. `caption` says how many seeds, and how long. Raises ValueError for no series or too
    many of them.

    >>> study_scale("Few", "channels", {"test error": {"via": {2: (9, 7), 4: (5, 5)}}}, "2 seeds, 1 epoch")
    Few. test error: via at 2 8.0 (7.0 to 9.0), via at 4 5.0 (5.0 to 5.0). 2 seeds, 1 epoch.
    """
    series = next(iter(ends.values()))
    check_lines(series)
    numbers = sorted({number for values in series.values() for number in values})
    alone = len(series) == 1
    halo = [withStroke(linewidth=3, foreground="white")]
    with styled():
        figure = new_figure(760, 380)
        across = 0.98 / len(ends)
        for place, (measure, rows) in enumerate(ends.items()):
            axes = figure.add_axes((0.08 + place * across, 0.29, across - 0.07, 0.58))
            axes.set_xscale("log", base=2)
            axes.set_xticks(numbers, [f"{number:g}" for number in numbers])
            axes.minorticks_off()
            if alone:  # room for the last number
                axes.set_xlim(numbers[0] / 1.4, numbers[-1] * 2.2)
            axes.set_xlabel(along)
            axes.set_ylabel(_with_unit(measure))
            for name, values in (reference or {}).get(measure, {}).items():
                for value in values:
                    axes.axhline(value, color=FAINT, linewidth=0.8, alpha=0.6)
                level = f" {np.mean(values):.1f}" if alone else ""
                axes.axhline(np.mean(values), color=INK, linewidth=2, label=f"{name}{level}")
            for (name, dots), (colour, dash, mark) in zip(rows.items(), LINES, strict=False):
                for number, values in dots.items():
                    middle = (len(values) - 1) / 2  # seeds side by side, so that equal ones can be told apart
                    at = [number * 2 ** (0.05 * (seed - middle)) for seed in range(len(values))]
                    axes.scatter(
                        at, values, s=34, color=colour, marker=mark, alpha=0.6,
                        edgecolor="white", linewidth=0.6, zorder=4,
                    )  # fmt: skip
                means = [np.mean(dots[number]) for number in sorted(dots)]
                axes.plot(
                    sorted(dots), means, dash, color=colour, marker=mark, markersize=4, linewidth=2.5,
                    label=name,
                )  # fmt: skip
                for number in dots if alone else ():
                    mean, last = float(np.mean(dots[number])), number == numbers[-1]
                    axes.annotate(
                        f"{mean:.1f}",
                        (number, mean if last else max(dots[number])),
                        (13, -3) if last else (0, 7),  # the last one has room beside it
                        ha="left" if last else "center", textcoords="offset points",
                        size=9, weight="bold", zorder=6, path_effects=halo,
                    )  # fmt: skip
            if measure in doubling:
                axes.set_yscale("log", base=2)
                axes.yaxis.set_major_formatter(lambda error, _: f"{error:g}")
                low, high = axes.get_ylim()
                axes.set_ylim(2 ** floor(log2(low)), 1.3 * high)
            else:
                bottom = lowest.get(measure, 0) if isinstance(lowest, Mapping) else lowest
                top = max(max(values) for dots in rows.values() for values in dots.values())
                axes.set_ylim(bottom, top + 0.15 * (top - bottom))
                axes.yaxis.set_major_locator(MaxNLocator(steps=[1, 2, 5, 10], integer=True))
            if alone or place == len(ends) - 1:
                axes.legend(loc="upper right" if len(ends) == 1 else "best", frameon=True, framealpha=0.9)
        figure.text(0.015, 0.93, title, weight="bold", size=11)
        levels = dict.fromkeys(name for each in (reference or {}).values() for name in each)
        thin = f" Thin lines: single seeds of {', '.join(levels)}." if levels else ""
        thin += "".join(f" {measure.capitalize()}: each step up doubles it." for measure in doubling)
        lines = f"Each mark: one seed. Lines: their mean.{thin}\n{caption[0].upper()}{caption[1:]}."
        figure.text(0.015, 0.03, lines, size=9, linespacing=1.5)
        words = (
            f"{measure}: {', '.join(_scale_words(rows, (reference or {}).get(measure, {})))}"
            for measure, rows in ends.items()
        )
        return Drawing.of(figure, f"{_ended(title)} {'; '.join(words)}. {caption}.")


def _scale_words(
    rows: Mapping[str, Mapping[float, Sequence[float]]], reference: Mapping[str, Sequence[float]]
) -> Iterator[str]:
    """Each network of a figure over a number, with its mean, and the least and the most of its seeds."""
    named = {f"{name} at {number:g}": each for name, dots in rows.items() for number, each in dots.items()}
    for name, each in {**reference, **named}.items():
        yield f"{name} {np.mean(each):.1f} ({min(each):.1f} to {max(each):.1f})"


def _with_unit(measure: str) -> str:
    return f"{measure}, percent wrong" if measure.endswith("error") else measure


def _ended(title: str) -> str:
    """A title as a sentence; it may be a question."""
    return title if title.endswith((".", "?", "!")) else f"{title}."
