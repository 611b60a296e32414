"""`check` on lesson 6: the right answers, a hint for each way to go wrong, and numbers that its text has."""

import re
from copy import deepcopy
from itertools import combinations
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers import DenseBlockExplorer, build, check, counted, published, saved_for_backward, trace
from helpers.models.densenet import DenseBlock
from studies import dense as dense_study
from studies.parts import parameters
from studies.reuse import CUTS, IN_BLOCK_1, Mask, dense_net, input_and_previous
from tests.answers import Failing, assert_hint

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "6_densenet.ipynb"


class Block(nn.Module):
    """The exercise's block, right or wrong in one way."""

    def __init__(self, reads=(16, 24, 24), made=8, bias=False, norm=True, padding=1, kernel=3):
        super().__init__()
        self.norms = nn.ModuleList(nn.BatchNorm2d(each) for each in reads if norm)
        self.convs = nn.ModuleList(
            nn.Conv2d(each, made, kernel, padding=padding, bias=bias) for each in reads
        )

    def layer(self, number, x):
        return self.convs[number](F.relu(self.norms[number](x)))

    def join(self, x, new):
        return torch.cat([x, new], 1)

    def forward(self, x):
        reads = x
        for number in range(len(self.convs)):
            reads = self.join(x, self.layer(number, reads))
        return reads


class MadeInAnotherOrder(Block):
    """Its layers are listed from the last to the first, and joined the other way round inside."""

    def __init__(self):
        super().__init__(reads=(24, 24, 16))

    def forward(self, x):
        first = self.layer(2, x)
        second = self.layer(1, torch.cat([first, x], 1))
        return torch.cat([x, self.layer(0, torch.cat([second, x], 1))], 1)


class Nested(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second, self.third = (
            nn.Sequential(
                nn.BatchNorm2d(each), nn.ReLU(inplace=True), nn.Conv2d(each, 8, 3, 1, 1, bias=False)
            )
            for each in (16, 24, 24)
        )

    def forward(self, x):
        new = self.first(x)
        for layer in (self.second, self.third):
            new = layer(torch.cat((x, new), dim=1))
        return torch.cat((x, new), dim=1)


class NewFirst(Block):
    def forward(self, x):
        return super().forward(x).roll(8, 1)


class NoReLU(Block):
    def layer(self, number, x):
        return self.convs[number](self.norms[number](x))


class ReLUFirst(Block):
    def layer(self, number, x):
        return self.convs[number](self.norms[number](F.relu(x)))


class InPlace(Block):
    def layer(self, number, x):
        return self.convs[number](self.norms[number](x.relu_()))


class LastOnly(Block):
    def forward(self, x):
        return super().forward(x)[:, 16:]


class Cut(Block):
    def __init__(self, kept):
        super().__init__()
        self.kept = kept

    def forward(self, x):
        out = super().forward(x)
        return torch.cat([out, out], 1)[:, : self.kept]


class ReLULast(Block):
    def forward(self, x):
        out = super().forward(x)
        return torch.cat([out[:, :16], F.relu(out[:, 16:])], 1)


class FromTheFirst(Block):
    """The third layer reads the first one's maps again."""

    def forward(self, x):
        first = self.layer(0, x)
        self.layer(1, self.join(x, first))
        return self.join(x, self.layer(2, self.join(x, first)))


class Unused(Block):
    def forward(self, x):
        first = self.layer(0, x)
        return self.join(x, self.layer(1, self.join(x, first)))


class AfterTheConvolution(Block):
    def __init__(self):
        super().__init__()
        self.norms = nn.ModuleList(nn.BatchNorm2d(8) for _ in range(3))

    def layer(self, number, x):
        return F.relu(self.norms[number](self.convs[number](x)))


class NoNorm(Block):
    def __init__(self):
        super().__init__(norm=False)

    def layer(self, number, x):
        return self.convs[number](F.relu(x))


class SharedNorm(Block):
    def __init__(self):
        super().__init__()
        self.norms[2] = self.norms[1]


class Doubled(Block):
    def layer(self, number, x):
        return super().layer(number, 2 * x)


class Unfinished(nn.Module):
    def forward(self, x): ...


class Pair(Block):
    def forward(self, x):
        return x, super().forward(x)


def test_exercise_1_is_what_the_explorer_says():
    price = DenseBlockExplorer(in_channels=64, layers=6, growth_rate=32, shows="1×1")
    assert price.numbers.pays_from == 12
    price.bottleneck_width.value = 2
    assert "it saves weights in a block of 3 layers or more" in price.svg
    assert check("6.1", [2, price.numbers.pays_from]).startswith("Right. Layer 2 saves, but it must first")


def test_exercise_1_is_what_two_convolutions_hold():
    """Weights without the 1×1, and with one to 2k maps, of layers that read 64, 96 and 128 channels."""
    saved = [9 * c * 32 - (2 * c * 32 + 9 * 2 * 32 * 32) for c in (64, 96, 128)]
    assert [each > 0 for each in saved] == [False, True, True]
    assert sum(saved[:2]) < 0 < sum(saved)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ([3, 2], "other way round"),
        ([3, 3], "enough for itself"),
        ([1, 3], "Layer 1 reads 64 channels"),
        ([83, 3], "Which layer is the first"),
        ([96, 3], "Which layer is it"),
        ([7, 3], "That is with 4k maps, where"),
        ([4, 3], "64, 96, 128"),
        ([10**5000, 3], "64, 96, 128"),
        ([2, 12], "with 4k maps: set"),
        ([2, 2], "still costs a little. A *block* saves"),
        ([2, 1], "there the 1×1 costs"),
        ([2, 4], "the words in red above"),
        ([2.1, 3], "is not a whole number"),
        (["two", 3], "is not a number"),
        (3, "is not a list of 2 answers"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_exercise_1_hints(answer, hint):
    assert_hint(check("6.1", answer), hint)


def readers_that_lose(kept):
    """For each source that a reader of a block of six layers loses, its number: once for each reader."""
    pairs = [(source, reader) for reader in range(1, 8) for source in range(reader)]
    return [source for source, reader in pairs if not kept(source, reader)]


def test_exercise_2_is_what_the_cuts_take():
    """The input to its next reader only, and all layers to no reader, where 32 maps come in."""
    taken = 32 * len(readers_that_lose(CUTS["the input to its next reader only"]))
    most = 8 * len(readers_that_lose(lambda source, reader: source == 0))
    assert check("6.2", [taken, most]).startswith("Right. 6 · 32 = 192 maps, and 21 · 8 = 168")
    assert check("6.2", (192.0, np.int64(168))).startswith("Right. ")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ([168, 192], "other way round"),
        ([96, 168], "in the first block"),
        ([224, 168], "How many readers lose it"),
        ([160, 168], "What follows the block reads the input, too"),
        ([288, 168], "in both blocks"),
        ([32, 168], "again for each reader"),
        ([6, 168], "how many maps each"),
        ([48, 168], "8 are what a layer makes"),
        ([1, 168], "layers 2 to 6, and what follows the block"),
        ([192, 48], "layer 1 has six"),
        ([192, 21], "has 8 maps"),
        ([192, 120], "layer 6 has one"),
        ([192, 288], "only one. Add them up"),
        ([192, 336], "in both blocks"),
        ([192, 360], "cut only the layers"),
        ([192, 192], "layer 2 five"),
        ([192, 224], "the seventh source is the input"),
        ([192, 1], "6, 5, 4, 3, 2 and 1 readers"),
        ([192, 1.5], "is not a whole number"),
        (["many", 168], "is not a number"),
        (192, "is not a list of 2 answers"),
    ],
)
def test_exercise_2_hints(answer, hint):
    assert_hint(check("6.2", answer), hint)


def test_exercise_3_is_what_a_block_keeps():
    numbers = DenseBlockExplorer(in_channels=16, layers=4, growth_rate=8, bottleneck="without").numbers
    assert check("6.3", [numbers.kept_maps, 16 + 3 * 8]).startswith("Right. ")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ([40, 224], "other way round"),
        ([112, 40], "kept again after BN and ReLU"),
        ([40, 40], "all that *it* reads"),
        ([48, 40], "what comes out"),
        ([480, 40], "there is none"),
        ([272, 40], "kept by whoever reads it"),
        ([1, 40], "16, 24, 32 and 40"),
        ([224, 48], "The fourth layer's maps"),
        ([224, 24], "The block's input is kept"),
        ([224, 32], "leave out the fourth"),
        ([224, 112], "kept once"),
        ([224, 1], "8 of each layer but the last"),
        (224, "is not a list of 2 answers"),
    ],
)
def test_exercise_3_hints(answer, hint):
    assert_hint(check("6.3", answer), hint)


def test_exercise_4_is_what_pytorch_makes_of_it():
    norm = nn.BatchNorm2d(1, eps=0).eval()
    nn.init.constant_(norm.running_mean, -3)
    nn.init.constant_(norm.running_var, 4)
    with torch.no_grad():
        theirs = 2 * F.relu(norm(torch.zeros(1, 1, 1, 1))).item()
    assert check("6.4", [theirs, 0]).startswith("Right. ")
    assert check("6.4", (np.float64(3), torch.tensor(0))).startswith("Right. ")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ([0, 3], "other way round"),
        ([0, 0], "still subtracts its old mean"),
        ([-3, 0], "a ReLU lets nothing below 0 pass"),
        ([6, 0], "standard deviation, 2"),
        ([2, 0], "then times the weight"),
        ([1.5, 0], "Don't forget the weight: the ReLU gives 1.5"),
        ([-1.5, 0], "mind the sign"),
        ([9, 0], "(0 − (−3)) / 2"),
        ([1, 0], "(0 − (−3)) / 2"),
        ([3, 3], "With weight 0 a map adds nothing"),
        (["3", 0], "is not a number"),
        ([float("nan"), 0], "is not a number to count with"),
        (3, "is not a list of 2 answers"),
    ],
)
def test_exercise_4_hints(answer, hint):
    assert_hint(check("6.4", answer), hint)


@pytest.mark.parametrize("answer", [Block(), MadeInAnotherOrder(), Nested()])
def test_exercise_5_right(answer):
    assert check("6.5", answer).startswith("Right. Each layer reads the input and the layer just before it")


def test_exercise_5_is_the_study_s_own_block_but_for_the_1x1():
    """What the study cuts from the start is what such a block never has."""
    network = dense_net(input_and_previous)
    kept = [layer.conv1[0].kept.flatten().bool().tolist() for layer in network.denseblock1.children()]
    assert kept[2] == [True] * 16 + [False] * 8 + [True] * 8
    assert [sum(each) for each in kept] == [16, 24, 24, 24, 24, 24]


def test_exercise_5_is_right_after_training_and_leaves_mode_and_running_means_alone():
    block = Block()
    block(torch.randn(4, 16, 6, 6))
    block.norms[1].eval()
    before = deepcopy(block.state_dict())
    modes = [module.training for module in block.modules()]
    assert check("6.5", block).startswith("Right. ")
    assert [module.training for module in block.modules()] == modes
    assert all(torch.equal(value, before[name]) for name, value in block.state_dict().items())
    assert not block.convs[0]._forward_hooks


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (3, "the module itself"),
        (Block, "the module itself"),
        (Failing(), "Your answer raised KeyError"),
        (Unfinished(), "gives nothing back yet"),
        (Pair(), "a tensor of shape (N, 24"),
        (nn.Sequential(nn.Flatten()), "a tensor of shape (N, 24"),
        (Block(padding=0), "torch.cat joins maps of one size"),
        (nn.Conv2d(16, 24, 3), "9×8 pixels became 7×6"),
        (LastOnly(), "the last layer's 8 maps alone"),
        (Cut(16), "as an addition would"),
        (Cut(32), "It gives 32 channels: the input's"),
        (Cut(25), "It gives 25 channels; the input's"),
        (DenseBlock(16, layers=3, growth_rate=8, bottleneck=None), "that is the whole dense block"),
        (nn.Conv2d(16, 24, 3, padding=1), "It holds 1 convolutions"),
        (DenseBlock(16, layers=1, growth_rate=8), "make it three 3×3"),
        (Block(bias=True), "It has biases"),
        (NoNorm(), "Batch norm is nowhere"),
        (SharedNorm(), "Batch norm is of 16, 24 channels"),
        (AfterTheConvolution(), "Batch norm is of 8, 8, 8 channels"),
        (NewFirst(), "put it first"),
        (InPlace(), "should be the input, unchanged"),
        (NoReLU(), "Layer 1 has no ReLU"),
        (ReLUFirst(), "Layer 1 should read BN–ReLU of the input."),
        (Doubled(), "Layer 1 should read BN–ReLU of the input."),
        (FromTheFirst(), "Layer 3 reads the maps of layer 1, not of layer 2"),
        (Unused(), "should run once"),
        (ReLULast(), "as its 3×3 makes them"),
        (nn.Linear(3, 4), "Your answer raised RuntimeError"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_exercise_5_hints(answer, hint):
    assert_hint(check("6.5", answer), hint)


class Reading(Block):
    """Reads so many channels in each layer, whatever they are."""

    def layer(self, number, x):
        reads = self.convs[number].in_channels
        return super().layer(number, torch.cat([x, x], 1)[:, :reads])


@pytest.mark.parametrize(
    ("reads", "hint"),
    [
        ((16, 24, 32), "that is a dense block"),
        ((16, 8, 8), "that is a plain stack"),
        ((16, 16, 16), "never the layer just before it"),
        ((24, 24, 24), "the first reads the input's 16"),
    ],
)
def test_exercise_5_hints_on_what_is_read(reads, hint):
    assert_hint(check("6.5", Reading(reads=reads)), hint)


def source() -> str:
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def text() -> str:
    return " ".join(source().split())


def test_what_the_text_says_of_the_four_blocks_is_what_the_explorer_shows():
    blocks = ((64, 6), (128, 12), (256, 24), (512, 16))
    found = [
        DenseBlockExplorer(in_channels=entering, layers=layers, growth_rate=32).numbers.finding
        for entering, layers in blocks
    ]
    assert found == ["33 % more", "13 % fewer", "35 % fewer", "39 % fewer"]
    assert min(c for c in range(1, 512) if 128 * c + 9 * 128 * 32 < 9 * 32 * c) == 231
    assert "each further channel adds 288 weights to the 3×3 alone, and only 128 to the pair," in text()
    assert "so the 1×1 saves from 231 channels on (64 + 26,624 / 160)." in text()
    assert (45_056 - 18_432, 288 - 128, 64 + 26_624 // 160 + 1) == (26_624, 160, 231)
    assert "In DenseNet-121, the paper's smallest, it saves in no layer of the first block" in text()
    assert (blocks[0][0] + 5 * 32, blocks[2][0]) == (
        224,
        256,
    )  # the most in the first, the least in the third
    assert "33 percent more weights in the first block, and 13, 35 and 39 percent fewer" in text()


def test_what_the_text_says_a_block_keeps_is_so():
    numbers = DenseBlockExplorer().numbers
    assert list(numbers.kept.values()) == [864, 864, 1536]
    # All four blocks of DenseNet-121: what is joined, and that after BN–ReLU, in numbers of 4 bytes.
    blocks = ((64, 6, 56), (128, 12, 28), (256, 24, 14), (512, 16, 7))
    joined = sum(
        2 * 4 * side**2 * sum(range(entering, entering + 32 * layers, 32))
        for entering, layers, side in blocks
    )
    assert 131e6 / 2 < joined < 131e6
    assert "864 joined maps are kept, and only 224 are different" in text()
    assert "More than half of the 131 are there because each dense layer stores all that it reads" in text()
    assert "2 · (64 + 96 + … + 224) + 2 · 6 · 128 = 1,728 + 1,536 = 3,264 maps" in text()


def test_what_the_text_says_of_the_contestants_is_so():
    dense, weights, work = dense_study.STUDY.networks.values()
    assert [round(parameters(each) / 1000) for each in (dense, weights)] == [46, 43]
    assert [round(dense_study.macs(each) / 1e6, 2) for each in (dense, work)] == [1.21, 1.25]
    assert 2.75 < parameters(work) / parameters(dense) < 3
    assert (
        "with 46 thousand parameters, meets two ResNets of 14 layers: one with about as many parameters"
        in text()
    )
    assert "(43 thousand), one with about as much work (1.25 million MACs to the DenseNet's 1.21)" in text()
    assert "nearly three times the parameters" in text()
    convolutions = [each for each in dense().modules() if isinstance(each, nn.Conv2d | nn.Linear)]
    assert len(convolutions) == 28
    assert "this DenseNet has 28 layers, twice as many" in text()


def test_what_the_text_says_of_connections_and_weights_is_so():
    """By the study's own cuts: how many of a block's connections each takes, and how many weights."""
    pairs = [(source, reader) for reader in range(1, 8) for source in range(reader)]
    cuts = {name: sum(not kept(*each) for each in pairs) for name, kept in CUTS.items()}
    assert len(pairs) == 28
    assert cuts["not the layer just before"] == cuts["the input to its next reader only"] == 6
    assert (cuts["the layer just before, and the input"], cuts["the layer just before only"]) == (15, 21)
    network = dense_net(input_and_previous)
    whole = parameters(dense_net)
    idle = 0
    for part in network.modules():
        if isinstance(part, Mask):
            idle += int((part.kept == 0).sum()) * 32
    # The classifier, which the last mask stands in front of, has 10 outputs where a 1×1 has 32.
    idle -= 5 * 8 * (32 - 10)
    assert round(100 * idle / whole) == 14
    assert "They also have fewer weights, by 14 and by 17 percent." in text()


def test_the_triangle_and_the_maps_are_those_of_the_cuts():
    """Each letter of the lesson's table is cut by the study's cut of that name, and by no other."""
    rows = re.findall(r"^\| (input|layer \d) ((?:\| ?[●abc]? ?)+)\|$", source(), re.M)
    assert [name for name, _ in rows] == ["input", *(f"layer {number}" for number in range(1, 7))]
    names = {
        "a": "not the layer just before",
        "b": "the input to its next reader only",
        "c": "the layer just before, and the input",
    }
    counts = dict.fromkeys("abc", 0)
    for row, (_, cells) in enumerate(rows):
        letters = [cell.strip() for cell in cells.split("|")][1:]
        assert len(letters) == 7
        for reader, letter in enumerate(letters, 1):
            cut = "".join(
                each for each, name in names.items() if row < reader and not CUTS[name](row, reader)
            )
            assert cut == letter.replace("●", "")
            if letter in counts:
                counts[letter] += 1
    assert counts == {"a": 6, "b": 6, "c": 15}
    assert "**b** also takes the most maps: 288, against 240 for **c** and 96 for **a**." in text()
    assert (6 * 8 * 2, 15 * 8 * 2, 6 * 16 + 6 * 32) == (96, 240, 288)
    assert (6 + 5 + 4 + 3) * 8 * 2 == 288


def test_the_partners_of_the_fair_test_are_all_that_there_are():
    """Layers of the first block that take as many maps as the input to its next reader only."""
    taken = 16 * len(readers_that_lose(IN_BLOCK_1["block 1: the input to its next reader only"]))
    choices = [
        layers
        for number in range(1, 7)
        for layers in combinations(range(1, 7), number)
        if 8 * len(readers_that_lose(lambda source, reader, cut=layers: source not in cut)) == taken
    ]
    assert taken == 96
    assert choices == [(1, 2, 6), (1, 3, 5), (2, 3, 4), (1, 4, 5, 6), (2, 3, 5, 6)]
    assert "If all these readers lose them, that makes (6 + 5 + 1) · 8 = 96 maps, too." in text()
    assert "Five choices of layers come to 96, and the picture shows them all." in text()
    listed = ", ".join(str(list(layers)) for layers in choices)
    assert any(
        f"for layers in ({listed}):" in cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells
    )
    assert {name.partition(": ")[2] for name in list(IN_BLOCK_1)[1:]} == {
        f"layers {', '.join(map(str, layers))} to no reader" for layers in choices
    }


def test_what_the_text_says_of_the_paper_s_network_is_counted():
    """A DenseNet of 40 layers without 1×1 and compression: the paper, section 3 and figure 5."""
    each = (40 - 4) // 3
    assert (16 + each * 12, 16 + 2 * each * 12) == (160, 304)
    assert "16 + 12 · 12 = 160 maps enter the second block and 304 the third" in text()


def test_what_the_text_says_of_memory_is_so():
    assert round(3264 * 56 * 56 * 4 / 1e6) == 41
    assert round(256 * 56 * 56 * 4 / 1e6) == 3
    assert "these are 41 MB; the 256 maps that come out take 3 MB" in text()
    photo = torch.zeros(1, 3, 224, 224)
    dense, residual = (
        saved_for_backward(build(name, device="cpu"), photo) / 1e6 for name in ("densenet121", "resnet50")
    )
    assert (round(dense), round(residual)) == (131, 82)
    assert (
        "DenseNet-121 keeps 131 MB of maps. ResNet-50, with three times the parameters, keeps 82." in text()
    )
    assert "DenseNet-121 keeps 131 MB of maps for each photo, where ResNet-50 keeps 82" in text()
    dense, residual = (3 * 4 * counted(name).parameters / 1e6 for name in ("densenet121", "resnet50"))
    assert (round(dense), round(residual)) == (96, 307)
    assert 4 < (residual - dense) / (131 - 82) < 5
    assert "From five photos on, the extra 49 MB for each outweigh 307 − 96 = 211 MB of parameters." in text()


def torchvision(name):
    with torch.device("meta"):
        work = trace(build(name, edition="torchvision", device="meta")).macs / 1e9
    return work, first_weights(name).value


def first_weights(name):
    [found] = [each for each in published(name, "top-1 error", edition="torchvision") if each.variant == ""]
    return found


def test_what_the_text_says_of_equal_work_is_so():
    """DenseNet's error against that of a ResNet of as much work, on the straight line between two of them."""
    residual = [torchvision(f"resnet{depth}") for depth in (18, 34, 50, 101, 152)]
    ahead = {}
    for depth in (121, 169, 201, 161):
        work, error = torchvision(f"densenet{depth}")
        ahead[depth] = float(np.interp(work, *zip(*residual, strict=True))) - error
    assert min(ahead[121], ahead[169]) > 2.5
    assert 0 < ahead[201] < 1
    assert -0.5 < ahead[161] < 0
    assert "at 4 by less than a point, and at 8 no longer" in text()


@pytest.mark.parametrize(
    ("network", "variant", "error"),
    [
        ("preact_resnet1001", "with augmentation", 4.62),
        ("densenet_bc100", "k = 12, with augmentation", 4.51),
        ("preact_resnet1001", "", 10.56),
        ("densenet_bc100", "k = 12, with dropout", 5.92),
    ],
)
def test_what_the_text_says_of_cifar10_is_published(network, variant, error):
    figures = published(network, "classification error", edition="paper")
    [found] = [each for each in figures if (each.data, each.variant) == ("CIFAR-10 test", variant)]
    assert found.value == error
    assert f"{error}" in text()
