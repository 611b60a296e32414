"""Every public name, used as a lesson would: `make test` has mypy check this script, and runs none of it."""

from fractions import Fraction
from typing import Any, assert_type

import numpy as np
import torch
from PIL import Image
from torch import nn

import helpers
from helpers.arithmetic import ReceptiveField
from helpers.drawing.figures import Drawing
from helpers.lessons.sentence import Sentence
from helpers.running.training import History


def arithmetic() -> None:
    layer = helpers.Convolution(3, 64, kernel_size=7, stride=2, padding=3)
    assert_type(layer.weights, int)
    assert_type(layer.macs(224), int)
    assert_type(helpers.Linear(512, 10).weights, int)
    assert_type(helpers.Pooling(3, 2).output_size(55), tuple[int, int])
    assert_type(helpers.break_even(3, 64, 64), Fraction)


def explorers(network: nn.Module) -> None:
    reduction = helpers.ReductionExplorer(kernel_size=5)
    reduction.kernel_size.value = 3
    reduction.set(in_channels=64, reduced_channels=16)
    assert_type(reduction.numbers.direct.weights, int)
    assert_type(reduction.numbers.sentence, str)
    assert_type(reduction.status, str)
    helpers.ActivationExplorer(activation="tanh", depth=5)
    helpers.AugmentationExplorer("chelsea", seed=3)
    helpers.DenseAsConvExplorer("coffee", image_size=320)
    helpers.DenseBlockExplorer(layers=12, growth_rate=12)
    helpers.DropoutExplorer(p=0.3)
    helpers.FeatureMapExplorer(network, photo="chelsea")
    helpers.GroupExplorer(groups=4)
    helpers.InceptionExplorer("3b")
    helpers.KernelStackExplorer(depth=3)
    helpers.LRNExplorer(channel=4)
    helpers.NetworkComparison(x_axis="MACs")
    helpers.PixelMixer("coffee", preset="sepia")
    helpers.PoolingExplorer(window=2)
    helpers.ReceptiveFieldExplorer({"mine": network}, layer="conv1")
    helpers.ShortcutExplorer("basic")


def images() -> None:
    picture = helpers.photo("coffee", 224)
    assert_type(helpers.photo_names(), tuple[str, ...])
    helpers.open_image("mine.png")
    pixels = np.asarray(picture)
    chosen = helpers.draw_augmentation(1)
    helpers.augment(pixels, chosen)
    helpers.flip(helpers.crop(pixels, 0, 0, size=64))
    helpers.pca_colour(pixels, (0.1, 0, 0))
    helpers.to_tensor(picture)


def networks(picture: Image.Image) -> None:
    names = helpers.network_names()
    assert_type(names, tuple[str, ...])
    network = helpers.build(names[0], edition="torchvision", num_classes=10)
    assert_type(helpers.device_report(), str)
    print(helpers.trace(network, (3, 224, 224)).summary())
    assert_type(helpers.receptive_field(network, "layer1"), ReceptiveField | None)
    print(helpers.counted("vgg16").parameters)
    for figure in helpers.published("AlexNet"):
        print(figure.value)
    maps = helpers.feature_maps(network, picture, helpers.layer_names(network))
    print(maps["conv1"].shape)
    for prediction in helpers.classify(network, picture):
        print(prediction)
    helpers.effective_receptive_field(network, "layer1", picture)
    assert_type(helpers.saved_for_backward(network, torch.zeros(1, 3, 64, 64)), int)
    assert_type(helpers.time_side_by_side({"a": network}, (1, 3, 64, 64)), dict[str, float])


def training(network: nn.Module) -> None:
    data = helpers.photo_patches(per_class=50)
    history = helpers.fit(network, data, epochs=1)
    assert_type(helpers.cut_connections(network, data, lambda source, reader: source < reader), nn.Module)
    assert_type(history, History)
    assert_type(helpers.training_curves("Training", {"mine": history}), Drawing)


def figures(picture: Image.Image, maps: torch.Tensor, block: Any) -> None:
    helpers.bar_panels("Shares", {"a": {"b": 1.0}}, about="what they are")
    helpers.bars("Weights", {"a": 1.0}, "weights")
    helpers.curves("Lines", {"a": [1.0, 2.0]}, x_label="x", y_label="y")
    helpers.point_panels("Points", {"x": {"a": {"first": (1.0, 2.0)}}}, y_label="y")
    helpers.fields_on_photo(picture, {"conv1": ReceptiveField()})
    helpers.filter_grid(maps)
    helpers.googlenet_plan()
    helpers.heat_maps(
        "Heat", {"a": np.ones((2, 2))}, rows=["a"], columns=["b"], row_label="r", column_label="c"
    )
    helpers.inception_block(192, out_1x1=64, reduce_3x3=96, out_3x3=128, out_5x5=32)
    helpers.kernel_place([[1, 2], [3, 4]], [[1.5]], row=0, column=1)
    helpers.kernel_reach(channels=3)
    helpers.named_photos({"cat": picture}, {"cat": []})
    helpers.shares("Shares", {"a": {"b": 0.5}})
    helpers.side_by_side({"a": maps})
    helpers.votes_on_photo("a", maps, [[1, 2], [3, 4]], scale=(0, 4))
    helpers.two_towers()
    print(helpers.weight_reuse(block))


def lessons() -> None:
    question = helpers.predict("How many weights?", unit="weights")
    assert_type(question.reveal(72), Sentence)
    assert_type(helpers.check("3.1", "channels"), Sentence)
    helpers.show_source(helpers.build)
    assert_type(helpers.study("degradation").last("plain-14"), tuple[float, ...])
    assert_type(helpers.recorded_times().of("AlexNet").milliseconds, float)
