"""Figures of rank changes, one file per family; notebooks choose, this package draws."""

from helpers.figures.bands import rank_bands
from helpers.figures.dumbbell import dumbbell
from helpers.figures.effects import own_and_others, waterfall
from helpers.figures.movers import biggest_movers, changes_by_group
from helpers.figures.passed import who_passed_whom
from helpers.figures.scatter import score_against_rank
from helpers.figures.tilegrid import tile_grid
from helpers.figures.trajectory import trajectory

__all__ = [
    "biggest_movers",
    "changes_by_group",
    "dumbbell",
    "own_and_others",
    "rank_bands",
    "score_against_rank",
    "tile_grid",
    "trajectory",
    "waterfall",
    "who_passed_whom",
]
