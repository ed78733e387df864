"""Simultaneous sets: all units against all others, with one critical value for all pairs."""

from __future__ import annotations

import numpy as np

from helpers.methods.infer.comparisons import (
    Comparisons,
    Floats,
    Ints,
    find_open_draws,
    find_quantile,
)
from helpers.methods.infer.marginal import UnitMaxima

_BATCH = 16


class JointMaxima:
    """The largest of all ordered comparisons in every draw, as comparisons are left out.

    Asking of every ordered pair (j, k) whether j is better covers both directions, so the problem
    must have the one sign 1.
    """

    def __init__(self, problem: Comparisons) -> None:
        self.problem = problem
        units = range(problem.estimates.size)
        self._by_unit = np.stack([UnitMaxima(problem, unit).upper for unit in units], axis=1)
        self.upper: Floats = self._by_unit.max(axis=1)

    def quantile_without(self, critical: float, level: float) -> float:
        """Return the quantile of the largest comparison among those not beyond `critical`."""
        lower = np.zeros_like(self.upper)
        while True:
            floor, draws = find_open_draws(lower, self.upper, level, _BATCH)
            if not draws.size:
                return floor
            for draw in draws:
                self.upper[draw] = lower[draw] = self._largest(draw, critical)

    def _largest(self, draw: int, critical: float) -> float:
        """Go through the units by falling bound until none can beat the best found."""
        bounds, errors = self._by_unit[draw], self.problem.errors[draw]
        best = 0.0
        for unit in np.argsort(-bounds, kind="stable"):
            if bounds[unit] <= best:
                break
            deviations = self.problem.deviations(unit)
            kept = self.problem.studentise(unit, deviations) <= critical
            largest = ((errors[unit] - errors[kept]) / deviations[kept]).max()
            bounds[unit] = max(float(largest), 0.0)  # stays a bound: less will be kept later on
            best = max(best, float(bounds[unit]))
        return best

    def count_rejections(self, critical: float) -> tuple[Ints, Ints]:
        """Count, for every unit, those it is significantly better than and worse than."""
        better, worse = [], []
        for unit in range(self.problem.estimates.size):
            values = self.problem.studentise(unit, self.problem.deviations(unit))
            better.append(np.count_nonzero(values > critical))
            worse.append(np.count_nonzero(values < -critical))
        return np.array(better), np.array(worse)


def count_joint_rejections(
    problem: Comparisons, level: float, step_down: bool
) -> tuple[Ints, Ints]:
    """Count, for all units, those they are significantly better than and worse than.

    Parameters are those of `count_marginal_rejections`, for all units at once; both results have
    shape (p,).
    """
    maxima = JointMaxima(problem)
    critical = find_quantile(maxima.upper, level)
    better, worse = maxima.count_rejections(critical)
    while step_down and better.any():
        critical = maxima.quantile_without(critical, level)
        before = better.sum()
        better, worse = maxima.count_rejections(critical)
        if better.sum() == before:
            break
    return better, worse
