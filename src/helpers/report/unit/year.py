"""The year of the report: what is known of it, and of whom the unit has beside it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from helpers import show
from helpers.report import gains
from helpers.report.page import section
from helpers.report.unit.case import Case
from helpers.report.unit.effects import unexplained
from helpers.show import literal
from helpers.words import Words

_ALIKE = 5  # units with the most similar profile
_NEAR = 3  # of those that passed it, the nearest


def heading(case: Case) -> show.Text:
    """Open the section: the best and the worst place of all years, and who is next to it."""
    w = case.words
    said = [_extremes(case), _next_to_it(case)]
    if case.crossed is None and len(case.path) > 1:
        said.append(unexplained(case))
    title = w._("{year}, and the years before", year=case.year)
    if len(case.path) < 2:
        title = w._("The year {year}", year=case.year)
    return section(title, " ".join(filter(None, said)))


def breaks(case: Case) -> show.Text | None:
    """Say which years do not compare, and why."""
    rows = case.own(case.changes, case.index.headline)
    rows = rows[~rows["comparable"]].sort_values("year_to")
    if rows.empty:
        return None
    return show.Text(
        "\n".join(
            f"- {row['year_from']}–{row['year_to']}: "
            + literal(case.index.break_reason(row["year_from"], row["year_to"], case.words.lang))
            for row in rows.to_dict("records")
        )
    )


def peers(case: Case) -> show.Table | None:
    """Tabulate whom to look at, the nearest first: next to it, most alike, and who passed it."""
    w, own = case.words, case.now
    roles = _roles(case)
    if not roles:
        return None
    rows = case.standings.loc[list(roles)]
    scored = pd.notna(own["score"])
    measure = "score" if scored else "rank"
    gap = (rows[measure] - own[measure]).astype(float)
    decimals = case.decimals(case.index.headline)
    cells = []
    for code in gap.abs().sort_values(kind="stable").index:
        row = rows.loc[code]
        line = {
            case.unit_head: case.units[code].name,
            w._("Rank in {year}", year=case.year): w.number(row["rank"]),
        }
        if scored:
            line |= {
                w._("Score"): w.number(row["score"], decimals),
                w._("Gap"): w.signed(gap[code], decimals, fixed=True),
            }
        cells.append(line | {w._("Relation"): "; ".join(roles[code])})
    said = {"unit": case.unit.name, **case.nouns}
    caption = w._("The {words} to compare {unit} with, the nearest score first", **said)
    if not scored:
        caption = w._("The {words} to compare {unit} with, the nearest rank first", **said)
    return show.Table(pd.DataFrame(cells), caption=caption)


def _extremes(case: Case) -> str:
    w, ranks = case.words, case.path["rank"].dropna()
    bands = w._(
        "Only a band of ranks is known in {years}.", years=w.list(map(str, case.banded))
    ) if case.banded else ""  # fmt: skip
    if ranks.empty:
        return bands
    if len(ranks) < 2:
        return (w._("Only one year has a rank.") + " " + bands).strip()
    best, worst = ranks.min(), ranks.max()
    text = w._(
        "Ranked in {n} years, it was {best} at best and {worst} at worst.",
        n=len(ranks),
        best=_when(case, ranks == best, best),
        worst=_when(case, ranks == worst, worst),
    )
    if best == worst:
        text = w._("In all {n} years with a rank, it was {best}.", n=len(ranks),
                   best=w.ordinal(best))  # fmt: skip
    if bands:
        text += " " + bands
    if case.absent:
        text += " " + w._("It was not ranked in {years}.", years=w.list(map(str, case.absent)))
    return text


def _when(case: Case, chosen: pd.Series, rank: float) -> str:
    """Write a place with its year; of several years the first, and how many there are."""
    years = [int(year) for year in chosen.index[chosen]]
    if len(years) == 1:
        return case.place(rank, years[0], dated=True)
    return _several(case.words, rank, years)


def _several(w: Words, rank: float, years: list[int]) -> str:
    if len(years) == 2:
        return w._("{place} ({years})", place=w.ordinal(rank), years=w.list(map(str, years)))
    return w.n(
        "{place} ({n} year, first in {year})", "{place} ({n} years, first in {year})",
        len(years), place=w.ordinal(rank), year=years[0],
    )  # fmt: skip


def _beside(case: Case) -> tuple[list[str], list[str]]:
    """Return the units on the next rank before it and on the next rank behind it."""
    ranks = case.standings["rank"].astype(float)
    own = ranks[case.unit.code]
    before, behind = ranks[ranks < own], ranks[ranks > own]
    return (
        list(before.index[before == before.max()]),
        list(behind.index[behind == behind.min()]),
    )


def _next_to_it(case: Case) -> str:
    w = case.words
    if case.unit.code not in case.standings.index or pd.isna(case.now["score"]):
        return ""
    before, behind = _beside(case)
    decimals = case.decimals(case.index.headline)
    score = case.standings["score"].astype(float)
    less = case.index.direction(case.year, case.index.headline) < 0

    def named(codes: list[str]) -> dict[str, str]:
        gap = abs(score[codes[0]] - score[case.unit.code])
        units = literal(w.list(case.units[code].name for code in codes))
        return {"units": units, "gap": w.number(gap, decimals)}

    ends = []
    if before and less:
        ends.append(w.n("next above is {units}, {gap} points away",
                        "next above are {units}, {gap} points away",
                        len(before), **named(before)))  # fmt: skip
    elif before:
        ends.append(w.n("next above is {units}, {gap} points ahead",
                        "next above are {units}, {gap} points ahead",
                        len(before), **named(before)))  # fmt: skip
    if behind and less:
        ends.append(w.n("next below is {units}, {gap} points away",
                        "next below are {units}, {gap} points away",
                        len(behind), **named(behind)))  # fmt: skip
    elif behind:
        ends.append(w.n("next below is {units}, {gap} points behind",
                        "next below are {units}, {gap} points behind",
                        len(behind), **named(behind)))  # fmt: skip
    if not ends:
        return ""
    text = w._("{first}; {second}.", first=ends[0], second=ends[-1]) if ends[1:] else ends[0] + "."
    return text[:1].upper() + text[1:]


def _roles(case: Case) -> dict[str, list[str]]:
    """Return why each unit is listed, by its code."""
    w, found = case.words, dict[str, list[str]]()
    if case.unit.code not in case.standings.index:
        return found
    before, behind = _beside(case)
    likes = [code for code in case.peers if code != case.unit.code]
    lists = [
        (before[:2], w._("next above")),
        (behind[:2], w._("next below")),
        (likes or most_alike(case), w._("a peer") if likes else w._("most alike")),
        (_overtook(case), w._("passed it {years}", years=_years(case))),
    ]
    for codes, role in lists:
        for code in codes:
            if code in case.standings.index:
                found.setdefault(code, []).append(role)
    return found


def _years(case: Case) -> str:
    return "" if case.crossed is None else f"{case.pair[0]}–{case.pair[1]}"


def _overtook(case: Case) -> list[str]:
    """Return the nearest of those that passed it."""
    if case.crossed is None:
        return []
    rows = case.met[case.met["contribution"] < 0]
    gap = (rows["rank_to"] - case.crossed["rank_to"]).abs().astype(float)
    return list(rows.loc[gap.sort_values(kind="stable").index[:_NEAR], "other"])


def most_alike(case: Case) -> list[str]:
    """Return the units with the most similar scores in the year's indicators, each standardised."""
    given = gains.inputs(case)
    names = case.index.pillars
    rows = case.ranks[(case.ranks["year"] == case.year) & case.ranks["indicator"].isin(names)]
    wide: Any = rows.pivot(index="unit", columns="indicator", values="score").astype(float)
    if given is not None:
        extra = given.indicators.columns.difference(wide.columns)
        wide = wide.reindex(given.indicators.index).join(given.indicators[extra])
    wide = wide.dropna(axis="columns")
    spread = wide.std(ddof=0)
    wide = wide.loc[:, spread > 0] / spread[spread > 0]
    if case.unit.code not in wide.index or wide.shape[1] < 2:
        return []
    far = np.sqrt(((wide - wide.loc[case.unit.code]) ** 2).sum(axis=1)).drop(case.unit.code)
    return list(far.sort_values(kind="stable").index[:_ALIKE])
