"""Tables that print ranks beside scores, from their files to what is said of them."""

from pathlib import Path

import pandas as pd
import pytest

from helpers.errors import DataError
from helpers.index import catalog, units
from helpers.tables import disagreements, rank, recompute, score
from helpers.tables.clean import clean

INDEX = """
label: League
short: League
unit_words: clubs
headline: points
scale: [0, 100]
units: units.csv
unit_sets: {all: all}
years: {2011: s, 2012: s}
schemes: {s: {}}
tables:
"""
ENTRY = """  - file: table.csv
    complete: as-listed
    unit: {column: team}
    year: {column: year}
    missing: [""]
    ranks: {place: points}
    scores: {points: points}
"""
STRUCTURE = """scheme,indicator,parent,weight,direction,label_vi,label_en,decimals
s,points,,,1,Points,Points,0
"""
PARTED_BY_GOALS = """year,place,team,points
2011,1,Ayr,80
2011,2,Bee,71
2011,3,Cee,71
2011,4,Dee,68
2012,1,Bee,89
2012,2,Ayr,89
2012,3,Dee,70
2012,4,Cee,69
"""


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Return what works out an index from the text of its table and more fields of index.yml."""
    monkeypatch.setenv("HELPERS_ROOT", str(tmp_path))

    def work_out(table: str, fields: str = "", entry: str = ""):
        folder = tmp_path / "data/raw/league"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "index.yml").write_text(fields + INDEX + ENTRY + entry)
        (folder / "structure.csv").write_text(STRUCTURE)
        (folder / "table.csv").write_text(table)
        names = dict.fromkeys(row.split(",")[2] for row in table.splitlines()[1:])
        rows = "".join(f"{name.lower()},{name}\n" for name in names)
        (folder / "units.csv").write_text("code,name\n" + rows)
        catalog._load.cache_clear()
        index = catalog.load("league")
        everybody, published = units.load(index), clean(index).published
        scored = score.scores(index, everybody, published)
        ranked = rank.ranks(index, everybody, scored, published)
        changed = rank.changes(index, everybody, ranked, published)
        totals = recompute.compare_with_published(index, scored)
        compared = disagreements.compare(index, published, ranked, totals)
        return index, ranked, changed, compared

    yield work_out
    catalog._load.cache_clear()


def of(table: pd.DataFrame, unit: str, **where):
    rows = table[table["unit"] == unit]
    for name, value in where.items():
        rows = rows[rows[name] == value]
    (row,) = rows.to_dict("records")
    return row


def test_a_place_by_goal_difference_agrees_within_the_tie(work) -> None:
    index, ranked, _changed, compared = work(PARTED_BY_GOALS)
    assert compared["verdict"].value_counts().to_dict() == {"agree": 6, "within": 2}
    assert of(ranked, "ayr", year=2012)["rank"] == 1  # by points alone
    disagreements.refuse_beyond(index, compared)


def test_where_the_printed_rank_is_the_rank_the_scores_own_stands_beside_it(work) -> None:
    index, ranked, changed, compared = work(PARTED_BY_GOALS, "ranks: published\n")
    ayr = of(ranked, "ayr", year=2012)
    assert ayr["rank"] == ayr["rank_low"] == ayr["rank_high"] == 2 and ayr["rank_scores"] == 1
    assert (ranked["rank"] == ranked["rank_published"]).all()
    fell = of(changed, "ayr")
    assert fell["change"] == -1 and pd.isna(fell["own_effect"]) and pd.isna(fell["others_effect"])
    rose = of(changed, "bee")  # both its ranks are the scores' own
    assert rose["own_effect"] + rose["others_effect"] == rose["change"] == 1
    disagreements.refuse_beyond(index, compared)


def test_units_without_a_printed_rank_are_not_ranked_where_the_printed_rank_is(work) -> None:
    table = PARTED_BY_GOALS.replace("2012,3,Dee,70", "2012,,Dee,70").replace(
        "2012,4,Cee,69", "2012,3,Cee,69"
    )
    index, ranked, _changed, compared = work(table, "ranks: published\n")
    assert pd.isna(of(ranked, "dee", year=2012)["rank"])
    assert of(ranked, "cee", year=2012)["rank"] == 3
    assert (compared["verdict"] != "differ").all()
    assert "Dee" in disagreements.summarise(index, compared, ranked)[-1]


def test_a_score_mistyped_beside_its_rank_is_refused_with_its_row(work) -> None:
    rows = [f"{year},{k},T{k},{80 - 2 * k}" for year in (2011, 2012) for k in range(1, 11)]
    table = "\n".join(["year,place,team,points", *rows]) + "\n"
    index, *_, compared = work(table)
    assert (compared["verdict"] == "agree").all()
    index, *_, compared = work(table.replace("2012,9,T9,62", "2012,9,T9,77"))
    with pytest.raises(DataError) as error:
        disagreements.refuse_beyond(index, compared)
    message = str(error.value)
    assert "\n" not in message
    assert message.startswith("data/raw/league/table.csv, row 20, column place (points): T9, 2012:")
    assert "rank is 9, but the scores give 2; 6 of 9 others differ, by 1 or less" in message


def test_a_table_can_say_by_itself_that_its_ranks_are_the_rank(work) -> None:
    _index, ranked, *_ = work(PARTED_BY_GOALS, entry="    ranked_by: published\n")
    assert of(ranked, "ayr", year=2012)["rank"] == 2
    _index, other, *_ = work(PARTED_BY_GOALS, "ranks: published\n", entry="    ranked_by: scores\n")
    assert of(other, "ayr", year=2012)["rank"] == 1
    with pytest.raises(DataError, match="ranked_by: two entries"):
        work(PARTED_BY_GOALS, entry="    ranked_by: published\n" + ENTRY)


BANDS = """year,place,team,points
2011,1,Ayr,80
2011,2,Bee,71
2011,3-4,Cee,
2011,3-4,Dee,
2011,201+,Eel,
2012,1,Bee,
2012,2-3,Ayr,
2012,>2,Dee,
2012,4,Cee,
"""


@pytest.mark.parametrize("fields", ["", "ranks: published\n"])
def test_bands_and_open_ranks_bound_the_rank_and_are_never_missing(work, fields: str) -> None:
    _index, ranked, changed, compared = work(BANDS, fields)
    ends = ["rank", "rank_low", "rank_high"]
    found = ranked.set_index(["year", "unit"])[ends].astype("Float64")
    assert found.loc[(2011, "ayr")].tolist() == [1, 1, 1]
    for year, unit, low, high in ((2011, "cee", 3, 4), (2011, "eel", 201, 201),
                                  (2012, "ayr", 2, 3), (2012, "dee", 3, 4)):  # fmt: skip
        assert pd.isna(found.loc[(year, unit), "rank"])
        assert found.loc[(year, unit), ends[1:]].tolist() == [low, high]
    moved = of(changed, "ayr")
    assert pd.isna(moved["change"])
    assert (moved["change_low"], moved["change_high"]) == (-2, -1)
    assert (compared["verdict"] == "agree").all()


def test_a_band_that_the_scores_contradict_is_told(work) -> None:
    rows = [f"2011,{k if k < 6 else '6-10' if k < 11 else '11+'},T{k},{80 - 2 * k}"
            for k in range(1, 15)]  # fmt: skip
    table = "\n".join(["year,place,team,points", *rows]) + "\n"
    index, _ranked, _changed, compared = work(table)
    assert (compared["verdict"] == "agree").all() and len(compared) == 5 + 2 * 5 + 4
    assert "ends of bands 14 agree" in disagreements.summarise(index, compared, _ranked)[0]
    index, *_, compared = work(table.replace("11+,T14,52", "11+,T14,79"))
    off = compared[compared["verdict"] == "differ"]
    assert off.loc[off["unit"] == "t14", ["measure", "printed", "low"]].to_numpy().tolist() == [
        ["rank_at_least", 11, 1]
    ]
    with pytest.raises(DataError, match=r"row 15.*at least 11, but the scores give 1"):
        disagreements.refuse_beyond(index, compared)
