"""What may stand in ``index.yml``, as types.

Each field says in the text below it what it holds; the tables of fields in ``data/raw/README.md``
and the JSON Schema are made from these texts (`helpers.index.document`). A new field is one
attribute here and one check in `helpers.index.check`, if it can contradict another.

The types are plain dataclasses, read and checked by pydantic in `helpers.index.reader`; pydantic
is imported only there, so that a command which finds nothing changed answers at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Annotated, Any, Literal

from helpers.index.columns import Cells, Columns, Errors, Name, Place
from helpers.index.fieldtypes import LISTED, record, short

Words = Annotated[Mapping[str, str], short("en")]
"""A text in each language; one text alone serves for all."""


def told(words: Mapping[str, Any], lang: str) -> Any:
    """Return what a field says in a language, else in English, else in the first there is."""
    return words.get(lang, words.get("en", next(iter(words.values()), None)))


@record
class Year:
    """A year of the index."""

    scheme: Name
    """the scheme the year was scored by"""
    unit_sets: tuple[Name, ...] = ()
    """the sets ranked in the year, where it has not all"""


@record
class Scheme:
    """A way the index was scored."""

    source: str = ""
    """where the scheme is set down"""
    break_: Words = field(default_factory=dict)
    """why its years do not compare with those before"""
    compares_with: Name = ""
    """an earlier scheme whose years do compare with its own"""
    composite: Literal["mean", "sum"] = "mean"
    """`mean`, or `sum` where weights are points and a parent is the sum of its children, each \
times its weight"""


@record
class Rescaling:
    """The scale that raw indicators are brought to."""

    method: str = "none"
    """as in `helpers.methods.robust.Normalisation`"""
    a: float = 0.0
    """what the lowest value becomes"""
    b: float = 1.0
    """what the highest value becomes"""


@record
class Build:
    """How an index is built of which only raw indicators were published."""

    imputation: Literal["none", "mean", "median", "group-mean"] = "none"
    """what a missing value becomes; `group-mean` by the units' `region`"""
    winsorised_points: int = 0
    """how many outliers an indicator may have pulled in"""
    normalisation: Annotated[Rescaling, short("method")] = field(default_factory=Rescaling)
    """as `{method: min-max, a: 0, b: 100}`"""
    weights: Literal["fixed", "equal", "pca"] = "fixed"
    """`fixed` as in structure.csv, `equal` or `pca`"""
    aggregation: Literal["arithmetic", "geometric", "harmonic"] = "arithmetic"
    """the kind of mean"""


@record
class Table:
    """A published table: which file, and what its rows and columns are."""

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
    zeros: Literal["score", "missing"] | tuple[str, ...] | Mapping[str, tuple[int, ...]] = "score"
    """`missing` where 0 means not assessed, else `score`; or a list of the columns in which it \
is missing; or these with the years in which it is, `{column: [2018, 2019]}`"""
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
the column is on another scale and `percent: true` where its cells are percentages"""
    ranks: Columns = field(default_factory=dict)
    """wide tables: the columns of printed ranks, in the same way; a band such as `101-150` or \
`201+` bounds the rank"""
    ranked_by: Literal["scores", "published"] | None = None
    """as `ranks` of the index, where this table differs from it"""
    values: Columns = field(default_factory=dict)
    """wide tables: the columns of raw indicators and denominators, for `build`"""
    errors: Mapping[str, Annotated[Errors, short("column")]] = field(default_factory=dict)
    """a column of `scores` (in a long table that of `value`) to the column of its standard \
errors, or to `{lower: …, upper: …, level: 0.9}`, the columns of its confidence intervals, see \
below"""
    indicator: Place | None = None
    """long tables, one figure per row: `{column: …}`, and with it `names`, published label to \
indicator"""
    measure: Place | None = None
    """long tables: `{column: …}` or one measure for all rows"""
    percent: bool | tuple[Name, ...] = False
    """long tables: true where the scores are percentages, with a sign or without, or the list \
of the indicators whose scores are; 52.1 % is read as 52.1"""
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


@record
class Derived:
    """Units that are scored as the simple mean of their members."""

    unit_set: Name
    """the set of the units that are scored"""
    from_: Name
    """the set of their members"""
    years: tuple[int, ...]
    """the years in which only the members were scored"""


@record
class Map:
    """Where the units of a set lie."""

    outlines: str = ""
    """a GeoJSON file of `data/raw` with the units' outlines, `geo/vn-63.geojson`"""
    unit: str = ""
    """how the properties of its features give a unit's code: `"{iso_3166_2}"`, \
`"VN34-{gso_code_34}"`"""
    places: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """parts that the map names beside their unit, as `{Trường Sa: [113.5, 9.2]}`: longitude and \
latitude of the name"""
    tiles: str = ""
    """a CSV file of `data/raw` with the columns `unit`, `part`, `row` and `col`: the units as \
equal tiles; one with a `part` shows that part of its unit"""


@record
class Disagreements:
    """How far ranks printed in a complete table may differ from those its scores give."""

    distance: float = 3.0
    """places that one rank or change of rank may lie off, beyond rounding and ties"""
    share: float = 0.1
    """share of the ranks printed for one indicator and year that may lie off, one rank at least \
unless it is 0; a mistyped score that passes k units puts k + 1 ranks off"""


@record
class Spec:
    """What ``index.yml`` says."""

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
    unit_word: Words = field(default_factory=dict)
    """what one of them is called in running text, one per language; a unit if left out"""
    headline: str
    """the indicator whose rank is the unit's place"""
    pillars: tuple[str, ...] = ()
    """the indicators shown beside it, in order"""
    scale: tuple[float | None, float | None] = (0.0, 1.0)
    """lowest and highest possible score (0 and 1 if left out); an end left empty or `null` is \
open"""
    scales: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    """indicators with a scale of their own, `{students: [0, null]}`, as a count beside scores"""
    exact: bool | tuple[Name, ...] = False
    """true where the figures are exact as published (whole points, scores not rounded), or the \
list of the indicators that are: no other figure could stand behind theirs"""
    derive: tuple[str, ...] = ()
    """the composites to work out from what was published where they were not published \
themselves; they are marked `derived`. What is neither published nor named here stays empty"""
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
    peers: Annotated[tuple[Name, ...], LISTED] = ()
    """whom a report compares its unit with: `region` or `class`, those of the unit's own region \
or class in the table of units; or a list of units, regions or classes. `PEERS=` asks for others"""
    regions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """the names of the regions in the table of units, in the other languages; those of Viet Nam \
are in `provinces/regions.csv`"""
    unit_sets: Mapping[str, Words]
    """the sets that are ranked apart, each with its label; `all` where units.csv names none"""
    years: Mapping[int, Annotated[Year, short("scheme")]]
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
    map: Mapping[Name, Map] = field(default_factory=dict)
    """unit set to where its units lie, see below; without it reports have no map"""
    derived: tuple[Derived, ...] = ()
    """units scored as the simple mean of their members, see below"""
