"""Labels side by side that neither overlap nor stray: exact spreading in one dimension."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from helpers.palette import CONTEXT, MUTED
from helpers.report.figures.canvas import BODY, Drawing, line_height, shorten, text_width


def spread(
    wanted: npt.ArrayLike,
    gap: float,
    low: float = -np.inf,
    high: float = np.inf,
) -> npt.NDArray[np.float64]:
    """Move positions apart by as little as possible.

    Minimises the sum of squared moves subject to a least gap between neighbours and to
    limits. With the gaps taken off (position i less i times the gap) the constraint is that
    the positions do not decrease: an isotonic regression, whose solution under limits is its
    free solution clipped to them (Barlow, Bartholomew, Bremner and Brunk 1972).

    Parameters
    ----------
    wanted
        Shape (n,), in any order; equal positions keep the order in which they come.
    gap
        Least distance between neighbours, in the unit of `wanted`.
    low, high
        Limits. Where they leave no room for the gaps, the labels share the room evenly.

    Returns
    -------
    ndarray
        Shape (n,): the new positions, in the order of `wanted`.

    Raises
    ------
    ValueError
        If a position is not finite, the gap is negative or the limits are crossed.
    """
    positions = np.asarray(wanted, dtype=np.float64)
    if positions.ndim != 1 or not np.isfinite(positions).all():
        raise ValueError("positions to spread must be a finite one-dimensional array")
    if gap < 0 or low > high:
        raise ValueError(f"need gap >= 0 and low <= high; found gap {gap}, {low} to {high}")
    if positions.size == 0:
        return positions
    order = np.argsort(positions, kind="stable")
    steps = gap * np.arange(positions.size)
    result = np.empty_like(positions)
    if steps[-1] > high - low:
        result[order] = np.linspace(low, high, positions.size)
        return result
    placed = positions[order]
    # Rounding in "subtract, fit, add back" must not move labels that are already apart.
    if (np.diff(placed) < gap).any() or placed[0] < low or placed[-1] > high:
        free = _isotonic(placed - steps)
        placed = np.clip(free, low, high - steps[-1]) + steps
    result[order] = placed
    return result


def _isotonic(wanted: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the nearest positions that do not decrease: neighbours at odds take their mean.

    SciPy has it, and takes longer to import than a report to draw.
    """
    means: list[float] = []
    sizes: list[int] = []
    for one in wanted:
        mean, size = float(one), 1
        while means and means[-1] > mean:
            before = sizes.pop()
            mean = (means.pop() * before + mean * size) / (before + size)
            size += before
        means.append(mean)
        sizes.append(size)
    return np.repeat(means, sizes)


@dataclass(frozen=True)
class Label:
    """A text that belongs to a height, in points."""

    y: float
    text: str
    color: str = MUTED
    bold: bool = False
    x: float | None = None  # of the point, where it is not the column's own


def beside(
    drawing: Drawing,
    x: float,
    labels: Sequence[Label],
    limits: tuple[float, float],
    *,
    side: Literal["left", "right"] = "right",
    offset: float = 11.0,
    room: float = np.inf,
) -> None:
    """Write labels in a column beside the points at `x`, spread, with a line to each point.

    Parameters
    ----------
    drawing
        What is drawn on.
    x
        Where the labelled points are; the column starts `offset` from here.
    labels
        In any order; each is moved off its height no further than it must.
    limits
        The heights between which the labels stay.
    side
        On which side of the points the column stands.
    room
        The longest that a label may be; it is cut there.
    """
    sign = 1.0 if side == "right" else -1.0
    line = line_height(BODY)
    placed = spread([label.y for label in labels], line, limits[0], limits[1])
    for label, y in zip(labels, placed, strict=True):
        start = x if label.x is None else label.x
        ends = ((start + sign * 3.7, label.y), (x + sign * (offset - 1.7), float(y)))
        drawing.lines([ends], label.color if label.bold else CONTEXT, 0.6, z=1)
        drawing.text(
            x + sign * offset, float(y), shorten(label.text, room, bold=label.bold),
            color=label.color, bold=label.bold, clear=True, middle=True,
            anchor="start" if side == "right" else "end",
        )  # fmt: skip


def column_width(labels: Sequence[Label]) -> float:
    """Return how wide a column of labels is."""
    return max((text_width(label.text, bold=label.bold) for label in labels), default=0.0)
