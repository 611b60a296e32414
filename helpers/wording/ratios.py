"""How shares, ratios and measured values are written: with two or three digits, or as a power of ten."""

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def percent(share: float) -> str:
    """A share in whole percent.

    >>> percent(0.484)
    '48 %'
    """
    return f"{100 * share:.0f} %"


def three_digits(value: float) -> str:
    """A value of at least 0 with about three digits; under 1, with three decimals.

    >>> [three_digits(value) for value in (0, 0.0123, 1.684, 45.27, 3114.2)]
    ['0', '0.012', '1.68', '45.3', '3,114']
    """
    if value == 0:
        return "0"
    decimals = 3 if value < 1 else 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:,.{decimals}f}"


def power_of_ten(exponent: int) -> str:
    """Ten to a whole power.

    >>> power_of_ten(-6), power_of_ten(0), power_of_ten(12)
    ('10⁻⁶', '1', '10¹²')
    """
    return f"10{str(exponent).translate(_SUPERSCRIPTS)}" if exponent else "1"


def ratio(value: float) -> str:
    """A ratio of at least 0 with two digits; under 0.001 and from 1000 on with one, times a power of ten.

    >>> [ratio(value) for value in (0, 0.0346, 1.01, 17.2, 2.1e-6, 3.4e13)]
    ['0', '0.035', '1', '17', '2·10⁻⁶', '3·10¹³']
    """
    if value == 0 or 1e-3 <= value < 1e3:
        return f"{float(f'{value:.1e}'):g}"
    digit, exponent = f"{value:.0e}".split("e")
    return f"{digit}·{power_of_ten(int(exponent))}"


def amount(value: float) -> str:
    """A ratio of at least 0 in words that stand before what it is compared with.

    >>> [amount(value) for value in (0, 0.0346, 1.01, 17.2)]
    ['nothing of', '0.035 of', 'all of', '17 times']
    """
    written = ratio(value)
    if written in ("0", "1"):
        return "all of" if written == "1" else "nothing of"
    return f"{written} {'of' if value < 1 else 'times'}"
