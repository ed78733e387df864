"""The published files of one command, read and understood together."""

from __future__ import annotations

import datetime as dt
import glob
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from helpers.errors import DataError, ParameterError
from helpers.index import provenance, units
from helpers.index.catalog import OPEN
from helpers.index.spelling import slugify
from helpers.newindex.cellkinds import split_head, year
from helpers.newindex.header import Table
from helpers.newindex.read import read
from helpers.newindex.understand import Hints, understand
from helpers.newindex.understood import Understood

_MOST_PROVINCES = 150  # names of a table that can be one of provinces


@dataclass
class Taken:
    """A published table with what was understood of it, and the files it becomes.

    Attributes
    ----------
    source
        The published file.
    file, original
        The names of the CSV that is read and of the published file in the pack; the second is
        empty where they are one.
    unit_set
        63, 34 or ``?`` where the units are the provinces of Viet Nam, else empty.
    """

    source: Path
    table: Table
    frame: pd.DataFrame
    found: Understood
    file: str
    original: str
    unit_set: str


def sources(given: Path | str | Sequence[Path | str]) -> list[Path]:
    """Return the files that are named: paths, patterns such as ``tables/*.csv``, or several.

    Raises
    ------
    ParameterError
        When one is no file, or two would get the same name.
    """
    found: list[Path] = []
    for one in [given] if isinstance(given, (str, Path)) else given:
        matched = [str(one)] if Path(one).is_file() else sorted(glob.glob(str(one)))  # noqa: PTH207
        several = str(one).split()  # as make passes them
        if not matched and len(several) > 1 and all(Path(part).is_file() for part in several):
            matched = several
        if not matched:
            raise ParameterError(f"no file {str(one)!r}; give FROM=... a CSV, XLSX or saved page")
        found += [Path(path) for path in matched]
    names = [slugify(path.stem) for path in found]
    if double := [str(path) for path in found if names.count(slugify(path.stem)) > 1]:
        raise ParameterError(f"files of one name: {', '.join(double)}; rename them")
    return found


def take(
    given: Path | str | Sequence[Path | str], which: str = "", unit: str = "", year: int = 0
) -> list[Taken]:
    """Read and understand the tables of published files; nothing is written.

    Raises
    ------
    ParameterError, DataError
        As :func:`read` and :func:`understand`; the message names the file.
    """
    taken = []
    for source in sources(given):
        tables = read(source, which)
        for table in tables:
            where = f"{source.name}, sheet {table.name!r}" if table.name else source.name
            try:
                frame, found = understand(table, _hints(source, table, unit, year))
            except DataError as error:
                text = str(error)
                raise DataError(text if text.startswith(where) else f"{where}: {text}") from None
            file, original = _names(source, table, several=len(tables) > 1 or bool(which))
            province_set = _provinces(frame, found)
            taken.append(Taken(source, table, frame, found, file, original, province_set))
    _one_headline([one.found for one in taken])
    return taken


def _one_headline(tables: list[Understood]) -> None:
    """Let the index itself go by one name, where each of several tables calls it otherwise."""
    name = next((found.headline for found in tables if found.headline), "")
    for found in tables:
        own = found.headline
        if own and own != name and name not in found.indicators:
            found.rename(own, name)
            found.reasons[f"{own} is {name}"] = "the index itself in each table"


def _hints(source: Path, table: Table, unit: str, given: int) -> Hints:
    guesses = {
        f"the sheet's name {table.name!r}": year(table.name) or split_head(table.name)[1],
        f"the file's name {source.name!r}": split_head(re.sub(r"[_.]", " ", source.stem))[1],
        f"the title {table.title[:60]!r}": split_head(table.title)[1],
    }
    where, guess = next(((w, y) for w, y in guesses.items() if y), ("", 0))
    return Hints(unit, given, guess or 0, where)


def _names(source: Path, table: Table, several: bool) -> tuple[str, str]:
    stem, ending = slugify(source.stem) or "table", source.suffix.lower()
    original = f"{stem}{ending}"
    if table.plain and ending == ".csv":
        return original, ""
    sheet = f"-{slugify(table.name) or 'sheet'}" if several else ""
    file = f"{stem}{sheet}.csv"
    return (f"{stem}-table.csv" if file == original else file), original


def files(taken: list[Taken]) -> dict[str, bytes]:
    """Return the files that keep published tables, with their sidecars, by name."""
    kept: dict[str, bytes] = {}
    for one in taken:
        kept[one.original or one.file] = one.source.read_bytes()
        if one.original:
            if one.file in kept:
                raise ParameterError(f"{one.source.name}: two tables called {one.file}; rename one")
            kept[one.file] = one.table.content()
    titles = {one.original or one.file: one.source.name for one in taken}
    titles |= {one.file: one.source.name for one in taken}
    extracted = {one.file: one.original for one in taken if one.original}
    for name, content in list(kept.items()):
        kept[name + provenance.SUFFIX] = _sidecar(titles[name], extracted.get(name, ""), content)
    return kept


def _sidecar(title: str, original: str, content: bytes) -> bytes:
    entry: dict[str, Any] = {"title": title}
    fields = ("producer", "citation", "url", "obtained_from", "date_published")
    entry |= dict.fromkeys(fields, provenance.TO_FILL)
    entry["date_accessed"] = dt.date.today().isoformat()
    entry["licence"] = provenance.TO_FILL
    note = "recorded, not yet described"
    if original:
        note = f"extracted from {original}, cell for cell; {note}"
    entry["quality"] = {"rating": "red", "note": note}
    entry |= {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    text = yaml.safe_dump(entry, allow_unicode=True, sort_keys=False, width=96)
    return text.encode("utf-8")


def _provinces(frame: pd.DataFrame, found: Understood) -> str:
    """Return the unit set of Vietnamese provinces that the names are, or an empty string."""
    names = {n for n in frame[found.unit].unique() if n and n not in found.skipped}
    if not 20 <= len(names) <= _MOST_PROVINCES or found.key != found.unit:
        return ""
    everybody = units.provinces()
    fits = {
        one: sum(everybody.settle(name, one) is not None for name in names) / len(names)
        for one in ("63", "34")
    }
    best = max(fits.values())
    if best < 0.8:
        return ""
    near = [one for one in fits if fits[one] == best]
    if len(near) > 1:
        near = ["34" if len(names) <= 36 else "63"]
    return near[0] if 0.85 * int(near[0]) <= len(names) <= 1.15 * int(near[0]) else OPEN
