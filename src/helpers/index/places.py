"""Where the project's folders are, and how messages name their files."""

from __future__ import annotations

import difflib
import functools
import os
from collections.abc import Iterable
from pathlib import Path

from helpers.errors import DataError

_SHOWN = 20  # who mends these finds the others the same way


def root() -> Path:
    """Return the project's root: ``HELPERS_ROOT``, or the checkout that is worked in.

    Raises
    ------
    DataError
        When no folder from here upwards holds ``data/raw`` and ``notebooks``.
    """
    return _root(os.environ.get("HELPERS_ROOT"), Path.cwd())


@functools.cache  # asked for with every path: following links each time took a tenth of a short run
def _root(given: str | None, working: Path) -> Path:
    if given:
        return Path(given).resolve()
    here, home = working.resolve(), Path(__file__).resolve().parents[3]
    for folder in (here, *here.parents, home):
        if (folder / "data" / "raw").is_dir() and (folder / "notebooks").is_dir():
            return folder
    raise DataError(
        f"{here}: neither this folder nor one above it holds data/raw and notebooks; "
        "run from a checkout of the project or set HELPERS_ROOT"
    )


def raw(*parts: str) -> Path:
    """Return a path in ``data/raw``."""
    return root().joinpath("data", "raw", *parts)


def processed(index: str) -> Path:
    """Return the folder of an index's processed tables."""
    return root() / "data" / "processed" / index


def relative(path: Path) -> str:
    """Return a path as messages print it: relative to the project's root."""
    try:
        return path.resolve().relative_to(root()).as_posix()
    except ValueError:
        return path.name


def decode(path: Path) -> str:
    """Return the text of a raw file in UTF-8, with or without a byte-order mark.

    Raises
    ------
    DataError
        When the file is missing or a folder, empty, or no text in UTF-8; names the row.
    """
    name, kind = relative(path), "as CSV in UTF-8" if path.suffix == ".csv" else "in UTF-8"
    try:
        content = path.read_bytes()
    except IsADirectoryError:
        raise DataError(f"{name}: found a folder, expected a file; restore it") from None
    except OSError:
        raise DataError(f"{name}: the file is missing; restore it") from None
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise DataError(f"{name}, row 1: the file is in UTF-16; save it {kind}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise DataError(f"{name}, row {row}: not UTF-8 text; save the file {kind}") from None
    if "\0" in text:
        row = text[: text.index("\0")].count("\n") + 1
        raise DataError(f"{name}, row {row}: holds a NUL byte; save the file {kind}")
    if not text.strip():
        raise DataError(f"{name}: the file is empty; restore it, or take it out of index.yml")
    return text


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which of some names is meant by an unknown one, or list them."""
    names = [str(one) for one in known]
    close = difflib.get_close_matches(str(name), names, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]}?"
    return f"there are: {', '.join(names[:_SHOWN]) or 'none'}{', …' * (len(names) > _SHOWN)}"


def refuse(lines: list[str]) -> None:
    """Raise the mistakes found, if any, a line for each of the first.

    Raises
    ------
    DataError
        When there are any.
    """
    more = len(lines) - _SHOWN
    if lines:
        raise DataError("\n".join([*lines[:_SHOWN], *[f"and {more} more"] * (more > 0)]))
