"""What may stand in ``index.yml`` and in sidecars, as types.

Each field says in the text below it what it holds; the tables of fields in ``data/raw/README.md``
and the JSON Schema are made from these texts (`helpers.index.document`). A new field is one
attribute here and one check in `helpers.index.check`, if it can contradict another.

The types are plain dataclasses, read and checked by pydantic in `helpers.index.reader`; pydantic
is imported only there, so that a command which finds nothing changed answers at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

_CONFIG: dict[str, Any] = {
    "extra": "forbid",
    "strict": True,
    "use_attribute_docstrings": True,
    # "from" and "break" are words of Python's own.
    "alias_generator": lambda name: name.rstrip("_"),
}


class _Short:
    """A mapping that may be written as the one value of its main field."""

    def __init__(self, name: str, **json_type: str) -> None:
        self.name, self.json_type = name, json_type or {"type": "string"}

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        def spell_out(value: Any) -> Any:
            whole = value if isinstance(value, dict) else {self.name: value}
            # Behind a validator of ours a list is Python's, and no longer as good as a tuple.
            return {key: tuple(v) if isinstance(v, list) else v for key, v in whole.items()}

        return core_schema.no_info_before_validator_function(spell_out, handler(source))

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return {"anyOf": [self.json_type, handler(schema)]}


class _Plain:
    """A text that YAML takes for a number where it is not quoted: a scheme or set named 2024."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        def written(value: Any) -> Any:
            return str(value) if type(value) is int else value

        return core_schema.no_info_before_validator_function(written, handler(source))

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": ["string", "integer"]}


Name = Annotated[str, _Plain()]
Words = Annotated[Mapping[str, str], _Short("en")]
"""A text in each language; one text alone serves for all."""


def told(words: Mapping[str, Any], lang: str) -> Any:
    """Return what a field says in a language, else in English, else in the first there is."""
    return words.get(lang, words.get("en", next(iter(words.values()), None)))


@dataclass(frozen=True, kw_only=True)
class Year:
    """A year of the index."""

    __pydantic_config__ = _CONFIG

    scheme: Name
    """the scheme the year was scored by"""
    unit_sets: tuple[Name, ...] = ()
    """the sets ranked in the year, where it has not all"""


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """A way the index was scored."""

    __pydantic_config__ = _CONFIG

    source: str = ""
    """where the scheme is set down"""
    break_: Words = field(default_factory=dict)
    """why its years do not compare with those before"""
    compares_with: Name = ""
    """an earlier scheme whose years do compare with its own"""
    composite: Literal["mean", "sum"] = "mean"
    """`mean`, or `sum` where weights are points and a parent is the sum of its children, each \
times its weight"""


@dataclass(frozen=True, kw_only=True)
class Rescaling:
    """The scale that raw indicators are brought to."""

    __pydantic_config__ = _CONFIG

    method: str = "none"
    """as in `helpers.methods.robust.Normalisation`"""
    a: float = 0.0
    """what the lowest value becomes"""
    b: float = 1.0
    """what the highest value becomes"""


@dataclass(frozen=True, kw_only=True)
class Build:
    """How an index is built of which only raw indicators were published."""

    __pydantic_config__ = _CONFIG

    imputation: Literal["none", "mean", "median", "group-mean"] = "none"
    """what a missing value becomes; `group-mean` by the units' `region`"""
    winsorised_points: int = 0
    """how many outliers an indicator may have pulled in"""
    normalisation: Annotated[Rescaling, _Short("method")] = field(default_factory=Rescaling)
    """as `{method: min-max, a: 0, b: 100}`"""
    weights: Literal["fixed", "equal", "pca"] = "fixed"
    """`fixed` as in structure.csv, `equal` or `pca`"""
    aggregation: Literal["arithmetic", "geometric", "harmonic"] = "arithmetic"
    """the kind of mean"""


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Where a field of each row stands: in a column, or fixed for the whole table."""

    __pydantic_config__ = _CONFIG

    column: str | None = None
    """the column's name"""
    value: Name | None = None
    """one value for all rows"""
    names: Mapping[str, str] = field(default_factory=dict)
    """published label to indicator, where the cells hold labels"""


@dataclass(frozen=True, kw_only=True)
class Target:
    """What a column of a wide table holds."""

    __pydantic_config__ = _CONFIG

    indicator: str
    """the indicator"""
    year: int | None = None
    """the year, where the columns carry the years"""
    times: float = 1.0
    """what to multiply by, where the column is on another scale"""


@dataclass(frozen=True, kw_only=True)
class Errors:
    """Where the sampling error of a column of scores stands: standard errors, or two bounds."""

    __pydantic_config__ = _CONFIG

    column: str | None = None
    """the column of the standard errors"""
    lower: str | None = None
    """the column of the lower bounds of a confidence interval"""
    upper: str | None = None
    """the column of the upper bounds"""
    level: float = 0.95
    """the level of that interval: the standard error is half its width by the normal quantile"""

    @property
    def columns(self) -> dict[str, str]:
        """The columns that are given, by field."""
        given = {name: getattr(self, name) for name in ("column", "lower", "upper")}
        return {name: column for name, column in given.items() if column is not None}


Place = Annotated[Cells, _Short("value", type="string")]
Columns = Mapping[str, Annotated[Target, _Short("indicator")]]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A published table: which file, and what its rows and columns are."""

    __pydantic_config__ = _CONFIG

    file: str
    """the file's name"""
    complete: bool | Literal["as-listed"] = False
    """true if it lists every unit of its set, `as-listed` if every unit ranked that year, which \
may differ from year to year; then a row that does not fit refuses the table"""
    skip: tuple[str | int, ...] = ()
    """rows that are no unit's (totals, footnotes), by name or row number; they go to quarantine \
in every table"""
    only: Mapping[str, Name | tuple[Name, ...]] = field(default_factory=dict)
    """the rows this entry is about, `{column: text}` or `{column: [texts]}`, where a file's rows \
are several indicators'; a file can have several entries"""
    missing: tuple[Name, ...] = ()
    """marks of a missing figure, `["", "..", n/a]`; an undeclared one refuses a complete table"""
    zeros: Literal["score", "missing"] | tuple[str, ...] = "score"
    """`missing` where 0 means not assessed, else `score`; or a list of the columns in which it \
is missing"""
    extracted_from: str = ""
    """the workbook or page that the CSV was taken from, kept beside it"""
    unit: Place | None = None
    """`{column: …}` of the names or codes of the units"""
    year: Place | None = None
    """`{column: …}` or a year; left out where the columns carry the years"""
    unit_set: Place | None = None
    """`{column: …}` or a unit set; if the index has one only, it may be left out"""
    numbers: Literal["en", "vi"] = "en"
    """`en` (0.6077) or `vi` (0,6077)"""
    scores: Columns = field(default_factory=dict)
    """wide tables: column to indicator, or to `{indicator: …, year: …}`, with `times: 10` where \
the column is on another scale"""
    ranks: Columns = field(default_factory=dict)
    """wide tables: the columns of printed ranks, in the same way"""
    values: Columns = field(default_factory=dict)
    """wide tables: the columns of raw indicators and denominators, for `build`"""
    errors: Mapping[str, Annotated[Errors, _Short("column")]] = field(default_factory=dict)
    """a column of `scores` (in a long table that of `value`) to the column of its standard \
errors, or to `{lower: …, upper: …, level: 0.9}`, the columns of its confidence intervals, see \
below"""
    indicator: Place | None = None
    """long tables, one figure per row: `{column: …}`, and with it `names`, published label to \
indicator"""
    measure: Place | None = None
    """long tables: `{column: …}` or one measure for all rows"""
    value: Place | None = None
    """long tables: `{column: …}` of the figures"""
    vs_year: Place | None = None
    """long tables: `{column: …}` or the year a change is counted from; may be left out"""
    source: Place | None = None
    """`{column: …}`, where each row has its own source"""
    source_date: Place | None = None
    """`{column: …}` of the source's date"""
    confidence: Place | None = None
    """`{column: …}` with `high`, `medium` or `low`; high if left out"""
    claims: bool = False
    """true for a table that points at figures in an article's table (`file`, `key`, `column`); \
`numbers` says how those are written"""
    national: bool = False
    """true for a long table about all units together; the unit may be empty"""

    @property
    def long(self) -> bool:
        """Whether the table has one figure per row."""
        return self.measure is not None

    @property
    def wide(self) -> dict[str, Columns]:
        """The columns of a wide table by what they measure."""
        return {"score": self.scores, "rank": self.ranks, "value": self.values}

    @property
    def places(self) -> dict[str, Cells]:
        """The fields that are given as a column or as one value, those that are given."""
        names = ("unit", "year", "unit_set", "indicator", "measure", "value", "vs_year", "source",
                 "source_date", "confidence")  # fmt: skip
        given = {name: getattr(self, name) for name in names}
        return {name: cells for name, cells in given.items() if cells is not None}


@dataclass(frozen=True, kw_only=True)
class Derived:
    """Units that are scored as the simple mean of their members."""

    __pydantic_config__ = _CONFIG

    unit_set: Name
    """the set of the units that are scored"""
    from_: Name
    """the set of their members"""
    years: tuple[int, ...]
    """the years in which only the members were scored"""


@dataclass(frozen=True, kw_only=True)
class Disagreements:
    """How far ranks printed in a complete table may differ from those its scores give."""

    __pydantic_config__ = _CONFIG

    distance: float = 3.0
    """places that one rank or change of rank may lie off, beyond rounding and ties"""
    share: float = 0.1
    """share of the ranks printed for one indicator and year that may lie off; a mistyped score \
that passes k units puts k + 1 ranks off"""


@dataclass(frozen=True, kw_only=True)
class Spec:
    """What ``index.yml`` says."""

    __pydantic_config__ = _CONFIG

    label: Words
    """the name of the index, one per language"""
    short: Words
    """its short name, one per language"""
    default: bool = False
    """true for the index meant when none is named; without one an index must be named"""
    producer: Words = field(default_factory=dict)
    """its publisher, one per language"""
    unit_words: Words
    """what its units are called, many of them, one per language"""
    headline: str
    """the indicator whose rank is the unit's place"""
    pillars: tuple[str, ...] = ()
    """the indicators shown beside it, in order"""
    scale: tuple[float | None, float | None] = (0.0, 1.0)
    """lowest and highest possible score (0 and 1 if left out); an end left empty or `null` is \
open"""
    rest: Words = field(default_factory=dict)
    """what the headline holds beyond the indicators published for every unit, in words"""
    tolerance: float = 1e-9
    """how far a recomputed headline may lie off the published one, beyond rounding"""
    ranks: Literal["scores", "published"] = "scores"
    """`published` where the printed rank is the rank, as it rests on something the table does \
not hold (goal difference, scores before rounding); the scores' own stands beside it"""
    disagreements: Disagreements | None = None
    """how far printed ranks may differ from the scores' own before the table is refused, as \
`{distance: 3, share: 0.1}`, which holds if left out; with `ranks: published` any distance may"""
    build: Build | None = None
    """for an index without published scores, built from raw indicators, see below"""
    units: str
    """a table in the folder, or `provinces`, the folder of `data/raw` with the units of Viet Nam; \
see below"""
    default_unit: str = ""
    """the code of the unit reported on when none is named; without one a report must name its \
unit"""
    regions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """the names of the regions in the table of units, in the other languages"""
    unit_sets: Mapping[str, Words]
    """the sets that are ranked apart, each with its label; `all` where units.csv names none"""
    years: Mapping[int, Annotated[Year, _Short("scheme")]]
    """year to scheme, or to `{scheme: …, unit_sets: […]}` where a year has not all sets; a unit's \
name is looked up in the sets of the report's year"""
    schemes: Mapping[str, Scheme]
    """the schemes by name, see below"""
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """sentences at the end of each report, a list per language"""
    tables: tuple[Table, ...]
    """the published tables, see below; where two give a figure, the earlier wins"""
    figures_of: Mapping[str, str] = field(default_factory=dict)
    """unit to a folder of `data/raw` with `indicators.csv`, `systems.csv` and `implied.csv`: \
figures on the systems behind that unit's rank"""
    derived: tuple[Derived, ...] = ()
    """units scored as the simple mean of their members, see below"""


@dataclass(frozen=True, kw_only=True)
class Quality:
    """How good a file is as a source."""

    __pydantic_config__ = _CONFIG

    rating: Literal["green", "amber", "red"]
    """green, amber or red"""
    note: str = ""
    """the reason"""


@dataclass(frozen=True, kw_only=True)
class Sidecar:
    """What ``<file>.provenance.yml`` says."""

    __pydantic_config__ = _CONFIG

    title: Words
    """what the file is, one text or one per language"""
    producer: Words
    """who published it"""
    citation: str
    """how to cite the source"""
    url: str | tuple[str, ...]
    """addresses where it was published"""
    obtained_from: str
    """where this copy comes from"""
    date_published: Name | tuple[Name, ...] | None
    """first and last date, as far as known: `2025-10-21`, `2025-02` or `2023`"""
    date_accessed: Name
    """when the copy was made"""
    licence: str
    """licence, or that these are facts"""
    quality: Quality
    """`rating` (green, amber, red) and a `note` with the reason"""
    rows: int | None = None
    """the number of rows, written by `make record-raw`"""
    units: int | None = None
    """the number of units, as they are spelt, written by `make record-raw`"""
    years: Mapping[int, int] = field(default_factory=dict)
    """the number of rows of each year, written by `make record-raw`"""
    size: int | None = None
    """bytes, written by `make record-raw`"""
    sha256: str | None = None
    """hash, written by `make record-raw`"""
