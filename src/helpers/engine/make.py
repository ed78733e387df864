"""The making of products that are out of date, and of all they are made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from helpers.engine import record
from helpers.engine.request import Asked, ask, choose_set
from helpers.engine.run.carry import carry_out, executed_path, told
from helpers.engine.run.codes import say
from helpers.engine.run.graph import Step, Store, order, stale
from helpers.engine.run.source import TABLES, WARM
from helpers.engine.steps import CLEAN, SYSTEMS, data_steps, report_steps
from helpers.files import lock
from helpers.index import catalog, provenance
from helpers.index.asked import find_unit
from helpers.index.catalog import Index
from helpers.index.peers import choose
from helpers.index.units import Unit

__all__ = [
    "bring_up_to_date", "data", "data_steps", "find_stale", "make", "national", "opened",
    "report", "report_steps",
]  # fmt: skip


def report(
    index_name: str, unit_text: str, year: str, langs: str, peers: str = "", *, brief: bool = False
) -> list[Path]:
    """Make one unit's reports, and whatever they need, and return their paths.

    Parameters
    ----------
    unit_text
        A code, slug, name or alias; the index's default unit when empty.
    year, langs
        As for `ask`.
    peers
        Units, regions or classes to compare with; those of index.yml when empty.
    brief
        Whether page one is all that is wanted.

    Raises
    ------
    ParameterError
        When index, unit, year, language or one of the peers is not known.
    """
    asked = ask(index_name, year, langs)
    unit = find_unit(asked.index, unit_text, asked.year)
    choose(asked.index, peers, unit.unit_set, unit)
    return _report(asked, unit, peers, brief)


def national(index_name: str, unit_set: str, year: str, langs: str, peers: str = "") -> list[Path]:
    """Make the reports on a whole table, and whatever they need; return their paths.

    Parameters
    ----------
    unit_set
        That of the index's default unit when empty.
    year, langs
        As for `ask`.
    peers
        Units, regions or classes whose table it is then about; all when empty.

    Raises
    ------
    ParameterError
        When index, unit set, year, language or one of the peers is not known.
    """
    asked = ask(index_name, year, langs)
    chosen_set = choose_set(asked, unit_set)
    choose(asked.index, peers, chosen_set)
    return _report(asked, chosen_set, peers)


def _report(asked: Asked, about: Unit | str, peers: str, brief: bool = False) -> list[Path]:
    steps = report_steps(asked.index, about, asked.year, asked.langs, peers.strip(), brief)
    make(asked.index, [*data_steps(asked.index), *steps])
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
    """Hold an index's lock and yield the project's manifest, which is saved whatever happens.

    Runs on other indices go on beside it, unless they share a pack.

    Raises
    ------
    DataError
        A raw file of the index is not the one that was recorded.
    """
    provenance.verify(index.files())
    root = catalog.root()
    with ExitStack() as held:
        for name in sorted({index.name, *index.packs}):
            held.enter_context(lock(root / "build" / name))
        store = Store(root / "reports" / "manifest.json", root)
        try:
            yield store
        finally:
            if store.save() or not (root / "reports" / record.CRATE).exists():
                record.write_crate(store)


def bring_up_to_date(store: Store, steps: Iterable[Step]) -> int:
    """Carry out the steps that are out of date, one after another; return how many."""
    done, ordered = 0, order(steps)
    for step in ordered:
        _check_tables(step, store)
    # One fork server for the run: with what tables are made by, if any are to be made.
    tables = any(p.suffix == ".parquet" for s in find_stale(store, ordered) for p in s.outputs)
    for step in ordered:
        if (reason := stale(step, store)) is None:
            continue
        say(f"{step.name}: {reason}")
        made_from = store.fingerprint(step)
        carry_out(step, catalog.root(), warm=TABLES if tables else WARM)
        for line in told(executed_path(step, catalog.root())):
            say(line)
        store.record(step, made_from)
        done += 1
    return done


def _check_tables(step: Step, store: Store) -> None:
    """Read the raw tables a step is about to clean: bad ones are told before a kernel starts."""
    if step.notebook.stem not in (CLEAN, SYSTEMS) or stale(step, store) is None:
        return
    from helpers.tables import clean, systems  # with pandas: too slow where all is up to date

    if step.notebook.stem == CLEAN:
        clean.clean(catalog.load(str(step.parameters["index"])))
    else:
        systems.of_pack(str(step.parameters["pack"]))


def find_stale(store: Store, steps: Iterable[Step]) -> list[Step]:
    """Return the steps that are out of date, in the order given."""
    return [step for step in steps if stale(step, store) is not None]
