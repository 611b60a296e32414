"""What public functions ask of a network, with one sentence of refusal."""

from __future__ import annotations

from collections.abc import Mapping

from torch import nn

from helpers.wording import arguments
from helpers.wording.refusals import shown


def network(given: object) -> None:
    """Raise ValueError unless a network is given.

    >>> network("resnet18")
    Traceback (most recent call last):
    ValueError: The network is 'resnet18'; give the module itself, such as build('resnet18').
    """
    if not isinstance(given, nn.Module):
        raise ValueError(f"The network is {shown(given)}; give the module itself, such as build('resnet18').")


def networks(given: nn.Module | Mapping[str, nn.Module], name: str) -> dict[str, nn.Module]:
    """Return networks by name, of which one alone may be given; raises ValueError for what is none.

    >>> networks(nn.ReLU(), "mine")
    {'mine': ReLU()}
    """
    if isinstance(given, nn.Module):
        return {name: given}
    arguments.named("networks", given, nn.Module, "a network", least=0)
    if not given:
        raise ValueError("There is no network; give at least one.")
    return dict(given)
