"""Which notebooks make which products, and the making of those that are out of date.

Data flows one way: raw files, ``1-clean``, ``2-rank-change``, reports. Each run of a notebook
is a step; a step is repeated when the content of anything it was made from has changed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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
}


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
    return [clean, ranks]


def report_steps(index: Index, unit: Unit, year: int, langs: Sequence[str]) -> list[Step]:
    """Return the steps that make one unit's report, one step per language.

    Parameters
    ----------
    year
        The year the report is about; the newest one gives files without a year in the name.
    """
    folder = catalog.processed(index.name)
    stem = unit.slug if year == index.years[-1] else f"{unit.slug}-{year}"
    tables = ("published", "intervals", "ranks", "changes", "scores")
    return [
        _step(
            f"{index.name}/{stem}.{lang}",
            "report",
            parameters={"index": index.name, "unit": unit.code, "year": year, "lang": lang},
            inputs=[
                *_meaning(index),
                *_sidecars(index),
                *(folder / f"{table}.parquet" for table in tables),
            ],
            outputs=[
                catalog.root() / "reports" / index.name / f"{stem}.{lang}{ending}"
                for ending in (".pdf", ".html")
            ],
            after=[f"{index.name}/2-rank-change"],
        )
        for lang in langs
    ]


@dataclass(frozen=True)
class Asked:
    """An index, a year of it and languages, checked."""

    index: Index
    year: int
    langs: list[str]


def ask(index_name: str, year: str, langs: str) -> Asked:
    """Check what was asked for.

    Parameters
    ----------
    year
        A year; the newest when empty.
    langs
        Languages parted by spaces.

    Raises
    ------
    ParameterError
        When index, year or language is not known.
    """
    index = catalog.load(index_name)
    when = index.years[-1] if not year else _year(index, year)
    wanted = list(dict.fromkeys(langs.replace(",", " ").split()))
    for lang in wanted:
        if lang not in languages():
            raise ParameterError(f"no language {lang!r}; there are: {', '.join(languages())}")
    if not wanted:
        raise ParameterError(f"no language asked for; there are: {', '.join(languages())}")
    return Asked(index, when, wanted)


def choose_units(asked: Asked, texts: str) -> list[Unit]:
    """Return the units that are named, else all units of the default unit's set.

    Parameters
    ----------
    texts
        Codes, slugs, names or aliases, parted by commas, semicolons or new lines; or by
        spaces, where the whole is not the name of one unit.

    Raises
    ------
    ParameterError
        When a unit is not known.
    """
    everybody = units.load(asked.index)
    default = everybody.find(str(asked.index.spec["default_unit"]), _sets(asked.index))
    if not texts.strip():
        return everybody.of(default.unit_set)
    parts = [part.strip() for part in re.split(r"[,;\n]", texts) if part.strip()]
    if len(parts) == 1 and not any(everybody.settle(texts, one) for one in _sets(asked.index)):
        parts = texts.split()
    found = [everybody.find(part, _sets(asked.index)) for part in parts]
    return list(dict.fromkeys(found))


def report(index_name: str, unit_text: str, year: str, langs: str) -> list[Path]:
    """Make one unit's reports, and whatever they need, and return their paths.

    Parameters
    ----------
    unit_text
        A code, slug, name or alias; the index's default unit when empty.
    year, langs
        As for `ask`.

    Raises
    ------
    ParameterError
        When index, unit, year or language is not known.
    """
    asked = ask(index_name, year, langs)
    index = asked.index
    unit = units.load(index).find(unit_text or str(index.spec["default_unit"]), _sets(index))
    steps = report_steps(index, unit, asked.year, asked.langs)
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
    with opened(sources) as store:
        return bring_up_to_date(store, steps)


@contextmanager
def opened(sources: Iterable[Path] = ()) -> Iterator[Store]:
    """Hold the project's lock and yield its manifest, which is saved whatever happens."""
    provenance.verify(sources)
    root = catalog.root()
    with lock(root / "build"):
        store = Store(root / "reports" / "manifest.json", root)
        try:
            yield store
        finally:
            store.save()


def bring_up_to_date(store: Store, steps: Iterable[Step]) -> int:
    """Carry out the steps that are out of date, one after another; return how many."""
    done = 0
    for step in order(steps):
        if (reason := stale(step, store)) is None:
            continue
        print(f"{step.name}: {reason}", file=sys.stderr)
        made_from = store.fingerprint(step)
        carry_out(step, catalog.root())
        store.record(step, made_from)
        done += 1
    return done


def find_stale(store: Store, steps: Iterable[Step]) -> list[Step]:
    """Return the steps that are out of date, in the order given."""
    return [step for step in steps if stale(step, store) is not None]


def executed_path(step: Step, root: Path) -> Path:
    """Return where the executed notebook of a step is kept."""
    return root / "build" / (step.name + ".ipynb")


def failed_path(step: Step, root: Path) -> Path:
    """Return where the notebook of a step that failed is kept."""
    return root / "build" / (step.name + ".failed.ipynb")


def carry_out(step: Step, root: Path, *, progress: bool = True) -> None:
    """Run a step's notebook; where its outputs are documents, set them from the result.

    Parameters
    ----------
    root
        The project that the step is carried out in.
    """
    executed = executed_path(step, root)
    execute(
        step.notebook, gate.check(step.notebook, step.parameters),
        output=executed, build=executed.parent, cwd=root, progress=progress,
    )  # fmt: skip
    documents = [path for path in step.outputs if path.suffix in (".pdf", ".html")]
    if documents:
        publish_many(export(executed, documents))


def export(executed: Path, documents: Sequence[Path]) -> dict[Path, bytes]:
    """Set an executed notebook as documents, each in the form that its ending names."""
    import nbformat

    from helpers.typst import ReportHTMLExporter, TypstPDFExporter

    kinds: dict[str, Any] = {".pdf": TypstPDFExporter, ".html": ReportHTMLExporter}
    notebook = nbformat.read(executed, as_version=4)  # type: ignore[no-untyped-call]
    found = {}
    for path in documents:
        about = {"metadata": {"name": executed.stem}}
        content, _ = kinds[path.suffix]().from_notebook_node(notebook, resources=about)
        found[path] = content.encode("utf-8") if isinstance(content, str) else bytes(content)
    return found


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


def _sidecars(index: Index) -> list[Path]:
    """Return the provenance of the raw files, which a report's list of sources shows."""
    files = [path.with_name(path.name + provenance.SUFFIX) for path in index.files()]
    return [path for path in files if path.is_file()]


def _sets(index: Index) -> list[str]:
    return [str(name) for name in index.spec["unit_sets"]]


def _year(index: Index, text: str) -> int:
    years = ", ".join(map(str, index.years))
    if not text.isascii() or not text.isdigit() or int(text) not in index.years:
        raise ParameterError(f"no year {text!r} in {index.name}; there are: {years}")
    return int(text)
