"""Invariants of the measures of movement, then values worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.methods.mobility import movement
from helpers.methods.mobility.movement import overlap_of_ranks

few = settings(max_examples=40, deadline=None)
AGREEMENT = ["kendall_tau_b", "weighted_tau", "spearman", "rbo"]


@st.composite
def tables(draw, least=1, most=12, highest=8):
    """Two years of scores with ties, gaps in either, and at least one unit in both."""
    n = draw(st.integers(least, most))
    value = st.one_of(st.integers(0, highest), st.just(None)) if least == 1 else st.integers(0, 99)
    years = [draw(st.lists(value, min_size=n, max_size=n)) for _ in range(2)]
    index = [f"unit {place}" for place in range(n)]
    before, after = (pd.Series(year, index, dtype=float) for year in years)
    if (before.isna() | after.isna()).all():
        before.iloc[0] = after.iloc[0] = 1.0
    return before, after


def orders(least=2, most=12):
    return st.integers(least, most).flatmap(
        lambda n: st.tuples(*[st.permutations(range(1, n + 1))] * 2)
    )


@few
@given(tables(), st.sampled_from(("low", "high")))
def test_measures_stay_in_their_ranges_and_heads_add_up(table, best):
    row = movement(*table, best=best).loc["all"]
    n = row["units"]
    assert n + row["dropped"] == len(table[0])
    assert row["up"] + row["down"] + row["unmoved"] == n
    assert row["head_count"] == (row["up"] + row["down"]) / n
    assert 0 <= row["mean_step"] <= n - 1 and abs(row["mean_rise"]) <= row["mean_step"] + 1e-12
    assert 0 <= row["rbo"] <= 1 + 1e-12
    for name in ("kendall_tau_b", "weighted_tau", "spearman"):
        assert np.isnan(row[name]) or -1 - 1e-9 <= row[name] <= 1 + 1e-9
    for name in ("footrule_share", "dagostino_dardanoni"):
        assert (n == 1 and np.isnan(row[name])) or 0 <= row[name] <= 1 + 1e-12


@few
@given(tables(least=2, most=10), st.randoms(use_true_random=False))
def test_order_of_units_and_monotone_scores_do_not_matter(table, random):
    before, after = table
    order = list(before.index)
    random.shuffle(order)
    found = movement(before, after, best="high")
    pd.testing.assert_frame_equal(movement(before[order], after, best="high"), found)
    # Only the order counts: stretched scores, and the ranks they give, say the same.
    pd.testing.assert_frame_equal(movement(before**3, 2 * after + 1, best="high"), found)
    ranks = [year.rank(ascending=False, method="min") for year in table]
    pd.testing.assert_frame_equal(movement(*ranks), found)


@few
@given(orders())
def test_there_and_back_is_as_far(pair):
    there, back = movement(*pair).loc["all"], movement(*pair[::-1]).loc["all"]
    same = ["kendall_tau_b", "weighted_tau", "spearman", "rbo", "footrule", "mean_step"]
    np.testing.assert_allclose(there[same].astype(float), back[same].astype(float))
    assert (there["up"], there["down"]) == (back["down"], back["up"])
    assert there["mean_rise"] == -back["mean_rise"] == 0


@few
@given(orders())
def test_measures_without_ties_keep_their_identities(pair):
    row = movement(*pair).loc["all"]
    assert row["dagostino_dardanoni"] == pytest.approx((1 - row["spearman"]) / 2)
    assert row["footrule"] == pytest.approx(row["mean_step"] * row["units"])
    # Diaconis and Graham (1977): inversions + least exchanges <= footrule <= 2 inversions.
    n = row["units"]
    inversions = (1 - row["kendall_tau_b"]) * n * (n - 1) / 4
    assert inversions - 1e-9 <= row["footrule"] <= 2 * inversions + 1e-9


@pytest.mark.parametrize("n", [2, 5, 8])
def test_no_move_and_full_reversal_are_the_ends(n):
    ranks = np.arange(1, n + 1)
    still, turned = movement(ranks, ranks).loc["all"], movement(ranks, ranks[::-1]).loc["all"]
    assert still[AGREEMENT].tolist() == pytest.approx([1] * 4)
    assert still[["footrule", "dagostino_dardanoni", "head_count", "mean_step"]].eq(0).all()
    assert turned[["kendall_tau_b", "spearman"]].tolist() == pytest.approx([-1, -1])
    assert turned[["footrule_share", "dagostino_dardanoni"]].tolist() == pytest.approx([1, 1])
    assert turned["unmoved"] == n % 2


@few
@given(tables(most=12), st.data())
def test_regions_add_up_to_the_table(table, data):
    regions = pd.Series(
        data.draw(st.lists(st.sampled_from("NCS"), min_size=len(table[0]), max_size=len(table[0]))),
        table[0].index,
    )
    found = movement(*table, regions=regions)
    assert found.index[0] == "all" and found.index[1:].is_monotonic_increasing
    additive = ["units", "up", "down", "unmoved", "footrule"]
    if found.loc["all", "units"] > 1:
        additive += ["footrule_share", "dagostino_dardanoni"]
    np.testing.assert_allclose(found.iloc[1:][additive].sum(), found.loc["all", additive])


def test_five_units_by_hand():
    # a 1 -> 2, b 2 -> 3, c 3 -> 4, d 4 -> 1, e 5 -> 5: d passed three others.
    row = movement([1, 2, 3, 4, 5], [2, 3, 4, 1, 5]).loc["all"]
    assert row["kendall_tau_b"] == pytest.approx((7 - 3) / 10)
    assert row["spearman"] == pytest.approx(1 - 6 * 12 / (5 * 24))
    assert (row["footrule"], row["footrule_share"]) == (6, 0.5)
    assert row["dagostino_dardanoni"] == pytest.approx(12 / 40)
    assert (row["up"], row["down"], row["unmoved"], row["head_count"]) == (1, 3, 1, 0.8)
    assert row["mean_step"] == pytest.approx(6 / 5)
    # Weights 1/r + 1/s of the pairs, averaged over the two years' ranks; d's pairs are discordant.
    first = {(r, s): 1 / r + 1 / s for r in range(1, 6) for s in range(r + 1, 6)}
    later = {1: 2, 2: 3, 3: 4, 4: 1, 5: 5}
    weights = {pair: (first[pair] + sum(1 / later[place] for place in pair)) / 2 for pair in first}
    signs = {pair: -1 if 4 in pair and 5 not in pair else 1 for pair in first}
    tau = sum(signs[pair] * weights[pair] for pair in first) / sum(weights.values())
    assert row["weighted_tau"] == pytest.approx(tau)


def test_overlap_by_hand():
    first, second = np.array([1, 2, 3, 4, 5]), np.array([4, 1, 2, 3, 5])
    # Agreement at depths 1 to 5: 0, 1/2, 2/3, 1, 1.
    by_hand = 0.1 * (0.9 / 2 + 0.81 * 2 / 3 + 0.729 + 0.6561) + 0.59049
    assert overlap_of_ranks(first, second, 5, 0.9) == pytest.approx(by_hand) == pytest.approx(0.828)
    # Cut at 3 the agreement of 2/3 is taken to go on.
    cut = 0.1 * (0.9 / 2 + 0.81 * 2 / 3) + 0.729 * 2 / 3
    assert overlap_of_ranks(first, second, 3, 0.9) == pytest.approx(cut)
    assert movement(first, second, top=3).loc["all", "rbo"] == pytest.approx(cut)


def test_overlap_with_ties_by_hand():
    # Two share the first place before; S is {a, b} at depths 1 and 2, T is {a}, then {a, c}.
    first, second = np.array([1, 1, 3]), np.array([1, 3, 2])
    by_hand = 0.5 * (2 / 3 + 0.5 * 2 / 4 + 0.25 * 1) + 0.125 * 1
    assert overlap_of_ranks(first, second, 3, 0.5) == pytest.approx(by_hand)


def test_leaving_moves_nobody():
    before = pd.Series([1, 2, 3, 4], list("abcd"))
    after = pd.Series([1, 2, 3], list("bcd"))
    row = movement(before, after).loc["all"]
    assert (row["units"], row["dropped"], row["unmoved"], row["mean_step"]) == (3, 1, 3, 0)


def test_all_tied_has_no_correlation_but_no_movement_either():
    row = movement([1, 1, 1], [1, 1, 1]).loc["all"]
    assert row[["kendall_tau_b", "weighted_tau", "spearman"]].isna().all()
    assert (row["footrule"], row["rbo"], row["unmoved"]) == (0, 1, 3)


@pytest.mark.parametrize(
    ("before", "after", "options", "message"),
    [
        ([1, np.inf], [1, 2], {}, "before is infinite for unit '1'"),
        ([1, 2, 3], [1, 2], {}, "before has 3 values, after 2"),
        ([1, np.nan], [np.nan, 1], {}, "no unit in common"),
        ([], [], {}, "no unit in common"),
        (pd.Series([1, 2], ["a", "a"]), [1, 2], {}, "unit 'a' occurs twice in before"),
        ([1, 2], [1, 2], {"regions": {0: "N"}}, "no entry for unit 1 .1 in all."),
        ([1, 2], [1, 2], {"top": 0}, "top is 0"),
        ([1, 2], [1, 2], {"persistence": 1}, "persistence is 1"),
        ([1, 2], [1, 2], {"best": "first"}, "best is 'first'"),
    ],
)
def test_bad_input_is_named(before, after, options, message):
    with pytest.raises(ValueError, match=message):
        movement(before, after, **options)
