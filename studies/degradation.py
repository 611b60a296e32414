"""Lesson 5: do more layers make a plain network worse, and do shortcuts mend it?

The residual networks are the paper's own: option A, which adds no weights, and the usual start. The two with
a zero start show what that does on its own: it is a later invention (Goyal et al., 2017). The last two have
the paper's other shortcuts: a 1×1 where shapes differ (B), or in every block (C).
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
    varied="depth (14, 44), shortcut (none, A, B, C), and the start of a block's last batch norm (1, 0)",
    fixed="width 8, data, batches, epochs, decay, schedule; B and C have a few more weights than the rest",
    networks={
        "plain-14": partial(small, 14, shortcut="none"),
        "plain-44": partial(small, 44, shortcut="none"),
        "residual-14": partial(small, 14, shortcut="A"),
        "residual-44": partial(small, 44, shortcut="A"),
        "residual-14, zero start": partial(small, 14, shortcut="A", zero_init_residual=True),
        "residual-44, zero start": partial(small, 44, shortcut="A", zero_init_residual=True),
        "residual-44, option B": partial(small, 44, shortcut="B"),
        "residual-44, option C": partial(small, 44, shortcut="C"),
    },
    data=data,
    epochs=15,
)
