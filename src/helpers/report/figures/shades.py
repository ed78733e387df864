"""What a map shows of each unit, and in which colour: a change of rank, or a rank."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from helpers.report.figures import theme
from helpers.report.figures.canvas import WHITE
from helpers.report.figures.rows import compare, label_of, select_changes, warn
from helpers.words import Words

STEPS: Final = 9  # shades that can be told apart, on either side of none


@dataclass(frozen=True)
class Shades:
    """What a map shows of each unit."""

    of: Mapping[str, float]
    names: Mapping[str, str]
    write: Callable[[float], str]
    share: Callable[[float], float]  # of the way through the colours
    shade: Callable[[float], str]
    heading: str
    ends: tuple[float, float, float]
    caption: str
    detail: str

    def color(self, unit: str) -> str:
        """Return a unit's colour; white where nothing is known of it."""
        if unit not in self.of:
            return WHITE
        return self.shade(round(self.share(self.of[unit]) * 2 * STEPS) / (2 * STEPS))


def shades_of(
    table: pd.DataFrame,
    words: Words,
    indicator: str,
    year_from: int | None,
    year_to: int,
    labels: Mapping[str, str] | None,
) -> Shades:
    """Return the change of each unit between two years, or without the first its rank."""
    known = table.drop_duplicates("unit")
    names = dict(zip(known["unit"].astype(str), known["unit_name"].astype(str), strict=True))
    if year_from is None:
        return _ranks(table, words, indicator, year_to, labels, names)
    rows = select_changes(table, year_from, year_to, indicator=indicator)
    moved = rows.set_index("unit")["change"].astype(float)
    limit = max(1.0, float(moved.abs().max()))
    caption = words._(
        "{indicator}, {year_from} to {year_to}: {up} up, {down} down, {still} unchanged.",
        indicator=label_of(labels, indicator),
        year_from=year_from,
        year_to=year_to,
        up=words.number((moved > 0).sum()),
        down=words.number((moved < 0).sum()),
        still=words.number((moved == 0).sum()),
    )
    caption = theme.sentence([caption, warn(words, compare(rows))])
    ends = moved.sort_values(ascending=False, kind="stable")
    rose, fell = (
        ", ".join(f"{names[str(unit)]} {words.signed(change)}" for unit, change in extreme.items())
        for extreme in (ends[ends > 0].head(5), ends[ends < 0].tail(5)[::-1])
    )
    extremes = [
        words._("Rose most: {units}.", units=rose) if rose else "",
        words._("Fell most: {units}.", units=fell) if fell else "",
    ]
    return Shades(
        {str(unit): float(change) for unit, change in moved.items()},
        names,
        words.signed,
        lambda change: (change / limit + 1) / 2,
        theme.diverging,
        words._("places risen (+) or fallen (−)"),
        (-limit, 0.0, limit),
        caption,
        theme.sentence(extremes),
    )


def _ranks(
    table: pd.DataFrame,
    words: Words,
    indicator: str,
    year: int,
    labels: Mapping[str, str] | None,
    names: Mapping[str, str],
) -> Shades:
    rows = table[(table["indicator"] == indicator) & (table["year"] == year)]
    ranks = rows.dropna(subset="rank").set_index("unit")["rank"].astype(float).sort_values()
    if ranks.empty:
        raise ValueError(f"no rank of {indicator!r} in {year} in the table of ranks")
    last = float(ranks.max())
    first, final = (
        ", ".join(f"{names[str(unit)]} {words.number(rank)}" for unit, rank in end.items())
        for end in (ranks.head(5), ranks.tail(5))
    )
    caption = words._("{indicator}: the ranks of {year}.",
                      indicator=label_of(labels, indicator), year=year)  # fmt: skip
    ends = words._("First: {first}. Last: {last}.", first=first, last=final)
    return Shades(
        {str(unit): float(rank) for unit, rank in ranks.items()},
        names,
        words.number,
        lambda rank: 1 - (rank - 1) / max(1.0, last - 1),
        theme.sequential,
        words._("rank (1 is best)"),
        (last, (1 + last) / 2, 1.0),
        caption,
        ends,
    )
