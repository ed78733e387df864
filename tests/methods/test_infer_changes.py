"""Sets for rank changes: what must hold, how often they cover the truth, and the exact limits.

``COVERAGE_TABLES=2000 pytest tests/methods/test_infer_changes.py`` simulates more tables.
"""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from helpers.methods.infer import (
    change_sets,
    importance,
    level_of_each,
    quadrature,
    rank_change_confidence_sets,
    rank_confidence_sets,
)
from helpers.methods.infer.comparisons import Comparisons

PISA = Path(__file__).parent / "peers" / "csranks" / "pisa.csv"
TABLES = int(os.environ.get("COVERAGE_TABLES", "160"))
LEVEL = 0.9
few = settings(max_examples=20, deadline=None)


def ranks_of(scores: pd.Series) -> pd.Series:
    return scores.rank(ascending=False, method="min").astype("int64")


def true_scores(kind: str, units: int, chance: np.random.Generator) -> np.ndarray:
    """The true scores of one year: standard errors are around 1."""
    if kind == "all tied":
        return np.zeros(units)
    if kind == "ties":
        return chance.integers(0, 3, units) * 2.0
    if kind == "near ties":
        return chance.integers(0, 3, units) * 3.0 + chance.normal(0, 0.05, units)
    return np.cumsum(chance.exponential(1.5, units))


def simulate(kind: str, tables: int, seed: int) -> dict[str, list[float]]:
    """Return, per table, the share of units whose change is in its set, and if all are at once."""
    chance = np.random.default_rng(seed)
    covered: dict[str, list[float]] = {"marginal": [], "simultaneous": []}
    for number in range(tables):
        p = int(chance.integers(4, 11))
        first = pd.Series(true_scores(kind, p, chance), [f"u{k}" for k in range(p)])
        # Some stay where they are, some move, and now and then one leaves and one comes.
        new = pd.Series(true_scores(kind, p, chance), first.index)
        last = first.where(chance.random(p) < 0.5, new)
        if number % 3 == 0:
            last = last.rename({"u0": "other"})
        spread = chance.uniform(0.4, 2.5, p)
        noise = chance.normal(size=(2, p))
        if number % 2:  # what was wrong in one year is as wrong in the next
            noise[1] = noise[0]
        ends = [
            (true + spread * one, pd.Series(spread, true.index))
            for true, one in zip((first, last), noise, strict=True)
        ]
        change = (ranks_of(first) - ranks_of(last)).dropna()
        for how, held in covered.items():
            draws = None if how == "marginal" else 2000
            found = rank_change_confidence_sets(*ends, level=LEVEL, kind=how, draws=draws)
            inside = change.between(*(found.loc[change.index, end] for end in ("lower", "upper")))
            held.append(float(inside.mean() if how == "marginal" else inside.all()))
    return covered


@pytest.mark.parametrize("kind", ["all tied", "ties", "near ties", "spread"])
def test_sets_cover_the_true_change_at_least_as_often_as_they_claim(kind):
    for how, held in simulate(kind, TABLES // 4, seed=7).items():
        share, error = np.mean(held), np.std(held) / np.sqrt(len(held))
        print(f"{kind}, {how}: {share:.4f} of {len(held)} tables (± {error:.4f})")
        assert share + 2 * error >= LEVEL, (kind, how, share)


@st.composite
def pairs(draw):
    """Two tables of which most units are the same, with ties."""
    tables = []
    for first in (0, draw(st.integers(0, 2))):
        p = draw(st.integers(3, 8))
        index = [f"unit {place}" for place in range(first, first + p)]
        scores = draw(st.lists(st.integers(-5, 5), min_size=p, max_size=p))
        errors = draw(st.lists(st.sampled_from([0.2, 1.0, 3.0]), min_size=p, max_size=p))
        tables.append((pd.Series(scores, index, dtype=float), pd.Series(errors, index)))
    return tables


@few
@given(pairs(), st.sampled_from(["marginal", "simultaneous"]))
def test_a_set_holds_the_change_and_no_more_than_the_tables_allow(tables, kind):
    before, after = tables
    found = rank_change_confidence_sets(before, after, kind=kind, draws=100)
    moved = (ranks_of(before[0]) - ranks_of(after[0])).dropna()
    assert set(found.index) == set(moved.index)
    assert (found["change"] == moved[found.index]).all()
    assert (found["lower"] <= found["change"]).all() and (found["change"] <= found["upper"]).all()
    assert (found["lower"] >= 1 - len(after[0])).all()
    assert (found["upper"] <= len(before[0]) - 1).all()


@few
@given(pairs())
def test_going_back_turns_the_set_round(tables):
    there = rank_change_confidence_sets(*tables, draws=None)
    back = rank_change_confidence_sets(*tables[::-1], draws=None).loc[there.index]
    assert (back["lower"] == -there["upper"]).all() and (back["upper"] == -there["lower"]).all()


@few
@given(pairs())
def test_a_wider_level_gives_a_wider_set(tables):
    narrow, wide = (
        rank_change_confidence_sets(*tables, level=level, draws=None) for level in (0.6, 0.9)
    )
    assert ((narrow["lower"] >= wide["lower"]) & (narrow["upper"] <= wide["upper"])).all()


def test_exact_scores_leave_the_change_alone():
    before, after = pd.Series([3.0, 2, 1], list("abc")), pd.Series([1.0, 2, 3], list("abc"))
    found = rank_change_confidence_sets((before, [1e-9] * 3), (after, [1e-9] * 3), draws=None)
    assert found.to_numpy().tolist() == [[-2, -2, -2], [0, 0, 0], [2, 2, 2]]


def test_both_tables_may_fail_with_half_the_chance():
    assert level_of_each(0.95) == pytest.approx(0.975)
    table = pd.read_csv(PISA, index_col="jurisdiction")
    sets = rank_confidence_sets(table["math_score"], table["math_se"], level=0.975, draws=None)
    ends = (table["math_score"], table["math_se"])
    pd.testing.assert_frame_equal(
        change_sets(sets, sets), rank_change_confidence_sets(ends, ends, draws=None)
    )


@pytest.mark.parametrize("spread", [0.0, 0.5, 1.5])
@pytest.mark.parametrize("critical", [0.5, 2.0, 3.0])
def test_the_integral_is_the_share_of_draws(spread, critical):
    chance = np.random.default_rng(3)
    errors = np.exp(chance.normal(0, spread, 12))
    own, others = errors[0], errors[1:]
    total = np.hypot(own, others)
    kept = chance.random((2, 11)) < 0.7
    draws = chance.standard_normal((100_000, 12)) * errors
    ratios = (draws[:, :1] - draws[:, 1:]) / total
    beyond = (kept[0] & (ratios > critical)) | (kept[1] & (-ratios > critical))
    share = 1 - beyond.any(axis=1).mean()
    found = quadrature.find_chance(critical, own, others, total, kept)
    assert abs(found - share) < 5 * np.sqrt(share * (1 - share) / 100_000) + 1e-5


def test_one_comparison_has_the_normal_quantile():
    for gap in (1.64, 1.65):  # the quantile of 0.95 is 1.645
        found = rank_confidence_sets([gap, 0], [0.6, 0.8], draws=None, sided="upper")
        assert found["upper"].tolist() == ([1, 2] if gap > 1.645 else [2, 2])
    for gap in (1.95, 1.97):  # both ways: the quantile of 0.975 is 1.96
        found = rank_confidence_sets([gap, 0], [0.6, 0.8], draws=None)
        assert found["lower"].tolist() == ([1, 2] if gap > 1.96 else [1, 1])


@pytest.mark.parametrize("sided", ["two", "lower", "upper"])
@pytest.mark.parametrize("step_down", [True, False])
@pytest.mark.parametrize("kind", ["marginal", "simultaneous"])
def test_limits_are_those_that_many_draws_come_to(kind, sided, step_down):
    table = pd.read_csv(PISA, index_col="jurisdiction")
    options = {"kind": kind, "sided": sided, "step_down": step_down}
    exact, drawn = (
        rank_confidence_sets(table["math_score"], table["math_se"], draws=draws, **options)
        for draws in (None, 20_000)
    )
    differ = (exact != drawn).to_numpy().mean()
    assert differ < 0.03


def test_published_set_of_the_united_kingdom_needs_no_draws():
    table = pd.read_csv(PISA, index_col="jurisdiction")
    for step_down, bounds in ((False, [7, 13, 23]), (True, [8, 13, 23])):
        sets = rank_confidence_sets(
            table["math_score"], table["math_se"], draws=None, step_down=step_down
        )
        assert sets.loc["United Kingdom"].tolist() == bounds


def test_simultaneous_bounds_hardly_move_from_seed_to_seed():
    table = pd.read_csv(PISA, index_col="jurisdiction")
    moved = []
    for subject, level in (("math", 0.975), ("reading", 0.95)):
        known = table[[f"{subject}_score", f"{subject}_se"]].dropna()
        found = [
            rank_confidence_sets(
                known.iloc[:, 0], known.iloc[:, 1], level=level, kind="simultaneous", draws=None,
                seed=seed,
            )
            for seed in range(3)
        ]  # fmt: skip
        moved += [(found[a] != found[b]).to_numpy() for a, b in ((0, 1), (0, 2), (1, 2))]
    assert np.concatenate(moved).mean() < 0.005


@pytest.mark.parametrize("correlated", [False, True])
@pytest.mark.parametrize("level", [0.3, 0.95])
def test_the_critical_value_is_the_quantile_of_draws(correlated, level):
    chance = np.random.default_rng(4)
    p, errors = 6, np.exp(chance.normal(0, 0.7, 6))
    covariance = np.diag(errors**2) + (0.5 * np.outer(errors, errors) if correlated else 0)
    root = np.linalg.cholesky(covariance)
    uniform = importance.draw_uniform(p, seed=1)
    problem = Comparisons(
        np.zeros(p), ndtri(uniform[:, 2:]) @ root.T, covariance.diagonal(),
        covariance if correlated else None, (1,),
    )  # fmt: skip
    deviations = np.stack([problem.deviations(unit) for unit in range(p)])
    draws = chance.standard_normal((200_000, p)) @ root.T
    ratios = (draws[:, :, None] - draws[:, None, :]) / deviations
    for kept in (~np.eye(p, dtype=bool), np.triu(chance.random((p, p)) < 0.7, 1)):
        critical = importance._find_critical(problem, uniform[:, :2], deviations, kept, level)
        share = (ratios[:, kept].max(axis=1) <= critical).mean()
        if critical == 0:  # never below, so that nothing is rejected against its sign
            assert share >= level
        else:
            assert abs(share - level) < 5 * np.sqrt(level * (1 - level) / len(draws)) + 1e-3


def test_without_draws_marginal_sets_of_correlated_estimates_are_refused():
    with pytest.raises(ValueError, match="draws is None"):
        rank_confidence_sets([1, 2], [[1, 0.1], [0.1, 1]], kind="marginal", draws=None)
