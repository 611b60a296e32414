"""The picture of `DenseBlockExplorer`: the block to scale, the curves of its weights, the maps it keeps."""

from __future__ import annotations

from itertools import pairwise
from math import ceil, log10

from helpers.drawing.style import BLUE, FAINT, GREEN, INK, ORANGE, PURPLE, SKY, VERMILION, YELLOW
from helpers.drawing.svg import Axes, Drag, Scale, Sheet, number
from helpers.drawing.text_width import text_width
from helpers.explorers.numbers.dense_block import CURVE_ENDS, EVERYTHING, GROWTH, DenseBlockNumbers
from helpers.wording.counts import brief

WIDTH, HEIGHT, UPPER = 780, 500, 350
"""The whole picture, and the height of its upper half."""
MARGIN, LEFT, ACROSS, RIGHT = 16, 96, 280, 444
"""Where the left half's words and its bars begin, how wide the bars may be, where the right half begins."""

ROWS, ROWS_END, SOURCES, OUTPUT, TRANSITION, AXIS, THICK = 54, 222, 237, 246, 276, 302, 16
LOWER, KEPT = 366, 400
LINE = 14
"""The height of a line of text."""

# The layers' maps, over and over: neighbours differ in colour, and one of two is hatched.
LOOKS = ((BLUE, True), (ORANGE, False), (GREEN, True), (SKY, False), (PURPLE, True), (YELLOW, False))
KEPT_LOOKS = (("#5F5F5F", False), ("#8A8A8A", True), ("#C4C4C4", False))


def draw_dense_block(numbers: DenseBlockNumbers) -> Sheet:
    """Who reads what and what comes out, what blocks of other lengths weigh, and what training keeps.

    The last of these, and the transition, only where everything is shown; and of the two ways to build the
    block one alone where its growth is.
    """
    everything = numbers.shows == EVERYTHING
    sheet = Sheet(WIDTH, HEIGHT if everything else UPPER)
    _block(sheet, numbers)
    _weights(sheet, numbers)
    if everything:
        _kept(sheet, numbers)
        _facts(sheet, numbers)
    return sheet


def channel_axis_end(channels: int) -> int:
    """The end of the axis of channels: a power of two or half as much again, so that it moves seldom.

    >>> [channel_axis_end(each) for each in (12, 17, 256, 257)]
    [16, 24, 256, 384]
    """
    power = 16
    while power * 1.5 < channels:
        power *= 2
    return power if channels <= power else power * 3 // 2


def weight_axis_end(value: int) -> int:
    """The next of 1, 2, 4, 6, 8 times a power of ten.

    >>> weight_axis_end(829_440), weight_axis_end(248_832), weight_axis_end(1_000)
    (1000000, 400000, 1000)
    """
    power = 10 ** int(log10(value))
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= value)


def _block(sheet: Sheet, numbers: DenseBlockNumbers) -> None:
    layers, channels, c_out = numbers.layers, numbers.channels, numbers.out_channels
    everything, end = numbers.shows == EVERYTHING, channel_axis_end(c_out)
    bottom = AXIS if everything else TRANSITION
    axes = sheet.axes(LEFT, ROWS, ACROSS, bottom - ROWS, x=Scale(0, end), y=Scale(0, 1))
    grow = f"Channels grow by {numbers.growth_rate} a layer: {numbers.in_channels:,} → {c_out:,}"
    sheet.title(MARGIN, 18, grow)
    connections = f": {_connections(numbers)}" if not everything else ""
    sheet.text(MARGIN, 38, f"each layer reads all maps made before it{connections}")
    pitch = min((ROWS_END - ROWS) / layers, 2 * LINE)
    first = ROWS_END - pitch * layers
    _sources(sheet, numbers, axes, first, pitch)
    _row_names(sheet, numbers, axes, first, pitch)
    sheet.text(LEFT - 8, SOURCES, "made by", anchor="end")
    sheet.text(LEFT - 8, OUTPUT + THICK / 2, "output", anchor="end", bold=True)
    sheet.text(axes.x(c_out) + 6, OUTPUT + THICK / 2, f"{channels[-1]:,}", bold=True)
    if everything:
        _transition(sheet, numbers, axes)
    axes.frame(left=False)
    # Layers 1 and 7 look alike, which is not to say that they are.
    name = "channels" if layers <= len(LOOKS) else "channels (the patterns repeat after six layers)"
    axes.x_ticks(
        [end * quarter / 4 for quarter in range(5)], [f"{end * q // 4:,}" for q in range(5)], name=name
    )


def _sources(sheet: Sheet, numbers: DenseBlockNumbers, axes: Axes, first: float, pitch: float) -> None:
    """What each layer made, as a column through the rows that read it and as a part of the output."""
    layers, free = numbers.layers, float(LEFT)
    looks = LOOKS if axes.x(numbers.growth_rate) - LEFT > 8 else [(color, False) for color, _ in LOOKS]
    fills = [sheet.hatch(color) if hatched else color for color, hatched in looks]
    for source, (before, after) in enumerate(pairwise((0, *numbers.channels))):
        left, right = axes.x(before), axes.x(after)
        name, top = str(source or "input"), first + pitch * source
        sheet.add(
            "path",
            d=_box(left, top, right, ROWS_END) + _box(left, OUTPUT, right, OUTPUT + THICK),
            fill=fills[(source - 1) % len(fills)] if source else FAINT,
            tip=f"{'layer ' * (source > 0)}{name}: {after - before:,} maps, {_readers(source, layers)}",
        )
        middle, half = (left + right) / 2, text_width(name, 12) / 2 + 3
        if middle - half >= free:
            sheet.text(middle, SOURCES, name, anchor="middle", size=12)
            free = middle + half
    rows = "".join(f"M{LEFT},{number(first + pitch * row)}h{ACROSS}" for row in range(1, layers))
    if rows:
        sheet.add("path", d=rows, stroke="white", stroke_width=1, pointer_events="none")


def _box(left: float, top: float, right: float, bottom: float) -> str:
    """A rectangle as a part of a path; one of no height is none."""
    if bottom <= top:
        return ""
    return f"M{number(left)},{number(top)}H{number(right)}V{number(bottom)}H{number(left)}z"


def _readers(source: int, layers: int) -> str:
    """Who reads a layer's maps, in words; source 0 is the block's input."""
    if source == layers:
        return "in the output alone"
    if source + 1 == layers:
        return f"read by layer {layers}"
    return f"read by layers {source + 1} to {layers}"


def _row_names(sheet: Sheet, numbers: DenseBlockNumbers, axes: Axes, first: float, pitch: float) -> None:
    """The last row is always named, and those above it that leave room for a line of text."""
    layers, channels = numbers.layers, numbers.channels
    for layer in range(layers, 0, -ceil(LINE / pitch)):
        y = first + pitch * (layer - 0.5)
        sheet.text(LEFT - 8, y, f"layer {layer}", anchor="end")
        # Right of the rows below that a line of text reaches into.
        reached = min(layer + int(LINE / 2 / pitch), layers)
        sheet.text(axes.x(channels[reached - 1]) + 6, y, f"{channels[layer - 1]:,}")


def _connections(numbers: DenseBlockNumbers) -> str:
    return f"{numbers.connections:,} connection{'s' * (numbers.layers > 1)}"


def _transition(sheet: Sheet, numbers: DenseBlockNumbers, axes: Axes) -> None:
    """The channels that the transition leaves; the end of the bar sets the compression."""
    sheet.text(LEFT - 8, TRANSITION + THICK / 2, "transition", anchor="end", bold=True)
    left, place, middle = axes.left, axes.x(numbers.transition_channels), TRANSITION + THICK / 2
    drag = Drag("compression", left, axes.x(numbers.out_channels), 0, 1)
    share = f"{numbers.transition_channels:,} of {numbers.out_channels:,} channels"
    tip = f"compression {numbers.compression:g}: {share}"
    sheet.bar(left, TRANSITION, place - left, THICK, INK, tip=tip, across=drag)
    look = {"stroke": "white", "stroke_width": 1.5, "class_": "handle"}
    sheet.dot(place, middle, 7, INK, tip=tip, across=drag, **look)
    sheet.text(place + 12, middle, f"{numbers.transition_channels:,}", bold=True)


def _weights(sheet: Sheet, numbers: DenseBlockNumbers) -> None:
    most, growth = numbers.curve_layers, numbers.shows == GROWTH
    ways = {
        "with": (numbers.curve_with_1x1, BLUE, None),
        "without": (numbers.curve_without_1x1, ORANGE, "7 4"),
    }
    if growth:
        ways = {way: look for way, look in ways.items() if (way == "with") == numbers.bottleneck}
    end = weight_axis_end(max(curve[-1] for curve, _, _ in ways.values()))
    axes = sheet.axes(504, 118, 258, AXIS - 118, x=Scale(0, most), y=Scale(0, end))
    # It stops where the axis changes: what is dragged would jump away from the pointer.
    shorter = max((each for each in CURVE_ENDS if each < most), default=2)
    drag = Drag("layers", axes.x(shorter - 1), axes.right, shorter - 1, most)
    if growth:
        sheet.title(RIGHT, 18, f"Weights of the block: {numbers.weights:,}")
    else:
        sheet.title(RIGHT, 18, f"1×1 first: {numbers.finding} weights")
        sheet.text(RIGHT, 38, _pays(numbers), color=VERMILION)
    axes.y_ticks([end * quarter / 4 for quarter in range(5)], [brief(end * q // 4) for q in range(5)])
    axes.x_ticks([most * quarter // 4 for quarter in range(5)], name="layers in the block")
    axes.frame()
    sheet.pad(axes.left, axes.top, axes.width, axes.height, across=drag)
    even = numbers.break_even
    if not growth and even is not None and 0 < even <= most:
        place = axes.x(float(even))
        tip = f"as many weights both ways at {float(even):.1f} layers"
        sheet.line(place, axes.top, place, axes.bottom, VERMILION, stroke_dasharray="2 3", tip=tip)
    dotted = {"stroke_dasharray": "1.5 3.5", "pointer_events": "none"}
    sheet.line(axes.x(0), axes.y(0), axes.x(most), axes.y(numbers.curve_if_even), FAINT, 2, **dotted)
    _entry(sheet, 98, "if every layer cost as much as the first", False, FAINT, dotted)
    for (way, (curve, color, dashes)), y in zip(ways.items(), (60, 79), strict=False):
        look = {"stroke_dasharray": dashes, "pointer_events": "none"}
        total = f"{curve[numbers.layers]:,} {way} 1×1"
        chosen = numbers.bottleneck == (way == "with")
        sheet.path(axes.points(range(most + 1), curve), color, 3 if chosen else 2, **look)
        if growth:
            _entry(sheet, 79, "the whole block", True, color, look)
            y, total = 79, f"{curve[numbers.layers]:,} weights"
        else:
            _entry(sheet, y, total, chosen, color, look)
            build = {"sets": {"bottleneck": way}, "tip": f"build it {way} 1×1"}
            sheet.pad(RIGHT, y - 9, WIDTH - RIGHT - MARGIN, 18, **build)
        place = (axes.x(numbers.layers), axes.y(curve[numbers.layers]))
        hand = {"across": drag, "class_": "handle", "stroke": INK, "stroke_width": 1.5}
        _marker(sheet, way, *place, 7, color, tip=f"{numbers.layers} layers: {total}", **hand)
        _marker(sheet, way, RIGHT + 18, y, 4.5, color, stroke=INK, pointer_events="none")


def _pays(numbers: DenseBlockNumbers) -> str:
    """From how many layers on the 1×1 saves weights, in words."""
    if numbers.pays_from is None:
        return "it never saves weights at this bottleneck width"
    if numbers.pays_from == 1:
        return "it saves weights in a block of any length"
    return f"it saves weights in a block of {numbers.pays_from:,} layers or more"


def _entry(sheet: Sheet, y: float, words: str, bold: bool, color: str, look: dict[str, str | None]) -> None:
    """A line of the legend above the curves."""
    sheet.line(RIGHT, y, RIGHT + 36, y, color, 3 if bold else 2, **look)
    sheet.text(RIGHT + 46, y, words, bold=bold)


def _marker(sheet: Sheet, way: str, x: float, y: float, radius: float, color: str, **look: object) -> None:
    """A disc on the curve with 1×1, a square on the one without."""
    if way == "with":
        sheet.dot(x, y, radius, color, **look)
    else:
        sheet.bar(x - radius, y - radius, 2 * radius, 2 * radius, color, **look)


def _kept(sheet: Sheet, numbers: DenseBlockNumbers) -> None:
    kept, c_out = numbers.kept_maps, numbers.out_channels
    axes = sheet.axes(LEFT, KEPT, ACROSS, 44, x=Scale(0, kept), y=Scale(0, 1))
    sheet.title(MARGIN, LOWER, f"Training keeps {numbers.kept_times:.1f} times the output's maps")
    against = f"{kept:,} maps against {c_out:,}; {brief(numbers.kept_values)} values an image"
    sheet.text(MARGIN, LOWER + 20, against)
    end, places = 0, ((LEFT, 460), (LEFT + 132, 460), (LEFT, 480))
    for (name, maps), (color, hatched), (x, y) in zip(numbers.kept.items(), KEPT_LOOKS, places, strict=True):
        fill = sheet.hatch(color) if hatched else color
        tip = f"{name}: {maps:,} maps, {numbers.values_of(maps):,} values an image"
        sheet.bar(axes.x(end), KEPT, axes.x(maps) - LEFT, 18, fill, tip=tip)
        sheet.bar(x, y - 6, 20, 12, fill)
        sheet.text(x + 26, y, name, size=12)
        end += maps
    tip = f"the output: {c_out:,} maps, {numbers.values_of(c_out):,} values an image"
    sheet.bar(LEFT, KEPT + 24, axes.x(min(c_out, kept)) - LEFT, 18, INK, tip=tip)
    sheet.text(LEFT - 8, KEPT + 9, "kept", anchor="end")
    sheet.text(LEFT - 8, KEPT + 33, "output", anchor="end")


def _facts(sheet: Sheet, numbers: DenseBlockNumbers) -> None:
    side, layers = numbers.map_size, numbers.layers
    c_out, c_left = numbers.out_channels, numbers.transition_channels
    terms = " + ".join(map(str, range(1, layers + 1))) if layers < 4 else f"1 + 2 + … + {layers}"
    sheet.title(RIGHT, LOWER, _connections(numbers))
    reads = f"{terms}: each layer reads one more" if layers > 1 else "the layer reads the input"
    sheet.text(RIGHT, LOWER + 20, reads)
    sheet.title(RIGHT, LOWER + 54, f"Transition to {c_left:,} channel{'s' * (c_left > 1)}")
    squeeze = f"BN–ReLU–1×1, {c_out:,}→{c_left:,}: {numbers.transition_weights:,} weights"
    sheet.text(RIGHT, LOWER + 74, squeeze)
    half = side // 2
    sheet.text(RIGHT, LOWER + 93, f"2×2 average pool: {side}×{side} → {half}×{half} pixels")
