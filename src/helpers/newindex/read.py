"""Published files as tables: text files, workbooks and saved web pages."""

from __future__ import annotations

import fnmatch
from pathlib import Path

from helpers.errors import DataError, ParameterError
from helpers.newindex import limits, page, textfile, workbook
from helpers.newindex.cellkinds import year
from helpers.newindex.grid import Grid
from helpers.newindex.header import Table, settle

_PAGE = {".html", ".htm", ".xhtml"}
_OTHERS = {
    b"\xd0\xcf\x11\xe0": "a workbook of Excel 97-2003, or one with a password; save it as XLSX",
    b"\x1f\x8b": "packed by gzip; unpack it",
    b"PAR1": "a Parquet file; save it as CSV",
    b"%PDF": "a PDF; save its table as CSV or XLSX",
    b"{": "JSON; save it as CSV",
    b"[{": "JSON; save it as CSV",
    b"<?xml": "XML; save it as XLSX or CSV",
}
"""How files begin that are not read, what they are and the mend."""


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
        When the file holds several tables and `which` names none; lists them.
    DataError
        When it is not readable as a table; one line says where.
    """
    size = path.stat().st_size
    if size > limits.FILE:
        raise limits.refuse(
            path.name, f"{size / 2**20:,.0f} MB", f"{limits.FILE / 2**20:.0f} MB", "split it"
        )
    content = path.read_bytes()
    # Endings do not tell: many an .xls is a page, and many a .csv a workbook.
    begins = b"".join(content[:200].removeprefix(b"\xef\xbb\xbf").split())
    if path.suffix.lower() in _PAGE or (
        begins.startswith(b"<") and b"<table" in content[: 1 << 20].lower()
    ):
        grids = list(page.read(path.name, content))
    elif begins.startswith((b"PK\3\4", b"PK\5\6")):
        grids = list(workbook.read(path.name, content))
    elif what := next((w for b, w in _OTHERS.items() if begins.startswith(b)), ""):
        raise DataError(f"{path.name}: {what}")
    else:
        return [settle(path.name, textfile.read(path.name, content))]
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
