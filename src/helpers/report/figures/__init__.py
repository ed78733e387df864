"""Figures of rank changes, one file a family; notebooks choose, this package draws.

All are called alike: the processed table, the language, and the rest by name. Each is drawn twice,
for paper and for a phone.
"""

from helpers.report.figures.bands import rank_bands
from helpers.report.figures.contributions import contributions
from helpers.report.figures.dumbbell import dumbbell
from helpers.report.figures.groups import changes_by_group
from helpers.report.figures.heat import heat_table
from helpers.report.figures.maps import outline_map, tile_map
from helpers.report.figures.movers import biggest_movers
from helpers.report.figures.panels import paths_by_group
from helpers.report.figures.passed import who_passed_whom
from helpers.report.figures.scatter import score_against_rank
from helpers.report.figures.trajectory import trajectory
from helpers.report.figures.transitions import transition_matrix

__all__ = [
    "biggest_movers",
    "changes_by_group",
    "contributions",
    "dumbbell",
    "heat_table",
    "outline_map",
    "paths_by_group",
    "rank_bands",
    "score_against_rank",
    "tile_map",
    "trajectory",
    "transition_matrix",
    "who_passed_whom",
]
