"""What a source leaves out of the table it quotes."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.tables.claims.evidence import origin


def left_out(claims: pd.DataFrame, changes: pd.DataFrame, headline: str) -> pd.DataFrame:
    """Return falls of the headline that a source leaves out while it tells of other rises.

    A source leaves a fall out when, of the same unit and the same two years, it gives the
    headline's rank and a rise of some other indicator, but not the headline's change.

    Parameters
    ----------
    claims
        unit_set, year, unit, indicator, measure, vs_year, value, source.
    changes
        The table of that name.

    Returns
    -------
    DataFrame
        One row per fall: unit_set, year, unit, unit_name, indicator, measure, vs_year, source,
        file, and ``low``, ``found``, ``high``: the change as recomputed.
    """
    rows = claims.assign(origin=claims["source"].map(origin))
    moves = rows[(rows["measure"] == "rank_change")]
    at: Any = changes[changes["indicator"] == headline].set_index(
        ["unit_set", "unit", "year_from", "year_to"]
    )
    falls: list[dict[str, Any]] = []
    key: Any
    for key, told in moves.groupby(["origin", "unit_set", "unit", "year", "vs_year"]):
        source, unit_set, unit, year, vs_year = key
        if headline in set(told["indicator"]) or not (told["value"] > 0).any():
            continue
        place = (unit_set, unit, vs_year, year)
        same = (rows["origin"] == source) & (rows["unit"] == unit) & (rows["year"] == year)
        if place not in at.index or headline not in set(rows.loc[same, "indicator"]):
            continue
        change = at.loc[place]
        if pd.isna(change["change"]) or change["change"] >= 0:
            continue
        first = told.iloc[0]
        falls.append(
            {
                **{name: first[name] for name in ("index", "unit_name", "file")},
                "unit_set": unit_set, "unit": unit, "year": year, "vs_year": vs_year,
                "indicator": headline, "measure": "rank_change", "source": source,
                "low": change["change_low"], "found": change["change"],
                "high": change["change_high"],
                "evidence": f"{vs_year}: {change['rank_from']}; {year}: {change['rank_to']}",
            }
        )  # fmt: skip
    columns = ["index", "unit_set", "year", "unit", "unit_name", "indicator", "measure", "vs_year",
               "source", "file", "low", "found", "high", "evidence"]  # fmt: skip
    return pd.DataFrame(falls, columns=columns)
