"""Lesson 5: the paper's three options for the shortcut where shapes differ, at a depth of 44.

Option A is the network that is called residual-44 in the study `degradation`.
"""

from functools import partial

from helpers.models.small import SmallResNet
from studies.parts import patches
from studies.study import Study

STUDY = Study(
    question="Does it matter how a shortcut gets from few channels to more?",
    varied="the shortcut: zeros for missing channels (A), a 1×1 where shapes differ (B), a 1×1 always (C)",
    fixed="depth 44, width 8, data, batches, epochs, weight decay, schedule; B and C have a few more weights",
    networks={
        f"option {option}": partial(SmallResNet, 44, in_channels=1, width=8, shortcut=option)
        for option in "ABC"
    },
    data=patches,
    epochs=15,
)
