"""Verdicts on published figures: invariants, then the findings in the real tables."""

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import tables
from helpers.index import catalog, units
from helpers.report import verdicts
from helpers.tables import claims, rank, score
from helpers.tables.claims.evidence import Evidence, half_printed
from helpers.tables.claims.omitted import left_out
from helpers.tables.claims.verdict import fit, judge, judge_change
from helpers.tables.clean import clean
from helpers.words import use

FIGURES = st.floats(0, 1, allow_nan=False)


def found(value, low=None, high=None, confidence="high", source="elsewhere") -> Evidence:
    ends = value if low is None else low, value if high is None else high
    return Evidence(ends[0], value, ends[1], confidence, "source", source)


@given(value=FIGURES, decimals=st.integers(1, 6))
def test_a_figure_rounded_is_borne_out_by_itself(value, decimals):
    text = f"{value:.{decimals}f}"
    half = half_printed(text, "en")
    assert half == pytest.approx(0.5 * 10**-decimals)
    assert fit(value, value, value, float(text), half) == claims.BORNE_OUT


@given(low=FIGURES, high=FIGURES, value=FIGURES, claim=FIGURES)
def test_a_wider_interval_never_contradicts_more(low, high, value, claim):
    low, value, high = sorted((low, value, high))
    if fit(low, value, high, claim, 0.0) != claims.CONTRADICTED:
        assert fit(low - 0.1, value, high + 0.1, claim, 0.0) != claims.CONTRADICTED


@given(before=st.integers(1, 63), after=st.integers(1, 63), claimed=st.integers(-62, 62))
def test_a_change_is_borne_out_only_where_it_is_the_difference(before, after, claimed):
    judged = judge_change(
        claimed, 0.0, [found(before)], [found(after)], (2021, 2022),
        kind="rank", own="article", needed=("then", "now"),
    )  # fmt: skip
    assert (judged.verdict == claims.BORNE_OUT) == (before - after == claimed)
    assert judged.found == before - after


def test_sources_that_disagree_make_a_claim_ambiguous():
    assert judge(5, 0.0, [found(5), found(6, source="third")], "").verdict == claims.AMBIGUOUS
    assert judge(5, 0.0, [found(6), found(7)], "").verdict == claims.CONTRADICTED
    assert judge(5, 0.0, [], "a second source").needed == "a second source"


def test_a_source_is_no_evidence_for_itself_but_can_contradict_itself():
    def verdict(claimed):
        ends = [found(40, source="page#1")], [found(27, source="page#2")]
        return judge_change(
            claimed, 0.0, *ends, (2020, 2021), kind="rank", own="page", needed=("", "")
        ).verdict

    assert verdict(13) == claims.UNCHECKABLE
    assert verdict(17) == claims.CONTRADICTED


@pytest.mark.parametrize(
    ("text", "style", "half"),
    [
        ("0.4652", "en", 5e-5), ("0,633", "vi", 5e-4), ("17 (0,633)", "vi", 5e-4),
        ("+44.6%", "en", 5e-4), ("23", "en", 0.5), ("1.991", "vi", 0.5),
        ("1,991.5", "en", 0.05), ("2.5e-6", "en", 5e-8),
    ],
)  # fmt: skip
def test_half_a_unit_of_the_last_digit(text, style, half):
    assert half_printed(text, style) == pytest.approx(half)


def test_only_a_fall_that_is_passed_over_in_silence_is_left_out():
    common = {"index": "i", "unit_set": "a", "unit": "u", "unit_name": "U", "year": 2022,
              "file": "f", "source": "page#1"}  # fmt: skip
    told = pd.DataFrame(
        [
            common | {"indicator": "all", "measure": "rank", "value": 23.0, "vs_year": None},
            common | {"indicator": "part", "measure": "rank_change", "value": 5.0, "vs_year": 2021},
        ]
    )
    changes = pd.DataFrame(
        [{"unit_set": "a", "unit": "u", "indicator": "all", "year_from": 2021, "year_to": 2022,
          "rank_from": 18, "rank_to": 23, "change": -5, "change_low": -5, "change_high": -5}]
    )  # fmt: skip
    assert left_out(told, changes, "all")["found"].tolist() == [-5]
    assert left_out(told, changes.assign(change=5), "all").empty
    said = told.iloc[[1]].assign(indicator="all", value=-5.0)
    assert left_out(pd.concat([told, said]), changes, "all").empty


@pytest.fixture(scope="module")
def made():
    index = catalog.load("dti")
    everybody = units.load(index)
    published = tables.conform("published", clean(index).published)
    scored = score.scores(index, everybody, published)
    ranked = rank.ranks(index, everybody, scored, published)
    changed = tables.conform("changes", rank.changes(index, everybody, ranked, published))
    cut = [tables.conform(name, f) for name, f in
           (("scores", scored), ("intervals", scored), ("ranks", ranked))]  # fmt: skip
    looked_up = claims.Tables(index, everybody, published, *cut)
    return looked_up, tables.conform("claims", claims.check(looked_up, changed))


@pytest.fixture(scope="module")
def checked(made) -> pd.DataFrame:
    return made[1]


def one(checked, unit, year, indicator, measure, text):
    rows = checked.query(
        "unit == @unit and year == @year and indicator == @indicator and measure == @measure"
    )
    return rows[rows["value_text"] == text].iloc[0]


def test_every_claim_has_one_verdict(made):
    looked_up, checked = made
    told = checked[checked["verdict"] != claims.LEFT_OUT]
    assert told["verdict"].isin(claims.VERDICTS).all()
    assert len(told) == len(claims.collect(looked_up.index, looked_up.published))
    unknown = told["verdict"] == claims.UNCHECKABLE
    assert told.loc[unknown, "needed"].ne("").all()
    assert told.loc[~unknown, "evidence"].ne("").all()
    counts = verdicts.count(checked, use("en")).set_index("measure")
    assert counts.loc["in all", "in all"] == len(checked)


def test_economy_up_five_is_contradicted_at_medium_confidence(checked):
    row = one(checked, "VN-68", 2022, "digital_economy", "rank_change", "tăng 5 bậc so với 2021")
    assert (row["verdict"], row["found"]) == (claims.CONTRADICTED, 4)
    assert row["confidence"] == "medium" and "2021: 17 " in row["evidence"]


@pytest.mark.parametrize(
    ("unit", "year", "measure", "text", "found"),
    [("VN-06", 2021, "rank_change", "+17", 13), ("VN-73", 2023, "rank", "17", 20)],
)
def test_contradicted_overall(checked, unit, year, measure, text, found):
    row = one(checked, unit, year, "overall", measure, text)
    assert (row["verdict"], row["found"]) == (claims.CONTRADICTED, found)


def test_infrastructure_7th_and_6th_are_both_inside_the_set(checked):
    seventh = one(checked, "VN-68", 2022, "infrastructure", "rank", "7")
    sixth = one(checked, "VN-68", 2022, "infrastructure", "rank", "6")
    assert (seventh["verdict"], sixth["verdict"]) == (claims.WITHIN, claims.BORNE_OUT)
    assert (seventh["low"], seventh["found"], seventh["high"]) == (6, 6, 7)


def test_the_fall_from_18_to_23_is_left_out(checked):
    row = checked[checked["verdict"] == claims.LEFT_OUT].iloc[0]
    assert (row["unit"], row["found"], row["evidence"]) == ("VN-68", -5, "2021: 18; 2022: 23")


def test_the_growth_rates_of_2024_come_from_the_next_column(made):
    looked_up, checked = made
    ((_, rates),) = list(claims.unexplained(checked))
    assert len(rates) == 3
    rules = claims.comparisons(looked_up, rates)
    assert rules["explains"].iloc[1] < 3  # no other comparison gives them all
    best = rules.iloc[0]
    assert (best["base_year"], best["shift"], best["explains"]) == (2023, 1, 3)
    reading = rates.set_index("indicator")["reading"]
    assert reading["digital_economy"] == (
        "digital_economy 2024 (0.7723) / digital_society 2023 (0.6817) = +13.3%"
    )


def test_what_is_shown_is_in_words_and_in_no_other_language(checked):
    shown = {lang: verdicts.say(checked, use(lang)) for lang in ("vi", "en")}
    assert (shown["en"]["verdict"] == checked["verdict"]).all()
    for name in ("verdict", "needed", "reading"):
        texts = {lang: set(shown[lang][name]) for lang in shown}
        # What both share has no words but names of indicators: empty texts and quotients.
        assert all(not text or " / " in text for text in texts["vi"] & texts["en"])
        assert len(texts["vi"]) == len(texts["en"])
        # No code is left over.
        assert not any(re.search(r"\||:\S|\{|_of_", text) for text in texts["vi"] | texts["en"])
    needed = set(shown["vi"]["needed"])
    assert "một nguồn thứ hai, hoặc đủ điểm của cả 63 nơi trong năm 2021" in needed
    assert "thứ hạng năm 2021; thứ hạng năm 2022" in needed
    assert "so với danh sách 63: +1; so với danh sách 34: -1" in set(shown["vi"]["reading"])
    assert "if per cent is meant" in set(shown["en"]["reading"])


def test_the_stored_table_holds_no_sentences(checked):
    text = " ".join(checked[["needed", "evidence", "reading"]].fillna("").to_numpy().ravel())
    text = re.sub(r"\[[^\]]*\]", "", text)  # the sources, as they are recorded
    assert not re.search(r"\b(the|a|an|or|of|in|from|to|each|either|within)\b", text)
