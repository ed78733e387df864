"""What a report cell ends with: figures, tables, key figures and computed sentences.

Each object carries the same content in several forms (a MIME bundle), so that JupyterLab,
the PDF, the HTML page and nbval each take the one they can use. All of them take finished
strings: words and number styles are settled before, in the language of the report.
"""

from __future__ import annotations

import html
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure as MplFigure

MISSING = "–"

# Digits with the signs, separators, brackets and arrows that go with them; or the sign for a
# number that is missing.
NUMBER = re.compile(r"(?=\D*\d)[\s\d.,:%‰/()\[\]+±~≈<>≤≥−–—…▲▼△▽→↑↓=-]*|\s*[-–—]?\s*")
# The colon of an address too: bare addresses become links, backslashes and all.
_INLINE_MARKS = re.compile(r"([\\`*_\[\]<>&$#~|!]|:(?=//))")
_LINE_MARKS = re.compile(r"^([-+=]|\d{1,9}(?=[.)]))")


def literal(text: str) -> str:
    r"""Escape free text so that Markdown prints it as it stands.

    For unit names and press texts inside the sentences of `Text`. Line breaks and runs of
    white space become one space.

    >>> literal("*a* & <b>")
    '\\*a\\* \\& \\<b\\>'
    """
    text = _INLINE_MARKS.sub(r"\\\1", " ".join(text.split()))
    return _LINE_MARKS.sub(lambda m: m[1] + "\\" if m[1].isdigit() else "\\" + m[1], text)


def reads_as_number(text: str) -> bool:
    """Tell whether a table cell is a number (or the sign for a missing one)."""
    return bool(NUMBER.fullmatch(text))


class Shown:
    """Base of the display objects: a MIME bundle and its plain text."""

    def __init__(self, data: dict[str, str], metadata: dict[str, Any] | None = None) -> None:
        self._data = data
        self._metadata = metadata or {}

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        return dict(self._data), dict(self._metadata)

    def __repr__(self) -> str:
        return self._data["text/plain"]


class Figure(Shown):
    """A figure as SVG with its alternative text and caption.

    Parameters
    ----------
    fig
        An SVG as text; or a matplotlib figure, which is drawn at once and closed, so that no
        second copy appears below the cell, its text as outlines: it looks the same wherever it
        is opened, and the same figure gives the same bytes. Do not use it afterwards.
    alt
        What a reader who cannot see the figure needs: its message and its key numbers.
    caption
        Printed below the figure, which is then numbered.
    narrow
        The same as SVG in the width of a phone, for the page; the PDF takes `fig`.

    Raises
    ------
    ValueError
        If `alt` is empty.
    """

    def __init__(
        self, fig: MplFigure | str, alt: str, caption: str = "", *, narrow: str = ""
    ) -> None:
        if not alt.strip():
            raise ValueError(
                "alt is empty; expected a sentence that tells the figure's message and its "
                "key numbers: show.Figure(fig, alt='...')"
            )
        about = {"alt": alt, "caption": caption} | ({"narrow": narrow} if narrow else {})
        super().__init__(
            {"image/svg+xml": fig if isinstance(fig, str) else _outline(fig), "text/plain": alt},
            {"image/svg+xml": about},
        )


def _outline(fig: MplFigure) -> str:
    """Draw a matplotlib figure as SVG, and close it."""
    import matplotlib as mpl
    from matplotlib import pyplot as plt

    drawn = io.StringIO()
    # The salt settles the ids inside the file; the date and the creator are left out.
    with mpl.rc_context({"svg.hashsalt": "helpers", "svg.fonttype": "path"}):
        fig.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(fig)
    return drawn.getvalue()


@dataclass(frozen=True)
class Share:
    """A table cell with a bar beside its text, on a scale from 0 to 100.

    The text says it all: the bar is for the eye only.

    Parameters
    ----------
    text
        What is printed.
    least
        How far the bar is filled, in per cent.
    most
        How far it could be filled, where more than `least` is possible.
    """

    text: str
    least: float
    most: float | None = None

    def __str__(self) -> str:
        return self.text


class Table(Shown):
    """A frame as a table with a header row, the first column heading the rows.

    Parameters
    ----------
    frame
        (rows, columns); the index is not shown. Strings stay as they are; floats are written
        with as many decimals as their column needs, four at the most; missing values as an
        en dash. A `Share` is drawn as a bar with its text.
    caption
        Printed above the table, which is then numbered.
    kind
        The class of the HTML table.
    grouped
        Whether the first column names groups: equal names in rows that follow each other are
        said once, and the second column heads the rows.
    """

    def __init__(
        self, frame: pd.DataFrame, caption: str = "", kind: str = "table", grouped: bool = False
    ) -> None:
        heads = [_one_line(column) for column in frame.columns]
        columns = [_column(frame.iloc[:, i]) for i in range(len(heads))]
        right = [
            dtype.kind in "iufc" or (any(cells) and all(map(reads_as_number, cells)))
            for dtype, cells in zip(frame.dtypes, columns, strict=True)
        ]
        rows = list(zip(*columns, strict=True)) if heads else []
        meters = [[_meter(value) for value in row] for row in frame.itertuples(index=False)]
        # Beside bars of one length, texts start at one line.
        right = [r and not any(bars) for r, *bars in zip(right, *meters, strict=True)]
        first = [row[0] for row in rows] if grouped else []
        spans = [n for _, same in groupby(first) for n in _span(len(list(same)))]
        super().__init__(
            {
                "text/html": _as_html(heads, rows, right, caption, kind, meters, spans),
                "text/plain": _as_text(heads, _said_once(rows, spans), right, caption),
            }
        )


class KeyFigures(Shown):
    """A row of large figures, each with its label and, if need be, a note.

    >>> KeyFigures([("23", "Overall rank", "of 63"), ("0.6077", "Score")])
    Overall rank: 23 (of 63)
    Score: 0.6077
    """

    def __init__(self, figures: Iterable[Sequence[str]]) -> None:
        cards = [[_one_line(part) for part in (*figure, "", "")[:3]] for figure in figures]
        if not cards:
            raise ValueError("no key figures; expected (value, label, note) at least once")
        values, labels, notes = (list(part) for part in zip(*cards, strict=True))
        rows = [values] + ([notes] if any(notes) else [])
        cells = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
            for row in rows
        )
        heads = "".join(f'<th scope="col">{html.escape(label)}</th>' for label in labels)
        super().__init__(
            {
                "text/html": f'<table class="key-figures"><thead><tr>{heads}</tr></thead>'
                f"<tbody>{cells}</tbody></table>",
                "text/plain": "\n".join(
                    f"{label}: {value}" + (f" ({note})" if note else "")
                    for value, label, note in cards
                ),
            }
        )


class Text(Shown):
    """Computed sentences in Markdown; put free text into them with `literal`."""

    def __init__(self, markdown: str) -> None:
        super().__init__({"text/markdown": markdown, "text/plain": markdown})


def _one_line(value: object) -> str:
    if isinstance(value, str):
        return " ".join(unicodedata.normalize("NFC", value).split())
    import pandas as pd

    if pd.api.types.is_scalar(value) and pd.isna(value):  # type: ignore[call-overload]
        return MISSING
    return " ".join(str(value).split())


def _column(values: pd.Series[Any]) -> list[str]:
    """Write one column; its floats share the number of decimals, so that they align."""
    if values.dtype.kind != "f":
        return [_one_line(value) for value in values]
    written = [f"{value:.4f}" for value in values.dropna()]
    spare = min((len(text) - len(text.rstrip("0")) for text in written), default=4)
    return [MISSING if v != v else f"{v:.{4 - min(spare, 4)}f}" for v in map(float, values)]


def _span(rows: int) -> list[int]:
    """Return how many rows the cell of each row of a group spans: all, then none."""
    return [rows] + [0] * (rows - 1)


def _said_once(rows: Sequence[Sequence[str]], spans: list[int]) -> list[Sequence[str]]:
    if not spans:
        return list(rows)
    return [row if span else ("", *row[1:]) for row, span in zip(rows, spans, strict=True)]


def _meter(value: object) -> str:
    """Return the bar in front of a cell's text; screen readers have the text."""
    if not isinstance(value, Share):
        return ""
    more = "" if value.most is None else f' data-most="{value.most:.6g}"'
    return f'<meter aria-hidden="true" min="0" max="100" value="{value.least:.6g}"{more}></meter> '


def _as_html(
    heads: list[str],
    rows: Sequence[Sequence[str]],
    right: list[bool],
    caption: str,
    kind: str,
    meters: list[list[str]],
    spans: list[int],
) -> str:
    sides = [' style="text-align: right"' if r else ' style="text-align: left"' for r in right]
    lines = [f'<table class="{html.escape(kind)}">']
    if caption:
        lines.append(f"<caption>{html.escape(_one_line(caption))}</caption>")
    lines.append("<thead><tr>")
    lines += [
        f'<th scope="col"{side}>{html.escape(head)}</th>'
        for head, side in zip(heads, sides, strict=True)
    ]
    lines.append("</tr></thead>\n<tbody>")
    naming = 1 if spans else 0
    for y, row in enumerate(rows):
        cells = [
            f'<th scope="row"{side}>{meter}{html.escape(cell)}</th>'
            if x == naming
            else f"<td{side}>{meter}{html.escape(cell)}</td>"
            for x, (cell, side, meter) in enumerate(zip(row, sides, meters[y], strict=True))
        ]
        if spans:
            over = f' rowspan="{spans[y]}"' if spans[y] > 1 else ""
            group = f'<th scope="rowgroup"{over}{sides[0]}>{html.escape(row[0])}</th>'
            cells[0] = group if spans[y] else ""
        lines.append("<tr>" + "".join(cells) + "</tr>")
    return "\n".join([*lines, "</tbody></table>"])


def _as_text(
    heads: list[str], rows: Sequence[Sequence[str]], right: list[bool], caption: str
) -> str:
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    lines = [_one_line(caption)] if caption else []
    for row in (heads, ["-" * width for width in widths], *rows):
        cells = zip(row, widths, right, strict=True)
        lines.append("  ".join(c.rjust(w) if r else c.ljust(w) for c, w, r in cells).rstrip())
    return "\n".join(lines)
