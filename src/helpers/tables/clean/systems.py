"""An article's figures on the systems behind a rank: typed values with their bounds."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from helpers.errors import DataError
from helpers.index.catalog import show
from helpers.tables.clean.quantity import Quantity, parse
from helpers.tables.clean.rawtable import read
from helpers.tables.processed import as_dicts

_MOVE = re.compile(r"^(?P<up>tăng|up|rose)?(?P<down>giảm|down|fell)?\s+(?P<by>[\d.,]+\s?%)")
_COLUMNS = ("id", "system", "value_text", "unit", "qualifier", "change_text", "denominator_text")
_OPEN = {"more than", "at least", "less than", "at most"}


class Range(NamedTuple):
    """Where a figure can lie by its nature."""

    low: float
    high: float


def read_systems(path: Path, style: str = "vi") -> pd.DataFrame:
    """Return an article's figures as typed values with bounds.

    Parameters
    ----------
    path
        A table with columns id, value_text, unit, qualifier, change_text, denominator_text
        and labels, one figure a row.
    style
        The language whose number style is used.

    Returns
    -------
    DataFrame
        The table's columns and ``value``, ``low``, ``high``; ``of``, what it is a part of;
        ``share``, ``share_low``, ``share_high``, in per cent where the figure is one or has
        a whole; ``gap``, what a share lacks of 100, ``gap_low``, ``gap_high``; ``change``,
        ``change_low``, ``change_high``, a change printed in per cent.

    Raises
    ------
    DataError
        When a figure cannot be read or contradicts its qualifier; names row and column.
    """
    table = read(path, _COLUMNS)
    return pd.DataFrame([{**row, **_typed(row, path, style)} for row in as_dicts(table)])


def label_systems(figures: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Add what each figure's system is called in every language, from a table beside it.

    Parameters
    ----------
    figures
        With a column ``system``.
    path
        A table with columns system and ``label_<language>``; a system that is not in it is
        called as the article's table calls it.
    """
    labels = read(path, ["system"]).drop(columns="row").set_index("system")
    labels = labels.rename(columns=lambda name: str(name).replace("label_", "system_"))
    joined = figures.join(labels, on="system")
    return joined.fillna({name: joined["system"] for name in labels})


def _typed(row: dict[str, Any], path: Path, style: str) -> dict[str, Any]:
    found = _parse(row, "value_text", path, style)
    qualifier = _qualifier(row, found, path)
    count = found.numerator if found.numerator is not None else found.value
    of = found.denominator
    if of is None and row["denominator_text"]:
        of = _parse(row, "denominator_text", path, style).value
    unit = row["unit"]
    kind = _range(unit, of)
    low, high = (count, count) if found.numerator is not None else _ends(found, qualifier)
    low, high = max(low, kind.low), min(high, kind.high)
    if not low <= count <= high:
        raise DataError(
            f"{show(path)}, row {row['row']}, column value_text: found {row['value_text']!r}, "
            f"expected a figure from {kind.low:g} to {kind.high:g}; correct the cell or its unit"
        )
    typed = {"qualifier": qualifier, "value": count, "low": low, "high": high, "of": of}
    return typed | _share(typed, unit) | _change(row, style)


def _parse(row: dict[str, Any], column: str, path: Path, style: str) -> Quantity:
    try:
        return parse(row[column], style)
    except ValueError as error:
        raise DataError(
            f"{show(path)}, row {row['row']}, column {column}: {error}; correct the cell"
        ) from None


def _qualifier(row: dict[str, Any], found: Quantity, path: Path) -> str:
    """Return the qualifier of the print, or that of the sentence around it."""
    said = row["qualifier"] or "exact"
    if found.qualifier not in ("exact", said):
        raise DataError(
            f"{show(path)}, row {row['row']}, column qualifier: found {said!r}, but "
            f"{row['value_text']!r} says {found.qualifier!r}; settle which"
        )
    return str(said)


def _ends(found: Quantity, qualifier: str) -> tuple[float, float]:
    if qualifier in ("more than", "at least"):
        return found.value, math.inf
    if qualifier in ("less than", "at most"):
        return -math.inf, found.value
    return found.low, found.high


def _range(unit: str, of: float | None) -> Range:
    if unit.startswith("percent"):
        return Range(0.0, 100.0)
    if unit.startswith(("rank", "top")):
        return Range(1.0, math.inf if of is None else of)
    return Range(0.0, math.inf)


def _share(typed: dict[str, Any], unit: str) -> dict[str, float]:
    """Return the share in per cent and what it lacks of 100, of a figure that has one."""
    value, low, high, of = (typed[name] for name in ("value", "low", "high", "of"))
    if unit.startswith("percent"):
        share = value, low, high
    elif of and value <= of and not unit.startswith(("rank", "top")):
        share = 100 * value / of, 100 * low / of, 100 * high / of
    else:
        share = (math.nan,) * 3
    open_ended = typed["qualifier"] in _OPEN
    return {
        "share": share[0], "share_low": share[1], "share_high": share[2],
        "gap": math.nan if open_ended else 100 - share[0],
        "gap_low": 100 - share[2], "gap_high": 100 - share[1],
    }  # fmt: skip


def _change(row: dict[str, Any], style: str) -> dict[str, float]:
    """Return a change printed in per cent; one in places is a claim about ranks."""
    found = _MOVE.match(row["change_text"])
    if not found:
        return dict.fromkeys(("change", "change_low", "change_high"), math.nan)
    by = parse(found["by"], style)
    ends = (by.value, by.low, by.high) if found["up"] else (-by.value, -by.high, -by.low)
    return dict(zip(("change", "change_low", "change_high"), ends, strict=True))
