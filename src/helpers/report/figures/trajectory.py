"""The path of one unit's rank over all years, against everybody else's."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D

from helpers import show
from helpers.palette import CONTEXT, HIGHLIGHT, MUTED, RULE
from helpers.report.figures import theme
from helpers.report.figures.labels import Label, beside, column_width_mm
from helpers.report.figures.rows import breaks, label_of, records, say_move, select_ranks
from helpers.words import Words

CONTEXT_LINES = 200  # more grey lines than this cannot be told apart
DOTTED = (0, (1.0, 2.2))
DASHED = (0, (4.0, 2.5))


@theme.styled
def trajectory(
    ranks: pd.DataFrame,
    changes: pd.DataFrame,
    unit: str,
    indicator: str,
    words: Words,
    *,
    labels: Mapping[str, str] | None = None,
    size: Callable[[int], int] | None = None,
    height_mm: float = 88.0,
) -> show.Figure:
    """Draw a bump chart of all years of the unit's unit set.

    A hollow mark is a rank known only as published, a bar the ranks that the rounding of the
    scores allows, a dotted link a pair of years that are not comparable; the line between them
    is named over itself, or in the key where there are too many for their names. A year of the
    table without a rank interrupts the line; one in which no table appeared does not.

    Parameters
    ----------
    ranks, changes
        The processed tables; of `changes` only which years compare.
    unit
        The unit to follow.
    indicator
        Whose ranks are drawn.
    words
        The language.
    labels
        The index's own labels by indicator.
    size
        How many units were ranked in a year; as many as the table has ranks where left out.
    height_mm
        Of the figure; it is as wide as the text.

    Raises
    ------
    ValueError
        If the unit has no rank of the indicator.
    """
    rows = select_ranks(ranks, unit, indicator)
    own = rows[rows["unit"] == unit].sort_values("year")
    name = str(own["unit_name"].iloc[-1])
    told = [(ranks, "year"), (changes, "year_from"), (changes, "year_to")]
    years = np.unique(
        np.concatenate(
            [f.loc[f["unit_set"].isin(rows["unit_set"]), y].astype(int) for f, y in told]
        )
    )
    years = years[(years >= rows["year"].min()) & (years <= rows["year"].max())]
    table = rows.pivot(index="unit", columns="year", values="place")
    table = table.reindex(columns=years)
    broken = breaks(changes, unit, indicator)
    middles = sorted((a + b) / 2 for a, b in broken if years[0] <= a and b <= years[-1])
    units = int(max(rows.groupby("year")["unit"].nunique().max(), rows["place"].max()))

    column = _name_last_year(rows, own, years[-1])
    limits = (years[0] - 0.12, years[-1] + 0.05)
    right = column_width_mm(column) + 6
    in_key = not _have_room(middles, limits, theme.TEXT_WIDTH_MM - 9 - right, words)
    marked = own["published_only"] | (own["rank_low"] < own["rank_high"])
    fig = theme.figure(height_mm=height_mm)
    ax = theme.axes(fig, left=9, right=right, top=6, bottom=11 if in_key or marked.any() else 6)
    theme.rank_axis(ax, units, "y", grid=False)
    ax.set_xlim(*limits)
    ax.set_xticks(years, [str(year) for year in years])
    ax.set_title(words._("rank"), loc="left", x=-0.045, pad=5, **theme.NOTE)

    others = table.drop(index=unit)
    thinned = others.iloc[np.unique(np.linspace(0, len(others) - 1, CONTEXT_LINES).astype(int))]
    _draw_lines(ax, years, thinned.to_numpy(), broken, CONTEXT, 0.7)
    _draw_lines(ax, years, table.loc[[unit]].to_numpy(), broken, HIGHLIGHT, 2.0)
    mark: Any = {"color": MUTED, "ls": DASHED} if in_key else {"color": RULE}
    mark["lw"] = 0.8
    for middle in middles:
        ax.axvline(middle, zorder=0.5, **mark)
        if not in_key:
            ax.text(
                middle, 1.01, words._("not comparable"), transform=ax.get_xaxis_transform(),
                ha="center", va="bottom", **theme.NOTE,
            )  # fmt: skip
    entries = _draw_places(ax, own, words)
    if in_key:
        entries.append((Line2D([], [], **mark), words._("the years beside it do not compare")))
    beside(ax, float(years[-1]), column)
    theme.key(fig, entries, left_mm=8)

    places = (own["place"].iloc[0], own["place"].iloc[-1])
    span = (int(own["year"].iloc[0]), int(own["year"].iloc[-1]))
    # A year of which only some ranks are known (a rank beyond their number) is of all units.
    known = rows[rows["place"].notna()].groupby("year")
    whole = known.filter(lambda g: g["place"].max() <= len(g) and not g["published_only"].any())
    sizes = whole.groupby("year")["unit"].nunique()
    among = tuple(int(sizes.get(year, units)) if size is None else size(year) for year in span)
    label = label_of(labels, indicator)
    apart = any(span[0] < middle < span[1] for middle in middles)
    caption = say_move(words, name, label, places, span, among, comparable=not apart)
    return theme.finish(fig, theme.sentence([caption, _say_places(own, words)]), caption)


def _have_room(
    middles: Sequence[float], limits: tuple[float, float], width_mm: float, words: Words
) -> bool:
    """Tell whether every break can be named over its line, clear of the others and of the axis."""
    if not middles:
        return True
    reach = theme.text_width_mm(words._("not comparable"), theme.SMALL) / 2
    axis = theme.text_width_mm(words._("rank"), theme.SMALL) - 0.045 * width_mm
    at = [width_mm * (x - limits[0]) / (limits[1] - limits[0]) for x in middles]
    gaps = np.diff(at)
    return at[0] - reach > axis + 2 and bool((gaps > 2 * reach + 2).all())


def _draw_lines(
    ax: Axes,
    years: npt.NDArray[np.int64],
    places: npt.NDArray[np.float64],
    broken: set[tuple[int, int]],
    color: str,
    width: float,
) -> None:
    """Draw the links between neighbouring years that both have a rank, and nothing else.

    `places` is units x years, NaN where there is no rank.
    """
    points = np.stack(np.broadcast_arrays(years.astype(float), places), axis=-1)
    links = np.stack([points[:, :-1], points[:, 1:]], axis=2).reshape(-1, 2, 2)
    links = links[np.isfinite(links).all(axis=(1, 2))]
    dotted = np.array([(int(a), int(b)) in broken for a, b in links[:, :, 0]], dtype=bool)
    order = 3 if color == HIGHLIGHT else 1
    for chosen, style in ((~dotted, "-"), (dotted, DOTTED)):
        if chosen.any():
            drawn: Any = {"colors": color, "linewidths": width, "ls": style, "zorder": order}
            ax.add_collection(LineCollection(list(links[chosen]), **drawn), autolim=False)
    if color != HIGHLIGHT:
        dots = points.reshape(-1, 2)
        ax.plot(dots[:, 0], dots[:, 1], ls="", marker=".", ms=2.2, color=color, zorder=order)


def _draw_places(ax: Axes, own: pd.DataFrame, words: Words) -> list[tuple[Line2D, str]]:
    """Mark and number the unit's ranks; return the key for the marks that are used."""
    entries: list[tuple[Line2D, str]] = []
    uncertain = own[own["rank_low"] < own["rank_high"]]
    if not uncertain.empty:
        ends = uncertain["rank_low"], uncertain["rank_high"]
        pale: Any = {"color": HIGHLIGHT, "alpha": 0.35}
        ax.vlines(uncertain["year"], *ends, lw=5, zorder=2.5, **pale)
        bar = theme.mark("|", 8, lw=4, mew=4, **pale)
        entries.append((bar, words._("ranks that rounding allows")))
    alone = own["published_only"].to_numpy(dtype=bool)
    solid, empty = own[~alone], own[alone]
    ax.plot(solid["year"], solid["place"], "o", ms=5.5, color=HIGHLIGHT, zorder=4)
    if not empty.empty:
        hollow: Any = {"mfc": "white", "mec": HIGHLIGHT, "mew": 1.5}
        ax.plot(empty["year"], empty["place"], "o", ms=5.5, zorder=4, **hollow)
        mark = theme.mark("o", 5, HIGHLIGHT, mfc="white", mew=1.3)
        entries.append((mark, words._("published rank only")))
    steps = np.sign(np.diff(own["place"], prepend=np.nan, append=np.nan))
    last_year = ax.get_xlim()[1] - 0.05
    for place, year, before, after in zip(
        own["place"], own["year"], steps[:-1], steps[1:], strict=True
    ):
        if year >= last_year:  # its number stands in the column of names
            continue
        shift = _free_side(
            before if np.isfinite(before) else after, after if np.isfinite(after) else before
        )
        theme.write(
            ax, words.number(place), (year, place), shift, rim=True,
            weight="bold", color=HIGHLIGHT, size=theme.BODY + 1, zorder=5,
        )  # fmt: skip
    return entries


def _free_side(before: float, after: float) -> tuple[float, float]:
    """Return where a number is clear of the line; +1 is a step to a larger (lower) rank."""
    if before < 0 < after or not (np.isfinite(before) and np.isfinite(after)):
        return 0, 6  # a peak, or a point on its own
    if after < 0 < before:
        return 0, -6
    return (4, 3) if before + after >= 0 else (-4, 3)


def _name_last_year(rows: pd.DataFrame, own: pd.DataFrame, year: int) -> list[Label]:
    """Name the unit, its neighbours, the first and the last at the right-hand edge."""
    last = rows[rows["year"] == year].sort_values(["place", "unit"], ignore_index=True)
    mine = own["unit"].iloc[0]
    at = last.index[last["unit"] == mine]
    wanted = {0, len(last) - 1, *(i + step for i in at for step in (-1, 0, 1))}
    return [
        Label(
            row.place,
            f"{row.place:.0f}  {row.unit_name}",
            HIGHLIGHT if row.unit == mine else MUTED,
            "bold" if row.unit == mine else "normal",
        )
        for row in records(last.iloc[sorted(wanted & set(last.index))])
    ]


def _say_places(own: pd.DataFrame, words: Words) -> str:
    places = [
        words._("{year}: {place} (published only)", year=row.year, place=words.number(row.place))
        if row.published_only
        else words._(
            "{year}: {place} (between {low} and {high} given rounding)",
            year=row.year,
            place=words.number(row.place),
            low=words.number(row.rank_low),
            high=words.number(row.rank_high),
        )
        if row.rank_low < row.rank_high
        else f"{row.year}: {words.number(row.place)}"
        for row in records(own)
    ]
    return words._("Rank by year: {places}.", places="; ".join(places))
