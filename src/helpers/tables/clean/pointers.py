"""Claims: rows that point at figures of an article, whose own table keeps the words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from helpers.index.catalog import Index, raw, relative
from helpers.index.definition import POINTERS
from helpers.index.model import Table
from helpers.index.units import Units
from helpers.tables.clean.layouts import tidy, years_in
from helpers.tables.clean.limits import foreign
from helpers.tables.clean.quantity import parse, parse_change
from helpers.tables.clean.rawtable import Problem, read
from helpers.tables.processed import as_dicts


def read_claims(
    index: Index, units: Units, table: Table, path: Path
) -> tuple[pd.DataFrame, list[Problem], int]:
    """Read a table whose rows point at figures of an article's table."""
    frame = read(path, POINTERS)
    articles = {name: read(raw(name), ["id"]) for name in frame["file"].unique()}
    facts, problems = [], []
    for row in as_dicts(frame):
        try:
            found = _claim(index, units, articles[row["file"]], row, table.numbers)
            facts.append(found | {"file": relative(path)})
        except ValueError as error:
            problems.append(Problem(row["row"], "key", row["key"], str(error)))
    return tidy(pd.DataFrame(facts)), problems, len(frame)


def _claim(
    index: Index, units: Units, article: pd.DataFrame, row: dict[str, Any], style: str
) -> dict[str, Any]:
    """Return the figure that a row points at; a ValueError says why it cannot be used."""
    cells = article.loc[article["id"] == row["key"]]
    if len(cells) != 1 or row["column"] not in cells:
        raise ValueError(f"expected one row with this id and a column {row['column']} in "
                         f"{row['file']}")  # fmt: skip
    unit, text = units.by_code.get(row["unit"]), str(cells[row["column"]].iloc[0])
    year = years_in(pd.Series([row["year"], row["vs_year"]]), index)
    if unit is None or foreign(index, year, row["indicator"])[0] or pd.isna(year[0]):
        raise ValueError("expected the code of a unit, a year and an indicator of its scheme")
    value: float
    vs_year: int | None = None
    if row["measure"] == "rank_change":
        value, said = parse_change(text)
        vs_year = said or (int(year[1]) if pd.notna(year[1]) else None)
        fits = vs_year is not None and vs_year < year[0]
    else:
        value = parse(text, style).value
        fits = row["measure"] in ("rank", "rank_at_most") and value % 1 == 0
        fits &= 1 <= value <= len(units.of(unit.unit_set))
    if not fits:
        raise ValueError(f"expected a figure that fits {row['measure']}, found {text!r}")
    return {
        **{name: row[name] for name in ("unit", "indicator", "measure", "row")},
        "unit_set": unit.unit_set,
        "year": int(year[0]),
        "vs_year": vs_year,
        "value": float(value),
        "value_text": text,
        "confidence": "medium",
        "source": row["file"] + "#" + row["key"],
    }
