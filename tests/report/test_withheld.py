"""From file to report where scores are missing: ranks alone, and totals withheld in a year."""

import shutil
from pathlib import Path

import pytest

from projects import ROOT, command
from withheld import write_pack

SIDECAR = """title: t
producer: p
citation: c
url: u
obtained_from: o
date_published: "2020"
date_accessed: "2020-01-01"
licence: facts
quality: {rating: red}
"""
PLACES = """unit,2019,2020,2021
Aland,1,1,2
Borland,2,3,3
Corland,3,2,1
Dorland,4,4,4
"""
BY_YEAR = """    ranks:
      "2019": {indicator: total, year: 2019}
      "2020": {indicator: total, year: 2020}
      "2021": {indicator: total, year: 2021}
"""
WITHHELD = """unit,year,total,a,b
Alpha,2012,95,96,94
Beta,2012,80,82,79
Gamma,2012,61.3,61.2,61.0
Delta,2012,-,57.1,60.3
Alpha,2013,95,96,94
Beta,2013,81,82,81
Gamma,2013,-,59.9,61.0
Delta,2013,58.9,57.1,60.3
"""
TOTALS = """    year: {column: year}
    missing: ["-"]
    scores: {total: total, a: a, b: b}
"""
PARTS = "s,total,,,T,T,1\ns,a,total,1,A,A,1\ns,b,total,1,B,B,1\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    shutil.copy(ROOT / "requirements.lock", tmp_path)
    return tmp_path


@pytest.mark.parametrize("case", ["ranks alone", "withheld totals"])
def test_reports_are_made_of_what_there_is(project: Path, case: str) -> None:
    if case == "ranks alone":
        years, unit = (2019, 2020, 2021), "Corland"
        folder = write_pack(project, PLACES, BY_YEAR, "s,total,,,T,T,0\n", years=years)
    else:
        years, unit = (2012, 2013), "Alpha"
        more = "tolerance: 0.5"
        folder = write_pack(
            project, WITHHELD, TOTALS, PARTS, pillars="a, b", years=years, more=more
        )
    (folder / "t.csv.provenance.yml").write_text(SIDECAR, encoding="utf-8")
    assert command(project, "record-raw").code == 0
    made = command(project, "report", "--index", "made", "--unit", unit, "--langs", "en")
    assert made.code == 0, made.err
    whole = command(project, "report-national", "--index", "made", "--langs", "en")
    assert whole.code == 0, whole.err
    names = [path.name for path in (project / "reports/made").iterdir()]
    assert {f"{unit.lower()}.en.pdf", "national.en.pdf"} <= set(names)
