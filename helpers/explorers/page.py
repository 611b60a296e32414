"""An explorer in a page without a kernel: what a browser's inputs set, and what it is to show, as plain data.

This runs in the page itself, in Pyodide, where there is nothing but Python and this package's plain parts.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from importlib import import_module
from typing import Any

from helpers.explorers.controls import Choice, Control, FloatSlider, Slider, Switch, Upload
from helpers.explorers.explorer import OWN, Explorer
from helpers.explorers.sources.plain_photos import Pixels, PlainPhotos
from helpers.explorers.sources.recording import Recorded
from helpers.wording.refusals import known


class PageExplorer:
    """An explorer of that class, set as a lesson has it, and then as a link asks.

    `recording` has what its `sources` answered, by the parameter that takes them, and the `tour`, the
    settings that they are for: all others go to the nearest of these. `settings` are the controls' values.
    What is nonsense in `link` gets the lesson's own settings and a sentence.
    """

    def __init__(
        self,
        kind: type[Explorer],
        recording: Mapping[str, Any],
        settings: Mapping[str, Any],
        link: Mapping[str, str],
    ) -> None:
        sources = {
            parameter: Recorded(answers) for parameter, answers in recording.get("sources", {}).items()
        }
        self._takes_photos = list(sources) == ["photos"]
        if self._takes_photos:
            sources["photos"] = PlainPhotos(sources["photos"])
        self._tour: Sequence[Mapping[str, Any]] = recording.get("tour", ())
        self._toured = {
            name: {setting[name] for setting in self._tour} | {OWN} for name in next(iter(self._tour), {})
        }
        self.explorer = kind(**sources)
        self.explorer.set(**settings)
        self._lesson = self._values()
        self._shown: Mapping[str, bytes] = {}
        if link:
            self._follow(link)

    def state(self) -> str:
        """What to show, as JSON: the picture, its sentence, the status line, the controls, and new images."""
        explorer = self.explorer
        new = [name for name, data in explorer.shown_images.items() if self._shown.get(name) is not data]
        self._shown = explorer.shown_images
        return json.dumps(
            {
                "svg": explorer.svg,
                "sentence": explorer.numbers.sentence,
                "status": explorer.status,
                "controls": [
                    _described(name, control, self._toured.get(name))
                    for name, control in explorer.controls.items()
                    if self._takes_photos or not isinstance(control, Upload)
                ],
                "rows": explorer.rows,
                "images": new,
                "toured": bool(self._tour) and not self._takes_photos,
                "link": self.link(),
            }
        )

    def image(self, name: str) -> bytes:
        """The bytes of an image that the picture names."""
        return self.explorer.shown_images[name]

    def change(self, name: str, text: str) -> str:
        """Set a control to what an input says, and give the new state."""
        asked = _value(self.explorer.controls[name], text)
        if not self._go_near({name: asked}):
            self.explorer.change(name, asked)
        return self.state()

    def upload(self, pixels: Pixels) -> str:
        """Take a learner's own picture, which the browser has opened, and give the new state."""
        self.explorer.change("upload", lambda size: bytes(pixels(size)))
        return self.state()

    def point(self, places: str) -> str:
        """Set controls by what was pointed at, given as JSON, and give the new state."""
        asked = json.loads(places)
        if not self._go_near(asked):
            self.explorer.point(asked)
        return self.state()

    def reset(self) -> str:
        """Go back to the lesson's own settings, and give the new state."""
        self.explorer.set(**self._lesson)
        return self.state()

    def link(self) -> dict[str, str]:
        """The controls that are not as in the lesson, with their values: for an address.

        A learner's own picture stays in their browser, so no link leads to it.
        """
        return {
            name: _text(value)
            for name, value in self._values().items()
            if value != self._lesson.get(name) and (name, value) != ("photo", OWN)
        }

    def _go_near(self, asked: Mapping[str, Any]) -> bool:
        """Set all that is asked, and what the tour has as it has it where it is nearest to that.

        Whether the tour has any of it; if not, nothing is set.
        """
        now = self._values()
        toured = {name: value for name, value in asked.items() if name in self._toured}
        if not toured or toured.get("photo") == OWN:
            return False

        def away(setting: Mapping[str, Any]) -> tuple[float, float]:
            rest = (name for name in setting if name not in toured)
            return (
                sum(_away(setting[name], value) for name, value in toured.items()),
                sum(_away(setting[name], now[name]) for name in rest),
            )

        self.explorer.set(**{**asked, **min(self._tour, key=away)})
        return True

    def _values(self) -> dict[str, Any]:
        controls = self.explorer.controls.items()
        return {name: control.value for name, control in controls if not isinstance(control, Upload)}

    def _follow(self, link: Mapping[str, str]) -> None:
        explorer = self.explorer
        try:
            for name in link:
                known("control", name, self._lesson)
            asked = {name: _value(explorer.controls[name], text) for name, text in link.items()}
            refused = [explorer.controls[each].read(value)[1] for each, value in asked.items()]
            wrong = next(filter(None, refused), "")
            if not wrong and not self._go_near(asked):
                explorer.set(**asked)
                wrong = explorer.status
        except ValueError as error:
            wrong = str(error)
        if wrong:
            explorer.set(**self._lesson)
            explorer.say(f"The link cannot be followed. {wrong}")


def opened(module: str, name: str, recording: str, settings: str, link: str) -> PageExplorer:
    """The same from names and texts of JSON, as a page has them."""
    return PageExplorer(getattr(import_module(module), name), *map(json.loads, (recording, settings, link)))


def _away(one: Any, other: Any) -> float:
    """How far two values of a control are apart; what are no numbers are alike or far apart."""
    if isinstance(one, bool | str) or not isinstance(other, int | float):
        return 0 if one == other else 1e9
    return abs(one - other)


def _described(name: str, control: Control, toured: Collection[Any] | None) -> dict[str, Any]:
    """A control as data for an input of HTML; only what is toured can be chosen, if anything is."""
    about: dict[str, Any] = {"name": name, "label": control.label, "hidden": control.hidden}
    match control:
        case Slider() | FloatSlider():
            form = control.form if isinstance(control, FloatSlider) else "d"
            return about | {
                "kind": "slider",
                "min": control.min,
                "max": control.max,
                "step": control.step,
                "value": _text(control.value),
                "shown": format(control.value, form),
            }
        case Choice():
            offered = (option for option in control.options if toured is None or option in toured)
            options = [_text(option) for option in offered]
            return about | {"kind": "choice", "options": options, "value": _text(control.value)}
        case Switch():
            return about | {"kind": "switch", "value": _text(control.value)}
        case Upload():
            return about | {"kind": "upload"}
    raise TypeError(f"There is no input for {type(control).__name__}.")


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _value(control: Control, text: str) -> Any:
    """What a text stands for, or the text itself, which the control then refuses in a sentence."""
    try:
        match control:
            case Slider():
                return int(text)
            case FloatSlider():
                return float(text)
    except ValueError:
        return text
    found = {"true": True, "false": False} if isinstance(control, Switch) else {}
    if isinstance(control, Choice):
        found = {_text(option): option for option in control.options}
    return found.get(text, text)
