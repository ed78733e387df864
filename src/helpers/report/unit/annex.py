"""The annex of a report on one unit: all tables, and what the words mean."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers import show
from helpers.report import about, gains
from helpers.report.page import Together, section
from helpers.report.unit.case import Case
from helpers.report.unit.year import most_alike
from helpers.words import MISSING

_ROWS = 60  # of more yearly changes, the pillars' newest only


def heading(case: Case) -> show.Text:
    """Open the annex."""
    return section(case.words._("Annex"))


def path(case: Case) -> show.Table | None:
    """Tabulate the headline's rank, score and change, a row per year; None with one year."""
    w = case.words
    if len(case.path) < 2:
        return None
    changes = case.own(case.changes, case.index.headline).set_index("year_to", drop=False)
    rows = []
    for year, row in case.path.iterrows():
        change = changes.loc[year] if year in changes.index else None
        line = {
            w._("Year"): str(year),
            w._("Rank"): case.rank_of(row),
            w._("Among"): w.number(case.size(int(year))),
            w._("Score"): w.number(row["score"], case.decimals(case.index.headline)),
            w._("Change"): MISSING if change is None else _moved(case, change),
            w._("Comparable with the one before?"): _compares(case, change),
        }
        if case.computed:
            line[w._("Published?")] = w._("no") if year in case.computed else w._("yes")
        rows.append(line)
    caption = w._("{unit}, year by year", unit=case.unit.name)
    return show.Table(pd.DataFrame(rows), caption=caption)


def changes(case: Case) -> show.Table | None:
    """Tabulate every yearly change of the pillars, beside what was published."""
    w = case.words
    table = case.own(case.changes)
    table = table[table["indicator"].isin(case.index.pillars)]
    order = {name: n for n, name in enumerate(case.indicators)}
    table = table.assign(order=table["indicator"].map(order)).sort_values(["year_to", "order"])
    if table.empty:
        return None
    if len(table) > _ROWS:
        table = table[table["year_to"] == table["year_to"].max()]
    sets = (table["change_low"] != table["change_high"]) & table["change_low"].notna()
    printed = table["change_published"].notna()
    rows = []
    for row in table.to_dict("records"):
        line = {
            w._("Years"): f"{row['year_from']}–{row['year_to']}",
            w._("Indicator"): case.labels[row["indicator"]],
            w._("From"): w.number(row["rank_from"]),
            w._("To"): w.number(row["rank_to"]),
            w._("Change"): w.signed(row["change"]),
        }
        if sets.any():
            line[w._("Possible given rounding")] = _span(case, row)
        if printed.any():
            line[w._("Published")] = w.signed(row["change_published"])
        line[w._("Comparable?")] = w._("yes") if row["comparable"] else w._("no")
        rows.append(line)
    return show.Table(pd.DataFrame(rows), caption=w._("Changes of rank in the pillars"))


def effects(case: Case) -> show.Table | None:
    """Tabulate own and others' effect of the newest explained change by indicator, if any."""
    if case.explained is None:
        return None
    w = case.words
    rows = [
        {
            w._("Indicator"): case.labels[str(name)],
            w._("Change"): w.signed(row["change"]),
            w._("By its own change"): w.signed(row["own_effect"]),
            w._("By the others'"): w.signed(row["others_effect"]),
            w._("Rank if only it had changed"): w.number(row["rank_own_only"]),
            w._("Rank if only the others had"): w.number(row["rank_others_only"]),
        }
        for name, row in case.effects.dropna(subset="change").iterrows()
    ]
    caption = w._(
        "What moved it from {year_from} to {year_to}, by indicator",
        year_from=case.pair[0],
        year_to=case.pair[1],
    )
    return show.Table(pd.DataFrame(rows), caption=caption)


def method(case: Case) -> Together:
    """Say how the figures of a report on one unit come about."""
    w, own = case.words, []
    if case.explained is not None:
        own.append(
            w._(
                "*Own change and the others'*: each is the mean over the two orders in which one "
                "can let the unit and the others change; together they are the change. The parts "
                "of its own change are shared out the same way, over all orders."
            )
        )
    if gains.shown(case, case.unit.code):
        own.append(
            w._(
                "*What if*: one indicator gains, no farther than its scale goes, and the overall "
                "score with it by the indicator's weight; all other {words} stay as they are.",
                **case.nouns,
            )
        )
    if not set(case.peers) - {case.unit.code} and most_alike(case):
        own.append(
            w._(
                "*Most alike*: the {words} with the smallest distance over the year's indicators, "
                "each divided by its standard deviation.",
                **case.nouns,
            )
        )
    return about.method(case, *own)


def glossary(case: Case) -> show.Text:
    """Explain the words of the report."""
    w = case.words
    terms: list[tuple[str, str]] = [
        (
            w._("Place, rank"),
            w._("1 is best; units with equal scores share the best rank (15, 15, 17)."),
        ),
        (
            w._("Comparable"),
            w._("Scored by the same rules in both years; other changes are shown, not explained."),
        ),
    ]
    if case.index.pillars:
        terms.append(
            (w._("Pillar"), w._("A group of indicators that the publisher ranks by itself."))
        )
    if case.computed:
        terms.append(
            (w._("Computed here"), w._("Not published: worked out from published figures."))
        )
    lines = "\n".join(f"- **{term}**: {meaning}" for term, meaning in terms)
    return show.Text(f"### {w._('Glossary')}\n\n{lines}")


def _moved(case: Case, change: pd.Series) -> str:
    """Write a change, and since when where it passes over years without the unit."""
    w, by = case.words, case.words.signed(change["change"])
    since = w._("since {year}", year=change["year_from"])
    return f"{by} ({since})" if case.away(change) else by


def _span(case: Case, row: Any) -> str:
    ends = row["change_low"], row["change_high"]
    if pd.isna(ends[0]) or pd.isna(ends[1]) or ends[0] == ends[1]:
        return MISSING
    return " … ".join(map(case.words.signed, ends))


def _compares(case: Case, change: pd.Series | None) -> str:
    if change is None:
        return MISSING
    return case.words._("yes") if change["comparable"] else case.words._("no, other rules")
