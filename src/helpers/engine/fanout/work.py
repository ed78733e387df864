"""One report, made on a worker: bytes in, bytes out."""

from __future__ import annotations

import hashlib
import platform
import shutil
import tempfile
import threading
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

import helpers
from helpers.engine.run.carry import carry_out, executed_path, failed_path
from helpers.engine.run.codes import describe_error
from helpers.engine.run.graph import Step, fingerprint_of_sources
from helpers.errors import HelpersError

_DECIDE = (
    *("babel", "distributed", "font-source-sans-pro", "ipykernel", "mistune"),
    *("nbconvert", "numpy", "pandas", "papermill", "pyarrow", "scipy", "typst"),
)


class Product(NamedTuple):
    """What came of a step.

    Attributes
    ----------
    files
        Content by path, relative to the project; of a failure, the notebook as far as it came.
    cell, error
        Where and why it failed, as words; both empty if it did not.
    """

    files: dict[str, bytes]
    cell: str = ""
    error: str = ""


class Project(NamedTuple):
    """The files that steps are made from, and the digest they are known by."""

    digest: str
    files: dict[str, bytes]


def pack(root: Path, paths: Sequence[Path]) -> Project:
    """Read the files that workers need.

    Parameters
    ----------
    root
        The project; all files lie in it.
    """
    names = sorted({path.relative_to(root).as_posix() for path in paths if path.is_file()})
    files = {name: (root / name).read_bytes() for name in names}
    digest = hashlib.sha256()
    for name, content in files.items():
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return Project(digest.hexdigest(), files)


def work(step: Step, project: Project, folder: str | None = None) -> Product:
    """Carry out a step in a copy of the project and return what it made.

    Parameters
    ----------
    step
        With paths relative to the project.
    folder
        Where copies are kept; the Dask worker's own by default, which goes with it.
    """
    root = _unpack(project, folder or _worker_folder())
    here = step.at(root)
    executed = executed_path(here, root)
    kept = {path.relative_to(root).as_posix(): path for path in (*here.outputs, executed)}
    failed = failed_path(here, root)
    try:
        carry_out(here, root, progress=False)
        return Product({name: path.read_bytes() for name, path in kept.items()})
    except Exception as error:  # one report's trouble; the others go on
        cell = error.cell if isinstance(error, HelpersError) else ""
        if failed.is_file():
            kept = {failed.relative_to(root).as_posix(): failed}
        files = {name: path.read_bytes() for name, path in kept.items() if path.is_file()}
        return Product(files if failed.is_file() else {}, cell, describe_error(error))
    finally:
        for path in (*here.outputs, executed, failed):
            path.unlink(missing_ok=True)


def environment() -> dict[str, str]:
    """Return what must be equal for two machines to make equal files."""
    code = fingerprint_of_sources(Path(helpers.__file__).parents[1])
    found = {"Python": platform.python_version(), "the project's code": code}
    for name in _DECIDE:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


_unpacked: dict[tuple[str, str], Path] = {}
_unpacking = threading.Lock()


def _unpack(project: Project, folder: str) -> Path:
    """Return the folder with these files; an older project's is removed."""
    with _unpacking:
        key = (folder, project.digest)
        if key not in _unpacked:
            for old in [old for old in _unpacked if old[0] == folder]:
                shutil.rmtree(_unpacked.pop(old), ignore_errors=True)
            root = Path(tempfile.mkdtemp(prefix="project-", dir=folder))
            for name, content in project.files.items():
                path = root / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            _unpacked[key] = root
        return _unpacked[key]


def _worker_folder() -> str:
    from distributed import get_worker

    return str(get_worker().local_directory)
