"""`Explorer`: controls, a picture that follows them, and the finding as a sentence and as numbers."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, Protocol

import ipywidgets as widgets
from PIL import Image

from helpers.drawing.live_figure import DRAWING
from helpers.drawing.picture import Picture, display_bundle, encode_live, encode_saved
from helpers.drawing.pixels import Pixels
from helpers.wording.refusals import unknown

NOTE = '<div role="status" style="border-left:4px solid #D55E00; padding-left:8px"><b>Note:</b> {}</div>'


class Numbers(Protocol):
    """What an explorer shows, as a frozen dataclass made by a pure function of the controls' values."""

    @property
    def sentence(self) -> str:
        """The finding in one sentence of at most 110 characters, numbers included."""


class Explorer(widgets.VBox):
    """Controls, a picture that follows them, and the same finding as a sentence and as numbers.

    A subclass gives its controls to `__init__` and writes three methods:

    - `compute(**values) -> Numbers`: a pure function of the controls' values; a ValueError becomes a sentence
    - `draw(numbers) -> Image`: move the artists and take the picture
    - `respond(name)`: keep other controls possible after control `name` changed (optional)

    Each control is an attribute, so a cell can drive the explorer: `explorer.kernel_size.value = 5`.
    `explorer.numbers` holds the last result. Whatever goes wrong is one sentence in the status line, and the
    explorer keeps its last picture.
    """

    has_photo: ClassVar[bool] = False
    """A picture with a photo in it is stored smaller, so that a lesson stays under a megabyte."""

    numbers: Numbers

    def __init__(
        self,
        controls: Mapping[str, widgets.ValueWidget],
        *,
        width: int,
        height: int,
        arrange: Callable[[Sequence[widgets.Widget]], widgets.Widget] | None = None,
    ) -> None:
        super().__init__()
        self.controls = dict(controls)
        self.picture = Picture(width=width, height=height)
        self._sentence = widgets.HTML()
        self._status = widgets.HTML()
        self._settling = False
        self._refusal: tuple[str, Any] | None = None
        self._last_image = Pixels()
        for name, control in self.controls.items():
            setattr(self, name, control)
            control.on_refusal = lambda sentence, kept, name=name: self._refused(name, sentence, kept)
            control.observe(lambda change, name=name: self._changed(name), names="value")
        arrange = arrange or in_rows
        with self.hold_sync():
            self.children = (
                arrange(list(self.controls.values())),
                self.picture,
                self._sentence,
                self._status,
            )
        self._update()
        self.picture.observe(self._seen_on_a_denser_screen, names="dense")

    def compute(self, **values: Any) -> Numbers:
        """The numbers for these values of the controls."""
        raise NotImplementedError

    def draw(self, numbers: Numbers) -> Image.Image:
        """The picture for these numbers; `picture.width` × `picture.height` CSS pixels, times `DENSITY`."""
        raise NotImplementedError

    def respond(self, name: str) -> None:
        """Adjust other controls after control `name` changed; nothing is computed until this returns."""

    @property
    def alt(self) -> str:
        """The picture in words, for those who do not see it."""
        return self.numbers.sentence

    def say(self, sentence: str) -> None:
        """Show one sentence in the status line, or clear it with ""."""
        # The word "Note" carries the meaning too, not the colour alone.
        self._status.value = NOTE.format(html.escape(sentence)) if sentence else ""

    @property
    def status(self) -> str:
        """The status line's sentence, "" when all is well."""
        value = self._status.value
        return html.unescape(value.split("</b> ", 1)[1].removesuffix("</div>")) if value else ""

    def _refused(self, name: str, sentence: str, kept: Any) -> None:
        """A control did not take a value: it stays at `kept`, or moves there, which comes as a change."""
        with DRAWING:
            self._refusal = name, kept
            self.say(sentence)

    def _changed(self, name: str) -> None:
        with DRAWING:
            if self._settling:
                return
            # Keep the sentence that explains this very change; clear what an earlier one left.
            if self._refusal != (name, self.controls[name].value):
                self.say("")
            self._refusal = None
            with self._settle(), self._reporting():
                self.respond(name)
            with self._reporting():
                self._update()

    @contextmanager
    def _settle(self) -> Iterator[None]:
        """Let controls change without a picture for each step. Call it with the lock held."""
        self._settling = True
        try:
            yield
        finally:
            self._settling = False

    def set(self, **values: Any) -> None:
        """Set several controls, in the order in which the explorer has them, and draw once.

        An unknown control is refused with a ValueError that names the nearest ones.
        """
        for name in values:
            if name not in self.controls:
                raise ValueError(unknown("control", name, self.controls))
        with DRAWING:
            self.say("")
            with self._settle():
                for name in filter(values.__contains__, self.controls):
                    with self._reporting():
                        self._move(name, values[name])
            self._refusal = None
            with self._reporting():
                self._update()

    def _move(self, name: str, value: Any) -> None:
        """Set a control and let the others follow at once: one may bound the next."""
        control = self.controls[name]
        before = control.value
        control.value = value
        if control.value != before:
            self.respond(name)

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        """Whatever goes wrong inside becomes a sentence in the status line."""
        try:
            yield
        except Exception as error:
            # Raised in a callback it would vanish into the log, and the learner would see nothing move.
            self.say(str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}")

    def _update(self) -> None:
        self._show(self.compute(**{name: control.value for name, control in self.controls.items()}))

    def _show(self, numbers: Numbers) -> None:
        """Draw and show; numbers, sentence and picture change together or not at all."""
        image = self.draw(numbers)
        data = self._encoded(image)
        self.numbers = numbers
        # The sentence first: it is there when the picture, which is longer on its way, shows.
        self._sentence.value = f"<b>{html.escape(numbers.sentence)}</b>"
        self.picture.show(data, self.alt)
        self._last_image.keep(image)  # last, as it may pack what other explorers keep

    def _encoded(self, image: Image.Image) -> bytes:
        return encode_live(image, dense=self.picture.dense is not False)

    def _seen_on_a_denser_screen(self, change: Any) -> None:
        """Send the picture anew where a page can show more of it. What it has already is not sent again."""
        if change.new:
            with DRAWING:
                self.picture.show(self._encoded(self._image), self.alt)

    @property
    def _image(self) -> Image.Image:
        picture = self._last_image.get()
        return picture if isinstance(picture, Image.Image) else Image.fromarray(picture)

    def __repr__(self) -> str:
        return self.numbers.sentence

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        with DRAWING:
            data = super()._repr_mimebundle_(**kwargs)
            saved = encode_saved(self._image, has_photo=self.has_photo)
            more, metadata = display_bundle(saved, self.alt, self.picture.width, self.picture.height)
            return {**data, **more}, metadata


def in_rows(controls: Sequence[widgets.Widget]) -> widgets.Widget:
    """Controls side by side, as many as the page is wide."""
    return widgets.Box(list(controls), layout=widgets.Layout(flex_flow="row wrap"))
