"""Whatever is done to an explorer, numbers, sentence and picture agree, and what goes wrong is a sentence."""

import threading

import pytest

from helpers.explorers.explorer import OWN, Explorer
from helpers.explorers.pixel_mixer import PixelMixer
from helpers.explorers.reduction import ReductionExplorer
from tests.learner import is_one_sentence


def state(explorer: Explorer) -> tuple:
    """All that a learner sees of an explorer, its status line aside."""
    return explorer.numbers, repr(explorer), explorer.svg, dict(explorer.shown_images)


class Shown:
    """A view that counts how often it was refreshed, and keeps what it was shown."""

    def __init__(self, explorer: Explorer) -> None:
        self.explorer, self.seen = explorer, []
        explorer.view = self

    def refresh(self) -> None:
        self.seen.append((self.explorer.svg, self.explorer.numbers.sentence, self.explorer.status))

    @property
    def pictures(self) -> list[str]:
        """The pictures that came after another, each once."""
        return list(dict.fromkeys(svg for svg, _, _ in self.seen))


def test_a_control_is_an_attribute_and_its_value_moves_the_picture():
    explorer = ReductionExplorer()
    before = explorer.svg
    explorer.kernel_size.value = 5
    assert explorer.numbers == ReductionExplorer(kernel_size=5).numbers
    assert explorer.svg == ReductionExplorer(kernel_size=5).svg != before
    assert "kernel_size" in dir(explorer)


def test_a_misspelt_control_is_told_the_nearest_and_a_control_is_not_overwritten():
    explorer = ReductionExplorer()
    with pytest.raises(
        AttributeError, match=r"^There is no control 'kernal_size'; the nearest is 'kernel_size'\.$"
    ):
        explorer.kernal_size.value = 5
    with pytest.raises(
        AttributeError, match=r"^kernel_size is a control; .* explorer\.kernel_size\.value = 5$"
    ):
        explorer.kernel_size = 5
    assert explorer.kernel_size.value == 3


def test_what_is_refused_is_said_and_stays_said_until_something_moves():
    explorer = ReductionExplorer()
    before = state(explorer)
    explorer.kernel_size.value = "three"
    refusal = "kernel size cannot be 'three': it takes an odd number from 1 to 11."
    assert (explorer.status, state(explorer)) == (refusal, before)
    explorer.kernel_size.value = 3  # as it was
    assert explorer.status == refusal
    explorer.kernel_size.value = 5
    assert explorer.status == ""


def test_a_value_out_of_bounds_goes_to_the_nearest_says_so_and_is_drawn():
    explorer = ReductionExplorer()
    explorer.kernel_size.value = 10**30
    assert explorer.status.endswith("; 11 is used.")
    assert state(explorer) == state(ReductionExplorer(kernel_size=11))
    explorer.kernel_size.value = 10**30  # where it is already
    assert explorer.status.endswith("; 11 is used.")


@pytest.mark.parametrize(
    ("part", "error", "sentence"),
    [
        ("compute", ValueError("That cannot be <drawn> & shown."), "That cannot be <drawn> & shown."),
        ("draw", RuntimeError("out of memory"), "RuntimeError: out of memory"),
        ("images", OSError("broken data stream"), "OSError: broken data stream"),
    ],
)
def test_an_error_is_a_sentence_and_the_last_good_picture_stays(part, error, sentence, monkeypatch):
    explorer = ReductionExplorer()
    before = state(explorer)

    def fail(*_args, **_kwargs):
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(explorer, part, fail)
        explorer.kernel_size.value = 9
        assert (explorer.status, state(explorer)) == (sentence, before)
        explorer.set(kernel_size=7)
        assert (explorer.status, state(explorer)) == (sentence, before)
    explorer.kernel_size.value = 5
    assert explorer.status == ""
    assert state(explorer) == state(ReductionExplorer(kernel_size=5))


def test_an_error_in_what_follows_is_said_and_the_picture_shows_the_controls_as_they_are(monkeypatch):
    explorer = ReductionExplorer()
    monkeypatch.setattr(explorer, "follow", lambda name: {}["conv1"])
    explorer.kernel_size.value = 5
    assert explorer.status == "KeyError: 'conv1'"
    assert explorer.numbers.kernel_size == 5


def test_set_moves_several_controls_and_draws_once():
    explorer = ReductionExplorer()
    shown = Shown(explorer)
    explorer.set(kernel_size=5, in_channels=64, out_channels=256)
    assert shown.pictures == [explorer.svg]
    assert explorer.numbers.direct.weights == 5 * 5 * 64 * 256


@pytest.mark.parametrize("order", [1, -1])
def test_set_lets_a_control_go_as_far_as_the_other_controls_will_then_allow(order):
    explorer = ReductionExplorer(in_channels=128)
    explorer.set(**dict([("in_channels", 512), ("reduced_channels", 400)][::order]))
    assert (explorer.numbers.in_channels, explorer.numbers.reduced_channels) == (512, 400)
    assert explorer.status == ""


def test_set_takes_what_is_right_and_says_what_is_not():
    explorer = ReductionExplorer()
    explorer.set(kernel_size="five", out_channels=64)
    assert (explorer.numbers.kernel_size, explorer.numbers.out_channels) == (3, 64)
    assert explorer.status == "kernel size cannot be 'five': it takes an odd number from 1 to 11."
    explorer.set(kernel_size=5)
    assert explorer.status == ""


def test_set_of_an_unknown_control_names_the_nearest_and_moves_nothing():
    explorer = ReductionExplorer()
    before = state(explorer)
    with pytest.raises(
        ValueError, match=r"^There is no control 'kernal_size'; the nearest is 'kernel_size'\.$"
    ):
        explorer.set(in_channels=64, kernal_size=5)
    assert state(explorer) == before


def test_a_change_that_others_follow_is_drawn_once():
    explorer = ReductionExplorer(in_channels=256, reduced_channels=200)
    shown = Shown(explorer)
    explorer.in_channels.value = 64
    assert shown.pictures == [explorer.svg]
    mixer = PixelMixer(preset="identity")
    shown = Shown(mixer)
    mixer.preset.value = "sepia"
    assert shown.pictures == [mixer.svg]


def test_a_place_in_the_picture_sets_the_nearest_values():
    explorer = ReductionExplorer()
    explorer.point({"reduced_channels": 31.6, "kernel_size": 4.2})
    assert (explorer.reduced_channels.value, explorer.kernel_size.value) == (32, 5)
    explorer.point({"reduced_channels": 1e9})
    assert (explorer.reduced_channels.value, explorer.status) == (128, "")


def test_a_preset_sets_its_controls_and_follows_what_they_are_set_to():
    mixer = PixelMixer(preset="identity")
    mixer.preset.value = "negative"
    assert (mixer.red_from_red.value, mixer.red_bias.value) == (-1, 1)
    mixer.red_bias.value = 0.5
    assert mixer.preset.value == OWN
    mixer.red_bias.value = 1.0000000001  # as a page rounds
    assert mixer.preset.value == "negative"
    mixer.preset.value = OWN  # nothing to set
    assert mixer.red_from_red.value == -1


def test_an_upload_becomes_the_photo_and_one_that_cannot_be_opened_leaves_the_last(png_of):
    mixer = PixelMixer("coffee")
    before = state(mixer)
    mixer.upload.value = b"nonsense"
    assert is_one_sentence(mixer.status)
    assert (mixer.photo.value, state(mixer)) == ("coffee", before)
    mixer.upload.value = png_of("red")
    assert (mixer.photo.value, mixer.status, mixer.numbers.before) == (OWN, "", (1, 0, 0))
    mixer.photo.value = "moon"
    mixer.upload.value = png_of("red")  # the same file again
    assert mixer.photo.value == OWN
    mixer.upload.value = png_of("blue")
    assert mixer.numbers.before == (0, 0, 1)
    assert mixer.photo.options[-1] == OWN


def test_two_threads_that_move_an_explorer_leave_a_picture_of_its_controls():
    explorer = ReductionExplorer()
    shown, right = Shown(explorer), {}
    for kernel_size in (1, 3, 5, 7, 9, 11):
        for channels in (8, 16, 24, 32):
            other = ReductionExplorer(kernel_size=kernel_size, in_channels=channels, reduced_channels=1)
            right[other.numbers.sentence] = other.svg
    explorer.set(reduced_channels=1, in_channels=8)
    shown.seen.clear()

    def move(control, values):
        for value in values * 20:
            control.value = value

    threads = [
        threading.Thread(target=move, args=(explorer.kernel_size, [1, 3, 5, 7, 9, 11])),
        threading.Thread(target=move, args=(explorer.in_channels, [8, 16, 24, 32])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(shown.seen) >= 200
    assert all(right[sentence] == svg for svg, sentence, _ in shown.seen)
