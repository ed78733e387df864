"""Published figures held against the tables and against each other.

A claim is a row: unit, indicator, year, relation, value as printed, source. Its verdict is
one of :data:`VERDICTS`, and names the evidence it rests on or what would be needed.
"""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from helpers.index.catalog import Index
from helpers.tables.claims import means
from helpers.tables.claims.evidence import Cell, Evidence, Tables, origin
from helpers.tables.claims.means import comparisons, unexplained
from helpers.tables.claims.omitted import left_out
from helpers.tables.claims.verdict import (
    AMBIGUOUS,
    BORNE_OUT,
    CONTRADICTED,
    LEFT_OUT,
    UNCHECKABLE,
    VERDICTS,
    WITHIN,
    Judged,
    judge,
    judge_between,
    judge_change,
)  # fmt: skip
from helpers.tables.processed import as_dicts

__all__ = [
    "AMBIGUOUS", "BORNE_OUT", "CONTRADICTED", "LEFT_OUT", "UNCHECKABLE", "VERDICTS", "WITHIN",
    "Tables", "check", "collect", "comparisons", "unexplained",
]  # fmt: skip


def collect(index: Index, published: pd.DataFrame) -> pd.DataFrame:
    """Return the claims among the published figures: what is not itself a table of all units.

    Returns
    -------
    DataFrame
        The rows of `published` from files whose rows are single figures, with ``relation``:
        ``<=`` for "among the first n", ``>=`` for "201+", else ``=``.
    """
    single = [index.key(table) for table in index.tables if table.long or table.claims]
    rows = published[published["file"].isin(single)]
    bands = {"rank_at_most": "<=", "rank_at_least": ">="}
    relation = rows["measure"].map(bands).fillna("=")
    return rows.assign(relation=relation).reset_index(drop=True)


def check(tables: Tables, changes: pd.DataFrame) -> pd.DataFrame:
    """Return the table ``claims``: every published single figure with its verdict.

    Parameters
    ----------
    changes
        The table of that name, for what a source leaves out.
    """
    claims = collect(tables.index, tables.published)
    judged = pd.DataFrame(
        [_judge(tables, row) for row in as_dicts(claims)], columns=list(Judged._fields)
    )
    checked = pd.concat(
        [claims.rename(columns={"confidence": "claim_confidence"}), judged], axis="columns"
    )
    checked = means.explain(tables, checked)
    missing = left_out(claims, changes, tables.index.headline)
    return pd.concat([checked, missing.assign(verdict=LEFT_OUT)], ignore_index=True)


def _judge(tables: Tables, row: dict[str, Any]) -> Judged:
    measure, value = row["measure"], float(row["value"])
    if measure in ("mean", "mean_change", "mean_change_relative", "highest"):
        return means.judge_national(tables, row)
    year, name = int(row["year"]), row["indicator"]
    cell: Cell = (row["unit_set"], year, name, row["unit"])
    size = tables.size[row["unit_set"], year]
    if measure == "rank":
        needed = f"source | table:{year}:{size}"
        return judge(value, 0.0, tables.ranks_for(cell, row), needed)
    if measure in ("rank_at_most", "rank_at_least"):
        span = (0.0, value) if measure == "rank_at_most" else (value, math.inf)
        return judge_between(*span, tables.ranks_for(cell, row), f"rank:{year}")
    if measure == "score":
        needed = f"source | others:{year}"
        return judge(value, tables.half_of(row), tables.scores_for(cell, row), needed)
    earlier = int(row["vs_year"])
    before: Cell = (row["unit_set"], earlier, name, row["unit"])
    look = tables.ranks_for if measure == "rank_change" else tables.scores_for
    ends: tuple[list[Evidence], list[Evidence]] = (look(before), look(cell))
    what = "rank" if measure == "rank_change" else "score"
    common: dict[str, Any] = {
        "before": ends[0], "after": ends[1], "years": (earlier, year),
        "own": origin(row["source"]),
        "needed": (f"{what}:{earlier}", f"{what}:{year}"),
    }  # fmt: skip
    if measure == "rank_change":
        judged = judge_change(value, 0.0, kind="rank", **common)
        return _either_list(tables, value, judged, before, common)
    if measure == "score_change":
        return judge_change(value, tables.half_of(row), kind="score", **common)
    return _either_reading(tables, value, tables.half_of(row), common)


def _either_list(
    tables: Tables, value: float, judged: Judged, before: Cell, common: dict[str, Any]
) -> Judged:
    """Read a change across a merger of units against the list as it was published then, too."""
    unit_set, then = tables.ranks_as_then(before)
    if judged.verdict != CONTRADICTED or not then:
        return judged
    other = judge_change(value, 0.0, kind="rank", **(common | {"before": then}))
    if other.verdict not in (BORNE_OUT, WITHIN):
        return judged
    said = f"list:{unit_set} = {other.found:+g}; list:{before[0]} = {judged.found:+g}"
    return judged._replace(verdict=AMBIGUOUS, reading=said)


def _either_reading(tables: Tables, value: float, half: float, common: dict[str, Any]) -> Judged:
    """Read "up 13 %" as per cent of the earlier figure and as points of the scale."""
    low, high = tables.index.scale
    scale = high - low
    relative = judge_change(value, half, kind="relative", **common)
    points = judge_change(value * scale, half * scale, kind="score", **common)
    if relative.verdict == UNCHECKABLE:
        return relative
    fits = relative.verdict in (BORNE_OUT, WITHIN), points.verdict in (BORNE_OUT, WITHIN)
    if all(fits):
        both = f"percent = {relative.found:.3g}; points = {points.found:.3g}"
        return relative._replace(verdict=AMBIGUOUS, reading=both)
    if fits[1]:
        return points._replace(reading="points")
    return relative._replace(reading="percent" if fits[0] else "")
