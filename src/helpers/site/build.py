"""Making a site: the reports first, then its pages, when any of what they show is new."""

from __future__ import annotations

import sys
from pathlib import Path

from helpers.engine import make, request
from helpers.engine.fanout.reports import reports
from helpers.engine.run.graph import stale
from helpers.engine.steps import site_step
from helpers.files import publish, publish_many
from helpers.index import catalog, units


def site(
    index_name: str, unit_set: str = "", year: str = "", langs: str = "vi en", scheduler: str = ""
) -> Path:
    """Make the site of an index, and whatever it needs; return its folder.

    Parameters
    ----------
    unit_set
        That of the index's default unit when empty.
    year, langs
        As for `helpers.engine.request.ask`; the first language is that of ``index.html``.
    scheduler
        Address of a Dask scheduler for the reports; empty for a cluster on this machine.

    Raises
    ------
    ParameterError
        Index, unit set, year or language is not known, or the year's table not in full.
    NotebookError
        Reports failed; there is no site without them.
    """
    asked = request.ask(index_name, year, langs)
    which = request.choose_set(asked, unit_set)
    documents = make.national(index_name, which, year, langs)
    documents += reports(index_name, "", year, langs, scheduler, unit_set=which)
    stem = asked.index.name
    stem += f"-{which}" * (which != units.default_set(asked.index, asked.year))
    stem += f"-{asked.year}" * (asked.year != asked.index.years[-1])
    folder = catalog.root() / "reports" / "site" / stem
    with make.opened(asked.index) as store:
        step = site_step(asked.index, stem, which, asked.year, asked.langs, documents)
        made = store.recorded(step.name) or {}
        step = step._replace(outputs=[catalog.root() / name for name in made.get("outputs", ())])
        if reason := stale(step, store):
            print(f"{step.name}: {reason}", file=sys.stderr)
            from helpers.site import pages  # with pandas: too slow where all is up to date

            made_from = store.fingerprint(step)
            files = pages.write(asked.index.name, which, asked.year, asked.langs)
            new = publish_many({folder / name: data for name, data in files.items()})
            _remove(set(step.outputs) - set(new), folder)
            store.record(step._replace(outputs=new), made_from)
            publish(folder.parent / "index.html", pages.list_sites(folder.parent))
    return folder


def _remove(paths: set[Path], folder: Path) -> None:
    """Remove pages that an earlier site had and this one has not."""
    for path in paths:
        if path.is_relative_to(folder):
            path.unlink(missing_ok=True)
