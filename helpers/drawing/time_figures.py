"""How fast layers are, and whether memory or arithmetic limits them: the roofline of a machine."""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, degrees, hypot
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator

from helpers.drawing.curves import LINES
from helpers.drawing.figures import Drawing
from helpers.drawing.matplotlib_style import new_figure, styled
from helpers.drawing.png import DENSITY
from helpers.drawing.style import FAINT, GRID, INK
from helpers.drawing.text_width import text_width
from helpers.explorers.pictures.label_placement import leader, place_labels

WIDTH, HEIGHT = 760, 430
LEFT, BOTTOM, ACROSS, DOWN = 76, 96, 660, 280
"""CSS pixels: the data area, measured from the lower left."""
TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
LABEL = 12
LEAST_SLOPE = 140
"""CSS pixels of the roof's slope that its words need."""


class Dot(NamedTuple):
    """One pass: what ran and of what kind, for how many images at once, and the learner's own or not.

    `intensity` is in multiply-adds for each byte moved, `speed` in multiply-adds a second.
    """

    name: str
    kind: str
    images: int
    intensity: float
    speed: float
    own: bool = False


def roofline(title: str, dots: Sequence[Dot], *, peak: float, bandwidth: float, caption: str) -> Drawing:
    """Speed against intensity, both in steps of ten, under a roof that no pass has come through.

    The roof slopes as fast as memory delivers, `bandwidth` in bytes a second, and is level as fast as the
    machine multiplies, `peak` in multiply-adds a second. An arrow leads from the dot of a few images to that
    of many. `caption` says on what it was measured. Raises ValueError for no dots, and for more kinds than
    there are looks.

    >>> dots = [Dot("fc6", "linear", 1, 0.25, 4e9), Dot("fc6", "linear", 16, 4, 2e10)]
    >>> roofline("Together is faster", dots, peak=1e11, bandwidth=1.6e10, caption="measured here")
    Together is faster. MACs for each byte, billion MACs a second: fc6 0.25, 4.0; fc6 16 photos 4.0, 20.
    """
    kinds = list(dict.fromkeys(dot.kind for dot in dots))
    if not 0 < len(kinds) <= len(LINES):
        raise ValueError(f"There are {len(kinds)} kinds of dots; give 1 to {len(LINES)}, one for each look.")
    with styled():
        figure = new_figure(WIDTH, HEIGHT)
        figure.text(16 / WIDTH, 1 - 24 / HEIGHT, title, weight="bold", size=13, va="center")
        axes = figure.add_axes((LEFT / WIDTH, BOTTOM / HEIGHT, ACROSS / WIDTH, DOWN / HEIGHT))
        axes.set_xscale("log")
        axes.set_yscale("log")
        _limits(axes, dots, peak)
        axes.set_xlabel("MACs for each byte moved (log scale)")
        axes.set_ylabel("billion MACs a second (log scale)")
        axes.grid(color=GRID)
        axes.set_axisbelow(True)
        _roof(axes, peak / 1e9, bandwidth / 1e9)
        _dots(axes, dots, kinds)
        _labels(axes, dots, peak / 1e9)
        axes.legend(loc="lower right", ncols=len(kinds), bbox_to_anchor=(1.0, 1.0), handletextpad=0.2)
        batches = sorted({dot.images for dot in dots})
        several = f" Filled: one photo at a time; hollow: {batches[-1]} at once." if len(batches) > 1 else ""
        yours = " Black outlines: your own." if any(dot.own for dot in dots) else ""
        lines = f"Grey: the fastest of all that was measured.{several}{yours}"
        note = f"{lines}\n{caption[0].upper()}{caption[1:]}."
        figure.text(16 / WIDTH, 10 / HEIGHT, note, size=9, linespacing=1.5)
        words = "; ".join(_words(dot) for dot in dots if not dot.own)
        ended = title if title.endswith(("?", "!", ".")) else f"{title}."
        finding = f"{ended} MACs for each byte, billion MACs a second: {words}."
        mine = "".join(f" Your own {_words(dot)}." for dot in dots if dot.own)
        return Drawing.of(figure, f"{finding}{mine}", finding=finding)


def _words(dot: Dot) -> str:
    many = f" {dot.images} photos" if dot.images > 1 else ""
    return f"{dot.name}{many} {_brief(dot.intensity)}, {_brief(dot.speed / 1e9)}"


def _brief(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def _limits(axes: Axes, dots: Sequence[Dot], peak: float) -> None:
    """Both axes from a round number to a round number, with the level part of the roof in sight."""
    for which, values in (
        ("x", [dot.intensity for dot in dots]),
        ("y", [dot.speed / 1e9 for dot in dots] + [1.2 * peak / 1e9]),
    ):
        low = max((tick for tick in TICKS if tick <= 0.8 * min(values)), default=0.8 * min(values))
        high = min((tick for tick in TICKS if tick >= 1.25 * max(values)), default=1.25 * max(values))
        ticks = [tick for tick in TICKS if low <= tick <= high]
        axis = getattr(axes, f"{which}axis")
        getattr(axes, f"set_{which}lim")(low, high)
        axis.set_major_locator(FixedLocator(ticks))
        axis.set_major_formatter(lambda value, _: f"{value:g}")
        axis.set_minor_locator(FixedLocator([]))


def _roof(axes: Axes, peak: float, bandwidth: float) -> None:
    low, high = axes.get_xlim()
    ridge = peak / bandwidth
    axes.plot([low, ridge], [low * bandwidth, peak], color=FAINT, linewidth=2.5, zorder=2)
    axes.plot([ridge, high], [peak, peak], color=FAINT, linewidth=2.5, zorder=2)
    beside = {"textcoords": "offset points", "color": FAINT, "size": 9, "ha": "center"}
    axes.annotate("arithmetic limits it", ((ridge * high) ** 0.5, peak), (0, 5), **beside)
    start = max(low, axes.get_ylim()[0] / bandwidth)
    (x1, y1), (x2, y2) = axes.transData.transform([(start, start * bandwidth), (ridge, peak)])
    if hypot(x2 - x1, y2 - y1) > LEAST_SLOPE * DENSITY:
        middle = (start * ridge) ** 0.5
        axes.annotate(
            "memory limits it", (middle, middle * bandwidth), (-3, 3), va="bottom",
            rotation=degrees(atan2(y2 - y1, x2 - x1)), rotation_mode="anchor", **beside,
        )  # fmt: skip


def _dots(axes: Axes, dots: Sequence[Dot], kinds: Sequence[str]) -> None:
    least = min(dot.images for dot in dots)
    named = set()
    start = {}
    for dot in dots:
        colour, _, mark = LINES[kinds.index(dot.kind)]
        at = dot.intensity, dot.speed / 1e9
        filled = dot.images == least
        # A ring around it leaves in sight what was recorded.
        face, edge = ("none", INK) if dot.own else (colour if filled else "white", colour)
        label = dot.kind if dot.kind not in named and not dot.own else None
        named.add(dot.kind)
        axes.plot(
            *at, mark, color=face, markeredgecolor=edge, markeredgewidth=1.8, markersize=14 if dot.own else 9,
            linestyle="", label=label, zorder=5 if dot.own else 4,
        )  # fmt: skip
        if dot.own:
            continue
        if filled:
            start[dot.name] = at
        elif dot.name in start:
            arrow = {"arrowstyle": "->", "color": colour, "shrinkA": 6, "shrinkB": 6, "linewidth": 1.2}
            axes.annotate("", at, start[dot.name], zorder=3, arrowprops=arrow)


def _labels(axes: Axes, dots: Sequence[Dot], peak: float) -> None:
    """Each name beside its first dot, below the roof; the other dots and the arrows are in its way."""

    def place(intensity: float, speed: float) -> tuple[float, float]:
        x, y = axes.transAxes.inverted().transform(axes.transData.transform((intensity, speed)))
        return float(x) * ACROSS, float(1 - y) * DOWN

    first = {dot.name: dot for dot in reversed(dots) if not dot.own}
    others = [dot for dot in dots if dot is not first[dot.name]]
    # What the legend says already is left out.
    words = [name.removeprefix(f"{dot.kind}, ") for name, dot in first.items()]
    named = [place(dot.intensity, dot.speed / 1e9) for dot in first.values()]
    ends = [place(dot.intensity, dot.speed / 1e9) for dot in others]
    starts = dict(zip(first, named, strict=True))
    arrows = [(starts[dot.name], end) for dot, end in zip(others, ends, strict=True) if not dot.own]
    sizes = [(1.0, 1.0)] * len(ends) + [(text_width(word, LABEL), LABEL + 3) for word in words]
    room = (2, place(1, peak)[1] + 4, ACROSS - 2, DOWN - 2)
    boxes = place_labels([*ends, *named], sizes, room, marker=8, lines=arrows)[len(ends) :]
    for word, at, box in zip(words, named, boxes, strict=True):
        line = leader(at, box)
        if line:
            xs, ys = zip(*((x / ACROSS, 1 - y / DOWN) for x, y in line), strict=True)
            axes.plot(xs, ys, color=FAINT, linewidth=0.8, transform=axes.transAxes, zorder=3)
        left, middle = box[0] / ACROSS, 1 - (box[1] + box[3]) / 2 / DOWN
        behind = {"facecolor": "white", "pad": 0.5, "linewidth": 0}
        axes.text(left, middle, word, size=8.5, va="center", transform=axes.transAxes, zorder=6, bbox=behind)
