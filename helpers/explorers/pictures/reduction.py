"""The picture of `ReductionExplorer`: bars of both ways, the maps on the way, and where it stops paying."""

from __future__ import annotations

from helpers.drawing.style import BLUE, FAINT, GRID, INK, ORANGE, VERMILION
from helpers.drawing.svg import Scale, Sheet, legend
from helpers.explorers.numbers.reduction import ReductionNumbers

WIDTH, HEIGHT = 780, 350
MOST = 200
"""Percent of the direct convolution at which the axes end."""

BAR, LABELS = 22, (66, 145, 224)
CENTRES, THICKEST, FACE, DEPTH = (566, 649, 732), 44, 46, (13, 10)
"""Pixels: where the blocks of maps stand, how thick the thickest is, how high, and how far back they go."""


def draw_reduction(numbers: ReductionNumbers) -> Sheet:
    """Bars are in percent of the direct convolution, so that one fixed axis serves every setting."""
    sheet = Sheet(WIDTH, HEIGHT)
    _bars(sheet, numbers)
    _maps(sheet, numbers)
    _line(sheet, numbers)
    return sheet


def _bars(sheet: Sheet, numbers: ReductionNumbers) -> None:
    squeeze = sheet.hatch(BLUE)
    axes = sheet.axes(92, 52, 370, 244, x=Scale(0, MOST), y=Scale(0, 1))
    size = f"{numbers.image_size}×{numbers.image_size}"
    sheet.title(14, 18, f"1×1 first, on maps of {size}: {numbers.finding}")
    legend(sheet, 92, 40, [(FAINT, "direct"), (squeeze, "1×1"), (ORANGE, "k×k after it")])
    sheet.line(axes.x(100), 52, axes.x(100), axes.bottom, FAINT, 1, stroke_dasharray="4 3")
    for top, name in zip(LABELS, ("weights", "MACs", "activations"), strict=True):
        direct, first, after = (
            getattr(cost, name.lower()) for cost in (numbers.direct, numbers.one_by_one, numbers.after)
        )
        percent, split = 100 * (first + after) / direct, min(100 * first / direct, MOST)
        whole, part, end = axes.x(100) - 92, axes.x(split), axes.x(min(percent, MOST))
        sheet.text(84, top + BAR, name, anchor="end")
        sheet.bar(92, top, whole, BAR, FAINT, tip=f"direct: {direct:,} {name}")
        sheet.text(98, top + BAR / 2, f"{direct:,}", bold=True, color="white", pointer_events="none")
        sheet.bar(92, top + BAR + 2, part - 92, BAR, squeeze, tip=f"1×1: {first:,} {name}")
        sheet.bar(part, top + BAR + 2, end - part, BAR, ORANGE, tip=f"k×k after it: {after:,} {name}")
        beyond = ", beyond the axis" if percent > MOST else ""
        sheet.text(95, top + 2 * BAR + 13, f"{first + after:,}  ({percent:,.0f} %{beyond})", bold=True)
    axes.frame(left=False)
    axes.x_ticks([0, 50, 100, 150, 200], name="percent of the direct convolution")


def _maps(sheet: Sheet, numbers: ReductionNumbers) -> None:
    """The maps before, between and after the two layers, as blocks whose thickness is their channels."""
    squeeze = sheet.hatch(BLUE)
    kernel = f"{numbers.kernel_size}×{numbers.kernel_size}"
    kinds = ("come in", numbers.in_channels), ("in the middle", numbers.reduced_channels)
    kinds = *kinds, ("go out", numbers.out_channels)
    largest, bottom = max(count for _, count in kinds), 92
    edges = []
    for centre, (place, count), fill in zip(CENTRES, kinds, (GRID, squeeze, ORANGE), strict=True):
        half = max(THICKEST * count / largest, 2) / 2
        left, right, top, (back, up) = centre - half, centre + half, bottom - FACE, DEPTH
        look = {"closed": True, "tip": f"{count} channels {place}"}
        lid = [(left, top), (left + back, top - up), (right + back, top - up), (right, top)]
        side = [(right, top), (right + back, top - up), (right + back, bottom - up), (right, bottom)]
        front = [(left, top), (right, top), (right, bottom), (left, bottom)]
        for shape, paint in ((lid, "white"), (side, "white"), (front, fill)):
            sheet.path(shape, INK, 1, fill=paint, **look)
        sheet.text(centre, bottom + 13, f"{count}", bold=True, anchor="middle")
        edges.append((left, right + back))
    for place, layer in enumerate(("1×1", kernel)):
        start, end, middle = edges[place][1] + 3, edges[place + 1][0] - 3, bottom - FACE / 2
        sheet.arrow(start, middle, end, middle, INK, 1.5, 6)
        sheet.text((CENTRES[place] + CENTRES[place + 1]) / 2, bottom + 13, layer, anchor="middle")
    sheet.title(538, 18, "Channels on the way")


def _line(sheet: Sheet, numbers: ReductionNumbers) -> None:
    axes = sheet.axes(538, 158, 222, 138, x=Scale(0, 1), y=Scale(0, MOST))
    sheet.title(538, 136, "Where it stops paying")
    channels, stop = numbers.in_channels, float(numbers.break_even / numbers.in_channels)
    sheet.pad(
        axes.left, axes.top, axes.width, axes.height, across=axes.across("reduced_channels", 0, channels)
    )
    axes.frame()
    axes.y_ticks([0, 50, 100, 150, 200], name="weights, % of direct")
    axes.x_ticks(
        [0, 0.25, 0.5, 0.75, 1], [f"{channels * q / 4:g}" for q in range(5)], name="channels in the middle"
    )
    sheet.line(axes.left, axes.y(100), axes.right, axes.y(100), FAINT, 1, stroke_dasharray="4 3")
    end = min(1, MOST * stop / 100)  # where the line leaves the axes
    sheet.line(axes.x(0), axes.y(0), axes.x(end), axes.y(100 * end / stop), BLUE, 2)
    if numbers.marked:
        sheet.line(axes.x(stop), axes.y(0), axes.x(stop), axes.y(100), VERMILION, 2, stroke_dasharray="2 3")
        place = min(max(axes.x(stop), axes.x(0.62)), axes.right)
        label = f"break-even {float(numbers.break_even):.1f}"
        sheet.text(place, axes.y(120), label, bold=True, color=VERMILION, anchor="end")
    reduced = numbers.reduced_channels
    percent = 100 * numbers.reduced.weights / numbers.direct.weights
    sheet.dot(
        axes.x(reduced / channels),
        axes.y(min(percent, MOST)),
        7,
        ORANGE,
        stroke=INK,
        stroke_width=1.5,
        class_="handle",
        tip=f"{reduced} channels in the middle: {percent:.1f} % of the weights",
        across=axes.across("reduced_channels", 0, channels),
    )
