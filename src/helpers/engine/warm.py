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
    *("pyarrow.parquet", "babel.dates", "babel.numbers", "yaml"),
    *(f"helpers.report.{name}" for name in ("about", "figures", "gains", "league", "sampling")),
    *(
        f"helpers.report.unit.{name}"
        for name in ("annex", "brief", "effects", "passed", "pictures", "published", "systems",
                     "whatif", "year")
    ),
    *(f"helpers.report.whole.{name}" for name in ("pictures", "sentences", "tables")),
):  # fmt: skip
    import_module(_name)
for _bold in (False, True):
    import_module("helpers.report.figures.canvas").text_width("Phú Thọ", bold=_bold)
for _lang in languages():
    _words = use(_lang)
    _words.number(0.6126, 4)
    _words.percent(0.5)
    _words.ordinal(23)
    _words.date(dt.date(2025, 7, 1))
