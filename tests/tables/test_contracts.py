"""The processed tables: their contract, their twins, and what a spreadsheet makes of them."""

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import tables
from helpers.errors import DataError
from helpers.index import catalog
from helpers.tables import csvtext, processed
from projects import made, write_tables

# As the design document names them; scripts outside the project rely on names and order.
COLUMNS = {
    "scores": "index scheme unit_set year unit unit_name indicator score status source",
    "ranks": "index scheme unit_set year unit unit_name indicator score rank rank_low rank_high "
    "rank_published rank_scores",
    "changes": "index unit_set year_from year_to unit unit_name indicator rank_from rank_to change "
    "change_low change_high change_published own_effect others_effect comparable break_reason",
    "quarantine": "source row column value reason",
}
KEY = ["unit_set", "year", "indicator", "unit"]
FRAMES = {
    "published": made().cleaned.published,
    "scores": made().scored,
    "intervals": made().scored,
    "ranks": made().ranked,
    "changes": made().changed,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The processed tables, written once."""
    root = tmp_path_factory.mktemp("project")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HELPERS_ROOT", str(root))
        write_tables()
        return catalog.processed("dti")


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_are_those_of_the_design(folder: Path, name: str) -> None:
    wanted = COLUMNS[name].split()
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == wanted
    if name != "quarantine":
        assert list(pd.read_parquet(folder / f"{name}.parquet").columns) == wanted


def test_published_has_the_columns_of_the_brief(folder: Path) -> None:
    columns = set(pd.read_parquet(folder / "published.parquet").columns)
    assert columns >= {
        "index", "unit_set", "year", "unit", "unit_name", "indicator", "measure", "value",
        "vs_year", "value_text", "mark", "confidence", "source", "source_date",
    }  # fmt: skip


@pytest.mark.parametrize("name", FRAMES)
def test_the_twins_say_the_same(folder: Path, name: str) -> None:
    typed = pd.read_parquet(folder / f"{name}.parquet")
    plain = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
    assert len(plain) == len(typed) and list(plain.columns) == list(typed.columns)
    for column in typed:
        missing = typed[column].isna()
        assert (plain[column][missing] == "").all()
        texts, values = plain[column][~missing], typed[column][~missing]
        if pd.api.types.is_bool_dtype(values.dtype):
            assert (texts == values.map({True: "True", False: "False"})).all()
        elif pd.api.types.is_numeric_dtype(values.dtype):
            assert (texts.astype(float) == values.astype(float)).all()
        else:
            assert (texts == values).all()


@pytest.mark.parametrize("name", FRAMES)
def test_whole_numbers_have_no_point_and_bytes_are_plain(folder: Path, name: str) -> None:
    content = (folder / f"{name}.csv").read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf") and b"\r" not in content
    assert content.endswith(b"\n")
    for column in ("year", "rank", "rank_low", "change", "row"):
        plain = pd.read_csv(io.BytesIO(content), dtype=str)
        if column in plain:
            assert not plain[column].dropna().str.contains(".", regex=False).any()


@pytest.mark.parametrize(
    ("name", "key"),
    [("scores", KEY), ("intervals", KEY), ("ranks", KEY),
     ("changes", ["unit_set", "year_to", "year_from", "indicator", "unit"])],
)  # fmt: skip
def test_rows_are_sorted_by_a_key_that_occurs_once(folder: Path, name: str, key: list[str]) -> None:
    table = pd.read_parquet(folder / f"{name}.parquet")
    assert not table.duplicated(key).any() and not table[key].isna().any().any()
    pd.testing.assert_frame_equal(table, table.sort_values(key, ignore_index=True))


@pytest.mark.parametrize("name", FRAMES)
def test_the_order_of_the_rows_given_makes_no_difference(name: str) -> None:
    shuffled = FRAMES[name].sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(
        tables.conform(name, FRAMES[name]), tables.conform(name, shuffled)
    )


def test_ranks_and_changes_are_the_known_ones(folder: Path) -> None:
    ranks = pd.read_csv(folder / "ranks.csv").query("unit == 'VN-68' and indicator == 'overall'")
    assert ranks.set_index("year")["rank"].loc[[2022, 2023, 2024]].tolist() == [23, 43, 50]
    row = pd.read_csv(folder / "changes.csv").query(
        "unit == 'VN-68' and indicator == 'overall' and year_to == 2023"
    )
    assert row[["change", "own_effect", "others_effect"]].to_numpy().tolist() == [
        [-20, 14.5, -34.5]
    ]


def test_computed_numbers_are_rounded_and_printed_ones_are_not() -> None:
    noisy = [0.1 + 0.2, 5e-17, -2e-17, 1 / 3, 999.9999999999999, 1234567890123.4]
    frame = FRAMES["scores"].head(len(noisy)).assign(score=noisy)
    made = tables.conform("scores", frame.assign(unit=[f"u{i}" for i in range(len(noisy))]))
    expected = {0.3, 0.0, 0.333333333333, 1000.0, 1234567890120.0}
    assert set(made["score"]) == expected and not np.signbit(made["score"]).any()
    pd.testing.assert_frame_equal(made, tables.conform("scores", made))
    printed = FRAMES["published"].head(len(noisy)).assign(value=noisy)
    assert set(tables.conform("published", printed)["value"]) == set(noisy)


@given(st.lists(st.floats(-1e12, 1e12), max_size=50))
def test_rounding_keeps_the_order(values: list[float]) -> None:
    rounded = processed._rounded(np.sort(np.array(values)))
    assert (np.diff(rounded) >= 0).all()


# Broken frames


def broken(name: str, **cells: object) -> pd.DataFrame:
    """A table with cells of its first row replaced."""
    frame = FRAMES[name].reset_index(drop=True)
    first = frame.head(1).assign(**cells)
    return pd.concat([first.astype(object), frame.iloc[1:]], ignore_index=True)


@pytest.mark.parametrize(
    ("name", "cells", "message"),
    [
        ("ranks", {"rank_low": 63, "rank": 5, "rank_high": 5}, "rank_low <= rank <= rank_high"),
        ("ranks", {"rank": 4.5}, "column rank"),
        ("ranks", {"unit": None}, "column unit"),
        ("ranks", {"rank": "fifth"}, "column rank"),
        ("changes", {"rank_from": 5, "rank_to": 3, "change": -2}, "change = rank_from - rank_to"),
        ("changes", {"rank_from": 5, "rank_to": 3, "change": 2, "own_effect": 1.0,
                     "others_effect": 2.0}, "own + others = change"),
        ("intervals", {"low": 0.9, "score": 0.5}, "low <= score <= high"),
        ("scores", {"score": "high"}, "column score"),
        ("scores", {"year": None}, "column year"),
    ],
)  # fmt: skip
def test_a_broken_table_is_refused_by_rule(
    name: str, cells: dict[str, object], message: str
) -> None:
    with pytest.raises(DataError) as error:
        tables.conform(name, broken(name, **cells))
    assert str(error.value).startswith(f"table {name}") and message in str(error.value)
    assert "Warning" not in str(error.value) and "Error" not in str(error.value)
    assert "\n" not in str(error.value)


def test_a_row_given_twice_is_refused() -> None:
    frame = FRAMES["scores"]
    with pytest.raises(DataError, match="table scores, row"):
        tables.conform("scores", pd.concat([frame, frame.head(1)]))


@pytest.mark.parametrize("name", FRAMES)
def test_a_missing_column_is_refused_and_a_spare_one_left_out(name: str) -> None:
    frame = FRAMES[name]
    for column in tables.CONTRACTS[name].columns:
        with pytest.raises(DataError, match=f"table {name}: no column {column}"):
            tables.conform(name, frame.drop(columns=column))
    assert "spare" not in tables.conform(name, frame.assign(spare=1))


def test_a_table_without_rows_keeps_its_columns() -> None:
    empty = tables.conform("changes", FRAMES["changes"].head(0))
    assert list(empty.columns) == COLUMNS["changes"].split() and len(empty) == 0


def test_all_tables_are_published_or_none(project: Path) -> None:
    write_tables()
    before = {path: path.read_bytes() for path in catalog.processed("dti").iterdir()}
    with pytest.raises(DataError, match="table ranks"):
        tables.write(
            "dti", {"scores": FRAMES["scores"].head(5), "ranks": broken("ranks", unit=None)}
        )
    assert {path: path.read_bytes() for path in catalog.processed("dti").iterdir()} == before


def test_reading_what_was_not_made_names_the_command(project: Path) -> None:
    with pytest.raises(
        DataError,
        match=r"data/processed/dti/ranks.parquet: not made yet; run `make data INDEX=dti`",
    ):
        tables.read("dti", "ranks")
    write_tables()
    pd.testing.assert_frame_equal(
        tables.read("dti", "ranks"), tables.conform("ranks", FRAMES["ranks"])
    )


# What a spreadsheet makes of the texts


def written(project: Path, texts: list[str]) -> list[list[str]]:
    """Return the value column of a quarantine with these texts, as CSV and read back."""
    frame = pd.DataFrame(
        {"source": "s", "row": range(len(texts)), "column": "c", "value": texts, "reason": "r"}
    )
    tables.write("dti", {"quarantine": frame})
    with (catalog.processed("dti") / "quarantine.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row["value"] for row in sorted(rows, key=lambda row: int(row["row"]))]


def test_formulas_are_made_harmless_and_signed_numbers_stay(project: Path) -> None:
    formulas = ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "=cmd", "\t=1", "\r=1", "-", "+",
                "-A1", "+1-1", "－A1", "＝1+1", "＠x", "\n=1"]  # fmt: skip
    assert written(project, formulas) == ["'" + t.replace("\r", "\n") for t in formulas]
    numbers = [
        "-4",
        "+5",
        "-0.5",
        "+44.6%",
        "- 4",
        "-1.234,5",
        "0",
        "17 (0,633)",
        "–",
        "1=2",
        "a@b",
    ]
    assert written(project, numbers) == numbers


texts = st.one_of(
    st.none(), st.text(st.characters(codec="utf-8"), max_size=6), st.sampled_from("a,b")
)
columns = {
    "text": ("str", texts),
    "whole": ("Int64", st.one_of(st.none(), st.integers(-(2**53), 2**53))),
    "real": ("float64", st.one_of(st.none(), st.floats(), st.decimals(-9, 9, places=3).map(float))),
    "truth": ("boolean", st.one_of(st.none(), st.booleans())),
}


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(*(cells for _, cells in columns.values())), max_size=8))
def test_a_csv_is_what_pandas_writes_of_harmless_texts(rows: list[tuple[object, ...]]) -> None:
    frame = pd.DataFrame(rows, columns=list(columns)).astype(
        {k: t for k, (t, _) in columns.items()}
    )
    harmless = frame.assign(text=frame["text"].map(csvtext.harmless, na_action="ignore"))
    assert csvtext.write(frame).decode() == harmless.to_csv(index=False, lineterminator="\n")


@given(st.text(max_size=20))
def test_no_text_starts_like_a_formula(text: str) -> None:
    shown = csvtext.harmless(text)
    assert not shown.startswith(("=", "@", "\t", "\r", "\n"))
    assert not shown.startswith(("+", "-")) or shown[1:].strip().rstrip("%")[:1].isdecimal()
