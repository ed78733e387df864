"""The published numbers of the R package COINr for its ASEM example (see peers/coinr)."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.methods.robust import (
    Assumption,
    Inputs,
    Noise,
    Normalisation,
    Options,
    build,
    drop_one,
    sensitivity_analysis,
    uncertainty_analysis,
)

FOLDER = Path(__file__).parent / "peers" / "coinr"
NOMINAL = Options(
    imputation="group-mean",
    group="EurAsia_group",
    winsorised_points=5,
    normalisation=Normalisation("min-max", 0, 100),
)
ASSUMPTIONS = (
    Assumption("winsorised_points", (1, 2, 3, 4, 5)),
    Assumption(
        "normalisation", (Normalisation("min-max", 1, 100), Normalisation("z-score", 10, 2))
    ),
    Assumption("weights", (Noise(0.25, levels=(2, 3)),)),
    Assumption("aggregation", ("arithmetic", "geometric")),
)
PUBLISHED = """
unit rank Index  Conn  Sust  Physical ConEcFin Political Instit P2P   Environ Social SusEcFin
CHE  1    68.38  62.79 73.98 63.41    32.87    74.78     85.94  56.93 77.21   87.85  56.88
NLD  2    64.82  61.94 67.70 64.87    46.62    84.55     71.74  41.92 58.73   86.58  57.78
DNK  3    64.80  57.10 72.51 50.52    30.43    78.13     75.35  51.04 69.83   86.40  61.29
NOR  4    64.47  57.44 71.50 58.18    25.70    80.03     89.46  33.80 70.90   87.00  56.59
"""


@pytest.fixture(scope="module")
def data():
    return pd.read_csv(FOLDER / "ASEM_iData.csv").set_index("uCode")


@pytest.fixture(scope="module")
def structure():
    """COINr's iMeta table in the project's form: the same facts under other column names."""
    meta = pd.read_csv(FOLDER / "ASEM_iMeta.csv")
    names = {
        "iCode": "indicator",
        "Parent": "parent",
        "Weight": "weight",
        "Direction": "direction",
        "Denominator": "denominator",
    }
    rows = meta[meta["Type"].isin(["Indicator", "Aggregate"])]
    return rows.rename(columns=names)[list(names.values())]


def test_index_and_pillars_to_two_decimals(data, structure):
    rows = [line.split() for line in PUBLISHED.strip().splitlines()]
    published = pd.DataFrame(rows[1:], columns=rows[0]).set_index("unit").astype(float)
    built = build(data, structure, NOMINAL)
    assert list(built.columns[:3]) == ["Index", "Conn", "Sust"]
    assert built.shape == (51, 60)
    expected = published.drop(columns="rank")
    found = built.loc[expected.index, list(expected.columns)].round(2)
    np.testing.assert_allclose(found, expected, atol=1e-9)
    ranks = built["Index"].rank(ascending=False)
    assert ranks[published.index].tolist() == [1, 2, 3, 4]
    assert ranks[["AUS", "AUT", "BEL"]].tolist() == [35, 7, 5]


def test_dropping_a_pillar_to_six_decimals(data, structure):
    published = {
        "Physical": 1.529412,
        "ConEcFin": 2.627451,
        "Political": 2.901961,
        "Instit": 1.176471,
        "P2P": 1.686275,
        "Environ": 3.098039,
    }
    table = drop_one(Inputs(data, structure, NOMINAL))
    assert table["mean_abs_shift"].round(6)[list(published)].to_dict() == published
    assert (table["level"] == 2).sum() == 8
    assert (table["level"] == 1).sum() == 49


def test_monte_carlo_ranks_agree(data, structure):
    """COINr's figures come from 100 runs; 10,000 of ours must lie within its sampling error."""
    result = uncertainty_analysis(
        data, structure, assumptions=ASSUMPTIONS, nominal=NOMINAL, replicates=10_000
    )
    summary = result.summary().loc[["AUS", "AUT", "BEL"]]
    assert summary["nominal"].tolist() == [35, 7, 5]
    np.testing.assert_allclose(summary["median"], [35, 7, 5], atol=1)
    np.testing.assert_allclose(summary["mean"], [35.28, 7.00, 5.15], atol=0.5)
    np.testing.assert_allclose(summary["q05"], [34, 5.95, 3], atol=1)
    np.testing.assert_allclose(summary["q95"], [38, 9, 9], atol=1)
    assert result.ranks.shape == result.scores.shape == (10_000, 51)
    assert (result.ranks.dtypes == np.int16).all()
    shares = result.samples["winsorised_points"].value_counts(normalize=True)
    np.testing.assert_allclose(shares, 0.2, atol=0.02)


def test_every_replicate_can_be_rebuilt_from_what_is_kept(data, structure):
    result = uncertainty_analysis(
        data, structure, assumptions=ASSUMPTIONS, nominal=NOMINAL, replicates=12, seed=3
    )
    scales = {str(x): x for x in ASSUMPTIONS[1].alternatives}
    for i, sample in result.samples.iterrows():
        used = structure.merge(
            result.weights.loc[i].rename("used"),
            left_on=["parent", "indicator"],
            right_index=True,
            how="left",
        )
        options = Options(
            imputation="group-mean",
            group="EurAsia_group",
            winsorised_points=sample["winsorised_points"],
            normalisation=scales[sample["normalisation"]],
            aggregation=sample["aggregation"],
        )
        again = build(data, used.assign(weight=used["used"]), options)["Index"]
        np.testing.assert_allclose(again, result.scores.loc[i], rtol=1e-12)
        assert again.rank(ascending=False).tolist() == result.ranks.loc[i].tolist()


def test_identical_alternatives_have_exactly_zero_sensitivity(data, structure):
    same = Assumption("normalisation", ("min-max", Normalisation("min-max", 0, 100)))
    table = sensitivity_analysis(
        Inputs(data, structure, NOMINAL),
        assumptions=(ASSUMPTIONS[0], same, ASSUMPTIONS[2]),
        base=64,
        resamples=20,
    )
    indices = ["first_order", "first_order_ci", "total_order", "total_order_ci"]
    idle = table[table["assumption"] == "normalisation"]
    assert len(idle) == 52
    assert (idle[indices] == 0).all(axis=None)
    shift = table[table["measure"] == "mean_abs_shift"].set_index("assumption")
    assert shift.loc["weights", "total_order"] > 0.3
    assert shift.loc["winsorised_points", "total_order"] > 0.1


def test_without_imputation_the_missing_value_is_named(data, structure):
    with pytest.raises(ValueError, match=r"of unit .* is missing.*choose an imputation"):
        build(data, structure)
