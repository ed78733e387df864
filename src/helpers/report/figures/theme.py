"""What all figures share: two widths, colours, rank axes, rows, keys."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from itertools import pairwise
from typing import Any, Final, ParamSpec

import numpy as np
import numpy.typing as npt

from helpers import show
from helpers.palette import FALL, HIGHLIGHT, INK, MUTED, RISE, RULE
from helpers.report.figures.canvas import (
    BODY,
    SMALL,
    Drawing,
    Scale,
    line_height,
    shorten,
    text_width,
    wrap,
)
from helpers.words import Words

P = ParamSpec("P")
# How to draw in a width, the alternative text, and the caption.
Made = tuple[Callable[[float], Drawing], str, str]

BROAD: Final = 481.9  # points: A4 less two margins of 20 mm
NARROW: Final = 262.5  # 350 pixels, a phone less its margins
NOTE: Final[Any] = {"size": SMALL, "color": MUTED}  # a text that only explains
KEY_LINE: Final = 12.0

# Fall and rise on either side of a near-white, so that lightness alone shows the size. The
# ends are no darker than the palette's ink can be read on (contrast 4.5 : 1).
_SHADES: Final = np.array(
    [[224, 123, 69], [240, 188, 157], [246, 246, 244], [163, 211, 198], [63, 164, 141]], dtype=float
)


_BLUES: Final = np.array([[243, 246, 249], [176, 205, 231], [106, 165, 213]], dtype=float)


def diverging(share: float) -> str:
    """Return the colour of a share from 0, the deepest fall, to 1, the highest rise."""
    return _between(share, _SHADES)


def sequential(share: float) -> str:
    """Return the colour of a share from 0, the last rank, to 1, the first."""
    return _between(share, _BLUES)


def _between(share: float, shades: npt.NDArray[np.float64]) -> str:
    at = np.linspace(0, 1, len(shades))
    return "#" + "".join(f"{round(float(np.interp(share, at, b))):02x}" for b in shades.T)


def direction(change: float) -> str:
    """Return the colour of a change of rank: a rise, a fall, or neither."""
    return RISE if change > 0 else FALL if change < 0 else MUTED


def figure(make: Callable[P, Made]) -> Callable[P, show.Figure]:
    """Turn a function that says how to draw into one that has drawn, in both widths."""

    @wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> show.Figure:
        draw, alt, caption = make(*args, **kwargs)
        return show.Figure(draw(BROAD).svg(), alt, caption, narrow=draw(NARROW).svg())

    return made


def sentence(parts: Iterable[str]) -> str:
    """Join whole sentences, leaving out the empty ones."""
    return " ".join(part for part in parts if part)


def signed(words: Words, value: float, decimals: int) -> str:
    """Write a change with its sign and a fixed count of decimals."""
    text = words.number(abs(value), decimals)
    zero = not any(c in "123456789" for c in text)
    return text if zero else ("+" if value > 0 else "−") + text


def rank_ticks(units: int, most: float = 7.5) -> list[int]:
    """Return ranks worth a tick: the first, round ones and the last, well apart."""
    step = next(s * 10**e for e in range(9) for s in (1, 2, 5) if units / (s * 10**e) <= most)
    inner = [rank for rank in range(step, units, step) if rank > 1 and units - rank > 0.5 * step]
    return sorted({1, *inner, units})


def nice_ticks(low: float, high: float, most: float) -> tuple[list[float], int]:
    """Return round values between two, at most so many, and the decimals they are written with."""
    steps = (s * 10.0**e for e in range(-9, 10) for s in (1, 2, 5))
    step = next(s for s in steps if (high - low) / s <= most)
    ticks = [n * step for n in range(int(np.ceil(low / step)), int(np.floor(high / step)) + 1)]
    return ticks, max(0, -int(np.floor(np.log10(step) + 1e-9)))


def rank_scale(units: int, start: float, end: float, pad: float = 0.02) -> Scale:
    """Return a scale on which better is up, or to the right: 1 comes last."""
    room = max(0.7, pad * units)
    return Scale(units + room, 1 - room, start, end)


def rank_axis_below(
    drawing: Drawing, x: Scale, units: int, top: float, bottom: float, words: Words
) -> None:
    """Draw a rank axis at the foot of rows: a line a tick, and what it is."""
    ticks = rank_ticks(units, 4.5 if drawing.narrow else 7.5)
    drawing.lines([((x(t), top), (x(t), bottom)) for t in ticks], RULE, 0.5, z=0, cap=None)
    for tick in ticks:
        drawing.text(x(tick), bottom + 9, words.number(tick), anchor="middle", **NOTE)
    drawing.text(x.end, bottom + 19, words._("rank (1 is best)"), anchor="end", **NOTE)


@dataclass(frozen=True)
class Rows:
    """A sheet of one row for each name: beside the names, or on a phone below them."""

    drawing: Drawing
    left: float  # of what is drawn in the rows
    right: float
    top: float
    bottom: float
    y: list[float]  # the middle of each row
    ends: list[float]  # the top of each row, and the end of the last


def rows(
    width: float,
    names: Sequence[str],
    *,
    row: float = 16.0,
    right: float = 12.0,
    top: float = 3.0,
    bottom: float = 24.0,
    strong: Sequence[bool] = (),
    foot: Sequence[tuple[str, str]] = (),
) -> Rows:
    """Set up a sheet of rows and write their names.

    Parameters
    ----------
    width
        Of the sheet.
    names, strong
        The rows' names, top to bottom, and which are set off.
    row
        The height of a row.
    right, top, bottom
        Margins around the rows; the key comes below.
    foot
        The entries of the key, for the room it takes.
    """
    wide = max((text_width(name, bold=True) for name in names), default=0.0)
    narrow = width < 350 and wide > 0.2 * width
    strong = strong or [False] * len(names)
    left = 8.0 if narrow else min(165.0, wide + 11)
    room = width - 2 if narrow else left - 8
    high = row + 9 if narrow else row
    written = [
        shorten(name, room, bold=True) if narrow else wrap(name, room, bold=True) for name in names
    ]
    heights = [
        max(high, 0 if narrow else line_height(BODY) * (1 + text.count("\n")) + 3)
        for text in written
    ]
    ends = top + np.concatenate([[0.0], np.cumsum(heights)])
    inner = float(ends[-1])
    drawing = Drawing(width, inner + bottom + key_height(width, foot))
    middles = [float(b - row / 2 if narrow else (a + b) / 2) for a, b in pairwise(ends)]
    for text, y, start, bold in zip(written, middles, ends, strong, strict=False):
        color = HIGHLIGHT if bold else INK
        at = float(start) + 8.5 if narrow else y
        drawing.text(1, at, text, bold=bool(bold), color=color, middle=not narrow)
    return Rows(drawing, left, width - right, top, inner, middles, ends.tolist())


def key_lines(width: float, texts: Iterable[str]) -> list[list[float]]:
    """Return where the entries of a key begin, line by line; a key is one line where it fits."""
    lines: list[list[float]] = [[]]
    at = 2.0
    for text in texts:
        room = 14 + text_width(text, SMALL)
        if lines[-1] and at + room > width:
            lines.append([])
            at = 2.0
        lines[-1].append(at)
        at += room + 14
    return lines


def key_height(width: float, entries: Sequence[tuple[str, str]]) -> float:
    """Return the room that a key takes at the foot of a figure."""
    return len(key_lines(width, (t for _m, t in entries))) * KEY_LINE + 3 if entries else 0.0


def key(
    drawing: Drawing,
    entries: Sequence[tuple[str, str]],
    marks: Mapping[str, Callable[[float, float], None]],
) -> None:
    """Explain marks that are not labelled directly, at the figure's foot.

    `entries` are pairs of a mark's name and its text; `marks` says how each is drawn about a
    point.
    """
    lines = key_lines(drawing.width, (text for _mark, text in entries))
    rest = iter(entries)
    for n, line in enumerate(lines):
        y = drawing.height - 4.5 - KEY_LINE * (len(lines) - 1 - n)
        for x in line:
            mark, text = next(rest)
            marks[mark](x + 4, y)
            drawing.text(x + 12, y, text, middle=True, **NOTE)
