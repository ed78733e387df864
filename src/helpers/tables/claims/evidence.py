"""What the tables and the other sources say to a published figure, the figure itself left out.

Evidence comes in an order of trust: scores of all units, from which ranks are recomputed;
other sources; what follows by arithmetic from the unit's other published scores. A source
is no evidence for itself, and none that is less sure than the claim is held against it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from helpers.index.catalog import Index
from helpers.index.units import Units
from helpers.tables import rank
from helpers.tables.clean.quantity import SCIENTIFIC, parse, parse_rank_and_score
from helpers.tables.processed import as_dicts
from helpers.tables.score import combine, forms, half_units

TRUST = {"low": 0, "medium": 1, "high": 2}
Cell = tuple[str, int, str, str]
"""unit_set, year, indicator, unit."""


class Evidence(NamedTuple):
    """One piece of evidence: a figure, its interval, how sure it is and where it stands.

    ``basis`` is ``table`` (the scores of all units), ``source`` (another publication) or
    ``arithmetic`` (the unit's other scores).
    """

    low: float
    value: float
    high: float
    confidence: str
    basis: str
    source: str


@dataclass(frozen=True)
class Tables:
    """The processed tables of an index, as claims look things up in them."""

    index: Index
    units: Units
    published: pd.DataFrame
    scores: pd.DataFrame
    intervals: pd.DataFrame
    ranks: pd.DataFrame

    @cached_property
    def size(self) -> dict[tuple[str, int], int]:
        """How many units were ranked, by unit set and year."""
        listed = rank.listed(self.index, self.units, self.published, self.scores)
        return {key: len(codes) for key, codes in listed.items()}

    @cached_property
    def full(self) -> set[tuple[str, int, str]]:
        """The unit sets, years and indicators of which all units' scores are known."""
        known = self.ranks.dropna(subset="score").groupby(["unit_set", "year", "indicator"])
        counts: dict[Any, int] = known.size().to_dict()
        return {key for key, n in counts.items() if n == self.size[key[:2]]}

    @cached_property
    def rank_of(self) -> dict[Cell, dict[str, Any]]:
        """The rows of ``ranks`` by cell."""
        return _by_cell(self.ranks)

    @cached_property
    def score_of(self) -> dict[Cell, dict[str, Any]]:
        """The rows of ``scores`` with their intervals, by cell."""
        ends = self.intervals[["unit_set", "year", "indicator", "unit", "low", "high"]]
        return _by_cell(self.scores.merge(ends, on=["unit_set", "year", "indicator", "unit"]))

    @cached_property
    def told(self) -> dict[tuple[Cell, str], list[dict[str, Any]]]:
        """The published figures by cell and measure."""
        told = defaultdict(list)
        for row in as_dicts(self.published):
            told[_cell(row), row["measure"]].append(row)
        return dict(told)

    def half_of(self, row: Mapping[str, Any]) -> float:
        """Return half a unit of the last digit that a published figure is printed with."""
        half = half_printed(row["value_text"], self.styles[row["file"]])
        # The scores of an index in per cent are kept as printed; a relative change is a share.
        in_percent = row["value_text"].endswith("%") and not row["measure"].endswith("_relative")
        return half * 100 if in_percent else half

    @cached_property
    def styles(self) -> dict[str, str]:
        """The number style of each file; what an article's pointers lead to is Vietnamese."""
        return {self.index.key(t): "vi" if t.claims else t.numbers for t in self.index.tables}

    def half(self, year: int, indicator: str) -> float:
        """Return half a unit of an indicator's last published decimal in a year."""
        return float(half_units(self.index, pd.Series([year]), pd.Series([indicator])).iloc[0])

    def ranks_for(self, cell: Cell, claim: Mapping[str, Any] | None = None) -> list[Evidence]:
        """Return the evidence on a rank, only the most trusted kind.

        Parameters
        ----------
        claim
            The claim to be checked; its source is left out. None takes every source.
        """
        if cell[:3] in self.full:
            row = self.rank_of[cell]
            ends = float(row["rank_low"]), float(row["rank"]), float(row["rank_high"])
            return [Evidence(*ends, "high", "table", self._scored_by(cell))]
        return _surest(self._printed(cell, "rank", claim))

    def ranks_as_then(self, cell: Cell) -> tuple[str, list[Evidence]]:
        """Return the rank as it was published then, where units were merged since.

        Returns
        -------
        tuple
            The unit set of that year and the evidence on the rank in it; empty where the year
            is not worked out from the units' members, or a unit has several members.
        """
        unit_set, year, indicator, unit = cell
        members = self.units.by_code[unit].members
        for rule in self.index.spec.derived:
            if rule.unit_set != unit_set or year not in rule.years or len(members) != 1:
                continue
            if len(self.units.made_of(members[0], [unit_set])) == 1:
                return rule.from_, self.ranks_for((rule.from_, year, indicator, members[0]))
        return "", []

    def scores_for(self, cell: Cell, claim: Mapping[str, Any] | None = None) -> list[Evidence]:
        """Return the evidence on a score, only the most trusted kind."""
        printed = self._printed(cell, "score", claim)
        table = [one for one in printed if one.source in self.index.complete]
        if table:
            return [table[0]._replace(basis="table")]
        own = self.score_of.get(cell)
        if claim is None and not printed and own is not None:
            return [Evidence(own["low"], own["score"], own["high"], "high", "arithmetic",
                          own["source"])]  # fmt: skip
        recomputed = self.recompute(cell) if claim is not None else []
        return _surest([*printed, *recomputed])

    def announced(
        self, cell: tuple[str, int, str], claim: Mapping[str, Any] | None = None
    ) -> list[Evidence]:
        """Return the announced means of all units, only the most trusted."""
        return _surest(self._printed((*cell, ""), "mean", claim))

    def recompute(self, cell: Cell) -> list[Evidence]:
        """Return a score as it follows from the unit's other published scores, if it does."""
        unit_set, year, target, unit = cell
        scheme_forms = self._forms[self.index.scheme(year)]
        others = {
            name: row
            for name in scheme_forms.index
            if name != target and (row := self.score_of.get((unit_set, year, name, unit)))
            and row["status"] == "published"
        }  # fmt: skip
        if not others or target not in scheme_forms.index:
            return []
        key = scheme_forms.index.get_loc(target), year, tuple(others)
        if key not in self._combined:
            half = np.array([self.half(year, name) for name in others])
            self._combined[key] = combine(list(others), half, scheme_forms, target)
        c = self._combined[key]
        if c is None:
            return []
        low, value, high = (
            np.array([row[end] for row in others.values()], dtype=float)
            for end in ("low", "score", "high")
        )
        used = [name for name, one in zip(others, c, strict=True) if one]
        return [
            Evidence(
                float(np.where(c > 0, low, high) @ c),
                float(value @ c),
                float(np.where(c > 0, high, low) @ c),
                "medium", "arithmetic", ", ".join(used),
            )
        ]  # fmt: skip

    @cached_property
    def _combined(self) -> dict[Any, Any]:
        return {}

    @cached_property
    def _forms(self) -> dict[str, pd.DataFrame]:
        schemes = dict.fromkeys(self.index.scheme(year) for year in self.index.years)
        return {scheme: forms(self.index, scheme) for scheme in schemes}

    def _scored_by(self, cell: Cell) -> str:
        row = self.score_of.get(cell)
        return str(row["source"]) if row else ""

    def _printed(self, cell: Cell, measure: str, claim: Mapping[str, Any] | None) -> list[Evidence]:
        printed = {}
        for row in self.told.get((cell, measure), []):
            if claim is not None and (
                origin(row["source"]) == origin(claim["source"])
                or TRUST[row["confidence"]] < TRUST[claim["confidence"]]
            ):
                continue
            value, h = float(row["value"]), 0.0 if measure == "rank" else self.half_of(row)
            one = Evidence(value - h, value, value + h, row["confidence"], "source", row["source"])
            printed[one.value, one.source] = one
        return list(printed.values())


def origin(source: str) -> str:
    """Return the publication a source is part of: an address without its fragment."""
    return str(source).split("#")[0]


def half_printed(text: str, style: str) -> float:
    """Return half a unit of the last digit of a published figure, on the scale of its value.

    A share in per cent counts as a share of 1; of "17 (0,633)" the score in brackets counts.
    """
    if SCIENTIFIC.fullmatch(text):
        return float(Decimal(5).scaleb(int(Decimal(text).as_tuple().exponent) - 1))
    printed = parse_rank_and_score(text, style)[1] if "(" in text else parse(text, style)
    return printed.half / 100 if printed.unit == "%" else printed.half


def _surest(given: list[Evidence]) -> list[Evidence]:
    """Keep the evidence of the highest confidence."""
    best = max((TRUST[one.confidence] for one in given), default=0)
    return [one for one in given if TRUST[one.confidence] == best]


def _by_cell(frame: pd.DataFrame) -> dict[Cell, dict[str, Any]]:
    return {_cell(row): row for row in as_dicts(frame)}


def _cell(row: Mapping[str, Any]) -> Cell:
    unit = "" if pd.isna(row["unit"]) else row["unit"]
    return row["unit_set"], int(row["year"]), row["indicator"], unit
