"""Split a rank change into the unit's own movement and everybody else's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.methods.attribute.align import Aligned, Scores, align
from helpers.methods.ranking import TOLERANCE, Floats, Ints, count_above, margin, nullable


@dataclass(frozen=True)
class FourRanks:
    """A unit's rank for each of its scores (first) among each year's others (second)."""

    from_: Ints  # old score, old table
    own_only: Ints  # new score, old table
    others_only: Ints  # old score, new table
    to: Ints  # new score, new table


def four_ranks(before: Floats, after: Floats, tolerance: float) -> FourRanks:
    """Rank every unit's two scores in both tables, the unit itself left out.

    Parameters
    ----------
    before, after : (n,) arrays
        Scores; NaN for a unit not in the table. Ranks that rest on a NaN mean nothing.
    """
    # In the other year's table the unit meets its own other score, which is not a rival.
    level = margin(before, after, tolerance=tolerance)
    self_old = before > after + level
    self_new = after > before + level
    return FourRanks(
        from_=1 + count_above(before, before, level),
        own_only=1 + count_above(before, after, level) - self_old,
        others_only=1 + count_above(after, before, level) - self_new,
        to=1 + count_above(after, after, level),
    )


def own_and_others(before: Scores, after: Scores, *, tolerance: float = TOLERANCE) -> pd.DataFrame:
    """Split every unit's rank change into its own effect and the others' effect.

    The change can be walked in two orders: the unit moves first and then the others, or the
    others first. Each effect is its mean over the two orders, which is the Shapley value of
    a game of two players (Shapley 1953, doi 10.1515/9781400881970-018). Both are whole
    numbers or halves, so ``own_effect + others_effect == change`` without rounding.

    Parameters
    ----------
    before, after : (n,) or (n, k)
        Scores of the units in two years, higher is better. pandas objects are matched by
        their labels; arrays by position. NaN, or no row: the unit is not in that year's table.
    tolerance : float
        A score is above another when it is higher by more than this share of the column's
        largest.

    Returns
    -------
    DataFrame
        One row per unit, or per unit and column (index ``unit, indicator``, the columns of
        one unit together), with ``rank_from``, ``rank_to``, ``change``, ``rank_own_only``
        (only this unit moved), ``rank_others_only`` (only the others moved) as Int64, and
        ``own_effect``, ``others_effect`` as float64. A rank is missing where the unit is
        absent from that year; all that needs both years is missing where it is absent
        from either.

    Raises
    ------
    ValueError
        If shapes, labels or columns do not fit, or a score is infinite.

    Notes
    -----
    O(n log n) per column: every rank is a look-up in a sorted table.
    """
    tables = align(before, after)
    columns = [
        four_ranks(old, new, tolerance)
        for old, new in zip(tables.before.T, tables.after.T, strict=True)
    ]

    def stack(name: str) -> Ints:
        parts = [getattr(ranks, name) for ranks in columns]
        return np.column_stack(parts).ravel() if parts else np.empty(0, dtype=np.int64)

    old_absent = np.isnan(tables.before).ravel()
    new_absent = np.isnan(tables.after).ravel()
    return _as_table(
        FourRanks(stack("from_"), stack("own_only"), stack("others_only"), stack("to")),
        old_absent,
        new_absent,
        _index(tables),
    )


def _index(tables: Aligned) -> pd.Index:
    if tables.columns is None:
        return tables.units
    names = [tables.units.name or "unit", tables.columns.name or "indicator"]
    return pd.MultiIndex.from_product([tables.units, tables.columns], names=names)


def _as_table(
    ranks: FourRanks,
    old_absent: npt.NDArray[np.bool_],
    new_absent: npt.NDArray[np.bool_],
    index: pd.Index,
) -> pd.DataFrame:
    either = old_absent | new_absent
    own = (ranks.from_ - ranks.own_only + ranks.others_only - ranks.to) / 2
    others = (ranks.from_ - ranks.others_only + ranks.own_only - ranks.to) / 2
    table = pd.DataFrame(
        {
            "rank_from": nullable(ranks.from_, old_absent),
            "rank_to": nullable(ranks.to, new_absent),
            "change": nullable(ranks.from_ - ranks.to, either),
            "rank_own_only": nullable(ranks.own_only, either),
            "rank_others_only": nullable(ranks.others_only, either),
            "own_effect": np.where(either, np.nan, own),
            "others_effect": np.where(either, np.nan, others),
        }
    )
    table.index = index
    return table
