"""Playing a table from file to report: answers put into index.yml, all tables made in place."""

from pathlib import Path
from typing import Any

import cells
from helpers import report, tables
from helpers.index import catalog, units
from helpers.tables import claims, disagreements, rank, recompute, sampling, score
from helpers.tables.clean import clean
from helpers.tables.headline import contributions_table, find_full
from helpers.tables.robustness import record


def answer(folder: Path, **answers: str) -> None:
    """Put answers in place of the question marks: by field, and for all directions."""
    spec = folder / "index.yml"
    lines = spec.read_text(encoding="utf-8").splitlines()
    for field, value in answers.items():
        at = [n for n, line in enumerate(lines) if line.strip().startswith(f"{field}:")]
        assert len(at) == 1, (field, at)
        lines[at[0]] = lines[at[0]].split(":")[0] + f": {value}"
    spec.write_text("\n".join(lines) + "\n", encoding="utf-8")
    structure = folder / "structure.csv"
    structure.write_text(structure.read_text("utf-8").replace(",?,", ",1,"), encoding="utf-8")
    catalog._load.cache_clear()


def open_all(name: str, unit: str, year: int = 0) -> tuple[Any, dict[str, Any]]:
    """Make every table of an index and say all that a report says, in both languages."""
    index = catalog.load(name)
    everybody, cleaned = units.load(index), clean(index)
    scored = score.scores(index, everybody, cleaned.published)
    ranked = rank.ranks(index, everybody, scored, cleaned.published)
    changed = rank.changes(index, everybody, ranked, cleaned.published)
    listed = rank.listed(index, everybody, cleaned.published)
    headlines = find_full(index, scored, listed)
    made = {"published": cleaned.published, "quarantine": cleaned.quarantine, "scores": scored}
    made |= {"intervals": scored, "ranks": ranked, "changes": changed}
    made["robust"] = record.ranks_table(headlines, 20)
    made["robust_changes"] = record.changes_table(headlines, 20)
    made["contributions"] = contributions_table(headlines)
    told = claims.Tables(index, everybody, made["published"], scored, scored, ranked)
    made["claims"] = claims.check(told, changed)
    totals = recompute.compare_with_published(index, scored)
    compared = disagreements.compare(index, cleaned.published, ranked, totals)
    made["disagreements"] = compared[compared["verdict"] == disagreements.DIFFER]
    tables.write(name, made)
    if index.sampled:
        tables.write(name, sampling.confidence_tables(index))
    cases = [report.open_case(name, unit, year, lang) for lang in ("vi", "en")]
    for case in cases:
        asked = {"index": name, "unit": unit, "year": year, "lang": case.words.lang}
        assert len(list(cells.run("report", asked))) > 5
    return cases[-1], made
