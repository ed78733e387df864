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

from helpers.errors import DataError
from helpers.methods.attribute import reweighting
from helpers.methods.ranking import competition_ranks
from helpers.tables.headline import Headlines
from helpers.tables.score import forms


def breaks(headlines: Headlines) -> list[tuple[str, int, int]]:
    """Return unit set and years of neighbouring full tables that do not compare.

    Those of which only the headline is known are left out: there is nothing to weigh.
    """
    broken = []
    for unit_set in dict.fromkeys(unit_set for unit_set, _year in headlines.full):
        years = sorted(year for one, year in headlines.full if one == unit_set)
        for before, after in pairwise(years):
            if headlines.index.break_reason(before, after):
                parts, _later = headlines.take_apart(unit_set, before, after)
                broken += [(unit_set, before, after)] if len(parts.weights) > 1 else []
    return broken


def summarise(headlines: Headlines) -> pd.DataFrame:
    """Return for every break how much of the rank changes the new weights alone make.

    Returns
    -------
    DataFrame
        ``unit_set``, ``year_from``, ``year_to``; means over the units of the places moved
        (``change``) and of those that `reweigh_change` gives the weights (``by_weights``);
        and where the later table can be weighed exactly, the mean and most places that the
        earlier weights shift it (``exact``, ``most``), and how far the parts known in both
        years are off from that on average (``off``).
    """
    rows = []
    for unit_set, before, after in breaks(headlines):
        split = reweigh_change(headlines, unit_set, before, after)
        row: dict[str, Any] = {
            "unit_set": unit_set,
            "year_from": before,
            "year_to": after,
            "change": split["change"].abs().mean(),
            "by_weights": split["scheme_effect"].abs().mean(),
        }
        scheme = headlines.index.scheme(before)
        if not _unknown(headlines, unit_set, after, scheme):
            exact = reweigh_table(headlines, unit_set, after, scheme)["shift"]
            rough = reweigh_table(headlines, unit_set, after, scheme, before)["shift"]
            row["exact"], row["most"] = exact.abs().mean(), exact.abs().max()
            row["off"] = (rough - exact).abs().mean()
        rows.append(row)
    columns = ["unit_set", "year_from", "year_to", "change", "by_weights", "exact", "most", "off"]
    return pd.DataFrame(rows, columns=columns)


def reweigh_change(
    headlines: Headlines, unit_set: str, year_from: int, year_to: int
) -> pd.DataFrame:
    """Split rank changes across a break into the effect of the weights and that of the data.

    Returns
    -------
    DataFrame
        As `helpers.methods.attribute.reweighting` of the parts that both years have in common:
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
        The other scheme.
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
        When finest indicators that either scheme uses are not known of all units.
    """
    if like is None:
        if unknown := _unknown(headlines, unit_set, year, scheme):
            raise DataError(
                f"{headlines.index.name} {year} ({unit_set}) cannot be weighed by scheme {scheme}: "
                f"{', '.join(unknown)} not known of all units; weigh the common parts (like)"
            )
        (parts,) = headlines.take_apart(unit_set, year)
        form: Any = forms(headlines.index, scheme).loc[headlines.index.headline]
        weights = form.reindex(parts.scores.columns, fill_value=0.0)
    else:
        first, parts = headlines.take_apart(unit_set, like, year)
        weights = first.weights
    own, other = (
        pd.Series(competition_ranks(parts.scores @ w), parts.scores.index)
        for w in (parts.weights, weights)
    )
    ranks = pd.DataFrame({"rank": own, "rank_reweighed": other}).astype("Int64")
    return ranks.assign(shift=ranks["rank"] - ranks["rank_reweighed"])


def _unknown(headlines: Headlines, unit_set: str, year: int, scheme: str) -> list[str]:
    """Return the finest indicators a scheme needs that a table does not have as parts."""
    (parts,) = headlines.take_apart(unit_set, year)
    form: Any = forms(headlines.index, scheme).loc[headlines.index.headline]
    wanted = {*form[form > 0].index, *parts.held}
    return sorted(wanted - set(parts.scores.columns))
