"""Every form that the explorers' sentences take, word for word."""

from helpers.explorers.numbers.pixel_mixer import mix
from helpers.explorers.numbers.reduction import reduction
from helpers.wording.counts import brief, compared


def test_counts_in_words():
    counts = (999_499, 1_000_000, 9_994_000, 10_000_000, 99_940_000, 100_000_000, 999_000_000, 1_000_000_000)
    assert [brief(count) for count in counts] == [
        *("999,499", "1.00 M", "9.99 M", "10.0 M", "99.9 M", "100 M", "999 M", "1.00 G"),
    ]
    assert [compared(a, b) for a, b in ((7, 7), (7, 14), (14, 7), (3_000_000, 2))] == [
        *("about as many", "2.00 times fewer", "2.00 times as many", "1,500,000.00 times as many"),
    ]


def test_mixed_pixels():
    numbers = mix((3, 4), (0.1, 0.2, 0.3), [(1, 0, 0), (0, -1, 0), (0.5, 0.5, 0)], (0, 0.25, 1))
    assert numbers.sentence == "Pixel (3, 4): red, green, blue 0.10, 0.20, 0.30 become 0.10, 0.05, 1.15."


def test_reductions():
    assert reduction(1, 64, 8, 16, 7).sentence == (
        "1×1, 64→16: 1,024 weights; via 8: 512 + 128 = 640, 38 % fewer."
    )
    assert reduction(3, 128, 128, 128, 28).sentence == (
        "3×3, 128→128: 147,456 weights; via 128: 16,384 + 147,456 = 163,840, 11 % more."
    )
