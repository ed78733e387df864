"""docs/new-year.md, followed: a made-up "DTI 2025" of the 34 units arrives as a workbook.

The commands and the edits are read from the page, so the page cannot promise what fails.
"""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

from helpers import report, tables
from helpers.__main__ import main
from helpers.index import catalog
from helpers.report.unit import annex, brief

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "new-year.md").read_text(encoding="utf-8")
MISSPELT = {"TP. Hồ Chí Minh": "Thành phố HCM (mới)", "Phú Thọ": "PHÚ  THỌ"}


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, flags=re.DOTALL)


def arguments(command: str) -> list[str]:
    import shlex

    words = shlex.split(command.strip())
    assert words[:3] == ["python", "-m", "helpers"]
    return words[3:]


def workbook(path: Path) -> None:
    """Last year's table with made-up scores: two spellings, a tie, and a row for the country."""
    last = pd.read_csv(ROOT / "data/raw/dti/dti-34-2024.csv", dtype=str)
    names = last["Các tỉnh, thành phố trực thuộc TW"].replace(MISSPELT)
    overall = (last["Bộ chỉ số dành cho cấp Tỉnh"].astype(float) + 0.01).round(4)
    overall.iloc[20] = overall.iloc[19]  # a tie
    places = overall.rank(method="min", ascending=False).astype(int)
    sheet = Workbook()
    page = sheet.active
    page.append(["Bảng số liệu giả định để thử nghiệm"])
    page.append(["Xếp hạng", "Tỉnh, thành phố", "Chỉ số DTI", "Hạ tầng số"])
    for place, name, score, under in zip(
        places, names, overall, last["Chỉ số Hạ tầng số"].astype(float), strict=True
    ):
        page.append(
            [place, name, f"{score:.4f}".replace(".", ","), f"{under:.4f}".replace(".", ",")]
        )
    page.append([None, "Trung bình cả nước", "không tính", "0,8"])
    sheet.save(path)


@pytest.fixture
def project(tmp_path, monkeypatch):
    shutil.copytree(ROOT / "data/raw", tmp_path / "data/raw")
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    (tmp_path / "build").mkdir()
    shutil.copy(ROOT / "requirements.lock", tmp_path)
    monkeypatch.setenv("HELPERS_ROOT", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    catalog._load.cache_clear()
    yield tmp_path
    catalog._load.cache_clear()


def insert(path: Path, after: str, lines: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(after) == 1, after
    path.write_text(text.replace(after, after + lines), encoding="utf-8")


def test_the_page_leads_from_the_workbook_to_the_report(project, capsys):
    keep, build, make = (arguments(block) for block in blocks("sh"))
    workbook(project / "dti-2025.xlsx")
    assert main(keep) == 0
    printed = capsys.readouterr().out
    assert "set 34" in printed
    assert "may be an aggregate: Trung bình cả nước" in printed
    raw = project / "data/raw/dti"
    assert (raw / "dti-2025.xlsx").read_bytes() == (project / "dti-2025.xlsx").read_bytes()
    assert (raw / "dti-2025.csv.provenance.yml").is_file()

    years, entry = (block.split("\n", 1)[1] for block in blocks("yaml"))
    spec = raw / "index.yml"
    before = re.search(r"^years: \{.*\}$", spec.read_text(encoding="utf-8"), re.MULTILINE)
    as_flow = years.strip().replace("2025: ", ", 2025: ")
    spec.write_text(
        spec.read_text(encoding="utf-8").replace(before[0], before[0][:-1] + as_flow + "}"),
        encoding="utf-8",
    )
    insert(spec, "\ntables:\n", entry)
    catalog._load.cache_clear()

    assert main(build) == 3  # the misspelt name is refused with its nearest
    refused = capsys.readouterr().err
    assert "Thành phố HCM (mới)" in refused
    assert "if it is a spelling of a unit, add it to data/raw/provinces/aliases.csv" in refused
    (alias,) = blocks("csv")
    with (project / "data/raw/provinces/aliases.csv").open("a", encoding="utf-8") as file:
        file.write(alias)
    assert main(make) == 0
    assert (project / "reports/dti/phu-tho-34.vi.pdf").read_bytes().startswith(b"%PDF")

    quarantine = pd.read_csv(project / "data/processed/dti/quarantine.csv")
    broken = quarantine[quarantine["source"].str.endswith("dti-2025.csv")]
    assert broken["value"].tolist() == ["Trung bình cả nước"]
    changes = tables.read("dti", "changes")
    new = changes[(changes["year_to"] == 2025) & (changes["indicator"] == "overall")]
    assert set(new["year_from"]) == {2024}
    assert set(new["unit_set"]) == {"34"}
    assert len(new) == 34
    assert new["comparable"].all()
    ranks = tables.read("dti", "ranks").query("year == 2025 and indicator == 'overall'")
    assert ranks["rank"].value_counts().max() == 2  # the tie

    case = report.open_case("dti", "VN34-25", 2025, "en")
    assert f"{case.unit.name} 2025" in str(brief.title(case))
    assert case.explained["year_from"] == 2024
    for table in (annex.path, annex.changes, annex.effects):
        assert table(case) is not None
