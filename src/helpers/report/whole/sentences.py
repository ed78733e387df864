"""What the report on a whole league table says: its sentences."""

from __future__ import annotations

import math
from typing import Any

from helpers import show
from helpers.methods.mobility import regression_to_mean
from helpers.report import about
from helpers.report.league import SURE, League, movement_of, span, sure_of
from helpers.report.page import Together, section
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
                "From {year_from} to {year_to}, {up} rose and {down} fell, by {mean} places on "
                "average; {riser} rose most ({rise}), {faller} fell most ({fall}).",
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
    cards = [
        (w.number(league.size(league.year)), w._("units ranked in {year}", year=league.year), "")
    ]
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
                w.number(row["kendall_tau_b"], 2),
                w._("agreement of the two orders"),
                w._("Kendall's tau; 1: same order"),
            ),
        ]
        if len(sure := sure_of(league)):
            cards.append(
                (
                    f"{w.number(sure.sum())} / {w.number(len(sure))}",
                    w._("changes certain of their direction"),
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
            heading, w._("No two years of full tables compare, so no change is explained.")
        )
    first, last = league.explained_pair
    row = movement_of(league, first, last)
    said = [
        w._(
            "Of two units taken at random, about {share} stand in the same order in {year_from} "
            "and {year_to} (Kendall's tau {tau}).",
            share=w.percent((1 + row["kendall_tau_b"]) / 2, 0),
            year_from=first,
            year_to=last,
            tau=w.number(row["kendall_tau_b"], 2),
        )
    ]
    if len(league.moves) < 5:
        return section(heading, said[0])
    drift = regression_to_mean(league.ranks_of(first), league.ranks_of(last))
    bottom = drift.loc["class 5"]
    size = round(abs(bottom["observed"]), 1)  # as it is written
    values: dict[str, Any] = {
        "change": w.signed(bottom["observed"]),
        "low": w.signed(bottom["null_low"]),
        "high": w.signed(bottom["null_high"]),
    }
    if bottom["observed"] > bottom["null_high"]:
        said.append(
            w.n(
                "The last fifth moved by {change} place on average, more than reshuffling alone "
                "gives ({low} to {high}): those behind caught up.",
                "The last fifth moved by {change} places on average, more than reshuffling alone "
                "gives ({low} to {high}): those behind caught up.",
                size,
                **values,
            )
        )
    elif bottom["observed"] < bottom["null_low"]:
        said.append(
            w.n(
                "The last fifth moved by {change} place on average, less than reshuffling alone "
                "gives ({low} to {high}): those behind fell farther behind.",
                "The last fifth moved by {change} places on average, less than reshuffling alone "
                "gives ({low} to {high}): those behind fell farther behind.",
                size,
                **values,
            )
        )
    else:
        said.append(
            w.n(
                "The last fifth moved by {change} place on average; reshuffling alone gives "
                "{low} to {high}, so nothing says that those behind caught up.",
                "The last fifth moved by {change} places on average; reshuffling alone gives "
                "{low} to {high}, so nothing says that those behind caught up.",
                size,
                **values,
            )
        )
    return section(heading, " ".join(said))


def movers(league: League) -> show.Text | None:
    """Say how much of the changes the others made, and how many directions are certain."""
    w, moves = league.words, league.moves
    if moves.empty:
        return None
    against = int((moves["own_effect"] * moves["change"] < 0).sum())
    said = [
        w.n(
            "{n} of {all} units moved against its own effect: the others' movement outweighed it.",
            "{n} of {all} units moved against their own effect: the others' movement outweighed "
            "it.",
            against,
            all=len(moves),
        )
    ]
    if len(sure := sure_of(league)):
        said.append(
            w.n(
                "{n} of the {all} changes keeps its direction in at least {level} of {count} "
                "recalculations under other weights, normalisations and aggregations.",
                "{n} of the {all} changes keep their direction in at least {level} of {count} "
                "recalculations under other weights, normalisations and aggregations.",
                int(sure.sum()),
                all=len(sure),
                level=w.percent(SURE, 0),
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
        return section(heading)
    return section(
        heading,
        w._(
            "By region the median change is highest in {best} ({high}) and lowest in {worst} "
            "({low}).",
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


def limits(league: League) -> Together:
    """Say how the report is to be read."""
    w = league.words
    return about.limits(
        league,
        w._(
            "A *rank set* holds every rank that the unrounded scores could give. *Under other "
            "choices* is where 90 % of the outcomes lie had weights, normalisation and aggregation "
            "been others; it is no confidence interval."
        ),
        w._("The report says how ranks changed, not which policy changed the scores."),
    )
