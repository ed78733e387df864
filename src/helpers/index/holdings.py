"""What a raw table holds, counted before anything is cleaned: rows, units, rows of each year."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from helpers.index.columns import Cells
from helpers.index.model import Table

LOST = 0.02
"""Share of a table's rows that may go before its loss has to be accepted."""
_SHOWN = 20


@dataclass(frozen=True)
class Holdings:
    """What a table holds.

    Attributes
    ----------
    rows
        Each row once for every time it stands there.
    units
        The distinct names or codes in the column of the units; None if none is known.
    years
        How many rows each year has; None if the rows have no years.
    """

    rows: Counter[tuple[str, ...]]
    units: frozenset[str] | None = None
    years: Counter[int] | None = None

    def fields(self) -> dict[str, Any]:
        """Return the counts as a sidecar keeps them."""
        kept: dict[str, Any] = {"rows": self.rows.total()}
        if self.units is not None:
            kept["units"] = len(self.units)
        if self.years is not None:
            kept["years"] = dict(sorted(self.years.items()))
        return kept


def count(content: bytes, tables: Iterable[Table] = ()) -> Holdings:
    """Count what a CSV holds; damage is not judged here, but where the table is read.

    Parameters
    ----------
    tables
        The entries of index.yml about the file, which name its columns.
    """
    head = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = content.decode("utf-16" if head else "utf-8-sig", "replace").replace("\0", "")
    lines = csv.reader(io.StringIO(unicodedata.normalize("NFC", text), newline=None))
    rows = [cells for line in lines if any(cells := [cell.strip() for cell in line])]
    header, body = (rows[0], rows[1:]) if rows else ([], [])
    units: set[str] = set()
    years: Counter[int] = Counter()
    known = list(tables)
    for table in known[:1]:  # several entries are about the same rows
        units.update(cell for cell in _column(header, body, table.unit) if cell)
        texts = _column(header, body, table.year)
        years.update(int(cell) for cell in texts if cell.isdecimal() and len(cell) == 4)
        if table.year is not None and (table.year.value or "").isdecimal():
            years[int(str(table.year.value))] = len(body)
    return Holdings(
        Counter(tuple(cells) for cells in body), frozenset(units) or None, years or None
    )


def _column(header: list[str], body: list[list[str]], place: Cells | None) -> list[str]:
    if place is None or place.column not in header:
        return []
    at = header.index(place.column)
    return [cells[at] for cells in body if at < len(cells)]


def losses(before: Holdings | dict[str, Any], now: Holdings) -> Iterator[tuple[str, bool]]:
    """Yield what went, each with whether it has to be accepted.

    Parameters
    ----------
    before
        What the table held, or only the fields that its sidecar kept of it.

    Notes
    -----
    A unit that went has to be accepted, rows that stand there twice, and rows beyond the share
    `LOST` of the table's or of a year's.
    """
    kept, new = before if isinstance(before, dict) else before.fields(), now.fields()
    rows = kept.get("rows", 0)
    if (gone := rows - new["rows"]) > 0:
        yield f"{gone} of {rows} rows went", gone > LOST * rows
    if isinstance(before, Holdings):
        lost = sorted((before.units or frozenset()) - (now.units or frozenset()))
        if lost:
            more = f" and {len(lost) - _SHOWN} more" if len(lost) > _SHOWN else ""
            # Names that were respelt went and came back.
            fewer = len(now.units or ()) < len(before.units or ())
            yield f"units that went: {', '.join(lost[:_SHOWN])}{more}", fewer
        twice = sum((now.rows - before.rows)[row] for row, n in now.rows.items() if n > 1)
        if twice:
            yield f"{twice} rows stand there twice", True
    elif (gone := kept.get("units", 0) - new.get("units", 0)) > 0:
        yield f"{gone} of {kept['units']} units went", True
    for year, had in sorted((kept.get("years") or {}).items()):
        has = (now.years or {}).get(year, 0)
        if has < had:
            yield f"{year}: {had - has} of {had} rows went", has < (1 - LOST) * had
