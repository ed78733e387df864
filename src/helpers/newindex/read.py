"""CSV, workbooks and saved web pages as rows of text; the published cells, nothing added."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.errors import DataError, ParameterError
from helpers.tables.clean import rawtable

_HTML = {".html", ".htm", ".mht"}


@dataclass(frozen=True)
class Source:
    """A published table.

    Attributes
    ----------
    frame
        Its cells as text, columns named by its header.
    content
        The CSV: the published bytes, or what was extracted from another format.
    extracted
        Whether the published file is no CSV and must be kept beside it.
    """

    frame: pd.DataFrame
    content: bytes
    extracted: bool


def read(path: Path, which: str = "") -> Source:
    """Read a published table.

    Parameters
    ----------
    which
        Sheet or number of the table (from 1) where a file holds several.

    Raises
    ------
    ParameterError
        When the file holds several tables and `which` names none; lists them.
    DataError
        When it is not readable as a table; one line says where.
    """
    if not path.is_file():
        raise ParameterError(f"no file {str(path)!r}; give FROM=... a CSV, XLSX or saved page")
    ending = path.suffix.lower()
    if ending == ".csv":
        frame = rawtable.read(path).drop(columns="row")
        if len(frame.columns) == 1 and any(c in str(frame.columns[0]) for c in ";\t|"):
            raise DataError(f"{path.name}, row 1: one column only; save the CSV with commas")
        return Source(frame, path.read_bytes(), extracted=False)
    if ending in (".xlsx", ".xlsm"):
        tables = _sheets(path)
    elif ending in _HTML:
        tables = _html(path)
    else:
        raise ParameterError(
            f"{path.name}: found a {ending or 'file without ending'}, expected .csv, .xlsx or "
            ".html; save it as one of these"
        )
    rows = _table(path, _choose(path, tables, which))
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    content = buffer.getvalue().encode("utf-8")
    frame = pd.DataFrame(rows[1:], columns=rows[0], dtype=str)
    return Source(frame, content, extracted=True)


def _choose(path: Path, tables: dict[str, list[list[str]]], which: str) -> list[list[str]]:
    tables = {name: rows for name, rows in tables.items() if sum(map(_filled, rows)) > 1}
    listed = "; ".join(f"{name} ({len(rows)} rows)" for name, rows in tables.items())
    if which in tables:
        return tables[which]
    if not tables:
        raise DataError(f"{path.name}: holds no table with a header and rows")
    if which or len(tables) > 1:
        raise ParameterError(f"{path.name} holds several tables; give TABLE= one of: {listed}")
    return next(iter(tables.values()))


def _filled(row: list[str]) -> bool:
    return sum(bool(cell) for cell in row) > 1


def _table(path: Path, rows: list[list[str]]) -> list[list[str]]:
    """Cut a sheet to its table: from the header, the first row with most of its cells filled."""
    wide = max(sum(bool(cell) for cell in row) for row in rows)
    start = next(n for n, row in enumerate(rows) if sum(bool(c) for c in row) >= max(2, wide - 1))
    header = rows[start]
    used = [n for n in range(len(header)) if any(row[n] for row in rows[start:])]
    unnamed = [n for n in used if not header[n]]
    if len(unnamed) > 1:
        raise DataError(
            f"{path.name}, row {start + 1}: {len(unnamed)} columns have no name in the header; "
            "give each column one name in one row"
        )
    names = [header[n] or "(no name)" for n in used]
    if double := sorted({name for name in names if names.count(name) > 1}):
        raise DataError(
            f"{path.name}, row {start + 1}: several columns are called {', '.join(double)}; "
            "a header of two rows must become one: rename them"
        )
    body = [[row[n] for n in used] for row in rows[start + 1 :]]
    return [names, *(row for row in body if any(row))]


def _sheets(path: Path) -> dict[str, list[list[str]]]:
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, data_only=True)
    except Exception as error:  # openpyxl lets errors of zipfile and its own XML through
        raise DataError(f"{path.name}: not readable as XLSX; open it and save it anew") from error
    found = {}
    for sheet in book.worksheets:
        rows = [[_cell(path, cell) for cell in row] for row in sheet.iter_rows()]
        found[sheet.title] = [row for row in rows if row]
    return found


def _cell(path: Path, cell: Any) -> str:
    value = cell.value
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        raise DataError(
            f"{path.name}, cell {cell.coordinate}: a date ({value}) where text or a number was "
            "meant; the spreadsheet changed it: restore the text"
        )
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return " ".join(str(value).split())


def _html(path: Path) -> dict[str, list[list[str]]]:
    from lxml import html

    tree: Any = html.fromstring(path.read_bytes(), parser=html.HTMLParser(encoding="utf-8"))
    found: dict[str, list[list[str]]] = {}
    for number, table in enumerate(tree.iter("table"), start=1):
        if table.find(".//table") is not None:
            continue  # laid out by tables: the inner ones count
        rows = _rows(table)
        width = max((len(row) for row in rows), default=0)
        found[str(number)] = [row + [""] * (width - len(row)) for row in rows]
    return found


def _rows(table: Any) -> list[list[str]]:
    """Return the rows of a table; a cell over several rows or columns is repeated in each."""
    rows: list[list[str]] = []
    pending: dict[int, tuple[int, str]] = {}
    for line in table.iter("tr"):
        row: list[str] = []
        cells = [cell for cell in line if cell.tag in ("td", "th")]
        while cells or len(row) in pending:
            if len(row) in pending:
                left, text = pending.pop(len(row))
                if left > 1:
                    pending[len(row)] = (left - 1, text)
                row.append(text)
                continue
            cell = cells.pop(0)
            for mark in cell.xpath(".//sup"):
                # A footnote's mark must not become a digit of the figure.
                mark.drop_tree()
            text = " ".join(cell.text_content().split())
            down = _span_of(cell.get("rowspan"))
            for _column in range(_span_of(cell.get("colspan"))):
                if down > 1:
                    pending[len(row)] = (down - 1, text)
                row.append(text)
        rows.append(row)
    return rows


def _span_of(value: str | None) -> int:
    """Return how many rows or columns a cell takes; a slip or an attack takes 1,000 at most."""
    text = value or ""
    return min(max(int(text), 1), 1000) if text.isascii() and text.isdigit() else 1
