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

from helpers.index.catalog import Index
from helpers.index.units import Units
from helpers.methods.attribute import own_and_others
from helpers.methods.ranking import bound_by_neighbours, competition_ranks, rank_sets

__all__ = ["bound_by_neighbours", "changes", "competition_ranks", "listed", "rank_sets", "ranks"]

_GROUP = ["unit_set", "year"]
_CELL = [*_GROUP, "indicator"]
_KEY = [*_CELL, "unit"]
_CHANGES = [
    "index", "unit_set", "year_from", "year_to", "unit", "unit_name", "indicator", "rank_from",
    "rank_to", "change", "change_low", "change_high", "change_published", "own_effect",
    "others_effect", "comparable", "break_reason",
]  # fmt: skip
# What a complete table prints of the units it ranks; without any of it a unit was not assessed.
_RANKED = ("rank", "rank_at_most", "rank_at_least")
_ASSESSED = ("score", *_RANKED)


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
        The columns of the table, ``full``: whether all units' scores are known, and ``whole``:
        whether a table lists the units that were ranked.

    Notes
    -----
    With ``ranks: published`` in index.yml, or ``ranked_by`` of a table, the rank is that printed
    in the complete table, where it prints any; ``rank_scores`` is the scores' own all the same. A
    band ("101-150", "201+") in a complete table is no rank but bounds one.
    """
    told = _agreed(index, published[published["measure"] == "rank"]).rename("rank_published")
    table = scored.set_index(_KEY)[["score", "low", "high"]].join(told, how="outer")
    table = table.join(_of_lists(index, published), how="outer")
    lists = _in_complete(index, published)
    table["whole"] = table.index.isin(pd.MultiIndex.from_frame(lists[_KEY]))
    table = table.reset_index()
    everybody: dict[Any, set[str]] = listed(index, units, published, scored)
    ranked, as_listed = [], _as_listed(index, published)
    year: Any
    for (unit_set, year, indicator), group in table.groupby(_CELL, sort=True):
        one = (unit_set, year)
        # Where a table lists the units ranked, those assessed on an indicator are all there are.
        whole = one in as_listed or bool(group["whole"].any())
        assessed = int((group["score"].notna() | group["whole"]).sum())
        size = assessed if whole else len(everybody[one])
        direction = index.direction(int(year), str(indicator))
        ranked.append(_rank_one(group, size, direction).assign(whole=whole))
    table = pd.concat(ranked)
    names = {code: unit.name for code, unit in units.by_code.items()}
    return table.assign(
        index=index.name,
        scheme=table["year"].map(index.schemes),
        unit_name=table["unit"].map(names),
    )


def _rank_one(table: pd.DataFrame, units: int, direction: int) -> pd.DataFrame:
    score, low, high = (direction * table[c].to_numpy(float) for c in ("score", "low", "high"))
    low, high = (low, high) if direction > 0 else (high, low)
    told = table["rank_published"].to_numpy(float)
    first, last = table["rank_at_least"].to_numpy(float), table["rank_at_most"].to_numpy(float)
    banded = ~(np.isnan(first) & np.isnan(last))
    first = np.where(banded, np.fmax(first, 1.0), np.nan)
    last = np.where(banded & np.isnan(last), np.fmax(first, float(units)), last)
    full = np.count_nonzero(~np.isnan(score)) == units > 0
    own = competition_ranks(score) if full else np.full_like(score, np.nan)
    if table["as_printed"].notna().any():
        rank = table["as_printed"].to_numpy(float)
        rank = np.where(np.isnan(rank) & ~banded, told, rank)
        best, worst = (np.where(np.isnan(rank), end, rank) for end in (first, last))
    elif full:
        rank, (best, worst) = own, rank_sets(low, high)
    else:
        rank, (best, worst) = told, bound_by_neighbours(low, high, told, units)
        best, worst = np.fmax(best, first), np.fmin(worst, last)
        apart = best > worst  # where the two contradict each other, the print stands
        best, worst = np.where(apart, first, best), np.where(apart, last, worst)
    return table.assign(
        rank=rank,
        rank_low=best,
        rank_high=worst,
        rank_scores=own,
        full=full,
        direction=direction,
    )


def _of_lists(index: Index, published: pd.DataFrame) -> pd.DataFrame:
    """Return what tables that list every unit print of ranks: bands, and what is the rank."""
    rows = published[published["file"].isin(index.complete)]
    found = [_agreed(index, rows[rows["measure"] == name]).rename(name) for name in _RANKED[1:]]
    rows = rows[rows["file"].isin(index.as_printed) & (rows["measure"] == "rank")]
    return pd.concat([*found, _agreed(index, rows).rename("as_printed")], axis="columns")


def listed(
    index: Index,
    units: Units,
    published: pd.DataFrame,
    scored: pd.DataFrame | None = None,
) -> dict[tuple[str, int], set[str]]:
    """Return which units were ranked in each unit set and year.

    Of the units that a complete table lists those with a score or a rank of the headline, printed
    or in `scored`; where nobody has one, all listed. Where the printed ranks are the ranks, those
    with one, where there are any. Without such a table, all units of the unit set.
    """
    rows = published[published["file"].isin(index.complete)]
    everybody: dict[Any, set[str]] = {
        group: set(codes.to_numpy()) for group, codes in rows.groupby(_GROUP)["unit"]
    }
    placed = _in_complete(index, published)
    placed = placed[placed["indicator"] == index.headline]
    if scored is not None:
        own = scored[(scored["indicator"] == index.headline) & scored["score"].notna()]
        placed = pd.concat([placed, own])
    group: Any
    for group, ranked in placed.groupby(_GROUP)["unit"]:
        if group in everybody:
            everybody[group] = everybody[group] & set(ranked.to_numpy()) or everybody[group]
    places = published[published["file"].isin(index.as_printed)]
    places = places[places["measure"].isin(_RANKED) & (places["indicator"] == index.headline)]
    everybody |= {group: set(codes) for group, codes in places.groupby(_GROUP)["unit"]}
    for year in index.years:
        for unit_set in index.unit_sets(year):
            codes = {unit.code for unit in units.of(unit_set)}
            everybody.setdefault((unit_set, year), codes)
    return everybody


def _in_complete(index: Index, published: pd.DataFrame) -> pd.DataFrame:
    """Return the figures by which the tables that list every unit rank them."""
    rows = published[published["file"].isin(index.complete)]
    return rows[rows["measure"].isin(_ASSESSED)]


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

    Own and others' effect are worked out where both years are known in full and compare. Of a
    unit that was not ranked for a time, the change over those years stands without effects, and
    ``break_reason`` says so.

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
        moves += _across_gaps(index, table, str(unit_set))
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


def _across_gaps(index: Index, ranked: pd.DataFrame, unit_set: str) -> list[pd.DataFrame]:
    """Return the changes of units over years whose tables do not list them, a frame per span."""
    places: Any = ranked.pivot(index=["indicator", "unit"], columns="year", values="rank").notna()
    whole = ranked.groupby(["indicator", "year"])["whole"].first().unstack(fill_value=False)
    absent = whole.reindex(places.index.get_level_values("indicator")).set_index(places.index)
    absent &= ~places
    moves, years = [], list(places.columns)
    for last in range(2, len(years)):
        for first in range(last - 1):
            between = years[first + 1 : last]
            left = absent[between].all(axis=1) & places[years[first]] & places[years[last]]
            if not left.any():
                continue
            span = int(years[first]), int(years[last])
            gone = ranked.set_index(["indicator", "unit"]).loc[left.index[left]].reset_index()
            # Who overtook it while it was away is no movement of its own or of the others.
            found = _between(index, gone, unit_set, *span)
            found[["own_effect", "others_effect"]] = np.nan
            away = f"not ranked in {', '.join(map(str, between))}"
            told = found["break_reason"].map(lambda reason, away=away: f"{reason}; {away}")
            moves.append(found.assign(break_reason=told.where(found["break_reason"].notna(), away)))
    return moves


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
