"""Networks as people write them: each field is what the gradient says, each product is counted by hand."""

import operator
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import MethodType
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from helpers.arithmetic import ReceptiveField
from helpers.reading.receptive_field import receptive_field
from helpers.reading.trace import trace
from tests.networks import seen_by_gradient

SIZE = (3, 24, 26)


def clipped(field: ReceptiveField, unit: tuple[int, int]) -> tuple[int, int, int, int]:
    top, left, bottom, right = field.box(unit)
    return max(top, 0), max(left, 0), min(bottom, SIZE[1] - 1), min(right, SIZE[2] - 1)


def assert_gradient_agrees(model: nn.Module, layer: str = "", *, units: int = 2) -> ReceptiveField | None:
    """One or two units in the middle of a map see what their gradient says; the field is returned."""
    rows, columns = output_of(model, layer).shape[2:]
    field = receptive_field(model, layer or None, SIZE)
    for unit in [(rows // 2, columns // 2), (rows // 2, max(columns // 2 - 1, 0))][:units]:
        seen = seen_by_gradient(model, unit, SIZE, layer)
        assert seen == ((0, 0, SIZE[1] - 1, SIZE[2] - 1) if field is None else clipped(field, unit))
    return field


def output_of(model: nn.Module, layer: str = "") -> Tensor:
    outputs: list[Tensor] = []
    handle = model.get_submodule(layer).register_forward_hook(lambda _m, _i, output: outputs.append(output))
    with torch.no_grad():
        model.eval()(torch.rand(1, *SIZE))
    handle.remove()
    return outputs[0]


class Net(nn.Module):
    """Some layers, and a forward pass that is given."""

    def __init__(self, forward: Callable[["Net", Tensor], Any]) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.stem, self.conv = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(4, 4, 3, padding=1)
        self.strided, self.point = nn.Conv2d(4, 4, 3, 2, 1), nn.Conv2d(4, 4, 1)
        self.linear, self.norm = nn.Linear(4, 4), nn.LayerNorm(4)
        self.own = nn.BatchNorm2d(4, track_running_stats=False)
        self.pool, self.relu = nn.AvgPool2d(3, 1, 1), nn.ReLU()
        self.weight = nn.Parameter(torch.rand(4))
        self.parts = [self.conv, self.relu]
        self.function = forward

    def forward(self, x: Tensor) -> Any:
        return self.function(self, x)


def added_in_place(net: Net, x: Tensor) -> Tensor:
    x = net.stem(x)
    x.add_(net.pool(net.conv(x)))  # whose result is not bound again
    return x


def through_a_view(net: Net, x: Tensor) -> Tensor:
    x = net.stem(x)
    x.view(-1).mul_(2)
    x[:, :2] += net.conv(x)[:, :2]
    half = x[:, 2:].relu_()
    half.add_(net.conv(x)[:, 2:])
    return x


def read_after_writing(net: Net, x: Tensor) -> Tensor:
    x = net.stem(x)
    seen = x[:, :3].unsqueeze(0)
    x.copy_(net.conv(net.conv(x)))
    return seen[0]


def padded_by_hand(net: Net, x: Tensor) -> Tensor:
    x = net.stem(x)
    wide = x.new_zeros(1, 4, x.shape[2] + 3, x.shape[3] + 4)
    wide[:, :, 1:-2, 2:-2] = x
    return net.conv(wide)


def written_to_zeros(net: Net, x: Tensor) -> Tensor:
    x = net.stem(x)
    out = torch.zeros(1, 8, *x.shape[2:], dtype=x.dtype)
    out[:, :4], out[:, 4:] = x, net.conv(x)
    out[:, 3] = 0
    return out


def out_argument(net: Net, x: Tensor) -> Tensor:
    x = net.stem(x)
    result = torch.empty_like(x)
    with torch.no_grad() if not torch.is_grad_enabled() else torch.enable_grad():
        if not torch.is_grad_enabled():
            torch.add(x, net.pool(x), out=result)
            return result
    return x + net.pool(x)


def squeezed_and_excited(net: Net, x: Tensor) -> Tensor:
    x = net.stem(x)
    y = net.linear(x.mean((2, 3))).sigmoid()[:, :, None, None]
    return x * y.expand_as(x)


def inverted_channels(net: Net, x: Tensor) -> Tensor:
    """As GoogLeNet's `transform_input` takes each colour apart."""
    planes = [torch.unsqueeze(x[:, at], 1) * (0.5 + at) + 0.1 for at in range(3)]
    return net.stem(torch.cat(planes, 1))


def as_a_list(net: Net, x: Tensor | list[Tensor]) -> Tensor:
    return net.stem(x) if isinstance(x, Tensor) else net.stem(torch.cat(x, 1))


def chosen_by_type(net: Net, x: Tensor) -> Tensor:
    maps = [net.stem(x)]
    for _ in range(2):
        maps.append(net.conv(maps[-1]) if isinstance(maps[-1], Tensor) else torch.cat(maps[-1], 1))
    return torch.stack(maps).sum(0)


def channels_last(net: Net, x: Tensor) -> Tensor:
    """As ConvNeXt's block does."""
    x = net.stem(x)
    y = F.gelu(net.linear(net.norm(net.conv(x).permute(0, 2, 3, 1)))).permute(0, 3, 1, 2)
    return x + y


def shuffled(net: Net, x: Tensor) -> Tensor:
    x = net.stem(x)
    batch, channels, rows, columns = x.shape
    x = x.view(batch, 2, channels // 2, rows, columns).transpose(1, 2).reshape(batch, channels, rows, columns)
    return net.conv(x)


def one_by_one_as_a_product(net: Net, x: Tensor) -> Tensor:
    x = net.stem(x)
    y = net.point.weight.flatten(1) @ x.flatten(2)
    y = torch.einsum("oc,bcn->bon", net.linear.weight, y)
    return net.conv(y.view_as(x))


def rows_pooled(net: Net, x: Tensor) -> Tensor:
    """Parts of a map: each is four rows of it, and all of its columns."""
    x = net.stem(x)
    return F.avg_pool2d(x, (4, x.size(-1)))


def rows_adaptively(net: Net, x: Tensor) -> Tensor:
    return F.adaptive_avg_pool2d(net.stem(x), (6, 1))


def rows_averaged(net: Net, x: Tensor) -> Tensor:
    return net.conv(net.stem(x).mean(3, keepdim=True))


def gated_by_rows(net: Net, x: Tensor) -> Tensor:
    x = net.stem(x)
    return x * x.mean(3, keepdim=True).sigmoid()


def softmax_along_columns(net: Net, x: Tensor) -> Tensor:
    return net.stem(x).softmax(-1)


def strided_slices(net: Net, x: Tensor) -> Tensor:
    return net.conv(net.stem(x)[:, :, 1::2, -7:])


def circular(net: Net, x: Tensor) -> Tensor:
    return net.conv(F.pad(net.stem(x), (2, 1, 1, 2), mode="circular"))


def replicated(net: Net, x: Tensor) -> Tensor:
    return net.conv(F.pad(net.stem(x), (2, 1, 1, 2), mode="replicate"))


def checkpointed(net: Net, x: Tensor, reentrant: bool) -> Tensor:
    return checkpoint(lambda y: net.relu(net.conv(y)), net.stem(x), use_reentrant=reentrant)


def computed_groups(net: Net, x: Tensor) -> Tensor:
    x = net.stem(x)
    return F.conv2d(x, net.conv.weight[:, :1], groups=x.shape[1])


def along_one_axis(net: Net, x: Tensor) -> Tensor:
    """A 1-D convolution along the columns of each row."""
    x = net.stem(x)
    batch, channels, rows, columns = x.shape
    lines = x.permute(0, 2, 1, 3).reshape(batch * rows, channels, columns)
    lines = F.conv1d(lines, net.conv.weight[:, :, 0], padding=2, dilation=2)
    return lines.view(batch, rows, channels, columns).permute(0, 2, 1, 3)


def over_channels(net: Net, x: Tensor) -> Tensor:
    """Efficient channel attention: a 1-D convolution along the channels of the pooled map."""
    x = net.stem(x)
    y = F.conv1d(x.mean((2, 3)).unsqueeze(1), net.weight[:3].view(1, 1, 3), padding=1)
    return x * y.view(1, 4, 1, 1).sigmoid()


def without_a_batch(net: Net, x: Tensor) -> Tensor:
    return torch.stack([net.conv(net.stem(each)) for each in x])


def masked(net: Net, x: Tensor) -> Tensor:
    x = net.stem(x)
    y = net.conv((x > 0) * x)
    return torch.where(y > 0, y, y.masked_fill(y < -1, 0.5) * 0.1)


def put_together(net: Net, x: Tensor) -> Tensor:
    x = net.stem(x)
    return torch.stack([x, net.pool(x), net.conv(net.conv(x))], 1).sum(1) + x[:, [3, 2, 1, 0]]


def written_to_a_list(net: Net, x: Tensor) -> Tensor:
    x = net.stem(x)
    x[:, [0, 2]] = net.conv(x)[:, :2]
    return x


def added_to_a_list(net: Net, x: Tensor) -> Tensor:
    return x.index_add(1, torch.tensor([3, 1]), net.conv(x)[:, :2])


NETWORKS = {
    "added in place": (added_in_place, 7),
    "through a view": (through_a_view, 7),
    "read after writing": (read_after_writing, 7),
    "padded by hand": (padded_by_hand, 5),
    "written to zeros": (written_to_zeros, 5),
    "out=": (out_argument, 5),
    "squeeze and excitation": (squeezed_and_excited, None),
    "channels taken apart": (inverted_channels, 3),
    "a tensor or a list": (as_a_list, 3),
    "chosen by type": (chosen_by_type, 7),
    "channels last": (channels_last, 5),
    "channels shuffled": (shuffled, 5),
    "a product as a convolution": (one_by_one_as_a_product, 5),
    "rows pooled": (rows_pooled, (6, 26 + 2)),
    "rows pooled adaptively": (rows_adaptively, (6, 26 + 2)),
    "rows averaged": (rows_averaged, (5, None)),
    "written to a list": (written_to_a_list, 5),
    "added to a list": (lambda net, x: added_to_a_list(net, net.stem(x)), 5),
    "gated by rows": (gated_by_rows, (3, None)),
    "softmax along columns": (softmax_along_columns, (3, None)),
    "slices": (strided_slices, (7, 5)),
    "circular padding": (circular, 5),
    "replicated padding": (replicated, 5),
    "checkpoint": (partial(checkpointed, reentrant=False), 5),
    "reentrant checkpoint": (partial(checkpointed, reentrant=True), 5),
    "computed groups": (computed_groups, 5),
    "one axis alone": (along_one_axis, (3, 7)),
    "over channels": (over_channels, None),
    "without a batch": (without_a_batch, 5),
    "masks": (masked, 5),
    "stack and index": (put_together, 7),
    "own statistics": (lambda net, x: net.own(net.stem(x)), None),
    "layers in a list": (lambda net, x: net.parts[1](net.parts[0](net.stem(x))), 5),
}


@pytest.mark.filterwarnings("ignore:None of the inputs have requires_grad")
@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_as_people_write_them_sees_what_the_gradient_says(name: str) -> None:
    function, size = NETWORKS[name]
    field = assert_gradient_agrees(Net(function))
    if size is None:
        assert field is None
    else:
        expected = size if isinstance(size, tuple) else (size, size)
        assert all(side in (None, found) for side, found in zip(expected, field.size, strict=True))


def between_zeros(net: Net, x: Tensor) -> Tensor:
    """A transposed convolution by hand: what a unit sees depends on whether its row is even."""
    x = net.stem(x)
    wide = x.new_zeros(1, 4, 2 * x.shape[2], x.shape[3])
    wide[:, :, ::2] = x
    return net.conv(wide)


def changed_in_part(net: Net, x: Tensor) -> Tensor:
    x = net.stem(x)
    x[:, :, 3:] = net.conv(x)[:, :, 3:]
    return x


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (between_zeros, "layer 'setitem', which writes to every other row or column"),
        (changed_in_part, "layer 'setitem', which changes some of the rows or columns"),
        (lambda net, x: net.linear(net.stem(x).flatten(2).mT).relu(), ""),
    ],
)
def test_what_differs_from_row_to_row_is_refused(function: Callable[..., Tensor], sentence: str) -> None:
    layer = None if sentence else "relu"
    with pytest.raises(ValueError, match=sentence or "'relu', whose output has no rows and columns"):
        receptive_field(Net(function), layer, SIZE)


def test_a_hook_that_changes_what_a_layer_puts_out_is_part_of_it() -> None:
    net = Net(lambda net, x: net.conv(net.stem(x)))
    net.stem.register_forward_hook(lambda _module, _inputs, output: F.avg_pool2d(output, 2))
    net.conv.register_forward_pre_hook(lambda _module, inputs: (F.max_pool2d(inputs[0], 3, 1),))
    assert assert_gradient_agrees(net).size == (12, 12)
    table = trace(net, SIZE)
    assert [(row.name, row.output_shape) for row in table] == [("stem", (4, 12, 13)), ("conv", (4, 10, 11))]
    assert table["stem"].receptive_field.size == (4, 4)
    assert table["stem"].macs == 4 * 27 * 24 * 26


def test_a_forward_that_was_replaced_is_what_runs() -> None:
    net = Net(lambda net, x: net.stem(x))
    net.forward = MethodType(lambda net, x: net.strided(net.stem(x)), net)
    assert assert_gradient_agrees(net).jump == (2, 2)


def test_a_wrapper_for_several_devices_is_looked_into() -> None:
    net = nn.DataParallel(Net(lambda net, x: net.conv(net.stem(x))))
    assert receptive_field(net, None, SIZE).size == (5, 5)
    assert [row.name for row in trace(net, SIZE)] == ["module.stem", "module.conv"]


def test_a_compiled_network_is_read_as_it_was_written() -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 4, 3, 2))
    compiled = torch.compile(net, backend="eager")
    assert receptive_field(compiled, None, SIZE) == receptive_field(net, None, SIZE)
    assert trace(compiled, SIZE).macs == trace(net, SIZE).macs


def small_stack() -> nn.Sequential:
    layers = [nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 4, 3, 2)]
    return nn.Sequential(*layers).eval()


@pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning")
@pytest.mark.parametrize("make", [torch.jit.script, lambda net: torch.jit.trace(net, torch.zeros(1, *SIZE))])
def test_a_script_is_one_layer_with_its_totals_and_its_field(make: Callable[[nn.Module], nn.Module]) -> None:
    net = small_stack()
    expected, script = trace(net, SIZE), make(net)
    table = trace(nn.Sequential(script, nn.ReLU()), SIZE)
    assert [(row.name, row.kind) for row in table] == [("0", "scripted"), ("1", "relu")]
    assert (table.parameters, table.macs) == (expected.parameters, expected.macs)
    assert table["0"].output_shape == expected.rows[-1].output_shape
    assert receptive_field(script, None, SIZE) == receptive_field(net, None, SIZE)
    assert [type(each) for each in nn.Sequential(script)] == [type(script)]


class UNet(nn.Module):
    """Down and up again, with a shortcut at full size."""

    def __init__(self, up: nn.Module) -> None:
        super().__init__()
        self.first, self.inner = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(4, 4, 3, padding=1)
        self.pool, self.up, self.head = nn.MaxPool2d(2), up, nn.Conv2d(8, 2, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x)
        return self.head(torch.cat([x, self.up(self.inner(self.pool(x)))], 1))


@pytest.mark.parametrize(
    ("up", "reason"),
    [
        (nn.ConvTranspose2d(4, 4, 2, 2), r"\(convtranspose2d\), a transposed convolution\."),
        (
            nn.Upsample(scale_factor=2),
            r"\(upsample\), which makes other rows and columns than those of its map\.",
        ),
        (
            nn.PixelShuffle(1),
            r"\(pixelshuffle\), which makes rows and columns of channels, or channels of them\.",
        ),
    ],
)
def test_a_u_net_has_the_fields_of_its_way_down_and_says_where_they_end(up: nn.Module, reason: str) -> None:
    net = UNet(up)
    if isinstance(up, nn.PixelShuffle):
        net.pool = nn.Identity()
    for layer in ("first", "pool", "inner"):
        assert_gradient_agrees(net, layer)
    for layer in ("up", "head", None):
        with pytest.raises(
            ValueError, match=rf"^The receptive field cannot be followed through layer 'up' {reason}$"
        ):
            receptive_field(net, layer, SIZE)
    rows = trace(nn.Sequential(net, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 2)), SIZE)
    assert rows["0.head"].output_shape == (2, 24, 26)
    assert rows["3"].sees_everything  # whatever its places saw


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_quantised_layers_are_refused_and_not_counted_as_nothing() -> None:
    quantised = torch.ao.quantization.quantize_dynamic(
        nn.Sequential(nn.Flatten(), nn.Linear(3 * 24 * 26, 10)), {nn.Linear}
    )
    with pytest.raises(
        ValueError, match=r"^Sequential cannot be read at layer '1': it is quantised, and its weig"
    ):
        trace(quantised, SIZE)


@pytest.mark.parametrize(
    ("net", "takes"),
    [(nn.Conv1d(3, 4, 3), "one dimension"), (nn.Sequential(nn.Conv3d(3, 4, 3)), "three dimensions")],
)
def test_layers_for_sequences_and_volumes_are_refused(net: nn.Module, takes: str) -> None:
    with pytest.raises(
        ValueError, match=rf"cannot be run on an image at layer '.*': that is for {takes}, and an im"
    ):
        trace(net, (3, 24, 26) if takes == "one dimension" else (5, 24, 26))


def test_what_leaves_pytorch_is_not_said_to_be_the_image() -> None:
    net = Net(lambda net, x: torch.from_numpy(x.numpy() * 2))
    with pytest.raises(ValueError, match=r"^The output of Net does not depend on the image\.$"):
        receptive_field(net, None, SIZE)


def shared(net: Net, x: Tensor) -> Tensor:
    return net.conv(net.relu(net.conv(net.stem(x))))


def test_a_module_that_runs_twice_has_two_rows_and_its_parameters_once() -> None:
    table = trace(Net(shared), SIZE)
    assert [row.name for row in table] == ["stem", "conv", "relu", "conv (2)"]
    assert [row.parameters for row in table] == [112, 148, 0, 0]
    assert [row.receptive_field.size[0] for row in table] == [3, 5, 5, 7]


POINTWISE = [
    *("sin", "cos", "tanh", "exp", "expm1", "abs", "neg", "square", "sigmoid", "erf", "erfc", "atan", "sinh"),
    *(
        "asinh",
        "sinc",
        "relu",
        "selu",
        "celu",
        "rsqrt",
        "sqrt",
        "log",
        "log1p",
        "reciprocal",
        "logit",
        "lgamma",
    ),
    *("digamma", "deg2rad", "rad2deg", "positive", "exp2", "log2", "log10", "i0", "frac", "nan_to_num"),
]
FUNCTIONS = [
    *(
        "elu",
        "gelu",
        "silu",
        "mish",
        "hardswish",
        "hardsigmoid",
        "hardtanh",
        "relu6",
        "leaky_relu",
        "softplus",
    ),
    *("softsign", "tanhshrink", "logsigmoid", "softshrink", "hardshrink", "threshold"),
]
ARITHMETIC = [
    operator.add,
    operator.sub,
    operator.mul,
    torch.hypot,
    torch.atan2,
    torch.logaddexp,
    torch.maximum,
]


@pytest.mark.parametrize("name", POINTWISE)
def test_pointwise_functions_and_their_forms_in_place_pass_the_field_on(name: str) -> None:
    def forward(net: Net, x: Tensor) -> Tensor:
        x = net.stem(x).sigmoid() * 0.5 + 0.2
        y = getattr(torch, name)(x)
        if hasattr(torch.Tensor, f"{name}_"):
            getattr(x, f"{name}_")()
        return net.conv(x) + y

    table = trace(Net(forward), SIZE)
    assert table.rows[-1].receptive_field.size == (5, 5)
    assert {row.output_shape for row in table} == {(4, 24, 26)}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_activation_functions_pass_the_field_on(name: str) -> None:
    arguments = (0.1, 0.2) if name == "threshold" else ()
    net = Net(lambda net, x: getattr(F, name)(net.stem(x), *arguments))
    assert receptive_field(net, None, SIZE).size == (3, 3)
    assert trace(net, SIZE).rows[-1].kind.replace(" ", "") == name.replace("_", "")


def tagged_as_pointwise() -> list[Any]:
    """PyTorch's own list: operations of one or two tensors and no more, which give a tensor."""
    found = []
    for name in torch._C._dispatch_get_all_op_names():
        library, _, rest = name.partition("::")
        base, _, overload = rest.partition(".")
        if (
            library != "aten"
            or overload not in ("", "Tensor")
            or base.startswith(("special_", "bitwise_", "__"))
        ):
            continue
        function = getattr(getattr(torch.ops.aten, base), overload or "default", None)
        if function is None or torch.Tag.pointwise not in function.tags:
            continue
        kinds = [str(each.type) for each in function._schema.arguments if not each.has_default_value()]
        if kinds in (["Tensor"], ["Tensor", "Tensor"]) and [
            str(each.type) for each in function._schema.returns
        ] == ["Tensor"]:
            found.append(function)
    return sorted(found, key=str)


TAGGED = tagged_as_pointwise()


@settings(deadline=None, derandomize=True, max_examples=150)
@given(data=st.data())
def test_whatever_pytorch_tags_as_pointwise_is_followed(data: st.DataObject) -> None:
    assert len(TAGGED) > 100
    chosen = data.draw(st.lists(st.sampled_from(TAGGED), min_size=1, max_size=4))

    def forward(net: Net, x: Tensor) -> Tensor:
        x = net.stem(x)
        y = net.conv(x)
        for function in chosen:
            several = sum(str(each.type) == "Tensor" for each in function._schema.arguments) > 1
            y = function(y.float(), x) if several else function(y.float())
        return y

    try:
        expected = Net(forward)(torch.rand(1, *SIZE))
    except (RuntimeError, NotImplementedError):
        return  # for whole numbers alone
    net = Net(forward)
    assert receptive_field(net, None, SIZE).size == (5, 5)
    assert trace(net, SIZE).rows[-1].output_shape == tuple(expected.shape[1:])


@st.composite
def awkward_steps(draw: st.DrawFn) -> list[Callable[[Net, Tensor], Tensor]]:
    """One to five steps, each from a map of four channels to another; none makes it smaller than 3×3."""
    steps: list[Callable[[Net, Tensor], Tensor]] = [
        lambda net, x: net.conv(x),
        lambda net, x: net.conv(net.relu(net.conv(x))),
        lambda net, x: added_after(net, x),
        lambda net, x: x + net.pool(x),
        lambda net, x: write_channels(net, x),
        lambda net, x: channels_last_step(net, x),
        lambda net, x: x[:, [2, 0, 3, 1]],
        lambda net, x: torch.cat([x[:, :1], net.conv(x)[:, 1:2], x[:, 2].unsqueeze(1), x[:, 3:]], 1),
        lambda net, x: torch.stack([x, net.conv(x)]).amax(0),
        lambda net, x: F.avg_pool2d(x, (min(2, x.shape[2] // 2), 1), 1),
        lambda net, x: F.max_pool2d(x, 2, 1, 1),
        lambda net, x: F.pad(x, (1, 0, 2, 1))[:, :, 1:],
        lambda net, x: net.strided(x) if min(x.shape[2:]) > 8 else x,
        lambda net, x: x[:, :, ::2, 1::2] if min(x.shape[2:]) > 8 else x,
        lambda net, x: torch.sin(x).add_(0.3),
        lambda net, x: x.view(1, 2, 2, *x.shape[2:]).transpose(1, 2).flatten(1, 2),
        lambda net, x: x * net.weight.view(4, 1, 1).expand_as(x),
        lambda net, x: net.conv(x) * torch.sigmoid(net.pool(x)),
        lambda net, x: squeezed_step(net, x),
        lambda net, x: net.own(x),
        lambda net, x: F.group_norm(x, 2),
        lambda net, x: x.softmax(1),
    ]
    return draw(st.lists(st.sampled_from(steps), min_size=1, max_size=5))


def added_after(net: Net, x: Tensor) -> Tensor:
    y = x * 1
    y.add_(net.conv(x))
    return y


def write_channels(net: Net, x: Tensor) -> Tensor:
    y = x.clone()
    y[:, 1:3] = net.conv(x)[:, 1:3]
    return y


def channels_last_step(net: Net, x: Tensor) -> Tensor:
    return net.linear(net.norm(x.movedim(1, -1))).movedim(-1, 1)


def squeezed_step(net: Net, x: Tensor) -> Tensor:
    return x * torch.sigmoid(net.point(F.adaptive_avg_pool2d(x, 1)))


@settings(deadline=None, derandomize=True, max_examples=60)
@given(steps=awkward_steps(), hooked=st.booleans())
def test_random_networks_of_awkward_parts_see_what_the_gradient_says(
    steps: list[Callable[[Net, Tensor], Tensor]], hooked: bool
) -> None:
    def forward(net: Net, x: Tensor) -> Tensor:
        x = net.stem(x)
        for step in steps:
            x = step(net, x)
        return x

    net = Net(forward)
    if hooked:
        net.stem.register_forward_hook(
            lambda _module, _inputs, output: output + F.avg_pool2d(output, 3, 1, 1)
        )
    assert_gradient_agrees(net, units=1)


def products(function: Callable[[Net, Tensor], Any]) -> int:
    return trace(Net(function), SIZE).macs - 4 * 27 * 24 * 26  # those of the stem


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        # Of 624 places with 4 channels each.
        (lambda net, x: net.stem(x).flatten(2).transpose(1, 2) @ net.weight, 624 * 4),
        (lambda net, x: torch.mv(net.stem(x).flatten(2)[0].t(), net.weight), 624 * 4),
        (lambda net, x: torch.dot(net.stem(x).flatten(), net.stem(x).flatten()), 624 * 4 + 4 * 27 * 624),
        (lambda net, x: torch.addmv(net.weight, net.linear.weight, net.stem(x).mean((0, 2, 3))), 16),
        (lambda net, x: F.bilinear(net.stem(x).mean((2, 3)), net.weight[None], torch.ones(5, 4, 4)), 80),
        (lambda net, x: torch.einsum("bchw,c->bhw", net.stem(x), net.weight), 624 * 4),
        (lambda net, x: net.conv((net.stem(x) > 0) * net.stem(x)), 624 * 4 * 36 + 4 * 27 * 624),
        (
            lambda net, x: F.scaled_dot_product_attention(*[net.stem(x).flatten(2).mT[:, None]] * 3),
            2 * 624 * 624 * 4,
        ),
        (lambda net, x: F.conv_transpose2d(net.stem(x), net.conv.weight), 624 * 4 * 36),
    ],
)
def test_products_are_counted(function: Callable[[Net, Tensor], Any], expected: int) -> None:
    assert products(function) == expected


def test_attention_that_is_run_with_numbers_counts_as_much() -> None:
    def forward(net: Net, x: Tensor) -> Tensor:
        assert x.sum() >= 0
        return F.scaled_dot_product_attention(*[net.stem(x).flatten(2).mT[:, None]] * 3)

    assert products(forward) == 2 * 624 * 624 * 4


def test_the_shape_is_without_the_batch_wherever_that_is() -> None:
    class Reader(nn.Module):
        def __init__(self, batch_first: bool) -> None:
            super().__init__()
            self.conv, self.first = nn.Conv2d(3, 8, 4, 4), batch_first
            self.lstm = nn.LSTM(48, 32, batch_first=batch_first)

        def forward(self, x: Tensor) -> Tensor:
            columns = self.conv(x).flatten(1, 2)  # (batch, 8·6, 6)
            return self.lstm(columns.permute(0, 2, 1) if self.first else columns.permute(2, 0, 1))[0]

    for batch_first in (False, True):
        table = trace(Reader(batch_first), SIZE)
        assert table["lstm"].output_shape == (6, 32)
        assert table["lstm"].macs == 6 * 4 * 32 * (48 + 32)


def test_pools_of_several_sizes_make_features_of_all_of_the_image() -> None:
    def forward(net: Net, x: Tensor) -> Tensor:
        x = net.stem(x)
        features = torch.cat([F.adaptive_avg_pool2d(x, size).flatten(1) for size in (1, 2)], 1)
        return F.linear(features[:, :4], net.linear.weight)

    table = trace(Net(forward), SIZE)
    assert [row.cells[-2] for row in table] == ["3", "all", "all", "14×15", "all", "all", "all"]
    assert table["linear"].macs == 16


def test_what_goes_from_place_to_place_is_refused_as_such() -> None:
    class Recurrent(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.gru = nn.Conv2d(3, 4, 3), nn.GRU(4, 2)

        def forward(self, x: Tensor) -> Tensor:
            return self.gru(self.conv(x).flatten(2).permute(2, 0, 1))[0]

    with pytest.raises(ValueError, match=r"layer 'gru' \(gru\), which goes from one place to the next\.$"):
        receptive_field(Recurrent(), None, SIZE)


def test_maps_with_channels_last_keep_their_order_in_the_table() -> None:
    table = trace(Net(lambda net, x: net.linear(net.stem(x).permute(0, 2, 3, 1))), SIZE)
    assert [(row.output_shape, row.cells[-2:]) for row in table] == [
        ((4, 24, 26), ("3", "1")),
        ((24, 26, 4), ("3", "1")),
        ((24, 26, 4), ("3", "1")),
    ]


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (
            lambda net, x, y: x,
            r"^Net cannot be run on one image: .*missing 1 required positional argument: 'y'\.$",
        ),
        (
            lambda net, x: net.stem(x).nothing,
            r"^Net cannot be run on one image after layer 'stem': .*'nothing'\.$",
        ),
        (lambda net, x: net.conv(x), r"^The network does not accept an image of 3×24×26 at layer 'conv': "),
    ],
)
def test_what_a_network_raises_is_said_and_not_blamed_on_the_size(
    function: Callable[..., Any], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        trace(Net(function), SIZE)


def test_a_loop_over_values_is_run_with_numbers() -> None:
    def forward(net: Net, x: Tensor) -> Tensor:
        while x.abs().sum() > 1:
            x = x / 2
        chosen = x[:, torch.ones(3) > 0]
        return net.conv(net.stem(chosen))

    net = Net(forward)
    assert receptive_field(net, None, SIZE).size == (5, 5)
    table = trace(net, SIZE)
    assert table.rows[-1].macs == 4 * 36 * 624
    with pytest.raises(
        ValueError, match=r"^Net cannot be read at layer 'bool': it looks at the values of its "
    ):
        trace(net, (3, 2**15, 2**15))


def test_what_a_network_tries_and_catches_is_no_refusal() -> None:
    def forward(net: Net, x: Tensor) -> Tensor:
        for attempt in (lambda: net.conv(x), lambda: x @ x, lambda: net.own(x.view(7, 7)), lambda: x[9]):
            with suppress(RuntimeError, IndexError, ValueError):
                return attempt()
        try:
            return net.linear(x)
        except RuntimeError:
            return net.conv(net.relu(net.stem(x)))

    net = Net(forward)
    assert [row.name for row in trace(net, SIZE)] == ["stem", "relu", "conv (2)"]
    assert assert_gradient_agrees(net).size == (5, 5)


def test_a_loop_without_end_is_refused() -> None:
    def forward(net: Net, x: Tensor) -> Tensor:
        while x.sum() < 1:
            x = x * 2
        return x

    with pytest.raises(
        ValueError, match=r"^Net cannot be read at layer '.*': it runs more than 20,000 operations"
    ):
        trace(Net(forward), SIZE)
