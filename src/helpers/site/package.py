"""The processed tables of an index as a Data Package (Frictionless): what each column holds."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from helpers.index import provenance
from helpers.index.catalog import Index
from helpers.index.sidecar import Sidecar
from helpers.tables.contracts import CONTRACTS, Bool, Float, Int, Text
from helpers.tables.describe import MEANINGS

_TYPES: dict[str, dict[str, Any]] = {
    Int: {"type": "integer"},
    Float: {"type": "number"},
    Text: {"type": "string"},
    Bool: {"type": "boolean", "trueValues": ["True"], "falseValues": ["False"]},
}


def describe(index: Index, tables: Mapping[str, bytes], lang: str) -> bytes:
    """Return the ``datapackage.json`` that lies beside the tables.

    Parameters
    ----------
    tables
        Content of the CSV files by the name of their table.
    lang
        The language of its title.
    """
    document = {
        "profile": "data-package",
        "name": index.name.lower(),
        "title": index.text("label", lang),
        "contributors": [{"title": index.text("producer", lang), "role": "publisher"}],
        "sources": _sources(index, lang),
        "resources": [_resource(name, content) for name, content in tables.items()],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def newest_date(index: Index) -> dt.date:
    """Return when the newest of the published tables came out, the first day that may be meant.

    Of an index without any such date it is the first day after its last year.
    """
    days = [day for entry in _sidecars(index) for day in _days(entry.date_published)]
    return max(days, default=dt.date(index.years[-1] + 1, 1, 1))


def _days(published: object) -> list[dt.date]:
    found = []
    for text in published if isinstance(published, tuple) else (published,):
        parts = [*str(text).split("-"), "1", "1"][:3]
        if all(part.isdigit() for part in parts):
            found.append(dt.date(*map(int, parts)))
    return found


def _sidecars(index: Index) -> list[Sidecar]:
    return [
        provenance.recorded(path)
        for path in index.files()
        if path.with_name(path.name + provenance.SUFFIX).is_file()
    ]


def _sources(index: Index, lang: str) -> list[dict[str, str]]:
    found = []
    for entry in _sidecars(index):
        addresses = entry.url if isinstance(entry.url, tuple) else (entry.url,)
        path = next((one for one in addresses if one.startswith("http")), "")
        about = {"title": provenance.text(entry, "title", lang), "path": path}
        found.append({key: value for key, value in about.items() if value})
    return [source for source in found if "title" in source]


def _resource(name: str, content: bytes) -> dict[str, Any]:
    table = CONTRACTS[name]
    fields = [
        {
            "name": column,
            **_TYPES[kind],
            "description": MEANINGS.get(f"{name}.{column}") or MEANINGS[column],
        }
        for column, kind in table.columns.items()
    ]
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if table.key:
        schema["primaryKey"] = list(table.key)
    return {
        "profile": "tabular-data-resource",
        "name": name.replace("_", "-"),
        "path": f"{name}.csv",
        "title": f"One row is {table.row}",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": schema,
    }
