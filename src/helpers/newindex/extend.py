"""One more published table in an index that is there: what its earlier tables answered stands."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from helpers.errors import ParameterError
from helpers.files import publish_many
from helpers.index import catalog
from helpers.index.provenance import SUFFIX
from helpers.index.spelling import fold
from helpers.newindex import columns, intake, say, unitrows
from helpers.newindex.cellkinds import split_head
from helpers.newindex.compose import entries, fields
from helpers.newindex.intake import Taken
from helpers.newindex.propose import settle_unranked
from helpers.newindex.understood import Understood
from helpers.newindex.yamltext import quoted

Key = tuple[tuple[str, ...], str]
"""The texts that tell a kind of row, and a column's name without its year, both folded."""


def add_table(
    index: str,
    source: Path | str | Sequence[Path | str],
    table: str = "",
    unit: str = "",
    year: int = 0,
) -> Iterator[str]:
    """Keep published tables in an index's folder, yielding what was understood.

    A table whose columns an earlier entry of index.yml knows gets its entry there, with the
    years it brings, and its new units a row of units.csv. Of another one the entry is yielded,
    to be added by hand with the indicators it means.

    Raises
    ------
    ParameterError, DataError
        When the index is unknown or has open questions, a file is already there or not
        readable as one table. Nothing is written then.
    """
    if index not in catalog.names():
        raise ParameterError(f"no index {index!r}; there are: {', '.join(catalog.names())}")
    loaded = catalog.load(index)
    folder = catalog.raw(index)
    path = folder / "index.yml"
    text = path.read_text(encoding="utf-8")
    spec = yaml.load(text, Loader=yaml.CSafeLoader)
    taken = intake.take(source, table, unit, year)
    new = _new_files(folder, taken)
    described, known = [], []
    told: list[str] = []
    for one in taken:
        earlier = _match(one.found, spec["tables"])
        known.append(bool(earlier))
        if earlier:
            settle_unranked(loaded, one.found)
        own = one.unit_set if spec["units"] == "provinces" else ""
        entry = fields(one.found, one.file, one.original, own)
        for field in ("unit_set", "complete", "zeros", "missing"):
            if earlier and field in earlier and not (field == "unit_set" and own):
                _take_over(entry, field, earlier, one.found)
        if one.found.by_print and loaded.spec.ranks == "scores":
            entry["ranked_by"] = f"published # {one.found.by_print}"
        notes = list(say.understood(one.table, one.frame, one.found, own))
        told += notes
        described.append((one.found, entry, notes))
    lines = entries(described)
    years = sorted({y for one in taken for y in one.found.years} - set(map(int, spec["years"])))
    changed: dict[Path, bytes] = {}
    added = _added(text, spec, lines, years) if all(known) else None
    if added is not None:
        changed[path] = added.encode("utf-8")
    if spec["units"] != "provinces":
        rows, near = unitrows.new_rows(loaded, taken)
        if rows:
            units_path = folder / str(spec["units"])
            changed[units_path] = unitrows.units_csv(rows, units_path)
    else:
        rows, near = [], []
    _write(folder, new, changed)
    catalog._load.cache_clear()
    yield from told
    for name, like in near:
        yield (
            f"unit new?   {name}: if it is {like}, add it there under aliases (or as its name, and "
            "the other under former); else add a row"
        )
    if rows:
        yield f"new units:  {say.some([row['name'] for row in rows])}, added to {spec['units']}"
    if added is not None:
        yield f"added to data/raw/{index}/index.yml: {', '.join(one.file for one in taken)}"
        if years:
            yield f"new years:  {', '.join(map(str, years))}, by the scheme of the year before"
        yield from say.questions(folder)
        return
    yield f"add to `tables:` in data/raw/{index}/index.yml, with the indicators it knows:"
    yield "\n".join(lines)
    if years:
        listed = ", ".join(map(str, years))
        yield f"and to `years:` there, with the scheme each was scored by: {listed}"


def _new_files(folder: Path, taken: list[Taken]) -> dict[Path, bytes]:
    """Return the files to keep; an original that is there, byte for byte, is kept as it is."""
    new: dict[Path, bytes] = {}
    originals = {one.original for one in taken}
    for name, content in intake.files(taken).items():
        path = folder / name
        base = name.removesuffix(SUFFIX)
        if (folder / base).exists():
            same = (base in originals and name != base) or (
                base in originals and path.read_bytes() == content
            )
            if not same:
                raise ParameterError(
                    f"{catalog.relative(folder / base)} exists; rename the new file"
                )
            continue
        new[path] = content
    return new


def _match(found: Understood, tables: list[dict[str, Any]]) -> dict[str, Any]:
    """Give the columns the names an earlier entry gave them; returns that entry, empty if none."""
    scores: dict[Key, Any] = {}
    ranks: dict[Key, Any] = {}
    entry: dict[str, Any] = {}
    for one in tables:
        for measure, into in (("scores", scores), ("ranks", ranks)):
            for column, target in (one.get(measure) or {}).items():
                only = tuple(fold(str(v)) for v in (one.get("only") or {}).values())
                long = bool(found.origins)
                into.setdefault((only if long else (), _bare(str(column))), target)
    for column in [c for c, why in found.left_out.items() if why == columns.SAME]:
        if _key(found, column) in scores:  # an indicator all the same, by the table of before
            bare, when = (column, None) if found.year else split_head(column)
            found.scores[column] = (fold(bare), when)
            del found.left_out[column]
    names: dict[str, str] = {}
    kept = {}
    for column, (name, year) in found.scores.items():
        target = scores.get(_key(found, column))
        if target is None:
            continue
        to = target["indicator"] if isinstance(target, dict) else target
        names.setdefault(name, str(to))
        kept[column] = (str(to), year)
        if isinstance(target, dict) and "times" in target:
            found.times[column] = float(target["times"])
    told = {c: ranks.get(_key(found, c)) for c in found.ranks}
    if not kept and not any(told.values()):
        return {}
    for column in set(found.scores) - set(kept):
        found.left_out[column] = "no earlier table has this column; add it under scores if wanted"
    found.scores = kept
    for column, target in told.items():
        if target is not None:
            to = target["indicator"] if isinstance(target, dict) else target
            found.ranked[column] = [str(to)]
        else:
            found.ranked[column] = [names[n] for n in found.ranked.get(column, []) if n in names]
    for column in [c for c, one in found.ranked.items() if len(one) != 1]:
        found.left_out[column] = "ranks of no indicator that an earlier table has"
        del found.ranks[column]
    known = {k[1] for k in (*scores, *ranks)}
    for one in reversed(tables):
        heads = [*(one.get("scores") or {}), *(one.get("ranks") or {})]
        if any(_bare(str(c)) in known for c in heads):
            entry = one
            if {_bare(str(c)) for c in heads} >= {_key(found, c)[1] for c in kept}:
                break
    if found.style == catalog.OPEN:
        found.style = str(entry.get("numbers", "en"))
    present = set(map(str, found.absent)) | found.units
    for row in entry.get("skip") or []:
        if isinstance(row, str) and row in present:
            found.skipped[row] = "none in the earlier table"
    answered = set(map(str, entry.get("missing") or []))
    found.odd = {t: where for t, where in found.odd.items() if t not in answered}
    return entry


def _key(found: Understood, column: str) -> Key:
    origin = found.origins.get(column)
    if origin is None:
        return (), _bare(column)
    return tuple(fold(text) for _column, text in origin.only), _bare(origin.column)


def _bare(column: str) -> str:
    return fold(split_head(column)[0])


def _take_over(
    entry: dict[str, str], field: str, earlier: dict[str, Any], found: Understood
) -> None:
    """Let an earlier entry's answer stand, where the table raises the question."""
    told = earlier[field]
    if field == "missing":
        if not found.odd:
            marks = sorted(set(found.missing) | set(map(str, told)))
            entry[field] = quoted(marks)
    elif field == "zeros":
        if isinstance(told, list):
            bare = {_bare(str(column)) for column in told}
            told = [c for c in found.scores if _bare(c) in bare]
        entry[field] = quoted(told)
    elif field == "complete":
        entry[field] = quoted(told) if isinstance(told, bool) else str(told)
    elif isinstance(told, (str, int)):
        entry[field] = quoted(str(told))


def _added(text: str, spec: dict[str, Any], lines: list[str], years: list[int]) -> str | None:
    """Return index.yml with an entry and its years added; None where it is laid out otherwise."""
    root: Any = yaml.compose(text, Loader=yaml.CSafeLoader)
    nodes = {key.value: value for key, value in root.value}
    tables, there = nodes["tables"], nodes["years"]
    if tables.flow_style or not tables.value:
        return None
    written = text.splitlines(keepends=True)
    if written and not written[-1].endswith("\n"):
        written[-1] += "\n"
    last = max(spec["years"], key=int)
    scheme = yaml.safe_dump(spec["years"][last], default_flow_style=True, width=10**6)
    scheme = scheme.removesuffix("\n").removesuffix("\n...")
    edits: list[tuple[int, str]] = []
    dash = (
        written[tables.value[0].start_mark.line].index("-")
        if "-" in written[tables.value[0].start_mark.line]
        else tables.value[0].start_mark.column - 2
    )
    block = textwrap.indent(textwrap.dedent("\n".join(lines) + "\n"), " " * dash)
    edits.append((_end(tables), block))
    if years and there.flow_style:
        line, column = there.end_mark.line, there.end_mark.column - 1
        more = "".join(f", {year}: {scheme}" for year in years)
        written[line] = written[line][:column] + more + written[line][column:]
    elif years:
        indent = " " * there.value[0][0].start_mark.column
        edits.append((_end(there), "".join(f"{indent}{y}: {scheme}\n" for y in years)))
    for line, more in sorted(edits, reverse=True):
        written.insert(line + 1, more)
    result = "".join(written)
    try:
        read = yaml.load(result, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return None
    same = read["tables"][: len(spec["tables"])] == spec["tables"]
    return result if same and len(read["tables"]) > len(spec["tables"]) else None


def _end(node: Any) -> int:
    """Return the last line of what a node holds, without the comments after it."""
    if isinstance(node, yaml.ScalarNode) or node.flow_style:
        mark = node.end_mark
        return int(mark.line if mark.column or mark.line == node.start_mark.line else mark.line - 1)
    held = node.value
    parts = held if isinstance(node, yaml.SequenceNode) else [one for pair in held for one in pair]
    return max(_end(one) for one in parts)


def _write(folder: Path, new: dict[Path, bytes], changed: dict[Path, bytes]) -> None:
    """Write the new files and replace the changed ones; what fails leaves nothing behind."""
    try:
        for path, content in new.items():
            path.write_bytes(content)
        if changed:
            publish_many(changed)
    except BaseException:
        for path in new:
            path.unlink(missing_ok=True)
        raise
