"""Read HTML, of outputs and of Markdown, into tokens that both writers set.

Every element is set, or a notice stands in its place; of an unknown one the content is kept.
"""

from __future__ import annotations

import re
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from nbtypst.blocks import Listing, Token, levelled, printable, trimmed
from nbtypst.colours import as_hex, declarations, readable
from nbtypst.context import Context
from nbtypst.macros import write_out
from nbtypst.read_images import read_image, without_drawings
from nbtypst.read_tables import is_layout, read_cards, read_table

# What begins a line of its own, and what wraps words of a line.
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog",
    "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3",
    "h4", "h5", "h6", "header", "hr", "html", "li", "main", "menu", "nav", "ol", "p", "pre",
    "section", "summary", "table", "tbody", "td", "th", "tr", "ul",
}  # fmt: skip
_SPANS = {
    "b": "strong", "strong": "strong", "i": "emphasis", "em": "emphasis", "cite": "emphasis",
    "var": "emphasis", "dfn": "emphasis", "u": "underline", "ins": "underline",
    "s": "strikethrough", "del": "strikethrough", "strike": "strikethrough", "sub": "subscript",
    "sup": "superscript", "mark": "mark", "q": "quoted", "small": "small",
}  # fmt: skip
_CODES = {"code", "kbd", "samp", "tt"}
_DROPPED = {"style", "head", "link", "meta", "template", "title"}
_LEFT_OUT = {
    "script": "script", "canvas": "script", "iframe": "frame", "object": "frame",
    "embed": "frame", "frame": "frame", "video": "media", "audio": "media",
}  # fmt: skip
_HIDDEN = re.compile(r"display\s*:\s*none", re.I)


def read_html(html: str, context: Context) -> list[Token]:
    """Return the block tokens of an HTML fragment."""
    return Reader(html, context).read()


class Reader:
    """Reads one HTML fragment; `flows` gives block tokens, `spans` inline ones."""

    def __init__(self, html: str, context: Context) -> None:
        # Readers of HTML spell the names of SVG small, so drawings are taken out before.
        html, self.drawings = without_drawings(html)
        self.soup = BeautifulSoup(html, "lxml")
        self.context = context
        self.notes = {str(li["id"]): li for li in self.soup.select("section.footnotes li[id]")}

    def read(self) -> list[Token]:
        """Return the whole fragment."""
        self.soup.smooth()
        return self.flows(self.soup)

    def flows(self, parent: Tag, tight: bool = False) -> list[Token]:
        """Return what an element holds as blocks; loose text makes a paragraph."""
        tokens: list[Token] = []
        line: list[Token] = []

        def end() -> None:
            if any(t["type"] != "text" or t["raw"].strip() for t in line):
                kind = "block_text" if tight else "paragraph"
                tokens.append({"type": kind, "children": trimmed(line)})
            line.clear()

        for child in parent.children:
            if isinstance(child, Tag) and _is_block(child):
                end()
                tokens += self._block(child)
            else:
                line += self._span(child)
        end()
        return tokens

    def spans(self, parent: Tag) -> list[Token]:
        """Return what an element holds as words of one line; blocks within begin new ones."""
        tokens: list[Token] = []
        for child in parent.children:
            block = isinstance(child, Tag) and child.name in _BLOCKS
            if block and any(token.get("raw", "x").strip() for token in tokens):
                tokens.append({"type": "linebreak"})
            tokens += self.spans(child) if block and isinstance(child, Tag) else self._span(child)
        return tokens

    def _block(self, tag: Tag) -> list[Token]:
        if _unseen(tag):
            return []
        match tag.name:
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                return self._with_children("heading", tag, {"level": int(tag.name[1])})
            case "p" | "dt" | "summary" | "figcaption" if not _holds_block(tag):
                found = self._with_children("paragraph", tag)
                bold = tag.name in {"dt", "summary"}
                return [_bold(token) for token in found] if bold else found
            case "ul" | "ol" | "menu":
                return [self._list(tag)]
            case "dd":
                return [{"type": "indented", "children": self.flows(tag)}]
            case "blockquote":
                return [{"type": "block_quote", "children": self.flows(tag)}]
            case "pre":
                kind: Any = "code" if tag.find("code") else "stream"
                text = printable(tag.get_text()).strip("\n").rstrip()
                listing = Listing(text, kind, self.context.origin)
                listed: list[Token] = [{"type": "block", "block": listing}] if text else []
                return listed + [_paragraph(*self._span(image)) for image in tag.find_all("img")]
            case "hr":
                return [{"type": "thematic_break"}]
            case "table" if not is_layout(tag):
                return self._table(tag)
            case "section" if "footnotes" in (tag.get("class") or []):
                return []
            case "div" if "alert" in (tag.get("class") or []):
                return [{"type": "block_quote", "children": self.flows(tag)}]
            case _:
                return self.flows(tag)

    def _with_children(self, kind: str, tag: Tag, attrs: Any = None) -> list[Token]:
        children = trimmed(self.spans(tag))
        said = " ".join(tag.get_text().split())
        self.context.about = printable(said)[:300] or self.context.about
        return [{"type": kind, "attrs": attrs or {}, "children": children}] if children else []

    def _list(self, tag: Tag) -> Token:
        items: list[Token] = []
        for child in tag.children:
            if not isinstance(child, Tag):
                if str(child).strip() and not isinstance(child, PreformattedString):
                    items.append(
                        {
                            "type": "list_item",
                            "children": [_paragraph({"type": "text", "raw": str(child)})],
                        }
                    )
                continue
            box = child.find("input", type="checkbox")
            mine = box is not None and box.find_parent("li") is child
            checked = bool(box.has_attr("checked")) if mine and box is not None else None
            inner = self.flows(child, tight=True) if child.name == "li" else self._block(child)
            items.append({"type": "list_item", "attrs": {"checked": checked}, "children": inner})
        attrs: dict[str, Any] = {"ordered": tag.name == "ol"}
        start = str(tag.get("start", ""))
        if start.isascii() and start.isdigit():
            attrs["start"] = int(start)
        loose = any(token["type"] == "paragraph" for i in items for token in i["children"][:1])
        return {"type": "list", "attrs": attrs, "tight": not loose, "children": items}

    def _table(self, tag: Tag) -> list[Token]:
        if "key-figures" in (tag.get("class") or []):
            return [{"type": "block", "block": read_cards(tag, self.context.origin)}]
        table = read_table(tag, self.soup, self.context, self._cell)
        if not table.width:
            return self.flows(tag)
        block: Token = {"type": "block", "block": table}
        said = "".join(sheet.get_text() for sheet in self.soup.find_all("style")) + str(tag)
        return [block, self.context.leave_out("gradient")] if "gradient(" in said else [block]

    def _cell(self, cell: Tag) -> list[Token]:
        return [levelled(token) for token in self.flows(cell, tight=True)]

    def _span(self, node: PageElement) -> list[Token]:
        if isinstance(node, PreformattedString) or not isinstance(node, Tag | NavigableString):
            return []  # comments, declarations
        if isinstance(node, NavigableString):
            text = re.sub(r"[ \t\r\n\f]+", " ", printable(str(node)))
            return [{"type": "text", "raw": text}] if text else []
        if _unseen(node):
            return []
        kind = _SPANS.get(node.name)
        if node.name == "sup" and "footnote-ref" in (node.get("class") or []):
            return self._footnote(node)
        if kind:
            return self._spanned(kind, node)
        if node.name in _CODES:
            return [{"type": "codespan", "raw": printable(node.get_text())}]
        if node.name in _LEFT_OUT:
            return self._left_out(node)
        match node.name:
            case "br":
                return [{"type": "linebreak"}]
            case "wbr":
                return [{"type": "text", "raw": "\u200b"}, *self.spans(node)]
            case "a":
                return self._link(node)
            case "img":
                return [read_image(node, self.drawings, self.context)]
            case "image" | "svg" | "math" | "meter" | "progress":
                return self.spans(node)
            case "input" | "select" | "textarea" | "button":
                return self._span(NavigableString(f" {_filled_in(node)} "))
            case "area":
                return self._link(node)
            case "span" if "math" in (node.get("class") or []):
                kind = "block_math" if "block" in (node.get("class") or []) else "inline_math"
                return self._formula(kind, node)
            case _:
                return self._coloured(node)

    def _formula(self, kind: str, tag: Tag) -> list[Token]:
        tex = write_out(tag.get_text(), self.context.macros)
        token: Token = {"type": kind, "raw": tex, "origin": self.context.origin}
        return [token] if tex.strip() else []

    def _spanned(self, kind: str, tag: Tag) -> list[Token]:
        inner = self.spans(tag)
        return [{"type": kind, "children": inner}] if inner else []

    def _coloured(self, tag: Tag) -> list[Token]:
        said = declarations(str(tag.get("style", "")))
        given = as_hex(said.get("color", str(tag.get("color", ""))))
        inner = self.spans(tag)
        if said.get("font-weight") in {"bold", "600", "700"}:
            inner = [{"type": "strong", "children": inner}]
        if given and inner:
            return [{"type": "coloured", "colour": readable(given, "")[0], "children": inner}]
        return inner

    def _footnote(self, tag: Tag) -> list[Token]:
        link = tag.find("a")
        item = self.notes.get(str(link.get("href", "")).removeprefix("#")) if link else None
        if item is None:
            return self._spanned("superscript", tag)
        for back in item.select("a.footnote"):
            back.extract()
        return [{"type": "footnote", "children": self.spans(item)}]

    def _link(self, tag: Tag) -> list[Token]:
        inner = self.spans(tag)
        url = str(tag.get("href", ""))
        if not inner and url:
            inner = [{"type": "text", "raw": printable(str(tag.get("alt") or url))}]
        if url.startswith("data:"):
            notice = self.context.leave_out("form", url.partition(",")[0])
            return [*inner, *self._span(NavigableString(" ")), notice]
        return [{"type": "link", "attrs": {"url": url}, "children": inner}] if url else inner

    def _left_out(self, tag: Tag) -> list[Token]:
        source = tag.find("source")
        address = tag.get("src") or (source.get("src") if isinstance(source, Tag) else "") or ""
        if tag.name == "script":
            if str(tag.get("type", "")).startswith("math/tex"):
                return self._formula("inline_math", tag)
            if "google.colab" in tag.get_text():  # buttons around a table that is set
                return []
        address = "" if str(address).startswith("data:") else str(address)
        instead = self.spans(tag) if tag.name == "object" else []
        notice = self.context.leave_out(_LEFT_OUT[tag.name], address)
        return [notice, *self._span(NavigableString(" ")), *instead] if instead else [notice]


def _unseen(tag: Tag) -> bool:
    hidden = tag.has_attr("hidden") or bool(_HIDDEN.search(str(tag.get("style", ""))))
    return hidden or tag.name in _DROPPED


def _is_block(tag: Tag) -> bool:
    return tag.name not in _LEFT_OUT and (tag.name in _BLOCKS or _holds_block(tag))


def _filled_in(control: Tag) -> str:
    """Return what a field of a form shows."""
    if control.name == "input":
        shown = control.get("type", "text") in {"text", "number", "date", "search", "email", "url"}
        return str(control.get("value", "")) if shown else ""
    if control.name == "select":
        control = control.select_one("option[selected]") or control.find("option") or control
    return control.get_text()


def _holds_block(tag: Tag) -> bool:
    return any(child.name in _BLOCKS for child in tag.find_all(True)) and not _unseen(tag)


def _bold(token: Token) -> Token:
    return {**token, "children": [{"type": "strong", "children": token["children"]}]}


def _paragraph(*tokens: Token) -> Token:
    return {"type": "paragraph", "children": list(tokens)}
