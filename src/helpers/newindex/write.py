"""The files of a new pack: the tables as published, units, structure and index.yml to edit."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from helpers.errors import ParameterError
from helpers.index import catalog
from helpers.index.catalog import OPEN
from helpers.newindex import intake, say, unitrows
from helpers.newindex.compose import entries, fields, index_yml, structure


def new_index(
    name: str,
    source: Path | str | Sequence[Path | str],
    table: str = "",
    unit: str = "",
    year: int = 0,
) -> Iterator[str]:
    """Make ``data/raw/<name>`` from published tables, yielding what was understood.

    Parameters
    ----------
    name
        Of the folder and of the index.
    source
        A file, a pattern, or several of these: a table may come as a file or a sheet a year.
    table, unit, year
        Sheets, unit column and year, where the files leave them open.

    Raises
    ------
    ParameterError, DataError
        When the name is taken or no name, or a file is not readable as a table. Nothing is
        written then.
    """
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", name) or len(name) > 60:
        raise ParameterError(
            f"name {name[:60]!r}: expected lower-case letters, digits and hyphens, at most 60"
        )
    folder = catalog.raw(name)
    if folder.exists():
        raise ParameterError(f"data/raw/{name} exists; choose another NAME, or add-table to it")
    taken = intake.take(source, table, unit, year)
    sets = {one.unit_set for one in taken}
    provinces = "" not in sets
    told = []
    described = []
    for one in taken:
        own = one.unit_set if provinces else ""
        notes = list(say.understood(one.table, one.frame, one.found, own))
        told += [*([f"{one.source.name} {one.table.name}".strip()] * (len(taken) > 1)), *notes]
        described.append((one.found, fields(one.found, one.file, one.original, own), notes))
    founds = [one.found for one in taken]
    spec = index_yml(name, founds, entries(described), provinces)
    if OPEN in sets:
        spec = spec.replace('unit_sets: {"?":', 'unit_sets: {"63":')
    files = intake.files(taken)
    if not provinces:
        files["units.csv"] = unitrows.units_csv(unitrows.unit_rows(taken))
    files["structure.csv"] = structure(founds).encode("utf-8")
    files["index.yml"] = spec.encode("utf-8")
    _write(folder, files)
    yield from told
    yield from say.questions(folder)


def _write(folder: Path, files: dict[str, bytes]) -> None:
    """Write a folder whole, or not at all."""
    aside = catalog.root() / "build" / f".new-{folder.name}-{os.getpid()}"
    try:
        aside.mkdir(parents=True)
        for name, content in files.items():
            (aside / name).write_bytes(content)
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
