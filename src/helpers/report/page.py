"""How the cells of a report are put together: outputs in a row, and sections with headings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from IPython.display import display

from helpers import show


class Together:
    """Several outputs of one cell, in order.

    Parameters
    ----------
    *shown
        What the cell shows. What is None or says nothing is left out.
    """

    def __init__(self, *shown: object) -> None:
        self.shown: Sequence[object] = [one for one in shown if one is not None and str(one)]

    def _ipython_display_(self) -> None:
        display(*self.shown)  # type: ignore[no-untyped-call]

    def __repr__(self) -> str:
        return "\n\n".join(map(str, self.shown))


class Detail:
    """Shows what comes after page one, which stands alone where only the brief is wanted.

    Parameters
    ----------
    subject
        What the report is about.
    brief
        Whether nothing but page one is wanted; nothing is worked out then.
    """

    def __init__(self, subject: object, brief: bool = False) -> None:
        self.subject, self.brief = subject, brief

    def __call__(self, *tell: Callable[[Any], object]) -> Together | None:
        """Return what functions of the subject show, one after another; None if nothing."""
        found = [] if self.brief else [one(self.subject) for one in tell]
        shown = Together(*found)
        return shown if shown.shown else None


def section(heading: str, *paragraphs: str) -> show.Text:
    """Return a section's heading with the paragraphs that open it, the empty ones left out."""
    return show.Text("\n\n".join(["## " + heading, *filter(None, paragraphs)]))
