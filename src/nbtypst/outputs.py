"""Choose the richest form of each cell output that a report can set."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from nbtypst.blocks import Block, Listing, Origin, Picture, printable
from nbtypst.markdown import parse, split_blocks
from nbtypst.pictures import PICTURES, decode
from nbtypst.read_tables import read_tables, text_of
from nbtypst.style import Style

# Control sequences of terminals: colours, cursor moves, titles and links.
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")


def read_outputs(
    outputs: list[Mapping[str, Any]],
    origin: Origin,
    style: Style,
    note: bool = False,
    errors: bool = False,
) -> list[Block]:
    """Return what a code cell shows.

    Printed text appears; what went to stderr (progress bars, warnings) only with `errors`.
    """
    blocks: list[Block] = []
    for output in outputs:
        match output["output_type"]:
            case "stream":
                text = plain_stream(joined(output["text"]))
                if text and (output.get("name") != "stderr" or errors):
                    blocks.append(Listing(text, "stream", origin))
            case "error":
                lines = output.get("traceback") or [f"{output['ename']}: {output['evalue']}"]
                blocks.append(Listing(plain_stream("\n".join(lines)), "error", origin))
            case _:
                metadata = output.get("metadata") or {}
                blocks += _read_bundle(output["data"], metadata, origin, style, note)
    return blocks


def _read_bundle(
    data: Mapping[str, Any], metadata: Mapping[str, Any], origin: Origin, style: Style, note: bool
) -> list[Block]:
    for mime in PICTURES:
        if mime in data:
            about = metadata.get(mime) or {}
            alt = printable(str(about.get("alt") or metadata.get("alt") or "")).strip()
            if not alt:
                origin.refuse(f"its {mime} output has no alternative text; {style.alt_hint}")
            caption = str(about.get("caption") or metadata.get("caption") or "")
            narrow = joined(about.get("narrow") or "").encode()
            return [Picture(mime, decode(mime, data[mime], origin), alt, origin, caption, narrow)]
    html = joined(data.get("text/html", ""))
    if html and (tables := read_tables(html, origin, style.number)):
        return list(tables)
    if "text/markdown" in data:
        return split_blocks(parse(joined(data["text/markdown"])), origin, {}, note)
    text = joined(data.get("text/plain", "")) or text_of(html)
    return [Listing(plain_stream(text), "stream", origin)] if text.strip() else []


def joined(value: Any) -> str:
    """Return multi-line text as one string; notebooks keep it as either."""
    return "".join(value) if isinstance(value, list) else str(value)


def plain_stream(text: str) -> str:
    """Take terminal control out of printed text; a carriage return overwrites its line."""
    lines = _ANSI.sub("", text).replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines).rstrip()
