"""Read the pictures of HTML: elements with an address, and drawings within the page."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup
from bs4.element import Tag
from lxml import etree

from nbtypst.blocks import Token, printable
from nbtypst.colours import declarations
from nbtypst.context import Context
from nbtypst.pictures import name_of, picture, picture_at

_SPACES = {"xmlns": "http://www.w3.org/2000/svg", "xmlns:xlink": "http://www.w3.org/1999/xlink"}

_SVG = re.compile(r"<svg\b[^>]*(?<=/)>|<svg\b|</svg\s*>", re.I)
# What only holds symbols for others, as xarray has it.
_UNSEEN = re.compile(r"<svg[^>]*(?:display\s*:\s*none|width\s*[:=][\s\"']*0(?![\d.]))", re.I)


def without_drawings(html: str) -> tuple[str, list[str]]:
    """Put an image in the place of each drawing (SVG), with what is drawn within it."""
    kept, drawings, start, end, depth = "", list[str](), 0, 0, 0
    for tag in _SVG.finditer(html):
        if depth == 0:
            kept, start = kept + html[end : tag.start()], tag.start()
        closing = tag[0].startswith("</")
        depth = max(depth - 1, 0) if closing else depth + (not tag[0].endswith("/>"))
        if depth == 0:
            end = tag.end()
            if not html.startswith("</", start) and not _UNSEEN.match(html, start):
                kept += f'<img data-drawing="{len(drawings)}">'
                drawings.append(html[start:end])
    return kept + html[start if depth else end :], drawings


def read_image(tag: Tag, drawings: list[str], context: Context) -> Token:
    """Return the picture of an element, or the notice that stands in its place.

    `drawings` are the page's own; an element with `data-drawing` stands for one of them.
    """
    width = _width(tag)
    if drawing := tag.get("data-drawing"):
        svg = _alone(drawings[int(str(drawing))])
        return picture("image/svg+xml", svg, context, _said(svg), "", width)
    alt, url = str(tag.get("alt", "")), str(tag.get("src", "")).strip()
    return picture_at(url, context, printable(alt), str(tag.get("title", "")), width)


def _said(svg: str) -> str:
    """Return what a drawing says of itself: its title, its label, or the words in it."""
    soup = BeautifulSoup(svg, "lxml")
    label = soup.select_one("[aria-label]")
    alt = name_of(svg.encode()) or (str(label["aria-label"]) if label else "")
    return alt or soup.get_text(" ", strip=True)


def _alone(svg: str) -> str:
    """Give a drawing within a page the name spaces, and quotes, that one alone needs."""
    head = svg.partition(">")[0]
    given = "".join(f' {n}="{v}"' for n, v in _SPACES.items() if f"{n}=" not in head)
    svg = svg[:4] + given + svg[4:]
    try:
        etree.fromstring(svg)
    except (etree.XMLSyntaxError, ValueError):
        svg = re.sub(r"(\s[\w:-]+)=([^\s\"'<>=]+?)(?=/?>|\s)", r'\1="\2"', svg)
    return svg


def _width(tag: Tag) -> float:
    """Return the width that an element asks for: in pixels, or a share of the page below 0."""
    given = declarations(str(tag.get("style", ""))).get("width") or str(tag.get("width", ""))
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(px|%)?\s*", given)
    if not found:
        return 0.0
    return -min(float(found[1]), 100.0) / 100 if found[2] == "%" else float(found[1])
