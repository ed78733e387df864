"""The page: found one's way in, read on a phone and by night, used without a mouse."""

import shutil

import pytest
from bs4 import BeautifulSoup
from constructs import CONSTRUCTS
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from nbtypst import ReportHTMLExporter

HEADS = [new_markdown_cell(f"## Part {n}\n\ntext") for n in range(1, 4)]


def grid(columns, rows=3, **spans):
    about = "".join(f" {name}={size}" for name, size in spans.items())
    head = "".join(f"<th>head {n}" for n in range(columns))
    row = f"<tr><th{about}>row" + "".join(f"<td>cell {n}" for n in range(1, columns))
    html = f"<table><caption>C</caption><thead><tr>{head}</thead>{row * rows}</table>"
    return new_code_cell("t", outputs=[new_output("display_data", {"text/html": html})])


def page(*cells, **options):
    html, _ = ReportHTMLExporter(**options).from_notebook_node(new_notebook(cells=list(cells)))
    return BeautifulSoup(html, "lxml")


def test_a_page_with_many_parts_lists_them_and_every_link_leads_somewhere():
    soup = page(new_markdown_cell("# T"), *HEADS, new_markdown_cell("see[^1]\n\n[^1]: there"))
    links = [a["href"][1:] for a in soup("a")]
    assert [a.get_text() for a in soup.select(".contents a")] == ["Part 1", "Part 2", "Part 3"]
    assert all(len(soup.select(f'[id="{name}"]')) == 1 for name in links)
    assert not page(*HEADS[:2]).select("nav")


def test_other_languages_are_linked_by_their_own_names():
    soup = page(*HEADS, lang="en", pages={"vi": "a.vi.html", "en": "a.en.html"})
    (link,) = soup.select(".languages a")
    assert (link["href"], link["lang"], link.get_text()) == ("a.vi.html", "vi", "Tiếng Việt")


def test_a_table_of_some_columns_has_the_heads_beside_its_cells_for_a_phone():
    table = page(grid(5)).table
    assert table["class"] == ["cards"] and table["role"] == "table"
    assert [td["data-label"] for td in table.tbody.tr("td")] == [f"head {n}" for n in range(1, 5)]
    assert {td["role"] for td in table.tbody("td")} == {"cell"}
    for other in (grid(4), grid(12), grid(5, rowspan=2)):
        assert page(other).table.get("class") is None


@pytest.fixture(scope="module")
def browser():
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        pytest.skip("no Chromium on this machine")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="module")
def everything():
    """A page with every construct, tables of every width and a list of its parts."""
    cells = [*HEADS, *(one.cell for one in CONSTRUCTS), *map(grid, (2, 5, 12))]
    options = {"pages": {"vi": "a.vi.html"}}
    return ReportHTMLExporter(**options).from_notebook_node(new_notebook(cells=cells))[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_cut_or_out_of_reach(browser, everything, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    size = {"width": width, "height": 800}
    view = browser.new_page(viewport=size, color_scheme=scheme, bypass_csp=True)
    view.set_content(everything)
    assert view.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(view).response["violations"]
    view.close()
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
