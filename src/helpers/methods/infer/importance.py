"""Simultaneous sets by importance sampling: critical values that hardly move from seed to seed.

Plain draws spend nearly all their number where no comparison is large. Here every draw has one
that is: a pair is chosen, its studentised difference is drawn from the tail beyond a floor, and
the other errors follow it. A draw in which N pairs are beyond the floor could have come from each
of them, so it weighs 1 / N: Owen, Maximov and Chertkov (2019), "Importance sampling the union of
rare events with an application to power systems analysis", Electronic Journal of Statistics 13,
doi 10.1214/18-EJS1527. Scrambled Sobol points take the place of random numbers. (Joining it to
the rank sets of `helpers.methods.infer.sets` is ours.)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from scipy.stats import qmc

from helpers.methods.infer.comparisons import Comparisons, Floats, Ints

_LOG2_POINTS = 14
_ROUGH, _SLACK = 2**11, 0.05  # points of the first steps, and how far off they may be at the most
_STEP = 0.2  # by which the floor comes down, in standard deviations
_CELLS = 2**17

Kept = NDArray[np.bool_]


def draw_uniform(units: int, seed: int) -> Floats:
    """Return Sobol points, shape (2**14, units + 2): the pair, its tail, the errors of the units.

    None is 0 or 1.
    """
    points = qmc.Sobol(units + 2, rng=seed).random_base2(_LOG2_POINTS)
    inside: Floats = np.clip(points, 1e-12, 1 - 1e-12)
    return inside


def count_joint_rejections(
    problem: Comparisons, uniform: Floats, level: float, step_down: bool
) -> tuple[Ints, Ints]:
    """Count, for all units, those they are significantly better than and worse than.

    Parameters
    ----------
    problem
        The comparisons; row i of its errors goes with row i of `uniform`.
    uniform
        Shape (points, 2), inside (0, 1).
    level, step_down
        As for `helpers.methods.infer.simultaneous.count_joint_rejections`.

    Returns
    -------
    better, worse
        Shape (p,) each.
    """
    p = problem.estimates.size
    deviations = np.stack([problem.deviations(unit) for unit in range(p)])
    observed = np.stack([problem.studentise(unit, deviations[unit]) for unit in range(p)])
    kept = ~np.eye(p, dtype=bool)
    # Stepping down from a few rejections too few comes to the same end, so its first steps need
    # few points.
    points = _ROUGH if step_down else len(uniform)
    while kept.any():
        critical = _find_critical(problem, uniform[:points], deviations, kept, level)
        beyond = kept & (observed > critical + (_SLACK if points < len(uniform) else 0.0))
        kept &= ~beyond
        if step_down and beyond.any():
            continue
        if points == len(uniform):
            break
        points = len(uniform)
    rejected = ~kept & ~np.eye(p, dtype=bool)
    return rejected.sum(axis=1), rejected.sum(axis=0)


def _find_critical(
    problem: Comparisons, uniform: Floats, deviations: Floats, kept: Kept, level: float
) -> float:
    """Return the critical value of the kept comparisons, 0 or more."""
    floor = ndtri(1 - (1 - level) / np.count_nonzero(kept))  # none is higher
    rough, mass = uniform[:_ROUGH], np.zeros(1)
    # The floor must lie below the value sought: more than the chance asked for is beyond it.
    while floor > 0 and mass[-1] < 1.1 * (1 - level):
        floor = max(floor - _STEP, 0.0)
        _, mass = _weigh_tail(problem, rough, deviations, kept, floor)
    largest, mass = _weigh_tail(problem, uniform, deviations, kept, floor)
    place = np.searchsorted(mass, 1 - level)
    return float(largest[place]) if place < largest.size else floor


def _weigh_tail(
    problem: Comparisons, uniform: Floats, deviations: Floats, kept: Kept, floor: float
) -> tuple[Floats, Floats]:
    """Return the largest comparison of each draw, falling, and the chance of one at least as large.

    Only what lies beyond the floor has that chance.
    """
    n, p = len(uniform), problem.variances.size
    better, worse = np.nonzero(kept)
    pair = (uniform[:, 0] * better.size).astype(np.int64)
    j, k, tail = better[pair], worse[pair], ndtr(-floor)
    errors, row = problem.errors[:n].copy(), np.arange(n)
    deviation = deviations[j, k]
    shift = -ndtri(uniform[:, 1] * tail) - (errors[row, j] - errors[row, k]) / deviation
    if problem.covariance is None:
        errors[row, j] += shift * problem.variances[j] / deviation
        errors[row, k] -= shift * problem.variances[k] / deviation
    else:
        hangs = problem.covariance[j] - problem.covariance[k]
        errors += (shift / deviation)[:, None] * hangs
    divisors = np.where(kept, deviations, np.inf)
    largest, beyond = np.empty(n), np.empty(n)
    step = max(1, _CELLS // p**2)
    for start in range(0, n, step):
        part = errors[start : start + step]
        gaps = part[:, :, None] - part[:, None, :]
        gaps /= divisors
        flat = gaps.reshape(len(part), -1)
        largest[start : start + step] = flat.max(axis=1)
        beyond[start : start + step] = np.count_nonzero(flat > floor, axis=1)
    falling = np.argsort(-largest)
    weight = better.size * tail / n / beyond.clip(1)
    return largest[falling], np.cumsum(weight[falling])
