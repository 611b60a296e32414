"""What is worked out for tensors without numbers is what PyTorch itself says, once its compiler is loaded."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from helpers.reading.on_meta import LooksAtValues, result_on_meta
from tests.reading.test_awkward_networks import TAGGED

ATEN = torch.ops.aten
TYPES = (torch.float32, torch.float64, torch.int64, torch.bool)


def described(result: Any) -> Any:
    """The shape, type and layout of a tensor, or of several."""
    if isinstance(result, Tensor):
        return tuple(result.shape), result.dtype, result.stride()
    return [described(each) for each in result]


def assert_as_pytorch_says(function: Any, *args: Any, **kwargs: Any) -> None:
    meta = [each.to("meta") if isinstance(each, Tensor) else each for each in args]
    try:
        expected = described(function(*meta, **kwargs))
    except (RuntimeError, NotImplementedError, IndexError, TypeError, ValueError) as error:
        with pytest.raises(type(error)):
            result_on_meta(function, tuple(meta), kwargs)
        return
    assert described(result_on_meta(function, tuple(meta), kwargs)) == expected


def ones(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.ones(shape, dtype=dtype)


@pytest.mark.parametrize("function", TAGGED, ids=str)
def test_pointwise_operations(function: Any) -> None:
    several = sum(str(each.type) == "Tensor" for each in function._schema.arguments) > 1
    for dtype in TYPES:
        if not several:
            assert_as_pytorch_says(function, ones(2, 3, 4, dtype=dtype))
            assert_as_pytorch_says(function, ones(2, 3, 4, dtype=dtype).permute(0, 2, 1))
            continue
        for other in TYPES:
            first = ones(2, 3, 4, dtype=dtype)
            for second in (ones(2, 3, 4, dtype=other), ones(3, 1, dtype=other), ones(dtype=other)):
                assert_as_pytorch_says(function, first, second)
        assert_as_pytorch_says(function, ones(2, 3, dtype=dtype), ones(4, dtype=dtype))  # which do not fit


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("keepdim", [False, True])
@pytest.mark.parametrize("dimensions", [[], [0], [-1], [1, 2], [0, 1, 2, 3], [4]])
@pytest.mark.parametrize("name", ["mean", "sum", "amax"])
def test_reductions(name: str, dimensions: list[int], keepdim: bool, dtype: torch.dtype) -> None:
    overload = {"mean": "dim", "sum": "dim_IntList", "amax": "default"}[name]
    function = getattr(getattr(ATEN, name), overload)
    assert_as_pytorch_says(function, ones(2, 3, 4, 5, dtype=dtype), dimensions, keepdim)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(
    ("function", "shapes"),
    [
        (ATEN.mm.default, [(2, 3), (3, 4)]),
        (ATEN.mm.default, [(2, 3), (2, 4)]),
        (ATEN.addmm.default, [(4,), (2, 3), (3, 4)]),
        (ATEN.bmm.default, [(5, 2, 3), (5, 3, 4)]),
        (ATEN.bmm.default, [(5, 2, 3), (4, 3, 4)]),
    ],
)
def test_products(function: Any, shapes: list[tuple[int, ...]], dtype: torch.dtype) -> None:
    assert_as_pytorch_says(function, *(ones(*shape, dtype=dtype) for shape in shapes))
    assert_as_pytorch_says(function, *(ones(*shape) for shape in shapes[:-1]), ones(*shapes[-1], dtype=dtype))


@pytest.mark.parametrize(
    "look",
    [
        lambda x: result_on_meta(ATEN._local_scalar_dense.default, (x.sum(),), {}),
        lambda x: result_on_meta(ATEN.nonzero.default, (x,), {}),
        lambda x: result_on_meta(ATEN.index.Tensor, (x, [x > 0]), {}),
    ],
)
def test_what_follows_from_values_is_not_guessed(look: Callable[[Tensor], Any]) -> None:
    with pytest.raises(LooksAtValues):
        look(torch.empty(3, device="meta"))
