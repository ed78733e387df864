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
