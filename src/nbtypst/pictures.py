"""Pictures: out of the notebook's JSON, and into the one form that Typst takes as text."""

from __future__ import annotations

import base64
import binascii
import re
import struct
from typing import Any

from nbtypst.blocks import Origin, Picture

PICTURES = ("image/svg+xml", "image/png", "image/jpeg")
# Shapes and texts, with nothing that reaches out of the drawing or acts by itself.
_PLAIN = re.compile(
    r"(?:<(?:svg|g|path|text|tspan)(?:\s+(?!on|id|class|style|href)[A-Za-z][A-Za-z-]*"
    r"=\"[^\"<>]*\")*\s*/?>|</(?:svg|g|path|text|tspan)>|[^<>])*"
)


def decode(mime: str, value: Any, origin: Origin) -> bytes:
    """Return the bytes of an image as notebooks keep them: SVG as text, others in base64."""
    text = "".join(value) if isinstance(value, list) else str(value)
    return text.encode() if mime == "image/svg+xml" else decode_base64(text.encode(), origin)


def decode_base64(data: bytes, origin: Origin) -> bytes:
    """Return the bytes behind base64, white space ignored."""
    try:
        return base64.b64decode(b"".join(data.split()), validate=True)
    except binascii.Error:
        origin.refuse("picture whose base64 data are damaged; run the cell again")


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
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
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
    """Return width and height of a PNG or JPEG in pixels, read from its header.

    Raises
    ------
    ExportError
        If the bytes are not what the MIME type says.
    """
    data = picture.data
    if picture.mime == "image/png" and data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) > 24:
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    if picture.mime == "image/jpeg" and data[:2] == b"\xff\xd8":
        at = 2
        while at + 9 < len(data) and data[at] == 0xFF:
            # Start-of-frame segments carry the size; DHT, JPG and DAC only share the range.
            if 0xC0 <= data[at + 1] <= 0xCF and data[at + 1] not in {0xC4, 0xC8, 0xCC}:
                height, width = struct.unpack(">HH", data[at + 5 : at + 9])
                return width, height
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    picture.origin.refuse(f"damaged {picture.mime} picture; run the cell again")
