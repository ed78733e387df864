"""What was understood of a table, in lines for a person; and the questions that stand in a pack."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from helpers.index import catalog
from helpers.index.catalog import OPEN
from helpers.newindex.header import Table
from helpers.newindex.understood import Understood

_ASKED = re.compile(rf': "{re.escape(OPEN)}"')  # in a list it is a mark that was found


def _asked_of(line: str) -> bool:
    """Tell whether a row of structure.csv lacks its direction."""
    return OPEN in next(csv.reader([line]), [])[:5]


def some(names: list[str], most: int = 12) -> str:
    """List the first of some names, and how many more there are."""
    names = list(dict.fromkeys(names))
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest


def understood(
    table: Table, frame: pd.DataFrame, found: Understood, unit_set: str
) -> Iterator[str]:
    """Say what was understood of a table, a line each."""
    yield from (f"file:       {line}" for line in table.said)
    kind = f"Vietnamese provinces, set {unit_set}" if unit_set else "the pack's own"
    out = {n for n, why in found.skipped.items() if why == "no figures"}
    count = len(set(frame[found.key]) - {"", *out})
    yield f"units:      column {found.unit!r}, {count} names, {kind}"
    if found.code:
        yield f"codes:      column {found.code!r}"
    where = f"column {found.year!r}" if found.year else "columns' names or as given"
    yield f"years:      {', '.join(map(str, found.years))} ({where})"
    gaps = [f"{a}-{b}" for a, b in zip(found.years, found.years[1:], strict=False) if b - a > 1]
    if gaps:
        yield f"            not every year ({', '.join(gaps)}): changes go from one to the next"
    by = {column for origin in found.origins.values() for column, _value in origin.only}
    if by:
        yield f"long:       the rows of a unit are told apart by {', '.join(sorted(by))}"
    yield f"scores:     {some(list(found.scores), 40) or 'none published'}"
    yield f"ranks:      {some(list(found.ranks), 40) or 'none published'}"
    if found.scores:
        yield f"numbers:    {found.style} style, {found.low:g} to {found.high:g}"
    for indicator, told in found.uneven.items():
        years = {n: [y for y, places in told.items() if places == n] for n in told.values()}
        shown = "; ".join(f"{n} in {some(these, 30)}" for n, these in years.items())
        yield f"decimals:   {indicator}: {shown}; the fewest are safe for all years,"
        yield "            schemes of their own that compare (compares_with) are exact"
    if found.missing:
        marks = sorted(found.missing.items(), key=lambda pair: -pair[1])
        counts = some([f"{mark!r} {n} times" for mark, n in marks])
        yield f"no figure:  {counts}"
    reasons: dict[str, list[str]] = {}
    for key, why in found.skipped.items():
        reasons.setdefault(why, []).append(str(key))
    for why, rows in reasons.items():
        yield f"no units:   {why}: {some(rows)}"
    for what, why in found.reasons.items():
        yield f"guessed:    {what}: {why}"
    reasons = {}
    for column, why in found.left_out.items():
        reasons.setdefault(why, []).append(column)
    for why, columns in reasons.items():
        yield f"left out:   {some(columns)}: {why}"
    if found.renamed:
        yield f"one unit?   {some([f'{a} / {b}' for a, b in found.renamed])}"
        yield "            never in the same year; if one unit, delete one's row in units.csv and"
        yield "            give its name to the other under aliases (several parted by |)"


def questions(folder: Path) -> Iterator[str]:
    """Yield the questions that stand in a pack, each with the line to edit."""
    asked = []
    for file in ("index.yml", "structure.csv"):
        lines = (folder / file).read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, start=1):
            where = f"  {catalog.relative(folder / file)}, row {number}: "
            if file == "index.yml" and _ASKED.search(line.partition("#")[0]):
                text = " ".join(line.partition("#")[2].split())
                asked.append(where + (text if len(text) < 400 else text[:400] + " ..."))
            if file == "structure.csv" and _asked_of(line):
                asked.append(f"{where}{line.split(',')[1]}: 1 if more is better, -1 if less is")
    if asked:
        several = "s" * (len(asked) > 1)
        yield f"{len(asked)} question{several}, to be answered before anything is built:"
        yield from asked


def check(index: str) -> Iterator[str]:
    """Say what an index's tables were understood as, what was left out, and what is open.

    Nothing is built. The comments of index.yml are what is printed, so that what a person
    changed there is what is said.

    Raises
    ------
    ParameterError, DataError
        When there is no such index; or, with all questions answered, when it cannot be read.
    """
    index = index or catalog.default()
    if index not in catalog.names():
        catalog.load(index)  # says which there are
    folder = catalog.raw(index)
    for line in (folder / "index.yml").read_text(encoding="utf-8").splitlines():
        if line.startswith("  # "):
            yield line[4:]
        elif re.match(r"\s+(- |- &\w+|)file:", line):
            yield line.strip(" -")
    open_questions = list(questions(folder))
    if open_questions:
        yield from open_questions
        return
    catalog.load(index)
    yield f"data/raw/{index}: no open question"
