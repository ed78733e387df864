"""Separated text: its delimiter and its cells."""

from __future__ import annotations

import csv
import io
from collections import Counter

from helpers.errors import DataError
from helpers.newindex import limits
from helpers.newindex.encoding import decode
from helpers.newindex.grid import Grid, tidy

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_LOOKED_AT = 200  # lines from which the delimiter is told


def read(name: str, content: bytes) -> Grid:
    """Return the cells of a text file.

    Raises
    ------
    DataError
        When the bytes are no text in a known encoding, or the cells cannot be parted.
    """
    text, said = decode(name, content)
    if not text.strip():
        raise DataError(f"{name}: the file is empty; give one with a header and rows")
    delimiter = _delimiter(text)
    loose = _loose(text, delimiter)
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter, strict=not loose)
    counter, rows, number, plain = limits.Counter(name), {}, 0, True
    try:
        for number, cells in enumerate(reader, start=1):
            row = [tidy(cell.strip('"') if loose else cell) for cell in cells]
            plain &= all(own == cell.strip() for own, cell in zip(row, cells, strict=True))
            counter.row(number, row)
            if any(row):
                rows[number] = row
    except csv.Error as error:
        if "field larger" in str(error):
            found = f"a cell of more than {csv.field_size_limit():,} letters"
            raise limits.refuse(
                f"{name}, row {number + 1}", found, f"{limits.TEXT:,}", "shorten it"
            ) from None
        raise DataError(
            f"{name}, row {number + 1}: {error}; mend the row's {_DELIMITERS[delimiter]} and quotes"
        ) from None
    if loose:
        said.append("quotes inside texts are not doubled, read by the commas")
    if delimiter != ",":
        said.append(f"cells parted by {_DELIMITERS[delimiter]}")
    return Grid("", rows, said=said, plain=plain and not said)


def _loose(text: str, delimiter: str) -> bool:
    """Tell whether quotes inside texts are not doubled, and every row has as many cells still."""
    try:
        for _row in csv.reader(io.StringIO(text, newline=None), delimiter=delimiter, strict=True):
            pass
    except csv.Error:
        try:
            rows = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter)
            return len({len(row) for row in rows if row}) == 1
        except csv.Error:
            return False
    return False


def _delimiter(text: str) -> str:
    """Return the delimiter under which most lines have the same number of cells, and most cells."""
    lines = [x for x in text[: 1 << 20].splitlines() if x.strip()][:_LOOKED_AT]
    best, found = (0.0, 0), ","
    for delimiter in _DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        except csv.Error:
            continue
        width, count = Counter(widths).most_common(1)[0] if widths else (1, 0)
        alike = (round(count / len(widths), 1), width)
        if width > 1 and alike > best:
            best, found = alike, delimiter
    return found
