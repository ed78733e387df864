"""The files of a new pack: the table as published, units, structure and index.yml to edit."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from helpers.errors import ParameterError
from helpers.index import catalog, provenance, units
from helpers.index.catalog import OPEN
from helpers.index.units import slugify
from helpers.newindex.compose import index_yml, some, structure, table_lines
from helpers.newindex.read import Source, read
from helpers.newindex.understand import Understood, understand


def new_index(
    name: str, source: Path, table: str = "", unit: str = "", year: int = 0
) -> Iterator[str]:
    """Make ``data/raw/<name>`` from a published table, yielding what was understood.

    Parameters
    ----------
    name
        Of the folder and of the index.
    table, unit, year
        Sheet, unit column and year, where the file leaves them open.

    Raises
    ------
    ParameterError, DataError
        When the name is taken or no name, or the file is not readable as one table.
    """
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", name):
        raise ParameterError(f"name {name!r}: expected lower-case letters, digits and hyphens")
    folder = catalog.raw(name)
    if folder.exists():
        raise ParameterError(f"data/raw/{name} exists; choose another NAME, or add-table to it")
    published = read(source, table)
    found = understand(published.frame, unit, year)
    province_set = _provinces(published, found)
    folder.mkdir(parents=True)
    file = _keep(folder, source, published)
    if not province_set:
        (folder / "units.csv").write_text(_units(published, found), encoding="utf-8")
    (folder / "structure.csv").write_text(structure(found), encoding="utf-8")
    spec = index_yml(name, found, table_lines(source, published, found, file, province_set))
    (folder / "index.yml").write_text(
        spec.replace("@units", "provinces" if province_set else "units.csv").replace(
            "@set", province_set or "all"
        ),
        encoding="utf-8",
    )
    list(provenance.record(folder))
    yield from _say(published, found, province_set)
    yield from _questions(folder)


def add_table(
    index: str, source: Path, table: str = "", unit: str = "", year: int = 0
) -> Iterator[str]:
    """Keep a published table in an index's folder, yielding the entry that index.yml wants.

    Raises
    ------
    ParameterError, DataError
        When the index is unknown, the file is already there or not readable as one table.
    """
    folder = catalog.raw(index)
    if index not in catalog.names():
        raise ParameterError(f"no index {index!r}; there are: {', '.join(catalog.names())}")
    published = read(source, table)
    found = understand(published.frame, unit, year)
    province_set = _provinces(published, found)
    file = _keep(folder, source, published)
    list(provenance.record(folder))
    yield from _say(published, found, province_set)
    yield f"add to `tables:` in data/raw/{index}/index.yml, with the indicators it knows:"
    lines = table_lines(source, published, found, file, province_set)
    yield "\n".join(lines).replace("@set", province_set or "all")
    if new := [str(one) for one in found.years if one not in catalog.load(index).years]:
        yield f"and to `years:` there, with the scheme each was scored by: {', '.join(new)}"


def _keep(folder: Path, source: Path, published: Source) -> str:
    """Copy the published bytes into the folder and return the CSV's name."""
    stem = slugify(source.stem) or "table"
    file = folder / f"{stem}.csv"
    original = folder / f"{stem}{source.suffix.lower()}"
    for path in {file, original}:
        if path.exists():
            raise ParameterError(f"{catalog.show(path)} exists; rename the new file")
    original.write_bytes(source.read_bytes())
    file.write_bytes(published.content)
    for path in {file, original}:
        entry: dict[str, Any] = {"title": source.name}
        fields = ("producer", "citation", "url", "obtained_from", "date_published")
        entry |= dict.fromkeys(fields, provenance.TO_FILL)
        entry["date_accessed"] = dt.date.today().isoformat()
        entry["licence"] = provenance.TO_FILL
        note = "recorded, not yet described"
        if path != original:
            note = f"extracted from {original.name}, cell for cell; {note}"
        entry["quality"] = {"rating": "red", "note": note}
        path.with_name(path.name + provenance.SUFFIX).write_text(
            yaml.safe_dump(entry, allow_unicode=True, sort_keys=False, width=96), encoding="utf-8"
        )
    return file.name


def _provinces(published: Source, found: Understood) -> str:
    """Return the unit set of Vietnamese provinces that the names are, or an empty string."""
    names = {n for n in published.frame[found.unit] if n and n not in found.doubtful}
    everybody = units.provinces()
    fits = {
        one: sum(everybody.settle(name, one) is not None for name in names) / max(len(names), 1)
        for one in ("63", "34")
    }
    best = max(fits.values())
    if best < 0.8:
        return ""
    near = [one for one in fits if fits[one] == best]
    if len(near) > 1:
        near = ["34" if len(names) <= 36 else "63"]
    return near[0] if 0.85 * int(near[0]) <= len(names) <= 1.15 * int(near[0]) else OPEN


def _units(published: Source, found: Understood) -> str:
    buffer = io.StringIO()
    write = csv.writer(buffer, lineterminator="\n")
    write.writerow(["code", "name", "region", "aliases"])
    seen: set[str] = set()
    for row in published.frame.to_dict("records"):
        name = str(row[found.unit])
        if not name or found.doubtful.get(name) == "no figures":
            continue
        code = str(row[found.code]) if found.code else slugify(name)
        if code and code not in seen:
            write.writerow([code, name, "", ""])
        seen.add(code)
    return buffer.getvalue()


def _say(published: Source, found: Understood, province_set: str) -> Iterator[str]:
    """Say what was understood, a line each."""
    kind = f"Vietnamese provinces, set {province_set}" if province_set else "the pack's own"
    empty = {name for name, why in found.doubtful.items() if why == "no figures"}
    count = len(set(published.frame[found.unit]) - {"", *empty})
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
    yield f"scores:     {some(list(found.scores), 40)}"
    yield f"ranks:      {', '.join(found.ranks) or 'none published'}"
    yield f"numbers:    {found.style} style, {found.low:g} to {found.high:g}"
    for indicator, told in found.uneven.items():
        years = {n: [y for y, places in told.items() if places == n] for n in told.values()}
        shown = "; ".join(f"{n} in {some(these, 30)}" for n, these in years.items())
        yield f"decimals:   {indicator}: {shown}; the fewest are safe for all years,"
        yield "            schemes of their own that compare (compares_with) are exact"
    if found.missing:
        counts = ", ".join(f"{mark!r} {n} times" for mark, n in sorted(found.missing.items()))
        yield f"no figure:  {counts}"
    if found.left_out:
        yield f"left out:   {', '.join(found.left_out)}"
    if found.renamed:
        yield f"one unit?   {some([f'{a} / {b}' for a, b in found.renamed])}"
        yield "            never in the same year; if one unit, delete one's row in units.csv and"
        yield "            give its name to the other under aliases (several parted by |)"


def _questions(folder: Path) -> Iterator[str]:
    """Yield the questions that stand in the pack, with the line to edit."""
    questions = []
    for file in ("index.yml", "structure.csv"):
        lines = (folder / file).read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, start=1):
            where = f"  {catalog.show(folder / file)}, row {number}: "
            if f'"{OPEN}"' in line:
                asked = " ".join(line.partition("#")[2].split())
                questions.append(where + (asked if len(asked) < 400 else asked[:400] + " ..."))
            if f",{OPEN}," in line:
                questions.append(f"{where}{line.split(',')[1]}: 1 if more is better, -1 if less is")
            if line.endswith(f",{OPEN}"):
                questions.append(f"{where}{line.split(',')[1]}: decimals in print, see above")
    if questions:
        several = "s" * (len(questions) > 1)
        yield f"{len(questions)} question{several}, to be answered before anything is built:"
        yield from questions
