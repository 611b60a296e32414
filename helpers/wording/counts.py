"""How large counts are written, and how two of them are compared, in words."""


def brief(count: int) -> str:
    """A count with three significant digits from a million on, as papers write MACs: M is 10⁶, G is 10⁹.

    >>> brief(999_999), brief(128_049_152), brief(1_583_000_000), brief(999_999_999)
    ('999,999', '128 M', '1.58 G', '1.00 G')
    """
    if count < 10**6:
        return f"{count:,}"
    unit, value = "M", float(f"{count / 10**6:.3g}")  # rounded first: 999.9 M are 1.00 G
    if value >= 1000:
        unit, value = "G", float(f"{count / 10**9:.3g}")
    digits = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:,.{digits}f} {unit}"


def compared(count: int, reference: int) -> str:
    """How many more or fewer `count` is than `reference`, both at least 1; in times from two on.

    >>> compared(40_960, 147_456), compared(500, 200)
    ('3.60 times fewer', '2.50 times as many')
    >>> compared(300, 200), compared(200, 300), compared(1001, 1000)
    ('50 % more', '33 % fewer', 'about as many')
    """
    ratio = max(count, reference) / min(count, reference)
    if ratio >= 2:
        return f"{ratio:,.2f} times {'fewer' if count < reference else 'as many'}"
    percent = round(100 * abs(count - reference) / reference)
    if not percent:
        return "about as many"
    return f"{percent} % {'fewer' if count < reference else 'more'}"
