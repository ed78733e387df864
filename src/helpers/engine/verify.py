"""Whether the same products come out elsewhere: ``python -m helpers.engine.verify``.

Each condition makes the tables and reports of the default unit anew in a temporary copy of the
project; every byte under ``reports`` and ``data/processed`` is compared with the first.
``--short`` is one run with all conditions together.
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
_UNFORKED = "import os, sys; del os.fork; from helpers.__main__ import main; sys.exit(main())"


class Condition(NamedTuple):
    """What is other than in the first run: the folder, the surroundings, the command.

    Files with the ending ``but`` differ by intent.
    """

    told: str
    folder: str = "project"
    settings: dict[str, str] = {}  # noqa: RUF012  (never changed)
    command: tuple[str, ...] = ("report",)
    program: tuple[str, ...] = ("-m", "helpers")
    but: str = "-"


FIRST: Final = Condition("the first run")
CONDITIONS: Final = (
    Condition("the same again"),
    Condition("a path with spaces and Vietnamese letters", "dự án số 2"),
    Condition("another time zone", settings={"TZ": "Pacific/Kiritimati"}),
    Condition("another locale", settings={"LC_ALL": "C", "LANG": "C", "LANGUAGE": ""}),
    Condition("another hash seed", settings={"PYTHONHASHSEED": "4711"}),
    Condition("one thread", settings={"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}),
    Condition("an older processor", settings={"OPENBLAS_CORETYPE": "Nehalem"}),
    Condition("a matplotlibrc of the user's", settings={"MATPLOTLIBRC": _CLUTTERED}),
    Condition("stock kernels", program=("-c", _UNFORKED)),
    Condition("side by side", command=("reports", "--units", "phu-tho ha-noi")),
    Condition(
        "a SOURCE_DATE_EPOCH, which PDFs say", settings={"SOURCE_DATE_EPOCH": "1000000000"},
        but=".pdf",
    ),
)  # fmt: skip
ALL_AT_ONCE: Final = Condition(
    "all at once",
    "dự án số 2",
    {name: one for told in CONDITIONS if told.but == "-" for name, one in told.settings.items()},
)
"""The short form: what differs then is found by the long one."""


def verify(conditions: tuple[Condition, ...] = CONDITIONS) -> dict[str, list[str]]:
    """Make the products under each condition.

    Returns
    -------
    dict
        By condition the files that differ from those of the first run, are missing, or name the
        folder they were made in; files that only another command makes, such as the reports of
        further units, are not compared.

    Raises
    ------
    RuntimeError
        A command failed.
    """
    first, named = _make(FIRST)
    bad = {FIRST.told: named}
    for condition in conditions:
        made, named = _make(condition)
        differing = [n for n, d in first.items() if made.get(n) != d]
        bad[condition.told] = [n for n in differing if not n.endswith(condition.but)] + named
    for told, names in bad.items():
        print(f"{told:45} {len(names)} of {len(first)} files differ")
        for name in names:
            print(f"  {name}")
    return bad


def _make(condition: Condition) -> tuple[dict[str, str], list[str]]:
    """Return the hashes of what a condition's command makes, and what tells where it was made."""
    print(condition.told, file=sys.stderr, flush=True)
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
            [sys.executable, *condition.program, *condition.command],
            cwd=project,
            env=os.environ | {"HELPERS_ROOT": str(project), **settings},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"{condition.told}: {done.stderr}")
        files = {
            path.relative_to(project).as_posix(): path.read_bytes()
            for made in (*_MADE, "build")
            for path in sorted((project / made).rglob("*"))
            if path.is_file()
        }
        hashes = {
            name: hashlib.sha256(content).hexdigest()
            for name, content in files.items()
            # What all runs made is told by the manifest and the crate, other for other commands.
            if name.startswith(_MADE) and not name.endswith(".json")
        }
        return hashes, [name for name, content in files.items() if place.encode() in content]


if __name__ == "__main__":
    asked = (ALL_AT_ONCE,) if sys.argv[1:] == ["--short"] else CONDITIONS
    sys.exit(any(verify(asked).values()))
