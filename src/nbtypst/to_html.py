"""Set a report as one HTML page: no scripts, nothing fetched from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from itertools import count
from pathlib import Path
from typing import ClassVar

import jinja2
from babel import Locale
from markupsafe import Markup

from nbtypst.blocks import (
    Block,
    Cell,
    KeyFigures,
    Listing,
    Picture,
    Prose,
    Report,
    Table,
    Token,
    printable,
)
from nbtypst.faces import rules
from nbtypst.markdown import list_item_box, plain
from nbtypst.maths import as_mathml, source
from nbtypst.pictures import as_part, data_uri
from nbtypst.setter import Setter
from nbtypst.style import Style

_HERE = Path(__file__).parent
_WORDS = ("contents", "skip", "page", "back", "footnotes")
# A page with fewer headings needs no list of them.
_FEW = 3
# Tables of so many columns become cards on a phone; wider ones are moved sideways.
_CARDS = range(5, 9)
# Shown as cards, parts of a table would lose their roles.
_ROLES = {"table": ' role="table"', "tbody": ' role="rowgroup"', "tr": ' role="row"'}
_CELL_ROLES = {"col": "columnheader", "row": "rowheader", False: "cell"}


def write(report: Report, style: Style, pages: Mapping[str, str] | None = None) -> str:
    """Return the page; `pages` are the addresses of the same report in other languages."""
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string((_HERE / "report.html.j2").read_text(encoding="utf-8"))
    # By night a page has other colours, some mixed from these.
    colours = "".join(
        f"--day-{name}: {colour}; --{name}: var(--day-{name}); "
        for name, colour in style.colours.items()
    )
    setter = HtmlSetter(report, style)
    parts = [setter.block(block) for block in report.blocks]
    return template.render(
        report=report,
        typeface=style.typeface,
        colours=Markup(colours.strip()),
        faces=Markup(rules(style.typeface)),
        drawn=Markup(_recolour(style)),
        css=Markup((_HERE / "report.css").read_text(encoding="utf-8")),
        body=Markup("\n".join(parts)),
        footnotes=[Markup(note) for note in setter.footnotes],
        contents=_contents(report),
        pages=_pages(pages or {}, report.lang),
        word={name: style.word(report.lang, name) for name in _WORDS},
    )


def _contents(report: Report) -> list[dict[str, str]]:
    """Return the headings of the first level, where there are enough to choose from."""
    heads = [
        {"id": token["attrs"]["id"], "text": plain(token["children"])}
        for block in report.blocks
        for token in (block.tokens if isinstance(block, Prose) else [])
        if token["type"] == "heading" and token["attrs"]["level"] == 1
    ]
    return heads if len(heads) >= _FEW else []


def _pages(pages: Mapping[str, str], lang: str) -> list[dict[str, str]]:
    """Return the other languages by the name that each gives itself."""
    others = {tag: url for tag, url in pages.items() if tag != lang}
    return [
        {"lang": tag, "url": url, "name": (Locale.parse(tag, sep="-").get_display_name() or tag)}
        for tag, url in others.items()
    ]


def _recolour(style: Style) -> str:
    """Return rules by which drawings take the page's colours, whatever these are."""
    hues = {**style.colours, "page": "#fff"}
    return "".join(
        f'.drawing [{part}="{hue}"] {{ {part}: var(--{name}{", #fff" * (name == "page")}); }}\n'
        for name, hue in hues.items()
        for part in ("fill", "stroke")
    )


class HtmlSetter(Setter):
    """Sets tokens in HTML."""

    forms: ClassVar[dict[str, str]] = {
        "paragraph": "<p>{}</p>",
        "block_text": "{}",
        "thematic_break": "<hr>",
        "block_quote": "<blockquote>\n{}\n</blockquote>",
        "indented": '<div class="indented">\n{}\n</div>',
        "list_item": "{}",
        "strong": "<strong>{}</strong>",
        "emphasis": "<em>{}</em>",
        "underline": "<u>{}</u>",
        "strikethrough": "<s>{}</s>",
        "subscript": "<sub>{}</sub>",
        "superscript": "<sup>{}</sup>",
        "mark": "<mark>{}</mark>",
        "quoted": "<q>{}</q>",
        "small": "<small>{}</small>",
        "linebreak": "<br>",
        "notice": '<span class="left-out">{}</span>',
    }

    def __init__(self, report: Report, style: Style) -> None:
        super().__init__(report, style)
        self.footnotes: list[str] = []
        self._counts = {"figure": count(1), "table": count(1)}
        self._tables = 0

    def text(self, text: str) -> str:
        """Set free text as it stands."""
        return _text(text)

    def link(self, url: str, inner: str) -> str:
        """Set a link."""
        return f'<a href="{escape(url)}">{inner or _text(url)}</a>'

    def set_heading(self, token: Token) -> str:
        """Set a heading; the title is the page's h1."""
        attrs = token["attrs"]
        name = f"h{min(attrs['level'] + 1, 6)}"
        return f'<{name} id="{escape(attrs["id"])}">{self.inner(token)}</{name}>'

    def set_codespan(self, token: Token) -> str:
        """Set code within a line."""
        return f"<code>{_text(token['raw'])}</code>"

    def set_coloured(self, token: Token) -> str:
        """Set words in a colour of their own."""
        return f'<span class="own" style="--own: {token["colour"]}">{self.inner(token)}</span>'

    def set_inline_math(self, token: Token) -> str:
        """Set a formula as MathML; as its source where it cannot be set."""
        found = as_mathml(token["raw"], token["type"] == "block_math")
        if found is None:
            self.leave_out("formula", token["origin"], source(token))
            return f"<code>{_text(source(token))}</code>"
        return found

    set_block_math = set_inline_math

    def set_image(self, token: Token) -> str:
        """Set a picture within a line."""
        return _image(token["picture"])

    def set_footnote(self, token: Token) -> str:
        """Set the mark of a note; the notes stand at the end of the page."""
        self.footnotes.append(self.inner(token))
        n = len(self.footnotes)
        return f'<sup><a id="ref-{n}" href="#note-{n}">{n}</a></sup>'

    def set_list(self, token: Token) -> str:
        """Set a list; tasks have a box before them."""
        items = [f"<li>{list_item_box(item)}{self.inner(item)}</li>" for item in token["children"]]
        attrs = token["attrs"]
        start = f' start="{attrs["start"]}"' if "start" in attrs else ""
        name = "ol" if attrs["ordered"] else "ul"
        return f"<{name}{start}>\n" + "\n".join(items) + f"\n</{name}>"

    def block(self, block: Block) -> str:
        """Set a block."""
        match block:
            case Prose():
                text = self.flows(block.tokens)
                return f'<div class="note">\n{text}\n</div>' if block.note else text
            case Picture():
                caption = self._caption(block.caption, "figure")
                return f"<figure>{_picture(block)}{caption}</figure>"
            case Table():
                return self._table(block)
            case KeyFigures():
                cards = "".join(
                    f"<div><dt>{_text(label)}</dt><dd>{_text(value)}</dd>"
                    + (f'<dd class="about">{_text(note)}</dd>' if note else "")
                    + "</div>"
                    for value, label, note in block.cards
                )
                return f'<dl class="key-figures">{cards}</dl>'
            case Listing():
                code = f"<code>{_text(block.text)}</code>"
                return f'<pre class="{block.kind}" tabindex="0">{code}</pre>'

    def _caption(self, text: str, kind: str) -> str:
        if not text:
            return ""
        number = f"{self.style.word(self.report.lang, kind)} {next(self._counts[kind])}."
        return f"<figcaption><b>{_text(number)}</b> {_text(text)}</figcaption>"

    def _table(self, table: Table) -> str:
        """Set a table in a box that moves sideways; its caption stays above that.

        On a phone the rows of one with a plain head and some columns become cards, in which
        each figure has the head of its column beside it.
        """
        labels = [cell.text for cell in table.head[0]] if len(table.head) == 1 else []
        every = [cell for row in [*table.head, *table.body] for cell in row]
        plain_grid = all(cell.colspan == cell.rowspan == 1 for cell in every)
        cards = bool(labels) and plain_grid and table.width in _CARDS
        roles = _ROLES if cards else {}

        def rows(part: list[list[Cell]], scope: str) -> str:
            names = labels if cards and scope == "row" else [""] * table.width
            return "\n".join(
                f"<tr{roles.get('tr', '')}>"
                + "".join(map(lambda cell, name: self._cell(cell, scope, name, cards), row, names))
                + "</tr>"
                for row in part
            )

        self._tables += 1
        caption = self._caption(table.caption, "table")
        name = f"table-{self._tables}"
        label = f'aria-labelledby="{name}"' if caption else f'aria-label="{self._nameless()}"'
        caption = caption.replace("<figcaption>", f'<figcaption id="{name}">', 1)
        group = roles.get("tbody", "")
        head = f"<thead{group}>{rows(table.head, 'col')}</thead>" if table.head else ""
        kind = ' class="cards"' if cards else ""
        return (
            f'<figure class="table">{caption}<div class="wide" role="group" tabindex="0" {label}>'
            f"<table{kind}{roles.get('table', '')}{f' {label}' if caption else ''}>{head}\n"
            f"<tbody{group}>{rows(table.body, 'row')}</tbody></table></div></figure>"
        )

    def _nameless(self) -> str:
        return _text(f"{self.style.word(self.report.lang, 'table')} ({self._tables})")

    def _cell(self, cell: Cell, scope: str, label: str, role: bool) -> str:
        name = "th" if cell.head else "td"
        group = "group" if scope == "row" and cell.rowspan > 1 else ""
        about = f' scope="{scope}{group}"' if cell.head else ""
        about += f' role="{_CELL_ROLES[cell.head and scope]}"' if role else ""
        about += f' data-label="{_text(label)}"' if label else ""
        about += f' colspan="{cell.colspan}"' if cell.colspan > 1 else ""
        about += f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
        classes: list[str] = [cell.side] if cell.side != "left" else []
        classes += ["whole"] if cell.number and not cell.head else []
        classes += ["barred"] if cell.bar else []
        classes += ["bold"] if cell.bold else []
        classes += ["own"] if cell.ink else []
        about += f' class="{" ".join(classes)}"' if classes else ""
        colours = f"--own: {cell.ink}; " if cell.ink else ""
        colours += f"--fill: {cell.fill}; " if cell.fill else ""
        about += f' style="{colours.strip()}"' if colours else ""
        lines = "<br>".join(_text(line) for line in cell.text.split("\n"))
        text = self.flows(cell.tokens) if cell.tokens else lines
        return f"<{name}{about}>{_bar(cell)}{text}</{name}>"


def _picture(picture: Picture) -> str:
    """Set a drawing with its text as part of the page, in the width that fits; else an image."""
    if not (broad := as_part(picture.data)):
        return _image(picture)
    narrow = as_part(picture.narrow)
    drawn = [broad.replace("<svg", '<svg class="broad"', 1)]
    drawn += [narrow.replace("<svg", '<svg class="narrow"', 1)] if narrow else []
    return (
        f'<div class="drawing" role="img" aria-label="{_text(picture.alt)}">{"".join(drawn)}</div>'
    )


def _image(picture: Picture) -> str:
    width = picture.width
    size = f' style="width: {-100 * width:.4g}%"' if width < 0 else ""
    size = f' style="width: {width:.5g}px"' if width > 0 else size
    return f'<img src="{data_uri(picture)}" alt="{_text(picture.alt)}"{size}>'


def _text(text: str) -> str:
    return escape(printable(text))


def _bar(cell: Cell) -> str:
    """Draw a bar in front of a text that says the same."""
    if not (cell.bar and cell.bar[1]):
        return ""
    sure, possible = (f"{100 * part:.4g}%" for part in cell.bar)
    style = f"--sure: {sure}; --possible: {possible}"
    return f'<span class="bar" aria-hidden="true" style="{style}"></span>'
