"""What the columns of a published table are, and what only a person can tell."""

from __future__ import annotations

import re
from typing import NamedTuple

import pandas as pd

from helpers.errors import DataError
from helpers.index.spelling import fold
from helpers.newindex import columns, doubts, follow, propose
from helpers.newindex.cellkinds import looks_numeric, number, split_head, values
from helpers.newindex.cellkinds import year as year_of
from helpers.newindex.header import Table
from helpers.newindex.spread import spread, tells_apart
from helpers.newindex.understood import Understood


class Hints(NamedTuple):
    """What is known of a table beside its cells.

    Attributes
    ----------
    unit
        The column of the units' names, where several could be.
    year
        The year of a table; what the table says of other years is then not of this one.
    guess
        A year that the names of file and sheet, or a title, tell.
    source
        Where the guess comes from, in words.
    """

    unit: str = ""
    year: int = 0
    guess: int = 0
    source: str = ""


def understand(table: Table, hints: Hints) -> tuple[pd.DataFrame, Understood]:
    """Say what a table's columns are.

    Returns
    -------
    frame, found
        The table, a row per unit and year (a long one is spread), and what was understood.

    Raises
    ------
    DataError
        When no or several columns can hold the units, no year is found, or figures of both
        number styles stand in one table; one line says what to give.
    """
    frame = table.frame
    style = _style(frame)
    periods = [c for c in columns.years_of(frame) if c != hints.unit]
    names = [str(column) for column in frame]
    numeric = [c for c in names if c not in periods and columns.share(frame[c], style) >= 0.6]
    others = (*periods, *numeric)
    texts = [c for c in names if c not in others and (frame[c] != "").any()]
    _refuse_dates(table, numeric)
    name, code, why = columns.units(frame, texts, hints.unit)
    numeric = [c for c in numeric if c != name]
    found = Understood(name, code, key=name, style=style)
    if why:
        found.reasons[f"units in {name!r}"] = why
    frame = _settle_periods(frame, found, periods, hints)
    _settle_key(frame, found, numeric)
    found.left_out |= {c: "text" for c in texts if c not in (name, code)}
    found.region = columns.region(frame, [c for c in texts if c not in (name, code)])
    found.left_out.pop(found.region, None)
    frame, numeric = _spread(frame, found, numeric, texts)
    if not (hints.unit or found.origins) and columns.INDICATOR.search(columns.words(name)):
        raise DataError(
            f"column {name!r} seems to hold indicators, and the heads units: turn the table "
            "(paste, transpose); or give UNIT_COLUMN="
        )
    for column in numeric:
        _place(found, column, frame[column])
    if not found.scores and not found.ranks:
        raise DataError(
            "no column of scores or ranks found; expected one with numbers (columns: "
            f"{columns.some_of(frame)}; left out: "
            f"{'; '.join(f'{c}: {w}' for c, w in list(found.left_out.items())[:8]) or 'none'})"
        )
    _settle_years(frame, found, hints)
    doubts.look_at_rows(frame, found)
    doubts.look_at_figures(frame, found)
    follow.settle(frame, found)
    propose.look(frame, found)
    return frame, found


def _style(frame: pd.DataFrame) -> str:
    """Return ``vi`` or ``en`` by the figures that only one style can read; "?" if none tells."""
    cells: set[str] = set()
    for column in frame:
        texts = [t for t in frame[column].unique() if t]
        like = [t for t in texts if looks_numeric(t)]
        if len(like) > 0.5 * len(texts):
            cells |= {t for t in like if "." in t or "," in t}
    cells = set(sorted(cells)[:20_000])
    only: dict[str, list[str]] = {"vi": [], "en": []}
    for text in sorted(cells):
        reads = {one: number(text, one) is not None for one in only}
        for one, other in (("vi", "en"), ("en", "vi")):
            if reads[one] and not reads[other]:
                only[one].append(text)
    if only["vi"] and only["en"]:
        raise DataError(
            f"figures of both number styles: {only['vi'][0]!r} reads as Vietnamese only, "
            f"{only['en'][0]!r} as English only; write all in one style"
        )
    if only["vi"] or only["en"]:
        return "vi" if only["vi"] else "en"
    return "?" if cells else "en"


def _refuse_dates(table: Table, numeric: list[str]) -> None:
    """Refuse a figure or a rank that a spreadsheet took for a date (the band 1-2)."""
    for column, (_count, cell) in table.dates.items():
        if column in numeric:
            raise DataError(
                f"{table.name or 'the table'}, cell {cell}, column {column}: a date where a number "
                "or a rank was meant; the spreadsheet changed it: restore the text"
            )


def _settle_periods(
    frame: pd.DataFrame, found: Understood, periods: list[str], hints: Hints
) -> pd.DataFrame:
    """Choose the column of years, and the rows of the year that was asked for."""
    chosen = ""
    for column in periods:
        filled = frame[column][frame[column] != ""]
        years = set(values(filled, year_of).dropna().astype(int))
        own = frame.loc[filled.index, found.unit]
        # Years in which something was founded or measured differ from unit to unit.
        other = own.nunique() == len(own) and filled.nunique() > max(1, 0.3 * len(filled))
        if chosen:
            found.left_out[column] = "a second column of years"
        elif hints.year and hints.year not in years:
            found.left_out[column] = f"years, but not {hints.year}, which was given"
        elif other and not (columns.is_yearly(column) and hints.year in years):
            found.left_out[column] = "years of something else: each unit has its own"
        elif not columns.is_yearly(column) and len(years) > 1 and own.nunique() == len(own):
            found.left_out[column] = "years of something else: each unit has one"
        else:
            chosen = column
    if not chosen:
        return frame
    when = values(frame[chosen], year_of)
    if hints.year:
        texts = sorted(set(frame[chosen][when == hints.year]))
        if len(texts) < frame[chosen][frame[chosen] != ""].nunique() and len(texts) == 1:
            found.kept_year = (chosen, texts[0])
            rows: pd.DataFrame = frame.loc[frame[chosen] == texts[0]]
            return rows
        if len(set(when.dropna())) > 1:
            frame = frame[when == hints.year]
    found.year = chosen
    kept = frame[frame[chosen] != ""].assign(**{"(year)": when})
    double = kept.duplicated([found.unit, "(year)"], keep=False)
    for year, rows in kept[double].groupby("(year)"):
        if len(texts := sorted(set(rows[chosen]))) > 1:
            found.dates[int(float(str(year)))] = texts
    if found.dates:
        last = {year: texts[-1] for year, texts in found.dates.items()}
        frame = frame[[text == last.get(year, text) for text, year in zip(
            frame[chosen], when[frame.index], strict=True)]]  # fmt: skip
    return frame


def _settle_key(frame: pd.DataFrame, found: Understood, numeric: list[str]) -> None:
    """Take the codes for the key where they tell apart what the names do not."""
    place = [found.year] if found.year else []
    rows = frame[frame[found.unit] != ""]
    double = rows.duplicated([found.unit, *place], keep=False)
    if found.code and found.code != found.unit:
        coded = rows[rows[found.code] != ""]
        whole = len(coded) > 0.98 * len(rows)
        apart = double.any() and not coded.duplicated([found.code, *place]).any()
        renamed = coded[[found.code, found.unit]].drop_duplicates()[found.code].duplicated().any()
        if whole and (apart or renamed):
            found.key = found.code
            found.reasons["units keyed by code"] = f"names in {found.unit!r} repeat or change"
        return
    if not double.any() or (double.mean() >= 0.5 and found.code != found.unit):
        return
    if key := columns.numeric_key(rows, found.unit, found.year, numeric):
        found.key = found.code = key
        numeric.remove(key)
        found.reasons["units keyed by code"] = f"names in {found.unit!r} repeat"


def _spread(
    frame: pd.DataFrame, found: Understood, numeric: list[str], texts: list[str]
) -> tuple[pd.DataFrame, list[str]]:
    """Spread a long table to a row per unit and year."""
    key = [c for c in (found.key, found.year) if c]
    own = (found.unit, found.code)
    try:
        by = tells_apart(frame, key, [c for c in texts if c not in own])
    except DataError as error:
        others = [f"{c} ({why})" for c, why in found.left_out.items() if why.startswith("years")]
        raise DataError(f"{error}; left out: {', '.join(others)}" if others else error) from None
    if not by:
        return frame, numeric
    keep = list(dict.fromkeys([*key, *filter(None, [found.unit, found.code])]))
    counted = [c for c in numeric if columns.role(c, frame[c], found.style)[0]]
    for column in set(numeric) - set(counted):
        found.left_out[column] = columns.role(column, frame[column], found.style)[1]
    frame, found.origins = spread(frame, keep, key, by, counted)
    found.region = ""
    found.left_out = {c: why for c, why in found.left_out.items() if c not in by}
    return frame, list(found.origins)


def _place(found: Understood, column: str, cells: pd.Series) -> None:
    """Put a column of numbers where it belongs."""
    bare, when = (column, None) if found.year else split_head(column)
    if found.origins and columns.words(found.origins[column].column) in ("rank", "ranks"):
        bare = f"{bare} rank"
    role, why = columns.role(bare if when else column, cells, found.style)
    if not role:
        found.left_out[column] = why
        return
    said = columns.words(bare)
    if role == "before":
        found.ranks[column] = (columns.BEFORE.sub("", columns.RANK.sub("", said)).strip(), -1)
    elif role == "rank":
        found.ranks[column] = (" ".join(columns.RANK.sub(" ", said).split()), when)
    else:
        name = base = fold(bare).replace(" ", "_") or "overall"
        same = [c for c, at in found.scores.items() if at == (name, when)]
        if not bare and when and same:
            raise DataError(
                f"several columns of {when}: {', '.join([*same, column])}; delete all but one of "
                "each year, or say in the heads what else they hold"
            )
        number_of = 1
        while (name, when) in found.scores.values():
            number_of += 1
            name = f"{base}_{number_of}"
        found.scores[column] = (name, when)
        found.labels.setdefault(name, bare)


def _settle_years(frame: pd.DataFrame, found: Understood, hints: Hints) -> None:
    before = [c for c, (_name, when) in found.ranks.items() if when == -1]
    if found.year:
        years = values(frame[found.year], year_of).dropna()
        found.years = sorted({int(one) for one in years})
        for column in before:
            del found.ranks[column]
            found.left_out[column] = "ranks of the year before, which are rows of their own"
        _name_ranks(found)
        return
    shown = found.scores | found.ranks
    said = {when for _name, when in shown.values() if when and when > 0}
    undated = [c for c, (_name, when) in shown.items() if when is None]
    found.fixed = hints.year
    if not found.fixed and hints.guess and (undated or before) and not said - {hints.guess}:
        found.fixed = hints.guess
        found.reasons[f"year {hints.guess}"] = f"from {hints.source}"
    if not found.fixed and not said:
        raise DataError("no year in a column or in the columns' names; give YEAR=")
    for column in before:
        base = found.ranks.pop(column)[0]
        if found.fixed or len(said) == 1:
            found.ranks[column] = (base, (found.fixed or max(said)) - 1)
            found.reasons[f"ranks in {column!r}"] = "of the year before, by the name"
        else:
            found.left_out[column] = "ranks of the year before one that is not known"
    said |= {when for _name, when in found.ranks.values() if when}
    if found.fixed not in {0, *said} and not undated:
        listed = ", ".join(map(str, sorted(said)))
        raise DataError(f"no column of {found.fixed}, the heads say {listed}; leave YEAR= out")
    found.years = sorted(said | ({found.fixed} if found.fixed else set()))
    _name_ranks(found)


def _name_ranks(found: Understood) -> None:
    """Name the indicators of a table of ranks alone."""
    if found.scores:
        return
    for column, (base, when) in found.ranks.items():
        name = re.sub(r"\W+", "_", base) if base not in follow.GENERIC else "overall"
        found.ranks[column] = (name, when)
        found.labels.setdefault(name, base if name != "overall" else "")
