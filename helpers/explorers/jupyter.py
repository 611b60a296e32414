"""An explorer in a notebook: ipywidgets for its controls, one anywidget for what follows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as widgets
import traitlets

from helpers.drawing.png import display_bundle, png_of_svg
from helpers.explorers.controls import Choice, Control, FloatSlider, Slider, Switch, Upload
from helpers.explorers.explorer import Explorer

_HERE = Path(__file__).parent
_WIDE = {"width": "330px"}
_LOOK = {"layout": _WIDE, "style": {"description_width": "118px"}}


class Picture(anywidget.AnyWidget):
    """The picture as SVG text with its sentence and status line, sent as one; it reports what is pointed at.

    The bytes of an image named `photo` are the trait `image_photo`, so that they are sent when they change.
    """

    _esm = "\n".join((_HERE / name).read_text(encoding="utf-8") for name in ("picture.js", "widget.js"))
    _css = _HERE / "picture.css"

    content = traitlets.Dict().tag(sync=True)
    pointed = traitlets.Dict().tag(sync=True)

    def __init__(self) -> None:
        super().__init__()
        self._sent: dict[str, bytes] = {}
        self._count = 0

    def show(self, content: Mapping[str, str], images: Mapping[str, bytes]) -> None:
        """Replace what is shown, in one message."""
        new = {f"image_{name}": data for name, data in images.items() if self._sent.get(name) is not data}
        missing = {
            name: traitlets.Bytes(data).tag(sync=True)
            for name, data in new.items()
            if not self.has_trait(name)
        }
        if missing:
            self.add_traits(**missing)
        self._sent |= images
        # Another photo may leave the SVG as it is: the count tells the page to show it all the same.
        self._count += bool(new)
        with self.hold_sync():
            for name, data in new.items():
                setattr(self, name, data)
            self.content = {**content, "images": self._count}


class View:
    """The widgets of one explorer. A page's message may come on a thread of its own; so the lock is held."""

    def __init__(self, explorer: Explorer) -> None:
        self.explorer = explorer
        self.picture = Picture()
        self.widgets = {name: _widget(control) for name, control in explorer.controls.items()}
        self._refreshing = False
        self.refresh()
        for name, widget in self.widgets.items():
            widget.observe(lambda change, name=name: self._moved(name, change["new"]), names="value")
        self.picture.observe(lambda change: explorer.point(change["new"]["values"]), names="pointed")
        self.box = widgets.VBox([_arranged(explorer, self.widgets), self.picture])

    def refresh(self) -> None:
        """Show the explorer's controls, picture, sentence and status as they are now."""
        explorer = self.explorer
        self._refreshing = True
        try:
            for name, control in explorer.controls.items():
                _bring_up_to_date(self.widgets[name], control)
            content = {"svg": explorer.svg, "sentence": explorer.numbers.sentence, "status": explorer.status}
            self.picture.show(content, explorer.shown_images)
        finally:
            self._refreshing = False

    def _moved(self, name: str, value: Any) -> None:
        with self.explorer.lock:
            if not self._refreshing:
                if isinstance(self.explorer.controls[name], Upload):
                    value = bytes(value[-1]["content"]) if value else b""
                self.explorer.change(name, value)


def bundle(explorer: Explorer) -> tuple[dict[str, Any], dict[str, Any]]:
    """What Jupyter shows and stores: the widgets, the sentence, and a PNG with words for it."""
    if explorer.view is None:
        explorer.view = View(explorer)
    png = png_of_svg(explorer.svg, explorer.shown_images)
    stored, metadata = display_bundle(png, explorer.alt, *explorer.size)
    return {**explorer.view.box._repr_mimebundle_(), "text/plain": repr(explorer), **stored}, metadata


class _FloatSlider(widgets.FloatSlider):
    """A slider whose value is sent in the page's own arithmetic: noUiSlider counts in percent of the range.

    The page sends a number back when its arithmetic makes another of it, even in the last digit. Sent late,
    that would overwrite what a cell has set since. So it is given the number that it would make.
    """

    @staticmethod
    def _to_page(value: float, slider: widgets.FloatSlider) -> float:
        width, step = slider.max - slider.min, slider.step
        percent = round((value - slider.min) * 100 / width / (step * 100 / width)) * (step * 100 / width)
        return percent * width / 100 + slider.min

    value = traitlets.CFloat(0.0).tag(sync=True, to_json=_to_page)


def _widget(control: Control) -> widgets.ValueWidget:
    match control:
        case Slider():
            # The widest bounds that fit its value: they may have to move one after the other.
            return widgets.IntSlider(
                control.value, control.min, control.max, control.step, description=control.label, **_LOOK
            )
        case FloatSlider():
            return _FloatSlider(
                value=control.value,
                min=control.min,
                max=control.max,
                step=control.step,
                readout_format=control.form,
                description=control.label,
                **_LOOK,
            )
        case Choice():
            return widgets.Dropdown(
                options=control.options, value=control.value, description=control.label, **_LOOK
            )
        case Switch():
            # ipywidgets puts an empty label in front of the box. Without `indent` it would be hidden; so it
            # stays, without width, and the name stands behind the box as always.
            return widgets.Checkbox(
                control.value,
                description=control.label,
                indent=True,
                style={"description_width": "0px"},
                layout={"width": "auto", "margin": "2px 12px 2px -6px"},
            )
        case Upload():
            return widgets.FileUpload(accept="image/*", description=control.label, layout=_WIDE)
    raise TypeError(f"There is no widget for {type(control).__name__}.")


def _bring_up_to_date(widget: widgets.ValueWidget, control: Control) -> None:
    """Make a widget show its control; what is as it was is not sent."""
    with widget.hold_sync():
        match control:
            case Slider() | FloatSlider():
                # The one bound may have to move before the other, and the value between them.
                if control.min > widget.max:
                    widget.max = control.max
                widget.min, widget.max = control.min, control.max
                widget.continuous_update = control.live
            case Choice():
                if widget.options != control.options:
                    widget.options = control.options
            case Upload():
                return
        if widget.value != control.value:
            widget.value = control.value
        widget.layout.display = "none" if control.hidden else None


def _arranged(explorer: Explorer, made: Mapping[str, widgets.Widget]) -> widgets.Widget:
    """Rows of controls; what stands in no row comes first, in one of its own."""
    placed = {
        name for row in explorer.rows for each in row for name in ([each] if isinstance(each, str) else each)
    }
    rest = [name for name in made if name not in placed]
    return widgets.VBox([_row(row, made) for row in ([rest] if rest else []) + list(explorer.rows)])


def _row(row: Sequence[str | Sequence[str]], made: Mapping[str, widgets.Widget]) -> widgets.Widget:
    """Controls side by side, as many as the page is wide; a list is a column."""
    parts = [made[each] if isinstance(each, str) else _column(each, made) for each in row]
    return widgets.Box(parts, layout=widgets.Layout(flex_flow="row wrap"))


def _column(names: Sequence[str], made: Mapping[str, widgets.Widget]) -> widgets.Widget:
    for name in names:
        made[name].layout, made[name].style.description_width = widgets.Layout(width="278px"), "114px"
    return widgets.VBox([made[name] for name in names])
