"""What all figures share: typeface, sizes, colours, axes placed in millimetres."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, Final, Literal, ParamSpec, TypeVar

import font_source_sans_pro
import matplotlib as mpl
import numpy as np
from matplotlib import font_manager, patheffects
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.textpath import TextToPath

from helpers import show
from helpers.palette import FALL, FONT, HIGHLIGHT, INK, MUTED, RISE, RULE

P = ParamSpec("P")
R = TypeVar("R")

TEXT_WIDTH_MM: Final = 170.0  # A4 less two margins of 20 mm
MM_PER_INCH: Final = 25.4
MM_PER_POINT: Final = MM_PER_INCH / 72
BODY: Final = 8.5  # points; what a reader must be able to read
SMALL: Final = 7.5  # tick labels, notes
NOTE: Final[Any] = {"size": SMALL, "color": MUTED}  # a text that only explains

STYLE: Final[Any] = {
    "font.family": FONT,
    "font.size": BODY,
    "text.color": INK,
    "text.parse_math": False,  # names print as they are, dollar signs too
    "axes.edgecolor": RULE,
    "axes.labelcolor": MUTED,
    "axes.labelsize": SMALL,
    "axes.linewidth": 0.6,
    "axes.grid": False,
    "axes.axisbelow": True,
    **{f"axes.spines.{side}": False for side in ("top", "right", "left", "bottom")},
    **dict.fromkeys(("xtick.labelsize", "ytick.labelsize"), SMALL),
    **dict.fromkeys(("xtick.color", "ytick.color"), MUTED),
    **dict.fromkeys(("xtick.major.size", "ytick.major.size"), 0),
    "grid.color": RULE,
    "grid.linewidth": 0.5,
    "lines.solid_capstyle": "round",
    "legend.frameon": False,
    "legend.fontsize": SMALL,
    "legend.labelcolor": MUTED,
    "figure.facecolor": "white",
    "svg.fonttype": "path",
}

# Rise and fall on either side of a near-white, so that lightness alone shows the size. The
# ends are no darker than the palette's ink can be read on (contrast 4.5 : 1).
DIVERGING: Final = LinearSegmentedColormap.from_list(
    "fall_rise", ["#e07b45", "#f0bc9d", "#f6f6f4", "#a3d3c6", "#3fa48d"]
)


@lru_cache
def register_font() -> None:
    """Make the project's typeface known to matplotlib, from its PyPI package."""
    folder = Path(font_source_sans_pro.__file__).parent / "files"
    for weight in ("Regular", "It", "Semibold", "Bold"):
        font_manager.fontManager.addfont(folder / f"SourceSansPro-{weight}.ttf")


def styled(draw: Callable[P, R]) -> Callable[P, R]:
    """Let a function draw in the project's style, whatever the caller's settings are."""

    @wraps(draw)
    def draw_in_style(*args: P.args, **kwargs: P.kwargs) -> R:
        register_font()
        with mpl.rc_context(STYLE):
            return draw(*args, **kwargs)

    return draw_in_style


def figure(width_mm: float = TEXT_WIDTH_MM, height_mm: float = 95.0) -> Figure:
    """Make an empty figure of a size on paper, in millimetres."""
    return Figure(figsize=(width_mm / MM_PER_INCH, height_mm / MM_PER_INCH))


def axes(
    fig: Figure, *, left: float = 0, right: float = 0, top: float = 0, bottom: float = 0
) -> Axes:
    """Place axes inside margins given in millimetres.

    Fixed margins, rather than a layout engine, let labels be spread before anything is drawn.
    """
    width, height = (side * MM_PER_INCH for side in fig.get_size_inches())
    if left + right >= width or top + bottom >= height:
        raise ValueError(f"no room for axes: margins {left}+{right} x {top}+{bottom} mm")
    box = (left, bottom, width - left - right, height - top - bottom)
    x, y, wide, high = np.divide(box, [width, height, width, height])
    return fig.add_axes((x, y, wide, high))


def axes_size_mm(ax: Axes) -> tuple[float, float]:
    """Return the width and height of axes on paper."""
    box, fig = ax.get_position(), ax.get_figure(root=True)
    assert fig is not None
    width, height = (side * MM_PER_INCH for side in fig.get_size_inches())
    return box.width * width, box.height * height


def text_width_mm(text: str, size: float = BODY, weight: str = "normal") -> float:
    """Return how wide a text is when it is set; the widest line of several."""
    register_font()
    font = FontProperties(family=FONT, size=size, weight=weight)
    setter = TextToPath()
    return max(
        float(setter.get_text_width_height_descent(line, font, False)[0]) * MM_PER_POINT
        for line in text.split("\n")
    )


def wrap(text: str, width_mm: float, size: float = BODY, weight: str = "normal") -> str:
    """Break a text between words so that its lines fit a width where single words do.

    Of two lines the break is where the longer one is shortest.
    """
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width_mm(longer, size, weight) <= width_mm:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) == 2:
        words = text.split()
        halves = [[" ".join(words[:i]), " ".join(words[i:])] for i in range(1, len(words))]
        lines = min(halves, key=lambda half: text_width_mm("\n".join(half), size, weight))
    return "\n".join(lines)


def rank_ticks(units: int) -> list[int]:
    """Return ranks worth a tick: the first, round ones and the last, well apart."""
    step = next(s * 10**e for e in range(9) for s in (1, 2, 5) if units / (s * 10**e) <= 7.5)
    inner = [rank for rank in range(step, units, step) if rank > 1 and units - rank > 0.4 * step]
    return sorted({1, *inner, units})


def direction(change: float) -> str:
    """Return the colour of a change of rank: a rise, a fall, or neither."""
    return RISE if change > 0 else FALL if change < 0 else MUTED


def rank_axis(
    ax: Axes, units: int, which: Literal["x", "y"], *, pad: float = 0.02, grid: bool = True
) -> None:
    """Set up a rank axis on which better is up, or to the right: 1 comes last."""
    room = max(0.7, pad * units)
    if which == "y":
        ax.set_ylim(units + room, 1 - room)
        ax.set_yticks(rank_ticks(units))
    else:
        ax.set_xlim(units + room, 1 - room)
        ax.set_xticks(rank_ticks(units))
    if grid:
        ax.grid(True, axis=which)


def row_axes(
    names: Sequence[str],
    row_mm: float,
    *,
    right: float,
    top: float,
    bottom: float,
    widest: float = 60.0,
) -> tuple[Figure, Axes, float]:
    """Make a figure of one row for each name, and return the room to the left, in millimetres."""
    left = min(widest, max(text_width_mm(name, weight="bold") for name in names) + 4)
    fig = figure(height_mm=row_mm * len(names) + top + bottom)
    ax = axes(fig, left=left, right=right, top=top, bottom=bottom)
    ax.set_yticks([])
    return fig, ax, left


def name_row(ax: Axes, row: int, name: str, left_mm: float, *, strong: bool) -> None:
    """Write a row's name into the room left of the axes."""
    ax.annotate(
        name,
        ((0.5 - left_mm) / axes_size_mm(ax)[0], row),
        xycoords=ax.get_yaxis_transform(),
        va="center_baseline",
        weight="bold" if strong else "normal",
        color=HIGHLIGHT if strong else INK,
    )


def write(
    ax: Axes,
    text: str,
    at: tuple[float, float],
    shift: tuple[float, float],
    *,
    rim: bool = False,
    **style: Any,
) -> None:
    """Write a text beside a point, on the side to which it is shifted (in points).

    A `rim` sets it off from lines that it crosses.
    """
    x, y = shift
    style.setdefault("ha", "left" if x > 0 else "right" if x < 0 else "center")
    style.setdefault("va", "bottom" if y > 0 else "top" if y < 0 else "center_baseline")
    if rim:
        style["path_effects"] = halo()
    ax.annotate(text, at, xytext=shift, textcoords="offset points", **style)


def mark(marker: str, size: float, color: str, **style: Any) -> Line2D:
    """Return the key's mark for points drawn so."""
    return Line2D([], [], ls="", marker=marker, ms=size, color=color, **style)


def key(fig: Figure, entries: Sequence[tuple[Line2D, str]], *, left_mm: float = 0) -> None:
    """Explain marks that are not labelled directly, in one line at the figure's foot."""
    if entries:
        width = float(fig.get_size_inches()[0]) * MM_PER_INCH
        fig.legend(
            *zip(*entries, strict=True),
            loc="lower left", bbox_to_anchor=(left_mm / width, 0.0), ncols=len(entries),
            borderaxespad=0.1, handletextpad=0.6, columnspacing=1.6, handlelength=1.4,
        )  # fmt: skip


def halo() -> list[patheffects.AbstractPathEffect]:
    """Return a white rim for a text that crosses lines."""
    return [patheffects.withStroke(linewidth=2.5, foreground="white")]


def sentence(parts: Iterable[str]) -> str:
    """Join whole sentences, leaving out the empty ones."""
    return " ".join(part for part in parts if part)


def finish(fig: Figure, alt: str, caption: str) -> show.Figure:
    """Hand a drawn figure over with its alternative text and caption."""
    return show.Figure(fig, alt=alt, caption=caption)
