"""Interval arithmetic on printed figures: what they imply, with bounds.

Bounds hold every value that true numbers inside the bounds of the inputs could give, and where
only whole numbers make sense, the whole numbers among them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

# Printed decimals become floats: a bound that should be whole may miss it by this much.
EPS = 1e-9


class Bounded(NamedTuple):
    """A number between bounds; ``value`` is NaN where the print leaves an end open."""

    low: float
    value: float
    high: float
    whole: bool = False


def exactly(number: float) -> Bounded:
    """Return a number that is known exactly."""
    return Bounded(number, number, number, float(number).is_integer())


def share_of(share: Bounded, total: Bounded) -> Bounded:
    """Return the part that a share in per cent is of a total: whole where the total is."""
    part = Bounded(
        share.low / 100 * total.low, share.value / 100 * total.value, share.high / 100 * total.high
    )
    return _whole(part) if total.whole else part


def complement(whole: Bounded, *parts: Bounded) -> Bounded:
    """Return what is left of a whole, at least nothing."""
    low = whole.low - sum(part.high for part in parts)
    high = whole.high - sum(part.low for part in parts)
    if high < -EPS:
        raise ValueError(f"the parts come to {-high:g} more than the whole")
    value = whole.value - sum(part.value for part in parts)
    counts = whole.whole and all(part.whole for part in parts)
    return Bounded(max(low, 0.0), value, max(high, 0.0), counts)


def ratio(over: Bounded, under: Bounded) -> Bounded:
    """Return a quotient of two numbers, neither of them negative."""
    if under.low <= 0:
        raise ValueError(f"the divisor can be {under.low:g}; expected a number above zero")
    return Bounded(over.low / under.high, over.value / under.value, over.high / under.low)


def total_behind(part: Bounded, share: Bounded) -> Bounded:
    """Return the total of which a part is a share in per cent: whole where the part is."""
    total = ratio(part, Bounded(share.low / 100, share.value / 100, share.high / 100))
    return _whole(total) if part.whole else total


def two_readings(now: Bounded, change: Bounded) -> dict[str, Bounded]:
    """Return last year's share under both readings of "up 13 %": per cent, or points."""
    if change.low <= -100:
        raise ValueError(f"a change of {change.low:g} per cent; expected one above -100")
    percent = Bounded(
        now.low / (1 + change.high / 100),
        now.value / (1 + change.value / 100),
        now.high / (1 + change.low / 100),
    )
    points = Bounded(now.low - change.high, now.value - change.value, now.high - change.low)
    return {"percent": _within(percent), "points": _within(points)}


def most_at_least(items: Bounded, groups: Bounded) -> Bounded:
    """Return how many items the fullest group has: at least the mean, rounded up."""
    least = ratio(items, groups).low
    return Bounded(float(math.ceil(least - EPS)), math.nan, items.high, True)


def sum_at_most(limit: Bounded, *parts: Bounded) -> Bounded:
    """Return what is left up to a limit; below zero the limit is broken."""
    return Bounded(
        limit.low - sum(part.high for part in parts),
        limit.value - sum(part.value for part in parts),
        limit.high - sum(part.low for part in parts),
    )


KINDS: dict[str, Callable[..., Any]] = {
    kind.__name__: kind
    for kind in (
        share_of, complement, ratio, total_behind, two_readings, most_at_least, sum_at_most,
    )
}  # fmt: skip


def _whole(one: Bounded) -> Bounded:
    low, high = math.ceil(one.low - EPS), math.floor(one.high + EPS)
    if low > high:
        raise ValueError(f"no whole number lies between {one.low:g} and {one.high:g}")
    value = one.value if math.isnan(one.value) else min(max(round(one.value), low), high)
    return Bounded(float(low), float(value), float(high), True)


def _within(share: Bounded) -> Bounded:
    """Keep a share between 0 and 100."""
    return share._replace(low=max(share.low, 0.0), high=min(share.high, 100.0))
