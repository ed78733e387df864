"""What if a unit gained: its new rank for a gain, and the least gain for a rank.

Every unit is asked by itself, with all others as they are. A composite that adds its indicators
up by weights moves by a gain times the indicator's weight in it; so all reduces to order
statistics of the composite, found for all units at once by one sort.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.methods.ranking import Floats, count_above, margin

MEDIAN = "median"
BEST = "best"


class Between(NamedTuple):
    """What the scores give, and between which values it lies whatever was rounded."""

    value: Floats
    low: Floats
    high: Floats


def rank_after(
    scores: npt.ArrayLike,
    gain: npt.ArrayLike,
    low: npt.ArrayLike | None = None,
    high: npt.ArrayLike | None = None,
) -> Between:
    """Return the competition rank of every unit, had it alone gained.

    Parameters
    ----------
    scores
        Shape (n,), more is better; NaN is unranked.
    gain
        In points of the scores: one for all, shape (n,), or (n, k) for k gains of each unit. A
        loss is below zero; NaN gives NaN.
    low, high
        Ends of the intervals that the scores may lie in, shape (n,); by default the scores.

    Returns
    -------
    Between
        Ranks of the shape of `gain`, at least (n,). The ends are attained: at `low` the unit's
        score is at its upper end and all others are at their lower ones, at `high` the other
        way round.
    """
    table, lower, upper = _ends(scores, low, high)
    level = margin(lower, upper)
    gains = np.asarray(gain, dtype=np.float64)

    def place(own: Floats, others: Floats) -> Floats:
        """Rank units by their scores `own`, each among the scores that the others have."""
        new = _beside(own, gains) + gains
        above = count_above(others, new, level) - (_beside(others, gains) > new + level)
        return np.where(np.isnan(new), np.nan, 1.0 + above)

    return Between(place(table, table), place(upper, lower), place(lower, upper))


def least_gain(
    scores: npt.ArrayLike,
    place: npt.ArrayLike,
    low: npt.ArrayLike | None = None,
    high: npt.ArrayLike | None = None,
) -> Between:
    """Return the least gain with which every unit, alone, reaches a place or a better one.

    Parameters
    ----------
    scores, low, high
        As in `rank_after`.
    place
        Ranks from 1: one for all, shape (n,), or (n, k). NaN gives NaN.

    Returns
    -------
    Between
        Gains in points of the scores, of the shape of `place`, at least (n,); 0 where the unit is
        there already. It shares the place with whom it draws level with.

    Raises
    ------
    ValueError
        If a place is below 1.
    """
    table, lower, upper = _ends(scores, low, high)
    places = np.asarray(place, dtype=np.float64)
    if (places < 1).any():
        raise ValueError(f"place is {np.nanmin(places):g}; expected a rank from 1")

    def needed(own: Floats, others: Floats) -> Floats:
        here = _beside(own, places)
        missing = np.isnan(here) | np.isnan(places)
        target = _highest_of_others(others, np.where(np.isnan(places), 1.0, places))
        return np.where(missing, np.nan, np.maximum(target - here, 0.0))

    return Between(needed(table, table), needed(upper, lower), needed(lower, upper))


def next_goal(rank: npt.ArrayLike, every: int = 10) -> Floats:
    """Return the next round place above each rank: the next tenth, then the fifth, third, first.

    >>> next_goal([50, 41, 10, 5, 3, 2, 1]).tolist()
    [40.0, 40.0, 5.0, 3.0, 1.0, 1.0, nan]
    """
    given = np.asarray(rank, dtype=np.float64)
    goal = (np.ceil(given / every) - 1.0) * every
    for place in (5.0, 3.0, 1.0):
        goal = np.where((goal < 1) & (given > place), place, goal)
    return np.where(given > 1, goal, np.nan)


def what_if(
    composite: pd.Series,
    indicators: pd.DataFrame,
    weights: pd.Series,
    *,
    steps: Sequence[float] = (0.01, 0.05),
    bottom: pd.Series | float = 0.0,
    top: pd.Series | float = 1.0,
    low: pd.Series | None = None,
    high: pd.Series | None = None,
) -> pd.DataFrame:
    """Return every unit's rank for gains in one indicator at a time, all others as they are.

    Parameters
    ----------
    composite
        The scores that are ranked, shape (n,), units by name; more is better.
    indicators
        Shape (n, p), turned so that more is better; NaN where a unit's is not known.
    weights
        What a point of each indicator counts in the composite, shape (p,).
    steps
        Gains as shares of an indicator's scale.
    bottom, top
        The ends of the indicators' scales, one for all or shape (p,); no gain goes beyond `top`.
        Without a finite scale there are no steps.
    low, high
        Ends of the intervals of `composite`, shape (n,).

    Returns
    -------
    DataFrame
        A row per unit, indicator and goal (a step as it was given, then `MEDIAN` and `BEST` of
        the units as they are), in that order: ``unit``, ``indicator``, ``goal``, ``gain`` in
        points of the indicator, ``gain_composite``, ``rank``, ``rank_low``, ``rank_high``. Where
        nothing is to be gained, or the indicator is not known, all of them are missing.
    """
    names = list(indicators.columns)
    values = indicators.reindex(composite.index).to_numpy(dtype=float)
    ends = [_by_name(end, names) for end in (bottom, top)]
    width = np.where(np.isfinite(ends[1] - ends[0]), ends[1] - ends[0], np.nan)
    # (n, p, goals): what each goal asks for, and no more than there is room for.
    known = ~np.isnan(values).all(axis=0)
    asked = [np.broadcast_to(step * width, values.shape) for step in steps]
    for reach in (np.nanmedian, np.nanmax):
        goal = np.full(len(names), np.nan)
        goal[known] = reach(values[:, known], axis=0)
        asked.append(goal - values)
    gain = np.minimum(np.stack(asked, axis=-1), (ends[1] - values)[..., None])
    gain[~(gain > 0)] = np.nan
    counted = gain * weights.reindex(names).to_numpy(dtype=float)[:, None]
    flat = counted.reshape(len(values), -1)
    found = rank_after(
        composite.to_numpy(dtype=float),
        flat,
        None if low is None else low.reindex(composite.index).to_numpy(dtype=float),
        None if high is None else high.reindex(composite.index).to_numpy(dtype=float),
    )
    goals = [*(f"{step:g}" for step in steps), MEDIAN, BEST]
    each = len(names) * len(goals)
    keys = {
        "unit": composite.index.repeat(each),
        "indicator": np.tile(np.repeat(np.array(names, dtype=object), len(goals)), len(values)),
        "goal": np.tile(np.array(goals, dtype=object), len(values) * len(names)),
    }
    told = {"gain": gain, "gain_composite": flat, "rank": found.value}
    told |= {"rank_low": found.low, "rank_high": found.high}
    return pd.DataFrame(keys | {name: table.ravel() for name, table in told.items()})


def _ends(
    scores: npt.ArrayLike, low: npt.ArrayLike | None, high: npt.ArrayLike | None
) -> tuple[Floats, Floats, Floats]:
    table = np.asarray(scores, dtype=np.float64)
    ends = (table if end is None else np.asarray(end, dtype=np.float64) for end in (low, high))
    lower, upper = (np.where(np.isnan(table), np.nan, end) for end in ends)
    return table, lower, upper


def _beside(column: Floats, table: Floats) -> Floats:
    """Return a column, shape (n,), so that it meets the rows of an (n, k) table."""
    return column[:, None] if table.ndim > 1 else column


def _highest_of_others(table: Floats, places: Floats) -> Floats:
    """Return for each unit the score that stands on a place among the others; -inf if none."""
    known = np.where(np.isnan(table), -np.inf, table)
    order = np.argsort(-known, kind="stable")
    ordered = np.append(known[order], [-np.inf, -np.inf])
    position = np.empty(len(known), dtype=np.int64)
    position[order] = np.arange(len(known))
    at = np.minimum(places.astype(np.int64) - 1, len(known))
    here = position[:, None] if places.ndim > 1 else position
    # Who stands on that place or above leaves a gap among the others.
    return np.asarray(ordered[at + (here <= at)])


def _by_name(end: pd.Series | float, names: list[str]) -> Floats:
    if isinstance(end, pd.Series):
        return end.reindex(names).to_numpy(dtype=float)
    return np.full(len(names), float(end))
