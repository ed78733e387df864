"""The processed tables on disk: checked against their contracts, written and read.

Parquet carries the types; the CSV twin carries the same columns for everybody else.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.errors import DataError
from helpers.files import publish_many
from helpers.index.catalog import processed, relative
from helpers.tables import csvtext
from helpers.tables.contracts import CONTRACTS, DECIMALS, DIGITS, Float, files_of

if TYPE_CHECKING:  # half a second that whoever reads a table need not spend
    import pandera.pandas as pa


@cache
def _schema(name: str) -> pa.DataFrameSchema:
    """Return a table's strict, ordered schema; a column may be empty unless it is in the key."""
    import pandera.pandas as pa

    table = CONTRACTS[name]
    columns = {
        column: pa.Column(dtype, nullable=column not in table.key, coerce=True)
        for column, dtype in table.columns.items()
    }
    checks = [_holds(rule, condition) for rule, condition in table.rules.items()]
    return pa.DataFrameSchema(
        columns, checks=checks, strict=True, ordered=True, unique=list(table.key) or None
    )


def _holds(rule: str, condition: str) -> pa.Check:
    """Return a check that a condition holds in every row in which it can be worked out."""
    import pandera.pandas as pa

    return pa.Check(
        lambda frame: frame.eval(condition).fillna(True).astype(bool), error=rule, name=rule
    )


def conform(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table in its contract's columns, types, order and precision, or refuse it.

    Raises
    ------
    DataError
        When a column is missing or a rule of the contract does not hold; names the first
        row that breaks it, as the table has it once sorted.
    """
    from pandera.errors import SchemaErrors

    table = CONTRACTS[name]
    for column in table.columns:
        if column not in frame:
            raise DataError(f"table {name}: no column {column}; the contract has it, add it")
    key = list(table.key or table.columns)
    frame = frame.reindex(columns=list(table.columns)).sort_values(key, ignore_index=True)
    try:
        checked = _schema(name).validate(frame, lazy=True, inplace=True)
    except SchemaErrors as error:
        raise DataError(_describe(name, error.failure_cases)) from error
    numbers = [column for column, kind in table.columns.items() if kind == Float]
    if table.computed and numbers:
        checked[numbers] = _rounded(checked[numbers].to_numpy())
    return checked


def _rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round each value to the digits that a table is written with; the order is kept."""
    rounded = values.copy()
    there = np.isfinite(values) & (values != 0)
    size = np.floor(np.log10(np.abs(values, where=there, out=np.ones_like(values))))
    places = np.clip(DIGITS - 1 - size, -300, DECIMALS).astype(int)
    for place in np.unique(places):
        chosen = there & (places == place)
        rounded[chosen] = np.round(values[chosen], place)
    return rounded + 0.0  # no negative zero


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

    def contents() -> Iterator[tuple[Path, bytes]]:
        for name, frame in tables.items():
            checked = conform(name, frame)
            for file in files_of(name):
                as_bytes = csvtext.write if file.endswith(".csv") else _parquet
                yield processed(index) / file, as_bytes(checked)

    publish_many(contents())


def read(index: str, name: str) -> pd.DataFrame:
    """Return a processed table.

    Raises
    ------
    DataError
        When it has not been made.
    """
    path = processed(index) / f"{name}.parquet"
    if not path.is_file():
        raise DataError(f"{relative(path)}: not made yet; run `make data INDEX={index}`")
    return pd.read_parquet(path)


def as_dicts(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as dictionaries by column; columns are named by texts."""
    return cast("list[dict[str, Any]]", frame.to_dict("records"))


def _parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    return buffer.getvalue()
