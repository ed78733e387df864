"""Printed ranks against scores: what agrees, what rounding and ties explain, what is refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata

from helpers.errors import DataError
from helpers.methods.ranking import competition_ranks
from helpers.tables import disagreements, recompute
from helpers.tables.rank import rank_sets
from packs import index_of
from projects import made

ROWS = [("s", "overall", "", 1)]
TABLE = {
    "file": "t.csv", "complete": True, "unit": {"column": "unit"}, "year": {"column": "year"},
    "unit_set": "all", "scores": {"Score": "overall"}, "ranks": {"Rank": "overall"},
}  # fmt: skip
NO_TOTALS = pd.DataFrame(
    columns=["unit_set", "year", "unit", "score", "low", "recomputed", "high", "blur"]
)


def index(**fields):
    years = {2023: "s", 2024: "s"}
    return index_of(ROWS, scale=[0, 100], years=years, tables=[TABLE], **fields)


def printed(ranks, year=2024, measure="rank", file="data/raw/made-up/t.csv", vs_year=None):
    n = len(ranks)
    return pd.DataFrame(
        {
            "unit_set": "all", "year": year, "unit": [f"U{k:03}" for k in range(n)],
            "unit_name": [f"Unit {k}" for k in range(n)], "indicator": "overall",
            "measure": measure, "vs_year": pd.array([vs_year] * n, dtype="Int64"),
            "value": np.asarray(ranks, float), "file": file, "row": np.arange(2, n + 2),
        }
    ).dropna(subset="value")  # fmt: skip


def ranked(score, year=2024, half=0.0, full=True):
    score = np.asarray(score, float)
    best, worst = rank_sets(score - half, score + half)
    rank = competition_ranks(score)
    units = printed(np.zeros(len(score)), year)
    return units[["unit_set", "year", "unit", "unit_name", "indicator"]].assign(
        score=score, low=score - half, high=score + half, rank=rank if full else np.nan,
        rank_low=best, rank_high=worst, full=full, direction=1,
    )  # fmt: skip


def compare(this, published, table):
    return disagreements.compare(this, published, table, NO_TOTALS)


tables = st.lists(st.integers(0, 3000), min_size=8, max_size=60).map(lambda n: np.array(n) / 100)


@given(tables, st.sampled_from(["min", "dense"]), st.integers(0, 2))
@settings(deadline=None)
def test_ranks_of_the_scores_before_rounding_are_never_refused(score, method, decimals) -> None:
    table = ranked(np.round(score, decimals), half=0.5 * 10.0**-decimals)
    compared = compare(index(), printed(rankdata(-score, method)), table)
    assert len(compared) == len(score) and (compared["verdict"] != "differ").all()
    disagreements.refuse_beyond(index(), compared)


@given(st.integers(10, 155), st.sampled_from(["min", "dense"]), st.data())
@settings(deadline=None)
def test_one_score_mistyped_far_enough_is_refused_and_named(n, method, data) -> None:
    # Rows in any order; every third score stands there twice.
    order = data.draw(st.permutations(range(n)))
    score = np.array([float(k - (k % 3 == 1)) for k in order])
    ranks = rankdata(-score, method)
    down = np.sort(np.unique(score))
    at = data.draw(st.integers(0, n - 1))
    level = int(np.searchsorted(down, score[at]))
    to = data.draw(st.sampled_from([k for k in range(len(down)) if abs(k - level) >= 5] or [-1]))
    if to < 0:
        return
    score[at] = down[to] + 0.25
    compared = compare(index(), printed(ranks), ranked(score))
    with pytest.raises(DataError) as error:
        disagreements.refuse_beyond(index(), compared)
    first = str(error.value).splitlines()[0]
    assert first.startswith(f"data/raw/made-up/t.csv, row {at + 2}, column Rank (overall): ")
    assert f"Unit {at}, 2024: the printed rank is {ranks[at]:g}, " in first
    assert "record-raw" in first


def test_the_row_farthest_off_comes_first_and_the_others_are_counted() -> None:
    score = np.arange(155, 0, -1.0)
    score[84] = 148.5  # printed 85th, by its score 7th
    compared = compare(index(), printed(np.arange(1, 156)), ranked(score))
    with pytest.raises(DataError) as error:
        disagreements.refuse_beyond(index(), compared)
    assert "is 85, but the scores give 8" in str(error.value)
    assert "77 of 154 others differ, by 1 or less" in str(error.value)


def test_the_limits_of_index_yml_hold() -> None:
    ranks = np.arange(1.0, 101)
    ranks[[10, 14]] = ranks[[14, 10]]  # 4 places
    table, published = ranked(np.arange(100, 0, -1.0)), printed(ranks)
    with pytest.raises(DataError, match=r"disagreements: \{distance: 4, share: 0\.02\}"):
        disagreements.refuse_beyond(index(), compare(index(), published, table))
    for limits in ({"distance": 4, "share": 0.02}, {"distance": 4}):
        this = index(disagreements=limits)
        disagreements.refuse_beyond(this, compare(this, published, table))
    this = index(disagreements={"distance": 4, "share": 0.01})
    with pytest.raises(DataError):
        disagreements.refuse_beyond(this, compare(this, published, table))


def test_figures_published_singly_are_told_but_refuse_nothing() -> None:
    table = ranked(np.arange(20, 0, -1.0))
    single = printed([np.nan] * 5 + [15.0], file="data/raw/made-up/press.csv")
    compared = compare(index(), single, table)
    assert list(compared["verdict"]) == ["differ"] and not compared["own"].any()
    disagreements.refuse_beyond(index(), compared)


def test_ranks_that_rest_on_something_else_refuse_nothing_unless_limits_are_set() -> None:
    table, published = ranked(np.arange(20, 0, -1.0)), printed(np.arange(20, 0, -1.0))
    with pytest.raises(DataError, match="less better"):
        disagreements.refuse_beyond(index(), compare(index(), published, table))
    this = index(ranks="published")
    disagreements.refuse_beyond(this, compare(this, published, table))
    this = index(ranks="published", disagreements={"distance": 5})
    with pytest.raises(DataError):
        disagreements.refuse_beyond(this, compare(this, published, table))


def test_printed_changes_are_held_against_both_years() -> None:
    before, after = [9.0, 8.0, 7.0, 6.0], [6.0, 8.0, 7.0, 6.0]
    table = pd.concat([ranked(before, 2023), ranked(after, 2024)])
    moves = printed([-2, 1, 1, 0], measure="rank_change", vs_year=2023)
    compared = compare(index(), moves, table)
    # The first and the last tie for third: the last may have been third or fourth.
    assert list(compared["computed"]) == [-2, 1, 1, 1]
    assert list(compared["verdict"]) == ["agree", "agree", "agree", "within"]


def test_units_without_a_printed_rank_are_named() -> None:
    table = ranked([9, 8, 7, 6, 5])
    compared = compare(index(), printed([1, np.nan, 2, 3, 4]), table)
    assert (compared["verdict"] != "differ").all()
    assert "Unit 1" in disagreements.summarise(index(), compared, table)[1]


def test_a_table_not_known_in_full_is_compared_by_what_is_known() -> None:
    table = ranked([9, 8, 7, 6, 5, np.nan], full=False)
    ranks = [1, 2, 3, 4, 6, 5]
    good = compare(index(), printed(ranks), table)
    assert len(good) == 5 and (good["verdict"] != "differ").all()
    wrong = compare(index(), printed([1, 6, 3, 4, 5, 2]), table)
    assert wrong.loc[wrong["unit"] == "U001", "verdict"].item() == "differ"


def test_the_index_of_the_repository_agrees_but_for_what_is_known_to_differ() -> None:
    dti = made()
    totals = recompute.compare_with_published(dti.index, dti.scored)
    compared = disagreements.compare(dti.index, dti.cleaned.published, dti.ranked, totals)
    ranks = compared[compared["measure"] == "rank"]
    off = ranks[ranks["verdict"] == "differ"]
    found = set(off[["unit_name", "year", "indicator"]].itertuples(index=False, name=None))
    assert found == {("Khánh Hòa", 2022, "digital_government"), ("Hậu Giang", 2023, "overall")}
    assert len(ranks) > 200 and (ranks["verdict"] == "agree").mean() > 0.95
    assert not compared[(compared["measure"] == "total") & (compared["verdict"] == "differ")].size
    disagreements.refuse_beyond(dti.index, compared)


def test_a_headline_that_its_indicators_do_not_give_is_refused_with_its_row() -> None:
    dti = made()
    is_wrong = {"unit": "VN-DN", "year": 2022, "indicator": "overall"}
    scored, published = dti.scored.copy(), dti.cleaned.published.copy()
    for table, columns in ((scored, ["score", "low", "high"]), (published, ["value"])):
        at = (table[list(is_wrong)] == pd.Series(is_wrong)).all(axis="columns")
        at &= ~table.get("measure", pd.Series("score", table.index)).ne("score")
        table.loc[at, columns] += 0.001
    totals = recompute.compare_with_published(dti.index, scored)
    assert len(totals) == 10 + 11 + 10 + 34 and (~totals["within"]).sum() == 1
    compared = disagreements.compare(dti.index, published, dti.ranked, totals)
    with pytest.raises(DataError) as error:
        disagreements.refuse_beyond(dti.index, compared, ["why"])
    first, *_others, why = str(error.value).splitlines()
    assert first.startswith("data/raw/dti/dti-63-2022-2024.csv, row 2: Đà Nẵng, 2022: overall ")
    assert "0.8012" in first and "`tolerance` in data/raw/dti/index.yml" in first and why == "why"
