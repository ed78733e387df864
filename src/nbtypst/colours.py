"""Colours that a notebook gives its cells and words, kept where they can be read."""

from __future__ import annotations

import re
from functools import cache

import tinycss2
from tinycss2.color3 import parse_color

# The contrast that WCAG asks of text (success criterion 1.4.3).
_CONTRAST = 4.5
_DECLARED = re.compile(r"([\w-]+)\s*:\s*([^;]+)")


def declarations(css: str) -> dict[str, str]:
    """Return the properties of a style attribute."""
    return {name.lower(): value.strip() for name, value in _DECLARED.findall(css)}


def rules_by_id(css: str) -> dict[str, dict[str, str]]:
    """Return what a style sheet says of single elements, by their ids, as Styler's does."""
    rules: dict[str, dict[str, str]] = {}
    for rule in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
        if rule.type == "qualified-rule":
            said = declarations(tinycss2.serialize(rule.content))
            for selector in tinycss2.serialize(rule.prelude).split(","):
                if re.fullmatch(r"#[\w-]+", selector.strip()):
                    rules.setdefault(selector.strip()[1:], {}).update(said)
    return rules


@cache
def as_hex(value: str) -> str:
    """Return a CSS colour as #rrggbb, laid on white; "" for one that is none or cannot be seen."""
    found = parse_color(value)
    if found is None or isinstance(found, str) or not found.alpha:
        return ""
    parts = (1 - found.alpha + found.alpha * part for part in found[:3])
    return "#" + "".join(f"{round(255 * min(max(part, 0.0), 1.0)):02x}" for part in parts)


def _light(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    low, high = sorted((_light(one), _light(other)))
    return (high + 0.05) / (low + 0.05)


@cache
def readable(ink: str, fill: str) -> tuple[str, str]:
    """Return text and ground colour; a text colour that cannot be read gives way.

    A given `fill` keeps: text is then black or white, whichever is clearer. Without a fill
    the text keeps its hue and becomes darker.
    """
    if fill and (not ink or contrast(ink, fill) < _CONTRAST):
        return max("#000000", "#ffffff", key=lambda one: contrast(one, fill)), fill
    while ink and not fill and contrast(ink, "#ffffff") < _CONTRAST:
        ink = "#" + "".join(f"{int(ink[at : at + 2], 16) * 9 // 10:02x}" for at in (1, 3, 5))
    return ink, fill
