"""What must hold of an uncertainty analysis whatever the table."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog, minimize
from scipy.stats import gmean, hmean

from helpers.methods.robust import (
    Assumption,
    Dirichlet,
    Inputs,
    Noise,
    Normalisation,
    Options,
    build,
    drop_one,
    probability_of_rise,
    sensitivity_analysis,
    swap_weights,
    uncertainty_analysis,
)
from helpers.methods.robust.scales import normalise, skew_and_kurtosis, winsorise
from helpers.methods.robust.swap import least_shift, tying_weights

MINMAX = Options(normalisation="min-max")
VARIED = (
    Assumption("normalisation", (Normalisation("min-max", 1, 10), "rank", "z-score")),
    Assumption("weights", ("fixed", "equal", Noise(0.5), Dirichlet(2.0))),
    Assumption("leave_out", (None, "a", "c", "P")),
)
STRUCTURE = pd.DataFrame(
    {
        "indicator": ["a", "b", "c", "d", "a", "P", "Q"],
        "parent": ["P", "P", "Q", "Q", "Q", "top", "top"],
        "weight": [2, 1, 3, 1, 1, 40, 60],
        "direction": [1, -1, 1, 1, 1, 1, 1],
    }
)


@st.composite
def tables(draw, low=1):
    """Integers with ties, so that equal scores are common; no column constant."""
    n = draw(st.integers(4, 10))
    column = st.lists(st.integers(low, 9), min_size=n, max_size=n).filter(lambda x: len(set(x)) > 1)
    values = {name: draw(column) for name in "abcd"}
    return pd.DataFrame(values, index=[f"u{i}" for i in range(n)])


def analyse(frame, structure=STRUCTURE, **kwargs):
    kwargs = {"assumptions": VARIED, "nominal": MINMAX, "replicates": 60, "seed": 1} | kwargs
    return uncertainty_analysis(frame, structure, **kwargs)


@settings(max_examples=25, deadline=None)
@given(tables(), st.randoms(use_true_random=False))
def test_permuting_units_permutes_the_result(frame, random):
    order = list(frame.index)
    random.shuffle(order)
    one, other = analyse(frame), analyse(frame.loc[order])
    pd.testing.assert_frame_equal(one.ranks[order], other.ranks)
    pd.testing.assert_frame_equal(one.samples, other.samples)
    pd.testing.assert_frame_equal(one.summary().loc[order], other.summary())


@settings(max_examples=25, deadline=None)
@given(tables(), st.sampled_from("abcd"), st.floats(1e-3, 1e3), st.floats(-100, 100))
def test_scaling_an_indicator_changes_nothing_under_min_max(frame, name, factor, shift):
    changed = frame.astype(float).assign(**{name: frame[name] * factor + shift})
    only = [Assumption("weights", (Noise(0.5),))]
    pd.testing.assert_frame_equal(
        analyse(frame, assumptions=only).ranks, analyse(changed, assumptions=only).ranks
    )


@settings(max_examples=25, deadline=None)
@given(tables())
def test_ranks_weights_and_bands_are_in_order(frame):
    result = analyse(frame)
    ranks, scores = result.ranks.to_numpy(), result.scores.to_numpy()
    n = len(frame)
    better = scores[:, None, :] > scores[:, :, None] + 1e-11
    np.testing.assert_array_equal(ranks, 1 + better.sum(axis=2))
    assert ranks.min() == 1
    assert ranks.max() <= n
    summary = result.summary()
    assert (summary["q05"] <= summary["median"]).all()
    assert (summary["median"] <= summary["q95"]).all()
    assert summary["mean"].between(1, n).all()
    assert (result.weights >= 0).all(axis=None)
    sums = result.weights.T.groupby(level="parent").sum().T
    np.testing.assert_allclose(sums["top"], 100)
    np.testing.assert_allclose(sums["Q"], 5)
    dropped = result.samples["leave_out"] == "P"
    np.testing.assert_allclose(sums["P"], np.where(dropped, 0, 3))


@settings(max_examples=25, deadline=None)
@given(tables(), st.integers(1, 5))
def test_raising_a_value_never_lowers_its_own_score(frame, step):
    unit = frame.index[0]
    raised = frame.copy()
    raised.loc[unit, "c"] += step
    before, after = build(frame, STRUCTURE, MINMAX), build(raised, STRUCTURE, MINMAX)
    assert after.loc[unit, "top"] >= before.loc[unit, "top"] - 1e-9


@settings(max_examples=20, deadline=None)
@given(tables())
def test_equal_alternatives_move_nothing(frame):
    idle = [
        Assumption("normalisation", ("min-max", Normalisation("min-max", 0, 100))),
        Assumption("weights", ("fixed", Noise(0.0), "fixed")),
        Assumption("aggregation", ("arithmetic", "arithmetic")),
    ]
    result = analyse(frame, assumptions=idle)
    assert (result.ranks == result.nominal["rank"]).all(axis=None)
    summary = result.summary()
    assert (summary["q05"] == summary["q95"]).all()


@settings(max_examples=25, deadline=None)
@given(tables(), tables())
def test_probabilities_sum_to_one_and_turn_with_the_years(one, other):
    other = other.reindex(one.index).fillna(one)
    assume(all((year.max() > year.min()).all() for year in (one, other)))
    kwargs = {"assumptions": VARIED[:1], "replicates": 20}
    one, other = (Inputs(year, STRUCTURE, Options(normalisation="rank")) for year in (one, other))
    turned = replace(other, frame=other.frame.iloc[::-1])
    forth = probability_of_rise(one, turned, **kwargs)
    back = probability_of_rise(other, one, **kwargs)
    np.testing.assert_allclose(forth[["p_rise", "p_same", "p_fall"]].sum(axis=1), 1)
    np.testing.assert_array_equal(forth["p_rise"], back["p_fall"])
    np.testing.assert_array_equal(forth["median"], -back["median"])
    still = probability_of_rise(one, one, **kwargs)
    assert (still["p_same"] == 1).all()
    assert (still["nominal"] == 0).all()


@settings(max_examples=25, deadline=None)
@given(tables())
def test_swapping_weights_tie_the_pair_and_keep_sum_and_sign(frame):
    levels = build(frame, STRUCTURE, MINMAX)
    for over, parts, total in (("children", ["P", "Q"], 100), ("indicators", list("abcd"), 1)):
        table = swap_weights(Inputs(frame, STRUCTURE, MINMAX), over=over)
        assert len(table) == len(frame) - 1
        weights = table[[f"weight_{p}" for p in parts]].to_numpy()
        lead = levels.loc[table["above"], parts].to_numpy() - levels.loc[table["below"], parts]
        found = ~np.isnan(weights[:, 0])
        np.testing.assert_array_equal(~found, (lead.to_numpy() > 0).all(axis=1))
        np.testing.assert_allclose(weights[found].sum(axis=1), total)
        assert (weights[found] >= 0).all()
        np.testing.assert_allclose((weights * lead)[found].sum(axis=1), 0, atol=1e-7 * total)
        assert table["robustness"].between(0, 1).all()
        assert (table.loc[table["gap"] == 0, "distance"] == 0).all()


def test_swapping_weights_are_the_nearest():
    rng = np.random.default_rng(4)
    solved = 0
    for k in (2, 3, 6, 9):
        for _ in range(6):
            w, d = rng.dirichlet(np.ones(k)), rng.normal(size=k)
            d = d if w @ d >= 0 else -d
            (v,) = tying_weights(w, d[None, :])
            if np.isnan(v).any():
                assert d.min() > 0
                continue
            rules = [
                {"type": "eq", "fun": lambda x: x.sum() - 1},
                {"type": "eq", "fun": lambda x, d=d: x @ d},
            ]
            peer = minimize(
                lambda x, w=w: 1e3 * ((x - w) ** 2).sum(),
                np.full(k, 1 / k),
                bounds=[(0, None)] * k,
                constraints=rules,
                options={"ftol": 1e-14, "maxiter": 500},
            )
            np.testing.assert_allclose(v, peer.x, atol=1e-5)
            solved += 1
    assert solved > 15


def test_the_least_shift_solves_its_linear_programme():
    rng = np.random.default_rng(5)
    for k in (2, 3, 5, 8):
        for _ in range(8):
            w, d = rng.dirichlet(np.ones(k)), rng.normal(0.3, 1, size=k)
            d = d if w @ d >= 0 else -d
            (share,) = least_shift(w, d[None, :])
            # Variables: what is taken from each component, and what is given to each.
            solved = linprog(
                np.r_[np.ones(k), np.zeros(k)],
                A_eq=[np.r_[-d, d], np.r_[-np.ones(k), np.ones(k)]],
                b_eq=[-w @ d, 0],
                bounds=[*((0, x) for x in w), *[(0, None)] * k],
            )
            assert np.isnan(share) == (not solved.success) == (d.min() > 0)
            if solved.success:
                assert share == pytest.approx(solved.fun, abs=1e-9)
                (nearest,) = tying_weights(w, d[None, :])
                assert share <= np.abs(nearest - w).sum() / 2 + 1e-9


def test_swap_by_hand():
    frame = pd.DataFrame({"x": [0.9, 0.5, 0.4], "y": [0.2, 0.5, 0.3]}, index=["A", "B", "C"])
    structure = pd.DataFrame({"indicator": ["x", "y"], "parent": "top", "weight": [60, 40]})
    first, second = swap_weights(frame, structure).to_dict("records")
    assert (first["above"], first["below"]) == ("A", "B")
    # A leads by 0.4 in x and trails by 0.3 in y: they tie at weights in the ratio 3 to 4.
    assert first["weight_x"] == pytest.approx(300 / 7)
    assert first["moved"] == pytest.approx(0.6 - 3 / 7)
    assert first["distance"] == pytest.approx(np.sqrt(2) * (60 - 300 / 7))
    assert first["robustness"] == pytest.approx(0.12 / (0.12 + 0.3))
    # B is ahead of C in both, so no weights swap them.
    assert np.isnan(second["distance"])
    assert second["robustness"] == 1


def test_a_dominated_tie_at_the_edge_of_the_simplex_is_reached():
    (v,) = tying_weights(np.array([0.5, 0.3, 0.2]), np.array([[0.0, 1.0, 2.0]]))
    np.testing.assert_allclose(v, [1, 0, 0], atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 50), min_size=6, max_size=15),
    st.lists(st.integers(200, 5000), max_size=3),
    st.integers(1, 5),
    st.sampled_from([1, -1]),
)
def test_winsorising_follows_the_rule_step_by_step(values, outliers, points, sign):
    x = sign * np.array(values + outliers, dtype=float)
    found = winsorise(x[:, None], points)[:, 0]
    s, moved = pd.Series(x), pd.Series(False, index=range(len(x)))
    while moved.sum() < points and abs(s.skew()) > 2 and s.kurt() > 3.5 and s.nunique() > 2:
        end = s == (s.max() if s.skew() >= 0 else s.min())
        s[end] = s[~end].max() if s.skew() >= 0 else s[~end].min()
        moved |= end
    np.testing.assert_array_equal(found, s)


def test_skewness_and_kurtosis_are_those_of_pandas():
    x = np.random.default_rng(0).lognormal(size=40)
    np.testing.assert_allclose(skew_and_kurtosis(x), (pd.Series(x).skew(), pd.Series(x).kurt()))
    rare = np.array([[0.0]] * 20 + [[1.0]])
    np.testing.assert_array_equal(winsorise(rare, 5), rare)


@pytest.mark.parametrize("direction", [1.0, -1.0])
@pytest.mark.parametrize("method", ["none", "min-max", "z-score", "rank", "percentile", "distance"])
def test_every_scale_keeps_the_order_and_turns_with_the_direction(method, direction):
    x = np.array([[3.0], [1.0], [8.0], [8.0]])
    out = normalise(x, np.array([direction]), Normalisation(method), ["x"])[:, 0]
    assert list(np.sign(np.diff(out))) == list(direction * np.sign(np.diff(x[:, 0])))
    expected = {
        "min-max": (0, 100),
        "rank": (1, 3.5) if direction > 0 else (1.5, 4),
        "percentile": (0, 2.5 / 3) if direction > 0 else (0.5 / 3, 1),
        "distance": (1 / 8, 1),
    }
    if method in expected:
        assert (out.min(), out.max()) == pytest.approx(expected[method])
    if method == "z-score":
        assert (out.mean(), out.std(ddof=1)) == pytest.approx((0, 1), abs=1e-12)


@pytest.mark.parametrize(("aggregation", "mean"), [("geometric", gmean), ("harmonic", hmean)])
def test_other_means_level_by_level(aggregation, mean):
    frame = pd.DataFrame(np.random.default_rng(5).uniform(1, 9, (6, 4)), columns=list("abcd"))
    structure = STRUCTURE.assign(direction=1)
    built = build(frame, structure, Options(aggregation=aggregation))
    p = mean(frame[["a", "b"]], axis=1, weights=[2, 1])
    q = mean(frame[["c", "d", "a"]], axis=1, weights=[3, 1, 1])
    np.testing.assert_allclose(built["P"], p)
    np.testing.assert_allclose(built["top"], mean(np.c_[p, q], axis=1, weights=[0.4, 0.6]))
    np.testing.assert_allclose(built["a"], frame["a"])


def test_leaving_out_is_deleting_the_rows():
    frame = pd.DataFrame(np.random.default_rng(6).uniform(1, 9, (8, 4)), columns=list("abcd"))
    without = build(frame, STRUCTURE[STRUCTURE["indicator"] != "a"], MINMAX)
    left = build(frame, STRUCTURE, Options(normalisation="min-max", leave_out="a"))
    pd.testing.assert_frame_equal(left, without[left.columns])
    shift = drop_one(Inputs(frame, STRUCTURE, MINMAX))
    ranks = [build(frame, STRUCTURE, MINMAX)["top"], without["top"]]
    change = (ranks[0].rank(ascending=False) - ranks[1].rank(ascending=False)).abs()
    assert shift.loc["a", "mean_abs_shift"] == change.mean()
    assert shift.loc["a", "moved"] == (change > 0).sum()
    assert sorted(shift.index) == ["P", "Q", "a", "b", "c", "d"]


def test_several_parents_and_the_target():
    """Provincial pillars share their foundation; each composite can be the target."""
    rows = [("f", p, 500) for p in ("overall", "gov", "eco")]
    rows += [("g", "overall", 200), ("g", "gov", 200), ("e", "overall", 300), ("e", "eco", 150)]
    rows += [("overall", None, 1), ("smart", "overall", 0)]
    structure = pd.DataFrame(rows, columns=["indicator", "parent", "weight"])
    frame = pd.DataFrame({"f": [0.5, 0.6], "g": [0.9, 0.2], "e": [0.1, 0.8]}, index=["A", "B"])
    overall = build(frame, structure)
    assert list(overall.columns) == ["overall", "f", "g", "e"]
    np.testing.assert_allclose(
        overall["overall"], (5 * frame["f"] + 2 * frame["g"] + 3 * frame["e"]) / 10
    )
    government = build(frame, structure, target="gov")["gov"]
    np.testing.assert_allclose(government, (500 * frame["f"] + 200 * frame["g"]) / 700)


def test_principal_component_weights():
    rng = np.random.default_rng(7)
    common = rng.normal(size=200)
    frame = pd.DataFrame(
        {"x": common, "y": common + 0.1 * rng.normal(size=200), "z": rng.normal(size=200)}
    )
    structure = pd.DataFrame({"indicator": list("xyz"), "parent": "top", "weight": 10})
    pca = [Assumption("weights", ("pca",))]
    result = uncertainty_analysis(frame, structure, assumptions=pca, replicates=2)
    x, y, z = result.weights.iloc[0]
    assert x + y + z == pytest.approx(30)
    assert x == pytest.approx(15, abs=0.5)
    assert y == pytest.approx(15, abs=0.5)
    assert z < 1


def test_sensitivity_of_a_rank_change_finds_what_moves_it():
    rng = np.random.default_rng(8)
    one = pd.DataFrame(rng.uniform(1, 9, (12, 4)), columns=list("abcd"))
    two = one + rng.normal(0, 1, one.shape)
    doubt = [Assumption("weights", (Noise(0.9),)), Assumption("normalisation", ("rank", "rank"))]
    kwargs = {"assumptions": doubt, "base": 128, "resamples": 20}
    table = sensitivity_analysis(one, STRUCTURE, later=two, **kwargs)
    assert set(table["measure"]) == {"rank_change", "mean_abs_shift"}
    idle = table[table["assumption"] == "normalisation"]
    assert (idle[["first_order", "total_order"]] == 0).all(axis=None)
    moving = table[(table["assumption"] == "weights") & (table["variance"] > 0)]
    assert len(moving) > 5
    np.testing.assert_allclose(moving["first_order"], 1, atol=0.25)
    still = sensitivity_analysis(one, STRUCTURE, later=one, **kwargs)
    assert (still[["variance", "first_order", "total_order"]] == 0).all(axis=None)
    again = sensitivity_analysis(one, STRUCTURE, later=two, units=[3], **kwargs)
    pd.testing.assert_frame_equal(
        again.reset_index(drop=True),
        table[table["unit"].isna() | (table["unit"] == 3)].reset_index(drop=True),
        check_dtype=False,
    )


def test_sensitivity_equals_the_shares_of_variance_worked_out_in_full():
    """Two choices of two alternatives: four tables hold all there is to sample."""
    frame = pd.DataFrame(np.random.default_rng(4).lognormal(1, 0.8, (25, 4)), columns=list("abcd"))
    scales, means = (
        (Normalisation("min-max", 1, 100), Normalisation("z-score", 10, 2)),
        ("arithmetic", "geometric"),
    )

    def ranks(scale, mean):
        made = build(frame, STRUCTURE, Options(normalisation=scale, aggregation=mean))["top"]
        return made.rank(ascending=False)

    nominal = ranks(scales[0], "arithmetic")
    full = np.array([[(ranks(s, m) - nominal).abs().mean() for m in means] for s in scales])
    table = sensitivity_analysis(
        Inputs(frame, STRUCTURE, Options(normalisation=scales[0])),
        assumptions=(Assumption("normalisation", scales), Assumption("aggregation", means)),
        base=2048,
        resamples=10,
        units=[],
    ).set_index("assumption")
    for axis, name in enumerate(("normalisation", "aggregation")):
        first = full.mean(axis=1 - axis).var() / full.var()
        total = full.var(axis=axis).mean() / full.var()
        assert total > first + 0.05  # the two act together, or the test could not tell them apart
        assert table.loc[name, "first_order"] == pytest.approx(first, abs=0.04)
        assert table.loc[name, "total_order"] == pytest.approx(total, abs=0.04)


def test_all_units_tied_share_rank_one():
    frame = pd.DataFrame(2.0, index=range(5), columns=list("abcd"))
    structure = STRUCTURE.assign(direction=1)
    doubt = [
        Assumption("weights", (Noise(0.5),)),
        Assumption("aggregation", ("geometric", "harmonic")),
    ]
    result = uncertainty_analysis(frame, structure, assumptions=doubt, replicates=50)
    assert (result.ranks == 1).all(axis=None)
    table = swap_weights(frame, structure)
    assert (table["distance"] == 0).all()
    assert (table["robustness"] == 0).all()


def test_chunks_and_wide_tables_change_nothing(monkeypatch):
    frame = pd.DataFrame(np.random.default_rng(9).uniform(1, 9, (40, 4)), columns=list("abcd"))
    doubt = [*VARIED[::2], Assumption("weights", ("pca", "equal", Noise(0.5)))]
    whole = analyse(frame, replicates=300, assumptions=doubt)
    monkeypatch.setattr("helpers.methods.robust.model.CHUNK", 400)
    parts = analyse(frame, replicates=300, assumptions=doubt, keep_scores=False)
    pd.testing.assert_frame_equal(whole.ranks, parts.ranks)
    assert parts.scores is None
    many = pd.DataFrame(np.random.default_rng(9).uniform(1, 9, (40_000, 4)), columns=list("abcd"))
    wide = analyse(many, assumptions=[Assumption("weights", (Noise(),))], replicates=2)
    assert (wide.ranks.dtypes == np.int32).all()
    assert int(wide.ranks.to_numpy().max()) == 40_000


def test_the_seed_decides():
    frame = pd.DataFrame(np.random.default_rng(9).uniform(1, 9, (20, 4)), columns=list("abcd"))
    pd.testing.assert_frame_equal(analyse(frame, seed=5).scores, analyse(frame, seed=5).scores)
    assert not analyse(frame, seed=5).scores.equals(analyse(frame, seed=6).scores)
