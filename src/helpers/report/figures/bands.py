"""A rank beside the ranks that other choices, or chance, would have given."""

from typing import Any, Final

import pandas as pd

from helpers.palette import CONTEXT, FALL, HIGHLIGHT, MUTED
from helpers.report.figures import theme
from helpers.report.figures.canvas import Drawing
from helpers.report.figures.rows import records
from helpers.words import Words

PALE: Final[Any] = {"color": CONTEXT, "opacity": 0.6}


@theme.figure
def rank_bands(
    bands: pd.DataFrame,
    words: Words,
    *,
    units: int,
    subject: str,
    level: float = 0.9,
    highlight: str | None = None,
) -> theme.Made:
    """Draw ranks against bands of ranks.

    Parameters
    ----------
    bands
        Columns ``label``, ``rank``, ``low``, ``median``, ``high``; one row per unit, or per
        indicator of one unit, top to bottom. Where a column ``published`` does not hold
        throughout, the ranks are called ranks and not published ones.
    words
        The language.
    units
        How many units are ranked.
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
    share = words.percent(level, 0)
    published = "published" not in bands or bool(bands["published"].all())
    mark, outlier = (
        (words._("published rank"), words._("published rank outside the band"))
        if published
        else (words._("rank by the index's own rules"), words._("rank outside the band"))
    )
    entries = [
        ("rank", mark), ("band", words._("{share} of the outcomes", share=share)),
        ("median", words._("median")),
    ]  # fmt: skip
    inside = int(((bands["low"] <= bands["rank"]) & (bands["rank"] <= bands["high"])).sum())
    if inside < len(bands):
        entries.append(("outlier", outlier))
    names = bands["label"].astype(str).tolist()

    def draw(width: float) -> Drawing:
        strong = [name == highlight for name in names]
        rows = theme.rows(width, names, row=20, strong=strong, foot=entries)
        drawing = rows.drawing
        x = theme.rank_scale(units, rows.left + 4, rows.right)
        theme.rank_axis_below(drawing, x, units, rows.top, rows.bottom, words)
        for y, band, chosen in zip(rows.y, records(bands), strong, strict=True):
            outside = not band.low <= band.rank <= band.high
            color = FALL if outside else HIGHLIGHT if chosen else MUTED
            # Half a rank on either side: a band of one rank is still a band.
            ends = float(x(band.high + 0.5)), float(x(band.low - 0.5))
            pale: Any = {"color": HIGHLIGHT, "opacity": 0.35} if chosen else PALE
            drawing.boxed([(ends[0], y - 5, ends[1], y + 5)], **pale)
            at = float(x(band.median))
            drawing.lines([((at, y - 5), (at, y + 5))], MUTED, 1.8, z=3, cap=None)
            drawing.dots(x(band.rank), y, 6.8, color)
            drawing.text(ends[0] - 4, y, words.number(band.high), anchor="end", middle=True,
                         clear=True, **theme.NOTE)  # fmt: skip
            drawing.text(ends[1] + 4, y, words.number(band.low), middle=True, clear=True,
                         **theme.NOTE)  # fmt: skip
        theme.key(
            drawing,
            entries,
            {
                "rank": lambda a, b: drawing.dots(a, b, 6.8, MUTED),
                "outlier": lambda a, b: drawing.dots(a, b, 6.8, FALL),
                "band": lambda a, b: drawing.boxed([(a - 4, b - 3.5, a + 4, b + 3.5)], **PALE),
                "median": lambda a, b: drawing.lines(
                    [((a, b - 4), (a, b + 4))], MUTED, 1.8, cap=None
                ),
            },
        )
        return drawing

    filled: dict[str, Any] = {"subject": subject, "inside": words.number(inside), "share": share}
    if inside == len(bands) == 1:
        caption = words._(
            "{subject}: the rank lies within the band of {share} of the outcomes.", **filled
        )
    elif published:
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
    return draw, theme.sentence([caption, f"{details}."]), caption
