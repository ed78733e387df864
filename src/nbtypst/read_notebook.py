"""Read a notebook: which cells a reader sees, in which language, under which title.

Tags that count: `lang-xx` keeps a cell for that language only; `remove-cell` and
`hide-output` do what they say; `subtitle`, `kicker` and `note` say what a text is.
"""

from __future__ import annotations

import ast
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from nbtypst.blocks import Block, Listing, Notice, Origin, Prose, Report, Token, levelled, printable
from nbtypst.context import Context
from nbtypst.macros import collect
from nbtypst.markdown import anchor, footnotes, parse, plain, references, with_footnotes
from nbtypst.outputs import joined, read_outputs
from nbtypst.read_html import read_html
from nbtypst.style import ExportError, Style

Notebook = Mapping[str, Any]

# Cells that set a run up; jupyter-book and nbconvert know remove-cell by these names, too.
_UNSEEN = {"parameters", "injected-parameters", "remove-cell", "remove_cell"}
_NO_OUTPUT = {"hide-output", "hide_output", "remove-output", "remove_output"}


def read_report(
    notebook: Notebook,
    style: Style,
    lang: str = "",
    show_code: bool = False,
    name: str = "",
    folder: Path | None = None,
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
    folder
        Where the notebook lies, to find the pictures beside it.

    Raises
    ------
    ExportError
        If a picture has no alternative text and the style refuses that, or `lang` is no
        language tag.
    """
    lang = settle_language(lang or notebook_language(notebook))
    reader = _Cells(notebook, style, show_code, folder)
    seen: list[tuple[list[Block], set[str]]] = []
    for number, cell in enumerate(notebook["cells"], start=1):
        tags = set((cell.get("metadata") or {}).get("tags") or [])
        if not tags & _UNSEEN and _speaks(tags, lang):
            seen.append((reader.read(cell, number, tags), tags))
    heads = [(n, token) for n, token in enumerate(_flat(seen)) if _is_title(token)]
    # Of several headings of the first level only one at the very top is the title.
    several = len(heads) > 1
    front = _Front(heads[0][1] if heads and not (several and heads[0][0]) else None)
    blocks = [block for found, tags in seen for block in front.take(found, tags)]
    about = _about(notebook, lang)
    day = _day(about.get("date", ""))
    date = _written(day, style.with_region(lang)) if day else about.get("date")
    blocks = _outline(blocks)
    return Report(
        lang=lang,
        title=front.title or printable(about.get("title") or name).strip() or "–",
        subtitle=" ".join(front.subtitle) or about.get("subtitle", ""),
        kicker=" ".join(front.kicker) or about.get("kicker", ""),
        byline=" · ".join(filter(None, (about.get("author"), date))),
        date=day,
        author=printable(about.get("author", "")),
        blocks=blocks,
        notices=reader.notices,
        derived=reader.derived,
        hidden=reader.hidden,
    )


def _flat(seen: list[tuple[list[Block], set[str]]]) -> Iterator[Token | Block]:
    """Yield what stands below one another, but for subtitles and kickers."""
    for found, tags in seen:
        for block in found:
            if not isinstance(block, Prose):
                yield block
            elif tags & {"subtitle", "kicker"}:
                yield from (token for token in block.tokens if token["type"] != "paragraph")
            else:
                yield from block.tokens


def _is_title(token: Token | Block) -> bool:
    return (
        isinstance(token, dict)
        and token["type"] == "heading"
        and token["attrs"]["level"] == 1
        and bool(plain(token["children"]))
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


class _Cells:
    """Reads the cells of one notebook, one after the other."""

    def __init__(
        self, notebook: Notebook, style: Style, show_code: bool, folder: Path | None
    ) -> None:
        self.style, self.show_code, self.folder = style, show_code, folder
        texts = [joined(c["source"]) for c in notebook["cells"] if c["cell_type"] == "markdown"]
        self.notes = footnotes(texts)
        self.asked = {name for text in texts for name in references(text)} if self.notes else set()
        self.macros = collect(texts)
        self.about = ""
        self.notices: list[Notice] = []
        self.derived: list[Origin] = []
        self.hidden: list[Origin] = []

    def read(self, cell: Mapping[str, Any], number: int, tags: set[str]) -> list[Block]:
        """Return what a cell shows."""
        source = joined(cell["source"])
        lines = [line.strip() for line in printable(source).splitlines() if line.strip()]
        line = lines[0] if lines else "empty"
        origin = Origin(number, line if len(line) <= 60 else line[:59] + "…")
        context = Context(
            origin, self.style, self.folder, cell.get("attachments") or {}, "note" in tags,
            source, self.about, self.notices, self.derived, self.hidden,
            self.macros,
        )  # fmt: skip
        if cell["cell_type"] == "markdown":
            text = with_footnotes(source, self.notes, self.asked)
            tokens = parse(text, context)
            self.about = context.about
            return context.lift(tokens)
        if cell["cell_type"] != "code":
            return _read_raw(source, cell.get("metadata") or {}, context)
        blocks: list[Block] = []
        if self.show_code and source.strip():
            blocks.append(Listing(source.rstrip(), "code", origin))
        if not tags & _NO_OUTPUT:
            blocks += read_outputs(cell.get("outputs") or [], context, errors=self.show_code)
        return blocks


def _read_raw(source: str, metadata: Mapping[str, Any], context: Context) -> list[Block]:
    """Return a raw cell: text as it stands, Markdown and HTML read, other formats left out."""
    form = str(metadata.get("raw_mimetype") or metadata.get("format") or "")
    if not source.strip():
        return []
    if form == "text/markdown":
        return context.lift(parse(source, context))
    if form == "text/html":
        return context.lift(read_html(source, context))
    if form in {"", "text/plain"}:
        return [Listing(printable(source).rstrip(), "stream", context.origin)]
    token = context.leave_out("raw", form)
    return context.lift([{"type": "paragraph", "children": [token]}])


@dataclass
class _Front:
    """The title block, filled as the cells go by; `chosen` is the heading that is the title."""

    chosen: Token | Block | None
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
        if token is self.chosen:
            self.title = plain(token["children"])
            return True
        if token["type"] == "paragraph":
            for tag, place in (("subtitle", self.subtitle), ("kicker", self.kicker)):
                if tag in tags:
                    place.append(plain(token["children"]))
                    return True
        return False


def _outline(blocks: list[Block]) -> list[Block]:
    """Bring headings into an outline without gaps, as PDF/UA asks for.

    A heading lies one level below the nearest above it that is higher; headings inside lists
    and quotes, and empty ones, are paragraphs.
    """
    above: list[int] = []
    names: dict[str, int] = {}
    settled: list[Block] = []
    for block in blocks:
        if not isinstance(block, Prose):
            settled.append(block)
            continue
        tokens = []
        for token in block.tokens:
            if token["type"] == "heading" and plain(token["children"]):
                level = token["attrs"]["level"]
                above = [*(one for one in above if one < level), level]
                name = anchor(plain(token["children"])) or "part"
                names[name] = names.get(name, 0) + 1
                name += f"-{names[name]}" if names[name] > 1 else ""
                tokens.append({**token, "attrs": {"level": len(above), "id": name}})
            else:
                tokens.append(levelled(token))
        settled.append(replace(block, tokens=tokens))
    return settled
