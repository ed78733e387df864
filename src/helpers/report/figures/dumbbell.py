"""Two ranks per row and the move between them: by pillar for one unit, or by unit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers import show
from helpers.palette import MUTED, RULE
from helpers.report.figures import theme
from helpers.report.figures.labels import spread
from helpers.report.figures.rows import compare, label_of, select_changes, warn
from helpers.words import Words

ROW_MM = 6.4


@dataclass(frozen=True)
class Move:
    """One row: who or what moved, from where, to where."""

    label: str
    rank_from: float
    rank_to: float
    highlight: bool = False

    @property
    def change(self) -> float:
        """Places gained; negative is a fall."""
        return self.rank_from - self.rank_to


@theme.styled
def dumbbell(
    changes: pd.DataFrame,
    unit: str,
    year_from: int,
    year_to: int,
    words: Words,
    *,
    labels: Mapping[str, str] | None = None,
    indicators: Sequence[str] | None = None,
) -> show.Figure:
    """Draw a unit's change of rank in each indicator between two years.

    Parameters
    ----------
    changes
        The processed table.
    unit, year_from, year_to
        Whose change, and when.
    words
        The language.
    labels
        The index's own labels by indicator; their order is the order of the rows where
        `indicators` does not give one.
    indicators
        Which rows, top to bottom; all in the table when left out.

    Raises
    ------
    ValueError
        If the unit has no change between the years.
    """
    rows = select_changes(changes, year_from, year_to, unit=unit).set_index("indicator")
    wanted = indicators or sorted(rows.index, key=list(labels or rows.index).index)
    starts, ends = rows["rank_from"].to_dict(), rows["rank_to"].to_dict()
    moves = [
        Move(label_of(labels, i), starts[i], ends[i], n == 0)
        for n, i in enumerate(wanted)
        if i in starts
    ]
    same_set = changes[changes["unit_set"].isin(rows["unit_set"].unique())]
    units = int(same_set[["rank_from", "rank_to"]].max().max())
    fig, _ax = draw_moves(moves, units, year_from, year_to, words)
    parts = [
        words._(
            "{indicator} {change} ({rank_from} → {rank_to})",
            indicator=move.label,
            change=words.signed(move.change),
            rank_from=words.number(move.rank_from),
            rank_to=words.number(move.rank_to),
        )
        for move in moves
    ]
    name = str(rows["unit_name"].iloc[0])
    caption = _say_message(name, moves, (year_from, year_to), words)
    warning = warn(words, compare(rows))
    alt = theme.sentence([caption, warning, f"{'; '.join(parts)}."])
    return theme.finish(fig, alt, theme.sentence([caption, warning]))


def draw_moves(
    moves: Sequence[Move], units: int, year_from: int, year_to: int, words: Words
) -> tuple[Figure, Axes]:
    """Draw rows of moves: label, a mark at each rank, an arrow between, the change."""
    names = [move.label for move in moves]
    fig, ax, left = theme.row_axes(names, ROW_MM, right=15, top=7, bottom=10)
    theme.rank_axis(ax, units, "x", pad=0.05)
    ax.set_ylim(len(moves) - 0.4, -0.6)
    ax.set_xlabel(words._("rank (1 is best)"), loc="right", labelpad=2)
    for row, move in enumerate(moves):
        _draw_move(ax, row, move, left, words)
    if moves:
        _head_years(ax, moves[0], year_from, year_to)
    ax.text(1, 1, words._("change"), transform=ax.transAxes, ha="left", va="bottom", **theme.NOTE)
    return fig, ax


def _draw_move(ax: Axes, row: int, move: Move, left_mm: float, words: Words) -> None:
    color = theme.direction(move.change)
    ax.axhline(row, color=RULE, lw=0.5, zorder=0.5)
    theme.name_row(ax, row, move.label, left_mm, strong=move.highlight)
    if move.change:
        head = "-|>,head_length=0.45,head_width=0.22"
        shaft = {"arrowstyle": head, "color": color, "lw": 2.2, "shrinkA": 3, "shrinkB": 0}
        ax.annotate("", (move.rank_to, row), (move.rank_from, row), arrowprops=shaft)
        ax.plot(move.rank_from, row, "o", ms=6, mfc="white", mec=color, mew=1.5, zorder=3)
    else:
        ax.plot(move.rank_to, row, "o", ms=6, color=color, zorder=3)
    outward = 6 if move.change >= 0 else -5
    for place, offset in ((move.rank_from, -outward), (move.rank_to, outward)):
        new = place == move.rank_to
        theme.write(
            ax, words.number(place), (place, row), (offset + (1 if offset > 0 else -1), 0),
            color=color if new else MUTED, weight="bold" if new else "normal",
        )  # fmt: skip
        if not move.change:
            break
    theme.write(
        ax, words.signed(move.change), (1, row), (27, 0), xycoords=ax.get_yaxis_transform(),
        ha="right", color=color, weight="bold", size=theme.BODY + 1,
    )  # fmt: skip


def _head_years(ax: Axes, first: Move, year_from: int, year_to: int) -> None:
    """Write the years over the first row's ends, apart where these are close, and inside."""
    (worst, best), (width, _height) = ax.get_xlim(), theme.axes_size_mm(ax)
    rank_per_mm = (worst - best) / width
    places = [first.rank_from, first.rank_to]
    # Years side by side read left to right; spread keeps the order of equal positions.
    order = [1, 0] if first.change == 0 else [0, 1]
    inside = (best + 5.0 * rank_per_mm, worst - 3.0 * rank_per_mm)
    clear = spread([places[i] for i in order], 9.0 * rank_per_mm, *inside)
    years = (year_from, year_to)
    for year, x in ((years[i], x) for i, x in zip(order, clear, strict=True)):
        theme.write(ax, str(year), (x, 0), (0, 8), **theme.NOTE)


def _say_message(name: str, moves: Sequence[Move], years: tuple[int, int], words: Words) -> str:
    """Say how many indicators rose and fell, and which moved most."""
    best, worst = max(moves, key=lambda m: m.change), min(moves, key=lambda m: m.change)
    filled: dict[str, Any] = {
        "unit": name,
        "year_from": years[0],
        "year_to": years[1],
        "up": words.number(sum(move.change > 0 for move in moves)),
        "down": words.number(sum(move.change < 0 for move in moves)),
        "best": f"{best.label} ({words.signed(best.change)})",
        "worst": f"{worst.label} ({words.signed(worst.change)})",
    }
    if best.change > 0 > worst.change:  # and so there are two at the least
        return words._(
            "From {year_from} to {year_to} {unit} rose in {up} of {total} indicators, most in "
            "{best}, and fell in {down}, most in {worst}.",
            total=words.number(len(moves)),
            **filled,
        )
    if best.change > 0:
        return words.n(
            "From {year_from} to {year_to} {unit} rose in {n} indicator, {best}.",
            "From {year_from} to {year_to} {unit} rose in {up} of {n} indicators, most in {best}.",
            len(moves),
            **filled,
        )
    if worst.change < 0:
        return words.n(
            "From {year_from} to {year_to} {unit} fell in {n} indicator, {worst}.",
            "From {year_from} to {year_to} {unit} fell in {down} of {n} indicators, most in "
            "{worst}.",
            len(moves),
            **filled,
        )
    return words.n(
        "From {year_from} to {year_to} {unit} kept its rank in {n} indicator.",
        "From {year_from} to {year_to} {unit} kept its rank in all {n} indicators.",
        len(moves),
        **filled,
    )
