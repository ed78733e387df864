"""How far a whole table moved, and which directions every recalculation keeps."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.methods.mobility import movement
from helpers.report.league import League


def sure_of(league: League) -> pd.Series:
    """Return for each unit that moved whether all recalculations keep the direction."""
    rows = league.of_pair(league.robust_changes)
    rows = rows[rows["nominal"] != 0]
    sure: pd.Series = rows["p_rise"].where(rows["nominal"] > 0, rows["p_fall"]) == 1
    return sure


def movement_of(league: League, first: int, last: int) -> Any:
    """Return how far the headline's table moved between two years (`helpers.methods.mobility`).

    Where units enter or leave, the orders of those in both are compared; who rose and who fell is
    counted by the ranks as they stand in the two tables, as everywhere in the report.
    """
    before, after = league.ranks_of(first), league.ranks_of(last)
    change = (before - after).dropna()
    counted = {
        "up": (change > 0).sum(),
        "down": (change < 0).sum(),
        "unmoved": (change == 0).sum(),
        "mean_step": change.abs().mean(),
    }
    row: Any = movement(before, after).loc["all"].copy()
    for name, count in counted.items():
        row[name] = count
    return row


def span(years: tuple[int, int]) -> str:
    """Write two years as one span."""
    return f"{years[0]}–{years[1]}"
