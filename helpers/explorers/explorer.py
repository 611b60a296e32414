"""`Explorer`: controls, a picture that follows them, and the finding as a sentence and as numbers.

The one form that all explorers have. It is plain Python: `helpers.explorers.jupyter` shows an explorer in a
notebook, and a page without a kernel shows it with inputs of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from threading import RLock
from typing import Any, ClassVar, Protocol

from helpers.drawing.svg import Sheet
from helpers.explorers.controls import Choice, Control, Upload
from helpers.wording.refusals import shown, unknown

OWN = "your own"
"""The entry of a list for what is the learner's own: a photo, or settings that no preset has."""


class Numbers(Protocol):
    """What an explorer shows, as a frozen dataclass made by a pure function."""

    @property
    def sentence(self) -> str:
        """The finding in one sentence of at most 110 characters, numbers included."""


class Photos(Protocol):
    """Where an explorer's photos come from: live, with the learner's own, or recorded."""

    start: str
    """The photo to begin with."""

    def names(self) -> Sequence[str]:
        """The photos to choose from."""

    def add(self, file: bytes) -> None:
        """Take a learner's own picture as `OWN`; a ValueError says why it cannot be opened."""

    def png(self, name: str, size: int) -> bytes:
        """A photo's central square at `size` × `size` pixels, as PNG."""

    def rgb(self, name: str, size: int) -> bytes:
        """The same square's pixels row by row, a byte each for red, green and blue."""


class View(Protocol):
    """Where an explorer is shown: widgets in a notebook, or a page."""

    def refresh(self) -> None:
        """Show the explorer's controls, picture, sentence and status as they are now."""


Row = Sequence["str | Sequence[str]"]
"""Names of controls side by side; a list among them is a column."""


class Explorer:
    """Controls, a picture that follows them, and the same finding as a sentence and as numbers.

    A subclass gives its controls to `__init__` and says how numbers and picture are made:

    - `compute(**values) -> Numbers`, of the controls' values; a ValueError is a sentence in the status line
    - `draw(numbers) -> Sheet`, a pure function of the numbers
    - `follow(name)`: keep other controls possible after control `name` changed (optional)
    - `images(numbers) -> dict`: the bytes, PNG or JPEG, of the images that the picture names (optional)

    Each control is an attribute, so a cell can drive the explorer: `explorer.kernel_size.value = 5`.
    `explorer.numbers` holds the last result. Whatever goes wrong is one sentence in the status line, and the
    explorer keeps its last picture.

    `photos` are where its photos come from, for an explorer whose first two controls are those of
    `photo_controls`. `presets` are settings of controls by name, for one with a control `preset`: choosing
    one sets them, and the preset follows whatever they are set to.
    """

    preset_control: ClassVar[str] = "preset"
    """The control that chooses among the presets."""

    tour_is_all: ClassVar[bool] = False
    """Whether what `tour` asks of a source serves all other settings too."""

    rows: ClassVar[Sequence[Row]] = ()
    """How controls are arranged; those that it does not name stand in a row, as many as the page is wide."""

    compute: Callable[..., Numbers]
    draw: Callable[[Any], Sheet]
    numbers: Any
    svg: str
    size: tuple[int, int]
    """Width and height of the picture in CSS pixels."""

    def __init__(
        self,
        controls: Mapping[str, Control],
        *,
        photos: Photos | None = None,
        presets: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self.controls = dict(controls)
        self.photos, self.presets = photos, presets or {}
        self.status = ""
        self.view: View | None = None
        self.lock, self._following = RLock(), False
        for name, control in self.controls.items():
            control.change = partial(self.change, name)
        self._draw(self._computed())

    def follow(self, name: str) -> None:
        """Adjust other controls after control `name` changed; nothing is computed until this returns."""

    def images(self, numbers: Any) -> Mapping[str, bytes]:
        """The bytes of the images that the picture for these numbers names."""
        return {}

    def tour(self) -> Iterable[Mapping[str, Any]]:
        """Settings for which a page without a kernel has what a live source answers there."""
        return ()

    @property
    def alt(self) -> str:
        """The picture in words, for those who do not see it."""
        return self.numbers.sentence

    def change(self, name: str, asked: Any) -> None:
        """Set one control, as its slider does: other controls follow, and the picture is drawn anew."""
        with self.lock:
            control = self.controls[name]
            before = control.value
            sentence = control.take(asked)
            if self._following:
                return
            moved = control.value != before or isinstance(control, Upload)
            if moved or sentence:
                self.status = sentence
            if moved:
                with self._reporting():
                    self._follow(name)
                with self._reporting():
                    self._draw(self._computed())
            self._refresh()

    def set(self, **values: Any) -> None:
        """Set several controls, in the order in which the explorer has them, and draw once.

        An unknown control is refused with a ValueError that names the nearest ones.
        """
        for name in values:
            if name not in self.controls:
                raise ValueError(unknown("control", name, self.controls))
        with self.lock:
            self.status = ""
            for name in filter(values.__contains__, self.controls):
                control = self.controls[name]
                before = control.value
                self.status = control.take(values[name]) or self.status
                if control.value != before:  # the others follow at once: one may bound the next
                    with self._reporting():
                        self._follow(name)
            with self._reporting():
                self._draw(self._computed())
            self._refresh()

    def point(self, places: Mapping[str, Any]) -> None:
        """Set controls by what was pointed at in the picture: each takes the value nearest to its place."""
        self.set(**{name: self.controls[name].near(place) for name, place in places.items()})

    def say(self, sentence: str) -> None:
        """Show one sentence in the status line, or clear it with ""."""
        self.status = sentence
        self._refresh()

    def show(self, numbers: Numbers) -> None:
        """Show these numbers meanwhile: more are on their way."""
        self._draw(numbers)
        self._refresh()

    def _draw(self, numbers: Numbers) -> None:
        """Sentence, picture and images change together or not at all."""
        sheet, images = self.draw(numbers), self.images(numbers)
        self.svg = sheet.svg(numbers.sentence)
        self.numbers, self.size, self.shown_images = numbers, (sheet.width, sheet.height), images

    def _computed(self) -> Numbers:
        return self.compute(**{name: control.value for name, control in self.controls.items()})

    def _refresh(self) -> None:
        if self.view is not None:
            self.view.refresh()

    def _follow(self, name: str) -> None:
        """Let the others follow, quietly: what `follow` sets is not followed in turn."""
        self._following = True
        try:
            if name == "upload":
                self._take_upload()
            elif name == self.preset_control:
                self._take_preset()
            self.follow(name)
            if name in next(iter(self.presets.values()), {}):
                self.controls[self.preset_control].take(self._preset())
        finally:
            self._following = False

    def _take_upload(self) -> None:
        self.photos.add(self.controls["upload"].value)
        self.controls["photo"].offer(self.photos.names())
        self.controls["photo"].take(OWN)

    def _take_preset(self) -> None:
        for name, value in self.presets.get(self.controls[self.preset_control].value, {}).items():
            self.controls[name].take(value)
            self.follow(name)  # at once: it may bound the next

    def _preset(self) -> str:
        """The preset that the controls are set to. A page rounds a slider's value, so nearly will do."""
        for preset, values in self.presets.items():
            if all(_alike(self.controls[name].value, value) for name, value in values.items()):
                return preset
        return OWN

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        """Whatever goes wrong inside becomes a sentence in the status line."""
        try:
            yield
        except Exception as error:
            # Raised in a callback it would vanish into the log, and the learner would see nothing move.
            self.status = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"

    def __getattr__(self, name: str) -> Control:
        controls = self.__dict__.get("controls", {})
        if name in controls:
            return controls[name]
        if name.startswith("_"):
            raise AttributeError(name)
        raise AttributeError(unknown("control", name, controls))

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.__dict__.get("controls", {}):
            raise AttributeError(
                f"{name} is a control; set its value: explorer.{name}.value = {shown(value)}"
            )
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.controls]

    def __repr__(self) -> str:
        return self.numbers.sentence

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        from helpers.explorers.jupyter import bundle  # plain Python up to here: a page has no Jupyter

        with self.lock:
            return bundle(self)


def live_photos(start: str | object, names: Sequence[str] = ()) -> Photos:
    """Photos as they are in a notebook: the course's, and the learner's own."""
    from helpers.explorers.sources.photos import LivePhotos  # needs Pillow, which a page does not have

    return LivePhotos(start, names)


def photo_controls(photos: Photos) -> dict[str, Control]:
    """The controls of an explorer that shows a photo: which one, and an upload for the learner's own."""
    return {"photo": Choice("photo", photos.names(), photos.start), "upload": Upload("your own picture")}


def _alike(one: Any, other: Any) -> bool:
    return one == other or (isinstance(one, float) and abs(one - other) < 1e-6)
