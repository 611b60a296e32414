"""Photo patches are a fair data set: balanced, reproducible, and nothing of the test is in the training."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torch import Tensor

from helpers.images import patches
from helpers.images.patches import TEN_PHOTOS, PatchData, photo_patches
from helpers.images.photos import photo, photo_names, to_tensor


def addresses(width: int, height: int) -> Image.Image:
    """A picture whose pixels say where they are: red and green count columns, blue counts rows."""
    rows, columns = np.indices((height, width))
    return Image.fromarray(np.stack([columns % 256, columns // 256, rows], 2).astype(np.uint8))


def pixels(data: PatchData, images: Tensor) -> Tensor:
    return images * data.std + data.mean


def columns_of(data: PatchData, images: Tensor) -> set[int]:
    values = (pixels(data, images) * 255).round().int()
    return set((values[:, 0] + 256 * values[:, 1]).flatten().tolist())


@settings(deadline=None, derandomize=True, max_examples=15)
@given(width=st.integers(60, 400), height=st.integers(20, 60), size=st.integers(1, 12))
def test_no_pixel_is_in_both_sides_and_they_are_a_patch_apart(width, height, size):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(patches, "photo", lambda name: addresses(width, height))
        data = photo_patches(
            ["brick", "coins"], size=size, source_size=size, grey=False, per_class=60, test_per_class=60
        )
    train, test = columns_of(data, data.train_images), columns_of(data, data.test_images)
    assert min(test) - max(train) > size
    assert max(test) < width


def test_a_patch_is_cut_from_the_photo_of_its_label_and_averaged_down():
    data = photo_patches(["chelsea", "coffee"], size=6, source_size=18, grey=False, per_class=20)
    photos = [to_tensor(photo(name)) for name in data.class_names]
    averaged = [torch.nn.functional.avg_pool2d(each, 3, stride=1) for each in photos]
    for image, label in zip(pixels(data, data.train_images)[:8], data.train_labels[:8], strict=True):
        windows = averaged[label].unfold(1, 16, 1).unfold(2, 16, 1)[..., ::3, ::3]
        distance = (windows - image[:, None, None]).abs().amax((0, 3, 4))
        assert distance.min() < 1e-5


def test_grey_is_what_pillow_calls_grey():
    colour = photo_patches(["chelsea", "coffee"], size=8, grey=False, per_class=30)
    grey = photo_patches(["chelsea", "coffee"], size=8, per_class=30)
    assert (colour.train_images.shape, grey.train_images.shape) == ((60, 3, 8, 8), (60, 1, 8, 8))
    assert torch.equal(colour.train_labels, grey.train_labels)
    luma = pixels(colour, colour.train_images) * torch.tensor([0.299, 0.587, 0.114]).view(3, 1, 1)
    torch.testing.assert_close(luma.sum(1, keepdim=True), pixels(grey, grey.train_images))


def test_each_channel_of_the_training_images_has_mean_0_and_deviation_1_and_the_test_is_treated_alike():
    data = photo_patches(["chelsea", "grass"], size=8, grey=False)
    std, mean = torch.std_mean(data.train_images, (0, 2, 3))
    torch.testing.assert_close(mean, torch.zeros(3), atol=1e-5, rtol=0)
    torch.testing.assert_close(std, torch.ones(3))
    for images in (data.train_images, data.test_images):
        assert images.dtype == torch.float32
        assert images.is_contiguous()
        assert -1e-6 < pixels(data, images).min() < pixels(data, images).max() < 1 + 1e-6


def test_the_default_is_ten_classes_of_grey_16_by_16_in_equal_numbers():
    data = photo_patches()
    assert data.class_names == TEN_PHOTOS
    assert set(TEN_PHOTOS) <= set(photo_names())
    assert data.classes == len(set(TEN_PHOTOS)) == 10
    assert (data.train_images.shape, data.test_images.shape) == ((3000, 1, 16, 16), (1000, 1, 16, 16))
    assert data.train_labels.bincount().tolist() == [300] * 10
    assert data.test_labels.bincount().tolist() == [100] * 10
    assert data.train_labels[:50].unique().numel() > 5  # in random order


def test_the_same_seed_gives_the_same_patches_and_another_gives_others():
    def cut(seed: int) -> PatchData:
        return photo_patches(["brick", "coins"], size=8, per_class=20, seed=seed)

    one, again, other = cut(3), cut(3), cut(4)
    for name in ("train_images", "train_labels", "test_images", "test_labels"):
        assert torch.equal(getattr(one, name), getattr(again, name))
        assert not torch.equal(getattr(one, name), getattr(other, name))


def test_patches_of_one_class_are_all_from_different_places(monkeypatch):
    monkeypatch.setattr(patches, "photo", lambda name: addresses(60, 24))
    data = photo_patches(["brick", "coins"], size=4, source_size=4, grey=False, per_class=600)
    images = pixels(data, data.train_images)[data.train_labels == 0].mul(255).round()
    assert len(images.flatten(1).unique(dim=0)) == 600


def test_every_place_can_be_taken_and_not_one_more(monkeypatch):
    monkeypatch.setattr(patches, "photo", lambda name: addresses(60, 24))
    places = (36 - 4 + 1) * (24 - 4 + 1)  # 40 columns on the left, less the gap of 4
    cut = {"names": ["brick", "coins"], "size": 4, "source_size": 4, "test_per_class": 9}
    assert len(photo_patches(**cut, per_class=places).train_labels) == 2 * places
    with pytest.raises(
        ValueError, match=rf"^One side of 'brick' has room for {places} .*, not {places + 1};"
    ):
        photo_patches(**cut, per_class=places + 1)


def test_a_photo_of_one_colour_gives_finite_numbers(monkeypatch):
    monkeypatch.setattr(patches, "photo", lambda name: Image.new("RGB", (90, 40), "grey"))
    assert photo_patches(["brick", "coins"], size=4, per_class=5).train_images.isfinite().all()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"names": ["brick", "chelsae"]}, r"There is no photo 'chelsae'; the nearest is 'chelsea'\."),
        ({"names": "brick"}, r"The names are \('brick',\); use at least two photos, each once\."),
        (
            {"names": ["brick"] * 2},
            r"The names are \('brick', 'brick'\); use at least two photos, each once\.",
        ),
        ({"names": []}, r"The names are \(\); use at least two photos, each once\."),
        ({"size": 0}, r"size is 0; use a whole number of at least 1\."),
        ({"size": 2.5}, r"size is 2\.5; use a whole number of at least 1\."),
        ({"per_class": 0}, r"per_class is 0; use a whole number of at least 1\."),
        ({"test_per_class": True}, r"test_per_class is True; use a whole number of at least 1\."),
        ({"source_size": 8}, r"source_size is 8; use at least the size of a patch, 16\."),
        ({"seed": -1}, r"The seed is -1; use a whole number of at least 0\."),
        (
            {"size": 400},
            r"One side of '\w+' has room for 0 different patches of 800 × 800 pixels, not 300; .*",
        ),
    ],
)
def test_what_cannot_be_cut_is_refused_in_one_sentence(arguments, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        photo_patches(**arguments)
