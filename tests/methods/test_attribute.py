"""Why a rank changed, own and others and by name: the accounts add up."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from attribute_tables import NAN, few, level, rank, read_dti, two_years
from hypothesis import given

from helpers.methods.attribute import RELATIONS, own_and_others, passed


def effects_by_definition(before, after, i):
    """Own and others' effect of unit i: walk both orders."""
    old, new = np.delete(before, i), np.delete(after, i)
    start, end = rank(before[i], old), rank(after[i], new)
    own_only, others_only = rank(after[i], old), rank(before[i], new)
    own = ((start - own_only) + (others_only - end)) / 2
    return own, ((start - others_only) + (own_only - end)) / 2


@pytest.fixture(scope="module")
def dti():
    return read_dti()


# Own and others


@few
@given(two_years())
def test_effects_are_those_of_the_definition_and_sum_exactly(tables):
    before, after = tables
    table = own_and_others(before, after)
    for i in range(len(before)):
        row = table.loc[i]
        if np.isnan(before[i]) or np.isnan(after[i]):
            assert row[["change", "own_effect", "others_effect"]].isna().all()
            continue
        expected = effects_by_definition(before, after, i)
        assert (row["own_effect"], row["others_effect"]) == expected
        assert row["own_effect"] + row["others_effect"] == row["change"]
    for scores, ranks in ((before, table["rank_from"]), (after, table["rank_to"])):
        expected = pd.Series(scores).rank(method="min", ascending=False)
        pd.testing.assert_series_equal(ranks.astype("float64"), expected, check_names=False)


@few
@given(two_years(), st.randoms(use_true_random=False))
def test_order_and_names_of_units_change_nothing(tables, random):
    names = [f"unit {i}" for i in range(len(tables[0]))]
    before, after = (pd.Series(table, index=names) for table in tables)
    shuffled = random.sample(names, len(names))
    table = own_and_others(before, after)
    pd.testing.assert_frame_equal(
        own_and_others(before[shuffled], after[shuffled]), table.loc[shuffled]
    )
    pd.testing.assert_frame_equal(own_and_others(before[shuffled], after), table.loc[shuffled])
    pd.testing.assert_frame_equal(own_and_others(*tables).set_axis(names), table)


@few
@given(two_years(level), st.data())
def test_who_did_not_move_has_no_effect(tables, data):
    before, after = tables
    i = data.draw(st.integers(0, len(before) - 1))
    after[i] = before[i]
    assert own_and_others(before, after).loc[i, "own_effect"] == 0
    alone = before.copy()
    alone[i] = data.draw(level)
    row = own_and_others(before, alone).loc[i]
    assert row["others_effect"] == 0
    assert row["own_effect"] == row["change"]


def test_columns_are_taken_one_by_one():
    rng = np.random.default_rng(0)
    before, after = (
        pd.DataFrame(rng.integers(0, 9, (20, 3)), columns=["a", "b", "c"]) for _ in range(2)
    )
    table = own_and_others(before, after[["c", "a", "b"]])
    assert table.index.names == ["unit", "indicator"]
    assert list(table.index[:3]) == [(0, "a"), (0, "b"), (0, "c")]
    for column in before:
        pd.testing.assert_frame_equal(
            table.xs(column, level="indicator"),
            own_and_others(before[column], after[column]).rename_axis("unit"),
        )


def test_a_unit_that_joins_is_a_rival_and_has_no_change_itself():
    before, after = pd.Series({"A": 3.0, "B": 2.0}), pd.Series({"B": 2.0, "A": 3.0, "C": 4.0})
    table = own_and_others(before, after)
    assert table.loc["A", ["change", "own_effect", "others_effect"]].tolist() == [-1, 0, -1]
    assert table.loc["C", "rank_to"] == 1
    assert table.loc["C"].drop("rank_to").isna().all()


def test_levels_within_the_tolerance_are_ties():
    before, after = [0.1 + 0.2, 0.3], [0.3, 0.3]
    assert own_and_others(before, after)["rank_from"].tolist() == [1, 1]
    assert own_and_others(before, after, tolerance=0)["rank_from"].tolist() == [1, 2]


def test_one_unit_none_and_all_tied():
    assert own_and_others([0.4], [0.9]).loc[0].tolist() == [1, 1, 0, 1, 1, 0, 0]
    assert own_and_others(np.array([]), np.array([])).empty
    tied = own_and_others([1.0] * 5, [2.0] * 5)
    assert (tied["rank_from"] == 1).all()
    assert (tied["change"] == 0).all()
    # A unit that had not moved with the rest would have been last: each effect has its half.
    assert (tied["own_effect"] == 2).all()
    assert (tied["others_effect"] == -2).all()


def test_phu_tho_2023_fell_though_its_score_rose(dti):
    before, after = dti[2022]["DTI_Tong"], dti[2023]["DTI_Tong"]
    assert after["Phú Thọ"] > before["Phú Thọ"]
    row = own_and_others(before, after).loc["Phú Thọ"]
    assert row.tolist() == [23, 43, -20, 8, 57, 14.5, -34.5]


# By name


@few
@given(two_years())
def test_names_sum_to_the_effects(tables):
    before, after = tables
    effects = own_and_others(before, after)
    for i in np.flatnonzero(~np.isnan(before + after)).tolist():
        names = passed(before, after, i)
        assert len(names) == len(before) - 1
        assert names["contribution"].sum() == effects.loc[i, "change"]
        assert names["own_share"].sum() == effects.loc[i, "own_effect"]
        assert names["others_share"].sum() == effects.loc[i, "others_effect"]
        assert (names["own_share"] + names["others_share"] == names["contribution"]).all()
        was, now = names["place_from"].eq("above"), names["place_to"].eq("above")
        assert (names["contribution"] == was.astype(int) - now.astype(int)).all()


def test_the_table_of_names_says_what_happened():
    before = pd.Series({"us": 5.0, "ahead": 6, "lead": 9, "twin": 5, "small": 1, "gone": 7})
    after = pd.Series({"us": 5.5, "ahead": 5, "lead": 9, "twin": 6, "small": 5.5, "new": 8})
    names = passed(before, after, "us").set_index("other")
    assert names[["relation", "contribution"]].T.to_dict("list") == {
        "ahead": ["passed", 1],
        "gone": ["left_from_above", 1],
        "lead": ["still_above", 0],
        "small": ["caught_by", 0],
        "new": ["entered_above", -1],
        "twin": ["fell_behind", -1],
    }
    ahead = names.loc["ahead"]
    assert ahead[["score_from", "score_to", "rank_from", "rank_to"]].tolist() == [6, 5, 3, 6]
    # From 5 to 5.5 is not past 6, nor needed to be level with 5: the other's fall did it.
    assert ahead[["own_share", "others_share"]].tolist() == [0, 1]
    assert set(names["relation"]) <= set(RELATIONS.values())


def test_several_units_at_once_and_phu_tho_by_name(dti):
    before, after = dti[2022]["DTI_Tong"], dti[2023]["DTI_Tong"]
    names = passed(before, after, ["Phú Thọ", "Vĩnh Phúc"])
    sums = names.groupby("unit")["contribution"].sum()
    assert sums.to_dict() == {"Phú Thọ": -20, "Vĩnh Phúc": -26}
    ours = names[names["unit"] == "Phú Thọ"]
    assert ours["relation"].value_counts().to_dict() == {
        "still_above": 21,
        "passed_by": 21,
        "still_below": 19,
        "passed": 1,
    }
    assert ours["other"].iloc[0] == "Vĩnh Phúc"
    pd.testing.assert_frame_equal(passed(before, after, "Phú Thọ"), ours)


# Wrong input

ONES = np.ones((2, 2))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: own_and_others([1, 2], [1, 2, 3]), "before has shape"),
        (lambda: own_and_others([1, np.inf], [1, 2]), "infinite for unit '1'"),
        (lambda: own_and_others([1, 2], pd.Series([1, 2])), "label both or neither"),
        (lambda: own_and_others([1, 2], [[1], [2]]), "single column"),
        (lambda: own_and_others(["a"], [1]), "not numbers"),
        (lambda: own_and_others(1.0, 2.0), "0 dimensions"),
        (lambda: own_and_others([1], [1], tolerance=-1), "tolerance is -1"),
        (lambda: own_and_others(pd.Series([1, 2], index=[7, 7]), pd.Series([1])), "'7' occurs"),
        (lambda: own_and_others(pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [1]})), "only: a, b"),
        (lambda: passed([1, 2], [1, 2], 5), "'5' is in neither table"),
        (lambda: passed([1, NAN], [1, 2], 1), "no score before"),
        (lambda: passed([1, 2], [1, 2], []), "no unit asked for"),
        (lambda: passed(ONES, ONES, 0), "one column at a time"),
    ],
)
def test_wrong_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
