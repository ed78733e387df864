"""Scores: composites are what the structure says, inside the interval that rounding leaves."""

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import packs
from helpers.index.catalog import Index
from helpers.index.units import Unit, Units
from helpers.tables import recompute, score
from projects import made

SCORED = made().scored
PILLARS = ["digital_government", "digital_economy", "digital_society"]
few = settings(max_examples=25, deadline=None)


def wide(unit_set: str, year: int) -> pd.DataFrame:
    rows = SCORED[(SCORED["unit_set"] == unit_set) & (SCORED["year"] == year)]
    return rows.pivot(index="unit", columns="indicator", values="score")


def index_of(rows: list[tuple[str, str, Any]], **fields: Any) -> Index:
    """Return an index of one scheme from (indicator, parent, weight)."""
    composites = list(dict.fromkeys(parent for _, parent, _ in rows if parent))
    named = {"headline": composites[0] if composites else "", "pillars": composites[1:]}
    weighed = [("s", name, parent, weight or 1) for name, parent, weight in rows]
    return packs.index_of(weighed, **{"decimals": 4} | named | fields)


# Forms


@pytest.mark.parametrize("scheme", ["2020", "2021-2023", "2024"])
def test_the_weights_of_every_form_sum_to_one(scheme: str) -> None:
    forms = score.forms(made().index, scheme)
    assert np.allclose(forms.sum(axis="columns"), 1, atol=1e-12)
    assert (forms.to_numpy() >= 0).all()
    finest = forms.loc[forms.columns]
    assert (finest.to_numpy() == np.eye(len(finest))).all()


def test_an_indicator_counts_in_all_its_parents() -> None:
    forms = score.forms(made().index, "2021-2023")
    assert (forms.loc[["overall", *PILLARS], "infrastructure"] > 0).all()
    assert forms.loc["overall", "infrastructure"] == pytest.approx(100 / 1000)
    assert forms.loc["digital_government", "infrastructure"] == pytest.approx(100 / 700)
    assert forms.loc["digital_economy", "infrastructure"] == pytest.approx(100 / 650)
    assert forms.loc["digital_economy", "gov_activity"] == 0


def test_the_points_of_2024() -> None:
    forms = score.forms(made().index, "2024")
    points = {"awareness": 50, "institutions": 50, "infrastructure": 140, "human_resources": 100,
              "cybersecurity": 100, "gov_activity": 200, "econ_activity": 150,
              "society_activity": 150}  # fmt: skip
    assert forms.loc["overall"].mul(940).round(9).to_dict() == points
    assert forms.loc["digital_society"].mul(590)["infrastructure"] == pytest.approx(140)


def test_a_composite_of_composites() -> None:
    rows = [("top", "", ""), ("a", "top", "1"), ("b", "top", "3"), ("x", "a", "1"), ("y", "a", "1"),
            ("y", "b", "1")]  # fmt: skip
    forms = score.forms(index_of(rows), "s")
    assert forms.loc["top"].to_dict() == {"x": 1 / 8, "y": 7 / 8}


def test_where_weights_are_points_a_composite_is_their_sum() -> None:
    rows = [("top", "", ""), ("a", "top", 2), ("b", "top", 1), ("x", "a", 3), ("y", "a", 1),
            ("z", "b", 1)]  # fmt: skip
    forms = score.forms(index_of(rows, schemes={"s": {"composite": "sum"}}), "s")
    assert forms.loc["top"].to_dict() == {"x": 6, "y": 2, "z": 1}
    assert forms.loc["a"].to_dict() == {"x": 3, "y": 1, "z": 0}


# Combinations


@st.composite
def structures(draw: Any) -> tuple[Index, list[str], list[str]]:
    """An index with two to five finest indicators and up to four composites of them."""
    finest = [f"f{n}" for n in range(draw(st.integers(2, 5)))]
    composites = [f"c{n}" for n in range(draw(st.integers(1, 4)))]
    rows = [(name, "", "") for name in composites]
    for composite in composites:
        children = draw(st.lists(st.sampled_from(finest), min_size=1, unique=True))
        rows += [(child, composite, str(draw(st.integers(1, 500)))) for child in children]
    rows += [(name, "", "") for name in finest]
    known = draw(st.lists(st.sampled_from([*composites, *finest]), min_size=1, unique=True))
    return index_of(rows, derive=composites), composites, known


@few
@given(structures(), st.integers(0, 2**32 - 1))
def test_the_interval_of_a_derived_composite_holds_the_true_one(
    structure: tuple[Index, list[str], list[str]], seed: int
) -> None:
    index, composites, known = structure
    forms = score.forms(index, "s")
    units = Units(tuple(Unit(f"U{n}", f"U{n}", "all", f"u{n}", kind="unit") for n in range(4)))
    true = pd.DataFrame(
        np.random.default_rng(seed).random((4, len(forms.columns))) @ forms.to_numpy().T,
        index=[unit.code for unit in units.all],
        columns=forms.index,
    )
    published = true[known].round(4).rename_axis("unit").reset_index()
    published = published.melt("unit", var_name="indicator", value_name="value").assign(
        unit_set="all", year=2024, measure="score", confidence="high", row=2, source="s",
        file="data/raw/made-up/t.csv",
    )  # fmt: skip
    scored = score.scores(index, units, published).set_index(["unit", "indicator"])
    assert not scored.index.duplicated().any()
    truth = pd.Series([true.loc[cell] for cell in scored.index], index=scored.index)
    assert (scored["low"] - 1e-9 <= truth).all() and (truth <= scored["high"] + 1e-9).all()
    assert scored["score"].between(scored["low"] - 1e-12, scored["high"] + 1e-12).all()
    derived = scored[scored["status"] == "derived"]
    assert set(derived.index.get_level_values("indicator")) <= set(composites) - set(known)
    # A composite all of whose parts are known is always among them.
    for composite in set(composites) - set(known):
        if set(forms.columns[forms.loc[composite] > 0]) <= set(known):
            assert composite in derived.index.get_level_values("indicator")


@few
@given(structures())
def test_a_combination_equals_the_form_and_no_other_is_narrower(
    structure: tuple[Index, list[str], list[str]],
) -> None:
    index, composites, known = structure
    forms = score.forms(index, "s")
    half = np.full(len(known), 0.00005)
    basis = forms.loc[known].to_numpy().T
    for target in composites:
        found = score.combine(known, half, forms, target)
        wanted = forms.loc[target].to_numpy()
        least, *_ = np.linalg.lstsq(basis, wanted, rcond=None)
        possible = np.abs(basis @ least - wanted).max() < 1e-10
        assert (found is not None) == possible
        if found is None:
            continue
        assert np.abs(basis @ found - wanted).max() < 1e-9
        # Any solution on a subset of the known figures is at least as wide.
        for size in range(1, len(known) + 1):
            for places in itertools.combinations(range(len(known)), size):
                some = basis[:, places]
                other, *_ = np.linalg.lstsq(some, wanted, rcond=None)
                if np.abs(some @ other - wanted).max() < 1e-10:
                    assert np.abs(found) @ half <= np.abs(other) @ half[list(places)] + 1e-12


def test_figures_without_rounding_error_are_preferred() -> None:
    index = index_of([("top", "", ""), ("x", "top", "1"), ("y", "top", "1"), ("also", "", ""),
                      ("x", "also", "1"), ("y", "also", "1")])  # fmt: skip
    forms = score.forms(index, "s")
    found = score.combine(["x", "y", "also"], np.array([0.1, 0.1, 0.0]), forms, "top")
    assert found is not None and found.tolist() == [0, 0, 1]
    assert score.combine(["x"], np.array([0.1]), forms, "top") is None
    assert score.combine([], np.array([]), forms, "top") is None


# The published tables


def test_pillars_are_what_the_definition_says_where_all_eight_are_known() -> None:
    for unit_set, year, total, weights in (
        ("34", 2024, 940, {"infrastructure": 140, "awareness": 50, "institutions": 50}),
        ("63", 2022, 1000, {}),
        ("63", 2023, 1000, {}),
    ):
        table = wide(unit_set, year)
        parts = ["awareness", "institutions", "infrastructure", "human_resources", "cybersecurity"]
        table = table.dropna(subset=parts)
        assert len(table) == (34 if unit_set == "34" else 10)
        base = sum(weights.get(name, 100) * table[name] for name in parts)
        points = {"digital_government": 200, "digital_economy": 150, "digital_society": 150}
        actives = ("gov_activity", "econ_activity", "society_activity")
        for (pillar, most), activity in zip(points.items(), actives, strict=True):
            expected = (base + most * table[activity]) / (total - 500 + most)
            assert np.allclose(table[pillar], expected, atol=1.6e-4)
            rows = SCORED[(SCORED["unit_set"] == unit_set) & (SCORED["year"] == year)]
            rows = rows[rows["indicator"] == pillar].set_index("unit").loc[table.index]
            # Both ways to work it out are true: their intervals of rounding meet.
            assert (rows["low"] <= expected + 0.00005).all()
            assert (rows["high"] >= expected - 0.00005).all()


def test_overall_of_the_complete_rows_is_reproduced() -> None:
    check = recompute.compare_with_published(made().index, SCORED)
    assert check["within"].all()
    counts = check.groupby(["unit_set", "year"]).size().to_dict()
    assert counts[("63", 2022)] == counts[("63", 2023)] == 10 and counts[("34", 2024)] == 34
    early = check[check["unit_set"] == "63"]
    assert (early["score"] - early["recomputed"]).abs().max() < 0.0001
    assert (check["score"] - check["recomputed"]).abs().max() < 0.00011


def test_the_pillar_means_of_2024_are_those_announced() -> None:
    means = wide("63", 2024)[PILLARS].mean()
    assert means.round(4).tolist() == [0.7582, 0.7723, 0.7692]
    assert len(wide("63", 2024)[PILLARS].dropna()) == 63


def test_the_means_of_the_members_are_the_34_published() -> None:
    everybody = made().units
    old, new = wide("63", 2024), wide("34", 2024)
    rows = SCORED[(SCORED["unit_set"] == "34") & (SCORED["year"] == 2024)]
    assert set(rows[rows["status"] == "published"]["indicator"]) >= {"overall", "infrastructure"}
    shared = ["overall", "infrastructure", "gov_activity", "econ_activity", "society_activity"]
    means = pd.DataFrame(
        {unit.code: old.loc[list(unit.members), shared].mean() for unit in everybody.of("34")}
    ).T
    assert (means - new.loc[means.index, shared]).abs().max().max() <= 0.0001 + 1e-9


def test_earlier_years_of_the_34_are_the_members_means_marked_derived() -> None:
    phu_tho = made().units.by_code["VN34-25"]
    for year in (2022, 2023):
        mean = wide("63", year).loc[list(phu_tho.members), "overall"].mean()
        assert wide("34", year).loc["VN34-25", "overall"] == pytest.approx(mean, abs=1e-12)
    rows = SCORED[(SCORED["unit_set"] == "34") & (SCORED["year"] < 2024)]
    assert set(rows["status"]) == {"derived"} and set(rows["year"]) == {2022, 2023}
    assert rows["source"].str.contains("simple average of the members").all()
    assert rows.groupby(["year", "indicator"]).size().loc[2022].loc["overall"] == 34


def test_published_scores_keep_the_interval_of_their_print() -> None:
    rows = SCORED[SCORED["status"] == "published"]
    width = (rows["high"] - rows["low"]).round(6)
    inside = rows["score"].between(0.0001, 0.9999)
    assert set(width[inside]) == {0.0001}
    assert rows["low"].min() >= 0 and rows["high"].max() <= 1
    assert (SCORED["low"] <= SCORED["score"]).all() and (SCORED["score"] <= SCORED["high"]).all()


def test_each_score_is_given_once() -> None:
    key = ["unit_set", "year", "unit", "indicator"]
    assert not SCORED.duplicated(key).any()


@pytest.mark.parametrize(
    ("year", "total", "points"),
    [(2022, 1000, (700, 650, 650)), (2023, 1000, (700, 650, 650)), (2024, 940, (640, 590, 590))],
)
def test_a_pillar_can_be_all_that_its_rounded_inputs_allow(
    year: int, total: float, points: tuple[float, float, float]
) -> None:
    """The foundation is the whole less the activities: what lowers these raises the pillars."""
    scored = made().scored
    rows = scored[(scored["unit_set"] == "63") & (scored["year"] == year)]
    wide = rows.pivot(index="unit", columns="indicator", values=["low", "score", "high"])
    activities = {"gov_activity": 200, "econ_activity": 150, "society_activity": 150}
    pillars = ("digital_government", "digital_economy", "digital_society")
    for pillar, own, maximum in zip(pillars, activities, points, strict=True):
        others = {name: weight for name, weight in activities.items() if name != own}

        def value(whole: str, part: str, others: Any = others, most: float = maximum) -> Any:
            taken = sum(weight * wide[part][name] for name, weight in others.items())
            return (total * wide[whole]["overall"] - taken) / most

        # Where all eight indices are known a narrower way is taken; a printed pillar is kept.
        plain = rows[(rows["indicator"] == pillar) & rows["source"].str.contains("overall")]["unit"]
        assert len(plain) > 40
        for end, (whole, part) in {"low": ("low", "high"), "high": ("high", "low")}.items():
            expected = value(whole, part)[plain]
            np.testing.assert_allclose(wide[end][pillar][plain], expected, rtol=0, atol=1e-12)
        np.testing.assert_allclose(
            wide["score"][pillar][plain], value("score", "score")[plain], rtol=0, atol=1e-12
        )
