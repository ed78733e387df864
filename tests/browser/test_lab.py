"""JupyterLab in a browser, from ``make lab`` on: the desk, the explorer, the notebooks, the export.

One window for all, in the order of the tests, as a user has it.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect
from pypdf import PdfReader

from projects import ROOT

SHOTS = ROOT / "build/screenshots"
NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
PATIENCE = 60_000  # milliseconds; for machines that do other things too
FILE, RUN = 0, 3  # the places of two menus
READY = "jupyterapp.shell.currentWidget?.sessionContext?.kernelDisplayStatus === 'idle'"
DONE = """() => {
    const { sessionContext, content } = jupyterapp.shell.currentWidget;
    const code = content.widgets.filter(cell => cell.model.type === 'code');
    return sessionContext.session?.kernel?.status === 'idle' &&
        code.every(cell => cell.model.executionCount && cell.model.executionState !== 'running');
}"""


@pytest.fixture(scope="module")
def window(browser: Browser, lab: tuple[str, Path]) -> Iterator[Page]:
    """The window; whatever it complains of, or asks of another machine, fails at the end."""
    address, _root = lab
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    context.set_default_timeout(PATIENCE)
    page, wrong = context.new_page(), []

    def hear(said: ConsoleMessage) -> None:
        # The preview of the README asks for its pictures before it knows where they are.
        early = (f"{address}/docs/", f"{address}/reports/samples/")
        if said.type == "error" and not said.location["url"].startswith(early):
            wrong.append(f"{said.text} {said.location}")

    page.on("console", hear)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    here = (address, address.replace("http", "ws"), "data:", "blob:")
    context.on("request", lambda r: r.url.startswith(here) or wrong.append(r.url))
    page.goto(f"{address}/lab?token=test")
    page.locator(".jp-Notebook").first.wait_for()
    expect.set_options(timeout=PATIENCE)
    yield page
    expect.set_options(timeout=5_000)
    context.close()
    assert not wrong, "\n".join(wrong)


def shoot(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    for width in (1440, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(500)
        page.screenshot(path=SHOTS / f"lab-{name}-{width}.png")
    page.set_viewport_size({"width": 1440, "height": 900})


def to_top(page: Page) -> None:
    page.evaluate("() => jupyterapp.shell.currentWidget.content.scrollToItem(0, 'start')")


def panel(page: Page) -> Locator:
    return page.locator(".jp-NotebookPanel:visible", has=page.locator(".jp-Notebook")).last


def said(page: Page) -> str:
    return page.locator(".widget-html-content b").first.inner_text()


def rank(page: Page) -> str:
    found = re.search(r"thứ (\d+)", said(page))
    assert found
    return found[1]


def test_two_clicks_from_the_desk_to_another_rank(window: Page) -> None:
    # As soon as the page takes a click, whether or not there is a kernel yet.
    panel(window).locator('[data-command="desk:run-all"]').click()
    handle = window.locator(".widget-slider .noUi-handle").first
    handle.wait_for()
    window.wait_for_function("!document.querySelector('.widget-html-content b') === false")
    before = rank(window)
    handle.scroll_into_view_if_needed()
    box, track = handle.bounding_box(), window.locator(".widget-slider .noUi-target").first
    room = track.bounding_box()
    assert box and room
    window.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    window.mouse.down()
    for share in (0.4, 0.6, 0.8):
        window.mouse.move(room["x"] + room["width"] * share, box["y"] + box["height"] / 2)
    # Said only where the rank as set is not the published one.
    expect(window.locator(".widget-html-content b").first).to_contain_text(f"là thứ {before}")
    window.mouse.up()
    assert rank(window) != before
    shoot(window, "explorer")


def test_the_desk_is_ready_and_vietnamese(window: Page, lab: tuple[str, Path]) -> None:
    for tab in ("0-start.ipynb", "6-explore.ipynb", "README.vi.md"):
        expect(window.locator(".lm-TabBar-tabLabel", has_text=tab)).to_be_visible()
    expect(window.locator(".lm-MenuBar-itemLabel").first).to_have_text("Tệp")
    expect(panel(window).locator(".jp-KernelName")).to_contain_text("Python cho xếp hạng")
    expect(window.locator(".jp-Dialog")).to_have_count(0)
    expect(window.locator(".cm-lineNumbers")).to_have_count(0)
    shoot(window, "desk")


def test_a_unit_is_found_without_diacritics(window: Page) -> None:
    window.locator(".widget-text input").first.press_sequentially("ha noi", delay=30)
    expect(window.locator(".widget-html-content b").first).to_contain_text("Hà Nội")
    expect(window.locator(".dt-container tbody tr")).not_to_have_count(0)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_notebook_runs_from_the_menu(window: Page, name: str) -> None:
    open_notebook(window, name)
    # Outputs are stored: what is seen afterwards must be of this run.
    window.evaluate("() => { jupyterapp.commands.execute('notebook:clear-all-cell-outputs') }")
    menu(window, RUN)
    window.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click()
    window.wait_for_function(DONE, polling=500)
    for kind in ("error", "stderr"):
        found = window.locator(f'[data-mime-type="application/vnd.jupyter.{kind}"]:visible')
        assert found.all_inner_texts() == []
    if name in {"report", "gallery"}:
        to_top(window)
        shoot(window, name)


def test_what_was_run_is_not_written_by_itself(lab: tuple[str, Path], built: Path) -> None:
    for name in NOTEBOOKS:
        stored = (one / "notebooks" / f"{name}.ipynb" for one in (lab[1], built))
        assert len({path.read_bytes() for path in stored}) == 1, name


def test_the_export_entry_gives_a_pdf_with_pictures(window: Page) -> None:
    open_notebook(window, "report")
    menu(window, FILE)
    exports = window.locator('.lm-Menu-item[data-command="notebook:export-to-format"]')
    expect(exports).to_have_text([re.compile(r"Report \(PDF\)"), re.compile(r"Report \(HTML\)")])
    shoot(window, "export")
    # The window that it opens closes as the file begins to come, and Playwright may lose the file.
    window.evaluate("() => { window.open = address => { window.asked = address; } }")
    exports.first.click()
    window.wait_for_function("() => window.asked")
    address = str(window.evaluate("() => new URL(asked, location).href"))
    came = window.context.request.get(address, headers={"Referer": window.url})
    assert came.ok, came.status_text
    reader = PdfReader(io.BytesIO(came.body()))
    assert "Phú Thọ" in reader.pages[0].extract_text()
    assert count_figures(reader.root_object["/StructTreeRoot"]) >= 3


def open_notebook(page: Page, name: str) -> None:
    path = f"notebooks/{name}.ipynb"
    page.evaluate("path => { jupyterapp.commands.execute('docmanager:open', {path}) }", path)
    page.wait_for_function(
        f"path => jupyterapp.shell.currentWidget?.context?.path === path && {READY}",
        arg=path,
    )


def menu(page: Page, place: int) -> None:
    page.locator(".lm-MenuBar-item").nth(place).click()


def count_figures(element: Any) -> int:
    """Count the figures in a tagged PDF's tree."""
    element = element.get_object()
    if isinstance(element, list):
        return sum(map(count_figures, element))
    if not isinstance(element, dict):
        return 0
    inner = count_figures(element["/K"]) if "/K" in element else 0
    return inner + (element.get("/S") == "/Figure")
