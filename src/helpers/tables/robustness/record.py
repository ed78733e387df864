"""What other choices would have made of every full table: the tables that reports read."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.index import units
from helpers.methods.robust import Assumption, probability_of_rise, uncertainty_analysis
from helpers.methods.robust.model import choose_assumptions
from helpers.tables.headline import Headlines
from helpers.tables.robustness.catalogued import divisible, frames

_BAND = ["q05", "median", "q95"]


def newest(headlines: Headlines) -> dict[str, Any] | None:
    """Return unit set and year of the newest table that can be varied, None if there is none."""
    index = headlines.index
    there = [key for key in headlines.full if divisible(headlines, *key)]
    if not there:
        return None
    last = max(year for _unit_set, year in there)
    first = units.default_set(index, last)
    sets = [unit_set for unit_set, year in there if year == last]
    return {"unit_set": first if first in sets else sets[0], "year": last}


def choices(headlines: Headlines, unit_set: str, year: int) -> tuple[Assumption, ...]:
    """Return the choices under which a table is recalculated."""
    return choose_assumptions(None, *frames(headlines, unit_set, [year]))


def ranks_table(headlines: Headlines, replicates: int, seed: int = 0) -> pd.DataFrame:
    """Return the table ``robust``: each unit's rank in a year, and its band under other choices.

    Parameters
    ----------
    headlines
        The full tables; one that holds the headline alone is left out.
    replicates
        Recalculations of each table.
    seed
        The same seed gives the same table.
    """
    bands = []
    for unit_set, year in headlines.full:
        if not divisible(headlines, unit_set, year):
            continue
        (given,) = frames(headlines, unit_set, [year])
        run = uncertainty_analysis(given, replicates=replicates, seed=seed, keep_scores=False)
        summary = run.summary()[["nominal", *_BAND]]
        bands.append(summary.assign(unit_set=unit_set, year=year))
    return _finish(headlines, bands, ["unit_set", "year", "nominal", *_BAND], replicates)


def changes_table(headlines: Headlines, replicates: int, seed: int = 0) -> pd.DataFrame:
    """Return the table ``robust_changes``: how often each comparable change is a rise or a fall.

    Parameters
    ----------
    headlines, replicates, seed
        As in `ranks_table`; both years of a change are recalculated under the same choices,
        each with the units it ranked.
    """
    moves = []
    for unit_set, year_from, year_to in headlines.pairs():
        if not divisible(headlines, unit_set, year_from, year_to):
            continue
        before, after = frames(headlines, unit_set, [year_from, year_to])
        chances = probability_of_rise(before, after, replicates=replicates, seed=seed)
        moves.append(chances.assign(unit_set=unit_set, year_from=year_from, year_to=year_to))
    columns = ["unit_set", "year_from", "year_to", "nominal", "p_rise", "p_same", "p_fall", *_BAND]
    return _finish(headlines, moves, columns, replicates)


def _finish(
    headlines: Headlines, made: list[pd.DataFrame], columns: list[str], replicates: int
) -> pd.DataFrame:
    names: dict[str, Any] = {
        code: unit.name for code, unit in units.load(headlines.index).by_code.items()
    }
    table = pd.concat(made) if made else pd.DataFrame(columns=columns)
    table = table.rename_axis("unit").reset_index()[["unit", *columns]]
    return table.assign(
        index=headlines.index.name, unit_name=table["unit"].map(names), replicates=replicates
    )
