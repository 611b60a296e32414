"""The table of a network: what it says of each kind of layer, and how rows are selected and put together."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from helpers.models import build
from helpers.reading.trace import trace
from tests.networks import Function


class Kinds(nn.Module):
    """One of each kind of layer, as modules and as functions."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.ZeroPad2d((0, 1, 0, 1)), nn.Conv2d(3, 8, 3, 2), nn.BatchNorm2d(8), nn.ReLU6()
        )
        self.grouped = nn.Conv2d(8, 8, (1, 7), (1, 2), (0, 3), groups=2)
        self.depthwise = nn.Conv2d(8, 8, 5, padding="same", dilation=2, groups=8)
        self.lrn = nn.LocalResponseNorm(5)
        self.pool = nn.MaxPool2d(3, 2)
        self.linear = nn.Linear(16, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.depthwise(self.grouped(self.stem(x)))
        x = F.relu(self.lrn(x), inplace=True)
        x = self.pool(x)
        x = F.avg_pool2d(x, 2) + F.max_pool2d(x, kernel_size=2, stride=2)
        x = x * torch.sigmoid(x.mean((2, 3), keepdim=True))
        x = torch.cat([x, F.adaptive_avg_pool2d(x, x.shape[-2:])], dim=1)
        x = F.adaptive_avg_pool2d(F.dropout(x, training=self.training), 1)
        return F.softmax(self.linear(torch.flatten(x, 1)), dim=1)


KINDS = """
layer                    kind                   output   parameters     MACs  field  jump
─────────────────────────────────────────────────────────────────────────────────────────
stem.0                   pad                    3×66×66           0        0      1     1
stem.1                   conv 3×3 s2            8×32×32         224  221,184      3     2
stem.2                   batch norm             8×32×32          16        0      3     2
stem.3                   relu6                  8×32×32           0        0      3     2
grouped                  conv 1×7 s1×2 g2       8×32×16         232  114,688   3×15   2×4
depthwise                depthwise 5×5 d2       8×32×16         208  102,400  19×47   2×4
lrn                      local response norm    8×32×16           0        0  19×47   2×4
relu                     relu                   8×32×16           0        0  19×47   2×4
pool                     max-pool 3×3 s2        8×15×7            0        0  23×55   4×8
avg_pool2d               avg-pool 2×2 s2        8×7×3             0        0  27×63  8×16
max_pool2d               max-pool 2×2 s2        8×7×3             0        0  27×63  8×16
add                      add                    8×7×3             0        0  27×63  8×16
mean                     global avg-pool        8×1×1             0        0    all
sigmoid                  sigmoid                8×1×1             0        0    all
mul                      multiply               8×7×3             0        0    all  8×16
adaptive_avg_pool2d      adaptive avg-pool 7×3  8×7×3             0        0    all  8×16
cat                      concat                 16×7×3            0        0    all  8×16
dropout                  dropout                16×7×3            0        0    all  8×16
adaptive_avg_pool2d (2)  global avg-pool        16×1×1            0        0    all
flatten                  flatten                16                0        0    all
linear                   linear                 4                68       64    all
softmax                  softmax                4                 0        0    all
─────────────────────────────────────────────────────────────────────────────────────────
total                                                           748  438,336
"""


def test_the_table_says_what_each_layer_is():
    table = trace(Kinds(), (3, 65, 65))
    assert repr(table) == KINDS.strip()
    assert not hasattr(table, "_repr_html_")  # text alone, which every front end and every diff shows alike


def test_what_only_hands_a_tensor_on_has_no_row():
    table = trace(Function(lambda x: x.contiguous().float().chunk(3, 1)[1][:, :, 1:].relu()), (3, 4, 4))
    assert [(row.name, row.output_shape) for row in table] == [("chunk", (1, 4, 4)), ("relu", (1, 3, 4))]


def test_rows_are_selected_by_kind_and_by_any_question():
    conv = nn.Conv2d
    model = nn.Sequential(conv(3, 4, 3), conv(4, 4, 1), conv(4, 4, 1, 2), conv(4, 4, (1, 11)), nn.Flatten())
    table = trace(model, (3, 32, 32))
    assert [row.name for row in table.select("conv 1×1")] == ["1", "2"]
    assert table.select("conv 1x1") == table.select("conv 1×1")
    assert [row.name for row in table.select("conv")] == ["0", "1", "2", "3"]
    assert [row.name for row in table.select("conv 1×1 s2")] == ["2"]
    assert table.select("conv 1×1").parameters == 40
    assert table.select("conv 1×1").macs == 16 * 30**2 + 16 * 15**2
    assert table.where(lambda row: row.parameters > 100).parameters == 112 + 180
    assert (len(table.select("linear")), table.select("linear").macs) == (0, 0)
    assert repr(table.select("linear")).endswith("0     0")


def test_an_unknown_row_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match=r"^There is no layer 'con'; choose '0'\.$"):
        trace(nn.Sequential(nn.Flatten()), (3, 4, 4))["con"]


def test_a_summary_has_a_row_for_each_block():
    table = trace(build("efficientnet_lite0", device="meta"))
    summary = table.summary()
    blocks = [f"blocks.{i}" for i in range(16)]
    assert [row.name for row in summary] == [
        "stem",
        *blocks,
        "head",
        "pool",
        "flatten",
        "dropout",
        "classifier",
    ]
    assert (summary.parameters, summary.macs) == (table.parameters, table.macs)
    assert summary["blocks.3"] == summary.select("conv 1×1, depthwise 5×5 s2, conv 1×1").rows[0]
    last = table["blocks.3.project.norm"]
    assert summary["blocks.3"].output_shape == last.output_shape
    assert summary["blocks.3"].receptive_field == last.receptive_field
    assert (
        summary["blocks.3"].parameters
        == table.where(lambda row: row.block == "blocks.3").parameters
        == 13_472
    )
    assert summary["flatten"] == table["flatten"]


def test_a_summary_may_be_by_depth_of_the_names():
    table = trace(build("efficientnet_lite0", device="meta"))
    assert [row.name for row in table.summary(depth=1)][:3] == ["stem", "blocks", "head"]
    assert table.summary(depth=1)["blocks"].kind == "47 layers with MACs"
    assert len(table.summary(depth=9)) == len(table) == 150
    assert table.summary(depth=1).macs == table.macs
    with pytest.raises(ValueError, match=r"depth must be a whole number of at least 1, got 0"):
        table.summary(depth=0)
