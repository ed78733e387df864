"""The project's own data, read once per process, and copies of the project to break."""

import hashlib
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from helpers import tables
from helpers.index import catalog, units
from helpers.index.catalog import Index
from helpers.index.units import Units
from helpers.tables import rank, score
from helpers.tables.clean import Cleaned, clean

ROOT = Path(__file__).parents[1]
MAIN = "data/raw/dti/dti-63-2022-2024.csv"
PRESS = "data/raw/dti/dti-press-2020-2024.csv"


class Made(NamedTuple):
    """What the notebooks make of the published tables of an index."""

    index: Index
    units: Units
    cleaned: Cleaned
    scored: pd.DataFrame
    ranked: pd.DataFrame
    changed: pd.DataFrame


@cache
def made(name: str = "dti") -> Made:
    """Return the one build of an index that all tests of a process share; only to be read."""
    index = catalog.load(name)
    everybody = units.load(index)
    cleaned = clean(index)
    scored = score.scores(index, everybody, cleaned.published)
    ranked = rank.ranks(index, everybody, scored, cleaned.published)
    changed = rank.changes(index, everybody, ranked, cleaned.published)
    return Made(index, everybody, cleaned, scored, ranked, changed)


def copy_project(target: Path) -> Path:
    """Copy what the pipeline works on: raw files and notebooks, nothing that was made."""
    shutil.copytree(ROOT / "data/raw", target / "data/raw")
    shutil.copytree(ROOT / "notebooks", target / "notebooks")
    shutil.copy(ROOT / "requirements.lock", target)
    return target


def write_tables() -> None:
    """Write the processed tables of the DTI below ``HELPERS_ROOT``."""
    everything = made()
    tables.write(
        "dti",
        {
            "published": everything.cleaned.published,
            "quarantine": everything.cleaned.quarantine,
            "scores": everything.scored,
            "intervals": everything.scored,
            "ranks": everything.ranked,
            "changes": everything.changed,
        },
    )


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text that occurs exactly once in a file, the rest byte for byte."""
    content = path.read_bytes()
    assert content.count(old.encode()) == 1, (path, old, content.count(old.encode()))
    path.write_bytes(content.replace(old.encode(), new.encode()))


def fingerprint(*folders: Path) -> dict[str, str]:
    """Hash every file below some folders."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class Done(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


def command(root: Path, *arguments: str) -> Done:
    """Run ``python -m helpers`` on a project, as make does."""
    done = subprocess.run(
        [sys.executable, "-m", "helpers", *arguments],
        cwd=root,
        env=os.environ | {"HELPERS_ROOT": str(root)},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    return Done(done.returncode, done.stdout, done.stderr)
