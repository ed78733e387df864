"""Bring two years' tables onto the same units, and count who is above a score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Scores = npt.ArrayLike | pd.DataFrame
Weights = Mapping[str, float] | pd.Series

TOLERANCE = 1e-9
"""Scores closer than this are level: sums of the same four-decimal figures differ by 1e-16."""


@dataclass(frozen=True)
class Aligned:
    """Two tables of the same units and columns; `columns` is None for single columns."""

    units: pd.Index
    columns: pd.Index | None
    before: FloatArray  # (n, k)
    after: FloatArray  # (n, k)


def align(before: Scores, after: Scores) -> Aligned:
    """Put the units of both tables in one order; a unit that one lacks is NaN there.

    Raises
    ------
    ValueError
        If only one of the two is labelled, shapes or columns differ, a label occurs twice,
        or a score is infinite.
    """
    pandas_types = (pd.Series, pd.DataFrame)
    if isinstance(before, pandas_types) != isinstance(after, pandas_types):
        raise ValueError("one table has unit labels and the other has none: label both or neither")
    old, was_single = as_frame(before, "before")
    new, is_single = as_frame(after, "after")
    if was_single != is_single:
        raise ValueError("one table is a single column and the other is not: give both alike")
    if not isinstance(before, pandas_types) and old.shape != new.shape:
        raise ValueError(f"before has shape {old.shape}, after {new.shape}: give the same units")
    if not was_single and not old.columns.equals(new.columns):
        if set(old.columns) != set(new.columns):
            odd = sorted(map(str, set(old.columns) ^ set(new.columns)))
            raise ValueError(f"columns found in one table only: {', '.join(odd)}")
        new = new[old.columns]
    units = old.index
    if not units.equals(new.index):
        units = units.append(new.index.difference(units, sort=False))
        old, new = old.reindex(units), new.reindex(units)
    return Aligned(
        units=units,
        columns=None if was_single else old.columns,
        before=old.to_numpy(),
        after=new.to_numpy(),
    )


def as_frame(table: Scores, name: str) -> tuple[pd.DataFrame, bool]:
    """Return the table as a frame of floats, and whether it was a single column."""
    single = isinstance(table, pd.Series) or (
        not isinstance(table, pd.DataFrame) and np.ndim(table) == 1
    )
    if np.ndim(table) not in (1, 2):
        raise ValueError(f"{name} has {np.ndim(table)} dimensions: expected (n,) or (n, k)")
    if isinstance(table, pd.Series | pd.DataFrame):
        frame = pd.DataFrame(table)
    else:
        frame = pd.DataFrame(np.asarray(table))
    for labels, kind in ((frame.index, "unit"), (frame.columns, "column")):
        if not labels.is_unique:
            twice = labels[labels.duplicated()][0]
            raise ValueError(f"{kind} {str(twice)!r} occurs more than once in {name}: keep one")
    try:
        values = frame.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} holds something other than numbers: {error}") from None
    if np.isinf(values).any():
        row = frame.index[np.isinf(values).any(axis=1)][0]
        raise ValueError(
            f"{name} has an infinite score for unit {str(row)!r}: expected a number or NaN"
        )
    return pd.DataFrame(values, index=frame.index, columns=frame.columns), single


def count_above(table: FloatArray, values: FloatArray, tolerance: float) -> IntArray:
    """Count the scores of a table that lie strictly above each value.

    Parameters
    ----------
    table : (n,) array
        Scores; NaN is above nothing.
    values : array of any shape
        Scores to look up; the count for NaN means nothing, mask it.

    Returns
    -------
    Integers of the shape of `values`.
    """
    ordered = np.sort(table[~np.isnan(table)])
    return ordered.size - ordered.searchsorted(values + tolerance, side="right")


def check_tolerance(tolerance: float) -> None:
    """Refuse a tolerance that is negative or not a number."""
    if not 0 <= tolerance < np.inf:
        raise ValueError(f"tolerance is {tolerance!r}: expected 0 or a small positive number")


def read_weights(weights: Weights, columns: pd.Index, name: str) -> FloatArray:
    """Return one weight per column, in the columns' order.

    Raises
    ------
    ValueError
        If a column has no weight, a weight no column, or the weights are negative, not
        finite or all zero.
    """
    given = pd.Series(weights, dtype=np.float64)
    if not given.index.is_unique or set(given.index) != set(columns):
        odd = sorted(map(str, set(given.index) ^ set(columns)))
        raise ValueError(
            f"{name} do not fit the columns (differing or repeated: {', '.join(odd) or 'labels'}): "
            "give each column one weight, 0 where it does not count"
        )
    values: FloatArray = np.array(given[columns], dtype=np.float64)
    if not np.isfinite(values).all() or (values < 0).any() or not values.any():
        raise ValueError(f"{name} are {values.tolist()}: expected finite, >= 0 and not all 0")
    return values


def nullable(values: npt.NDArray[np.int64], missing: npt.NDArray[np.bool_]) -> pd.Series:
    """Integers with gaps, as pandas' nullable Int64."""
    return pd.Series(pd.arrays.IntegerArray(values.astype(np.int64), missing))
