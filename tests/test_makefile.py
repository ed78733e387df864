"""What a user types after ``make`` reaches the program as it is, and no shell on the way."""

import os
import subprocess
import sys
from pathlib import Path

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
