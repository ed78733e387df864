"""The short cuts change nothing: the plain loop over all pairs gives the same, to the last bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.methods.infer import rank_confidence_sets
from helpers.methods.infer.comparisons import Comparisons, find_quantile
from helpers.methods.infer.marginal import UnitMaxima
from helpers.methods.infer.simultaneous import JointMaxima

KINDS = ("marginal", "simultaneous")
SIDES = ("two", "lower", "upper")


def by_the_definition(estimates, errors, variances, level, kind, sided, step_down):
    """The procedure as one would read it out: explicit pairs, every draw, no short cuts.

    Units come by variance; the quantile is the smallest value with a share >= level below it.
    """
    p = len(estimates)
    ordered = [(j, k) for j in range(p) for k in range(p) if j != k]
    statistic = {
        (j, k): (estimates[j] - estimates[k]) / np.sqrt(variances[j] + variances[k])
        for j, k in ordered
    }
    chance = {
        (j, k): (errors[:, j] - errors[:, k]) / np.sqrt(variances[j] + variances[k])
        for j, k in ordered
    }

    def reject(family):
        kept, rejected = set(family), set()
        while kept:
            largest = np.sort(np.max([chance[pair] for pair in kept], axis=0))
            critical = max(largest[int(np.ceil(level * len(largest) - 1e-9)) - 1], 0)
            new = {pair for pair in kept if statistic[pair] > critical}
            kept, rejected = kept - new, rejected | new
            if not new or not step_down:
                break
        return rejected

    bounds = []
    for unit in range(p):
        better = [(unit, k) for k in range(p) if k != unit]
        worse = [(k, unit) for k in range(p) if k != unit]
        families = {"two": better + worse, "upper": better, "lower": worse}
        rejected = reject(ordered if kind == "simultaneous" else families[sided])
        bounds.append(
            [
                1 if sided == "upper" else 1 + len(rejected & set(worse)),
                p if sided == "lower" else p - len(rejected & set(better)),
            ]
        )
    return bounds


@settings(max_examples=30, deadline=None)
@given(
    st.integers(0, 10**6),
    st.integers(2, 9),
    st.sampled_from([0.0, 0.5, 2.0]),
    st.sampled_from([0.5, 2.0, 6.0]),
    st.sampled_from(KINDS),
    st.sampled_from(SIDES),
    st.booleans(),
    st.sampled_from([0.3, 0.8, 0.95]),
)
def test_equals_the_definition_on_the_same_draws(
    seed, p, unlike, spread, kind, sided, step_down, level
):
    numbers = np.random.default_rng(seed)
    deviations = np.sort(np.exp(unlike * numbers.normal(size=p)))
    estimates = spread * numbers.normal(size=p)
    order = np.lexsort((estimates, deviations**2))
    estimates = estimates[order]
    errors = np.random.default_rng(seed).standard_normal((120, p)) * np.sqrt(deviations**2)
    found = rank_confidence_sets(
        estimates,
        deviations,
        level=level,
        kind=kind,
        sided=sided,
        step_down=step_down,
        draws=120,
        seed=seed,
    )
    expected = by_the_definition(estimates, errors, deviations**2, level, kind, sided, step_down)
    assert found[["lower", "upper"]].to_numpy().tolist() == expected


def make_problem(seed, p, unlike, spread, signs, correlated=False):
    numbers = np.random.default_rng(seed)
    deviations = np.sort(np.exp(unlike * numbers.normal(size=p)))
    errors = numbers.standard_normal((100, p)) * deviations
    covariance = None
    if correlated:
        # Not the errors' own covariance, but the maxima need only any divisors.
        covariance = np.diag(deviations**2) + 0.3 * np.outer(deviations, deviations)
    estimates = spread * numbers.normal(size=p)
    return Comparisons(estimates, errors, deviations**2, covariance, signs)


def all_ratios(problem, unit):
    """Shape (signs, draws, p)."""
    total = problem.variances[unit] + problem.variances
    if problem.covariance is not None:
        total = total - 2 * problem.covariance[unit]
    total[unit] = np.inf
    ratio = (problem.errors[:, [unit]] - problem.errors) / np.sqrt(total)
    return np.stack([sign * ratio for sign in problem.signs])


@pytest.mark.parametrize("signs", [(1,), (-1,), (1, -1)])
@pytest.mark.parametrize("unlike", [0.0, 0.4, 2.0])
@pytest.mark.parametrize("correlated", [False, True])
def test_maxima_and_quantiles_of_300_units_are_those_of_the_loop(signs, unlike, correlated):
    problem = make_problem(7, 300, unlike, 3.0, signs, correlated)
    for unit in range(0, 300, 7):
        maxima = UnitMaxima(problem, unit)
        ratios = all_ratios(problem, unit)
        np.testing.assert_array_equal(maxima.upper, ratios.max(axis=(0, 2)).clip(0))
        # Ever more left out, as in stepping down; the state kept in between must not mislead.
        for critical in (3.0, 2.0, 1.0, 0.2):
            left_out = maxima.reject(critical)
            rows = [int(sign < 0) for sign in signs]
            kept = np.where(left_out[rows][:, None, :], 0.0, ratios)
            largest = kept.max(axis=(0, 2)).clip(0)
            for level in (0.5, 0.9):
                expected = find_quantile(largest, level)
                assert maxima.quantile_without(left_out, level) == expected


@pytest.mark.parametrize("unlike", [0.0, 1.0])
def test_joint_quantiles_are_those_of_the_loop(unlike):
    problem = make_problem(9, 60, unlike, 3.0, (1,))
    ratios = np.stack([all_ratios(problem, unit)[0] for unit in range(60)])
    observed = np.stack([problem.studentise(unit, problem.deviations(unit)) for unit in range(60)])
    maxima = JointMaxima(problem)
    np.testing.assert_array_equal(maxima.upper, ratios.max(axis=(0, 2)))
    for critical in (3.0, 1.5, 0.4):
        kept = np.where((observed > critical)[:, None, :], 0.0, ratios)
        largest = kept.max(axis=(0, 2)).clip(0)
        assert maxima.quantile_without(critical, 0.8) == find_quantile(largest, 0.8)


def test_quantile_is_the_smallest_value_with_the_share_at_or_below():
    values = np.array([5.0, 1, 4, 2, 3])
    assert [find_quantile(values, level) for level in (0.1, 0.2, 0.21, 0.6, 0.99)] == [
        1,
        1,
        2,
        3,
        5,
    ]
