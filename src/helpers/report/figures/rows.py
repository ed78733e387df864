"""Rows of the processed tables as the figures want them, and sentences that several share."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from helpers.words import Words


def select_ranks(ranks: pd.DataFrame, unit: str, indicator: str) -> pd.DataFrame:
    """Return the ranks of an indicator for everybody in a unit's unit set.

    Returns
    -------
    DataFrame
        Rows with a rank only; columns ``unit_set``, ``year``, ``unit``, ``unit_name``, ``score``,
        ``rank``, ``rank_low``, ``rank_high``, ``published``, ``place`` (the rank, or the published
        one where it is all there is) and ``published_only``.

    Raises
    ------
    ValueError
        If the unit has no rank of this indicator.
    """
    rows = ranks[ranks["indicator"] == indicator]
    sets = rows.loc[rows["unit"] == unit, "unit_set"].unique()
    rows = rows[rows["unit_set"].isin(sets)]
    place = rows["rank"].astype("Float64").fillna(rows["rank_published"].astype("Float64"))
    rows = rows.assign(
        place=place, published_only=rows["rank"].isna(), published=rows["rank_published"]
    )[place.notna()]
    if not (rows["unit"] == unit).any():
        raise ValueError(f"no rank of {unit!r} for indicator {indicator!r} in the table of ranks")
    columns = ["unit_set", "year", "unit", "unit_name", "score", "rank", "rank_low", "rank_high"]
    rows = rows[[*columns, "published", "place", "published_only"]]
    numeric = ["score", "rank", "rank_low", "rank_high", "published", "place"]
    return rows.astype(dict.fromkeys(numeric, float)).reset_index(drop=True)


def select_changes(
    changes: pd.DataFrame, year_from: int, year_to: int, **where: str
) -> pd.DataFrame:
    """Return the changes between two years of units or indicators whose ranks are both known.

    Raises
    ------
    ValueError
        If there are none.
    """
    chosen = (changes["year_from"] == year_from) & (changes["year_to"] == year_to)
    for column, value in where.items():
        chosen &= changes[column] == value
    rows = changes[chosen & changes["change"].notna()]
    if rows.empty:
        wanted = ", ".join(f"{column} {value!r}" for column, value in where.items())
        raise ValueError(f"no change from {year_from} to {year_to} for {wanted}")
    numeric = ["rank_from", "rank_to", "change", "change_low", "change_high"]
    return rows.astype(dict.fromkeys(numeric, float)).reset_index(drop=True)


def records(frame: pd.DataFrame) -> Iterator[Any]:
    """Go through the rows as named tuples, the index as ``Index``."""
    return iter(frame.itertuples())


def breaks(changes: pd.DataFrame, unit: str, indicator: str) -> set[tuple[int, int]]:
    """Return the pairs of years that are not comparable for a unit's unit set."""
    rows = changes[changes["indicator"] == indicator]
    sets = rows.loc[rows["unit"] == unit, "unit_set"].unique()
    rows = rows[rows["unit_set"].isin(sets) & rows["comparable"].eq(False)]
    pairs = set(zip(rows["year_from"].astype(int), rows["year_to"].astype(int), strict=True))
    # A change over years without some unit spans pairs that stand for themselves.
    return {(a, b) for a, b in pairs if not any(a <= c and d <= b for c, d in pairs - {(a, b)})}


def warn(words: Words, comparable: bool) -> str:
    """Return the sentence that belongs under a change across a break, else nothing."""
    return "" if comparable else words._("The two years are not comparable.")


def compare(changes: pd.DataFrame) -> bool:
    """Tell whether all changes shown are between years that compare."""
    return bool(changes["comparable"].fillna(True).all())


def label_of(labels: Mapping[str, str] | None, indicator: str) -> str:
    """Return the index's own label of an indicator, or its code in readable form."""
    return (labels or {}).get(indicator, indicator.replace("_", " "))


def say_move(
    words: Words,
    unit: str,
    indicator: str,
    places: tuple[float, float],
    years: tuple[int, int],
    units: tuple[int, ...],
    *,
    comparable: bool = True,
) -> str:
    """Say where a unit came from and where it went, among how many, and if that compares."""
    filled = {
        "unit": unit,
        "indicator": indicator,
        "rank_from": words.ordinal(places[0]),
        "rank_to": words.ordinal(places[1]),
        "year_from": years[0],
        "year_to": years[1],
        "units": words.number(units[-1]),
        "units_from": words.number(units[0]),
    }
    if units[0] != units[-1] or not comparable:
        text = words._(
            "{indicator}: {unit} was {rank_from} of {units_from} in {year_from} and {rank_to} of "
            "{units} in {year_to}.",
            **filled,
        )
        if comparable:
            return text
        return (
            f"{text} {words._('The scheme changed in between: the two ranks are not comparable.')}"
        )
    if places[1] > places[0]:
        return words._(
            "{indicator}: {unit} fell from {rank_from} ({year_from}) to {rank_to} ({year_to}) "
            "of {units}.",
            **filled,
        )
    if places[1] < places[0]:
        return words._(
            "{indicator}: {unit} rose from {rank_from} ({year_from}) to {rank_to} ({year_to}) "
            "of {units}.",
            **filled,
        )
    return words._(
        "{indicator}: {unit} is {rank_to} of {units} in {year_to}, as in {year_from}.", **filled
    )
