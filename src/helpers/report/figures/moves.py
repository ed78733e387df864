"""Rows of moves: from one rank to another, with the change; by indicator, or by unit."""

from collections.abc import Sequence
from dataclasses import dataclass

from helpers.palette import HIGHLIGHT, MUTED, RULE
from helpers.report.figures import theme
from helpers.report.figures.canvas import BODY, Drawing, Scale, text_box, text_width
from helpers.report.figures.labels import spread
from helpers.words import Words

HEAD = 5.5  # the length of an arrow's head


@dataclass(frozen=True)
class Move:
    """One row: who or what moved, from where, to where."""

    label: str
    rank_from: float
    rank_to: float
    strong: bool = False
    color: str = ""
    note: str = ""  # in place of the change

    @property
    def change(self) -> float:
        """Places gained; negative is a fall."""
        return self.rank_from - self.rank_to

    @property
    def hue(self) -> str:
        """The colour given, or that of the direction."""
        return self.color or theme.direction(self.change)


def draw_moves(
    width: float,
    moves: Sequence[Move],
    units: int,
    years: tuple[int, int],
    words: Words,
    *,
    heading: str = "",
    own: tuple[float, float, str] | None = None,
    divide: int = 0,
) -> Drawing:
    """Draw rows of moves: a bar at the rank before, an arrow to the rank after, the change.

    Parameters
    ----------
    width
        Of the sheet.
    units
        How many are ranked.
    heading
        Of the column at the right, where that is not the change.
    own
        The ranks of a unit in both years and its name: a line each down all rows.
    divide
        After how many rows a line parts them.
    """
    rows = theme.rows(
        width, [m.label for m in moves], right=42.0, top=25.0 if own else 17.0,
        strong=[m.strong for m in moves],
    )  # fmt: skip
    drawing = rows.drawing
    x = theme.rank_scale(units, rows.left + 14, rows.right - 12, pad=0.02)
    theme.rank_axis_below(drawing, x, units, rows.top, rows.bottom, words)
    heading = heading or words._("change")
    drawing.text(width - 1, rows.top - 6, heading, anchor="end", **theme.NOTE)
    if own:
        _draw_own(drawing, x, own, years, (rows.top, rows.bottom), width)
    for y, move in zip(rows.y, moves, strict=True):
        _draw_move(drawing, x, y, move, words, width)
    if moves and not own:
        _head_years(drawing, x, moves[0], years, rows.top - 6, text_width(heading) + 10)
    if 0 < divide < len(moves):
        between = rows.ends[divide]
        drawing.lines([((0, between), (width, between))], MUTED, 0.8, z=0, dash="2 2", cap=None)
    return drawing


def _draw_move(
    drawing: Drawing, x: Scale, y: float, move: Move, words: Words, width: float
) -> None:
    start, end, color = float(x(move.rank_from)), float(x(move.rank_to)), move.hue
    drawing.lines([((x.start, y), (x.end, y))], RULE, 0.5, z=0.5, cap=None)
    toward = 1 if end >= start else -1
    if move.change:
        head = min(HEAD, abs(end - start))
        drawing.lines([((start, y - 3.6), (start, y + 3.6))], color, 1.5, z=3, cap=None)
        if abs(end - start) > HEAD:
            drawing.lines([((start, y), (end - toward * HEAD, y))], color, 2.2, z=3, cap=None)
        back = end - toward * head
        drawing.areas([((end, y), (back, y - 3.4), (back, y + 3.4))], color, z=3)
    else:
        drawing.dots(end, y, 6, color)
    gap = 4.0 if move.change else 5.0
    ends = [(move.rank_to, end, toward, True), (move.rank_from, start, -toward, False)]
    for place, at, way, new in ends[: 2 if move.change else 1]:
        drawing.text(
            at + way * gap, y, words.number(place), middle=True, clear=True,
            anchor="start" if way > 0 else "end",
            color=color if new else MUTED, bold=new,
        )  # fmt: skip
    drawing.text(
        width - 1, y, move.note or words.signed(move.change), middle=True, anchor="end",
        color=color, bold=True, size=BODY + 1,
    )  # fmt: skip


def _draw_own(
    drawing: Drawing,
    x: Scale,
    own: tuple[float, float, str],
    years: tuple[int, int],
    ends: tuple[float, float],
    width: float,
) -> None:
    """Draw a unit's two ranks as lines down the rows, each named at the top."""
    old, new, name = own
    top, bottom = ends
    for place, dash, weight in ((old, "3 2.5", 1.0), (new, "", 1.4)):
        down = ((x(place), top - 3), (x(place), bottom))
        drawing.lines([down], HIGHLIGHT, weight, z=1, dash=dash, cap=None)
    base = 8.5
    texts = [(float(x(new)), f"{name} {years[1]}: {new:.0f}", base)]
    if old != new:
        texts.append((float(x(old)), f"{years[0]}: {old:.0f}", base + 11))
    for at, text, y in texts:
        wide = text_width(text, bold=True)
        left = min(max(0.0, at - wide / 2), width - wide - 1)
        if drawing.is_free(text_box(left, y, text, BODY, True)):
            drawing.text(left, y, text, color=HIGHLIGHT, bold=True, clear=True)


def _head_years(
    drawing: Drawing, x: Scale, first: Move, years: tuple[int, int], y: float, room: float
) -> None:
    """Write the years over the first row's ends, apart where these are close."""
    ends = [float(x(first.rank_from)), float(x(first.rank_to))]
    order = [0, 1] if ends[0] <= ends[1] else [1, 0]
    clear = spread([ends[i] for i in order], 24.0, 10.0, drawing.width - room - 8)
    for i, at in zip(order, clear, strict=True):
        drawing.text(float(at), y, str(years[i]), anchor="middle", **theme.NOTE)
