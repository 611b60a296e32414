"""Lesson 7: the five families on the same patches, with about as many parameters each."""

from functools import partial

from helpers.models import small
from studies.dense import data
from studies.study import Study

STUDY = Study(
    question="Which family does best with a quarter of a million parameters?",
    varied="the family, each with its own layers: response norms and dropout, batch norm, or neither",
    fixed="0.25 to 0.27 million parameters, data, batches, epochs, weight decay, schedule",
    networks={
        "AlexNet": partial(small.SmallAlexNet, in_channels=1),
        "VGG": partial(small.SmallVGG, in_channels=1),
        "VGG, batch norm": partial(small.SmallVGG, in_channels=1, batch_norm=True),
        "GoogLeNet": partial(small.SmallGoogLeNet, in_channels=1),
        "ResNet": partial(small.SmallResNet, 20, in_channels=1),
        "DenseNet": partial(small.SmallDenseNet, in_channels=1),
    },
    data=data,
    epochs=12,
    rates=(0.02, 0.05, 0.1),
)
