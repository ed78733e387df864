"""The report's tables, with the column heads and numbers of the case's language."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd

from helpers import show, tables
from helpers.index import provenance
from helpers.index.catalog import raw, root
from helpers.index.units import Unit
from helpers.report.league import League
from helpers.report.unit.case import Case
from helpers.report.unit.sentences import decimals_of
from helpers.words import MISSING


def path(case: Case) -> show.Table:
    """Tabulate the headline's rank, rank set, score and change, a row per year."""
    w = case.words
    changes = case.own(case.changes, case.index.headline).set_index("year_to")
    rows = []
    for year, row in case.path.iterrows():
        change = changes.loc[year] if year in changes.index else None
        rows.append(
            {
                w._("Year"): str(year),
                w._("Rank"): _of(case, row["rank"], year),
                w._("Rank set"): w.range(row["rank_low"], row["rank_high"]),
                w._("Score"): w.number(row["score"], decimals_of(case, case.index.headline)),
                w._("Change"): MISSING if change is None else w.signed(change["change"]),
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
                w._("Score"): w.number(row["score"], decimals_of(case, name)),
            }
        )
    return show.Table(pd.DataFrame(rows), caption=w._("Ranks and scores in {year}", year=case.year))


def effects(case: Case) -> show.Table:
    """Tabulate own and others' effect of the newest explained change by indicator."""
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


def met(case: Case, most: int = 12) -> show.Table:
    """Tabulate the units it passed or was passed by, those nearest to it now first."""
    w, change = case.words, case.explained
    assert change is not None
    rows = case.met.assign(gap=(case.met["rank_to"] - change["rank_to"]).abs()).sort_values("gap")
    shown = rows.head(most).sort_values(["contribution", "rank_to"], ascending=[False, True])
    decimals = decimals_of(case, case.index.headline)
    years = change["year_from"], change["year_to"]
    found = [
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
    left = len(rows) - len(shown)
    caption = w._("Units that changed sides with {unit}", unit=case.unit.name)
    if left:
        caption += " " + w.n("({n} farther away left out)", "({n} farther away left out)", left)
    return show.Table(pd.DataFrame(found), caption=caption, grouped=True)


def sources(case: League) -> show.Table:
    """Tabulate the raw files that hold the figures a report shows."""
    w, rows = case.words, []
    for path in _files(case):
        if not path.with_name(path.name + provenance.SUFFIX).is_file():
            continue
        entry = provenance.recorded(path)
        published = entry.date_published
        dates = published if isinstance(published, tuple) else [published]
        rows.append(
            {
                w._("Table"): provenance.text(entry, "title", w.lang) or path.name,
                w._("Publisher"): provenance.text(entry, "producer", w.lang) or MISSING,
                w._("Published"): " – ".join(
                    dict.fromkeys(_date(case, d) for d in (dates[0], dates[-1]))
                ),
                w._("Quality"): _quality(case, entry.quality.rating),
            }
        )
    caption = w._(
        "Sources. Quality: green is checked against another source, amber partial or secondary, "
        "red not checked"
    )
    return show.Table(pd.DataFrame(rows), caption=caption, kind="sources")


def _files(case: League) -> list[Path]:
    """Return the files that a report's figures stand in, each once.

    A report on a unit also shows what an article says of it: its claims, and the systems behind
    its ranks. Units that were not scored themselves in a year have their members' figures.
    """
    figures = case.published
    names: list[str] = []
    if isinstance(case, Case):
        figures = case.own(figures)
        # Where a figure was printed: its table, or the article that a claim points at.
        names += figures["source"].str.split("#").str[0].tolist()
        names += [f"data/raw/{pack}/indicators.csv" for pack in case.index.packs_of(case.unit.code)]
        units = [case.unit]
    else:
        units = list(case.units.values())
    names = [*figures["file"], *_members_files(case, units), *names]
    paths = [root() / name for name in names if "://" not in name]
    found = [path if path.is_file() else raw(*path.relative_to(root()).parts) for path in paths]
    return list(dict.fromkeys(found))


def _members_files(case: League, units: list[Unit]) -> list[str]:
    """Return the files with the scores of which units' derived scores are the means."""
    found: list[str] = []
    members = [member for unit in units for member in unit.members]
    for rule in case.index.spec.derived:
        years = [year for year in rule.years if year <= case.year]
        if rule.unit_set != case.unit_set or not years:
            continue
        key = ["unit_set", "year", "unit", "indicator", "source"]
        scores = tables.read(case.index.name, "scores")
        scores = scores[scores["year"].isin(years)]
        means = scores.loc[scores["unit_set"] == case.unit_set, ["year", "indicator"]]
        scores = scores[(scores["unit_set"] == rule.from_) & scores["unit"].isin(members)]
        scores = scores[scores["status"] == "published"].merge(means.drop_duplicates())
        told = tables.read(case.index.name, "published")
        told = told[told["measure"] == "score"]
        found += told.merge(scores[key], on=key)["file"].unique().tolist()
    return found


def _of(case: Case, rank: Any, year: Any) -> str:
    return MISSING if pd.isna(rank) else f"{case.words.number(rank)}/{case.size(int(year))}"


def _span(case: Case, low: Any, high: Any) -> str:
    if pd.isna(low) or pd.isna(high):
        return MISSING
    return " … ".join(dict.fromkeys((case.words.signed(low), case.words.signed(high))))


def _compares(case: Case, change: pd.Series | None) -> str:
    if change is None:
        return MISSING
    return case.words._("yes") if change["comparable"] else case.words._("no, another scheme")


def _date(case: League, date: Any) -> str:
    """Write a date in the case's language; words of whoever filled in the sidecar stay."""
    if date in (None, provenance.TO_FILL):
        return MISSING
    text = str(date)
    return case.words.date(text) if re.fullmatch(r"\d{4}(-\d\d){0,2}", text) else text


def _quality(case: League, rating: str) -> str:
    w = case.words
    return {"green": w._("green"), "amber": w._("amber"), "red": w._("red")}.get(rating, rating)
