"""What was understood of a published table, and what is in doubt."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from helpers.newindex.spread import Origin

WHOLE = "may be an aggregate"
UNRANKED = "no rank though others have one"
"""Why a row may be no unit's, where only a person can tell: it is asked about."""
Target = tuple[str, int | None]
"""An indicator, and the year a column is about where its name says one."""


@dataclass
class Understood:
    """What was understood of a table.

    Attributes
    ----------
    unit, code, year, region
        Columns; empty where there is none.
    key
        The column by which the rows name their units: `unit`, or `code` where names repeat.
    years
        All years, oldest first.
    fixed
        The year of columns that say none; 0 where a column of years does, or where in doubt.
    scores, ranks
        Columns of scores and of published ranks.
    times
        Columns of scores that an earlier table's entry multiplies.
    ranked
        Column of ranks to the one indicator whose order it is, or to several or none.
    headline
        The indicator whose rank is published, or the only one; empty if in doubt.
    directions
        Indicator to 1 or -1, where the table tells.
    reasons
        What was guessed, to the reason.
    uneven
        Indicators whose decimals differ from year to year: the decimals of each year.
    missing
        Cells that hold no figure, with their number; `odd` are those that may be damaged ones.
    skipped
        Rows that are taken for no units: name or row number to reason.
    units
        All names in the key column.
    absent
        Names without any figure.
    zeros
        Column to the units with a 0 in it that may mean "not assessed".
    jumps
        Pairs of years between which the figures change their size.
    renamed
        Pairs of names that may be one unit's: alike, and never with a figure in the same year.
    dates
        Where several periods of one year are published: year to the periods.
    kept_year
        Where a year was given and a column of years has it: that column and its text.
    percents
        Columns of scores that are printed with per cent signs.
    scales
        Indicators on another scale than the index itself: their lowest and highest figure.
    errors
        Column of scores to the columns of its standard errors or bounds, as index.yml has them.
    withheld
        The units of rows with every other score but that of the index itself.
    exact
        Indicators of whole points, which are not rounded.
    by_print
        Why the printed ranks are the ranks; empty where the scores may give them.
    origins
        In a long table: column to where its figures stand.
    left_out
        Column to the reason why it is neither a score nor a rank.
    """

    unit: str
    code: str = ""
    year: str = ""
    region: str = ""
    key: str = ""
    years: list[int] = field(default_factory=list)
    fixed: int = 0
    scores: dict[str, Target] = field(default_factory=dict)
    ranks: dict[str, Target] = field(default_factory=dict)
    times: dict[str, float] = field(default_factory=dict)
    style: str = "en"
    ranked: dict[str, list[str]] = field(default_factory=dict)
    headline: str = ""
    directions: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    low: float = 0.0
    high: float = 0.0
    decimals: dict[str, int | None] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    missing: Counter[str] = field(default_factory=Counter)
    odd: dict[str, str] = field(default_factory=dict)
    uneven: dict[str, dict[str, int]] = field(default_factory=dict)
    skipped: dict[str | int, str] = field(default_factory=dict)
    units: set[str] = field(default_factory=set)
    absent: set[str] = field(default_factory=set)
    zeros: dict[str, list[str]] = field(default_factory=dict)
    jumps: list[tuple[int, int]] = field(default_factory=list)
    dates: dict[int, list[str]] = field(default_factory=dict)
    kept_year: tuple[str, str] | None = None
    percents: set[str] = field(default_factory=set)
    scales: dict[str, tuple[float, float]] = field(default_factory=dict)
    errors: dict[str, dict[str, str]] = field(default_factory=dict)
    withheld: list[str] = field(default_factory=list)
    by_print: str = ""
    exact: list[str] = field(default_factory=list)
    origins: dict[str, Origin] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    renamed: list[tuple[str, str]] = field(default_factory=list)

    @property
    def indicators(self) -> list[str]:
        """The indicators, those with scores first, in the order of the columns."""
        ranked = [n for c, (n, _y) in self.ranks.items() if not self.ranked.get(c)]
        named = [one[0] for one in self.ranked.values() if len(one) == 1]
        found = [*(name for name, _year in self.scores.values()), *named]
        return list(dict.fromkeys(found if self.scores else [*found, *ranked]))

    def rename(self, old: str, new: str) -> None:
        """Call an indicator otherwise."""
        for columns in (self.scores, self.ranks):
            for column, (name, year) in columns.items():
                if name == old:
                    columns[column] = (new, year)
        self.ranked = {
            column: [new if name == old else name for name in names]
            for column, names in self.ranked.items()
        }
        by_name: list[dict[str, Any]] = [self.directions, self.decimals, self.labels, self.uneven]
        for told in by_name:
            if old in told:
                told[new] = told.pop(old)
        self.headline = new if self.headline == old else self.headline
