"""Published text to typed tidy rows; what does not fit goes to quarantine with a reason.

A *complete* table lists every unit of its unit set, or (``as-listed``) every unit ranked in
its year: one row that does not fit would shift the ranks of all the others, so the table is
refused. In the other tables each row is a fact of its own: a row that does not fit is set
aside and the rest is kept. Rows that index.yml names as no units (totals, footnotes) are set
aside in every table.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.errors import DataError
from helpers.index import units as unit_tables
from helpers.index.catalog import Index, relative
from helpers.index.model import Table
from helpers.index.units import Units
from helpers.tables.clean.layouts import KEY, Reader, read_long, read_wide
from helpers.tables.clean.pointers import read_claims
from helpers.tables.clean.rawtable import refuse

__all__ = ["KEY", "Cleaned", "clean"]


@dataclass(frozen=True)
class Cleaned:
    """What cleaning an index yields.

    Attributes
    ----------
    published
        Every published figure, one a row, with where it stands (file, row) and its mark:
        single, repeated (other sources say the same) or conflicting.
    quarantine
        source, row, column, value, reason: a line per cell that did not fit.
    counts
        Per file the rows read, kept and in quarantine.
    """

    published: pd.DataFrame
    quarantine: pd.DataFrame
    counts: pd.DataFrame


def clean(index: Index) -> Cleaned:
    """Read and clean all tables of an index.

    Raises
    ------
    DataError
        When a file cannot be read, a column is missing, or a complete table holds a row
        that does not fit; one line per problem names file, row, column and the mend.
    """
    units = unit_tables.load(index)
    facts, problems, counts = [], [], []
    for table in index.tables:
        path = index.folder / table.file
        reader = _reader(table)
        rows, found, read_rows = reader(index, units, table, path)
        foreseen = {problem.row for problem in found if problem.foreseen}
        found = [p for p in found if p.foreseen or p.row not in foreseen]
        bad = {problem.row for problem in found}
        if bad > foreseen and table.complete:
            refuse(path, [p for p in found if not p.foreseen])
        kept = rows[~rows["row"].isin(bad)]
        if table.complete is True:
            _check_complete(units, path, kept)
        facts.append(kept)
        problems += [(relative(path), *problem[:4]) for problem in found]
        counts.append((relative(path), read_rows, read_rows - len(bad), len(bad)))
    published = pd.concat(facts, ignore_index=True)
    if published.empty:
        read, aside = sum(c[1] for c in counts), sum(c[3] for c in counts)
        raise DataError(
            f"{relative(index.folder / 'index.yml')}: its tables give no figure ({read} rows read, "
            f"{aside} set aside); correct `scores`, `ranks`, `only`, `skip` or `missing`"
        )
    published = published.astype({"year": "int64", "vs_year": "Int64", "row": "int64"})
    published.insert(0, "index", index.name)
    names = {code: unit.name for code, unit in units.by_code.items()}
    published.insert(4, "unit_name", published["unit"].map(names))
    published["mark"] = _mark(index, published)
    return Cleaned(
        published.sort_values([*KEY, "file", "row"], ignore_index=True),
        pd.DataFrame(problems, columns=["source", "row", "column", "value", "reason"]),
        pd.DataFrame(counts, columns=["source", "read", "kept", "quarantined"]),
    )


def _reader(table: Table) -> Reader:
    if table.claims:
        return read_claims
    return read_long if table.long else read_wide


def _check_complete(units: Units, path: Path, kept: pd.DataFrame) -> None:
    missing = []
    group: Any
    for group, rows in kept.groupby(["unit_set", "year"]):
        unit_set, year = group
        there = set(rows["unit"].to_numpy())
        lost = [
            unit.name for unit in units.all if unit.unit_set == unit_set and unit.code not in there
        ]
        if lost:
            missing.append(
                f"{relative(path)}: {int(year)} lacks {', '.join(lost)}; "
                "a complete table lists every unit: add the rows"
            )
    if missing:
        raise DataError("\n".join(missing))


def _mark(index: Index, published: pd.DataFrame) -> pd.Series:
    """Say of each figure whether other sources print the same, or something else."""
    # Where no decimals are given, every digit counts.
    decimals = {row.indicator: row.decimals or 12 for row in index.structure.rows}
    places = published["indicator"].map(decimals).where(published["measure"] == "score", 12)
    value = (published["value"] * 10.0 ** places.astype(float)).round()
    groups = published.assign(value=value).groupby(KEY, dropna=False)["value"]
    distinct, count = groups.transform("nunique"), groups.transform("size")
    mark = pd.Series("single", index=published.index).mask(count > 1, "repeated")
    return mark.mask(distinct > 1, "conflicting")
