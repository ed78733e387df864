"""Shares of a whole as bars, with what the print leaves open drawn as open."""

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from helpers.figures import theme
from helpers.figures.tables import records
from helpers.palette import CONTEXT, HIGHLIGHT, INK, MUTED, RULE
from helpers.words import Words

if TYPE_CHECKING:
    from helpers import show

ROW_MM = 8.0


def share_rows(figures: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return the figures that are shares, as :func:`shares` wants them, system by system.

    Parameters
    ----------
    figures
        The table ``indicators``.
    lang
        The language of the labels.
    """
    rows = figures[figures["share"].notna()]
    rows = pd.DataFrame(
        {
            "label": rows[f"indicator_{lang}"],
            "system": rows[f"system_{lang}"],
            "share": rows["share"],
            "low": rows["share_low"],
            "high": rows["share_high"],
            "open": rows["qualifier"].isin(["more than", "at least"]),
        }
    )
    return rows.reset_index(drop=True)


@theme.styled
def shares(rows: pd.DataFrame, words: Words, *, subject: str = "") -> "show.Figure":
    """Draw shares in per cent as horizontal bars on a scale from 0 to 100.

    A bar whose upper end is open ("more than 71 %") is solid to what is certain and hatched
    up to what is possible.

    Parameters
    ----------
    rows
        Columns ``label``, ``system``, ``share``, ``low``, ``high`` (in per cent) and ``open``;
        one row per bar, top to bottom.
    words
        The language.
    subject
        What the shares are about, for the caption.

    Raises
    ------
    ValueError
        If there are no rows, or a share lies outside its bounds or 0 to 100.
    """
    wrong = rows[
        (rows["low"] < 0) | (rows["high"] > 100)
        | (rows["low"] > rows["share"]) | (rows["share"] > rows["high"])
    ]  # fmt: skip
    if rows.empty or not wrong.empty:
        found = "no rows" if rows.empty else f"{wrong['label'].iloc[0]!r} outside its bounds"
        raise ValueError(f"found {found}; expected rows with 0 <= low <= share <= high <= 100")
    left, right = 92.0, 16.0
    lines = [theme.wrap(str(label), left - 5) for label in rows["label"]]
    tall = max(line.count("\n") for line in lines)
    row_mm = ROW_MM + 3.2 * tall
    fig = theme.figure(height_mm=row_mm * len(rows) + 15)
    ax = theme.axes(fig, left=left, right=right, top=1, bottom=13)
    ax.set_xlim(0, 100)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_yticks([])
    ax.set_xticks([0, 25, 50, 75, 100], [words.percent(x / 100, 0) for x in (0, 25, 50, 75, 100)])
    ax.grid(True, axis="x")
    width = theme.axes_size_mm(ax)[0]
    texts = []
    for place, (row, label) in enumerate(zip(records(rows), lines, strict=True)):
        at = -3 * 100 / width, place
        ax.annotate(
            label, at, xytext=(0, -1), textcoords="offset points", ha="right", va="bottom",
            color=INK, linespacing=1.1, annotation_clip=False,
        )  # fmt: skip
        ax.annotate(
            row.system, at, xytext=(0, -1), textcoords="offset points", ha="right", va="top",
            color=MUTED, size=theme.SMALL, annotation_clip=False,
        )  # fmt: skip
        ax.barh(place, 100, height=0.55, color=RULE, alpha=0.5, zorder=1)
        if row.open:
            ax.barh(
                place, row.high - row.low, left=row.low, height=0.55, facecolor="white",
                edgecolor=CONTEXT, hatch="/////", linewidth=0, zorder=2,
            )  # fmt: skip
        ax.barh(place, row.share, height=0.55, color=HIGHLIGHT, zorder=3)
        texts.append(_printed(words, row.share, row.open))
        ax.text(
            100 + 2 * 100 / width, place, texts[-1], ha="left", va="center", color=MUTED,
            size=theme.SMALL,
        )  # fmt: skip
    entries: list[tuple[Line2D | Patch, str]] = [
        (Patch(facecolor=HIGHLIGHT), words._("printed, or the least it can be")),
        (Patch(facecolor=RULE, alpha=0.5), words._("gap to {whole}", whole=words.percent(1, 0))),
    ]
    if rows["open"].any():
        open_end = Patch(facecolor="white", edgecolor=CONTEXT, hatch="/////", linewidth=0)
        entries.insert(1, (open_end, words._("open: it can be more")))
    theme.key(fig, entries)  # type: ignore[arg-type]
    full = int((rows["share"] == 100).sum())
    caption = words._(
        "{full} of {n} shares are printed as {whole}; the smallest is {smallest}.",
        full=words.number(full),
        n=words.number(len(rows)),
        whole=words.percent(1, 0),
        smallest=words.percent(float(rows["share"].min()) / 100, 1),
    )
    if subject:
        caption = f"{subject}: {caption}"
    told = "; ".join(f"{row.label} {text}" for row, text in zip(records(rows), texts, strict=True))
    return theme.finish(fig, theme.sentence([caption, f"{told}."]), caption)


def _printed(words: Words, share: float, open_ended: bool) -> str:
    decimals = 0 if abs(share - round(share)) < 1e-9 else 1
    text = words.percent(share / 100, decimals)
    return words._("over {figure}", figure=text) if open_ended else text
