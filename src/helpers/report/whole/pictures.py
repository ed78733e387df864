"""The figures of a report on a whole league table: the league in, a figure or nothing out."""

from __future__ import annotations

from helpers import show
from helpers.report import figures
from helpers.report.league import League
from helpers.report.whole.tables import TOP


def movers(league: League) -> show.Figure | None:
    """Draw the units that rose and fell most; None where none is explained, or nobody moved."""
    if league.explained_pair is None or not league.moves["change"].any():
        return None
    return figures.biggest_movers(
        league.moves, league.words, year_from=league.explained_pair[0],
        year_to=league.explained_pair[1], indicator=league.index.headline,
        top=TOP, labels=league.labels,
    )  # fmt: skip


def map(league: League) -> show.Figure | None:
    """Draw every unit's change where it lies; None where the layout lacks a unit."""
    if league.explained_pair is None:
        return None
    placed = figures.read_layout().groupby("unit_set")["unit"].agg(set)
    if not set(league.moves["unit"]) <= placed.get(league.unit_set, set()):
        return None
    return figures.tile_grid(
        league.moves, league.words, year_from=league.explained_pair[0],
        year_to=league.explained_pair[1], indicator=league.index.headline,
        labels=league.labels,
    )  # fmt: skip


def regions(league: League) -> show.Figure | None:
    """Draw the changes region by region; None where the units have no regions."""
    if league.explained_pair is None or not league.regions:
        return None
    return figures.changes_by_group(
        league.moves, league.words, year_from=league.explained_pair[0],
        year_to=league.explained_pair[1], indicator=league.index.headline, groups=league.regions,
        labels=league.labels,
    )  # fmt: skip
