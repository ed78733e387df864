"""Run any one notebook, as ``python -m helpers run`` does: paths are those that the shell sees."""

import math
import os
from collections.abc import Sequence
from pathlib import Path

from helpers.engine.run.execute import execute
from helpers.errors import DataError, ParameterError
from helpers.index import catalog


def run_alone(
    notebook: str,
    pairs: Sequence[str],
    *,
    output: str = "",
    cwd: str = "",
    timeout: float = 120,
    kernel: str = "",
) -> Path:
    """Run a notebook and return the executed one's path, as the shell can use it.

    Parameters
    ----------
    pairs
        Parameters as ``NAME=VALUE``, each name once.
    output
        Where it goes; by default a place of its own in the project's ``build/``.
    cwd
        The kernel's working folder; by default the notebook's, as Jupyter has it.
    timeout
        Seconds that one cell may take; 0 for no limit.
    kernel
        Kernel to use; by default the one that the notebook names.

    Raises
    ------
    ParameterError
        An argument cannot be used; see `execute` for everything else.
    """
    source = _absolute(notebook)
    root = _root()
    target = _absolute(output) if output else _place(source, root)
    folder = _absolute(cwd) if cwd else source.parent
    if target.suffix != ".ipynb":
        raise ParameterError(f"--output {output}: give a name that ends with .ipynb")
    if target.resolve() == source.resolve():
        raise ParameterError(f"--output {output}: is the notebook itself; give another name")
    if cwd and not folder.is_dir():
        raise ParameterError(f"--cwd {cwd}: there is no such folder")
    if not timeout >= 0:
        raise ParameterError(f"--timeout {timeout}: expected seconds, or 0 for no limit")
    made = execute(
        source, _parameters(pairs), output=target, build=_place(source, root).parent, cwd=root,
        folder=folder, cell_timeout=timeout or math.inf, timeout=math.inf,
        kernel_name=kernel or None, warm=None, may_exit=True,
    )  # fmt: skip
    here = _absolute("")
    return made.relative_to(here) if made.is_relative_to(here) else made


def _parameters(pairs: Sequence[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise ParameterError(f"parameter {pair!r}: expected NAME=VALUE")
        if name in given:
            raise ParameterError(f"parameter {name} is given twice: {given[name]!r} and {value!r}")
        given[name] = value
    return given


def _place(notebook: Path, root: Path) -> Path:
    """Where an executed notebook goes: no two notebooks share a place."""
    if notebook.parent == root / "notebooks":
        return root / "build" / notebook.name
    if notebook.is_relative_to(root):
        return root / "build" / "run" / notebook.relative_to(root)
    return root / "build" / "elsewhere" / notebook.relative_to(notebook.anchor)


def _root() -> Path:
    """Return the project's root, or the shell's folder where there is no project."""
    try:
        return catalog.root()
    except DataError:
        return _absolute("")


def _absolute(path: str) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100  (links stay as the user gave them)
