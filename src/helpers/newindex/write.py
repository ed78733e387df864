"""The files of a new pack: the table as published, units, structure and index.yml to edit."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from helpers import catalog, provenance, units
from helpers.catalog import OPEN
from helpers.errors import ParameterError
from helpers.newindex.read import Source, read
from helpers.newindex.understand import MARKS, Understood, understand
from helpers.units import slugify


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
    (folder / "structure.csv").write_text(_structure(found), encoding="utf-8")
    spec = _index_yml(name, found, _table_lines(source, published, found, file, province_set))
    (folder / "index.yml").write_text(
        spec.replace("@units", "provinces" if province_set else "units.csv").replace(
            "@set", province_set or "all"
        ),
        encoding="utf-8",
    )
    list(provenance.record(folder))
    yield from _say(published, found, province_set)
    yield from _questions(folder)


def add_table(index: str, source: Path, table: str = "", year: int = 0) -> Iterator[str]:
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
    found = understand(published.frame, "", year)
    province_set = _provinces(published, found)
    file = _keep(folder, source, published)
    list(provenance.record(folder))
    yield from _say(published, found, province_set)
    yield f"add to `tables:` in data/raw/{index}/index.yml, with the indicators it knows:"
    lines = _table_lines(source, published, found, file, province_set)
    yield "\n".join(lines).replace("@set", province_set or "all")


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
        entry |= dict.fromkeys(fields, "to be filled in")
        entry["date_accessed"] = dt.date.today().isoformat()
        entry["licence"] = "to be filled in"
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


def _structure(found: Understood) -> str:
    buffer = io.StringIO()
    write = csv.writer(buffer, lineterminator="\n")
    write.writerow(
        ["scheme", "indicator", "parent", "weight", "direction", "label_vi", "label_en", "decimals"]
    )
    labels: dict[str, str] = {}
    for column, (indicator, year) in found.scores.items():
        labels.setdefault(indicator, column.replace(str(year), "").strip() if year else column)
    for indicator, label in labels.items():
        direction = found.direction if indicator == found.headline and found.direction else OPEN
        places = found.decimals[indicator]
        shown = "" if places is None else places
        label = label or found.headline
        write.writerow(["published", indicator, "", "", direction, label, label, shown])
    return buffer.getvalue()


def _table_lines(
    source: Path, published: Source, found: Understood, file: str, province_set: str
) -> list[str]:
    """Return the entry of the table in index.yml."""
    lines = [f"  - file: {file}"]
    if published.extracted:
        lines.append(f"    extracted_from: {slugify(source.stem)}{source.suffix.lower()}")
    lines.append(f"    complete: {'true' if province_set in ('34', '63') else 'as-listed'}")
    asked = " # 63 or 34: units before or after the merger of July 2025?" * (province_set == OPEN)
    lines.append(f'    unit_set: "@set"{asked}')
    lines.append(f"    unit: {{column: {_quoted(found.unit)}}}")
    if found.year:
        lines.append(f"    year: {{column: {_quoted(found.year)}}}")
    elif not any(year for _name, year in found.scores.values()):
        lines.append(f"    year: {found.years[0]}")
    ask = f'"{OPEN}" # vi or en: is 1.234 a thousand and more, or one and a bit?'
    lines.append(f"    numbers: {ask if found.style == OPEN else found.style}")
    marks = sorted(found.missing)
    if odd := [m for m in marks if m.lower() not in MARKS]:
        shown = ", ".join(f"{m!r} ({found.missing[m]} times)" for m in odd)
        lines.append(f'    missing: "{OPEN}" # which of these mean no figure: {shown}; a list')
    elif marks:
        lines.append(f"    missing: {_quoted(marks)}")
    if found.zeros:
        who = ", ".join(found.zeros[:4]) + (" and more" if len(found.zeros) > 4 else "")
        lines.append(
            f'    zeros: "{OPEN}" # score, or missing if 0 means not assessed: '
            f"{len(found.zeros)} zeros ({who})"
        )
    if found.doubtful:
        listed = "; ".join(f"{name}: {why}" for name, why in found.doubtful.items())
        lines.append(
            f'    skip: "{OPEN}" # the rows that are no units, by name or row number, as a list: '
            f"{listed}"
        )
    if found.ranks and found.headline:
        fits = [c for c, at in found.ranks.items() if at[0] in ("", found.headline)]
        if columns := _columns({c: (found.headline, found.ranks[c][1]) for c in fits}):
            lines += ["    ranks:", *columns]
    return [*lines, "    scores:", *_columns(found.scores)]


def _columns(columns: dict[str, tuple[str, int | None]]) -> list[str]:
    return [
        f"      {_quoted(column)}: " + (f"{{indicator: {name}, year: {year}}}" if year else name)
        for column, (name, year) in columns.items()
    ]


def _index_yml(name: str, found: Understood, table: list[str]) -> str:
    indicators = list(dict.fromkeys(indicator for indicator, _year in found.scores.values()))
    headline = found.headline or (
        f'"{OPEN}" # which of these is the index itself: {", ".join(indicators)}'
    )
    below = [one for one in indicators if one != found.headline]
    scale = f"found {found.low:g} to {found.high:g}, for instance [0, {_top(found.high)}]"
    years = ", ".join(f"{year}: published" for year in found.years)
    return "\n".join(
        [
            "# What the table means. The fields are explained in data/raw/README.md; where the",
            "# value is a question mark, put the answer in its place.",
            f"label: {{vi: {name}, en: {name}}} # as reports print it",
            f"short: {{vi: {name}, en: {name}}}",
            "unit_word: {vi: đơn vị, en: unit}",
            "unit_words: {vi: đơn vị, en: units}",
            f"headline: {headline}",
            f"pillars: [{', '.join(below)}]",
            f'scale: "{OPEN}" # lowest and highest possible score, null for none: {scale}',
            "",
            "units: @units",
            'unit_sets: {"@set": {vi: các đơn vị trong bảng, en: the units of the table}}',
            "",
            "# A year whose scheme differs does not compare with the one before.",
            f"years: {{{years}}}",
            "schemes: {published: {source: as published}}",
            "",
            "tables:",
            *table,
            "",
        ]
    )


def _top(high: float) -> str:
    return next((f"{top:g}" for top in (1, 5, 10, 100, 1000) if high <= top), "null")


def _quoted(value: Any) -> str:
    """Write a value so that YAML reads the same: JSON is YAML."""
    return json.dumps(value, ensure_ascii=False)


def _say(published: Source, found: Understood, province_set: str) -> Iterator[str]:
    """Say what was understood, a line each."""
    kind = f"Vietnamese provinces, set {province_set}" if province_set else "the pack's own"
    count = published.frame[found.unit].nunique()
    yield f"units:      column {found.unit!r}, {count} names, {kind}"
    if found.code:
        yield f"codes:      column {found.code!r}"
    where = f"column {found.year!r}" if found.year else "columns' names or as given"
    yield f"years:      {', '.join(map(str, found.years))} ({where})"
    gaps = [f"{a}-{b}" for a, b in zip(found.years, found.years[1:], strict=False) if b - a > 1]
    if gaps:
        yield f"            not every year ({', '.join(gaps)}): changes go from one to the next"
    yield f"scores:     {', '.join(found.scores)}"
    yield f"ranks:      {', '.join(found.ranks) or 'none published'}"
    yield f"numbers:    {found.style} style, {found.low:g} to {found.high:g}"
    if found.missing:
        counts = ", ".join(f"{mark!r} {n} times" for mark, n in sorted(found.missing.items()))
        yield f"no figure:  {counts}"
    if found.left_out:
        yield f"left out:   {', '.join(found.left_out)}"


def _questions(folder: Path) -> Iterator[str]:
    """Yield the questions that stand in the pack, with the line to edit."""
    questions = []
    for file in ("index.yml", "structure.csv"):
        lines = (folder / file).read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, start=1):
            if f'"{OPEN}"' in line or f",{OPEN}," in line:
                asked = line.partition("#")[2].strip() or (
                    f"{line.split(',')[1]}: 1 if more is better, -1 if less is"
                )
                questions.append(f"  {catalog.show(folder / file)}, row {number}: {asked}")
    if questions:
        yield f"{len(questions)} questions, to be answered before anything is built:"
        yield from questions
