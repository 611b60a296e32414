"""Lesson 6: which connections of a trained DenseNet are used? Each is cut, and the error measured.

`cut_connections` cuts a trained network. The last three networks are trained without the connections: a
trained network misses what it has learned to use, which doesn't say that it couldn't do without.
"""

from functools import partial
from itertools import combinations

import torch
from torch import Tensor, nn

from helpers.models.small import SmallDenseNet
from helpers.running.cutting import Kept, cut_connections
from studies.dense import data
from studies.study import Study

LAYERS, GROWTH = 6, 8


class Mask(nn.Module):
    """Sets the channels of some sources to zero."""

    def __init__(self, channels: list[bool]) -> None:
        super().__init__()
        self.register_buffer("kept", torch.tensor(channels, dtype=torch.float32).view(1, -1, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.kept


def masked(network: nn.Module, kept: Kept) -> nn.Module:
    """The network with both blocks cut to the connections that are kept."""
    channels = 2 * GROWTH
    for number in (1, 2):
        block = network.get_submodule(f"denseblock{number}")
        after = network.get_submodule("transition1" if number == 1 else "norm3")
        sizes = [channels, *[GROWTH] * LAYERS]
        for reader, layer in enumerate([*block.children(), after], 1):
            mask = Mask([kept(source, reader) for source in range(reader) for _ in range(sizes[source])])
            # Behind norm and ReLU, in front of the convolution; the last block is read by a norm alone.
            if isinstance(layer, nn.BatchNorm2d):
                network.relu3 = nn.Sequential(network.get_submodule("relu3"), mask)
            else:
                name = "conv1" if hasattr(layer, "conv1") else "conv"
                setattr(layer, name, nn.Sequential(mask, layer.get_submodule(name)))
        channels = (channels + LAYERS * GROWTH) // 2
    return network


def dense_net(kept: Kept | None = None) -> nn.Module:
    network = SmallDenseNet(in_channels=1, growth_rate=GROWTH, layers=(LAYERS, LAYERS))
    return network if kept is None else masked(network, kept)


def only_previous(source: int, reader: int) -> bool:
    return source == reader - 1


def input_and_previous(source: int, reader: int) -> bool:
    return source in (0, reader - 1)


CUTS: dict[str, Kept] = {
    "nothing cut": lambda source, reader: True,
    **{
        f"{name} to its next reader only": lambda source, reader, cut=cut: source != cut or reader == cut + 1
        for cut, name in enumerate(["the input", *(f"layer {n}" for n in range(1, LAYERS))])
    },
    **{
        f"layer {cut} to no reader": lambda source, reader, cut=cut: source != cut
        for cut in range(1, LAYERS + 1)
    },
    # As many maps as are cut with "the layer just before, and the input", and with "the input".
    **{
        f"layers 1 to {cut} to no reader": lambda source, reader, cut=cut: not 1 <= source <= cut
        for cut in (3, 4)
    },
    "not the layer just before": lambda source, reader: source == 0 or source != reader - 1,
    "the layer just before, and the input": input_and_previous,
    "the layer just before only": only_previous,
}

# In the first block alone, the input to its next reader only takes 6 readers their 16 maps; these layers, cut
# from all that read them, take as many maps, and no other choice of layers does.
AS_MANY = [
    layers
    for count in range(1, LAYERS)
    for layers in combinations(range(1, LAYERS + 1), count)
    if sum((LAYERS + 1 - layer) * GROWTH for layer in layers) == LAYERS * 2 * GROWTH
]
IN_BLOCK_1: dict[str, Kept] = {
    "block 1: the input to its next reader only": CUTS["the input to its next reader only"],
    **{
        f"block 1: layers {', '.join(map(str, layers))} to no reader": lambda source, reader, cut=layers: (
            source not in cut
        )
        for layers in AS_MANY
    },
}

STUDY = Study(
    question="Which connections of a dense block does a trained network use?",
    varied="the connections that are cut, in both blocks, after the training or from its start",
    fixed="two blocks of six layers, growth rate 8, data, batches, epochs, weight decay, schedule",
    networks={
        "all connections": dense_net,
        "trained with the layer just before, and the input": partial(dense_net, input_and_previous),
        "trained with the layer just before only": partial(dense_net, only_previous),
        "trained with the input for its next reader only": partial(
            dense_net, CUTS["the input to its next reader only"]
        ),
    },
    data=data,
    epochs=15,
    rates=(0.05, 0.1, 0.2, 0.4),
    cut={name: partial(cut_connections, kept=kept) for name, kept in CUTS.items()}
    | {name: partial(cut_connections, kept=kept, only_block=1) for name, kept in IN_BLOCK_1.items()},
)
