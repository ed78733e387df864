"""The kinds of published tables: read, asked about or refused, as docs/new-index.md says of each.

And the messages: what each names as the mend is done, and works.
"""

import datetime as dt
import re

import pytest
from openpyxl import Workbook

from helpers.errors import HelpersError
from helpers.index import catalog, units
from helpers.newindex import add_table, new_index
from helpers.tables import rank, score
from helpers.tables.clean import clean
from projects import ROOT

LANDS = ("Aland", "Borland", "Corland", "Dorland", "Erland", "Forland", "Gorland", "Horland")


def rows_of(head, cell, names=LANDS):
    return [head, *(f"{cell(i, name)}" for i, name in enumerate(names))]


def years_of(head, cell, years=(2016, 2017)):
    return [head, *(cell(i, name, year) for year in years for i, name in enumerate(LANDS))]


def sheets(*found):
    book = Workbook()
    book.remove(book.active)
    for title, rows in found:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    return book


def shown_as_years():
    book = sheets(("S", [["Country", "Year", "Total"], *([n, dt.datetime(y, 1, 1), 90 - i]
                  for y in (2021, 2022) for i, n in enumerate(LANDS))]))  # fmt: skip
    for cell in book.active["B"][1:]:
        cell.number_format = "yyyy"
    return book


def three_rows():
    top = [[None, None, "Growth Index (GI)", None, "Schooling"], ["GI rank", "Country", "Value"],
           [None, None, "2021", None, "2021"]]  # fmt: skip
    body = [[i + 1, n, 0.9 - i / 50, "a" * (i == 2), 14 - i / 2] for i, n in enumerate(LANDS)]
    notes = [[None], ["Notes"], [None, "a. Estimated."]]
    return sheets(("Table 1", [["Table 1. Growth"], [None], *top, *body, *notes]))


KINDS = {
    "header of three rows, titles and footnotes": (three_rows, {"year": 2021}, 0),
    "years over estimates": (
        lambda: sheets(("S", [["Effort"], [None, None, 2013, 2013, 2014, 2014],
                              ["Country", "Code", *["Estimate", "StdErr"] * 2],
                              *([n, n[:3].upper(), 2 - i / 3, 0.2, 2 - i / 4, 0.2]
                                for i, n in enumerate(LANDS))])), {}, 1),
    "semicolons and decimal commas": (
        rows_of("Country;Rank;Score", lambda i, n: f"{n};{i + 1};{91 - i},25"), {"year": 2021}, 0),
    "a date shown as a year": (shown_as_years, {}, 0),
    "seasons": (years_of("Season,Pos,Team,Pts",
                         lambda i, n, y: f"{y}-{y % 100 + 1},{i + 1},{n},{80 - 3 * i}"), {}, 0),
    "ranks tied and in bands": (
        years_of("world_rank,university,total_score,year", lambda i, n, y:
                 f"{i + 1 if i < 5 else '6-10'},{n},{99 - i if i < 5 else '-'},{y}"), {}, 0),
    "ranks alone": (rows_of("Economy,Rank 2015,Rank 2016", lambda i, n: f"{n},{i + 1},{8 - i}"),
                    {}, 0),
    "an indicator some units lack": (
        rows_of("Country,Index,Index rank,Fish,Fish rank,Wood", lambda i, n:
                f"{n},{90 - i},{i + 1},{70 - i if i % 2 else 'NA'},{i // 2 + 1 if i % 2 else 'NA'},"
                f"{50 - i}"), {"year": 2020}, 0),
    "places by goal difference": (
        years_of("year,Rank,Team,Points,GD", lambda i, n, y:
                 f"{y},{i + 1},{n},{80 - i // 2 * 5},{40 - i}"), {}, 0),
    "a total that is a sum": (
        years_of("Country,Year,Total,A,B", lambda i, n, y:
                 f"{n},{y},{20 - i}.5,{12 - i}.5,{8 - i / 9:.1f}"), {}, 0),
    "a sheet a year": (
        lambda: sheets(*((str(y), [["Country", "Score"], *([n, 80 - i] for i, n in
                       enumerate(LANDS))]) for y in (2021, 2022))), {}, 0),
    "a score beside a printed rank it does not give": (
        years_of("Rank,Country,Score,Year", lambda i, n, y:
                 f"{i + 1},{n},{7.4 if (i, y) == (6, 2017) else 7.5 - i / 5:.2f},{y}"), {}, 0),
    "aggregates without a rank": (
        [*rows_of("Rank,Country,Score", lambda i, n: f"{i + 1},{n},{9 - i}.5"), "—,Europe,5.5",
         "—,Old Union,4.5"], {"year": 2017}, 1),
    "one dated column beside undated ones": (
        rows_of("Country,World Rank,2019 Score,Rights", lambda i, n:
                f"{n},{i + 1},{80 - 3 * i}.5,{82 - 3 * i}.5"), {}, 2),
    "a long table of 90 indicators": (
        ["PROVINCIA,VALORE,INDICATORE", *(f"{p},{10 * i + j + 5},I {i:02d}" for i in range(90)
         for j, p in enumerate(LANDS[:3]))], {"year": 2020}, 1),
    "names and heads in Chinese": (
        rows_of("年,学校名称,总分", lambda i, n: f"2022,{n},{90 - i}.5",
                [f"{x}大学" for x in "甲乙丙丁戊"]), {}, 0),
    "one name for two units, told apart by a number": (
        rows_of("URN,SCHNAME,TOWN,Score", lambda i, n:
                f"{100001 + i},{'Hill School' if i < 2 else n},{n[:3]},{50 + i}.5"),
        {"year": 2019}, 0),
    "a count beside scores": (
        years_of("university,year,total,num_students",
                 lambda i, n, y: f'{n},{y},{90 - i},"{20 - i},152"'), {}, 0),
    "two rank columns and a code": (
        rows_of("code,iso,country,EPI.rnk.new,EPI.new,Pos", lambda i, n:
                f"{4 * i + 4},{n[:3].upper()},{n},{i + 1},{80 - i}.5,{i + 1}"), {"year": 2020}, 0),
    "a cell that may be mistyped": (
        [*rows_of("Country,Score", lambda i, n: f"{n},{50 + i}.5"), "Morland,6l.5"],
        {"year": 2020}, 1),
    "several dates in a year": (
        [*years_of("Country,Date,Score", lambda i, n, d: f"{n},{d},{50 + i}.5",
                   ("2019-06", "2019-12", "2020-06", "2020-12"))], {}, 1),
    "two tables of the same heads, side by side": (
        rows_of("Rank,Team,Points,,Rank,Team,Points", lambda i, n:
                f"{i + 1},{n},{90 - i},,{i + 9},{n} B,{80 - i}"), {"year": 2020}, 0),
    "places such as 1. and 1º, of so many, and marks beside them": (
        ["Rank 2020;Rank 2021;Land", *(f"{i + 1}.;{i + 1}º;{n}" for i, n in enumerate(LANDS[:5])),
         "6/8;6/8;Forland", "7;NEW;Gorland", "-;7;Horland"], {}, 0),
    "rows of a scale's ends below the heads": (
        lambda: sheets(("S", [[None, "Overall", "", "Health"], [None, "Score", "Rank", "Score"],
                              ["Country", "0-100", "1-8", "0-100"],
                              *([n, 90.5 - i, i + 1, 70.5 - i] for i, n in enumerate(LANDS))])),
        {"year": 2020}, 0),
    "whole points": (years_of("Year,Team,Pts", lambda i, n, y: f"{y},{n},{80 - 3 * i}"), {}, 0),
    "a constant beside the score": (
        rows_of("Country,Score,Score of nowhere", lambda i, n: f"{n},{80.5 - i},2.43"),
        {"year": 2020}, 0),
    "words for dates": (
        years_of("Country,Date,Score", lambda i, n, d: f"{n},{d},{50 + i}.5",
                 ("31 Dec 2019", "31 Dec 2020")), {}, 0),
    "an unquoted comma in a name": (
        [*rows_of("Country,Score,Year", lambda i, n: f"{n},{50 + i}.5,2020"),
         "Korea, Rep.,49.5,2020"], {}, "row 10: 4 cells under 3 columns"),
    "tables of two years side by side": (
        lambda: sheets(("S", [["2019", None, "2020", None], ["Country", "Score"] * 2,
                              *([n, 80.5 - i, LANDS[7 - i], 81.5 - i]
                                for i, n in enumerate(LANDS))])), {}, "side by side"),
    "units in the heads": (
        [",".join(["Indicator", *LANDS]), *(",".join([x, *(f"{i}.5" for i in range(8))])
         for x in ("Total score", "Health"))], {"year": 2020}, "turn the table"),
    "several dates of a year in the heads": (
        rows_of("Country,2019-06,2019-12,2020-06", lambda i, n: f"{n},{i}.5,{i}.6,{i}.7"), {},
        "several columns of 2019"),
    "a year that no column is of": (
        rows_of("Country,Score 2019,Score 2020", lambda i, n: f"{n},{i}.5,{i}.6"), {"year": 2021},
        "leave YEAR= out"),
    "figures of both number styles": (["Unit,2020", 'A,"0,5"', "B,0.5"], {}, "both number styles"),
    "no year anywhere": (rows_of("Country,Score", lambda i, n: f"{n},{i}.5"), {}, "give YEAR="),
    "rows that nothing tells apart": (
        ["Unit,Year,Score", "A,2020,1", "A,2020,2", "B,2020,3", "B,2020,4"], {},
        "tells them apart"),
    "data without a header": (
        lambda: sheets(("S", [["Aland", 0.5, 3], ["Borland", 0.6, 4]])), {"year": 2020},
        "no header"),
    "a band that became a date": (
        lambda: sheets(("S", [["Country", "Rank"], ["A", 1], ["B", dt.date(2024, 2, 1)], ["C", 4],
                              ["D", 5], ["E", 6]])), {"year": 2020}, "restore the text"),
    "several tables and none chosen": (
        lambda: sheets(*((t, [["Country", "Score"], ["A", 1], ["B", 2]]) for t in "XY")), {},
        "give TABLE="),
}  # fmt: skip
"""What is printed, how it is asked for, and the questions left or the refusal."""


def save(project, kind, made):
    made = made() if callable(made) else made
    if isinstance(made, list):
        path = project / f"{kind}.csv"
        path.write_text("\n".join(made) + "\n", "utf-8")
    else:
        path = project / f"{kind}.xlsx"
        made.save(path)
    return path


def asked(lines):
    return [line for line in lines if re.match(r"  data/raw/.*, row \d+: ", line)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_read_asked_about_or_refused(project, kind):
    made, how, end = KINDS[kind]
    source = save(project, "table", made)
    if isinstance(end, str):
        with pytest.raises(HelpersError, match=re.escape(end)) as caught:
            list(new_index("kind", source, **how))
        assert "\n" not in str(caught.value) and not (project / "data/raw/kind").exists()
        return
    assert len(asked(list(new_index("kind", source, **how)))) == end
    if not end:
        catalog._load.cache_clear()
        got = clean(catalog.load("kind")).published
        assert {"Europe", "Old Union", "World"}.isdisjoint(got["unit_name"])
        assert len(got) >= 5


def test_the_guide_lists_every_kind_with_how_it_ends():
    ends = {kind: "refused" if isinstance(end, str) else "asked" if end else "read"
            for kind, (_made, _how, end) in KINDS.items()}  # fmt: skip
    page = (ROOT / "docs/new-index.md").read_text("utf-8")
    listed = dict(re.findall(r"^\| ([^|]+) \| (read|asked|refused)\b", page, re.MULTILINE))
    assert listed == ends


def test_the_guides_three_tables_are_played(project, monkeypatch):
    monkeypatch.chdir(project)
    page = (ROOT / "docs/new-index.md").read_text("utf-8")
    texts = re.findall(r"^```csv\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    names = ["readiness", "wellbeing", *(f"happiness-{y}" for y in (2021, 2022, 2023))]
    for name, content in zip(names, texts, strict=True):
        (project / f"{name}.csv").write_text(content, "utf-8")
    for script in re.findall(r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
        new, *later = re.findall(r"^make (new-index|add-table) \w+=(\S+) FROM=(.*)$", script, re.M)
        list(new_index(new[1], new[2].strip('"')))
        structure = project / f"data/raw/{new[1]}/structure.csv"
        structure.write_text(structure.read_text("utf-8").replace(",,,?,", ",,,1,"), "utf-8")
        for _command, name, source in later:
            catalog._load.cache_clear()
            assert not asked(list(add_table(name, source)))
        catalog._load.cache_clear()
        index = catalog.load(new[1])
        unit = re.search(r"UNIT=(\S+)", script)[1]
        got = clean(index).published
        ranks = rank.ranks(
            index, units.load(index), score.scores(index, units.load(index), got), got
        )
        assert unit in set(ranks.dropna(subset="rank")["unit_name"])
        assert "Average" not in set(got["unit_name"])


GOOD = rows_of("Country,Score", lambda i, n: f"{n},{50 + i}.5")
TWO = ["Alpha,Beta,2020", *(f"{n},x{i},{i}.5" for i, n in enumerate(LANDS))]
MENDS = [
    (GOOD, {}, r"give YEAR=", GOOD, {"year": 2020}),
    (TWO, {}, r"\(Alpha, Beta\); give UNIT_COLUMN=", TWO, {"unit": "Alpha"}),
    (TWO, {"unit": "Gamma"}, r"no column 'Gamma'; there are: Alpha", TWO, {"unit": "Beta"}),
    (["U,2020", 'A,"0,5"', "B,0.5"], {}, "write all in one style", ["U,2020", "A,0.5", "B,0.6"],
     {}),
    (GOOD[1:], {"year": 2020}, "give each column its name in a row above|no header", GOOD,
     {"year": 2020}),
    (KINDS["a band that became a date"][0], {"year": 2020}, "cell B3.*restore the text",
     ["Country,Rank", "A,1", "B,1-2", "C,4", "D,5", "E,6"], {"year": 2020}),
    (KINDS["several tables and none chosen"][0], {}, r"TABLE= .*X \(3 rows\); Y",
     KINDS["several tables and none chosen"][0], {"table": "Y", "year": 2020}),
    (KINDS["several tables and none chosen"][0], {"table": "Z"}, r"TABLE= one of: X",
     KINDS["several tables and none chosen"][0], {"table": "X", "year": 2020}),
    (["Unit,Year,Score", "A,2020,1", "A,2020,2", "B,2020,3", "B,2020,4"], {}, "one row per unit",
     ["Unit,Year,Score", "A,2020,1", "A,2021,2", "B,2020,3", "B,2021,4"], {}),
    (years_of("Unit,year,Score", lambda i, n, y: f"{n},{y},{50 + i}.5"), {"year": 2020},
     r"left out: year \(years, but not 2020", years_of("Unit,year,Score",
     lambda i, n, y: f"{n},{y},{50 + i}.5"), {"year": 2017}),
    (KINDS["an unquoted comma in a name"][0], {}, "mend the row's commas and quotes",
     [*KINDS["an unquoted comma in a name"][0][:-1], '"Korea, Rep.",49.5,2020'], {}),
    (KINDS["tables of two years side by side"][0], {}, "put one below the other",
     years_of("Year,Country,Score", lambda i, n, y: f"{y},{n},{80 - i}.5"), {}),
    (KINDS["units in the heads"][0], {"year": 2020}, "turn the table",
     rows_of("Indicator,Total score,Health", lambda i, n: f"{n},{i}.5,{i}.5"),
     {"year": 2020, "unit": "Indicator"}),
    (KINDS["several dates of a year in the heads"][0], {}, "delete all but one of each year",
     rows_of("Country,2019-12,2020-06", lambda i, n: f"{n},{i}.6,{i}.7"), {}),
    (KINDS["a year that no column is of"][0], {"year": 2021}, "leave YEAR= out",
     KINDS["a year that no column is of"][0], {}),
    (["Unit,2020", "A,x", "B,y"], {}, "expected one with numbers|with both", ["Unit,2020", "A,1",
     "B,2"], {}),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(MENDS)))
def test_the_mend_that_a_refusal_names_works(project, number):
    bad, how, message, good, better = MENDS[number]
    with pytest.raises(HelpersError, match=message):
        list(new_index("mended", save(project, "table", bad), **how))
    list(new_index("mended", save(project, "mended", good), **better))
    assert (project / "data/raw/mended/index.yml").is_file()


def test_names_that_are_taken_are_refused_with_what_to_do(project):
    source = save(project, "table", GOOD)
    list(new_index("one", source, year=2020))
    with pytest.raises(HelpersError, match="another NAME, or add-table"):
        list(new_index("one", source, year=2021))
    catalog._load.cache_clear()
    with pytest.raises(HelpersError, match="rename the new file"):
        list(add_table("one", source, year=2021))
    list(add_table("one", save(project, "renamed", GOOD), year=2021))
    catalog._load.cache_clear()
    assert set(clean(catalog.load("one")).published["year"]) == {2020, 2021}


def test_whole_points_leave_no_place_open_but_where_they_are_equal(project):
    rows = ["Year,Team,Pts", *(f"2020,{n},{p}" for n, p in zip(LANDS, (9, 8, 7, 7, 5, 4, 3, 2),
                                                             strict=True))]  # fmt: skip
    list(new_index("league", save(project, "table", rows)))
    catalog._load.cache_clear()
    index = catalog.load("league")
    assert index.is_exact("pts")
    got = clean(index).published
    ranks = rank.ranks(index, units.load(index), score.scores(index, units.load(index), got), got)
    ranks = ranks.set_index("unit_name")
    assert (ranks["rank_low"] == ranks["rank_high"]).all()
    assert list(ranks["rank"][list(LANDS)]) == [1, 2, 3, 3, 5, 6, 7, 8]


def test_regions_of_viet_nam_are_translated_for_every_index_of_provinces(project):
    names = [u.name for u in units.provinces().of("34")]
    rows = ["Tỉnh,Điểm", *(f"{n},{90 - i}.5" for i, n in enumerate(names))]
    list(new_index("tinh", save(project, "table", rows), year=2025))
    catalog._load.cache_clear()
    index = catalog.load("tinh")
    regions = {u.region for u in units.load(index).of("34")}
    assert regions and regions <= index.regions["vi"].keys()
