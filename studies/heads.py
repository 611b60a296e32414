"""Lesson 4: do GoogLeNet's two auxiliary classifiers help a small one to learn?

Without batch norm, as in the paper; `heads_with_norm` has it. A head is the paper's, made small: an average
pool, a 1×1, a hidden layer and 70 % dropout; its loss counts 0.3, and it is left out when the network is run.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers.models.parts import he_normal
from helpers.models.small import SmallGoogLeNet
from studies.dense import data
from studies.study import Study

WIDTH = 6
HEADS = ("inception4a", "inception4d")


def no_heads(batch_norm: bool = False) -> SmallGoogLeNet:
    return SmallGoogLeNet(in_channels=1, width=WIDTH, batch_norm=batch_norm)


class WithHeads(nn.Module):
    """The network with a head after blocks 4a and 4d: scores, and in training those of the heads, too."""

    def __init__(self, batch_norm: bool = False) -> None:
        super().__init__()
        self.network = no_heads(batch_norm)
        self.heads = nn.ModuleDict(
            {name: head(self.network.blocks.get_submodule(name).out_channels) for name in HEADS}
        )
        he_normal(self.heads)

    def forward(self, x: Tensor) -> Tensor | tuple[Tensor, ...]:
        x = self.network.stem(x)
        scores = []
        for name, block in self.network.blocks.named_children():
            x = block(x)
            if self.training and name in self.heads:
                scores.append(self.heads[name](x))
        main = self.network.fc(self.network.dropout(self.network.flatten(self.network.avgpool(x))))
        return (main, *scores) if self.training else main


def head(channels: int, classes: int = 10) -> nn.Sequential:
    """Maps of 8×8 to scores: the paper's head at an eighth of its channels."""
    return nn.Sequential(
        nn.AdaptiveAvgPool2d(4),
        nn.Conv2d(channels, 16, 1),
        nn.ReLU(inplace=True),
        nn.Flatten(),
        nn.Linear(16 * 4 * 4, 128),
        nn.ReLU(inplace=True),
        nn.Dropout(0.7),
        nn.Linear(128, classes),
    )


def loss(output: Tensor | tuple[Tensor, ...], labels: Tensor) -> Tensor:
    """The cross-entropy of the scores, and 0.3 of that of each head's."""
    main, *heads = (output,) if isinstance(output, Tensor) else output
    return F.cross_entropy(main, labels) + sum(
        (0.3 * F.cross_entropy(each, labels) for each in heads), torch.zeros((), device=main.device)
    )


STUDY = Study(
    question="Do auxiliary classifiers help a small GoogLeNet to learn?",
    varied="two heads while training, or none",
    fixed="nine blocks, under a tenth of the paper's channels, data, batches, epochs, decay, schedule, rate",
    networks={"no heads": no_heads, "two heads": WithHeads},
    data=data,
    epochs=15,
    rates=(0.02, 0.05, 0.1),
    one_rate=True,
    options={"loss": loss},
)
