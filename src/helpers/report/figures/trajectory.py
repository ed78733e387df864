"""The path of one unit's rank over all years, among its neighbours of today."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.palette import HIGHLIGHT, MUTED, RULE
from helpers.report.figures import locator, theme
from helpers.report.figures.canvas import BODY, SMALL, Drawing, Scale, text_box, text_width
from helpers.report.figures.labels import Label, beside, column_width
from helpers.report.figures.links import DASHED, draw_links
from helpers.report.figures.rows import breaks, label_of, records, say_move, select_ranks
from helpers.words import Words

CONTEXT_POINTS = 1200  # more grey than this cannot be told apart


@theme.figure
def trajectory(
    ranks: pd.DataFrame,
    words: Words,
    *,
    unit: str,
    indicator: str,
    changes: pd.DataFrame,
    labels: Mapping[str, str] | None = None,
    size: Callable[[int], int] | None = None,
    recomputed: bool = False,
    placed: int | None = None,
    tiles: Sequence[locator.Tile] = (),
    height: float = 250.0,
) -> theme.Made:
    """Draw a bump chart of all years of the unit's unit set.

    The units next to it in the last year stand out from the others, which are faint and not
    drawn between years that are not comparable. A hollow mark is a rank known only as published,
    a bar the ranks that the rounding of the scores allows, a dotted link a pair of years that are
    not comparable; the line between them is named over itself, or in the key where there are too
    many for their names. A year of the table without a rank interrupts the line; one in which no
    table appeared does not.

    Parameters
    ----------
    ranks, changes
        The processed tables; of `changes` only which years compare.
    words
        The language.
    unit
        The unit to follow.
    indicator
        Whose ranks are drawn.
    labels
        The index's own labels by indicator.
    size
        How many units were ranked in a year; as many as the table has ranks where left out.
    recomputed
        Whether ranks that were never published were computed here, as those of merged units
        for the years before the merger: these have hollow marks and broken links.
    placed, tiles
        The year whose ranks a small map beside the paths shows, where the units have tiles.
    height
        Of the figure, in points.

    Raises
    ------
    ValueError
        If the unit has no rank of the indicator.
    """
    place = None if placed is None else locator.find(ranks, unit, indicator, placed, tiles)
    rows = select_ranks(ranks, unit, indicator)
    own = rows[rows["unit"] == unit].sort_values("year")
    own = own.assign(computed=recomputed & own["published"].isna() & own["rank"].notna())
    name = str(own["unit_name"].iloc[-1])
    told = [(ranks, "year"), (changes, "year_from"), (changes, "year_to")]
    years = np.unique(
        np.concatenate(
            [f.loc[f["unit_set"].isin(rows["unit_set"]), y].astype(int) for f, y in told]
        )
    )
    years = years[(years >= rows["year"].min()) & (years <= rows["year"].max())]
    table = rows.pivot(index="unit", columns="year", values="place").reindex(columns=years)
    broken = breaks(changes, unit, indicator)
    middles = sorted((a + b) / 2 for a, b in broken if years[0] <= a and b <= years[-1])
    units = int(max(rows.groupby("year")["unit"].nunique().max(), rows["place"].max()))
    others = table.drop(index=unit)
    most = max(2, CONTEXT_POINTS // len(years))
    thinned = others.iloc[np.unique(np.linspace(0, len(others) - 1, most).astype(int))]
    computed = set(own.loc[own["computed"], "year"].astype(int))
    column, near = _name_last_year(rows, own, years[-1])
    beside_own = table.loc[near]

    def draw(width: float) -> Drawing:
        narrow = width < 350
        left, top = 24.0, 18.0
        beside_it = 0.0 if place is None or narrow else locator.WIDTH + 16
        right = min(column_width(column), (width - beside_it) * 0.34) + 14 + beside_it
        x = Scale(years[0] - 0.01, years[-1], left + 17, width - right)
        in_key = not _have_room([x(m) for m in middles], words)
        entries = [
            (kind, text)
            for kind, text, wanted in (
                ("bar", words._("ranks that rounding allows"),
                 (own["rank_low"] < own["rank_high"]).any()),
                ("hollow", words._("published rank only"), own["published_only"].any()),
                ("computed", words._("rank computed here, not published"), bool(computed)),
                ("break", words._("the years beside it are not comparable"), middles and in_key),
            )
            if wanted
        ]  # fmt: skip
        below = 190.0 if place is not None and narrow else 0.0
        drawing = Drawing(width, height + below + theme.key_height(width, entries))
        bottom = height - 14
        y = theme.rank_scale(units, bottom, top)
        drawing.text(0, 9, words._("rank"), **theme.NOTE)
        for tick in theme.rank_ticks(units):
            drawing.text(left - 6, y(tick), words.number(tick), anchor="end", middle=True,
                         **theme.NOTE)  # fmt: skip
        for year in _years_with_room(years, x):
            drawing.text(x(year), height - 3, str(year), anchor="middle", **theme.NOTE)
        for middle in middles:
            ends = ((x(middle), top), (x(middle), bottom))
            drawing.lines([ends], MUTED if in_key else RULE, 0.8, z=0, dash=DASHED * in_key,
                          cap=None)  # fmt: skip
            if not in_key:
                drawing.text(x(middle), 9, words._("not comparable"), anchor="middle", **theme.NOTE)
        draw_links(drawing, x(years), y(thinned.to_numpy()), years, broken, set(), RULE, 0.5)
        draw_links(drawing, x(years), y(beside_own.to_numpy()), years, broken, set(), MUTED, 0.9)
        mine = y(table.loc[[unit]].to_numpy())
        draw_links(drawing, x(years), mine, years, broken, computed, HIGHLIGHT, 2.0)
        _draw_marks(drawing, own, x, y)
        beside(drawing, float(x(years[-1])), [_at(label, y) for label in column],
               (top + 4, bottom), offset=11, room=right - 13 - beside_it)  # fmt: skip
        if place is not None and narrow:
            place.draw(drawing, left, height + 22, height + below - 6, words)
        elif place is not None:
            place.draw(drawing, width - locator.WIDTH, top, bottom, words)
        _write_ranks(drawing, own[own["year"] < years[-1]], x, y, words)
        theme.key(drawing, entries, _marks(drawing, narrow))
        return drawing

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
    return draw, theme.sentence([caption, _say_places(own, words)]), caption


def _at(label: Label, y: Scale) -> Label:
    return Label(float(y(label.y)), label.text, label.color, label.bold)


def _have_room(middles: Sequence[float], words: Words) -> bool:
    """Tell whether every break can be named over its line, clear of the others and of the axis."""
    if not middles:
        return True
    wide = text_width(words._("not comparable"), SMALL)
    clear = text_width(words._("rank"), SMALL) + wide / 2 + 6
    return middles[0] > clear and bool((np.diff(middles) > wide + 6).all())


def _years_with_room(years: npt.NDArray[np.int64], x: Scale) -> list[int]:
    """Return the years that are named: the last, and as many before it as leave each room."""
    step = 1
    while step < len(years) and (x(years[step:]) - x(years[:-step])).min() < 24:
        step += 1
    return [int(year) for year in years[::-1][::step]]


def _draw_marks(drawing: Drawing, own: pd.DataFrame, x: Scale, y: Scale) -> None:
    """Mark the unit's ranks: hollow where only published, or where computed here."""
    unsure = own[own["rank_low"] < own["rank_high"]]
    bars = [
        ((x(row.year), y(row.rank_low)), (x(row.year), y(row.rank_high))) for row in records(unsure)
    ]
    if bars:
        drawing.lines(bars, HIGHLIGHT, 5, z=2.5, opacity=0.35, cap=None)
    hollow = own["published_only"] | own["computed"]
    for rows, empty in ((own[~hollow], False), (own[hollow], True)):
        if len(rows):
            at = x(rows["year"].to_numpy()), y(rows["place"].to_numpy())
            drawing.dots(*at, 5.8, HIGHLIGHT, hollow=empty)


def _write_ranks(drawing: Drawing, own: pd.DataFrame, x: Scale, y: Scale, words: Words) -> None:
    """Write the unit's ranks, the telling ones first, so far as there is room."""
    places = own["place"].to_numpy()
    if not len(places):
        return
    turns = np.sign(np.diff(places, prepend=np.nan, append=np.nan))
    order = {int(np.argmin(places)): 1, int(np.argmax(places)): 1, 0: 0}
    size = BODY + 1
    points = [(float(x(a)), float(y(b))) for a, b in zip(own["year"], places, strict=True)]
    # No number lies on another's mark, or on the line to it.
    marks = [(a - 3.2, b - 3.2, a + 3.2, b + 3.2) for a, b in points]
    drawing.boxes += marks
    for i in sorted(range(len(places)), key=lambda i: (order.get(i, 2), i)):
        text, (a, b) = words.number(places[i]), points[i]
        wide = text_width(text, size, bold=True)
        before, after = turns[i], turns[i + 1]
        down = (after < 0 or before > 0) and not (after > 0 or before < 0)
        ways = [(a - wide / 2, b - 6), (a - wide / 2, b + 6 + 0.66 * size)]
        slope = before if np.isfinite(before) else after
        side = 4.5 if slope > 0 else -4.5 - wide
        ways = [*(ways[::-1] if down else ways), (a + side, b - 4), (a - wide - 5, b + 3)]
        for left, base in ways:
            box = text_box(left, base, text, size, bold=True)
            if drawing.is_free(box):
                drawing.text(left, base, text, color=HIGHLIGHT, size=size, bold=True, rim=True)
                break
    for mark in marks:
        drawing.boxes.remove(mark)


def _marks(drawing: Drawing, narrow: bool) -> dict[str, Callable[[float, float], None]]:
    def line(x: float, y: float, **style: object) -> None:
        drawing.lines([((x, y - 4), (x, y + 4))], cap=None, **style)  # type: ignore[arg-type]

    def computed(x: float, y: float) -> None:
        drawing.lines([((x - 6, y), (x + 6, y))], HIGHLIGHT, 2, dash=DASHED, cap=None)
        drawing.dots(x, y, 5.8, HIGHLIGHT, hollow=True)

    return {
        "bar": lambda x, y: line(x, y, color=HIGHLIGHT, width=5, opacity=0.35),
        "hollow": lambda x, y: drawing.dots(x, y, 5.8, HIGHLIGHT, hollow=True),
        "computed": computed,
        "break": lambda x, y: line(x, y, color=MUTED, width=0.8, dash=DASHED),
    }


def _name_last_year(
    rows: pd.DataFrame, own: pd.DataFrame, year: int
) -> tuple[list[Label], list[str]]:
    """Name the unit, its neighbours, the first and the last; return the neighbours' codes too."""
    last = rows[rows["year"] == year].sort_values(["place", "unit"], ignore_index=True)
    mine = own["unit"].iloc[0]
    at = last.index[last["unit"] == mine]
    near = {i + step for i in at for step in (-2, -1, 1, 2)} & set(last.index)
    column = [
        Label(
            row.place,
            f"{row.place:.0f}\u00a0 {row.unit_name}",
            HIGHLIGHT if row.unit == mine else MUTED,
            row.unit == mine,
        )
        for row in records(last.iloc[sorted({0, len(last) - 1, *at, *near} & set(last.index))])
    ]
    return column, list(last.loc[sorted(near), "unit"])


def _say_places(own: pd.DataFrame, words: Words) -> str:
    places = [
        words._("{year}: {place} (published only)", year=row.year, place=words.number(row.place))
        if row.published_only
        else words._("{year}: {place} (computed here)", year=row.year,
                     place=words.number(row.place))
        if row.computed
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
    ]  # fmt: skip
    return words._("Rank by year: {places}.", places="; ".join(places))
