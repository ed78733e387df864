"""Competition ranks, the rank sets that rounding leaves open, and changes between years.

Ranks are taken from scores as they were computed, and rounding comes last, in print. What
the published decimals leave open is kept as a set: the best and the worst rank that any
unrounded scores inside the intervals could give.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.index.catalog import Index
from helpers.index.units import Units
from helpers.methods.attribute import own_and_others
from helpers.methods.ranking import competition_ranks, count_above, margin

_GROUP = ["unit_set", "year"]
_CELL = [*_GROUP, "indicator"]
_KEY = [*_CELL, "unit"]
_CHANGES = [
    "index", "unit_set", "year_from", "year_to", "unit", "unit_name", "indicator", "rank_from",
    "rank_to", "change", "change_low", "change_high", "change_published", "own_effect",
    "others_effect", "comparable", "break_reason",
]  # fmt: skip


def rank_sets(
    low: NDArray[np.float64], high: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the best and the worst rank each unit can have, given intervals of the scores.

    Parameters
    ----------
    low, high
        Ends of the closed intervals, shape (n,); NaN is unranked.

    Returns
    -------
    best, worst
        Shape (n,). Both are attained: `best` with the unit's score at its upper end and all
        others at their lower ends, `worst` the other way round.
    """
    known, level = ~(np.isnan(low) | np.isnan(high)), margin(low, high)
    best = 1.0 + count_above(low, high, level)
    # Of the scores that can lie above the unit's lower end, one can be its own.
    own = high > low + level
    worst = 1.0 + count_above(high, low, level) - own
    return np.where(known, best, np.nan), np.where(known, worst, np.nan)


def bound_by_neighbours(
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    rank: NDArray[np.float64],
    units: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bound ranks in a table of which only some scores and some ranks are known.

    A unit whose score is certainly below that of the 15th is 16th at best; one certainly
    above the 20th is 19th at worst.

    Parameters
    ----------
    low, high
        Score intervals, shape (n,), NaN where no score is known.
    rank
        Ranks published singly, shape (n,), NaN where none is known; they are kept as they are.
    units
        The number of units in the full table.

    Returns
    -------
    best, worst
        Shape (n,); NaN where neither score nor rank is known.
    """
    scored, level = ~np.isnan(low), margin(low, high)
    best = 1.0 + count_above(low, high, level)
    # Units without a score may all be above; of the others those that can be, but not itself.
    unknown, own = units - np.count_nonzero(scored), high > low + level
    worst = 1.0 + unknown + count_above(high, low, level) - own
    both = scored & ~np.isnan(rank)
    if both.any():
        # The worst rank among units certainly above: a running maximum from the top score down.
        down = np.argsort(-low[both])
        reached = np.concatenate([[0.0], np.maximum.accumulate(rank[both][down])])
        above = np.searchsorted(-low[both][down], -(high + level), side="left")
        best = np.maximum(best, reached[above] + 1)
        up = np.argsort(high[both])
        floor = np.concatenate([[units + 1.0], np.minimum.accumulate(rank[both][up])])
        below = np.searchsorted(high[both][up], low - level, side="left")
        worst = np.minimum(worst, floor[below] - 1)
    # Sources that contradict each other bound nothing.
    open_ended = scored & (best > worst)
    best, worst = np.where(open_ended, 1.0, best), np.where(open_ended, float(units), worst)
    best, worst = (np.where(scored, end, np.nan) for end in (best, worst))
    return np.where(np.isnan(rank), best, rank), np.where(np.isnan(rank), worst, rank)


def ranks(
    index: Index, units: Units, scored: pd.DataFrame, published: pd.DataFrame
) -> pd.DataFrame:
    """Return the table ``ranks``: every indicator, year and unit of which a rank is known or bound.

    Parameters
    ----------
    scored
        The scores with their intervals, from :func:`helpers.tables.score.scores`.
    published
        The table of that name, for ranks published singly.

    Returns
    -------
    DataFrame
        The columns of the table, and ``full``: whether all units' scores are known.

    Notes
    -----
    With ``ranks: published`` in index.yml the rank is that printed in a complete table, where it
    prints any; ``rank_scores`` is the scores' own all the same.
    """
    told = _agreed(index, published[published["measure"] == "rank"]).rename("rank_published")
    table = scored.set_index(_KEY)[["score", "low", "high"]].join(told, how="outer").reset_index()
    everybody: dict[Any, set[str]] = listed(index, units, published)
    ranked, as_listed = [], _as_listed(index, published)
    year: Any
    for (unit_set, year, indicator), group in table.groupby(_CELL, sort=True):
        one = (unit_set, year)
        # Where a table lists the units ranked, those assessed on an indicator are all there are.
        size = group["score"].notna().sum() if one in as_listed else len(everybody[one])
        ranked.append(_rank_one(group, int(size), index.direction(int(year), str(indicator))))
    table = pd.concat(ranked)
    if index.spec.ranks == "published":
        cells = _printed_in_full(index, published)[_CELL].drop_duplicates()
        printed = table[_CELL].merge(cells, how="left", indicator=True)["_merge"].eq("both")
        given = table["rank_published"].to_numpy(float)
        for name in ("rank", "rank_low", "rank_high"):
            table[name] = table[name].mask(printed.to_numpy(), given)
    names = {code: unit.name for code, unit in units.by_code.items()}
    return table.assign(
        index=index.name,
        scheme=table["year"].map(index.scheme),
        unit_name=table["unit"].map(names),
    )


def _rank_one(table: pd.DataFrame, units: int, direction: int) -> pd.DataFrame:
    score, low, high = (direction * table[c].to_numpy(float) for c in ("score", "low", "high"))
    low, high = (low, high) if direction > 0 else (high, low)
    told = table["rank_published"].to_numpy(float)
    full = np.count_nonzero(~np.isnan(score)) == units > 0
    if full:
        best, worst = rank_sets(low, high)
        rank = competition_ranks(score)
    else:
        best, worst = bound_by_neighbours(low, high, told, units)
        rank = told
    return table.assign(
        rank=rank,
        rank_low=best,
        rank_high=worst,
        rank_scores=rank if full else np.nan,
        full=full,
        direction=direction,
    )


def _printed_in_full(index: Index, published: pd.DataFrame) -> pd.DataFrame:
    """Return the ranks printed in tables that list every unit."""
    return published[(published["measure"] == "rank") & published["file"].isin(index.complete)]


def listed(index: Index, units: Units, published: pd.DataFrame) -> dict[tuple[str, int], set[str]]:
    """Return which units were ranked in each unit set and year.

    As a complete table lists them; of a table ``as-listed`` those with a figure of the headline
    (a built index has none: all listed); with ``ranks: published`` those with a printed rank of
    it, where there are any. Without such a table, all units of the unit set.
    """
    rows = published[published["file"].isin(index.complete)]
    everybody: dict[Any, set[str]] = {g: set(codes) for g, codes in rows.groupby(_GROUP)["unit"]}
    for group in _as_listed(index, published):
        at = rows[(rows["unit_set"] == group[0]) & (rows["year"] == group[1])]
        ranked = at[(at["indicator"] == index.headline) & (at["measure"] == "score")]
        everybody[group] = set(ranked["unit"]) or everybody[group]
    if index.spec.ranks == "published":
        places = _printed_in_full(index, published)
        places = places[places["indicator"] == index.headline]
        everybody |= {group: set(codes) for group, codes in places.groupby(_GROUP)["unit"]}
    for year in index.years:
        for unit_set in index.unit_sets(year):
            codes = {unit.code for unit in units.of(unit_set)}
            everybody.setdefault((unit_set, year), codes)
    return everybody


def _as_listed(index: Index, published: pd.DataFrame) -> set[tuple[str, int]]:
    """Return the unit sets and years whose ranked units are those a table lists."""
    files = {index.key(table) for table in index.tables if table.complete == "as-listed"}
    rows = published[published["file"].isin(files)]
    return set(rows[_GROUP].drop_duplicates().itertuples(index=False, name=None))


def _agreed(index: Index, rows: pd.DataFrame, extra: list[str] | None = None) -> pd.Series:
    """Return the one published figure of each cell; none where equally good sources disagree."""
    order = index.trust
    key = _KEY + (extra or [])
    rows = rows.assign(
        doubt=(rows["confidence"] != "high").astype(int) * len(order)
        + rows["file"].map(order).astype(float)
    )
    best = rows[rows["doubt"] == rows.groupby(key, dropna=False)["doubt"].transform("min")]
    values = best.groupby(key, dropna=False)["value"]
    return values.first().where(values.min() == values.max()).dropna()


def changes(
    index: Index, units: Units, ranked: pd.DataFrame, published: pd.DataFrame
) -> pd.DataFrame:
    """Return the table ``changes``: every unit's rank change from each year to the next.

    Own and others' effect are worked out where both years are known in full and compare.

    Parameters
    ----------
    ranked
        What :func:`ranks` returns.
    published
        The table of that name, for changes published singly.
    """
    moved = published[published["measure"] == "rank_change"]
    told = _agreed(index, moved, ["vs_year"]).rename("change_published").reset_index()
    told = told.rename(columns={"year": "year_to", "vs_year": "year_from"})
    moves = []
    for unit_set, table in ranked.groupby("unit_set"):
        years = sorted(table["year"].unique())
        for year_from, year_to in pairwise(years):
            moves.append(_between(index, table, str(unit_set), int(year_from), int(year_to)))
    if not moves:  # one year only: nothing to compare
        return pd.DataFrame(columns=_CHANGES)
    table = pd.concat(moves, ignore_index=True)
    keys = ["unit_set", "year_from", "year_to", "indicator", "unit"]
    table = table.merge(told, on=keys, how="left").set_index(keys)
    known = table["change"].notna() | table["change_published"].notna()
    table = table[known | table["change_low"].notna()].reset_index()
    names = {code: unit.name for code, unit in units.by_code.items()}
    return table.assign(index=index.name, unit_name=table["unit"].map(names))


def _between(
    index: Index, ranked: pd.DataFrame, unit_set: str, year_from: int, year_to: int
) -> pd.DataFrame:
    before, after = (
        ranked[ranked["year"] == year].set_index(["unit", "indicator"])
        for year in (year_from, year_to)
    )
    both = before.add_suffix("_from").join(after.add_suffix("_to"), how="outer")
    reason = index.break_reason(year_from, year_to)
    table = pd.DataFrame(
        {
            "unit_set": unit_set,
            "year_from": year_from,
            "year_to": year_to,
            "rank_from": both["rank_from"],
            "rank_to": both["rank_to"],
            "change": both["rank_from"] - both["rank_to"],
            "change_low": both["rank_low_from"] - both["rank_high_to"],
            "change_high": both["rank_high_from"] - both["rank_low_to"],
            "comparable": not reason,
            "break_reason": reason or None,
        },
        index=both.index,
    )
    effects = _effects(before, after) if not reason else _no_effects()
    # What moved a rank can be said only of ranks that are the scores' own.
    own = [both[f"rank{end}"].eq(both[f"rank_scores{end}"]) for end in ("_from", "_to")]
    effects = effects[(own[0] & own[1]).reindex(effects.index, fill_value=False)]
    return table.join(effects).reset_index()


def _no_effects() -> pd.DataFrame:
    return pd.DataFrame(
        columns=["own_effect", "others_effect"],
        index=pd.MultiIndex.from_arrays([[], []], names=["unit", "indicator"]),
        dtype=float,
    )


def _effects(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return own and others' effect for the indicators whose tables are full in both years."""
    wide = [
        (year["score"] * year["direction"])
        .where(year["full"])
        .unstack("indicator")
        .dropna(axis="columns", how="all")
        for year in (before, after)
    ]
    shared = wide[0].columns.intersection(wide[1].columns)
    if shared.empty:
        return _no_effects()
    effects = own_and_others(wide[0][shared], wide[1][shared])
    return effects[["own_effect", "others_effect"]]
