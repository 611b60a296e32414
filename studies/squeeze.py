"""Lesson 3: how far can a 1×1 squeeze the channels before a 3×3, and does it need the ReLU behind it?"""

from collections.abc import Callable
from functools import partial

from torch import nn

from studies.parts import classifier, convolution, patches
from studies.study import Study

CHANNELS = 64
REDUCED = (2, 4, 8, 16, 32, 64)


def network(reduced: int | None, relu: bool = True) -> nn.Sequential:
    """A stem, and two blocks from 64 channels to 64: a 3×3, or a 1×1 to `reduced` channels and then a 3×3.

    Batch norm follows each convolution: without it, some seeds of the narrow ones don't learn at all. In use
    it only scales and shifts a channel, so two layers with no ReLU between them are still one linear layer,
    but for the border: the 3×3 pads with zeros, and they aren't shifted.
    """
    layers = [*convolution(1, CHANNELS, 3, batch_norm=True), nn.MaxPool2d(2)]
    for _ in range(2):
        if reduced is None:
            layers += convolution(CHANNELS, CHANNELS, 3, batch_norm=True)
        else:
            squeeze = convolution(CHANNELS, reduced, 1, batch_norm=True)
            layers += squeeze if relu else squeeze[:-1]
            layers += convolution(reduced, CHANNELS, 3, batch_norm=True)
        layers.append(nn.MaxPool2d(2))
    return classifier(layers, CHANNELS)


def networks() -> dict[str, Callable[[], nn.Module]]:
    found: dict[str, Callable[[], nn.Module]] = {"direct": partial(network, None)}
    for relu in (True, False):
        for reduced in REDUCED:
            found[f"via {reduced}{'' if relu else ', no ReLU'}"] = partial(network, reduced, relu)
    return found


STUDY = Study(
    question="What does it cost to squeeze the channels before a 3×3, and what does the ReLU in between do?",
    varied="the reduced channels (none, 2 to 64), and a ReLU after the 1×1 or none",
    fixed="64 channels in and out, two blocks, batch norm, data, batches, epochs, decay, schedule, rate",
    networks=networks(),
    data=patches,
    epochs=12,
    rates=(0.05, 0.1, 0.2),
    one_rate=True,
)
