"""The explorer's views as small SVG: written as text, so that they follow a slider at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise
from typing import Any

import numpy as np

from helpers.palette import CONTEXT, FALL, FONT, HIGHLIGHT, INK, MUTED, PAPER, RISE, RULE
from helpers.report.explore.state import Explorer
from helpers.report.figures.theme import direction, rank_ticks
from helpers.tables.headline import REST

WIDTH = 460
CONTEXT_LINES = 200  # more grey lines than this cannot be told apart
NAMED = 11  # units in the list beside the ladder


def page(height: float, alt: str, parts: Iterable[str], width: float = WIDTH) -> str:
    """Return an SVG as wide as its place, with what it says in words."""
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(alt)}" '
        f'style="width:100%;max-width:{width * 1.35:g}px;display:block" '
        f'font-family="{FONT}, sans-serif" font-size="12">{"".join(parts)}</svg>'
    )


def text(
    x: float, y: float, words: str, color: str = MUTED, side: str = "start", **more: Any
) -> str:
    """Return a text at a point: ``start``, ``middle`` or ``end`` says which part of it is there."""
    rest = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in more.items())
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{color}" text-anchor="{side}"{rest}>'
        f"{escape(words)}</text>"
    )


def lines(ends: Iterable[Sequence[float]], color: str, width: float) -> str:
    """Return many straight lines as one path; each is x, y and x, y of its ends."""
    path = "".join(f"M{a:.1f} {b:.1f}L{c:.1f} {d:.1f}" for a, b, c, d in ends)
    return f'<path d="{path}" stroke="{color}" stroke-width="{width}" fill="none"/>' if path else ""


def dot(x: float, y: float, color: str, radius: float = 4, fill: str = "") -> str:
    """Return a mark; hollow where it is filled with another colour."""
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{fill or color}" '
        f'stroke="{color}" stroke-width="1.5"/>'
    )


def ladder(e: Explorer, height: float = 400) -> str:
    """Draw where every unit stood as published and where it stands as set, and who is near."""
    w, ranks, before = e.case.words, e.ranks, e.ranks_as_is
    units, top, left, right, width = len(ranks), 22.0, 26.0, 170.0, 370.0

    def y(rank: float) -> float:
        return top + (rank - 1) / max(units - 1, 1) * (height - top - 10)

    own = e.unit.code
    table = [(str(c), y(a), y(b)) for c, a, b in zip(ranks.index, before, ranks, strict=True)]
    others = [(a, b) for code, a, b in table if code != own]
    drawn = [
        text(0, 12, w._("as published")),
        text(right + 10, 12, w._("as set"), side="end"),
        *(
            text(left - 9, y(t) + 4, w.number(t), side="end", font_size=10)
            for t in rank_ticks(units)
        ),
    ]
    for color, chosen in (
        (CONTEXT, [(a, b) for a, b in others if a == b]),
        (RISE, [(a, b) for a, b in others if b < a]),
        (FALL, [(a, b) for a, b in others if b > a]),
    ):
        drawn.append(lines([(left, a, right, b) for a, b in chosen], color, 0.9))
    mine = next((a, b) for code, a, b in table if code == own)
    drawn.append(lines([(left, mine[0], right, mine[1])], HIGHLIGHT, 3))
    drawn += [dot(left, mine[0], HIGHLIGHT), dot(right, mine[1], HIGHLIGHT)]
    near: Any = ranks.sort_values(kind="stable")
    at: int = near.index.get_loc(own)
    first = max(0, min(at - NAMED // 2, units - NAMED))
    window = list(near.index[first : first + NAMED])
    start = min(max(mine[1] - 15 * window.index(own), top + 6), height - 15 * len(window))
    for place, code in enumerate(window):
        strong, shift = code == own, int(before[code] - ranks[code])
        at_y = start + 15 * place
        color = HIGHLIGHT if strong else INK
        name = e.case.units[str(code)].name
        drawn.append(text(right + 34, at_y + 4, w.number(ranks[code]), color, "end",
                          font_weight="bold" if strong else "normal"))  # fmt: skip
        drawn.append(text(right + 42, at_y + 4, name, color,
                          font_weight="bold" if strong else "normal"))  # fmt: skip
        if shift:
            drawn.append(text(width - 2, at_y + 4, w.signed(shift, 0), direction(shift), "end"))
    return page(height, say(e), drawn, width)


def path(e: Explorer, height: float = 190) -> str:
    """Draw the unit's ranks over the years, and where it stands as set."""
    w, own = e.case.words, e.case.path.dropna(subset="rank")
    years = [int(year) for year in own.index]
    units = max([e.case.size(year) for year in years if year in e.full_years] + [len(e.ranks)])
    left, right, top, bottom = 30.0, WIDTH - 40.0, 18.0, height - 22

    def x(year: float) -> float:
        return left + (year - years[0]) / max(years[-1] - years[0], 1) * (right - left)

    def y(rank: float) -> float:
        return top + (rank - 1) / max(units - 1, 1) * (bottom - top)

    table = e.case.ranks
    table = table[(table["indicator"] == e.index.headline) & table["rank"].notna()]
    wide = table.pivot(index="unit", columns="year", values="rank").reindex(columns=years)
    values = wide.drop(index=e.unit.code).to_numpy(dtype=float)[:CONTEXT_LINES]
    grey = [
        (x(a), y(row[i]), x(b), y(row[i + 1]))
        for i, (a, b) in enumerate(pairwise(years))
        for row in values[~np.isnan(values[:, i : i + 2]).any(axis=1)]
    ]
    drawn = [lines(grey, RULE, 0.7)]
    drawn += [text(left - 9, y(t) + 4, w.number(t), side="end", font_size=10)
              for t in rank_ticks(units)]  # fmt: skip
    points = [(x(year), y(float(rank))) for year, rank in zip(years, own["rank"], strict=True)]
    for (a, b), before, after in zip(pairwise(years), points[:-1], points[1:], strict=True):
        dashes = ' stroke-dasharray="2 4"' if e.index.break_reason(a, b) else ""
        drawn.append(
            f'<line x1="{before[0]:.1f}" y1="{before[1]:.1f}" x2="{after[0]:.1f}" '
            f'y2="{after[1]:.1f}" stroke="{HIGHLIGHT}" stroke-width="2"{dashes}/>'
        )
    for year, rank, (at, place) in zip(years, own["rank"], points, strict=True):
        drawn += [dot(at, place, HIGHLIGHT), text(at, height - 4, str(year), side="middle")]
        drawn.append(text(at + 7, place - 6, w.number(rank), HIGHLIGHT, font_weight="bold"))
    if e.rank != e.rank_as_is:
        at, place = x(e.year), y(e.rank)
        color = direction(e.rank_as_is - e.rank)
        drawn += [dot(at, place, color, 5, "white")]
        drawn.append(text(at + 9, place + 5, w.number(e.rank), color, font_weight="bold"))
    said = "; ".join(
        f"{year}: {w.number(rank)}" for year, rank in zip(years, own["rank"], strict=True)
    )
    return page(height, said, drawn)


def band(e: Explorer, height: float = 120) -> str:
    """Draw how often each rank comes out under weights around those that are set."""
    w, (low, high, ranks) = e.case.words, e.band()
    units, left, right, bottom = len(e.ranks), 14.0, WIDTH - 14.0, height - 20

    def x(rank: float) -> float:
        return right - (rank - 1) / max(units - 1, 1) * (right - left)

    counts = np.bincount(ranks, minlength=units + 1)
    tall, step = counts.max(), (right - left) / max(units - 1, 1)
    bars = "".join(
        f"M{x(rank) - step / 2:.1f} {bottom}v{-(bottom - 24) * counts[rank] / tall:.1f}h{step:.1f}"
        f"V{bottom}z"
        for rank in np.flatnonzero(counts).tolist()
    )
    drawn = [
        f'<rect x="{x(high) - step / 2:.1f}" y="20" width="{x(low) - x(high) + step:.1f}" '
        f'height="{bottom - 20}" fill="{PAPER}"/>',
        f'<path d="{bars}" fill="{HIGHLIGHT}" opacity="0.55"/>',
        lines([(left, bottom, right, bottom)], RULE, 1),
        *(text(x(t), height - 5, w.number(t), side="middle", font_size=10)
          for t in rank_ticks(units)),
        dot(x(e.rank), bottom, HIGHLIGHT, 4),
        text(min(max(x((low + high) / 2), 60), WIDTH - 60), 14,
             w.range(low, high), HIGHLIGHT, "middle", font_weight="bold"),
    ]  # fmt: skip
    return page(height, w._("Nine of ten: {ranks}.", ranks=w.range(low, high)), drawn)


def changes(e: Explorer, row: float = 19) -> str:
    """Draw the change of the unit's rank in each indicator between the two years."""
    table: Any = e.changes()
    w = e.case.words
    if table.empty:
        return _nothing(w._("No ranks of both years are known."))
    most, middle, reach = max(table["change"].abs().max(), 1.0), 285.0, 72.0
    drawn, said = [], []
    for place, one in enumerate(table.itertuples()):
        y, change = 4 + row * place, float(one.change)
        color, strong = direction(change), one.Index == e.index.headline
        label = e.case.part(str(one.Index))
        label = label if len(label) < 26 else f"{label[:24]}…"
        end = middle + reach * change / most
        drawn += [
            text(168, y + 12, label, INK, "end", font_weight="bold" if strong else "normal"),
            f'<rect x="{min(middle, end):.1f}" y="{y + 2:.1f}" width="{abs(end - middle):.1f}" '
            f'height="{row - 6}" fill="{color}"/>',
            text(end + (5 if change >= 0 else -5), y + 12, w.signed(change, 0), color,
                 "start" if change >= 0 else "end", font_weight="bold"),
            text(WIDTH - 2, y + 12, f"{w.number(one.rank_from)} → {w.number(one.rank_to)}",
                 side="end"),
        ]  # fmt: skip
        said.append(f"{label}: {w.signed(change, 0)}")
    drawn.append(lines([(middle, 0, middle, 6 + row * len(table))], RULE, 1))
    return page(8 + row * len(table), "; ".join(said), drawn)


def passed(e: Explorer, height: float = 240, most: int = 7) -> str:
    """Draw who passed the unit and whom it passed between the two years."""
    w, table = e.case.words, e.passed()
    if table.empty or e.year_from == e.year:
        return _nothing(w._("No ranks of both years are known."))
    units = float(table[["rank_from", "rank_to"]].max().max())
    left, right, top = 40.0, 250.0, 22.0

    def y(rank: float) -> float:
        return top + (rank - 1) / max(units - 1, 1) * (height - top - 8)

    both = table.dropna(subset=["rank_from", "rank_to"])
    drawn = [text(left, 12, str(e.year_from), side="middle"),
             text(right, 12, str(e.year), side="middle")]  # fmt: skip
    for gain, color, width in ((0, RULE, 0.7), (-1, FALL, 1.2), (1, RISE, 1.2)):
        rows = both[(both["gain"] == gain) & (both.index != e.unit.code)]
        ends = zip(rows["rank_from"], rows["rank_to"], strict=True)
        drawn.append(lines([(left, y(a), right, y(b)) for a, b in ends], color, width))
    mine: Any = both.loc[e.unit.code]
    a, b = float(mine["rank_from"]), float(mine["rank_to"])
    drawn += [lines([(left, y(a), right, y(b))], HIGHLIGHT, 3),
              text(left - 8, y(a) + 4, w.number(a), HIGHLIGHT, "end", font_weight="bold"),
              text(right + 8, y(b) + 4, w.number(b), HIGHLIGHT, font_weight="bold")]  # fmt: skip
    at, said = 16.0, []
    for gain, color, title in (
        (-1, FALL, w._("Passed it")),
        (1, RISE, w._("It passed")),
    ):
        rows = both[both["gain"] == gain]
        rows = rows.assign(size=(rows["rank_to"] - rows["rank_from"]).abs())
        rows = rows.sort_values(["size", "rank_to"], ascending=[False, True])
        drawn.append(text(290, at, f"{title}: {w.number(len(rows))}", color, font_weight="bold"))
        said.append(f"{title}: {w.list(rows['unit_name']) if len(rows) else w.number(0)}")
        for one in rows.head(most).itertuples():
            at += 13
            drawn.append(text(290, at, f"{one.unit_name} {one.rank_from:.0f} → {one.rank_to:.0f}",
                              INK, font_size=11))  # fmt: skip
        if len(rows) > most:
            at += 13
            drawn.append(
                text(290, at, w._("and {n} more", n=w.number(len(rows) - most)), font_size=11)
            )
        at += 22
    return page(max(height, at), ". ".join(said), drawn)


def say(e: Explorer) -> str:
    """Return in words where the unit stands as set, and where as published."""
    w, shift = e.case.words, e.rank_as_is - e.rank
    said: dict[str, Any] = {
        "unit": e.unit.name, "year": e.year, "rank": w.ordinal(e.rank),
        "as_is": w.ordinal(e.rank_as_is), "size": w.number(len(e.ranks)),
        "shift": w.signed(shift, 0),
    }  # fmt: skip
    if not shift:
        return w._("{unit}, {year}: {rank} of {size}, as published.", **said)
    return w._("{unit}, {year}: {rank} of {size}; as published {as_is} ({shift}).", **said)


def _nothing(words: str) -> str:
    return page(30, words, [text(4, 18, words)])


def reach(e: Explorer) -> str:
    """Return a table of the least gain in each part alone with which the goal is reached."""
    found: Any = e.least_gains()
    w = e.case.words
    heads = (w._("Part"), w._("Least gain"), w._("From"), w._("To"))
    rows, known = [], e.dials.scores.loc[e.unit.code]
    for name, one in found.iterrows():
        decimals = e.case.decimals(e.index.headline if name == REST else str(name))
        sign = e.dials.sign
        score = float(known[name])
        cells = [e.case.part(str(name)) if len(e.parts) > 1 else e.case.labels[e.index.headline]]
        if one["possible"]:
            step = 10.0**-decimals
            gain = float(np.ceil(one["gain"] / step - 1e-6) * step)
            cells += [w.signed(sign * gain, decimals), w.number(sign * score, decimals),
                      w.number(sign * (score + gain), decimals)]  # fmt: skip
        else:
            cells += [w._("not by itself"), w.number(sign * score, decimals), ""]
        side = ["left", "right", "right", "right"]
        rows.append("".join(f'<td style="text-align:{s};padding:1px 6px">{escape(c)}</td>'
                            for s, c in zip(side, cells, strict=True)))  # fmt: skip
    title = w._("To be {rank}, each alone, weights as set:", rank=w.ordinal(e.goal))
    head = "".join(
        f'<th style="padding:1px 6px;font-weight:600">{escape(one)}</th>' for one in heads
    )
    return (
        f"<div>{escape(title)}</div><table><thead><tr>{head}</tr></thead><tbody>"
        + "".join(f"<tr>{row}</tr>" for row in rows)
        + "</tbody></table>"
    )
