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
_FEW = 128  # up to so many units all pairs at once are faster than lists of candidates
_CELLS = 2**18


class JointMaxima:
    """The largest of all ordered comparisons in every draw, as comparisons are left out.

    Asking of every ordered pair (j, k) whether j is better covers both directions, so the problem
    must have the one sign 1.
    """

    def __init__(self, problem: Comparisons) -> None:
        self.problem = problem
        p = problem.estimates.size
        if p <= _FEW:
            self._deviations = np.stack([problem.deviations(unit) for unit in range(p)])
            self._studentised = np.stack(
                [problem.studentise(unit, self._deviations[unit]) for unit in range(p)]
            )
            self._step = max(1, _CELLS // p**2)
            draws = np.arange(problem.errors.shape[0])
            self.upper: Floats = self._over_pairs(draws, self._deviations)
        else:
            self._step = _BATCH
            self._by_unit = np.stack([UnitMaxima(problem, unit).upper for unit in range(p)], axis=1)
            self.upper = self._by_unit.max(axis=1)

    def _over_pairs(self, draws: Ints, divisors: Floats) -> Floats:
        """Return the largest comparison of some draws; an infinite divisor leaves a pair out."""
        found = np.zeros(draws.size)
        for start in range(0, draws.size, self._step):
            errors = self.problem.errors[draws[start : start + self._step]]
            gaps = errors[:, :, None] - errors[:, None, :]
            gaps /= divisors
            found[start : start + self._step] = gaps.reshape(len(errors), -1).max(axis=1)
        return found.clip(0.0)

    def quantile_without(self, critical: float, level: float) -> float:
        """Return the quantile of the largest comparison among those not beyond `critical`."""
        few = self.problem.estimates.size <= _FEW
        divisors = np.where(self._studentised > critical, np.inf, self._deviations) if few else None
        lower = np.zeros_like(self.upper)
        while True:
            floor, draws = find_open_draws(lower, self.upper, level, self._step)
            if not draws.size:
                return floor
            if divisors is not None:
                self.upper[draws] = lower[draws] = self._over_pairs(draws, divisors)
                continue
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
