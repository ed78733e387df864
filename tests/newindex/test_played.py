"""Six tables in the shape of real ones: from the file to the report by the commands alone.

Each is played as an analyst would: new-index, the questions answered in the files that it wrote,
the tables, both languages' reports. What is put into the files is counted.
"""

import csv
import re
import shutil
from pathlib import Path

import pytest
from openpyxl import Workbook

from helpers.__main__ import main
from helpers.index import catalog, units
from played import open_all
from projects import ROOT

NAMES = (
    "Austria", "Belgium", "Bulgaria", "Croatia", "Cyprus", "Czechia", "Denmark", "Estonia",
    "Finland", "France", "Germany", "Greece",
)  # fmt: skip
MOST = 10  # answers


def save(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def workbook(path, sheets, merged=()):
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for span in merged:
            sheet.merge_cells(span)
    book.save(path)


def wide_by_year(folder):
    """Four years, two apart in one place; aggregates, and a gap."""
    rows = [["Country Name", "Country Code", "Indicator Name", 2015, 2017, 2018, 2019]]
    for i, name in enumerate(NAMES):
        scores = [f"{70 - 2 * i + i * j * 7 % 5 + j:.1f}" for j in range(4)]
        scores[0] = "" if i == 4 else scores[0]
        rows.append([name, name[:3].upper(), "Readiness (0-100)", *scores])
    rows.append(["European Union", "EUU", "Readiness (0-100)", 60.1, 61, 62, 63])
    rows.append(["World", "WLD", "Readiness (0-100)", 50.1, 51, 52, 53])
    save(folder / "wide.csv", rows)
    return {"from": ["wide.csv"]}, {}, 47


def long(folder):
    """A row per country, year and indicator, each with a code and a label, and a flag."""
    rows = [["LOCATION", "Country", "INDICATOR", "Indicator", "TIME", "Value", "Flag Codes"]]
    labels = {"JO": "Jobs", "HO": "Housing", "CG": "Civic engagement"}
    for year in (2020, 2021, 2022):
        for i, name in enumerate(NAMES):
            values = [6.5 + (i * 5 + year) % 7 / 10, 7 - (i * 3 + year) % 9 / 10, 5 + i / 10]
            whose = [name[:3].upper(), name]
            for (code, label), value in zip(labels.items(), values, strict=True):
                rows.append([*whose, code, label, year, f"{value:.1f}", "E" * (i % 5 == 0)])
            rows.append([*whose, "TOT", "Overall score", year, f"{sum(values) / 3:.2f}", ""])
    save(folder / "long.csv", rows)
    return {"from": ["long.csv"]}, {}, 144


def one_file_a_year(folder):
    """Three files; the last calls a column otherwise and sets a mark behind a name."""
    shown = "Score,Standard error of score,upperwhisker,lowerwhisker,By: GDP,By: Support"
    for year in (2021, 2022, 2023):
        first = "Country" if year == 2023 else "Country name"
        rows = [[first, "Regional indicator", *shown.split(",")]]
        for i, name in enumerate(NAMES):
            score = 7.8 - i * 0.3 + i * year % 5 / 10
            mark = "*" * (i == 3 and year == 2023)
            figures = (
                score,
                0.03,
                score + 0.06,
                score - 0.06,
                1.5 - i * year % 7 / 10,
                1.2 - i / 30,
            )
            region = ("North", "South")[i % 2]
            rows.append([name + mark, region, *(f"{figure:.3f}" for figure in figures)])
        save(folder / f"report_{year}.csv", rows)
    return {"from": ["report_2021.csv", "report_2022.csv"], "add": "report_2023.csv"}, {}, 108


def ranks_with_bands(folder):
    """Ranks of two years: exact, tied, banded and open."""
    rows = [["Rank 2022", "Rank 2023", "University", "Region"]]

    def printed(place):
        bands = {10: str(place), 15: "11-15", 20: "16-20", 30: "21+"}
        return next(text for last, text in bands.items() if place <= last)

    for i in range(30):
        first = "=4" if i in (3, 4) else printed(i + 1)
        later = {8: 10, 29: 9}.get(i, i + 1 if i > 9 else (i + 3) % 8 + 1)
        rows.append([first, printed(later), f"University {i:02d}", ("Europe", "Asia")[i % 2]])
    save(folder / "ranks.csv", rows)
    return {"from": ["ranks.csv"]}, {}, 60


def three_header_rows(folder):
    """A workbook with titles, three header rows, footnotes, groups and an aggregate."""
    rows = [
        ["TABLE 2"],
        ["Trends in the Progress Index"],
        [None],
        [None, None, "Progress Index (PI)", None, None, None, None, None, "Change in rank"],
        ["PI rank", "Country", "Value"],
        [None, None, "1990", None, "2010", None, "2021", None, "2015–2021"],
        [None, "VERY HIGH PROGRESS"],
    ]
    for i, name in enumerate(NAMES):
        rows += [[None, "HIGH PROGRESS"]] * (i == 6)
        first = ".." if i == 3 else round(0.70 - i / 60, 3)
        middle = round(0.82 - i / 70 + i * 3 % 4 / 200, 3)
        last = round(0.93 - i / 80, 3)
        rows.append([i + 1, name, first, "b" * (i == 2), middle, None, last, None, (-1) ** i])
    rows += [[None], [None, "World", 0.6, None, 0.7, None, 0.73, None, "—"], [None], ["NOTES"]]
    rows += [[None, "b Refers to a year other than that specified."]]
    workbook(folder / "trends.xlsx", {"Table 2": rows}, ["C4:H4", "C5:H5"])
    return {"from": ["trends.xlsx"]}, {'year: "?"': "year: 2021"}, 47


def with_standard_errors(folder):
    """Governance: a sheet an indicator, years over estimate, error, percentile rank, bounds."""
    heads = ["Estimate", "StdErr", "NumSrc", "Rank", "Lower", "Upper"]
    years = (2019, 2020, 2021)
    sheets = {"Introduction": [["About"], ["These figures are made up"]]}
    for title in ("RuleofLaw", "ControlofCorruption"):
        rows = [[title], [None], [None, None, *(y for y in years for _h in heads)],
                ["Country/Territory", "Code", *heads * 3]]  # fmt: skip
        for i, name in enumerate(NAMES):
            row = [name, name[:3].upper()]
            for year in years:
                estimate = round(2 - i * 0.3 + i * year % 4 / 20, 4)
                one = [estimate, 0.15 + i / 300, 8 + i % 4, 99.2 - 8.1 * i, 95 - 8 * i, 100 - 6 * i]
                row += ["#N/A"] * 6 if i == 7 else one
            rows.append(row)
        sheets[title] = rows
    workbook(folder / "governance.xlsx", sheets)
    return {"from": ["governance.xlsx"], "table": "ControlofCorruption"}, {}, 33


SHAPES = (wide_by_year, long, one_file_a_year, ranks_with_bands, three_header_rows,
          with_standard_errors)  # fmt: skip


def ask(folder: Path) -> int:
    """Count the open questions."""
    texts = [(folder / name).read_text("utf-8") for name in ("index.yml", "structure.csv")]
    values = [line.partition(" #")[0] for line in texts[0].splitlines()]
    return sum('"?"' in line for line in values) + len(re.findall(r",\?,", texts[1]))


@pytest.mark.parametrize("shape", SHAPES)
def test_from_file_to_report(project, shape, monkeypatch, capsys):
    monkeypatch.chdir(project)
    how, answers, figures = shape(project)
    words = ["--name", "played", "--from", *how["from"], "--table", how.get("table", "")]
    assert main(["new-index", *words]) == 0
    folder = project / "data/raw/played"
    asked = ask(folder)
    assert asked <= MOST and f"{asked} question" in (capsys.readouterr().out + "0 question")
    spec = (folder / "index.yml").read_text("utf-8")
    for question, told in answers.items():
        assert question in spec
        spec = spec.replace(question, told)
    (folder / "index.yml").write_text(spec, "utf-8")
    structure = folder / "structure.csv"
    structure.write_text(structure.read_text("utf-8").replace(",?,", ",1,"), "utf-8")
    assert ask(folder) == 0
    catalog._load.cache_clear()
    if "add" in how:
        assert main(["add-table", "--index", "played", "--from", how["add"]]) == 0
        assert ask(folder) == 0
    assert main(["check", "--index", "played"]) == 0
    everybody = units.load(catalog.load("played"))
    first = min(everybody.all, key=lambda unit: unit.name)
    case, made = open_all("played", first.code)
    told = made["published"].query("measure != 'standard_error'")  # a band has two ends
    assert len(told.drop_duplicates(["file", "row", "indicator", "year", "value_text"])) == figures
    assert len(everybody.all) >= 12 and case.now["rank"] >= 1
    names = set(made["ranks"]["unit_name"])
    assert names <= {unit.name for unit in everybody.all} and "World" not in names


def test_a_table_of_ranks_alone_is_a_pdf_in_both_languages(project, monkeypatch, capsys):
    monkeypatch.chdir(project)
    ranks_with_bands(project)
    shutil.copytree(ROOT / "notebooks", project / "notebooks", dirs_exist_ok=True)
    shutil.copy(ROOT / "requirements.lock", project)
    assert main(["new-index", "--name", "played", "--from", "ranks.csv"]) == 0
    assert main(["report", "--index", "played", "--unit", "University 03"]) == 0
    for lang in ("vi", "en"):
        path = project / f"reports/played/university-03.{lang}.pdf"
        assert path.read_bytes().startswith(b"%PDF-")
    ranks = (project / "data/processed/played/ranks.csv").read_text("utf-8")
    assert "University 12" in ranks  # of a band the places are kept
