"""Bounds of a rank change and its effects: attained, and never passed."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from attribute_tables import NAN, read_dti
from hypothesis import given, settings

from helpers.methods.attribute import effect_bounds, own_and_others

EFFECTS = {"change": "change", "own": "own_effect", "others": "others_effect"}


@st.composite
def intervals(draw, most=3, widest=2):
    """Two years of intervals, some of them points, some units absent."""
    units = draw(st.integers(1, most))
    tables = []
    for _ in range(2):
        low = np.array(draw(st.lists(st.integers(0, 3), min_size=units, max_size=units)), float)
        width = draw(st.lists(st.integers(0, widest), min_size=units, max_size=units))
        table = np.column_stack([low, low + width])
        table[list(draw(st.sets(st.integers(0, units - 1), max_size=1)))] = NAN
        tables.append(table)
    return tables


def all_scores(before, after):
    """Every choice of scores on a grid of halves within the intervals, (units, choices)."""
    grids = [
        np.array([NAN]) if np.isnan(low) else np.arange(low, high + 0.25, 0.5)
        for low, high in np.vstack([before, after])
    ]
    choices = np.stack(np.meshgrid(*grids, indexing="ij")).reshape(len(grids), -1)
    return choices[: len(before)], choices[len(before) :]


@settings(max_examples=100, deadline=None)
@given(intervals())
def test_bounds_are_attained_and_never_passed(tables):
    bounds = effect_bounds(*tables)
    old, new = all_scores(*tables)
    for i in range(len(old)):
        if np.isnan(old[i, 0]) or np.isnan(new[i, 0]):
            assert bounds.loc[i].isna().all()
            continue
        x, y = old[i], new[i]
        a, b = np.delete(old, i, axis=0), np.delete(new, i, axis=0)
        start, end = (a > x).sum(axis=0), (b > y).sum(axis=0)
        own_only, others_only = (a > y).sum(axis=0), (b > x).sum(axis=0)
        own = (start - own_only + others_only - end) / 2
        others = (start - others_only + own_only - end) / 2
        found = [f(effect) for effect in (start - end, own, others) for f in (np.min, np.max)]
        assert bounds.loc[i].tolist() == found


@settings(max_examples=40, deadline=None)
@given(intervals(most=8, widest=0))
def test_exact_scores_have_exact_effects(tables):
    bounds = effect_bounds(*tables)
    effects = own_and_others(*(table[:, 0] for table in tables))
    for bound, effect in EFFECTS.items():
        for end in ("low", "high"):
            pd.testing.assert_series_equal(
                bounds[f"{bound}_{end}"], effects[effect], check_names=False
            )


@settings(max_examples=40, deadline=None)
@given(intervals(most=6), st.integers(0, 4))
def test_wider_intervals_have_wider_bounds(tables, by):
    bounds = effect_bounds(*tables).dropna()
    wider = effect_bounds(*(table + np.array([-by, by]) / 2 for table in tables)).dropna()
    for bound in EFFECTS:
        assert (wider[f"{bound}_low"] <= bounds[f"{bound}_low"]).all()
        assert (bounds[f"{bound}_high"] <= wider[f"{bound}_high"]).all()


def test_bounds_hold_the_effects_of_rounded_scores():
    rng = np.random.default_rng(2)
    dti = read_dti()
    years = [dti[year]["DTI_Tong"] for year in (2022, 2023)]
    bounds = effect_bounds(*(pd.DataFrame({"high": y + 5e-5, "low": y - 5e-5}) for y in years))
    assert bounds.loc["Phú Thọ"].tolist() == [-20, -20, 14.5, 14.5, -34.5, -34.5]
    assert (bounds["change_high"] > bounds["change_low"]).any()
    for _ in range(20):
        drawn = own_and_others(*(y + rng.uniform(-5e-5, 5e-5, len(y)) for y in years))
        for bound, effect in EFFECTS.items():
            within = drawn[effect].between(bounds[f"{bound}_low"], bounds[f"{bound}_high"])
            assert within.all()


def test_a_narrow_interval_within_a_wide_one():
    # Unit 0 surely fell from 10 to 0. Two of the others cannot leave what it fell through,
    # two can: at best it lost to two, at worst to all four.
    others = [[4, 5], [3, 6], [-1, 5], [4, 12]]
    bounds = effect_bounds([[10, 10], *others], [[0, 0], *others])
    assert bounds.loc[0, ["own_low", "own_high"]].tolist() == [-4, -2]


def test_working_in_chunks_changes_no_bound(monkeypatch):
    rng = np.random.default_rng(4)
    low = rng.random((2, 30, 1))
    before, after = np.concatenate([low, low + rng.random((2, 30, 1)) / 4], axis=2)
    whole = effect_bounds(before, after)
    monkeypatch.setattr("helpers.methods.attribute.bound.CHUNK", 100)  # three units at a time
    pd.testing.assert_frame_equal(effect_bounds(before, after), whole)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ([[2, 1]], [[1, 2]], "unit '0' before is 2.0 to 1.0"),
        ([[1, 2]], [[1, NAN]], "unit '0' after is 1.0 to nan"),
        ([1, 2], [1, 2], "expected low and high"),
        ([[1, 2, 3]], [[1, 2, 3]], "expected low and high"),
        ([[1, 2]], [[1, 2], [1, 2]], "before has shape"),
        ([[1, np.inf]], [[1, 2]], "infinite"),
    ],
)
def test_wrong_intervals_are_named(before, after, message):
    with pytest.raises(ValueError, match=message):
        effect_bounds(before, after)
