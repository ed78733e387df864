"""What a cell can hold in its column: zeros, signs, ends of a scale, indicators, ranks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from helpers.index.catalog import Index
from helpers.index.model import Table
from helpers.tables.clean.quantity import parse_rank
from helpers.tables.clean.rawtable import Problem, check


def zeros_missing(table: Table, column: str, year: pd.Series) -> pd.Series:
    """Tell where 0 in a column means not assessed."""
    if isinstance(table.zeros, Mapping):
        return year.isin(table.zeros.get(column, ()))
    missing = column in table.zeros if isinstance(table.zeros, tuple) else table.zeros == "missing"
    return pd.Series(missing, index=year.index)


def signs(
    frame: pd.DataFrame, column: str, filled: pd.Series, text: pd.Series, percent: bool
) -> list[Problem]:
    """Find the cells whose per cent sign, or the lack of it, is at odds with their column."""
    signed = filled & text.str.endswith("%")
    if not percent:
        mend = f"correct the cell, or give {column} `percent: true` in index.yml"
        return check(frame, column, signed, "a number without %", mend)
    bare = filled & ~signed
    odd, what = (bare, "a % sign") if signed.sum() >= bare.sum() else (signed, "a number without %")
    if not (signed.any() and bare.any()):
        return []
    return check(frame, column, odd, f"{what}, as in the column's other cells")


def ends_of(index: Index, indicator: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return the lowest and the highest possible score of each indicator of a column."""
    ends = {name: index.scale_of(name) for name in indicator.unique()}
    low, high = (indicator.map({name: end[n] for name, end in ends.items()}) for n in (0, 1))
    return low.astype(float), high.astype(float)


def of_pairs(first: pd.Series, second: pd.Series, value: Callable[[Any, Any], Any]) -> pd.Series:
    """Return `value` of two columns, row by row; worked out once for each pair there is."""
    (one, firsts), (other, seconds) = (c.factorize(use_na_sentinel=False) for c in (first, second))
    pairs, at = np.unique(one * len(seconds) + other, return_inverse=True)
    firsts, seconds = np.asarray(firsts), np.asarray(seconds)
    told = [value(firsts[pair // len(seconds)], seconds[pair % len(seconds)]) for pair in pairs]
    return pd.Series(told).take(at).set_axis(first.index)


def foreign(index: Index, year: pd.Series, indicator: pd.Series | str) -> pd.Series:
    """Tell where an indicator is not one of its year's scheme; an unknown year is not judged."""
    known = {(row.scheme, row.indicator) for row in index.structure.rows}
    names = pd.Series(indicator, index=year.index)
    schemes = index.schemes
    return of_pairs(year, names, lambda one, name: (schemes.get(one), name) not in known) & (
        year.notna()
    )


def places(text: pd.Series) -> pd.DataFrame:
    """Return the first and the last place that printed ranks allow, by the index of `text`.

    Returns
    -------
    DataFrame
        ``low``, ``high`` (infinite where a band is open) and ``band``: whether they differ.
    """
    read: dict[str, tuple[float, float]] = {}
    for one in text.unique():
        try:
            read[one] = parse_rank(one)[:2]
        except ValueError:
            read[one] = np.nan, np.nan
    ends = pd.DataFrame.from_dict(read, orient="index", columns=["low", "high"], dtype=float)
    told: pd.DataFrame = ends.reindex(text).set_axis(text.index).assign(band=False)
    told["band"] = told["low"] < told["high"]
    return told


def of_bands(facts: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """Return what bands of ranks say, as facts: the rank at most and at least.

    Parameters
    ----------
    facts
        The facts of some rows, their measure and value left out.
    told
        What `places` returns of the same rows.
    """
    banded = told["band"].astype(bool)
    most = facts.assign(measure="rank_at_most", value=told["high"])[banded]
    least = facts.assign(measure="rank_at_least", value=told["low"])[banded]
    return pd.concat([most[most["value"] < np.inf], least[least["value"] > 1]])


def is_rank(values: pd.Series, most: pd.Series) -> pd.Series:
    """Tell which numbers can be ranks among so many."""
    return (values >= 1) & (values % 1 == 0) & (values <= most)
