"""Making what is out of date, told as the user's mistake, the help given, and the recovery."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers.engine import make, request
from helpers.engine.clean import clean as clean_all
from helpers.errors import DataError, HelpersError, ParameterError
from helpers.files import lock
from helpers.index import catalog, provenance
from helpers.tables.clean import clean
from projects import MAIN, command, edit, fingerprint

REPORTS = [f"reports/dti/phu-tho.{lang}.{ending}" for lang in ("vi", "en") for ending in
           ("pdf", "html")]  # fmt: skip
PHU_THO = "Phú Thọ,0.6126"


def test_a_run_waits_for_its_own_index_only(project: Path) -> None:
    with make.opened(catalog.load("dti")), make.opened(catalog.load("pci")):
        for name in ("dti", "pci", "phu-tho-2023"):
            with pytest.raises(HelpersError, match=f"build/{name} is in use"):
                lock(project / "build" / name, wait=False).__enter__()
        with pytest.raises(HelpersError, match="in use"):
            clean_all()


def products(root: Path) -> dict[str, str]:
    """Hash what was made, but not the hidden cache of what was seen of files."""
    found = fingerprint(root / "data/processed", root / "reports")
    return {name: digest for name, digest in found.items() if "/." not in name}


# No kernel can start without jupyter_client, and no notebook run without papermill; pandas is slow.
_SCRIPT = """
import contextlib, io, json, sys
from helpers.__main__ import main
found = []
for arguments in json.load(sys.stdin):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(arguments)
    found.append([code, out.getvalue(), err.getvalue()])
heavy = {"pandas", "papermill", "jupyter_client", "zmq", "nbclient"}
print(json.dumps([found, sorted(heavy & set(sys.modules))]))
"""


def _run_in_one(root: Path, commands: list[list[str]]) -> tuple[list[Any], list[str]]:
    """Run commands in one process; return how each ended, and the slow packages it loaded."""
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT], input=json.dumps(commands), check=True, cwd=root,
        capture_output=True, encoding="utf-8", env=os.environ | {"HELPERS_ROOT": str(root)},
    )  # fmt: skip
    found, loaded = json.loads(done.stdout)
    return found, loaded


def _loaded(root: Path, words: list[str]) -> list[str]:
    ((code, _out, _err),), loaded = _run_in_one(root, [words])
    assert code == 0
    return loaded


# Making


def test_the_report_names_its_files_and_keeps_no_address_of_this_machine(built: Path) -> None:
    assert (built.parent / "built").read_text("utf-8").split() == REPORTS
    assert sorted(path.name for path in (built / "reports/dti").iterdir()) == sorted(
        Path(name).name for name in REPORTS
    )
    manifest = json.loads((built / "reports/manifest.json").read_text("utf-8"))
    assert {"dti/1-clean", "dti/2-rank-change", "dti/phu-tho.vi", "dti/phu-tho.en"} <= set(
        manifest["steps"]
    )
    assert str(built) not in (built / "reports/manifest.json").read_text("utf-8")


def test_the_tables_made_by_the_notebooks_are_those_of_the_functions(built: Path) -> None:
    ranks = pd.read_csv(built / "data/processed/dti/ranks.csv")
    row = ranks.query("unit == 'VN-68' and indicator == 'overall'").set_index("year")["rank"]
    assert row.loc[[2022, 2023, 2024]].tolist() == [23, 43, 50]
    quarantine = (built / "data/processed/dti/quarantine.csv").read_text("utf-8")
    assert quarantine == "source,row,column,value,reason\n"


def test_nothing_changed_and_nothing_is_done_at_once(built: Path) -> None:
    before = products(built)
    done = command(built, "report")
    assert (done.code, done.err, done.out.split()) == (0, "", REPORTS)
    assert products(built) == before
    assert _loaded(built, ["report"]) == []  # which is why it takes a third of a second


def test_touched_files_are_not_changed_files(copied: Path) -> None:
    for path in [*(copied / "data").rglob("*"), *(copied / "notebooks").rglob("*")]:
        os.utime(path)
    done = command(copied, "report")
    assert (done.code, done.err) == (0, "")


def test_a_cell_corrected_by_the_ministry(copied: Path) -> None:
    edit(copied / MAIN, PHU_THO, "Phú Thọ,0.6926")
    before = products(copied)
    # The user's mistake: to make the tables without recording the new file.
    refused = command(copied, "data")
    assert refused.code == 3 and products(copied) == before
    assert re.fullmatch(
        rf"error: {MAIN}: sha256 is [0-9a-f]{{64}}, recorded was [0-9a-f]{{64}}; "
        r"restore the file, or accept it with `make record-raw`\n",
        refused.err,
    )
    # The help given, and the recovery.
    recorded = command(copied, "record-raw")
    assert recorded.code == 0 and recorded.out.startswith(f"{MAIN}: sha256 ")
    assert command(copied, "record-raw").out == "nothing changed\n"
    made = command(copied, "data")
    assert made.code == 0, made.err
    assert f"dti/1-clean: {MAIN} changed" in made.err
    ranks = pd.read_csv(copied / "data/processed/dti/ranks.csv")
    row = ranks.query("unit == 'VN-68' and indicator == 'overall' and year == 2022")
    assert row["score"].tolist() == [0.6926] and row["rank"].tolist() == [5]
    # The reports are out of date now, and only they.
    stale = _stale(copied)
    assert stale == ["dti/phu-tho.vi", "dti/phu-tho.en"]


def _stale(root: Path) -> list[str]:
    """Return the steps of the default unit's reports that are out of date, in another process."""
    script = (
        "import json; from helpers.engine import make, request; "
        "from helpers.engine.run.graph import Store; from helpers.index import catalog; "
        "r = catalog.root(); i = catalog.load('dti'); u = request.find_unit(i, 'VN-68', 2024); "
        "steps = [*make.data_steps(i), *make.report_steps(i, u, 2024, ['vi', 'en'])]; "
        "print(json.dumps([x.name for x in make.find_stale("
        "Store(r / 'reports/manifest.json', r), steps)]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True,
        env=os.environ | {"HELPERS_ROOT": str(root)},
    )  # fmt: skip
    return list(json.loads(done.stdout))


def test_an_output_that_was_edited_or_lost_is_made_again(copied: Path) -> None:
    assert _stale(copied) == []
    (copied / "reports/dti/phu-tho.vi.pdf").unlink()
    assert _stale(copied) == ["dti/phu-tho.vi"]
    edit(copied / "data/processed/dti/quarantine.csv", "source,", "source ,")
    assert _stale(copied)[0] == "dti/1-clean"


# Mistakes in the data: each is refused with the cell and the mend, and nothing is touched


def _replace(old: str, new: str) -> Callable[[Path], None]:
    return lambda path: edit(path, old, new)


MISTAKES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a score of 1.2": (
        _replace(PHU_THO, "Phú Thọ,1.2"),
        "row 24, column DTI_Tong: found '1.2', expected a number from 0 to 1; correct the cell",
    ),
    "text in a number column": (
        _replace(PHU_THO, "Phú Thọ,cao"),
        "row 24, column DTI_Tong: found 'cao', expected a number from 0 to 1; correct the cell",
    ),
    "a province twice": (
        _replace(PHU_THO, "Hà Nội,0.6126"),
        "row 24, column TinhThanh: found 'Hà Nội', expected each unit once a year (delete one",
    ),
    "an unknown province": (
        _replace(PHU_THO, "Phú Thị,0.6126"),
        "row 24, column TinhThanh: found 'Phú Thị', expected a known unit (nearest: Phú Thọ",
    ),
    "a missing column": (
        _replace("DTI_Tong", "Tong"),
        "tables[0].scores.DTI_Tong: no column in dti-63-2022-2024.csv",
    ),
    "an empty file": (lambda path: path.write_bytes(b""), "the file is empty; restore it"),
    "a file in UTF-16": (
        lambda path: path.write_bytes(path.read_text("utf-8-sig").encode("utf-16")),
        "row 1: the file is in UTF-16; save it as CSV in UTF-8",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_complete_table(project: Path, mistake: str) -> None:
    spoil, help_given = MISTAKES[mistake]
    good = (project / MAIN).read_bytes()
    spoil(project / MAIN)
    with pytest.raises(DataError, match=r"accept it with `make record-raw`|tables\[0\]"):
        make.data("dti")
    list(provenance.record(accept=True))
    with pytest.raises(DataError) as error:
        index = catalog.load("dti")
        provenance.verify(index.files())
        clean(index)
    assert error.value.exit_code == 3
    # A column is missed where index.yml names it; the rest where it stands in the file.
    lines = (project / "data/raw/dti/index.yml").read_text("utf-8").splitlines()
    row = next(n for n, line in enumerate(lines, 1) if "DTI_Tong:" in line)
    place = {"row": f"{MAIN}, ", "tab": f"index.yml, row {row}, "}.get(help_given[:3], f"{MAIN}: ")
    assert f"{place}{help_given}" in str(error.value)
    # The recovery.
    (project / MAIN).write_bytes(good)
    list(provenance.record(accept=True))
    assert len(clean(catalog.load("dti")).quarantine) == 0


@pytest.mark.parametrize("mistake", ["a province twice", "a file in UTF-16"])
def test_the_same_by_the_command_line(copied: Path, mistake: str) -> None:
    spoil, help_given = MISTAKES[mistake]
    good, before = (copied / MAIN).read_bytes(), products(copied)
    spoil(copied / MAIN)
    assert command(copied, "record-raw", "--accept").code == 0
    refused = command(copied, "data")
    assert refused.code == 3 and products(copied) == before
    (error,) = refused.err.splitlines()
    assert error.startswith(f"error: {MAIN}") and help_given in error
    (copied / MAIN).write_bytes(good)
    assert command(copied, "record-raw", "--accept").code == 0
    assert command(copied, "report").err == ""  # all is as it was made


def test_a_lost_file(project: Path) -> None:
    (project / MAIN).unlink()
    with pytest.raises(DataError, match=f"{MAIN.rpartition('/')[2]}.*restore it"):
        make.data("dti")


# Mistakes on the command line: refused before anything starts

WRONG = [
    (["report", "--unit", "../../etc"], "no unit '../../etc'"),
    (["report", "--unit", "Phu Toh"], "no unit 'Phu Toh'; nearest: Phú Thọ"),
    (["report", "--unit", "Hà Tây"], "no unit 'Hà Tây'; nearest: "),
    (["report", "--unit", "TP. Bắc Ninh"], "no unit 'TP. Bắc Ninh'; nearest: "),
    (["report", "--unit", "\x1b[2J"], "no unit"),
    (["report", "--year", "soon"], "no year 'soon' in dti; there are: 2020, 2021, 2022, 2023"),
    (["report", "--year", "2019"], "no year '2019' in dti; there are: 2020"),
    (["report", "--year", "２０２３"], "no year '２０２３' in dti"),
    (["report", "--langs", "fr"], "no language 'fr'; there are: en, vi"),
    (["report", "--langs", " "], "no language asked for; there are: en, vi"),
    (["report", "--index", "../dti"], "no index '../dti'; there are: "),
    (["data", "--index", "nope"], "no index 'nope'; there are: "),
    (["report", "--unti", "VN-68"], "unrecognized arguments: --unti"),
    (["report", "--unit"], "expected one argument"),
    ([], "the following arguments are required: COMMAND"),
    (["paint"], "invalid choice: 'paint'"),
    (["run", "notebooks/report.ipynb", "-p", "yaer=2023"], "no parameter yaer; did you mean year?"),
    (["run", "notebooks/report.ipynb", "-p", "year=soon"], "year='soon': expected int"),
    (["run", "notebooks/report.ipynb", "-p", "unit=../../etc"], "a path is not allowed here"),
    (["run", "notebooks/report.ipynb", "-p", "year"], "parameter 'year': expected NAME=VALUE"),
    (["run", "notebooks/nope.ipynb"], "there is no such notebook"),
]  # fmt: skip


def test_wrong_arguments_end_with_2_before_any_kernel_starts(project: Path) -> None:
    found, loaded = _run_in_one(project, [words for words, _ in WRONG])
    assert loaded == []
    for (words, message), (code, out, err) in zip(WRONG, found, strict=True):
        last = err.splitlines()[-1]
        assert (code, out) == (2, ""), words
        assert "error: " in last and message in last and last.isprintable(), words
    assert not (project / "build/dti").exists() and not (project / "reports").exists()


def test_a_unit_that_is_no_more_points_to_the_one_it_became(project: Path) -> None:
    index = catalog.load("dti")
    for text in ("VN34-25", "phu-tho-34"):
        assert request.choose_units(request.ask("dti", "2024", "vi"), text)[0].code == "VN34-25"
    assert len(request.choose_units(request.ask("dti", "", "vi"), "")) == 63
    assert index.default_unit == "VN-68"
    with pytest.raises(ParameterError, match="no unit"):
        request.choose_units(request.ask("dti", "2024", "vi"), "Phú Thọ, Nơi khác")
