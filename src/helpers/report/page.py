"""How the cells of a report are put together: outputs in a row, and sections with headings."""

from __future__ import annotations

from collections.abc import Sequence

from IPython.display import display

from helpers import show


class Together:
    """Several outputs of one cell, in order.

    Parameters
    ----------
    *shown
        What the cell shows. What is None is left out.
    """

    def __init__(self, *shown: object) -> None:
        self.shown: Sequence[object] = [one for one in shown if one is not None]

    def _ipython_display_(self) -> None:
        display(*self.shown)  # type: ignore[no-untyped-call]

    def __repr__(self) -> str:
        return "\n\n".join(map(str, self.shown))


def section(heading: str, *paragraphs: str) -> show.Text:
    """Return a section's heading with the paragraphs that open it, the empty ones left out."""
    return show.Text("\n\n".join(["## " + heading, *filter(None, paragraphs)]))
