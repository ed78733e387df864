"""What every report says of itself: its index and units, its sources, its limits."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd

from helpers import show, tables
from helpers.index import provenance
from helpers.index.catalog import raw, root
from helpers.index.model import told
from helpers.report.league import League
from helpers.report.page import Together, section
from helpers.show import literal
from helpers.words import MISSING, Words


def kicker(league: League) -> show.Text:
    """Say which index and which units the report is about."""
    lang = league.words.lang
    units = told(league.index.spec.unit_sets[league.unit_set], lang)
    return show.Text(literal(f"{league.index.text('label', lang)} · {units}"))


def sources(league: League) -> Together:
    """Tabulate the raw files that hold the figures a report shows, under their heading."""
    w, rows = league.words, []
    ratings = {"green": w._("green"), "amber": w._("amber"), "red": w._("red")}
    for path in _files(league):
        if not path.with_name(path.name + provenance.SUFFIX).is_file():
            continue
        entry = provenance.recorded(path)
        published = entry.date_published
        dates = published if isinstance(published, tuple) else [published]
        rating = entry.quality.rating
        rows.append(
            {
                w._("Table"): provenance.text(entry, "title", w.lang) or path.name,
                w._("Publisher"): provenance.text(entry, "producer", w.lang) or MISSING,
                w._("Published"): " – ".join(
                    dict.fromkeys(_date(w, day) for day in (dates[0], dates[-1]))
                ),
                w._("Quality"): ratings.get(rating, rating),
            }
        )
    caption = w._(
        "Sources. Quality: green is checked against another source, amber partial or secondary, "
        "red not checked"
    )
    table = show.Table(pd.DataFrame(rows), caption=caption, kind="sources")
    return Together(section(w._("Sources and limits")), table)


def limits(league: League, first: str, *last: str) -> Together:
    """Say how a report is to be read: its own first and last lines, then the index's notes."""
    w = league.words
    lines = [
        first,
        w._("Units with equal scores share the best rank (15, 15, 17)."),
        w._(
            "Two years scored by different schemes do not compare; a change between them is shown, "
            "not explained."
        ),
        *last,
    ]
    if derived := _derived(league):
        lines.append(derived)
    notes = map(literal, told(league.index.spec.notes, w.lang) or ())
    return Together(
        *(show.Text("\n".join(f"- {line}" for line in part)) for part in (lines, notes))
    )


def _derived(league: League) -> str:
    """Say which ranks rest on scores that were worked out, not published."""
    w, spec = league.words, league.index.spec
    if not (spec.derive or spec.derived):
        return ""
    rows = league.own(tables.read(league.index.name, "scores"))
    rows = rows[(rows["unit_set"] == league.unit_set) & (rows["status"] == "derived")]
    rows = rows[(rows["year"] <= league.year) & rows["indicator"].isin(league.indicators)]
    years = rows.groupby("indicator")["year"].unique()
    told = [
        f"{league.labels[name]} ({', '.join(map(str, sorted(years[name])))})"
        for name in league.indicators
        if name in years
    ]
    if not told:
        return ""
    return w._(
        "Ranks that rest on scores worked out here, not published: {ranks}.",
        ranks=literal(w.list(told)),
    )


def _files(league: League) -> list[Path]:
    """Return the files that a report's figures stand in, each once.

    A report on a unit also shows what an article says of it: its claims, and the systems behind
    its ranks. Units that were not scored themselves in a year have their members' figures.
    """
    printed = league.own(league.published)["file"]
    names = [*printed, *_members_files(league), *league.pointed_at()]
    paths = [root() / name for name in names if "://" not in name]
    there = [path if path.is_file() else raw(*path.relative_to(root()).parts) for path in paths]
    return list(dict.fromkeys(there))


def _members_files(league: League) -> list[str]:
    """Return the files with the scores of which the units' derived scores are the means."""
    names: list[str] = []
    members = [member for unit in league.subjects for member in unit.members]
    for rule in league.index.spec.derived:
        years = [year for year in rule.years if year <= league.year]
        if rule.unit_set != league.unit_set or not years:
            continue
        key = ["unit_set", "year", "unit", "indicator", "source"]
        scores = tables.read(league.index.name, "scores")
        scores = scores[scores["year"].isin(years)]
        means = scores.loc[scores["unit_set"] == league.unit_set, ["year", "indicator"]]
        scores = scores[(scores["unit_set"] == rule.from_) & scores["unit"].isin(members)]
        scores = scores[scores["status"] == "published"].merge(means.drop_duplicates())
        printed = tables.read(league.index.name, "published")
        printed = printed[printed["measure"] == "score"]
        names += printed.merge(scores[key], on=key)["file"].unique().tolist()
    return names


def _date(w: Words, date: Any) -> str:
    """Write a date in the language; words of whoever filled in the sidecar stay."""
    if date in (None, provenance.TO_FILL):
        return MISSING
    text = str(date)
    return w.date(text) if re.fullmatch(r"\d{4}(-\d\d){0,2}", text) else text
