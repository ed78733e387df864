"""From file to report where scores are missing: ranks alone, and totals withheld in a year."""

import shutil
from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.index import catalog
from helpers.report.league import League, movement_of
from helpers.words import use
from projects import ROOT, command
from withheld import work_out, write_pack

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


@pytest.mark.parametrize("seed", range(10))
def test_lead_cards_and_tables_count_the_same_units(tmp_path, monkeypatch, seed: int) -> None:
    chance = np.random.default_rng(seed)
    rows = [
        f"{unit},{year},{chance.integers(10, 90)}"
        for year in (2019, 2020, 2021)
        for unit in "stuvwxyz"
        if chance.random() < 0.8
    ]
    text = "\n".join(["unit,year,total", *rows]) + "\n"
    entry = TOTALS.replace(", a: a, b: b", "")
    write_pack(tmp_path, text, entry, "s,total,,,T,T,0\n", years=(2019, 2020, 2021))
    made = work_out(tmp_path, monkeypatch)
    names = {field.name for field in fields(League)}
    empty = dict.fromkeys(names & {"robust", "robust_changes", "contributions", "claims",
                                   "disagreements"}, pd.DataFrame())  # fmt: skip
    tables = {name: table for name, table in made.items() if name in names} | empty
    league = League(
        index=catalog.load("made"), unit_set="all", year=2021, words=use("en"), **tables
    )
    assert league.size(2021) == len(league.standings) == sum(",2021," in row for row in rows)
    counted = movement_of(league, *league.explained_pair)
    signs = np.sign(league.moves["change"].astype(int)).value_counts()
    for name, sign in (("up", 1), ("down", -1), ("unmoved", 0)):
        assert counted[name] == signs.get(sign, 0)
    absent = {unit for unit in "stuvwxyz" if not any(f"{unit},2021," in row for row in rows)}
    assert not absent & set(league.standings.index)
