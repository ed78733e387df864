"""The tables of fields in ``data/raw/README.md`` and the JSON Schema, made from the types.

``python -m helpers.index.document`` writes both; a test fails where they have drifted.
"""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

from helpers.files import publish
from helpers.index import columns, model, reader, sidecar, structure, units
from helpers.index.places import raw

RECORDS = {
    "sidecar": sidecar.Sidecar,
    "index.yml": model.Spec,
    "years": model.Year,
    "schemes": model.Scheme,
    "build": model.Build,
    "disagreements": model.Disagreements,
    "derived": model.Derived,
    "map": model.Map,
    "tables": model.Table,
    "columns": columns.Target,
    "errors": columns.Errors,
}
"""Where the fields of a type are explained."""
COLUMNS = {"structure.csv": structure.COLUMNS, "units.csv": units.COLUMNS}
"""Where the columns of a table are explained."""
FIRST_LINE = "# yaml-language-server: $schema=../index.schema.json"
"""The first line of each index.yml: by it editors find the schema, complete and check."""
_PART = "<!-- fields of {} -->\n{}\n<!-- end -->"


def write_schema() -> bytes:
    """Return the JSON Schema of ``index.yml``."""
    schema = reader.schema(model.Spec)
    schema["title"] = "index.yml"
    return (json.dumps(schema, ensure_ascii=False, indent=1) + "\n").encode()


def fill(text: str) -> str:
    """Return a document with its tables of fields as the types have them."""
    made = {name: table_of(_fields(kind), "field") for name, kind in RECORDS.items()}
    made |= {name: table_of(columns, "column") for name, columns in COLUMNS.items()}
    for name, table in made.items():
        pattern = re.escape(_PART).replace(re.escape("{}"), "{}")
        found = re.compile(pattern.format(re.escape(name), ".*?"), re.DOTALL)
        text, count = found.subn(lambda _m, n=name, t=table: _PART.format(n, t), text)  # type: ignore[misc]
        if count != 1:
            raise ValueError(f"{count} places for the fields of {name}; there must be one")
    return text


def _fields(kind: type[Any]) -> dict[str, str]:
    """Return what the fields of a type hold, by the name that the file uses."""
    told = reader.schema(kind)["properties"]
    names = [one.name.rstrip("_") for one in fields(kind)]
    return {name: told[name]["description"] for name in names}


def table_of(rows: dict[str, str], head: str) -> str:
    """Return a Markdown table of names and what they hold."""
    lines = [f"| {head} | holds |", "|---|---|"]
    held = {name: holds.replace("|", "\\|") for name, holds in rows.items()}
    return "\n".join([*lines, *(f"| `{name}` | {holds} |" for name, holds in held.items())])


def files() -> dict[Path, bytes]:
    """Return the files that are made from the types, with their content."""
    log = raw("README.md")
    return {
        log: fill(log.read_text(encoding="utf-8")).encode(),
        raw("index.schema.json"): write_schema(),
    }


if __name__ == "__main__":
    for path, content in files().items():
        publish(path, content)
