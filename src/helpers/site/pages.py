"""The files of a site: front pages, unit pages with their way around, feeds, the tables."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
import lxml.html
import mistune
from babel import Locale
from markupsafe import Markup

from helpers import palette
from helpers.engine.steps import report_steps
from helpers.index import catalog
from helpers.index.units import Unit
from helpers.report import about
from helpers.report.league import League, open_league
from helpers.report.whole import sentences
from helpers.site import package, rows
from helpers.tables.contracts import files_of, made_by
from nbtypst.lead_in import lead_in, share_style

_TEMPLATES = Path(__file__).with_name("templates")
_MAKERS = ("1-clean", "2-rank-change", "3-robustness", "4-claims")
_SPACE = uuid.uuid5(uuid.NAMESPACE_OID, "Rank Change Notebooks")
NATIONAL = ""  # the page on the whole table, where a unit's code would stand


class Page(NamedTuple):
    """A report in one language: its files."""

    pdf: Path
    html: Path


Pages = Mapping[tuple[str, str], Page]  # by unit and language


def write(index: str, unit_set: str, year: int, langs: Sequence[str]) -> dict[str, bytes]:
    """Return the files of a site by their names in its folder.

    Parameters
    ----------
    langs
        The first one's front page is ``index.html``.
    """
    leagues = {lang: open_league(index, unit_set, year, lang) for lang in langs}
    league = leagues[langs[0]]
    pages, tables = _pages(league, langs), _tables(league)
    csv = {name.removesuffix(".csv"): tables[name] for name in tables if name.endswith(".csv")}
    files = {f"data/{name}": content for name, content in tables.items()}
    files["data/datapackage.json"] = package.describe(league.index, csv, langs[0])
    for lang in langs:
        files[front_page(lang, langs)] = front(leagues[lang], langs).encode()
        files[f"feed.{lang}.xml"] = _feed(leagues[lang], pages, langs).encode()
    places = {lang: _places(leagues[lang]) for lang in langs}
    for (unit, lang), page in pages.items():
        around = _around(leagues[lang], pages, places[lang], langs, unit)
        text, sheet, style = share_style(page.html.read_text("utf-8"))
        files[page.html.name] = lead_in(text, around).encode()
        files[sheet] = style.encode()
        files[page.pdf.name] = page.pdf.read_bytes()
    return files


def front_page(lang: str, langs: Sequence[str]) -> str:
    """Return the name of a language's front page."""
    return "index.html" if lang == langs[0] else f"index.{lang}.html"


def list_sites(folder: Path) -> bytes:
    """Return the page that lists the sites below a folder, each in its languages."""
    sites = []
    for home in sorted(folder.glob("*/index.html")):
        found = [(page, *_head(page)) for page in sorted(home.parent.glob("index*.html"))]
        sites.append([(p.relative_to(folder).as_posix(), lang, t) for p, lang, t, _deck in found])
    return _render("sites.html.j2", sites=sites).encode()


def _pages(league: League, langs: Sequence[str]) -> Pages:
    """Return the reports that a site holds: on the whole table and on each unit, best first."""
    found = {}
    for code in (NATIONAL, *map(str, league.standings.index)):
        subject = league.units[code] if code else league.unit_set
        for step in report_steps(league.index, subject, league.year, langs):
            found[code, str(step.parameters["lang"])] = Page(*step.outputs)
    return found


def _head(page: Path) -> tuple[str, str, str]:
    """Return a page's language, its title and the sentence below it."""
    # Pictures, and there are many, come after the header.
    root = lxml.html.fromstring(page.read_bytes().partition(b"</header>")[0])
    decks = root.find_class("deck")
    deck = " ".join(decks[0].text_content().split()) if decks else ""
    return root.get("lang", ""), str(root.findtext(".//title") or page.stem), deck


def _tables(league: League) -> dict[str, bytes]:
    """Return the processed tables of the index by the names of their files."""
    folder = catalog.processed(league.index.name)
    names = made_by(*_MAKERS, sampled=league.index.sampled)
    return {file: (folder / file).read_bytes() for name in names for file in files_of(name)}


def front(league: League, langs: Sequence[str]) -> str:
    """Return the front page in the league's language."""
    pages, tables = _pages(league, langs), _tables(league)
    w, lang = league.words, league.words.lang
    style, script = ((_TEMPLATES / name).read_text("utf-8") for name in ("site.css", "site.js"))
    style = f":root {{ {_colours()} }}\n{style}"
    contradicted, off = rows.contradicted(league), rows.disagreements(league)
    meanings = rows.table_rows(w)
    return _render(
        "index.html.j2",
        **_shared(league, pages, langs),
        title=_plain(repr(sentences.title(league))),
        deck=_plain(repr(sentences.deck(league))),
        kicker=_plain(repr(about.kicker(league))),
        nouns=league.nouns,
        style=Markup(style),
        script=Markup(script),
        csp=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'",
        units=rows.units(league),
        before=rows.before(league),
        tiles=rows.tiles(league),
        explained=league.explained_pair,
        movers=rows.movers(league),
        linked={unit for unit, _lang in pages if unit},
        contradicted=contradicted,
        disagreements=off[: rows.SHOWN],
        more=max(0, len(off) - rows.SHOWN),
        tables=[
            {
                "name": name,
                "row": meanings[name],
                "files": [
                    (file, file.rpartition(".")[2], w.number(len(tables[file]) / 1000, 1))
                    for file in files_of(name)
                ],
            }
            for name in made_by(*_MAKERS, sampled=league.index.sampled)
        ],
        producer=league.index.text("producer", lang),
    )


def _places(league: League) -> list[tuple[str, Unit]]:
    """Return the units with their ranks as they are written, best first."""
    ranks = league.standings["rank"].items()
    return [(league.words.number(rank), league.units[str(code)]) for code, rank in ranks]


def _around(
    league: League, pages: Pages, places: Sequence[tuple[str, Unit]], langs: Sequence[str],
    unit: str,
) -> str:  # fmt: skip
    """Return the way around that stands before a report's content."""
    at = [one.code for _place, one in places].index(unit) if unit else len(places)
    return _render(
        "around.html.j2",
        **_shared(league, pages, langs),
        style=Markup((_TEMPLATES / "around.css").read_text("utf-8")),
        unit=unit,
        previous=places[at - 1][1] if unit and at else None,
        next=places[at + 1][1] if at + 1 < len(places) else None,
        units=places,
    )


def _feed(league: League, pages: Pages, langs: Sequence[str]) -> str:
    """Return the Atom feed: an entry for each report; its date is that of the newest table."""
    index, lang = league.index, league.words.lang

    def identify(*about: object) -> str:
        return uuid.uuid5(_SPACE, " ".join(map(str, (index.name, league.unit_set, *about)))).urn

    return _render(
        "feed.xml.j2",
        **_shared(league, pages, langs),
        id=identify(lang),
        title=index.text("label", lang),
        author=index.text("producer", lang) or index.text("label", lang),
        updated=f"{package.newest_date(index)}T00:00:00Z",
        entries=[
            (identify(unit, league.year, lang), page, *_head(page.html)[1:])
            for (unit, tongue), page in pages.items()
            if tongue == lang
        ],
    )


def _shared(league: League, pages: Pages, langs: Sequence[str]) -> dict[str, Any]:
    """Return what every template uses."""
    lang = league.words.lang
    names = {one: Locale.parse(one).get_display_name(one) or one for one in langs}
    return {
        "w": league.words,
        "_": league.words._,
        "n": league.words.n,
        "lang": lang,
        "year": league.year,
        "short": league.index.text("short", lang),
        "home": front_page(lang, langs),
        "homes": [(one, names[one], front_page(one, langs)) for one in langs if one != lang],
        "others": [(one, names[one][:1].upper() + names[one][1:]) for one in langs if one != lang],
        "page": lambda unit, tongue=lang: pages[unit, tongue],
        "national": pages[NATIONAL, lang],
        "count": len(league.standings),
    }


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True, trim_blocks=True,
        lstrip_blocks=True, undefined=jinja2.StrictUndefined,
    )  # fmt: skip


def _render(template: str, **values: Any) -> str:
    return _environment().get_template(template).render(values) + "\n"


def _plain(markdown: str) -> str:
    root = lxml.html.fromstring(f"<div>{mistune.html(markdown)}</div>")
    return " ".join(str(root.text_content()).split())


def _colours() -> str:
    names = {n.lower(): c for n, c in vars(palette).items() if n.isupper() and n != "FONT"}
    return " ".join(f"--{name}: {colour};" for name, colour in names.items())


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
