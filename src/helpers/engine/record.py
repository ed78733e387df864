"""What made what: from a product back to raw files and addresses, and all of it as an RO-Crate.

Both read the manifest (`helpers.engine.run.graph`), which keeps for each step the hashes of what
it was made from and of what it made, and the sidecars of the raw files.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from helpers.engine.run.graph import Store
from helpers.errors import DataError, ParameterError
from helpers.files import publish
from helpers.index import catalog, provenance
from helpers.index.sidecar import Sidecar

CRATE = "ro-crate-metadata.json"
_RAW = "data/raw/"
_SPECIFICATION = "https://w3id.org/ro/crate/1.1"
_PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_SHORT = 12  # digits of a hash that are printed
_ORIGIN = ("unit_set", "unit", "indicator")  # what a row shares with the figures it is made of
_YEARS = ("year", "year_from", "year_to")

Steps = Mapping[str, Mapping[str, Any]]


def why(text: str) -> Iterator[str]:
    """Say what a file was made from, step by step, back to addresses.

    Parameters
    ----------
    text
        A file that a command made, or a raw file, from the project's root; a row of a processed
        table in CSV with ``:`` and its number in the file behind it.

    Yields
    ------
    str
        The file, the steps behind it and what each read, then the raw files with their sources.

    Raises
    ------
    ParameterError
        No command made such a file, or the table has no such row.
    """
    root = catalog.root()
    store = Store(root / "reports" / "manifest.json", root)
    name, _colon, row = text.partition(":")
    name = store.relative(Path(name))
    if row:
        yield from _figures(root / name, row)
        yield ""
    makers = {file: step for step, made in store.steps.items() for file in made["outputs"]}
    if name not in makers and not name.startswith(_RAW):
        alike = sorted(file for file in makers if file.endswith(Path(name).suffix or ".pdf"))
        some = f"such as {alike[0]}" if alike else "run `make report` first"
        raise ParameterError(f"FILE={text}: no command made it; give a product, {some}")
    yield f"{name}  {_state(name, makers, store)}"
    steps = list(_back(name, makers, store.steps))
    for step in steps:
        made = store.steps[step]
        given = ", ".join(f"{k}={v}" for k, v in made["parameters"].items())
        yield ""
        yield f"{step}: notebooks/{_notebook(step, made)}.ipynb, {given}"
        yield f"  code {made['code'][:_SHORT]}, requirements.lock {made['requirements'][:_SHORT]}"
        yield from (f"  from {file}  {_state(file, makers, store)}" for file in made["inputs"])
    files = {file for step in steps for file in store.steps[step]["inputs"]} or {name}
    for file in sorted(file for file in files if file.startswith(_RAW)):
        if (entry := _sidecar(root / file)) is not None:
            yield ""
            yield f"{file}  sha256 {entry.sha256}"
            publisher, title = (provenance.text(entry, one, "en") for one in ("producer", "title"))
            yield f"  {publisher}: {title}"
            yield from (
                f"  {one}" for one in _addresses(entry) or (f"no address; {entry.citation}",)
            )


def write_crate(store: Store) -> None:
    """Write ``reports/ro-crate-metadata.json``: the manifest as a Process Run Crate.

    What lies in ``reports`` are its files; what lies outside, tables, notebooks and raw files, is
    described with its hash, and raw files by their published addresses.
    """
    document = {
        "@context": [f"{_SPECIFICATION}/context", "https://w3id.org/ro/terms/workflow-run/context"],
        "@graph": list(_graph(store.steps, catalog.root())),
    }
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    publish(store.path.with_name(CRATE), text.encode())


def _back(name: str, makers: Mapping[str, str], steps: Steps) -> Iterator[str]:
    """Return the steps behind a file, each once, the last first."""
    seen: dict[str, None] = {}
    waiting = [name]
    while waiting:
        step = makers.get(waiting.pop(0))
        if step is not None and step not in seen:
            seen[step] = None
            waiting += steps[step]["inputs"]
    yield from seen


def _state(name: str, makers: Mapping[str, str], store: Store) -> str:
    """Return a file's hash, and whether the file still is as it was made or recorded."""
    found = store.hash_all([Path(name)])[name]
    if name in makers:
        expected = store.steps[makers[name]]["outputs"][name]
    else:
        entry = _sidecar(catalog.root() / name)
        expected = found if entry is None else entry.sha256
    if found is None:
        return "is missing"
    return f"sha256 {found[:_SHORT]}" + (", changed since" if found != expected else "")


def _figures(path: Path, row: str) -> Iterator[str]:
    """Return where the published figures behind a row of a processed table were printed."""
    lines = _rows(path)
    if not row.isdecimal() or int(row) not in lines:
        raise ParameterError(
            f"FILE={path.name}:{row}: no such row; give one from 2 to {max(lines, default=1)}"
        )
    asked = lines[int(row)]
    yield f"{path.name}, row {row}: " + ", ".join(f"{k} {v}" for k, v in asked.items() if v)
    years = {asked[name] for name in _YEARS if asked.get(name)}
    itself = [asked] if asked.get("file") else None
    published = itself or _rows(path.with_name("published.csv")).values()
    about = [one for one in published if one["year"] in years and _alike(one, asked, _ORIGIN[:2])]
    # A figure that nobody printed was derived from others of the unit.
    for figure in [one for one in about if _alike(one, asked, _ORIGIN)] or about:
        what = f"{figure['indicator']} {figure['measure']} {figure['year']}"
        source = figure["source"] if figure["source"] != figure["file"] else ""
        where = f"{figure['file']}, row {figure['row']}  {source}".rstrip()
        yield f"  {what} = {figure['value_text']}  {where}"


def _alike(one: Mapping[str, str], other: Mapping[str, str], names: Iterable[str]) -> bool:
    return all(one[name] == other.get(name, one[name]) for name in names)


def _rows(path: Path) -> dict[int, dict[str, str]]:
    """Return the rows of a table in CSV by their number in the file."""
    if path.suffix != ".csv" or not path.is_file():
        raise ParameterError(f"{path.name}: rows are told of tables in CSV that were made")
    with path.open(encoding="utf-8", newline="") as file:
        return dict(enumerate(csv.DictReader(file), 2))


def _graph(steps: Steps, root: Path) -> Iterator[dict[str, Any]]:
    """Return the entities of the crate."""
    read = sorted({name for made in steps.values() for name in made["inputs"]})
    made = {name: digest for one in steps.values() for name, digest in one["outputs"].items()}
    reports = sorted(name for name in made if name.startswith("reports/"))
    notebooks = sorted({_notebook(step, one) for step, one in steps.items()})
    sidecars = {name: _sidecar(root / name) for name in read if name.startswith(_RAW)}
    dates = [str(entry.date_accessed) for entry in sidecars.values() if entry is not None]
    yield {
        "@id": CRATE,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": _SPECIFICATION},
    }
    yield {
        "@id": "./",
        "@type": "Dataset",
        "name": "Reports on rank changes, and what they were made from",
        "description": "Each action is one run of a notebook; files have hashes.",
        "datePublished": max(dates, default="1970-01-01"),  # of the newest source: no clock is read
        "license": {"@id": "https://spdx.org/licenses/MIT"},
        "conformsTo": {"@id": _PROFILE},
        "hasPart": [{"@id": name.removeprefix("reports/")} for name in reports],
        "mentions": [{"@id": f"#{step}"} for step in sorted(steps)],
    }
    yield {"@id": _PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"}
    for notebook in notebooks:
        yield {
            "@id": f"#notebooks/{notebook}.ipynb",
            "@type": "SoftwareApplication",
            "name": f"notebooks/{notebook}.ipynb",
            "version": steps[next(s for s in sorted(steps) if _notebook(s, steps[s]) == notebook)][
                "notebook"
            ],
        }
    for name in reports:
        yield _file(name.removeprefix("reports/"), name, made[name])
    for name in sorted({*read, *made} - set(reports)):
        entry = sidecars.get(name)
        digest = made.get(name) or next(
            one["inputs"][name] for one in steps.values() if name in one["inputs"]
        )
        yield _file(f"#{name}", name, digest) | (_described(entry) if entry else {})
    for step, one in sorted(steps.items()):
        yield {
            "@id": f"#{step}",
            "@type": "CreateAction",
            "name": step,
            "description": json.dumps(one["parameters"], ensure_ascii=False, sort_keys=True),
            "instrument": {"@id": f"#notebooks/{_notebook(step, one)}.ipynb"},
            **{
                role: [
                    {"@id": name.removeprefix("reports/") if name in reports else f"#{name}"}
                    for name in sorted(one[files])
                ]
                for role, files in (("object", "inputs"), ("result", "outputs"))
            },
            "actionStatus": {"@id": "http://schema.org/CompletedActionStatus"},
        }


def _file(identity: str, name: str, digest: str) -> dict[str, Any]:
    kind = "CreativeWork" if identity.startswith("#") else "File"
    return {"@id": identity, "@type": kind, "name": name, "sha256": digest}


def _described(entry: Sidecar) -> dict[str, Any]:
    """Return what a sidecar says of a raw file, in the crate's words."""
    return {
        "description": provenance.text(entry, "title", "en"),
        "creator": provenance.text(entry, "producer", "en"),
        "license": provenance.text(entry, "licence", "en"),
        "url": list(_addresses(entry)),
    }


def _addresses(entry: Sidecar) -> tuple[str, ...]:
    return (entry.url,) if isinstance(entry.url, str) else entry.url


def _notebook(step: str, made: Mapping[str, Any]) -> str:
    """Return the notebook that a step ran; steps of an index's tables are called by it."""
    if not {"lang", "langs"} & set(made["parameters"]):  # a site, whose step has langs, sums up
        return step.rpartition("/")[2]
    return "report" if "unit" in made["parameters"] else "report-national"


def _sidecar(path: Path) -> Sidecar | None:
    """Return the sidecar of a raw file; the project's own files have none."""
    try:
        return provenance.recorded(path)
    except DataError:
        return None
