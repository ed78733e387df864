"""Raw files as they were recorded: sidecars, hashes, and what changed since.

Every published file in ``data/raw`` has a sidecar ``<file>.provenance.yml`` that says who
published it, where, under which licence and how good it is, with the hash of its bytes.
"""

from __future__ import annotations

import codecs
import difflib
import hashlib
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from helpers.errors import DataError, ParameterError
from helpers.index import catalog, holdings, reader
from helpers.index.holdings import Holdings
from helpers.index.model import Table, told
from helpers.index.places import decode, raw, relative, root
from helpers.index.sidecar import Sidecar

SUFFIX = ".provenance.yml"
TO_FILL = "to be filled in"  # what a new sidecar says until somebody has described the file
# Written by the project itself, so tracked by version control and not by a hash.
_OWN = {
    "index.yml", "index.schema.json", "structure.csv", "claims.csv", "implied.csv", "systems.csv",
    "aliases.csv", "units.csv", "regions.csv", "tiles-63.csv", "tiles-34.csv",
    "README.md", "LICENSE", "LICENSE.md",
}  # fmt: skip

_HUNK = re.compile(r"@@ -(?P<old>\d+)(?:,\d+)? \+(?P<new>\d+)(?:,(?P<size>\d+))? @@")


def recorded(path: Path) -> Sidecar:
    """Return the sidecar of a raw file.

    Raises
    ------
    DataError
        When the file or its sidecar is missing, or the sidecar is malformed.
    """
    sidecar = path.with_name(path.name + SUFFIX)
    if not path.is_file():
        raise DataError(f"{relative(path)}: the file is missing; restore it")
    if not sidecar.is_file():
        raise DataError(
            f"{relative(path)}: no provenance beside it; run `make record-raw`, "
            f"then fill in {sidecar.name}"
        )
    return reader.read(sidecar, Sidecar)


def text(entry: Sidecar, field: str, lang: str) -> str:
    """Return a field of a sidecar in a language; a field in one language serves for all.

    A field that is not filled in yet is an empty text.
    """
    value = str(told(getattr(entry, field), lang) or "")
    return "" if value == TO_FILL else value


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
                raise DataError(f"{relative(path)}: the file is missing; restore it")
            continue
        expected, found = recorded(path).sha256, _sha256(path.read_bytes())
        if found != expected:
            wrong.append(
                f"{relative(path)}: sha256 is {found}, recorded was {expected}; restore the file, "
                "or accept it with `make record-raw`"
            )
    if wrong:
        raise DataError("\n".join(wrong))


def record(folder: Path | None = None, accept: bool = False) -> Iterator[str]:
    """Record the present bytes of all raw files, yielding what changed, row by row.

    Parameters
    ----------
    folder
        A folder of ``data/raw``; all of them when left out.
    accept
        Record a file also if much of it went.

    Yields
    ------
    str
        Lines to print: the file, both hashes, its rows as ``-`` old and ``+`` new, and what went.

    Raises
    ------
    DataError
        In the end, when a year, a unit or more than a share of a file's rows went
        (`helpers.index.holdings.LOST`) and nobody accepts it; such files are not recorded.
    """
    held_back = []
    for path in sorted((folder or raw()).rglob("*")):
        if not path.is_file() or path.name in _OWN or path.name.endswith(SUFFIX):
            continue
        if path.name.startswith((".", "~")):  # left by desktops and editors
            continue
        content = path.read_bytes()
        sidecar = path.with_name(path.name + SUFFIX)
        entry = _read(sidecar) if sidecar.is_file() else _new_entry(path)
        before, now = entry.get("sha256"), _sha256(content)
        held = holdings.count(content, _tables(path)) if path.suffix == ".csv" else None
        kept = {} if held is None else held.fields()
        if before == now and all(entry.get(name) == value for name, value in kept.items()):
            continue
        if before != now:
            yield f"{relative(path)}: sha256 {before or '(none)'} -> {now}"
            yield from _rows_changed(path, before, content)
            went = list(_went(path, entry, held)) if held and before else []
            yield from (f"  {what}" for what, _grave in went)
            if any(grave for _what, grave in went) and not accept:
                held_back.append(relative(path))
                continue
        else:
            yield f"{relative(path)}: holds {', '.join(f'{n} {v}' for n, v in kept.items())}"
        hashed = {"size": len(content), "sha256": now}
        entry = {k: v for k, v in entry.items() if k not in hashed} | kept | hashed
        sidecar.write_text(
            yaml.safe_dump(entry, allow_unicode=True, sort_keys=False, width=96), encoding="utf-8"
        )
    if held_back:
        raise DataError(
            f"{', '.join(held_back)}: not recorded, as much of it went (the lines above); restore "
            "it, or accept the loss with `make record-raw ACCEPT=1`"
        )


def _tables(path: Path) -> list[Table]:
    """Return the entries of index.yml about a raw file; none where no index can be read."""
    try:
        index = catalog.load(path.parent.name)
    except (DataError, ParameterError):
        return []
    return [table for table in index.tables if index.folder / table.file == path]


def _went(path: Path, entry: dict[str, Any], held: Holdings) -> Iterator[tuple[str, bool]]:
    """Say what went of a file, by its recorded content or else by what its sidecar kept."""
    old = _committed(path)
    if old is not None and _sha256(old) == entry["sha256"]:
        return holdings.losses(holdings.count(old, _tables(path)), held)
    return holdings.losses(entry, held)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read(sidecar: Path) -> dict[str, Any]:
    """Return a sidecar as it is written, once it is known to be one."""
    reader.read(sidecar, Sidecar)
    entry: dict[str, Any] = yaml.load(decode(sidecar), Loader=yaml.CSafeLoader)
    return entry


def _new_entry(path: Path) -> dict[str, Any]:
    fields = ("producer", "citation", "url", "obtained_from", "date_published", "date_accessed")
    return {
        "title": path.name,
        **dict.fromkeys(fields, TO_FILL),
        "licence": TO_FILL,
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
        was, now = (_lines(text) for text in (old, content))
        if was == now:
            yield "  no row: the encoding or the line ends"
        for line in difflib.unified_diff(was, now, n=0, lineterm=""):
            if hunk := _HUNK.match(line):
                # Rows put in or replaced are counted in the new file, rows taken out in the old.
                yield f"  row {hunk['old'] if hunk['size'] == '0' else hunk['new']}"
            elif line[:1] in "+-" and line[:3] not in ("+++", "---"):
                yield f"  {line}"


def _lines(content: bytes) -> list[str]:
    """Return a file's lines as they can be printed, control characters shown as escapes."""
    utf16 = content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    text = content.decode("utf-16" if utf16 else "utf-8-sig", "replace")
    return [
        "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)
        for line in text.splitlines()
    ]


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
