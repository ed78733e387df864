"""All sentences of the reports in twenty varied cases, in every language, for a person to read.

``make docs`` writes ``docs/sentences.md`` with it; a test holds the file to the code. The cases
are provinces whose reports differ most, and three small made-up indices of what these lack.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from helpers import show, tables
from helpers.index import catalog, units
from helpers.report.league import open_league
from helpers.report.unit import annex, brief, effects, passed, published, whatif, year
from helpers.report.unit.case import open_case
from helpers.report.whole import sentences as whole
from helpers.tables import claims, disagreements, headline, rank, recompute, score
from helpers.tables.clean import clean
from helpers.tables.robustness import record
from helpers.words import languages

REPLICATES = 100
CASES = (
    ("a fall though the score rose", "dti", "VN-68", 2023),
    ("a year under new rules", "dti", "VN-68", 2024),
    ("the change of another year", "dti", "VN-68", 2022),
    ("a year known from the press alone", "dti", "VN-68", 2021),
    ("a rise", "dti", "VN-HN", 2023),
    ("the first, unmoved", "dti", "VN-DN", 2023),
    ("the first under new rules", "dti", "VN-SG", 2024),
    ("the last", "dti", "VN-55", 2023),
    ("a small rise, passed and passing", "dti", "VN-56", 2023),
    ("a printed rank that differs", "dti", "VN-73", 2023),
    ("a lower score", "dti", "VN-57", 2023),
    ("a merged unit", "dti", "VN34-25", 2024),
    ("a unit that was not merged, of the new set", "dti", "VN34-04", 2024),
    ("a merged unit in a year before the merger", "dti", "VN34-25", 2023),
    ("less is better", "waiting", "a", 2022),
    ("less is better, a tie", "waiting", "c", 2022),
    ("ranks alone, after a year away", "places", "b", 2021),
    ("ranks alone, new in the table", "places", "e", 2021),
    ("one year, a shared first place", "once", "a", 2022),
    ("one year, the last", "once", "d", 2022),
)
WHOLE = (("dti", "63", 2023), ("dti", "63", 2024), ("dti", "34", 2024), ("waiting", "all", 2022),
         ("places", "all", 2021), ("once", "all", 2022))  # fmt: skip
_MADE_UP: dict[str, tuple[str, str, str]] = {
    "waiting": (
        "headline: days\nscale: [0, null]\nyears: {2021: s, 2022: s}",
        "s,days,,,-1,Số ngày chờ,Days of waiting,1\n",
        "unit,year,days\n"
        "a,2021,12.0\nb,2021,14.0\nc,2021,15.5\nd,2021,17.0\ne,2021,19.0\n"
        "a,2022,14.5\nb,2022,11.0\nc,2022,13.0\nd,2022,13.0\ne,2022,10.0\n",
    ),
    "places": (
        "headline: place\nyears: {2019: s, 2020: s, 2021: s}",
        "s,place,,,1,Thứ hạng,Place,\n",
        "unit,year,place\na,2019,1\nb,2019,2\nc,2019,3\na,2020,2\nc,2020,1\nd,2020,3\n"
        "a,2021,3\nb,2021,1\nc,2021,2\nd,2021,4\ne,2021,5\n",
    ),
    "once": (
        "headline: total\npillars: [x, y]\nscale: [0, 10]\nyears: {2022: s}",
        "s,total,,,1,Tổng,Total,1\ns,x,total,2,1,Sạch,Clean,1\ns,y,total,1,1,Xanh,Green,1\n",
        "unit,year,total,x,y\na,2022,8.0,8.0,8.0\nb,2022,8.0,7.5,9.0\nc,2022,7.0,7.0,7.0\n"
        "d,2022,5.0,6.0,3.0\n",
    ),
}
_SPEC = """label: {{vi: "{name}", en: "{name}"}}
short: {{vi: "{name}", en: "{name}"}}
unit_words: {{vi: đội, en: teams}}
unit_word: {{vi: đội, en: team}}
units: units.csv
unit_sets: {{all: {{vi: mọi đội, en: all teams}}}}
schemes: {{s: {{source: made up}}}}
{fields}
tables:
  - file: t.csv
    complete: as-listed
    unit: {{column: unit}}
    year: {{column: year}}
    {kind}: {{{columns}}}
"""
_TELL: tuple[Callable[[Any], object], ...] = (
    brief.title, brief.banner, brief.deck, whatif.outlook, year.heading, year.breaks, year.peers,
    effects.heading, effects.parts, effects.choices, passed.heading,
    published.remarks, annex.method, annex.glossary,
)  # fmt: skip
_TELL_WHOLE: tuple[Callable[[Any], object], ...] = (
    whole.title, whole.deck, whole.banner, whole.moved, whole.movers, whole.regions,
    whole.agreement,
)  # fmt: skip


def text() -> str:
    """Return the page: case by case, each sentence in every language below the other."""
    with tempfile.TemporaryDirectory() as folder:
        root, before = Path(folder), os.environ.get("HELPERS_ROOT")
        indices = _write(root)
        os.environ["HELPERS_ROOT"] = str(root)
        try:
            for name in indices:
                _work_out(name)
            return "\n".join(_page()) + "\n"
        finally:
            os.environ.pop("HELPERS_ROOT")
            if before is not None:
                os.environ["HELPERS_ROOT"] = before


def _page() -> Iterator[str]:
    yield "# The sentences of the reports"
    yield ""
    yield "Made by `make docs`: what reports say in twenty cases and of six tables, to be read."
    for number, (what, index, unit, when) in enumerate(CASES, start=1):
        cases = [open_case(index, unit, when, lang) for lang in languages()]
        yield f"\n## {number}. {cases[0].unit.name} {when}: {what}\n"
        # What every report ends with is shown once.
        tell = _TELL if number in (1, 12) else _TELL[:-2]
        yield from _said(cases, tell)
    for index, unit_set, when in WHOLE:
        leagues = [open_league(index, unit_set, when, lang) for lang in languages()]
        yield f"\n## The whole table: {index} {unit_set} {when}\n"
        yield from _said(leagues, _TELL_WHOLE)


def _said(subjects: list[Any], tell: tuple[Callable[[Any], object], ...]) -> Iterator[str]:
    for one in tell:
        for subject in subjects:
            shown = one(subject)
            if shown is None or not str(shown):
                continue
            lines = str(shown).splitlines()
            if isinstance(shown, show.Table):  # the last column holds phrases
                roles = (line.rsplit("  ", 1)[-1].strip() for line in lines[3:])
                lines = [lines[0], "; ".join(dict.fromkeys(roles))]
            said = " / ".join(line.lstrip("#- ") for line in lines if line.strip())
            yield f"- {subject.words.lang}: {said}"


def _write(root: Path) -> list[str]:
    """Write the raw files below a root: the provinces', and those of the made-up indices."""
    for name in ("dti", "geo", "provinces", "phu-tho-2023"):
        shutil.copytree(catalog.raw(name), root / "data/raw" / name)
    (root / "notebooks").mkdir()
    for name, (fields, structure, table) in _MADE_UP.items():
        folder = root / "data/raw" / name
        folder.mkdir()
        columns = [
            line for line in table.splitlines()[0].split(",") if line not in ("unit", "year")
        ]
        spec = _SPEC.format(
            name=name.capitalize(),
            fields=fields,
            kind="ranks" if name == "places" else "scores",
            columns=", ".join(f"{column}: {column}" for column in columns),
        )
        head = "scheme,indicator,parent,weight,direction,label_vi,label_en,decimals\n"
        codes = dict.fromkeys(line.split(",")[0] for line in table.splitlines()[1:])
        names = "".join(f"{code},{code.upper() * 3}\n" for code in codes)
        for file, content in (("index.yml", spec), ("structure.csv", head + structure),
                              ("t.csv", table), ("units.csv", "code,name\n" + names)):  # fmt: skip
            (folder / file).write_text(content, encoding="utf-8")
    return ["dti", *_MADE_UP]


def _work_out(name: str) -> None:
    """Make an index's processed tables in this process, with few recalculations."""
    index = catalog.load(name)
    everybody, cleaned = units.load(index), clean(index)
    scored = score.scores(index, everybody, cleaned.published)
    ranked = rank.ranks(index, everybody, scored, cleaned.published)
    changed = rank.changes(index, everybody, ranked, cleaned.published)
    totals = recompute.compare_with_published(index, scored)
    compared = disagreements.compare(index, cleaned.published, ranked, totals)
    made = {
        "published": cleaned.published,
        "quarantine": cleaned.quarantine,
        "scores": scored,
        "intervals": scored,
        "ranks": ranked,
        "changes": changed,
        "disagreements": compared[compared["verdict"] == disagreements.DIFFER],
    }
    tables.write(name, made)
    headlines = headline.open_headlines(name)
    names = ("published", "scores", "intervals", "ranks", "changes")
    *read, moved = (tables.read(name, one) for one in names)
    checked: pd.DataFrame = claims.check(claims.Tables(index, everybody, *read), moved)
    tables.write(
        name,
        {
            "robust": record.ranks_table(headlines, REPLICATES),
            "robust_changes": record.changes_table(headlines, REPLICATES),
            "contributions": headline.contributions_table(headlines),
            "claims": checked,
        },
    )


if __name__ == "__main__":
    page, path = text(), catalog.root() / "docs" / "sentences.md"
    path.write_text(page, encoding="utf-8", newline="\n")
    print(path.name, file=sys.stderr)
