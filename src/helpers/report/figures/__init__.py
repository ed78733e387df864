"""Figures of rank changes, one file per family; notebooks choose, this package draws."""

from helpers.report.figures.bands import rank_bands
from helpers.report.figures.dumbbell import dumbbell
from helpers.report.figures.movers import biggest_movers, changes_by_group
from helpers.report.figures.passed import who_passed_whom
from helpers.report.figures.scatter import score_against_rank
from helpers.report.figures.tilegrid import read_layout, tile_grid
from helpers.report.figures.trajectory import trajectory
from helpers.report.figures.waterfall import waterfall

__all__ = [
    "biggest_movers",
    "changes_by_group",
    "dumbbell",
    "rank_bands",
    "read_layout",
    "score_against_rank",
    "tile_grid",
    "trajectory",
    "waterfall",
    "who_passed_whom",
]
