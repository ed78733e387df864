"""Published files as tables: text files, workbooks and saved web pages."""

from __future__ import annotations

import fnmatch
from pathlib import Path

from helpers.errors import DataError, ParameterError
from helpers.newindex import limits, page, textfile, workbook
from helpers.newindex.cellkinds import year
from helpers.newindex.grid import Grid
from helpers.newindex.header import Table, settle

_TEXT = {".csv", ".tsv", ".tab", ".txt"}
_BOOK = {".xlsx", ".xlsm"}
_PAGE = {".html", ".htm", ".xhtml"}


def read(path: Path, which: str = "") -> list[Table]:
    """Read the tables of a published file.

    Parameters
    ----------
    which
        Sheets or numbers of tables (from 1), parted by commas, each with ``*`` for any letters;
        ``all``. Left out: the only one, or all if each is of a year of its own by its name.

    Raises
    ------
    ParameterError
        When the file is none, or holds several tables and `which` names none; lists them.
    DataError
        When it is not readable as a table; one line says where.
    """
    if not path.is_file():
        raise ParameterError(f"no file {str(path)!r}; give FROM=... a CSV, XLSX or saved page")
    size = path.stat().st_size
    if size > limits.FILE:
        raise limits.refuse(
            path.name, f"{size / 2**20:,.0f} MB", f"{limits.FILE / 2**20:.0f} MB", "split it"
        )
    content, ending = path.read_bytes(), path.suffix.lower()
    if ending in _TEXT:
        return [settle(path.name, textfile.read(path.name, content))]
    if ending in _BOOK:
        grids = list(workbook.read(path.name, content))
    elif ending in _PAGE:
        grids = list(page.read(path.name, content))
    else:
        raise ParameterError(
            f"{path.name}: found a {ending or 'file without ending'}, expected .csv, .tsv, .xlsx "
            "or .html; save it as one of these"
        )
    return [settle(path.name, grid) for grid in _chosen(path.name, grids, which)]


def _chosen(name: str, grids: list[Grid], which: str) -> list[Grid]:
    filled = [g for g in grids if sum(sum(map(bool, row)) > 1 for row in g.rows.values()) > 1]
    if not filled:
        raise DataError(f"{name}: holds no table with a header and rows")
    listed = "; ".join(f"{g.name} ({len(g.rows)} rows)" for g in filled)
    if which:
        patterns = ["*"] if which == "all" else [one.strip() for one in which.split(",")]
        exact = [g for g in filled if g.name == which]
        found = exact or [
            g for g in filled if any(fnmatch.fnmatchcase(g.name, one) for one in patterns)
        ]
        if not found:
            raise ParameterError(f"{name} holds no table {which!r}; give TABLE= one of: {listed}")
        return found
    years = [year(g.name) for g in filled]
    if len(filled) > 1 and (None in years or len(set(years)) < len(years)):
        raise ParameterError(
            f"{name} holds several tables; give TABLE= one or more of them, parted by commas, or "
            f"all: {listed}"
        )
    return filled
