"""Tables nobody has seen: from the file to the report by edits of index.yml and structure.csv.

The tables are small and made up, in the shape of published ones: country codes with
aggregates among the rows, zeros that mean "not assessed", years two apart, withheld units.
"""

import re
from pathlib import Path

import pytest
from openpyxl import Workbook

import cells
from helpers import report
from helpers.errors import DataError, ParameterError
from helpers.index import catalog
from helpers.newindex import new_index
from helpers.newindex.read import read
from helpers.report import about
from helpers.report.unit import annex, brief
from helpers.report.unit import published as claim
from helpers.tables.clean import clean
from played import answer, open_all

ROOT = Path(__file__).parents[2]


COUNTRIES = """geo,2019,2021
AT,54.3,56.9
BE,58.7,59.4
BG,..,33.8
CY,41.5,43.5
CZ,50.0,47.4
DK,66.0,70.1
EU27,51.0,52.3
Average,50.1,52.0
EE,59.4,0
FI,68.1,67.1
"""


def test_codes_with_aggregates_zeros_and_years_two_apart(project):
    source = project / "desi.csv"
    source.write_text(COUNTRIES, encoding="utf-8")
    printed = "\n".join(new_index("desi", source))
    assert "2019-2021" in printed
    folder = project / "data/raw/desi"
    assert (folder / "desi.csv").read_bytes() == source.read_bytes()
    with pytest.raises(DataError, match=r"zeros: an open question .*EE"):
        catalog.load("desi")
    assert "may be an aggregate: EU27, Average" in (folder / "index.yml").read_text("utf-8")
    answer(folder, scale="[0, 100]", zeros="missing", skip='["EU27", "Average"]')
    case, made = open_all("desi", "FI")
    assert made["quarantine"]["value"].tolist() == ["EU27", "Average"]
    assert case.size(2019) == 7  # without the withheld one
    assert case.size(2021) == 7  # without the one not assessed
    assert (case.path.loc[2019, "rank"], case.path.loc[2021, "rank"]) == (1, 2)
    change = made["changes"].query("unit == 'FI'").iloc[0]
    assert (change["year_from"], change["year_to"], change["change"]) == (2019, 2021, -1)
    assert "EE" not in set(made["ranks"].query("year == 2021 and rank == rank")["unit"])


def test_what_is_counted_is_counted_right(project):
    rows = [f"{name},{50 + n / 2},{40 + n / 2}" for n, name in enumerate("ABCDEFGHIJ")]
    source = project / "ten.csv"
    source.write_text(
        "\n".join(["Unit,Dropout 2019,Dropout 2021", *rows, "Source: a ministry,,"]), "utf-8"
    )
    printed = "\n".join(new_index("ten", source))
    assert "column 'Unit', 10 names" in printed
    assert ("1 questions" in printed, "0 questions" in printed) == (False, False)
    counted = re.search(r"^(\d+) questions?, to be answered", printed, re.MULTILINE)
    asked = [
        line for line in printed.splitlines() if re.match(r"  data/raw/ten/.*, row \d+: ", line)
    ]
    assert counted and int(counted[1]) == len(asked)
    with pytest.raises(ParameterError, match=r"no file '.*nowhere/none\.csv'; give FROM="):
        list(new_index("none", project / "nowhere/none.csv"))


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_report_leaves_out_what_an_index_does_not_have(project, lang):
    (project / "desi.csv").write_text(COUNTRIES, encoding="utf-8")
    list(new_index("desi", project / "desi.csv"))
    folder = project / "data/raw/desi"
    answer(folder, scale="[0, 100]", zeros="missing", skip='["EU27", "Average"]')
    open_all("desi", "FI")
    case = report.open_case("desi", "FI", 0, lang)
    # No pillars: neither a heading nor anything below it, in no cell of the notebook.
    assert not case.index.pillars
    assert annex.changes(case) is None
    asked = {"index": "desi", "unit": "FI", "year": 0, "lang": lang}
    said = "\n".join(map(str, cells.run("report", asked)))
    assert said.count("## ") > 4 and "illars" not in said and "rụ cột" not in said
    # Nothing was published singly, so nothing is said to agree.
    assert claim.tabulate(case) is None
    assert claim.remarks(case) is None
    # A sidecar nobody has filled in: nothing is said for it, in any language.
    sources = str(about.sources(case))
    assert "desi.csv" in sources and "filled" not in sources


def test_a_workbook_of_schools_where_less_is_better(project):
    book = Workbook()
    page = book.active
    page.append(["Table 3. Share of pupils who leave (made up)"])
    page.append(["School", "Year", "Dropout %", "Rank"])
    for year, values in ((2022, (4.5, 2.25, 9.0, 3.0)), (2023, (4.0, 5.5, 8.0, 3.5))):
        order = sorted(values)
        for name, value in zip(("Alder", "Birch", "Cedar", "Elm"), values, strict=True):
            page.append([name, year, value, order.index(value) + 1])
    book.save(project / "schools.xlsx")
    list(new_index("schools", project / "schools.xlsx"))
    folder = project / "data/raw/schools"
    assert (folder / "schools.xlsx").read_bytes() == (project / "schools.xlsx").read_bytes()
    assert (folder / "schools.xlsx.provenance.yml").is_file()
    assert ",-1," in (folder / "structure.csv").read_text("utf-8")  # by the published ranks
    answer(folder, scale="[0, 100]")
    case, made = open_all("schools", "birch")
    assert (made["ranks"]["rank"] == made["ranks"]["rank_published"]).all()
    assert int(case.explained["change"]) == -2
    assert "yet" not in str(brief.deck(case))


def test_a_saved_page_keeps_footnote_marks_out_of_the_figures(project):
    rows = "".join(
        # As browsers do, a span that is no number is taken for one cell.
        f"<tr><td rowspan=none>{name}</td><td>{value}</td></tr>"
        for name, value in (("Xã A", "0,61<sup>1</sup>"), ("Xã B", "0,58"), ("Xã C", "0,70"))
    )
    page = project / "communes.html"
    page.write_text(
        f"<table><tr><td>menu</td></tr></table><table><tr><th>Xã</th><th>Điểm</th></tr>{rows}"
        "<tr><td colspan=2>Ghi chú: số liệu giả định</td></tr></table>",
        encoding="utf-8",
    )
    with pytest.raises(DataError, match="no year"):
        list(new_index("communes", page))
    list(new_index("communes", page, year=2024))
    folder = project / "data/raw/communes"
    assert 'Xã A,"0,61"' in (folder / "communes.csv").read_text("utf-8")
    answer(folder, scale="[0, 1]")
    case, made = open_all("communes", "xa-c")
    assert case.now["rank"] == 1
    assert "Ghi chú" not in (folder / "communes.csv").read_text("utf-8")  # the page is kept beside
    assert "Ghi chú" in (folder / "index.yml").read_text("utf-8")
    assert made["quarantine"].empty


def test_what_cannot_be_read_is_refused_in_one_line(project):
    cases = {
        "two-styles.csv": ('Unit,2020\nA,"0,5"\nB,0.5\n', "both number styles"),
        "no-names.csv": ("2020,2021\n1,2\n2,3\n", "no column names the units"),
        "no-figures.csv": ("Unit;2020\nA;x\n", "no column of scores or ranks"),
        "two-names.csv": ("Alpha,Beta,2020\nA,x,1.5\nB,y,2.5\n", "UNIT_COLUMN"),
    }
    for name, (text, message) in cases.items():
        path = project / name
        path.write_text(text, encoding="utf-8")
        with pytest.raises(DataError, match=message) as caught:
            list(new_index("new", path))
        assert "\n" not in str(caught.value)
        assert not (project / "data/raw/new").exists()
    with pytest.raises(ParameterError, match="lower-case"):
        list(new_index("../x", project / "two-names.csv"))
    book = Workbook()
    for sheet in (book.active, book.create_sheet("Second")):
        sheet.append(["Unit", "2020"])
        sheet.append(["A", 1])
    book.save(project / "two.xlsx")
    with pytest.raises(ParameterError, match=r"several tables; .*Second"):
        read(project / "two.xlsx")


def test_a_long_table_with_its_ranks_among_the_rows(project):
    """A row per country, year and indicator; one of the indicators is the published rank."""
    countries = {"AUT": (0.61, 0.8, 0.72), "BEL": (0.4, 0.3, 0.5), "CZE": (0.8, 0.9, 0.7)}
    countries |= {"DNK": (0.9, 0.95, 0.85), "EST": (0.7, 0.65, 0.75)}
    order = sorted(countries, key=lambda code: -countries[code][0])
    lines = ["geo,time,variable,value"]
    for year, shift in ((2020, 0.0), (2022, 0.05)):
        for code, values in countries.items():
            names = ("index", "skills", "access")
            lines += [
                f"{code},{year},{name},{value + shift:.2f}"
                for name, value in zip(names, values, strict=True)
            ]
            lines.append(f"{code},{year},index rank,{order.index(code) + 1}")
    (project / "long.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    printed = "\n".join(new_index("long", project / "long.csv"))
    assert "told apart by variable" in printed
    folder = project / "data/raw/long"
    assert "headline: index #" in (folder / "index.yml").read_text("utf-8")
    answer(folder, scale="[0, 1]")
    case, made = open_all("long", "EST")
    overall = made["ranks"].query("indicator == 'index'")
    assert len(overall) == 10
    assert (overall["rank"] == overall["rank_published"]).all()
    assert set(case.index.pillars) == {"skills", "access"}
    spec = (folder / "index.yml").read_text("utf-8").replace('"skills"}', '"skill"}')
    (folder / "index.yml").write_text(spec, encoding="utf-8")
    catalog._load.cache_clear()
    with pytest.raises(DataError, match=r"no row with 'skill' \(there are: index, skills"):
        clean(catalog.load("long"))


def test_indicators_in_rows_and_years_in_columns(project):
    """As the World Bank publishes: aggregates whose codes look like those of countries."""
    lines = ["country,indicator,2010,2015"]
    for n, code in enumerate(("AFG", "ARB", "DEU", "FRA", "KEN", "VNM", "ZAF")):
        lines += [f"{code},EDU.TOTL,{50 + n},{60 + n}", f"{code},EDU.GROW,1.{n},2.{n}"]
    (project / "bank.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    printed = "\n".join(new_index("bank", project / "bank.csv"))
    assert "its code is no country's: ARB" in printed
    assert "which of these is the index itself: edu_totl, edu_grow" in printed
    folder = project / "data/raw/bank"
    answer(folder, scale="[0, 100]", headline="edu_grow", pillars="[edu_totl]", skip="[ARB]")
    _case, made = open_all("bank", "KEN")
    assert made["ranks"].groupby("indicator")["rank"].max().to_dict() == {
        "edu_grow": 6,
        "edu_totl": 6,
    }
    assert set(made["quarantine"]["value"]) == {"ARB"}


def test_another_scale_and_other_decimals_are_asked_about(project):
    lines = ["Country,2010,2011,2012"]
    names = ("Alba", "Bora", "Cela", "Dora", "Ebro", "Fara", "Gola", "Hala")
    lines += [f"{name},{3 + n / 10:.1f},{3 + n / 9:.2f},{30 + n}" for n, name in enumerate(names)]
    lines += ["Ivo,,,41", "Ivo Republic,4.4,4.45,"]
    (project / "scale.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    printed = "\n".join(new_index("scale", project / "scale.csv"))
    assert "changes between 2011 and 2012: another scale or method?" in printed
    assert "1 in 2010; 2 in 2011; 0 in 2012" in printed
    assert "Ivo / Ivo Republic" in printed
    folder = project / "data/raw/scale"
    answer(
        folder,
        scale="[0, 100]",
        years="{2010: old, 2011: old, 2012: new}",
        schemes="{old: {source: before}, new: {source: after}}",
    )
    header = (folder / "structure.csv").read_text("utf-8").splitlines()[0]
    rows = [f"{scheme},overall,,,1,Điểm,Score,0" for scheme in ("old", "new")]
    (folder / "structure.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    table = (folder / "units.csv").read_text("utf-8")
    table = table.replace("ivo-republic,Ivo Republic,,\n", "").replace(
        "ivo,Ivo,,", "ivo,Ivo,,Ivo Republic"
    )
    (folder / "units.csv").write_text(table, encoding="utf-8")
    catalog._load.cache_clear()
    _case, made = open_all("scale", "ivo")
    own = made["changes"].query("unit == 'ivo'")
    assert own["comparable"].tolist() == [True, False]  # one unit under two names, on two scales


def test_a_unit_withheld_in_one_year_is_a_unit_all_the_same(project):
    lines = ["Year,State,Score,Rank"]
    for year in (2021, 2023):
        shown = {"Ohio": 5.5, "Utah": 7.25, "Iowa": 6.0, "Maine": 4.5}
        if year == 2021:
            shown["Iowa"] = None
        order = sorted((s for s in shown.values() if s is not None), reverse=True)
        for name, score_of in shown.items():
            told = f"{score_of},={order.index(score_of) + 1}" if score_of else ","
            lines.append(f"{year},{name},{told}")
    (project / "states.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    list(new_index("states", project / "states.csv"))
    folder = project / "data/raw/states"
    assert "skip:" not in (folder / "index.yml").read_text("utf-8")
    answer(folder, scale="[0, 10]")
    case, made = open_all("states", "iowa")
    assert (made["ranks"]["rank"].dropna() == made["ranks"]["rank_published"].dropna()).all()
    assert (case.size(2021), case.size(2023)) == (3, 4)


def test_rows_that_no_column_tells_apart_are_refused(project):
    path = project / "double.csv"
    path.write_text("Unit,Year,Score\nA,2020,1\nA,2020,2\nB,2020,3\nB,2020,4\n", encoding="utf-8")
    with pytest.raises(DataError, match="several rows for A 2020, and no column tells them apart"):
        list(new_index("double", path))


def test_zeros_can_be_missing_in_some_columns_only(project):
    path = project / "zeros.csv"
    path.write_text("Unit,Index,Part\nA,0.5,0\nB,0,0.3\nC,0.7,0.4\n", encoding="utf-8")
    printed = "\n".join(new_index("zeros", path, year=2020))
    assert "Index: B; Part: A" in printed
    answer(
        project / "data/raw/zeros",
        scale="[0, 1]",
        zeros="[Part]",
        headline="index",
        pillars="[part]",
    )
    published = clean(catalog.load("zeros")).published
    assert published.groupby("indicator").size().to_dict() == {"index": 3, "part": 2}
