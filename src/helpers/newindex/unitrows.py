"""The rows of units.csv that published tables give: all of a first one, the new ones of a later."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from helpers.index import catalog, units
from helpers.index.spelling import slugify
from helpers.newindex import countries
from helpers.newindex.cellkinds import year as year_of
from helpers.newindex.intake import Taken
from helpers.newindex.understood import UNRANKED


def unit_rows(taken: list[Taken]) -> list[dict[str, str]]:
    """Return the rows of units.csv: code, the newest name, region, earlier and further names."""
    rows: dict[str, dict[str, str]] = {}
    names: dict[str, dict[str, set[float]]] = {}
    taken_codes: dict[str, str] = {}
    for one in taken:
        frame, found = one.frame, one.found
        picked = list(
            dict.fromkeys(
                filter(None, [found.key, found.unit, found.code, found.region, found.year])
            )
        )
        for row in frame[picked].drop_duplicates().to_dict("records"):
            key, name = str(row[found.key]), str(row[found.unit])
            if (
                not key
                or found.skipped.get(key) == "no figures"
                or key in found.absent & set(map(str, found.skipped))
            ):
                continue
            code = str(row[found.code]) if found.code else slugify(key)
            code = code or taken_codes.get(key) or f"unit-{len(rows) + 1}"
            taken_codes[key] = code
            region = str(row[found.region]) if found.region else ""
            rows.setdefault(code, {"code": code, "name": name, "region": region, "aliases": ""})
            when = year_of(str(row[found.year])) if found.year else max(found.years)
            names.setdefault(code, {}).setdefault(name, set()).add(when or 0)
    for code, told in names.items():
        newest = max(told, key=lambda name: max(told[name]))  # the first of those of one year
        former = [n for n, years in told.items() if max(years) < min(told[newest])]
        others = [n for n in told if n not in (newest, *former)]
        rows[code] |= {"name": newest, "aliases": "|".join(others)}
        if former:
            rows[code]["former"] = "|".join(former)
    listed = list(rows.values())
    countries.name_all(listed)
    return listed


def new_rows(
    index: catalog.Index, taken: list[Taken]
) -> tuple[list[dict[str, str]], list[tuple[str, str]]]:
    """Return rows for units that no earlier table has, and those near to one that it has."""
    known = units.load(index)
    sets = {unit.unit_set for unit in known.all}
    skipped = {
        str(key) for one in taken for key, why in one.found.skipped.items() if why != UNRANKED
    }
    renamed = {name for one in taken if one.found.key == one.found.unit for name in one.found.units}
    rows, near = [], []
    for row in unit_rows(taken):
        texts = [row["name"], row["code"]]
        if row["name"] in skipped or row["code"] in skipped:
            continue
        settled = [code for text in texts for one in sets if (code := known.settle(text, one))]
        if settled:
            if row["name"] in renamed and not any(known.settle(row["name"], one) for one in sets):
                near.append((row["name"], known.by_code[settled[0]].name))
            continue
        if like := known.nearest(row["name"], count=1):
            near.append((row["name"], like[0]))
        else:
            rows.append(row)
    return rows, near


def units_csv(rows: list[dict[str, str]], path: Path | None = None) -> bytes:
    """Return units.csv with rows, below those of a table of units that is there."""
    text = path.read_text(encoding="utf-8-sig").rstrip("\n") + "\n" if path else ""
    own = dict.fromkeys(column for row in rows for column in row)
    header = next(csv.reader(text.splitlines())) if text else list(own) or ["code", "name"]
    if "former" not in header:
        names = [filter(None, (row["aliases"], row.get("former"))) for row in rows]
        rows = [row | {"aliases": "|".join(n)} for row, n in zip(rows, names, strict=True)]
    buffer = io.StringIO()
    write = csv.DictWriter(buffer, header, extrasaction="ignore", restval="", lineterminator="\n")
    if not text:
        write.writeheader()
    write.writerows(rows)
    return (text + buffer.getvalue()).encode("utf-8")
