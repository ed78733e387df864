"""The reports of many units, each as it would be made alone."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from helpers.engine import make, request
from helpers.engine.run import source
from helpers.engine.run.carry import failed_path
from helpers.engine.run.graph import Step, Store
from helpers.engine.steps import data_steps, report_steps
from helpers.errors import HelpersError, NotebookError
from helpers.files import publish_many
from helpers.index import catalog
from helpers.index.peers import choose
from helpers.index.units import Unit

if TYPE_CHECKING:
    from helpers.engine.fanout.work import Product


class Failed(NamedTuple):
    """A report that could not be made."""

    unit: str
    notebook: str
    cell: str
    error: str


def reports(
    index_name: str, unit_texts: str = "", year: str = "", langs: str = "vi en",
    scheduler: str = "", peers: str = "", unit_set: str = "",
) -> list[Path]:  # fmt: skip
    """Make the reports of units that are missing or out of date, and return all their paths.

    A report that fails does not stop the others. Those that were made before an interruption
    stay, and the next call makes the rest.

    Parameters
    ----------
    unit_texts
        Units by code, slug, name or alias, parted by commas or, where each word is a unit,
        by spaces; empty for every unit that is ranked in that year.
    year, langs
        As for `request.ask`.
    scheduler
        Address of a Dask scheduler; empty for a cluster on this machine.
    peers
        Units, regions or classes that each is compared with; those of index.yml when empty.
    unit_set
        Whose units are meant where none is named; that of the default unit when empty.

    Raises
    ------
    ParameterError
        Index, unit, year, language, scheduler or one of the peers is not known.
    NotebookError
        Reports failed; a table of them was printed to stderr.
    """
    asked = request.ask(index_name, year, langs)
    chosen = request.choose_units(asked, unit_texts, unit_set)
    for unit in chosen if peers.strip() else ():
        choose(asked.index, peers, unit.unit_set, unit)
    with make.opened(asked.index) as store:
        make.bring_up_to_date(store, data_steps(asked.index))
        steps = [
            step
            for unit in _ranked(asked, chosen, unit_texts)
            for step in report_steps(asked.index, unit, asked.year, asked.langs, peers.strip())
        ]
        due = make.find_stale(store, steps)
        made = len(steps) - len(due)
        if not due:
            print(f"all {len(steps)} reports are up to date", file=sys.stderr)
        else:
            rest = f", {made} up to date" if made else ""
            about = f"{len(due)} report{'s' * (len(due) > 1)} to make{rest}"
            print(about, file=sys.stderr, flush=True)
            if failed := _make(store, due, asked.index, scheduler):
                print(tabulate(failed), file=sys.stderr)
                raise NotebookError(f"{len(failed)} of {len(steps)} reports failed")
    return [path for step in steps for path in step.outputs]


def _ranked(asked: request.Asked, chosen: list[Unit], named: str) -> list[Unit]:
    """Leave out the units nobody named that have no headline rank in the year, and say which."""
    if named.strip():
        return chosen
    path = catalog.processed(asked.index.name) / "ranks.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        place = {"year": str(asked.year), "indicator": asked.index.headline}
        rows = (row for row in csv.DictReader(file) if place.items() <= row.items())
        ranked = {row["unit"] for row in rows if row["rank"] or row["rank_low"]}
    if left := [unit.name for unit in chosen if unit.code not in ranked]:
        print(f"left out, with no rank in {asked.year}: {', '.join(left)}", file=sys.stderr)
    return [unit for unit in chosen if unit.code in ranked]


def _make(
    store: Store, steps: Sequence[Step], index: catalog.Index, scheduler: str
) -> list[Failed]:
    """Have workers carry out the steps; publish and record what comes back, as it comes."""
    from helpers.engine.fanout.progress import Progress
    from helpers.engine.fanout.work import pack
    from helpers.engine.fanout.workers import connect

    root = catalog.root()
    failed = []
    for notebook in dict.fromkeys(step.notebook for step in steps):
        source.read(notebook)  # a malformed one is told here, and not by every worker
    made_from = {step.name: store.fingerprint(step) for step in steps}
    paths = [path for step in steps for path in (step.notebook, *step.inputs)]
    project = pack(root, [*dict.fromkeys(paths), *index.files()])
    named = {step.name: step for step in steps}
    client: Any  # Dask's methods have no types
    with connect(scheduler, len(steps)) as client:
        at_once = sum(client.nthreads().values())
        with closing(Progress(len(steps), at_once)) as progress:
            relative = [step.relative_to(root) for step in steps]
            for name, product in _results(client, relative, project):
                step = named[name]
                error = product.error
                try:  # of a failure, the notebook as far as it came is published
                    publish_many({root / path: data for path, data in product.files.items()})
                    if not error:
                        store.record(step, made_from[name])
                        failed_path(step, root).unlink(missing_ok=True)
                except HelpersError as trouble:
                    error = error or str(trouble)
                if error:
                    failed.append(_describe(step, product.cell, error, root))
                progress.step(bool(error))
    return failed


def _results(client: Any, steps: Sequence[Step], project: Any) -> Iterator[tuple[str, Product]]:
    """Yield each step's name and product as it is there.

    A step whose worker is lost is done again by another one; so are the files it needs, since
    they are part of what the scheduler knows.
    """
    from distributed import as_completed

    from helpers.engine.fanout.work import Product, Project, work

    held = client.submit(
        Project, project.digest, project.files, key=f"project-{project.digest}", pure=False
    )
    names = {
        client.submit(work, step, held, key=f"{step.name}-{project.digest[:8]}", pure=False): (
            step.name
        )
        for step in steps
    }
    try:
        for future in as_completed(names):
            try:
                product = future.result()
            except Exception as error:  # lost with its workers, too often to try again
                product = Product({}, "", _lost(error))
            yield names[future], product
            future.release()
    finally:
        client.cancel([*names, held], force=True)


def _lost(error: Exception) -> str:
    if type(error).__name__ == "KilledWorker":
        return "its worker was killed each time it was tried; is there enough memory?"
    return f"{type(error).__name__}: {error}"


def _describe(step: Step, cell: str, error: str, root: Path) -> Failed:
    notebook = step.notebook.relative_to(root).as_posix()
    # The message names notebook and cell too, for runs of one report; here they are columns.
    short = error.removeprefix(notebook).removeprefix(", ").removeprefix(cell).removeprefix(": ")
    return Failed(step.name.partition("/")[2], notebook, cell or "–", short)


def tabulate(failed: Sequence[Failed]) -> str:
    """Return the failed reports as an aligned table."""
    rows = [("unit", "notebook", "cell", "error"), *sorted(failed)]
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    return "\n".join(
        "  ".join([*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row[3]])
        for row in rows
    )
