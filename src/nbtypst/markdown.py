"""Read Markdown into tokens that both writers can set without further thought.

What comes out holds only what a report can show: pictures are lifted out of paragraphs,
remote pictures become their alternative text, headings keep their place in the outline.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import unquote_to_bytes

import mistune
from mistune.util import unescape

from nbtypst.blocks import Block, Origin, Picture, Prose, Token, printable
from nbtypst.pictures import PICTURES, decode, decode_base64

_DATA_URI = re.compile(r"data:(image/[\w.+-]+)((?:;[\w=-]+)*),(.*)", re.S)
_SAFE_LINK = re.compile(r"(https?://|mailto:)\S+", re.I)


@cache
def _parser() -> Callable[[str], Any]:
    plugins = ["table", "task_lists", "url", "math"]
    return mistune.create_markdown(renderer=None, plugins=plugins)


def parse(text: str) -> list[Token]:
    """Return the block tokens of a Markdown text."""
    tokens: list[Token] = _parser()(text)
    return [token for token in tokens if token["type"] != "blank_line"]


def plain(tokens: list[Token]) -> str:
    """Return the text of tokens without their formatting, on one line."""
    return " ".join(printable("".join(_plain(tokens))).split())


def _plain(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token["type"] in {"softbreak", "linebreak", "blank_line"}:
            yield " "
        elif token["type"] == "inline_math":
            yield math_source(token)
        elif "raw" in token:
            yield text_in(token)
        else:
            yield from _plain(token.get("children", []))
            yield "" if token["type"] in {"strong", "emphasis", "link"} else " "


def text_in(token: Token) -> str:
    """Return a leaf's text, character references resolved except in code and raw HTML."""
    raw = str(token.get("raw", ""))
    return unescape(raw) if token["type"] == "text" else raw


def math_source(token: Token) -> str:
    """Return a formula as it was typed: money and unit names can look like one."""
    return f"${token['raw']}$" if token["type"] == "inline_math" else f"$$ {token['raw']} $$"


def safe_link(token: Token) -> str | None:
    """Return the address of a link that may leave the document, else None."""
    url = str(token.get("attrs", {}).get("url", ""))
    return url if _SAFE_LINK.fullmatch(url) else None


def is_break(token: Token) -> bool:
    """Tell whether a piece of HTML is `<br>`, the only one that Markdown cells may use."""
    return bool(re.fullmatch(r"<br\s*/?>", str(token.get("raw", "")).strip(), re.I))


def list_items(token: Token, flows: Callable[[list[Token]], str]) -> list[str]:
    """Return the items of a list as `flows` sets them, tasks with a box before them."""
    box = {True: "☑ ", False: "☐ ", None: ""}
    return [
        box[(item.get("attrs") or {}).get("checked")] + flows(item["children"])
        for item in token["children"]
    ]


def split_blocks(
    tokens: list[Token], origin: Origin, attachments: Mapping[str, Any], note: bool = False
) -> list[Block]:
    """Return prose and pictures in the order of the text.

    Raises
    ------
    ExportError
        If a picture has no alternative text or cannot be read.
    """
    blocks: list[Block] = []
    run: list[Token] = []

    def close_run() -> None:
        if run:
            blocks.append(Prose(run.copy(), origin, note))
            run.clear()

    for token in tokens:
        if token["type"] != "paragraph":
            run.append(_without_pictures(token))
            continue
        pictures = []
        children = []
        for child in token["children"]:
            picture = _picture(child, origin, attachments) if child["type"] == "image" else None
            if picture:
                pictures.append(picture)
            else:
                children.append(_without_pictures(child))
        if any(child["type"] not in {"softbreak", "linebreak"} for child in children):
            run.append({**token, "children": children})
        if pictures:
            close_run()
            blocks.extend(pictures)
    close_run()
    return blocks


def _without_pictures(token: Token) -> Token:
    """Put the alternative text in the place of pictures that cannot be set there."""
    if token["type"] == "image":
        inner = token.get("children", [])
        if safe_link(token):
            return {"type": "link", "attrs": token["attrs"], "children": inner}
        return {"type": "emphasis", "children": inner}
    if "children" in token:
        return {**token, "children": [_without_pictures(child) for child in token["children"]]}
    return token


def _picture(token: Token, origin: Origin, attachments: Mapping[str, Any]) -> Picture | None:
    url = str(token["attrs"].get("url", ""))
    if url.startswith("attachment:"):
        name = unquote_to_bytes(url.removeprefix("attachment:")).decode("utf-8", "replace")
        forms = attachments.get(name, {})
        mime = next((m for m in PICTURES if m in forms), None)
        if mime is None:
            origin.refuse(f"picture {name!r} is not attached to the cell; drag it in again")
        data = decode(mime, forms[mime], origin)
    elif found := _DATA_URI.fullmatch(url):
        mime = found[1].lower()
        if mime not in PICTURES:
            origin.refuse(f"picture of type {mime}; expected one of {', '.join(PICTURES)}")
        data = unquote_to_bytes(found[3])
        if ";base64" in found[2]:
            data = decode_base64(data, origin)
    else:
        return None
    alt = plain(token.get("children", []))
    if not alt:
        origin.refuse("picture without alternative text; write it as ![what it shows](...)")
    return Picture(mime, data, alt, origin, unescape(token["attrs"].get("title") or ""))
