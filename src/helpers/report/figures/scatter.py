"""Score against rank: why a higher score can come with a lower rank."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.palette import CONTEXT, HIGHLIGHT, MUTED, RULE
from helpers.report.figures import theme
from helpers.report.figures.canvas import Drawing, Scale, line_height, text_width
from helpers.report.figures.labels import Label, beside, column_width, spread
from helpers.report.figures.rows import breaks, label_of, records, select_ranks
from helpers.words import Words

COLUMN = 20.0  # from the points to the names


@theme.figure
def score_against_rank(
    ranks: pd.DataFrame,
    words: Words,
    *,
    unit: str,
    year: int,
    indicator: str,
    changes: pd.DataFrame,
    neighbours: int = 2,
    decimals: int = 4,
    labels: Mapping[str, str] | None = None,
    height: float = 227.0,
) -> theme.Made:
    """Draw all units of a year by score and rank, with the year before where it compares.

    Parameters
    ----------
    ranks, changes
        The processed tables; of `changes` only which years compare.
    words
        The language.
    unit, year, indicator
        The unit that is set off, and what is drawn.
    neighbours
        How many units are named above and below it.
    decimals
        Of the scores, as published.
    labels
        The index's own labels by indicator.
    height
        Of the figure, in points.

    Raises
    ------
    ValueError
        If the unit has no score and rank of the indicator in that year.
    """
    rows = select_ranks(ranks, unit, indicator).dropna(subset="score")
    now, earlier = rows[rows["year"] == year], rows[rows["year"] < year]
    # The year before is the newest one that was scored, which may be two or more years back.
    before = earlier[earlier["year"] == earlier["year"].max()]
    if unit not in set(now["unit"]):
        raise ValueError(f"no score of {unit!r} in {year} for indicator {indicator!r}")
    last = int(before["year"].max()) if len(before) else year
    if (last, year) in breaks(changes, unit, indicator):
        before = before.iloc[:0]
    units = int(max(len(now), len(before), now["place"].max()))
    mine = now[now["unit"] == unit].iloc[0]
    mine_before = before[before["unit"] == unit]
    before_text = "".join(
        f"{last}: {words.number(old.place)} ({words.number(old.score, decimals)})"
        for old in records(mine_before)
    )

    def draw(width: float) -> Drawing:
        drawing = Drawing(width, height)
        left, top, bottom = 24.0, 20.0, height - 28
        column = _name_neighbours(now, unit, neighbours, decimals, words, drawing.narrow)
        room = min(column_width(column), width * 0.45)
        y = theme.rank_scale(units, bottom, top)
        x, clear = _scale(now, before, unit, (before_text, room), len(column), y, (left, width - 8))
        drawing.text(0, 9, words._("rank"), **theme.NOTE)
        for tick in theme.rank_ticks(units):
            drawing.lines([((left, y(tick)), (width, y(tick)))], RULE, 0.5, z=0, cap=None)
            drawing.text(left - 6, y(tick), words.number(tick), anchor="end", middle=True,
                         **theme.NOTE)  # fmt: skip
        ticks, places = theme.nice_ticks(x.first, x.last, 4 if drawing.narrow else 8)
        for score in ticks:
            drawing.text(x(score), height - 16, words.number(score, places), anchor="middle",
                         **theme.NOTE)  # fmt: skip
        drawing.text(width - 1, height - 4, words._("score"), anchor="end", **theme.NOTE)
        curves = [(before, RULE), (now, CONTEXT)] if len(before) > 1 else [(now, CONTEXT)]
        for points, color in curves:
            drawing.dots(x(points["score"].to_numpy()), y(points["place"].to_numpy()), 4.0, color,
                         z=2)  # fmt: skip
        # At the top of the table the unit's own text stands where the year would, and says it.
        on_top = bool(before_text) and mine_before["place"].iloc[0] < 0.08 * units + 1
        if len(curves) > 1:
            _head_years(drawing, [now] if on_top else [before, now], x, y)
        if before_text:
            _draw_before(drawing, mine, mine_before.iloc[0], before_text, x, y)
        drawing.dots(x(mine["score"]), y(mine["place"]), 6.8, HIGHLIGHT, z=5)
        placed = [Label(float(y(a.y)), a.text, a.color, a.bold, float(x(a.x))) for a in column]
        beside(drawing, float(x(clear)), placed, (top + 4, bottom - 4), offset=COLUMN, room=room)
        return drawing

    # Where less is better, the first place has the least score.
    at_top, at_bottom = (now.loc[now["place"] == p, "score"] for p in
                         (now["place"].min(), now["place"].max()))  # fmt: skip
    caption, alt = _say(
        mine, mine_before, units, label_of(labels, indicator), decimals, words,
        more_is_better=at_top.iloc[0] >= at_bottom.iloc[0],
    )  # fmt: skip
    full = _name_neighbours(now, unit, neighbours, decimals, words)
    near = "; ".join(" ".join(label.text.split()) for label in full)
    neighbours_text = words._("Around it: {neighbours}.", neighbours=near)
    return draw, theme.sentence([alt, neighbours_text]), caption


def _scale(
    now: pd.DataFrame,
    before: pd.DataFrame,
    unit: str,
    beside: tuple[str, float],
    lines: int,
    y: Scale,
    sides: tuple[float, float],
) -> tuple[Scale, float]:
    """Choose score limits with room for the names; return the score where these may start.

    The names stand in the empty corner below the curve, clear of the points beside them, and
    the year before's text in the one above it: `beside` is that text and the names' width.
    """
    text, names_wide = beside
    width = sides[1] - sides[0]
    reach = (lines / 2 + 1) * line_height(8.5) / abs(y(2) - y(1))
    # At the ends of the table the column cannot be centred on the unit.
    place = float(np.clip(now.loc[now["unit"] == unit, "place"].iloc[0], reach, None))
    clear = float(now.loc[now["place"] > place - reach, "score"].max())
    scores = pd.concat([now["score"], before["score"]])
    low, high = float(scores.min()), max(float(scores.max()), float(scores.min()) + 1e-6)
    names, note = (names_wide + COLUMN + 6) / width, (text_width(text) + 12) / width
    right = high
    for _round in range(4):  # each end's room depends on the other's
        right = max(high, low + (clear - low) / (1 - names))
        if text:
            old = float(before.loc[before["unit"] == unit, "score"].iloc[0])
            low = min(low, (old - note * right) / (1 - note))
    pad = 0.02 * (right - low)
    return Scale(low - pad, right + pad, *sides), clear


def _draw_before(
    drawing: Drawing, mine: pd.Series, old: pd.Series, text: str, x: Scale, y: Scale
) -> None:
    """Mark the unit's place of the year before and how it got from there to its new one."""
    start = np.array([x(old["score"]), y(old["place"])], dtype=float)
    end = np.array([x(mine["score"]), y(mine["place"])], dtype=float)
    length = float(np.hypot(*(end - start)))
    if length > 12:
        way = (end - start) / length
        tip, across = end - 4 * way, np.array([-way[1], way[0]])
        back = tip - 5.5 * way
        drawing.lines([(tuple(start + 3 * way), tuple(back))], HIGHLIGHT, 1.6, z=4, cap=None)
        head = (tuple(tip), tuple(back + 2.7 * across), tuple(back - 2.7 * across))
        drawing.areas([head], HIGHLIGHT, z=4)
    drawing.dots(start[0], start[1], 6.8, HIGHLIGHT, hollow=True)
    drawing.text(start[0] - 7, start[1] - 3, text, rim=True, color=HIGHLIGHT, anchor="end")


def _head_years(drawing: Drawing, curves: list[pd.DataFrame], x: Scale, y: Scale) -> None:
    """Write each year over the top of its curve."""
    tops = [rows.sort_values(["place", "score"]).iloc[0] for rows in curves]
    places = spread([x(top["score"]) for top in tops], 25, 8, drawing.width - 10)
    for top, at in zip(tops, places, strict=True):
        year = str(int(top["year"]))
        drawing.text(float(at), float(y(top["place"])) - 5, year, anchor="middle", **theme.NOTE)


def _name_neighbours(
    now: pd.DataFrame,
    unit: str,
    neighbours: int,
    decimals: int,
    words: Words,
    narrow: bool = False,
) -> list[Label]:
    ordered = now.sort_values(["place", "unit"], ignore_index=True)
    at = int(ordered.index[ordered["unit"] == unit][0])
    near = ordered.iloc[max(0, at - neighbours) : at + neighbours + 1]
    return [
        Label(
            row.place,
            f"{words.number(row.place)}\u00a0 {row.unit_name}"
            + ("" if narrow else f"\u00a0 {words.number(row.score, decimals)}"),
            HIGHLIGHT if row.unit == unit else MUTED,
            row.unit == unit,
            row.score,
        )
        for row in records(near)
    ]


def _say(
    mine: pd.Series,
    mine_before: pd.DataFrame,
    units: int,
    indicator: str,
    decimals: int,
    words: Words,
    *,
    more_is_better: bool,
) -> tuple[str, str]:
    """Return the caption and the alternative text without the neighbours."""
    filled = {
        "indicator": indicator,
        "unit": mine["unit_name"],
        "year_to": int(mine["year"]),
        "score_to": words.number(mine["score"], decimals),
        "rank_to": words.ordinal(mine["place"]),
        "units": words.number(units),
    }
    if mine_before.empty:
        text = words._(
            "{indicator}: {unit} has {score_to} in {year_to} and is {rank_to} of {units}.", **filled
        )
        return text, text
    old = mine_before.iloc[0]
    filled |= {
        "year_from": int(old["year"]),
        "score_from": words.number(old["score"], decimals),
        "rank_from": words.ordinal(old["place"]),
        "score_change": words.signed(
            # As printed: a reader who takes one score from the other finds this.
            round(mine["score"], decimals) - round(old["score"], decimals),
            decimals,
        ),
    }
    if more_is_better and mine["score"] > old["score"] and mine["place"] > old["place"]:
        caption = words._(
            "{indicator}: {unit} scores higher than in {year_from} ({score_change}) and still "
            "falls from {rank_from} to {rank_to}: the others gained more.",
            **filled,
        )
    elif mine["place"] == old["place"]:
        caption = words._(
            "{indicator}: {unit} is {rank_to} in {year_to} as in {year_from}, with a score that "
            "changed by {score_change}.",
            **filled,
        )
    else:
        caption = words._(
            "{indicator}: {unit} goes from {rank_from} to {rank_to} with a score that changed "
            "by {score_change}.",
            **filled,
        )
    detail = words._(
        "{year_from}: {score_from}, {rank_from}; {year_to}: {score_to}, {rank_to} of {units}.",
        **filled,
    )
    return caption, theme.sentence([caption, detail])
