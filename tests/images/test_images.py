"""Photos come without a network, and a network is fed what it was trained on."""

import socket

import numpy as np
import pytest
import skimage.data
import torch

from helpers.images import photos as images
from helpers.images.photos import (
    EFFICIENTNET_LITE,
    IMAGENET,
    PHOTOS,
    Preprocessing,
    photo,
    photo_names,
    square,
    to_tensor,
)
from helpers.wording.refusals import unknown

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("name", photo_names())
def test_a_photo_is_the_picture_of_that_name_in_scikit_image(name):
    loaders = {"hubble": "hubble_deep_field", "tissue": "immunohistochemistry"}
    if name == "motorcycle":
        expected = skimage.data.stereo_motorcycle()[0]
    else:
        expected = getattr(skimage.data, loaders.get(name, name))()
    if expected.ndim == 2:
        expected = np.stack([expected] * 3, axis=2)
    assert np.array_equal(np.asarray(photo(name)), expected)


def test_photos_need_no_network(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("a photo reached for the network")

    monkeypatch.setattr(socket, "socket", refuse)
    images._decoded_photo.cache_clear()
    for name in photo_names():
        assert photo(name).mode == "RGB"


def test_photos_are_listed_in_order_and_each_has_its_own_alt_text():
    assert photo_names() == tuple(sorted(PHOTOS))
    captions = [each.caption for each in PHOTOS.values()]
    assert len(set(captions)) == len(captions)
    assert all(15 <= len(caption) <= 80 for caption in captions)


def test_painting_on_a_photo_leaves_the_next_one_clean():
    first = photo("coffee")
    before = first.getpixel((0, 0))
    first.putpixel((0, 0), (1, 2, 3))
    assert photo("coffee").getpixel((0, 0)) == before != (1, 2, 3)


def test_a_sized_photo_is_the_central_square():
    assert np.array_equal(np.asarray(photo("coffee", 400)), np.asarray(photo("coffee"))[:, 100:500])
    assert photo("camera", 24).size == (24, 24)


def test_an_unknown_photo_is_answered_with_the_nearest_names():
    with pytest.raises(ValueError, match=r"^There is no photo 'chelsae'; the nearest is 'chelsea'\.$"):
        photo("chelsae")
    with pytest.raises(ValueError, match=r"^There is no photo 7; choose 'astronaut', .* or one of 4 more\.$"):
        photo(7)


def test_unknown_names_are_matched_whatever_their_case_and_listed_where_none_is_near():
    assert unknown("network", "VGG-16", ["vgg16", "alexnet"]).endswith("the nearest is 'vgg16'.")
    assert unknown("layer", "q", ["conv1"]) == "There is no layer 'q'; choose 'conv1'."
    assert unknown("layer", "q", []) == "There is no layer 'q', nor any other."
    twelve = [f"layer{i}" for i in range(12)]
    assert unknown("layer", "q", twelve).endswith("'layer10' or 'layer11'.")
    assert unknown("layer", "q", [*twelve, "fc"]).endswith("'layer10', 'layer11' or one of 1 more.")


# What a network is fed


def test_a_square_is_cut_from_the_middle_and_shrunk_with_antialiasing():
    wide = np.zeros((4, 10, 3), np.uint8)
    wide[:, 3:7] = 90
    assert (np.asarray(square(wide, 4)) == 90).all()
    assert (np.asarray(square(wide.swapaxes(0, 1), 4)) == 90).all()
    checkerboard = np.indices((64, 64)).sum(axis=0) % 2 == 0
    assert np.abs(np.asarray(square(checkerboard, 8)).astype(int) - 127.5).max() < 5


@pytest.mark.parametrize("size", [0, -3, 10**6, 2.5])
def test_a_square_of_no_possible_size_is_refused(size):
    with pytest.raises(ValueError, match=rf"^The size is {size}; use a whole number from 1 to 7071\.$"):
        photo("camera", size)


def test_a_tensor_holds_the_channels_first_between_0_and_1():
    tensor = to_tensor(np.uint8([[[0, 51, 255], [255, 0, 102]]]))
    assert tensor.dtype == torch.float32
    assert tensor.is_contiguous()
    assert torch.equal(tensor, torch.tensor([[[0.0, 1.0]], [[0.2, 0.0]], [[1.0, 0.4]]]))


PLAIN = {"mean": (0.0, 0.0, 0.0), "std": (1.0, 1.0, 1.0)}


def test_preprocessing_scales_the_shorter_side_and_crops_the_middle():
    picture = RNG.integers(0, 256, (256, 512, 3), dtype=np.uint8)
    prepare = Preprocessing(256, 224, **PLAIN, interpolation="bilinear")
    assert torch.equal(prepare(picture), to_tensor(picture)[None, :, 16:240, 144:368])
    tall = picture.swapaxes(0, 1)
    assert torch.equal(prepare(tall), to_tensor(tall)[None, :, 144:368, 16:240])
    twice = picture.repeat(2, axis=0).repeat(2, axis=1)
    shrunk = Preprocessing(256, 256, **PLAIN, interpolation="bilinear")(twice)
    assert (shrunk - to_tensor(picture)[None, :, :, 128:384]).abs().mean() < 0.12  # blurred, and not moved
    coarse = np.kron(RNG.integers(0, 256, (8, 8), dtype=np.uint8), np.ones((64, 64), np.uint8))
    centres = Preprocessing(256, 256, **PLAIN, interpolation="bilinear")(coarse)[0, 0, 16::32, 16::32]
    assert torch.equal(centres, to_tensor(coarse)[0, 32::64, 32::64])


def test_preprocessing_interpolates_as_it_says():
    step = np.uint8([[64, 64, 192, 192]] * 4)
    bilinear = Preprocessing(64, 64, **PLAIN, interpolation="bilinear")(step)
    bicubic = Preprocessing(64, 64, **PLAIN, interpolation="bicubic")(step)
    assert bilinear.min() == pytest.approx(64 / 255)
    assert bicubic.min() < 60 / 255  # a cubic swings below the step


@pytest.mark.parametrize("prepare", [IMAGENET, EFFICIENTNET_LITE])
def test_each_channel_is_normalised_by_its_own_mean_and_deviation(prepare):
    orange = np.zeros((300, 300, 3), np.uint8) + np.uint8([255, 127, 0])
    tensor = prepare(orange)
    assert tensor.shape == (1, 3, 224, 224)
    for channel, value in enumerate((1.0, 127 / 255, 0.0)):
        expected = (value - prepare.mean[channel]) / prepare.std[channel]
        assert tensor[0, channel].numpy() == pytest.approx(expected, abs=1e-6)


def test_the_two_recipes_are_those_the_networks_were_trained_with():
    white, black = np.ones((8, 8)), np.zeros((8, 8))
    assert IMAGENET(white)[0, :, 0, 0].tolist() == pytest.approx([2.2489, 2.4286, 2.64], abs=1e-4)
    assert IMAGENET(black)[0, :, 0, 0].tolist() == pytest.approx([-2.1179, -2.0357, -1.8044], abs=1e-4)
    assert EFFICIENTNET_LITE(white)[0, :, 0, 0].tolist() == pytest.approx([1.0] * 3)
    assert EFFICIENTNET_LITE(black)[0, :, 0, 0].tolist() == pytest.approx([-127 / 128] * 3)
    assert (EFFICIENTNET_LITE.interpolation, IMAGENET.interpolation) == ("bicubic", "bilinear")


def test_a_very_long_strip_is_prepared_without_resizing_all_of_it():
    strip = np.zeros((2, 1_000_000), np.uint8)  # resized whole it would be 128 million pixels wide
    strip[:, 499_990:500_010] = 255
    assert EFFICIENTNET_LITE(strip).min() > 0.999
    assert EFFICIENTNET_LITE(strip.T).min() > 0.999


def test_a_crop_larger_than_the_picture_is_refused():
    with pytest.raises(ValueError, match=r"^The crop is 300; use 1 to 256, the side after resizing\.$"):
        Preprocessing(256, 300, **PLAIN, interpolation="bilinear")


def test_preprocessing_does_not_follow_the_default_device():
    with torch.device("meta"):
        assert IMAGENET(photo("coffee")).device.type == "cpu"
