"""How far the effects could move within the rounding of the published scores."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.methods.attribute.align import (
    TOLERANCE,
    Aligned,
    FloatArray,
    IntArray,
    Scores,
    align,
    check_tolerance,
    count_above,
    nullable,
)

CHUNK = 1 << 21
"""Comparisons held at a time where units have to be compared pair by pair."""


def effect_bounds(before: Scores, after: Scores, *, tolerance: float = TOLERANCE) -> pd.DataFrame:
    """Bound every unit's change and effects over all scores within their intervals.

    Each score may lie anywhere in its closed interval, independently of all others. All
    six bounds are exact: some choice of scores attains them. They are not attained
    together, so bounds of own and others' effect need not add up to those of the change.

    Parameters
    ----------
    before, after : (n, 2)
        Ends of each unit's interval in two years, such as the published score -/+ half its
        last decimal: frames with columns ``low`` and ``high``, or arrays in that order.
        NaN at both ends: the unit is not in that year's table.
    tolerance : float
        As for `own_and_others`. Intervals that touch can be level.

    Returns
    -------
    DataFrame
        One row per unit: ``change_low``, ``change_high`` as Int64; ``own_low``,
        ``own_high``, ``others_low``, ``others_high`` (halves) as float64; missing where
        the unit is absent from either year.

    Raises
    ------
    ValueError
        If tables do not fit or are not pairs of ends, or an interval is upside down or has
        one end only.

    Notes
    -----
    With x, y the unit's old and new score and a, b another unit's:

    - The change is a sum over the others of [a > x] - [b > y]: extreme at the ends.
    - The own effect sums half of [a > x] - [a > y] and of [b > x] - [b > y]. It falls with x
      and grows with y whatever the others do, so x and y sit at ends; each a and b then
      takes the best place left to it. O(n log n), and O(n) for each unit that surely moved
      one way if some interval lies strictly within another.
    - The others' effect sums half of [a > x] - [b > x] and of [a > y] - [b > y]. It grows
      with a and falls with b, so these sit at ends; x and y then count separately, and it
      is enough to try the lower end and every b within the unit's interval.
    """
    check_tolerance(tolerance)
    tables = align(before, after)
    a_low, a_high = _ends(tables.before, tables, "before")
    b_low, b_high = _ends(tables.after, tables, "after")
    absent = np.isnan(a_low) | np.isnan(b_low)
    a, b = (a_low, a_high), (b_low, b_high)

    def above(table: FloatArray, values: FloatArray) -> IntArray:
        return count_above(table, values, tolerance) - (table > values + tolerance)

    own_high = _most_between(a, a_low, b_high, tolerance) + _most_between(
        b, a_low, b_high, tolerance
    )
    own_low = _most_between(a, b_low, a_high, tolerance) + _most_between(
        b, b_low, a_high, tolerance
    )
    others_high = sum(_widest_gap(a_high, b_low, own, tolerance) for own in (a, b))
    others_low = sum(_widest_gap(b_high, a_low, own, tolerance) for own in (a, b))
    table = pd.DataFrame(
        {
            "change_low": nullable(above(a_low, a_high) - above(b_high, b_low), absent),
            "change_high": nullable(above(a_high, a_low) - above(b_low, b_high), absent),
            "own_low": np.where(absent, np.nan, (0 - own_low) / 2),
            "own_high": np.where(absent, np.nan, own_high / 2),
            "others_low": np.where(absent, np.nan, (0 - others_low) / 2),
            "others_high": np.where(absent, np.nan, others_high / 2),
        }
    )
    return table.set_axis(tables.units)


def _ends(table: FloatArray, tables: Aligned, year: str) -> tuple[FloatArray, FloatArray]:
    """Return lower and upper ends, checked."""
    columns = None if tables.columns is None else list(tables.columns)
    if columns is None or set(columns) not in ({"low", "high"}, {0, 1}):
        raise ValueError(f"intervals have columns {columns}: expected low and high")
    first = columns.index("low") if "low" in columns else 0
    low, high = table[:, first], table[:, 1 - first]
    # Not `low > high`: an interval with one end missing is wrong too.
    wrong = ~(low <= high) & ~(np.isnan(low) & np.isnan(high))
    if wrong.any():
        raise ValueError(
            f"interval of unit {str(tables.units[wrong][0])!r} {year} is {low[wrong][0]} to "
            f"{high[wrong][0]}: expected low <= high, or NaN at both ends"
        )
    return low, high


def _most_between(
    table: tuple[FloatArray, FloatArray], x: FloatArray, y: FloatArray, tolerance: float
) -> IntArray:
    """Return for each unit the largest sum of [t > x] - [t > y] over the others' scores t.

    Where x < y a score counts 1 if it can lie in (x, y]: its upper end is above x and its
    lower end is not above y. Where x > y it counts -1 if it cannot leave (y, x]. Where they
    are equal it counts 0.
    """
    low, high = table
    x, y = x + tolerance, y + tolerance  # compare exactly from here on
    above_x = count_above(high, x, 0.0) - (high > x)
    above_y = count_above(low, y, 0.0) - (low > y)
    most = np.where(x == y, 0, above_x - above_y)
    fell = np.flatnonzero(x > y)
    # In order of lower ends, and so of upper ends unless an interval lies within another,
    # both counts are of units from the top, and those in between are their difference.
    most[fell] = np.minimum(most[fell], 0)
    order = np.lexsort((high, low))
    if (np.diff(high[order]) < 0).any():
        step = max(1, CHUNK // low.size)
        for start in range(0, fell.size, step):
            rows = fell[start : start + step]
            caught = (low > y[rows, None]) & ~(high > x[rows, None])
            most[rows] = caught[np.arange(rows.size), rows] - caught.sum(axis=1)
    return most


def _widest_gap(
    upper: FloatArray,
    lower: FloatArray,
    own: tuple[FloatArray, FloatArray],
    tolerance: float,
) -> FloatArray:
    """Return for each unit the largest number of uppers above z less lowers above z.

    z runs over the unit's own interval and the unit itself is left out. The number grows
    only where z reaches one of the lowers, so the lower end and those are all to try.
    """
    # `above z` means above z + tolerance: shift the interval, and compare exactly.
    first, last = own[0] + tolerance, own[1] + tolerance
    steps = np.sort(lower[~np.isnan(lower)])
    begin = steps.searchsorted(first, side="right")
    end = np.where(np.isnan(first), begin, steps.searchsorted(last, side="right"))
    widest = np.empty(first.size, dtype=np.float64)
    chunk = max(1, CHUNK // (steps.size + 1))
    for start in range(0, first.size, chunk):
        rows = np.arange(start, min(start + chunk, first.size))
        tries = end[rows] - begin[rows] + 1
        unit = rows.repeat(tries)
        offset = np.arange(unit.size) - (np.cumsum(tries) - tries).repeat(tries)
        z = np.where(offset == 0, first[unit], np.append(steps, np.nan)[begin[unit] + offset - 1])
        gap = count_above(upper, z, 0.0) - (upper[unit] > z)
        gap -= count_above(lower, z, 0.0) - (lower[unit] > z)
        widest[rows] = np.maximum.reduceat(gap, np.cumsum(tries) - tries)
    return widest
