"""Tables nobody has seen: from the file to the report by edits of index.yml and structure.csv.

The tables are small and made up, in the shape of published ones: country codes with
aggregates among the rows, zeros that mean "not assessed", years two apart, withheld units.
"""

import inspect
import shutil
from pathlib import Path

import pytest
from openpyxl import Workbook

from helpers import catalog, claims, rank, report, score, tables, units
from helpers.clean import clean
from helpers.errors import DataError, ParameterError
from helpers.newindex import new_index
from helpers.newindex.read import read
from helpers.parts import contributions_table, find_full
from helpers.report import account, claim, say, tabulate
from helpers.robust import record

ROOT = Path(__file__).parents[1]


@pytest.fixture
def project(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    shutil.copytree(ROOT / "data/raw/provinces", tmp_path / "data/raw/provinces")
    monkeypatch.setenv("HELPERS_ROOT", str(tmp_path))
    catalog._load.cache_clear()
    yield tmp_path
    catalog._load.cache_clear()


def answer(folder: Path, **answers: str) -> None:
    """Put answers in place of the question marks: by field, and for all directions."""
    spec = folder / "index.yml"
    lines = spec.read_text(encoding="utf-8").splitlines()
    for field, value in answers.items():
        at = [n for n, line in enumerate(lines) if line.strip().startswith(f"{field}:")]
        assert len(at) == 1, (field, at)
        lines[at[0]] = lines[at[0]].split(":")[0] + f": {value}"
    spec.write_text("\n".join(lines) + "\n", encoding="utf-8")
    structure = folder / "structure.csv"
    structure.write_text(structure.read_text("utf-8").replace(",?,", ",1,"), encoding="utf-8")
    catalog._load.cache_clear()


def open_all(name: str, unit: str, year: int = 0):
    """Make every table of an index and say all that a report says, in both languages."""
    index = catalog.load(name)
    everybody, cleaned = units.load(index), clean(index)
    scored = score.scores(index, everybody, cleaned.published)
    ranked = rank.ranks(index, everybody, scored, cleaned.published)
    changed = rank.changes(index, everybody, ranked, cleaned.published)
    listed = rank.listed(index, everybody, cleaned.published)
    headlines = find_full(index, scored, listed)
    made = {"published": cleaned.published, "quarantine": cleaned.quarantine, "scores": scored}
    made |= {"intervals": scored, "ranks": ranked, "changes": changed}
    made["robust"] = record.ranks_table(headlines, 20)
    made["robust_changes"] = record.changes_table(headlines, 20)
    made["contributions"] = contributions_table(headlines)
    told = claims.Tables(index, everybody, made["published"], scored, scored, ranked)
    made["claims"] = claims.check(told, changed)
    tables.write(name, made)
    cases = [report.open_case(name, unit, year, lang) for lang in ("vi", "en")]
    for case in cases:
        for module in (say, tabulate, claim, account):
            for function in vars(module).values():
                if not inspect.isfunction(function) or function.__module__ != module.__name__:
                    continue
                if function.__name__.startswith("_") or list(
                    inspect.signature(function).parameters
                )[:1] != ["case"]:
                    continue
                needed = [
                    p
                    for p in inspect.signature(function).parameters.values()
                    if p.default is p.empty
                ]
                explains = function.__name__ in ("effects", "met") and module is tabulate
                if len(needed) == 1 and not (explains and case.explained is None):
                    function(case)
    return cases[-1], made


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
    assert "although" not in str(say.deck(case)._repr_mimebundle_())


def test_a_saved_page_keeps_footnote_marks_out_of_the_figures(project):
    rows = "".join(
        f"<tr><td>{name}</td><td>{value}</td></tr>"
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
    skip = '["Ghi chú: số liệu giả định"]'
    answer(folder, scale="[0, 1]", skip=skip)
    case, made = open_all("communes", "xa-c")
    assert case.now["rank"] == 1
    assert made["quarantine"]["reason"].tolist() == ["no unit's row (skip in index.yml)"]


def test_what_cannot_be_read_is_refused_in_one_line(project):
    cases = {
        "two-styles.csv": ('Unit,2020\nA,"0,5"\nB,0.5\n', "both number styles"),
        "no-names.csv": ("2020,2021\n1,2\n2,3\n", "no column names the units"),
        "semicolon.csv": ("Unit;2020\nA;1\n", "with commas"),
        "two-names.csv": ("Unit,Head,2020\nA,x,1.5\nB,y,2.5\n", "UNIT_COLUMN"),
    }
    for name, (text, message) in cases.items():
        path = project / name
        path.write_text(text, encoding="utf-8")
        with pytest.raises(DataError, match=message) as caught:
            list(new_index("new", path))
        assert "\n" not in str(caught.value)
        assert not (project / "data/raw/new").exists()
    with pytest.raises(ParameterError, match="lower-case"):
        list(new_index("../x", project / "semicolon.csv"))
    book = Workbook()
    for sheet in (book.active, book.create_sheet("Second")):
        sheet.append(["Unit", "2020"])
        sheet.append(["A", 1])
    book.save(project / "two.xlsx")
    with pytest.raises(ParameterError, match=r"several tables; .*Second"):
        read(project / "two.xlsx")
