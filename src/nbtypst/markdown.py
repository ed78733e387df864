"""Read Markdown, as JupyterLab shows it, into tokens that both writers set.

Markdown becomes HTML, and `read_html` reads that: so formatting, HTML within Markdown and HTML
outputs go one way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from html import escape
from urllib.parse import unquote

import mistune
from mistune.plugins import import_plugin
from mistune.plugins.table import render_table_cell
from nbconvert.filters.markdown_mistune import MathBlockParser, MathInlineParser

from nbtypst.blocks import Origin, Token, printable
from nbtypst.context import Context
from nbtypst.read_html import read_html
from nbtypst.style import PLAIN

_SAFE_LINK = re.compile(r"(https?://|mailto:)\S+", re.I)
_PLUGINS = ["strikethrough", "table", "url", "task_lists", "def_list", "footnotes"]
_NOTE = re.compile(r"^ {0,3}\[\^([^\]\s]+)\]:.*(?:\n+ {2,}.*)*\n?", re.M)
_REFERENCE = re.compile(r"\[\^([^\]\s]+)\](?!:)")


class _Blocks(MathBlockParser):
    """A heading has a space after its signs, as in JupyterLab: `#tag` is a word."""

    SPECIFICATION = MathBlockParser.SPECIFICATION | {
        "atx_heading": mistune.BlockParser.SPECIFICATION["atx_heading"]
    }


class _Inline(MathInlineParser):
    """Sums of money are no formula: no space inside the dollar signs, no digit after them."""

    SPECIFICATION = MathInlineParser.SPECIFICATION | {
        "inline_math_tex": r"(?<![$\\])\$(?![\s$])(?P<math_inline_tex>(?:\\.|[^$\\])+?)"
        r"(?<!\s)\$(?![\d$])"
    }


class _Html(mistune.HTMLRenderer):
    """HTML with every formula in a span of its own."""

    def inline_math(self, text: str) -> str:
        return f'<span class="math">{escape(text)}</span>'

    def block_math(self, text: str) -> str:
        return f'<span class="math block">{escape(text)}</span>'

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
        """Set a cell; a stroke within one is written with a backslash, in code too."""
        return render_table_cell(self, text.replace("\\|", "|"), align, head)

    def latex_environment(self, name: str, body: str) -> str:
        return self.block_math(rf"\begin{{{name}}}{body}\end{{{name}}}")


@cache
def _parser() -> mistune.Markdown:
    # What addresses may do is settled by the reader of the HTML.
    html = _Html(escape=False, allow_harmful_protocols=True)
    plugins = [import_plugin(name) for name in _PLUGINS]
    return mistune.Markdown(html, _Blocks(), _Inline(), plugins)


def parse(text: str, context: Context | None = None) -> list[Token]:
    """Return the block tokens of a Markdown text; one without a context is nobody's cell."""
    return read_html(str(_parser()(text)), context or Context(Origin(0, "text"), PLAIN))


def footnotes(cells: list[str]) -> Mapping[str, str]:
    """Return the notes of a notebook by their names, as they are written.

    A note may stand in another cell than what refers to it.
    """
    return {found[1]: found[0] for text in cells for found in _NOTE.finditer(text)}


def with_footnotes(text: str, notes: Mapping[str, str], asked: set[str]) -> str:
    """Add to a cell's text the notes of other cells it refers to; those nobody asks for stay.

    `asked` are the names that any cell refers to.
    """
    if not notes:
        return text
    own = {found[1] for found in _NOTE.finditer(text)}
    text = _NOTE.sub(lambda m: m[0] if m[1] in asked else m[0].replace("[^", "\\[^", 1), text)
    wanted = [name for name in references(text) if name in notes and name not in own]
    return "\n\n".join([text, *(notes[name] for name in dict.fromkeys(wanted))])


def references(text: str) -> list[str]:
    """Return the names of the notes that a text refers to."""
    return _REFERENCE.findall(text)


def plain(tokens: list[Token]) -> str:
    """Return the text of tokens without their formatting, on one line."""
    return " ".join(printable("".join(_plain(tokens))).split())


def _plain(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token["type"] == "linebreak":
            yield " "
        elif token["type"] == "image":
            yield token["picture"].alt
        elif "raw" in token:
            yield token["raw"]
        elif token["type"] not in {"footnote", "notice", "block"}:
            yield from _plain(token.get("children", []))
            yield " " if token["type"] in _ENDING else ""


_ENDING = {"paragraph", "block_text", "heading", "list_item", "list", "block_quote", "indented"}


def safe_link(token: Token) -> str | None:
    """Return the address of a link that may leave the document, else None."""
    url = str(token.get("attrs", {}).get("url", ""))
    return url if _SAFE_LINK.fullmatch(url) else None


def inside_link(token: Token) -> str:
    """Return what a link within the document points to, as headings are named; else ""."""
    url = str(token.get("attrs", {}).get("url", ""))
    return anchor(url[1:]) if url.startswith("#") else ""


def anchor(text: str) -> str:
    """Return the name that a link gives a heading: Jupyter puts hyphens in place of spaces."""
    return re.sub(r"[^\w]+", "-", unquote(text).lower()).strip("-")


def list_item_box(item: Token) -> str:
    """Return the box before a task, "" before what is none."""
    return {True: "☑ ", False: "☐ ", None: ""}[(item.get("attrs") or {}).get("checked")]
