"""What a network has, counted on its layers: parameters, MACs, depth, share of 1×1, receptive field."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from torch import nn

from helpers.models import build, network_names
from helpers.reading.forward import image_size, read
from helpers.reading.receptive_field import receptive_field
from helpers.reading.table import Trace
from helpers.reading.trace import trace
from helpers.wording.refusals import known, shown


@dataclass(frozen=True)
class Part:
    """Some of a network's layers: how many, their parameters, and their MACs for one image."""

    layers: int
    parameters: int
    macs: int

    def share(self, of: Part) -> dict[str, float]:
        """The layers, parameters and MACs in percent of those of another part.

        >>> Part(1, 20, 300).share(Part(4, 200, 300))
        {'layers': 25.0, 'parameters': 10.0, 'MACs': 100.0}
        """
        return {
            "layers": 100 * self.layers / of.layers,
            "parameters": 100 * self.parameters / of.parameters,
            "MACs": 100 * self.macs / of.macs,
        }


@dataclass(frozen=True)
class Counted:
    """The counts of a network for one image of its own size.

    `depth` is the most layers with weights on a way from the image to the scores. `convolutions` are all of
    them, those of branches, shortcuts and single channels too, and `one_by_one` the 1×1 among them: no fully
    connected layer is. `field` is the height and width in pixels of what a unit of the last map sees.
    """

    parameters: int
    macs: int
    depth: int
    convolutions: Part
    one_by_one: Part
    field: int

    @property
    def one_by_one_share(self) -> float:
        """The MACs of 1×1 convolutions, in percent of those of all convolutions."""
        return self.one_by_one.share(self.convolutions)["MACs"]


def counted(name: str, edition: str = "paper") -> Counted:
    """Return the counts of a network that `build` knows; nothing is allocated, and each is counted once.

    Raises ValueError as `build` does.

    >>> resnet = counted("resnet50")
    >>> resnet.parameters, resnet.macs, resnet.depth, resnet.field, round(resnet.one_by_one_share, 1)
    (25557032, 3857973248, 50, 483, 49.0)
    >>> resnet.one_by_one
    Part(layers=36, parameters=12128256, macs=1888223232)
    """
    known("network", name, network_names())
    return _counted(name, edition if isinstance(edition, str) else shown(edition))


@cache
def _counted(name: str, edition: str) -> Counted:
    network = build(name, edition=edition, device="meta")
    layers = trace(network)
    height, _ = receptive_field(network).size
    return Counted(
        layers.parameters,
        layers.macs,
        depth(network),
        _part(layers.where(lambda row: row.kind.startswith(("conv ", "depthwise ")))),
        _part(layers.select("conv 1×1")),
        height,
    )


def _part(layers: Trace) -> Part:
    return Part(len(layers), layers.parameters, layers.macs)


def depth(network: nn.Module) -> int:
    """Return the most convolutions and linear layers on a way from the image to the scores.

    It is what the names of networks count: of branches the longest, and a shortcut's projection not.

    >>> depth(nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 8, 1)))
    2
    """
    return read(network, image_size(network)).depth
