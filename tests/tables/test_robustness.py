"""Uncertainty analysis of an index given by name: the same as of its frame, from its tables."""

import numpy as np
import pandas as pd
import pytest

from helpers import tables
from helpers.errors import DataError, ParameterError
from helpers.index import catalog
from helpers.methods import robust
from helpers.tables.robustness import look_up, record
from helpers.tables.robustness.catalogued import frames
from packs import dti, dti_headlines, made_up


@pytest.fixture
def processed(tmp_path, monkeypatch):
    """A project of its own that shares the raw files and holds the tables that are read."""
    (tmp_path / "data").mkdir()
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "data" / "raw").symlink_to(catalog.raw(), target_is_directory=True)
    index, published, scored = dti()
    monkeypatch.setenv("HELPERS_ROOT", str(tmp_path))
    tables.write(index.name, {"published": published, "intervals": scored})


def test_an_index_by_name_gives_the_ranks_of_its_table(processed):
    found = robust.uncertainty_analysis(*look_up("dti", "34", [2024]), replicates=50)
    (parts,) = dti_headlines().take_apart("34", 2024)
    order = parts.headline.rank(ascending=False, method="min")
    assert (found.nominal["rank"] == order).all()
    assert np.allclose(found.nominal["score"], parts.headline)
    assert found.weights.shape == (50, 8)


def test_the_63_provinces_are_analysed_by_what_is_known(processed):
    found = robust.uncertainty_analysis(*look_up("dti"), replicates=20)
    assert list(found.weights.columns.get_level_values("indicator")) == [
        "infrastructure", "gov_activity", "econ_activity", "society_activity", "rest",
    ]  # fmt: skip
    assert found.nominal.loc["VN-68", "rank"] == 50


def test_every_analysis_takes_what_is_looked_up(processed):
    years = before, after = look_up("dti", "63", [2022, 2023])
    change = robust.probability_of_rise(*years, replicates=200)
    assert change.loc["VN-68", "nominal"] == -20 and change.loc["VN-68", "p_fall"] == 1
    sobol = robust.sensitivity_analysis(before, later=after, units=["VN-68"], base=8)
    assert set(sobol["measure"]) == {"rank_change", "mean_abs_shift"}
    assert robust.swap_weights(*look_up("dti"))["rank"].iloc[0] == 1
    assert "rest" in robust.drop_one(*look_up("dti", "63", [2023])).index
    assert "awareness" in robust.build(*look_up("dti", "34", [2024]))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"years": [2021]}, "no full table of 63 in 2021 .* 2022, 2023, 2024"),
        ({"unit_set": "64"}, "no full table of unit set '64' .* 34, 63"),
    ],
)
def test_what_is_not_there_is_named(processed, given, says):
    with pytest.raises(ParameterError, match=says):
        look_up("dti", **given)


def test_an_unknown_index_and_mixed_up_arguments(processed):
    with pytest.raises(ParameterError, match="no index 'dtj'"):
        look_up("dtj")
    with pytest.raises(ValueError, match="pass them alone"):
        robust.build(*look_up("dti"), pd.DataFrame())
    with pytest.raises(ValueError, match="data are 'dti'; give a frame"):
        robust.build("dti")


def test_a_scheme_with_levels_keeps_them_where_everything_is_known():
    rows = [
        ("p", "overall", 1), ("q", "overall", 3),
        ("a", "p", 1), ("b", "p", 1), ("c", "q", 1), ("d", "q", 2),
    ]  # fmt: skip
    values = pd.DataFrame(np.random.default_rng(1).random((6, 4)), columns=list("abcd"))
    table = values.assign(overall=values @ [1 / 8, 1 / 8, 1 / 4, 1 / 2])
    (source,) = frames(made_up({1: table}, {1: rows}), "all", [1])
    built = robust.build(source.frame, source.structure)
    assert list(built.columns[:3]) == ["overall", "p", "q"]
    assert np.allclose(built["overall"], table["overall"])
    hidden = made_up({1: table.drop(columns="d")}, {1: rows})
    (source,) = frames(hidden, "all", [1])
    assert set(source.structure["parent"]) == {"overall"}


def test_a_headline_alone_leaves_nothing_to_vary():
    table = pd.DataFrame({"overall": [0.4, 0.3]})
    headlines = made_up({1: table, 2: table}, {1: [], 2: []})
    with pytest.raises(DataError, match="only the headline is known"):
        frames(headlines, "all", [1])


def test_scores_without_a_geometric_mean_keep_the_arithmetic():
    plain = pd.DataFrame({"a": [0.1, 0.5, 0.9], "b": [0.2, 0.4, 0.9]})
    assert robust.scored_assumptions(plain)[2].alternatives == ("arithmetic", "geometric")
    with_zero = plain.assign(a=[0.0, 0.5, 0.9])
    assert robust.scored_assumptions(plain, with_zero)[2].alternatives == ("arithmetic",)


def test_tables_hold_every_full_table_and_fit_their_contracts():
    headlines = dti_headlines()
    ranks = tables.conform("robust", record.ranks_table(headlines, 40))
    moves = tables.conform("robust_changes", record.changes_table(headlines, 40))
    assert ranks.groupby(["unit_set", "year"]).size().to_dict() == {
        (s, y): int(s) for s in ("34", "63") for y in (2022, 2023, 2024)
    }
    assert (moves.groupby("unit_set").size() == pd.Series({"34": 34, "63": 63})).all()
    again = tables.conform("robust", record.ranks_table(headlines, 40))
    pd.testing.assert_frame_equal(ranks, again)
