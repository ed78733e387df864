"""The report on a whole league table, as products of the notebook ``report-national``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from helpers.engine.make import (
    data_steps,
    make,
    meaning,
    notebook_step,
    read_by_reports,
    sidecars,
)
from helpers.engine.request import ask
from helpers.engine.run.graph import Step
from helpers.errors import ParameterError
from helpers.index import catalog, units
from helpers.index.catalog import Index


def national_steps(index: Index, unit_set: str, year: int, langs: Sequence[str]) -> list[Step]:
    """Return the steps that make the report on a whole table, one step per language.

    Parameters
    ----------
    unit_set, year
        Part of the files' names unless they are the default and the newest.
    """
    marks = ["national"] + [unit_set] * (unit_set != units.default_set(index, year))
    stem = "-".join(marks + [str(year)] * (year != index.years[-1]))
    return [
        notebook_step(
            f"{index.name}/{stem}.{lang}",
            "report-national",
            parameters={"index": index.name, "unit_set": unit_set, "year": year, "lang": lang},
            inputs=[
                *meaning(index),
                *sidecars(index),
                *read_by_reports(index),
            ],
            outputs=[
                catalog.root() / "reports" / index.name / f"{stem}.{lang}{ending}"
                for ending in (".pdf", ".html")
            ],
            after=[f"{index.name}/3-robustness", f"{index.name}/4-claims"],
        )
        for lang in langs
    ]


def national(index_name: str, unit_set: str, year: str, langs: str) -> list[Path]:
    """Make the reports on a whole table, and whatever they need; return their paths.

    Parameters
    ----------
    unit_set
        That of the index's default unit when empty.
    year, langs
        As for `request.ask`.

    Raises
    ------
    ParameterError
        When index, unit set, year or language is not known.
    """
    asked = ask(index_name, year, langs)
    index, when, wanted = asked.index, asked.year, asked.langs
    there = index.unit_sets(when)
    if unit_set and unit_set not in there:
        raise ParameterError(
            f"no unit set {unit_set!r} in {index.name} {when}; there are: {', '.join(there)}"
        )
    steps = national_steps(index, unit_set or units.default_set(index, when), when, wanted)
    make(index, [*data_steps(index), *steps])
    return [path for step in steps for path in step.outputs]
