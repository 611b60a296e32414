"""The picture of `DropoutExplorer`: the layer, what the next unit receives, and the sums of all masks."""

from __future__ import annotations

from helpers.drawing.style import FAINT, INK, SKY, VERMILION
from helpers.drawing.svg import Axes, Scale, Sheet, number
from helpers.drawing.text_width import text_width
from helpers.explorers.numbers.dropout import BIN, CONVENTIONS, DropoutNumbers, tenths

WIDTH, HEIGHT = 780, 456
LEFT, TOP, SIDE, CELL, GAP = 14, 62, 10, 35, 4
TABLE, COLUMNS, LINE = 400, (662, 762), 29
MOST_SUM = 900
"""Where the axis of sums ends: no mask gives more at any p."""
LOST = "#E8EEF2"


def draw_dropout(numbers: DropoutNumbers) -> Sheet:
    """What is dropped is crossed out; a frame is around what the next unit receives now."""
    sheet = Sheet(WIDTH, HEIGHT)
    sheet.title(LEFT, 18, numbers.finding)
    _layer(sheet, numbers)
    _table(sheet, numbers)
    _histogram(sheet, numbers)
    return sheet


def _layer(sheet: Sheet, numbers: DropoutNumbers) -> None:
    """The activations as a square of numbers; each cell tells what becomes of it."""
    count = f"{numbers.dropped or 'none'} dropped"
    sheet.text(LEFT, 44, f"a layer of {len(numbers.activations)} units, {count}")
    becomes = {activation: numbers.scaled(activation) for activation in set(numbers.activations)}
    cells: dict[bool, list[str]] = {True: [], False: []}
    digits: dict[bool, list[str]] = {True: [], False: []}
    inner, crosses = CELL - GAP, ""
    for unit, (activation, keeps) in enumerate(zip(numbers.activations, numbers.keeps, strict=True)):
        x, y = LEFT + CELL * (unit % SIDE), TOP + CELL * (unit // SIDE)
        stays = keeps or numbers.mode == "eval"
        tip = becomes[activation] if stays else f"{activation}, dropped: 0"
        # Written out, as there are a hundred: by `Sheet.bar` and `text` they would take most of the time.
        cells[stays].append(f'<rect x="{x}" y="{y}" width="{inner}" height="{inner}" data-tip="{tip}"/>')
        digits[stays].append(f'<text x="{x + inner / 2}" y="{y + inner / 2 + 5}">{activation}</text>')
        if not stays:
            crosses += f"M{x + 4},{y + 4}l{inner - 8},{inner - 8}m0,{8 - inner}l{8 - inner},{inner - 8}"
    words = {"font_size": 14, "font_weight": "bold", "text_anchor": "middle", "pointer_events": "none"}
    sheet.add("g", "".join(cells[True]), fill=SKY, fill_opacity=0.45)
    sheet.add("g", "".join(digits[True]), **words)
    if crosses:
        sheet.add("g", "".join(cells[False]), fill=LOST)
        sheet.add("path", d=crosses, stroke=VERMILION, stroke_width=1.4, fill="none", pointer_events="none")
        sheet.add("g", "".join(digits[False]), fill=FAINT, **words)
    bottom = TOP + CELL * SIDE + 18
    sheet.text(LEFT, bottom, f"the next unit receives {numbers.equation}", size=14, bold=True)


def _table(sheet: Sheet, numbers: DropoutNumbers) -> None:
    """What the next unit receives, in both conventions; a click chooses mode and convention."""
    top = 46
    sheet.text(TABLE, top, "The next unit receives", bold=True)
    rows = (
        ("train", "train, this mask", numbers.train_sum),
        ("", f"train, mean of {len(numbers.sums):,} masks", numbers.mean_sum),
        ("eval", "eval, no mask", numbers.eval_sum),
    )
    for row, (_, name, _) in enumerate(rows, 1):
        sheet.text(TABLE, top + LINE * row, name)
    for right, convention in zip(COLUMNS, CONVENTIONS, strict=True):
        sheet.text(right, top, convention, anchor="end", bold=True)
        for row, (mode, _, amount) in enumerate(rows, 1):
            y, chosen = top + LINE * row, (mode, convention) == (numbers.mode, numbers.convention)
            sheet.text(right, y, tenths(amount(convention)), anchor="end", size=13.5, bold=chosen)
            if mode:
                look = {"stroke": INK, "stroke_width": 1.6} if chosen else {}
                box = (right - 72, y - LINE / 2 + 2, 80, LINE - 4)
                sheet.pad(*box, rx=3, sets={"mode": mode, "convention": convention}, **look)


def _histogram(sheet: Sheet, numbers: DropoutNumbers) -> None:
    """How the sum is spread over all masks; a click on a bar chooses a mask that gives such a sum."""
    masks = numbers.masks_by_sum
    most = max(map(len, masks.values()))
    axes = sheet.axes(424, 216, 334, 178, x=Scale(0, MOST_SUM), y=Scale(0, most))
    shape = "".join(
        f"M{number(axes.x(middle - BIN / 2))},{axes.bottom}V{number(axes.y(len(each)))}"
        f"H{number(axes.x(middle + BIN / 2))}V{axes.bottom}z"
        for middle, each in masks.items()
    )
    sheet.add("path", d=shape, fill=SKY)
    tallest = max(masks, key=lambda middle: len(masks[middle]))
    sheet.text(axes.x(tallest), axes.top - 9, f"{most:,}", anchor="middle")
    for middle, each in masks.items():
        left, right = axes.x(middle - BIN / 2), axes.x(middle + BIN / 2)
        tip = f"{len(each):,} mask{'s' * (len(each) > 1)}: {middle - BIN // 2} to {middle + BIN // 2}"
        after = next((mask for mask in each if mask > numbers.mask), each[0])
        sets = {"mask": after} if numbers.mode == "train" else {"mask": after, "mode": "train"}
        sheet.pad(left, axes.top, right - left, axes.height, tip=tip, sets=sets)
    axes.frame(left=False)
    axes.x_ticks(range(0, MOST_SUM + 1, 100), name=f"the sum in training, {numbers.convention}")
    axes.y_ticks([], name="how many masks", name_at=16)
    _markers(sheet, numbers, axes)


def _markers(sheet: Sheet, numbers: DropoutNumbers, axes: Axes) -> None:
    """Where evaluation, the mean and this mask are, and what stands for which."""
    convention = numbers.convention
    evaluated, mean, this = (
        make(convention) for make in (numbers.eval_sum, numbers.mean_sum, numbers.train_sum)
    )
    dashed, place = {"stroke_dasharray": "7 4"}, axes.x(float(evaluated))
    sheet.line(place, axes.top, place, axes.bottom, VERMILION, 2, tip=f"eval: {tenths(evaluated)}", **dashed)
    place = axes.x(float(mean))
    _triangle(sheet, place, axes.bottom - 5, tip=f"mean of {len(numbers.sums):,} masks: {tenths(mean)}")
    if numbers.mode == "train":
        tip = f"mask {numbers.mask:,}: {tenths(this)}"
        place = axes.x(float(this)), axes.top + axes.height / 2
        sheet.dot(*place, 6, INK, stroke="white", stroke_width=1.5, tip=tip)
    x, y = axes.left, 178
    for name in ("eval", "mean of the masks", "this mask"):
        if name == "eval":
            sheet.line(x, y, x + 24, y, VERMILION, 2, **dashed)
        elif name == "this mask":
            sheet.dot(x + 12, y, 6, INK)
        else:
            _triangle(sheet, x + 12, y)
        sheet.text(x + 30, y, name, size=12)
        x += 52 + text_width(name, 12)


def _triangle(sheet: Sheet, x: float, y: float, **look: object) -> None:
    sheet.path([(x, y - 6), (x - 7, y + 6), (x + 7, y + 6)], "white", 1, closed=True, fill=INK, **look)
