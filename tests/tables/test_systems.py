"""What printed figures imply: the bounds hold every truth that prints the same."""

import math
from fractions import Fraction

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import assume, given
from hypothesis import strategies as st

from helpers import words
from helpers.index import catalog
from helpers.methods import bounds
from helpers.methods.bounds import Bounded, exactly
from helpers.report.unit.systems import table
from helpers.tables import systems
from helpers.tables.clean import rawtable

PACK = "phu-tho-2023"
COUNTS = st.integers(1, 3_000_000)
DECIMALS = st.integers(0, 2)


def printed(share: Fraction, decimals: int) -> Bounded:
    """A share in per cent as print rounds it (half up), with the bounds print leaves."""
    unit = Fraction(1, 10**decimals)
    rounded = math.floor(share / unit + Fraction(1, 2)) * unit
    return Bounded(
        max(float(rounded - unit / 2), 0.0), float(rounded), min(float(rounded + unit / 2), 100.0)
    )


def holds(found: Bounded, truth: float) -> bool:
    slack = 1e-9 * max(1.0, abs(truth))
    return found.low - slack <= truth <= found.high + slack


@given(total=COUNTS, data=st.data(), decimals=DECIMALS)
def test_share_and_total_behind_hold_the_true_counts(total, data, decimals):
    part = data.draw(st.integers(1, total))
    share = printed(Fraction(100 * part, total), decimals)
    found = bounds.share_of(share, exactly(total))
    assert holds(found, part)
    assert found.low.is_integer() and found.high.is_integer()
    assume(share.low > 0)
    assert holds(bounds.total_behind(exactly(part), share), total)


@given(total=COUNTS, data=st.data(), decimals=DECIMALS)
def test_complement_and_ratio_hold_what_is_left(total, data, decimals):
    first = data.draw(st.integers(0, total))
    second = data.draw(st.integers(0, total - first))
    shares = [printed(Fraction(100 * part, total), decimals) for part in (first, second)]
    left = Fraction(100 * (total - first - second), total)
    assert holds(bounds.complement(exactly(100), *shares), float(left))
    counts = [bounds.share_of(share, exactly(total)) for share in shares]
    gone = bounds.complement(exactly(total), *counts)
    assert holds(gone, total - first - second)
    assert holds(bounds.ratio(gone, exactly(total)), float(left / 100))


@given(before=st.fractions(1, 88), change=st.fractions(-1, 12), decimals=DECIMALS)
def test_both_readings_hold_last_years_share(before, change, decimals):
    points = bounds.two_readings(printed(before + change, decimals), _rounded(change, decimals))[
        "points"
    ]
    assert holds(points, float(before))
    now = before * (1 + change / 100)
    percent = bounds.two_readings(printed(now, decimals), _rounded(change, decimals))["percent"]
    assert holds(percent, float(before))


@given(sizes=st.lists(st.integers(0, 50), min_size=1, max_size=50))
def test_the_fullest_group_has_at_least_the_mean(sizes):
    found = bounds.most_at_least(exactly(sum(sizes)), exactly(len(sizes)))
    assert holds(found, max(sizes))


def _rounded(change: Fraction, decimals: int) -> Bounded:
    unit = Fraction(1, 10**decimals)
    rounded = math.floor(change / unit + Fraction(1, 2)) * unit
    return Bounded(float(rounded - unit / 2), float(rounded), float(rounded + unit / 2))


@pytest.fixture(scope="module")
def typed() -> pd.DataFrame:
    return systems.read_systems(catalog.raw(PACK, "indicators.csv"))


@pytest.fixture(scope="module")
def implied(typed: pd.DataFrame) -> pd.DataFrame:
    return systems.imply(typed, rawtable.read(catalog.raw(PACK, "implied.csv")))


def test_every_figure_has_bounds_around_its_value(typed):
    assert len(typed) == 32
    assert typed[["low", "high"]].notna().all(axis=None)
    assert ((typed["low"] <= typed["value"]) & (typed["value"] <= typed["high"])).all()
    shares = typed[typed["unit"].str.startswith("percent")]
    assert shares["low"].ge(0).all() and shares["high"].le(100).all()


@pytest.mark.parametrize(
    ("figure", "low", "high"),
    [
        ("S06", 71, 100), ("S03", 33.45, 33.55), ("S01", 99.5, 100), ("S02", 1991, 1991),
        ("P05", 129, 129), ("E03", 3.165e9, 3.175e9), ("R05", 1, 10), ("C04", 75, 100),
    ],
)  # fmt: skip
def test_bounds_as_printed(typed, figure, low, high):
    row = typed.set_index("id").loc[figure]
    assert (row["low"], row["high"]) == pytest.approx((low, high))


@pytest.mark.parametrize(
    ("rule", "low", "high"),
    [
        ("I01", 666, 667), ("I02", 864, 865), ("I03", 459, 461), ("I04", 23.0, 23.2),
        ("I07", 875, 875), ("I10", 835_605, 844_541), ("I12", 1_341_499, 1_347_219),
        ("I14", 57.3333, 57.3333), ("I15", 96, 96), ("I17", 3.1638, 3.1638),
    ],
)  # fmt: skip
def test_what_the_article_implies(implied, rule, low, high):
    row = implied.set_index("id").loc[rule]
    assert (row["low"], row["high"]) == pytest.approx((low, high), abs=1e-4)


def test_up_13_is_read_both_ways(implied):
    rows = implied[implied["kind"] == "two_readings"].set_index("reading")
    assert rows.loc["percent", "low"] == pytest.approx(71 / 1.135)
    assert rows.loc["points", "low"] == pytest.approx(57.5)
    assert rows["value"].isna().all()  # "more than 71 %" names no one value


def test_the_articles_figures_agree_with_each_other(implied):
    checks = implied[implied["kind"] == "sum_at_most"]
    assert len(checks) == 6 and checks["holds"].all()


def test_contradicting_figures_are_found():
    figures = pd.DataFrame(
        [
            {"id": "a", "value": 60.0, "low": 59.5, "high": 60.5},
            {"id": "b", "value": 45.0, "low": 44.5, "high": 45.5},
        ]
    ).assign(qualifier="exact", of=math.nan, change=math.nan)
    rule = {"id": "k", "kind": "sum_at_most", "inputs": "100;a;b", "unit": "percent"}
    assert not systems.imply(figures, pd.DataFrame([rule]))["holds"].iloc[0]
    with pytest.raises(ValueError, match=r"rule k .* more than the whole"):
        systems.imply(figures, pd.DataFrame([rule | {"kind": "complement"}]))
    with pytest.raises(ValueError, match="rule k: no figure or earlier rule 'c'"):
        systems.imply(figures, pd.DataFrame([rule | {"inputs": "100;c"}]))
    with pytest.raises(ValueError, match="no kind 'share'"):
        systems.imply(figures, pd.DataFrame([rule | {"kind": "share"}]))


def test_every_system_is_a_row_with_value_bounds_gap_and_bar(typed):
    named = systems.label_systems(typed, catalog.raw(PACK, "systems.csv"))
    shown, _ = table(named, words.use("en"))._repr_mimebundle_()
    soup = BeautifulSoup(shown["text/html"], "lxml")
    rows = [[c.get_text().strip() for c in tr(["th", "td"])][-4:] for tr in soup("tr")[1:]]
    assert len(rows) == 27  # the ranks have a page of their own
    for row in [
        ["Fully online services", "33.5%", "33.45–33.55%", "66.45–66.55"],
        ["Enterprises using e-invoices", "100%", "99.5–100%", "0–0.5"],
        ["Files received and settled online", "over 71%", "71–100%", "under 29"],
        ["Communes and townships surveyed with a cadastral map", "129/225", "exact", "42.67"],
        ["Exports of electronics, computers and parts", "about 3.17 billion USD",
         "3.165–3.175 billion USD", "–"],
    ]:  # fmt: skip
        assert row in rows
    groups = [th.get_text() for th in soup.select("th[scope=rowgroup]")]
    assert len(groups) == len(set(groups)) == 15
    # Sixteen shares have a bar; of two the print leaves open how far it goes.
    assert len(soup("meter")) == 16
    assert [m["data-most"] for m in soup("meter") if m.get("data-most")] == ["100", "100"]
