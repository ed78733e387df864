"""What a new scheme does to the ranks by its weights alone, so far as the tables can say.

Two years under different schemes do not compare, but their tables can be weighed by either
scheme. Where every finest indicator of a year is known that is exact. Where some are known
only together, as the rest, the rest is moved as one: what the new scheme shifts inside it
counts as a movement of the data.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pandas as pd

from helpers.attribute import reweighting
from helpers.errors import DataError
from helpers.parts import Headlines
from helpers.rank import competition_ranks
from helpers.score import forms


def breaks(headlines: Headlines) -> list[tuple[str, int, int]]:
    """Return unit set and years of neighbouring full tables that do not compare.

    Schemes that say nothing below the headline cannot be weighed and are left out.
    """
    found = []
    for unit_set in dict.fromkeys(unit_set for unit_set, _year in headlines.full):
        years = sorted(year for one, year in headlines.full if one == unit_set)
        found += [
            (unit_set, a, b)
            for a, b in pairwise(years)
            if headlines.index.break_reason(a, b)
            and all(counted(headlines, year) != {headlines.index.headline} for year in (a, b))
        ]
    return found


def counted(headlines: Headlines, year: int) -> set[str]:
    """Return the finest indicators that count in a year's headline."""
    index = headlines.index
    form: Any = forms(index, index.scheme(year)).loc[index.headline]
    return set(form[form > 0].index)


def reweigh_change(
    headlines: Headlines, unit_set: str, year_from: int, year_to: int
) -> pd.DataFrame:
    """Split rank changes across a break into the effect of the weights and that of the data.

    Returns
    -------
    DataFrame
        As `helpers.attribute.reweighting` of the parts that both years have in common:
        ``rank_from`` and ``rank_to`` are the ranks of the tables.
    """
    before, after = headlines.take_apart(unit_set, year_from, year_to)
    return reweighting(before.scores, after.scores, before.weights, after.weights)


def reweigh_table(
    headlines: Headlines, unit_set: str, year: int, scheme: str, like: int | None = None
) -> pd.DataFrame:
    """Rank one year's table by its own weights and by those of another scheme.

    Parameters
    ----------
    scheme
        The other scheme, over the same finest indicators.
    like
        None to weigh every finest indicator; or a year of `scheme`: only the parts that both
        tables know are weighed apart, as in `reweigh_change`.

    Returns
    -------
    DataFrame
        By unit: ``rank`` and ``rank_reweighed`` (Int64), and ``shift``, the rise that the
        other weights would have made.

    Raises
    ------
    DataError
        When finest indicators are not known of all units, or differ between the schemes.
    """
    if like is None:
        (parts,) = headlines.take_apart(unit_set, year)
        form: Any = forms(headlines.index, scheme).loc[headlines.index.headline]
        odd = set(form[form > 0].index) ^ set(parts.scores.columns)
        if odd:
            raise DataError(
                f"{headlines.index.name} {year} ({unit_set}) cannot be weighed by scheme {scheme}: "
                f"{', '.join(sorted(odd))} known or used in one only; weigh the common parts (like)"
            )
        weights = form[parts.scores.columns]
    else:
        first, parts = headlines.take_apart(unit_set, like, year)
        weights = first.weights
    own, other = (
        pd.Series(competition_ranks((parts.scores @ w).to_numpy()), parts.scores.index)
        for w in (parts.weights, weights)
    )
    ranks = pd.DataFrame({"rank": own, "rank_reweighed": other}).astype("Int64")
    return ranks.assign(shift=ranks["rank"] - ranks["rank_reweighed"])
