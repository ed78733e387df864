"""The packs shipped beside the default index, and the default itself."""

import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from helpers.engine.request import find_unit
from helpers.errors import ParameterError
from helpers.index import catalog
from helpers.index.model import Year
from helpers.tables import recompute
from helpers.tables.clean import clean
from projects import made

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def pci():
    done = made("pci")
    return done.index, done.scored, done.ranked, done.changed


def test_pci_ranks_are_those_published_in_every_year(pci):
    _index, _scored, ranked, _changed = pci
    overall = ranked[ranked["indicator"] == "overall"]
    assert len(overall) == 738
    assert (overall["rank"] == overall["rank_published"]).all()
    sizes = overall.groupby("year").size()
    assert sizes[[2005, 2008, 2009]].tolist() == [42, 64, 63]
    tied = overall[(overall["year"] == 2011) & (overall["rank"] == 40)]
    assert set(tied["unit_name"]) == {"Bình Thuận", "Hà Giang"}


def test_pci_overall_follows_from_its_sub_indices(pci):
    index, scored, *_ = pci
    check = recompute.compare_with_published(index, scored)
    assert check["within"].all()
    assert len(check[check["year"].isin([2006, 2009, 2013])]) == 64 + 63 + 63


def test_pci_years_compare_within_a_scheme_only(pci):
    index, _scored, _ranked, changed = pci
    pairs = changed[~changed["comparable"]][["year_from", "year_to"]].drop_duplicates()
    assert sorted(pairs.to_numpy().tolist()) == [[2005, 2006], [2008, 2009], [2012, 2013]]
    assert "2009" in index.break_reason(2008, 2009)
    gone = changed[(changed["unit"] == "VN-15") & (changed["indicator"] == "overall")]
    assert gone["rank_to"].notna().sum() == 3  # Hà Tây: to 2008
    assert int(gone["year_to"].max()) <= 2009


def test_the_built_index_is_that_of_its_authors():
    done = made("asem")
    wide = done.scored.pivot(index="unit", columns="indicator", values="score")
    assert wide.loc["CHE", ["Index", "Conn", "Sust"]].round(2).tolist() == [68.38, 62.79, 73.98]
    ranked = done.ranked
    first = ranked[(ranked["indicator"] == "Index") & (ranked["rank"] <= 4)].sort_values("rank")
    assert first["unit"].tolist() == ["CHE", "NLD", "DNK", "NOR"]
    assert done.changed.empty


def test_without_the_default_index_one_must_be_named(tmp_path, monkeypatch):
    assert catalog.load().name == "dti"
    shutil.copytree(ROOT / "data/raw", tmp_path / "data/raw", ignore=shutil.ignore_patterns("dti"))
    (tmp_path / "notebooks").mkdir()
    monkeypatch.setenv("HELPERS_ROOT", str(tmp_path))
    with pytest.raises(ParameterError, match=r"none is marked .*: asem, pci"):
        catalog.load()
    assert len(clean(catalog.load("pci")).published) > 738


def test_no_python_knows_an_index_by_name():
    for path in (ROOT / "src").rglob("*.py"):
        if path.stem == "review":  # its cases, for a person to read, are real provinces
            continue
        text = path.read_text(encoding="utf-8").casefold()
        for name in catalog.names():
            assert f'"{name}"' not in text, path


def test_a_unit_is_looked_up_in_the_sets_of_the_year():
    index = catalog.load("dti")
    years = {**index.spec.years, 2025: Year(scheme="2024", unit_sets=("34",))}
    later = replace(index, spec=replace(index.spec, years=years))
    assert find_unit(later, "Phú Thọ", 2025).code == "VN34-25"
    assert find_unit(later, "Phú Thọ", 2024).code == "VN-68"
    assert find_unit(later, "", 2025).code == "VN34-25"
    with pytest.raises(ParameterError, match=r"Vĩnh Phúc .* part of Phú Thọ"):
        find_unit(later, "Vĩnh Phúc", 2025)


def test_packs_hold_the_bytes_they_were_given():
    sizes = {"pci/pci-2005-2016.csv": 738, "asem/ASEM_iData.csv": 51}
    for name, rows in sizes.items():
        assert len(pd.read_csv(ROOT / "data/raw" / name)) == rows
