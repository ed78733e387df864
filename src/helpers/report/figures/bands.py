"""A rank beside the ranks that other choices, or chance, would have given."""

from typing import Any, Final

import pandas as pd

from helpers import show
from helpers.palette import CONTEXT, FALL, HIGHLIGHT, MUTED
from helpers.report.figures import theme
from helpers.report.figures.rows import records
from helpers.words import Words

ROW_MM = 7.0
PALE: Final[Any] = {"color": CONTEXT, "alpha": 0.6}


@theme.styled
def rank_bands(
    bands: pd.DataFrame,
    units: int,
    words: Words,
    *,
    subject: str,
    level: float = 0.9,
    highlight: str | None = None,
) -> show.Figure:
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
    names = bands["label"].astype(str).tolist()
    fig, ax, left = theme.row_axes(names, ROW_MM, right=4, top=1, bottom=16)
    theme.rank_axis(ax, units, "x", pad=0.04)
    ax.set_ylim(len(bands) - 0.5, -0.5)
    ax.set_xlabel(words._("rank (1 is best)"), loc="right", labelpad=2)
    for row, band in enumerate(records(bands)):
        chosen = band.label == highlight
        outside = not band.low <= band.rank <= band.high
        color = FALL if outside else HIGHLIGHT if chosen else MUTED
        theme.name_row(ax, row, band.label, left, strong=chosen)
        # Half a rank on either side: a band of one rank is still a band.
        shade: Any = {"color": HIGHLIGHT, "alpha": 0.35} if chosen else PALE
        wide = band.high - band.low + 1
        ax.barh(row, wide, left=band.low - 0.5, height=0.5, zorder=2, **shade)
        ax.plot([band.median] * 2, [row - 0.25, row + 0.25], color=MUTED, lw=1.8, zorder=3)
        ax.plot(band.rank, row, "o", ms=6.5, color=color, mec="white", mew=0.8, zorder=4)
        for end, edge, shift in ((band.low, -0.5, 4), (band.high, 0.5, -4)):
            at = end + edge, row
            theme.write(ax, words.number(end), at, (shift, 0), rim=True, **theme.NOTE)
    share = words.percent(level, 0)
    published = "published" not in bands or bool(bands["published"].all())
    mark, outlier = (
        (words._("published rank"), words._("published rank outside the band"))
        if published
        else (words._("rank by the index's own rules"), words._("rank outside the band"))
    )
    entries = [
        (theme.mark("o", 6, MUTED), mark),
        (theme.mark("s", 7, **PALE), words._("{share} of the outcomes", share=share)),
        (theme.mark("|", 8, MUTED, mew=2), words._("median")),
    ]
    inside = int(((bands["low"] <= bands["rank"]) & (bands["rank"] <= bands["high"])).sum())
    if inside < len(bands):
        entries.append((theme.mark("o", 6, FALL), outlier))
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
