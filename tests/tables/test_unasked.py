"""What a table leaves out stays out: nothing is worked out unasked, nobody is ranked unassessed."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.errors import DataError
from helpers.index import catalog, units
from helpers.tables import rank
from helpers.tables.headline import contributions_table, find_full
from helpers.tables.robustness import record
from withheld import work_out, write_pack

PARTS = """s,total,,,T,T,1
s,a,total,1,A,A,1
s,b,total,1,B,B,1
"""
SCORES = """    year: {column: year}
    missing: ["", "-"]
    scores: {total: total, a: a, b: b}
"""


def _at(table: pd.DataFrame, indicator: str, column: str, year: int = 2020) -> dict[str, float]:
    rows = table[(table["indicator"] == indicator) & (table["year"] == year)]
    return dict(rows.set_index("unit")[column].dropna())


def test_a_part_left_out_is_not_solved_for(tmp_path, monkeypatch) -> None:
    text = "unit,year,total,a,b\nu,2020,60,70,-\nv,2020,50,50,50\nw,2020,40,30,50\n"
    write_pack(tmp_path, text, SCORES, PARTS, pillars="a, b")
    made = work_out(tmp_path, monkeypatch)
    assert _at(made["scores"], "b", "score") == {"v": 50, "w": 50}
    assert _at(made["ranks"], "b", "rank") == {"v": 1, "w": 1}
    assert _at(made["ranks"], "a", "rank") == {"u": 1, "v": 2, "w": 3}


def test_a_withheld_headline_is_worked_out_only_where_asked(tmp_path, monkeypatch) -> None:
    text = "unit,year,total,a,b\nu,2020,-,90,90\nv,2020,50,50,50\nw,2020,40,30,50\n"
    write_pack(tmp_path, text, SCORES, PARTS)
    made = work_out(tmp_path, monkeypatch)
    assert _at(made["ranks"], "total", "rank") == {"v": 1, "w": 2}
    write_pack(tmp_path, text, SCORES, PARTS, more="derive: [total]")
    made = work_out(tmp_path, monkeypatch)
    assert _at(made["ranks"], "total", "rank") == {"u": 1, "v": 2, "w": 3}
    status = made["scores"].query("indicator == 'total'").set_index("unit")["status"]
    assert dict(status) == {"u": "derived", "v": "published", "w": "published"}
    index = catalog.load("made")
    listed = rank.listed(index, units.load(index), made["published"], made["scores"])
    assert listed["all", 2020] == {"u", "v", "w"}


def test_a_rank_without_a_score_is_the_rank_and_shifts_nobody(tmp_path, monkeypatch) -> None:
    text = "unit,year,total,place\nu,2020,-,1\nv,2020,50,2\nw,2020,40,3\nx,2020,-,-\n"
    entry = SCORES.replace(", a: a, b: b", "") + "    ranks: {place: total}\n"
    write_pack(tmp_path, text, entry, PARTS)
    made = work_out(tmp_path, monkeypatch)
    assert _at(made["ranks"], "total", "rank") == {"u": 1, "v": 2, "w": 3}
    index = catalog.load("made")
    assert rank.listed(index, units.load(index), made["published"])["all", 2020] == {"u", "v", "w"}


def test_a_change_over_years_without_the_unit_stands_marked(tmp_path, monkeypatch) -> None:
    rows = {2012: {"u": 9, "v": 8, "w": 7}, 2014: {"v": 8, "w": 9}, 2016: {"u": 5, "v": 6, "w": 7}}
    text = "unit,year,total\n" + "".join(
        f"{u},{year},{s}\n" for year, scores in rows.items() for u, s in scores.items()
    )
    entry = SCORES.replace(", a: a, b: b", "")
    write_pack(tmp_path, text, entry, "s,total,,,T,T,0\n", years=tuple(rows))
    changes = work_out(tmp_path, monkeypatch)["changes"]
    over = changes[changes["unit"] == "u"]
    assert over[["year_from", "year_to", "change"]].to_numpy().tolist() == [[2012, 2016, -2]]
    assert "2014" in over["break_reason"].iloc[0]
    assert over["comparable"].all()
    assert over[["own_effect", "others_effect"]].isna().all(axis=None)
    others = changes[changes["unit"] != "u"]
    assert len(others) == 4
    assert others["own_effect"].notna().all()


def test_other_choices_are_tried_on_years_of_unlike_units(tmp_path, monkeypatch) -> None:
    chance = np.random.default_rng(3)
    text = "unit,year,total,a,b\n"
    for year, names in ((2020, "uvwxy"), (2021, "vwxyz")):
        for name in names:
            a, b = chance.integers(10, 90, 2)
            text += f"{name},{year},{(a + b) / 2},{a},{b}\n"
    write_pack(tmp_path, text, SCORES, PARTS, years=(2020, 2021))
    made = work_out(tmp_path, monkeypatch)
    index = catalog.load("made")
    listed = rank.listed(index, units.load(index), made["published"])
    headlines = find_full(index, made["intervals"], listed, made["published"])
    moves = record.changes_table(headlines, 50).set_index("unit")
    changes = made["changes"].query("indicator == 'total'").set_index("unit")["change"].dropna()
    assert set(moves.index) == set("vwxy")
    assert (moves["nominal"] == changes.reindex(moves.index)).all()
    shares = contributions_table(headlines).groupby("unit")["contribution"].sum(min_count=1)
    assert np.allclose(shares.dropna(), changes.reindex(shares.dropna().index).astype(float))


def test_a_headline_that_no_table_gives_is_asked_for(tmp_path, monkeypatch) -> None:
    text = "unit,year,a,b\nu,2020,1,2\nv,2020,3,4\n"
    write_pack(tmp_path, text, SCORES.replace("total: total, ", ""), PARTS)
    with pytest.raises(DataError, match=r"headline: .*total.*derive: \[total\]"):
        work_out(tmp_path, monkeypatch)


@pytest.mark.parametrize("name", ["a", "nothing"])
def test_only_a_composite_can_be_derived(tmp_path, monkeypatch, name: str) -> None:
    text = "unit,year,total,a,b\nu,2020,1,1,1\nv,2020,2,2,2\n"
    write_pack(tmp_path, text, SCORES, PARTS, more=f"derive: [{name}]")
    with pytest.raises(DataError, match=r"index\.yml, row 12, derive"):
        work_out(tmp_path, monkeypatch)


@pytest.mark.parametrize("percent", [False, True])
def test_a_sign_at_odds_with_its_column_is_refused(tmp_path, monkeypatch, percent: bool) -> None:
    cells = {"u": "52.1%", "v": "40.5" if not percent else "40.5%", "w": "30.2"}
    text = "unit,year,total\n" + "".join(f"{u},2020,{cell}\n" for u, cell in cells.items())
    entry = SCORES.replace("{total: total, a: a, b: b}", "{total: TARGET}")
    target = "{indicator: total, percent: true}" if percent else "total"
    write_pack(tmp_path, text, entry.replace("TARGET", target), "s,total,,,T,T,1\n")
    where = "row 4, column total: found '30.2'" if percent else "row 2, column total: found '52.1%'"
    with pytest.raises(DataError, match=where):
        work_out(tmp_path, monkeypatch)


def test_a_column_of_percentages_is_read_as_printed(tmp_path, monkeypatch) -> None:
    text = "unit,year,total\nu,2020,52.1%\nv,2020,40.5%\n"
    entry = SCORES.replace(
        "{total: total, a: a, b: b}", "{total: {indicator: total, percent: true}}"
    )
    folder = write_pack(tmp_path, text, entry, "s,total,,,T,T,1\n")
    assert _at(work_out(tmp_path, monkeypatch)["scores"], "total", "score") == {
        "u": 52.1,
        "v": 40.5,
    }
    spec = (folder / "index.yml").read_text(encoding="utf-8")
    (folder / "index.yml").write_text(spec.replace("[0, 100]", "[0, 1]"), encoding="utf-8")
    with pytest.raises(DataError, match="percentages go to 100"):
        work_out(tmp_path, monkeypatch)


LONG = """    year: {column: year}
    indicator: {column: what}
    measure: {column: measure}
    value: {column: value}
    percent: PERCENT
"""


def _long(*cells: tuple[str, str, str]) -> str:
    rows = (f"{unit},2020,{what},score,{value}\n" for unit, what, value in cells)
    return "unit,year,what,measure,value\n" + "".join(rows)


@pytest.mark.parametrize("percent", ["true", "[total]"])
def test_percentages_in_a_long_table_are_read_as_printed(tmp_path, monkeypatch, percent) -> None:
    cells = [("u", "total", "52.1%"), ("v", "total", "40.5%"), ("u", "a", "30"), ("v", "a", "20")]
    entry = LONG.replace("PERCENT", percent)
    write_pack(tmp_path, _long(*cells), entry, PARTS)
    made = work_out(tmp_path, monkeypatch)
    assert _at(made["scores"], "total", "score") == {"u": 52.1, "v": 40.5}
    assert _at(made["scores"], "a", "score") == {"u": 30, "v": 20}
    for percent_of, row, value in (
        (entry, 3, "40.5"),
        (LONG.replace("PERCENT", "[a]"), 2, "52.1%"),
    ):
        cells[1] = "v", "total", value if row == 3 else "40.5%"
        write_pack(tmp_path, _long(*cells, ("w", "total", "1%")), percent_of, PARTS)
        with pytest.raises(DataError, match=rf"t.csv, row {row}, column value: found '{value}'"):
            work_out(tmp_path, monkeypatch)


def test_a_count_beside_scores_has_a_scale_of_its_own(tmp_path, monkeypatch) -> None:
    text = 'unit,year,total,a\nu,2020,90,"20,152"\nv,2020,85,"19,152"\n'
    entry = SCORES.replace(", b: b", "")
    structure = "s,total,,,T,T,0\ns,a,,,A,A,0\n"
    write_pack(tmp_path, text, entry, structure, more="scales: {a: [0, null]}")
    made = work_out(tmp_path, monkeypatch)
    assert _at(made["scores"], "a", "score") == {"u": 20152, "v": 19152}
    assert _at(made["intervals"], "a", "high") == {"u": 20152.5, "v": 19152.5}
    write_pack(tmp_path, text, entry, structure)
    with pytest.raises(DataError, match=r"row 2, column a: found '20,152'.*scales: \{a: "):
        work_out(tmp_path, monkeypatch)


def test_zeros_are_missing_in_the_years_named(tmp_path, monkeypatch) -> None:
    text = "unit,year,total\nu,2020,0\nv,2020,1\nu,2021,0\nv,2021,1\n"
    entry = SCORES.replace(", a: a, b: b", "") + "    zeros: {total: [2020]}\n"
    write_pack(tmp_path, text, entry, "s,total,,,T,T,0\n", years=(2020, 2021))
    scores = work_out(tmp_path, monkeypatch)["scores"]
    assert _at(scores, "total", "score") == {"v": 1}
    assert _at(scores, "total", "score", 2021) == {"u": 0, "v": 1}


REASONS = """
schemes:
  s: {source: s}
  second: {source: s, break: since the second}
  third: {source: s, compares_with: s}
  fourth: {source: s, compares_with: third, break: since the fourth}
"""


def test_a_break_has_the_reason_of_the_scheme_that_made_it(tmp_path, monkeypatch) -> None:
    years = (2001, 2002, 2003, 2004)
    text = "unit,year,total\n" + "".join(f"{u},{y},1\n" for y in years for u in "uv")
    names = ("s", "second", "third", "fourth")
    structure = "".join(f"{name},total,,,T,T,0\n" for name in names)
    folder = write_pack(tmp_path, text, SCORES.replace(", a: a, b: b", ""), structure, years=years)
    spec = (folder / "index.yml").read_text(encoding="utf-8")
    spec = spec.replace("schemes: {s: {source: the table}}", REASONS)
    for year, name in zip(years, names, strict=True):
        spec = spec.replace(f"{year}: s", f"{year}: {name}")
    (folder / "index.yml").write_text(spec, encoding="utf-8")
    monkeypatch.setenv("HELPERS_ROOT", str(tmp_path))
    catalog._load.cache_clear()
    index = catalog.load("made")
    assert index.break_reason(2001, 2002) == "since the second"
    # Back to the first scheme: its own reason, were there one, would be about earlier years.
    assert index.break_reason(2002, 2003) == "Scheme second became third"
    assert index.break_reason(2002, 2004) == "since the fourth"
    assert index.break_reason(2001, 2003) == index.break_reason(2001, 2004) == ""


WAYS = {
    "scores": "", "bands": "", "derive": "derive: [total]",
    "published": "ranks: published", "published bands": "ranks: published",
}  # fmt: skip
YEARS = (2020, 2021, 2022)
KEY = ["unit", "year", "indicator"]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("way", WAYS)
def test_every_figure_was_printed_or_follows_by_plain_pandas(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, seed: int
) -> None:
    printed = _random(np.random.default_rng(seed), banded="bands" in way)
    cells = printed[["unit", "year", "total", "a", "b", "place"]]
    text = cells.astype(object).where(cells.notna(), "-").to_csv(index=False)
    entry = SCORES + "    ranks: {place: total}\n"
    write_pack(tmp_path, text, entry, PARTS, pillars="a, b", years=YEARS, more=WAYS[way])
    made = work_out(tmp_path, monkeypatch)
    before = _scores(printed)
    if way == "derive":
        printed["total"] = printed["total"].fillna((printed["a"] + printed["b"]) / 2)
    wanted = _scores(printed)
    scores = made["scores"].set_index(KEY)
    assert scores["score"].to_dict() == pytest.approx(wanted)
    assert set(scores.index[scores["status"] == "derived"]) == set(wanted) - set(before)
    ranks = made["ranks"].set_index(KEY)
    known, ends = _ranks(printed, WAYS["published"] == WAYS[way])
    assert ranks["rank"].dropna().astype(float).to_dict() == known
    places = printed.assign(indicator="total").set_index(KEY)
    for key, (first, last) in ends.items():  # a band is kept, narrowed at most by the scores
        low, high = ranks.loc[key, ["rank_low", "rank_high"]]
        assert first <= low <= places.loc[key, "true"] <= high <= last
        assert way != "published bands" or (low, high) == (first, last)
    assert set(ranks.index[ranks["rank_low"].notna()]) == set(known) | set(ends)
    moves = made["changes"].dropna(subset="change").set_index(KEY[::2])
    spans = set()
    for (unit, name), row in moves.iterrows():
        first, last = int(row["year_from"]), int(row["year_to"])
        assert row["change"] == known[unit, first, name] - known[unit, last, name]
        assert all((unit, year, name) not in known for year in range(first + 1, last))
        spans.add((unit, first, last, name))
    assert spans >= {
        (unit, year, year + 1, name)
        for unit, year, name in known
        if (unit, year + 1, name) in known
    }


def _random(chance: np.random.Generator, banded: bool) -> pd.DataFrame:
    """Return a table with holes, withheld totals, and printed places that some years lack.

    ``true`` is the place before anything was withheld, ``first`` and ``last`` the band printed.
    """
    rows = pd.MultiIndex.from_product([YEARS, list("stuvwxyz")], names=["year", "unit"])
    table = pd.DataFrame(index=rows).reset_index()
    table = table[chance.random(len(table)) < 0.9].reset_index(drop=True)
    table[["a", "b"]] = chance.integers(0, 100, (len(table), 2)).astype(float)
    table["total"] = (table["a"] + table["b"]) / 2
    by_year = table.groupby("year")["total"]
    table["true"] = by_year.rank(method="min", ascending=False)
    table["place"] = table["true"].astype("Int64").astype("string")
    table[["first", "last"]] = np.nan
    if banded:
        most = by_year.transform("size")
        for first, last, cell in ((4, 6, "4-6"), (7, 8, "7+")):
            at = table["true"].between(first, last)
            table.loc[at, "place"] = cell
            table.loc[at, "first"] = first
            table.loc[at, "last"] = most[at] if cell == "7+" else last
    else:  # the publisher's order among equals and near equals is its own
        order = table["total"] + chance.uniform(-4, 4, len(table))
        table["own"] = order.groupby(table["year"]).rank(ascending=False)
        swapped = table["year"] == 2022
        table.loc[swapped, "place"] = table["own"].astype("Int64").astype("string")
    table.loc[chance.random(len(table)) < 0.2, "a"] = np.nan
    table.loc[chance.random(len(table)) < 0.2, "total"] = np.nan
    without = table["year"] == chance.choice([2020, 2021])
    table.loc[without, ["place", "first", "last"]] = pd.NA
    return table


def _scores(printed: pd.DataFrame) -> dict[tuple[str, int, str], float]:
    long = printed.melt(["unit", "year"], ["total", "a", "b"], "indicator", "score").dropna()
    return dict(long.set_index(KEY)["score"])


def _ranks(printed: pd.DataFrame, as_printed: bool) -> tuple[dict, dict]:
    """Return the ranks that are known and the bands in whose stead nothing is known better.

    By score where all that were assessed have one; else, or where they were asked for, as printed.
    """
    found, ends = {}, {}
    for name in ("total", "a", "b"):
        for year, rows in printed.groupby("year"):
            place = rows["place"] if name == "total" else rows["place"].where(rows["place"].isna())
            assessed = rows[name].notna() | place.notna()
            ranks = rows[name].rank(method="min", ascending=False)
            if rows.loc[assessed, name].isna().any() or (as_printed and place.notna().any()):
                ranks = pd.to_numeric(place, errors="coerce")
                banded = rows[place.notna() & rows["first"].notna()]
                ends |= {(r.unit, year, name): (r.first, r.last) for r in banded.itertuples()}
            pairs = zip(rows["unit"], ranks, strict=True)
            found |= {(unit, year, name): float(value) for unit, value in pairs if pd.notna(value)}
    return found, ends
