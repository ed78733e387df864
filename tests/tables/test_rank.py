"""Ranks, rank sets and changes: theorems first, then the figures that are known."""

import itertools
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from helpers.tables import rank
from helpers.tables.rank import bound_by_neighbours, competition_ranks, rank_sets
from projects import made

RANKED, CHANGED = made().ranked, made().changed
MAIN = ["overall", "digital_government", "digital_economy", "digital_society"]
few = settings(max_examples=60, deadline=None)
Array = NDArray[np.float64]


def by_definition(score: Array) -> Array:
    return 1 + (score[None, :] > score[:, None]).sum(axis=1).astype(float)


@st.composite
def intervals(draw: Any, most: int = 12) -> tuple[Array, Array]:
    """Intervals with ends on a coarse grid, so that they often touch or coincide."""
    ends = draw(
        st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), min_size=1, max_size=most)
    )
    low, width = np.array(ends, dtype=float).T
    return low / 10, (low + width) / 10


# Competition ranks


def test_ties_share_the_best_place() -> None:
    assert competition_ranks(np.array([0.9, 0.5, 0.5, 0.4])).tolist() == [1, 2, 2, 4]
    score = np.array([*np.linspace(1, 0.87, 14), 0.5, 0.5, 0.4])
    assert competition_ranks(score)[-3:].tolist() == [15, 15, 17]


def test_sums_that_differ_by_the_last_bit_are_level() -> None:
    assert competition_ranks(np.array([0.1 + 0.2, 0.3])).tolist() == [1, 1]


def test_a_unit_without_a_score_is_unranked_and_above_nobody() -> None:
    found = competition_ranks(np.array([np.nan, 0.5, 0.6]))
    assert np.isnan(found[0]) and found[1:].tolist() == [2, 1]
    assert competition_ranks(np.array([])).tolist() == []


@few
@given(st.lists(st.integers(0, 9), min_size=1, max_size=20))
def test_competition_ranks_are_those_of_the_definition(scores: list[int]) -> None:
    score = np.array(scores) / 10
    assert (competition_ranks(score) == by_definition(score)).all()


# Rank sets


@few
@given(intervals(), st.randoms(use_true_random=False))
def test_a_rank_set_holds_the_rank_of_any_scores_inside(
    ends: tuple[Array, Array], chance: Any
) -> None:
    low, high = ends
    best, worst = rank_sets(low, high)
    assert (best >= 1).all() and (best <= worst).all() and (worst <= len(low)).all()
    for _ in range(5):
        score = np.array([chance.uniform(a, b) for a, b in zip(low, high, strict=True)])
        found = competition_ranks(score)
        assert (best <= found).all() and (found <= worst).all()
    middle = competition_ranks((low + high) / 2)
    assert (best <= middle).all() and (middle <= worst).all()


@few
@given(intervals())
def test_both_ends_of_a_rank_set_are_attained(ends: tuple[Array, Array]) -> None:
    low, high = ends
    best, worst = rank_sets(low, high)
    for unit in range(len(low)):
        favourable, adverse = low.copy(), high.copy()
        favourable[unit], adverse[unit] = high[unit], low[unit]
        assert competition_ranks(favourable)[unit] == best[unit]
        assert competition_ranks(adverse)[unit] == worst[unit]


@few
@given(intervals(most=8), st.randoms(use_true_random=False))
def test_rank_sets_do_not_depend_on_the_order_of_the_rows(
    ends: tuple[Array, Array], chance: Any
) -> None:
    low, high = ends
    order = list(range(len(low)))
    chance.shuffle(order)
    for one, other in zip(rank_sets(low, high), rank_sets(low[order], high[order]), strict=True):
        assert (one[order] == other).all()


@few
@given(st.lists(st.integers(0, 9), min_size=1, max_size=15))
def test_exact_scores_leave_one_rank(scores: list[int]) -> None:
    score = np.array(scores) / 10
    best, worst = rank_sets(score, score)
    assert (best == worst).all() and (best == competition_ranks(score)).all()


@few
@given(intervals())
def test_wider_intervals_never_narrow_a_rank_set(ends: tuple[Array, Array]) -> None:
    low, high = ends
    best, worst = rank_sets(low, high)
    wider_best, wider_worst = rank_sets(low - 0.05, high + 0.05)
    assert (wider_best <= best).all() and (wider_worst >= worst).all()


def test_a_missing_score_has_no_rank_set() -> None:
    best, worst = rank_sets(np.array([0.1, np.nan]), np.array([0.2, np.nan]))
    assert (best[0], worst[0]) == (1, 1) and np.isnan(best[1]) and np.isnan(worst[1])


# Bounds from singly published ranks


@st.composite
def partial_tables(draw: Any) -> tuple[Array, Array, Array, int]:
    """A table of up to four units of which some scores (as intervals) and ranks are known.

    It is made from a full table, so that what is known never contradicts itself.
    """
    units = draw(st.integers(1, 4))
    true = np.array(draw(st.lists(st.integers(0, 3), min_size=units, max_size=units)), dtype=float)
    rank_ = by_definition(true)
    known = draw(st.integers(1, units))
    low, high, told = (np.full(known, np.nan) for _ in range(3))
    for unit in range(known):
        what = draw(st.sampled_from(["score", "rank", "both"]))
        if what != "rank":
            low[unit] = true[unit] - draw(st.integers(0, 1))
            high[unit] = true[unit] + draw(st.integers(0, 1))
        if what != "score":
            told[unit] = rank_[unit]
    return low, high, told, units


@few
@given(partial_tables())
def test_bounds_hold_in_every_table_that_fits_what_is_known(
    table: tuple[Array, Array, Array, int],
) -> None:
    low, high, told, units = table
    known = len(low)
    possible: list[set[float]] = [set() for _ in range(known)]
    for scores in itertools.product(range(-1, 5), repeat=units):
        score = np.array(scores, dtype=float)
        inside = np.isnan(low) | ((score[:known] >= low) & (score[:known] <= high))
        ranks = by_definition(score)[:known]
        if inside.all() and (np.isnan(told) | (ranks == told)).all():
            for unit, place in enumerate(ranks):
                possible[unit].add(place)
    best, worst = bound_by_neighbours(low, high, told, units)
    for unit in range(known):
        assert best[unit] <= min(possible[unit]) and max(possible[unit]) <= worst[unit]


@few
@given(intervals(most=8))
def test_bounds_of_a_table_known_in_full_are_its_rank_sets(ends: tuple[Array, Array]) -> None:
    low, high = ends
    nobody = np.full(len(low), np.nan)
    for one, other in zip(
        bound_by_neighbours(low, high, nobody, len(low)), rank_sets(low, high), strict=True
    ):
        assert (one == other).all()


def test_neighbours_bound_a_rank() -> None:
    # 0.50 was 15th and 0.40 was 20th: 0.45 lies between, 0.55 above and 0.30 below.
    score = np.array([0.50, 0.40, 0.45, 0.55, 0.30, np.nan])
    told = np.array([15, 20, np.nan, np.nan, np.nan, 40])
    best, worst = bound_by_neighbours(score - 5e-5, score + 5e-5, told, 63)
    assert best.tolist() == [15, 20, 16, 1, 21, 40]
    assert worst.tolist() == [15, 20, 19, 14, 63, 40]


def test_sources_that_contradict_each_other_bound_nothing() -> None:
    score, told = np.array([0.50, 0.40, 0.45]), np.array([20.0, 15.0, np.nan])
    best, worst = bound_by_neighbours(score, score, told, 63)
    assert (best[2], worst[2]) == (1, 63) and best[:2].tolist() == [20, 15]


# The published tables


def place(unit: str, year: int, indicator: str = "overall", unit_set: str = "63") -> Any:
    rows = RANKED.set_index(["unit_set", "year", "indicator", "unit"])
    return rows.loc[(unit_set, year, indicator, unit)]


def test_phu_tho() -> None:
    assert [place("VN-68", year)["rank"] for year in (2022, 2023, 2024)] == [23, 43, 50]
    assert place("VN-68", 2022, "digital_government")["rank"] == 21
    assert place("VN-68", 2022, "digital_economy")["rank"] == 13
    society = place("VN-68", 2022, "digital_society")
    assert society["rank_low"] <= 20 <= society["rank_high"]
    assert [place("VN-68", 2021, name)["rank"] for name in MAIN[:3]] == [18, 20, 17]


def test_every_pillar_rank_of_the_press_lies_in_its_set_but_one() -> None:
    published = made().cleaned.published
    told = published[
        (published["measure"] == "rank")
        & published["indicator"].isin(MAIN[1:])
        & published["year"].between(2022, 2024)
    ]
    key = ["unit_set", "year", "indicator", "unit"]
    rows = told.merge(RANKED[[*key, "rank_low", "rank_high"]], on=key, validate="many_to_one")
    assert len(rows) == len(told) >= 20
    out = rows[~rows["value"].between(rows["rank_low"], rows["rank_high"])]
    assert out[["unit", "year", "indicator", "value"]].to_numpy().tolist() == [
        ["VN-34", 2022, "digital_government", 44.0]  # Khánh Hòa
    ]


def test_the_sets_are_narrow() -> None:
    rows = RANKED[RANKED["full"] & RANKED["indicator"].isin(MAIN)]
    assert (rows["rank_high"] - rows["rank_low"]).mean() < 1.5
    assert (rows["rank_high"] - rows["rank_low"] + 1).mean() < 2.5
    by_year = (rows["rank_high"] - rows["rank_low"]).groupby([rows["unit_set"], rows["year"]])
    assert (by_year.mean() < 1.5).all()


def test_the_tables_are_complete() -> None:
    sizes = RANKED[RANKED["rank"].notna()].groupby(["unit_set", "year", "indicator"]).size()
    for name in MAIN:
        for year in (2022, 2023, 2024):
            assert sizes["63", year, name] == 63 and sizes["34", year, name] == 34
    assert not RANKED.duplicated(["unit_set", "year", "indicator", "unit"]).any()


def test_ranks_lie_in_their_sets_and_sets_in_the_table() -> None:
    rows = RANKED.dropna(subset="rank")
    assert (rows["rank_low"] <= rows["rank"]).all() and (rows["rank"] <= rows["rank_high"]).all()
    bound = RANKED.dropna(subset="rank_low")
    most = bound["unit_set"].map({"63": 63, "34": 34})
    assert (bound["rank_low"] >= 1).all() and (bound["rank_high"] <= most).all()
    assert (bound["rank_low"] <= bound["rank_high"]).all()


def test_ranks_agree_with_the_ranks_of_the_complete_tables() -> None:
    rows = RANKED[(RANKED["unit_set"] == "34") & (RANKED["year"] == 2024)]
    rows = rows[rows["indicator"] == "overall"]
    assert (rows["rank"] == rows["rank_published"]).all() and len(rows) == 34


def test_years_known_in_part_keep_what_was_published_and_bound_the_rest() -> None:
    early = RANKED[RANKED["year"] <= 2021]
    assert not early["full"].any()
    assert (early["rank"].isna() == early["rank_published"].isna()).all()
    told = early.dropna(subset="rank_published")
    assert (told["rank_low"] == told["rank_published"]).all()
    assert (told["rank_high"] == told["rank_published"]).all()


def test_a_rank_of_2021_is_bound_by_the_others_that_are_known() -> None:
    rows = RANKED[(RANKED["year"] == 2021) & (RANKED["indicator"] == "overall")]
    rows = rows.dropna(subset=["score", "rank_published"])
    low, high, told = (rows[c].to_numpy(float) for c in ("low", "high", "rank_published"))
    widths = []
    for unit in range(len(rows)):
        without = told.copy()
        without[unit] = np.nan
        best, worst = bound_by_neighbours(low, high, without, 63)
        assert best[unit] <= told[unit] <= worst[unit]
        widths.append(worst[unit] - best[unit])
    assert len(rows) >= 20 and np.median(widths) < 10


# Changes


def change(unit: str, year_from: int, year_to: int, indicator: str = "overall") -> Any:
    rows = CHANGED.set_index(["year_from", "year_to", "indicator", "unit"])
    return rows.loc[(year_from, year_to, indicator, unit)]


def test_phu_thos_fall_of_2023() -> None:
    row = change("VN-68", 2022, 2023)
    assert (row["change"], row["own_effect"], row["others_effect"]) == (-20, 14.5, -34.5)
    assert row["comparable"] and pd.isna(row["break_reason"])


def test_the_article_against_the_tables() -> None:
    economy = change("VN-68", 2021, 2022, "digital_economy")
    assert (economy["change"], economy["change_published"]) == (4, 5)
    assert not economy["change_low"] <= 5 <= economy["change_high"]
    assert change("VN-68", 2021, 2022, "digital_society")["change_published"] == 4
    assert change("VN-68", 2021, 2022)["change"] == -5
    assert place("VN-61", 2021, "digital_economy")["rank"] == 18  # Hải Dương, not Phú Thọ


def test_own_and_others_add_up_to_the_change() -> None:
    rows = CHANGED.dropna(subset="own_effect")
    assert len(rows) >= 63 * 4
    assert (rows["own_effect"] + rows["others_effect"] == rows["change"]).all()
    assert (
        CHANGED["change"].dropna() == (CHANGED["rank_from"] - CHANGED["rank_to"]).dropna()
    ).all()
    assert (rows["change_low"] <= rows["change"]).all()
    assert (rows["change"] <= rows["change_high"]).all()


def test_changes_of_a_table_without_ties_or_gaps_cancel_out() -> None:
    rows = CHANGED[(CHANGED["indicator"] == "overall") & (CHANGED["unit_set"] == "34")]
    rows = rows[rows["year_to"] == 2023]
    assert len(rows) == 34 and rows["change"].sum() == 0


def test_years_of_unlike_schemes_do_not_compare_and_say_why() -> None:
    breaks = CHANGED[CHANGED["year_to"].isin([2021, 2024])]
    assert not breaks["comparable"].any()
    assert breaks["own_effect"].isna().all() and breaks["others_effect"].isna().all()
    reasons = breaks.groupby("year_to")["break_reason"].unique()
    assert ["405/QĐ-BKHCN" in reason for reason in reasons[2024]] == [True]
    assert ["922/QĐ-BTTTT" in reason for reason in reasons[2021]] == [True]
    alike = CHANGED[CHANGED["year_to"].isin([2022, 2023])]
    assert alike["comparable"].all() and alike["break_reason"].isna().all()


def test_equally_good_sources_that_disagree_give_no_published_rank() -> None:
    published = made().cleaned.published
    rows = published[(published["measure"] == "rank") & (published["confidence"] == "high")]
    doubled = pd.concat([rows, rows.head(1).assign(value=lambda frame: frame["value"] + 1)])
    row = rows.iloc[0]
    cell = (row["unit_set"], row["year"], row["indicator"], row["unit"])
    before = rank.ranks(made().index, made().units, made().scored, rows)
    after = rank.ranks(made().index, made().units, made().scored, doubled)
    key = ["unit_set", "year", "indicator", "unit"]
    assert before.set_index(key).loc[cell, "rank_published"] == row["value"]
    left = after.set_index(key)["rank_published"]
    assert cell not in left.index or pd.isna(left.loc[cell])
