"""Indices with standard errors, from file to report."""

import re
from pathlib import Path

import pandas as pd
import pytest

import projects
import sampled


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = projects.copy_project(tmp_path_factory.mktemp("sampled"))
    sampled.pisa(root)
    sampled.governance(root)
    for arguments in (
        ["record-raw"],
        ["report", "--index", "pisa", "--unit", "United Kingdom", "--langs", "en"],
        ["report", "--index", "governance", "--unit", "Country 0", "--langs", "en vi"],
        ["report-national", "--index", "governance", "--langs", "en vi"],
    ):
        done = projects.command(root, *arguments)
        assert done.code == 0, done.err
    return root


def rows_of(page: Path) -> list[list[str]]:
    """The cells of a page's table rows."""
    text = page.read_text(encoding="utf-8")
    rows = re.findall(r"<tr.*?</tr>", text, re.DOTALL)
    cells = [re.findall(r"<t[dh].*?</t[dh]>", row, re.DOTALL) for row in rows]
    return [[re.sub(r"<[^>]*>", "", cell).strip() for cell in row] for row in cells]


def test_pisa_report_shows_the_published_set(made):
    rows = rows_of(made / "reports/pisa/united-kingdom.en.html")
    assert any("8–23" in row and "13" in row for row in rows)


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_reports_on_governance_show_the_processed_sets(made, lang):
    sets = pd.read_parquet(made / "data/processed/governance/rank_confidence.parquet")
    moves = pd.read_parquet(made / "data/processed/governance/change_confidence.parquet")
    now = sets[(sets["year"] == 2022) & (sets["indicator"] == "rule")].set_index("unit_name")
    rows = rows_of(made / f"reports/governance/national.{lang}.html")
    for name, row in now.iterrows():
        spans = {
            "–".join(dict.fromkeys((str(row[f"{kind}_low"]), str(row[f"{kind}_high"]))))
            for kind in ("marginal", "simultaneous")
        }
        assert any(name in cells and spans <= set(cells) for cells in rows), (name, spans)
    own = moves[(moves["unit_name"] == "Country 0") & (moves["year_to"] == 2022)].iloc[0]
    text = (made / f"reports/governance/country-0.{lang}.html").read_text(encoding="utf-8")
    for end in ("marginal_low", "marginal_high"):
        assert f"+{own[end]}" in text
    assert (made / f"reports/governance/country-0.{lang}.pdf").stat().st_size > 0


def test_the_notebook_shows_the_sets_only_where_there_are_errors(made, built):
    there = (made / "build/governance/3-robustness.ipynb").read_text(encoding="utf-8")
    assert "beyond_at_once" in there
    assert not (built / "data/processed/dti/rank_confidence.csv").exists()
    assert "beyond_at_once" not in (built / "build/dti/3-robustness.ipynb").read_text("utf-8")
