"""Confidence sets for ranks when the scores are estimates with known standard errors.

After Mogstad, Romano, Shaikh and Wilhelm (2023), "Inference for Ranks with Applications to
Mobility across Neighbourhoods and Academic Achievement across Countries", Review of Economic
Studies, doi 10.1093/restud/rdad006. A unit's rank is one plus the number of better units, so a set
for it follows from tests of the differences: with w units significantly better and b
significantly worse, it runs from 1 + w to p - b. The tests share a critical value, which controls
the chance of any false rejection: the quantile, over draws of the errors, of the largest
studentised difference.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from helpers.methods.infer import importance, marginal, quadrature
from helpers.methods.infer.comparisons import Comparisons, Floats
from helpers.methods.infer.inputs import Estimates, check_level, read_estimates, require
from helpers.methods.infer.simultaneous import count_joint_rejections
from helpers.methods.ranking import competition_ranks

Kind = Literal["marginal", "simultaneous"]
Sided = Literal["two", "lower", "upper"]
Best = Literal["high", "low"]
Ints = NDArray[np.int64]

SIDES: dict[str, tuple[int, ...]] = {"two": (1, -1), "upper": (1,), "lower": (-1,)}


def rank_confidence_sets(
    estimates: ArrayLike | pd.Series,
    std_errors: ArrayLike | pd.Series | pd.DataFrame,
    *,
    level: float = 0.95,
    kind: Kind = "marginal",
    sided: Sided = "two",
    step_down: bool = True,
    draws: int | None = 1000,
    seed: int = 0,
    best: Best = "high",
) -> pd.DataFrame:
    """Bound the rank of every unit.

    1. Draw the errors of the estimates from their normal distribution.
    2. In every draw take the largest studentised difference: of one unit to all others
       (marginal), or of all pairs (simultaneous). Its quantile is the critical value.
    3. Reject equality where the observed studentised difference exceeds it.
    4. With `step_down`, leave out what was rejected and repeat with the same draws.
    5. Count, per unit, those significantly better and worse.

    Parameters
    ----------
    estimates
        Shape (p,). A Series keeps its index.
    std_errors
        Shape (p,): standard errors of independent estimates, in the unit of the estimates; or
        shape (p, p): their covariance. A Series or DataFrame is aligned to the estimates' index.
    level
        Chance that a set covers the true rank (marginal), or all sets do (simultaneous).
    kind
        "marginal": each unit's own set; "simultaneous": for statements about all units.
    sided
        "two"; "lower": only the lower bound (the best rank) is of interest, the upper one is p;
        "upper": only the upper bound is, the lower one is 1.
    step_down
        Sharper sets at the same level. Two-sided sets then also control the direction.
    draws, seed
        Number of draws, and the seed of numpy's default generator. None for better critical
        values than plain draws give. Marginal sets of independent estimates take them from an
        integral, which no seed moves (`helpers.methods.infer.quadrature`); draws are faster above
        some 500 units. Simultaneous sets take them from 16,384 weighted quasi-random draws
        (`helpers.methods.infer.importance`): as exact as a million plain ones; draws are
        faster above some 80 units.
    best
        Whether a high or a low estimate has rank 1.

    Returns
    -------
    pandas.DataFrame
        lower, rank and upper (int64), 1 <= lower <= rank <= upper <= p; rank is the competition
        rank of the estimates. A single unit has 1, 1, 1; units all tied have 1, 1, p.

    Raises
    ------
    ValueError
        For estimates, errors or options that allow no answer; the message names the unit.

    Notes
    -----
    The quantile is the smallest draw that a share of at least `level` of the draws does not
    exceed. Critical values are never below 0, so that no difference is rejected against its sign.
    The first draw column goes to the unit of smallest standard error, and so on (ties: by
    estimate), so neither the order nor the names of the units matter. Units that share both
    estimate and standard error share one set.
    Covariances: cost grows with p squared times draws, independent errors with about p times
    draws. Units with equal estimate and variance but other covariances may differ by the noise of
    the draws when their order is changed.
    """
    require(kind, ("marginal", "simultaneous"), "kind")
    require(sided, tuple(SIDES), "sided")
    check_level(level, draws)
    given = read_estimates(estimates, std_errors, best)
    if draws is None and kind == "marginal" and given.covariance is not None:
        raise ValueError(
            "draws is None, which marginal sets of correlated estimates lack; give a number"
        )
    if kind == "marginal":
        normal = _draw_normal(given, draws or 0, seed)
        problem = _compare(given, SIDES[sided], normal)
        count = (marginal if draws else quadrature).count_marginal_rejections
        better, worse = _count_marginal(given, problem, partial(count, problem), level, step_down)
    elif draws is None:
        uniform = importance.draw_uniform(given.scores.size, seed)
        problem = _compare(given, (1,), ndtri(uniform[:, 2:]))
        counts = importance.count_joint_rejections(problem, uniform[:, :2], level, step_down)
        better, worse = _as_given(given, counts)
    else:
        problem = _compare(given, (1,), _draw_normal(given, draws, seed))
        better, worse = _as_given(given, count_joint_rejections(problem, level, step_down))
    return frame_sets(given.scores, better, worse, sided, given.index)


def frame_sets(
    values: NDArray[np.generic], better: Ints, worse: Ints, sided: str, index: pd.Index
) -> pd.DataFrame:
    """Turn counts of units that each unit is better and worse than into sets of ranks."""
    p = values.size
    return pd.DataFrame(
        {
            "lower": 1 + worse if sided != "upper" else np.ones(p, dtype=np.int64),
            # Exactly: standard errors may tell apart what the margin of a table would not.
            "rank": competition_ranks(values, 0.0).astype(np.int64),
            "upper": p - better if sided != "lower" else np.full(p, p, dtype=np.int64),
        },
        index=index,
        dtype=np.int64,
    )


def _draw_normal(given: Estimates, draws: int, seed: int) -> Floats:
    return np.random.default_rng(seed).standard_normal((draws, given.scores.size))


def _compare(given: Estimates, signs: tuple[int, ...], errors: Floats) -> Comparisons:
    """Give independent standard normal errors the covariance of the units, in `draw_order`."""
    order = given.draw_order()
    variances = given.variances[order]
    covariance = given.covariance
    if covariance is None:
        errors = errors * np.sqrt(variances)
    else:
        covariance = covariance[np.ix_(order, order)]
        weights, vectors = np.linalg.eigh(covariance)
        # The symmetric root does not depend on the arbitrary signs of the eigenvectors.
        errors = errors @ ((vectors * np.sqrt(weights.clip(0))) @ vectors.T)
    return Comparisons(given.scores[order], errors, variances, covariance, signs)


def _count_marginal(
    given: Estimates,
    problem: Comparisons,
    count: Callable[[int, float, bool], tuple[int, int]],
    level: float,
    step_down: bool,
) -> tuple[Ints, Ints]:
    order = given.draw_order()
    counts = np.empty((order.size, 2), dtype=np.int64)
    for place, unit in enumerate(order):
        twin = (
            given.covariance is None
            and place > 0
            and problem.variances[place] == problem.variances[place - 1]
            and problem.estimates[place] == problem.estimates[place - 1]
        )
        if twin:
            counts[unit] = counts[order[place - 1]]
        else:
            counts[unit] = count(place, level, step_down)
    return counts[:, 0], counts[:, 1]


def _as_given(given: Estimates, counts: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    """Bring counts by `draw_order` into the order of the estimates."""
    back = np.argsort(given.draw_order())
    return counts[0][back], counts[1][back]
