"""Exact sets for counts: theorems, hand-computed values, then bad input."""

from math import comb

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.methods.infer import multinomial_rank_confidence_sets

KINDS = st.sampled_from(("marginal", "simultaneous"))
SIDES = st.sampled_from(("two", "lower", "upper"))
CORRECTIONS = st.sampled_from(("holm", "bonferroni"))
COUNTS = st.lists(st.one_of(st.integers(0, 12), st.integers(0, 400)), min_size=1, max_size=8)
few = settings(max_examples=40, deadline=None)


def inside(inner, outer):
    return bool(((inner.lower >= outer.lower) & (inner.upper <= outer.upper)).all())


@few
@given(COUNTS, KINDS, SIDES, CORRECTIONS, st.sampled_from(("high", "low")))
def test_set_holds_the_rank(counts, kind, sided, correction, best):
    found = multinomial_rank_confidence_sets(
        counts, kind=kind, sided=sided, correction=correction, best=best
    )
    p = len(counts)
    assert ((found.lower >= 1) & (found.lower <= found["rank"])).all()
    assert ((found["rank"] <= found.upper) & (found.upper <= p)).all()
    ranks = pd.Series(counts).rank(ascending=best == "low", method="min")
    assert found["rank"].tolist() == ranks.tolist()
    if sided == "lower":
        assert (found.upper == p).all()
    if sided == "upper":
        assert (found.lower == 1).all()


@few
@given(COUNTS, KINDS, SIDES, CORRECTIONS)
def test_nesting(counts, kind, sided, correction):
    def sets(**options):
        chosen = {"kind": kind, "sided": sided, "correction": correction, **options}
        return multinomial_rank_confidence_sets(counts, **chosen)

    assert inside(sets(level=0.7), sets(level=0.95))
    assert inside(sets(kind="marginal"), sets(kind="simultaneous"))
    assert inside(sets(correction="holm"), sets(correction="bonferroni"))


@few
@given(COUNTS, KINDS, CORRECTIONS, st.randoms(use_true_random=False))
def test_order_and_names_do_not_matter(counts, kind, correction, random):
    table = pd.Series(counts, [f"party {place}" for place in range(len(counts))])
    order = list(table.index)
    random.shuffle(order)
    found, moved = (
        multinomial_rank_confidence_sets(given, kind=kind, correction=correction)
        for given in (table, table[order])
    )
    pd.testing.assert_frame_equal(moved.loc[table.index], found)


def tail(successes, total):
    """P(binomial(total, 1/2) >= successes), by hand."""
    return sum(comb(total, k) for k in range(successes, total + 1)) / 2**total


def test_two_categories_by_hand():
    # Two one-sided tests at half of 5 % each: rejected iff the tail is at most 0.025.
    assert tail(15, 20) <= 0.025 < tail(14, 20)
    clear = multinomial_rank_confidence_sets([15, 5])
    close = multinomial_rank_confidence_sets([14, 6])
    assert clear[["lower", "upper"]].to_numpy().tolist() == [[1, 1], [2, 2]]
    assert close[["lower", "upper"]].to_numpy().tolist() == [[1, 2], [1, 2]]
    # One-sided there is one test, at 5 %: 14 of 20 still is not enough, 15 of 20 is.
    assert tail(14, 20) > 0.05 >= tail(15, 20)
    lower = multinomial_rank_confidence_sets([14, 6], sided="lower")
    assert lower[["lower", "upper"]].to_numpy().tolist() == [[1, 2], [1, 2]]


def test_holm_goes_on_where_bonferroni_stops():
    # For the first category four tests. 28 v 0 falls first; then 28 v 13 has to meet 5 %/3, not /4.
    assert 0.05 / 4 < tail(28, 41) <= 0.05 / 3
    counts = [28, 13, 0]
    plain = multinomial_rank_confidence_sets(counts, correction="bonferroni")
    holm = multinomial_rank_confidence_sets(counts, correction="holm")
    assert plain.loc[0].tolist() == [1, 1, 2]
    assert holm.loc[0].tolist() == [1, 1, 1]


def test_holm_begins_as_strictly_as_bonferroni():
    # Two tests: the smaller tail has to meet 5 %/2, though it would meet 5 %.
    assert 0.05 / 2 < tail(15, 21) <= 0.05
    for correction in ("bonferroni", "holm"):
        found = multinomial_rank_confidence_sets([15, 6], correction=correction)
        assert found[["lower", "upper"]].to_numpy().tolist() == [[1, 2], [1, 2]]


def test_nothing_observed_says_nothing():
    found = multinomial_rank_confidence_sets([0, 0, 0])
    assert found.to_numpy().tolist() == [[1, 1, 3]] * 3


def test_level_holds_exactly_in_small_samples():
    numbers = np.random.default_rng(3)
    counts = numbers.multinomial(40, [0.1, 0.2, 0.3, 0.4], size=400)
    ranks = np.array([4, 3, 2, 1])
    hits = [
        ((found.lower <= ranks) & (ranks <= found.upper)).all()
        for found in (multinomial_rank_confidence_sets(row, kind="simultaneous") for row in counts)
    ]
    assert np.mean(hits) >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / 400)


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ([1, -2], "-2.0 for category 1; expected whole numbers"),
        ([1.5, 2], "1.5 for category 0"),
        ([1, np.nan], "no number for unit 1"),
        ([], "empty"),
    ],
)
def test_bad_counts_are_named(counts, message):
    with pytest.raises(ValueError, match=message):
        multinomial_rank_confidence_sets(counts)


def test_unknown_correction_is_named():
    with pytest.raises(ValueError, match="correction is 'none'; expected one of holm, bonferroni"):
        multinomial_rank_confidence_sets([1, 2], correction="none")
