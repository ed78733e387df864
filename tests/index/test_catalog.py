"""Which indices there are, where their files are, and what their tables mean."""

from dataclasses import replace
from pathlib import Path

import pytest

from helpers.errors import DataError, ParameterError
from helpers.index import catalog
from helpers.index.model import Scheme
from projects import ROOT


def test_the_root_is_found_from_a_folder_inside(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert catalog.root() == project.resolve()
    monkeypatch.delenv("HELPERS_ROOT")
    for folder in (project, project / "data/raw/dti", project / "notebooks"):
        monkeypatch.chdir(folder)
        assert catalog.root() == project.resolve()


def test_outside_of_any_checkout_the_root_is_that_of_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HELPERS_ROOT", raising=False)
    monkeypatch.chdir(tmp_path)
    assert catalog.root() == Path(catalog.__file__).resolve().parents[3] == ROOT


def test_an_unknown_index_lists_those_there_are(project: Path) -> None:
    for name in ("pic", "..", "../raw/dti", "DTI", "provinces"):
        with pytest.raises(ParameterError, match=r"^no index .*; there are: asem, dti, pci"):
            catalog.load(name)


def test_what_the_index_says_of_itself(project: Path) -> None:
    index = catalog.load("dti")
    assert index.headline == "overall" and len(index.pillars) == 3
    assert index.years == [2020, 2021, 2022, 2023, 2024] and index.scale == (0.0, 1.0)
    assert [index.scheme(year) for year in index.years] == ["2020", *["2021-2023"] * 3, "2024"]
    assert index.text("short", "vi") == "DTI"
    assert index.label("digital_economy", "vi") == "Kinh tế số"
    assert index.label("digital_economy", "en", 2020) == "Digital economy"
    assert index.label("awareness", "en", 2020) == "Digital awareness"  # unknown to that scheme
    assert index.label("no such indicator", "en") == "no such indicator"


def test_years_of_one_scheme_compare_and_others_say_why_not(project: Path) -> None:
    index = catalog.load("dti")
    assert index.break_reason(2022, 2023) == "" == index.break_reason(2021, 2023, "vi")
    assert "922/QĐ-BTTTT" in index.break_reason(2020, 2021)
    assert "405/QĐ-BKHCN" in index.break_reason(2023, 2024, "vi")
    schemes = {**index.spec.schemes, "2021-2023": Scheme()}
    fresh = replace(index, spec=replace(index.spec, schemes=schemes))
    assert fresh.break_reason(2020, 2021) == "Scheme 2020 became 2021-2023"
    assert fresh.break_reason(2020, 2021, "vi") == "Từ 2020 sang 2021-2023"


def test_the_files_are_all_that_the_tables_are_made_from(project: Path) -> None:
    files = [path.relative_to(project.resolve()).as_posix() for path in catalog.load("dti").files()]
    assert files == sorted(files) and len(files) == len(set(files))
    assert all((project / name).is_file() for name in files)
    assert set(files) >= {
        *(f"data/raw/dti/{name}" for name in (
            "index.yml", "structure.csv", "claims.csv", "dti-63-2022-2024.csv", "dti-34-2024.csv",
            "dti-63-2022-partial.csv", "dti-63-2023-partial.csv", "dti-press-2020-2024.csv")),
        "data/raw/phu-tho-2023/indicators.csv",
        "data/raw/provinces/units.csv",
        "data/raw/provinces/aliases.csv",
    }  # fmt: skip


def test_every_indicator_is_labelled_in_both_languages(project: Path) -> None:
    for row in catalog.load("dti").structure.rows:
        assert len(set(row.labels.values())) == 2 and set(row.labels) == {"vi", "en"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "data/raw/dti/index.yml: the file is empty; restore it"),
        ("- a\n", "data/raw/dti/index.yml: holds no fields"),
        ("label: [\n", "data/raw/dti/index.yml, row 2: not valid YAML; mend the indentation"),
        (
            "label: x\nshort: x\n",
            "data/raw/dti/index.yml, row 1, headline: the field is missing; add it",
        ),
    ],
)
def test_a_broken_index_file_is_refused(project: Path, text: str, message: str) -> None:
    (project / "data/raw/dti/index.yml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as error:
        catalog.load("dti")
    assert message in str(error.value)


def test_paths_are_shown_from_the_root(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert catalog.relative(project / "data/raw/dti/index.yml") == "data/raw/dti/index.yml"
    assert catalog.relative(tmp_path_factory.mktemp("else") / "x.csv") == "x.csv"


@pytest.mark.parametrize("name", catalog.names())
def test_a_point_counts_on_all_its_ways_up(name: str) -> None:
    index = catalog.load(name)
    for scheme in index.structure.schemes:
        shares = index.structure.shares(scheme, index.headline)
        form = index.structure.forms(scheme)[index.headline]
        for finest, weight in form.items():
            if finest != index.headline:
                assert shares[finest] == pytest.approx(weight)
