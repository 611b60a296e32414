"""Large counts and comparisons are written in one way."""

from helpers.wording.counts import brief, compared


def test_counts_in_words():
    counts = (999_999, 1_000_000, 9_994_000, 10_000_000, 99_940_000, 100_000_000, 999_000_000, 1_000_000_000)
    assert [brief(count) for count in counts] == [
        *("999,999", "1.00 M", "9.99 M", "10.0 M", "99.9 M", "100 M", "999 M", "1.00 G"),
    ]
    assert [compared(a, b) for a, b in ((7, 7), (7, 14), (14, 7), (3_000_000, 2))] == [
        *("about as many", "2.00 times fewer", "2.00 times as many", "1,500,000.00 times as many"),
    ]
