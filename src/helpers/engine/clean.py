"""Removing what can be made again."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

from helpers.files import lock
from helpers.index import catalog

_MADE = ("reports", "data/processed")
_KEPT = {"README.md", "samples"}  # tracked


def clean() -> None:
    """Remove reports, processed tables and the build folder, but not what says what they are.

    Raises
    ------
    HelpersError
        A run is under way.
    """
    root = catalog.root()
    build = root / "build"
    with ExitStack() as held:
        # Where the lock's package is missing, so is all that could be running.
        if build.is_dir() and find_spec("filelock"):
            for folder in sorted(path.name for path in catalog.raw().glob("*/")):
                held.enter_context(lock(build / folder, wait=False))
        for folder in _MADE:
            _empty(root / folder)
        shutil.rmtree(build, ignore_errors=True)


def _empty(folder: Path) -> None:
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name in _KEPT:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
