"""A long table (a row per unit, year and indicator) spread to one row per unit and year.

Only to be understood: the published table is kept as it is, and index.yml says which of its
rows are which indicator's.
"""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import pandas as pd

from helpers.errors import DataError


class Origin(NamedTuple):
    """Where a column of a spread table comes from."""

    column: str
    only: tuple[tuple[str, str], ...]
    """The columns that tell whose row it is, each with its value."""


def tells_apart(frame: pd.DataFrame, key: list[str], texts: list[str]) -> list[str]:
    """Return the columns whose texts tell apart the rows that share a key.

    Parameters
    ----------
    frame
        Cells as text.
    key
        The columns of unit and year.
    texts
        The other columns of text, which may hold an indicator's name.

    Returns
    -------
    list of str
        Empty where hardly any rows share a key: those are doubtful rows of a wide table.

    Raises
    ------
    DataError
        When rows share a key and no columns tell them apart.
    """
    rows = frame[(frame[key] != "").all(axis=1)]
    if rows.empty or rows.duplicated(key, keep=False).mean() < 0.5:
        return []
    # Few values, each at several units: a remark or a date of its own is no indicator.
    # What differs from row to row tells them apart too, but is no kind of row.
    usable = [c for c in texts if 2 <= rows[c].nunique() <= len(rows) / 2 and (rows[c] != "").all()]
    for count in (1, 2, 3):
        fits = [
            list(columns)
            for columns in combinations(usable, count)
            if len(rows[list(columns)].drop_duplicates()) <= len(rows) / 2
            and not rows.duplicated([*key, *columns]).any()
        ]
        if fits:  # of a code and its label, the label
            return max(fits, key=lambda by: sum(rows[c].str.len().mean() for c in by))
    first = rows[rows.duplicated(key)].iloc[0]
    raise DataError(
        f"several rows for {' '.join(first[key])}, and no column tells them apart (tried: "
        f"{', '.join(usable) or 'none'}); give UNIT_COLUMN=, or a table with one row per unit, "
        "year and indicator"
    )


def spread(
    frame: pd.DataFrame, keep: list[str], key: list[str], by: list[str], values: list[str]
) -> tuple[pd.DataFrame, dict[str, Origin]]:
    """Return one row per unit and year, and where each new column comes from.

    Parameters
    ----------
    keep
        Columns of units, codes and years; `key` is those that make a row.
    by
        What :func:`tells_apart` returned.
    values
        The columns of figures: one, or one a year.
    """
    origins: dict[str, Origin] = {}
    rows = frame[(frame[key] != "").all(axis=1)]
    wide = rows[keep].drop_duplicates(key).set_index(key, drop=False)
    # Of names and codes of the same indicators, one is enough to name a column.
    varying = [c for n, c in enumerate(by) if n == 0 or len(set(rows[c])) > 1]
    new = {}
    for told, group in rows.groupby(by, sort=False):
        values_told = [str(one) for one in (told if isinstance(told, tuple) else (told,))]
        only = tuple(zip(by, values_told, strict=True))
        label = " ".join(value for column, value in only if column in varying)
        for column in values:
            name = label if len(values) == 1 else f"{label} {column}"
            origins[name] = Origin(column, only)
            new[name] = group.set_index(key)[column]
    wide = pd.concat([wide, pd.DataFrame(new, dtype="str").reindex(wide.index).fillna("")], axis=1)
    return wide.reset_index(drop=True), origins
