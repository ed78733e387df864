"""The report on a whole table, and the account of one unit's change: what they say adds up."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from helpers import tables
from helpers.index import units
from helpers.report import gains, league
from helpers.report.unit import brief, effects, passed, whatif, year
from helpers.report.unit import published as published_remarks
from helpers.report.unit.case import Case
from helpers.report.whole import pictures
from helpers.report.whole import sentences as national
from helpers.report.whole import tables as standings
from helpers.report.whole.moved import sure_of
from helpers.tables import disagreements, rank, recompute
from helpers.tables import headline as parts
from helpers.tables.robustness import record
from helpers.words import use
from packs import dti, dti_headlines


@pytest.fixture(scope="module")
def cut():
    """The processed tables of the 63 provinces, made here from the raw ones."""
    index, published, scored = dti()
    everybody = units.load(index)
    ranked = rank.ranks(index, everybody, scored, published)
    made = {
        "ranks": ranked,
        "changes": rank.changes(index, everybody, ranked, published),
        "published": published,
        "intervals": scored,
        "robust": record.ranks_table(dti_headlines(), 200),
        "robust_changes": record.changes_table(dti_headlines(), 200),
        "contributions": parts.contributions_table(dti_headlines()),
    }
    totals = recompute.compare_with_published(index, scored)
    compared = disagreements.compare(index, published, ranked, totals)
    made["disagreements"] = compared[compared["verdict"] == disagreements.DIFFER]
    made = {name: tables.conform(name, table) for name, table in made.items()}
    made["claims"] = pd.DataFrame(columns=list(tables.CONTRACTS["claims"].columns))
    return {name: table[table["unit_set"] == "63"] for name, table in made.items()}


def whole(cut, year=2024, lang="en"):
    return league.League(dti()[0], "63", year, use(lang), **league.up_to(cut, year))


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_printed_ranks_that_the_scores_do_not_give_are_counted(cut, lang) -> None:
    said = str(national.agreement(whole(cut, 2023, lang)))
    off = cut["disagreements"]
    assert f" {len(off[off['year'] <= 2023])} (" in said
    assert "Hậu Giang 2023" in said
    assert said.count("2023") == 2  # each unit once a year
    none = replace(whole(cut, 2023, lang), disagreements=off.iloc[:0])
    assert national.agreement(none) is None


def test_a_rank_of_its_own_table_that_the_scores_do_not_give_is_told_of_the_unit(cut) -> None:
    one = case(cut, "VN-73", 2023)
    assert published_remarks.beside_scores(one) == []  # a paper printed it: claims tell that
    own = cut["disagreements"].assign(file="data/raw/dti/dti-63-2022-2024.csv")
    (first, second) = published_remarks.beside_scores(replace(one, disagreements=own))
    assert "17th" in first + second and "19th" in first + second and "20th" in first
    ranks = one.ranks.assign(rank_scores=one.ranks["rank_scores"] + 1)
    headline = ranks[(ranks["indicator"] == "overall") & (ranks["year"] == 2023)]
    (told,) = published_remarks.beside_scores(replace(one, ranks=headline))
    assert "20th" in told and "21st" in told


def case(cut, code, year=2024, lang="en"):
    of = units.load(dti()[0]).by_code[code]
    return Case(dti()[0], "63", year, use(lang), **league.up_to(cut, year), unit=of)


def rows_of(shown):
    html = shown._repr_mimebundle_()[0]["text/html"]
    body = html.split("<tbody>")[1]
    return [re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row) for row in body.split("</tr>")[:-1]]


def text_of(shown):
    return shown._repr_mimebundle_()[0]["text/plain"]


def test_full_years_and_pairs_are_those_of_the_tables(cut):
    found = whole(cut)
    assert found.full_years == [2022, 2023, 2024]
    assert found.explained_pair == (2022, 2023) and len(found.moves) == 63
    assert whole(cut, 2022).explained_pair is None


def test_the_standings_list_every_unit_once_and_in_order(cut):
    rows = rows_of(standings.standings(whole(cut)).shown[-1])
    assert len(rows) == len({row[0] for row in rows}) == 63
    places = [int(row[1].split()[0]) for row in rows]
    assert places == sorted(places)
    assert next(row for row in rows if row[0] == "Phú Thọ")[-2:] == ["43", "−7"]


def test_rose_fell_and_unmoved_add_up_to_all_units(cut):
    for row in rows_of(standings.movements(whole(cut))):
        assert sum(int(n) for n in row[1:4]) == 63
    assert sum(int(n) for row in rows_of(standings.fifths(whole(cut))) for n in row[1:]) == 63


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_movers_are_explained_by_effects_that_add_up(cut, lang):
    rows = rows_of(standings.explained(whole(cut, lang=lang)))
    numbers = [[float(x.replace("−", "-").replace(",", ".")) for x in row[1:4]] for row in rows]
    assert len(rows) == 16
    assert all(change == pytest.approx(own + others) for change, own, others in numbers)
    # The part named pulls the way the unit went.
    for row, (change, *_effects) in zip(rows, numbers, strict=True):
        assert row[4] == "–" or ("(+" in row[4]) == (change > 0)


def test_sentences_of_a_table_that_has_nothing_to_compare(cut):
    first = whole(cut, 2022)
    assert "no change is explained" in text_of(national.moved(first))
    for said in (national.movers, national.regions, pictures.movers, pictures.map):
        assert said(first) is None  # it is said once
    assert standings.fifths(first) is None
    assert "first of 63" in text_of(national.title(first))
    assert "rose" not in text_of(national.key_figures(first))


def test_the_break_is_named_in_the_deck_and_the_table(cut):
    now = whole(cut)
    assert "are not comparable with 2023" in text_of(national.deck(now))
    assert "cannot be compared" in str(standings.standings(now))
    assert "cannot be compared" not in str(standings.standings(whole(cut, 2023)))


def test_an_empty_contribution_table_names_no_part(cut):
    bare = replace(whole(cut), contributions=cut["contributions"].iloc[:0])
    assert {row[4] for row in rows_of(standings.explained(bare))} == {"–"}


def test_contributions_of_a_unit_sum_to_its_change_and_end_with_the_others(cut):
    for code in ("VN-68", "VN-59", "VN-HN"):
        one = case(cut, code)
        table = effects.contributions(one)
        assert table["contribution"].sum() == pytest.approx(float(one.explained["change"]))
        assert list(table["part"])[-2:] == ["rest", "others"]


def test_the_rest_is_named_by_what_it_stands_for(cut):
    said = text_of(effects.parts(case(cut, "VN-68")))
    assert "Digital awareness, Digital institutions, Digital human resources and Cyber" in said
    assert "“Digital government activity” (+10.1 places)" in said


def test_choices_tell_of_change_and_rank_or_nothing(cut):
    said = text_of(effects.choices(case(cut, "VN-68")))
    assert "all 200 of them" in said and "does not depend on" in said
    none = {name: table.iloc[:0] for name, table in cut.items() if name.startswith("robust")}
    assert effects.choices(case({**cut, **none}, "VN-68")) is None


@pytest.mark.parametrize(
    ("share", "told", "depends"),
    [(1.0, "all 200", "not depend"), (0.96, "192 ", "hardly"), (0.6, "120 ", "in part"),
     (0.3, "only 60 ", "depends on")],
)  # fmt: skip
def test_what_is_said_of_a_direction_is_true_of_its_share(cut, share, told, depends):
    own = cut["robust_changes"].assign(p_fall=share, p_rise=1 - share)
    said = text_of(effects.choices(case(cut | {"robust_changes": own}, "VN-68")))
    assert told in said and depends in said
    one = replace(whole(cut), robust_changes=own)
    falls = own[(own["year_to"] == 2023) & (own["nominal"] < 0)]
    assert sure_of(one).sum() == (len(falls) if share == 1 else 0)


def test_bands_hold_the_explained_years_and_that_of_the_report(cut):
    bands = effects.bands(case(cut, "VN-68"))
    assert list(bands["label"]) == ["2022", "2023", "2024"]
    assert (bands["low"] <= bands["median"]).all() and (bands["median"] <= bands["high"]).all()


def test_ties_and_equal_ranks_are_said(cut):
    leader = case(cut, "VN-DN", 2023)  # first in every year until then
    assert "In all 4 years with a rank, it was 1st." in text_of(year.heading(leader))
    said = text_of(year.heading(case(cut, "VN-68")))
    assert "18th of 63 (2021) at best and 50th of 63 (2024) at worst" in said
    assert "405/" in text_of(year.breaks(case(cut, "VN-68")))
    assert year.breaks(case(cut, "VN-68", 2023)) is None
    headline = (cut["ranks"]["unit"] == "VN-68") & (cut["ranks"]["indicator"] == "overall")
    tied = cut["ranks"].copy()
    tied.loc[headline & (tied["year"] < 2024), "rank"] = 18
    said = text_of(year.heading(case(cut | {"ranks": tied}, "VN-68")))
    assert "18th (3 years, first in 2021) at best and 50th of 63 (2024) at worst" in said
    both = cut["ranks"].copy()  # a tie in the year of the report
    both.loc[(both["year"] == 2024) & (both["indicator"] == "overall")
             & (both["unit"] == "VN-46"), "rank"] = 50  # fmt: skip
    assert "level with Tiền Giang" in text_of(brief.deck(case(cut | {"ranks": both}, "VN-68")))


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_a_rank_that_stayed_is_said_so_without_zeros(cut, lang):
    ahead = cut["ranks"]["unit"] == "VN-DN"  # first, and now so far ahead that nobody matters
    ranks = cut["ranks"].assign(score=cut["ranks"]["score"].mask(ahead, 1.0))
    own = {
        name: cut[name].assign(**{column: cut[name][column].mask(cut[name]["unit"] == "VN-DN", 0)
                                  for column in columns})
        for name, columns in (
            ("changes", ["change", "own_effect", "others_effect"]),
            ("contributions", ["contribution"]),
            ("robust_changes", ["q05", "q95"]),
        )
    }  # fmt: skip
    leader = case(cut | own | {"ranks": ranks}, "VN-DN", 2023, lang)
    assert leader.explained["change"] == 0 and leader.met.empty
    assert passed.heading(leader) is None and effects.parts(leader) is None
    shown = [brief.title, brief.deck, effects.heading, effects.choices]
    said = " ".join(text_of(tell(leader)) for tell in shown)
    assert not re.search(r"\b0\b(?![.,]\d)", said)


def test_only_a_printed_rank_is_called_published(cut):
    for printed in (True, False):
        ranks = cut["ranks"]
        ranks = ranks.assign(rank_published=ranks["rank"] if printed else ranks["rank"] + 1)
        of = case(cut | {"ranks": ranks}, "VN-68", 2022)
        assert (effects.bands(of)["published"] == printed).all()


@pytest.mark.parametrize(("change", "said"), [(1, "1 place it gained"), (-2, "2 places it lost")])
def test_one_place_is_a_place(cut, change, said):
    one = case(cut, "VN-68")
    one.explained["change"] = change
    assert said in text_of(effects.heading(one))


def test_the_gains_of_page_one_are_those_counted_by_hand(cut):
    one = case(cut, "VN-68")
    rows = {row[0]: row[1:] for row in rows_of(whatif.table(one))}
    # 0.05 of government activity lift the total by 0.05 x 200 / 940 past Tuyên Quang alone.
    assert rows["Digital government activity"] == ["56", "0.4433", "50", "49", "47", "27"]
    assert rows["Digital infrastructure"][4] == "–"  # above the median
    goal = gains.goal(one, "VN-68")
    forty = one.standings["score"].astype(float).sort_values(ascending=False).iloc[39]
    assert goal.place == 40 and goal.gain == pytest.approx(forty - 0.6370)
    assert goal.low <= goal.gain <= goal.high


def test_peers_are_listed_once_by_distance(cut):
    one = case(cut, "VN-68", 2023)
    rows = rows_of(year.peers(one))
    gaps = [abs(float(row[3].replace("−", "-"))) for row in rows]
    assert gaps == sorted(gaps) and len({row[0] for row in rows}) == len(rows)
    assert sum("most alike" in row[4] for row in rows) == 5
    asked = replace(one, peers=("VN-68", "VN-53"))
    assert [row[0] for row in rows_of(year.peers(asked)) if "a peer" in row[4]] == ["Bắc Kạn"]
    everybody = rows_of(passed.tabulate(one))
    assert len(everybody) == 22 and everybody[0][0] == "Nghệ An"
