"""A small training loop: it shows its progress, and gives back how loss and error went, epoch by epoch."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import isfinite
from numbers import Real
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm.auto import tqdm

from helpers.images.patches import PatchData
from helpers.models import given
from helpers.models.device import enough_memory, pick
from helpers.models.passes import evaluating, taking
from helpers.running.feature_maps import run
from helpers.wording.refusals import shown

Loss = Callable[[Any, Tensor], Tensor]

_EVALUATED = 256  # images at once where no gradient is kept
_MOST_EPOCHS, _MOST_THREADS, _MOST_SEED, _LARGEST = 10_000, 1024, 2**32 - 1, sys.float_info.max


@dataclass(frozen=True)
class History:
    """How a training went: one value for each complete epoch.

    Losses are mean cross-entropies in nats, errors the percentage of images that get a wrong label. All are
    measured in eval mode on the network as it is at the end of the epoch, so that the two sets compare.
    `note` is empty, or a sentence that says why the training ended early. `seconds` is the time it took.
    """

    train_loss: tuple[float, ...]
    train_error: tuple[float, ...]
    test_loss: tuple[float, ...]
    test_error: tuple[float, ...]
    note: str = ""
    seconds: float = field(default=0.0, compare=False)

    @property
    def epochs(self) -> int:
        """How many epochs are complete."""
        return len(self.train_loss)

    def __repr__(self) -> str:
        if not self.epochs:
            return self.note or "No epochs."
        epochs = f"{self.epochs} epoch{'s' * (self.epochs > 1)}"
        errors = f"training error {self.train_error[-1]:.1f} %, test error {self.test_error[-1]:.1f} %"
        return f"{epochs}: {errors}.{' ' * bool(self.note)}{self.note}"


def fit(
    model: nn.Module,
    data: PatchData,
    *,
    epochs: int = 3,
    batch_size: int = 64,
    learning_rate: float = 0.1,
    momentum: float = 0.9,
    weight_decay: float = 5e-4,
    loss: Loss = F.cross_entropy,
    seed: int = 0,
    stop_after: int | None = None,
    every_epoch: bool = True,
    threads: int = 1,
    progress: bool = True,
    device: str | torch.device | None = None,
) -> History:
    """Train a classifier in place, leave it in eval mode, and return the history of its loss and error.

    Stochastic gradient descent with Nesterov's `momentum` (none for 0) and `weight_decay`. The learning rate
    rises to `learning_rate` over the first 30 % of the batches and falls towards 0, both along a cosine (the
    "one cycle" of Smith & Topin, 2019). `batch_size` is the most in a batch: batches are of equal size to
    one. `loss` takes what the network returns in training mode and the labels; give one where that is more
    than scores, as with auxiliary classifiers. In eval mode the network returns scores of shape
    (images, classes).

    `stop_after` ends the training after so many of the epochs, at the learning rates of the whole: the start
    of a longer one. Without `every_epoch` the history has the last one alone, which takes up to a third less
    time. The batches depend on `seed` alone, on any device, and so does dropout on one device; the
    state of PyTorch's own generator is left as it was. `device` moves the network; None leaves it where it
    is. On the CPU it trains with this many `threads`: for small networks two are little quicker than one on
    an idle computer, several times slower on a busy one, and round differently. A progress bar is shown, and
    removed at the end, where a person can see it.

    Interrupting the kernel ends the training cleanly, and so does a loss that is no longer finite: the
    history then has the complete epochs and a note. Raises ValueError for a network that does not take these
    images, has too few outputs or nothing to train, for what is no network or no data, for settings out of
    range, and where memory runs out.

    >>> from helpers.images.patches import photo_patches
    >>> data = photo_patches(["brick", "coins"], size=8, per_class=64, test_per_class=16)
    >>> net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 2))
    >>> history = fit(net, data, epochs=2, learning_rate=0.01)
    >>> history.epochs, net.training, len(history.test_error)
    (2, False, 2)
    """
    given.network(model)
    if not isinstance(data, PatchData):
        raise ValueError(f"The data are {shown(data)}; give those of photo_patches.")
    _check_whole("epochs", epochs, 1, _MOST_EPOCHS)
    if stop_after is not None:
        _check_whole("stop_after", stop_after, 1, epochs)
    _check_whole("batch_size", batch_size, 1)
    _check_whole("threads", threads, 1, _MOST_THREADS)
    _check_whole("seed", seed, 0, _MOST_SEED)
    _check_rate("learning_rate", learning_rate, lambda rate: 0 < rate <= _LARGEST, "above 0, such as 0.1")
    _check_rate("momentum", momentum, lambda rate: 0 <= rate < 1, "from 0 to below 1, such as 0.9")
    _check_rate(
        "weight_decay", weight_decay, lambda rate: 0 <= rate <= _LARGEST, "of at least 0, such as 0.0005"
    )
    parameters = [each for each in model.parameters() if each.requires_grad]
    if not parameters:
        raise ValueError(f"The {type(model).__name__} has nothing to train; use a network with weights.")
    where = parameters[0].device if device is None else pick(device)
    if where.type == "meta":
        raise ValueError("A network on 'meta' has no weights to train; build it on a real device.")
    work = f"training {type(model).__name__} with batch_size={shown(batch_size)}"
    with enough_memory(where, work):
        model.to(where)
        train = data.train_images.to(where), data.train_labels.to(where)
        test = data.test_images.to(where), data.test_labels.to(where)
    _check_labels(data)
    _check_outputs(model, train[0], data.classes)

    batches = -(-len(train[1]) // batch_size)
    optimizer = torch.optim.SGD(
        parameters, learning_rate, momentum, weight_decay=weight_decay, nesterov=momentum > 0
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, learning_rate, total_steps=epochs * batches + 1, cycle_momentum=False
    )
    orders = torch.Generator().manual_seed(seed)
    rows: list[tuple[float, float, float, float]] = []
    note = ""
    epoch, last = 1, stop_after or epochs
    start = time.perf_counter()
    bar = tqdm(total=epochs * batches, leave=False, unit="batch", disable=not (progress and _watched()))
    try:
        with enough_memory(where, work), _own_randomness(where, seed), _threads(threads), bar:
            for epoch in range(1, last + 1):
                bar.set_description(f"Epoch {epoch} of {epochs}")
                model.train()
                order = torch.randperm(len(train[1]), generator=orders, device="cpu").to(where)
                for chosen in order.tensor_split(batches):
                    optimizer.zero_grad()
                    with taking(model, tuple(train[0].shape[1:])):
                        output = model(train[0][chosen])
                    if loss is F.cross_entropy and not isinstance(output, Tensor):
                        raise ValueError(
                            f"The {type(model).__name__} returns a {type(output).__name__} in training mode; "
                            "give `loss`, a function of that and the labels."
                        )
                    value = loss(output, train[1][chosen])
                    if not isfinite(value.item()):
                        break
                    value.backward()
                    optimizer.step()
                    schedule.step()
                    bar.update()
                else:
                    if not every_epoch and epoch < last:
                        continue
                    row = *loss_and_error(model, *train), *loss_and_error(model, *test)
                    if all(map(isfinite, row)):
                        rows.append(row)
                        continue
                note = (
                    f"Stopped in epoch {epoch}: the loss is no longer finite; use a learning rate below "
                    f"{learning_rate:g}."
                )
                break
    except KeyboardInterrupt:
        note = f"Stopped by hand in epoch {epoch} of {epochs}."
    finally:
        optimizer.zero_grad()
        model.eval()
    columns = zip(*rows, strict=True) if rows else [()] * 4
    return History(*map(tuple, columns), note, time.perf_counter() - start)


def loss_and_error(model: nn.Module, images: Tensor, labels: Tensor) -> tuple[float, float]:
    """The mean cross-entropy, and the percentage of images whose highest score is not the label's."""
    total, wrong = 0.0, 0
    with evaluating(model):
        for some, right in zip(images.split(_EVALUATED), labels.split(_EVALUATED), strict=True):
            scores = model(some)
            total += F.cross_entropy(scores, right, reduction="sum").item()
            wrong += int((scores.argmax(1) != right).sum())
    return total / len(labels), 100 * wrong / len(labels)


def _check_whole(name: str, value: int, least: int, most: int | None = None) -> None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole or value < least or (most is not None and value > most):
        bounds = f"of at least {least}" if most is None else f"from {least} to {most:,}"
        raise ValueError(f"{name} is {shown(value)}; use a whole number {bounds}.")


def _check_rate(name: str, value: float, fits: Callable[[float], bool], right: str) -> None:
    if not isinstance(value, Real) or isinstance(value, bool) or not fits(value):
        raise ValueError(f"{name} is {shown(value)}; use a number {right}.")


def _check_labels(data: PatchData) -> None:
    """Found out before training too, for the same reason."""
    for name in ("train_labels", "test_labels"):
        labels = getattr(data, name)
        if labels.dtype != torch.int64:
            raise ValueError(f"{name} are of type {labels.dtype}; use torch.int64, as by labels.long().")
        if len(labels) and not 0 <= int(labels.min()) <= int(labels.max()) < data.classes:
            raise ValueError(
                f"{name} are from {int(labels.min())} to {int(labels.max())}; for {data.classes} classes use "
                f"0 to {data.classes - 1}."
            )


def _check_outputs(model: nn.Module, images: Tensor, classes: int) -> None:
    """Found out before training, because on an accelerator a label out of range ends the whole process."""
    scores = run(model, images[:2])
    if not isinstance(scores, Tensor):
        raise ValueError(
            f"The {type(model).__name__} returns a {type(scores).__name__} in eval mode; return scores alone."
        )
    if scores.dim() != 2 or scores.shape[1] < classes:
        raise ValueError(
            f"The {type(model).__name__} returns scores of shape {tuple(scores.shape)} for two images; use "
            f"(2, {classes}), one score for each class."
        )


@contextmanager
def _own_randomness(device: torch.device, seed: int) -> Iterator[None]:
    """Dropout follows the seed inside the `with`, and the caller's generators stay as they were."""
    # MPS has no generator for each device, which forking asks for: there its state moves on.
    kind = device.type if device.type in ("cuda", "xpu") else None
    with torch.random.fork_rng([device] if kind else [], device_type=kind or "cuda"):
        torch.manual_seed(seed)
        yield


@contextmanager
def _threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _watched() -> bool:
    """Whether a person sees a progress bar: in a terminal, or in a notebook that could ask for input.

    What runs a notebook from end to end to store or to compare its outputs cannot, and a bar must not get
    into those.
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return sys.stderr.isatty()
    return bool(kernel.get_parent().get("content", {}).get("allow_stdin"))
