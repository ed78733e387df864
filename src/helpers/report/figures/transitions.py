"""From which part of the table to which: how many units moved."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.methods.mobility import transition
from helpers.report.figures import theme
from helpers.report.figures.canvas import BODY, Drawing
from helpers.report.figures.rows import label_of, warn
from helpers.words import Words


@theme.figure
def transition_matrix(
    ranks: pd.DataFrame,
    words: Words,
    *,
    indicator: str,
    year_from: int,
    year_to: int,
    classes: int = 5,
    comparable: bool = True,
    labels: Mapping[str, str] | None = None,
) -> theme.Made:
    """Draw how many units went from which class of the table to which.

    Rows are the classes of the first year, columns those of the second, the best first: below
    the diagonal are rises, above it falls.

    Parameters
    ----------
    ranks
        The processed table, of one unit set.
    words
        The language.
    indicator, year_from, year_to
        Whose ranks, and when.
    classes
        Into how many parts of about equal size the table is cut.
    comparable
        False for years under unlike schemes, which the caption then says.
    labels
        The index's own labels by indicator.

    Raises
    ------
    ValueError
        If fewer units than classes have both ranks.
    """
    rows = ranks[ranks["indicator"] == indicator]
    before, after = (
        rows[rows["year"] == year].set_index("unit")["rank"].dropna().astype(int)
        for year in (year_from, year_to)
    )
    both = before.index.intersection(after.index)
    counts = transition(before[both], after[both], classes)
    table = counts.pivot(index="class_from", columns="class_to", values="count").to_numpy()
    most = max(1, int(table.max()))

    def draw(width: float) -> Drawing:
        left, top = 52.0, 30.0
        side = min(46.0, (width - left - 2) / classes)
        drawing = Drawing(width, top + side * classes + 4)
        middle = left + side * classes / 2
        drawing.text(middle, 9, words._("part of the table in {year}", year=year_to),
                     anchor="middle", **theme.NOTE)  # fmt: skip
        drawing.text(1, 9, words._("in {year}", year=year_from), **theme.NOTE)
        for n in range(classes):
            name = (
                words._("first") if n == 0 else words._("last") if n == classes - 1 else str(n + 1)
            )
            drawing.text(left + side * (n + 0.5), top - 6, name, anchor="middle", **theme.NOTE)
            drawing.text(left - 6, top + side * (n + 0.5), name, anchor="end", middle=True,
                         **theme.NOTE)  # fmt: skip
            for to, count in enumerate(table[n]):
                share = round(float(count) / most * 6) / 6
                color = (
                    theme.sequential(share) if to == n
                    else theme.diverging(0.5 + (share if to < n else -share) / 2)
                )  # fmt: skip
                a, b = left + side * to, top + side * n
                drawing.boxed([(a + 0.6, b + 0.6, a + side - 0.6, b + side - 0.6)], color)
                drawing.text(a + side / 2, b + side / 2, words.number(count), anchor="middle",
                             middle=True, size=BODY + 1, bold=bool(count))  # fmt: skip
        return drawing

    stayed, up, down = (
        int(np.trace(table)),
        int(np.tril(table, -1).sum()),
        int(np.triu(table, 1).sum()),
    )
    caption = words._(
        "{indicator}, {year_from} to {year_to}: of {n} units {stayed} stayed in their part of the "
        "table, {up} went up and {down} down.",
        indicator=label_of(labels, indicator), year_from=year_from, year_to=year_to,
        n=words.number(len(both)), stayed=words.number(stayed), up=words.number(up),
        down=words.number(down),
    )  # fmt: skip
    caption = theme.sentence([caption, warn(words, comparable)])
    details = "; ".join(
        f"{n + 1}: {', '.join(words.number(count) for count in row)}" for n, row in enumerate(table)
    )
    return draw, theme.sentence([caption, f"{details}."]), caption
