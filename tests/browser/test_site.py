"""The site in a browser, opened from its files: search, order, map, keys, small screens."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from helpers.report.league import open_league
from helpers.site import pages
from projects import ROOT

LANGS = ("vi", "en")
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
SHOTS = ROOT / "build/screenshots"


@pytest.fixture(scope="module")
def front(sited: Path, built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The front pages of the default index beside the reports of its default unit.

    It asks for the small site first, so that the other process makes the reports meanwhile.
    """
    folder = tmp_path_factory.mktemp("trang web") / "dti"
    shutil.copytree(built / "reports/dti", folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HELPERS_ROOT", str(built))
        for lang in LANGS:
            text = pages.front(open_league("dti", "", 0, lang), LANGS)
            (folder / pages.front_page(lang, LANGS)).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a file in a fresh window; whatever it complains of or asks the network for fails."""
    contexts, wrong = [], []

    def open_page(path: Path, viewport=WIDE, **options) -> Page:
        context = browser.new_context(viewport=viewport, offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda r: r.url.startswith(("file:", "data:")) or wrong.append(r.url))
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def names(page: Page) -> list[str]:
    return [row.strip() for row in page.locator("#table tbody tr:visible th").all_inner_texts()]


@pytest.mark.parametrize("typed", ["phu tho", "PHÚ THỌ", "phútho", "VN-68", "Phu  Tho"])
def test_a_unit_is_found_however_it_is_typed(front: Path, visit, typed: str) -> None:
    page = visit(front / "index.html")
    count = len(names(page))
    page.get_by_role("searchbox").fill(typed)
    assert names(page) == ["Phú Thọ"]
    expect(page.get_by_role("status")).to_contain_text(re.compile(rf"\b1\D+{count}\b"))
    assert page.locator(".map .tile:not(.dim)").count() == 1
    page.keyboard.press("Enter")
    expect(page.locator("#table").get_by_role("link", name="Phú Thọ")).to_be_focused()
    page.get_by_role("searchbox").fill("")
    assert len(names(page)) == count


def test_the_table_sorts_by_every_column_both_ways(front: Path, visit) -> None:
    page = visit(front / "index.en.html")
    heads = page.locator("#table thead th")
    for column in range(heads.count()):
        orders = []
        for _ in range(2):
            heads.nth(column).get_by_role("button").click()
            side = heads.nth(column).get_attribute("aria-sort")
            assert page.locator("#table th[aria-sort]").count() == 1
            cells = page.locator(f"#table tbody tr > :nth-child({column + 1})")
            values = cells.evaluate_all(
                "cells => cells.map(c => c.dataset.value ?? c.textContent.trim())"
            )
            known = [value for value in values if value != ""]
            assert values[: len(known)] == known  # what is missing comes last, either way
            if cells.first.get_attribute("data-value") is not None:
                numbers = [float(value) for value in known]
                assert numbers == sorted(numbers, reverse=side == "descending")
            orders.append((side, known))
        assert {side for side, _known in orders} == {"ascending", "descending"}
        assert sorted(orders[0][1]) == sorted(orders[1][1])


def test_the_map_answers_to_the_mouse(front: Path, visit) -> None:
    page = visit(front / "index.html")
    tile = page.locator(".tile[data-unit='VN-68']")
    tile.hover()
    expect(page.locator("#told")).to_contain_text("Phú Thọ")
    colour = "tile => getComputedStyle(tile.querySelector('rect')).fill"
    before = tile.evaluate(colour)
    page.get_by_role("radio").nth(1).check()
    assert tile.evaluate(colour) != before
    tile.click()
    page.wait_for_url("**/phu-tho.vi.html")


def test_the_map_answers_to_the_keyboard(front: Path, visit) -> None:
    page = visit(front / "index.html")
    page.get_by_role("radio").first.focus()
    page.keyboard.press("Tab")
    place = "() => ['row', 'col'].map(name => Number(document.activeElement.dataset[name]))"
    told = page.locator("#told")
    start, said = page.evaluate(place), told.inner_text()
    for key, axis, way in (("ArrowDown", 0, 1), ("ArrowUp", 0, -1), ("ArrowRight", 1, 1)):
        page.keyboard.press(key)
        now, now_said = page.evaluate(place), told.inner_text()
        assert (now[axis] - start[axis]) * way > 0
        assert now_said != said
        start, said = now, now_said
    # Every tile can be reached by arrows from the first one, and there is one stop for Tab.
    assert page.locator(".tile[tabindex='0']").count() == 1
    reached = page.evaluate(
        """() => {
            const keys = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];
            const start = document.querySelector(".tile"), seen = new Set([start]), open = [start];
            while (open.length) {
                const from = open.pop();
                for (const key of keys) {
                    from.focus();
                    from.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
                    const to = document.activeElement;
                    if (!seen.has(to)) { seen.add(to); open.push(to); }
                }
            }
            return seen.size;
        }"""
    )
    assert reached == page.locator(".tile").count()
    page.locator(".tile[data-unit='VN-68']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/phu-tho.vi.html")


def test_a_finger_is_told_first_and_taken_there_by_the_second_touch(front: Path, visit) -> None:
    page = visit(front / "index.html", NARROW, has_touch=True, is_mobile=True)
    tile = page.locator(".tile[data-unit='VN-68']")
    tile.tap()
    expect(page.locator("#told")).to_contain_text("Phú Thọ")
    assert page.url.endswith("/index.html")
    tile.tap()
    page.wait_for_url("**/phu-tho.vi.html")


@pytest.mark.parametrize(("viewport", "scheme"), [(WIDE, "light"), (NARROW, "dark")])
def test_every_kind_of_page_is_accessible_and_fits_its_screen(
    front: Path, sited: Path, visit, viewport, scheme: str
) -> None:
    site = sited / "reports/site"
    unit = next(
        path for path in sorted((site / "made").glob("*.en.html")) if "national" not in path.stem
    )
    shown = {
        "dti": front / "index.html", "small": site / "made/index.en.html",
        "list": site / "index.html", "unit": unit, "national": site / "made/national.vi.html",
    }  # fmt: skip
    SHOTS.mkdir(parents=True, exist_ok=True)
    for name, path in shown.items():
        page = visit(path, viewport, color_scheme=scheme)
        # Not to fetch style sheets once more, which the pages forbid.
        found = Axe().run(page, options={"preload": False}).response["violations"]
        bad = [
            (v["id"], v["impact"], v["nodes"][0]["html"][:200])
            for v in found
            if v["impact"] in {"serious", "critical"}
        ]
        assert bad == [], path.name
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, path.name
        page.screenshot(
            path=SHOTS / f"site-{name}-{viewport['width']}-{scheme}.png", full_page=True
        )


def test_without_scripts_all_units_stand_there_with_links(front: Path, visit) -> None:
    page = visit(front / "index.html", java_script_enabled=False)
    assert len(names(page)) == page.locator("#table tbody a").count() > 60
    assert page.locator(".map a[href]").count() > 60
