"""Marginal sets: one unit against all others, with a critical value of its own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from helpers.methods.infer.comparisons import Comparisons, Floats, find_open_draws, find_quantile

_CELLS = 2**18


class UnitMaxima:
    """The largest comparison of one unit in every draw, as comparisons are left out.

    `upper` bounds it from above: leaving out can only lower it. `found` at `found_at` is the
    largest one worked out so far; while it is not left out itself, it bounds it from below.
    """

    def __init__(self, problem: Comparisons, unit: int) -> None:
        self.problem, self.unit = problem, unit
        self.deviations = problem.deviations(unit)
        self.studentised = problem.studentise(unit, self.deviations)
        divisors = np.stack([self.deviations, self.deviations])
        draws = np.arange(problem.errors.shape[0])
        if problem.covariance is None:
            near, own = problem.candidates(unit), problem.errors[:, unit]
            self._gaps = near.sign * own[near.draw] - near.signed_error
            self.upper = self._over_candidates(divisors)
            self.found, self.found_at = np.zeros(draws.size), np.full(draws.size, unit)
        else:
            self.found, self.found_at = problem.largest(unit, draws, divisors)
            self.upper = self.found.copy()

    def _over_candidates(self, divisors: Floats) -> Floats:
        near = self.problem.candidates(self.unit)
        ratios = self._gaps / divisors.ravel()[near.slot]
        return np.maximum(np.maximum.reduceat(ratios, near.starts), 0.0)

    def reject(self, critical: float) -> NDArray[np.bool_]:
        """Return which comparisons exceed the critical value, shape (2, p): better, worse."""
        beyond = np.zeros((2, self.studentised.size), dtype=bool)
        for sign in self.problem.signs:
            beyond[int(sign < 0)] = sign * self.studentised > critical
        return beyond

    def quantile_without(self, left_out: NDArray[np.bool_], level: float) -> float:
        """Return the quantile of the largest comparison that is not left out."""
        divisors = np.where(left_out, np.inf, self.deviations)
        lower = np.where(left_out.ravel()[self.found_at], 0.0, self.found)
        if self.problem.covariance is None:
            lower = np.maximum(lower, self._over_candidates(divisors))
        batch = max(16, _CELLS // self.deviations.size)
        while True:
            floor, draws = find_open_draws(lower, self.upper, level, batch)
            if not draws.size:
                return floor
            value, slot = self.problem.largest(self.unit, draws, divisors)
            self.found[draws], self.found_at[draws] = value, slot
            self.upper[draws] = lower[draws] = value


def count_marginal_rejections(
    problem: Comparisons, unit: int, level: float, step_down: bool
) -> tuple[int, int]:
    """Count the units that one unit is significantly better than, and worse than.

    Parameters
    ----------
    problem, unit
        The comparisons, and the position of the unit.
    level
        The quantile of the unit's largest comparison that serves as critical value.
    step_down
        Leave out what was rejected and take the quantile of the rest, until nothing more falls.
    """
    maxima = UnitMaxima(problem, unit)
    rejected = maxima.reject(find_quantile(maxima.upper, level))
    while step_down and rejected.any():
        more = maxima.reject(maxima.quantile_without(rejected, level))
        if np.array_equal(more, rejected):
            break
        rejected = more
    better, worse = rejected.sum(axis=1)
    return int(better), int(worse)
