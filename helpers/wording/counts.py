"""How explorers write large counts, and how they compare two of them, in words."""


def brief(count: int) -> str:
    """A count with three significant digits from a million on, as papers write MACs: M is 10⁶, G is 10⁹.

    >>> brief(163_328), brief(128_049_152), brief(1_583_000_000)
    ('163,328', '128 M', '1.58 G')
    """
    for unit, size in (("G", 10**9), ("M", 10**6)):
        if count >= size:
            value = count / size
            return f"{value:.{2 if value < 10 else 1 if value < 100 else 0}f} {unit}"
    return f"{count:,}"


def compared(count: int, reference: int) -> str:
    """How many times more or fewer `count` is than `reference`; both are at least 1.

    >>> compared(40_960, 147_456), compared(300, 200), compared(1001, 1000)
    ('3.60 times fewer', '1.50 times more', 'about as many')
    """
    ratio = f"{max(count, reference) / min(count, reference):,.2f}"
    if ratio == "1.00":
        return "about as many"
    return f"{ratio} times {'fewer' if count < reference else 'more'}"
