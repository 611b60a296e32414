"""Train the small AlexNet that ships with the course: `python -m tools.train_small`."""

from __future__ import annotations

import platform
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

from helpers.images.patches import PatchData, photo_patches
from helpers.models import build
from helpers.running.training import History, fit

# The photos that are in colour; the colour wheel is none, and its right third has hues that its left has not.
NAMES = ("astronaut", "chelsea", "coffee", "hubble", "motorcycle", "retina", "rocket", "tissue")
FOLDER = Path(__file__).parents[1] / "data" / "weights"
SEED = 0
EPOCHS = 12
BATCH_SIZE = 32
LEARNING_RATE = 0.03
WEIGHT_DECAY = 2e-3
LIGHT = 0.8  # the deviation of what is added, where that of the patches is 1


def patches() -> PatchData:
    """The patches it learns from and is tested on: 32×32, in colour, each from 64×64 pixels of its photo."""
    return photo_patches(NAMES, size=32, grey=False, per_class=300, test_per_class=200, seed=SEED)


def varied_patches(data: PatchData) -> PatchData:
    """The same with mirror images to train on, too, and each training patch in a light of its own.

    A colour is added to each, as in section 4.1 of the AlexNet paper, or the colour alone would tell most of
    the photos apart, and the network would learn no edges.
    """
    images = torch.cat((data.train_images, data.train_images.flip(3)))
    generator = torch.Generator().manual_seed(SEED)
    brightness = LIGHT * torch.randn(len(images), 1, 1, 1, generator=generator)
    hue = LIGHT / 2 * torch.randn(len(images), 3, 1, 1, generator=generator)
    return replace(data, train_images=images + brightness + hue, train_labels=data.train_labels.repeat(2))


def train(data: PatchData) -> tuple[nn.Module, History]:
    """A trained network, and how the training went; the same for the same version of PyTorch and computer."""
    varied = varied_patches(data)
    with torch.random.fork_rng([]):
        torch.manual_seed(SEED)
        net = build("small_alexnet", num_classes=data.classes, device="cpu")
        # The deviation of the paper: in so few epochs the noise of a larger one would still be seen.
        nn.init.normal_(net.conv1.weight, std=0.01)
    history = fit(
        net,
        varied,
        epochs=EPOCHS,
        batch_size=BATCH_SIZE,
        learning_rate=LEARNING_RATE,
        weight_decay=WEIGHT_DECAY,
        seed=SEED,
    )
    return net, history


def card(data: PatchData, history: History) -> str:
    """What is to be known about the weights, as Markdown."""
    mean, std = (", ".join(f"{value:.4f}" for value in each.flatten()) for each in (data.mean, data.std))
    versions = ", ".join(
        f"{name} {version(name)}" for name in ("torch", "numpy", "scikit-image", "safetensors")
    )
    return f"""# small_alexnet, trained on photo_patches

`helpers.build("small_alexnet", weights="photo_patches")` loads these weights. The network says which of
{data.classes} photos a patch of 32×32 pixels is from. It is for looking at what a small network learns, and
for nothing else: it knows no other photos.

| | |
|---|---|
| data | {data!r} |
| varied in training | mirror images, and a colour added to each: `tools.train_small.varied_patches` |
| how to have the data | `tools.train_small.patches()` |
| classes, in order | {", ".join(data.class_names)} |
| mean of red, green, blue | {mean} |
| deviation of red, green, blue | {std} |
| training error, as varied | {history.train_error[-1]:.1f} % |
| test error | {history.test_error[-1]:.1f} % |
| epochs | {history.epochs} |
| batch size | {BATCH_SIZE} |
| highest learning rate | {LEARNING_RATE:g} |
| weight decay | {WEIGHT_DECAY:g} |
| seed | {SEED} |
| versions | Python {platform.python_version()}, {versions} |

A patch is 64×64 pixels of its photo, averaged down; input is (patch − mean) / deviation. Training patches are
from the left of each photo and test patches from its right third. The photos' terms are in `data/README.md`.

Made by `python -m tools.train_small`, which writes both files anew. The same versions on another kind of
computer may round differently and end with slightly other numbers.
"""


def save(net: nn.Module, data: PatchData, history: History) -> None:
    """Write the weights and their card."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    state = {name: tensor.contiguous() for name, tensor in net.state_dict().items()}
    save_file(state, FOLDER / "small_alexnet.safetensors")
    (FOLDER / "small_alexnet.md").write_text(card(data, history), encoding="utf-8")


def main() -> None:
    data = patches()
    net, history = train(data)
    if history.note:
        raise SystemExit(history.note)
    save(net, data, history)


if __name__ == "__main__":
    main()
