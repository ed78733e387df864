"""The figures of a report on a whole league table: the league in, a figure or nothing out."""

from __future__ import annotations

from helpers import show
from helpers.index import geometry, units
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
    """Draw every unit's change as a tile; None where the grid has no tile for one."""
    placed = geometry.tiles(league.index, league.unit_set)
    there = {unit for unit, *_ in placed}
    if league.explained_pair is None or not set(league.moves["unit"]) <= there:
        return None
    everybody = units.load(league.index).spoken_in(league.words.lang)
    return figures.tile_map(
        league.moves, league.words, year_from=league.explained_pair[0],
        year_to=league.explained_pair[1], indicator=league.index.headline, tiles=placed,
        labels=league.labels, names={unit.code: unit.name for unit in everybody.all},
    )  # fmt: skip


def regions(league: League) -> show.Figure | None:
    """Draw the changes region by region; None where the units have no regions."""
    if league.explained_pair is None or not league.regions:
        return None
    return figures.changes_by_group(
        league.moves, league.words, year_from=league.explained_pair[0],
        year_to=league.explained_pair[1], indicator=league.index.headline, groups=league.regions,
        labels=league.labels, noun=league.nouns["word"],
    )  # fmt: skip
