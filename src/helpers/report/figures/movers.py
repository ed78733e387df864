"""The units that rose and fell most in a year, and how the whole table moved."""

from collections.abc import Mapping

import pandas as pd

from helpers import show
from helpers.palette import CONTEXT, HIGHLIGHT, MUTED, RULE
from helpers.report.figures import theme
from helpers.report.figures.dumbbell import Move, draw_moves
from helpers.report.figures.rows import compare, label_of, records, select_changes, warn
from helpers.words import Words


@theme.styled
def biggest_movers(
    changes: pd.DataFrame,
    year_from: int,
    year_to: int,
    indicator: str,
    words: Words,
    *,
    top: int = 8,
    highlight: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> show.Figure:
    """Draw the units that rose most, then those that fell most.

    Parameters
    ----------
    changes
        The processed table, of one unit set.
    year_from, year_to, indicator
        Which change.
    words
        The language.
    top
        How many each way; fewer where fewer moved.
    highlight
        A unit that is set off, and added where it is not among them.
    labels
        The index's own labels by indicator.

    Raises
    ------
    ValueError
        If there is no such change, or nobody moved.
    """
    rows = select_changes(changes, year_from, year_to, indicator=indicator)
    ordered = rows.sort_values(["change", "rank_to"], ascending=[False, True])
    rose = ordered[ordered["change"] > 0].head(top)
    fell = ordered[ordered["change"] < 0].tail(top)
    if rose.empty and fell.empty:
        raise ValueError(f"no unit moved from {year_from} to {year_to} in {indicator!r}")
    chosen = ordered[ordered["unit"].isin({*rose["unit"], *fell["unit"], highlight} - {None})]
    moves = [
        Move(row.unit_name, row.rank_from, row.rank_to, row.unit == highlight)
        for row in records(chosen)
    ]
    units = int(rows[["rank_from", "rank_to"]].max().max())
    fig, ax = draw_moves(moves, units, year_from, year_to, words)
    risers = int((chosen["change"] > 0).sum())
    if 0 < risers < len(moves):
        ax.axhline(risers - 0.5, color=MUTED, lw=0.8, ls=(0, (2, 2)), xmin=0, clip_on=False)
    caption = words._(
        "{indicator}, {year_from} to {year_to}: {ends}.",
        indicator=label_of(labels, indicator),
        year_from=year_from,
        year_to=year_to,
        ends=words.list(
            phrase.format(unit=row.unit_name, change=words.signed(row.change))
            for phrase, ends in (
                (words._("{unit} rose most ({change})"), rose.head(1)),
                (words._("{unit} fell most ({change})"), fell.tail(1)),
            )
            for row in records(ends)
        ),
    )
    caption = theme.sentence([caption, warn(words, compare(rows))])
    details = "; ".join(
        f"{move.label} {words.signed(move.change)} "
        f"({words.number(move.rank_from)} → {words.number(move.rank_to)})"
        for move in moves
    )
    return theme.finish(fig, theme.sentence([caption, f"{details}."]), caption)


@theme.styled
def changes_by_group(
    changes: pd.DataFrame,
    year_from: int,
    year_to: int,
    indicator: str,
    groups: Mapping[str, str],
    words: Words,
    *,
    highlight: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> show.Figure:
    """Draw every unit's change as a point, in one row per group, with the group's median.

    Parameters
    ----------
    changes
        The processed table.
    year_from, year_to, indicator
        Which change.
    groups
        The group's label by unit, for example its region; units without one are left out.
    words
        The language.
    highlight
        A unit that is set off.
    labels
        The index's own labels by indicator.

    Raises
    ------
    ValueError
        If there is no such change, or no unit has a group.
    """
    import seaborn as sns  # its swarm is the tool for many equal whole numbers; slow to import

    rows = select_changes(changes, year_from, year_to, indicator=indicator)
    rows = rows.assign(group=rows["unit"].map(dict(groups))).dropna(subset="group")
    if rows.empty:
        raise ValueError("no unit with a change has a group; the keys of groups are unit codes")
    medians = rows.groupby("group")["change"].median().sort_values(ascending=False, kind="stable")
    order = list(medians.index)
    left = min(60.0, max(theme.text_width_mm(theme.wrap(g, 46)) for g in order) + 4)
    fig = theme.figure(height_mm=12.5 * len(order) + 20)
    ax = theme.axes(fig, left=left, right=4, top=3, bottom=16)
    ax.axvline(0, color=MUTED, lw=0.8)
    rows = rows.assign(mark=rows["unit"] == highlight)
    sns.swarmplot(
        rows, x="change", y="group", hue="mark", order=order, size=4.5, legend=False, ax=ax,
        palette={False: CONTEXT, True: HIGHLIGHT},
    )  # fmt: skip
    for row, median in enumerate(medians):
        ax.axhline(row + 0.5, color=RULE, lw=0.5)
        color, (top, bottom) = theme.direction(median), (row - 0.33, row + 0.33)
        ax.plot([median, median], [top, bottom], color=color, lw=2.5, zorder=0.8)
        theme.write(
            ax, words.signed(median), (median, top), (0, 1), rim=True,
            color=color, weight="bold", size=theme.SMALL,
        )  # fmt: skip
    reach = rows["change"].abs().max() * 1.05 + 1
    ax.set_xlim(-reach, reach)
    ax.set_ylim(len(order) - 0.45, -0.6)
    ax.set_yticks(range(len(order)), [theme.wrap(group, 46) for group in order], color=MUTED)
    ticks = [tick for tick in ax.get_xticks() if abs(tick) <= reach]
    ax.set_xticks(ticks, [words.signed(tick) for tick in ticks])
    ax.set_xlabel(words._("places risen (+) or fallen (−)"), loc="right")
    ax.set_ylabel("")
    entries = [
        (theme.mark("o", 4.5, CONTEXT), words._("one unit")),
        (theme.mark("|", 9, MUTED, mew=2.5), words._("median")),
    ]
    for name in rows.loc[rows["mark"], "unit_name"].head(1):
        entries.append((theme.mark("o", 4.5, HIGHLIGHT), str(name)))
    theme.key(fig, entries, left_mm=left - 2)
    caption = words._(
        "{indicator}, {year_from} to {year_to}: {up} up, {down} down; by group the "
        "median change lies between {low} and {high}.",
        indicator=label_of(labels, indicator),
        year_from=year_from,
        year_to=year_to,
        up=words.number((rows["change"] > 0).sum()),
        down=words.number((rows["change"] < 0).sum()),
        low=words.signed(medians.min()),
        high=words.signed(medians.max()),
    )
    caption = theme.sentence([caption, warn(words, compare(rows))])
    details = "; ".join(f"{group} {words.signed(median)}" for group, median in medians.items())
    return theme.finish(fig, theme.sentence([caption, f"{details}."]), caption)
