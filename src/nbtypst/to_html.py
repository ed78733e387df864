"""Set a report as one HTML page: no scripts, nothing fetched from elsewhere."""

from __future__ import annotations

from html import escape
from itertools import count
from pathlib import Path

import jinja2
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
from nbtypst.markdown import is_break, list_items, math_source, safe_link, text_in
from nbtypst.pictures import as_part, data_uri, size
from nbtypst.style import Style

_HERE = Path(__file__).parent


def write(report: Report, style: Style) -> str:
    """Return the page."""
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string((_HERE / "report.html.j2").read_text(encoding="utf-8"))
    colours = "".join(f"--{name}: {colour}; " for name, colour in style.colours.items())
    numbers = {"figure": count(1), "table": count(1)}

    def number(kind: str) -> str:
        return f"{style.word(report.lang, kind)} {next(numbers[kind])}."

    parts = []
    for block in report.blocks:
        kind = "table" if isinstance(block, Table) else "figure"
        parts.append(_block(block, number(kind) if getattr(block, "caption", "") else ""))
    return template.render(
        report=report,
        typeface=style.typeface,
        colours=Markup(colours.strip()),
        faces=Markup(rules(style.typeface)),
        drawn=Markup(_recolour(style)),
        css=Markup((_HERE / "report.css").read_text(encoding="utf-8")),
        body=Markup("\n".join(parts)),
    )


def _recolour(style: Style) -> str:
    """Return rules by which drawings take the page's colours, whatever these are."""
    hues = {**style.colours, "page": "#fff"}
    return "".join(
        f'.drawing [{part}="{hue}"] {{ {part}: var(--{name}{", #fff" * (name == "page")}); }}\n'
        for name, hue in hues.items()
        for part in ("fill", "stroke")
    )


def _block(block: Block, number: str) -> str:
    match block:
        case Prose():
            text = _flows(block.tokens)
            return f'<div class="note">\n{text}\n</div>' if block.note else text
        case Picture():
            caption = f"<figcaption>{_caption(block.caption, number)}</figcaption>"
            if block.mime != "image/svg+xml":
                size(block)  # refuses damaged bytes, as the PDF does
            return f"<figure>{_picture(block)}{caption if block.caption else ''}</figure>"
        case Table():
            return _table(block, number)
        case KeyFigures():
            cards = "".join(
                f"<div><dt>{_text(label)}</dt><dd>{_text(value)}</dd>"
                + (f'<dd class="about">{_text(note)}</dd>' if note else "")
                + "</div>"
                for value, label, note in block.cards
            )
            return f'<dl class="key-figures">{cards}</dl>'
        case Listing():
            return f'<pre class="{block.kind}"><code>{_text(block.text)}</code></pre>'


def _picture(picture: Picture) -> str:
    """Set a drawing with its text as part of the page, in the width that fits; else an image."""
    if not (broad := as_part(picture.data)):
        return f'<img src="{data_uri(picture)}" alt="{_text(picture.alt)}">'
    narrow = as_part(picture.narrow)
    drawn = [broad.replace("<svg", '<svg class="broad"', 1)]
    drawn += [narrow.replace("<svg", '<svg class="narrow"', 1)] if narrow else []
    return (
        f'<div class="drawing" role="img" aria-label="{_text(picture.alt)}">{"".join(drawn)}</div>'
    )


def _text(text: str) -> str:
    return escape(printable(text))


def _caption(text: str, number: str) -> str:
    return f"<b>{_text(number)}</b> {_text(text)}"


def _table(table: Table, number: str) -> str:
    def rows(part: list[list[Cell]], scope: str) -> str:
        return "\n".join(
            "<tr>" + "".join(_cell(cell, scope) for cell in row) + "</tr>" for row in part
        )

    caption = f"<caption>{_caption(table.caption, number)}</caption>" if table.caption else ""
    head = f"<thead>{rows(table.head, 'col')}</thead>" if table.head else ""
    return (
        f'<div class="wide"><table>{caption}{head}\n'
        f"<tbody>{rows(table.body, 'row')}</tbody></table></div>"
    )


def _cell(cell: Cell, scope: str) -> str:
    name = "th" if cell.head else "td"
    group = "group" if scope == "row" and cell.rowspan > 1 else ""
    about = f' scope="{scope}{group}"' if cell.head else ""
    about += f' colspan="{cell.colspan}"' if cell.colspan > 1 else ""
    about += f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
    classes: list[str] = [cell.side] if cell.side != "left" else []
    classes += ["whole"] if cell.number and not cell.head else []
    classes += ["barred"] if cell.bar else []
    about += f' class="{" ".join(classes)}"' if classes else ""
    text = "<br>".join(_text(line) for line in cell.text.split("\n"))
    return f"<{name}{about}>{_bar(cell)}{text}</{name}>"


def _bar(cell: Cell) -> str:
    """Draw a bar in front of a text that says the same."""
    if not (cell.bar and cell.bar[1]):
        return ""
    sure, possible = (f"{100 * part:.4g}%" for part in cell.bar)
    style = f"--sure: {sure}; --possible: {possible}"
    return f'<span class="bar" aria-hidden="true" style="{style}"></span>'


def _flows(tokens: list[Token]) -> str:
    return "\n".join(filter(None, map(_flow, tokens)))


def _flow(token: Token) -> str:
    """Set a block token."""
    kind, attrs = token["type"], token.get("attrs") or {}
    children: list[Token] = token.get("children", [])
    match kind:
        case "paragraph":
            return f"<p>{_inline(children)}</p>"
        case "block_text":
            return _inline(children)
        case "heading":
            # The title is the page's h1.
            name = f"h{min(attrs['level'] + 1, 6)}"
            return f"<{name}>{_inline(children)}</{name}>"
        case "thematic_break":
            return "<hr>"
        case "block_quote":
            return f"<blockquote>\n{_flows(children)}\n</blockquote>"
        case "block_code":
            return f'<pre class="code"><code>{_text(token["raw"].rstrip())}</code></pre>'
        case "block_math":
            return f"<p>{_text(math_source(token))}</p>"
        case "block_html":
            return "" if is_break(token) else f"<p>{_text(token['raw'])}</p>"
        case "list":
            return _list(token)
        case "table":
            return _markdown_table(token)
        case "blank_line":
            return ""
        case _:
            return _flows(children) if children else _text(text_in(token))


def _list(token: Token) -> str:
    items = [f"<li>{text}</li>" for text in list_items(token, _flows)]
    attrs = token.get("attrs") or {}
    start = f' start="{attrs["start"]}"' if "start" in attrs else ""
    name = "ol" if attrs.get("ordered") else "ul"
    return f"<{name}{start}>\n" + "\n".join(items) + f"\n</{name}>"


def _markdown_table(token: Token) -> str:
    def row(cells: list[Token], name: str) -> str:
        texts = []
        for cell in cells:
            side = (cell.get("attrs") or {}).get("align")
            about = ' scope="col"' if name == "th" else ""
            about += f' class="{side}"' if side in {"right", "center"} else ""
            texts.append(f"<{name}{about}>{_inline(cell['children'])}</{name}>")
        return f"<tr>{''.join(texts)}</tr>"

    head = row(token["children"][0]["children"], "th")
    body = [row(r["children"], "td") for part in token["children"][1:] for r in part["children"]]
    return (
        f'<div class="wide"><table><thead>{head}</thead>\n<tbody>'
        + "\n".join(body)
        + "</tbody></table></div>"
    )


def _inline(tokens: list[Token]) -> str:
    return "".join(map(_span, tokens))


def _span(token: Token) -> str:
    inner = _inline(token.get("children", []))
    match token["type"]:
        case "emphasis":
            return f"<em>{inner}</em>"
        case "strong":
            return f"<strong>{inner}</strong>"
        case "codespan":
            return f"<code>{_text(token['raw'])}</code>"
        case "softbreak":
            return "\n"
        case "linebreak":
            return "<br>"
        case "link" if url := safe_link(token):
            return f'<a href="{escape(url)}">{inner or escape(url)}</a>'
        case "inline_math":
            return _text(math_source(token))
        case "inline_html" if is_break(token):
            return "<br>"
        case _:
            return inner or _text(text_in(token))
