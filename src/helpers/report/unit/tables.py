"""The report's tables, with the column heads and numbers of the case's language."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers import show
from helpers.report.unit.case import Case
from helpers.words import MISSING


def path(case: Case) -> show.Table:
    """Tabulate the headline's rank, rank set, score and change, a row per year."""
    w = case.words
    changes = case.own(case.changes, case.index.headline).set_index("year_to", drop=False)
    rows = []
    for year, row in case.path.iterrows():
        change = changes.loc[year] if year in changes.index else None
        rows.append(
            {
                w._("Year"): str(year),
                w._("Rank"): _of(case, row["rank"], year),
                w._("Rank set"): w.range(row["rank_low"], row["rank_high"]),
                w._("Score"): w.number(row["score"], case.decimals(case.index.headline)),
                w._("Change"): MISSING if change is None else _moved(case, change),
                w._("Comparable with the one before?"): _compares(case, change),
            }
        )
    return show.Table(
        pd.DataFrame(rows),
        caption=w._(
            "{unit}, year by year. Rank set: every rank that the unrounded scores could give",
            unit=case.unit.name,
        ),
    )


def changes(case: Case, most: int = 60) -> show.Table | None:
    """Tabulate every yearly change of the headline and the pillars, beside what was published.

    With more than `most` rows the pillars' changes of the newest pair of years only; None where
    there is no change.
    """
    w = case.words
    rows = []
    table = case.own(case.changes)
    table = table[table["indicator"].isin(case.indicators)]
    order = {name: n for n, name in enumerate(case.indicators)}
    table = table.assign(order=table["indicator"].map(order)).sort_values(["year_to", "order"])
    if table.empty:
        return None
    if len(table) > most:
        newest = table["year_to"] == table["year_to"].max()
        table = table[newest | (table["indicator"] == case.index.headline)]
    for row in table.to_dict("records"):
        rows.append(
            {
                w._("Years"): f"{row['year_from']}–{row['year_to']}",
                w._("Indicator"): case.labels[row["indicator"]],
                w._("From"): w.number(row["rank_from"]),
                w._("To"): w.number(row["rank_to"]),
                w._("Change"): w.signed(row["change"]),
                w._("Set of changes"): _span(case, row["change_low"], row["change_high"]),
                w._("Published"): w.signed(row["change_published"]),
                w._("Comparable?"): w._("yes") if row["comparable"] else w._("no"),
            }
        )
    return show.Table(pd.DataFrame(rows), caption=w._("Changes of rank from year to year"))


def standing(case: Case, most: int = 6) -> show.Table | None:
    """Tabulate the headline's and the pillars' ranks and scores in the year of the report.

    None where there are no pillars, as the path says as much; and where there are more than
    `most` and the explained change ends in that year: its table says as much.
    """
    w, rows = case.words, []
    change = case.explained
    if not case.index.pillars:
        return None
    if len(case.indicators) > most and change is not None and change["year_to"] == case.year:
        return None
    own = case.own(case.ranks)
    own = own[own["year"] == case.year].set_index("indicator")
    for name in [name for name in case.indicators if name in own.index]:
        row = own.loc[name]
        rows.append(
            {
                w._("Indicator"): case.labels[name],
                w._("Rank"): w.number(row["rank"]),
                w._("Rank set"): w.range(row["rank_low"], row["rank_high"]),
                w._("Score"): w.number(row["score"], case.decimals(name)),
            }
        )
    return show.Table(pd.DataFrame(rows), caption=w._("Ranks and scores in {year}", year=case.year))


def effects(case: Case) -> show.Table | None:
    """Tabulate own and others' effect of the newest explained change by indicator, if any."""
    if case.explained is None:
        return None
    w = case.words
    rows = [
        {
            w._("Indicator"): case.labels[str(name)],
            w._("Change"): w.signed(row["change"]),
            w._("Own movement"): w.signed(row["own_effect"]),
            w._("The others"): w.signed(row["others_effect"]),
            w._("Rank if only it had moved"): w.number(row["rank_own_only"]),
            w._("Rank if only the others had"): w.number(row["rank_others_only"]),
        }
        for name, row in case.effects.dropna(subset="change").iterrows()
    ]
    return show.Table(pd.DataFrame(rows), caption=w._("What moved it, by indicator"))


def met(case: Case, most: int = 12) -> show.Table | None:
    """Tabulate the units it passed or was passed by, those nearest to it now first, if any."""
    w, change = case.words, case.crossed
    if change is None or case.met.empty:
        return None
    rows = case.met.assign(gap=(case.met["rank_to"] - change["rank_to"]).abs()).sort_values("gap")
    shown = rows.head(most).sort_values(["contribution", "rank_to"], ascending=[False, True])
    decimals = case.decimals(case.index.headline)
    years = change["year_from"], change["year_to"]
    cells = [
        {
            w._("What happened"): w._("{unit} got past", unit=case.unit.name)
            if row["contribution"] > 0
            else w._("Got past {unit}", unit=case.unit.name),
            w._("Unit"): row["name"],
            w._("Rank in {year}", year=years[0]): w.number(row["rank_from"]),
            w._("Rank in {year}", year=years[1]): w.number(row["rank_to"]),
            w._("Score in {year}", year=years[0]): w.number(row["score_from"], decimals),
            w._("Score in {year}", year=years[1]): w.number(row["score_to"], decimals),
        }
        for row in shown.to_dict("records")
    ]
    table = pd.DataFrame(cells)
    if case.explained is None:  # by ranks alone
        table = table.drop(columns=[w._("Score in {year}", year=year) for year in years])
    left = len(rows) - len(shown)
    caption = w._("Units that changed sides with {unit}", unit=case.unit.name)
    if left:
        caption += " " + w.n("({n} farther away left out)", "({n} farther away left out)", left)
    return show.Table(table, caption=caption, grouped=True)


def _of(case: Case, rank: Any, year: Any) -> str:
    return MISSING if pd.isna(rank) else f"{case.words.number(rank)}/{case.size(int(year))}"


def _moved(case: Case, change: pd.Series) -> str:
    """Write a change, and since when where it passes over years without the unit."""
    w, by = case.words, case.words.signed(change["change"])
    since = w._("since {year}", year=change["year_from"])
    return f"{by} ({since})" if case.away(change) else by


def _span(case: Case, low: Any, high: Any) -> str:
    if pd.isna(low) or pd.isna(high):
        return MISSING
    return " … ".join(dict.fromkeys((case.words.signed(low), case.words.signed(high))))


def _compares(case: Case, change: pd.Series | None) -> str:
    if change is None:
        return MISSING
    return case.words._("yes") if change["comparable"] else case.words._("no, another scheme")
