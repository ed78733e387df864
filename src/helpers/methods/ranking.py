"""What being above means, once for all: ties, tolerance and competition ranks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

TOLERANCE = 1e-12
"""Scores are level where they differ by no more than this share of the largest of them.

The error of sums and products is relative: some 1e-16 of the largest number that was added. Printed
scores differ by 1e-6 of it at the least. A share lies between the two on every scale, whether
a table runs to 1 or to a billion, which a fixed distance does not.
"""


def margin(*tables: npt.ArrayLike, tolerance: float = TOLERANCE) -> float:
    """Return by how much a score must be higher to be above another.

    Parameters
    ----------
    tables
        All that the scores to be compared are made of, any shape; NaN does not count.
    tolerance
        The margin as a share of their largest absolute number; 0 compares exactly.

    Raises
    ------
    ValueError
        If the tolerance is negative or not a number.
    """
    if not 0 <= tolerance < np.inf:
        raise ValueError(f"tolerance is {tolerance!r}: expected 0 or a small positive number")
    sizes = (np.abs(np.asarray(table, dtype=np.float64)) for table in tables)
    return tolerance * max(
        (float(np.fmax.reduce(size, axis=None, initial=0.0)) for size in sizes), default=0.0
    )


def count_above(table: Floats, values: Floats, margin: float) -> Ints:
    """Count the scores of a table that lie above each value.

    Parameters
    ----------
    table : (n,) array
        Scores; NaN is above nothing.
    values : array of any shape
        Scores to look up; the count for NaN means nothing, mask it.
    margin : float
        What `margin` returns.

    Returns
    -------
    Integers of the shape of `values`.
    """
    ordered = np.sort(table[~np.isnan(table)])
    return ordered.size - ordered.searchsorted(values + margin, side="right")


def competition_ranks(scores: npt.ArrayLike, within: float | None = None) -> Floats:
    """Return competition ranks, best score first: ties share the best place (15, 15, 17).

    Parameters
    ----------
    scores
        Shape (n,), or (m, n) for m tables; NaN is unranked and above nobody.
    within
        The margin within which scores are level; by default that of the scores.

    Returns
    -------
    array of the shape of `scores`
        Ranks from 1, NaN where the score is.
    """
    given = np.asarray(scores, dtype=np.float64)
    level = margin(given) if within is None else within
    rows = [1.0 + count_above(row, row, level) for row in np.atleast_2d(given)]
    return np.where(np.isnan(given), np.nan, np.reshape(rows, given.shape))


def nullable(values: Ints, missing: npt.NDArray[np.bool_]) -> pd.Series:
    """Integers with gaps, as a Series of pandas' nullable Int64."""
    return pd.Series(pd.arrays.IntegerArray(values.astype(np.int64), missing))


def rank_sets(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Return the best and the worst rank each unit can have, given intervals of the scores.

    Parameters
    ----------
    low, high
        Ends of the closed intervals, shape (n,); NaN is unranked.

    Returns
    -------
    best, worst
        Shape (n,). Both are attained: `best` with the unit's score at its upper end and all
        others at their lower ends, `worst` the other way round.
    """
    known, level = ~(np.isnan(low) | np.isnan(high)), margin(low, high)
    best = 1.0 + count_above(low, high, level)
    # Of the scores that can lie above the unit's lower end, one can be its own.
    own = high > low + level
    worst = 1.0 + count_above(high, low, level) - own
    return np.where(known, best, np.nan), np.where(known, worst, np.nan)


def bound_by_neighbours(
    low: Floats,
    high: Floats,
    rank: Floats,
    units: int,
) -> tuple[Floats, Floats]:
    """Bound ranks in a table of which only some scores and some ranks are known.

    A unit whose score is certainly below that of the 15th is 16th at best; one certainly
    above the 20th is 19th at worst.

    Parameters
    ----------
    low, high
        Score intervals, shape (n,), NaN where no score is known.
    rank
        Ranks published singly, shape (n,), NaN where none is known; they are kept as they are.
    units
        The number of units in the full table.

    Returns
    -------
    best, worst
        Shape (n,); NaN where neither score nor rank is known.
    """
    scored, level = ~np.isnan(low), margin(low, high)
    best = 1.0 + count_above(low, high, level)
    # Units without a score may all be above; of the others those that can be, but not itself.
    unknown, own = units - np.count_nonzero(scored), high > low + level
    worst = 1.0 + unknown + count_above(high, low, level) - own
    both = scored & ~np.isnan(rank)
    if both.any():
        # The worst rank among units certainly above: a running maximum from the top score down.
        down = np.argsort(-low[both])
        reached = np.concatenate([[0.0], np.maximum.accumulate(rank[both][down])])
        above = np.searchsorted(-low[both][down], -(high + level), side="left")
        best = np.maximum(best, reached[above] + 1)
        up = np.argsort(high[both])
        floor = np.concatenate([[units + 1.0], np.minimum.accumulate(rank[both][up])])
        below = np.searchsorted(high[both][up], low - level, side="left")
        worst = np.minimum(worst, floor[below] - 1)
    # Sources that contradict each other bound nothing.
    open_ended = scored & (best > worst)
    best, worst = np.where(open_ended, 1.0, best), np.where(open_ended, float(units), worst)
    best, worst = (np.where(scored, end, np.nan) for end in (best, worst))
    return np.where(np.isnan(rank), best, rank), np.where(np.isnan(rank), worst, rank)
