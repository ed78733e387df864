"""Labels side by side that neither overlap nor stray: exact spreading in one dimension."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from scipy.optimize import isotonic_regression

from helpers.palette import CONTEXT, MUTED
from helpers.report.figures.theme import BODY, MM_PER_POINT, axes_size_mm, halo, text_width_mm


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
        free = isotonic_regression(placed - steps).x
        placed = np.clip(free, low, high - steps[-1]) + steps
    result[order] = placed
    return result


@dataclass(frozen=True)
class Label:
    """A text that belongs to a height on the y axis."""

    y: float
    text: str
    color: str = MUTED
    weight: str = "normal"
    x: float | None = None  # of the point, where it is not the column's own


def beside(
    ax: Axes,
    x: float,
    labels: Sequence[Label],
    *,
    side: Literal["left", "right"] = "right",
    offset_mm: float = 4.0,
    size: float = BODY,
) -> None:
    """Write labels in a column beside the points at `x`, spread, with a line to each point.

    Parameters
    ----------
    ax
        Axes whose limits are final.
    x
        Where the labelled points are, in data coordinates; the column starts from here.
    labels
        In any order; each is moved off its height no further than it must.
    side
        On which side of the points the column stands.
    offset_mm
        From the points to the column.
    size
        Of the text, in points.
    """
    width, height = axes_size_mm(ax)
    (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()
    per_mm = abs(y1 - y0) / height
    sign = 1.0 if side == "right" else -1.0
    step = sign * (x1 - x0) / width
    line = line_mm(size) * per_mm
    low, high = sorted((y0, y1))
    # A text at the very edge would reach into the tick labels.
    placed = spread([label.y for label in labels], line, low + 0.4 * line, high - 0.4 * line)
    for label, y in zip(labels, placed, strict=True):
        start = x if label.x is None else label.x
        ends = [start + 1.3 * step, x + (offset_mm - 0.6) * step]
        color = label.color if label.weight == "bold" else CONTEXT
        ax.plot(ends, [label.y, y], color=color, lw=0.6, clip_on=False)
        ax.text(
            x + offset_mm * step, y, label.text, color=label.color, weight=label.weight, size=size,
            ha="left" if side == "right" else "right", va="center_baseline", clip_on=False,
            path_effects=halo(),
        )  # fmt: skip


def column_width_mm(labels: Sequence[Label], size: float = BODY) -> float:
    """Return how wide a column of labels is."""
    return max((text_width_mm(label.text, size, label.weight) for label in labels), default=0.0)


def line_mm(size: float) -> float:
    """Return the distance between lines at which texts with stacked accents keep apart."""
    return 1.28 * size * MM_PER_POINT
