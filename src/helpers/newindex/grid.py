"""Cells of a sheet, page or text file as they stand, before anything is understood."""

from __future__ import annotations

from dataclasses import dataclass, field

_UNSEEN = dict.fromkeys([0xAD, 0x200B, 0x200E, 0x200F, 0x2060, *range(0x202A, 0x202F),
                         *range(0x2066, 0x206A), 0xFEFF])  # fmt: skip

Span = tuple[int, int, int, int]
"""First row, first column, last row, last column of a merged cell, counted from 0."""


@dataclass
class Grid:
    """The cells of one sheet, page table or text file.

    Attributes
    ----------
    name
        Of the sheet, or the number of the table in a page; empty in a text file.
    rows
        Row number, as a spreadsheet counts it, to the cells as text; blank rows are left out.
    spans
        Merged cells; empty where the format has none or has filled them already.
    dates
        Cells, as (row number, column), in which a spreadsheet holds a date.
    said
        What a reader should know of how the file was read.
    plain
        Whether the file itself is a CSV in UTF-8 with commas.
    """

    name: str
    rows: dict[int, list[str]]
    spans: list[Span] = field(default_factory=list)
    dates: set[tuple[int, int]] = field(default_factory=set)
    said: list[str] = field(default_factory=list)
    plain: bool = False


def tidy(text: str) -> str:
    """Return a cell on one line, without marks that no one sees (soft hyphens, directions)."""
    return " ".join(text.translate(_UNSEEN).split())
