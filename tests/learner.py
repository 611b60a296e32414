"""What tests do as a learner would: upload and click, and what they ask of what is written and drawn."""

import re
from itertools import combinations, product
from typing import Any

from matplotlib.text import Text
from PIL import ImageDraw

from helpers.drawing.live_figure import label_font
from helpers.explorers.old_live import Explorer

Box = tuple[float, float, float, float]


class Rude:
    """What a learner's class with mistakes in it may be: whatever is asked of it is an error."""

    def __repr__(self):
        raise RuntimeError("no repr")

    def __index__(self):
        raise RuntimeError("no index")

    def __float__(self):
        raise RuntimeError("no float")

    def __eq__(self, other):
        raise RuntimeError("no comparison")

    __hash__ = None


def listening(control: Any) -> list[tuple[str, Any]]:
    """The sentences that a control says from now on, each with the value that it keeps."""
    heard = []
    control.on_refusal = lambda sentence, kept: heard.append((sentence, kept))
    return heard


def upload(explorer: Explorer, content: bytes, name: str = "mine.png") -> None:
    """An upload as it comes in from the page."""
    file = {"name": name, "type": "image/png", "size": len(content), "last_modified": 1_700_000_000_000}
    explorer.upload.set_state({"value": [{**file, "content": memoryview(content)}]})


def click(explorer: Explorer, x: float, y: float) -> None:
    """A click on the picture as the page reports it; x and y in CSS pixels."""
    picture = explorer.picture
    picture.set_state({"clicked": [x / picture.width, y / picture.height]})


def is_one_sentence(text: str) -> bool:
    """Whether it is on one line, of a readable length, and ends with its only full stop."""
    return bool(re.fullmatch(r"\S[^\n]{8,300}\.", text)) and not re.search(r"[.!?] [A-Z]", text)


def live_texts(explorer: Explorer) -> list[tuple[str, Box]]:
    """The texts that change, each with where it is drawn: left, top, right and bottom in picture pixels."""
    image = explorer._image
    brush, found = ImageDraw.Draw(image), []
    for text in explorer._figure._texts:
        transform = text.axes.transAxes if text.relative else text.axes.transData
        across, up = transform.transform((text.x, text.y))
        font = label_font(text.size, text.bold, text.mono)
        box = brush.textbbox((across, image.height - up), text.text, font=font, anchor=text.anchor)
        found.append((text.text, box))
    return found


def texts_in_the_way(explorer: Explorer) -> list[str]:
    """What cannot be read: texts, moving or still, that the picture cuts, or that a moving one covers."""
    width, height = explorer._image.size
    moving = [(text, box) for text, box in live_texts(explorer) if text]
    still = [
        (text.get_text(), (box.x0, height - box.y1, box.x1, height - box.y0))
        for text in explorer._figure.figure.findobj(Text)
        if text.get_text() and text.get_visible()
        for box in [text.get_window_extent()]
    ]
    cut = [
        f"{text!r} is cut"
        for text, (left, top, right, bottom) in moving + still
        if left < 0 or top < 0 or right > width or bottom > height
    ]
    # Boxes of still texts have a pixel of air.
    covered = [
        f"{one!r} is over {other!r}"
        for (one, a), (other, b) in [*combinations(moving, 2), *product(moving, still)]
        if a[0] < b[2] and b[0] < a[2] and a[1] + 1 < b[3] and b[1] + 1 < a[3]
    ]
    return cut + covered
