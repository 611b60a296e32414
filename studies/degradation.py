"""Lesson 5: do more layers make a plain network worse, and do shortcuts mend it?

The residual networks are the paper's own: option A, which adds no weights, and the usual start. The two with
a zero start show what that does on its own: it is a later invention (Goyal et al., 2017).
"""

from functools import partial

from helpers.images.patches import PatchData, photo_patches
from helpers.models.small import SmallResNet
from studies.study import Study


def data(choosing: bool) -> PatchData:
    return photo_patches(choosing=choosing)


small = partial(SmallResNet, in_channels=1, width=8)

STUDY = Study(
    question="Does a plain network get worse as it gets deeper, and a residual one not?",
    varied="depth (14, 44), shortcut (none, option A), and the start of a block's last batch norm (1, 0)",
    fixed="width 8, data, batches, epochs, weight decay, schedule; the weights differ with the depth alone",
    networks={
        "plain-14": partial(small, 14, shortcut="none"),
        "plain-44": partial(small, 44, shortcut="none"),
        "residual-14": partial(small, 14, shortcut="A"),
        "residual-44": partial(small, 44, shortcut="A"),
        "residual-14, zero start": partial(small, 14, shortcut="A", zero_init_residual=True),
        "residual-44, zero start": partial(small, 44, shortcut="A", zero_init_residual=True),
    },
    data=data,
    epochs=15,
)
