"""Printed ranks, rank changes and totals against what the scores give.

What a publisher prints beside the scores is evidence on both: a rank that the scores cannot
give, within rounding and ties, means that one of the two is wrong, or that the rank rests on
something the table does not hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from helpers.errors import DataError
from helpers.index.catalog import Index
from helpers.index.model import Disagreements
from helpers.tables.conventions import COMPETITION, allowed_ranks

AGREE, WITHIN, DIFFER = "agree", "within", "differ"
_CELL = ["unit_set", "year", "indicator"]
_KEY = [*_CELL, "unit"]
_ENDS = ["low", "computed", "high"]
BANDS = ("rank_at_most", "rank_at_least")
_SHOWN = 5  # who mends these finds the others the same way
_EPS = 1e-9
_CALLED = {
    "rank": "ranks", "band": "ends of bands", "rank_change": "changes", "total": "totals",
}  # fmt: skip


def compare(
    index: Index, published: pd.DataFrame, ranked: pd.DataFrame, totals: pd.DataFrame
) -> pd.DataFrame:
    """Compare every printed rank, rank change and total with what the scores give.

    Parameters
    ----------
    published
        The table of that name.
    ranked
        What :func:`helpers.tables.rank.ranks` returns.
    totals
        What :func:`helpers.tables.recompute.compare_with_published` returns.

    Returns
    -------
    DataFrame
        The columns of the table ``disagreements`` for every figure that can be compared, with
        ``verdict`` (agree; within: outside the printed scores' own rank, but inside ``low`` to
        ``high``, which rounding and ties leave open; differ), ``convention`` (of ties), and
        ``own``: whether a table that lists every unit prints it.
    """
    printed = published[published["unit"].notna() & (published["unit"] != "")]
    printed = printed.assign(own=printed["file"].isin(index.complete), printed=printed["value"])
    ranks = printed[printed["measure"] == "rank"]
    bands = printed[printed["measure"].isin(BANDS) & printed["own"]]
    moved = printed[printed["measure"] == "rank_change"]
    years = {*ranks["year"], *bands["year"], *moved["year"], *moved["vs_year"]}
    told = ranked["year"].isin(years) & ranked["indicator"].isin(printed["indicator"])
    allowed = _allowed(ranks, ranked[told])
    pairs = [
        _ranks(pd.concat([ranks, bands]), allowed),
        _changes(moved, allowed),
        _totals(index, printed, totals),
    ]
    table = pd.concat([one for one in pairs if len(one)] or pairs[:1], ignore_index=True)
    outside = (table["printed"] < table["low"] - _EPS) | (table["printed"] > table["high"] + _EPS)
    apart = table["printed"] - table["computed"]
    exact = apart.abs() <= table["blur"]
    exact |= (table["measure"] == "rank_at_most") & (apart > 0)
    exact |= (table["measure"] == "rank_at_least") & (apart < 0)
    verdict = np.select([outside, exact], [DIFFER, AGREE], WITHIN)
    return table.assign(index=index.name, verdict=verdict)


def _allowed(ranks: pd.DataFrame, ranked: pd.DataFrame) -> pd.DataFrame:
    """Return low, computed and high of each unit's rank, with ``scored``: by scores.

    Where a table is not known in full, what bounds a rank there is all that is known of it.
    """
    # A tie holds all the places it covers: the publisher may have parted it by something else.
    tied = ranked.groupby([*_CELL, "rank"], dropna=False)["unit"].transform("size")
    last = (ranked["rank"] + tied - 1).where(ranked["full"])
    table = ranked.assign(
        low_score=ranked["low"], high_score=ranked["high"], low=ranked["rank_low"],
        computed=ranked["rank"], high=np.fmax(ranked["rank_high"], last), scored=False,
        convention=COMPETITION,
    )  # fmt: skip
    first = ranks.sort_values("own", ascending=False, kind="stable").drop_duplicates(_KEY)
    table = table.merge(first[[*_KEY, "printed", "own"]], on=_KEY, how="left")
    table["own"] = table["own"].eq(True)
    cells = table.groupby(_CELL)
    # Where everybody has a score any table's ranks compare; else those of its own tables.
    comparable = cells["full"].transform("all") | cells["own"].transform("any")
    comparable &= (cells["score"].transform("count") > 0) & (
        cells["printed"].transform("count") > 0
    )
    parts = [table[~comparable]]
    parts += [_of_one(group) for _cell, group in table[comparable].groupby(_CELL, sort=False)]
    columns = [*_KEY, "unit_name", *_ENDS, "scored", "convention"]
    return pd.concat(parts)[columns]


def _of_one(table: pd.DataFrame) -> pd.DataFrame:
    """Return one indicator and year with the ranks that the scores allow."""
    scored, own = table["score"].notna(), bool(table["own"].any())
    # Only a table of its own says that units whose scores it lacks were ranked.
    others = int((~scored & table["printed"].notna()).sum()) if own else 0
    score, *ends = (
        table["direction"].to_numpy(float) * table[name].to_numpy(float)
        for name in ("score", "low_score", "high_score")
    )
    printed = table["printed"].where(table["own"] | ~own).to_numpy(float)
    allowed = allowed_ranks(score, np.fmin(*ends), np.fmax(*ends), printed, others)
    return table.assign(
        low=table["low"].where(~scored, allowed.low),
        computed=table["computed"].where(~scored, allowed.computed),
        high=table["high"].where(~scored, allowed.high),
        convention=allowed.convention,
        scored=scored,
    )


def _ranks(ranks: pd.DataFrame, allowed: pd.DataFrame) -> pd.DataFrame:
    known = allowed[allowed["scored"] & allowed["computed"].notna()]
    both = ranks.merge(known.drop(columns="unit_name"), on=_KEY).assign(blur=_EPS)
    # An end of a band holds of every rank on its side.
    both["high"] = both["high"].mask(
        both["measure"] == BANDS[0], both[["high", "printed"]].max(axis=1)
    )
    both["low"] = both["low"].mask(
        both["measure"] == BANDS[1], both[["low", "printed"]].min(axis=1)
    )
    return both


def _changes(changes: pd.DataFrame, allowed: pd.DataFrame) -> pd.DataFrame:
    ends = allowed[[*_KEY, *_ENDS, "convention"]]
    before = ends.drop(columns="convention").rename(columns={"year": "vs_year"})
    both = changes.merge(ends, on=_KEY).merge(
        before, on=["unit_set", "vs_year", "indicator", "unit"], suffixes=("", "_before")
    )
    both = both.assign(
        low=both["low_before"] - both["high"],
        computed=both["computed_before"] - both["computed"],
        high=both["high_before"] - both["low"],
        blur=_EPS,
    )
    return both[both["computed"].notna()]


def _totals(index: Index, printed: pd.DataFrame, totals: pd.DataFrame) -> pd.DataFrame:
    scores = printed[(printed["measure"] == "score") & (printed["indicator"] == index.headline)]
    both = scores.merge(totals, on=["unit_set", "year", "unit"])
    # Of several tables that print a total, it is that whose figure is the score.
    both = both[both["score"] == both["value"]].rename(columns={"recomputed": "computed"})
    return both.assign(measure="total", convention=COMPETITION)


def summarise(index: Index, compared: pd.DataFrame, ranked: pd.DataFrame) -> list[str]:
    """Return the lines that say how printed figures and scores agree; none where none is."""
    parts = []
    kinds = compared["measure"].replace(dict.fromkeys(BANDS, "band"))
    for kind in ("rank", "band", "rank_change", "total"):
        verdicts = compared.loc[kinds == kind, "verdict"]
        called = _CALLED[kind]
        if len(verdicts):
            n = verdicts.value_counts().reindex([AGREE, WITHIN, DIFFER], fill_value=0)
            parts.append(
                f"{called} {n[AGREE]} agree, {n[WITHIN]} agree within rounding or ties, "
                f"{n[DIFFER]} differ"
            )
    lines = [f"{index.name}: printed against computed: {'; '.join(parts)}"] if parts else []
    return lines + _unranked(index, compared, ranked)


def _unranked(index: Index, compared: pd.DataFrame, ranked: pd.DataFrame) -> list[str]:
    """Name the units with a score but without a printed rank where their table prints ranks."""
    told = compared[compared["measure"].isin(["rank", *BANDS]) & compared["own"]]
    cells = told.drop_duplicates(_CELL)[_CELL]
    scored = ranked[ranked["score"].notna()].merge(cells, on=_CELL)
    without = scored.merge(told[_KEY].drop_duplicates(), on=_KEY, how="left", indicator=True)
    without = without[without["_merge"] == "left_only"]
    lines = []
    for (_set, year, indicator), group in without.groupby(_CELL):
        names = list(group["unit_name"])
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        lines.append(
            f"{index.name} {year}, {indicator}: a score but no printed rank, where others have "
            f"one: {', '.join(names[:_SHOWN])}{more}; if they are no units, skip them in index.yml"
        )
    return lines


def refuse_beyond(index: Index, compared: pd.DataFrame, doubts: Iterable[str] = ()) -> None:
    """Refuse an index whose own tables differ from their scores by more than the limits.

    Parameters
    ----------
    compared
        What :func:`compare` returns.
    doubts
        Lines that may say why, from :func:`helpers.tables.doubts.doubts`.

    Raises
    ------
    DataError
        A line for each indicator and year names file, row, unit, column, printed and computed
        figure of the likeliest mistake, which is the farthest off, how many others differ,
        and the mend.
    """
    off: Any = compared[compared["verdict"] == DIFFER]
    lines = _wrong_totals(index, off[off["measure"] == "total"])
    limits = index.spec.disagreements
    if limits is None:
        # Ranks that rest on something else than the scores may lie anywhere, unless limits are set.
        compared = compared[~compared["file"].isin(index.as_printed)]
    lines += _wrong_ranks(index, compared, limits or Disagreements())
    if lines:
        raise DataError("\n".join([*lines, *doubts]))


def _wrong_ranks(index: Index, compared: pd.DataFrame, limits: Disagreements) -> list[str]:
    own = compared[compared["own"] & (compared["measure"] != "total")]
    apart = pd.concat([own["low"] - own["printed"], own["printed"] - own["high"]], axis="columns")
    own = own.assign(apart=apart.max(axis="columns").clip(lower=0))
    lines = []
    file: Any
    measure: Any
    year: Any
    indicator: Any
    for (file, measure, year, indicator), group in own.groupby(
        ["file", "measure", "year", "indicator"], sort=True
    ):
        off = group[group["apart"] > 0].sort_values(["apart", "row"], ascending=[False, True])
        if off.empty:
            continue
        few = max(limits.share * len(group), limits.share > 0)  # one rank alone is no share
        if off["apart"].iloc[0] <= limits.distance and len(off) <= few:
            continue
        first, rest = off.iloc[0], off.iloc[1:]
        called = f"change of rank since {first['vs_year']}" if measure == "rank_change" else "rank"
        printed = {BANDS[0]: "at most ", BANDS[1]: "at least "}.get(measure, "")
        others = (
            f"; {len(rest)} of {len(group) - 1} others differ, by {rest['apart'].max():g} or less"
            if len(rest)
            else ""
        )
        lines.append(
            f"{file}, row {first['row']}, {column_of(index, file, measure, indicator)}: "
            f"{first['unit_name']}, {year}: the printed {called} is {printed}{first['printed']:g}, "
            f"but the scores give {first['computed']:g}{others}{_reversed(measure, group)}; "
            f"{_shuffled(index, file, indicator) if len(off) * 2 > len(group) else ''}"
            "correct the cell of the rank or of the score, then `make record-raw`; or say in "
            f"data/raw/{index.name}/index.yml `ranks: published` (or `ranked_by: published` of the "
            "table), or how far ranks may differ: "
            f"`disagreements: {{distance: {first['apart']:g}, share: "
            f"{np.ceil(100 * len(off) / len(group)) / 100:g}}}`"
        )
    return lines[:_SHOWN] + ([f"and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else [])


def _shuffled(index: Index, file: str, indicator: str) -> str:
    """Return a hint where most printed ranks differ from the scores' own."""
    scores = column_of(index, file, "score", indicator)
    return f"are the rows of its scores ({scores}) or of its ranks shifted or sorted?; "


def _reversed(measure: str, group: pd.DataFrame) -> str:
    """Return a hint where the printed ranks run against the scores."""
    if measure != "rank" or len(group) < 3:
        return ""
    if group["printed"].corr(group["computed"], method="spearman") > -0.9:
        return ""
    return " (the ranks run against the scores: is less better? direction -1 in structure.csv)"


def column_of(index: Index, file: str, measure: str, indicator: str) -> str:
    """Return the column that holds an indicator's figures, or the indicator itself."""
    kind = "rank" if measure in BANDS else measure
    for table in index.tables:
        columns = {**table.wide.get(kind, {}), **(table.wide["value"] if kind == "score" else {})}
        for column, target in columns.items():
            if index.key(table) == file and target.indicator == indicator:
                return f"column {column}" + f" ({indicator})" * (column != indicator)
    return indicator


def _wrong_totals(index: Index, off: Any) -> list[str]:
    lines = [
        f"{row.file}, row {row.row}: {row.unit_name}, {row.year}: {index.headline} is published as "
        f"{row.printed:.10g}, but its indicators give {row.computed:.6g}; correct the cell, then "
        f"`make record-raw`, or raise `tolerance` in data/raw/{index.name}/index.yml"
        for row in off.head(_SHOWN).itertuples()
    ]
    return lines + ([f"and {len(off) - _SHOWN} more"] if len(off) > _SHOWN else [])
