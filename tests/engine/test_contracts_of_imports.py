"""`make lint` holds the wings: an import that is not allowed fails, and is named."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from projects import ROOT

LINT = "from importlinter.cli import lint_imports_command as check; check()"


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache", "--no-logo"],
        cwd=root, env={"PYTHONPATH": str(root / "src"), "COLUMNS": "300", "PATH": ""},
        capture_output=True, text=True,
    )  # fmt: skip


def test_make_lint_runs_them() -> None:
    wanted = subprocess.run(
        ["make", "--dry-run", "lint", f"PYTHON={sys.executable}"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert LINT in wanted.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract", "chain"),
    [
        (
            "prefork/threads.py", "import helpers.errors",
            "Mathematics, kernels and the exporter know nothing of league tables",
            "prefork.threads -> helpers.errors",
        ),
        (
            # Inside of a function too: a late import is an import.
            "helpers/index/units.py", "def _late():\n    import helpers.engine.make",
            "Wings: who may import whom", "helpers.index.units -> helpers.engine.make",
        ),
    ],
)  # fmt: skip
def test_breaking_one_is_told_by_its_name(
    tmp_path: Path, file: str, line: str, contract: str, chain: str
) -> None:
    ignore = shutil.ignore_patterns("__pycache__", "*.po", "*.csv")
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / "src" / file).open("a", encoding="utf-8") as source:
        source.write(f"\n\n{line}\n")
    done = lint(tmp_path)
    assert done.returncode != 0
    assert f"{contract} BROKEN" in done.stdout
    assert chain in " ".join(done.stdout.split())
