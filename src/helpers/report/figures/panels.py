"""Small multiples: the paths of all units, one panel a group."""

from collections.abc import Mapping

import pandas as pd

from helpers.palette import CONTEXT, HIGHLIGHT, INK, RULE
from helpers.report.figures import theme
from helpers.report.figures.canvas import Drawing, Scale, shorten
from helpers.report.figures.rows import label_of
from helpers.words import Words

HEIGHT = 92.0  # of a panel's plot


@theme.figure
def paths_by_group(
    ranks: pd.DataFrame,
    words: Words,
    *,
    indicator: str,
    groups: Mapping[str, str],
    highlight: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> theme.Made:
    """Draw the ranks of all years in one panel a group, with the group's median.

    The best group, by its median in the last year, comes first.

    Parameters
    ----------
    ranks
        The processed table, of one unit set.
    words
        The language.
    indicator
        Whose ranks.
    groups
        The group's label by unit, for example its region; units without one are left out.
    highlight
        A unit that is set off.
    labels
        The index's own labels by indicator.

    Raises
    ------
    ValueError
        If no unit with a rank has a group.
    """
    rows = ranks[(ranks["indicator"] == indicator) & ranks["rank"].notna()]
    table = rows.pivot(index="unit", columns="year", values="rank").astype(float)
    group = table.index.to_series().map(dict(groups)).dropna()
    if group.empty:
        raise ValueError("no unit with a rank has a group; the keys of groups are unit codes")
    units, years = int(table.max().max()), [int(year) for year in table.columns]
    # Where only some ranks of a year are known, their median says nothing.
    whole = table.columns[table.notna().sum() >= 0.9 * len(table)]
    medians = table.loc[group.index].groupby(group).median()[whole]
    order = medians[whole[-1]].sort_values(kind="stable") if len(whole) else group.value_counts()
    names = rows.drop_duplicates("unit").set_index("unit")["unit_name"].astype(str)

    def draw(width: float) -> Drawing:
        across = 2 if width < 350 else 3
        left, gap = 20.0, 10.0
        wide = (width - left - gap * (across - 1)) / across
        down = -(-len(order) // across)
        entries = [("one", words._("one unit")), ("median", words._("median"))]
        entries += [("own", name) for unit, name in names.items() if unit == highlight]
        drawing = Drawing(width, down * (HEIGHT + 32) + theme.key_height(width, entries))
        for n, label in enumerate(order.index):
            row, column = divmod(n, across)
            start, top = left + column * (wide + gap), row * (HEIGHT + 32) + 15
            x = Scale(years[0] - 0.01, years[-1], start + 3, start + wide - 3)
            y = theme.rank_scale(units, top + HEIGHT, top)
            drawing.text(start, top - 5, shorten(str(label), wide), color=INK)
            drawing.boxed([(start, top, start + wide, top + HEIGHT)], "none", rim=RULE)
            for tick in (1, units) if column == 0 else ():
                drawing.text(start - 4, y(tick), words.number(tick), anchor="end", middle=True,
                             **theme.NOTE)  # fmt: skip
            for year, anchor in ((years[0], "start"), (years[-1], "end")):
                drawing.text(x(year), top + HEIGHT + 9.5, str(year), anchor=anchor, **theme.NOTE)  # type: ignore[arg-type]
            for unit in group.index[group == label]:
                own = unit == highlight
                path = table.loc[unit].dropna()
                line = list(zip(x(path.index.to_numpy()), y(path.to_numpy()), strict=True))
                drawing.lines([line], HIGHLIGHT if own else CONTEXT, 1.8 if own else 0.7,
                              z=4 if own else 2)  # fmt: skip
            if len(whole) > 1:
                middle = medians.loc[label]
                line = list(zip(x(whole.to_numpy()), y(middle.to_numpy()), strict=True))
                drawing.lines([line], INK, 1.4, z=3, dash="3 2", cap=None)
        marks = {
            "one": (CONTEXT, 0.7, ""),
            "median": (INK, 1.4, "3 2"),
            "own": (HIGHLIGHT, 1.8, ""),
        }
        theme.key(
            drawing,
            entries,
            {
                name: lambda a, b, c=color, w=weight, d=dash: drawing.lines(  # type: ignore[misc]
                    [((a - 5, b), (a + 5, b))], c, w, dash=d, cap=None
                )
                for name, (color, weight, dash) in marks.items()
            },
        )
        return drawing

    label = label_of(labels, indicator)
    if not len(whole):
        caption = words._("{indicator}: ranks by group, {year_from} to {year_to}.",
                          indicator=label, year_from=years[0], year_to=years[-1])  # fmt: skip
        return draw, caption, caption
    last = int(whole[-1])
    ends = [(str(order.index[i]), words.number(order.iloc[i], int(order.iloc[i] % 1 > 0)))
            for i in (0, -1)]  # fmt: skip
    caption = words._(
        "{indicator}: in {year} the median rank is best in {best} ({first}) and worst in {worst} "
        "({last}).",
        indicator=label, year=last, best=ends[0][0], first=ends[0][1], worst=ends[1][0],
        last=ends[1][1],
    )  # fmt: skip
    details = "; ".join(
        f"{name} {', '.join(f'{y}: {words.number(v, int(v % 1 > 0))}' for y, v in row.items())}"
        for name, row in medians.loc[order.index].iterrows()
    )
    return draw, theme.sentence([caption, f"{details}."]), caption
