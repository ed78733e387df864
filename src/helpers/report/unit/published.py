"""Published places and changes of a unit beside the recomputed ones."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers import show
from helpers.report.page import section
from helpers.report.unit.case import Case
from helpers.report.verdicts import verdict_on
from helpers.show import literal
from helpers.tables.claims import CONTRADICTED, LEFT_OUT
from helpers.words import MISSING

_RANKS = ("rank", "rank_change", "rank_at_most", "rank_at_least")


def claims(case: Case) -> pd.DataFrame:
    """Return the unit's published places and changes with their verdicts, each said once.

    Returns
    -------
    DataFrame
        The unit's rows of the table ``claims`` whose measure is a rank or a change of rank,
        in the order of the report.
    """
    rows: pd.DataFrame = case.own(case.claims)
    rows = rows[rows["measure"].isin(_RANKS) & (rows["verdict"] != LEFT_OUT)]
    rows = rows.drop_duplicates(["indicator", "year", "vs_year", "measure", "value"])
    order = {name: n for n, name in enumerate(case.labels)}
    rows = rows.assign(order=rows["indicator"].map(order))
    return rows.sort_values(["year", "order", "measure"], ignore_index=True)


def tabulate(case: Case) -> show.Table | None:
    """Tabulate the claims with what the tables say to each."""
    w, rows = case.words, []
    row: Any
    for row in claims(case).to_dict("records"):
        rows.append(
            {
                w._("Year"): str(row["year"]),
                w._("Indicator"): case.labels.get(row["indicator"], row["indicator"]),
                w._("As published"): _printed(case, row),
                w._("Checked against"): _span(case, row),
                w._("Verdict"): verdict_on(row, w),
            }
        )
    for year, indicator, change in left_out(case):
        rows.append(
            {
                w._("Year"): str(year),
                w._("Indicator"): case.labels[indicator],
                w._("As published"): MISSING,
                w._("Checked against"): places(case, change),
                w._("Verdict"): w._("left out by the source"),
            }
        )
    if not rows:
        return None
    return show.Table(pd.DataFrame(rows), caption=w._("Published ranks and changes, checked"))


def places(case: Case, change: int) -> str:
    """Return a change as a phrase: up 4 places, down 20 places, no change."""
    w = case.words
    if change > 0:
        return w.n("up {n} place", "up {n} places", change)
    if change < 0:
        return w.n("down {n} place", "down {n} places", -change)
    return w._("no change")


def links(case: Case) -> show.Text | None:
    """List the addresses where the unit's published places stand, each once, with its dates."""
    rows = claims(case)
    rows = rows[rows["source"].str.startswith(("http://", "https://"))]
    if rows.empty:
        return None
    lines = []
    for url, group in rows.groupby("source", sort=True):
        dates = sorted({str(day) for day in group["source_date"].dropna()})
        said = ", ".join(case.words.date(day) for day in dates if day[:4].isdigit())
        label = literal(str(url).split("://", 1)[1].rstrip("/"))
        lines.append(f"- [{label}](<{url}>)" + f" ({said})" * bool(said))
    return show.Text("\n".join([case.words._("Where these were published:"), "", *lines]))


def left_out(case: Case) -> list[tuple[int, str, int]]:
    """Return falls of the headline that a source leaves out while it tells of pillars' rises."""
    rows = case.own(case.claims)
    rows = rows[rows["verdict"] == LEFT_OUT].drop_duplicates(["indicator", "year", "vs_year"])
    return [(int(r["year"]), r["indicator"], int(r["found"])) for r in rows.to_dict("records")]


def remarks(case: Case) -> show.Text | None:
    """Say what stands against the claims that the tables do not bear out; None without claims."""
    w, said, told = case.words, [], claims(case)
    heading = w._("What was published, against the tables")
    row: Any
    for row in told[told["verdict"] == CONTRADICTED].to_dict("records"):
        said.append("- " + _against(case, row))
    for year, indicator, change in left_out(case):
        rows = case.own(case.changes, indicator)
        row = rows[rows["year_to"] == year].iloc[0]
        said.append(
            "- "
            + w._(
                "{indicator}, {year}: the source gives the rank but leaves out the change from "
                "{before} in {vs_year}: {change}.",
                indicator=literal(case.labels[indicator]),
                year=year,
                before=w.ordinal(row["rank_from"]),
                vs_year=row["year_from"],
                change=places(case, change),
            )
        )
    said += beside_scores(case)
    if not said and told.empty:
        return None
    if said:
        return section(heading, "\n".join(said))
    text = w.n(
        "{n} rank or change of rank that was published singly was checked: it does not contradict "
        "the tables.",
        "{n} ranks and changes of rank that were published singly were checked: none contradicts "
        "the tables.",
        len(told),
    )
    return section(heading, text)


def beside_scores(case: Case) -> list[str]:
    """Say which ranks and changes the unit's own table prints that its scores do not give."""
    w, said = case.words, []
    off = case.own(case.disagreements)
    off = off[off["file"].isin(case.index.complete) & off["measure"].isin(_RANKS)]
    for row in off.sort_values(["year", "measure"]).to_dict("records"):
        change = row["measure"] == "rank_change"
        computed = places(case, int(row["computed"])) if change else w.ordinal(row["computed"])
        printed = (
            places(case, int(row["printed"])) if change
            else _printed(case, {**row, "value": row["printed"]})
        )  # fmt: skip
        said.append(
            w._(
                "{indicator}, {year}: the table prints {printed}, but its scores give {computed}.",
                indicator=literal(case.labels[row["indicator"]]),
                year=row["year"],
                printed=printed,
                computed=computed,
            )
        )
    for row in case.as_printed.sort_values(["year", "indicator"]).to_dict("records"):
        said.append(
            w._(
                "{indicator}, {year}: the rank is the printed one, {printed}; the scores alone "
                "give {computed}.",
                indicator=literal(case.labels[row["indicator"]]),
                year=row["year"],
                printed=w.ordinal(row["rank"]),
                computed=w.ordinal(row["rank_scores"]),
            )
        )
    return ["- " + text for text in said]


def _against(case: Case, row: dict[str, Any]) -> str:
    w = case.words
    if row["measure"] != "rank_change":
        return w._(
            "{indicator}, {year}: published as {claim}, but the tables give {span}.",
            indicator=literal(case.labels[row["indicator"]]),
            year=row["year"],
            claim=_printed(case, row),
            span=w.ordinal(row["low"]) if row["low"] == row["high"] else _span(case, row),
        )
    before = case.own(case.ranks, row["indicator"]).set_index("year").loc[row["vs_year"]]
    after = case.own(case.ranks, row["indicator"]).set_index("year").loc[row["year"]]
    if pd.isna(before["rank"]) or pd.isna(after["rank"]):
        return w._(
            "{indicator}: published as {claim} against {vs_year}, but the other sources give "
            "{span}.",
            indicator=literal(case.labels[row["indicator"]]),
            claim=places(case, int(row["value"])),
            vs_year=row["vs_year"],
            span=_span(case, row),
        )
    text = w._(
        "{indicator}: published as {claim} against {vs_year}, but the tables have it {before} in "
        "{vs_year} and {after} in {year}: {change}.",
        indicator=literal(case.labels[row["indicator"]]),
        claim=places(case, int(row["value"])),
        vs_year=row["vs_year"],
        year=row["year"],
        before=w.ordinal(before["rank"]),
        after=w.ordinal(after["rank"]),
        change=places(case, int(before["rank"] - after["rank"])),
    )
    implied = int(after["rank"] + row["value"])
    at = case.ranks[
        (case.ranks["year"] == row["vs_year"])
        & (case.ranks["indicator"] == row["indicator"])
        & (case.ranks["rank"] == implied)
    ]
    if len(at):
        text += " " + w._(
            "The claim would need {implied} place in {vs_year}, where the table has {holder}.",
            implied=w.ordinal(implied),
            vs_year=row["vs_year"],
            holder=literal(w.list(at["unit_name"])),
        )
    return text


def _printed(case: Case, row: dict[str, Any]) -> str:
    w, value = case.words, int(row["value"])
    if row["measure"] == "rank_change":
        return w._("{change} against {year}", change=w.signed(value), year=row["vs_year"])
    if row["measure"] == "rank_at_most":
        return w._("among the first {n}", n=value)
    if row["measure"] == "rank_at_least":
        return w._("{place} or lower", place=w.ordinal(value))
    return w.ordinal(value)


def _span(case: Case, row: dict[str, Any]) -> str:
    w = case.words
    if pd.isna(row["low"]):
        return MISSING
    if row["measure"] == "rank_change":
        return " … ".join(dict.fromkeys((w.signed(row["low"]), w.signed(row["high"]))))
    return w.range(row["low"], row["high"])
