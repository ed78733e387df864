"""The site of an index: whole in its folder, nothing from elsewhere, in forms that others read."""

import datetime as dt
import json
import re
import shutil
import uuid
from pathlib import Path
from urllib.parse import unquote, urlsplit

import lxml.etree
import lxml.html
import pandas as pd
import pytest
from frictionless import Package

from helpers import tables
from helpers.index import catalog, units
from helpers.index.spelling import fold
from helpers.report.league import open_league
from helpers.site import pages, rows
from helpers.words import use
from projects import command
from sites import UNITS

ATOM = "{http://www.w3.org/2005/Atom}"
LANGS = ("vi", "en")


@pytest.fixture(scope="module")
def folder(sited: Path) -> Path:
    return sited / "reports/site/made"


def documents(folder: Path) -> list[Path]:
    return [*folder.parent.glob("index.html"), *sorted(folder.glob("*.html"))]


def links(page: Path) -> list[str]:
    root = lxml.html.fromstring(page.read_bytes())
    return [link for _element, attribute, link, _at in root.iterlinks() if attribute != "cite"]


def test_every_unit_is_there_in_every_language_and_reached_from_the_front_page(
    folder: Path,
) -> None:
    slugs = [
        unit.slug for unit in units.from_table(folder.parents[2] / "data/raw/made/units.csv").all
    ]
    assert len(slugs) == len(UNITS)
    for lang, home in zip(LANGS, ("index.html", "index.en.html"), strict=True):
        linked = links(folder / home)
        for stem in (*slugs, "national"):
            assert f"{stem}.{lang}.html" in linked
            assert (folder / f"{stem}.{lang}.pdf").read_bytes().startswith(b"%PDF")
        assert lxml.html.fromstring((folder / home).read_bytes()).get("lang") == lang


def test_all_links_resolve_within_the_folder_and_nothing_else_is_fetched(folder: Path) -> None:
    inside = folder.parent.resolve()
    for page in documents(folder):
        for link in links(page):
            if link.startswith("data:image/"):
                continue
            parts = urlsplit(link)
            assert not parts.scheme, (page.name, link)
            assert not parts.netloc, (page.name, link)
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            assert target.is_file(), (page.name, link)
            assert target.is_relative_to(inside), (page.name, link)
            if parts.fragment:
                lxml.html.fromstring(target.read_bytes()).get_element_by_id(parts.fragment)
        assert str(folder.parents[2]) not in page.read_text("utf-8")
        (policy,) = lxml.html.fromstring(page.read_bytes()).xpath(
            "//meta[@http-equiv='Content-Security-Policy']/@content"
        )
        assert policy.startswith("default-src 'none'")


def test_one_goes_from_unit_to_unit_and_between_languages(folder: Path) -> None:
    page = folder / "index.html"
    seen = []
    first = lxml.html.fromstring(page.read_bytes()).xpath("//tbody//th/a/@href")[0]
    page = folder / first
    while True:
        seen.append(page.name)
        nav = lxml.html.fromstring(page.read_bytes()).xpath("//nav[@class='around']")[0]
        other = nav.xpath(".//a[@hreflang='en']/@href")
        assert other == [page.name.replace(".vi.", ".en.")]
        assert len(nav.xpath(".//ol//a")) == len(UNITS)
        following = nav.xpath(".//a[@rel='next']/@href")
        if not following:
            break
        page = folder / following[0]
    assert len(seen) == len(set(seen)) == len(UNITS)


def test_names_are_printed_as_they_are_and_run_as_nothing(folder: Path) -> None:
    table = lxml.html.fromstring((folder / "index.html").read_bytes()).get_element_by_id("table")
    assert set(UNITS) == {link.text_content() for link in table.xpath(".//tbody//th/a")}


@pytest.mark.parametrize("lang", LANGS)
def test_the_feed_is_atom_with_an_entry_for_each_report(folder: Path, lang: str) -> None:
    feed = lxml.etree.parse(folder / f"feed.{lang}.xml").getroot()
    assert feed.tag == f"{ATOM}feed"
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == len(UNITS) + 1
    ids = []
    for one in (feed, *entries):
        for name in ("id", "title", "updated"):
            assert len(one.findall(f"{ATOM}{name}")) == 1
            assert one.findtext(f"{ATOM}{name}")
        moment = one.findtext(f"{ATOM}updated")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment)
        assert dt.datetime.fromisoformat(moment).year == 2021  # of the sidecar, not of today
        ids.append(uuid.UUID(one.findtext(f"{ATOM}id")).urn)
        for link in one.findall(f"{ATOM}link"):
            assert (folder / link.get("href")).is_file()
    assert len(set(ids)) == len(ids)
    assert feed.findtext(f"{ATOM}author/{ATOM}name")


def test_the_tables_are_a_valid_data_package_with_all_that_was_processed(folder: Path) -> None:
    package = Package(str(folder / "data/datapackage.json"))
    report = package.validate()
    assert report.valid, report.flatten(["name", "type", "note"])
    made = folder.parents[2] / "data/processed/made"
    assert {resource.path for resource in package.resources} == {p.name for p in made.glob("*.csv")}
    for path in made.iterdir():
        assert (folder / "data" / path.name).read_bytes() == path.read_bytes()
    document = json.loads((folder / "data/datapackage.json").read_bytes())
    for resource in document["resources"]:
        frame = pd.read_csv(folder / "data" / resource["path"])
        assert [field["name"] for field in resource["schema"]["fields"]] == list(frame.columns)
        assert all(field["description"] for field in resource["schema"]["fields"])


def test_a_second_time_nothing_is_made_and_a_spoilt_or_idle_page_is_set_right(
    sited: Path, tmp_path: Path
) -> None:
    root = Path(shutil.copytree(sited, tmp_path / "project"))
    folder = root / "reports/site/made"

    def state() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}

    before = state()
    again = command(root, "site", "--index", "made")
    assert again.code == 0, again.err
    assert state() == before
    page = folder / "index.en.html"
    good = page.read_bytes()
    page.write_bytes(good + b"spoilt")
    mended = command(root, "site", "--index", "made")
    assert "index.en.html was edited" in mended.err
    assert page.read_bytes() == good
    fewer = command(root, "site", "--index", "made", "--langs", "vi")
    assert fewer.code == 0, fewer.err
    assert not list(folder.glob("*.en.*"))
    assert (folder / "index.html").is_file()


def test_the_front_page_of_the_index_at_hand_says_what_its_tables_say(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HELPERS_ROOT", str(built))
    league = open_league("", "", 0, "en")
    page = lxml.html.fromstring(pages.front(league, LANGS))
    changes = tables.read(league.index.name, "changes")
    first, last = league.explained_pair
    moved = changes[(changes["indicator"] == league.index.headline) & (changes["unit_set"] == "63")]
    moved = moved[(moved["year_from"] == first) & (moved["year_to"] == last)].set_index("unit")
    tiles = page.xpath("//a[contains(@class, 'tile')]")
    own = [tile for tile in tiles if "part" not in tile.get("class").split()]
    assert {tile.get("data-unit") for tile in own} == set(league.standings.index)
    for tile in own:
        change = int(moved.loc[tile.get("data-unit"), "change"])
        sign = "p" if change > 0 else "m" if change else "0"
        assert tile.get("data-change")[0] == sign
        assert tile.xpath("string(*[contains(@class, 'value change')])") == use("en").signed(change)
    assert {"Hoàng Sa (Đà Nẵng)", "Trường Sa (Khánh Hòa)"} <= {t.get("data-told") for t in tiles}
    listed = page.get_element_by_id("table").xpath(".//tbody/tr")
    assert [row.get("data-unit") for row in listed] == list(league.standings.index)
    claims = tables.read(league.index.name, "claims")
    claims = claims[(claims["verdict"] == "contradicted") & (claims["unit_set"] == "63")]
    shown = page.get_element_by_id("checked").xpath(".//table")[0].xpath("./tbody/tr")
    keys = ["unit", "indicator", "year", "vs_year", "measure", "value"]
    assert len(shown) == len(claims.drop_duplicates(keys))


def test_a_unit_is_found_by_any_name_without_diacritics() -> None:
    for unit in units.provinces().of("63"):
        found = rows._searched(unit).split("|")
        for name in (unit.name, unit.code, *unit.aliases):
            assert fold(name).replace(" ", "") in found


def test_every_processed_table_of_an_index_is_explained() -> None:
    index_tables = {n for n, t in tables.CONTRACTS.items() if t.maker in pages._MAKERS}
    assert set(rows.table_rows(use("en"))) == index_tables
    for name, text in rows.table_rows(use("en")).items():
        assert text == tables.CONTRACTS[name].row


def test_no_layout_no_map(monkeypatch: pytest.MonkeyPatch, sited: Path) -> None:
    monkeypatch.setenv("HELPERS_ROOT", str(sited))
    catalog._load.cache_clear()
    league = open_league("made", "", 0, "en")
    assert rows.tiles(league) is None
    assert lxml.html.fromstring(pages.front(league, ("en",))).xpath("//*[@id='map']") == []
