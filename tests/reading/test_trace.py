"""The table of a network agrees with PyTorch and with the arithmetic, and leaves the network alone."""

import subprocess
import sys

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from helpers.arithmetic import Convolution
from helpers.models import build
from helpers.reading.receptive_field import receptive_field
from helpers.reading.trace import trace
from tests.networks import Branches, Function, random_networks


def counted(model: nn.Module, size: tuple[int, int, int]) -> tuple[int, int]:
    """Parameters and MACs as PyTorch counts them."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(torch.zeros(1, *size))
    return sum(parameter.numel() for parameter in model.parameters()), counter.get_total_flops() // 2


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@settings(deadline=None, derandomize=True, max_examples=40)
@given(model=random_networks())
def test_random_networks_have_pytorch_s_totals_and_shapes(model):
    model.append(nn.AdaptiveAvgPool2d((2, 1))).append(nn.Flatten()).append(nn.LazyLinear(5))
    shapes: dict[str, tuple[int, ...]] = {}
    for name, module in model.named_modules():
        module.register_forward_hook(
            lambda _m, _i, out, name=name: shapes.update({name: tuple(out.shape[1:])})
        )
    with torch.no_grad():
        model(torch.zeros(1, 3, 60, 52))
    table = trace(model, (3, 60, 52))
    assert (table.parameters, table.macs) == counted(model, (3, 60, 52))
    assert (table.unlisted_parameters, table.unlisted_macs) == (0, 0)
    modules = [row for row in table if row.name in shapes]
    assert {row.name: row.output_shape for row in modules} == {row.name: shapes[row.name] for row in modules}
    assert len(modules) == sum(not list(m.children()) for m in model.modules() if not isinstance(m, Branches))
    last = table.rows[-4]  # before the pool, the flatten and the linear layer
    assert last.receptive_field == receptive_field(model, last.name) == receptive_field(model[:-3])
    assert last.jump == last.receptive_field.jump


def test_efficientnet_lite0_in_numbers():
    table = trace(build("efficientnet_lite0", device="meta"))
    assert table.parameters == 4_652_008
    assert table.macs == 385_187_552
    pointwise, linear = table.select("conv 1×1"), table.select("linear")
    assert pointwise.parameters == 3_146_112
    assert (linear.parameters, linear.macs) == (1_281_000, 1_280_000)
    convolutions = table.macs - linear.macs
    assert round(convolutions / 1e6, 1) == 383.9
    assert round(pointwise.macs / 1e6, 1) == 338.5
    assert round(100 * pointwise.macs / convolutions, 1) == 88.2
    assert round(100 * pointwise.parameters / table.parameters, 1) == 67.6
    assert table.select("conv").macs + table.select("depthwise").macs == convolutions


def test_every_convolution_of_efficientnet_lite0_has_the_arithmetic_s_numbers():
    model = build("efficientnet_lite0", device="meta")
    table = trace(model, (3, 160, 224))
    before = None
    for row in table:
        layer = model.get_submodule(row.name) if "add" not in row.name else None
        if isinstance(layer, nn.Conv2d):
            closed = Convolution(
                layer.in_channels,
                layer.out_channels,
                layer.kernel_size,
                layer.stride,
                layer.padding,
                groups=layer.groups,
                bias=False,
            )
            size = (160, 224) if before is None else before.output_shape[1:]
            assert row.output_shape == closed.output_shape(size)
            assert (row.parameters, row.macs) == (closed.parameters, closed.macs(size))
        before = row
    assert table["head.conv"].output_shape == (1280, 5, 7)


def test_a_trained_network_is_left_as_it_is_and_nothing_of_its_size_is_allocated():
    model = build("efficientnet_lite0", weights="imagenet", device="cpu").train()
    model.blocks[3].eval()
    calls = []
    model.head.register_forward_hook(lambda *_: calls.append("hook"))
    before = {name: (tensor.data_ptr(), tensor.clone()) for name, tensor in model.state_dict().items()}
    modes = [module.training for module in model.modules()]
    # The first map alone would be 32 × 2^27 × 2^27 numbers.
    table = trace(model, (3, 2**28, 2**28))
    assert table["stem.conv"].output_shape == (32, 2**27, 2**27)
    assert modes == [module.training for module in model.modules()]
    assert calls == ["hook"]  # it runs, as in any pass: it may change what the layer puts out
    for name, tensor in model.state_dict().items():
        assert tensor.data_ptr() == before[name][0]
        assert torch.equal(tensor, before[name][1])
    assert len(model.head._forward_hooks) == 1


def test_it_works_in_inference_mode_and_with_half_precision():
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.GroupNorm(2, 4), nn.Flatten(), nn.Linear(144, 2)).half()
    with torch.inference_mode():
        inside = trace(model, (3, 8, 8))
    assert inside == trace(model, (3, 8, 8))


@pytest.mark.parametrize("choose", [True, False])
def test_tensors_that_a_network_makes_as_it_runs_are_no_obstacle(choose):
    def forward(net: Function, x: Tensor) -> Tensor:
        if choose and x.shape[2] > 4:
            x = x + torch.ones(x.shape[2], 1)
        return net.conv(x - torch.tensor([1.0, 2.0, 3.0]).view(3, 1, 1))

    table = trace(Function(forward, conv=nn.Conv2d(3, 2, 3)), (3, 6, 6))
    assert [row.name for row in table] == ["add"] * choose + ["sub", "conv"]
    assert table["conv"].output_shape == (2, 4, 4)
    assert table["conv"].receptive_field.size == (3, 3)


class Shared(nn.Module):
    """Parameters that are shared, its own, used by a function, and never used."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1)
        self.tied = nn.Conv2d(3, 3, 3, padding=1)
        self.tied.weight = self.conv.weight
        self.scale = nn.Parameter(torch.ones(3, 1, 1))
        self.weight = nn.Parameter(torch.ones(5, 3, 1, 1))
        self.auxiliary = nn.Linear(10, 10)
        self.register_buffer("mean", torch.zeros(3, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        y = self.tied(self.conv(self.conv(x - self.mean)))
        if self.training:
            y = self.auxiliary(y)
        return F.conv2d(self.scale * y, self.weight * 2)


def test_each_parameter_counts_once_wherever_it_is_held():
    model = Shared()
    table = trace(model, (3, 10, 12))
    assert [(row.name, row.kind, row.parameters, row.macs) for row in table] == [
        ("sub", "subtract", 0, 0),
        ("conv", "conv 3×3", 84, 81 * 120),
        ("conv (2)", "conv 3×3", 0, 81 * 120),
        ("tied", "conv 3×3", 3, 81 * 120),
        ("mul", "multiply", 3, 0),
        ("conv2d", "conv 1×1", 15, 15 * 120),
    ]
    assert table.unlisted_parameters == 110
    assert (table.parameters, table.macs) == counted(model.eval(), (3, 10, 12))
    assert "In no layer of the table: 110 parameters and 0 MACs." in repr(table)


def test_rare_products_are_counted_as_pytorch_counts_them():
    model = Function(
        lambda net, x: net.linear(net.deconv(x).flatten(2) @ net.deconv(x).flatten(2).transpose(1, 2)),
        deconv=nn.ConvTranspose2d(3, 4, 2, 2),
        linear=nn.Linear(4, 2),
    )
    table = trace(model, (3, 6, 5))
    assert (table.parameters, table.macs) == counted(model, (3, 6, 5))
    assert table["matmul"].macs == 4 * 4 * 120
    assert (table["deconv"].kind, table["deconv"].macs) == ("transposed conv", 48 * 30)


def test_sizes_that_a_network_asks_for_are_no_layers():
    (row,) = trace(Function(lambda x: x.view(x.size(0), -1)), (3, 4, 4))
    assert (row.name, row.output_shape) == ("view", (48,))


def test_products_of_weights_alone_belong_to_the_next_layer():
    a, b = nn.Parameter(torch.ones(6, 4)), nn.Parameter(torch.ones(4, 6))
    (row,) = trace(Function(lambda net, x: x * (net.a @ net.b), a=a, b=b), (3, 6, 6))
    assert (row.name, row.parameters, row.macs) == ("mul", 48, 6 * 4 * 6)


def test_a_field_that_cannot_be_followed_is_a_question_mark_and_the_rest_is_there():
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Upsample(scale_factor=2), nn.Conv2d(4, 2, 1))
    table = trace(model, (3, 8, 8))
    assert [row.cells[-2:] for row in table] == [("3", "1"), ("?", ""), ("?", "")]
    assert table["2"].output_shape == (2, 12, 12)
    assert (table.parameters, table.macs) == counted(model, (3, 8, 8))


def test_rectangular_fields_and_jumps_are_written_as_height_by_width():
    table = trace(nn.Sequential(nn.Conv2d(3, 4, (1, 5), stride=(2, 1))), (3, 8, 8))
    assert table["0"].cells[-2:] == ("1×5", "2×1")


def test_a_map_that_sees_everything_keeps_its_jump():
    excited = Function(lambda x: x * x.mean((2, 3), keepdim=True))
    table = trace(nn.Sequential(nn.Conv2d(3, 4, 3, 2), excited, nn.MaxPool2d(2), nn.Flatten()), (3, 32, 32))
    assert [row.cells[-2:] for row in table] == [
        ("3", "2"),
        ("all", ""),
        ("all", "2"),
        ("all", "4"),
        ("all", ""),
    ]
    assert table["1.mean"].kind == "global avg-pool"
    assert table["1.mul"].sees_everything
    assert not table["0"].sees_everything


def test_a_network_that_chooses_by_its_input_is_read_as_it_runs():
    def forward(net: Function, x: Tensor) -> Tensor:
        if x.shape[2] > 4:  # a choice that depends on the input
            x = net.conv(net.relu(net.conv(x)))
        return net.attention(*[F.conv2d(x, net.weight).flatten(2)] * 3)[0]

    model = Function(
        forward,
        conv=nn.Conv2d(3, 3, 3, padding=1),
        relu=nn.ReLU(),
        attention=nn.MultiheadAttention(36, 2, batch_first=True),
        weight=nn.Parameter(torch.ones(5, 3, 1, 1)),
    )
    table = trace(model, (3, 6, 6))
    assert [(row.name, row.kind) for row in table] == [
        ("conv", "conv 3×3"),
        ("relu", "relu"),
        ("conv (2)", "conv 3×3"),
        ("conv2d", "conv 1×1"),
        ("flatten", "flatten"),
        ("attention", "attention"),
    ]
    assert table["conv"].macs == 81 * 36
    assert table["attention"].output_shape == (5, 36)
    assert [row.cells[-2:] for row in table] == [*[("3", "1")] * 2, *[("5", "1")] * 2, ("?", ""), ("all", "")]
    assert (table.parameters, table.macs) == counted(model, (3, 6, 6))
    assert (table.unlisted_parameters, table.unlisted_macs) == (0, 0)
    assert (table["conv2d"].parameters, table["conv2d"].macs) == (15, 15 * 36)
    assert {type(number) for number in (table.macs, *(row.macs for row in table))} == {int}
    with pytest.raises(ValueError, match=r"^The network does not accept an image of 2×6×6 at layer 'conv': "):
        trace(model, (2, 6, 6))


def test_where_such_a_network_fails_is_said():
    def forward(net: Function, x: Tensor) -> Tensor:
        if x.shape[2] > 4:
            x = net.conv(net.relu(net.conv(x)))
        return net.linear(x)

    model = Function(forward, conv=nn.Conv2d(3, 3, 3), relu=nn.ReLU(), linear=nn.Linear(9, 2))
    sentence = r"^The network does not accept an image of 3×6×6 at layer 'linear': (?!None).*[^.]\.$"
    with pytest.raises(ValueError, match=sentence):
        trace(model, (3, 6, 6))


@pytest.mark.parametrize(
    ("size", "sentence"),
    [
        (224, r"^input_size must be \(channels, height, width\), not 224\.$"),
        ((224, 224), r"^input_size must be \(channels, height, width\), not \(224, 224\)\.$"),
        ((3, 0, 9), r"^input_size must be a whole number of at least 1, got 0"),
        ((3, 9.5, 9), r"^input_size must be a whole number of at least 1, got 9\.5"),
        ((1, 9, 9), r"^The network does not accept an image of 1×9×9 at layer '0': .*[^.]\.$"),
        ((3, 2, 9), r"^The network does not accept an image of 3×2×9 at layer '0': .*[^.]\.$"),
        ((3, 9, 11), r"^The network does not accept an image of 3×9×11 at layer '3': .*[^.]\.$"),
    ],
)
def test_an_image_that_does_not_fit_is_refused_in_a_sentence(size, sentence):
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(196, 2))
    with pytest.raises(ValueError, match=sentence) as caught:
        trace(model, size)
    assert "\n" not in str(caught.value)
    assert "None" not in str(caught.value)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: torch.cat([x, x[:, :, 1:]], 1),
        lambda x: x + x[:, :, 1:],
        lambda x: F.adaptive_avg_pool2d(x, (2, -1)),
    ],
)
def test_shapes_that_do_not_fit_each_other_are_not_passed_over(function):
    with pytest.raises(ValueError, match=r"^The network does not accept an image of 3×8×8 at layer '"):
        trace(Function(function), (3, 8, 8))
    with pytest.raises(ValueError, match="at layer '0'"):
        trace(nn.Sequential(nn.BatchNorm2d(5)), (3, 8, 8))


def test_what_no_size_would_mend_is_not_blamed_on_the_size():
    with pytest.raises(
        ValueError, match=r"^Function cannot be run on one image at layer 'adaptive_avg_pool2d': .*[^.]\.$"
    ) as caught:
        trace(Function(lambda x: F.adaptive_avg_pool2d(x, "7")), (3, 8, 8))
    assert "input_size" not in str(caught.value)


def test_the_first_table_does_not_wait_for_pytorch_s_compiler_to_load():
    code = (
        "import sys; from helpers.models import build; from helpers.reading.trace import trace; "
        "trace(build('efficientnet_lite0', device='meta')); print('torch._dynamo' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "False\n"
