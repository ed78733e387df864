"""What ``index.yml`` says of a table's columns, as types; the rest is in `helpers.index.model`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Annotated

from helpers.index.fieldtypes import PLAIN, record, short

Name = Annotated[str, PLAIN]


@record
class Cells:
    """Where a field of each row stands: in a column, or fixed for the whole table."""

    column: str | None = None
    """the column's name"""
    value: Name | None = None
    """one value for all rows"""
    names: Mapping[str, str] = field(default_factory=dict)
    """published label to indicator, where the cells hold labels"""


@record
class Target:
    """What a column of a wide table holds."""

    indicator: str
    """the indicator"""
    year: int | None = None
    """the year, where the columns carry the years"""
    times: float = 1.0
    """what to multiply by, where the column is on another scale"""
    percent: bool = False
    """true where the cells are percentages, with a sign or without; 52.1 % is read as 52.1"""


@record
class Errors:
    """Where the sampling error of a column of scores stands: standard errors, or two bounds."""

    column: str | None = None
    """the column of the standard errors"""
    lower: str | None = None
    """the column of the lower bounds of a confidence interval"""
    upper: str | None = None
    """the column of the upper bounds"""
    level: float = 0.95
    """the level of that interval: the standard error is half its width by the normal quantile"""

    @property
    def columns(self) -> dict[str, str]:
        """The columns that are given, by field."""
        given = {name: getattr(self, name) for name in ("column", "lower", "upper")}
        return {name: column for name, column in given.items() if column is not None}


Place = Annotated[Cells, short("value")]
Columns = Mapping[str, Annotated[Target, short("indicator")]]
