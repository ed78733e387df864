"""Theorems about rank confidence sets first, then the plain loop, then published values."""

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.methods.infer import best_set, rank_confidence_sets, tau_best_set, tau_worst_set

PISA = Path(__file__).parent / "peers" / "csranks" / "pisa.csv"
KINDS = ("marginal", "simultaneous")
SIDES = ("two", "lower", "upper")
few = settings(max_examples=25, deadline=None)


@st.composite
def tables(draw, most=9):
    """Estimates with ties and gaps, and standard errors that may repeat."""
    p = draw(st.integers(1, most))
    scores = st.lists(st.integers(-6, 6), min_size=p, max_size=p)
    errors = st.lists(st.sampled_from([0.2, 0.5, 1.0, 3.0]), min_size=p, max_size=p)
    index = [f"unit {place}" for place in range(p)]
    return pd.Series(draw(scores), index, dtype=float), pd.Series(draw(errors), index)


def covariances(errors: pd.Series, seed: int) -> pd.DataFrame:
    """A covariance with these variances and random correlations."""
    factors = np.random.default_rng(seed).normal(size=(len(errors), len(errors) + 2))
    matrix = factors @ factors.T + np.eye(len(errors))
    scale = errors.to_numpy() / np.sqrt(matrix.diagonal())
    return pd.DataFrame(matrix * np.outer(scale, scale), errors.index, errors.index)


def sets(table, **options):
    return rank_confidence_sets(*table, **{"draws": 60, **options})


def inside(inner: pd.DataFrame, outer: pd.DataFrame) -> bool:
    return bool(((inner.lower >= outer.lower) & (inner.upper <= outer.upper)).all())


@few
@given(tables(), st.sampled_from(KINDS), st.sampled_from(SIDES), st.booleans(), st.booleans())
def test_set_holds_the_rank_and_stays_within_the_table(table, kind, sided, step_down, correlated):
    if correlated:
        table = (table[0], covariances(table[1], 1))
    found = sets(table, kind=kind, sided=sided, step_down=step_down)
    assert ((found.lower >= 1) & (found.lower <= found["rank"])).all()
    assert ((found["rank"] <= found.upper) & (found.upper <= len(found))).all()
    ranks = table[0].rank(ascending=False, method="min").astype("int64")
    pd.testing.assert_series_equal(found["rank"], ranks, check_names=False)
    if sided == "lower":
        assert (found.upper == len(found)).all()
    if sided == "upper":
        assert (found.lower == 1).all()


@few
@given(tables(), st.sampled_from(KINDS), st.sampled_from(SIDES), st.booleans())
def test_wider_level_gives_wider_set(table, kind, sided, step_down):
    narrow, wide = (
        sets(table, kind=kind, sided=sided, step_down=step_down, level=level)
        for level in (0.6, 0.9)
    )
    assert inside(narrow, wide)


@few
@given(tables(), st.sampled_from(SIDES), st.booleans())
def test_marginal_lies_inside_simultaneous(table, sided, step_down):
    marginal, simultaneous = (
        sets(table, kind=kind, sided=sided, step_down=step_down) for kind in KINDS
    )
    assert inside(marginal, simultaneous)


@few
@given(tables(), st.sampled_from(KINDS), st.sampled_from(SIDES), st.booleans())
def test_stepping_down_only_sharpens(table, kind, sided, correlated):
    if correlated:
        table = (table[0], covariances(table[1], 2))
    once, stepped = (
        sets(table, kind=kind, sided=sided, step_down=step_down) for step_down in (False, True)
    )
    assert inside(stepped, once)


@few
@given(tables(), st.sampled_from(KINDS), st.booleans(), st.randoms(use_true_random=False))
def test_order_and_names_of_units_do_not_matter(table, kind, correlated, random):
    estimates, errors = table
    if correlated:  # exact only while (estimate, variance) tell units apart
        estimates = estimates + np.linspace(0, 0.1, len(estimates))
        errors = covariances(errors, 3)
    found = sets((estimates, errors), kind=kind)
    order = list(estimates.index)
    random.shuffle(order)
    # Labelled errors follow the estimates' order by themselves.
    moved = sets((estimates[order], errors), kind=kind)
    pd.testing.assert_frame_equal(moved.loc[estimates.index], found)
    names = pd.Index(order, name="province")
    bare = sets((pd.Series(estimates.to_numpy(), names), errors.to_numpy()), kind=kind)
    assert bare.index.equals(names)
    np.testing.assert_array_equal(bare.to_numpy(), found.to_numpy())


@few
@given(tables(), st.sampled_from(KINDS))
def test_low_is_best_mirrors_high_is_best(table, kind):
    low = sets(table, kind=kind, best="low")
    pd.testing.assert_frame_equal(low, sets((-table[0], table[1]), kind=kind))


@few
@given(tables(), st.sampled_from(KINDS))
def test_equal_units_have_equal_sets(table, kind):
    found = sets(table, kind=kind)
    units = found.assign(estimate=table[0], error=table[1])
    assert len(units.drop_duplicates()) == len(units.drop_duplicates(["estimate", "error"]))


@pytest.mark.parametrize(("kind", "sided"), [*product(KINDS, SIDES)])
def test_huge_errors_say_nothing_and_tiny_errors_say_the_rank(kind, sided):
    estimates = pd.Series([3.0, 1.0, 4.0, 1.5, 9.0])
    p = len(estimates)
    vague = rank_confidence_sets(estimates, np.full(p, 1e6), kind=kind, sided=sided)
    assert (vague.lower == 1).all() and (vague.upper == p).all()
    sharp = rank_confidence_sets(estimates, np.full(p, 1e-6), kind=kind, sided=sided)
    assert (sharp.lower == (1 if sided == "upper" else sharp["rank"])).all()
    assert (sharp.upper == (p if sided == "lower" else sharp["rank"])).all()


@pytest.mark.parametrize("kind", KINDS)
def test_all_tied_and_one_unit(kind):
    tied = rank_confidence_sets([2.0] * 4, [0.1, 0.2, 0.3, 0.4], kind=kind)
    assert tied.to_numpy().tolist() == [[1, 1, 4]] * 4
    alone = rank_confidence_sets(pd.Series([2.0], ["only"]), [0.1], kind=kind)
    assert alone.loc["only"].tolist() == [1, 1, 1]
    assert alone.dtypes.eq("int64").all()


def test_diagonal_covariance_is_the_same_as_standard_errors():
    numbers = np.random.default_rng(5)
    estimates, deviations = numbers.normal(size=30), np.exp(numbers.normal(size=30))
    for kind in KINDS:
        pd.testing.assert_frame_equal(
            rank_confidence_sets(estimates, np.diag(deviations**2), kind=kind),
            rank_confidence_sets(estimates, deviations, kind=kind),
        )


def test_positive_correlation_sharpens_the_sets():
    estimates, deviations = np.arange(8.0), np.full(8, 2.0)
    together = 4.0 * (0.95 + 0.05 * np.eye(8))
    loose = rank_confidence_sets(estimates, deviations)
    tight = rank_confidence_sets(estimates, together)
    assert inside(tight, loose)
    assert (tight.upper - tight.lower).sum() < (loose.upper - loose.lower).sum() / 2


@pytest.mark.parametrize("kind", KINDS)
def test_sets_cover_the_true_rank_as_often_as_they_claim(kind):
    truth, trials, level = np.array([0.0, 0.3, 0.6, 2.0, 4.0]), 300, 0.8
    ranks = np.array([5, 4, 3, 2, 1])
    numbers = np.random.default_rng(11)
    covered = []
    for seed in range(trials):
        found = rank_confidence_sets(
            truth + numbers.normal(size=5), np.ones(5), level=level, kind=kind, draws=200, seed=seed
        )
        covered.append((found.lower <= ranks) & (ranks <= found.upper))
    hits = np.array(covered)
    share = hits.mean(axis=0).min() if kind == "marginal" else hits.all(axis=1).mean()
    assert share >= level - 3 * np.sqrt(level * (1 - level) / trials)


@pytest.fixture(scope="module")
def pisa():
    table = pd.read_csv(PISA, index_col="jurisdiction")
    return table["math_score"], table["math_se"]


def test_published_ranks_of_pisa_mathematics(pisa):
    published = [
        *(24, 18, 10, 7, 35, 37, 17, 8, 3, 11, 20, 15, 34, 30, 21, 16, 32, 25, 1, 2, 19, 29, 27),
        *(36, 4, 22, 14, 5, 23, 26, 9, 28, 12, 6, 33, 13, 31),
    ]
    assert rank_confidence_sets(*pisa)["rank"].tolist() == published


def test_published_set_of_the_united_kingdom(pisa):
    once = rank_confidence_sets(*pisa, step_down=False)
    stepped = rank_confidence_sets(*pisa)
    assert once.loc["United Kingdom"].tolist() == [7, 13, 23]
    assert stepped.loc["United Kingdom"].tolist() == [8, 13, 23]


def test_published_places_under_ties():
    scores = [1.0, 3, 4, 4, 4, 7, 7, 10]
    best = rank_confidence_sets(scores, [1e-9] * 8)
    # Certain scores: the set of a tied unit runs from its best to its worst place.
    assert best["lower"].tolist() == [8, 7, 4, 4, 4, 2, 2, 1]
    assert best["upper"].tolist() == [8, 7, 6, 6, 6, 3, 3, 1]
    assert ((best.lower + best.upper) / 2).tolist() == [8, 7, 5, 5, 5, 2.5, 2.5, 1]


@few
@given(tables(), st.integers(1, 9))
def test_best_sets_grow_with_tau_and_hold_the_best(table, tau):
    p = len(table[0])
    tau = min(tau, p)
    options = {"draws": 60}
    chosen = tau_best_set(*table, tau=tau, **options)
    assert chosen.dtype == bool and chosen.name == "in_set" and chosen.index.equals(table[0].index)
    assert chosen[table[0].rank(ascending=False, method="min") <= tau].all()
    assert (best_set(*table, **options) <= chosen).all()
    assert tau_best_set(*table, tau=p, **options).all()
    mirrored = tau_worst_set(-table[0], table[1], tau=tau, **options)
    pd.testing.assert_series_equal(mirrored, chosen)


def test_best_set_of_pisa_leaves_out_the_clearly_worse(pisa):
    chosen = best_set(*pisa)
    assert chosen["Japan"] and chosen["Korea"] and not chosen["United Kingdom"]
    worst = tau_worst_set(*pisa, tau=1)
    assert worst["Colombia"] and not worst["United Kingdom"]
