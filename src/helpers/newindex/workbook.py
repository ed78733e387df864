"""Workbooks: the cells of each sheet, its merged cells, and which cells are dates."""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any

from helpers.errors import DataError
from helpers.newindex import limits
from helpers.newindex.grid import Grid, Span, tidy

_MERGED = re.compile(rb'<mergeCell\s+ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_SPANS = 20_000  # more merged cells than this are no header's


def read(name: str, content: bytes) -> Iterator[Grid]:
    """Yield the sheets of a workbook that hold cells.

    Raises
    ------
    DataError
        When the file is no workbook, or unpacks to more than the limits allow.
    """
    from openpyxl import load_workbook

    broken = DataError(f"{name}: not readable as XLSX; open it and save it anew")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            size = sum(p.file_size for p in parts.infolist() if p.filename.endswith(".xml"))
            if size > limits.UNPACKED:
                raise limits.refuse(
                    name, f"{size / 2**20:,.0f} MB once unpacked",
                    f"{limits.UNPACKED / 2**20:.0f} MB", "save the sheet that is needed as CSV",
                )  # fmt: skip
            _refuse_others(name, parts)
        # No sheet is held whole, so a far cell costs nothing but the rows above it.
        book = load_workbook(io.BytesIO(content), data_only=True, read_only=True)
        sheets = list(book.worksheets)
    except DataError:
        raise
    except Exception as error:  # openpyxl lets errors of zipfile and of its own XML through
        raise broken from error
    for sheet in sheets:
        try:
            with warnings.catch_warnings(action="ignore"):  # of drawings and formats it leaves out
                grid = _sheet(name, sheet)
        except DataError:
            raise
        except Exception as error:
            raise broken from error
        if grid.rows:
            yield grid


def _refuse_others(name: str, parts: zipfile.ZipFile) -> None:
    """Refuse what is packed like a workbook of Excel but is none, and entities in one."""
    held = parts.namelist()
    for part, what, mend in (
        ("content.xml", "an OpenDocument file", "save the spreadsheet as XLSX"),
        ("xl/workbook.bin", "a binary workbook", "save it as XLSX"),
        ("word/document.xml", "a text document", "copy its table into a sheet"),
    ):
        if part in held:
            raise DataError(f"{name}: {what}; {mend}")
    if not any(part.startswith("xl/") for part in held):
        raise DataError(f"{name}: an archive ({', '.join(held[:3])}); unpack it and name the table")
    for part in held:
        if part.endswith((".xml", ".rels")):
            with parts.open(part) as file:
                if b"<!DOCTYPE" in file.read(4096):
                    raise DataError(
                        f"{name}: {part} declares entities, which no spreadsheet writes; "
                        "open it and save it anew"
                    )


def _sheet(name: str, sheet: Any) -> Grid:
    sheet.reset_dimensions()  # what a file says of its own size is not to be relied on
    counter = limits.Counter(f"{name}, sheet {sheet.title!r}")
    grid = Grid(sheet.title, {})
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        row = []
        for place, cell in enumerate(cells):
            text, is_date = _text(cell)
            row.append(text)
            if is_date:
                grid.dates.add((number, place))
        counter.row(number, row)
        if row:
            grid.rows[number] = row
    grid.spans = _merged(sheet)
    return grid


def _text(cell: Any) -> tuple[str, bool]:
    """Return a cell as text, and whether it holds a date; one shown as a year is that year."""
    value = cell.value
    if value is None:
        return "", False
    if isinstance(value, dt.datetime | dt.date):
        shown = re.sub(r"[^a-z]", "", re.sub(r'\[[^]]*\]|"[^"]*"', "", cell.number_format.lower()))
        if shown in ("yyyy", "yy", "e"):
            return str(value.year), False
        return value.strftime("%Y-%m-%d"), True
    if isinstance(value, dt.time | dt.timedelta):
        return str(value), True
    if isinstance(value, bool):
        return str(value).upper(), False
    if isinstance(value, float):
        return (str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)), False
    return tidy(str(value)), False


def _merged(sheet: Any) -> list[Span]:
    """Return the merged cells, which openpyxl leaves out where it does not hold a sheet whole."""
    from openpyxl.utils.cell import range_boundaries

    with sheet._get_source() as source:
        found = _MERGED.findall(source.read())[:_SPANS]
    spans = []
    for text in found:
        left, top, right, bottom = range_boundaries(text.decode("ascii"))
        spans.append((top, left - 1, bottom, right - 1))
    return spans
