"""Which indices exist, where their files are, and what their tables mean.

An index is a folder in ``data/raw`` with an ``index.yml`` and a ``structure.csv``. This
module reads them and nothing else: it stays free of pandas so that commands which only
need to know *what* there is answer at once.
"""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from helpers.errors import DataError, ParameterError

_REQUIRED = ("label", "short", "headline", "units", "unit_sets", "years", "tables")


def root() -> Path:
    """Return the project's root: ``HELPERS_ROOT``, or the checkout that is worked in.

    Raises
    ------
    DataError
        When no folder from here upwards holds ``data/raw`` and ``notebooks``.
    """
    if given := os.environ.get("HELPERS_ROOT"):
        return Path(given).resolve()
    here, home = Path.cwd().resolve(), Path(__file__).resolve().parents[2]
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
            return list(csv.DictReader(file))

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
        """The lowest and the highest possible score."""
        low, high = self.spec.get("scale", [0, 1])
        return float(low), float(high)

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
        return str(self.spec["years"][year])

    def label(self, indicator: str, lang: str, year: int | None = None) -> str:
        """Return an indicator's label, as the scheme of `year` calls it if it does."""
        rows = [row for row in self.structure if row["indicator"] == indicator]
        if year is not None:
            rows = [r for r in rows if r["scheme"] == self.scheme(year)] or rows
        return rows[-1][f"label_{lang}"] if rows else indicator

    def text(self, field: str, lang: str) -> str:
        """Return a bilingual field of ``index.yml``."""
        value = self.spec[field]
        return str(value[lang] if isinstance(value, dict) else value)

    def break_reason(self, year_from: int, year_to: int, lang: str = "en") -> str:
        """Return why two years do not compare, or an empty string where they do."""
        before, after = self.scheme(year_from), self.scheme(year_to)
        if before == after:
            return ""
        reason = self.spec["schemes"][after].get("break")
        if reason is None:
            return {"en": f"Scheme {before} became {after}", "vi": f"Từ {before} sang {after}"}[
                lang
            ]
        return str(reason[lang])

    @cached_property
    def tables(self) -> list[dict[str, Any]]:
        """The published tables, in the order of trust."""
        return list(self.spec["tables"])

    def files(self) -> list[Path]:
        """Return every file the processed tables of this index are made from."""
        found = {self.folder / "index.yml", self.folder / "structure.csv"}
        found |= {self.folder / table["file"] for table in self.tables}
        for table in self.tables:
            if table.get("claims"):
                found |= {raw(row["file"]) for row in self.claims(table["file"])}
        units = self.spec["units"]
        if units == "provinces":
            found |= {raw("provinces", n) for n in ("provinces-63-to-34.csv", "aliases.csv")}
        else:
            found.add(self.folder / units)
        return sorted(found)

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
        spec = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f", row {where.line + 1}" if where else ""
        raise DataError(f"{show(path)}{line}: not valid YAML; mend the indentation") from error
    missing = [field for field in _REQUIRED if field not in (spec or {})]
    if missing:
        raise DataError(f"{show(path)}: no field {', '.join(missing)}; add it")
    return Index(folder.name, spec)


def load(name: str) -> Index:
    """Return the index called `name`.

    Raises
    ------
    ParameterError
        When there is no such index; the message lists those there are.
    """
    if name not in names():
        raise ParameterError(f"no index {name!r}; there are: {', '.join(names())}")
    return _load(raw(name))


def show(path: Path) -> str:
    """Return a path as messages print it: relative to the project's root."""
    try:
        return path.resolve().relative_to(root()).as_posix()
    except ValueError:
        return path.name
