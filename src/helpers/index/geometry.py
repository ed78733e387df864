"""Where the units of a set lie: their outlines and their tiles, as index.yml names them."""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from helpers.errors import DataError
from helpers.index import cells, provenance
from helpers.index.definition import Index
from helpers.index.places import decode, raw, relative

Point = tuple[float, float]
Ring = list[Point]
TILES = ("unit", "part", "row", "col")


def outlines(index: Index, unit_set: str) -> dict[str, list[Ring]]:
    """Return the outlines of a set's units: by code the rings, longitude and latitude.

    They are simplified for drawing, borders alike on both sides. Empty where index.yml names none.

    Raises
    ------
    DataError
        If the file is not as recorded, no GeoJSON, or a feature lacks its unit.
    """
    one = index.spec.map.get(unit_set)
    return _outlines(raw(one.outlines), one.unit) if one and one.outlines else {}


def tiles(index: Index, unit_set: str) -> list[tuple[str, str, int, int]]:
    """Return a set's tiles: unit, part (empty for the unit itself), row, column."""
    one = index.spec.map.get(unit_set)
    if not one or not one.tiles:
        return []
    path, found = raw(one.tiles), []
    for number, row in cells.read(path, TILES):
        if not (row["row"].isdecimal() and row["col"].isdecimal()):
            raise DataError(
                f"{relative(path)}, row {number}: row {row['row']!r}, col {row['col']!r}; expected "
                "whole numbers from 0; correct them"
            )
        found.append((row["unit"], row["part"], int(row["row"]), int(row["col"])))
    return found


@cache
def _outlines(path: Path, code: str) -> dict[str, list[Ring]]:
    provenance.verify([path])
    found: dict[str, list[Ring]] = defaultdict(list)
    try:
        features = json.loads(decode(path))["features"]
        for feature in features:
            found[code.format(**feature["properties"])] += _rings(feature["geometry"])
    except KeyError as error:
        raise DataError(
            f"{relative(path)}: a feature without {error}; see `unit` of `map` in index.yml"
        ) from None
    except (ValueError, TypeError) as error:
        raise DataError(f"{relative(path)}: no GeoJSON ({error}); restore it") from None
    return _simplify(dict(found))


def _rings(geometry: dict[str, Any]) -> list[Ring]:
    parts = geometry["coordinates"]
    polygons = parts if geometry["type"] == "MultiPolygon" else [parts]
    return [[(x, y) for x, y, *_ in ring] for polygon in polygons for ring in polygon]


def _simplify(units: dict[str, list[Ring]], tolerance: float = 0.025) -> dict[str, list[Ring]]:
    """Leave out points that lie within a tolerance (in degrees) of the line without them.

    Rings are cut where more than two lines meet, and each piece between is simplified from one
    and the same end, so that neighbours keep one border.
    """
    joined: dict[Point, set[Point]] = defaultdict(set)
    for ring in (ring for rings in units.values() for ring in rings):
        for a, b in pairwise(ring):
            joined[a].add(b)
            joined[b].add(a)
    known: dict[tuple[Point, Point, Point], list[Point]] = {}

    def piece(points: Ring) -> Ring:
        ends = min(points, points[::-1])
        key = (ends[0], ends[1], ends[-1])
        if key not in known:
            known[key] = _thin(ends, tolerance)
        kept = known[key]
        return kept if ends == points else kept[::-1]

    def thin(ring: Ring) -> Ring:
        ring = ring[:-1]
        # A ring that meets no other is cut at two points that any turn of it would find.
        cuts = [i for i, p in enumerate(ring) if len(joined[p]) != 2]
        if len(cuts) < 2:
            cuts = sorted({ring.index(min(ring)), ring.index(max(ring)), *cuts})
        turned = ring[cuts[0] :] + ring[: cuts[0]]
        at = [*(cut - cuts[0] for cut in cuts), len(ring)]
        whole = [*turned, turned[0]]
        return [p for a, b in pairwise(at) for p in piece(whole[a : b + 1])[:-1]]

    return {unit: [thin(ring) for ring in rings] for unit, rings in units.items()}


def _thin(points: Ring, tolerance: float) -> Ring:
    """Thin a line by Douglas and Peucker (1973, doi:10.3138/FM57-6770-U75U-7727)."""
    keep, stack = {0, len(points) - 1}, [(0, len(points) - 1)]
    while stack:
        first, last = stack.pop()
        (ax, ay), (bx, by) = points[first], points[last]
        dx, dy = bx - ax, by - ay
        length = (dx * dx + dy * dy) ** 0.5
        far, at = tolerance, 0
        for i in range(first + 1, last):
            px, py = points[i][0] - ax, points[i][1] - ay
            off = abs(dx * py - dy * px) / length if length else (px * px + py * py) ** 0.5
            if off > far:
                far, at = off, i
        if at:
            keep.add(at)
            stack += [(first, at), (at, last)]
    return [points[i] for i in sorted(keep)]
