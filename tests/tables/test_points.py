"""A total that is the sum of its parts: weights are points, and nothing is a mean."""

from pathlib import Path

import numpy as np
import pytest

from helpers.index import catalog, units
from helpers.tables import rank, recompute, score
from helpers.tables.clean import clean
from helpers.tables.headline import Headlines, contributions_table, find_full
from helpers.tables.robustness import record

INDEX = """
label: Sums
short: S
unit_words: teams
headline: total
pillars: [side]
derive: [side]
scale: [0, 100]
units: units.csv
unit_sets: {all: all teams}
years: {2021: s, 2022: s}
schemes: {s: {composite: sum}}
tables:
  - file: t.csv
    complete: as-listed
    unit: {column: team}
    year: {column: year}
    scores: {total: total, a: a, b: b, c: c}
"""
# The side (b and c) is half of the headline's parts, but two thirds of its points.
STRUCTURE = """scheme,indicator,parent,weight,label_vi,label_en,decimals
s,total,,,T,T,1
s,a,total,2,A,A,1
s,side,total,1,S,S,1
s,b,side,1,B,B,1
s,c,side,3,C,C,1
"""


@pytest.fixture
def points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Headlines:
    folder = tmp_path / "data/raw/sums"
    folder.mkdir(parents=True)
    monkeypatch.setenv("HELPERS_ROOT", str(tmp_path))
    (folder / "index.yml").write_text(INDEX, encoding="utf-8")
    (folder / "structure.csv").write_text(STRUCTURE, encoding="utf-8")
    (folder / "units.csv").write_text(
        "code,name\n" + "".join(f"u{n},Team {n}\n" for n in range(8)), encoding="utf-8"
    )
    chance = np.random.default_rng(5)
    lines = ["team,year,total,a,b,c"]
    for year in (2021, 2022):
        for n, (a, b, c) in enumerate(chance.uniform(1, 12, (8, 3)).round(1)):
            lines.append(f"Team {n},{year},{2 * a + b + 3 * c:.1f},{a},{b},{c}")
    (folder / "t.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    catalog._load.cache_clear()
    index = catalog.load("sums")
    everybody, published = units.load(index), clean(index).published
    scored = score.scores(index, everybody, published)
    return find_full(index, scored, rank.listed(index, everybody, published), published)


def test_the_published_totals_are_the_sums_of_their_parts(points: Headlines) -> None:
    check = recompute.compare_with_published(points.index, points.intervals)
    assert len(check) == 16
    assert check["within"].all()


def test_a_composite_that_was_not_published_is_the_sum_of_its_parts(points: Headlines) -> None:
    wide = points.intervals.pivot(index=["unit", "year"], columns="indicator", values="score")
    assert np.allclose(wide["side"], wide["b"] + 3 * wide["c"])


def test_a_total_that_is_no_sum_is_found(points: Headlines) -> None:
    rows = points.intervals
    wrong = rows.assign(score=rows["score"].mask(rows["indicator"] == "total", 1.0), low=1, high=1)
    assert not recompute.compare_with_published(points.index, wrong)["within"].any()


def test_the_parts_add_up_to_the_headline_and_its_changes(points: Headlines) -> None:
    (parts,) = points.take_apart("all", 2022)
    assert parts.weights.to_dict() == {"a": 2, "b": 1, "c": 3}
    assert np.allclose(parts.contributions.sum(axis=1), parts.headline)
    shares = contributions_table(points).groupby("unit")["contribution"].sum()
    before, after = (
        points.intervals[
            (points.intervals["indicator"] == "total") & (points.intervals["year"] == year)
        ].set_index("unit")["score"].rank(ascending=False, method="min")
        for year in (2021, 2022)
    )  # fmt: skip
    assert np.allclose(shares, (before - after).loc[shares.index])


def test_other_choices_start_from_the_ranks_of_the_sums(points: Headlines) -> None:
    table = record.ranks_table(points, 20)
    for year, rows in table.groupby("year"):
        total = points.intervals[
            (points.intervals["indicator"] == "total") & (points.intervals["year"] == year)
        ].set_index("unit")["score"]
        expected = total.rank(ascending=False, method="min")
        assert (rows.set_index("unit")["nominal"] == expected).all()
