"""Lesson 5: does a deep plain network catch up when it is trained three times as long?"""

from functools import partial

from helpers.models.small import SmallResNet
from studies.parts import patches
from studies.study import Study

plain = partial(SmallResNet, in_channels=1, width=8, shortcut="none")

STUDY = Study(
    question="Does a deep plain network catch up when it is trained three times as long?",
    varied="the depth (14, 44)",
    fixed="no shortcuts, width 8, data, batches, 45 epochs in place of 15, weight decay, schedule",
    networks={"plain-14": partial(plain, 14), "plain-44": partial(plain, 44)},
    data=patches,
    epochs=45,
    rates=(0.005, 0.02, 0.05, 0.1, 0.2),
)
