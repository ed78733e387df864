"""Columns that were swapped, shifted, filled down or sorted: told, with the column named."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from helpers.index.catalog import Index
from helpers.tables.disagreements import compare
from helpers.tables.doubts import doubts
from helpers.tables.recompute import compare_with_published
from packs import index_of
from projects import made

UNITS, YEARS = 40, (2022, 2023, 2024)
NAMES = ["overall", "roads", "schools", "water"]
FILE = "data/raw/made-up/t.csv"


def index(rows=None, years=YEARS):
    table = {
        "file": "t.csv", "complete": "as-listed", "unit": {"column": "unit"},
        "year": {"column": "year"}, "scores": {name.title(): name for name in NAMES},
    }  # fmt: skip
    rows = rows or [("s", name, "", 1) for name in NAMES]
    press = {**table, "file": "p", "complete": False}
    return index_of(rows, years=dict.fromkeys(years, "s"), tables=[table, press])


def wide(seed=0):
    """Scores in which each unit stays near where it was, rows in the order of the first column."""
    rng = np.random.default_rng(seed)
    level = rng.uniform(0.2, 0.8, (UNITS, len(NAMES)))
    tables = []
    for year in YEARS:
        scores = (level + rng.normal(0, 0.05, level.shape)).clip(0.01, 0.99).round(4)
        table = pd.DataFrame(scores, columns=NAMES).assign(unit=range(UNITS), year=year)
        tables.append(table.sort_values("overall", ascending=False))
    return pd.concat(tables, ignore_index=True)


def long(table):
    """The table ``published`` of a wide one."""
    rows = table.reset_index().melt(
        ["index", "unit", "year"], NAMES, var_name="indicator", value_name="value"
    )
    return rows.assign(
        row=rows["index"] + 2, unit_set="all", measure="score", file=FILE, confidence="high",
        unit="U" + rows["unit"].astype(str), unit_name="Unit " + rows["unit"].astype(str),
    )  # fmt: skip


def told(table, others=None, years=YEARS):
    published = long(table)
    if others is not None:
        published = pd.concat([published, others(published)])
    columns = ["own", "measure", "verdict", "unit_set", "year", "indicator", "index"]
    empty = pd.DataFrame(columns=columns)
    return doubts(index(years=years), published, empty.astype({"own": bool}))


@pytest.mark.parametrize("seed", range(20))
def test_sound_tables_raise_no_doubt(seed) -> None:
    assert told(wide(seed)) == []


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("pair", [("roads", "schools"), ("overall", "water")])
def test_two_columns_swapped_in_a_year_are_named(seed, pair) -> None:
    table = wide(seed)
    at = table["year"] == 2023
    table.loc[at, list(pair)] = table.loc[at, list(reversed(pair))].to_numpy()
    lines = [line for line in told(table) if "swapped" in line]
    assert lines and all(f"column {name.title()} ({name})" in lines[0] for name in pair)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("step", [1, -1])
def test_a_column_shifted_by_a_row_is_named(seed, step) -> None:
    table = wide(seed)
    at = table["year"] == 2023
    table.loc[at, "roads"] = np.roll(table.loc[at, "roads"], step)
    lines = [line for line in told(table) if "shifted" in line]
    assert any("Roads" in line and "2023" in line for line in lines)
    assert all("Roads" in line for line in lines)


@pytest.mark.parametrize("length", [4, 6, 12])
def test_a_cell_filled_down_is_named(length) -> None:
    table = wide()
    table.loc[50 : 50 + length - 1, "water"] = table.loc[50, "water"]
    (line,) = told(table)
    assert "Water" in line and "2023" in line and f" {length} rows " in line


@pytest.mark.parametrize("ascending", [True, False])
def test_a_column_sorted_by_itself_is_named(ascending) -> None:
    table = wide()
    at = table["year"] == 2024
    column = table.loc[at, "schools"].sort_values(ascending=ascending)
    table.loc[at, "schools"] = column.to_numpy()
    assert any("Schools" in line and "sorted" in line for line in told(table))


def test_a_column_in_order_in_a_table_by_name_is_named() -> None:
    table = wide()
    at = table["year"] == 2024
    named = table[at].sort_values("unit", ignore_index=True)
    named["unit"] = named["unit"].map("{:02}".format)
    assert told(named, years=[2024]) == []
    lines = told(named.assign(schools=named["schools"].sort_values().to_numpy()), years=[2024])
    assert lines and all("Schools" in line and "sorted" in line for line in lines)


def _with_totals(table, weights=(0.5, 0.3, 0.2)):
    """The doubts of one year whose total is printed and follows from the parts."""
    table = table[table["year"] == 2024].reset_index(drop=True)
    this = index([("s", "overall", "", 1), *(
        ("s", name, "overall", weight) for name, weight in zip(NAMES[1:], weights, strict=True)
    )], [2024])  # fmt: skip
    totals = pd.DataFrame({
        "unit": "U" + table["unit"].astype(str), "unit_set": "all", "year": 2024,
        "printed": table["overall"], "computed": table[NAMES[1:]] @ np.array(weights),
        "measure": "total", "own": True, "indicator": "overall", "index": "made-up",
    })  # fmt: skip
    apart = totals["printed"] - totals["computed"]
    totals = totals.assign(
        low=totals["computed"] - 1e-6, high=totals["computed"] + 1e-6,
        verdict=np.where(apart.abs() > 1e-6, "differ", "agree"),
    )  # fmt: skip
    return doubts(this, long(table), totals)


@pytest.mark.parametrize("seed", range(5))
def test_the_printed_totals_tell_which_column_was_moved(seed) -> None:
    table = wide(seed)
    table["overall"] = table[NAMES[1:]] @ np.array([0.5, 0.3, 0.2])
    assert _with_totals(table) == []
    at = table["year"] == 2024
    for name in NAMES:
        moved = table.copy()
        moved.loc[at, name] = np.roll(table.loc[at, name], 1)
        called = [line for line in _with_totals(moved) if "other rows" in line]
        assert len(called) == 1 and f"column {name.title()} " in called[0]
    swapped = table.copy()
    swapped.loc[at, ["roads", "water"]] = table.loc[at, ["water", "roads"]].to_numpy()
    (line,) = (line for line in _with_totals(swapped) if "exchanged" in line)
    assert "column Roads " in line and "column Water " in line


def test_a_table_that_prints_the_same_figures_otherwise_is_named() -> None:
    def press(published):
        rows = published[(published["year"] == 2024) & (published["indicator"] == "roads")]
        return rows.head(5).assign(file="data/raw/made-up/p", value=rows["value"] + 0.1)

    (line,) = told(wide(), press)
    assert "Roads" in line and "5 of 5" in line and "data/raw/made-up/p" in line


@pytest.mark.parametrize("measure", ["score", "rank"])
def test_units_that_went_are_named_whatever_is_printed_of_them(measure) -> None:
    """The years may stand in files of their own, and hold no more than ranks."""
    table = wide()
    gone = (table["year"] == 2024) & table["unit"].isin([3, 4])
    published = long(table[~gone]).assign(measure=measure)
    published.loc[published["year"] == 2024, "file"] = "data/raw/made-up/u.csv"
    this = index()
    tables = (*this.spec.tables, replace(this.spec.tables[0], file="u.csv"))
    this = Index(this.name, replace(this.spec, tables=tables), this.structure)
    columns = ["own", "measure", "verdict", "unit_set", "year", "indicator", "index"]
    compared = pd.DataFrame(columns=columns).astype({"own": bool})
    (line,) = doubts(this, published, compared)
    assert "u.csv: 2024 has no row of Unit 3, Unit 4, as 2023 has" in line


@pytest.mark.parametrize("year", YEARS)
def test_a_year_that_went_is_named(year) -> None:
    table = wide()
    (line,) = told(table[table["year"] != year])
    assert FILE in line and str(year) in line


@pytest.mark.parametrize("name", ["dti", "pci", "asem"])
def test_the_indices_of_the_repository_raise_no_doubt(name) -> None:
    this = made(name)
    totals = compare_with_published(this.index, this.scored)
    compared = compare(this.index, this.cleaned.published, this.ranked, totals)
    lines = doubts(this.index, this.cleaned.published, compared)
    assert [line for line in lines if "has no row of Hà Tây" not in line] == []


@pytest.mark.parametrize("length", [6, 12])
@pytest.mark.parametrize("seed", range(4))
def test_a_cell_filled_down_in_the_column_the_rows_are_sorted_by_is_named(seed, length) -> None:
    table = wide(seed)
    table.loc[50 : 50 + length - 1, "overall"] = table.loc[50, "overall"]
    (line,) = told(table)
    assert "Overall" in line and "2023" in line and f" {length} rows " in line


@pytest.mark.parametrize("seed", range(10))
def test_ties_in_the_column_the_rows_are_sorted_by_raise_no_doubt(seed) -> None:
    points = np.sort(np.random.default_rng(seed).binomial(90, 0.6, UNITS))[::-1]
    table = wide(seed)
    at = table["year"] == 2023
    table.loc[at, "overall"] = points / 100
    assert [line for line in told(table) if "filled" in line] == []
