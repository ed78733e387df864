"""Published places and changes of a unit beside the recomputed ones."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers import show
from helpers.report.case import Case
from helpers.report.say import places
from helpers.show import literal
from helpers.words import MISSING

_RANKS = ("rank", "rank_change", "rank_at_most")


def claims(case: Case) -> pd.DataFrame:
    """Return the unit's published places and changes, each with what the tables give.

    Returns
    -------
    DataFrame
        indicator, year, vs_year, measure, value, source; ``low`` and ``high``, the recomputed
        set; and ``fits``: True, False, or missing where the tables cannot tell (a place that
        is itself the only source of its year is not a claim against the tables).
    """
    rows = case.own(case.published)
    rows = rows[rows["measure"].isin(_RANKS)].drop_duplicates(
        ["indicator", "year", "vs_year", "measure", "value"]
    )
    ranks = case.own(case.ranks).set_index(["year", "indicator"])
    changes = case.own(case.changes).set_index(["year_from", "year_to", "indicator"])
    found = []
    for row in rows.to_dict("records"):
        if row["measure"] == "rank_change":
            key = row["vs_year"], row["year"], row["indicator"]
            at = changes.loc[key] if key in changes.index else None
            ends = (pd.NA, pd.NA) if at is None else (at["change_low"], at["change_high"])
        else:
            at = ranks.loc[row["year"], row["indicator"]]
            known = pd.notna(at["score"]) and pd.notna(at["rank"]) and at["rank"] != row["value"]
            only_source = pd.isna(at["score"]) or not _recomputed(case, row["year"])
            ends = (
                (pd.NA, pd.NA) if only_source and not known else (at["rank_low"], at["rank_high"])
            )
        fits: Any = pd.NA
        if pd.notna(ends[0]):
            value = row["value"]
            fits = bool(
                ends[1] <= value
                if row["measure"] == "rank_at_most"
                else ends[0] <= value <= ends[1]
            )
        found.append({**row, "low": ends[0], "high": ends[1], "fits": fits})
    table = pd.DataFrame(found, columns=[*rows.columns, "low", "high", "fits"])
    table = table.astype({"fits": "boolean", "vs_year": "Int64", "value": "Int64"})
    order = {name: n for n, name in enumerate(case.labels)}
    return table.assign(order=table["indicator"].map(order)).sort_values(
        ["year", "order", "measure"], ignore_index=True
    )


def _recomputed(case: Case, year: int) -> bool:
    """Tell whether a year's ranks come from scores of all units, not from single publications."""
    rows = case.ranks[
        (case.ranks["year"] == year) & (case.ranks["indicator"] == case.index.headline)
    ]
    return int(rows["score"].notna().sum()) == case.size(year)


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
                w._("Recomputed"): _span(case, row),
                w._("Verdict"): _verdict(case, row),
            }
        )
    for year, indicator, change in left_out(case):
        rows.append(
            {
                w._("Year"): str(year),
                w._("Indicator"): case.labels[indicator],
                w._("As published"): MISSING,
                w._("Recomputed"): places(case, change),
                w._("Verdict"): w._("left out by the source"),
            }
        )
    if not rows:
        return None
    return show.Table(pd.DataFrame(rows), caption=w._("Published ranks and changes, checked"))


def left_out(case: Case) -> list[tuple[int, str, int]]:
    """Return falls of the headline that a source leaves out while it tells of pillars' rises."""
    rows = case.own(case.published)
    rows = rows.assign(origin=rows["source"].str.split("#").str[0])
    moves = rows[rows["measure"] == "rank_change"]
    changes = case.own(case.changes, case.index.headline)
    found = []
    for (origin, year, vs_year), told in moves.groupby(["origin", "year", "vs_year"]):
        if case.index.headline in set(told["indicator"]) or not (told["value"] > 0).any():
            continue
        at = changes[(changes["year_from"] == vs_year) & (changes["year_to"] == year)]
        named = rows[(rows["origin"] == origin) & (rows["year"] == year)]["indicator"]
        fell = len(at) and pd.notna(at["change"].iloc[0]) and int(at["change"].iloc[0]) < 0
        if fell and case.index.headline in set(named):
            found.append((int(year), case.index.headline, int(at["change"].iloc[0])))
    return found


def remarks(case: Case) -> show.Text:
    """Say what stands against the claims that the tables do not bear out."""
    w, said = case.words, []
    row: Any
    for row in claims(case).to_dict("records"):
        if row["measure"] != "rank_change" or pd.isna(row["fits"]) or row["fits"]:
            continue
        said.append("- " + _against(case, row))
    for year, indicator, change in left_out(case):
        rows = case.own(case.changes, indicator)
        row = rows[rows["year_to"] == year].iloc[0]
        said.append(
            "- "
            + w._(
                "{indicator}, {year}: the source gives the rank but not that it was {before} in "
                "{vs_year}: {change}.",
                indicator=literal(case.labels[indicator]),
                year=year,
                before=w.ordinal(row["rank_from"]),
                vs_year=row["year_from"],
                change=places(case, change),
            )
        )
    return show.Text("\n".join(said) or w._("No published figure contradicts the tables."))


def _against(case: Case, row: dict[str, Any]) -> str:
    w = case.words
    before = case.own(case.ranks, row["indicator"]).set_index("year").loc[row["vs_year"]]
    after = case.own(case.ranks, row["indicator"]).set_index("year").loc[row["year"]]
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
    return w.ordinal(value)


def _span(case: Case, row: dict[str, Any]) -> str:
    w = case.words
    if pd.isna(row["low"]):
        return MISSING
    if row["measure"] == "rank_change":
        return " … ".join(dict.fromkeys((w.signed(row["low"]), w.signed(row["high"]))))
    return w.range(row["low"], row["high"])


def _verdict(case: Case, row: dict[str, Any]) -> str:
    w = case.words
    if pd.isna(row["fits"]):
        if row["measure"] == "rank_change":
            return w._("cannot be checked: {year} not known", year=row["vs_year"])
        return w._("the only source")
    if not row["fits"]:
        return w._("does not fit the tables")
    return w._("fits") if row["low"] == row["high"] else w._("fits within rounding")
