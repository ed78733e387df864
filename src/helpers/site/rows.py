"""The rows of the tables on a front page, and the tiles of its map, as its template prints them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from helpers.index import geometry
from helpers.index.spelling import fold
from helpers.index.units import Unit
from helpers.report.league import League
from helpers.report.whole.tables import TOP
from helpers.tables.claims import CONTRADICTED
from helpers.words import MISSING, Words

SHOWN = 50  # rows of a table that stands in full in the downloads
STEPS = 4  # shades on either side of no change, and one less than those of ranks
_NAME = 11  # letters that a line of a tile holds
_SIGNED = ("rank_change", "score_change")
_RELATIVE = ("score_change_relative", "mean_change_relative")
_DECIMALS = 4

Row = dict[str, Any]


def units(league: League) -> list[Row]:
    """Return the ranked units, best first."""
    w, rows = league.words, []
    decimals = league.decimals(league.index.headline)
    for code, row in league.standings.iterrows():
        unit = league.units[str(code)]
        move = league.arrivals.loc[code] if code in league.arrivals.index else None
        rows.append(
            {
                "unit": unit.code,
                "name": unit.name,
                "search": _searched(unit),
                "region": league.regions.get(unit.code, ""),
                "rank": (int(row["rank"]), w.number(row["rank"])),
                "set": w.range(row["rank_low"], row["rank_high"]),
                "score": (_sorted_by(row["score"]), w.number(row["score"], decimals)),
                "before": _cell(move, "rank_from", w.number),
                "change": _cell(move, "change", w.signed),
            }
        )
    return rows


def before(league: League) -> Row | None:
    """Return the year that the newest changes start from, and why they do not compare."""
    if league.arrivals.empty:
        return None
    year = int(league.arrivals["year_from"].iloc[0])
    return {"year": year, "break": league.index.break_reason(year, league.year, league.words.lang)}


def tiles(league: League) -> Row | None:
    """Return the units as tiles of a map; None where no layout holds all of them."""
    ranked = set(league.standings.index)
    placed = geometry.tiles(league.index, league.unit_set)
    if not ranked <= {unit for unit, *_ in placed}:
        return None
    w = league.words
    moved = league.moves.set_index("unit")["change"].astype(float)
    most = max(1.0, float(moved.abs().max())) if len(moved) else 1.0
    rows: list[dict[str, Any]] = []
    for unit, part, row, col in placed:
        if unit not in ranked:
            continue
        standing = league.standings.loc[unit]
        change = float(moved.get(unit, math.nan))
        name, rank = str(standing["unit_name"]), int(standing["rank"])
        said = [w._("{place} in {year}", place=w.ordinal(rank), year=league.year)]
        if change == change:
            first, last = league.explained_pair or (0, 0)
            said.append(
                w._("{change} from {first} to {last}",
                    change=w.signed(change), first=first, last=last)
            )  # fmt: skip
        rows.append(
            {
                "unit": unit,
                "part": part,
                "row": row,
                "col": col,
                "lines": _lines(part or name),
                "name": name,
                "rank": w.number(rank),
                "change": w.signed(change),
                "fifth": min(STEPS, (rank - 1) * (STEPS + 1) // len(ranked)),
                "shade": _shade(change, most),
                "told": f"{part} ({name})" if part else name,
                "about": "; ".join(said),
            }
        )
    return {
        "tiles": rows,
        "width": max(row["col"] for row in rows) + 1,
        "height": max(row["row"] for row in rows) + 1,
        "most": most if len(moved) else 0,
        "worst": int(league.standings["rank"].max()),
    }


def movers(league: League) -> list[tuple[str, list[Row]]]:
    """Return the units that rose and that fell most between the explained years."""
    w, moves = league.words, league.moves
    rose, fell = moves[moves["change"] > 0].head(TOP), moves[moves["change"] < 0].tail(TOP)[::-1]
    return [
        (
            heading,
            [
                {
                    "unit": row["unit"],
                    "name": row["unit_name"],
                    "path": f"{w.number(row['rank_from'])} → {w.number(row['rank_to'])}",
                    "change": w.signed(row["change"]),
                    "own": w.signed(row["own_effect"]),
                    "others": w.signed(row["others_effect"]),
                }
                for row in part.to_dict("records")
            ],
        )
        for heading, part in ((w._("Rose most"), rose), (w._("Fell most"), fell))
        if len(part)
    ]


def contradicted(league: League) -> list[Row]:
    """Return the published figures that the tables contradict, the newest first, each once."""
    rows: Any = league.claims[league.claims["verdict"] == CONTRADICTED]
    rows = rows.drop_duplicates(["unit", "indicator", "year", "vs_year", "measure", "value"])
    rows = rows.sort_values(["year", "unit"], ascending=[False, True], kind="stable")
    return [
        _printed(league, row) | {"printed": row["value_text"], "source": row["source"]}
        for row in rows.to_dict("records")
    ]


def disagreements(league: League) -> list[Row]:
    """Return the printed figures that the scores do not give, the newest first."""
    rows: Any = league.disagreements.sort_values(
        ["year", "unit"], ascending=[False, True], kind="stable"
    )
    return [
        _printed(league, row | {"found": row["computed"]})
        | {
            "printed": _number(league.words, row["printed"], row["measure"]),
            "source": f"{row['file']}:{row['row']}",
        }
        for row in rows.to_dict("records")
    ]


def _printed(league: League, row: Mapping[str, Any]) -> Row:
    """Return what a printed figure is about, and what the tables give in its place."""
    w, measure = league.words, row["measure"]
    ends = [_number(w, row[end], measure) for end in ("low", "high")]
    if MISSING in ends:
        ends = [_number(w, row["found"], measure)]
    since = row.get("vs_year")
    known = since is not None and not pd.isna(since)
    return {
        "unit": "" if pd.isna(row["unit"]) else row["unit"],
        "name": w._("all units together") if pd.isna(row["unit_name"]) else row["unit_name"],
        "year": f"{since}–{row['year']}" if known else str(row["year"]),
        "indicator": league.labels.get(row["indicator"], row["indicator"]),
        "measure": _measures(w).get(measure, measure),
        "found": (" – " if "change" in measure else "–").join(dict.fromkeys(ends)),
    }


def _measures(w: Words) -> dict[str, str]:
    """Return what the measures of printed figures are called."""
    return {
        "rank": w._("rank"),
        "rank_change": w._("change of rank"),
        "rank_at_most": w._("rank at most"),
        "score": w._("score"),
        "score_change": w._("change of score"),
        "score_change_relative": w._("change of score, %"),
        "mean": w._("mean"),
        "mean_change_relative": w._("change of the mean, %"),
        "highest": w._("highest score"),
        "total": w._("total"),
    }


def table_rows(w: Words) -> dict[str, str]:
    """Return what one row of each processed table is."""
    return {
        "published": w._("a figure as printed"),
        "quarantine": w._("a cell that was set aside"),
        "scores": w._("a score"),
        "intervals": w._("the interval of a score"),
        "ranks": w._("a rank and its set"),
        "changes": w._("a change from one year to the next"),
        "disagreements": w._("a printed rank, change or total that the scores do not give"),
        "robust": w._("a headline rank under other choices"),
        "robust_changes": w._("a change of it under other choices"),
        "rank_confidence": w._("a rank and its confidence sets"),
        "change_confidence": w._("a change and its confidence sets"),
        "contributions": w._("a part's share in a change"),
        "claims": w._("a figure published singly, with its verdict"),
    }


def _number(w: Words, value: Any, measure: str) -> str:
    """Write a figure with the decimals it has, a change with its sign."""
    if pd.isna(value):
        return MISSING
    if measure in _SIGNED:
        return w.signed(value, _DECIMALS)
    if measure in _RELATIVE:  # a share, printed in per cent
        return f"{'+' if value > 0 else ''}{w.percent(value)}"
    written = f"{float(value):.{_DECIMALS}f}".rstrip("0")
    return w.number(value, len(written.partition(".")[2]))


def _cell(row: Any, column: str, write: Callable[[object], str]) -> tuple[str, str]:
    """Return what a cell is sorted by and what it shows."""
    if row is None:
        return "", MISSING
    return _sorted_by(row[column]), write(row[column])


def _sorted_by(value: Any) -> str:
    return "" if pd.isna(value) else repr(float(value))


def _searched(unit: Unit) -> str:
    """Return all that a unit is found by, without diacritics and spaces."""
    names = dict.fromkeys((unit.name, unit.slug, unit.code, *unit.aliases))
    return "|".join(dict.fromkeys(fold(name).replace(" ", "") for name in names))


def _lines(name: str) -> list[str]:
    """Break a name into lines that a tile holds."""
    lines = [""]
    for word in name.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > _NAME:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _shade(change: float, most: float) -> str:
    """Return the shade of a change: ``p1`` to ``p4`` for a rise, ``m1`` to ``m4``, ``0``, none."""
    if change != change:
        return "none"
    step = math.ceil(STEPS * abs(change) / most)
    return "0" if not step else f"{'p' if change > 0 else 'm'}{step}"
