"""Share a rank change out over the unit's own indicators or pillars and the others."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from math import factorial
from typing import Literal

import numpy as np
import pandas as pd

from helpers.methods.attribute.additive import group_parts, total_scores, widen
from helpers.methods.attribute.align import Aligned, align
from helpers.methods.ranking import TOLERANCE, Floats, Ints, count_above, margin

MAX_PARTS = 12
"""Own parts at the most: their coalitions double with each, 4096 at twelve."""

CHUNK = 1 << 21
"""Cells of the unit x coalition matrix held at a time (16 MB)."""


def shapley(
    before: pd.DataFrame,
    after: pd.DataFrame,
    *,
    groups: Mapping[str, str] | None = None,
    units: list[Hashable] | None = None,
    scores_before: pd.Series | None = None,
    scores_after: pd.Series | None = None,
    others: str = "others",
    others_as: Literal["block", "part"] = "block",
    tolerance: float = TOLERANCE,
) -> pd.DataFrame:
    """Share out rank changes over the unit's own parts and the others, exactly.

    A unit's score is the sum of its parts. The value of a set of parts is the rise in rank
    when those have their new values and the rest their old ones; everybody else's movement
    is one more part. A part's share is its mean effect over the orders in which the parts
    can change, and the shares of a unit sum to its rank change.

    Parameters
    ----------
    before, after : (n, p) frames, p <= 12 after grouping
        Parts as points of the score, by unit and part. A row
        of NaN: the unit is not in that year's table.
    groups : mapping, optional
        Part -> group, for every part; the parts of a group change together (pillars).
    units : list, optional
        Units to explain; by default all. The whole table is ranked against in any case.
    scores_before, scores_after : (n,) Series, optional
        All units' scores, where the parts are known for some of them only. The units whose
        parts are incomplete are ranked against but not explained.
    others : str
        Name of the column for everybody else.
    others_as : {"block", "part"}
        "block": the unit's own parts move together, before or after the others (Owen 1977).
        The own shares then sum to ``own_effect`` of `own_and_others`, and `others` is its
        ``others_effect``. "part": the others are one part among equals and may come between
        own parts (Shapley 1953). With a single own part both are the same.

    Returns
    -------
    DataFrame
        One row per unit, one column per part or group, and `others`; float64. A row is
        missing where the unit lacks a year or its parts.

    Raises
    ------
    ValueError
        If there are no parts or more than 12, a unit has some parts and lacks others (and
        no scores are given), parts do not sum to given scores, or labels do not fit.

    Notes
    -----
    Shares are fractions over p! (block) or (p + 1)! (part). Their numerators are whole
    numbers computed without rounding; the one division leaves each share the nearest
    double. A row then sums to the change but for the rounding of that sum: 1e-13 for 63
    units, below 1e-9 for 100,000.

    References
    ----------
    Shapley (1953), doi 10.1515/9781400881970-018; Owen (1977),
    doi 10.1007/978-3-642-45494-3_7; for decompositions of a change, Shorrocks (2013),
    doi 10.1007/s10888-011-9214-z.
    """
    if others_as not in ("block", "part"):
        raise ValueError(f"others_as is {others_as!r}: expected 'block' or 'part'")
    tables = align(
        widen(group_parts(before, groups), scores_before),
        widen(group_parts(after, groups), scores_after),
    )
    if tables.columns is None or not 1 <= len(tables.columns) <= MAX_PARTS:
        count = 1 if tables.columns is None else len(tables.columns)
        raise ValueError(
            f"{count} parts given: expected a frame of 1 to {MAX_PARTS}; group some of them"
        )
    if others in tables.columns:
        raise ValueError(f"{str(others)!r} is a part already: give the others another name")
    old = total_scores(tables.before, scores_before, tables.units, "before")
    new = total_scores(tables.after, scores_after, tables.units, "after")
    level = margin(old, new, tolerance=tolerance)
    wanted = tables.units if units is None else pd.Index(units)
    rows = tables.units.get_indexer(wanted)
    if (rows < 0).any():
        raise ValueError(f"unit {str(wanted[rows < 0][0])!r} is in neither table")
    known = ~np.isnan(tables.before[rows] + tables.after[rows]).any(axis=1)
    shares = np.full((len(rows), len(tables.columns) + 1), np.nan)
    step = max(1, CHUNK >> (len(tables.columns) + 1))
    todo = np.flatnonzero(known)
    for start in range(0, todo.size, step):
        chunk = todo[start : start + step]
        shares[chunk] = _share_out(tables, old, new, rows[chunk], others_as, level)
    return pd.DataFrame(shares, index=wanted, columns=[*tables.columns, others])


def _share_out(
    tables: Aligned,
    old: Floats,
    new: Floats,
    rows: Ints,
    others_as: str,
    level: float,
) -> Floats:
    """Return the shares (rows, p + 1) of units that have all their parts in both years."""
    before, after = tables.before[rows], tables.after[rows]
    parts = before.shape[1]
    has = _membership(parts)
    scores = old[rows, None] + (after - before) @ has.T
    scores[:, -1] = new[rows]  # all parts new: the score itself, not a sum that may differ by 1e-16
    rises_old = -_rank_among(old, scores, rows, level)
    rises_new = -_rank_among(new, scores, rows, level)
    start = rises_old[:, :1].copy()
    rises_old -= start
    rises_new -= start
    if others_as == "part":
        numerators = np.hstack([rises_old, rises_new]) @ _order_counts(parts + 1)
        return numerators / factorial(parts + 1)
    own = (rises_old + rises_new) @ _order_counts(parts) / (2 * factorial(parts))
    rest = (rises_new - rises_old)[:, [0, -1]].sum(axis=1, keepdims=True) / 2
    return np.hstack([own, rest])


def _rank_among(table: Floats, scores: Floats, rows: Ints, level: float) -> Floats:
    """Rank each row's scores in a table without the row's own unit."""
    itself = table[rows, None] > scores + level
    return (1 + count_above(table, scores, level) - itself).astype(np.float64)


def _membership(parts: int) -> Floats:
    """Coalitions by part (2^p, p): 1 where bit j of the coalition's number is set."""
    coalitions = np.arange(1 << parts)
    return (coalitions[:, None] >> np.arange(parts) & 1).astype(np.float64)


def _order_counts(parts: int) -> Floats:
    """Signed number of orders (2^p, p) in which a part joins to make, or leaves, a coalition.

    A part joins a coalition of s others in s! (p - 1 - s)! of the p! orders. Whole numbers,
    and products with rank differences stay below 2^53 for any table of under 700,000 units.
    """
    has = _membership(parts)
    size = has.sum(axis=1).astype(int)
    orders = np.array([factorial(s) * factorial(parts - 1 - s) for s in range(parts)], float)
    made = orders[np.maximum(size - 1, 0)]
    left = orders[np.minimum(size, parts - 1)]
    counts: Floats = np.where(has == 1, made[:, None], -left[:, None])
    return counts
