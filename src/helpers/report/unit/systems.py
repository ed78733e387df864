"""The page on the systems behind a unit's rank, where the index names figures on them."""

from __future__ import annotations

from typing import Any

import pandas as pd
from babel.numbers import format_compact_decimal

from helpers import show, tables
from helpers.index import provenance
from helpers.index.catalog import raw
from helpers.index.model import told
from helpers.report.page import section
from helpers.report.unit.case import Case
from helpers.show import literal
from helpers.words import MISSING, Words, languages


def read(case: Case, name: str) -> pd.DataFrame | None:
    """Return a processed table of the unit's figures; None where the index names none."""
    packs = case.index.packs_of(case.unit.code)
    return tables.read(packs[0], name) if packs else None


def message(case: Case) -> show.Text | None:
    """Say how many shares are complete, which is farthest from it, and where this stands."""
    rows = read(case, "indicators")
    if rows is None:
        return None
    w = case.words
    shares = rows[rows["gap"].notna()]
    widest = shares.sort_values("gap", kind="stable").iloc[-1]
    file = raw(case.index.packs_of(case.unit.code)[0], "indicators.csv")
    source = provenance.text(provenance.recorded(file), "title", w.lang) or file.name
    return section(
        w._("The systems behind the ranks"),
        w.n(
            "{source}: {full} of its {n} share is {whole}. The widest gap is "
            "“{widest}”: {gap} percentage points.",
            "{source}: {full} of its {n} shares are {whole}. The widest gap is "
            "“{widest}”: {gap} percentage points.",
            int(rows["share"].notna().sum()),
            source=literal(source),
            full=int((shares["share"] == 100).sum()),
            whole=literal(w.percent(1, 0)),
            widest=literal(_in(w, widest, "indicator")),
            gap=w.number(widest["gap"], 1),
        ),
    )


def tabulate(case: Case) -> show.Table | None:
    """Tabulate every system's figures with their bounds and their gaps to the whole."""
    rows = read(case, "indicators")
    return None if rows is None else table(rows, case.words)


def table(figures: pd.DataFrame, w: Words) -> show.Table:
    """Return an article's figures, system by system, each share with a small bar.

    Parameters
    ----------
    figures
        The table ``indicators``.
    w
        The language.
    """
    found = []
    row: Any
    # Ranks are checked against the tables on a page of their own.
    rows = figures[~figures["unit"].str.match("rank|top")]
    first = rows.groupby("system", sort=False).ngroup()
    for row in rows.loc[first.sort_values(kind="stable").index].to_dict("records"):
        found.append(
            {
                w._("System"): _in(w, row, "system"),
                w._("Figure"): _in(w, row, "indicator"),
                w._("As published"): _barred(w, row),
                w._("Bounds"): _bounds(w, row),
                w._("Gap to {whole}", whole=w.percent(1, 0)): _gap(w, row),
            }
        )
    caption = w._(
        "The systems, as the article printed them. Bounds: where the true figure can lie, given "
        "rounding and words such as “over”; the gap is in percentage points. A hatched bar: more "
        "is possible"
    )
    return show.Table(pd.DataFrame(found), caption=caption, grouped=True)


def implied(case: Case) -> show.Table | None:
    """Tabulate what the figures imply."""
    rows = read(case, "implied")
    if rows is None:
        return None
    w, found = case.words, []
    readings = {"percent": w._("if per cent is meant"), "points": w._("if points are meant")}
    row: Any
    for row in rows[rows["kind"] != "sum_at_most"].to_dict("records"):
        label = _in(w, row, "label")
        if row["reading"]:
            label += f" ({readings[row['reading']]})"
        percent = row["unit"].startswith("percent")
        found.append({w._("What follows"): label, w._("Value"): _implied(w, row, percent)})
    return show.Table(pd.DataFrame(found), caption=w._("What the printed figures imply"))


def checks(case: Case) -> show.Text | None:
    """Say whether the figures agree with each other."""
    rows = read(case, "implied")
    if rows is None:
        return None
    w = case.words
    rows = rows[rows["kind"] == "sum_at_most"]
    broken = rows[~rows["holds"].fillna(False)]
    text = w.n(
        "Checked against each other: {held} of {n} relation between the figures holds.",
        "Checked against each other: {held} of {n} relations between the figures hold.",
        len(rows),
        held=len(rows) - len(broken),
    )
    lines = [f"- {literal(_in(w, row, 'label'))}" for row in broken.to_dict("records")]
    return show.Text("\n".join([text, *([""] if lines else []), *lines]))


def _in(w: Words, row: Any, name: str) -> str:
    """Return a row's text in the language, else in English."""
    return str(told({key: row[f"{name}_{key}"] for key in languages()
                     if f"{name}_{key}" in row}, w.lang))  # fmt: skip


def _barred(w: Words, row: dict[str, Any]) -> str | show.Share:
    """Return the printed figure, with a bar where it is a share."""
    text = _value(w, row)
    if pd.isna(row["share"]):
        return text
    more = row["qualifier"] in ("more than", "at least")
    return show.Share(text, row["share"], row["share_high"] if more else None)


def _value(w: Words, row: dict[str, Any]) -> str:
    unit = row["unit"]
    if unit.startswith("percent"):
        text = w.percent(row["value"] / 100, _decimals(row["value"]))
    elif "/" in row["value_text"]:
        text = f"{w.number(row['value'])}/{w.number(row['of'])}"
    else:
        text = _count(w, row["value"], unit)
    if row["qualifier"] == "more than":
        return w._("over {figure}", figure=text)
    return w._("about {figure}", figure=text) if row["qualifier"] == "estimate" else text


def _bounds(w: Words, row: dict[str, Any]) -> str:
    low, high, unit = row["low"], row["high"], row["unit"]
    if low == high:
        return w._("exact")
    if unit.startswith("percent"):
        return "–".join((w.number(low, _decimals(low)), w.percent(high / 100, _decimals(high))))
    ends = _count(w, low, "").split(), _count(w, high, unit).split()
    # "3.165–3.175 billion USD": what both ends say is said once.
    shared = ends[0][1:] == ends[1][1 : len(ends[0])]
    return "–".join((ends[0][0] if shared else " ".join(ends[0]), " ".join(ends[1])))


def _gap(w: Words, row: dict[str, Any]) -> str:
    if pd.isna(row["share"]):
        return MISSING
    low, high = row["gap_low"], row["gap_high"]
    if pd.isna(row["gap"]):
        return w._("under {figure}", figure=w.number(high))
    ends = dict.fromkeys(w.number(end, _decimals(end)) for end in (low, high))
    return "–".join(ends)


def _implied(w: Words, row: dict[str, Any], percent: bool) -> str:
    low, high = row["low"], row["high"]
    decimals = _decimals(round(low, 6), 2) if percent or not float(low).is_integer() else 0
    decimals = max(decimals, _decimals(round(high, 6), 2)) if percent else decimals
    sign = "%" if percent else ""
    if row["kind"] == "most_at_least":
        return w.number(low)
    return w.range(low, high, decimals) + sign


def _count(w: Words, value: float, unit: str) -> str:
    """Write a count, or a sum of money in words for its thousands."""
    if value < 1e9:
        return w.number(value)
    text = format_compact_decimal(value, format_type="long", locale=w.locale, fraction_digits=3)
    return " ".join(part for part in (text, unit) if part)


def _decimals(value: float, most: int = 2) -> int:
    """Return how many decimals a figure needs, at the most so many."""
    return next((n for n in range(most) if abs(value - round(value, n)) < 1e-9), most)
