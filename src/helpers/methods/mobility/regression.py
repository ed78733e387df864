"""Regression to the mean: how far leaders fall and laggards rise by chance alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import scipy
from numpy.typing import ArrayLike

from helpers.methods.mobility.pairs import Best, pair_units
from helpers.methods.mobility.transition import classify
from helpers.methods.ranking import Floats, Ints

_CELLS = 2**20  # numbers drawn at a time: bounds the memory for large tables


def regression_to_mean(
    before: ArrayLike | pd.Series,
    after: ArrayLike | pd.Series,
    draws: int = 1000,
    seed: int = 0,
    *,
    classes: int = 5,
    level: float = 0.95,
    best: Best = "low",
) -> pd.DataFrame:
    """Compare who rose and fell with what reshuffling alone makes of leaders and laggards.

    The slope of the rank change on the initial rank is positive whenever the two years differ:
    the first can hardly rise, the last can only rise. Without ties it equals 1 - Spearman's
    correlation, run forwards or backwards in time, so by itself it says how much was reshuffled
    and never that laggards caught up. The question with an answer is whether the pattern by
    initial class departs from that of a table reshuffled as much, but blindly.

    The null: both years are the same permanent position plus a chance part, alike for all units
    and for both years; that is, pairs of normal scores with one correlation r, drawn independently
    for each unit. They are exchangeable in time, so nothing in them converges or diverges. With
    r = 2 sin(pi rho / 6) their rank correlation is on average the observed rho (Pearson 1907).
    A plain permutation of one year would be a null of no persistence at all, which every real
    table rejects.

    Parameters
    ----------
    before, after, best
        As in `movement`; at least 3 units with both years.
    draws, seed
        Number of tables drawn, and the seed of numpy's default generator.
    classes
        Number of initial classes (fifths, by default), as in `transition`.
    level
        Share of the drawn tables between null_low and null_high.

    Returns
    -------
    pandas.DataFrame
        Rows "slope" (places risen per place further down at first), then "class 1" (the best) to
        "class m": mean rise of the units that began there. Columns observed, null_mean, null_low,
        null_high, and p_value: twice the smaller tail share, counting the observed table itself,
        at most 1. NaN for the slope, whose null takes the correlation, and so the slope, from the
        table itself; for an empty class; and for all rows if a year is all ties.

    Raises
    ------
    ValueError
        As `movement`, and for fewer than 3 units or parameters out of range.
    """
    pairs = pair_units(before, after, best)
    n = len(pairs.units)
    if n < 3:
        raise ValueError(f"{n} units have both years; expected at least 3")
    if isinstance(draws, bool) or not isinstance(draws, (int, np.integer)) or draws < 1:
        raise ValueError(f"draws is {draws!r}; expected a whole number of at least 1")
    if not 2 <= classes <= n:
        raise ValueError(f"classes is {classes!r}; expected a whole number from 2 to {n}")
    if not 0 < level < 1:
        raise ValueError(f"level is {level!r}; expected a number between 0 and 1")
    names = ["slope", *(f"class {label}" for label in range(1, classes + 1))]
    columns = ["observed", "null_mean", "null_low", "null_high", "p_value"]
    if np.ptp(pairs.before_mid) == 0 or np.ptp(pairs.after_mid) == 0:
        return pd.DataFrame(np.nan, index=pd.Index(names, name="statistic"), columns=columns)
    groups = classify(pairs.before, classes)
    observed = _describe(pairs.before_mid[None], pairs.after_mid[None], groups[None], classes)[0]
    rho = float(np.corrcoef(pairs.before_mid, pairs.after_mid)[0, 1])
    null = _describe_null(n, rho, int(draws), seed, classes)
    tail = (1 - level) / 2
    low, high = np.quantile(null, [tail, 1 - tail], axis=0)
    # A hair's breadth, so that equal tables count as equal whatever the rounding.
    below = (1 + (null <= observed + 1e-9).sum(axis=0)) / (draws + 1)
    above = (1 + (null >= observed - 1e-9).sum(axis=0)) / (draws + 1)
    p_value = np.where(np.isnan(observed), np.nan, np.minimum(1, 2 * np.minimum(below, above)))
    p_value[0] = np.nan
    return pd.DataFrame(
        np.column_stack([observed, null.mean(axis=0), low, high, p_value]),
        index=pd.Index(names, name="statistic"),
        columns=columns,
    )


def _describe_null(n: int, rho: float, draws: int, seed: int, classes: int) -> Floats:
    """Draw tables of n units with a rank correlation of about rho, and describe each."""
    correlation = float(np.clip(2 * np.sin(np.pi * rho / 6), -1, 1))
    numbers = np.random.default_rng(seed)
    step = max(1, _CELLS // n)
    parts = []
    for start in range(0, draws, step):
        first, other = numbers.standard_normal((2, min(step, draws - start), n))
        second = correlation * first + np.sqrt(1 - correlation**2) * other
        before, after = scipy.stats.rankdata(first, axis=1), scipy.stats.rankdata(second, axis=1)
        groups = 1 + (before.astype(np.int64) - 1) * classes // n
        parts.append(_describe(before, after, groups, classes))
    return np.concatenate(parts)


def _describe(before: Floats, after: Floats, groups: Ints, classes: int) -> Floats:
    """Return the slope and the mean rise by class, shape (tables, 1 + classes)."""
    rise = before - after
    centred = before - before.mean(axis=1, keepdims=True)
    slope = (centred * rise).sum(axis=1) / (centred**2).sum(axis=1)
    means = []
    for label in range(1, classes + 1):
        inside = groups == label
        size = inside.sum(axis=1)
        total = np.where(inside, rise, 0.0).sum(axis=1)
        means.append(np.divide(total, size, out=np.full(size.shape, np.nan), where=size > 0))
    return np.column_stack([slope, *means])
