"""Pictures: out of a notebook or from beside it, into the forms that both writers take."""

from __future__ import annotations

import base64
import binascii
import io
import re
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

from lxml import etree

from nbtypst.blocks import Picture, Token, printable
from nbtypst.context import Context
from nbtypst.style import MARKDOWN_ALT

PICTURES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp")
_KEPT = {"PNG": "image/png", "JPEG": "image/jpeg"}
_DATA_URI = re.compile(r"data:(image/[\w.+-]+)((?:;[\w=-]+)*),(.*)", re.S | re.I)
_REMOTE = re.compile(r"(?:[a-z][a-z0-9+.-]+:)?//", re.I)
_SVG = "http://www.w3.org/2000/svg"
_LENGTH = re.compile(r"-?\d+(?:\.\d+)?")
# Pictures of the web are drawn to this many pixels an inch.
PIXELS = 96
# Shapes and texts, with nothing that reaches out of the drawing or acts by itself.
_PLAIN = re.compile(
    r"(?:<(?:svg|g|path|text|tspan)(?:\s+(?!on|id|class|style|href)[A-Za-z][A-Za-z-]*"
    r"=\"[^\"<>]*\")*\s*/?>|</(?:svg|g|path|text|tspan)>|[^<>])*"
)


class _DamagedError(Exception):
    """The bytes are no picture."""


def picture(
    mime: str, value: Any, context: Context, alt: str, caption: str = "", width: float = 0.0
) -> Token:
    """Return the token of a picture, or the notice that it cannot be read.

    `value` is its data as notebooks keep them: SVG as text or base64, others in base64.
    """
    try:
        text = "".join(value) if isinstance(value, list) else value
        data = text if isinstance(text, bytes) else _decode(mime, str(text))
        mime, data = _checked(mime, data)
    except _DamagedError:
        return context.leave_out("damaged", mime)
    alt = alt if alt.strip() or mime != "image/svg+xml" else name_of(data)
    mend = f"its {mime} output has no alternative text; {context.style.alt_hint}"
    alt = context.settle_alt(printable(alt), caption, mend)
    read = Picture(mime, data, alt, context.origin, printable(caption), width)
    return {"type": "image", "picture": read}


def picture_at(
    url: str, context: Context, alt: str, caption: str = "", width: float = 0.0
) -> Token:
    """Return the token of the picture at an address: attached, within the address, or a file."""
    shown = alt or url[:80]
    if url.startswith("attachment:"):
        name = unquote(url.removeprefix("attachment:"))
        forms = context.attachments.get(name, {})
        mime = next((mime for mime in PICTURES if mime in forms), None)
        if mime is None:
            return context.leave_out("missing", shown)
        value: Any = forms[mime]
    elif found := _DATA_URI.fullmatch(url):
        mime, value = found[1].lower(), unquote_to_bytes(found[3])
        if ";base64" in found[2]:
            value = value.decode("ascii", "replace")
    elif _REMOTE.match(url):
        return context.leave_out("remote", f"{alt}, {url}" if alt else url)
    else:
        path = (context.folder or Path()) / unquote(url.partition("?")[0])
        if context.folder is None or not path.is_file():
            return context.leave_out("missing", shown)
        value = path.read_bytes()
        mime = "image/svg+xml" if path.suffix.lower() == ".svg" else "image/png"
    alt = context.settle_alt(alt, caption, MARKDOWN_ALT) if not alt.strip() else alt
    return picture(mime, value, context, alt, caption, width)


def _decode(mime: str, text: str) -> bytes:
    if mime == "image/svg+xml" and text.lstrip("\ufeff \t\r\n").startswith("<"):
        return text.encode()
    try:
        return base64.b64decode(b"".join(text.encode().split()), validate=True)
    except binascii.Error:
        raise _DamagedError from None


def _checked(mime: str, data: bytes) -> tuple[str, bytes]:
    """Return a picture in a form both writers take; of a moving one, its first frame."""
    if mime == "image/svg+xml":
        try:
            root = _root(data)
        except (etree.XMLSyntaxError, ValueError):
            raise _DamagedError from None
        if root.tag == "svg":  # within a page it needs no name space
            data = re.sub(rb"<svg\b", f'<svg xmlns="{_SVG}"'.encode(), data, count=1)
        elif root.tag != f"{{{_SVG}}}svg":
            raise _DamagedError
        return mime, _with_plain_text(data) if b"foreignObject" in data else data
    import PIL.Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = PIL.Image.open(io.BytesIO(data))
            image.load()
            if image.format in _KEPT:
                return _KEPT[image.format], data
            drawn = io.BytesIO()
            image.convert("RGBA").save(drawn, format="PNG")
    except (OSError, ValueError, SyntaxError, PIL.Image.DecompressionBombError):
        raise _DamagedError from None
    return "image/png", drawn.getvalue()


def _root(svg: bytes) -> Any:
    return etree.fromstring(svg, etree.XMLParser(resolve_entities=False, huge_tree=True))


def name_of(svg: bytes) -> str:
    """Return the title of a drawing, else its description; "" where it has neither."""
    try:
        root = _root(svg)
    except (etree.XMLSyntaxError, ValueError):
        return ""
    named = (root.find(f"{{{_SVG}}}{name}") for name in ("title", "desc"))
    return printable(" ".join(next((e.text or "" for e in named if e is not None), "").split()))


def _with_plain_text(svg: bytes) -> bytes:
    """Put text in the place of HTML within a drawing, which only browsers set (Mermaid)."""
    root = _root(svg)
    for foreign in list(root.iter(f"{{{_SVG}}}foreignObject")):
        x, y, width, height = (
            float(found[0]) if (found := _LENGTH.match(foreign.get(name, ""))) else 0.0
            for name in ("x", "y", "width", "height")
        )
        text = etree.Element(f"{{{_SVG}}}text", {"text-anchor": "middle"})
        text.set("x", f"{x + width / 2:g}")
        text.set("y", f"{y + height / 2:g}")
        text.text = " ".join("".join(foreign.itertext()).split())
        text.tail = foreign.tail
        foreign.getparent().replace(foreign, text)
    return bytes(etree.tostring(root))


def as_svg(picture: Picture) -> str:
    """Return the picture as the text of an SVG; a raster image goes inside one.

    So a Typst document stays one readable file: Typst would take other bytes only as a
    list of numbers.
    """
    if picture.mime == "image/svg+xml":
        return picture.data.decode("utf-8", "replace")
    width, height = size(picture)
    # One pixel is 1/96 inch, as in browsers; the template shrinks what is too wide.
    return (
        f'<svg xmlns="{_SVG}" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"><image width="{width}" height="{height}" '
        f'href="{data_uri(picture)}"/></svg>'
    )


def as_part(svg: bytes) -> str:
    """Return the SVG as a part of a page, where its text can take the page's typeface.

    Empty where it must stay a picture of its own: it has no text, or more than plain drawing.
    """
    text = svg.decode("utf-8", "replace").strip()
    fits = text.startswith("<svg") and "<text" in text and "url(" not in text
    return text if fits and _PLAIN.fullmatch(text) else ""


def data_uri(picture: Picture) -> str:
    """Return the picture as an address that holds the picture itself."""
    return f"data:{picture.mime};base64,{base64.b64encode(picture.data).decode()}"


def size(picture: Picture) -> tuple[int, int]:
    """Return width and height of a raster picture in pixels."""
    import PIL.Image

    return PIL.Image.open(io.BytesIO(picture.data)).size
