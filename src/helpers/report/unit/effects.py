"""The explained change part by part, and how far it and the ranks depend on choices."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers import show
from helpers.report.page import section
from helpers.report.unit.case import Case
from helpers.show import literal
from helpers.tables.headline import OTHERS, REST
from helpers.tables.score import forms


def contributions(case: Case) -> pd.DataFrame:
    """Return the parts of the explained change, as `helpers.report.figures.waterfall` takes them.

    Returns
    -------
    DataFrame
        ``part``, ``label``, ``contribution`` in places: the unit's own parts in the order of
        the structure, then the rest, then the others. Empty where nothing is explained.
    """
    rows = _of_change(case, case.contributions)
    order = {name: n for n, name in enumerate([*case.labels, REST, OTHERS])}
    rows = rows.assign(order=rows["part"].map(order)).sort_values("order", ignore_index=True)
    whole = set(rows["part"]) == {REST, OTHERS}  # no part is known: the rest is all there is
    labels = [
        case.words._("its own scores") if whole and part == REST else case.part(part)
        for part in rows["part"]
    ]
    table: pd.DataFrame = rows.assign(label=labels)[["part", "label", "contribution"]]
    return table


def bands(case: Case) -> pd.DataFrame:
    """Return the ranks of the explained years and the report's year, each with its band.

    Returns
    -------
    DataFrame
        ``label`` (the year), ``rank``, ``low``, ``median``, ``high``, ``published``, as
        `helpers.report.figures.rank_bands` takes them; years without a band are left out.
    """
    change = case.explained
    years = {case.year} if change is None else {case.year, change["year_from"], change["year_to"]}
    rows = case.own(case.robust)
    rows = rows[rows["year"].isin(years)].sort_values("year", ignore_index=True)
    printed = [is_published(case, row.year, row.nominal) for row in rows.itertuples()]
    rows = rows.assign(label=rows["year"].astype(str), published=printed)
    rows = rows.rename(columns={"nominal": "rank", "q05": "low", "q95": "high"})
    table: pd.DataFrame = rows[["label", "rank", "low", "median", "high", "published"]]
    return table.astype({"rank": float})


def is_published(case: Case, year: int, rank: float) -> bool:
    """Tell whether a rank of the headline was printed as such, and not only recomputed."""
    return bool(case.path["rank_published"].eq(rank).fillna(False).loc[year])


def parts(case: Case) -> show.Text:
    """Say which own parts did most for its rank and most against it, and what the rest is."""
    w, table = case.words, contributions(case)
    own: Any = table[~table["part"].isin([OTHERS])].set_index("label")["contribution"].astype(float)
    if len(own) < 2 or not table["contribution"].any():
        return show.Text("")
    said = []
    if own.max() > 0:
        said.append(
            w._(
                "Of its own parts, {part} did most for it ({places}).",
                part=literal(own.idxmax()),
                places=w.signed(own.max(), 2),
            )
        )
    if own.min() < 0:
        said.append(
            w._(
                "{part} did most against it ({places}).",
                part=literal(own.idxmin()),
                places=w.signed(own.min(), 2),
            )
        )
    if held := _held(case, table):
        said.append(
            w._(
                "“{rest}” stands for {indicators}, which were not published for every unit.",
                rest=literal(case.part(REST)),
                indicators=literal(w.list(case.labels[name] for name in held)),
            )
        )
    return show.Text(" ".join(said))


def choices(case: Case) -> show.Text:
    """Say whether the change is beyond the choices the index rests on, and where the rank is."""
    w, chance = case.words, _chance(case)
    heading = w._("Had the index been made otherwise")
    rows = case.own(case.robust)
    rows = rows[rows["year"] == case.year]
    if rows.empty:
        return section(heading, chance or w._("Too little is published to try other choices."))
    row = rows.iloc[0]
    said: dict[str, Any] = {
        "year": case.year,
        "rank": w.ordinal(row["nominal"]),
        "low": w.ordinal(round(row["q05"])),
        "high": w.ordinal(round(row["q95"])),
        "count": w.number(row["replicates"]),
    }
    still = said["low"] == said["high"] == said["rank"]
    if chance and still:
        where = w._("Its rank in {year} is {rank} in nine of ten.", **said)
    elif chance:
        where = w._(
            "Its rank in {year}, {rank}, lies between {low} and {high} in nine of ten.", **said
        )
    elif still:
        where = w._(
            "In nine of ten of {count} recalculations under other weights, normalisations and "
            "aggregations its rank in {year} is {rank}, as it is.",
            **said,
        )
    elif is_published(case, case.year, row["nominal"]):
        where = w._(
            "In nine of ten of {count} recalculations under other weights, normalisations and "
            "aggregations its rank in {year} ({rank} as published) lies between {low} and "
            "{high}.",
            **said,
        )
    else:
        where = w._(
            "In nine of ten of {count} recalculations under other weights, normalisations and "
            "aggregations its rank in {year} ({rank}) lies between {low} and {high}.",
            **said,
        )
    return section(heading, f"{chance} {where}".strip())


def _chance(case: Case) -> str:
    rows = _of_change(case, case.robust_changes)
    if rows.empty:
        return ""
    w, row = case.words, rows.iloc[0]
    change = int(row["nominal"])
    said: dict[str, Any] = {
        "count": w.number(row["replicates"]),
        "year_from": row["year_from"],
        "year_to": row["year_to"],
        "low": w.signed(row["q05"], 0),
        "high": w.signed(row["q95"], 0),
        "share": _share(case, row["p_fall"] if change < 0 else row["p_rise"]),
    }
    if change < 0:
        first = w._(
            "In {share} of {count} recalculations under other weights, normalisations and "
            "aggregations it falls from {year_from} to {year_to}; in nine of ten its change lies "
            "between {low} and {high}.",
            **said,
        )
    elif change > 0:
        first = w._(
            "In {share} of {count} recalculations under other weights, normalisations and "
            "aggregations it rises from {year_from} to {year_to}; in nine of ten its change lies "
            "between {low} and {high}.",
            **said,
        )
    else:
        said["share"] = _share(case, row["p_same"])
        if row["q05"] == row["q95"] == 0:
            return w._(
                "In {share} of {count} recalculations under other weights, normalisations and "
                "aggregations it keeps its rank from {year_from} to {year_to}.",
                **said,
            )
        return w._(
            "In {share} of {count} recalculations under other weights, normalisations and "
            "aggregations it keeps its rank from {year_from} to {year_to}; in nine of ten its "
            "change lies between {low} and {high}.",
            **said,
        )
    if max(row["p_rise"], row["p_fall"]) >= 0.95:
        return first + " " + w._("The direction of the change does not hang on those choices.")
    return first + " " + w._("The direction of the change hangs on those choices.")


def _of_change(case: Case, table: pd.DataFrame) -> Any:
    """Return the unit's rows of the explained change."""
    rows, change = case.own(table), case.explained
    if change is None:
        return rows.iloc[:0]
    pair = (change["year_from"], change["year_to"])
    return rows[(rows["year_from"] == pair[0]) & (rows["year_to"] == pair[1])]


def _held(case: Case, table: pd.DataFrame) -> list[str]:
    """Return the finest indicators that the rest of a table of parts stands for."""
    if REST not in set(table["part"]):
        return []
    scheme = case.index.scheme(int(case.explained["year_to"]))
    form: Any = forms(case.index, scheme).loc[case.index.headline]
    return [name for name, weight in form.items() if weight > 0 and name not in set(table["part"])]


def _share(case: Case, share: float) -> str:
    """Write a share of recalculations so that only all of them are 100 per cent."""
    decimals = 0 if round(share, 2) in (0, 1) and share in (0, 1) else 1
    return case.words.percent(share, decimals)


def unexplained(case: Case) -> str:
    """Say why what moved it is not told, where it is not."""
    w = case.words
    rows = case.own(case.changes, case.index.headline)
    rows = rows[rows["change"].notna() & rows["comparable"]].sort_values("year_to")
    if rows.empty:
        return w._("No two years of full tables compare, so no change is explained.")
    row = rows.iloc[-1] if case.crossed is None else case.crossed
    years = {"year_from": row["year_from"], "year_to": row["year_to"]}
    if case.index.as_printed and case.path.loc[list(years.values()), "score"].notna().all():
        return w._(
            "The ranks of {year_from} and {year_to} are the printed ones, which rest on more than "
            "the scores: what moved it cannot be told from these.",
            **years,
        )
    return w._(
        "Of {year_from} and {year_to} the ranks are known, but not all scores behind them: "
        "what moved it cannot be told.",
        **years,
    )
