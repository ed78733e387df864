"""What every report says of itself: its index and units, its sources, its limits."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from helpers import show, tables
from helpers.index import provenance
from helpers.index.catalog import raw, root
from helpers.index.model import told
from helpers.index.sidecar import Sidecar
from helpers.report.league import League
from helpers.report.page import Together
from helpers.show import literal
from helpers.words import MISSING, Words


def kicker(league: League) -> show.Text:
    """Say which index and which units the report is about."""
    lang = league.words.lang
    units = told(league.index.spec.unit_sets[league.unit_set], lang)
    return show.Text(literal(f"{league.index.text('label', lang)} · {units}"))


def source_line(league: League, unit: str = "") -> show.Text:
    """Say on page one where the ranks of the year are from, and when that was published."""
    w = league.words
    rows = league.published
    rows = rows[(rows["year"] == league.year) & (rows["indicator"] == league.index.headline)]
    own = rows[rows["unit"] == unit] if unit else rows
    tables = [name for name in league.index.complete if name in set(own["file"])]
    names = [*tables, *own["file"], *rows["file"]]
    paths = [path for path in _files(league) if _sidecar(path)]
    chosen = [path for name in names for path in paths if root() / name == path] or paths
    if not chosen:
        return show.Text("")
    entry = provenance.recorded(chosen[0])
    title = literal(provenance.text(entry, "title", w.lang) or chosen[0].name)
    date = _date_of(w, entry, league.year)
    known = [literal(provenance.text(entry, "producer", w.lang)), date.removeprefix(MISSING)]
    known = [title, ", ".join(filter(None, known))]
    link = ", ".join(_links(entry, league.year)[:1])
    return show.Text(
        w._("Source: {known}. {link}", known=". ".join(filter(None, known)), link=link).strip()
    )


def sources(league: League) -> Together | None:
    """List the raw files that hold the figures a report shows, with their addresses."""
    w, lines = league.words, []
    ratings = {
        "green": w._("checked against another source"),
        "amber": w._("partial or secondary"),
        "red": w._("not checked"),
    }
    for path in _files(league):
        if not _sidecar(path):
            continue
        entry = provenance.recorded(path)
        licence = provenance.text(entry, "licence", w.lang)
        dates = dict.fromkeys(_dates(w, entry))
        facts = [
            literal(provenance.text(entry, "producer", w.lang)),
            "" if MISSING in dates else w._("published {date}", date=" – ".join(dates)),
            w._("licence: {licence}", licence=literal(licence)) if licence else "",
            ratings.get(entry.quality.rating, entry.quality.rating),
        ]
        title = literal(provenance.text(entry, "title", w.lang) or path.name)
        links = ", ".join(_links(entry))
        lines.append(f"- **{title}**. {'; '.join(filter(None, facts))}. {links}".rstrip())
    if not lines:
        return None
    heading = show.Text(f"### {w._('Sources')}")
    return Together(heading, show.Text("\n".join(lines)))


def method(league: League, *own: str) -> Together:
    """Say how the figures come about: what holds of every report, its own lines, and the notes."""
    w = league.words
    lines = [
        w._(
            "*Rank set*: every rank that the scores before rounding could give; it is shown in "
            "brackets only where it holds more than one."
        ),
        *own,
        ""
        if league.robust.empty
        else w._(
            "*Other weights*: the index is computed anew with weights, scalings and ways of adding "
            "up drawn at random; where nine of ten outcomes lie is no confidence interval."
        ),
        w._("The report says how ranks changed, not which policy changed the scores."),
    ]
    if derived := _derived(league):
        lines.append(derived)
    notes = map(literal, told(league.index.spec.notes, w.lang) or ())
    text = "\n".join(f"- {line}" for line in [*filter(None, lines), *notes])
    return Together(show.Text(f"### {w._('How it is worked out')}"), show.Text(text))


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


def _sidecar(path: Path) -> bool:
    return path.with_name(path.name + provenance.SUFFIX).is_file()


def _links(entry: Sidecar, year: int | None = None) -> list[str]:
    """Return a source's addresses as links, that of a year first."""
    given = entry.url if isinstance(entry.url, tuple) else (entry.url,)
    urls = [url for url in given if re.match(r"https?://[^\s<>]+$", url)]
    urls.sort(key=lambda url: str(year) not in url)
    return [f"[{literal(re.sub(r'^https?://(www[.])?|/$', '', url))}](<{url}>)" for url in urls]


def _date_of(w: Words, entry: Sidecar, year: int) -> str:
    """Return when a year's figures appeared: the date beside its address, else the last."""
    urls, dates = entry.url, entry.date_published
    if isinstance(urls, tuple) and isinstance(dates, tuple) and len(urls) == len(dates):
        for url, date in zip(urls, dates, strict=True):
            if str(year) in url:
                return _date(w, date)
    return _dates(w, entry)[-1]


def _dates(w: Words, entry: Sidecar) -> list[str]:
    """Return the first and the last date of publication, in words."""
    published = entry.date_published
    dates = published if isinstance(published, tuple) else [published]
    return [_date(w, dates[0]), _date(w, dates[-1])]


def _date(w: Words, date: Any) -> str:
    """Write a date in the language; words of whoever filled in the sidecar stay."""
    if date in (None, provenance.TO_FILL):
        return MISSING
    text = str(date)
    return w.date(text) if re.fullmatch(r"\d{4}(-\d\d){0,2}", text) else text
