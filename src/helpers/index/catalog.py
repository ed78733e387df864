"""Which indices exist, and where their files are.

An index is a folder in ``data/raw`` with an ``index.yml`` and a ``structure.csv``. This wing
stays free of pandas so that commands which only need to know *what* there is answer at once.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from helpers.errors import DataError, ParameterError
from helpers.index import reader, structure
from helpers.index.check import check
from helpers.index.definition import Index
from helpers.index.model import Spec
from helpers.index.places import processed, raw, relative, root
from helpers.index.reader import OPEN

__all__ = ["OPEN", "Index", "default", "load", "names", "processed", "raw", "relative", "root"]


def names() -> list[str]:
    """Return the names of all indices, sorted."""
    return sorted(path.parent.name for path in raw().glob("*/index.yml"))


def default() -> str:
    """Return the index meant where none is named: the only one, or that with ``default: true``.

    Raises
    ------
    DataError
        When there is no index at all.
    ParameterError
        When there are several, and none is marked.
    """
    known = names()
    if not known:
        raise DataError("data/raw: no index (a folder with an index.yml); make one with new-index")
    marked = re.compile(rb"^default:\s*true\b", re.MULTILINE)
    # Read as bytes: a mistake in one index must not stop work on the others.
    texts = {name: raw(name, "index.yml").read_bytes() for name in known}
    found = next((name for name in known if marked.search(texts[name])), "")
    if not found and len(known) > 1:
        raise ParameterError(
            f"no index named, and none is marked `default: true`; give INDEX= one of: "
            f"{', '.join(known)}"
        )
    return found or known[0]


def load(name: str = "") -> Index:
    """Return the index called `name`; the default one when empty.

    Raises
    ------
    ParameterError
        When there is no such index; the message lists those there are.
    DataError
        When its files do not say what an index is; a line for each mistake.
    """
    name = name or default()
    if name not in names():
        raise ParameterError(f"no index {name!r}; there are: {', '.join(names())}")
    return _load(raw(name))


@cache
def _load(folder: Path) -> Index:
    spec = reader.read(folder / "index.yml", Spec)
    sums = [scheme for scheme, one in spec.schemes.items() if one.composite == "sum"]
    index = Index(folder.name, spec, structure.read(folder / "structure.csv", sums))
    check(index)
    return index
