"""Raw files as they were recorded: sidecars, hashes, and what changed since.

Every published file in ``data/raw`` has a sidecar ``<file>.provenance.yml`` that says who
published it, where, under which licence and how good it is, with the hash of its bytes.
"""

from __future__ import annotations

import difflib
import hashlib
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from helpers.catalog import raw, root, show
from helpers.errors import DataError

SUFFIX = ".provenance.yml"
# Written by the project itself, so tracked by version control and not by a hash.
_OWN = {
    "index.yml",
    "structure.csv",
    "claims.csv",
    "implied.csv",
    "systems.csv",
    "aliases.csv",
    "units.csv",
    "README.md",
    "LICENSE",
    "LICENSE.md",
}


def recorded(path: Path) -> dict[str, Any]:
    """Return the sidecar of a raw file.

    Raises
    ------
    DataError
        When the file or its sidecar is missing.
    """
    sidecar = path.with_name(path.name + SUFFIX)
    if not path.is_file():
        raise DataError(f"{show(path)}: the file is missing; restore it")
    if not sidecar.is_file():
        raise DataError(
            f"{show(path)}: no provenance beside it; run `make record-raw`, "
            f"then fill in {sidecar.name}"
        )
    return dict(yaml.safe_load(sidecar.read_text(encoding="utf-8")))


def text(entry: dict[str, Any], field: str, lang: str) -> str:
    """Return a field of a sidecar in a language; a field in one language serves for all."""
    value = entry[field]
    return str(value.get(lang, next(iter(value.values()))) if isinstance(value, dict) else value)


def verify(paths: Iterable[Path]) -> None:
    """Refuse raw files whose bytes differ from what was recorded.

    Raises
    ------
    DataError
        One line per file, with the recorded and the found hash.
    """
    wrong = []
    for path in paths:
        if path.name in _OWN:
            if not path.is_file():
                raise DataError(f"{show(path)}: the file is missing; restore it")
            continue
        expected, found = recorded(path).get("sha256"), _sha256(path.read_bytes())
        if found != expected:
            wrong.append(
                f"{show(path)}: sha256 is {found}, recorded was {expected}; restore the file, "
                "or accept it with `make record-raw`"
            )
    if wrong:
        raise DataError("\n".join(wrong))


def record(folder: Path | None = None) -> Iterator[str]:
    """Record the present bytes of all raw files, yielding what changed, row by row.

    Parameters
    ----------
    folder
        A folder of ``data/raw``; all of them when left out.

    Yields
    ------
    str
        Lines to print: the file, both hashes, and its rows as ``-`` old and ``+`` new.
    """
    for path in sorted((folder or raw()).rglob("*")):
        if not path.is_file() or path.name in _OWN or path.name.endswith(SUFFIX):
            continue
        content = path.read_bytes()
        sidecar = path.with_name(path.name + SUFFIX)
        entry = (
            yaml.safe_load(sidecar.read_text(encoding="utf-8"))
            if sidecar.is_file()
            else _new_entry(path)
        )
        before, now = entry.get("sha256"), _sha256(content)
        if before == now:
            continue
        yield f"{show(path)}: sha256 {before or '(none)'} -> {now}"
        yield from _rows_changed(path, before, content)
        entry |= {"size": len(content), "sha256": now}
        sidecar.write_text(
            yaml.safe_dump(entry, allow_unicode=True, sort_keys=False, width=96), encoding="utf-8"
        )


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _new_entry(path: Path) -> dict[str, Any]:
    fields = ("producer", "citation", "url", "obtained_from", "date_published", "date_accessed")
    return {
        "title": path.name,
        **dict.fromkeys(fields, "to be filled in"),
        "licence": "to be filled in",
        "quality": {"rating": "red", "note": "recorded, not yet described"},
    }


def _rows_changed(path: Path, before: str | None, content: bytes) -> Iterator[str]:
    old = _committed(path)
    if before is None:
        yield "  new file"
    elif path.suffix != ".csv":
        yield "  not a CSV: rows cannot be compared"
    elif old is None or _sha256(old) != before:
        yield "  the recorded content is not in version control: rows cannot be compared"
    else:
        was, now = (text.decode("utf-8", "replace").splitlines() for text in (old, content))
        for line in difflib.unified_diff(was, now, n=0, lineterm=""):
            if line.startswith("@@"):
                yield f"  row {line.split('+')[1].split(',')[0].split(' ')[0]}"
            elif line[:1] in "+-" and line[:3] not in ("+++", "---"):
                yield f"  {line}"


def _committed(path: Path) -> bytes | None:
    """Return the file as last committed; None outside version control."""
    try:
        return subprocess.run(
            ["git", "show", f"HEAD:./{path.name}"],
            cwd=path.parent if path.parent.is_relative_to(root()) else root(),
            capture_output=True,
            check=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
