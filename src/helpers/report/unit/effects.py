"""The explained change part by part, and how far it and the ranks depend on choices."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers import show
from helpers.report.league import SURE
from helpers.report.page import section
from helpers.report.unit.case import Case
from helpers.show import literal
from helpers.tables.headline import OTHERS, REST
from helpers.tables.score import forms


def contributions(case: Case) -> pd.DataFrame:
    """Return the parts of the explained change, as `figures.contributions` takes them.

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


def heading(case: Case) -> show.Text | None:
    """Say where it would be had only it moved, or only the others; None if that is not known."""
    w, change = case.words, case.explained
    title = w._("What moved it")
    if change is None and case.crossed is not None:
        return section(title, unexplained(case))
    if change is None:
        return None
    row = case.effects.loc[case.index.headline]
    said: dict[str, Any] = {
        "unit": literal(case.unit.name),
        "year_from": change["year_from"],
        "year_to": change["year_to"],
        "own_only": w.ordinal(row["rank_own_only"]),
        "others_only": w.ordinal(row["rank_others_only"]),
        "rank_to": w.ordinal(row["rank_to"]),
        "own": w.signed(row["own_effect"]),
        "others": w.signed(row["others_effect"]),
        **case.nouns,
    }
    if not (row["own_effect"] or row["others_effect"]):
        text = w._(
            "{unit} was {rank_to} in {year_from} and in {year_to}, and would have been had only it "
            "changed or only the others: there is nothing to explain.",
            **said,
        )
        return section(title, text)
    text = w._(
        "Had only {unit} changed from {year_from} to {year_to}, it would have come **{own_only}**; "
        "had only the other {words} changed, **{others_only}**. In fact it came {rank_to}.",
        **said,
    )
    moved = int(change["change"])
    if moved:
        share = w.n(
            "Of the {n} place it {went}, its own change counts for {own} and that of the others "
            "for {others}.",
            "Of the {n} places it {went}, its own change counts for {own} and that of the others "
            "for {others}.",
            abs(moved),
            went=w._("gained") if moved > 0 else w._("lost"),
            **said,
        )
    else:
        share = w._("Its own change counts for {own} places, that of the others for {others}: "
                    "they cancel out.", **said)  # fmt: skip
    return section(title, f"{text} {share}")


def parts(case: Case) -> show.Text | None:
    """Say which own parts did most for its rank and most against it, and what the rest is."""
    w, table = case.words, contributions(case)
    own: Any = table[~table["part"].isin([OTHERS])].set_index("label")["contribution"].astype(float)
    if len(own) < 2 or not table["contribution"].any():
        return None
    said = []
    best, worst = ((literal(name), w.signed(own[name])) for name in (own.idxmax(), own.idxmin()))
    if own.max() > 0:
        said.append(w._("What raised it most is “{part}” ({places} places).",
                        part=best[0], places=best[1]))  # fmt: skip
    if own.min() < 0:
        said.append(w._("What lowered it most is “{part}” ({places} places).",
                        part=worst[0], places=worst[1]))  # fmt: skip
    if held := _held(case, table):
        said.append(
            w._(
                "“{rest}” stands for {indicators}, which were not published for every {word}.",
                rest=literal(case.part(REST)),
                indicators=literal(w.list(case.labels[name] for name in held)),
                **case.nouns,
            )
        )
    return show.Text(" ".join(said))


def choices(case: Case) -> show.Text | None:
    """Say how many recalculations keep the direction of the change, and where the rank lies.

    None where too little is published to try other weights.
    """
    w, chance = case.words, _chance(case)
    title = w._("Had the weights been different")
    rows = case.own(case.robust)
    rows = rows[rows["year"] == case.year]
    if rows.empty:
        return section(title, chance) if chance else None
    row = rows.iloc[0]
    said: dict[str, Any] = {
        "year": case.year,
        "rank": case.place(row["nominal"], case.year),
        "low": w.ordinal(round(row["q05"])),
        "high": w.ordinal(round(row["q95"])),
        "count": w.number(row["replicates"]),
    }
    first = "" if chance else _anew(case, row)
    if said["low"] == said["high"] == w.ordinal(row["nominal"]):
        where = w._("In nine out of ten, its rank in {year} stays {rank}.", **said)
    elif said["low"] == said["high"]:
        where = w._("In nine out of ten, its rank in {year} ({rank}) is {low}.", **said)
    else:
        where = w._(
            "In nine out of ten, its rank in {year} ({rank}) lies between {low} and {high}.", **said
        )
    return section(title, " ".join(filter(None, [chance, first, where])))


def _anew(case: Case, row: Any) -> str:
    return case.words._(
        "The index was computed anew {count} times with other weights, scalings and ways of adding "
        "up.",
        count=case.words.number(row["replicates"]),
    )


def _chance(case: Case) -> str:
    rows = _of_change(case, case.robust_changes)
    if rows.empty:
        return ""
    w, row = case.words, rows.iloc[0]
    change = int(row["nominal"])
    column = "p_fall" if change < 0 else "p_rise" if change > 0 else "p_same"
    said: dict[str, Any] = {
        "year_from": row["year_from"],
        "year_to": row["year_to"],
        "low": w.signed(row["q05"], 0),
        "high": w.signed(row["q95"], 0),
        "share": _share(case, row[column], int(row["replicates"])),
    }
    if change < 0:
        text = w._("In {share} it fell from {year_from} to {year_to}.", **said)
    elif change > 0:
        text = w._("In {share} it rose from {year_from} to {year_to}.", **said)
    else:
        text = w._("In {share} it kept its rank from {year_from} to {year_to}.", **said)
    if said["low"] != said["high"]:
        text += " " + w._("Nine out of ten changes lie between {low} and {high} places.", **said)
    return f"{_anew(case, row)} {text} {_hangs(case, float(row[column]))}"


def _share(case: Case, share: float, count: int) -> str:
    """Say in how many of the recalculations; of a minority that it is one."""
    w, times = case.words, round(share * count)
    if times == count:
        return w._("all {count} of them", count=w.number(count))
    said = {"times": w.number(times), "count": w.number(count)}
    return w._("{times} of them", **said) if share >= 0.5 else w._("only {times} of them", **said)


def _hangs(case: Case, share: float) -> str:
    """Say what the share of recalculations with the same direction means."""
    w = case.words
    if share == 1:
        return w._("The direction does not depend on these choices.")
    if share >= SURE:
        return w._("The direction hardly depends on these choices.")
    if share >= 0.5:
        return w._("The direction depends in part on these choices.")
    return w._("The direction depends on these choices.")


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


def unexplained(case: Case) -> str:
    """Say why what moved it is not told, where it is not."""
    w = case.words
    rows = case.own(case.changes, case.index.headline)
    rows = rows[rows["change"].notna() & rows["comparable"]].sort_values("year_to")
    if rows.empty:
        return w._("No two years have full tables that can be compared: no change is explained.")
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
