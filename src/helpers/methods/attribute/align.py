"""Bring two years' tables onto the same units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.methods.labelled import read_numbers
from helpers.methods.ranking import Floats

Scores = npt.ArrayLike | pd.DataFrame
Weights = Mapping[str, float] | pd.Series


@dataclass(frozen=True)
class Aligned:
    """Two tables of the same units and columns; `columns` is None for single columns."""

    units: pd.Index
    columns: pd.Index | None
    before: Floats  # (n, k)
    after: Floats  # (n, k)


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
    old, was_single = read_numbers(before, "before")
    new, is_single = read_numbers(after, "after")
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
    columns = None if was_single else old.columns
    return Aligned(units, columns, old.to_numpy(), new.to_numpy())


def read_weights(weights: Weights, columns: pd.Index, name: str) -> Floats:
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
    values: Floats = np.array(given[columns], dtype=np.float64)
    if not np.isfinite(values).all() or (values < 0).any() or not values.any():
        raise ValueError(f"{name} are {values.tolist()}: expected finite, >= 0 and not all 0")
    return values
