"""A rank beside the ranks that other choices, or chance, would have given."""

from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.lines import Line2D

from helpers.palette import CONTEXT, FALL, HIGHLIGHT, INK, MUTED
from helpers.report.figures import theme
from helpers.report.figures.rows import records
from helpers.words import Words

if TYPE_CHECKING:
    from helpers import show

ROW_MM = 7.0


@theme.styled
def rank_bands(
    bands: pd.DataFrame,
    units: int,
    words: Words,
    *,
    subject: str,
    level: float = 0.9,
    highlight: str | None = None,
) -> "show.Figure":
    """Draw ranks against bands of ranks.

    Parameters
    ----------
    bands
        Columns ``label``, ``rank``, ``low``, ``median``, ``high``; one row per unit, or per
        indicator of one unit, top to bottom. Where a column ``published`` does not hold
        throughout, the ranks are called ranks and not published ones.
    units
        How many units are ranked.
    words
        The language.
    subject
        What is shown, for the caption; an index's own words and a year.
    level
        The share of the outcomes that lies in the band.
    highlight
        The label that is set off.

    Raises
    ------
    ValueError
        If there are no rows or a band's ends are crossed.
    """
    crossed = bands[(bands["low"] > bands["median"]) | (bands["median"] > bands["high"])]
    if bands.empty or not crossed.empty:
        found = "no rows" if bands.empty else f"a crossed band for {crossed['label'].iloc[0]!r}"
        raise ValueError(f"found {found}; expected rows with low <= median <= high")
    names = bands["label"].astype(str)
    left = min(60.0, max(theme.text_width_mm(name, weight="bold") for name in names) + 4)
    fig = theme.figure(height_mm=ROW_MM * len(bands) + 17)
    ax = theme.axes(fig, left=left, right=4, top=1, bottom=16)
    theme.rank_axis(ax, units, "x", pad=0.04)
    ax.set_ylim(len(bands) - 0.5, -0.5)
    ax.set_yticks([])
    ax.set_xlabel(words._("rank (1 is best)"), loc="right", labelpad=2)
    width = theme.axes_size_mm(ax)[0]
    for row, band in enumerate(records(bands)):
        chosen = band.label == highlight
        outside = not band.low <= band.rank <= band.high
        color = FALL if outside else HIGHLIGHT if chosen else MUTED
        ax.annotate(
            band.label,
            ((0.5 - left) / width, row),
            xycoords=ax.get_yaxis_transform(),
            va="center_baseline",
            weight="bold" if chosen else "normal",
            color=HIGHLIGHT if chosen else INK,
        )
        # Half a rank on either side: a band of one rank is still a band.
        ax.barh(
            row,
            band.high - band.low + 1,
            left=band.low - 0.5,
            height=0.5,
            color=HIGHLIGHT if chosen else CONTEXT,
            alpha=0.35 if chosen else 0.6,
            zorder=2,
        )
        ax.plot([band.median] * 2, [row - 0.25, row + 0.25], color=MUTED, lw=1.8, zorder=3)
        ax.plot(band.rank, row, "o", ms=6.5, color=color, mec="white", mew=0.8, zorder=4)
        for end, offset in ((band.low, 4), (band.high, -4)):
            ax.annotate(
                words.number(end),
                (end + (-0.5 if offset > 0 else 0.5), row),
                xytext=(offset, 0),
                textcoords="offset points",
                ha="left" if offset > 0 else "right",
                va="center_baseline",
                size=theme.SMALL,
                color=MUTED,
                path_effects=theme.halo(),
            )
    share = words.percent(level, 0)
    published = "published" not in bands or bool(bands["published"].all())
    mark, outlier = (
        (words._("published rank"), words._("published rank outside the band"))
        if published
        else (words._("rank by the index's own rules"), words._("rank outside the band"))
    )
    entries = [
        (Line2D([], [], ls="", marker="o", ms=6, color=MUTED), mark),
        (
            Line2D([], [], ls="", marker="s", ms=7, color=CONTEXT, alpha=0.6),
            words._("{share} of the outcomes", share=share),
        ),
        (Line2D([], [], ls="", marker="|", ms=8, mew=2, color=MUTED), words._("median")),
    ]
    inside = int(((bands["low"] <= bands["rank"]) & (bands["rank"] <= bands["high"])).sum())
    if inside < len(bands):
        entries.append((Line2D([], [], ls="", marker="o", ms=6, color=FALL), outlier))
    theme.key(fig, entries, left_mm=left - 2)
    filled: dict[str, Any] = {"subject": subject, "inside": words.number(inside), "share": share}
    if published:
        caption = words.n(
            "{subject}: {inside} of {n} published rank lies within the band of {share} of the "
            "outcomes.",
            "{subject}: {inside} of {n} published ranks lie within the band of {share} of the "
            "outcomes.",
            len(bands),
            **filled,
        )
    else:
        caption = words.n(
            "{subject}: {inside} of {n} rank lies within the band of {share} of the outcomes.",
            "{subject}: {inside} of {n} ranks lie within the band of {share} of the outcomes.",
            len(bands),
            **filled,
        )
    details = "; ".join(
        words._(
            "{label} {rank} (band {band}, median {median})",
            label=band.label,
            rank=words.number(band.rank),
            band=words.range(band.low, band.high),
            median=words.number(band.median),
        )
        for band in records(bands)
    )
    return theme.finish(fig, theme.sentence([caption, f"{details}."]), caption)
