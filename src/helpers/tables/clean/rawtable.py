"""Raw files as frames of text, and the problems found in them."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import pandas as pd

from helpers.errors import DataError
from helpers.index.catalog import show
from helpers.tables.clean.quantity import parse

_SCIENTIFIC = re.compile(r"-?\d+(?:\.\d+)?[eE][+-]?\d+")  # how programs write 0.000002
_SHOWN = 5  # who mends these finds the others the same way


class Problem(NamedTuple):
    """A cell that does not fit: the row as a spreadsheet counts it (the header is row 1)."""

    row: int
    column: str
    value: str
    reason: str
    foreseen: bool = False
    """Named in index.yml as no unit's row: it goes to quarantine, even in a complete table."""
    mend: str = "correct the cell"


def read(path: Path) -> pd.DataFrame:
    """Return a published CSV as text in Unicode's composed form, with a column ``row``.

    Raises
    ------
    DataError
        When the file is missing, empty or not UTF-8, a quote is left open, a row has more
        cells than there are columns, or two columns share a name.

    Notes
    -----
    Lines without any content are no rows; columns without a name are left out.
    """
    name = show(path)
    if not path.is_file():
        raise DataError(f"{name}: the file is missing; restore it")
    content = path.read_bytes()
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise DataError(f"{name}, row 1: the file is in UTF-16; save it as CSV in UTF-8")
    try:
        text = unicodedata.normalize("NFC", content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise DataError(
            f"{name}, row {row}: not UTF-8 text; save the file as CSV in UTF-8"
        ) from None
    if "\0" in text:
        row = text[: text.index("\0")].count("\n") + 1
        raise DataError(f"{name}, row {row}: holds a NUL byte; save the file as CSV in UTF-8")
    if not text.strip():
        raise DataError(f"{name}: the file is empty; restore it or take it out of index.yml")
    records = _records(name, text)
    header = next(iter(records.values()), [])
    named = [place for place, column in enumerate(header) if column]
    columns = [header[place] for place in named]
    twice = [column for column in columns if columns.count(column) > 1]
    if twice:
        raise DataError(f"{name}, row 1, column {twice[0]}: the column is there twice; keep one")
    rows = {row: cells for row, cells in records.items() if row > 1 and any(cells)}
    if not columns or not rows:
        raise DataError(f"{name}, row 2: the table has a header but no rows; restore them")
    for row, cells in rows.items():
        if any(cells[len(header) :]):
            raise DataError(
                f"{name}, row {row}: {len(cells)} cells under {len(header)} columns; "
                "mend the row's commas and quotes"
            )
    padding = [""] * len(header)
    table = [[(cells + padding)[place] for place in named] for cells in rows.values()]
    return pd.DataFrame(table, columns=columns, dtype="str").assign(row=list(rows))


def rows_of(table: dict[str, Any], path: Path) -> pd.DataFrame:
    """Return the rows of a raw file that an entry of index.yml is about: all, or those of `only`.

    Raises
    ------
    DataError
        As :func:`read` does, and when no row is one of `only`.
    """
    frame = read(path)
    for name, value in (table.get("only") or {}).items():
        texts = column_of(frame, name, path)
        frame = frame[texts == str(value)]
        if frame.empty:
            there = ", ".join(list(dict.fromkeys(texts))[:_SHOWN])
            raise DataError(
                f"{show(path)}, column {name}: no row with {str(value)!r} (there are: {there}); "
                "correct `only` in index.yml"
            )
    return frame.reset_index(drop=True)


def column_of(frame: pd.DataFrame, name: str, path: Path) -> pd.Series:
    """Return a column of a raw table.

    Raises
    ------
    DataError
        When the table lacks it; the message lists the columns there are.
    """
    if name not in frame:
        present = ", ".join(str(column) for column in frame if column != "row")
        raise DataError(
            f"{show(path)}, row 1, column {name}: the column is missing (found: {present}); "
            "add it, or name it in index.yml"
        )
    return frame[name]


def numbers(text: pd.Series, style: str) -> pd.Series:
    """Return the values of plain figures, NaN where a text is none; each text read once.

    A cell that says "more than", counts in millions or names a unit is no plain figure.
    """

    def value(one: str) -> float:
        if style == "en" and _SCIENTIFIC.fullmatch(one):
            return float(one)
        try:
            found = parse(one, style)
        except ValueError:
            return float("nan")
        plain = one.rstrip("% ").lstrip("+-−– ").replace(".", "").replace(",", "").isdecimal()
        return found.value if plain else float("nan")

    return text.map({one: value(one) for one in text.unique()}).astype(float)


def _records(name: str, text: str) -> dict[int, list[str]]:
    """Return the stripped cells of each record by its number, the first one being 1."""
    # Line ends of all kinds are read, also the carriage returns of old.
    reader = csv.reader(io.StringIO(text, newline=None), strict=True)
    records: dict[int, list[str]] = {}
    try:
        for cells in reader:
            records[len(records) + 1] = [cell.strip() for cell in cells]
    except csv.Error as error:
        raise DataError(
            f"{name}, row {len(records) + 1}: {error}; mend the row's commas and quotes"
        ) from None
    return records


def check(
    frame: pd.DataFrame,
    column: str,
    wrong: pd.Series,
    expected: str | pd.Series,
    mend: str = "correct the cell",
) -> list[Problem]:
    """Return a problem for each row of `frame` where `wrong`.

    Parameters
    ----------
    frame
        A frame from :func:`read`.
    column
        The column the problem is in; a field that is no column (a fixed year) is shown as such.
    wrong
        Boolean, one per row of `frame`.
    expected
        What should have been there, as a phrase; or one phrase per row.
    mend
        What to do about it.
    """
    return [
        Problem(row, column, str(value), f"expected {phrase}", mend=mend)
        for row, value, phrase in zip(
            frame.loc[wrong, "row"],
            frame.loc[wrong, column] if column in frame else [""] * int(wrong.sum()),
            [expected] * int(wrong.sum()) if isinstance(expected, str) else expected[wrong],
            strict=True,
        )
    ]


def refuse(path: Path, problems: list[Problem]) -> NoReturn:
    """Refuse a table, with a line for each of the first problems and the number of the others.

    Raises
    ------
    DataError
        Always.
    """
    lines = [
        f"{show(path)}, row {p.row}, column {p.column}: found {p.value!r}, {p.reason}; "
        f"{p.mend}, then `make record-raw`"
        for p in sorted(problems)
    ]
    more = len(lines) - _SHOWN
    lines[_SHOWN:] = [f"and {more} more cells in {show(path)}"] if more > 0 else []
    raise DataError("\n".join(lines))
