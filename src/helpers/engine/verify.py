"""Whether the same products come out elsewhere: ``python -m helpers.engine.verify``.

Each condition makes the tables and reports of the default unit anew in a temporary copy of the
project; every byte under ``reports`` and ``data/processed`` is compared with the first.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

from helpers.index.catalog import root

_COPIED: Final = ("data/raw", "notebooks", "requirements.lock")
_MADE: Final = ("reports", "data/processed")
_CLUTTERED = "matplotlibrc"


class Condition(NamedTuple):
    """What is other than in the first run: the folder, the surroundings, the command."""

    told: str
    folder: str = "project"
    settings: dict[str, str] = {}  # noqa: RUF012  (never changed)
    command: tuple[str, ...] = ("report",)


CONDITIONS: Final = (
    Condition("the first run"),
    Condition("the same again"),
    Condition("a path with spaces and Vietnamese letters", "dự án số 2"),
    Condition("another time zone", settings={"TZ": "Pacific/Kiritimati"}),
    Condition("another locale", settings={"LC_ALL": "C", "LANG": "C", "LANGUAGE": ""}),
    Condition("another hash seed", settings={"PYTHONHASHSEED": "4711"}),
    Condition("one thread", settings={"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}),
    Condition("an older processor", settings={"OPENBLAS_CORETYPE": "Nehalem"}),
    Condition("a matplotlibrc of the user's", settings={"MATPLOTLIBRC": _CLUTTERED}),
    Condition("another SOURCE_DATE_EPOCH", settings={"SOURCE_DATE_EPOCH": "1000000000"}),
    Condition("side by side", command=("reports", "--units", "phu-tho ha-noi")),
)


def verify(conditions: tuple[Condition, ...] = CONDITIONS) -> dict[str, list[str]]:
    """Make the products under each condition.

    Returns
    -------
    dict
        By condition the files that differ from those of the first, or are missing; files that
        only another command makes, such as the reports of further units, are not compared.

    Raises
    ------
    RuntimeError
        A command failed.
    """
    first: dict[str, str] = {}
    differing = {}
    for condition in conditions:
        made = _make(condition)
        first = first or made
        differing[condition.told] = sorted(n for n, d in first.items() if made.get(n) != d)
        print(f"{condition.told}: {len(differing[condition.told])} of {len(first)} differ")
        for name in differing[condition.told]:
            print(f"  {name}")
    return differing


def _make(condition: Condition) -> dict[str, str]:
    """Return the hashes of what a condition's command makes."""
    with tempfile.TemporaryDirectory(prefix="verify-") as place:
        project = Path(place, condition.folder)
        for name in _COPIED:
            source, target = root() / name, project / name
            if source.is_dir():
                shutil.copytree(source, target)
            else:
                shutil.copy(source, target)
        (project / _CLUTTERED).write_text("savefig.dpi: 33\nfont.size: 31\nsvg.fonttype: path\n")
        settings = dict(condition.settings)
        if "MATPLOTLIBRC" in settings:
            settings["MATPLOTLIBRC"] = str(project / _CLUTTERED)
        done = subprocess.run(
            [sys.executable, "-m", "helpers", *condition.command],
            cwd=project,
            env=os.environ | {"HELPERS_ROOT": str(project), **settings},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"{condition.told}: {done.stderr}")
        files = [path for made in _MADE for path in (project / made).rglob("*")]
        return {
            path.relative_to(project).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in files
            # What all runs made is told by the manifest and the crate, other for other commands.
            if path.is_file() and path.suffix != ".json"
        }


if __name__ == "__main__":
    sys.exit(any(verify().values()))
