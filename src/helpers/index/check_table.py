"""Whether a table's entry in ``index.yml`` agrees with its file and with the structure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from helpers.errors import DataError
from helpers.index import cells, reader
from helpers.index.columns import Target
from helpers.index.definition import Index
from helpers.index.model import Table
from helpers.index.places import nearest

Fault = tuple[reader.Path_, str]
"""The path of a field, and what to say of it."""


def unknown(
    field: reader.Path_, names: Iterable[object], known: Iterable[object], what: str
) -> Iterator[Fault]:
    """Find names that there are not."""
    there = [str(one) for one in known]
    for name in names:
        if str(name) not in there:
            yield field, f"no {what} {str(name)!r}, {nearest(str(name), there)}; correct it"


def find_in_table(index: Index, table: Table) -> Iterator[Fault]:
    """Find what a table's entry contradicts: its kind, its file's columns, the structure."""
    spec = index.spec
    kinds = {"claims": table.claims, "measure": table.long, **{
        f"{name}s": bool(columns) for name, columns in table.wide.items()
    }}  # fmt: skip
    given = [name for name, is_given in kinds.items() if is_given]
    if not given:
        yield (
            (),
            "the table has neither scores, ranks, values (wide), measure (long) nor claims; "
            "say which of its columns hold what",
        )
    if len(given) > 1 and ("claims" in given or "measure" in given):
        yield (given[0],), f"stands beside {', '.join(given[1:])}; a table is of one kind: keep one"
    needed = [] if table.claims else ["unit"]
    needed += ["indicator", "value", "year"] if table.long else []
    for name in needed:
        if name not in table.places:
            yield (name,), "the field is missing; add it"
    if table.values and spec.build is None:
        yield ("values",), "raw values are for an index with `build`; add that, or name them scores"
    for name, place in table.places.items():
        if (place.column is None) == (place.value is None):
            yield (name,), "expected {column: …} or one value; correct it"
        if name in ("indicator", "unit", "value", *_ROW) and place.value is not None:
            yield (name,), f"found {place.value!r}, expected {{column: …}}; correct it"
        if place.names and name != "indicator":
            yield (name, "names"), "only `indicator` has names; take it out"
    if isinstance(table.zeros, Mapping):
        for column, when in table.zeros.items():
            yield from unknown(("zeros", column), when, spec.years, "year")
    fixed: dict[str, Iterable[object]] = {
        "year": spec.years,
        "unit_set": spec.unit_sets,
        "vs_year": spec.years,
    }
    for name, known in fixed.items():
        if name in table.places and (value := table.places[name].value) is not None:
            yield from unknown((name,), [value], known, name.replace("_", " "))
    if "unit_set" not in table.places and not table.claims and len(spec.unit_sets) > 1:
        yield ("unit_set",), f"the field is missing; give one of: {', '.join(spec.unit_sets)}"
    told = {(t.ranked_by or spec.ranks) for t in spec.tables if t.file == table.file}
    if len(told) > 1:
        yield ("ranked_by",), f"two entries of {table.file} differ; say the same in both"
    listed = table.percent if isinstance(table.percent, tuple) else ()
    yield from unknown(("percent",), listed, index.structure.indicators, "indicator")
    if table.percent and not table.long:
        yield ("percent",), "of a wide table it is a field of the column; give it there"
    for name in listed or index.structure.indicators:
        if table.percent and table.long and name in index.structure.indicators:
            yield from _percent(index, ("percent",), name)
    for column, errors in table.errors.items():
        at = ("errors", column)
        there = [table.value.column] if table.long and table.value else table.scores
        yield from unknown(at, [column], there, "column of scores")
        if set(errors.columns) not in ({"column"}, {"lower", "upper"}):
            yield at, "expected the column of the standard errors, or lower and upper; correct it"
        if not 0 < errors.level < 1:
            yield (
                (*at, "level"),
                f"found {errors.level:g}, expected a share such as 0.9; correct it",
            )
    for measure, columns in table.wide.items():
        for column, target in columns.items():
            field = (f"{measure}s", column)
            if measure != "value":
                yield from unknown(
                    field, [target.indicator], index.structure.indicators, "indicator"
                )
            for name in ("percent", "times"):
                if measure == "rank" and getattr(target, name) != getattr(Target, name):
                    yield (*field, name), "a rank has no other scale; take it out"
            if target.percent and target.times == 1 and measure == "score":
                yield from _percent(index, (*field, "percent"), target.indicator)
            years = [] if target.year is None else [target.year]
            yield from unknown((*field, "year"), years, spec.years, "year")
            if target.year is None and "year" not in table.places:
                yield field, "neither the table nor the column has a year; give one of them"
    yield from _columns(index, table)


def _percent(index: Index, field: reader.Path_, indicator: str) -> Iterator[Fault]:
    """Find percentages on a scale that ends at 1."""
    if index.scale_of(indicator)[1] <= 1:
        yield (
            field,
            f"percentages go to 100, the scale of {indicator} does not; give the scale [0, 100]"
            + ", or `times: 0.01`" * (len(field) > 1),
        )


_ROW = ("source", "source_date", "confidence")


def _columns(index: Index, table: Table) -> Iterator[Fault]:
    """Find columns that the file's header does not have."""
    try:
        header, _rows = cells.records(index.folder / table.file)
    except DataError:
        if not (index.folder / table.file).is_file():
            files = [path.name for path in index.folder.glob("*.csv")]
            hint = nearest(table.file, [name for name in files if name not in _OWN])
            yield ("file",), f"there is no file {table.file!r}, {hint}; restore it or correct it"
        return  # what is wrong in it is told where it is read
    named: list[tuple[reader.Path_, str]] = [
        ((name, "column"), place.column)
        for name, place in table.places.items()
        if place.column is not None
    ]
    named += [((f"{m}s", c), c) for m, columns in table.wide.items() for c in columns]
    named += [(("only", column), column) for column in table.only]
    for score, errors in table.errors.items():
        named += [(("errors", score, name), column) for name, column in errors.columns.items()]
    if isinstance(table.zeros, tuple):
        named += [(("zeros", number), column) for number, column in enumerate(table.zeros)]
    if isinstance(table.zeros, Mapping):
        named += [(("zeros", column), column) for column in table.zeros]
    for field, column in named:
        yield from unknown(field, [column], header, f"column in {table.file}")


_OWN = ("structure.csv", "units.csv", "claims.csv")
