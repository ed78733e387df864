"""What the report on a whole league table says: its sentences."""

from __future__ import annotations

import math
from typing import Any

from helpers import show
from helpers.methods.mobility import regression_to_mean
from helpers.report.league import League
from helpers.report.page import section
from helpers.report.whole.moved import movement_of, span, sure_of
from helpers.show import literal

_SHOWN = 5  # units named where many could be


def title(league: League) -> show.Text:
    """Say who leads."""
    w, rows = league.words, league.standings
    leaders = rows.loc[rows["rank"] == 1, "unit_name"]
    return show.Text(
        "# "
        + w._(
            "{index} {year}: {unit} first of {units} {unit_words}",
            index=literal(league.index.text("short", w.lang)),
            year=league.year,
            unit=literal(w.list(leaders)),
            units=league.size(league.year),
            unit_words=league.index.text("unit_words", w.lang),
        )
    )


def deck(league: League) -> show.Text:
    """Say how the table moved between the explained years, and whether the newest compare."""
    w, said = league.words, []
    if league.explained_pair is not None and league.moves["change"].any():
        moves = league.moves
        first, last = moves.iloc[0], moves.iloc[-1]
        said.append(
            w._(
                "From {year_from} to {year_to}, {up} {words} rose and {down} fell, by {mean} "
                "places on average; {riser} rose most ({rise}), {faller} fell most ({fall}).",
                **league.nouns,
                year_from=league.explained_pair[0],
                year_to=league.explained_pair[1],
                up=int((moves["change"] > 0).sum()),
                down=int((moves["change"] < 0).sum()),
                mean=w.number(moves["change"].abs().mean(), 1),
                riser=literal(first["unit_name"]),
                rise=w.signed(first["change"]),
                faller=literal(last["unit_name"]),
                fall=w.signed(last["change"]),
            )
        )
    if len(league.arrivals):
        before = int(league.arrivals["year_from"].iloc[0])
        said.append(league.index.break_reason(before, league.year, w.lang))
    return show.Text(" ".join(text for text in said if text))


def key_figures(league: League) -> show.KeyFigures:
    """Show the mean score, who rose and fell, how far, and how alike the two orders are."""
    w, score = league.words, league.standings["score"].mean()
    top = league.index.scale[1]
    ranked = w._("{words} ranked in {year}", year=league.year, **league.nouns)
    cards = [(w.number(league.size(league.year)), ranked, "")]
    if score == score:  # not NaN: of ranks alone there is no mean
        cards = [
            (
                w.number(score, league.decimals(league.index.headline)),
                w._("mean score in {year}", year=league.year),
                w._("of at most {top}", top=w.number(top)) if math.isfinite(top) else "",
            )
        ]
    if league.explained_pair is not None:
        row, years = movement_of(league, *league.explained_pair), span(league.explained_pair)
        cards += [
            (f"{w.number(row['up'])} / {w.number(row['down'])}", w._("rose / fell"), years),
            (w.number(row["mean_step"], 1), w._("places moved on average"), years),
            (
                w.percent((1 + row["kendall_tau_b"]) / 2, 0),
                w._("pairs in the same order in both years"),
                years,
            ),
        ]
        if len(sure := sure_of(league)):
            cards.append(
                (
                    f"{w.number(sure.sum())} / {w.number(len(sure))}",
                    w._("changes that keep their direction in all recalculations"),
                    years,
                )
            )
    return show.KeyFigures(cards)


def moved(league: League) -> show.Text:
    """Say how alike the two orders are, and whether those behind caught up."""
    w = league.words
    heading = w._("How the table moved")
    if league.explained_pair is None and league.standings["score"].isna().all():
        return section(heading, w._("Only ranks were published: what moved them cannot be told."))
    if league.explained_pair is None:
        return section(
            heading,
            w._("No two years have full tables that can be compared: no change is explained."),
        )
    first, last = league.explained_pair
    row = movement_of(league, first, last)
    said = [
        w._(
            "Of all pairs of {words}, about {share} stand in the same order in {year_from} and in "
            "{year_to}.",
            share=w.percent((1 + row["kendall_tau_b"]) / 2, 0),
            year_from=first,
            year_to=last,
            **league.nouns,
        )
    ]
    if len(league.moves) < 5:
        return section(heading, said[0])
    drift = regression_to_mean(league.ranks_of(first), league.ranks_of(last))
    bottom: Any = drift.loc["class 5"]
    size = round(abs(bottom["observed"]), 1)  # as it is written
    chance = _as_chance(*(float(bottom[name]) for name in ("observed", "null_low", "null_high")))
    values: dict[str, Any] = {
        "change": w.signed(bottom["observed"]),
        "low": w.signed(bottom["null_low"]),
        "high": w.signed(bottom["null_high"]),
        **league.nouns,
    }
    said.append(
        w.n(
            "The last fifth of the {words} moved by {change} place on average; reshuffling alone "
            "would give {low} to {high}.",
            "The last fifth of the {words} moved by {change} places on average; reshuffling alone "
            "would give {low} to {high}.",
            size,
            **values,
        )
    )
    said.append(
        {
            "as chance": w._("So nothing says that those behind caught up or fell behind."),
            "caught up": w._("So those behind caught up."),
            "rose less": w._("So those behind rose, but less than chance would have it."),
            "fell": w._("So those behind fell farther behind."),
        }[chance]
    )
    return section(heading, " ".join(said))


def _as_chance(observed: float, low: float, high: float) -> str:
    """Say how the last fifth's mean change stands to what reshuffling alone gives.

    Reshuffling moves the last fifth up, so a rise can still be less than chance would have it.
    """
    if low <= observed <= high:
        return "as chance"
    if observed > high:
        return "caught up" if observed > 0 else "as chance"
    return "fell" if observed < 0 else "rose less"


def movers(league: League) -> show.Text | None:
    """Say how much of the changes the others made, and how many directions are certain."""
    w, moves = league.words, league.moves
    if moves.empty:
        return None
    against = int((moves["own_effect"] * moves["change"] < 0).sum())
    said = []
    if against:
        said.append(
            w.n(
                "{n} of {all} {words} moved against its own change of score: what the others did "
                "outweighed it.",
                "{n} of {all} {words} moved against their own change of score: what the others did "
                "outweighed it.",
                against,
                all=len(moves),
                **league.nouns,
            )
        )
    if len(sure := sure_of(league)):
        said.append(
            w.n(
                "{n} of the {all} changes keeps its direction in all of {count} recalculations "
                "with other weights, scalings and ways of adding up.",
                "{n} of the {all} changes keep their direction in all of {count} recalculations "
                "with other weights, scalings and ways of adding up.",
                int(sure.sum()),
                all=len(sure),
                count=w.number(league.robust_changes["replicates"].iloc[0]),
            )
        )
    return section(w._("Who moved most, and why"), " ".join(said))


def regions(league: League) -> show.Text | None:
    """Say which region rose most and which fell most, by the median change."""
    w, moves = league.words, league.moves
    if moves.empty:
        return None
    heading = w._("The changes, place by place")
    medians: Any = moves.groupby(moves["unit"].map(league.regions))["change"].median().astype(float)
    if len(medians) < 2:
        return None
    return section(
        heading,
        w._(
            "The region with the highest median change is {best} ({high}), the one with the lowest "
            "{worst} ({low}).",
            best=literal(medians.idxmax()),
            high=w.signed(medians.max()),
            worst=literal(medians.idxmin()),
            low=w.signed(medians.min()),
        ),
    )


def agreement(league: League) -> show.Text | None:
    """Count the printed figures that the scores do not give; None if there are none."""
    w, said = league.words, []
    off = league.disagreements
    if len(off):
        said.append(
            w._(
                "Printed ranks and changes that differ from what the scores give: {count} "
                "({units}).",
                count=len(off),
                units=_some(league, off),
            )
        )
    if len(printed := league.as_printed):
        said.append(
            w._(
                "Ranks that are the printed ones, where the scores alone give others: {count} "
                "({units}).",
                count=len(printed),
                units=_some(league, printed),
            )
        )
    return show.Text(" ".join(said)) if said else None


def _some(league: League, rows: Any) -> str:
    """Name the first of some units with their years."""
    newest = rows.sort_values(["year", "unit"], ascending=[False, True], kind="stable")
    names = dict.fromkeys(zip(newest["unit_name"], newest["year"], strict=True))
    shown = [f"{literal(name)} {year}" for name, year in names][:_SHOWN]
    return ", ".join(shown) + ", …" * (len(names) > _SHOWN)


def banner(league: League) -> show.Text | None:
    """Say which ranks of merged units nobody published; None where there are none."""
    years = [year for year in league.full_years if year in league.computed]
    if not years:
        return None
    w = league.words
    return show.Text(
        w._(
            "In {years} this table did not exist yet: the ranks of then are computed here, from "
            "the mean scores of the members of today; nobody published them.",
            years=w.list(map(str, years)),
        )
    )
