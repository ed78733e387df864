"""Raw files as frames of text, and the problems found in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn

import numpy as np
import pandas as pd

from helpers.errors import DataError
from helpers.index.cells import records
from helpers.index.model import Table
from helpers.index.places import relative
from helpers.tables.clean.quantity import PLAINEST, SCIENTIFIC, parse

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


def read(path: Path, required: Sequence[str] = ()) -> pd.DataFrame:
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
    header, rows = records(path, required)
    named = [place for place, column in enumerate(header) if column]
    table = [[cells[place] for place in named] for cells in rows.values()]
    return pd.DataFrame(table, columns=[header[p] for p in named], dtype="str").assign(
        row=list(rows)
    )


def rows_of(table: Table, path: Path) -> pd.DataFrame:
    """Return the rows of a raw file that an entry of index.yml is about: all, or those of `only`.

    Raises
    ------
    DataError
        As :func:`read` does, and when no row is one of `only`.
    """
    frame = read(path)
    for name, value in table.only.items():
        texts = column_of(frame, name, path)
        frame = frame[texts.isin(value if isinstance(value, tuple) else (value,))]
        if frame.empty:
            there = ", ".join(list(dict.fromkeys(texts))[:_SHOWN])
            raise DataError(
                f"{relative(path)}, column {name}: no row with {value!r} (there are: {there}); "
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
            f"{relative(path)}, row 1, column {name}: the column is missing (found: {present}); "
            "add it, or name it in index.yml"
        )
    return frame[name]


def numbers(text: pd.Series, style: str) -> pd.Series:
    """Return the values of plain figures, NaN where a text is none; each text read once.

    A cell that says "more than", counts in millions or names a unit is no plain figure.
    """
    plainest = PLAINEST[style].fullmatch

    def value(one: str) -> float:
        if plainest(one):
            return float(one.replace(",", "."))
        if style == "en" and SCIENTIFIC.fullmatch(one):
            return float(one)
        try:
            found = parse(one, style)
        except ValueError:
            return float("nan")
        plain = one.rstrip("% ").lstrip("+-−– ").replace(".", "").replace(",", "").isdecimal()
        return found.value if plain else float("nan")

    return text.map({one: value(one) for one in np.asarray(text.unique())}).astype(float)


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
        f"{relative(path)}, row {p.row}, column {p.column}: found {p.value!r}, {p.reason}; "
        f"{p.mend}, then `make record-raw`"
        for p in sorted(problems)
    ]
    more = len(lines) - _SHOWN
    lines[_SHOWN:] = [f"and {more} more cells in {relative(path)}"] if more > 0 else []
    raise DataError("\n".join(lines))
