"""The lessons' still pictures: each states its finding in the title and in its alt text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from PIL import Image

from helpers.arithmetic.checks import whole
from helpers.drawing.matplotlib_style import new_figure, styled
from helpers.drawing.png import DENSITY, compressed, display_bundle
from helpers.drawing.style import BLUE, FAINT, GREEN, INK, ORANGE, PURPLE, SKY, YELLOW
from helpers.drawing.text_width import text_width
from helpers.images import arrays
from helpers.wording import arguments
from helpers.wording.refusals import shown

# Each kind of bar has a hatch beside its colour, so that colour is not the only carrier of meaning.
LOOKS = (
    (BLUE, "////"),
    (ORANGE, ""),
    (FAINT, "...."),
    (GREEN, "xxxx"),
    (SKY, ""),
    (PURPLE, "\\\\\\\\"),
    (YELLOW, ""),
)


# White in the middle, and dark figures can be read on either end.
RATIOS = LinearSegmentedColormap.from_list("ratios", ("#E9A23B", "#FFFFFF", "#6BA8D6"))


LEAST_RATIO, MOST_RATIO = 0.5, 1.6
"""Where the colours of ratios end, in powers of 2: small departures from 1 are not made to look large."""


MOST_SHEETS = 8
"""Maps one behind the other that can still be told apart."""


class Drawing:
    """A finished picture that a notebook shows, with its alt text.

    Its `repr`, which is compared with the stored one, is the alt text, or a shorter `finding` where that has
    numbers that differ in their last digit from machine to machine.
    """

    def __init__(
        self,
        image: Image.Image,
        alt: str,
        *,
        finding: str | None = None,
        has_photo: bool = False,
        fine: bool = False,
        every_colour: bool = False,
    ) -> None:
        self.image, self.alt, self.finding = image, alt, finding or alt
        self._how = {"has_photo": has_photo, "fine": fine, "every_colour": every_colour}

    @classmethod
    def of(cls, figure: Figure, alt: str, **more: Any) -> Drawing:
        """Draw a figure made by `new_figure`; call it inside `with styled():`."""
        figure.canvas.draw()
        pixels = np.asarray(figure.canvas.buffer_rgba())
        return cls(Image.fromarray(pixels).convert("RGB"), alt, **more)

    def __repr__(self) -> str:
        return self.finding

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        png = compressed(self.image, **self._how)
        data, metadata = display_bundle(
            png, self.alt, self.image.width // DENSITY, self.image.height // DENSITY
        )
        return {"text/plain": repr(self), **data}, metadata


def kernel_reach(channels: int = 4, side: int = 6) -> Drawing:
    """What one output value reads with a 3×3 and with a 1×1 kernel, on `channels` maps of `side`² pixels.

    Raises ValueError for channels outside 1 to 8 and a side outside 5 to 16.

    >>> kernel_reach(channels=4)
    A 3×3 kernel reads 9 pixels × 4 channels = 36 values; a 1×1 kernel reads 1 pixel × 4 channels = 4 values.
    """
    whole("channels", channels, 1, MOST_SHEETS)
    whole("side", side, 5, 2 * MOST_SHEETS)
    reads = {kernel: kernel * kernel * channels for kernel in (3, 1)}
    alt = (
        f"A 3×3 kernel reads 9 pixels × {channels} channels = {reads[3]} values; "
        f"a 1×1 kernel reads 1 pixel × {channels} channels = {reads[1]} values."
    )
    with styled():
        figure = new_figure(760, 300)
        for place, kernel in enumerate((3, 1)):
            axes = figure.add_axes((0.02 + 0.5 * place, 0.0, 0.46, 0.86), aspect="equal")
            axes.set_axis_off()
            axes.set_title(f"{kernel}×{kernel}: {reads[kernel]} values in, 1 value out")
            _maps(axes, channels, side, kernel)
        return Drawing.of(figure, alt)


def _maps(axes: Axes, channels: int, side: int, kernel: int) -> None:
    """Maps as slanted sheets one behind the other; the cells that the kernel reads are filled."""
    read = range(2 if kernel == 3 else 3, 5 if kernel == 3 else 4)
    for channel in reversed(range(channels)):
        for row in range(side):
            for column in range(side):
                inside = row in read and column in read
                corners = [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)]
                slanted = [
                    (2.7 * channel + 0.55 * x, 0.62 * channel + 0.85 * (side - y) + 0.3 * x)
                    for x, y in corners
                ]
                look = {"facecolor": BLUE if inside else "white", "hatch": "////" if inside else ""}
                axes.add_patch(
                    Polygon(slanted, edgecolor="white" if inside else FAINT, linewidth=0.8, **look)
                )
        axes.text(2.7 * channel + 0.2, 0.62 * channel - 0.75, f"channel {channel}", size=8)
    end = 2.7 * channels + 1.9
    middle = 0.62 * channels / 2 + 3.4
    axes.annotate(
        "",
        (end + 1.6, middle),
        (end - 0.6, middle),
        arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 2},
    )
    axes.add_patch(
        Polygon(
            [(end + 1.9 + x, middle - 0.45 + y) for x, y in ((0, 0), (0.8, 0), (0.8, 0.9), (0, 0.9))],
            facecolor=ORANGE,
            edgecolor=INK,
        )
    )
    axes.text(end + 2.3, middle - 1.2, "1 value", size=8, ha="center")
    axes.set_xlim(-0.3, end + 3.6)
    axes.set_ylim(-1.4, 0.62 * channels + 0.85 * side + 1.6)


def shares(title: str, parts: Mapping[str, Mapping[str, float]]) -> Drawing:
    """Stacked bars of 100 %: `parts[bar][kind]` is an amount, and each bar is drawn in shares of its sum.

    Raises ValueError for no bars, for more kinds than there are looks for them, and for amounts that are no
    finite numbers from 0 up or add up to 0.

    >>> shares("Most work is 1×1", {"MACs": {"1×1": 3, "3×3": 1}})
    Most work is 1×1. MACs: 1×1 75.0 %, 3×3 25.0 %.
    """
    arguments.named("bars", parts, Mapping, "amounts by kind")
    for bar, amounts in parts.items():
        least = arrays.numbers(f"list of parts of {shown(bar)}", list(amounts.values())).min()
        if least < 0 or not any(amounts.values()):
            raise ValueError(
                f"The parts of {shown(bar)} are {shown(amounts)}; give numbers from 0 up, not all 0."
            )
    kinds = list(dict.fromkeys(kind for bar in parts.values() for kind in bar))
    if len(kinds) > len(LOOKS):
        raise ValueError(
            f"There are {len(kinds)} kinds of part; use at most {len(LOOKS)}, one for each look."
        )
    percent = {
        bar: {kind: 100 * amounts.get(kind, 0) / sum(amounts.values()) for kind in kinds}
        for bar, amounts in parts.items()
    }
    words = (
        f"{bar}: " + ", ".join(f"{kind} {each[kind]:.1f} %" for kind in parts[bar])
        for bar, each in percent.items()
    )
    with styled():
        height = 140 + 56 * len(parts)
        figure = new_figure(760, height)
        left = max(0.16, (22 + max(text_width(bar, 13) for bar in parts)) / 760)
        axes = figure.add_axes((left, 52 / height, 0.97 - left, 56 * len(parts) / height), xlim=(0, 100))
        axes.set_title(title, pad=34)
        axes.set_xlabel("percent")
        axes.invert_yaxis()
        axes.tick_params(left=False)
        starts, before = dict.fromkeys(percent, 0.0), dict.fromkeys(percent, 0.0)
        for kind, (colour, hatch) in zip(kinds, LOOKS, strict=False):
            widths = [each[kind] for each in percent.values()]
            bars = axes.barh(
                list(percent), widths, left=list(starts.values()), height=0.62,
                color=colour, hatch=hatch, edgecolor="white", label=kind,
            )  # fmt: skip
            for bar, width, name in zip(bars, widths, percent, strict=True):
                box = {"facecolor": "white", "pad": 2, "linewidth": 0}
                look = {"va": "center", "bbox": box, "zorder": 4}
                height = bar.get_y() + 0.31
                if width >= 6:
                    axes.text(starts[name] + width / 2, height, f"{width:.1f} %", ha="center", **look)
                elif width >= 1 and starts[name] == 0 and max(percent[name].values()) > 50:
                    # Too narrow for its number, which stands beside it and points there, in a bar with room.
                    axes.text(width + 0.6, height, f"← {width:.1f} %", ha="left", **look)
                elif width and starts[name] > 94 and before[name] > 30:
                    # The same at the right end, if the part before has room for two numbers.
                    axes.text(starts[name] - 0.6, height, f"{width:.1f} % →", ha="right", **look)
                starts[name] += width
                before[name] = width
        axes.legend(ncols=len(kinds), loc="lower left", bbox_to_anchor=(-0.01, 0.98))
        return Drawing.of(figure, f"{title}. {'; '.join(words)}.")


def heat_maps(
    title: str,
    panels: Mapping[str, np.ndarray],
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    row_label: str,
    column_label: str,
) -> Drawing:
    """Tables of ratios side by side: 1 is white, less is orange, more is blue; NaN is left empty.

    `panels[name][row, column]` are on one scale, on which a half is as far from 1 as a double. Raises
    ValueError for no panels, for one that is no table of numbers, and for more or fewer numbers than there
    are rows and columns.

    >>> two = np.array([[1.0, 2.0], [np.nan, 0.5]])
    >>> heat_maps("a", {"p": two}, rows="ab", columns="cd", row_label="from", column_label="to")
    a. p: a to c 1.00, a to d 2.00, b to d 0.50.
    """
    arguments.named("panels", panels, Iterable, "a table of numbers")
    for name, values in panels.items():
        panel = f"panel {shown(name)}"
        given, wanted = arrays.numbers(panel, values, axes=2, holes=True).shape, (len(rows), len(columns))
        if given != wanted:
            raise ValueError(f"The {panel} is {given[0]}×{given[1]}; give numbers, {wanted[0]}×{wanted[1]}.")
    left, across, apart = 84, 318, 20
    down = round(0.8 * across * len(rows) / len(columns))
    width, height = left + len(panels) * (across + apart), 100 + down
    described = []
    # By the numbers as they are printed, so that equal ones have one colour.
    printed = {name: np.round(np.asarray(values, float), 2) for name, values in panels.items()}
    shades = {name: np.log2(np.maximum(values, 0.01)) for name, values in printed.items()}
    furthest = max(float(np.nanmax(np.abs(each))) for each in shades.values())
    end = min(max(furthest, LEAST_RATIO), MOST_RATIO)
    with styled():
        figure = new_figure(width, height)
        figure.text(12 / width, 1 - 22 / height, title, weight="bold", size=11)
        for place, (name, values) in enumerate(panels.items()):
            array = np.asarray(values, float)
            start = (left + place * (across + apart)) / width
            axes = figure.add_axes((start, 10 / height, across / width, down / height))
            axes.imshow(np.ma.masked_invalid(shades[name]), cmap=RATIOS, vmin=-end, vmax=end, aspect="auto")
            axes.set_title(name, pad=30)
            axes.set_xticks(range(len(columns)), columns)
            axes.set_yticks(range(len(rows)), rows if place == 0 else [])
            axes.set_xlabel(column_label, labelpad=5)
            axes.xaxis.set_label_position("top")
            if place == 0:
                axes.set_ylabel(row_label)
            axes.tick_params(length=0, top=True, bottom=False, labeltop=True, labelbottom=False)
            axes.spines[:].set_visible(False)
            for row, column in np.argwhere(~np.isnan(array)):
                axes.text(column, row, f"{array[row, column]:.2f}", ha="center", va="center", size=8)
            each = (f"{rows[r]} to {columns[c]} {array[r, c]:.2f}" for r, c in np.argwhere(~np.isnan(array)))
            described.append(f"{name}: {', '.join(each)}")
        return Drawing.of(figure, f"{title}. {'; '.join(described)}.")
