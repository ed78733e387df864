"""Tables that people edit, as rows of text: one reader for all CSV files of ``data/raw``."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from helpers.errors import DataError
from helpers.index.places import decode, nearest, relative


def records(path: Path, required: Sequence[str] = ()) -> tuple[list[str], dict[int, list[str]]]:
    """Return the header of a CSV and its rows by number, in Unicode's composed form.

    Rows are counted as a spreadsheet does (the header is row 1). Cells are stripped; rows
    without any content are no rows; rows are as long as the header.

    Parameters
    ----------
    required
        The columns that must be there; others may.

    Raises
    ------
    DataError
        As `decode` does; and when a quote is left open, a row has more cells than there are
        columns, two columns share a name, one is missing, or no row follows the header.
    """
    name = relative(path)
    # Line ends of all kinds are read, also the carriage returns of old.
    text = unicodedata.normalize("NFC", decode(path))
    reader = csv.reader(io.StringIO(text, newline=None), strict=True)
    found: dict[int, list[str]] = {}
    try:
        for cells in reader:
            found[len(found) + 1] = [cell.strip() for cell in cells]
    except csv.Error as error:
        raise DataError(
            f"{name}, row {len(found) + 1}: {error}; mend the row's commas and quotes"
        ) from None
    header = found.pop(1, [])
    named = [column for column in header if column]
    if twice := [column for column in named if named.count(column) > 1]:
        raise DataError(f"{name}, row 1, column {twice[0]}: the column is there twice; keep one")
    _require(required, header, path)
    rows = {row: cells for row, cells in found.items() if any(cells)}
    if not named or not rows:
        raise DataError(f"{name}, row 2: the table has a header but no rows; restore them")
    for row, cells in rows.items():
        if any(cells[len(header) :]):
            raise DataError(
                f"{name}, row {row}: {len(cells)} cells under {len(header)} columns; "
                "mend the row's commas and quotes"
            )
    return header, {row: (cells + [""] * len(header))[: len(header)] for row, cells in rows.items()}


def read(path: Path, required: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row's number and its cells by column.

    Parameters
    ----------
    required
        The columns that must be there; others may.

    Raises
    ------
    DataError
        As `records` does.
    """
    header, rows = records(path, required)
    for number, cells in rows.items():
        row = dict(zip(header, cells, strict=True))
        row.pop("", None)
        yield number, row


def _require(columns: Sequence[str], header: list[str], path: Path) -> None:
    where = f"{relative(path)}, row 1"
    if missing := [column for column in columns if column not in header]:
        for mark, what in ((";", "semicolons"), ("\t", "tabs")):
            if len(header) == 1 and mark in header[0]:
                raise DataError(f"{where}: {what} part the cells; save as CSV with commas")
        hint = nearest(missing[0], [column for column in header if column not in columns])
        raise DataError(
            f"{where}, column {missing[0]}: the column is missing ({hint}); add it or correct "
            "its name"
        )
