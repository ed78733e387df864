"""``structure.csv``: the indicators of each scheme, their parents, weights and labels.

One reader serves scores, robustness and reports. It hands out plain data; who calculates with
it makes a frame of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from helpers.index import cells, places
from helpers.index.model import told
from helpers.index.reader import OPEN

COLUMNS = {
    "scheme": "a scheme of `index.yml`",
    "indicator": "its name in all tables",
    "parent": "the indicator it is part of, empty at the top; an indicator can have several, a row "
    "each",
    "weight": "its weight in that parent; only ratios matter, unless the scheme's `composite` is "
    "`sum`",
    "direction": "1 if higher is better (also if empty), -1 if lower is",
    "label_vi`, `label_en": "labels, one column per language",
    "decimals": "decimals in print, from which the rounding interval follows; empty if exact",
    "denominator": "for `build`: the column of `values` it is divided by",
}
"""The columns and what they hold."""
_REQUIRED = ("scheme", "indicator", "parent", "weight", "label_vi", "label_en", "decimals")
_KNOWN = [*_REQUIRED, "direction", "denominator"]
_LABEL = "label_"


@dataclass(frozen=True)
class Row:
    """One indicator of a scheme, under one of its parents."""

    number: int
    scheme: str
    indicator: str
    parent: str = ""
    weight: float = 1.0
    direction: int = 1
    labels: Mapping[str, str] = field(default_factory=dict)
    decimals: int | None = None
    denominator: str = ""


@dataclass(frozen=True)
class Structure:
    """The rows of ``structure.csv`` in their order.

    Attributes
    ----------
    rows
        One per scheme, indicator and parent.
    sums
        The schemes whose parents are sums of their children, not means.
    """

    rows: tuple[Row, ...]
    sums: frozenset[str] = frozenset()

    @cached_property
    def schemes(self) -> dict[str, list[Row]]:
        """The rows by scheme."""
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            found.setdefault(row.scheme, []).append(row)
        return found

    @cached_property
    def indicators(self) -> list[str]:
        """All indicators, in their order."""
        return list(dict.fromkeys(row.indicator for row in self.rows))

    @cached_property
    def decimals(self) -> dict[tuple[str, str], int]:
        """Decimals in print by scheme and indicator, of those that have any."""
        return {
            (row.scheme, row.indicator): row.decimals
            for row in self.rows
            if row.decimals is not None
        }

    def row(self, indicator: str, scheme: str = "") -> Row | None:
        """Return the last row of an indicator, in a scheme if that has it."""
        rows = [row for row in self.rows if row.indicator == indicator]
        own = [row for row in rows if row.scheme == scheme] or rows
        return own[-1] if own else None

    def label(self, indicator: str, lang: str, scheme: str = "") -> str:
        """Return an indicator's label, as a scheme calls it if it does."""
        row = self.row(indicator, scheme)
        return (row and told(row.labels, lang)) or indicator

    def children(self, scheme: str) -> dict[str, dict[str, float]]:
        """Return the weights of the children of each composite of a scheme."""
        found: dict[str, dict[str, float]] = {}
        for row in self.schemes.get(scheme, []):
            if row.parent:
                found.setdefault(row.parent, {})[row.indicator] = row.weight
        return found

    def forms(self, scheme: str) -> dict[str, dict[str, float]]:
        """Return every indicator of a scheme as a linear form over its finest indicators.

        Returns
        -------
        dict
            Weights by finest indicator, for every indicator in the order of the rows. They sum
            to one; where the scheme adds points up they are the points.
        """
        children, done = self.children(scheme), dict[str, dict[str, float]]()

        def form(name: str) -> dict[str, float]:
            if name not in children:
                done[name] = {name: 1.0}
            if name not in done:
                total = 1.0 if scheme in self.sums else sum(children[name].values())
                own: dict[str, float] = {}
                for child, weight in children[name].items():
                    for finest, part in form(child).items():
                        own[finest] = own.get(finest, 0.0) + weight / total * part
                done[name] = own
            return done[name]

        return {row.indicator: form(row.indicator) for row in self.schemes.get(scheme, [])}

    def shares(self, scheme: str, whole: str) -> dict[str, float]:
        """Return what a point of each indicator counts in a composite above it.

        Returns
        -------
        dict
            By indicator, the products of the weights on all ways up to `whole`, itself left out;
            those that lie not below it are not in it.
        """
        found, children = {whole: 1.0}, self.children(scheme)
        for name in reversed([*TopologicalSorter(children).static_order()]):
            parts = children.get(name, {}) if name in found else {}
            total = 1.0 if scheme in self.sums else sum(parts.values())
            for part, weight in parts.items():
                found[part] = found.get(part, 0.0) + found[name] * weight / total
        del found[whole]
        return found

    def edges(self, scheme: str, below: str = "") -> list[tuple[Row, float]]:
        """Return the rows of a scheme that have a parent, with their weights in a mean.

        Where the scheme adds points up, a composite is as heavy in its parent's mean as all its
        points: then the mean ranks as the sum does.

        Parameters
        ----------
        below
            Only what lies below this composite; all when empty.
        """
        rows = [row for row in self.schemes.get(scheme, []) if row.parent]
        if below:
            reached = {below}
            while new := {row.indicator for row in rows if row.parent in reached} - reached:
                reached |= new
            rows = [row for row in rows if row.parent in reached]
        if scheme not in self.sums:
            return [(row, row.weight) for row in rows]
        points = {name: sum(form.values()) for name, form in self.forms(scheme).items()}
        return [(row, row.weight * points[row.indicator]) for row in rows]


def read(path: Path, sums: Iterable[str] = ()) -> Structure:
    """Return what ``structure.csv`` says.

    Parameters
    ----------
    sums
        The schemes whose parents are sums of their children.

    Raises
    ------
    DataError
        A line for each mistake names file, row, column, what was found and the mend.
    """
    name = places.relative(path)
    given = list(cells.read(path, _REQUIRED))
    mistakes = [
        f"{name}, row 1, column {column}: unknown column, {places.nearest(column, _KNOWN)}; "
        "correct its name or take it out"
        for column in given[0][1]
        if column not in _KNOWN and not column.startswith(_LABEL)
    ]
    rows = [_row(number, texts, name, mistakes) for number, texts in given]
    places.refuse(mistakes)
    found = Structure(tuple(rows), frozenset(sums))
    places.refuse([f"{name}{line}" for line in find_faults(found)])
    return found


def _row(number: int, texts: dict[str, str], name: str, mistakes: list[str]) -> Row:
    where = f"{name}, row {number}, column"
    for column, text in texts.items():
        if text == OPEN and not column.startswith(("label_", "indicator")):
            mistakes.append(
                f"{where} {column}: an open question for {texts['indicator']}; put the answer in "
                "place of the ?"
            )

    def number_of(column: str, blank: float, fits: Sequence[float] | None, expected: str) -> float:
        text = texts.get(column, "")
        if text == OPEN:
            return blank
        try:
            value = float(text) if text else blank
        except ValueError:
            value = math.nan
        if not (value in fits if fits is not None else 0 <= value < math.inf):
            mistakes.append(f"{where} {column}: found {text!r}, expected {expected}; correct it")
            return blank
        return value

    for column in ("scheme", "indicator"):
        if not texts[column]:
            mistakes.append(f"{where} {column}: the cell is empty; fill it in or delete the row")
    if texts["parent"] and not texts["weight"]:
        mistakes.append(f"{where} weight: found '', expected a number from 0; correct it")
    decimals = number_of(
        "decimals", -1, [-1, *range(16)], "a whole number from 0 to 15, or nothing"
    )
    return Row(
        number,
        texts["scheme"],
        texts["indicator"],
        texts["parent"],
        number_of("weight", 1.0, None, "a number from 0"),
        int(number_of("direction", 1, [1, -1], "1 (more is better) or -1 (less is better)")),
        {c.removeprefix(_LABEL): t for c, t in texts.items() if c.startswith(_LABEL) and t},
        None if decimals < 0 else int(decimals),
        texts.get("denominator", ""),
    )


def find_faults(structure: Structure) -> Iterator[str]:
    """Yield what is wrong with rows that are well formed each by itself."""
    seen: dict[tuple[str, str, str], int] = {}
    for row in structure.rows:
        key = (row.scheme, row.indicator, row.parent)
        if key in seen:
            yield (
                f", row {row.number}: {row.indicator} under {row.parent or 'nothing'} stands in "
                f"row {seen[key]} already; keep one"
            )
        seen.setdefault(key, row.number)
    for scheme, rows in structure.schemes.items():
        children = structure.children(scheme)
        known = {row.indicator: row.number for row in rows}
        for row in rows:
            if row.parent and row.parent not in known:
                yield (
                    f", row {row.number}, column parent: {row.parent}, the parent of "
                    f"{row.indicator}, has no row in scheme {scheme}, "
                    f"{places.nearest(row.parent, known)}; correct it or add one"
                )
        for parent, weights in children.items():
            if sum(weights.values()) <= 0:
                yield (
                    f", row {known.get(parent, 1)}: the children of {parent} weigh 0 in scheme "
                    f"{scheme}; give them weights above zero"
                )
        try:
            TopologicalSorter(children).prepare()
        except CycleError as error:
            name = error.args[1][0]
            yield f", row {known.get(name, 1)}: {name} is its own ancestor; mend the parents"
