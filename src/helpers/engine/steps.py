"""Which notebook makes what, from what.

Data flows one way: raw files, ``1-clean``, ``2-rank-change``, then ``3-robustness`` and
``4-claims``, then reports; an article's figures go from its raw files by ``5-systems`` to the
reports. Each run of a notebook is a step.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from helpers.engine.run.graph import Step
from helpers.index import catalog, provenance, units
from helpers.index.catalog import Index
from helpers.index.spelling import slugify
from helpers.index.units import Unit
from helpers.tables.contracts import CONTRACTS, files_of, made_by

CLEAN, SYSTEMS = "1-clean", "5-systems"
_RANK = "2-rank-change"
# The notebooks that make an index's tables, and those whose tables each of them reads.
_READS = {
    CLEAN: (),
    _RANK: (CLEAN,),
    "3-robustness": (CLEAN, _RANK),
    "4-claims": (CLEAN, _RANK),
}
_LONGEST = 40  # letters of the peers in a file's name
_PACKED = ("indicators.csv", "systems.csv", "implied.csv")


def data_steps(index: Index) -> list[Step]:
    """Return the steps that make an index's processed tables."""
    steps = [
        _step(
            f"{index.name}/{notebook}",
            notebook,
            parameters={"index": index.name},
            inputs=[*_meaning(index), *_read(index.name, made_by(*read))] if read
            else index.files(),
            outputs=_written(index.name, made_by(notebook, sampled=index.sampled)),
            after=[f"{index.name}/{other}" for other in read],
        )
        for notebook, read in _READS.items()
    ]  # fmt: skip
    return [*steps, *(_systems_step(pack) for pack in index.packs)]


def report_steps(
    index: Index,
    about: Unit | str,
    year: int,
    langs: Sequence[str],
    peers: str = "",
    brief: bool = False,
) -> list[Step]:
    """Return the steps that make a report, one step per language.

    Parameters
    ----------
    about
        A unit; or a unit set, whose whole table the report is then about.
    year
        The year the report is about. The files' names tell it unless it is the newest, and a unit
        set unless it is the default one.
    peers
        Units, regions or classes to compare with; the files' names tell them too.
    brief
        Whether the report on a unit is its page one alone, in files named so.
    """
    if isinstance(about, Unit):
        notebook, stem, subject = "report", about.slug, {"unit": about.code}
        packs = index.packs_of(about.code)
    else:
        notebook, stem, subject, packs = "report-national", "national", {"unit_set": about}, []
        stem += f"-{about}" * (about != units.default_set(index, year))
    stem += f"-{year}" * (year != index.years[-1])
    stem += f"-among-{_short(peers)}" if peers else ""
    stem += "-brief" * brief
    more: dict[str, object] = {"peers": peers} if peers else {}
    more |= {"brief": True} if brief else {}
    folder = catalog.root() / "reports" / index.name
    after = [f"{index.name}/{name}" for name in _READS] + [f"{pack}/{SYSTEMS}" for pack in packs]
    inputs = [
        *_meaning(index),
        *_sidecars(index),
        *index.map_files(),
        *_read(index.name, made_by(*_READS, in_reports=True, sampled=index.sampled)),
        *(path for pack in packs for path in _read(pack, made_by(SYSTEMS, in_reports=True))),
    ]
    return [
        _step(
            f"{index.name}/{stem}.{lang}",
            notebook,
            parameters={"index": index.name, **subject, "year": year, "lang": lang, **more},
            inputs=inputs,
            outputs=[folder / f"{stem}.{lang}{ending}" for ending in (".pdf", ".html")],
            after=after,
            pages={other: f"{stem}.{other}.html" for other in langs if other != lang},
        )
        for lang in langs
    ]


def site_step(
    index: Index, stem: str, unit_set: str, year: int, langs: Sequence[str], documents: list[Path]
) -> Step:
    """Return the step that makes a site, whose front page tells what the national report tells.

    Parameters
    ----------
    stem
        The name of the site's folder.
    documents
        The reports that the site holds.
    """
    return _step(
        f"{index.name}/site-{stem}",
        "report-national",
        parameters={"unit_set": unit_set, "year": year, "langs": [*langs]},
        inputs=[
            *_meaning(index),
            *_sidecars(index),
            *index.map_files(),
            *_written(index.name, made_by(*_READS, sampled=index.sampled)),
            *documents,
        ],
        outputs=[],
    )


def _short(text: str) -> str:
    """Return a text as a file name can hold it; of a long one the beginning and a hash."""
    name = slugify(text)
    if len(name) <= _LONGEST and name:
        return name
    return f"{name[:_LONGEST]}-{hashlib.sha256(text.encode()).hexdigest()[:8]}".lstrip("-")


def _systems_step(pack: str) -> Step:
    """Return the step that reads an article's figures and works out what they imply."""
    return _step(
        f"{pack}/{SYSTEMS}",
        SYSTEMS,
        parameters={"pack": pack},
        inputs=[catalog.raw(pack, name) for name in _PACKED],
        outputs=_written(pack, made_by(SYSTEMS)),
    )


def _step(
    name: str,
    notebook: str,
    *,
    parameters: dict[str, object],
    inputs: Sequence[Path],
    outputs: Sequence[Path],
    after: Sequence[str] = (),
    pages: Mapping[str, str] | None = None,
) -> Step:
    path = catalog.root() / "notebooks" / f"{notebook}.ipynb"
    return Step(name, path, parameters, inputs, outputs, after, pages or {})


def _written(folder: str, names: Iterable[str]) -> list[Path]:
    """Return the files of the tables that a notebook makes."""
    return [catalog.processed(folder) / file for name in names for file in files_of(name)]


def _read(folder: str, names: Iterable[str]) -> list[Path]:
    """Return the files by which notebooks read tables; one that is only written has none."""
    return [
        catalog.processed(folder) / f"{name}.parquet"
        for name in names
        if not CONTRACTS[name].csv_only
    ]


def _meaning(index: Index) -> list[Path]:
    """Return the files that say what the tables mean, as against what they hold."""
    own = [index.folder / name for name in ("index.yml", "structure.csv")]
    return sorted([*own, *index.units_files, *filter(Path.is_file, [index.regions_file])])


def _sidecars(index: Index) -> list[Path]:
    """Return the provenance of the raw files, which a report's list of sources shows."""
    files = [path.with_name(path.name + provenance.SUFFIX) for path in index.files()]
    return [path for path in files if path.is_file()]
