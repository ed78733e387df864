"""The processed tables: what each holds, which notebook makes it, who reads it.

Each table stands here once: its columns and their order, the key it is sorted by and the rules
between its columns, checked at every write (`helpers.tables.processed`). The engine's steps, the
reports and ``docs/tables.md`` follow from it, so a new table is a new entry. Scripts outside the
project rely on names and columns.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Int, Float, Text, Bool = "Int64", "float64", "str", "boolean"
DIGITS, DECIMALS = 12, 15
"""Significant digits and decimals that a computed number is written with, whichever are fewer.

What lies beyond them hangs on the processor that worked it out."""


@dataclass(frozen=True)
class Table:
    """One processed table.

    Attributes
    ----------
    row
        What one row is.
    maker
        The notebook that makes it, without its ending.
    columns
        Types by name, in the table's order.
    key
        The columns that name a row and that the rows are sorted by; empty for a table that may
        have two rows alike, which is sorted by all columns.
    rules
        What must hold in each row in which it can be worked out: conditions of
        `pandas.DataFrame.eval` by the words they are told in.
    in_reports
        Whether reports are made from it.
    csv_only
        Whether there is no Parquet twin.
    of_sampled
        Whether only an index whose publisher gives standard errors has it.
    computed
        Whether its numbers are worked out, and so rounded; a printed one stays as printed.
    """

    row: str
    maker: str
    columns: dict[str, str]
    key: tuple[str, ...] = ()
    rules: dict[str, str] = field(default_factory=dict)
    in_reports: bool = True
    csv_only: bool = False
    of_sampled: bool = False
    computed: bool = True


_UNIT = {"unit": Text, "unit_name": Text}
_INDEX = {"index": Text, "unit_set": Text}
_YEAR = {**_INDEX, "year": Int, **_UNIT}
_PAIR = {**_INDEX, "year_from": Int, "year_to": Int, **_UNIT}
_SCORE = {"index": Text, "scheme": Text, "unit_set": Text, "year": Int, **_UNIT}
_SCORE_KEY = ("unit_set", "year", "indicator", "unit")
_PAIR_KEY = ("unit_set", "year_to", "year_from")
_SETS = {
    "level": Float, "marginal_low": Int, "marginal_high": Int, "simultaneous_low": Int,
    "simultaneous_high": Int,
}  # fmt: skip


def _held(what: str) -> dict[str, str]:
    """Return the rules that a rank or change lies in its confidence sets."""
    kinds = ("marginal", "simultaneous")
    return {
        f"{kind}_low <= {what} <= {kind}_high": f"{kind}_low <= {what} and {what} <= {kind}_high"
        for kind in kinds
    }


CONTRACTS: dict[str, Table] = {
    "published": Table(
        "a figure as printed", "1-clean",
        {
            **_YEAR, "indicator": Text, "measure": Text, "vs_year": Int, "value": Float,
            "value_text": Text, "mark": Text, "confidence": Text, "source": Text,
            "source_date": Text, "file": Text, "row": Int,
        },
        computed=False,
    ),
    "quarantine": Table(
        "a cell that was set aside", "1-clean",
        {"source": Text, "row": Int, "column": Text, "value": Text, "reason": Text},
        in_reports=False, csv_only=True,
    ),
    "scores": Table(
        "a score", "2-rank-change",
        {**_SCORE, "indicator": Text, "score": Float, "status": Text, "source": Text},
        _SCORE_KEY,
    ),
    "intervals": Table(
        "the interval of a score", "2-rank-change",
        {**_YEAR, "indicator": Text, "low": Float, "score": Float, "high": Float},
        _SCORE_KEY,
        {"low <= score <= high": "low <= score and score <= high"},
    ),
    "ranks": Table(
        "a rank and its set", "2-rank-change",
        {
            **_SCORE, "indicator": Text, "score": Float, "rank": Int, "rank_low": Int,
            "rank_high": Int, "rank_published": Int, "rank_scores": Int,
        },
        _SCORE_KEY,
        {"rank_low <= rank <= rank_high": "rank_low <= rank and rank <= rank_high"},
    ),
    "changes": Table(
        "a change from one year to the next", "2-rank-change",
        {
            **_PAIR, "indicator": Text, "rank_from": Int, "rank_to": Int, "change": Int,
            "change_low": Int, "change_high": Int, "change_published": Int, "own_effect": Float,
            "others_effect": Float, "comparable": Bool, "break_reason": Text,
        },
        (*_PAIR_KEY, "indicator", "unit"),
        {
            "change = rank_from - rank_to": "change == rank_from - rank_to",
            "own + others = change": "own_effect + others_effect == change",
        },
    ),
    "disagreements": Table(
        "a printed rank, change or total that the scores do not give", "2-rank-change",
        {
            **_YEAR, "indicator": Text, "measure": Text, "printed": Float, "low": Float,
            "computed": Float, "high": Float, "file": Text, "row": Int,
        },
        rules={
            "low <= computed <= high": "low <= computed and computed <= high",
            "printed is outside low and high": "printed < low or printed > high",
        },
    ),
    "robust": Table(
        "a headline rank under other choices", "3-robustness",
        {
            **_YEAR, "nominal": Int, "q05": Float, "median": Float, "q95": Float,
            "replicates": Int,
        },
        ("unit_set", "year", "unit"),
        {"q05 <= median <= q95": "q05 <= median and median <= q95"},
    ),
    "robust_changes": Table(
        "a change of it under other choices", "3-robustness",
        {
            **_PAIR, "nominal": Int, "p_rise": Float, "p_same": Float, "p_fall": Float,
            "q05": Float, "median": Float, "q95": Float, "replicates": Int,
        },
        (*_PAIR_KEY, "unit"),
        {
            "q05 <= median <= q95": "q05 <= median and median <= q95",
            "p_rise + p_same + p_fall = 1": "abs(p_rise + p_same + p_fall - 1) < 1e-9",
        },
    ),
    "rank_confidence": Table(
        "a rank and its confidence sets", "3-robustness",
        {**_YEAR, "indicator": Text, "std_error": Float, "rank": Int, **_SETS},
        _SCORE_KEY, _held("rank"), of_sampled=True,
    ),
    "change_confidence": Table(
        "a change and its confidence sets", "3-robustness",
        {**_PAIR, "indicator": Text, "change": Int, **_SETS},
        (*_PAIR_KEY, "indicator", "unit"), _held("change"), of_sampled=True,
    ),
    "contributions": Table(
        "a part's share in a change", "3-robustness",
        {**_PAIR, "part": Text, "contribution": Float},
        (*_PAIR_KEY, "unit", "part"),
    ),
    "claims": Table(
        "a figure published singly, with its verdict", "4-claims",
        {
            **_YEAR, "indicator": Text, "measure": Text, "vs_year": Int, "relation": Text,
            "value": Float, "value_text": Text, "verdict": Text, "low": Float, "found": Float,
            "high": Float, "confidence": Text, "basis": Text, "evidence": Text, "needed": Text,
            "reading": Text, "claim_confidence": Text, "source": Text, "source_date": Text,
            "file": Text, "row": Int,
        },
        # No figure compares with a missing one, so a claim without evidence passes.
        rules={"low <= found <= high": "not (low > found or found > high)"},
    ),
    "indicators": Table(
        "an article's figure on a system, with bounds", "5-systems",
        {
            "row": Int, "id": Text, "system": Text, "system_vi": Text, "system_en": Text,
            "indicator_vi": Text, "indicator_en": Text, "value_text": Text,
            "qualifier": Text, "unit": Text, "value": Float, "low": Float, "high": Float,
            "of": Float, "share": Float, "share_low": Float, "share_high": Float, "gap": Float,
            "gap_low": Float, "gap_high": Float, "change": Float, "change_low": Float,
            "change_high": Float, "period": Text, "change_text": Text, "note": Text,
        },
        ("row",),
        {"low <= value <= high": "low <= value and value <= high"},
    ),
    "implied": Table(
        "what such figures imply", "5-systems",
        {
            "row": Int, "id": Text, "kind": Text, "inputs": Text, "label_vi": Text,
            "label_en": Text, "unit": Text, "reading": Text, "value": Float, "low": Float,
            "high": Float, "holds": Bool,
        },
        ("row", "reading"),
        {
            "low <= high": "low <= high",
            "low <= value <= high": "not (low > value or value > high)",
        },
    ),
}  # fmt: skip


def made_by(*notebooks: str, in_reports: bool | None = None, sampled: bool = True) -> list[str]:
    """Return the names of the tables that some notebooks make, in the order above.

    Parameters
    ----------
    in_reports
        Only those that reports are made from, or only those that they are not.
    sampled
        Whether to name those that only an index with standard errors has.
    """
    return [
        name
        for name, table in CONTRACTS.items()
        if table.maker in notebooks
        and in_reports in (None, table.in_reports)
        and (sampled or not table.of_sampled)
    ]


def files_of(name: str) -> list[str]:
    """Return the names of a table's files."""
    return [f"{name}.csv"] if CONTRACTS[name].csv_only else [f"{name}.parquet", f"{name}.csv"]
