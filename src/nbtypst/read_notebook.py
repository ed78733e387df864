"""Read a notebook: which cells a reader sees, in which language, under which title.

Tags that count: `lang-xx` keeps a cell for that language only; `remove-cell` and
`hide-output` do what they say; `subtitle`, `kicker` and `note` say what a text is.
"""

from __future__ import annotations

import ast
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from nbtypst.blocks import Block, Listing, Origin, Prose, Report, Token, printable
from nbtypst.markdown import parse, plain, split_blocks
from nbtypst.outputs import joined, read_outputs
from nbtypst.style import ExportError, Style

Notebook = Mapping[str, Any]

# Cells that set a run up; jupyter-book and nbconvert know remove-cell by these names, too.
_UNSEEN = {"parameters", "injected-parameters", "remove-cell", "remove_cell"}
_NO_OUTPUT = {"hide-output", "hide_output", "remove-output", "remove_output"}


def read_report(
    notebook: Notebook, style: Style, lang: str = "", show_code: bool = False, name: str = ""
) -> Report:
    """Return the content of a notebook in one language.

    Parameters
    ----------
    notebook
        A notebook of nbformat 4.
    style
        What reads as a number, and how languages write dates.
    lang
        A language tag such as "vi" or "en-GB"; "" takes the notebook's own.
    show_code
        Whether code cells appear.
    name
        The title where the notebook has no level-1 heading.

    Raises
    ------
    ExportError
        If a picture has no alternative text or cannot be read, or `lang` is no language tag.
    """
    lang = settle_language(lang or notebook_language(notebook))
    front = _Front()
    blocks: list[Block] = []
    for number, cell in enumerate(notebook["cells"], start=1):
        tags = set((cell.get("metadata") or {}).get("tags") or [])
        if not tags & _UNSEEN and _speaks(tags, lang):
            found = _read_cell(cell, number, tags, show_code, style)
            blocks += front.take(found, tags)
    about = _about(notebook, lang)
    day = _day(about.get("date", ""))
    date = _written(day, style.with_region(lang)) if day else about.get("date")
    blocks = _outline(blocks, 0 if front.title is None else 1)
    return Report(
        lang=lang,
        title=front.title or printable(about.get("title") or name).strip() or "–",
        subtitle=" ".join(front.subtitle) or about.get("subtitle", ""),
        kicker=" ".join(front.kicker) or about.get("kicker", ""),
        byline=" · ".join(filter(None, (about.get("author"), date))),
        date=day,
        blocks=blocks,
    )


def settle_language(lang: str) -> str:
    """Return a language tag in its usual letters: "VI" as "vi", "en_gb" as "en-GB"."""
    found = re.fullmatch(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{2}))?", lang)
    if not found:
        raise ExportError(f"lang is {lang!r}; expected a language tag such as 'vi' or 'en'")
    return found[1].lower() + (f"-{found[2].upper()}" if found[2] else "")


def notebook_language(notebook: Notebook) -> str:
    """Return the language a run was asked for, else the notebook's default, else "en"."""
    given = (notebook.get("metadata") or {}).get("papermill") or {}
    asked = (given.get("parameters") or {}).get("lang")
    if isinstance(asked, str) and asked:
        return asked
    for cell in notebook["cells"]:
        if "parameters" in ((cell.get("metadata") or {}).get("tags") or []):
            try:
                lines = ast.parse(joined(cell["source"])).body
            except SyntaxError:
                continue
            for line in lines:
                targets = line.targets if isinstance(line, ast.Assign) else []
                targets = [line.target] if isinstance(line, ast.AnnAssign) else targets
                if any(isinstance(t, ast.Name) and t.id == "lang" for t in targets):
                    value = line.value  # type: ignore[attr-defined]
                    if isinstance(value, ast.Constant) and isinstance(value.value, str):
                        return value.value
    return "en"


def _speaks(tags: set[str], lang: str) -> bool:
    wanted = {tag.removeprefix("lang-").lower() for tag in tags if tag.startswith("lang-")}
    return not wanted or bool(wanted & {lang.lower(), lang.partition("-")[0]})


def _about(notebook: Notebook, lang: str) -> dict[str, str]:
    """Return the `report` metadata; a value may be a text or one text a language."""
    about = (notebook.get("metadata") or {}).get("report") or {}
    short = lang.partition("-")[0]
    values = {
        key: value.get(lang, value.get(short, "")) if isinstance(value, Mapping) else value
        for key, value in about.items()
    }
    return {key: str(value) for key, value in values.items() if value}


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _written(day: dt.date, lang: str) -> str:
    try:
        return str(format_date(day, format="long", locale=Locale.parse(lang, sep="-")))
    except UnknownLocaleError:
        return day.isoformat()


def _read_cell(
    cell: Mapping[str, Any], number: int, tags: set[str], show_code: bool, style: Style
) -> list[Block]:
    source = joined(cell["source"])
    line = next((line.strip() for line in printable(source).splitlines() if line.strip()), "empty")
    origin = Origin(number, line if len(line) <= 60 else line[:59] + "…")
    note = "note" in tags
    if cell["cell_type"] == "markdown":
        return split_blocks(parse(source), origin, cell.get("attachments") or {}, note)
    if cell["cell_type"] != "code":
        return []
    blocks: list[Block] = []
    if show_code and source.strip():
        blocks.append(Listing(source.rstrip(), "code", origin))
    if not tags & _NO_OUTPUT:
        blocks += read_outputs(cell.get("outputs") or [], origin, style, note, errors=show_code)
    return blocks


@dataclass
class _Front:
    """The title block, filled as the cells go by."""

    title: str | None = None
    subtitle: list[str] = field(default_factory=list)
    kicker: list[str] = field(default_factory=list)

    def take(self, blocks: list[Block], tags: set[str]) -> list[Block]:
        """Keep what belongs to the title block; return the rest."""
        rest: list[Block] = []
        for block in blocks:
            if isinstance(block, Prose):
                kept = [token for token in block.tokens if not self._takes(token, tags)]
                if kept:
                    rest.append(replace(block, tokens=kept))
            else:
                rest.append(block)
        return rest

    def _takes(self, token: Token, tags: set[str]) -> bool:
        if token["type"] == "heading" and token["attrs"]["level"] == 1 and self.title is None:
            self.title = plain(token["children"])
            return bool(self.title)
        if token["type"] == "paragraph":
            for tag, place in (("subtitle", self.subtitle), ("kicker", self.kicker)):
                if tag in tags:
                    place.append(plain(token["children"]))
                    return True
        return False


def _outline(blocks: list[Block], lift: int) -> list[Block]:
    """Bring headings into an outline without gaps, as PDF/UA asks for.

    The title takes level 1 away, so the others move up by `lift`; no heading lies more
    than one level below the one before it; headings inside lists and quotes, and empty
    ones, are paragraphs.
    """
    last = 0
    settled: list[Block] = []
    for block in blocks:
        if not isinstance(block, Prose):
            settled.append(block)
            continue
        tokens = []
        for token in block.tokens:
            if token["type"] == "heading" and plain(token["children"]):
                last = max(1, min(token["attrs"]["level"] - lift, last + 1))
                tokens.append({**token, "attrs": {**token["attrs"], "level": last}})
            else:
                tokens.append(_level(token))
        settled.append(replace(block, tokens=tokens))
    return settled


def _level(token: Token) -> Token:
    if token["type"] == "heading":
        return {"type": "paragraph", "children": [{"type": "strong", **_children(token)}]}
    return {**token, **_children(token)} if "children" in token else token


def _children(token: Token) -> dict[str, list[Token]]:
    return {"children": [_level(child) for child in token["children"]]}
