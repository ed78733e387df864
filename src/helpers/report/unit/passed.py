"""Who passed whom: how many, and all of them, those nearest to the unit first."""

from __future__ import annotations

import pandas as pd

from helpers import show
from helpers.report.page import section
from helpers.report.unit.case import Case
from helpers.show import literal


def count_passed(case: Case) -> str:
    """Say as a clause how many units passed it and how many it passed."""
    w = case.words
    gains = int((case.met["contribution"] > 0).sum())
    losses = int((case.met["contribution"] < 0).sum())
    by = (
        w.n("{n} {word} passed it", "{n} {words} passed it", losses, **case.nouns)
        if losses
        else w._("no {word} passed it", **case.nouns)
    )
    past = (
        w.n("it passed {n} {word}", "it passed {n} {words}", gains, **case.nouns)
        if gains
        else w._("it passed none", **case.nouns)
    )
    return w._("{by} and {past}", by=by, past=past)


def heading(case: Case) -> show.Text | None:
    """Head the section with what the pairs add up to; None where nobody passed anybody."""
    w, change = case.words, case.crossed
    if change is None or case.met.empty:
        return None
    text = w._(
        "From {year_from} to {year_to}, {passed}; the annex lists all of them, the nearest first.",
        year_from=case.pair[0],
        year_to=case.pair[1],
        passed=count_passed(case),
        unit=literal(case.unit.name),
    )
    return section(w._("Who passed whom"), text)


def tabulate(case: Case) -> show.Table | None:
    """Tabulate all units that changed sides with it, by their distance from it now."""
    w, change = case.words, case.crossed
    if change is None or case.met.empty:
        return None
    explained = case.explained is not None
    ends = ("score_to", "rank_to") if explained else ("rank_to", "rank_to")
    own = case.path.loc[case.pair[1], "score" if explained else "rank"]
    rows = case.met.assign(gap=(case.met[ends[0]] - own).abs()).sort_values(["gap", "rank_to"])
    decimals = case.decimals(case.index.headline)
    years = case.pair
    cells = []
    for row in rows.to_dict("records"):
        past = row["contribution"] > 0
        line = {
            case.unit_head: row["name"],
            w._("What happened"): w._("was passed") if past else w._("passed it"),
            w._("Rank in {year}", year=years[0]): w.number(row["rank_from"]),
            w._("Rank in {year}", year=years[1]): w.number(row["rank_to"]),
        }
        if explained:
            line |= {
                w._("Score in {year}", year=years[1]): w.number(row["score_to"], decimals),
                w._("Gap now"): w.signed(row["score_to"] - own, decimals, fixed=True),
            }
        cells.append(line)
    caption = w._(
        "All that passed {unit} or that it passed from {year_from} to {year_to}, the nearest first",
        unit=case.unit.name,
        year_from=years[0],
        year_to=years[1],
    )
    return show.Table(pd.DataFrame(cells), caption=caption)
