"""What the publisher's sampling errors leave open; nothing for an index without such errors."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers import show, tables
from helpers.report.league import League
from helpers.report.page import Together, section
from helpers.report.unit.case import Case
from helpers.words import MISSING

_CHANGE = ["unit_set", "indicator", "unit", "year_to"]


def of_unit(case: Case) -> Together | None:
    """Say between which places the unit's true rank and change lie, with a table by indicator."""
    ranks, changes = _read(case)
    own: Any = case.own(ranks)
    own = own[own["indicator"].isin(case.indicators)].set_index("indicator")
    if own.empty:
        return None
    w = case.words
    own = own.loc[[name for name in case.indicators if name in own.index]]
    moves = case.own(changes).set_index("indicator")
    name = own.index[0]
    row, level = own.loc[name], w.percent(own["level"].iloc[0], 0)
    said = [_place(case, row)]
    if name in moves.index:
        said.append(_moved(case, moves.loc[name]))
    said.append(
        w._(
            "This is the sampling error that the publisher gives; it knows nothing of other "
            "choices in the index."
        )
    )
    rows = [
        {
            w._("Indicator"): case.labels[name],
            w._("Standard error"): w.number(row["std_error"], case.decimals(name)),
            **_cells(case, row, moves.loc[name] if name in moves.index else None, len(moves)),
        }
        for name, row in own.iterrows()
    ]
    return _shown(case, said, rows, level)


def of_table(league: League) -> Together | None:
    """Say how far the headline's ranks are open, and tabulate every unit's places."""
    ranks, changes = _read(league)
    headline = league.index.headline
    rows = ranks[ranks["indicator"] == headline].sort_values(["rank", "unit"]).set_index("unit")
    if rows.empty:
        return None
    w, level = league.words, league.words.percent(rows["level"].iloc[0], 0)
    moves: Any = changes[changes["indicator"] == headline].set_index("unit")
    certain = int((rows["marginal_low"] == rows["marginal_high"]).sum())
    width = (rows["marginal_high"] - rows["marginal_low"] + 1).median()
    said = [
        w.n(
            "The publisher gives its scores with a sampling error. With {level} confidence the "
            "true rank of a {word} in {year} lies in its set below (median number of ranks in a "
            "set: {width}); {n} rank of {all} is certain.",
            "The publisher gives its scores with a sampling error. With {level} confidence the "
            "true rank of a {word} in {year} lies in its set below (median number of ranks in a "
            "set: {width}); {n} ranks of {all} are certain.",
            certain,
            level=level,
            year=league.year,
            width=w.number(width),
            all=len(rows),
            **league.nouns,
        )
    ]
    if len(moves):
        beyond = (moves["simultaneous_low"] > 0) | (moves["simultaneous_high"] < 0)
        said.append(
            w._(
                "Of {all} {words} {n} certainly rose or fell from {year_from} to {year_to}, said "
                "with {level} confidence of all at once; for the others that error alone could "
                "be the reason.",
                n=int(beyond.sum()),
                level=level,
                all=len(moves),
                year_from=moves["year_from"].iloc[0],
                year_to=league.year,
                **league.nouns,
            )
        )
    cells = [
        {
            league.unit_head: row["unit_name"],
            **_cells(league, row, moves.loc[unit] if unit in moves.index else None, len(moves)),
        }
        for unit, row in rows.iterrows()
    ]
    return _shown(league, said, cells, level)


def _read(league: League) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the sets of the report's year, and those of the changes that end in it and compare."""
    names = ("rank_confidence", "change_confidence")
    if not league.index.sampled:
        ranks, changes = (pd.DataFrame(columns=[*tables.CONTRACTS[name].columns]) for name in names)
        return ranks, changes
    ranks, changes = (tables.read(league.index.name, name) for name in names)
    ranks = ranks[(ranks["unit_set"] == league.unit_set) & (ranks["year"] == league.year)]
    moves = league.changes.loc[league.changes["comparable"], [*_CHANGE, "year_from"]]
    moves = moves[moves["year_to"] == league.year]
    return ranks, changes.merge(moves, on=[*_CHANGE, "year_from"])


def _shown(league: League, said: list[str], rows: list[dict[str, str]], level: str) -> Together:
    w = league.words
    caption = w._(
        "Ranks in {year} with the publisher's sampling error: between which places the true rank "
        "lies with {level} confidence, for the {word} taken alone and for all {words} at once",
        **league.nouns,
        year=league.year,
        level=level,
    )
    heading = w._("What the publisher's sampling error leaves open")
    return Together(section(heading, " ".join(said)), show.Table(pd.DataFrame(rows), caption))


def _place(case: Case, row: Any) -> str:
    w = case.words
    said: dict[str, Any] = {
        "level": w.percent(row["level"], 0),
        "year": case.year,
        "low": w.ordinal(row["marginal_low"]),
        "high": w.ordinal(row["marginal_high"]),
    }
    if said["low"] == said["high"]:
        return w._(
            "The publisher's sampling error leaves no other rank open: with {level} confidence "
            "its true rank in {year} is {low}.",
            **said,
        )
    return w._(
        "Because of the publisher's sampling error its true rank in {year} may lie anywhere from "
        "{low} to {high}, with {level} confidence.",
        **said,
    )


def _moved(case: Case, row: Any) -> str:
    w, (low, high) = case.words, row[["marginal_low", "marginal_high"]]
    first = w._(
        "Its true change from {year_from} to {year_to} lies between {low} and {high} ({change} by "
        "the scores as published).",
        year_from=row["year_from"],
        year_to=row["year_to"],
        low=w.signed(low),
        high=w.signed(high),
        change=w.signed(row["change"]),
    )
    if low > 0:
        return f"{first} {w._('It did rise: that error alone cannot be the reason.')}"
    if high < 0:
        return f"{first} {w._('It did fall: that error alone cannot be the reason.')}"
    return f"{first} {w._('That error leaves open whether it moved at all.')}"


def _cells(league: League, row: Any, move: Any, moves: int) -> dict[str, str]:
    """Return the cells of a rank's sets and, where any unit has one, of its change's."""
    w = league.words
    cells = {
        w._("Rank"): w.number(row["rank"]),
        w._("Rank, alone"): w.range(row["marginal_low"], row["marginal_high"]),
        w._("Rank, all at once"): w.range(row["simultaneous_low"], row["simultaneous_high"]),
    }
    if not moves:
        return cells
    spans = {"marginal": w._("Change, alone"), "simultaneous": w._("Change, all at once")}
    cells[w._("Change")] = MISSING if move is None else w.signed(move["change"])
    for kind, head in spans.items():
        ends = [] if move is None else [w.signed(move[f"{kind}_{end}"]) for end in ("low", "high")]
        cells[head] = " … ".join(dict.fromkeys(ends)) or MISSING
    return cells
