"""Which ranks scores allow: rounding, ties and the conventions publishers rank ties by."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from helpers.tables.conventions import allowed_ranks, in_order_of

CONVENTIONS = {"competition": "min", "dense": "dense", "average": "average", "last": "max"}
# Scores as publishers hold them before they print fewer decimals: often level when printed.
unrounded = st.lists(st.integers(0, 4000), min_size=1, max_size=40).map(
    lambda whole: np.array(whole) / 100
)


def allowed(score, printed, decimals=0, others=0):
    half = 0.5 * 10.0**-decimals
    shown = np.round(score, decimals)
    return allowed_ranks(shown, shown - half, shown + half, np.asarray(printed, float), others)


@given(unrounded, st.sampled_from(sorted(CONVENTIONS)), st.integers(0, 2))
def test_a_ranking_of_the_unrounded_scores_is_always_allowed(score, convention, decimals) -> None:
    printed = rankdata(-score, CONVENTIONS[convention])
    found = allowed(score, printed, decimals)
    assert (found.low <= printed).all() and (printed <= found.high).all()
    assert (found.low <= found.computed).all() and (found.computed <= found.high).all()


@given(unrounded, st.randoms())
def test_ties_parted_by_something_else_are_allowed(score, chance) -> None:
    order = sorted(range(len(score)), key=lambda n: (-np.round(score[n]), chance.random()))
    printed = np.empty(len(score))
    printed[order] = np.arange(1, len(score) + 1)
    exact = np.round(score)
    found = allowed_ranks(exact, exact, exact, printed)
    assert (found.low <= printed).all() and (printed <= found.high).all()


@given(st.integers(8, 60), st.data())
def test_a_unit_moved_is_told_by_its_own_distance_and_the_others_by_one(n, data) -> None:
    score = np.arange(n, 0, -1.0)
    printed = np.arange(1.0, n + 1)
    at = data.draw(st.integers(4, n - 1))
    to = data.draw(st.integers(0, at - 4))
    score[at] = score[to] + 0.5
    found = allowed_ranks(score, score, score, printed)
    apart = np.maximum(found.low - printed, printed - found.high).clip(0)
    assert apart[at] == at - to and np.argmax(apart) == at
    assert (np.delete(apart, at) <= 1).all() and np.count_nonzero(apart) == at - to + 1


def test_dense_ranks_with_one_score_mistyped_are_still_read_as_dense() -> None:
    score = np.repeat(np.arange(20.0, 0, -1), 3)
    printed = rankdata(-score, "dense")
    score[50] = 19.5
    found = allowed_ranks(score, score, score, printed)
    apart = np.maximum(found.low - printed, printed - found.high).clip(0)
    assert found.convention == "dense" and np.argmax(apart) == 50 and apart[50] > 10


def test_units_without_a_printed_rank_may_be_left_out_of_the_count() -> None:
    score = np.array([9.0, 8.0, 7.0, 6.0, 5.0])
    found = allowed_ranks(score, score, score, np.array([1, np.nan, 2, 3, 4]))
    assert list(found.low) == [1, 2, 2, 3, 4] and list(found.high) == [1, 2, 3, 4, 5]


def test_units_whose_score_is_not_known_may_be_above() -> None:
    score = np.array([9.0, 8.0, np.nan])
    found = allowed_ranks(score, score, score, np.array([1.0, 3.0, 2.0]), others=1)
    assert list(found.low[:2]) == [1, 2] and list(found.high[:2]) == [2, 3]


@pytest.mark.parametrize(
    ("printed", "low", "high", "sound"),
    [
        ([1, 2, 3], [3, 2, 1], [3, 2, 1], True),
        ([1, 3, 2], [3, 2, 1], [3, 2, 1], False),
        ([1, 2, 2], [3, 2, 1.5], [3, 2.5, 2], True),
        ([1, 1, 2], [3, 1, 2], [3, 1, 2], False),
        ([1, 2], [2, 2], [2, 2], False),
        # The last may be above the second, but then the first is not above the last.
        ([1, 2, 3], [1, 2, 3], [1.5, 3, 3.5], False),
    ],
)
def test_an_order_that_no_scores_have_is_none(printed, low, high, sound) -> None:
    assert in_order_of(*(np.array(one, float) for one in (printed, low, high))) is sound
