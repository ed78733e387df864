"""Which indices exist, where their files are, and what their tables mean.

An index is a folder in ``data/raw`` with an ``index.yml`` and a ``structure.csv``. This
module reads them and nothing else: it stays free of pandas so that commands which only
need to know *what* there is answer at once.
"""

from __future__ import annotations

import csv
import math
import os
import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from helpers.errors import DataError, ParameterError

OPEN = "?"
"""Stands in index.yml and structure.csv where only a person can tell; nothing is built over it."""
_REQUIRED = ("label", "short", "headline", "units", "unit_sets", "years", "schemes", "tables")


def root() -> Path:
    """Return the project's root: ``HELPERS_ROOT``, or the checkout that is worked in.

    Raises
    ------
    DataError
        When no folder from here upwards holds ``data/raw`` and ``notebooks``.
    """
    if given := os.environ.get("HELPERS_ROOT"):
        return Path(given).resolve()
    here, home = Path.cwd().resolve(), Path(__file__).resolve().parents[3]
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


@dataclass(frozen=True)
class Index:
    """What ``index.yml`` and ``structure.csv`` say about one index."""

    name: str
    spec: dict[str, Any]

    @property
    def folder(self) -> Path:
        """The folder of the index's raw files."""
        return raw(self.name)

    @cached_property
    def structure(self) -> list[dict[str, str]]:
        """The rows of ``structure.csv``: one per scheme, indicator and parent."""
        with (self.folder / "structure.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        for number, row in enumerate(rows, start=2):
            for column, value in row.items():
                if value == OPEN:
                    raise DataError(
                        f"{show(self.folder)}/structure.csv, row {number}, column {column}: an "
                        f"open question for {row['indicator']}; put the answer in place of the ?"
                    )
        return rows

    @property
    def headline(self) -> str:
        """The indicator whose rank is the unit's place."""
        return str(self.spec["headline"])

    @property
    def pillars(self) -> list[str]:
        """The indicators shown beside the headline, in the order of the report."""
        return list(self.spec.get("pillars", []))

    @property
    def scale(self) -> tuple[float, float]:
        """The lowest and the highest possible score; infinite where an end is left open."""
        low, high = self.spec.get("scale", [0, 1])
        return (-math.inf if low is None else float(low)), (
            math.inf if high is None else float(high)
        )

    @property
    def years(self) -> list[int]:
        """All years with a scheme, oldest first."""
        return sorted(int(year) for year in self.spec["years"])

    @property
    def packs(self) -> list[str]:
        """The folders of ``data/raw`` with figures on the systems behind single units' ranks."""
        return sorted(set(self.spec.get("figures_of", {}).values()))

    def packs_of(self, unit: str) -> list[str]:
        """Return the folder of a unit's figures: one name, or none."""
        return [name for code, name in self.spec.get("figures_of", {}).items() if code == unit]

    def scheme(self, year: int) -> str:
        """Return the name of the scheme a year was scored by."""
        entry = self.spec["years"][year]
        return str(entry["scheme"] if isinstance(entry, dict) else entry)

    def unit_sets(self, year: int) -> list[str]:
        """Return the unit sets that exist in a year: all, unless the year names its own."""
        entry = self.spec["years"][year]
        own = entry.get("unit_sets") if isinstance(entry, dict) else None
        return [str(name) for name in own or self.spec["unit_sets"]]

    def direction(self, year: int, indicator: str) -> int:
        """Return 1 where more of an indicator is better in a year's scheme, -1 where less is.

        Built scores are turned already.
        """
        if "build" in self.spec:
            return 1
        rows = [row for row in self.structure if row["indicator"] == indicator]
        rows = [row for row in rows if row["scheme"] == self.scheme(year)] or rows
        return -1 if rows and row_direction(rows[0]) < 0 else 1

    @property
    def default_unit(self) -> str:
        """The unit of a report that names none; empty where the index has no such unit."""
        return str(self.spec.get("default_unit") or "")

    def label(self, indicator: str, lang: str, year: int | None = None) -> str:
        """Return an indicator's label, as the scheme of `year` calls it if it does."""
        rows = [row for row in self.structure if row["indicator"] == indicator]
        if year is not None:
            rows = [r for r in rows if r["scheme"] == self.scheme(year)] or rows
        labels = {k.removeprefix("label_"): v for k, v in rows[-1].items() if v} if rows else {}
        return str(told(labels, lang)) if rows else indicator

    def text(self, field: str, lang: str) -> str:
        """Return a bilingual field of ``index.yml``."""
        value = self.spec[field]
        return str(told(value, lang) if isinstance(value, dict) else value)

    def break_reason(self, year_from: int, year_to: int, lang: str = "en") -> str:
        """Return why two years do not compare, or an empty string where they do."""
        before, after = (self._family(self.scheme(year)) for year in (year_from, year_to))
        if before == after:
            return ""
        reason = (self.spec["schemes"].get(after) or {}).get("break")
        if reason is None:
            reason = {"en": f"Scheme {before} became {after}", "vi": f"Từ {before} sang {after}"}
        return str(told(reason, lang))

    def _family(self, scheme: str) -> str:
        """Return the scheme a scheme compares with, itself unless index.yml says otherwise."""
        return str((self.spec["schemes"].get(scheme) or {}).get("compares_with", scheme))

    @cached_property
    def tables(self) -> list[dict[str, Any]]:
        """The published tables, in the order of trust."""
        return list(self.spec["tables"])

    def files(self) -> list[Path]:
        """Return every file the processed tables of this index are made from."""
        return list(self._files)

    @cached_property
    def _files(self) -> tuple[Path, ...]:
        found = {self.folder / "index.yml", self.folder / "structure.csv"}
        found |= {self.folder / table["file"] for table in self.tables}
        found |= {self.folder / t["extracted_from"] for t in self.tables if "extracted_from" in t}
        for table in self.tables:
            if table.get("claims"):
                found |= {raw(row["file"]) for row in self.claims(table["file"])}
        units = self.spec["units"]
        if units == "provinces":
            found |= {raw("provinces", n) for n in ("provinces-63-to-34.csv", "aliases.csv")}
        else:
            found.add(self.folder / units)
        return tuple(sorted(found))

    def claims(self, file: str) -> list[dict[str, str]]:
        """Return the rows of a table that points at figures in an article's table."""
        with (self.folder / file).open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.DictReader(stream))


def names() -> list[str]:
    """Return the names of all indices, sorted."""
    return sorted(path.parent.name for path in raw().glob("*/index.yml"))


@cache
def _load(folder: Path) -> Index:
    path = folder / "index.yml"
    try:
        spec = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f", row {where.line + 1}" if where else ""
        raise DataError(f"{show(path)}{line}: not valid YAML; mend the indentation") from error
    _refuse_open_questions(path)
    missing = [field for field in _REQUIRED if field not in (spec or {})]
    if missing:
        raise DataError(f"{show(path)}: no field {', '.join(missing)}; add it")
    return Index(folder.name, spec)


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
    marked = re.compile(r"^default:\s*true\b", re.MULTILINE)
    # Read as text: a mistake in one index must not stop work on the others.
    texts = {name: raw(name, "index.yml").read_text(encoding="utf-8") for name in known}
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
    """
    name = name or default()
    if name not in names():
        raise ParameterError(f"no index {name!r}; there are: {', '.join(names())}")
    return _load(raw(name))


def _refuse_open_questions(path: Path) -> None:
    """Refuse an index.yml in which a value is still ``"?"``; its comment is the question."""
    text = path.read_text(encoding="utf-8")
    lines, found = text.splitlines(), []
    tokens = [t for t in yaml.scan(text) if isinstance(t, yaml.ScalarToken) and t.value == OPEN]
    for token in tokens:
        line = lines[token.start_mark.line]
        asked = line.partition("#")[2].strip() or "see data/raw/README.md"
        field = line.split(":")[0].strip(" -")
        found.append(
            f"{show(path)}, row {token.start_mark.line + 1}, {field}: an open question ({asked}); "
            "put the answer in place of the ?"
        )
    if found:
        raise DataError("\n".join(found))


def told(words: dict[str, Any], lang: str) -> Any:
    """Return what a field says in a language, else in English, else in the first there is."""
    return words.get(lang, words.get("en", next(iter(words.values()), None)))


def row_direction(row: dict[str, str]) -> float:
    """Return the direction of a row of ``structure.csv``; blank is 1."""
    text = (row.get("direction") or "1").strip()
    if text not in ("1", "-1"):
        raise DataError(
            f"structure.csv, {row['indicator']}: found direction {text!r}, expected 1 (more is "
            "better) or -1 (less is better); correct it"
        )
    return float(text)


def show(path: Path) -> str:
    """Return a path as messages print it: relative to the project's root."""
    try:
        return path.resolve().relative_to(root()).as_posix()
    except ValueError:
        return path.name
