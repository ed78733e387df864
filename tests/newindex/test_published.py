"""Tables in the shapes in which they are published: what is read, guessed and asked.

Made up, small, each with the traits of one kind: what the intake understood is read from the
index it wrote, and where nothing is asked the tables are cleaned by it.
"""

import csv
import datetime as dt
import re
import unicodedata

import pytest
import yaml
from openpyxl import Workbook

from helpers.errors import DataError, HelpersError, ParameterError
from helpers.index import catalog, units
from helpers.newindex import add_table, check, new_index
from helpers.newindex.cellkinds import is_whole, split_head
from helpers.tables.clean import clean

LANDS = ("Aland", "Borland", "Corland", "Dorland", "Erland", "Forland", "Gorland", "Horland")


def spec_of(project, name):
    return yaml.safe_load((project / f"data/raw/{name}/index.yml").read_text("utf-8"))


def asked(lines):
    return [line for line in lines if re.match(r"  data/raw/.*, row \d+: ", line)]


def answer_skip(project, name, printed):
    """Answer the question which rows are no units with the proposal that stands in it."""
    (question,) = asked(printed)
    proposed = re.search(r"If none is: (\[.*\]);", question)[1]
    path = project / f"data/raw/{name}/index.yml"
    spec = path.read_text("utf-8")
    assert spec.count('skip: "?"') == 1
    path.write_text(spec.replace('skip: "?"', f"skip: {proposed}"), "utf-8")
    catalog._load.cache_clear()


def book(path, *sheets):
    made = Workbook()
    made.remove(made.active)
    for title, rows, merged in sheets:
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for span in merged:
            sheet.merge_cells(span)
    made.save(path)
    return path


def published(name):
    catalog._load.cache_clear()
    return clean(catalog.load(name)).published


def text(project, name, rows, encoding="utf-8"):
    path = project / name
    path.write_bytes("\n".join(rows).encode(encoding))
    return path


# Reading.

NAMES = {
    "utf-8": ("Điểm", ("Hà Nội", "Huế", "Đà Nẵng", "Cần Thơ", "Hải Phòng")),
    "utf-8-sig": ("Điểm", ("Hà Nội", "Huế", "Đà Nẵng", "Cần Thơ", "Hải Phòng")),
    "utf-16": ("Điểm", ("Hà Nội", "Huế", "Đà Nẵng", "Cần Thơ", "Hải Phòng")),
    "cp1252": ("Índice", ("Ceará", "Maranhão", "Goiás", "São Paulo", "Piauí")),
    "gb18030": ("总分", ("甲大学", "乙大学", "丙大学", "丁大学", "戊学院")),
}


@pytest.mark.parametrize("encoding", NAMES)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters(project, encoding, delimiter):
    head, names = NAMES[encoding]
    rows = [delimiter.join(["Tên" if "utf" in encoding else "Name", head])]
    rows += [delimiter.join([n, f"{60 + i * 2.5}"]) for i, n in enumerate(names)]
    source = text(project, "table.csv", rows, encoding)
    list(new_index("one", source, year=2020))
    got = published("one")
    assert sorted(got["unit_name"]) == sorted(names)
    assert sorted(got["value"]) == [60, 62.5, 65, 67.5, 70]
    assert source.read_bytes() in {p.read_bytes() for p in (project / "data/raw/one").iterdir()}


def test_vietnamese_in_the_old_code_page_is_read_as_composed_letters(project):
    tones = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}

    def old(word):
        out = ""
        for letter in word:
            parts = unicodedata.normalize("NFD", letter)
            shape = "".join(part for part in parts if part not in tones)
            out += unicodedata.normalize("NFC", shape)
            out += "".join(part for part in parts if part in tones)
        return out

    names = ("Hà Nội", "Thừa Thiên Huế", "Đà Nẵng", "Cần Thơ", "Quảng Ngãi", "Bắc Ninh")
    rows = [old("Tỉnh,Điểm"), *(old(f"{n},{50 + i}") for i, n in enumerate(names))]
    printed = list(new_index("one", text(project, "a.csv", rows, "cp1258"), year=2020))
    assert any("cp1258" in line for line in printed)
    assert set(published("one")["unit_name"]) == set(names)


def test_bytes_that_are_no_text_are_refused_with_what_was_tried(project):
    path = project / "noise.csv"
    path.write_bytes(bytes(range(128, 256)) * 3 + b"\xff\x00\x81,1\n")
    with pytest.raises(DataError, match=r"tried: utf-8|NUL byte") as caught:
        list(new_index("one", path, year=2020))
    assert "\n" not in str(caught.value)
    assert not (project / "data/raw/one").exists()


def test_semicolons_and_decimal_commas(project):
    rows = ["Year (N);ISO;Rank N;Score N;EN_country"]
    rows += [f"2021;{n[:3].upper()};{i + 1};{93 - 2 * i},2{i};{n}" for i, n in enumerate(LANDS)]
    printed = list(new_index("press", text(project, "p.csv", rows)))
    assert not asked(printed)
    got = published("press")
    assert got.query("measure == 'score'")["value"].max() == 93.20
    assert got.query("measure == 'rank'")["value"].tolist() == list(range(1, 9))
    assert set(got["year"]) == {2021}


def test_a_header_of_three_rows_with_footnotes_and_groups(project):
    rows = [
        ["Back", "Table 1. Development Index"],
        [None],
        [None, None, "Development Index (DI)", None, "Schooling", None, "DI rank"],
        ["DI rank", "Country", "Value", None, "(years)"],
        [None, None, "2021", None, "2021", "a", "2020"],
        [None, "VERY HIGH DEVELOPMENT"],
    ]
    rows += [
        [i + 1, n, 0.95 - i / 100, None, 16 - i / 2, "c" if i % 3 == 2 else None, 8 - i]
        for i, n in enumerate(LANDS)
    ]
    rows += [[None, "OTHERS"], [None, "Morland", "..", None, 9.5, None, ".."], [None]]
    rows += [[None, "World", 0.7, None, 8.6, None, "—"], [None, "Notes"], [None, "a. Of 2021."]]
    source = book(project / "dev.xlsx", ("Table 1", rows, ()))
    answer_skip(project, "dev", list(new_index("dev", source, year=2021)))
    entry = spec_of(project, "dev")["tables"][0]
    assert set(entry["skip"]) == {"VERY HIGH DEVELOPMENT", "OTHERS", "Morland", "World"}
    got = published("dev")
    value = got.query("indicator == 'development_index_di_value' and measure == 'score'")
    assert sorted(value["unit_name"]) == sorted(LANDS)
    before = got.query("measure == 'rank' and year == 2020").set_index("unit_name")["value"]
    assert before["Aland"] == 8 and len(before) == 8  # a rank of the year before is of that year


@pytest.mark.parametrize("merged", [True, False])
def test_years_above_estimates(project, merged):
    first = [None, None, 2013, None, None, 2014, None, None]
    if not merged:
        first = [None, None, 2013, 2013, 2013, 2014, 2014, 2014]
    rows = [["Control"], [None], first, ["Country", "Code", *["Estimate", "StdErr", "NumSrc"] * 2]]
    rows += [[n, n[:3].upper(), 1.5 - i / 3, 0.2, 8, 1.4 - i / 4, 0.21, 9] for i, n in
             enumerate(LANDS)]  # fmt: skip
    spans = ("C3:E3", "F3:H3") if merged else ()
    printed = list(new_index("gov", book(project / "gov.xlsx", ("S", rows, spans))))
    entry = spec_of(project, "gov")["tables"][0]
    assert entry["scores"] == {
        "2013 Estimate": {"indicator": "estimate", "year": 2013},
        "2014 Estimate": {"indicator": "estimate", "year": 2014},
    }
    assert len(asked(printed)) == 1  # which way is up: nothing tells


def test_a_row_of_data_is_never_the_header(project):
    rows = [["A title"], ["Aland", 0.5, 3], ["Borland", 0.6, 4], ["Corland", 0.7, 5]]
    with pytest.raises(DataError, match="no header above"):
        list(new_index("one", book(project / "x.xlsx", ("S", rows, ())), year=2020))


def test_blank_rows_count_as_rows(project):
    rows = ["Name,Score", "A,1.5", "", "B,2.5", ",3.5", "C,4.5"]
    printed = list(new_index("one", text(project, "b.csv", rows), year=2020))
    assert spec_of(project, "one")["tables"][0]["skip"] == [5]
    assert any("no name" in line for line in printed)
    assert len(published("one")) == 3


# Years.


@pytest.mark.parametrize(
    ("cell", "year"),
    [("2014/15", 2014), ("2014-15", 2014), ("FY2014", 2014), ("31/12/2014", 2014), ("2014", 2014),
     ("2014-06", 2014), ("2014-12-31", 2014)],
)  # fmt: skip
def test_periods_are_years(project, cell, year):
    following = cell.replace("2014", "2015").replace("/15", "/16").replace("2015-15", "2015-16")
    rows = ["Season,Pos,Team,Pts"]
    for period in (cell, following):
        rows += [f"{period},{i + 1},{n},{90 - 3 * i}" for i, n in enumerate(LANDS[:5])]
    printed = list(new_index("league", text(project, "s.csv", rows)))
    assert not asked(printed)
    got = published("league")
    assert set(got["year"]) == {year, year + 1}
    assert len(got) == 20


def test_an_excel_date_shown_as_a_year(project):
    made = Workbook()
    made.active.append(["Country", "Year", "Rank", "Total"])
    ordinals = ("1st", "2nd", "3rd", "3rd", "5th")
    for name, place, total in zip(LANDS, ordinals, (9.5, 9.4, 9.3, 9.3, 9.1), strict=False):
        made.active.append([name, dt.datetime(2022, 1, 1), place, total])
    for cell in made.active["B"][1:]:
        cell.number_format = "yyyy"
    made.save(project / "d.xlsx")
    list(new_index("dates", project / "d.xlsx"))
    ranks = published("dates").query("measure == 'rank'")["value"]
    assert sorted(ranks) == [1, 2, 3, 3, 5]


def test_a_rank_that_became_a_date_is_refused(project):
    rows = [["Country", "Rank"], ["A", 1], ["B", dt.date(2024, 2, 1)], ["C", 4], ["D", 5], ["E", 6]]
    with pytest.raises(DataError, match=r"cell B3, column Rank: a date"):
        list(new_index("one", book(project / "r.xlsx", ("S", rows, ())), year=2020))


def test_years_in_sheets_and_files(project):
    sheets = [(str(y), [["Country", "Score"], *([n, 80 - i + y % 3 * i] for i, n in
               enumerate(LANDS))], ()) for y in (2021, 2022)]  # fmt: skip
    list(new_index("sheets", book(project / "s.xlsx", *sheets)))
    assert set(published("sheets")["year"]) == {2021, 2022}
    assert len(list((project / "data/raw/sheets").glob("*.xlsx"))) == 1
    for year in (2019, 2020, 2021):
        rows = [f"{n},{50 + i * (year - 2018)}" for i, n in enumerate(LANDS)]
        text(project, f"rank_{year}.csv", ["Country,Score", *rows])
    printed = list(new_index("files", str(project / "rank_*.csv")))
    assert not asked(printed)
    assert published("files").groupby("year").size().to_dict() == dict.fromkeys(
        (2019, 2020, 2021), 8
    )


def test_a_given_year_is_never_overridden(project):
    rows = ["Country,Score,Founded", *(f"{n},{50 + i},{1950 + i}" for i, n in enumerate(LANDS))]
    list(new_index("given", text(project, "score-2018.csv", rows), year=2020))
    assert set(published("given")["year"]) == {2020}
    rows = ["Country,Year,Score"]
    rows += [f"{n},{y},{50 + i}" for y in (2019, 2020) for i, n in enumerate(LANDS)]
    list(new_index("rows", text(project, "rows.csv", rows), year=2019))
    got = published("rows")
    assert set(got["year"]) == {2019} and len(got) == 8


def test_one_year_in_one_name_is_asked_about_not_dropped(project):
    rows = ["Country,World Rank,2019 Score,Property Rights,Tax Burden"]
    rows += [f"{n},{i + 1},{80 - 3 * i},{82 - 3 * i},{i % 3 + 70}" for i, n in enumerate(LANDS)]
    source = text(project, "t.csv", rows)
    printed = list(new_index("asked", source))
    assert any("the year of the columns that say none" in line for line in asked(printed))
    list(new_index("told", source, year=2019))
    structure = (project / "data/raw/told/structure.csv").read_text("utf-8").splitlines()
    assert {row["indicator"] for row in csv.DictReader(structure)} == {
        "score", "property_rights", "tax_burden",
    }  # fmt: skip


def test_several_dates_of_a_year_are_asked_about(project):
    rows = ["Country,Date,Score"]
    dates = ("2019-06", "2019-12", "2020-06", "2020-12")
    rows += [f"{n},{d},{50 + i + len(d)}" for d in dates for i, n in enumerate(LANDS)]
    printed = list(new_index("half", text(project, "h.csv", rows)))
    (question,) = asked(printed)
    assert "2019-06, 2019-12; 2020-06, 2020-12" in question
    path = project / "data/raw/half/index.yml"
    path.write_text(
        path.read_text("utf-8").replace('"Date": "?"', '"Date": ["2019-12", "2020-12"]')
    )
    assert len(published("half")) == 16


@pytest.mark.parametrize(
    ("head", "expected"),
    [("Score 2019", ("Score", 2019)), ("2019 [YR2019]", ("", 2019)), ("2014/15 Pos", ("Pos", 2014)),
     ("Rank (2020)", ("Rank", 2020)), ("FY2019", ("FY2019", None)), ("Năm 2021", ("", 2021)),
     ("Change 2015-2019", ("Change 2015-2019", None)), ("Pillar 1", ("Pillar 1", None))],
)  # fmt: skip
def test_years_in_heads(head, expected):
    got = split_head(head)
    assert got == expected or (head == "FY2019" and got[1] in (2019, None))


# Ranks.

RANK_HEADS = ["Rank", "EPI.rnk.new", "Pos", "Place", "Rank (N)", "Hạng", "Xếp hạng", "world_rank"]


@pytest.mark.parametrize("head", RANK_HEADS)
def test_rank_columns_by_their_names(project, head):
    ranks = ("1", "=2", "=2", "T4", "5th", "6=", "7", "8")
    scores = (90, 80, 80, 70, 65, 60, 55, 50)
    rows = [f"Country,Score,{head}"]
    rows += [f"{n},{s},{r}" for n, s, r in zip(LANDS, scores, ranks, strict=True)]
    assert not asked(list(new_index("ranked", text(project, "r.csv", rows), year=2020)))
    got = published("ranked").query("measure == 'rank'")
    assert got["value"].tolist() == [1, 2, 2, 4, 5, 6, 7, 8]
    assert set(got["indicator"]) == {"score"}


def test_bands_are_kept_as_bands(project):
    rows = ["world_rank,university,total_score,teaching,year"]
    for year in (2015, 2016):
        rows += [f"{i + 1},U{i},{96.1 - i},{90.5 - i},{year}" for i in range(5)]
        rows += [f"{band},V{i},-,{70 - i}.5,{year}" for i, band in
                 enumerate(("6-10", "6-10", "11-15", "16+"))]  # fmt: skip
    assert not asked(list(new_index("bands", text(project, "b.csv", rows))))
    got = published("bands")
    bands = got.query("measure == 'rank_at_most' and year == 2015")
    assert bands["value_text"].tolist() == ["6-10", "6-10", "11-15"]
    assert len(got.query("measure == 'rank'")) == 10


def test_ranks_only(project):
    rows = ["Economy,Rank 2015,Rank 2016", *(f"{n},{i + 1},{8 - i}" for i, n in enumerate(LANDS))]
    assert not asked(list(new_index("only", text(project, "o.csv", rows))))
    got = published("only")
    assert set(got["measure"]) == {"rank"} and set(got["year"]) == {2015, 2016}


def test_a_rank_mistyped_or_broken_by_other_means_is_the_scores_rank_all_the_same(project):
    rows = ["year,Rank,Team,Points,GD"]
    points = {2011: ((80, 41), (71, 27), (71, 16), (68, 29)), 2012: ((89, 64), (89, 56), (70, 25),
              (69, 25))}  # fmt: skip
    for year, told in points.items():
        rows += [f"{year},{i + 1},{LANDS[i]},{p},{d}" for i, (p, d) in enumerate(told)]
    assert not asked(list(new_index("ties", text(project, "t.csv", rows))))
    assert spec_of(project, "ties")["headline"] == "points"
    rows = ["Rank,Country,Score,Year"]
    for year in (2016, 2017):
        scores = [7.5 - i / 5 for i in range(8)]
        if year == 2017:
            scores[6] = 7.34
        rows += [f"{i + 1},{n},{scores[i]:.2f},{year}" for i, n in enumerate(LANDS)]
    assert not asked(list(new_index("typo", text(project, "y.csv", rows))))
    assert spec_of(project, "typo")["tables"][0]["ranks"] == {"Rank": "score"}


# Which columns and rows matter.


def test_what_is_no_score_is_left_out_with_its_reason(project):
    heads = "code,iso,country,lat,long,num_students,Population,StdErr,Change,Notes,EPI.new"
    rows = [heads] + [
        f"{4 * i + 4},{n[:3].upper()},{n},{10 + i}.5,{20 + i}.25,{i}0152,{5 + i}000000,0.{i + 1},"
        f"{i - 3},see {i},{80.5 - i}"
        for i, n in enumerate(LANDS)
    ]
    printed = list(new_index("epi", text(project, "e.csv", rows), year=2020))
    assert len(asked(printed)) <= 1
    assert spec_of(project, "epi")["tables"][0]["scores"] == {"EPI.new": "epi_new"}
    said = " ".join(line for line in printed if line.startswith(("left out", "guessed")))
    for column in heads.split(","):
        assert column in said or column in ("iso", "country", "EPI.new")


def test_aggregates_by_what_they_lack_or_are_called(project):
    rows = ["Overall Rank,Country,Score"]
    names = ("Aland", "All Saints", "—Europe", "Totalia", "—Soviet Union", "World's End", "—World")
    place = 0
    for i, name in enumerate(names):
        place += not name.startswith("—")
        rows.append(f"{'—' if name.startswith('—') else place},{name.strip('—')},{9 - i}.5")
    answer_skip(project, "happy", list(new_index("happy", text(project, "h.csv", rows), year=2017)))
    assert set(spec_of(project, "happy")["tables"][0]["skip"]) == {
        "Europe", "Soviet Union", "World",
    }  # fmt: skip
    # Answered once: the next year asks about none of them again.
    rows = [row for row in rows if "Soviet" not in row]
    again = list(add_table("happy", text(project, "h2.csv", rows), year=2018))
    assert not asked(again) and set(published("happy")["unit_name"]) == {
        "Aland", "All Saints", "Totalia", "World's End",
    }  # fmt: skip


def test_percentages_and_scales_of_their_own_are_proposed(project):
    rows = ["Country,Total,Literacy,Balance"]
    rows += [f"{n},{90.5 - i},{99 - i}.2%,{400 - 150 * i}" for i, n in enumerate(LANDS)]
    assert not asked(list(new_index("own", text(project, "o.csv", rows), year=2020)))
    spec = spec_of(project, "own")
    assert spec["tables"][0]["scores"]["Literacy"] == {"indicator": "literacy", "percent": True}
    assert spec["scale"] == [0, 100] and spec["scales"] == {"balance": [None, None]}
    got = published("own").query("unit_name == 'Aland'").set_index("indicator")["value"]
    assert dict(got) == {"total": 90.5, "literacy": 99.2, "balance": 400}


@pytest.mark.parametrize("equal", [False, True])
def test_ranks_that_part_ties_are_the_ranks(project, equal):
    points = (80, 71, 71, 68, 60, 60, 55, 50)
    ranks = (1, 2, 2, 4, 5, 6, 7, 8) if equal else (1, 2, 3, 4, 5, 6, 7, 8)
    rows = ["Rank,Team,Points"]
    rows += [f"{r},{n},{p}" for r, n, p in zip(ranks, LANDS, points, strict=True)]
    list(new_index("ties", text(project, "t.csv", rows), year=2020))
    assert spec_of(project, "ties").get("ranks") == (None if equal else "published")


def test_errors_go_with_their_scores(project):
    heads = "Country,Rule Estimate,Rule StdErr,Voice Estimate,Voice Lower,Voice Upper"
    rows = [heads, *(f"{n},{1 - i / 4},0.{i + 1},{i / 5},{i / 5 - 0.3:.2f},{i / 5 + 0.3:.2f}"
            for i, n in enumerate(LANDS))]  # fmt: skip
    printed = list(new_index("gov", text(project, "g.csv", rows), year=2020))
    assert any("of which level" in question for question in asked(printed))
    assert spec_of(project, "gov")["tables"][0]["errors"] == {
        "Rule Estimate": {"column": "Rule StdErr"},
        "Voice Estimate": {"lower": "Voice Lower", "upper": "Voice Upper", "level": "?"},
    }


def test_a_headline_that_some_lack_is_worked_out_only_when_named(project):
    rows = ["University,Total,Teaching,Research"]
    rows += [f"{n},{'-' if i > 5 else 90 - i},{91 - i},{89 - i}" for i, n in enumerate(LANDS)]
    list(new_index("some", text(project, "s.csv", rows), year=2020))
    path = project / "data/raw/some/index.yml"
    assert spec_of(project, "some")["derive"] == []
    assert "Gorland, Horland" in path.read_text("utf-8")
    assert len(published("some").query("indicator == 'total'")) == 6


@pytest.mark.parametrize(
    ("name", "whole"),
    [("EU27", True), ("Highest", True), ("Điểm cao nhất", True), ("Trung bình cả nước", True),
     ("Source: a ministry", True), ("All Saints School", False), ("Mean Streets", False),
     ("Average Joe University", False), ("Total Institute", False), ("Nguồn", True)],
)  # fmt: skip
def test_names_of_aggregates(name, whole):
    assert is_whole(name) is whole


def test_a_numeric_key_tells_apart_units_of_one_name(project):
    rows = ["URN,SCHNAME,TOWN,P8MEA", "100001,St Mary's School,Ayr,0.31"]
    rows += ["100002,St Mary's School,Bree,-0.11", "100003,All Saints School,Ayr,0.05"]
    rows += ["100004,Hill School,Cory,SUPP", "100005,Lake School,Dunn,0.72"]
    printed = list(new_index("schools", text(project, "s.csv", rows), year=2019))
    assert len(asked(printed)) == 1
    path = project / "data/raw/schools/structure.csv"
    path.write_text(path.read_text("utf-8").replace(",?,", ",1,"))
    got = published("schools")
    assert got["unit"].tolist() == ["100001", "100002", "100003", "100005"]
    assert got["unit_name"].tolist()[:2] == ["St Mary's School"] * 2


def test_more_than_eighty_indicators(project):
    rows = ["PROVINCIA,VALORE,INDICATORE"]
    rows += [f"{p},{10 * i + j + 5},I {i:02d}" for i in range(91) for j, p in enumerate(LANDS[:3])]
    printed = list(new_index("many", text(project, "m.csv", rows), year=2020))
    assert len(asked(printed)) == 1
    assert len(spec_of(project, "many")["tables"]) == 91


def test_a_cell_that_may_be_mistyped_is_asked_about(project):
    rows = ["Country,Score", *(f"{n},{50 + i}.5" for i, n in enumerate(LANDS)), "Zorland,6l.5"]
    (question,) = asked(list(new_index("odd", text(project, "o.csv", rows), year=2020)))
    assert "6l.5" in question and "row 10" in question


def test_a_cell_that_is_a_question_mark_is_a_mark_and_no_question(project):
    rows = ["Country,kind,?,Value", *(f"{n},{k},x,{50 + i}.5" for i, n in enumerate(LANDS)
            for k in ("?", "all")), "Zorland,all,x,?", "Zorland,?,x,40.5"]  # fmt: skip
    list(new_index("marked", text(project, "m.csv", rows), year=2020))
    path = project / "data/raw/marked/index.yml"
    path.write_text(path.read_text("utf-8").replace('headline: "?"', "headline: all"), "utf-8")
    structure = path.with_name("structure.csv")
    structure.write_text(structure.read_text("utf-8").replace(",,,?,", ",,,1,"), "utf-8")
    assert '"?"' in path.read_text("utf-8")
    assert len(published("marked")) == 2 * len(LANDS) + 1
    assert not [line for line in check("marked") if "to be answered" in line]


def test_ranks_within_countries_are_no_ranks_of_the_table(project):
    rows = ["world_rank,university,country,national_rank,score"]
    rows += [f"{i + 1},U{i},C{i % 6},{i // 6 + 1},{90 - i}.5" for i in range(24)]
    assert not asked(list(new_index("unis", text(project, "u.csv", rows), year=2020)))
    assert spec_of(project, "unis")["tables"][0]["ranks"] == {"world_rank": "score"}


def test_the_index_itself_goes_by_one_name_in_all_files(project):
    for year, head in ((2020, "Happiness Score"), (2021, "Score"), (2022, "Ladder score")):
        rows = [f"Rank,Country,{head},Support", *(f"{i + 1},{n},{7 - i / 5:.2f},{2 - i / 9:.2f}"
                for i, n in enumerate(LANDS))]  # fmt: skip
        text(project, f"r{year}.csv", rows)
    assert not asked(list(new_index("named", str(project / "r*.csv"))))
    got = published("named").query("measure == 'score'")
    assert got.groupby("indicator")["year"].nunique().to_dict() == {
        "happiness_score": 3, "support": 3,
    }  # fmt: skip


def test_quotes_and_letters_as_programs_write_them(project):
    names = ("Côte d’Ivoire", "São Tomé", "Perú", "Curaçao", "Türkiye")
    rows = ["Country,Score", *(f"{n},{50 + i}.5" for i, n in enumerate(names))]
    list(new_index("latin", text(project, "l.csv", rows, "cp1252"), year=2020))
    assert set(published("latin")["unit_name"]) == set(names)
    rows = ["Name,Score", *(f'"University of "X{i}"",{50 + i}.5' for i in range(5))]
    printed = list(new_index("quoted", text(project, "q.csv", rows), year=2020))
    assert any("not doubled" in line for line in printed)
    assert len(published("quoted")) == 5


@pytest.mark.parametrize("heads", ["geo", "Country", "Country,ISO3"])
def test_countries_have_their_vietnamese_names(project, heads):
    known = {"AUT": ("AT", "Austria", "Áo"), "DEU": ("DE", "Germany", "Đức"),
             "VNM": ("VN", "Vietnam", "Việt Nam"), "FRA": ("FR", "France", "Pháp"),
             "FIN": ("FI", "Finland", "Phần Lan")}  # fmt: skip
    cells = {"geo": lambda iso, told: told[0], "Country": lambda iso, told: told[1],
             "Country,ISO3": lambda iso, told: f"{told[1]},{iso}"}  # fmt: skip
    rows = [f"{cells[heads](iso, told)},{50 + i}.5" for i, (iso, told) in enumerate(known.items())]
    list(new_index("land", text(project, "l.csv", [f"{heads},Score", *rows]), year=2020))
    everybody = units.load(catalog.load("land"))
    assert [u.name for u in everybody.all] == [told[1] for told in known.values()]
    assert [u.called("vi") for u in everybody.all] == [t[2] for t in known.values()]
    assert everybody.find("Phần Lan", ["all"]).name == "Finland"
    assert set(published("land")["unit_name"]) == {told[1] for told in known.values()}


# A later table.


def two_years(project):
    rows = ["Country,Score 2020,Parts 2020,Rank 2020"]
    rows += [f"{n},{80 - i}.5,{70 - i}.5,{i + 1}" for i, n in enumerate(LANDS)]
    list(new_index("base", text(project, "y2020.csv", rows)))
    rows = ["Country,Score 2021,Parts 2021,Rank 2021"]
    rows += [f"{n},{81 - i}.5,{70 + i}.5,{i + 1}" for i, n in enumerate((*LANDS, "Quxistan"))]
    return text(project, "y2021.csv", rows)


def test_the_second_year_asks_nothing(project):
    later = two_years(project)
    catalog._load.cache_clear()
    printed = list(add_table("base", later))
    assert not asked(printed)
    got = published("base")
    assert got.groupby("year").size().to_dict() == {2020: 24, 2021: 27}
    assert set(got["indicator"]) == {"score", "parts"}
    assert "Quxistan" in set(got["unit_name"])
    with pytest.raises(ParameterError, match="exists; rename"):
        list(add_table("base", later))


def test_a_second_sheet_is_kept_beside_the_first(project):
    sheets = [(str(y), [["Country", "Score"], *([n, 80 - i] for i, n in enumerate(LANDS))], ())
              for y in (2021, 2022)]  # fmt: skip
    source = book(project / "w.xlsx", *sheets)
    list(new_index("base", source, table="2021", year=2021))
    catalog._load.cache_clear()
    list(add_table("base", source, table="2022", year=2022))
    assert set(published("base")["year"]) == {2021, 2022}


def test_what_is_refused_leaves_nothing_behind(project):
    later = two_years(project)
    folder = project / "data/raw/base"
    path = folder / "index.yml"
    path.write_text(path.read_text("utf-8").replace("headline: score", 'headline: "?"'), "utf-8")
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    for _again in range(2):
        catalog._load.cache_clear()
        with pytest.raises(DataError, match="an open question"):
            list(add_table("base", later))
        assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


def test_check_says_what_is_open_and_what_was_understood(project):
    rows = ["Country,Dropout 2019,Code 2019", *(f"{n},{5 + i}.5,{i + 40}" for i, n in
            enumerate(LANDS))]  # fmt: skip
    list(new_index("drop", text(project, "d.csv", rows)))
    said = "\n".join(check("drop"))
    assert "1 question" in said and "dropout" in said and "left out" in said
    path = project / "data/raw/drop/structure.csv"
    path.write_text(path.read_text("utf-8").replace(",?,", ",-1,"))
    catalog._load.cache_clear()
    assert "no open question" in "\n".join(check("drop"))
    with pytest.raises(HelpersError, match="no index"):
        list(check("nowhere"))
