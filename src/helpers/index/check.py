"""Whether the fields of ``index.yml`` agree with each other and with the files they speak of."""

from __future__ import annotations

import math
from collections.abc import Iterator

from helpers.index import peers, reader, units
from helpers.index.check_table import Fault, find_in_table, unknown
from helpers.index.definition import Index
from helpers.index.places import nearest, raw, refuse, relative


def check(index: Index) -> None:
    """Refuse an index whose files contradict each other.

    Raises
    ------
    DataError
        A line for each mistake names file, row, the path of the field, what was found and the
        nearest name that there is.
    """
    faults = list(find_faults(index))
    if faults:
        path = index.folder / "index.yml"
        where = reader.lines(path)
        refuse([f"{relative(path)}, {where(field)}: {what}" for field, what in faults])


def find_faults(index: Index) -> Iterator[Fault]:
    """Yield the path of each field that fits nothing, and what to say of it."""
    spec, structure = index.spec, index.structure
    yield from unknown(("headline",), [index.headline], structure.indicators, "indicator")
    for number, pillar in enumerate(index.pillars):
        yield from unknown(("pillars", number), [pillar], structure.indicators, "indicator")
    if not _gives_headline(index):
        yield (
            ("headline",),
            f"no table has a column of {index.headline}; add it to its scores or ranks, or have it "
            f"worked out: `derive: [{index.headline}]`",
        )
    if isinstance(spec.exact, tuple):
        yield from unknown(("exact",), spec.exact, structure.indicators, "indicator")
    for number, name in enumerate(spec.derive):
        at_derive: reader.Path_ = ("derive", number)
        yield from unknown(at_derive, [name], structure.indicators, "indicator")
        parents = {row.parent for row in structure.rows}
        if name in structure.indicators and name not in parents:
            yield at_derive, f"{name} has no parts in structure.csv to follow from; take it out"
    if spec.derive and spec.build is not None:
        yield ("derive",), "with `build` every score is worked out; take it out"
    for name in spec.scales:
        yield from unknown(("scales", name), [name], structure.indicators, "indicator")
    scales: dict[reader.Path_, tuple[float, float]] = {("scale",): index.scale}
    scales |= {("scales", name): index.scale_of(name) for name in spec.scales}
    for at_scale, (low, high) in scales.items():
        if not low < high:
            yield (
                at_scale,
                f"found {low:g} to {high:g}, expected the lower end first; swap the ends",
            )
    if spec.tolerance < 0:
        yield ("tolerance",), f"found {spec.tolerance:g}, expected 0 or more; correct it"
    if limits := spec.disagreements:
        for name, most in (("distance", math.inf), ("share", 1.0)):
            if not 0 <= (value := getattr(limits, name)) <= most:
                expected = "from 0 to 1" if most == 1 else "of 0 or more"
                yield (
                    ("disagreements", name),
                    f"found {value:g}, expected a number {expected}; correct it",
                )
    for name in ("years", "unit_sets", "schemes", "tables"):
        if not getattr(spec, name):
            yield (name,), "there is none; add one"
    for year, entry in spec.years.items():
        at_year = ("years", str(year))
        yield from unknown(at_year, [entry.scheme], spec.schemes, "scheme")
        yield from unknown(at_year, entry.unit_sets, spec.unit_sets, "unit set")
    for scheme in structure.schemes:
        if scheme not in spec.schemes:
            number = structure.schemes[scheme][0].number
            yield (
                ("schemes",),
                f"no scheme {scheme}, which structure.csv has in row {number}, "
                f"{nearest(scheme, spec.schemes)}; add it or correct one of the two",
            )
    for name, one in spec.schemes.items():
        if one.compares_with:
            field: reader.Path_ = ("schemes", name, "compares_with")
            yield from unknown(field, [one.compares_with], spec.schemes, "scheme")
            yield from _circle(index, name)
        if name not in structure.schemes and any(y.scheme == name for y in spec.years.values()):
            yield (
                ("schemes", name),
                f"structure.csv has no row of scheme {name}, "
                f"{nearest(name, structure.schemes)}; add its rows or correct one of the two",
            )
    for number, rule in enumerate(spec.derived):
        at = ("derived", number)
        yield from unknown((*at, "unit_set"), [rule.unit_set], spec.unit_sets, "unit set")
        yield from unknown((*at, "from"), [rule.from_], spec.unit_sets, "unit set")
        yield from unknown((*at, "years"), rule.years, spec.years, "year")
    if spec.build is None and any(row.denominator for row in structure.rows):
        yield ("build",), "structure.csv has denominators, which only `build` uses; add it"
    for number, table in enumerate(spec.tables):
        for below, what in find_in_table(index, table):
            yield ("tables", number, *below), what
    for unit, pack in spec.figures_of.items():
        if not raw(pack).is_dir():
            yield ("figures_of", unit), f"there is no folder data/raw/{pack}; correct it"
    yield from _maps(index)
    yield from _units(index)


def _maps(index: Index) -> Iterator[Fault]:
    """Yield what is wrong with where the units lie."""
    for unit_set, one in index.spec.map.items():
        at_map = ("map", unit_set)
        yield from unknown(at_map, [unit_set], index.spec.unit_sets, "unit set")
        for name in ("outlines", "tiles"):
            file = getattr(one, name)
            if file and not raw(file).is_file():
                yield (*at_map, name), f"there is no file data/raw/{file}; correct it"
        if one.outlines and "{" not in one.unit:
            yield (
                (*at_map, "unit"),
                f"found {one.unit!r}, expected a property of the outlines in braces, as "
                "`{iso_3166_2}`; correct it",
            )


def _gives_headline(index: Index) -> bool:
    """Tell whether the headline can have figures; what a long table holds is seen in its rows."""
    spec = index.spec
    columns = (c for t in spec.tables for m in (t.scores, t.ranks) for c in m.values())
    named = any(column.indicator == index.headline for column in columns)
    asked = spec.build is not None or index.headline in spec.derive
    return named or asked or any(table.long or table.claims for table in spec.tables)


def _circle(index: Index, scheme: str) -> Iterator[Fault]:
    """Find a scheme that compares with itself in the end."""
    seen, here = [scheme], scheme
    while (one := index.spec.schemes.get(here)) and (here := one.compares_with):
        if here == scheme:
            chain = " with ".join([*seen, here])
            field = ("schemes", scheme, "compares_with")
            yield field, f"{chain} runs in a circle; take one of them out"
        if here in seen:
            return
        seen.append(here)


def _units(index: Index) -> Iterator[Fault]:
    """Find units and unit sets that the table of units does not have."""
    shown = index.units_files[0]
    if not shown.is_file():
        named = index.spec.units
        there = [path.parent.name for path in raw().glob("*/units.csv")
                 if not (path.parent / "index.yml").exists()]  # fmt: skip
        yield (
            ("units",),
            f"found {named!r}, but there is no file {relative(shown)}; give a CSV of the folder, "
            f"or one of: {', '.join(there)}",
        )
        return
    everybody = units.load(index)
    sets = {unit.unit_set for unit in everybody.all}
    for name in index.sets:
        if name not in sets:
            yield (
                ("unit_sets", name),
                f"no unit of {relative(shown)} is in the set {name}, {nearest(name, sorted(sets))}"
                "; correct it",
            )
    for number, name in enumerate(index.spec.peers):
        known = name in (*peers.OWN, "all")
        if not known and not any(peers.find(index, everybody, one, name) for one in index.sets):
            yield (
                ("peers", number),
                f"no unit, region or class {name!r} in {relative(shown)}; "
                f"regions and classes: {peers.groups(everybody.all)}",
            )
    codes = [("default_unit", index.default_unit)] * bool(index.default_unit)
    for code in index.spec.figures_of:
        codes.append(("figures_of", code))
    for field, code in codes:
        if code not in everybody.by_code:
            names = {one: one for one in everybody.by_code}
            for unit in everybody.all:
                names.setdefault(unit.name, unit.code)
            close = nearest(code, names)
            meant = next((f" ({names[n]})" for n in names if close == f"did you mean {n}?"), "")
            path = (field,) if field == "default_unit" else (field, code)
            yield path, f"no unit {code!r} in {relative(shown)}, {close}{meant}; give its code"
