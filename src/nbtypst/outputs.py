"""Choose the richest form of each cell output that a report can set."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nbtypst.blocks import Block, Listing, Prose, printable
from nbtypst.context import Context
from nbtypst.markdown import parse
from nbtypst.maths import is_formula
from nbtypst.pictures import PICTURES, picture
from nbtypst.read_html import read_html

# Control sequences of terminals: colours, cursor moves, titles and links.
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_BACKSPACE = re.compile(r"[^\n\x08]\x08")
# How Python shows an object of which only another form is for people: a class, brackets.
_REPR = re.compile(r"\s*(?:<.*>|[\w.]+\(.*\)|-Graphics-)\s*", re.S)
_WIDGET = "application/vnd.jupyter.widget-view+json"
_TABULAR = ("application/vnd.dataresource+json", "application/json", "application/geo+json")


def read_outputs(
    outputs: list[Mapping[str, Any]], context: Context, errors: bool = False
) -> list[Block]:
    """Return what a code cell shows.

    Printed text appears; what went to stderr (progress bars, warnings) only with `errors`.
    """
    blocks: list[Block] = []
    origin = context.origin
    for output in outputs:
        match output["output_type"]:
            case "stream":
                text = plain_stream(joined(output["text"]))
                if text and (output.get("name") != "stderr" or errors):
                    blocks.append(Listing(text, "stream", origin))
                elif text and origin not in context.hidden:
                    context.hidden.append(origin)
            case "error":
                lines = output.get("traceback") or [f"{output['ename']}: {output['evalue']}"]
                blocks.append(Listing(plain_stream("\n".join(lines)), "error", origin))
            case _:
                found = _read_bundle(output["data"], output.get("metadata") or {}, context)
                blocks += [block for block in found if block not in blocks or not _is_notice(block)]
    return blocks


def _read_bundle(
    data: Mapping[str, Any], metadata: Mapping[str, Any], context: Context
) -> list[Block]:
    latex = joined(data.get("text/latex", ""))
    better = "tabular" in latex or {*data} & {*PICTURES, "text/html"}
    if latex and (is_formula(latex) or not better):
        return context.lift(parse(latex, context))
    for mime in PICTURES:
        if mime in data:
            about = metadata.get(mime) or {}
            alt, caption = (str(about.get(n) or metadata.get(n) or "") for n in ("alt", "caption"))
            width = about.get("width") or metadata.get("width") or 0
            width = float(width) if isinstance(width, int | float) else 0.0
            token = picture(mime, data[mime], context, alt, caption, width)
            if token["type"] == "image" and about.get("narrow"):
                narrow = joined(about["narrow"]).encode()
                token["picture"] = replace(token["picture"], narrow=narrow)
            return context.lift([{"type": "paragraph", "children": [token]}])
    if html := context.lift(read_html(joined(data.get("text/html", "")), context)):
        return html
    if "text/markdown" in data:
        return context.lift(parse(joined(data["text/markdown"]), context))
    return _read_rest(data, context)


def _read_rest(data: Mapping[str, Any], context: Context) -> list[Block]:
    """Return an output that has none of the forms for people; what it is, is said."""
    text = plain_stream(joined(data.get("text/plain", "")))
    listing: list[Block] = [Listing(text, "stream", context.origin)] if text.strip() else []
    others = [mime for mime in data if mime not in {"text/plain", "text/html"}]
    same = all(mime.startswith("text/") or mime in _TABULAR for mime in others)
    if not others or (same and text.strip() and not _REPR.fullmatch(text)):
        return listing
    for mime in others:
        if mime.startswith("text/") and "script" not in mime:
            return [Listing(printable(joined(data[mime])), "stream", context.origin)]
    for mime in _TABULAR[1:]:
        if mime in data:
            written = json.dumps(data[mime], ensure_ascii=False, indent=1)
            return [Listing(printable(written), "stream", context.origin)]
    kind = "widget" if _WIDGET in data else "script" if _draws(others) else "form"
    kind = "media" if others[0].startswith(("video/", "audio/")) else kind
    token = context.leave_out(kind, text if _WIDGET in data else others[0])
    notice = context.lift([{"type": "paragraph", "children": [token]}])
    return notice + ([] if _REPR.fullmatch(text) else listing)


def _draws(mimes: list[str]) -> bool:
    return any("javascript" in m or "plotly" in m or "vega" in m or "bokeh" in m for m in mimes)


def _is_notice(block: Block) -> bool:
    tokens = block.tokens if isinstance(block, Prose) else []
    inner = [child for token in tokens for child in token.get("children", [token])]
    return bool(inner) and all(child["type"] == "notice" for child in inner)


def joined(value: Any) -> str:
    """Return multi-line text as one string; notebooks keep it as either."""
    return "".join(value) if isinstance(value, list) else str(value)


def plain_stream(text: str) -> str:
    """Take terminal control out of printed text; a carriage return overwrites its line."""
    text = _ANSI.sub("", text).replace("\r\n", "\n")
    while "\x08" in text and text != (shorter := _BACKSPACE.sub("", text)):
        text = shorter
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n")).rstrip()
