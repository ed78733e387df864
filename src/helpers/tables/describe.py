"""Write ``docs/tables.md`` and ``data/processed/README.md`` from the contracts.

``python -m helpers.tables.describe``, or ``make docs``.
"""

from __future__ import annotations

from pathlib import Path

from helpers.tables.contracts import CONTRACTS, Bool, Float, Int, Table, Text

PAGE, SHORT = "docs/tables.md", "data/processed/README.md"
_TYPES = {Int: "whole number", Float: "number", Text: "text", Bool: "true or false"}

# What a column holds; by "table.column" where a name means something else in one table.
MEANINGS = {
    "index": "the index's name, a folder of `data/raw`",
    "scheme": "the scheme of indicators and weights the year was scored by",
    "unit_set": "which units are ranked together, such as the 63 or the 34",
    "year": "the year the figure is about",
    "year_from": "the earlier year",
    "year_to": "the later year",
    "unit": "code of the unit, the only key to it: names were given to larger units in 2025",
    "indicators.unit": "what the figure counts or is measured in",
    "implied.unit": "what the figure counts or is measured in",
    "unit_name": "name of the unit, for reading",
    "indicator": "the indicator, as `structure.csv` names it",
    "score": "the score as published, or derived from published ones",
    "status": "`published`, or `derived` from other scores",
    "source": "address of the publication, else the file; of a derived score, how it was derived",
    "quarantine.source": "the file of `data/raw` that the cell stands in",
    "low": "lower end of what the score was before it was rounded",
    "high": "upper end of it",
    "rank": "competition rank: 1 is best, and ties share the best place (15, 15, 17)",
    "rank_low": "the best rank that the scores before rounding could have given",
    "rank_high": "the worst rank that they could have given",
    "rank_published": "the rank as published",
    "rank_scores": "the scores' own rank, empty unless all scores are known; another than `rank` "
    "only with `ranks: published` in `index.yml`",
    "printed": "the figure as printed",
    "computed": "what the scores give",
    "disagreements.low": "the least that they can give, given rounding, ties and scores not known",
    "disagreements.high": "the most that they can give",
    "disagreements.measure": "`rank`, `rank_change`, or `total`: a headline against its parts",
    "rank_from": "the rank in the earlier year",
    "rank_to": "the rank in the later year",
    "change": "places gained; above 0 is a rise",
    "change_low": "the smallest change that the scores before rounding allow",
    "change_high": "the greatest change that they allow",
    "change_published": "the change as published",
    "own_effect": "the part of the change that the unit's own scores account for; empty unless "
    "all scores of both years are known and the years compare",
    "others_effect": "the part that the others' scores account for; both add up to the change",
    "comparable": "false where the two years were scored by different schemes: such a change is "
    "a fact, but no sign of progress or decline",
    "break_reason": "why the years do not compare",
    "measure": "what is stated: `rank`, `score`, `rank_change` and so on",
    "vs_year": "the earlier year, where a change is stated",
    "value": "the figure as a number",
    "value_text": "the figure as printed",
    "quarantine.value": "the cell as it stands there",
    "mark": "`single`, `repeated` by other sources, or `conflicting` with them; all are kept",
    "confidence": "how sure the figure is: `high`, `medium` or `low`",
    "claims.confidence": "how sure the least sure evidence is",
    "claim_confidence": "how sure it is that the claim was made like this",
    "source_date": "when it was published",
    "file": "the file of `data/raw` it was read from",
    "row": "its row there, the header being row 1",
    "column": "the column of the cell",
    "reason": "why the cell cannot be used",
    "std_error": "the publisher's standard error of the score",
    "level": "the chance with which a set holds what it is to hold",
    "marginal_low": "lower end of the set that holds the unit's true rank or change with that "
    "chance, given the publisher's sampling error",
    "marginal_high": "upper end of it",
    "simultaneous_low": "lower end of its set, where all units' sets of that indicator together "
    "hold all the true ranks or changes with that chance",
    "simultaneous_high": "upper end of it",
    "nominal": "the rank by the index's own choices",
    "robust_changes.nominal": "the change by the index's own choices",
    "q05": "5 % of the recalculations lie below; 90 % lie from `q05` to `q95`, which is no "
    "confidence interval",
    "median": "half of the recalculations lie below",
    "q95": "5 % of the recalculations lie above",
    "replicates": "how many recalculations there were",
    "p_rise": "share of the recalculations in which the unit rose",
    "p_same": "share in which it kept its place",
    "p_fall": "share in which it fell",
    "part": "a part of the headline (a pillar or another indicator), or `others`, the other units",
    "contribution": "places of the change that the part accounts for; all parts add up to it",
    "relation": "`=`, or `<=` for a claim such as “among the first ten”",
    "verdict": "what the evidence says of the claim, such as `borne out` or `contradicted`",
    "claims.low": "the least that the evidence allows",
    "found": "what the evidence gives",
    "claims.high": "the most that it allows",
    "basis": "what kind of evidence was used",
    "evidence": "the figures it rests on",
    "needed": "what would be needed to check it, where that is missing",
    "reading": "how the claim was read, where it can be read in several ways",
    "id": "name of the figure, or of the rule",
    "system": "the system the figure is about",
    "system_vi": "its name in Vietnamese",
    "system_en": "its name in English",
    "indicator_vi": "what is counted, in Vietnamese",
    "indicator_en": "what is counted, in English",
    "qualifier": "`exact`, `more than`, `about` and so on, as printed",
    "indicators.low": "the least that the print allows",
    "indicators.high": "the most that it allows",
    "of": "the whole that the figure is a part of",
    "share": "the figure in per cent of its whole",
    "share_low": "the least share that the print allows",
    "share_high": "the greatest share that it allows",
    "gap": "what the share lacks of 100",
    "gap_low": "the smallest gap that the print allows",
    "gap_high": "the greatest gap that it allows",
    "indicators.change": "the change printed beside the figure, in per cent",
    "indicators.change_low": "the least change that the print allows",
    "indicators.change_high": "the greatest change that it allows",
    "period": "the time the figure is about",
    "change_text": "the change as printed",
    "note": "a remark of whoever read the article",
    "kind": "the rule's kind of arithmetic",
    "inputs": "the figures it is worked out from, by `id`",
    "label_vi": "what it says, in Vietnamese",
    "label_en": "what it says, in English",
    "implied.low": "the least that the figures allow",
    "implied.high": "the most that they allow",
    "holds": "whether a statement holds: true, false, or empty where bounds leave it open",
}

_HEAD = """\
# The processed tables

`make data` writes them to `data/processed/<index>/`, each as Parquet, which carries the types, and
as a CSV twin in UTF-8 with the same columns in the same order. Columns, types, keys and the rules
below are checked at every write. This page is written from `src/helpers/tables/contracts.py` by
`make docs`.

In the CSV, a text that a spreadsheet would run as a formula has an apostrophe before it. Computed
numbers are rounded when they are written, after all ranks are taken: to 12 significant digits, and
to 15 decimals, as what lies beyond hangs on the processor. Printed ones stay as printed.
"""

_SHORT_HEAD = """\
# Processed tables

They appear here, in a folder for each index and each article, by `make data INDEX=...` and before
every report; `make clean` removes all but this page, which `make docs` writes. What each column
holds is in [docs/tables.md](../../docs/tables.md).

| table | one row is |
|---|---|
"""


def short_page() -> str:
    """Return the page that lies beside the tables."""
    return _SHORT_HEAD + "".join(f"| `{name}` | {t.row} |\n" for name, t in CONTRACTS.items())


def page() -> str:
    """Return the page on all tables."""
    links = "\n".join(
        f"| [`{name}`](#{name}) | {table.row} | {_made(table)} |"
        for name, table in CONTRACTS.items()
    )
    head = f"{_HEAD}\n| table | one row is | made by |\n|---|---|---|\n{links}\n"
    return "\n".join([head, *(_section(name, table) for name, table in CONTRACTS.items())])


def _section(name: str, table: Table) -> str:
    lines = [f"## {name}", "", f"One row is {table.row}."]
    if table.csv_only:
        lines += ["There is no Parquet file of it."]
    if table.key:
        lines += [f"Its key is {', '.join(f'`{column}`' for column in table.key)}."]
    lines += [f"In every row: {'; '.join(f'`{rule}`' for rule in table.rules)}."] * bool(
        table.rules
    )
    lines += ["", "| column | type | what it holds |", "|---|---|---|"]
    for column, kind in table.columns.items():
        meaning = MEANINGS.get(f"{name}.{column}") or MEANINGS[column]
        lines.append(f"| `{column}` | {_TYPES[kind]} | {meaning} |")
    return "\n".join(lines) + "\n"


def _made(table: Table) -> str:
    return f"[{table.maker}](../notebooks/{table.maker}.ipynb)"


def main(root: Path) -> None:
    """Write the pages in a checkout."""
    for name, text in ((PAGE, page()), (SHORT, short_page())):
        (root / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path.cwd())
