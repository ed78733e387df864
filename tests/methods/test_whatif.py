"""What if: against counting by hand, over ties, gaps and intervals; then Phú Thọ's figures."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.methods.ranking import competition_ranks
from helpers.methods.whatif import BEST, MEDIAN, least_gain, next_goal, rank_after, what_if

SCORE = st.one_of(st.just(np.nan), st.integers(0, 12).map(lambda n: n / 4))
TABLES = st.lists(SCORE, min_size=2, max_size=9).map(np.array)
WIDTHS = st.lists(st.sampled_from([0.0, 0.25, 0.5]), min_size=9, max_size=9).map(np.array)
GAINS = st.lists(st.integers(-8, 8).map(lambda n: n / 8), min_size=1, max_size=3)


@given(TABLES, GAINS)
def test_a_rank_after_a_gain_is_that_of_the_table_with_the_gain_in_it(table, gains):
    found = rank_after(table, np.tile(gains, (len(table), 1)))
    for unit in range(len(table)):
        for k, gain in enumerate(gains):
            changed = table.copy()
            changed[unit] += gain
            np.testing.assert_equal(found.value[unit, k], competition_ranks(changed)[unit])


@given(TABLES, WIDTHS, GAINS)
def test_the_bounds_are_the_extremes_of_tables_inside_the_intervals(table, widths, gains):
    half = widths[: len(table)]
    low, high = table - half, table + half
    found = rank_after(table, gains[0], low, high)
    for unit in range(len(table)):
        for own, others, end in ((high, low, found.low), (low, high, found.high)):
            extreme = others.copy()
            extreme[unit] = own[unit] + gains[0]
            np.testing.assert_equal(end[unit], competition_ranks(extreme)[unit])
    ranked = ~np.isnan(table)
    assert (found.low <= found.value)[ranked].all() and (found.value <= found.high)[ranked].all()


@given(TABLES, WIDTHS, st.integers(1, 10))
def test_the_least_gain_reaches_the_place_and_nothing_less_does(table, widths, place):
    half = widths[: len(table)]
    found = least_gain(table, place, table - half, table + half)
    known = ~np.isnan(table)
    assert (np.isnan(found.value) == ~known).all()
    after = rank_after(table, found.value, table - half, table + half)
    assert (after.value[known] <= place).all()
    short = rank_after(table, found.value - 1e-3).value
    assert ((short > place) | (found.value == 0))[known].all()
    assert (found.low <= found.value)[known].all() and (found.value <= found.high)[known].all()
    sure = rank_after(table, found.high, table - half, table + half)
    assert (sure.high[known] <= place).all()
    possible = rank_after(table, found.low, table - half, table + half)
    assert (possible.low[known] <= place).all()


def test_places_may_differ_from_unit_to_unit():
    table = np.array([0.9, 0.8, 0.7, 0.6])
    one = [least_gain(table, place).value for place in (1, 3)]
    both = least_gain(table, np.tile([1, 3], (4, 1))).value
    np.testing.assert_array_equal(both, np.column_stack(one))
    goals = next_goal(competition_ranks(table))
    assert np.isnan(least_gain(table, goals).value[0])
    np.testing.assert_allclose(least_gain(table, goals).value[1:], [0.1, 0.2, 0.1])
    with pytest.raises(ValueError, match="place is 0"):
        least_gain(table, 0)


def test_the_table_moves_one_indicator_by_its_weight_and_no_farther_than_its_scale():
    units = list("abcd")
    parts = pd.DataFrame({"x": [1.0, 0.6, 0.5, 0.98], "y": [0.2, 0.4, np.nan, 0.1]}, units)
    total = pd.Series([0.68, 0.52, 0.5, 0.45], units)
    weights = pd.Series({"x": 0.6, "y": 0.4})
    table = what_if(total, parts, weights).set_index(["unit", "indicator", "goal"])
    assert len(table) == 4 * 2 * 4
    assert table.loc["a", "x"].isna().all(axis=None)  # at the top: nothing to gain
    assert table.loc["c", "y"].isna().all(axis=None)  # not known
    assert table.loc[("d", "x", "0.05"), "gain"] == pytest.approx(0.02)  # all the room there is
    assert table.loc[("c", "x", MEDIAN), "gain"] == pytest.approx(0.79 - 0.5)
    assert table.loc[("d", "y", BEST), "gain"] == pytest.approx(0.3)
    for (unit, indicator, _goal), row in table.dropna().iterrows():
        assert row["gain_composite"] == pytest.approx(row["gain"] * weights[indicator])
        changed = total.copy()
        changed[unit] += row["gain_composite"]
        assert row["rank"] == competition_ranks(changed)[units.index(unit)]


def test_a_table_without_a_scale_has_no_steps_but_its_median_and_best():
    units = list("abc")
    parts = pd.DataFrame({"x": [3.0, 2.0, 1.0]}, units)
    table = what_if(parts["x"], parts, pd.Series({"x": 1.0}), top=np.inf).set_index("goal")
    assert table.loc[["0.01", "0.05"], "gain"].isna().all()
    assert table.loc[BEST].set_index("unit")["rank"].tolist()[1:] == [1, 1]
