"""What a user types after ``make`` reaches the program as it is, and no shell on the way."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from projects import ROOT

MAKE = ("make", "-f", str(ROOT / "Makefile"))
CLEAN = {k: v for k, v in os.environ.items() if k not in ("CONDA_PREFIX", "PYTHON", "MAKEFLAGS")}


def make(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MAKE, *words], cwd=folder, capture_output=True, text=True, env=CLEAN | environment
    )


@pytest.mark.parametrize(
    "unit",
    [
        "$(touch x)",
        "$(shell touch x)",
        "`touch x`",
        'a"; touch x; "',
        "a'; touch x; '",
        "a; touch x",
        "a && touch x | touch x > x",
        "../../etc",
    ],
)
@pytest.mark.parametrize("from_environment", [False, True])
def test_a_unit_is_a_name_and_no_command(tmp_path: Path, unit: str, from_environment: bool) -> None:
    words = ["report", f"PYTHON={sys.executable}"]
    given = {"HELPERS_ROOT": str(ROOT), "PYTHONPATH": str(ROOT / "src")}
    if from_environment:
        given["UNIT"] = unit
    else:
        words.append(f"UNIT={unit}")
    ran = make(tmp_path, *words, **given)
    first, *rest = ran.stderr.splitlines()
    assert first.startswith(f"error: no unit {unit!r}; ")
    assert ran.returncode == 2 and all("Error 2" in line for line in rest)
    assert list(tmp_path.iterdir()) == []


def test_an_old_python_is_told_which_one_is_needed(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    pretend = "import sys; sys.version_info, sys.version = (3, 9, 2), '3.9.2 (main)'; "
    old.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{pretend}exec(sys.argv[2])" "$@"\n')
    old.chmod(0o755)
    for name in ("requirements.lock", "pyproject.toml"):
        (tmp_path / name).write_text("")
    ran = make(tmp_path, "env", f"BASE_PYTHON={old}")
    assert ran.returncode == 2
    assert "error: Python 3.11 or newer is needed, this is 3.9.2; set BASE_PYTHON=..." in ran.stderr
    assert not (tmp_path / ".venv").exists()


HANG = """
import os, time
open("build/kernel.part", "w").write(str(os.getpid()))
os.rename("build/kernel.part", "build/kernel")
time.sleep(600)
"""


def test_a_signal_to_make_alone_ends_the_work_and_clean_is_refused_while_it_runs(
    project: Path,
) -> None:
    path = project / "notebooks/1-clean.ipynb"
    document = json.loads(path.read_text(encoding="utf-8"))
    first = next(c for c in document["cells"] if "parameters" in c["metadata"].get("tags", []))
    hang = {**first, "id": "hang", "metadata": {}, "source": HANG}
    document["cells"] = [first, hang]
    path.write_text(json.dumps(document), encoding="utf-8")
    (project / "reports").mkdir()
    for name in ("reports/README.md", "reports/x.pdf"):
        (project / name).write_text("x", encoding="utf-8")
    here = {"HELPERS_ROOT": str(project), "PYTHONPATH": str(ROOT / "src")}
    words = [*MAKE, "data", "INDEX=dti", f"PYTHON={sys.executable}"]
    with subprocess.Popen(
        words, cwd=project, env=CLEAN | here, stderr=subprocess.PIPE, text=True
    ) as run:
        try:
            deadline = time.monotonic() + 300
            while not (project / "build/kernel").exists():
                assert run.poll() is None and time.monotonic() < deadline
                time.sleep(0.05)
            kernel = psutil.Process(int((project / "build/kernel").read_text()))
            tree = psutil.Process(run.pid).children(recursive=True)
            refused = make(project, "clean", f"PYTHON={sys.executable}", **here)
            assert refused.returncode == 2
            assert re.search(r"build/dti is in use by process \d+; try again", refused.stderr)
            assert (project / "reports/x.pdf").is_file()
            os.kill(run.pid, signal.SIGTERM)  # to make, and to nothing else
            told = run.communicate(timeout=60)[1]
        finally:
            if run.poll() is None:
                for process in psutil.Process(run.pid).children(recursive=True):
                    process.kill()
            run.kill()
    assert "error: interrupted" in told
    gone, alive = psutil.wait_procs([*tree, kernel], timeout=20)
    assert gone and not alive

    cleaned = make(project, "clean", f"PYTHON={sys.executable}", **here)
    assert cleaned.returncode == 0, cleaned.stderr
    assert not (project / "build").exists()
    assert [path.name for path in (project / "reports").iterdir()] == ["README.md"]


def test_a_fresh_checkout_has_the_folders_that_products_go_to() -> None:
    for name in ("reports", "data/processed"):
        assert (ROOT / name / "README.md").is_file(), name
