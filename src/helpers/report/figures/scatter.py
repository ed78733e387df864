"""Score against rank: why a higher score can come with a lower rank."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers import show
from helpers.palette import CONTEXT, HIGHLIGHT, MUTED, RULE
from helpers.report.figures import theme
from helpers.report.figures.labels import Label, beside, column_width_mm, line_mm, spread
from helpers.report.figures.rows import breaks, label_of, records, select_ranks
from helpers.words import Words

COLUMN_MM = 7.0  # from the points to the names


@theme.styled
def score_against_rank(
    ranks: pd.DataFrame,
    changes: pd.DataFrame,
    unit: str,
    year: int,
    indicator: str,
    words: Words,
    *,
    neighbours: int = 2,
    decimals: int = 4,
    labels: Mapping[str, str] | None = None,
    height_mm: float = 80.0,
) -> show.Figure:
    """Draw all units of a year by score and rank, with the year before where it compares.

    Parameters
    ----------
    ranks, changes
        The processed tables; of `changes` only which years compare.
    unit, year, indicator
        The unit that is set off, and what is drawn.
    words
        The language.
    neighbours
        How many units are named above and below it.
    decimals
        Of the scores, as published.
    labels
        The index's own labels by indicator.
    height_mm
        Of the figure; it is as wide as the text.

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

    column = _name_neighbours(now, unit, neighbours, decimals, words)
    fig = theme.figure(height_mm=height_mm)
    ax = theme.axes(fig, left=9, right=3, top=6, bottom=11)
    theme.rank_axis(ax, units, "y")
    before_text = "".join(
        f"{last}: {words.number(old.place)} ({words.number(old.score, decimals)})"
        for old in records(mine_before)
    )
    clear = _set_scores(ax, now, before, unit, (before_text, column_width_mm(column)), len(column))
    ticks = [tick for tick in ax.get_xticks() if ax.get_xlim()[0] <= tick <= ax.get_xlim()[1]]
    places = max(len(f"{tick:.6f}".rstrip("0").split(".")[1]) for tick in ticks)
    ax.set_xticks(ticks, [words.number(tick, places) for tick in ticks])
    ax.set_xlabel(words._("score"), loc="right")
    ax.set_title(words._("rank"), loc="left", x=-0.045, pad=5, **theme.NOTE)

    curves = [(before, RULE), (now, CONTEXT)] if len(before) > 1 else [(now, CONTEXT)]
    for rows, color in curves:
        ax.plot(rows["score"], rows["place"], "o", ms=4, color=color, mew=0, zorder=2)
    # At the top of the table the unit's own text stands where the year would, and says it.
    on_top = bool(before_text) and mine_before["place"].iloc[0] < 0.08 * units + 1
    if len(curves) > 1:
        _head_years(ax, [now] if on_top else [before, now])
    if before_text:
        _draw_before(ax, mine, mine_before.iloc[0], before_text)
    ax.plot(mine["score"], mine["place"], "o", ms=6.5, color=HIGHLIGHT, zorder=5)
    beside(ax, clear, column, offset_mm=COLUMN_MM)
    # Where less is better, the first place has the least score.
    at_top, at_bottom = (now.loc[now["place"] == p, "score"] for p in
                         (now["place"].min(), now["place"].max()))  # fmt: skip
    caption, alt = _say(
        mine, mine_before, units, label_of(labels, indicator), decimals, words,
        more_is_better=at_top.iloc[0] >= at_bottom.iloc[0],
    )  # fmt: skip
    near = "; ".join(" ".join(label.text.split()) for label in column)
    neighbours_text = words._("Around it: {neighbours}.", neighbours=near)
    return theme.finish(fig, theme.sentence([alt, neighbours_text]), caption)


def _set_scores(
    ax: Axes,
    now: pd.DataFrame,
    before: pd.DataFrame,
    unit: str,
    beside: tuple[str, float],
    lines: int,
) -> float:
    """Choose score limits with room for the names; return the score where these may start.

    The names stand in the empty corner below the curve, clear of the points beside them, and
    the year before's text in the one above it: `beside` is that text and the names' width.
    """
    text, names_mm = beside
    width, height = theme.axes_size_mm(ax)
    rank_mm = height / abs(ax.get_ylim()[0] - ax.get_ylim()[1])
    reach = (lines / 2 + 1) * line_mm(theme.BODY) / rank_mm
    # At the ends of the table the column cannot be centred on the unit.
    place = float(np.clip(now.loc[now["unit"] == unit, "place"].iloc[0], reach, None))
    clear = float(now.loc[now["place"] > place - reach, "score"].max())
    scores = pd.concat([now["score"], before["score"]])
    low, high = float(scores.min()), max(float(scores.max()), float(scores.min()) + 1e-6)
    names, note = (names_mm + COLUMN_MM + 4) / width, (theme.text_width_mm(text) + 4) / width
    right = high
    for _round in range(4):  # each end's room depends on the other's
        right = max(high, low + (clear - low) / (1 - names))
        if text:
            old = float(before.loc[before["unit"] == unit, "score"].iloc[0])
            low = min(low, (old - note * right) / (1 - note))
    pad = 0.02 * (right - low)
    ax.set_xlim(low - pad, right + pad)
    return clear


def _draw_before(ax: Axes, mine: pd.Series, old: pd.Series, text: str) -> None:
    """Mark the unit's place of the year before and how it got from there to its new one."""
    start, end = (old["score"], old["place"]), (mine["score"], mine["place"])
    head = "-|>,head_length=0.5,head_width=0.25"
    shaft = {"arrowstyle": head, "color": HIGHLIGHT, "lw": 1.6, "shrinkA": 4, "shrinkB": 4}
    ax.annotate("", end, start, arrowprops=shaft, zorder=4)
    ax.plot(*start, "o", ms=6, mfc="white", mec=HIGHLIGHT, mew=1.6)
    theme.write(ax, text, start, (-7, 3), rim=True, color=HIGHLIGHT)


def _head_years(ax: Axes, curves: list[pd.DataFrame]) -> None:
    """Write each year over the top of its curve."""
    tops = [rows.sort_values(["place", "score"]).iloc[0] for rows in curves]
    (x0, x1), width = ax.get_xlim(), theme.axes_size_mm(ax)[0]
    places = spread([top["score"] for top in tops], 9 * (x1 - x0) / width, x0, x1)
    for top, x in zip(tops, places, strict=True):
        theme.write(ax, str(int(top["year"])), (x, top["place"]), (0, 5), **theme.NOTE)


def _name_neighbours(
    now: pd.DataFrame, unit: str, neighbours: int, decimals: int, words: Words
) -> list[Label]:
    ordered = now.sort_values(["place", "unit"], ignore_index=True)
    at = int(ordered.index[ordered["unit"] == unit][0])
    near = ordered.iloc[max(0, at - neighbours) : at + neighbours + 1]
    return [
        Label(
            row.place,
            f"{words.number(row.place)}  {row.unit_name}  {words.number(row.score, decimals)}",
            HIGHLIGHT if row.unit == unit else MUTED,
            "bold" if row.unit == unit else "normal",
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
