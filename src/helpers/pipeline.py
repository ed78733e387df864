"""Which notebooks make which products, and the making of those that are out of date.

Data flows one way: raw files, ``1-clean``, ``2-rank-change``, ``3-robustness``,
reports. Each run of a notebook
is a step; a step is repeated when the content of anything it was made from has changed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from helpers import catalog, provenance, units
from helpers.catalog import Index
from helpers.errors import ParameterError
from helpers.run import gate
from helpers.run.execute import execute
from helpers.run.graph import Step, Store, order, stale
from helpers.run.publish import lock, publish_many
from helpers.units import Unit
from helpers.words import languages

TABLES = {
    "1-clean": ("published.parquet", "published.csv", "quarantine.csv"),
    "2-rank-change": tuple(
        f"{name}.{ending}"
        for name in ("scores", "intervals", "ranks", "changes")
        for ending in ("parquet", "csv")
    ),
    "3-robustness": tuple(
        f"{name}.{ending}"
        for name in ("robust", "robust_changes", "contributions")
        for ending in ("parquet", "csv")
    ),
}
_SCORED = ("scores", "intervals", "ranks", "changes")
_READ = ("published", *_SCORED, "robust", "robust_changes", "contributions")


def data_steps(index: Index) -> list[Step]:
    """Return the steps that make an index's processed tables."""
    folder = catalog.processed(index.name)
    made = {n: [folder / name for name in names] for n, names in TABLES.items()}
    step = partial(_step, parameters={"index": index.name})
    clean = step(f"{index.name}/1-clean", "1-clean", inputs=index.files(), outputs=made["1-clean"])
    ranks = step(
        f"{index.name}/2-rank-change",
        "2-rank-change",
        inputs=[*_meaning(index), folder / "published.parquet"],
        outputs=made["2-rank-change"],
        after=[clean.name],
    )
    robust = step(
        f"{index.name}/3-robustness",
        "3-robustness",
        inputs=[*_meaning(index), *(folder / f"{t}.parquet" for t in ("published", *_SCORED))],
        outputs=made["3-robustness"],
        after=[ranks.name],
    )
    return [clean, ranks, robust]


def report_steps(index: Index, unit: Unit, year: int, langs: Sequence[str]) -> list[Step]:
    """Return the steps that make one unit's report, one step per language.

    Parameters
    ----------
    year
        The year the report is about; the newest one gives files without a year in the name.
    """
    folder = catalog.processed(index.name)
    stem = unit.slug if year == index.years[-1] else f"{unit.slug}-{year}"
    return [
        _step(
            f"{index.name}/{stem}.{lang}",
            "report",
            parameters={"index": index.name, "unit": unit.code, "year": year, "lang": lang},
            inputs=[*_meaning(index), *(folder / f"{table}.parquet" for table in _READ)],
            outputs=[
                catalog.root() / "reports" / index.name / f"{stem}.{lang}{ending}"
                for ending in (".pdf", ".html")
            ],
            after=[f"{index.name}/3-robustness"],
        )
        for lang in langs
    ]


def national_steps(index: Index, unit_set: str, year: int, langs: Sequence[str]) -> list[Step]:
    """Return the steps that make the report on a whole league table, one step per language.

    Parameters
    ----------
    unit_set, year
        Named in the files' names unless they are the default unit's and the newest.
    """
    folder = catalog.processed(index.name)
    default = units.load(index).by_code[str(index.spec["default_unit"])].unit_set
    marks = ["national"] + [unit_set] * (unit_set != default)
    stem = "-".join(marks + [str(year)] * (year != index.years[-1]))
    return [
        _step(
            f"{index.name}/{stem}.{lang}",
            "report-national",
            parameters={"index": index.name, "unit_set": unit_set, "year": year, "lang": lang},
            inputs=[*_meaning(index), *(folder / f"{table}.parquet" for table in _READ)],
            outputs=[
                catalog.root() / "reports" / index.name / f"{stem}.{lang}{ending}"
                for ending in (".pdf", ".html")
            ],
            after=[f"{index.name}/3-robustness"],
        )
        for lang in langs
    ]


def national(index_name: str, unit_set: str, year: str, langs: str) -> list[Path]:
    """Make the reports on a whole league table, and whatever they need; return their paths.

    Parameters
    ----------
    unit_set
        That of the index's default unit when empty.
    year, langs
        As in :func:`report`.

    Raises
    ------
    ParameterError
        When index, unit set, year or language is not known.
    """
    index = catalog.load(index_name)
    when = index.years[-1] if not year else _year(index, year)
    wanted = _languages(langs)
    sets = [str(name) for name in index.spec["unit_sets"]]
    default = units.load(index).by_code[str(index.spec["default_unit"])].unit_set
    if unit_set and unit_set not in sets:
        raise ParameterError(f"no unit set {unit_set!r}; there are: {', '.join(sets)}")
    steps = national_steps(index, unit_set or default, when, wanted)
    make([*data_steps(index), *steps], sources=index.files())
    return [path for step in steps for path in step.outputs]


def report(index_name: str, unit_text: str, year: str, langs: str) -> list[Path]:
    """Make one unit's reports, and whatever they need, and return their paths.

    Parameters
    ----------
    unit_text
        A code, slug, name or alias; the index's default unit when empty.
    year
        A year; the newest when empty.
    langs
        Languages parted by spaces.

    Raises
    ------
    ParameterError
        When index, unit, year or language is not known.
    """
    index = catalog.load(index_name)
    when = index.years[-1] if not year else _year(index, year)
    wanted = _languages(langs)
    sets = [str(name) for name in index.spec["unit_sets"]]
    unit = units.load(index).find(unit_text or str(index.spec["default_unit"]), sets)
    steps = report_steps(index, unit, when, wanted)
    make([*data_steps(index), *steps], sources=index.files())
    return [path for step in steps for path in step.outputs]


def data(index_name: str) -> list[Path]:
    """Make an index's processed tables and return their paths."""
    index = catalog.load(index_name)
    steps = data_steps(index)
    make(steps, sources=index.files())
    return [path for step in steps for path in step.outputs]


def make(steps: Iterable[Step], *, sources: Iterable[Path] = ()) -> int:
    """Carry out the steps that are out of date, in order, and return how many there were.

    Parameters
    ----------
    sources
        Raw files to hold against their recorded hashes before anything runs.
    """
    provenance.verify(sources)
    done = 0
    root = catalog.root()
    with lock(root / "build"):
        store = Store(root / "reports" / "manifest.json", root)
        try:
            for step in order(steps):
                if (reason := stale(step, store)) is None:
                    continue
                print(f"{step.name}: {reason}", file=sys.stderr)
                made_from = store.fingerprint(step)
                carry_out(step)
                store.record(step, made_from)
                done += 1
        finally:
            store.save()
    return done


def carry_out(step: Step) -> None:
    """Run a step's notebook; where its outputs are documents, set them from the result."""
    root = catalog.root()
    build = root / "build"
    executed = build / (step.name + ".ipynb")
    execute(
        step.notebook, gate.check(step.notebook, step.parameters),
        output=executed, build=executed.parent, cwd=root,
    )  # fmt: skip
    documents = [path for path in step.outputs if path.suffix in (".pdf", ".html")]
    if documents:
        publish_many({path: _export(executed, path.suffix) for path in documents})


def _export(executed: Path, ending: str) -> bytes:
    from helpers.typst import ReportHTMLExporter, TypstPDFExporter

    kinds: dict[str, Any] = {".pdf": TypstPDFExporter, ".html": ReportHTMLExporter}
    exporter = kinds[ending]()
    content, _ = exporter.from_filename(str(executed))
    return content.encode("utf-8") if isinstance(content, str) else bytes(content)


def _step(
    name: str,
    notebook: str,
    *,
    parameters: dict[str, object],
    inputs: Sequence[Path],
    outputs: Sequence[Path],
    after: Sequence[str] = (),
) -> Step:
    path = catalog.root() / "notebooks" / f"{notebook}.ipynb"
    return Step(name, path, parameters, inputs, outputs, after)


def _meaning(index: Index) -> list[Path]:
    """Return the files that say what the tables mean, as against what they hold."""
    kept = {"index.yml", "structure.csv", "aliases.csv", "provinces-63-to-34.csv"}
    return [path for path in index.files() if path.name in kept or path.name == index.spec["units"]]


def _languages(text: str) -> list[str]:
    wanted = text.replace(",", " ").split()
    for lang in wanted:
        if lang not in languages():
            raise ParameterError(f"no language {lang!r}; there are: {', '.join(languages())}")
    if not wanted:
        raise ParameterError(f"no language asked for; there are: {', '.join(languages())}")
    return wanted


def _year(index: Index, text: str) -> int:
    years = ", ".join(map(str, index.years))
    if not text.isascii() or not text.isdigit() or int(text) not in index.years:
        raise ParameterError(f"no year {text!r} in {index.name}; there are: {years}")
    return int(text)
