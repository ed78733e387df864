"""The headline taken apart: parts sum to it, whatever is known, and shares sum to the change."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.errors import DataError
from helpers.index import units
from helpers.methods.attribute import own_and_others
from helpers.tables import headline, rank, reweigh
from packs import dti, dti_headlines, made_up

LEAVES = ["a", "b", "c", "d"]


@st.composite
def indices(draw):
    """Two years of one scheme of four indicators, of which any number is unknown."""
    n = draw(st.integers(2, 6))
    weights = draw(st.lists(st.integers(1, 5), min_size=4, max_size=4))
    seed = draw(st.integers(0, 999))
    hidden = draw(st.sets(st.sampled_from(LEAVES)))
    rng = np.random.default_rng(seed)
    share = np.array(weights) / sum(weights)
    tables = {}
    for year in (1, 2):
        values = pd.DataFrame(
            rng.integers(0, 10, (n, 4)) / 10, index=[f"u{i}" for i in range(n)], columns=LEAVES
        )
        tables[year] = values.assign(overall=values @ share).drop(columns=sorted(hidden))
    rows = [(name, "overall", w) for name, w in zip(LEAVES, weights, strict=True)]
    return made_up(tables, {1: rows, 2: rows}), hidden


@settings(max_examples=60, deadline=None)
@given(indices(), st.one_of(st.none(), st.integers(1, 4)))
def test_parts_sum_to_the_headline_and_weigh_one(made, most):
    headlines, hidden = made
    pair = headlines.take_apart("all", 1, 2, most=most)
    for taken in pair:
        assert np.allclose(taken.contributions.sum(axis=1), taken.headline, atol=1e-12)
        assert taken.weights.sum() == pytest.approx(1, abs=1e-12)
        assert list(taken.weights.index) == list(taken.scores.columns)
        assert set(taken.held) >= hidden
        assert (taken.scores.columns[-1] == headline.REST) == bool(taken.held)
        assert most is None or len(taken.weights) <= most
    assert list(pair[0].scores) == list(pair[1].scores)


def test_rest_is_what_the_unknown_indicators_weigh_together():
    values = pd.DataFrame({"a": [0.2, 0.4], "b": [0.6, 0.0], "c": [0.1, 0.9]}, index=["x", "y"])
    table = values.assign(overall=(values @ [1, 2, 3]) / 6)
    rows = [("a", "overall", 1), ("b", "overall", 2), ("c", "overall", 3)]
    headlines = made_up({1: table.drop(columns=["b", "c"])}, {1: rows}, half=0.05)
    (taken,) = headlines.take_apart("all", 1)
    assert taken.held == ("b", "c")
    assert np.allclose(taken.scores["rest"], (values[["b", "c"]] @ [2, 3]) / 5)
    assert taken.weights.to_dict() == pytest.approx({"a": 1 / 6, "rest": 5 / 6})
    # (half of the headline + a sixth of half of a) over the rest's weight.
    assert np.allclose(taken.half["rest"], 0.05 * (1 + 1 / 6) / (5 / 6))


def test_an_indicator_missing_for_one_unit_joins_the_rest():
    table = pd.DataFrame({"a": [0.2, np.nan], "b": [0.6, 0.1], "overall": [0.4, 0.3]})
    rows = [("a", "overall", 1), ("b", "overall", 1)]
    (taken,) = made_up({1: table}, {1: rows}).take_apart("all", 1)
    assert list(taken.scores) == ["b", "rest"]


def test_rounding_is_spread_where_everything_is_known():
    table = pd.DataFrame({"a": [0.2, 0.5], "b": [0.6, 0.1], "overall": [0.41, 0.3]})
    rows = [("a", "overall", 1), ("b", "overall", 1)]
    (taken,) = made_up({1: table}, {1: rows}).take_apart("all", 1)
    assert taken.held == () and np.allclose(taken.scores.iloc[0], [0.21, 0.61])
    assert np.allclose(taken.contributions.sum(axis=1), table["overall"])


def test_only_full_tables_are_taken_apart():
    headlines = dti_headlines()
    assert sorted(headlines.full) == [(s, y) for s in ("34", "63") for y in (2022, 2023, 2024)]
    assert headlines.pairs() == [("34", 2022, 2023), ("63", 2022, 2023)]
    with pytest.raises(DataError, match=r"no table of 63 2021 .* full tables: 34 2022"):
        headlines.take_apart("63", 2021)


def test_the_63_provinces_have_four_known_parts_and_a_rest():
    before, after = dti_headlines().take_apart("63", 2022, 2023)
    assert before.weights.to_dict() == pytest.approx(
        {
            "infrastructure": 0.1, "gov_activity": 0.2, "econ_activity": 0.15,
            "society_activity": 0.15, "rest": 0.4,
        }
    )  # fmt: skip
    assert after.held == ("awareness", "institutions", "human_resources", "cybersecurity")
    assert float(after.half["rest"].max()) == pytest.approx(0.0002)


def test_the_rest_agrees_with_the_eight_indices_where_they_are_known():
    _index, _published, scored = dti()
    (taken,) = dti_headlines().take_apart("63", 2023)
    wide = scored[(scored["unit_set"] == "63") & (scored["year"] == 2023)].pivot(
        index="unit", columns="indicator", values="score"
    )
    known = wide[list(taken.held)].dropna().mean(axis=1)
    assert len(known) == 10
    assert (known - taken.scores["rest"][known.index]).abs().max() < 3e-4


def test_contributions_sum_to_each_change_and_the_others_are_their_effect():
    headlines = dti_headlines()
    table = headline.contributions_table(headlines)
    wide = table.pivot(index=["unit_set", "unit"], columns="part", values="contribution")
    for unit_set, *years in headlines.pairs():
        before, after = headlines.take_apart(unit_set, *years)
        split = own_and_others(before.headline, after.headline)
        shares = wide.loc[unit_set].dropna(axis="columns").loc[split.index]
        assert np.allclose(shares.sum(axis=1), split["change"].astype(float), atol=1e-9)
        assert np.allclose(shares["others"], split["others_effect"], atol=1e-9)


def test_phu_tho_fell_twenty_although_its_government_activity_lifted_it():
    table = headline.contributions_table(dti_headlines())
    own = table[table["unit"] == "VN-68"].set_index("part")["contribution"]
    assert own.sum() == pytest.approx(-20) and own["others"] == pytest.approx(-34.5)
    assert own.drop("others").sum() == pytest.approx(14.5)
    assert own.round(1).to_dict() == {
        "infrastructure": -0.8, "gov_activity": 10.1, "econ_activity": -1.8,
        "society_activity": 4.3, "rest": 2.7, "others": -34.5,
    }  # fmt: skip


def test_many_indicators_are_explained_by_the_heaviest():
    names = [f"i{k:02}" for k in range(20)]
    rng = np.random.default_rng(0)
    rows = [(name, "overall", k + 1) for k, name in enumerate(names)]
    share = np.arange(1, 21) / np.arange(1, 21).sum()
    tables = {}
    for year in (1, 2):
        values = pd.DataFrame(rng.random((5, 20)), columns=names)
        tables[year] = values.assign(overall=values @ share)
    before, _after = made_up(tables, {1: rows, 2: rows}).take_apart("all", 1, 2, most=12)
    assert list(before.scores) == [*names[9:], "rest"] and before.held == tuple(names[:9])


def test_breaks_are_the_pairs_under_two_schemes():
    assert reweigh.breaks(dti_headlines()) == [("34", 2023, 2024), ("63", 2023, 2024)]


def test_reweighing_across_the_break_keeps_the_ranks_of_both_tables():
    index, published, scored = dti()
    ranked = rank.ranks(index, units.load(index), scored, published)
    rows = ranked[(ranked["indicator"] == "overall") & (ranked["unit_set"] == "63")]
    ranks = rows.pivot(index="unit", columns="year", values="rank")
    split = reweigh.reweigh_change(dti_headlines(), "63", 2023, 2024)
    assert (split["rank_from"] == ranks[2023]).all() and (split["rank_to"] == ranks[2024]).all()
    assert (split["scheme_effect"] + split["data_effect"] == split["change"]).all()


def test_reweighing_a_year_by_its_own_scheme_moves_nobody():
    headlines = dti_headlines()
    same = reweigh.reweigh_table(headlines, "34", 2024, "2024")
    other = reweigh.reweigh_table(headlines, "34", 2024, "2021-2023")
    assert (same["shift"] == 0).all()
    assert other["shift"].abs().max() == 2 and (other["rank"] == same["rank"]).all()


def test_a_year_of_which_parts_are_known_is_not_weighed_by_another_scheme():
    with pytest.raises(DataError, match=r"63\) cannot be weighed by scheme 2021-2023: awareness"):
        reweigh.reweigh_table(dti_headlines(), "63", 2024, "2021-2023")


@pytest.mark.parametrize("unit_set", ["34", "63"])
def test_weighing_the_common_parts_agrees_with_the_split_of_the_change(unit_set):
    headlines = dti_headlines()
    split = reweigh.reweigh_change(headlines, unit_set, 2023, 2024)
    table = reweigh.reweigh_table(headlines, unit_set, 2024, "2021-2023", 2023)
    assert (table["rank"] == split["rank_to"]).all()
    assert (table["rank_reweighed"] == split["rank_data_only"]).all()
    assert (table["shift"] != 0).any()
