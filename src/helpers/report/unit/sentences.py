"""The report's sentences, computed in the language of the case."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from helpers import show
from helpers.report import about
from helpers.report.page import Together, section
from helpers.report.unit.case import Case
from helpers.report.unit.effects import unexplained
from helpers.show import literal


def title(case: Case) -> show.Text:
    """Say the unit's place in the year of the report."""
    return show.Text(
        "# "
        + case.words._(
            "{unit}: {place} of {units} {unit_words} in {year}",
            unit=literal(case.unit.name),
            place=case.words.ordinal(case.now["rank"]),
            units=case.size(case.year),
            unit_words=case.index.text("unit_words", case.words.lang),
            year=case.year,
        )
    )


def deck(case: Case) -> show.Text:
    """Say in a few sentences where it came from and what moved it."""
    if not len(case.own(case.changes, case.index.headline)):
        return show.Text(case.words._("There is no earlier year to compare with."))
    said = [_since_last_year(case), _away(case), _explained(case)]
    return show.Text(" ".join(sentence for sentence in said if sentence))


def key_figures(case: Case) -> show.KeyFigures:
    """Show place, score, the newest explained change and its two effects."""
    w, now, change = case.words, case.now, case.crossed
    decimals = case.decimals(case.index.headline)
    cards = [
        (
            w.number(now["rank"]),
            w._("rank in {year}", year=case.year),
            w._("of {units}", units=case.size(case.year)),
        )
    ]
    if pd.notna(now["score"]):
        top = case.index.scale[1]
        cards.append(
            (
                w.number(now["score"], decimals),
                w._("score in {year}", year=case.year),
                w._("of at most {top}", top=w.number(top)) if math.isfinite(top) else "",
            )
        )
    if change is not None:
        years = f"{change['year_from']}–{change['year_to']}"
        cards.append((w.signed(change["change"]), w._("places gained or lost"), years))
    explained = case.explained is not None
    if explained and (change["own_effect"] or change["others_effect"]):
        cards += [
            (w.signed(change["own_effect"]), w._("by its own movement"), years),
            (w.signed(change["others_effect"]), w._("by the others' movement"), years),
        ]
    return show.KeyFigures(cards)


def pillars_heading(case: Case) -> show.Text | None:
    """Head the section on the pillars; None where the index has none."""
    return show.Text("## " + case.words._("The pillars")) if case.index.pillars else None


def pillars(case: Case) -> show.Text | None:
    """Say which pillar moved most in the newest explained change, if there are pillars."""
    if not case.index.pillars:
        return None
    w, change = case.words, case.explained
    if change is None:
        return None
    rows = case.effects.drop(index=case.index.headline, errors="ignore").dropna(subset="change")
    if rows.empty:
        return show.Text(w._("No pillar's ranks are known in both years."))
    if not rows["change"].any():
        return show.Text(
            w._(
                "From {year_from} to {year_to} it kept its rank in every pillar.",
                year_from=change["year_from"],
                year_to=change["year_to"],
            )
        )
    name = rows["change"].abs().astype(int).idxmax()
    row = rows.loc[name]
    return show.Text(
        w._(
            "From {year_from} to {year_to} the pillar that moved most is {pillar}: "
            "from {rank_from} to {rank_to} ({change}).",
            year_from=change["year_from"],
            year_to=change["year_to"],
            pillar=literal(case.labels[name]),
            rank_from=w.ordinal(row["rank_from"]),
            rank_to=w.ordinal(row["rank_to"]),
            change=places(case, int(row["change"])),
        )
    )


def effects(case: Case) -> show.Text:
    """Say where it would be had only it moved, or only the others."""
    w, change = case.words, case.explained
    heading = w._("What moved it")
    if change is None:
        return section(heading, unexplained(case))
    row = case.effects.loc[case.index.headline]
    if not (row["own_effect"] or row["others_effect"]):
        return section(
            heading,
            w._(
                "{unit} was {rank_to} in {year_from} and in {year_to}, and would have been had "
                "only it moved or only the others: there is no change to explain.",
                unit=literal(case.unit.name),
                year_from=change["year_from"],
                year_to=change["year_to"],
                rank_to=w.ordinal(row["rank_to"]),
            ),
        )
    return section(
        heading,
        w.n(
            "Had only {unit} moved between {year_from} and {year_to}, it would have been "
            "**{own_only}** in {year_to}; had only the others moved, **{others_only}**. "
            "In fact it was {rank_to}. Its own movement is worth {own} place and that of the "
            "others {others}: each is the mean over the two orders in which one can let them move, "
            "and together they are the change, {change}.",
            "Had only {unit} moved between {year_from} and {year_to}, it would have been "
            "**{own_only}** in {year_to}; had only the others moved, **{others_only}**. "
            "In fact it was {rank_to}. Its own movement is worth {own} places and that of the "
            "others {others}: each is the mean over the two orders in which one can let them move, "
            "and together they are the change, {change}.",
            abs(row["own_effect"]),
            unit=literal(case.unit.name),
            year_from=change["year_from"],
            year_to=change["year_to"],
            own_only=w.ordinal(row["rank_own_only"]),
            others_only=w.ordinal(row["rank_others_only"]),
            rank_to=w.ordinal(row["rank_to"]),
            own=w.signed(row["own_effect"]),
            others=w.signed(row["others_effect"]),
            change=w.signed(row["change"]),
        ),
    )


def met(case: Case) -> show.Text | None:
    """Say how many units it passed and how many passed it."""
    w, change = case.words, case.crossed
    if change is None:
        return None
    heading = w._("Whom it passed, and who passed it")
    if case.met.empty:
        return section(
            heading,
            w._(
                "From {year_from} to {year_to} {unit} passed nobody and nobody passed it: it "
                "stayed {rank_to}.",
                year_from=change["year_from"],
                year_to=change["year_to"],
                unit=literal(case.unit.name),
                rank_to=w.ordinal(change["rank_to"]),
            ),
        )
    gains = int((case.met["contribution"] > 0).sum())
    losses = int((case.met["contribution"] < 0).sum())
    return section(
        heading,
        w._(
            "From {year_from} to {year_to}, {unit} got past {gains} and fell behind {losses}: "
            "{gains} − {losses} = {change}.",
            year_from=change["year_from"],
            year_to=change["year_to"],
            unit=literal(case.unit.name),
            gains=gains,
            losses=losses,
            change=w.signed(int(change["change"])),
        ),
    )


def places(case: Case, change: int) -> str:
    """Return a change as a phrase: up 4 places, down 20 places, no change."""
    w = case.words
    if change > 0:
        return w.n("up {n} place", "up {n} places", change)
    if change < 0:
        return w.n("down {n} place", "down {n} places", -change)
    return w._("no change")


def _since_last_year(case: Case) -> str:
    rows = case.own(case.changes, case.index.headline)
    rows = rows[(rows["year_to"] == case.year) & rows["change"].notna()]
    if rows.empty:
        return ""
    w, row = case.words, rows.iloc[0]
    common: dict[str, Any] = {
        "year": row["year_from"],
        "place": w.ordinal(row["rank_from"]),
        "change": places(case, int(row["change"])),
    }
    if row["comparable"]:
        return w._("In {year} it was {place}: {change}.", **common)
    return w._(
        "In {year} it was {place}, by another scheme: the two ranks do not compare.", **common
    )


def _away(case: Case) -> str:
    """Say between which years it was not ranked, where the newest change passes over some."""
    rows = case.own(case.changes, case.index.headline)
    rows = rows[(rows["year_to"] == case.year) & rows["change"].notna()]
    years = [] if rows.empty else case.away(rows.iloc[0])
    said = case.words.list(map(str, years))
    return case.words._("In between, it was not ranked ({years}).", years=said) if years else ""


def _explained(case: Case) -> str:
    change = case.explained
    if change is None:
        return ""
    w, headline = case.words, case.index.headline
    years = int(change["year_from"]), int(change["year_to"])
    score_from, score_to = (float(case.path.loc[year, "score"]) for year in years)
    decimals = case.decimals(headline)
    said: dict[str, Any] = {
        "year_from": years[0],
        "year_to": years[1],
        "places": w.n("{n} place", "{n} places", abs(int(change["change"]))),
        "score_from": w.number(score_from, decimals),
        "score_to": w.number(score_to, decimals),
        "own": w.signed(change["own_effect"]),
        "others": w.signed(change["others_effect"]),
    }
    rose, higher = int(change["change"]), score_to - score_from
    # Where less is better, a score that rises is no reason to expect a better rank.
    higher = higher if case.index.direction(case.year, headline) > 0 else 0.0
    if rose < 0 < higher:
        first = w._("From {year_from} to {year_to} it fell {places} although its score rose "
                    "from {score_from} to {score_to}.", **said)  # fmt: skip
    elif rose > 0 > higher:
        first = w._("From {year_from} to {year_to} it rose {places} although its score fell "
                    "from {score_from} to {score_to}.", **said)  # fmt: skip
    elif rose < 0:
        first = w._("From {year_from} to {year_to} it fell {places}; its score went "
                    "from {score_from} to {score_to}.", **said)  # fmt: skip
    elif rose > 0:
        first = w._("From {year_from} to {year_to} it rose {places}; its score went "
                    "from {score_from} to {score_to}.", **said)  # fmt: skip
    else:
        first = w._("From {year_from} to {year_to} it kept its rank; its score went "
                    "from {score_from} to {score_to}.", **said)  # fmt: skip
    if not (change["own_effect"] or change["others_effect"]):
        return first
    second = w.n("Its own movement was worth {own} place, that of the others {others}.",
                 "Its own movement was worth {own} places, that of the others {others}.",
                 abs(change["own_effect"]), **said)  # fmt: skip
    return f"{first} {second}"


def limits(case: Case) -> Together:
    """Say how the report is to be read."""
    w = case.words
    return about.limits(
        case,
        w._(
            "A *rank set* holds every rank that the scores before rounding could give; scores that "
            "were not rounded give one rank."
        ),
        w._(
            "Where no full table of a year exists, only ranks published singly are used; a year "
            "without figures stays empty."
        ),
        w._("The report says how a rank changed, not which policy changed the scores."),
    )
