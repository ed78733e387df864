"""What a gain in one indicator would do to the headline's rank, in the year of a report."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from helpers.methods.whatif import least_gain, next_goal, what_if
from helpers.report.league import League

STEPS = (0.01, 0.05)  # of an indicator's scale
_MOST = 12  # indicators in a table; of more, the pillars


class Inputs(NamedTuple):
    """What `helpers.methods.whatif` takes: everything turned so that more is better."""

    composite: pd.Series
    indicators: pd.DataFrame
    weights: pd.Series
    bottom: pd.Series
    top: pd.Series
    low: pd.Series
    high: pd.Series


class Goal(NamedTuple):
    """The next round place, and the least gain in the headline's score that reaches it."""

    place: int
    gain: float
    low: float
    high: float


@lru_cache(maxsize=4)
def inputs(league: League) -> Inputs | None:
    """Return a year's scores and weights; None where not all scores or no weights are known."""
    index, year = league.index, league.year
    weights = pd.Series(index.structure.shares(index.scheme(year), index.headline), dtype=float)
    rows: Any = league.intervals[league.intervals["year"] == year]
    wide = rows.pivot(index="unit", columns="indicator", values="score")
    ends = rows[rows["indicator"] == index.headline].set_index("unit")
    ranked = league.standings.index
    if index.headline not in wide or wide.loc[:, index.headline].reindex(ranked).isna().any():
        return None
    names = [name for name in weights.index if name in wide and wide[name].notna().any()]
    if not len(ranked):
        return None
    turn = index.direction(year, index.headline)
    scales = pd.DataFrame({name: index.scale_of(name) for name in names}, dtype=float)
    bottom, top = (scales * turn).min(), (scales * turn).max()
    low, high = (turn * ends.loc[ranked, end].astype(float) for end in ("low", "high"))
    return Inputs(
        turn * wide.loc[ranked, index.headline].astype(float),
        turn * wide.loc[ranked, names].astype(float),
        weights[names],
        bottom,
        top,
        *((low, high) if turn > 0 else (high, low)),
    )


def table(league: League) -> pd.DataFrame | None:
    """Return `helpers.methods.whatif.what_if` of the year; None where it cannot be told."""
    given = inputs(league)
    if given is None:
        return None
    return what_if(
        given.composite, given.indicators, given.weights, steps=STEPS,
        bottom=given.bottom, top=given.top, low=given.low, high=given.high,
    )  # fmt: skip


def shown(league: League, unit: str) -> list[str]:
    """Return the weighed indicators that a report lists: a unit's known ones, or the pillars."""
    given = inputs(league)
    if given is None or unit not in given.indicators.index:
        return []
    own = given.indicators.loc[unit].dropna()
    names = [name for name in league.labels if name in own]
    return names if len(names) <= _MOST else [n for n in league.index.pillars if n in own]


def goal(league: League, unit: str) -> Goal | None:
    """Return the next tenth place before a unit (the first, before a tenth), and what it takes."""
    given = inputs(league)
    if given is None or unit not in given.composite.index:
        return None
    rank = float(league.standings.loc[unit, "rank"])
    place = float(next_goal(rank))
    if np.isnan(place):
        return None
    ends = (given.low.to_numpy(), given.high.to_numpy())
    needed = least_gain(given.composite.to_numpy(), place, *ends)
    at = given.composite.index.get_loc(unit)
    return Goal(int(place), *(float(end[at]) for end in needed))


def alone(league: League, unit: str, gain: float) -> tuple[str, float] | None:
    """Return the indicator in which the least gain, alone, lifts the headline by so much.

    None where no indicator has the room.
    """
    given = inputs(league)
    if given is None or unit not in given.indicators.index:
        return None
    own = given.indicators.loc[unit, shown(league, unit)].dropna()
    needed = gain / given.weights[own.index]
    needed = needed[needed <= given.top[own.index] - own + 1e-12]
    return None if needed.empty else (str(needed.idxmin()), float(needed.min()))
