"""Walk the tokens of a text once for both writers.

A writer gives a form for every kind of token: a text with `{}` where its content goes, or a
method `set_KIND`. What neither has is an error, so that nothing is lost in silence.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import ClassVar
from urllib.parse import unquote

from nbtypst.blocks import Block, Notice, Origin, Report, Token
from nbtypst.markdown import inside_link, plain, safe_link
from nbtypst.style import Style
from nbtypst.words import LEFT_OUT

# Kinds that hold blocks; all others hold words of a line.
_FLOWING = {"block_quote", "indented", "list_item"}
KINDS = (
    "paragraph", "block_text", "heading", "thematic_break", "block_quote", "indented", "list",
    "block", "text", "strong", "emphasis", "underline", "strikethrough", "subscript",
    "superscript", "mark", "quoted", "small", "codespan", "linebreak", "link", "image",
    "inline_math", "block_math", "footnote", "coloured", "notice",
)  # fmt: skip


class Setter(ABC):
    """Sets a report in one language of typesetting; see `KINDS` for what it must know."""

    forms: ClassVar[dict[str, str]]
    between = "\n"

    def __init__(self, report: Report, style: Style) -> None:
        self.report = report
        self.style = style
        self.anchors = {
            token["attrs"]["id"]
            for block in report.blocks
            for token in getattr(block, "tokens", [])
            if token["type"] == "heading"
        }

    def flows(self, tokens: Iterable[Token]) -> str:
        """Set blocks below one another."""
        return self.between.join(filter(None, map(self.set, tokens)))

    def inline(self, tokens: Iterable[Token]) -> str:
        """Set words of a line."""
        return "".join(map(self.set, tokens))

    def set(self, token: Token) -> str:
        """Set one token with all that it holds."""
        kind = token["type"]
        own = getattr(self, f"set_{kind}", None)
        if own:
            return str(own(token))
        return self.forms[kind].format(self.inner(token))

    def inner(self, token: Token) -> str:
        """Set what a token holds."""
        children = token.get("children", [])
        return self.flows(children) if token["type"] in _FLOWING else self.inline(children)

    def set_block(self, token: Token) -> str:
        """Set a picture, table or listing where it stands."""
        return self.block(token["block"])

    def set_link(self, token: Token) -> str:
        """Set a link that leaves the document, or leads to one of its headings."""
        inner = self.inner(token)
        if url := safe_link(token):
            return self.link(url, inner)
        if name := inside_link(token):
            return self.link("#" + name, inner) if name in self.anchors else inner
        # What lies beside the notebook does not lie beside the document: where it was is said.
        address = unquote(str(token["attrs"]["url"]))
        shown = plain(token["children"])
        named = address in shown or address.rpartition(".")[0] == shown
        known = named or address.lower().startswith("javascript:")
        return inner if known else inner + self.text(f" ({address})")

    def set_notice(self, token: Token) -> str:
        """Set what stands in the place of something that was left out."""
        notice: Notice = token["notice"]
        what = LEFT_OUT.get(self.report.lang.partition("-")[0], LEFT_OUT["en"])[notice.kind]
        detail = f": {notice.detail}" if notice.detail else ""
        said = f"[{self.style.word(self.report.lang, 'not_shown')}: {what}{detail}]"
        return self.forms["notice"].format(self.text(said))

    def leave_out(self, kind: str, origin: Origin, detail: str) -> None:
        """Record that a writer cannot set something."""
        notice = Notice(kind, origin, detail)
        if notice not in self.report.notices:
            self.report.notices.append(notice)

    def set_text(self, token: Token) -> str:
        """Set plain text."""
        return self.text(token["raw"])

    @abstractmethod
    def text(self, text: str) -> str:
        """Set free text as it stands."""

    @abstractmethod
    def link(self, url: str, inner: str) -> str:
        """Set a link; "#name" leads to a heading."""

    @abstractmethod
    def block(self, block: Block) -> str:
        """Set a block."""
