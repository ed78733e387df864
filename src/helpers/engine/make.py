"""Which notebooks make which products, and the making of those that are out of date.

Data flows one way: raw files, ``1-clean``, ``2-rank-change``, ``3-robustness``, reports. Each
run of a notebook is a step; a step is repeated when the content of anything it was made from has
changed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from helpers.engine.request import ask, find_unit
from helpers.engine.run.carry import carry_out
from helpers.engine.run.graph import Step, Store, order, stale
from helpers.files import lock
from helpers.index import catalog, provenance
from helpers.index.catalog import Index
from helpers.index.units import Unit

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
    "4-claims": ("claims.parquet", "claims.csv"),
    "5-systems": ("indicators.parquet", "indicators.csv", "implied.parquet", "implied.csv"),
}
_SCORED = ("scores", "intervals", "ranks", "changes")
READ = ("published", *_SCORED, "robust", "robust_changes", "contributions", "claims")
_SAMPLED = ("rank_confidence", "change_confidence")
_PACKED = ("indicators.csv", "systems.csv", "implied.csv")


def data_steps(index: Index) -> list[Step]:
    """Return the steps that make an index's processed tables."""
    folder = catalog.processed(index.name)
    made = {n: [folder / name for name in names] for n, names in TABLES.items()}
    step = partial(notebook_step, parameters={"index": index.name})
    clean = step(f"{index.name}/1-clean", "1-clean", inputs=index.files(), outputs=made["1-clean"])
    ranks = step(
        f"{index.name}/2-rank-change",
        "2-rank-change",
        inputs=[*meaning(index), folder / "published.parquet"],
        outputs=made["2-rank-change"],
        after=[clean.name],
    )
    robust = step(
        f"{index.name}/3-robustness",
        "3-robustness",
        inputs=[*meaning(index), *(folder / f"{t}.parquet" for t in ("published", *_SCORED))],
        outputs=[*made["3-robustness"], *_sampled(index, "parquet", "csv")],
        after=[ranks.name],
    )
    checked = step(
        f"{index.name}/4-claims",
        "4-claims",
        inputs=[*meaning(index), *(folder / f"{t}.parquet" for t in ("published", *_SCORED))],
        outputs=made["4-claims"],
        after=[ranks.name],
    )
    return [clean, ranks, robust, checked, *(_systems(pack) for pack in index.packs)]


def read_by_reports(index: Index) -> list[Path]:
    """Return the processed tables that reports on an index draw on."""
    folder = catalog.processed(index.name)
    return [*(folder / f"{table}.parquet" for table in READ), *_sampled(index, "parquet")]


def _sampled(index: Index, *endings: str) -> list[Path]:
    """Return the tables that only an index with standard errors has."""
    if not index.sampled:
        return []
    folder = catalog.processed(index.name)
    return [folder / f"{name}.{ending}" for name in _SAMPLED for ending in endings]


def _systems(pack: str) -> Step:
    """Return the step that reads an article's figures and works out what they imply."""
    return notebook_step(
        f"{pack}/5-systems",
        "5-systems",
        parameters={"pack": pack},
        inputs=[catalog.raw(pack, name) for name in _PACKED],
        outputs=[catalog.processed(pack) / name for name in TABLES["5-systems"]],
    )


def report_steps(index: Index, unit: Unit, year: int, langs: Sequence[str]) -> list[Step]:
    """Return the steps that make one unit's report, one step per language.

    Parameters
    ----------
    year
        The year the report is about; the newest one gives files without a year in the name.
    """
    stem = unit.slug if year == index.years[-1] else f"{unit.slug}-{year}"
    systems = [_systems(pack) for pack in index.packs_of(unit.code)]
    about = [*meaning(index), *sidecars(index)]
    reports = catalog.root() / "reports" / index.name
    return [
        notebook_step(
            f"{index.name}/{stem}.{lang}",
            "report",
            parameters={"index": index.name, "unit": unit.code, "year": year, "lang": lang},
            inputs=[
                *about,
                *read_by_reports(index),
                *(path for step in systems for path in step.outputs if path.suffix == ".parquet"),
            ],
            outputs=[reports / f"{stem}.{lang}{ending}" for ending in (".pdf", ".html")],
            after=[
                f"{index.name}/3-robustness",
                f"{index.name}/4-claims",
                *(step.name for step in systems),
            ],
        )
        for lang in langs
    ]


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
    unit = find_unit(index, unit_text, asked.year)
    steps = report_steps(index, unit, asked.year, asked.langs)
    make(index, [*data_steps(index), *steps])
    return [path for step in steps for path in step.outputs]


def data(index_name: str) -> list[Path]:
    """Make an index's processed tables and return their paths."""
    index = catalog.load(index_name)
    steps = data_steps(index)
    make(index, steps)
    return [path for step in steps for path in step.outputs]


def make(index: Index, steps: Iterable[Step]) -> int:
    """Carry out the steps that are out of date, in order, and return how many there were."""
    with opened(index) as store:
        return bring_up_to_date(store, steps)


@contextmanager
def opened(index: Index) -> Iterator[Store]:
    """Hold the project's lock and yield its manifest, which is saved whatever happens.

    Raises
    ------
    DataError
        A raw file of the index is not the one that was recorded.
    """
    provenance.verify(index.files())
    root = catalog.root()
    with lock(root / "build"):
        store = Store(root / "reports" / "manifest.json", root)
        try:
            yield store
        finally:
            store.save()


def bring_up_to_date(store: Store, steps: Iterable[Step]) -> int:
    """Carry out the steps that are out of date, one after another; return how many."""
    done, ordered = 0, order(steps)
    for step in ordered:
        _check_tables(step, store)
    for step in ordered:
        if (reason := stale(step, store)) is None:
            continue
        print(f"{step.name}: {reason}", file=sys.stderr)
        made_from = store.fingerprint(step)
        carry_out(step, catalog.root())
        store.record(step, made_from)
        done += 1
    return done


def _check_tables(step: Step, store: Store) -> None:
    """Read the raw tables a step is about to clean: bad ones are told before a kernel starts."""
    if step.notebook.stem not in ("1-clean", "5-systems") or stale(step, store) is None:
        return
    from helpers.tables import clean  # with pandas: too slow to load when all is up to date
    from helpers.tables import systems as imply

    if step.notebook.stem == "1-clean":
        clean.clean(catalog.load(str(step.parameters["index"])))
    else:
        imply.of_pack(str(step.parameters["pack"]))


def find_stale(store: Store, steps: Iterable[Step]) -> list[Step]:
    """Return the steps that are out of date, in the order given."""
    return [step for step in steps if stale(step, store) is not None]


def notebook_step(
    name: str,
    notebook: str,
    *,
    parameters: dict[str, object],
    inputs: Sequence[Path],
    outputs: Sequence[Path],
    after: Sequence[str] = (),
) -> Step:
    """Return the step that runs a notebook of the project."""
    path = catalog.root() / "notebooks" / f"{notebook}.ipynb"
    return Step(name, path, parameters, inputs, outputs, after)


def meaning(index: Index) -> list[Path]:
    """Return the files that say what the tables mean, as against what they hold."""
    return sorted([*(index.folder / n for n in ("index.yml", "structure.csv")), *index.units_files])


def sidecars(index: Index) -> list[Path]:
    """Return the provenance of the raw files, which a report's list of sources shows."""
    files = [path.with_name(path.name + provenance.SUFFIX) for path in index.files()]
    return [path for path in files if path.is_file()]
