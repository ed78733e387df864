"""The tables of the report on a whole league table."""

from __future__ import annotations

import pandas as pd

from helpers import show
from helpers.methods.mobility import transition
from helpers.report.league import League
from helpers.report.page import Together, section
from helpers.report.whole.moved import movement_of, span
from helpers.tables.headline import OTHERS
from helpers.words import MISSING

TOP = 8


def standings(league: League) -> Together:
    """Tabulate every unit: rank, rank set, band under other choices, score, change."""
    w = league.words
    bands = league.robust[league.robust["year"] == league.year].set_index("unit")
    decimals = league.decimals(league.index.headline)
    before = league.arrivals["year_from"].iloc[0] if len(league.arrivals) else None
    rows = []
    for unit, row in league.standings.iterrows():
        band = bands.loc[unit] if unit in bands.index else None
        move = league.arrivals.loc[unit] if unit in league.arrivals.index else None
        cells = {
            league.unit_head: row["unit_name"],
            w._("Rank"): league.rank_of(row),
            w._("With other weights"): MISSING
            if band is None
            else w.range(round(band["q05"]), round(band["q95"])),
            w._("Score"): w.number(row["score"], decimals),
        }
        if before is not None:
            cells |= {
                w._("Rank in {year}", year=before): MISSING
                if move is None
                else w.number(move["rank_from"]),
                w._("Change"): MISSING if move is None else w.signed(move["change"]),
            }
        rows.append(cells)
    caption = w._("All {words} in {year}", year=league.year, **league.nouns)
    if len(league.arrivals) and not league.arrivals["comparable"].all():
        caption += " " + w._(
            "(the ranks of {before} come by other rules: the changes cannot be compared)",
            before=before,
        )
    table = show.Table(pd.DataFrame(rows), caption=caption)
    return Together(section(w._("The whole table")), table)


def annex(league: League) -> show.Text | None:
    """Open the annex, where anything moved."""
    return section(league.words._("Annex")) if league.pairs else None


def movements(league: League) -> show.Table | None:
    """Tabulate how far the table moved between each two neighbouring full tables, if any."""
    if not league.pairs:
        return None
    w, rows = league.words, []
    for first, last in league.pairs:
        row = movement_of(league, first, last)
        compares = not league.index.break_reason(first, last)
        rows.append(
            {
                w._("Years"): span((first, last)),
                w._("Rose"): w.number(row["up"]),
                w._("Fell"): w.number(row["down"]),
                w._("Unmoved"): w.number(row["unmoved"]),
                w._("Places moved"): w.number(row["mean_step"], 1),
                w._("Kendall's tau"): w.number(row["kendall_tau_b"], 2),
                w._("Rank-biased overlap, first {n}", n=int(row["top"])): w.number(row["rbo"], 2),
                w._("Comparable?"): w._("yes") if compares else w._("no, other rules"),
            }
        )
    return show.Table(
        pd.DataFrame(rows),
        caption=w._(
            "How far the table moved. Kendall's tau: 1 is the same order, 0 none in common, −1 the "
            "reverse. Rank-biased overlap: 1 is the same units in the same order at the top, the "
            "first places counting most; it is no share of units in common"
        ),
    )


def fifths(league: League) -> show.Table | None:
    """Tabulate how many units went from which fifth of the table to which, if there are five."""
    if league.explained_pair is None or len(league.moves) < 5:
        return None
    w, (first, last) = league.words, league.explained_pair
    counts = transition(league.ranks_of(first), league.ranks_of(last))
    names = {k: w.ordinal(k) for k in range(1, 6)}
    names |= {1: w._("first fifth"), 5: w._("last fifth")}
    rows = []
    for k, row in counts.groupby("class_from"):
        cells = {w._("Fifth in {year}", year=first): names[int(str(k))]}
        cells |= {names[j]: w.number(n) for j, n in zip(row["class_to"], row["count"], strict=True)}
        rows.append(cells)
    return show.Table(
        pd.DataFrame(rows),
        caption=w._(
            "How many {words} went from which fifth of the table in {first} (rows) to which in "
            "{last}",
            first=first,
            last=last,
            **league.nouns,
        ),
    )


def explained(league: League) -> show.Table | None:
    """Tabulate the biggest movers: own and others' effect, and the parts that did most."""
    if not league.moves["change"].any():
        return None
    w, moves = league.words, league.moves
    rose, fell = moves[moves["change"] > 0].head(TOP), moves[moves["change"] < 0].tail(TOP)
    parts = league.of_pair(league.contributions)
    chance = league.of_pair(league.robust_changes).set_index("unit")
    rows = []
    for row in pd.concat([rose, fell]).to_dict("records"):
        own = parts[(parts["unit"] == row["unit"]) & (parts["part"] != OTHERS)].set_index("part")
        strongest = _strongest(league, own["contribution"], row["change"])
        cells = {
            league.unit_head: row["unit_name"],
            w._("Change"): w.signed(row["change"]),
            w._("By its own change"): w.signed(row["own_effect"]),
            w._("By the others'"): w.signed(row["others_effect"]),
            w._("What did most in that direction"): strongest,
        }
        if row["unit"] in chance.index:
            odds = chance.loc[row["unit"]]
            share = float(odds["p_rise"] if row["change"] > 0 else odds["p_fall"])
            # Only all of them are 100 per cent.
            cells[w._("Same direction")] = w.percent(share, int(0.995 <= share < 1))
        rows.append(cells)
    return show.Table(pd.DataFrame(rows), caption=w._("The biggest movers, explained"))


def _strongest(league: League, own: pd.Series, change: int) -> str:
    """Name the own part that did most in the direction of the change, if one did anything."""
    if own.empty:
        return MISSING
    part, most = own.idxmax(), own.max()
    if change < 0:
        part, most = own.idxmin(), own.min()
    if most * change <= 0:
        return MISSING
    return f"{league.part(str(part))} ({league.words.signed(most)})"
