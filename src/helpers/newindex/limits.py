"""How large a published table may be, and the refusals that name each limit."""

from __future__ import annotations

from helpers.errors import DataError

FILE = 100 * 2**20
"""Bytes of a file."""
UNPACKED = 48 * 2**20
"""Bytes of all parts of a workbook together, unpacked."""
ROWS = 250_000
COLUMNS = 2_000
CELLS = 2_000_000
"""Filled cells of one table."""
TEXT = 32_767
"""Characters of a cell: what a spreadsheet can hold."""


def refuse(name: str, found: str, limit: str, mend: str) -> DataError:
    """Return the refusal of a file beyond a limit."""
    return DataError(f"{name}: {found}, the limit is {limit}; {mend}")


class Counter:
    """Counts what a table holds while it is read, and refuses it at the first limit."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.cells = 0

    def row(self, number: int, cells: list[str]) -> None:
        """Count a row and its filled cells.

        Raises
        ------
        DataError
            When the row, or one of its cells, is beyond a limit.
        """
        if number > ROWS and any(cells):
            raise refuse(
                self.name, f"a filled cell in row {number:,}", f"{ROWS:,} rows",
                "delete what is below the table, or split it",
            )  # fmt: skip
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > COLUMNS:
            raise refuse(
                f"{self.name}, row {number}", f"{len(cells):,} columns", f"{COLUMNS:,}",
                "delete the columns that are not needed",
            )  # fmt: skip
        self.cells += len(cells)
        if self.cells > CELLS:
            raise refuse(
                self.name, f"more cells by row {number:,}", f"{CELLS:,}", "split the table"
            )
        for place, text in enumerate(cells, start=1):
            if len(text) > TEXT:
                raise refuse(
                    f"{self.name}, row {number}, column {place}",
                    f"a cell of {len(text):,} letters", f"{TEXT:,}", "shorten it",
                )  # fmt: skip
