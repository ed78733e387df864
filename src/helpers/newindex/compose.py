"""The text of index.yml and structure.csv; what only a person can tell is an open question."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import yaml

from helpers.index.catalog import OPEN
from helpers.index.document import FIRST_LINE
from helpers.index.units import slugify
from helpers.newindex.cellkinds import MARKS
from helpers.newindex.read import Source
from helpers.newindex.understand import Understood


def structure(found: Understood) -> str:
    """Return structure.csv: a row per indicator, its direction open unless ranks tell it."""
    buffer = io.StringIO()
    write = csv.writer(buffer, lineterminator="\n")
    write.writerow(
        ["scheme", "indicator", "parent", "weight", "direction", "label_vi", "label_en", "decimals"]
    )
    labels: dict[str, str] = {}
    for column, (indicator, year) in found.scores.items():
        labels.setdefault(indicator, column.replace(str(year), "").strip() if year else column)
    for indicator, label in labels.items():
        direction = found.directions.get(indicator, OPEN)
        places = found.decimals[indicator]
        shown = OPEN if indicator in found.uneven else "" if places is None else places
        label = label or found.headline
        write.writerow(["published", indicator, "", "", direction, label, label, shown])
    return buffer.getvalue()


def table_lines(
    source: Path, published: Source, found: Understood, file: str, province_set: str
) -> list[str]:
    """Return the entry of the table in index.yml."""
    lines = [f"  - file: {file}"]
    if published.extracted:
        lines.append(f"    extracted_from: {slugify(source.stem)}{source.suffix.lower()}")
    lines.append(f"    complete: {'true' if province_set in ('34', '63') else 'as-listed'}")
    asked = " # 63 or 34: units before or after the merger of July 2025?" * (province_set == OPEN)
    lines.append(f'    unit_set: "@set"{asked}')
    lines.append(f"    unit: {{column: {_quoted(found.unit)}}}")
    if found.year:
        lines.append(f"    year: {{column: {_quoted(found.year)}}}")
    elif not any(year for _name, year in found.scores.values()):
        lines.append(f"    year: {found.years[0]}")
    ask = f'"{OPEN}" # vi or en: is 1.234 a thousand and more, or one and a bit?'
    lines.append(f"    numbers: {ask if found.style == OPEN else found.style}")
    marks = sorted(found.missing)
    if odd := [m for m in marks if m.lower() not in MARKS]:
        shown = ", ".join(f"{m!r} ({found.missing[m]} times)" for m in odd)
        lines.append(f'    missing: "{OPEN}" # which of these mean no figure: {shown}; a list')
    elif marks:
        lines.append(f"    missing: {_quoted(marks)}")
    if found.zeros:
        lines.append(
            f'    zeros: "{OPEN}" # score, missing if 0 means not assessed, or a list of the '
            f"columns in which it does: {_by_reason(found.zeros)}"
        )
    if found.doubtful:
        reasons: dict[str, list[str]] = {}
        for name, why in found.doubtful.items():
            reasons.setdefault(why, []).append(name)
        lines.append(
            f'    skip: "{OPEN}" # the rows that are no units, by name or row number, as a list: '
            f"{_by_reason(reasons, 100)}"
        )
    ranks = {c: _rank_of(found, c) for c in found.ranks}
    if found.origins:
        return _long(lines, found, ranks)
    if ranks:
        lines += ["    ranks:", *_columns(ranks)]
    return [*lines, "    scores:", *_columns(found.scores)]


def _by_reason(groups: dict[str, list[str]], most: int = 12) -> str:
    """List names under what they share, the first of each."""
    return "; ".join(f"{what}: {some(names, most)}" for what, names in groups.items())


def some(names: list[str], most: int = 12) -> str:
    """List the first of some names, and how many more there are."""
    names = list(dict.fromkeys(names))
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest


def _rank_of(found: Understood, column: str) -> tuple[str, int | None]:
    """Return the indicator whose ranks a column holds, an open question if that is in doubt."""
    told = found.ranked[column]
    return (told[0] if len(told) == 1 else OPEN, found.ranks[column][1])


def _long(
    lines: list[str], found: Understood, ranks: dict[str, tuple[str, int | None]]
) -> list[str]:
    """Return an entry for each kind of row of a long table; all but the first refer to it."""
    entries: dict[tuple[tuple[str, str], ...], dict[str, dict[str, tuple[str, int | None]]]] = {}
    # An entry of ranks alone must not stand first: the others would take its ranks over.
    for measure, columns in (("scores", found.scores), ("ranks", ranks)):
        for column, target in columns.items():
            origin = found.origins[column]
            kinds = entries.setdefault(origin.only, {})
            kinds.setdefault(measure, {})[origin.column] = target
    written = ["  - &rows", f"    {lines[0].partition('- ')[2]}", *lines[1:]]
    for number, (only, kinds) in enumerate(entries.items()):
        told = ", ".join(f"{_quoted(column)}: {_quoted(value)}" for column, value in only)
        if number:
            written.append("  - <<: *rows")
        written.append(f"    only: {{{told}}}")
        for measure in ("scores", "ranks"):
            if measure in kinds:
                written += [f"    {measure}:", *_columns(kinds[measure])]
            elif number and measure == "scores":
                written.append("    scores: {}")
    return written


def _columns(columns: dict[str, tuple[str, int | None]]) -> list[str]:
    lines = []
    for column, (name, year) in columns.items():
        shown = _name(name)
        target = f"{{indicator: {shown}, year: {year}}}" if year else shown
        asked = " # of which indicator are these the ranks? or delete the line" * (name == OPEN)
        lines.append(f"      {_quoted(column)}: {target}{asked}")
    return lines


def index_yml(name: str, found: Understood, table: list[str]) -> str:
    """Return index.yml with the entry of its table."""
    indicators = list(dict.fromkeys(indicator for indicator, _year in found.scores.values()))
    ranked = list(dict.fromkeys(one for names in found.ranked.values() for one in names))
    headline = (found.headline and _name(found.headline)) or (
        f'"{OPEN}" # which of these is the index itself: {some(ranked or indicators, 40)}'
    )
    below = [one for one in indicators if one != found.headline]
    pillars = f"pillars: [{', '.join(map(_name, below))}]" + " # without the index itself" * (
        not found.headline and len(below) > 1
    )
    scale = f"found {found.low:g} to {found.high:g}, for instance [0, {_top(found.high)}]"
    years = "{" + ", ".join(f"{year}: published" for year in found.years) + "}"
    if found.jumps:
        pairs = ", ".join(f"{before} and {after}" for before, after in found.jumps)
        years = (
            f'"{OPEN}" # the size of the figures changes between {pairs}: another scale or method? '
            f"If not: {years}; if so, a scheme of its own for the years after, below and in "
            "structure.csv"
        )
    return "\n".join(
        [
            FIRST_LINE,
            "# What the table means. The fields are explained in data/raw/README.md; where the",
            "# value is a question mark, put the answer in its place.",
            f"label: {{vi: {name}, en: {name}}} # as reports print it",
            f"short: {{vi: {name}, en: {name}}}",
            "unit_words: {vi: đơn vị, en: units}",
            f"headline: {headline}",
            pillars,
            f'scale: "{OPEN}" # lowest and highest possible score, null for none: {scale}',
            "",
            "units: @units",
            'unit_sets: {"@set": {vi: các đơn vị trong bảng, en: the units of the table}}',
            "",
            "# A year whose scheme differs does not compare with the one before.",
            f"years: {years}",
            "schemes: {published: {source: as published}}",
            "",
            "tables:",
            *table,
            "",
        ]
    )


def _top(high: float) -> str:
    return next((f"{top:g}" for top in (1, 5, 10, 100, 1000) if high <= top), "null")


def _name(indicator: str) -> str:
    """Write an indicator's name, quoted where YAML would read something else."""
    plain = re.fullmatch(r"[a-z_][a-z0-9_]*", indicator) and len(indicator) > 1
    safe = plain and not isinstance(yaml.safe_load(indicator), (bool, type(None)))
    return indicator if safe else _quoted(indicator)


def _quoted(value: Any) -> str:
    """Write a value so that YAML reads the same: JSON is YAML."""
    return json.dumps(value, ensure_ascii=False)
