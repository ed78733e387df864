"""Why a rank changed, by part and by scheme: the accounts add up."""

from __future__ import annotations

import itertools

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from attribute_tables import NAN, additive, few, rank, read_dti, two_years
from hypothesis import given

from helpers.methods.attribute import own_and_others, reweighting, shapley

POINTS = {"HaTangSo": 100, "DTI_ChinhQuyenSo": 200, "DTI_KinhTeSo": 150, "DTI_XaHoiSo": 150}


def shapley_by_definition(before, after, i, block):
    """Mean marginal effect over all orders in which parts and others can change."""
    parts = before.shape[1]
    orders = list(itertools.permutations(range(parts + 1)))
    if block:  # the others come first or last, never between own parts
        orders = [order for order in orders if order.index(parts) in (0, parts)]
    rivals = [np.delete(table.sum(axis=1), i) for table in (before, after)]
    shares = np.zeros(parts + 1)
    for order in orders:
        own, year = before[i].copy(), 0
        last = rank(own.sum(), rivals[year])
        for part in order:
            if part == parts:
                year = 1
            else:
                own[part] = after[i][part]
            now = rank(own.sum(), rivals[year])
            shares[part] += last - now
            last = now
    return shares / len(orders)


@pytest.fixture(scope="module")
def dti():
    return read_dti()


@pytest.fixture(scope="module")
def dti_parts(dti):
    return {
        year: parts.assign(foundation=rows["DTI_Tong"] - parts.sum(axis=1))
        for year, rows in dti.items()
        for parts in [rows[list(POINTS)] * (pd.Series(POINTS) / 1000)]
    }


# By part


@few
@given(additive(), st.booleans())
def test_shares_are_those_of_the_definition(tables, block):
    before, after = (pd.DataFrame(table) for table in tables)
    shares = shapley(before, after, others_as="block" if block else "part")
    effects = own_and_others(before.sum(axis=1, skipna=False), after.sum(axis=1, skipna=False))
    for i in range(len(before)):
        if effects.loc[i].isna().any():
            assert shares.loc[i].isna().all()
            continue
        expected = shapley_by_definition(*tables, i, block)
        np.testing.assert_allclose(shares.loc[i], expected, atol=1e-12)
        assert abs(shares.loc[i].sum() - effects.loc[i, "change"]) < 1e-12
        if block or before.shape[1] == 1:
            assert shares.loc[i, "others"] == effects.loc[i, "others_effect"]


@few
@given(additive(), st.sampled_from(["block", "part"]), st.sampled_from([0.0, 0.1, 0.3]), st.data())
def test_a_part_that_only_rose_helped_and_one_that_stayed_did_nothing(tables, kind, rise, data):
    before, after = tables
    part = data.draw(st.integers(0, before.shape[1] - 1))
    both = ~np.isnan(before + after).any(axis=1)
    after[both, part] = before[both, part] + rise
    share = shapley(pd.DataFrame(before), pd.DataFrame(after), others_as=kind)[part].dropna()
    assert len(share) == both.sum()
    assert (share >= 0).all()
    if rise == 0:
        assert (share == 0).all()


@few
@given(additive(), st.randoms(use_true_random=False))
def test_order_of_units_and_parts_changes_no_share(tables, random):
    before, after = (pd.DataFrame(table).add_prefix("p") for table in tables)
    shares = shapley(before, after)
    rows, parts = (random.sample(list(axis), len(axis)) for axis in before.axes)
    again = shapley(before.loc[rows, parts], after.loc[rows])
    pd.testing.assert_frame_equal(again[shares.columns], shares.loc[rows], atol=1e-12)


def test_twelve_parts_agree_with_the_same_parts_in_fewer_hands():
    rng = np.random.default_rng(1)
    before, after = (pd.DataFrame(rng.random((40, 12))).add_prefix("p") for _ in range(2))
    moved = ["p0", "p1", "p2", "p3"]
    still = [part for part in before if part not in moved]
    after[still] = before[still]  # these do nothing, whatever they are worth
    groups = {part: part if part in moved else "rest" for part in before}
    for kind in ("block", "part"):
        shares = shapley(before, after, others_as=kind)
        assert (shares[still] == 0).all(axis=None)
        fewer = shapley(before, after, groups=groups, others_as=kind)
        named = [*moved, "others"]
        pd.testing.assert_frame_equal(shares[named], fewer[named], atol=1e-11)


@few
@given(additive(), st.sampled_from(["block", "part"]))
def test_shares_sum_to_the_change_without_any_tolerance(tables, kind):
    shares = shapley(*(pd.DataFrame(table) for table in tables), others_as=kind, tolerance=0)
    effects = own_and_others(*(table.sum(axis=1) for table in tables), tolerance=0)
    change = effects["change"].astype("float64")
    np.testing.assert_allclose(shares.sum(axis=1, skipna=False), change, atol=1e-12)


def test_working_in_chunks_changes_no_share(monkeypatch):
    rng = np.random.default_rng(3)
    before, after = (pd.DataFrame(rng.integers(0, 9, (30, 4)) / 10) for _ in range(2))
    whole = shapley(before, after)
    monkeypatch.setattr("helpers.methods.attribute.share.CHUNK", 1 << 7)  # four units at a time
    pd.testing.assert_frame_equal(shapley(before, after), whole)


def test_phu_tho_by_part_and_by_pillar(dti, dti_parts):
    effects = own_and_others(dti[2022]["DTI_Tong"], dti[2023]["DTI_Tong"])
    shares = shapley(dti_parts[2022], dti_parts[2023])
    np.testing.assert_allclose(shares.sum(axis=1), effects["change"].astype(float), atol=1e-12)
    assert (shares["others"] == effects["others_effect"]).all()
    mine = shares.loc["Phú Thọ"]
    assert mine.drop("others").sum() == pytest.approx(14.5, abs=1e-12)
    np.testing.assert_allclose(
        mine,
        shapley_by_definition(
            dti_parts[2022].to_numpy(),
            dti_parts[2023].loc[dti_parts[2022].index].to_numpy(),
            dti_parts[2022].index.get_loc("Phú Thọ"),
            block=True,
        ),
        atol=1e-12,
    )
    assert mine.round(4).tolist() == [-0.8167, 10.1, -1.8167, 4.3083, 2.725, -34.5]
    groups = {
        "HaTangSo": "foundation",
        "foundation": "foundation",
        "DTI_ChinhQuyenSo": "government",
        "DTI_KinhTeSo": "economy",
        "DTI_XaHoiSo": "society",
    }
    pillars = shapley(dti_parts[2022], dti_parts[2023], groups=groups, units=["Phú Thọ"])
    assert pillars.columns.tolist() == ["foundation", "government", "economy", "society", "others"]
    assert pillars.loc["Phú Thọ"].tolist() == [1.625, 10.125, -1.625, 4.375, -34.5]


def test_units_known_by_score_alone_are_ranked_against(dti, dti_parts):
    some = ["Phú Thọ", "Vĩnh Phúc", "TP. Huế"]
    full = shapley(dti_parts[2022], dti_parts[2023])
    old, new = (dti_parts[year].loc[some] for year in (2022, 2023))
    scores = {"scores_before": dti[2022]["DTI_Tong"], "scores_after": dti[2023]["DTI_Tong"]}
    partial = shapley(old, new, **scores)
    pd.testing.assert_frame_equal(partial.loc[some], full.loc[some])
    assert partial.drop(index=some).isna().all(axis=None)
    with pytest.raises(ValueError, match=r"'Phú Thọ' before do not sum to its score"):
        shapley(old + 0.01, new, **scores)


# By scheme


points = st.lists(st.integers(0, 3), min_size=3, max_size=3).filter(any)


@few
@given(two_years(columns=3), points, points)
def test_scheme_and_data_sum_exactly(tables, old, new):
    before, after = (pd.DataFrame(table) for table in tables)
    old, new = dict(enumerate(old)), dict(enumerate(new))
    table = reweighting(before, after, old, new)
    used = [column for column in before if old[column] or new[column]]
    whole = before[used].notna().all(axis=1) & after[used].notna().all(axis=1)
    assert (table["change"].notna() == whole).all()
    known = table[whole]
    assert (known["scheme_effect"] + known["data_effect"] == known["change"]).all()
    assert (known["own_effect"] + known["others_effect"] == known["data_effect"]).all()
    assert table.loc[~whole, "scheme_effect":].isna().all(axis=None)
    same = reweighting(before, after, old, old)
    assert same["scheme_effect"].dropna().eq(0).all()
    frozen = reweighting(before, before, old, new).dropna()
    assert (frozen["scheme_effect"] == frozen["change"]).all()
    assert (frozen[["own_effect", "others_effect"]] == 0).all(axis=None)


def test_a_rise_that_the_new_weights_made():
    indicators = pd.DataFrame({"roads": [9, 5, 1], "schools": [1, 4, 9]}, index=["A", "B", "C"])
    later = indicators.assign(roads=[9, 5, 4])
    table = reweighting(indicators, later, {"roads": 2, "schools": 1}, {"roads": 1, "schools": 2})
    # Thirds of points, A B C: old data 19 14 11, then 11 13 19; new data 19 14 17, then 11 13 22.
    assert table.loc["C"].tolist() == [3, 1, 2, 1, 2, 1.5, 0.5, 0.5, 0]
    assert table.loc["A", ["change", "scheme_effect", "data_effect"]].tolist() == [-2, -2, 0]


# Wrong input


def grouped(groups):
    table = pd.DataFrame({"a": [1.0], "b": [2.0]})
    return shapley(table, table, groups=groups)


def weighted(weights):
    table = pd.DataFrame({"a": [1.0, 2], "b": [2.0, 3]})
    return reweighting(table, table, {"a": 1, "b": 1}, weights)


ONES = np.ones((2, 2))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: shapley(np.ones((2, 13)), np.ones((2, 13))), "13 parts given"),
        (lambda: shapley(np.ones((2, 0)), np.ones((2, 0))), "0 parts given"),
        (lambda: shapley(ONES, np.ones((3, 2))), "before has shape"),
        (lambda: shapley(np.array([[1, NAN]]), np.ones((1, 2))), "'0' lacks some of its parts"),
        (lambda: shapley(np.array([[1, np.inf]]), np.ones((1, 2))), "infinite"),
        (lambda: shapley(ONES, ONES, others_as="all"), "'block' or 'part'"),
        (lambda: shapley(ONES, ONES, units=[7]), "'7' is in neither"),
        (lambda: shapley(ONES, ONES, others=1), "'1' is a part already"),
        (lambda: shapley(ONES, ONES, scores_before=pd.Series([2, 2])), "without labels"),
        (lambda: grouped({"a": "x"}), "groups do not fit .*: b"),
        (lambda: weighted({"a": 1}), "weights_after do not fit .*: b"),
        (lambda: weighted({"a": 1, "b": -1}), ">= 0"),
        (lambda: weighted({"a": 0, "b": 0}), "not all 0"),
        (lambda: weighted({"a": 1, "b": NAN}), "finite"),
        (lambda: shapley(pd.DataFrame({"a": ["x"]}), pd.DataFrame({"a": ["x"]})), "not numbers"),
        (lambda: reweighting(ONES, ONES, {0: 1}, {0: 1, 1: 1}), "weights_before do not fit"),
        (lambda: reweighting([1, 2], [1, 2], {0: 1}, {0: 1}), "one column given"),
    ],
)
def test_wrong_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
