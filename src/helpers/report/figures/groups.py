"""Every unit's change as a point, one row a group: how the whole table moved."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.palette import CONTEXT, HIGHLIGHT, MUTED, RULE
from helpers.report.figures import theme
from helpers.report.figures.canvas import Drawing, Scale
from helpers.report.figures.rows import compare, label_of, select_changes, warn
from helpers.words import Words

DOT = 4.6


@theme.figure
def changes_by_group(
    changes: pd.DataFrame,
    words: Words,
    *,
    year_from: int,
    year_to: int,
    indicator: str,
    groups: Mapping[str, str],
    highlight: str | None = None,
    labels: Mapping[str, str] | None = None,
    noun: str = "",
) -> theme.Made:
    """Draw every unit's change as a point, in one row per group, with the group's median.

    Parameters
    ----------
    changes
        The processed table.
    words
        The language.
    year_from, year_to, indicator
        Which change.
    groups
        The group's label by unit, for example its region; units without one are left out.
    highlight
        A unit that is set off.
    labels
        The index's own labels by indicator.
    noun
        What the index calls one of its units.

    Raises
    ------
    ValueError
        If there is no such change, or no unit has a group.
    """
    rows = select_changes(changes, year_from, year_to, indicator=indicator)
    rows = rows.assign(group=rows["unit"].map(dict(groups))).dropna(subset="group")
    if rows.empty:
        raise ValueError("no unit with a change has a group; the keys of groups are unit codes")
    medians = rows.groupby("group")["change"].median().sort_values(ascending=False, kind="stable")
    members = [rows[rows["group"] == group] for group in medians.index]
    reach = float(rows["change"].abs().max()) * 1.05 + 1
    named = rows.loc[rows["unit"] == highlight, "unit_name"].head(1)
    entries = [
        ("unit", words._("one {word}", word=noun or words._("unit"))),
        ("median", words._("median")),
    ]
    entries += [("own", str(name)) for name in named]

    def draw(width: float) -> Drawing:
        names = [str(group) for group in medians.index]
        # As high as the fullest group needs, so that no point leaves its row.
        trial = theme.rows(width, names, right=34.0)
        swarms = [_swarm(_x(trial, reach)(m["change"].to_numpy())) for m in members]
        high = max(26.0, 2 * max(np.abs(s).max() for s in swarms) + DOT + 5)
        sheet = theme.rows(width, names, row=high, right=34.0, top=13.0, bottom=24.0, foot=entries)
        drawing, x = sheet.drawing, _x(sheet, reach)
        top, bottom = sheet.top, sheet.bottom
        drawing.lines([((x(0), top), (x(0), bottom))], MUTED, 0.8, z=1, cap=None)
        edges = [y + high / 2 for y in sheet.y]
        drawing.lines([((0, y), (width, y)) for y in edges], RULE, 0.5, z=0, cap=None)
        for tick in theme.nice_ticks(-reach, reach, 5 if drawing.narrow else 9)[0]:
            drawing.lines([((x(tick), bottom), (x(tick), bottom + 3))], MUTED, 0.6, cap=None)
            drawing.text(x(tick), bottom + 11, words.signed(tick), anchor="middle", **theme.NOTE)
        heading = words._("places risen (+) or fallen (−)")
        drawing.text(sheet.right, bottom + 21, heading, anchor="end", **theme.NOTE)
        drawing.text(width - 1, 9, words._("median"), anchor="end", **theme.NOTE)
        for y, median, group, swarm in zip(sheet.y, medians, members, swarms, strict=True):
            color = theme.direction(median)
            line = ((x(median), y - high * 0.36), (x(median), y + high * 0.36))
            drawing.lines([line], color, 2.5, z=2, cap=None)
            own = (group["unit"] == highlight).to_numpy()
            at = x(group["change"].to_numpy())
            if (~own).any():
                drawing.dots(at[~own], y + swarm[~own], DOT, CONTEXT, z=3)
            if own.any():
                drawing.dots(at[own], y + swarm[own], DOT + 1, HIGHLIGHT)
            drawing.text(width - 1, y, words.signed(median), color=color, bold=True, anchor="end",
                         middle=True)  # fmt: skip
        theme.key(
            drawing,
            entries,
            {
                "unit": lambda a, b: drawing.dots(a, b, DOT, CONTEXT),
                "own": lambda a, b: drawing.dots(a, b, DOT + 1, HIGHLIGHT),
                "median": lambda a, b: drawing.lines(
                    [((a, b - 4), (a, b + 4))], MUTED, 2.5, cap=None
                ),
            },
        )
        return drawing

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
    return draw, theme.sentence([caption, f"{details}."]), caption


def _x(sheet: theme.Rows, reach: float) -> Scale:
    return Scale(-reach, reach, sheet.left, sheet.right)


def _swarm(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return how far each point moves off the line so that none touches another."""
    placed: list[tuple[float, float]] = []
    shifts = np.zeros(len(x))
    for i in np.argsort(x, kind="stable"):
        near = [(a, b) for a, b in placed if abs(a - x[i]) < DOT]
        for n in range(2 * len(x) + 1):
            shift = (1 if n % 2 else -1) * ((n + 1) // 2) * DOT / 2
            if all((a - x[i]) ** 2 + (b - shift) ** 2 >= DOT**2 - 1e-9 for a, b in near):
                break
        shifts[i] = shift
        placed.append((float(x[i]), shift))
    return shifts
