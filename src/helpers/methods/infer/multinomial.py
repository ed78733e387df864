"""Confidence sets for the ranks of categories by their counts: exact, for any sample size.

After Bazylik, Mogstad, Romano, Shaikh and Wilhelm (2021), "Finite- and Large-Sample Inference for
Ranks using Multinomial Data with an Application to Ranking Political Parties", NBER working paper
29519, doi 10.3386/w29519. Given the sum n of two counts, the first is binomial (n, 1/2) if both
categories are equally likely, so each pair has an exact one-sided test.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
import scipy
from numpy.typing import ArrayLike, NDArray

from helpers.methods.infer.inputs import check_level, read_whole, require
from helpers.methods.infer.sets import SIDES, Best, Kind, Sided, frame_sets

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Correction = Literal["holm", "bonferroni"]


def multinomial_rank_confidence_sets(
    counts: ArrayLike | pd.Series,
    *,
    level: float = 0.95,
    kind: Kind = "marginal",
    sided: Sided = "two",
    correction: Correction = "holm",
    best: Best = "high",
) -> pd.DataFrame:
    """Bound the rank of every category of a multinomial sample by its count.

    Parameters
    ----------
    counts
        Shape (p,), whole numbers of at least 0. A Series keeps its index.
    level, kind, sided, best
        As in `rank_confidence_sets`; here the level holds exactly, without draws.
    correction
        For testing many pairs: "bonferroni" tests each at (1 - level) / number of tests, which
        is to ask whether its Clopper-Pearson bound excludes 1/2; "holm" goes on from there with
        the tests that remain, and rejects no less.

    Returns
    -------
    pandas.DataFrame
        lower, rank, upper as in `rank_confidence_sets`.

    Raises
    ------
    ValueError
        For counts that are negative or not whole, or unknown options.

    Notes
    -----
    Memory and time grow with p squared. A pair without any observation is never rejected.
    """
    check_level(level)
    require(kind, ("marginal", "simultaneous"), "kind")
    require(sided, tuple(SIDES), "sided")
    require(correction, ("holm", "bonferroni"), "correction")
    require(best, ("high", "low"), "best")
    values, index = read_whole(counts, "counts")
    bad = np.flatnonzero((values < 0) | (values != np.floor(values)))
    if bad.size:
        raise ValueError(
            f"counts: {values[bad[0]]} for category {index[bad[0]]!r}; "
            "expected whole numbers of at least 0"
        )
    p_values = _test_pairs(values)
    if best == "low":
        p_values, values = p_values.T, -values
    better, worse = _count(p_values, 1 - level, kind, SIDES[sided], correction)
    return frame_sets(values, better, worse, sided, index)


def _test_pairs(counts: Floats) -> Floats:
    """Return the exact p-value of "j has the larger probability than k", shape (p, p).

    1 where the count of j is not larger: such a pair is never rejected.
    """
    p_values = np.ones((counts.size, counts.size))
    first, second = np.nonzero(counts[:, None] > counts)
    total = counts[first] + counts[second]
    p_values[first, second] = scipy.stats.binom.sf(counts[first] - 1, total, 0.5)
    return p_values


def _find_threshold(p_values: Floats, share: float, correction: Correction) -> float:
    """Return the largest p-value that is rejected in a family of tests; -1 if none is."""
    ascending = np.sort(p_values)
    tests = ascending.size
    limits = np.full(tests, share / tests)
    if correction == "holm":
        limits = share / np.arange(tests, 0, -1)
    failed = np.flatnonzero(ascending > limits)
    rejected = int(failed[0]) if failed.size else tests
    return float(ascending[rejected - 1]) if rejected else -1.0


def _count(
    p_values: Floats, share: float, kind: Kind, signs: tuple[int, ...], correction: Correction
) -> tuple[Ints, Ints]:
    """Count, per category, those that it is significantly larger and smaller than."""
    p = p_values.shape[0]
    if p == 1:
        return np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
    if kind == "simultaneous":
        family = p_values[~np.eye(p, dtype=bool)]
        rejected = p_values <= _find_threshold(family, share, correction)
        return rejected.sum(axis=1), rejected.sum(axis=0)
    better, worse = np.zeros(p, dtype=np.int64), np.zeros(p, dtype=np.int64)
    for unit in range(p):
        ways = {1: np.delete(p_values[unit], unit), -1: np.delete(p_values[:, unit], unit)}
        family = np.concatenate([ways[sign] for sign in signs])
        threshold = _find_threshold(family, share, correction)
        better[unit] = np.count_nonzero(ways[1] <= threshold)
        worse[unit] = np.count_nonzero(ways[-1] <= threshold)
    return better, worse
