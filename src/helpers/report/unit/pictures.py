"""The figures of a report on one unit: the case in, a figure or nothing out."""

from __future__ import annotations

from helpers import show
from helpers.index import geometry
from helpers.report import figures, gains
from helpers.report.unit import effects
from helpers.report.unit.case import Case


def path(case: Case) -> show.Figure | None:
    """Draw the headline's rank over the years; None with one year only."""
    if len(case.path.dropna(subset="rank")) < 2:
        return None
    return figures.trajectory(
        case.ranks, case.words, unit=case.unit.code, indicator=case.index.headline,
        changes=case.changes, labels=case.labels, size=case.size, recomputed=bool(case.computed),
        placed=case.year, tiles=geometry.tiles(case.index, case.unit_set), height=_height(case),
    )  # fmt: skip


def _height(case: Case) -> float:
    """Return the height of the path that leaves room for the rest of page one."""
    rows = len(gains.shown(case, case.unit.code))
    return max(125.0, 200.0 - 12.0 * max(rows - 4, 0) - 40.0 * bool(case.computed))


def moved(case: Case) -> show.Figure | None:
    """Draw the explained change of each indicator; None where fewer than two are known."""
    if case.crossed is None or len(case.moved) < 2:
        return None
    return figures.dumbbell(
        case.changes, case.words, unit=case.unit.code, year_from=case.pair[0],
        year_to=case.pair[1], labels=case.labels, indicators=case.moved,
    )  # fmt: skip


def contributions(case: Case) -> show.Figure | None:
    """Draw the explained change part by part; None where no part did anything."""
    parts = effects.contributions(case)
    if not parts["contribution"].any():
        return None
    return figures.contributions(
        parts, case.words, rank_from=case.explained["rank_from"],
        rank_to=case.explained["rank_to"],
        unit_name=case.unit.name, years=case.pair, indicator=case.labels[case.index.headline],
    )  # fmt: skip


def bands(case: Case) -> show.Figure | None:
    """Draw the ranks against the bands that other choices give; None where there are none."""
    table = effects.bands(case)
    if table.empty or (table[["low", "high"]].sub(table["rank"], axis="index") == 0).all(axis=None):
        return None
    return figures.rank_bands(
        table, case.words, units=case.size(case.year),
        subject=f"{case.unit.name}, {case.labels[case.index.headline]}", highlight=str(case.year),
    )  # fmt: skip


def passed(case: Case, most: int = 15) -> show.Figure | None:
    """Draw whom it passed and who passed it; None where nobody did."""
    if case.crossed is None or case.met.empty:
        return None
    return figures.who_passed_whom(
        case.ranks, case.words, unit=case.unit.code, year_from=case.pair[0], year_to=case.pair[1],
        indicator=case.index.headline, most=most, labels=case.labels,
        comparable=bool(case.crossed["comparable"]),
    )  # fmt: skip


def scores(case: Case) -> show.Figure | None:
    """Draw all scores against all ranks of the explained years; None where there are none."""
    if case.explained is None:
        return None
    headline = case.index.headline
    return figures.score_against_rank(
        case.ranks, case.words, unit=case.unit.code, year=case.pair[1], indicator=headline,
        changes=case.changes, decimals=case.decimals(headline), labels=case.labels,
    )  # fmt: skip
