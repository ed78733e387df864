"""Marginal sets without draws: the critical value of independent estimates by an integral.

Given the error x of unit j, its comparisons with the others are independent of each other, so the
chance that none of them exceeds c is the mean, over x, of a product of normal probabilities. The
integral is one-dimensional for any number of units, and no seed moves its value. (Ours; the
method itself is that of `helpers.methods.infer.sets`, which takes the quantile from draws.)
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import scipy
from numpy.typing import NDArray

from helpers.methods.infer.comparisons import Comparisons, Floats

_SPAN = 5  # standard deviations; beyond them lies less than a millionth of the chance
_FINEST = 32


@cache
def _rule(panels: int) -> tuple[Floats, Floats]:
    """Return nodes and weights for a standard normal mean, with so many panels a deviation."""
    points, weights = np.polynomial.legendre.leggauss(6)
    starts = np.arange(-_SPAN * panels, _SPAN * panels)
    nodes = ((starts[:, None] + 0.5 + points / 2) / panels).ravel()
    density = np.exp(-(nodes**2) / 2) / np.sqrt(2 * np.pi)
    return nodes, np.tile(weights / (2 * panels), starts.size) * density


def find_chance(
    critical: float,
    own: float,
    others: Floats,
    total: Floats,
    kept: NDArray[np.bool_],
) -> float:
    """Return the chance that no comparison of a unit exceeds a critical value, if all are equal.

    Parameters
    ----------
    critical
        0 or more.
    own
        The standard error of the unit.
    others, total
        Shape (n,): the standard errors of the others, and those of the differences.
    kept
        Shape (2, n): which comparisons count, "better" and "worse".
    """
    reach = (critical * total / others)[:, None]
    # An estimate much more exact than the unit's own makes a step, which takes finer panels.
    nodes, mass = _rule(min(_FINEST, max(1, math.ceil(own / others.min() / 3))))
    error = np.outer(own / others, nodes)
    # The comparison "better" holds the other's error from below, "worse" from above.
    product = np.where(kept[1][:, None], scipy.special.ndtr(error + reach), 1.0)
    product -= np.where(kept[0][:, None], scipy.special.ndtr(error - reach), 0.0)
    return float(product.prod(axis=0) @ mass)


def count_marginal_rejections(
    problem: Comparisons, unit: int, level: float, step_down: bool
) -> tuple[int, int]:
    """Count the units that one unit is significantly better than, and worse than.

    Parameters are those of `helpers.methods.infer.marginal.count_marginal_rejections`; the draws
    of the problem are not used.
    """
    there = np.arange(problem.variances.size) != unit
    total = problem.deviations(unit)
    values = problem.studentise(unit, total)[there]
    sizes = np.stack([values, -values])
    kept = np.zeros(sizes.shape, dtype=bool)
    for sign in problem.signs:
        kept[int(sign < 0)] = True
    own, others = float(np.sqrt(problem.variances[unit])), np.sqrt(problem.variances[there])
    rejected = np.zeros_like(kept)
    while kept.any():
        # One comparison alone needs the first limit; all of them never more than the second.
        alone, most = (
            scipy.special.ndtri(level),
            scipy.special.ndtri(1 - (1 - level) / np.count_nonzero(kept)),
        )
        asked = sizes[kept & (sizes > max(alone, 0.0)) & (sizes <= most)]
        ordered = np.unique(asked)
        low, high, step = 0, ordered.size, 1
        while low < high:  # in growing steps from the top, as the limit there is nearly right
            middle = max(low, high - step)
            if find_chance(ordered[middle], own, others, total[there], kept) > level:
                high, step = middle, 2 * step
            else:
                low, step = middle + 1, 1
        least = ordered[high] if high < ordered.size else np.inf
        more = kept & ((sizes >= least) | (sizes > max(most, 0.0)))
        if not more.any():
            break
        rejected |= more
        kept &= ~more
        if not step_down:
            break
    better, worse = rejected.sum(axis=1)
    return int(better), int(worse)
