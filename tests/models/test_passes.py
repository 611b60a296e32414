"""A network that is looked at is as it was afterwards, and what it raises is one sentence."""

from collections import OrderedDict, deque

import pytest
import torch
from torch import nn

from helpers.models.device import OutOfMemory
from helpers.models.passes import evaluating, is_about_size, taking, undisturbed


class Keeper(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.BatchNorm1d(2)
        self.lists = [1, [2, [3]]]
        self.names = {"a": {"b": [1]}}
        self.seen, self.queue = {1}, deque([1, 2], maxlen=3)
        self.long = list(range(20_000))


def test_what_is_kept_in_containers_is_taken_back_in_place() -> None:
    keeper = Keeper()
    lists, inner, names, queue = keeper.lists, keeper.lists[1][1], keeper.names, keeper.queue
    with undisturbed(keeper):
        keeper.lists.append(4)
        keeper.lists[1][1].append(5)
        keeper.names["a"]["b"].append(2)
        keeper.names["c"] = torch.zeros(2)
        keeper.seen.add(2)
        keeper.queue.append(3)
        keeper.queue.append(4)
        keeper.more, keeper.inner.more = 1, 2
        del keeper.long
        keeper.register_buffer("buffer", torch.zeros(1))
        keeper.added = nn.ReLU()
        keeper.eval()
        keeper.inner.register_forward_hook(lambda *_: None)
    assert (keeper.lists, keeper.names, keeper.seen, list(keeper.queue)) == (
        [1, [2, [3]]],
        {"a": {"b": [1]}},
        {1},
        [1, 2],
    )
    assert keeper.lists is lists
    assert keeper.lists[1][1] is inner
    assert (keeper.names, keeper.queue) == (names, queue)
    assert keeper.queue.maxlen == 3
    assert len(keeper.long) == 20_000
    assert not hasattr(keeper, "more")
    assert not hasattr(keeper.inner, "more")
    assert list(dict(keeper.named_buffers())) == list(dict(keeper.inner.named_buffers(prefix="inner")))
    assert list(dict(keeper.named_children())) == ["inner"]
    assert keeper.training
    assert keeper.inner.training
    assert keeper.inner._forward_hooks == OrderedDict()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_it_is_taken_back_after_an_error_and_an_interruption(error: type[BaseException]) -> None:
    keeper = Keeper()

    def looked_at() -> None:
        with undisturbed(keeper):
            keeper.more = keeper.eval()
            raise error

    with pytest.raises(error):
        looked_at()
    assert not hasattr(keeper, "more")
    assert keeper.training


def test_what_a_network_keeps_of_a_look_in_eval_mode_can_be_trained_on() -> None:
    linear = nn.Linear(2, 1)
    with torch.enable_grad(), evaluating(linear):
        assert not torch.is_grad_enabled()
        assert not linear.training
        kept = torch.ones(1, 2) * 2
    assert linear.training
    linear(kept).sum().backward()
    assert linear.weight.grad.tolist() == [[2, 2]]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            RuntimeError("sizes differ.\nmore"),
            r"^Linear does not accept an image of shape \(1, 2\): sizes differ\.$",
        ),
        (AssertionError(), r"^Linear does not accept an image of shape \(1, 2\): AssertionError\.$"),
        (KeyError("x"), r"^Linear does not accept an image of shape \(1, 2\): 'x'\.$"),
        (TypeError("no 'y'"), r"^Linear cannot be run on an image of shape \(1, 2\): no 'y'\.$"),
        (AttributeError("no z"), r"^Linear cannot be run on an image of shape \(1, 2\): no z\.$"),
    ],
)
def test_whatever_is_raised_is_one_sentence(error: Exception, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence) as caught, taking(nn.Linear(2, 1), (1, 2)):
        raise error
    assert caught.value.__cause__ is error
    assert is_about_size(error) == ("does not accept" in sentence)


@pytest.mark.parametrize(
    "error", [OutOfMemory("no memory"), RuntimeError("CUDA out of memory"), KeyboardInterrupt()]
)
def test_no_memory_and_an_interruption_are_left_as_they_are(error: BaseException) -> None:
    with pytest.raises(type(error)) as caught, taking(nn.Linear(2, 1), (1, 2)):
        raise error
    assert caught.value is error
