"""Links between the ranks of neighbouring years: whole, dotted, dashed, or none."""

import numpy as np
import numpy.typing as npt

from helpers.palette import HIGHLIGHT, RULE
from helpers.report.figures.canvas import Drawing

DOTTED = "1 2.6"
DASHED = "4 3"


def draw_links(
    drawing: Drawing,
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    years: npt.NDArray[np.int64],
    broken: set[tuple[int, int]],
    computed: set[int],
    color: str,
    width: float,
) -> None:
    """Draw the links between neighbouring years that both have a rank, and nothing else.

    `y` is units x years, NaN where there is no rank.
    """
    kinds = [
        DOTTED if (a, b) in broken else DASHED if {a, b} & computed else ""
        for a, b in zip(years[:-1].tolist(), years[1:].tolist(), strict=True)
    ]
    if color == RULE:  # what is only the ground
        kinds = ["none" if kind == DOTTED else kind for kind in kinds]
    for heights in y:
        run: list[tuple[float, float]] = []
        last = "none"
        for i, kind in enumerate(kinds):
            ends = ((float(x[i]), heights[i]), (float(x[i + 1]), heights[i + 1]))
            if kind == "none" or not np.isfinite(heights[i : i + 2]).all():
                kind, ends = "none", ()  # type: ignore[assignment]
            if kind != last or not ends:
                _draw_run(drawing, run, last, color, width)
                run, last = list(ends[:1]), kind
            run += ends[1:]
        _draw_run(drawing, run, last, color, width)


def _draw_run(
    drawing: Drawing, run: list[tuple[float, float]], dash: str, color: str, width: float
) -> None:
    if len(run) > 1:
        drawing.lines([run], color, width, z=3 if color == HIGHLIGHT else 1, dash=dash,
                      cap="round" if not dash or dash == DOTTED else None)  # fmt: skip
