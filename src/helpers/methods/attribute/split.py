"""Split a rank change into the unit's own movement and everybody else's."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.methods.attribute.align import Scores, align
from helpers.methods.ranking import TOLERANCE, Floats, count_above, margin, nullable


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
        _split(old, new, tolerance)
        for old, new in zip(tables.before.T, tables.after.T, strict=True)
    ]
    if tables.columns is None:
        return columns[0].set_axis(tables.units)
    names = [tables.units.name or "unit", tables.columns.name or "indicator"]
    index = pd.MultiIndex.from_product([tables.units, tables.columns], names=names)
    table = pd.concat(columns or [_split(np.empty(0), np.empty(0), tolerance)])
    # The columns of one unit together.
    order = np.arange(len(index)).reshape(len(tables.columns), len(tables.units)).T.ravel()
    return table.iloc[order].set_axis(index)


def _split(before: Floats, after: Floats, tolerance: float) -> pd.DataFrame:
    """Rank each unit's two scores in both tables, the unit itself left out, and compare."""
    level = margin(before, after, tolerance=tolerance)
    rank_from = 1 + count_above(before, before, level)
    rank_to = 1 + count_above(after, after, level)
    # In the other year's table the unit meets its own other score, which is not a rival.
    own_only = 1 + count_above(before, after, level) - (before > after + level)
    others_only = 1 + count_above(after, before, level) - (after > before + level)
    either = np.isnan(before) | np.isnan(after)
    own = (rank_from - own_only + others_only - rank_to) / 2
    others = (rank_from - others_only + own_only - rank_to) / 2
    return pd.DataFrame(
        {
            "rank_from": nullable(rank_from, np.isnan(before)),
            "rank_to": nullable(rank_to, np.isnan(after)),
            "change": nullable(rank_from - rank_to, either),
            "rank_own_only": nullable(own_only, either),
            "rank_others_only": nullable(others_only, either),
            "own_effect": np.where(either, np.nan, own),
            "others_effect": np.where(either, np.nan, others),
        }
    )
