"""What every notebook of the project would do first, done once before kernels are forked.

Importing this module imports what the notebooks import, loads the languages' phrases and number
formats, and measures a text in the project's typeface, so that each kernel begins with all of this
in memory. It starts no thread and reads no data.

A name that cannot be imported ends it: `prefork` then says so, and every kernel imports for itself.
"""

import datetime as dt
from importlib import import_module

from helpers.words import languages, use

# All by name, as notebooks would: none of it is used here but to be in memory.
for _name in (
    *("pyarrow.parquet", "scipy.optimize", "scipy.stats", "babel.dates", "babel.numbers", "yaml"),
):
    import_module(_name)
for _name in (
    *("engine.make", "index.catalog", "index.provenance", "methods.robust", "methods.mobility"),
    *(
        "report.about",
        "report.explore",
        "report.figures",
        "report.gains",
        "report.league",
        "report.sampling",
    ),
    *(f"report.unit.{name}" for name in ("annex", "brief", "effects", "passed", "published")),
    *("report.sampling", "report.unit.systems", "report.unit.whatif", "report.unit.year"),
    *("report.whole.sentences", "report.whole.tables", "tables.claims", "tables.clean"),
    *("tables.headline", "tables.rank", "tables.recompute", "tables.reweigh", "tables.score"),
    *("tables.robustness.record", "tables.systems"),
):
    import_module(f"helpers.{_name}")


for _bold in (False, True):
    import_module("helpers.report.figures.canvas").text_width("Phú Thọ", bold=_bold)
for _lang in languages():
    _words = use(_lang)
    _words.number(0.6126, 4)
    _words.percent(0.5)
    _words.ordinal(23)
    _words.date(dt.date(2025, 7, 1))
