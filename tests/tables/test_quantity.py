"""Printed figures: every style that was met, and the interval that the print leaves open."""

import math
import unicodedata
from contextlib import suppress
from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.tables.clean.quantity import Quantity, parse, parse_change, parse_rank_and_score
from helpers.tables.clean.rawtable import read
from projects import ROOT

few = settings(max_examples=150, deadline=None)
OTHER = {"vi": "en", "en": "vi"}


@pytest.mark.parametrize(
    ("text", "style", "expected"),
    [
        ("0,6077", "vi", (0.6077, 0.60765, 0.60775, "exact", "", 4)),
        ("0.6077", "en", (0.6077, 0.60765, 0.60775, "exact", "", 4)),
        ("1.0000", "en", (1.0, 0.99995, 1.00005, "exact", "", 4)),
        ("1.991", "vi", (1991, 1991, 1991, "exact", "", 0)),
        ("1,991", "en", (1991, 1991, 1991, "exact", "", 0)),
        ("1.991", "en", (1.991, 1.9905, 1.9915, "exact", "", 3)),
        ("1991", "vi", (1991, 1991, 1991, "exact", "", 0)),
        ("789.646", "vi", (789_646, 789_646, 789_646, "exact", "", 0)),
        ("789 646", "vi", (789_646, 789_646, 789_646, "exact", "", 0)),
        ("33,5%", "vi", (33.5, 33.45, 33.55, "exact", "%", 1)),
        ("33,5 %", "vi", (33.5, 33.45, 33.55, "exact", "%", 1)),
        ("100%", "vi", (100, 99.5, 100.5, "exact", "%", 0)),
        ("+44.6%", "en", (44.6, 44.55, 44.65, "exact", "%", 1)),
        ("3,17 tỷ USD", "vi", (3.17e9, 3.165e9, 3.175e9, "exact", "USD", 2)),
        ("3,17 tỉ USD", "vi", (3.17e9, 3.165e9, 3.175e9, "exact", "USD", 2)),
        ("3.17 billion USD", "en", (3.17e9, 3.165e9, 3.175e9, "exact", "USD", 2)),
        ("ước đạt 3,17 tỷ USD", "vi", (3.17e9, 3.165e9, 3.175e9, "estimate", "USD", 2)),
        ("1,2 nghìn tỷ đồng", "vi", (1.2e12, 1.15e12, 1.25e12, "exact", "đồng", 1)),
        ("5 triệu", "vi", (5e6, 4.5e6, 5.5e6, "exact", "", 0)),
        ("trên 71%", "vi", (71, 71, math.inf, "more than", "%", 0)),
        ("Trên 71%", "vi", (71, 71, math.inf, "more than", "%", 0)),
        ("hơn 1.200", "vi", (1200, 1200, math.inf, "more than", "", 0)),
        (">5", "en", (5, 5, math.inf, "more than", "", 0)),
        (">=5", "en", (5, 5, math.inf, "at least", "", 0)),
        ("≥ 5", "vi", (5, 5, math.inf, "at least", "", 0)),
        ("<=5", "en", (5, -math.inf, 5, "at most", "", 0)),
        ("<5", "en", (5, -math.inf, 5, "less than", "", 0)),
        ("dưới 0,5%", "vi", (0.5, -math.inf, 0.5, "less than", "%", 1)),
        ("khoảng 71%", "vi", (71, 70.5, 71.5, "estimate", "%", 0)),
        ("-4", "en", (-4, -4, -4, "exact", "", 0)),
        ("−4", "vi", (-4, -4, -4, "exact", "", 0)),
        ("+5", "vi", (5, 5, 5, "exact", "", 0)),
        ("12 doanh nghiệp", "vi", (12, 12, 12, "exact", "doanh nghiệp", 0)),
    ],
)
def test_every_style_met(text: str, style: str, expected: tuple[object, ...]) -> None:
    for form in ("NFC", "NFD"):
        found = parse(unicodedata.normalize(form, text), style)
        assert found == Quantity(*expected)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("129/225", 129 / 225, 129 / 225),
        ("1.290/2.250", 1290 / 2250, 1290 / 2250),
        ("trên 129/225", 129 / 225, math.inf),
        ("dưới 129/225", -math.inf, 129 / 225),
    ],
)
def test_a_fraction_keeps_its_counts(text: str, low: float, high: float) -> None:
    found = parse(text, "vi")
    assert found.numerator is not None and found.denominator is not None
    assert found.value == found.numerator / found.denominator
    assert (found.low, found.high) == (low, high)


@pytest.mark.parametrize("style", ["vi", "en"])
@pytest.mark.parametrize(
    "text",
    [
        "", " ", "-", "–", "không có", "n/a", "nan", "inf", "%", "tỷ", "12 34", "2021-2022", "5.",
        "5,", "1..2", "1,,2", "--5", "1e5", "0x10", "17 (0,633)", "1/0", "1/2/3", "3, 4", "=1+1",
        "5 và 6", "12/", "/12",
    ],
)  # fmt: skip
def test_what_is_not_one_figure_is_refused(text: str, style: str) -> None:
    with pytest.raises(ValueError):
        parse(text, style)


@pytest.mark.parametrize(
    ("text", "style"),
    [("0,6077", "en"), ("0.6077", "vi"), ("33,5%", "en"), ("1.991,5", "en"), ("12.34", "vi"),
     ("1.99", "vi"), ("0.607", "vi")],
)  # fmt: skip
def test_a_figure_of_the_other_style_is_refused(text: str, style: str) -> None:
    with pytest.raises(ValueError, match=f"is not a number in {style} style"):
        parse(text, style)


numbers = st.decimals(min_value=-(10**9), max_value=10**9, places=4) | st.integers(
    -(10**12), 10**12
).map(Decimal)


@few
@given(numbers, st.sampled_from(["vi", "en"]), st.integers(0, 4))
def test_what_babel_writes_is_read_back(number: Decimal, style: str, places: int) -> None:
    number = round(number, places)
    pattern = "#,##0" + "." * bool(places) + "0" * places
    text = format_decimal(number, format=pattern, locale=style)
    found = parse(text, style)
    assert found.value == float(number) and found.decimals == places
    assert found.low <= found.value <= found.high
    width = 10.0**-places if places else 0.0
    assert abs(found.high - found.low - width) <= 2 * math.ulp(found.value)
    # The other style never gives the same number, unless nothing in it tells the styles apart.
    if "," in text or "." in text:
        with suppress(ValueError):
            assert parse(text, OTHER[style]).value != found.value or not number


@few
@given(
    numbers.filter(lambda number: number >= 0),
    st.sampled_from(["", "trên ", "dưới ", "ít nhất ", "tối đa ", "khoảng ", "≥", ">", "<= "]),
    st.sampled_from(["", "%", " %", " tỷ USD", " triệu đồng", " nghìn", " xã"]),
)
def test_the_interval_holds_the_value(number: Decimal, before: str, after: str) -> None:
    found = parse(before + format_decimal(number, format="#,##0.####", locale="vi") + after)
    assert found.low <= found.value <= found.high
    assert (found.low == -math.inf) == (found.qualifier in ("less than", "at most"))
    assert (found.high == math.inf) == (found.qualifier in ("more than", "at least"))


@few
@given(st.text(max_size=30), st.sampled_from(["vi", "en"]))
def test_any_text_is_a_finite_figure_or_refused(text: str, style: str) -> None:
    try:
        found = parse(text, style)
    except ValueError:
        return
    assert math.isfinite(found.value) and any(char.isdigit() for char in text)


def test_a_rank_with_its_score() -> None:
    rank, score = parse_rank_and_score(" 17 (0,633) ")
    assert rank == 17 and (score.value, score.decimals) == (0.633, 3)
    assert parse_rank_and_score("17(0.633)", "en")[1].value == 0.633
    for text in ("17", "(0,633)", "17 0,633", "17 (n/a)", "17 (0,633) và", "1,7 (0,633)"):
        with pytest.raises(ValueError):
            parse_rank_and_score(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tăng 5 bậc so với 2021", (5, 2021)),
        ("tăng 5 bậc so với năm 2021", (5, 2021)),
        ("Tăng 5 hạng", (5, None)),
        ("giảm 20 bậc so với năm 2022", (-20, 2022)),
        ("tụt 1 bậc", (-1, None)),
        ("up 4 places on 2021", (4, 2021)),
        ("fell 1 place from 2022", (-1, 2022)),
    ],
)
def test_a_change_in_words(text: str, expected: tuple[int, int | None]) -> None:
    assert parse_change(text) == parse_change(unicodedata.normalize("NFD", text)) == expected


@pytest.mark.parametrize(
    "text", ["", "5 bậc", "tăng bậc", "không đổi", "tăng 13% so với năm 2022", "tăng 5,5 bậc",
             "tăng giảm 5 bậc"]
)  # fmt: skip
def test_what_says_no_places_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="does not say how many places"):
        parse_change(text)


def test_every_figure_of_the_article_reads() -> None:
    table = read(ROOT / "data/raw/phu-tho-2023/indicators.csv").set_index("id")
    found = {name: parse(text, "vi") for name, text in table["value_text"].items()}
    assert len(found) == 32
    assert found["S02"].value == 1991 and found["P01"].value == 789_646
    assert found["S03"].value == 33.5 and found["E03"].value == 3.17e9
    assert found["S06"].qualifier == "more than" and found["P05"].numerator == 129
    changes = {
        name: parse_change(text) for name, text in table["change_text"].items() if "bậc" in text
    }
    assert changes == {"R03": (5, 2021), "R04": (4, 2021)}
