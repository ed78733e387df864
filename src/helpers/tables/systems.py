"""An article's figures on the systems behind a rank: typed, bounded, and what they imply.

A rule names a kind of :mod:`helpers.methods.bounds` and its inputs; this module knows the kinds
and no figure by name.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.errors import DataError
from helpers.index import catalog
from helpers.methods import bounds
from helpers.tables.clean.quantity import Quantity, parse
from helpers.tables.clean.rawtable import read
from helpers.tables.processed import as_dicts

_MOVE = re.compile(r"^(?P<up>tăng|up|rose)?(?P<down>giảm|down|fell)?\s+(?P<by>[\d.,]+\s?%)")
_COLUMNS = ("id", "system", "value_text", "unit", "qualifier", "change_text", "denominator_text")
_OPEN = {"more than", "at least", "less than", "at most"}


def of_pack(pack: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the figures of a folder of ``data/raw``, typed and named, and what they imply.

    Raises
    ------
    DataError
        A table is missing or does not fit; names file, row and column.
    """
    figures, names, rules = (
        catalog.raw(pack, f"{name}.csv") for name in ("indicators", "systems", "implied")
    )
    typed = label_systems(read_systems(figures), names)
    return typed, imply(typed, read(rules, ["id", "kind", "inputs", "unit"]))


def imply(figures: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """Work out all rules, in their order; a rule may use the results of earlier ones.

    Parameters
    ----------
    figures
        id, unit, qualifier, value, low, high, of, change, change_low, change_high: as
        :func:`read_systems` returns them.
    rules
        id, kind, inputs, unit and labels. Inputs are parted by ``;``: a number, the id of a
        figure or of an earlier rule, ``id.of`` for what a figure is a part of, or
        ``id.change`` for its change. A ratio whose unit is per cent is one of a whole.

    Returns
    -------
    DataFrame
        The rules with ``reading`` (only for two_readings), ``value``, ``low``, ``high``, and
        for sum_at_most ``holds``: True, False, or missing where the bounds leave it open.

    Raises
    ------
    ValueError
        When a rule's kind or an input is unknown, or figures contradict each other so that
        no value is possible; names the rule.
    """
    known = dict(_named(figures))
    worked: list[dict[str, Any]] = []
    for row in as_dicts(rules):
        results = _work_out(row, known)
        for reading, one in results.items():
            holds: Any = pd.NA
            if row["kind"] == "sum_at_most" and (one.low >= -bounds.EPS or one.high < -bounds.EPS):
                holds = bool(one.low >= -bounds.EPS)
            worked.append(
                {**row, "reading": reading, "value": one.value, "low": one.low,
                 "high": one.high, "holds": holds}
            )  # fmt: skip
        if len(results) == 1:
            known[row["id"]] = next(iter(results.values()))
    return pd.DataFrame(worked).astype({"holds": "boolean"})


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
    printed = _parse(row, "value_text", path, style)
    qualifier = _qualifier(row, printed, path)
    count = printed.numerator if printed.numerator is not None else printed.value
    of = printed.denominator
    if of is None and row["denominator_text"]:
        of = _parse(row, "denominator_text", path, style).value
    unit = row["unit"]
    least, most = _range(unit, of)
    counted = printed.numerator is not None
    low, high = (count, count) if counted else printed.ends(qualifier)
    low, high = max(low, least), min(high, most)
    if not low <= count <= high:
        raise DataError(
            f"{catalog.relative(path)}, row {row['row']}, column value_text: found "
            f"{row['value_text']!r}, expected a figure from {least:g} to {most:g}; correct the "
            "cell or its unit"
        )
    typed = {"qualifier": qualifier, "value": count, "low": low, "high": high, "of": of}
    return typed | _share(typed, unit) | _change(row, style)


def _parse(row: dict[str, Any], column: str, path: Path, style: str) -> Quantity:
    try:
        return parse(row[column], style)
    except ValueError as error:
        raise DataError(
            f"{catalog.relative(path)}, row {row['row']}, column {column}: {error}; "
            "correct the cell"
        ) from None


def _qualifier(row: dict[str, Any], printed: Quantity, path: Path) -> str:
    """Return the qualifier of the print, or that of the sentence around it."""
    said = row["qualifier"] or "exact"
    if printed.qualifier not in ("exact", said):
        raise DataError(
            f"{catalog.relative(path)}, row {row['row']}, column qualifier: found {said!r}, but "
            f"{row['value_text']!r} says {printed.qualifier!r}; settle which"
        )
    return str(said)


def _range(unit: str, of: float | None) -> tuple[float, float]:
    """Return where a figure can lie by its nature."""
    if unit.startswith("percent"):
        return 0.0, 100.0
    if unit.startswith(("rank", "top")):
        return 1.0, math.inf if of is None else of
    return 0.0, math.inf


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
    move = _MOVE.match(row["change_text"])
    if not move:
        return dict.fromkeys(("change", "change_low", "change_high"), math.nan)
    by = parse(move["by"], style)
    ends = (by.value, by.low, by.high) if move["up"] else (-by.value, -by.high, -by.low)
    return dict(zip(("change", "change_low", "change_high"), ends, strict=True))


def _work_out(row: dict[str, Any], known: dict[str, bounds.Bounded]) -> dict[str, bounds.Bounded]:
    name = row["id"]
    if row["kind"] not in bounds.KINDS:
        raise ValueError(
            f"rule {name}: no kind {row['kind']!r}; there are: {', '.join(bounds.KINDS)}"
        )
    inputs = [_input(token.strip(), known, name) for token in row["inputs"].split(";")]
    try:
        result = bounds.KINDS[row["kind"]](*inputs)
    except (ValueError, TypeError) as error:
        raise ValueError(f"rule {name} ({row['kind']} of {row['inputs']}): {error}") from None
    if isinstance(result, dict):
        return result
    if row["kind"] == "ratio" and row["unit"].startswith("percent"):
        result = bounds.Bounded(100 * result.low, 100 * result.value, 100 * result.high)
    return {"": result}


def _input(token: str, known: dict[str, bounds.Bounded], rule: str) -> bounds.Bounded:
    if token in known:
        return known[token]
    try:
        return bounds.exactly(float(token))
    except ValueError:
        raise ValueError(
            f"rule {rule}: no figure or earlier rule {token!r}; correct its inputs"
        ) from None


def _named(figures: pd.DataFrame) -> Iterator[tuple[str, bounds.Bounded]]:
    for row in as_dicts(figures):
        open_ended = row["qualifier"] not in ("exact", "estimate")
        whole = row["low"] == row["high"] and float(row["value"]).is_integer()
        yield (
            row["id"],
            bounds.Bounded(
                row["low"], math.nan if open_ended else row["value"], row["high"], whole
            ),
        )
        if pd.notna(row["of"]):
            yield row["id"] + ".of", bounds.exactly(row["of"])
        if pd.notna(row["change"]):
            ends = row["change_low"], row["change"], row["change_high"]
            yield row["id"] + ".change", bounds.Bounded(*ends)
