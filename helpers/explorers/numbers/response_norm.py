"""AlexNet's local response normalisation: a channel is divided by how loud its neighbours are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from helpers.wording.ratios import percent, three_digits

RESPONSES = (0, 0, 42, 17, 44, 29, 16, 99, 2, 0, 41, 112, 0, 0, 0, 51, 0, 7, 14, 63, 66, 190, 29, 0)
"""The 24 channels of small AlexNet's `relu1` at one pixel of the cat photo, 64 times as large and rounded.

Its pixels have a deviation of 1; those of AlexNet, from 0 to 255 less their mean, one of about 64. In its own
small numbers the paper's α does nothing, and the normalisation only divides by about 2^0.75 = 1.68.
"""

MOST_CHANNELS = 11
"""The largest n."""


@dataclass(frozen=True)
class LRNNumbers:
    """One pixel's channels, the constants of the normalisation, and the channel that is looked at."""

    responses: tuple[int, ...]
    channel: int
    n: int
    k: float
    alpha_exponent: int
    beta: float

    @property
    def window(self) -> range:
        """The channels whose squares count for `channel`: n around it, fewer at either end."""
        return self._window(self.channel)

    def _window(self, channel: int) -> range:
        reach = self.n // 2
        return range(max(0, channel - reach), min(len(self.responses), channel + reach + 1))

    @property
    def sum_of_squares(self) -> int:
        """The squares of the window's responses, added up."""
        return self._sum_of_squares(self.channel)

    def _sum_of_squares(self, channel: int) -> int:
        return sum(self.responses[j] ** 2 for j in self._window(channel))

    def base(self, sum_of_squares: int) -> float:
        """k + α · sum."""
        # Divided by a whole number, which unlike 0.0001 is exact.
        return self.k + sum_of_squares / 10**-self.alpha_exponent

    def normalised(self, channel: int) -> float:
        """A channel's response after the normalisation."""
        return self.responses[channel] / self.base(self._sum_of_squares(channel)) ** self.beta

    def unnoticed(self, channel: int) -> float:
        """The same if all its neighbours were silent: only its own square counts."""
        return self.responses[channel] / self.base(self.responses[channel] ** 2) ** self.beta

    @property
    def before(self) -> int:
        """The response of `channel`."""
        return self.responses[self.channel]

    @property
    def after(self) -> float:
        """What the normalisation makes of it."""
        return self.normalised(self.channel)

    @property
    def alone(self) -> float:
        """What it would make of it if the neighbours were silent."""
        return self.unnoticed(self.channel)

    @property
    def inside(self) -> str:
        """k + α · sum with its numbers."""
        alpha = f"{10.0**self.alpha_exponent:.{-self.alpha_exponent}f}"
        return f"{self.k:g} + {alpha} · {self.sum_of_squares:,}"

    @property
    def finding(self) -> str:
        """How much of its response the channel keeps, in words."""
        if not self.before:
            return f"Channel {self.channel} is silent, and stays silent"
        kept, alone = (percent(value / self.before) for value in (self.after, self.alone))
        whole = f"Channel {self.channel} keeps {kept} of its response"
        return whole if kept == alone else f"{whole}, {alone} with silent neighbours"

    @property
    def sentence(self) -> str:
        """The finding in one sentence, numbers included."""
        first, last = self.window[0], self.window[-1]
        over = f"channels {first} to {last}" if first < last else f"channel {first} alone"
        equation = f"{self.before} / ({self.inside})^{self.beta:g} = {three_digits(self.after)}"
        without = (
            f"; {three_digits(self.alone)} with silent neighbours" if self.before and first < last else ""
        )
        return f"Channel {self.channel}: {equation} ({over}){without}."

    @property
    def working(self) -> tuple[str, str, str, str]:
        """The calculation for `channel`, line by line.

        >>> for line in response_norm((0, 63, 66, 190, 29), channel=2).working:
        ...     print(line)
        sum of squares  0² + 63² + 66² + 190² + 29² = 45,266
        k + α · sum     2 + 0.0001 · 45,266 = 6.527
        divided by      6.527^0.75 = 4.083
        channel 2       66 / 4.083 = 16.2
        """
        value = self.base(self.sum_of_squares)
        base, divisor = (f"{each:,.{3 if each < 1000 else 1}f}" for each in (value, value**self.beta))
        squares = " + ".join(f"{self.responses[j]}²" for j in self.window)
        return (
            f"sum of squares  {squares} = {self.sum_of_squares:,}",
            f"k + α · sum     {self.inside} = {base}",
            f"divided by      {base}^{self.beta:g} = {divisor}",
            f"{f'channel {self.channel}':<16}{self.before} / {divisor} = {three_digits(self.after)}",
        )


def response_norm(
    responses: Sequence[int],
    channel: int,
    n: int = 5,
    k: float = 2.0,
    alpha_exponent: int = -4,
    beta: float = 0.75,
) -> LRNNumbers:
    """AlexNet's local response normalisation, b_i = a_i / (k + α · Σ a_j²)^β with α = 10^`alpha_exponent`.

    j runs over the `n` channels around i (odd: as many on either side), at the same pixel, and stops at the
    first and last channel: Krizhevsky et al., 2012, section 3.3, whose constants are the defaults.
    `nn.LocalResponseNorm` divides its `alpha` by n, so that it takes n·α for the paper's α:
    `helpers.models.parts.local_response_norm` does.

    >>> norm = response_norm((0, 63, 66, 190, 29), channel=2)
    >>> norm.sum_of_squares, round(norm.after, 2), round(norm.alone, 2)
    (45266, 16.16, 33.85)
    """
    return LRNNumbers(tuple(responses), channel, n, k, alpha_exponent, beta)
