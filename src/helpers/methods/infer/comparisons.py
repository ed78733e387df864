"""Differences between units: how large they are, and how large chance alone makes them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from helpers.methods.infer.candidates import Candidates, find_candidates

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_CELLS = 2**18  # cells of a temporary block: 2 MB of float64, so that it stays within the cache
_BLOCKS = 8  # more blocks of units mean shorter lists of candidates, but more lists to make


@dataclass(frozen=True)
class Comparisons:
    """All differences between p units, with draws of the errors of their estimates.

    Parameters
    ----------
    estimates
        Shape (p,), larger is better.
    errors
        Shape (draws, p), with the covariance of the estimates and mean zero.
    variances
        Shape (p,); ascending unless there is a covariance.
    covariance
        Shape (p, p), or None for independent errors.
    signs
        (1,) to ask whether unit j is better than k, (-1,) for worse, (1, -1) for both.
    """

    estimates: Floats
    errors: Floats
    variances: Floats
    covariance: Floats | None
    signs: tuple[int, ...]

    def deviations(self, unit: int) -> Floats:
        """Return the standard deviations of X_unit - X_k, shape (p,); infinite at k = unit."""
        total = self.variances[unit] + self.variances
        if self.covariance is not None:
            total -= 2 * self.covariance[unit]
        total[unit] = np.inf
        deviations: Floats = np.sqrt(total)
        return deviations

    def studentise(self, unit: int, deviations: Floats) -> Floats:
        """Return (estimate of the unit - estimates) / deviations, shape (p,)."""
        with np.errstate(over="ignore"):
            ratios: Floats = (self.estimates[unit] - self.estimates) / deviations
        return ratios

    @cached_property
    def _blocks(self) -> list[slice]:
        p = self.variances.size
        size = -(-p // min(_BLOCKS, max(1, p // 32)))
        return [slice(start, min(start + size, p)) for start in range(0, p, size)]

    @cached_property
    def _lists(self) -> list[Candidates]:
        return find_candidates(self.errors, self.variances, self.signs, self._blocks)

    def candidates(self, unit: int) -> Candidates:
        """Return the comparisons that can be a unit's largest; for independent errors only."""
        candidates: Candidates = self._lists[unit // self._blocks[0].stop]
        return candidates

    def largest(self, unit: int, draws: Ints, divisors: Floats) -> tuple[Floats, Ints]:
        """Work out a unit's largest comparison in some draws by going through all of them.

        Parameters
        ----------
        unit, draws
            Which unit, and which draws, shape (n,).
        divisors
            Shape (2, p): the deviations for "better" and for "worse"; infinite where a
            comparison is left out, which makes it count 0.

        Returns
        -------
        value, slot
            Both of shape (n,); never below 0; slot is k for "better", k + p for "worse".
        """
        p = self.errors.shape[1]
        value, slot = np.zeros(draws.size), np.full(draws.size, unit, dtype=np.int64)
        step = max(1, _CELLS // p)
        for start in range(0, draws.size, step):
            rows = draws[start : start + step]
            value_part, slot_part = value[start : start + step], slot[start : start + step]
            gap = self.errors[rows]
            np.subtract(self.errors[rows, unit][:, None], gap, out=gap)
            for sign in self.signs:
                ratio = gap / (sign * divisors[int(sign < 0)])
                where = ratio.argmax(axis=1)
                largest = ratio[np.arange(rows.size), where]
                better = largest > value_part
                value_part[better] = largest[better]
                slot_part[better] = where[better] + (p if sign < 0 else 0)
        return value, slot


def find_quantile(values: Floats, level: float) -> float:
    """Return the smallest of the values that a share of at least `level` does not exceed."""
    place = min(max(math.ceil(level * values.size - 1e-9), 1), values.size) - 1
    return float(np.partition(values, place)[place])


def find_open_draws(lower: Floats, upper: Floats, level: float, batch: int) -> tuple[float, Ints]:
    """Say which draws still matter for the quantile of values known only between bounds.

    The quantile of the lower bounds is a lower bound of the quantile sought, so a draw whose upper
    bound does not exceed it cannot matter. The draws with the highest upper bounds come first:
    settled, they lift the bound above the others.

    Returns
    -------
    floor, draws
        The bound, and at most `batch` draws; when there is none, the bound is the quantile.
    """
    floor = find_quantile(lower, level)
    draws = np.flatnonzero((upper > floor) & (lower < upper))
    if draws.size > batch:
        draws = draws[np.argpartition(-upper[draws], batch)[:batch]]
    return floor, draws
