"""Page one: why the rank is what it is, in a title, three sentences and what it would take."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from helpers import show
from helpers.methods.whatif import BEST, MEDIAN
from helpers.report import gains
from helpers.report.unit.case import Case
from helpers.report.unit.passed import count_passed
from helpers.show import literal
from helpers.words import MISSING


def title(case: Case) -> show.Text:
    """Say what happened to the score and to the rank, or where it stands where nothing is known."""
    w = case.words
    said: dict[str, Any] = {
        "unit": literal(case.unit.name),
        "year": case.year,
        "place": case.place(case.now["rank"], case.year),
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
    """Say of a merged unit what it was made of, and which of its ranks nobody published."""
    w, members = case.words, case.unit.members
    if not members:
        return None
    everybody = case.everybody.by_code
    names = [everybody[code].called(w.lang) for code in members if code in everybody]
    years = [str(year) for year in case.path.index if year in case.computed]
    said = {"unit": literal(case.unit.name), "members": literal(w.list(names))}
    if len(members) == 1:
        text = w._(
            "**{unit}** was not merged, but others were: its ranks of {years} among the {units} of "
            "today are computed here; nobody published them.",
            years=w.list(years),
            units=case.size(case.year),
            **case.nouns,
            **said,
        )
        return show.Text(text) if years else None
    text = w._("**{unit}** was made of {members}.", **said)
    if years:
        text += " " + w._(
            "In {years} it did not exist yet: its ranks of then are computed here, from the mean "
            "scores of those it was made of; nobody published them.",
            years=w.list(years),
        )
    return show.Text(text)


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


def table(case: Case) -> show.Table | None:
    """Tabulate the weighed indicators: rank, score, and the headline's rank for a gain in each."""
    w, names = case.words, gains.shown(case, case.unit.code)
    if not names:
        return standing(case)
    every: Any = gains.table(case)
    assert every is not None
    rows = every[(every["unit"] == case.unit.code) & every["indicator"].isin(names)]
    found = rows.set_index(["indicator", "goal"])
    leads = case.now["rank"] == 1
    heads = {f"{step:g}": _step(case, names, step) for step in gains.STEPS}
    heads |= {MEDIAN: w._("To the median"), BEST: w._("To the best")}
    given = gains.inputs(case)
    assert given is not None
    cells = []
    for name in names:
        own = case.of_year.loc[name]
        line = {
            w._("Indicator"): case.labels[name],
            w._("Rank"): case.rank_of(own),
            w._("Score"): w.number(own["score"], case.decimals(name)),
        }
        if leads:  # nothing to be gained: how far it is from the best
            best = abs(float(given.indicators[name].max()))
            line[w._("Best score")] = w.number(best, case.decimals(name))
        for goal, head in heads.items():
            if head and not leads:
                line[head] = _after(case, found.loc[(name, goal)])
        cells.append(line)
    caption = w._(
        "Rank in each indicator in {year}, and the overall rank if that one alone gained (an en "
        "dash: it is there)",
        year=case.year,
    )
    if leads:
        caption = w._("Ranks and scores in {year}", year=case.year)
    return show.Table(pd.DataFrame(cells), caption=caption)


def standing(case: Case) -> show.Table | None:
    """Tabulate ranks and scores of the year's indicators, where no weights are known."""
    w = case.words
    rows = case.of_year.drop(index=case.index.headline, errors="ignore").dropna(subset="rank_low")
    if len(rows) <= 4:  # page one has them as key figures
        return None
    cells = [
        {
            w._("Indicator"): case.labels[str(name)],
            w._("Rank"): case.rank_of(row),
            w._("Score"): w.number(row["score"], case.decimals(str(name))),
        }
        for name, row in rows.head(12).iterrows()
    ]
    return show.Table(
        pd.DataFrame(cells), caption=w._("Ranks and scores in {year}", year=case.year)
    )


def outlook(case: Case) -> show.Text | None:
    """Say what the next tenth place would take, or by how much the first leads."""
    w, unit = case.words, case.unit.code
    given = gains.inputs(case)
    if given is None:
        return None
    less = case.index.direction(case.year, case.index.headline) < 0
    decimals = case.decimals(case.index.headline)
    said: dict[str, Any] = {"unit": literal(case.unit.name), **case.nouns}
    goal = gains.goal(case, unit)
    if goal is None:
        others = given.composite.drop(index=unit)
        if others.empty:
            return None
        lead = float(given.composite[unit] - others.max())
        said |= {"next": literal(case.units[str(others.idxmax())].name)}
        if lead <= 0:
            return show.Text(w._("{unit} shares the first place with {next}.", **said))
        text = w._("{unit} leads; {next}, the next, is {lead} points away.",
                   lead=w.number(lead, decimals), **said)  # fmt: skip
        return show.Text(text)
    said |= {
        "place": w.ordinal(goal.place),
        "number": w.number(goal.place),
        "gain": w.range(goal.low, goal.high, decimals),
        "score": w.number(abs(given.composite[unit]), decimals),
    }
    if less:
        text = w._(
            "**What it would take.** To be {place}, {unit} would need {gain} points less than its "
            "{score}, the other {words} as they are.",
            **said,
        )
    else:
        text = w._(
            "**What it would take.** To be {place}, {unit} would need {gain} points more than its "
            "{score}, the other {words} as they are.",
            **said,
        )
    if not gains.shown(case, unit):
        return show.Text(text)
    found = gains.alone(case, unit, goal.gain)
    if found is None:
        return show.Text(
            text + " " + w._("No single indicator has that much room: it takes several.")
        )
    name, alone = found
    text += " " + w._(
        "If one indicator alone is to bring it, “{indicator}” needs the smallest gain: "
        "{alone} points.",
        indicator=literal(case.labels[name]),
        alone=w.number(alone, case.decimals(name)),
    )
    return show.Text(text)


def _after(case: Case, row: Any) -> str:
    return MISSING if pd.isna(row["rank"]) else case.rank_of(row)


def _step(case: Case, names: list[str], step: float) -> str:
    """Head the column of a step; empty without a scale."""
    w = case.words
    widths = {top - bottom for bottom, top in map(case.index.scale_of, names)}
    if not all(map(math.isfinite, widths)):
        return ""
    if len(widths) > 1:
        return w._("+{share} of the scale", share=w.percent(step, 0))
    return w.signed(step * widths.pop(), 4)


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
    level = case.standings[case.standings["rank"] == case.now["rank"]].index.drop(case.unit.code)
    said: dict[str, Any] = {
        "unit": literal(case.unit.name),
        "year": case.year,
        "place": case.place(case.now["rank"], case.year),
        "others": literal(w.list(case.units[str(code)].name for code in level)),
    }
    if case.year in case.computed:
        said["place"] = w._("{place} (computed here)", **said)
    if len(level):
        said["place"] = w._("{place}, level with {others}", **said)
    if change is None:
        first = w._("In {year}, {unit} is {place}.", **said)
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
