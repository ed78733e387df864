"""A league table of some units alone: ranked among themselves, by the figures of the whole one."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.index.definition import Index
from helpers.index.units import Units
from helpers.tables import rank
from helpers.tables.headline import contributions_table, find_full
from helpers.tables.robustness import record

_RANKED = ("rank_at_most", "rank_at_least", "rank_change")
_REPLICATES = 1000


def only(everybody: Units, chosen: Sequence[str]) -> Units:
    """Return the chosen units; all where none is chosen."""
    if not chosen:
        return everybody
    return Units(tuple(unit for unit in everybody.all if unit.code in set(chosen)))


def tables_among(
    index: Index, cut: dict[str, pd.DataFrame], everybody: Units, chosen: Sequence[str]
) -> dict[str, pd.DataFrame]:
    """Return the tables as they would be had only the chosen units been ranked.

    Scores stay as they are. Ranks, sets, changes, effects and what other choices would have made
    of them follow from these anew; printed ranks, where they stand for scores, are counted among
    the chosen. What was printed on places in the whole table is left out.

    Parameters
    ----------
    cut
        The processed tables of one unit set, by name.
    chosen
        Codes of units.
    """
    own = {name: table[table["unit"].isin(chosen)] for name, table in cut.items()}
    few = only(everybody, chosen)
    published, scored = own["published"], own["intervals"]
    printed = published["measure"] == "rank"
    places = published[printed].groupby(["year", "indicator", "file"])["value"].rank(method="min")
    published = published.assign(value=places.reindex(published.index).fillna(published["value"]))
    published = published[~published["measure"].isin(_RANKED)]
    ranked = rank.ranks(index, few, scored, published)
    full = find_full(index, scored, rank.listed(index, few, published, scored))
    return own | {
        "published": published,
        "ranks": ranked.reindex(columns=cut["ranks"].columns),
        "changes": rank.changes(index, few, ranked, published),
        "robust": record.ranks_table(full, _REPLICATES),
        "robust_changes": record.changes_table(full, _REPLICATES),
        "contributions": contributions_table(full),
        "claims": own["claims"].iloc[:0],
        "disagreements": own["disagreements"].iloc[:0],
    }
