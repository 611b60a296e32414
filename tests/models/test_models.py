"""The networks are the published ones: counted, padded and answering as their authors' do."""

import pytest
import torch
from torch import nn

from helpers.images.photos import EFFICIENTNET_LITE, photo
from helpers.models import build, network_names
from helpers.models.efficientnet_lite import MBConv
from helpers.models.weights import state_dict

# Table 1 of the EfficientNet paper, stages 2 to 8, as printed, with the size of the input to each stage
# (the paper's "resolution"): operator's expansion and kernel, resolution, channels, layers.
PAPER = [
    (1, 3, 112, 16, 1),
    (6, 3, 112, 24, 2),
    (6, 5, 56, 40, 2),
    (6, 3, 28, 80, 3),
    (6, 5, 14, 112, 3),
    (6, 5, 14, 192, 4),
    (6, 3, 7, 320, 1),
]


@pytest.fixture(scope="module")
def trained() -> nn.Module:
    return build("efficientnet_lite0", weights="imagenet", device="cpu")


def probabilities(net: nn.Module, name: str) -> torch.Tensor:
    with torch.inference_mode():
        return net(net.preprocessing(photo(name))).softmax(1)[0]


def test_efficientnet_lite0_has_the_published_number_of_parameters():
    net = build("efficientnet_lite0", device="meta")
    assert sum(parameter.numel() for parameter in net.parameters()) == 4_652_008
    pointwise = [m for m in net.modules() if isinstance(m, nn.Conv2d) and m.kernel_size == (1, 1)]
    assert sum(m.weight.numel() for m in pointwise) == 3_146_112


def test_the_blocks_follow_the_paper_s_table():
    net = build("efficientnet_lite0", device="meta")
    with torch.device("meta"):
        x = net.stem(torch.empty(1, 3, 224, 224))
    blocks = iter(net.blocks)
    channels = 32
    for expansion, kernel, resolution, out_channels, layers in PAPER:
        for layer in range(layers):
            # Within a stage only the first block sees the stage's resolution: it may halve it.
            assert x.shape[1:3] == (channels, resolution) or layer > 0
            block = next(blocks)
            depthwise = block.depthwise.conv
            assert depthwise.kernel_size == (kernel, kernel)
            assert depthwise.groups == depthwise.in_channels == expansion * channels
            assert isinstance(block.expand, nn.Identity) == (expansion == 1)
            assert block.adds == (layer > 0)
            x = block(x)
            channels = out_channels
    assert next(blocks, None) is None
    assert x.shape == (1, 320, 7, 7)
    assert net.head(x).shape == (1, 1280, 7, 7)


def test_padding_is_tensorflow_s_same_padding_at_224(trained):
    """Against the formula in TensorFlow's documentation: the output is ⌈n / s⌉, the odd pixel comes last."""
    seen = []

    def check(module: nn.Sequential, inputs: tuple[torch.Tensor], _output: torch.Tensor) -> None:
        conv, size = module.conv, inputs[0].shape[-1]
        stride, kernel = conv.stride[0], conv.kernel_size[0]
        total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
        before, after = total // 2, total - total // 2
        padded = nn.functional.pad(inputs[0], (before, after, before, after))
        expected = nn.functional.conv2d(padded, conv.weight, stride=stride, groups=conv.groups)
        padded_as_built = module.pad(inputs[0]) if hasattr(module, "pad") else inputs[0]
        torch.testing.assert_close(conv(padded_as_built), expected)
        seen.append((kernel, stride))

    layers = [m for m in trained.modules() if isinstance(m, nn.Sequential) and hasattr(m, "conv")]
    handles = [layer.register_forward_hook(check) for layer in layers]
    with torch.inference_mode():
        trained(torch.randn(1, 3, 224, 224, generator=torch.Generator().manual_seed(0)))
    for handle in handles:
        handle.remove()
    assert len(seen) == 49
    assert {(3, 1), (3, 2), (5, 1), (5, 2), (1, 1)} == set(seen)


def test_a_block_adds_its_input_only_where_the_shape_stays():
    x = torch.randn(1, 8, 6, 6)
    for in_channels, out_channels, stride, adds in [(8, 8, 1, True), (8, 8, 2, False), (8, 12, 1, False)]:
        block = MBConv(in_channels, out_channels, expansion=4, kernel_size=3, stride=stride).eval()
        nn.init.zeros_(block.project.norm.weight)  # the block's own branch is then 0
        y = block(x)
        assert torch.equal(y, x) if adds else not y.any()


def test_trained_weights_are_the_checkpoint_s_name_for_name(trained):
    loaded = state_dict("efficientnet_lite0", "imagenet")
    state = trained.state_dict()
    assert loaded.keys() == state.keys()
    assert all(torch.equal(loaded[name], state[name]) for name in state)
    # A sample of the checkpoint's own order: the third block's second batch norm is the depthwise one's.
    assert state["blocks.2.depthwise.norm.weight"].shape == (144,)
    assert state["blocks.0.project.conv.weight"].shape == (16, 32, 1, 1)
    assert {m.eps for m in trained.modules() if isinstance(m, nn.BatchNorm2d)} == {1e-3}


@pytest.mark.parametrize(
    ("name", "index", "probability"),
    # With symmetric padding at stride 2 the coffee would be an espresso with 0.934 only.
    [("coffee", 967, 0.951), ("chelsea", 282, 0.395), ("motorcycle", 665, 0.475), ("rocket", 657, 0.340)],
)
def test_it_names_what_the_photos_show(trained, name, index, probability):
    found = probabilities(trained, name)
    assert found.argmax() == index
    assert found[index].item() == pytest.approx(probability, abs=0.008)


def test_the_cat_is_one_of_three_tabbies(trained):
    assert probabilities(trained, "chelsea").topk(3).indices.tolist() == [282, 285, 281]


def test_a_network_comes_in_eval_mode_and_channels_last(trained):
    for net in (trained, build("efficientnet_lite0", device="cpu")):
        assert not any(module.training for module in net.modules())
        for weight in net.parameters():
            assert weight.device.type == "cpu"
            assert weight.requires_grad
            assert weight.dim() != 4 or weight.is_contiguous(memory_format=torch.channels_last)
        assert net.preprocessing is EFFICIENTNET_LITE


def test_on_meta_nothing_is_allocated_and_shapes_are_known():
    net = build("efficientnet_lite0", device="meta")
    assert all(tensor.is_meta for tensor in (*net.parameters(), *net.buffers()))
    assert net(torch.empty(2, 3, 224, 224, device="meta")).shape == (2, 1000)


def test_the_number_of_classes_sets_the_classifier():
    net = build("efficientnet_lite0", num_classes=7, device="cpu")
    assert net(torch.zeros(1, 3, 64, 64)).shape == (1, 7)


@pytest.mark.parametrize("name", network_names())
def test_every_known_name_builds_in_the_mode_and_with_the_classes_asked_for(name):
    net = build(name, num_classes=7, device="meta")
    assert not any(module.training for module in net.modules())
    assert [m.out_features for m in net.modules() if isinstance(m, nn.Linear)][-1] == 7
    assert all(tensor.is_meta for tensor in (*net.parameters(), *net.buffers()))


def test_large_networks_are_for_1000_classes_and_small_ones_for_10_if_not_said_otherwise():
    for name in network_names():
        net = build(name, device="meta")
        last = [m.out_features for m in net.modules() if isinstance(m, nn.Linear)][-1]
        small = max(m.in_channels for m in net.modules() if isinstance(m, nn.Conv2d)) < 384
        assert last == (10 if small else 1000), name
        assert hasattr(net, "preprocessing") == (not small)


@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        ("efficientnet", {}, r"There is no network 'efficientnet'; the nearest is 'efficientnet_lite0'\."),
        (None, {}, r"There is no network None; choose 'alexnet', .* or one of \d+ more\.$"),
        ([], {}, r"There is no network \[\]; choose 'alexnet', .* or one of \d+ more\.$"),
        ("alexnet", {"edition": "book"}, r"no edition of alexnet 'book'; choose 'paper' or 'torchvision'\."),
        ("vgg16_c", {"edition": "torchvision"}, r"edition of vgg16_c 'torchvision'; choose 'paper'\."),
        ("plain34", {"edition": "torchvision"}, r"edition of plain34 'torchvision'; choose 'paper'\."),
        ("small_vgg", {"edition": "torchvision"}, r"edition of small_vgg 'torchvision'; choose 'paper'\."),
        ("alexnet", {"edition": None}, r"There is no edition of alexnet None; choose 'paper' or"),
        ("googlenet", {"aux_head": True}, r"option of googlenet 'aux_head'; the nearest is 'aux_heads'\."),
        ("resnet50", {"aux_heads": True}, r"There is no option of resnet50 'aux_heads', nor any other\."),
        # What a name says is no option: plain nets have no shortcut, and vgg16_bn has its batch norm.
        ("plain20", {"shortcut": "A"}, r"There is no option of plain20 'shortcut'; choose 'in_channels', "),
        ("vgg16_bn", {"batch_norm": False}, r"There is no option of vgg16_bn 'batch_norm', nor any other\."),
        ("resnet20", {"shortcut": "D"}, r"There is no shortcut 'D'; choose 'A', 'B', 'C' or 'none'\."),
        ("resnet20", {"width": 0}, r"width must be a whole number of at least 1, got 0"),
        ("alexnet", {"num_classes": 2**62}, r"^No computer holds the network 'alexnet' at that size; use sm"),
        ("alexnet", {"weights": "imagenet"}, r"for edition='torchvision', not for 'paper'\.$"),
        (
            "efficientnet_lite0",
            {"weights": "imagnet"},
            r"no set of weights .* 'imagnet'; the nearest is 'imagenet'",
        ),
        (
            "efficientnet_lite0",
            {"weights": "imagenet", "num_classes": 10},
            r"1000 classes .* num_classes=10\.",
        ),
        (
            "efficientnet_lite0",
            {"weights": "imagenet", "device": "meta"},
            r"real device, not for device='meta'\.",
        ),
        ("efficientnet_lite0", {"device": "gpu"}, r"There is no device 'gpu' here"),
        ("resnet20", {"weights": "imagenet", "num_classes": 10}, r"for resnet20 'imagenet', nor any other\."),
        (
            "efficientnet_lite0",
            {"num_classes": 0},
            r"num_classes must be a whole number of at least 1, got 0",
        ),
        ("efficientnet_lite0", {"num_classes": 1e3}, r"num_classes must be a whole number .*, got 1000\.0"),
        ("efficientnet_lite0", {"num_classes": True}, r"num_classes must be a whole number .*, got True"),
    ],
)
def test_what_cannot_be_built_is_refused_in_a_sentence(name, arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        build(name, **arguments)


@pytest.mark.gpu
def test_the_accelerator_gives_the_cpu_s_answer(trained):
    net = build("efficientnet_lite0", weights="imagenet")
    assert next(net.parameters()).device.type != "cpu"
    image = net.preprocessing(photo("coffee"))
    with torch.inference_mode():
        scores = net(image.to(next(net.parameters()).device)).cpu()
        torch.testing.assert_close(scores.softmax(1), trained(image).softmax(1), atol=0.02, rtol=0)
