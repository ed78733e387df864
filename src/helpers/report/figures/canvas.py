"""A drawing as light SVG: real text, one path a layer, nothing that cannot be seen.

What is drawn in one style becomes one path or one group of texts. Texts are set in the typeface
that the PDF and the page have too, and told how wide they are, so that another face, where a viewer
has no choice, takes the same room. Lengths are points, y goes down.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from helpers.palette import FONT, INK

BODY: Final = 8.5  # what a reader must be able to read
SMALL: Final = 7.5  # tick labels, notes
WHITE: Final = "#fff"

Anchor = Literal["start", "middle", "end"]
Box = tuple[float, float, float, float]
Points = Sequence[tuple[float, float]] | npt.NDArray[np.float64]


@lru_cache
def _advances(bold: bool) -> tuple[dict[int, float], float]:
    """Return how wide each letter is, in ems, and one that the typeface lacks."""
    import font_source_sans_pro
    from fontTools.ttLib import TTFont

    file = f"SourceSansPro-{'Semibold' if bold else 'Regular'}.ttf"
    with TTFont(Path(font_source_sans_pro.font_directory, file), lazy=True) as font:
        em, widths = font["head"].unitsPerEm, font["hmtx"].metrics
        found = {code: widths[glyph][0] / em for code, glyph in font.getBestCmap().items()}
    return found, 0.6


def text_width(text: str, size: float = BODY, bold: bool = False) -> float:
    """Return how wide a text is when it is set; the widest line of several."""
    widths, other = _advances(bold)
    lines = unicodedata.normalize("NFC", text).split("\n")
    return size * max(sum(widths.get(ord(c), other) for c in line) for line in lines)


def wrap(text: str, width: float, size: float = BODY, bold: bool = False) -> str:
    """Break a text between words so that its lines fit a width where single words do.

    Of two lines the break is where the longer one is shortest.
    """
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) == 2:
        words = text.split()
        halves = [[" ".join(words[:i]), " ".join(words[i:])] for i in range(1, len(words))]
        lines = min(halves, key=lambda half: text_width("\n".join(half), size, bold))
    return "\n".join(lines)


def shorten(text: str, width: float, size: float = BODY, bold: bool = False) -> str:
    """Cut a text at its end so that it fits a width, and mark the cut."""
    if text_width(text, size, bold) <= width:
        return text
    while text and text_width(f"{text}…", size, bold) > width:
        text = text[:-1].rstrip()
    return f"{text}…"


@dataclass(frozen=True)
class Scale:
    """A line from data to points: `first` lies at `start`, `last` at `end`."""

    first: float
    last: float
    start: float
    end: float

    def __call__(self, value: Any) -> Any:
        """Return where a value, or each of an array, lies."""
        share = (value - self.first) / (self.last - self.first)
        return self.start + share * (self.end - self.start)


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0").replace("-0.", "-.").lstrip("0") or "0"


class Drawing:
    """What has been drawn so far, on a sheet of a width and a height."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._shapes: dict[tuple[float, tuple[tuple[str, str], ...]], list[str]] = {}
        self._texts: dict[tuple[tuple[str, str], ...], list[tuple[float, float, str, str]]] = {}
        self.boxes: list[Box] = []  # of the texts
        self.vertices = 0

    @property
    def narrow(self) -> bool:
        """Whether this is the drawing for a phone."""
        return self.width < 350

    def _add(self, z: float, paths: Iterable[Points], close: bool, **style: object) -> None:
        attrs = tuple((k.replace("_", "-"), str(v)) for k, v in style.items() if v is not None)
        into = self._shapes.setdefault((z, attrs), [])
        for points in paths:
            self.vertices += len(points)
            numbers = " ".join(_short(float(v)) for point in points for v in point)
            into.append(f"M{numbers}{'z' if close else ''}")

    def lines(
        self, paths: Iterable[Points], color: str, width: float, *, z: float = 2, dash: str = "",
        opacity: float | None = None, cap: str | None = "round",
    ) -> None:  # fmt: skip
        """Draw lines, each through its points, some (n, 2)."""
        self._add(
            z, paths, False, fill="none", stroke=color, stroke_width=width, opacity=opacity,
            stroke_linecap=cap, stroke_dasharray=dash or None,
            stroke_linejoin="round",
        )  # fmt: skip

    def areas(
        self, paths: Iterable[Points], color: str, *, z: float = 2, opacity: float | None = None,
        rim: str | None = None, rim_width: float = 0.6,
    ) -> None:  # fmt: skip
        """Fill areas, each given by its corners, some (n, 2)."""
        edge: dict[str, object] = {"stroke": rim, "stroke_width": rim_width} if rim else {}
        self._add(z, paths, True, fill=color, opacity=opacity, **edge)

    def boxed(self, boxes: Iterable[Box], color: str, **style: Any) -> None:
        """Fill boxes given as left, top, right, bottom."""
        corners = [((a, b), (c, b), (c, d), (a, d)) for a, b, c, d in boxes]
        self.areas(corners, color, **style)

    def dots(
        self, x: Any, y: Any, size: float, color: str, *, hollow: bool = False, z: float = 4,
        opacity: float | None = None,
    ) -> None:  # fmt: skip
        """Draw round marks of a diameter: the round ends of lines of no length."""
        at = np.broadcast_arrays(np.atleast_1d(x), np.atleast_1d(y))
        points = [((a, b), (a, b)) for a, b in zip(*at, strict=True)]
        if len(set(points)) == 1:  # Typst leaves out a path without any extent
            points = [(start, (start[0] + 0.1, start[1])) for start, _end in points]
        self.lines(points, color, size, z=z, opacity=opacity)
        if hollow:
            self.lines(points, WHITE, round(size - 2.6, 1), z=z + 0.1)

    def text(
        self, x: float, y: float, text: str, *, color: str = INK, size: float = BODY,
        bold: bool = False, anchor: Anchor = "start", middle: bool = False, rim: bool = False,
        clear: bool = False,
    ) -> None:  # fmt: skip
        """Write a text from, about or up to a point; several lines go down from it.

        `y` is the first baseline, or with `middle` the height at which the text is centred. A
        `rim` sets it off from what it crosses; where that is grid and rules alone, `clear` does,
        a patch below it: a PDF has each rim as outlines of the letters.
        """
        texts = unicodedata.normalize("NFC", text).split("\n")
        step = line_height(size)
        if middle:
            y += 0.33 * size - step * (len(texts) - 1) / 2
        style = (
            ("fill", color), ("font-size", f"{size:g}"), ("font-weight", "600" if bold else ""),
            ("text-anchor", anchor if anchor != "start" else ""), ("paint-order", "stroke" * rim),
            ("stroke", WHITE if rim else ""), ("stroke-width", "2.5" * rim),
            ("stroke-linejoin", "round" * rim),
        )  # fmt: skip
        into = self._texts.setdefault(tuple((k, v) for k, v in style if v), [])
        for n, one in enumerate(texts):
            box = text_box(x, y + n * step, one, size, bold, anchor)
            self.boxes.append(box)
            if clear:
                self.boxed([(box[0] - 1, box[1], box[2] + 1, box[3])], WHITE, z=1.5)
            wide = f'" textLength="{_short(text_width(one, size, bold))}' if len(one) > 6 else ""
            into.append((x, y + n * step, wide, one))

    def is_free(self, box: Box, gap: float = 1.0) -> bool:
        """Tell whether a box is on the sheet and keeps off all texts so far."""
        a, b, c, d = box
        if a < 0 or b < 0 or c > self.width or d > self.height:
            return False
        return all(c + gap <= e or g + gap <= a or d <= f or h <= b for e, f, g, h in self.boxes)

    def svg(self) -> str:
        """Return the drawing."""
        w, h = _short(self.width), _short(self.height)
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}pt" height="{h}pt" '
            f"viewBox=\"0 0 {w} {h}\" font-family=\"'{FONT}','Source Sans 3',sans-serif\">"
        ]
        for (_z, attrs), drawn in sorted(self._shapes.items(), key=lambda item: item[0][0]):
            parts.append(f'<path {_attributes(attrs)} d="{"".join(drawn)}"/>')
        # Rims first: none may cover a letter.
        rimmed = sorted(self._texts.items(), key=lambda item: "paint-order" not in dict(item[0]))
        for style, texts in rimmed:
            parts.append(f"<g {_attributes(style)}>")
            parts += [
                f'<text x="{_short(x)}" y="{_short(y)}{wide}">{escape(text, quote=False)}</text>'
                for x, y, wide, text in texts
            ]
            parts.append("</g>")
        return "\n".join([*parts, "</svg>"])


def _attributes(pairs: Iterable[tuple[str, str]]) -> str:
    return " ".join(f'{name}="{value}"' for name, value in pairs)


def line_height(size: float) -> float:
    """Return the distance between lines at which texts with stacked accents keep apart."""
    return 1.28 * size


def text_box(
    x: float, y: float, text: str, size: float = BODY, bold: bool = False, anchor: Anchor = "start"
) -> Box:
    """Return the box of one line's ink: left, top, right, bottom; `y` is its baseline."""
    wide = text_width(text, size, bold)
    left = x - wide * {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
    return left, y - 0.76 * size, left + wide, y + 0.2 * size
