"""The text of index.yml and structure.csv; what only a person can tell is an open question."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator

from helpers.index.catalog import OPEN
from helpers.index.document import FIRST_LINE
from helpers.newindex.cellkinds import is_mark
from helpers.newindex.propose import errors_of, proposals, scale_of
from helpers.newindex.say import some
from helpers.newindex.understood import UNRANKED, WHOLE, Target, Understood
from helpers.newindex.yamltext import plain, quoted

PILLARS = 20
"""More indicators than this are not shown beside the index unless asked for."""
Entry = dict[str, str]
"""The fields of a table's entry in index.yml, each as YAML that may go over several lines."""


def structure(tables: list[Understood]) -> str:
    """Return structure.csv: a row per indicator, its direction open unless the table tells it."""
    buffer = io.StringIO()
    write = csv.writer(buffer, lineterminator="\n")
    write.writerow(
        ["scheme", "indicator", "parent", "weight", "direction", "label_vi", "label_en", "decimals"]
    )
    for indicator in indicators(tables):
        own = [found for found in tables if indicator in found.indicators]
        direction = next((f.directions[indicator] for f in own if indicator in f.directions), OPEN)
        label = next((f.labels[indicator] for f in own if f.labels.get(indicator)), indicator)
        places = [f.decimals[indicator] for f in own if indicator in f.decimals]
        shown = "" if None in places or not places else max(p for p in places if p is not None)
        write.writerow(["published", indicator, "", "", direction, label, label, shown])
    return buffer.getvalue()


def indicators(tables: list[Understood]) -> list[str]:
    """Return the indicators of all tables, in the order of their columns."""
    return list(dict.fromkeys(name for found in tables for name in found.indicators))


def fields(found: Understood, file: str, original: str, unit_set: str) -> Entry:
    """Return the entry of a table; that of a long table lacks its scores and ranks.

    Parameters
    ----------
    file, original
        The CSV that is read, and the published file it was taken from, if it is another.
    unit_set
        63 or 34 where the units are the provinces of Viet Nam, or ``?``; else empty.
    """
    entry = {"file": quoted(file)}
    if original:
        entry["extracted_from"] = quoted(original)
    entry["complete"] = "true" if unit_set in ("34", "63") else "as-listed"
    asked = " # 63 or 34: units before or after the merger of July 2025?" * (unit_set == OPEN)
    entry["unit_set"] = f'"{unit_set or "all"}"{asked}'
    entry["unit"] = f"{{column: {quoted(found.key)}}}"
    if found.year:
        entry["year"] = f"{{column: {quoted(found.year)}}}"
    elif undated := [c for c, (_n, when) in (found.scores | found.ranks).items() if not when]:
        said = ", ".join(map(str, found.years))
        entry["year"] = str(found.fixed) if found.fixed else (
            f'"{OPEN}" # the year of the columns that say none ({some(undated)}); '
            f"others say {said}"
        )  # fmt: skip
    if found.kept_year:
        entry["only"] = f"{{{quoted(found.kept_year[0])}: {quoted(found.kept_year[1])}}}"
    if found.dates:
        listed = "; ".join(", ".join(texts) for texts in found.dates.values())
        entry["only"] = (
            f'{{{quoted(found.year)}: "{OPEN}"}} # which one counts for its year, and those of the '
            f"other years, as a list: {listed}"
        )
    ask = f'"{OPEN}" # vi or en: is 1.234 a thousand and more, or one and a bit?'
    entry["numbers"] = ask if found.style == OPEN else found.style
    marks = sorted(set(found.missing) - set(found.odd))
    if found.odd:
        shown = "; ".join(f"{text!r} ({where})" for text, where in list(found.odd.items())[:12])
        entry["missing"] = (
            f'"{OPEN}" # cells that may be mistyped figures: {shown}. Mend a mistyped one, '
            f"and list here what means no figure: {quoted(marks)}"
        )
    elif marks:
        odd = [one for one in marks if not is_mark(one)]
        entry["missing"] = quoted(marks) + f" # {', '.join(odd[:12])}: hold no figure" * bool(odd)
    if found.zeros:
        listed = "; ".join(f"{column}: {some(names)}" for column, names in found.zeros.items())
        entry["zeros"] = (
            f'"{OPEN}" # score, missing if 0 means not assessed, or a list of the '
            f"columns in which it does: {listed}"
        )
    if skipped := {
        k: why for k, why in found.skipped.items() if not (found.origins and isinstance(k, int))
    }:
        reasons: dict[str, list[str]] = {}
        for key, why in skipped.items():
            reasons.setdefault(why, []).append(str(key))
        listed = "; ".join(f"{why}: {some(names)}" for why, names in reasons.items())
        entry["skip"] = f"{quoted(list(skipped))} # no units, it seems ({listed})"
        if UNRANKED in reasons:
            unsure = [str(k) for k, why in skipped.items() if why in (UNRANKED, WHOLE)]
            entry["skip"] = (
                f'"{OPEN}" # are these units ({UNRANKED}): {some(unsure, 40)}? If none is: '
                f"{quoted(list(skipped))}; else without those that are"
            )
    if not found.origins:
        if found.ranks:
            entry["ranks"] = _columns({c: rank_of(found, c) for c in found.ranks}, {})
        if found.scores:
            entry["scores"] = _columns(found.scores, found.times, found.percents)
        if found.errors:
            entry["errors"] = errors_of(found.errors)
    return entry


def rank_of(found: Understood, column: str) -> Target:
    """Return the indicator whose ranks a column holds, an open question if that is in doubt."""
    told = found.ranked.get(column, [])
    return (told[0] if len(told) == 1 else OPEN, found.ranks[column][1])


def kinds(found: Understood) -> Iterator[Entry]:
    """Yield what the rows of each kind are, of a long table."""
    entries: dict[tuple[tuple[str, str], ...], dict[str, dict[str, Target]]] = {}
    ranks = {c: rank_of(found, c) for c in found.ranks}
    # An entry of ranks alone must not stand first: the others would take its ranks over.
    for measure, columns in (("scores", found.scores), ("ranks", ranks)):
        for column, target in columns.items():
            origin = found.origins[column]
            entries.setdefault(origin.only, {}).setdefault(measure, {})[origin.column] = target
    fixed = [found.kept_year] if found.kept_year else []
    for number, (only, told) in enumerate(entries.items()):
        # In a list, a text that is "?" is no open question.
        listed = ", ".join(
            f"{quoted(c)}: {quoted([one] if one == OPEN else one)}" for c, one in (*fixed, *only)
        )
        entry = {"only": f"{{{listed}}}"}
        for measure in ("scores", "ranks"):
            if measure in told:
                signed = {o.column for c, o in found.origins.items() if c in found.percents
                          and o.only == only}  # fmt: skip
                entry[measure] = _columns(told[measure], {}, signed)
            elif number and measure == "scores":
                entry[measure] = "{}"
        yield entry


def entries(described: list[tuple[Understood, Entry, list[str]]]) -> list[str]:
    """Return the lines of ``tables``: an entry refers to an earlier one for what they share."""
    lines: list[str] = []
    anchors: list[tuple[str, Entry]] = []
    for number, (found, entry, notes) in enumerate(described, start=1):
        lines += [f"  # {note}" for note in notes]
        if found.origins:
            first, *others = kinds(found)
            lines += write_entry(entry | first, f"t{number}")
            for other in others:
                lines += write_entry({"<<": f"*t{number}", **other})
            continue
        like = next((name for name, e in anchors if _extends(entry, e)), "")
        if like:
            base = dict(anchors)[like]
            own = {f: text for f, text in entry.items() if f == "file" or base.get(f) != text}
            own = {f: t for f, t in own.items() if f not in ("zeros", "missing") or f not in base}
            lines += write_entry({"<<": f"*{like}", **own})
            continue
        later = any(_extends(e, entry) for _f, e, _n in described[number:])
        lines += write_entry(entry, f"t{number}" if later else "")
        anchors.append((f"t{number}", entry))
    return lines


def _extends(entry: Entry, base: Entry) -> bool:
    """Tell whether an entry can take over the fields of another: the same columns, alike read."""
    same = ("unit", "numbers", "unit_set", "complete")
    there = ("extracted_from", "only", "ranks", "scores", "year")
    return all(entry.get(f) == base.get(f) for f in same) and all(
        (f in entry) == (f in base) for f in there
    )


def write_entry(entry: Entry, anchor: str = "") -> list[str]:
    """Return an entry as lines of a list in index.yml."""
    lines = [f"  - &{anchor}"] if anchor else []
    for field, text in entry.items():
        first, *rest = text.splitlines()
        lines.append(f"    {field}: {first}" if first else f"    {field}:")
        lines += rest
    if not anchor:
        lines[0] = "  - " + lines[0].lstrip()
    return lines


def _columns(
    columns: dict[str, Target], times: dict[str, float], percents: Collection[str] = ()
) -> str:
    lines = [""]
    for column, (name, year) in columns.items():
        more = f", year: {year}" * bool(year)
        more += f", times: {times[column]:g}" if column in times else ""
        more += ", percent: true" * (column in percents)
        target = f"{{indicator: {plain(name)}{more}}}" if more else plain(name)
        asked = " # of which indicator are these the ranks? or delete the line" * (name == OPEN)
        lines.append(f"      {quoted(column)}: {target}{asked}")
    return "\n".join(lines)


def index_yml(name: str, tables: list[Understood], lines: list[str], provinces: bool) -> str:
    """Return index.yml with the entries of its tables."""
    every = indicators(tables)
    head = next((found.headline for found in tables if found.headline), "")
    ranked = list(dict.fromkeys(n for f in tables for one in f.ranked.values() for n in one))
    of = [one for one in ranked if one in every] or every
    why = next((f.reasons["headline"] for f in tables if "headline" in f.reasons), "")
    headline = (plain(head) + f" # {why}" * bool(why)) if head else (
        f'"{OPEN}" # which of these is the index itself: {some(of, 40)}'
    )  # fmt: skip
    below = [one for one in every if one != head]
    many = len(below) > PILLARS
    pillars = f"pillars: [{', '.join(map(plain, [] if many else below))}]"
    pillars += f" # shown beside it; of {len(below)}: {some(below, 40)}" * many
    pillars += " # without the index itself" * (not head and not many and len(below) > 1)
    years = "{" + ", ".join(f"{y}: published" for y in _years(tables)) + "}"
    if jumps := [pair for found in tables for pair in found.jumps]:
        pairs = ", ".join(f"{before} and {after}" for before, after in jumps)
        years = (
            f'"{OPEN}" # the size of the figures changes between {pairs}: another scale or method? '
            f"If not: {years}; if so, a scheme of its own for the years after, below and in "
            "structure.csv"
        )
    sets = f"{{{', '.join(_sets(tables, lines, provinces))}}}"
    text = "\n".join(
        [
            FIRST_LINE,
            "# What the table means. The fields are explained in data/raw/README.md. A question",
            "# mark is a question: put the answer in its place. What a comment gives a reason for",
            "# is a proposal: change what is wrong.",
            f"label: {{vi: {name}, en: {name}}} # as reports print it",
            f"short: {{vi: {name}, en: {name}}}",
            "unit_words: {vi: đơn vị, en: units}",
            f"headline: {headline}",
            pillars,
            *scale_of(tables),
            *proposals(tables),
            "",
            f"units: {'provinces' if provinces else 'units.csv'}",
            f"unit_sets: {sets}",
            "",
            "# A year whose scheme differs does not compare with the one before.",
            f"years: {years}",
            "schemes: {published: {source: as published}}",
            "",
            "tables:",
            *lines,
            "",
        ]
    )
    # In values such letters are escaped already; a comment with one would be no YAML.
    return "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text)


def _years(tables: list[Understood]) -> list[int]:
    return sorted({year for found in tables for year in found.years})


def _sets(tables: list[Understood], lines: list[str], provinces: bool) -> list[str]:
    label = "{vi: các đơn vị trong bảng, en: the units of the table}"
    told = {m[1] for line in lines if (m := re.match(r'\s+unit_set: "([^"]+)"', line))}
    return [f'"{one}": {label}' for one in sorted(told)]
