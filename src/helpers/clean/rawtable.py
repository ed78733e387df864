"""Raw files as frames of text, and the problems found in them."""

from __future__ import annotations

import io
import unicodedata
from pathlib import Path
from typing import NamedTuple, NoReturn

import pandas as pd

from helpers.catalog import show
from helpers.errors import DataError


class Problem(NamedTuple):
    """A cell that does not fit: the row as a spreadsheet counts it (the header is row 1)."""

    row: int
    column: str
    value: str
    reason: str
    foreseen: bool = False
    """Named in index.yml as no unit's row: it goes to quarantine, even in a complete table."""


def read(path: Path) -> pd.DataFrame:
    """Return a published CSV as text in Unicode's composed form, with a column ``row``.

    Raises
    ------
    DataError
        When the file is missing, empty, not UTF-8, or a row has too many fields.
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
    try:
        frame = pd.read_csv(
            io.StringIO(text), dtype=str, keep_default_na=False, index_col=False, engine="python",
            on_bad_lines="error", skip_blank_lines=False,
        )  # fmt: skip
    except pd.errors.ParserError as error:
        raise DataError(f"{name}: {str(error).strip()}; mend the row's commas and quotes") from None
    frame.columns = [str(column).strip() for column in frame.columns]
    if not len(frame):
        raise DataError(f"{name}, row 2: the table has a header but no rows; restore them")
    stripped: pd.DataFrame = frame.fillna("").apply(lambda column: column.str.strip())
    return stripped.assign(row=range(2, len(frame) + 2))


def check(
    frame: pd.DataFrame, column: str, wrong: pd.Series, expected: str | pd.Series
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
    """
    return [
        Problem(
            row,
            column,
            str(value),
            f"expected {phrase}",
        )
        for row, value, phrase in zip(
            frame.loc[wrong, "row"],
            frame.loc[wrong, column] if column in frame else [""] * int(wrong.sum()),
            [expected] * int(wrong.sum()) if isinstance(expected, str) else expected[wrong],
            strict=True,
        )
    ]


def refuse(path: Path, problems: list[Problem]) -> NoReturn:
    """Refuse a table, with a line per problem.

    Raises
    ------
    DataError
        Always.
    """
    lines = [
        f"{show(path)}, row {p.row}, column {p.column}: found {p.value!r}, {p.reason}; "
        "correct the cell, then `make record-raw`"
        for p in sorted(problems)
    ]
    raise DataError("\n".join(lines))
