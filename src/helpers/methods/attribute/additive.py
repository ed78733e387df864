"""The parts of an additive index: grouped, and checked to fit its scores."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.methods.ranking import Floats, margin


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


def total_scores(parts: Floats, scores: pd.Series | None, units: pd.Index, year: str) -> Floats:
    """Scores of all units, from their parts or as given; refuse what does not fit."""
    sums: Floats = parts.sum(axis=1)
    if scores is None:
        some = np.isnan(parts).any(axis=1) & ~np.isnan(parts).all(axis=1)
        if some.any():
            odd = units[int(some.argmax())]
            raise ValueError(
                f"unit {str(odd)!r} lacks some of its parts {year}: give the scores too, "
                "or leave the unit out by NaN in all of them"
            )
        return sums
    given: Floats = scores.reindex(units).to_numpy(dtype=np.float64, na_value=np.nan)
    # Parts without a score are as wrong as parts with another score.
    close = np.abs(sums - given) <= margin(parts, given)
    wrong = ~np.isnan(sums) & ~close | np.isinf(given)
    if wrong.any():
        odd = units[int(wrong.argmax())]
        raise ValueError(
            f"parts of unit {str(odd)!r} {year} do not sum to its score: give the difference as a "
            "part of its own"
        )
    return given
