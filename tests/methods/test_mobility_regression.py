"""Regression to the mean: what must hold for any table, and what the null is for."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.methods.mobility import movement, regression_to_mean

orders = st.integers(5, 20).flatmap(lambda n: st.tuples(*[st.permutations(range(1, n + 1))] * 2))


@settings(max_examples=20, deadline=None)
@given(orders)
def test_slope_is_one_less_spearman_in_both_directions(pair):
    there, back = (regression_to_mean(*years, draws=20) for years in (pair, pair[::-1]))
    expected = 1 - movement(*pair).loc["all", "spearman"]
    assert there.loc["slope", "observed"] == pytest.approx(expected)
    assert back.loc["slope", "observed"] == pytest.approx(expected)
    assert (there["null_low"] <= there["null_high"]).all()
    assert np.isnan(there.loc["slope", "p_value"])  # its null is made to have that slope
    assert there["p_value"].iloc[1:].between(0, 1, inclusive="right").all()


@settings(max_examples=20, deadline=None)
@given(orders)
def test_rises_and_falls_of_the_classes_cancel_out(pair):
    n = len(pair[0])
    found = regression_to_mean(*pair, draws=20)
    sizes = np.bincount((np.arange(n) * 5) // n)
    for column in ("observed", "null_mean"):
        assert sizes @ found[column].iloc[1:] == pytest.approx(0, abs=1e-9)


def test_nobody_moves():
    found = regression_to_mean(np.arange(20), np.arange(20), draws=50)
    np.testing.assert_allclose(found.drop(columns="p_value"), 0, atol=1e-9)
    assert (found["p_value"].iloc[1:] == 1).all()


def test_null_has_the_rank_correlation_that_was_observed():
    numbers = np.random.default_rng(2)
    before = numbers.normal(size=200)
    after = before + 0.7 * numbers.normal(size=200)
    slope = regression_to_mean(before, after, draws=400, best="high").loc["slope"]
    assert slope["null_mean"] == pytest.approx(slope["observed"], abs=0.01)
    assert slope["null_low"] < slope["observed"] < slope["null_high"]


def test_blind_reshuffling_is_rarely_called_a_pattern():
    # Both years are a lasting position plus chance, so p-values must not be small too often.
    numbers = np.random.default_rng(4)
    small = []
    for seed in range(150):
        lasting = numbers.normal(size=40)
        years = lasting + 0.5 * numbers.normal(size=(2, 40))
        found = regression_to_mean(*years, draws=100, seed=seed, best="high")
        small.append(found["p_value"].iloc[1:] <= 0.1)
    assert np.mean(small) <= 0.1 + 3 * np.sqrt(0.1 * 0.9 / 150)


def test_a_fallen_top_is_told_from_reshuffling():
    # The ten leaders drop to the middle in a body; nobody else changes order.
    before = np.arange(1, 51)
    after = pd.Series(np.r_[before[10:30], before[:10], before[30:]]).sort_values().index + 1
    found = regression_to_mean(before, after, draws=500)
    assert found.loc["class 1", "observed"] == -20
    assert found.loc["class 1", "p_value"] < 0.01
    assert found.loc["class 5", "observed"] == 0


def test_same_seed_same_answer():
    pair = [3, 1, 2, 5, 4, 7, 6], [1, 2, 3, 4, 5, 6, 7]
    first, again = (regression_to_mean(*pair, draws=30, seed=9) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(regression_to_mean(*pair, draws=30, seed=10))


def test_all_tied_has_no_slope():
    found = regression_to_mean([1, 1, 1, 1, 1], [1, 2, 3, 4, 5])
    assert found.isna().all(axis=None)


@pytest.mark.parametrize(
    ("before", "options", "message"),
    [
        ([1, 2], {}, "2 units have both years; expected at least 3"),
        ([1, 2, 3, 4, 5], {"draws": 0}, "draws is 0"),
        ([1, 2, 3], {}, "classes is 5; expected a whole number from 2 to 3"),
        ([1, 2, 3, 4, 5], {"level": 0}, "level is 0"),
    ],
)
def test_bad_input_is_named(before, options, message):
    with pytest.raises(ValueError, match=message):
        regression_to_mean(before, before[::-1], **options)
