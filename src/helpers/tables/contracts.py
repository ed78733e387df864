"""The processed tables: their contract, and how they are written and read.

Scripts outside the project rely on these tables: columns and their order, the key they are
sorted by and the rules that hold between columns are declared here and checked at every
write. Parquet carries the types; the CSV twin carries the same columns for everybody else.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any, cast

import pandas as pd
import pandera.pandas as pa

from helpers.errors import DataError
from helpers.files import publish_many
from helpers.index.catalog import processed, show

Int, Float, Text, Bool = "Int64", "float64", "str", "boolean"


def _schema(key: list[str], columns: dict[str, str], *checks: pa.Check) -> pa.DataFrameSchema:
    """Build a strict, ordered schema; a column may be empty unless it is in the key."""
    fields = {
        name: pa.Column(dtype, nullable=name not in key or name == "vs_year", coerce=True)
        for name, dtype in columns.items()
    }
    return pa.DataFrameSchema(
        fields, checks=list(checks), strict=True, ordered=True, unique=key or None,
        metadata={"key": key},
    )  # fmt: skip


def _holds(rule: str, condition: str) -> pa.Check:
    """Return a check that a condition holds in every row in which it can be worked out."""
    return pa.Check(
        lambda frame: frame.eval(condition).fillna(True).astype(bool), error=rule, name=rule
    )


_UNIT = {"unit": Text, "unit_name": Text, "indicator": Text}
_SCORE_KEY = ["unit_set", "year", "indicator", "unit"]
CONTRACTS: dict[str, pa.DataFrameSchema] = {
    "published": _schema(
        [],
        {
            "index": Text, "unit_set": Text, "year": Int, **_UNIT, "measure": Text,
            "vs_year": Int, "value": Float, "value_text": Text, "mark": Text,
            "confidence": Text, "source": Text, "source_date": Text, "file": Text, "row": Int,
        },
    ),
    "scores": _schema(
        _SCORE_KEY,
        {
            "index": Text, "scheme": Text, "unit_set": Text, "year": Int, **_UNIT,
            "score": Float, "status": Text, "source": Text,
        },
    ),
    "intervals": _schema(
        _SCORE_KEY,
        {
            "index": Text, "unit_set": Text, "year": Int, **_UNIT,
            "low": Float, "score": Float, "high": Float,
        },
        _holds("low <= score <= high", "low <= score and score <= high"),
    ),
    "ranks": _schema(
        _SCORE_KEY,
        {
            "index": Text, "scheme": Text, "unit_set": Text, "year": Int, **_UNIT, "score": Float,
            "rank": Int, "rank_low": Int, "rank_high": Int, "rank_published": Int,
        },
        _holds("rank_low <= rank <= rank_high", "rank_low <= rank and rank <= rank_high"),
    ),
    "changes": _schema(
        ["unit_set", "year_to", "year_from", "indicator", "unit"],
        {
            "index": Text, "unit_set": Text, "year_from": Int, "year_to": Int, **_UNIT,
            "rank_from": Int, "rank_to": Int, "change": Int, "change_low": Int,
            "change_high": Int, "change_published": Int, "own_effect": Float,
            "others_effect": Float, "comparable": Bool, "break_reason": Text,
        },
        _holds("change = rank_from - rank_to", "change == rank_from - rank_to"),
        _holds("own + others = change", "own_effect + others_effect == change"),
    ),
    "claims": _schema(
        [],
        {
            "index": Text, "unit_set": Text, "year": Int, **_UNIT, "measure": Text,
            "vs_year": Int, "relation": Text, "value": Float, "value_text": Text,
            "verdict": Text, "low": Float, "found": Float, "high": Float, "confidence": Text,
            "basis": Text, "evidence": Text, "needed": Text, "reading": Text,
            "claim_confidence": Text, "source": Text, "source_date": Text, "file": Text,
            "row": Int,
        },
        # No figure compares with a missing one, so a claim without evidence passes.
        _holds("low <= found <= high", "not (low > found or found > high)"),
    ),
    "indicators": _schema(
        ["row"],
        {
            "row": Int, "id": Text, "system": Text, "system_vi": Text, "system_en": Text,
            "indicator_vi": Text, "indicator_en": Text, "value_text": Text,
            "qualifier": Text, "unit": Text, "value": Float, "low": Float, "high": Float,
            "of": Float, "share": Float, "share_low": Float, "share_high": Float, "gap": Float,
            "gap_low": Float, "gap_high": Float, "change": Float, "change_low": Float,
            "change_high": Float, "period": Text, "change_text": Text, "note": Text,
        },
        _holds("low <= value <= high", "low <= value and value <= high"),
    ),
    "implied": _schema(
        ["row", "reading"],
        {
            "row": Int, "id": Text, "kind": Text, "inputs": Text, "label_vi": Text,
            "label_en": Text, "unit": Text, "reading": Text, "value": Float, "low": Float,
            "high": Float, "holds": Bool,
        },
        _holds("low <= high", "low <= high"),
        _holds("low <= value <= high", "not (low > value or value > high)"),
    ),
    "robust": _schema(
        ["unit_set", "year", "unit"],
        {
            "index": Text, "unit_set": Text, "year": Int, "unit": Text, "unit_name": Text,
            "nominal": Int, "q05": Float, "median": Float, "q95": Float, "replicates": Int,
        },
        _holds("q05 <= median <= q95", "q05 <= median and median <= q95"),
    ),
    "robust_changes": _schema(
        ["unit_set", "year_to", "year_from", "unit"],
        {
            "index": Text, "unit_set": Text, "year_from": Int, "year_to": Int, "unit": Text,
            "unit_name": Text, "nominal": Int, "p_rise": Float, "p_same": Float, "p_fall": Float,
            "q05": Float, "median": Float, "q95": Float, "replicates": Int,
        },
        _holds("q05 <= median <= q95", "q05 <= median and median <= q95"),
        _holds("p_rise + p_same + p_fall = 1", "abs(p_rise + p_same + p_fall - 1) < 1e-9"),
    ),
    "rank_confidence": _schema(
        _SCORE_KEY,
        {
            "index": Text, "unit_set": Text, "year": Int, **_UNIT, "std_error": Float,
            "rank": Int, "level": Float, "marginal_low": Int, "marginal_high": Int,
            "simultaneous_low": Int, "simultaneous_high": Int,
        },
        _holds("rank in its set", "marginal_low <= rank and rank <= marginal_high"),
        _holds("rank in both", "simultaneous_low <= rank and rank <= simultaneous_high"),
    ),
    "change_confidence": _schema(
        ["unit_set", "year_to", "year_from", "indicator", "unit"],
        {
            "index": Text, "unit_set": Text, "year_from": Int, "year_to": Int, **_UNIT,
            "change": Int, "level": Float, "marginal_low": Int, "marginal_high": Int,
            "simultaneous_low": Int, "simultaneous_high": Int,
        },
        _holds("change in its set", "marginal_low <= change and change <= marginal_high"),
        _holds("change in both", "simultaneous_low <= change and change <= simultaneous_high"),
    ),
    "contributions": _schema(
        ["unit_set", "year_to", "year_from", "unit", "part"],
        {
            "index": Text, "unit_set": Text, "year_from": Int, "year_to": Int, "unit": Text,
            "unit_name": Text, "part": Text, "contribution": Float,
        },
    ),
    "quarantine": _schema(
        [], {"source": Text, "row": Int, "column": Text, "value": Text, "reason": Text}
    ),
}  # fmt: skip
_CSV_ONLY = {"quarantine"}


def conform(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table in its contract's columns, types and order, or refuse it.

    Raises
    ------
    DataError
        When a column is missing or a rule of the contract does not hold; names the first
        row that breaks it, as the table has it once sorted.
    """
    schema = CONTRACTS[name]
    for column in schema.columns:
        if column not in frame:
            raise DataError(f"table {name}: no column {column}; the contract has it, add it")
    key = (schema.metadata or {})["key"] or list(schema.columns)
    frame = frame.reindex(columns=list(schema.columns)).sort_values(key, ignore_index=True)
    try:
        return schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        raise DataError(_describe(name, error.failure_cases)) from error


def _describe(name: str, cases: pd.DataFrame) -> str:
    """Say in one line what is wrong, the cell if there is one and else the rule."""
    # A wrong type also upsets the rules between columns; the cell itself says more.
    order = cases.assign(rule=cases["schema_context"] != "Column", whole=cases["index"].isna())
    first = order.sort_values(["rule", "whole"], kind="stable").iloc[0]
    where = [f"table {name}"]
    where += [f"row {first['index']}"] if pd.notna(first["index"]) else []
    in_cell = first["schema_context"] == "Column"
    where += [f"column {first['column']}"] if in_cell else []
    found = f"found {first['failure_case']!r}, which " if in_cell else ""
    return f"{', '.join(where)}: {found}breaks the rule {first['check']!r}"


def write(index: str, tables: Mapping[str, pd.DataFrame]) -> None:
    """Check tables against their contracts and publish all of them, or none.

    Parameters
    ----------
    index
        The index's name.
    tables
        The tables by name; each becomes ``<name>.parquet`` and ``<name>.csv``.
    """
    files = {}
    for name, frame in tables.items():
        checked, stem = conform(name, frame), processed(index) / name
        files[stem.with_suffix(".csv")] = _csv(checked)
        if name not in _CSV_ONLY:
            buffer = io.BytesIO()
            checked.to_parquet(buffer, index=False)
            files[stem.with_suffix(".parquet")] = buffer.getvalue()
    publish_many(files)


def read(index: str, name: str) -> pd.DataFrame:
    """Return a processed table.

    Raises
    ------
    DataError
        When it has not been made.
    """
    path = processed(index) / f"{name}.parquet"
    if not path.is_file():
        raise DataError(f"{show(path)}: not made yet; run `make data INDEX={index}`")
    return pd.read_parquet(path)


def as_dicts(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as dictionaries by column; columns are named by texts."""
    return cast("list[dict[str, Any]]", frame.to_dict("records"))


# A spreadsheet would run a text that starts like a formula; a signed number it may read.
_FORMULA = re.compile(r"^[=＝@＠\t\r\n]|^[+＋\-－](?!\s*\d[\d.,]*%?$)")


def _csv(frame: pd.DataFrame) -> bytes:
    texts = frame.select_dtypes(include=["object", "string"]).columns
    safe = frame.copy()
    for name in texts:
        # Each text is looked at once, however many rows it stands in.
        told = pd.Series(safe[name].dropna().unique(), dtype=object)
        # A carriage return is not quoted by the writer, and would end the row.
        kept = [re.sub("\r\n|\r", "\n", text) for text in told]
        kept = ["'" + text if _FORMULA.search(text) else text for text in kept]
        changed = {old: new for old, new in zip(told, kept, strict=True) if old != new}
        if changed:
            safe[name] = safe[name].replace(changed)
    # Numbers as the shortest text that reads back the same (0.1, not 0.1000000000000000055).
    return safe.to_csv(index=False, lineterminator="\n").encode("utf-8")
