"""Write an additive index as parts of its score, and check that they fit it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.methods.attribute.align import (
    TOLERANCE,
    FloatArray,
    Weights,
    as_frame,
    read_weights,
)


def contributions(
    values: pd.DataFrame,
    weights: Weights,
    *,
    total: float | None = None,
    scores: pd.Series | None = None,
    rest: str = "rest",
) -> pd.DataFrame:
    """Write an additive index as the parts of its score.

    Parameters
    ----------
    values : (n, p) frame
        Indicators; one row per unit.
    weights : mapping or Series
        Points of each indicator, all columns and no others.
    total : float, optional
        Points of the whole index; by default the sum of `weights`. Larger where indicators
        are not known one by one.
    scores : (n,) Series, optional
        The index itself. Then what the known parts do not account for is one more part,
        named `rest`, and the parts sum to these scores.

    Returns
    -------
    DataFrame
        ``values * weights / total``, and `rest` where `scores` are given. A unit that lacks
        a value keeps NaN there.

    Raises
    ------
    ValueError
        If weights do not fit or add up to more than `total`, a value or score is infinite or
        no number, the units of `scores` differ from those of `values`, or `rest` is the name of
        an indicator.
    """
    points = read_weights(weights, values.columns, "weights")
    total = float(points.sum()) if total is None else total
    if not points.sum() <= total * (1 + 1e-12) < np.inf:
        raise ValueError(f"weights add up to {points.sum():g}, more than the total of {total:g}")
    parts = as_frame(values, "values")[0] * (points / total)
    if scores is None:
        return parts
    if rest in parts.columns:
        raise ValueError(f"{str(rest)!r} is an indicator already: give the rest another name")
    if set(scores.index) != set(parts.index):
        raise ValueError("scores and values have different units: give both for the same units")
    given = as_frame(scores, "scores")[0].iloc[:, 0]
    parts[rest] = given - parts.sum(axis=1, skipna=False)
    return parts


def group_parts(table: pd.DataFrame, groups: Mapping[str, str] | None) -> pd.DataFrame:
    """Add up the parts of each group; a group that lacks a part is NaN."""
    if groups is None:
        return table
    if set(groups) != set(table.columns):
        odd = sorted(map(str, set(groups) ^ set(table.columns)))
        raise ValueError(f"groups do not fit the parts (differing: {', '.join(odd)})")
    names = list(dict.fromkeys(groups[part] for part in table.columns))
    return pd.DataFrame(
        {
            name: table[[p for p in table.columns if groups[p] == name]].sum(axis=1, skipna=False)
            for name in names
        }
    )


def widen(table: pd.DataFrame, scores: pd.Series | None) -> pd.DataFrame:
    """Add the units that have a score and no parts, so that they are ranked against."""
    if scores is None:
        return table
    if not isinstance(table, pd.DataFrame):
        raise ValueError("scores are given beside parts without labels: give frames")
    return table.reindex(table.index.union(scores.index, sort=False))


def total_scores(
    parts: FloatArray, scores: pd.Series | None, units: pd.Index, year: str, tolerance: float
) -> FloatArray:
    """Scores of all units, from their parts or as given; refuse what does not fit."""
    sums: FloatArray = parts.sum(axis=1)
    if scores is None:
        some = np.isnan(parts).any(axis=1) & ~np.isnan(parts).all(axis=1)
        if some.any():
            odd = units[int(some.argmax())]
            raise ValueError(
                f"unit {str(odd)!r} lacks some of its parts {year}: give the scores too, "
                "or leave the unit out by NaN in all of them"
            )
        return sums
    given: FloatArray = scores.reindex(units).to_numpy(dtype=np.float64, na_value=np.nan)
    # Parts without a score are as wrong as parts with another score.
    close = np.abs(sums - given) <= max(tolerance, TOLERANCE)
    wrong = ~np.isnan(sums) & ~close | np.isinf(given)
    if wrong.any():
        odd = units[int(wrong.argmax())]
        raise ValueError(
            f"parts of unit {str(odd)!r} {year} do not sum to its score: give the difference as a "
            "part of its own (contributions with scores)"
        )
    return given
