"""What it would take: the overall rank for a gain in one indicator, the least gain for a rank."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from helpers import show
from helpers.methods.whatif import BEST, MEDIAN
from helpers.report import gains
from helpers.report.unit.case import Case
from helpers.show import literal
from helpers.words import MISSING


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
    if given is None or case.unit.code not in given.composite.index:
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
