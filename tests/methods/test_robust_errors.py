"""Bad input: each mistake is named, with where it is and how to mend it."""

import numpy as np
import pandas as pd
import pytest

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

FRAME = pd.DataFrame(
    {"x": [3.0, 1.0, 2.0, 5.0], "y": [1.0, 4.0, 2.0, 2.0], "area": [1.0, 2.0, 1.0, 4.0]},
    index=["A", "B", "C", "D"],
)
STRUCTURE = pd.DataFrame(
    {"indicator": ["x", "y"], "parent": "top", "weight": [1.0, 1.0], "direction": [1, 1]}
)


def changed(frame, row, column, value):
    out = frame.copy()
    out.loc[row, column] = value
    return out


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (changed(FRAME, "B", "x", np.nan), "x of unit B is missing.*imputation"),
        (changed(FRAME, "C", "y", -np.inf), "'y' of the data is infinite for unit 'C'"),
        (FRAME.iloc[:1], "1 unit.*at least two"),
        (FRAME.drop(columns="y"), "column y .* not in the data"),
        (FRAME.astype({"y": str}), "column 'y' of the data holds .*, not numbers"),
        (FRAME.rename(index={"B": "A"}), "unit 'A' occurs twice"),
        (FRAME[["x", "y", "y"]], "column 'y' occurs twice"),
        ("dti", "data are 'dti'; give a frame"),
        (Inputs(FRAME, STRUCTURE), "pass them alone"),
    ],
)
def test_data(data, message):
    for call in (build, uncertainty_analysis, sensitivity_analysis, drop_one, swap_weights):
        with pytest.raises(ValueError, match=message):
            call(data, STRUCTURE)


@pytest.mark.parametrize(
    ("structure", "message"),
    [
        (None, "structure is missing"),
        (STRUCTURE.drop(columns="weight"), "lacks column weight"),
        (changed(STRUCTURE, 0, "weight", -0.5), "weight of x under top is -0.5"),
        (changed(STRUCTURE, 1, "weight", np.nan), "weight of y under top is nan"),
        (changed(STRUCTURE, 0, "weight", np.inf), "weight of x under top is inf; give a finite"),
        (STRUCTURE.assign(weight=["half", 1]), "weight of x under top is half"),
        (STRUCTURE.assign(weight=0), "all weights under top are zero"),
        (changed(STRUCTURE, 1, "direction", 2), "direction of y is 2"),
        (pd.concat([STRUCTURE, STRUCTURE]), "x under top twice"),
        (STRUCTURE.assign(scheme=["old", "new"]), r"several schemes \(old, new\)"),
        (STRUCTURE.assign(parent=["one", "two"]), r"2 roots \(one, two\); say which"),
        (STRUCTURE.assign(parent=["y", "x"]), "0 roots"),
        (changed(STRUCTURE, 0, "indicator", None), "row without an indicator"),
    ],
)
def test_structure(structure, message):
    with pytest.raises(ValueError, match=message):
        build(FRAME, structure)


def test_structure_in_a_circle_and_turned_composites():
    rows = [("a", "top", 1, 1), ("b", "a", 1, 1), ("a", "b", 1, 1)]
    circle = pd.DataFrame(rows, columns=["indicator", "parent", "weight", "direction"])
    with pytest.raises(ValueError, match="circle"):
        build(FRAME, circle)
    rows = [("p", "top", 1, -1), ("x", "p", 1, 1)]
    turned = pd.DataFrame(rows, columns=["indicator", "parent", "weight", "direction"])
    with pytest.raises(ValueError, match="composite p has direction -1"):
        build(FRAME, turned)
    with pytest.raises(ValueError, match="target 'x' is no composite; give one of top"):
        build(FRAME, STRUCTURE, target="x")


def test_denominators():
    by_area = STRUCTURE.assign(denominator=["area", None])
    built = build(FRAME, by_area)
    np.testing.assert_allclose(built["x"], FRAME["x"] / FRAME["area"])
    np.testing.assert_allclose(built["y"], FRAME["y"])
    with pytest.raises(ValueError, match="denominator area of unit B is 0 for x"):
        build(changed(FRAME, "B", "area", 0), by_area)
    with pytest.raises(ValueError, match=r"x of unit B is missing"):
        build(changed(FRAME, "B", "area", np.nan), by_area)
    with pytest.raises(ValueError, match=r"column gdp \(denominator of y\) is not in the data"):
        build(FRAME, STRUCTURE.assign(denominator=["area", "gdp"]))


def test_imputation():
    gap = changed(FRAME, "B", "x", np.nan).assign(region=["n", "n", "s", "s"])
    assert build(gap, STRUCTURE, Options(imputation="mean")).loc["B", "x"] == pytest.approx(10 / 3)
    assert build(gap, STRUCTURE, Options(imputation="median")).loc["B", "x"] == 3
    by_region = Options(imputation="group-mean", group="region")
    assert build(gap, STRUCTURE, by_region).loc["B", "x"] == 3
    empty = changed(gap, "A", "x", np.nan)
    with pytest.raises(ValueError, match="x has no value in the group of unit A"):
        build(empty, STRUCTURE, by_region)
    with pytest.raises(ValueError, match="x has no value to impute from"):
        build(gap.assign(x=np.nan), STRUCTURE, Options(imputation="mean"))
    with pytest.raises(ValueError, match="group column area2 is not"):
        build(gap, STRUCTURE, Options(imputation="group-mean", group="area2"))
    with pytest.raises(ValueError, match="unit D has no region"):
        build(changed(gap, "D", "region", None), STRUCTURE, by_region)


@pytest.mark.parametrize("method", ["min-max", "z-score"])
def test_an_indicator_without_variance(method):
    with pytest.raises(ValueError, match=f"y is the same for all units, so {method} is undefined"):
        build(FRAME.assign(y=2.0), STRUCTURE, Options(normalisation=method))
    for other in ("none", "rank", "percentile", "distance"):
        built = build(FRAME.assign(y=2.0), STRUCTURE, Options(normalisation=other))
        assert list(built["top"].rank()) == list(FRAME["x"].rank())


@pytest.mark.parametrize("aggregation", ["geometric", "harmonic"])
def test_means_that_need_positive_values(aggregation):
    options = Options(normalisation="min-max", aggregation=aggregation)
    with pytest.raises(ValueError, match=f"y of unit A is 0 .*{aggregation} mean needs positive"):
        build(FRAME.assign(x=[1.0, 2.0, 3.0, 4.0]), STRUCTURE.assign(weight=[0, 1]), options)
    without = Options(aggregation=aggregation, leave_out="y")
    np.testing.assert_allclose(build(FRAME.assign(y=-1.0), STRUCTURE, without)["top"], FRAME["x"])


def test_other_undefined_results():
    with pytest.raises(ValueError, match="x has values <= 0, which have no ratio to the best"):
        build(FRAME.assign(x=FRAME["x"] - 1), STRUCTURE, Options(normalisation="distance"))
    three = pd.concat([STRUCTURE, STRUCTURE.iloc[:1].assign(indicator="area")])
    with pytest.raises(ValueError, match="y is the same for all units and has no PCA weight"):
        build(FRAME.assign(y=1.0), three, Options(weights="pca"))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Options(imputation="guess"), "imputation is 'guess'; give one of none, mean"),
        (lambda: Options(imputation="group-mean"), "give group="),
        (lambda: Options(aggregation="sum"), "aggregation is 'sum'"),
        (lambda: Options(weights="random"), "weights is 'random'"),
        (lambda: Options(winsorised_points=-1), "winsorised_points is -1"),
        (lambda: Normalisation("minmax"), "normalisation is 'minmax'; give one of none, min-max"),
        (lambda: Normalisation("min-max", 5, 5), "give a < b"),
        (lambda: Normalisation("z-score", 0, 0), "give b > 0"),
        (lambda: Normalisation("rank", 0, 1), "takes no numbers"),
        (lambda: Noise(1.0), "0 <= factor < 1"),
        (lambda: Noise(0.1, levels=(0,)), "numbers from 1"),
        (lambda: Dirichlet(0), "positive number"),
        (lambda: Assumption("group", ("a",)), "assumption is 'group'"),
        (lambda: Assumption("weights", ()), "non-empty tuple"),
        (lambda: Assumption("aggregation", "geometric"), "non-empty tuple"),
        (lambda: Assumption("aggregation", ("arithmetic", "sum")), "aggregation is 'sum'"),
    ],
)
def test_options(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_analyses():
    noise = Assumption("weights", (Noise(),))
    with pytest.raises(ValueError, match="no assumptions are varied"):
        uncertainty_analysis(FRAME, STRUCTURE, assumptions=[])
    with pytest.raises(ValueError, match="'weights' is given twice"):
        uncertainty_analysis(FRAME, STRUCTURE, assumptions=[noise, noise])
    with pytest.raises(ValueError, match="replicates is 0"):
        uncertainty_analysis(FRAME, STRUCTURE, assumptions=[noise], replicates=0)
    with pytest.raises(ValueError, match=r"replicates is 1.5; give a whole number"):
        uncertainty_analysis(FRAME, STRUCTURE, assumptions=[noise], replicates=1.5)
    with pytest.raises(ValueError, match="nominal weights are random"):
        uncertainty_analysis(FRAME, STRUCTURE, nominal=Options(weights=Noise()))
    with pytest.raises(ValueError, match=r"no weights at levels \(3,\); the structure has levels"):
        uncertainty_analysis(
            FRAME, STRUCTURE, assumptions=[Assumption("weights", (Noise(levels=(3,)),))]
        )
    with pytest.raises(ValueError, match="power of two"):
        sensitivity_analysis(FRAME, STRUCTURE, base=100)
    with pytest.raises(ValueError, match="unit 'E' is not in the data"):
        sensitivity_analysis(FRAME, STRUCTURE, units=["E"])
    with pytest.raises(ValueError, match="over is 'pillars'"):
        swap_weights(FRAME, STRUCTURE, over="pillars")


def test_leaving_out_what_cannot_be():
    with pytest.raises(ValueError, match="cannot leave out 'z'; give one of x, y"):
        drop_one(FRAME, STRUCTURE, children=["z"])
    with pytest.raises(ValueError, match="cannot leave out 'top'"):
        build(FRAME, STRUCTURE, Options(leave_out="top"))
    with pytest.raises(ValueError, match="nothing remains of top without x"):
        drop_one(FRAME, STRUCTURE.iloc[:1], children=["x"])
    assert drop_one(FRAME, STRUCTURE.iloc[:1]).empty
    with pytest.raises(ValueError, match="already leaves out x"):
        drop_one(Inputs(FRAME, STRUCTURE, Options(leave_out="x")))


def test_years_that_do_not_fit():
    with pytest.raises(ValueError, match="the two years share no unit"):
        probability_of_rise(FRAME, FRAME.rename("other {}".format), STRUCTURE)
    other = STRUCTURE.assign(indicator=["x", "area"])
    with pytest.raises(ValueError, match="differ in area under 'top'"):
        probability_of_rise(Inputs(FRAME, STRUCTURE), Inputs(FRAME, other))
    later = Inputs(FRAME, STRUCTURE.assign(weight=[3.0, 1.0]))
    heavier = probability_of_rise(Inputs(FRAME, STRUCTURE), later, replicates=50)
    assert heavier.loc["B", "nominal"] < 0
