"""Page one: why the rank is what it is, in a title, three sentences and what it would take."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from helpers import show
from helpers.index import units
from helpers.index.units import Unit
from helpers.report import gains
from helpers.report.unit.case import Case
from helpers.report.unit.passed import count_passed
from helpers.show import literal


def title(case: Case) -> show.Text:
    """Say what happened to the score and to the rank, or where it stands where nothing is known."""
    w = case.words
    said: dict[str, Any] = {
        "unit": literal(case.unit.name),
        "year": case.year,
        "place": case.stands,
        "what": _happened(case),
    }
    if not said["what"]:
        text = w._("{unit} {year}: {place}", **said)
    elif case.crossed["year_to"] == case.year:
        text = w._("{unit} {year}: {what}", **said)
    else:
        text = w._("{unit} {year}: {place}; before that, {what}", **said)
    return show.Text("# " + text)


def banner(case: Case) -> show.Text | None:
    """Say what a unit was called, made of or split from, and which ranks nobody published."""
    texts = [_former(case), *_split(case), _merged(case)]
    return show.Text(" ".join(filter(None, texts))) if any(texts) else None


def _former(case: Case) -> str:
    if not case.unit.former:
        return ""
    names = case.words.list(case.unit.former)
    said = {"unit": literal(case.unit.name), "names": literal(names)}
    return case.words._("Earlier tables call **{unit}** {names}.", **said)


def _parts(case: Case, code: str) -> list[Unit]:
    return units.load(case.index).spoken_in(case.words.lang).made_of(code, [case.unit_set])


def _split(case: Case) -> Iterator[str]:
    w, everybody = case.words, units.load(case.index).spoken_in(case.words.lang).by_code
    for code in case.unit.members:
        if len(parts := _parts(case, code)) > 1:
            yield w._(
                "{former} was split into {parts}.",
                former=literal(everybody[code].name),
                parts=literal(w.list([one.name for one in parts])),
            )


def _merged(case: Case) -> str:
    w, everybody = case.words, case.everybody.by_code
    ranked = case.ranks.loc[case.ranks["year"] >= case.year, "unit"]
    members = [
        code
        for code in case.unit.members
        if len(_parts(case, code)) == 1 and code not in set(ranked)
    ]
    if not members:
        return ""
    names = [everybody[code].called(w.lang) for code in members if code in everybody]
    years = [str(year) for year in case.path.index if year in case.computed]
    said = {"unit": literal(case.unit.name), "members": literal(w.list(names))}
    if all(everybody[code].unit_set == case.unit_set for code in members if code in everybody):
        return w._("**{unit}** took in {members}.", **said)
    if len(members) == 1:
        text = w._(
            "**{unit}** was not merged, but others were: its ranks of {years} among the {units} of "
            "today are computed here; nobody published them.",
            years=w.list(years),
            units=case.size(case.year),
            **case.nouns,
            **said,
        )
        return text if years else ""
    text = w._("**{unit}** was made of {members}.", **said)
    if years:
        text += " " + w._(
            "In {years} it did not exist yet: its ranks of then are computed here, from the mean "
            "scores of those it was made of; nobody published them.",
            years=w.list(years),
        )
    return text


def deck(case: Case) -> show.Text:
    """Say where it stands, what happened to score and rank, and what moved it."""
    said = [_stands(case), _moved(case), _why(case)]
    return show.Text(" ".join(sentence for sentence in said if sentence))


def key_figures(case: Case) -> show.KeyFigures:
    """Show the headline's place and score, and the pillars that are no parts of the headline."""
    w, now = case.words, case.now
    units = w._("of {units} {words}", units=w.number(case.size(case.year)), **case.nouns)
    rank = w._("rank in {year}", year=case.year)
    cards = [(case.rank_of(now), rank, units)]
    if pd.notna(now["score"]):
        top = case.index.scale_of(case.index.headline)[1]
        most = w._("of at most {top}", top=w.number(top)) if math.isfinite(top) else ""
        score = w.number(now["score"], case.decimals(case.index.headline))
        cards.append((score, w._("score in {year}", year=case.year), most))
    weighed = gains.shown(case, case.unit.code)
    apart = [name for name in case.index.pillars if name not in weighed]
    rows = case.of_year.reindex(apart).dropna(subset="rank_low")
    if len(rows) <= 3:  # five in a row
        cards += [
            (
                case.rank_of(row),
                case.labels[str(name)],
                w._("of {units}", units=case.size(case.year)),
            )
            for name, row in rows.iterrows()
        ]
    return show.KeyFigures(cards)


def _happened(case: Case) -> str:
    """Say what happened to score and rank between the years shown; empty if nothing is known."""
    w, change = case.words, case.crossed
    if change is None:
        return ""
    rose, places = _better(case), int(change["change"])
    if places == 0:
        return w._("still {place}", place=case.place(change["rank_to"], int(change["year_to"])))
    if rose == 0:
        return _places(case, places)
    said = {"places": _places(case, places)}
    if rose > 0:
        if places < 0:
            return w._("a higher score, yet {places}", **said)
        return w._("a higher score, {places}", **said)
    if places > 0:
        return w._("a lower score, yet {places}", **said)
    return w._("a lower score, {places}", **said)


def _places(case: Case, change: int) -> str:
    w = case.words
    if change > 0:
        return w.n("{n} place gained", "{n} places gained", change)
    return w.n("{n} place lost", "{n} places lost", -change)


def _better(case: Case) -> float:
    """Return whether the score got better; 0 if it is not known or less of it is better."""
    change = case.explained
    if change is None or case.index.direction(case.year, case.index.headline) < 0:
        return 0.0
    ends = [float(case.path.loc[int(change[end]), "score"]) for end in ("year_from", "year_to")]
    return ends[1] - ends[0]


def _stands(case: Case) -> str:
    """Say where it stands in the year, beside the year before."""
    w, change = case.words, case.previous
    level = case.standings[case.standings["rank"] == case.now["rank"]].index
    level = level.difference([case.unit.code], sort=False)
    said: dict[str, Any] = {
        "unit": literal(case.unit.name),
        "year": case.year,
        "place": case.stands,
        "others": literal(w.list(case.units[str(code)].name for code in level)),
    }
    if case.year in case.computed:
        said["place"] = w._("{place} (computed here)", **said)
    if len(level):
        said["place"] = w._("{place}, level with {others}", **said)
    if change is None:
        first = w._("In {year}, {unit} is {place}.", **said)
        if case.year in case.banded:
            first += " " + w._(
                "Only a band of ranks is printed for it, so what moved it cannot be said."
            )
        if len(case.own(case.changes, case.index.headline)):
            return first
        return first + " " + w._("There is no earlier year to compare with.")
    said["before"] = case.place(change["rank_from"], int(change["year_from"]), dated=True)
    if not change["comparable"] and not case.away(change):
        return w._(
            "In {year}, under new rules, {unit} is {place}; this cannot be compared with {before}.",
            **said,
        )
    text = w._("In {year}, {unit} is {place}, after {before}.", **said)
    if years := case.away(change):
        text += " " + w._("In between, it was not ranked ({years}).", years=w.list(map(str, years)))
    return text


def _moved(case: Case) -> str:
    """Say what score and rank did between the years explained."""
    w, change = case.words, case.explained
    if change is None:
        return ""
    headline, years = case.index.headline, case.pair
    before, after = (float(case.path.loc[year, "score"]) for year in years)
    said: dict[str, Any] = {
        "score_from": w.number(before, case.decimals(headline)),
        "score_to": w.number(after, case.decimals(headline)),
    }
    if said["score_from"] == said["score_to"]:
        score = w._("its score stayed at {score_to}", **said)
    elif after > before:
        score = w._("its score rose from {score_from} to {score_to}", **said)
    else:
        score = w._("its score fell from {score_from} to {score_to}", **said)
    places, rose = int(change["change"]), _better(case)
    said = {"year_from": years[0], "year_to": years[1], "score": score,
            "rank": _went(case, places)}  # fmt: skip
    if years[1] != case.year and places:
        said["rank"] = w._(
            "{rank} (from {before} to {after})",
            rank=said["rank"],
            before=case.place(change["rank_from"], years[0]),
            after=case.place(change["rank_to"], years[1]),
        )
    if rose * places < 0 or (rose and not places and change["rank_to"] > 1):
        return w._("From {year_from} to {year_to}, {score}, yet it {rank}.", **said)
    return w._("From {year_from} to {year_to}, {score} and it {rank}.", **said)


def _went(case: Case, places: int) -> str:
    w = case.words
    if places > 0:
        return w.n("gained {n} place", "gained {n} places", places)
    if places < 0:
        return w.n("lost {n} place", "lost {n} places", -places)
    return w._("kept its rank")


def _why(case: Case) -> str:
    """Say where it would be had the others stood still, and who passed whom."""
    w, change = case.words, case.crossed
    if change is None:
        return ""
    said: dict[str, Any] = {
        "unit": literal(case.unit.name),
        "year_from": case.pair[0],
        "year_to": case.pair[1],
        "passed": count_passed(case),
        **case.nouns,
    }
    if case.explained is None:
        return w._("From {year_from} to {year_to}, {passed}.", **said)
    only = case.effects.loc[case.index.headline, "rank_own_only"]
    said["own_only"] = w.ordinal(only)
    if only == change["rank_to"]:
        return w._("Had the other {words} stood still, it would be where it is: {passed}.", **said)
    return w._(
        "Had the other {words} stood still, it would have come {own_only}; in fact {passed}.",
        **said,
    )
