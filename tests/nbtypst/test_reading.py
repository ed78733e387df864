"""What a notebook's cells and outputs become, before anything is set."""

import base64
import subprocess
import sys
from importlib.metadata import entry_points
from io import BytesIO
from pathlib import Path

import font_source_sans_pro
import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont
from house import STYLE
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from pypdf import PdfReader

from nbtypst import ReportHTMLExporter, TypstExporter, TypstPDFExporter, faces
from nbtypst.blocks import KeyFigures, Listing, Origin, Picture, Prose
from nbtypst.context import Context
from nbtypst.markdown import plain
from nbtypst.outputs import plain_stream
from nbtypst.pictures import as_part
from nbtypst.read_html import read_html
from nbtypst.read_notebook import read_report
from nbtypst.widths import column_widths

HERE = Origin(1, "x")
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg"/>'


def md(source, *tags):
    return new_markdown_cell(source, metadata={"tags": list(tags)})


def code(source="", *tags, outputs=()):
    return new_code_cell(source, metadata={"tags": list(tags)}, outputs=list(outputs))


def read(*cells, lang="", show_code=False, name="", **metadata):
    nb = new_notebook(cells=list(cells), metadata=metadata)
    return read_report(nb, STYLE, lang, show_code, name)


def tables_of(html):
    return [token["block"] for token in read_html(html, Context(HERE, STYLE)) if "block" in token]


def prose(report):
    return [plain([t]) for b in report.blocks if isinstance(b, Prose) for t in b.tokens]


# Language and tags


def test_the_language_of_the_run_comes_before_that_of_the_parameters_cell():
    cell = code('unit: str = "VN-68"\nlang: str = "vi"  # language', "parameters")
    assert read(cell, md("a")).lang == "vi"
    assert read(cell, md("a"), papermill={"parameters": {"lang": "en"}}).lang == "en"
    assert read(cell, md("a"), lang="VI_vn").lang == "vi-VN"
    assert read(code('lang = "vi"', "parameters")).lang == "vi"
    assert read(code("%magic", "parameters")).lang == "en"
    assert read(md("a")).lang == "en"


def test_cells_of_other_languages_and_hidden_cells_do_not_show():
    stream = new_output("stream", text="đầu ra")
    cells = [
        md("xin chào", "lang-vi"),
        md("hello", "lang-en"),
        md("both", "lang-en", "lang-vi"),
        md("gone", "remove-cell"),
        code("x = 1", "injected-parameters", outputs=[stream]),
        code("y", "lang-en", outputs=[stream]),
        code("z", "hide-output", outputs=[stream]),
    ]
    report = read(*cells, lang="vi-VN")
    assert prose(report) == ["xin chào", "both"]
    assert len(report.blocks) == 2
    assert [b.text for b in read(*cells, lang="vi", show_code=True).blocks[2:]] == ["z"]


def test_code_shows_on_request():
    blocks = read(code("a = 1"), show_code=True).blocks
    assert blocks == [Listing("a = 1", "code", Origin(1, "a = 1"))]
    assert read(code("a = 1")).blocks == []


# Title and outline


def test_the_title_block_is_taken_out_of_the_text():
    report = read(
        md("DTI 2023", "kicker"),
        md("Một câu.\n\n# Phú *Thọ* & `63`\n\n## Hai", "subtitle"),
        md("Mở đầu.\n\n# Ba"),
        report={"author": "Sở", "date": {"en": "2026-03-01"}},
    )
    assert (report.title, report.subtitle, report.kicker) == (
        "Phú Thọ & 63",
        "Một câu.",
        "DTI 2023",
    )
    assert report.byline == "Sở · 1 March 2026"
    assert prose(report) == ["Hai", "Mở đầu.", "Ba"]


def test_a_computed_title_counts_and_without_any_the_name_stands_in():
    output = new_output("display_data", {"text/markdown": "# Tựa\n\nLời", "text/plain": "x"})
    report = read(code(outputs=[output]))
    assert report.title == "Tựa"
    assert prose(report) == ["Lời"]
    assert read(md("a"), name="so-lieu").title == "so-lieu"


def test_the_outline_has_no_gaps():
    report = read(md("# T\n\n### a\n\n##### b\n\n## c\n\n# d\n\n> ## in a quote"))
    tokens = [t for b in report.blocks for t in b.tokens]
    assert [t["attrs"]["level"] for t in tokens if t["type"] == "heading"] == [1, 2, 1, 1]
    assert tokens[-1]["children"][0]["type"] == "paragraph"


# Outputs


def test_terminal_codes_are_stripped_and_carriage_returns_overwrite():
    assert plain_stream("\x1b[0;31mValueError\x1b[0m: x") == "ValueError: x"
    assert plain_stream("10 %\r50 %\r100 %\r\nxong\r") == "100 %\nxong"
    assert plain_stream("\x1b]8;;http://x\x1b\\nối\x1b]8;;\x1b\\") == "nối"


def test_streams_and_tracebacks():
    outputs = [
        new_output("stream", name="stdout", text="một\n"),
        new_output("stream", name="stderr", text="cảnh báo"),
        new_output("error", ename="E", evalue="v", traceback=["\x1b[31mE\x1b[0m: v"]),
    ]
    found = [(b.kind, b.text) for b in read(code("x", outputs=outputs)).blocks]
    assert found == [("stream", "một"), ("error", "E: v")]
    assert [origin.cell for origin in read(code("x", outputs=outputs)).hidden] == [1]
    shown = read(code("x", outputs=outputs), show_code=True)
    assert len(shown.blocks) == 4 and not shown.hidden


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ({"image/svg+xml": "<svg/>", "text/html": "<table><tr><td>1</table>"}, "Picture"),
        ({"text/latex": "$x$", "image/png": "AAAA"}, "Prose"),
        ({"text/latex": "\\begin{tabular}", "text/html": "<table><tr><td>1</table>"}, "Table"),
        ({"text/html": "<table><tr><td>1</table>", "text/markdown": "m"}, "Table"),
        ({"text/html": "<b>x</b>", "text/markdown": "m", "text/plain": "p"}, "Prose"),
        ({"text/html": "<b>x</b>", "text/plain": "p"}, "Prose"),
        ({"application/json": {}, "text/plain": "p"}, "Listing"),
        ({"text/html": "<pre>x</pre>"}, "Listing"),
    ],
)
def test_the_richest_form_is_chosen(data, kind):
    output = new_output("display_data", data, metadata={"image/svg+xml": {"alt": "a"}})
    (block,) = read(code(outputs=[output])).blocks
    assert type(block).__name__ == kind


def test_pictures_in_markdown_are_lifted_out_of_the_text():
    svg = base64.b64encode(DRAWING.encode()).decode()
    cell = md(
        f'Trước ![một](attachment:a.svg) sau\n\n![hai](data:image/svg+xml;base64,{svg} "Tựa")'
    )
    cell["attachments"] = {"a.svg": {"image/svg+xml": DRAWING}}
    text, first, second = read(cell).blocks
    assert plain(text.tokens) == "Trước sau"
    assert first == Picture("image/svg+xml", DRAWING.encode(), "một", first.origin)
    assert (second.alt, second.caption) == ("hai", "Tựa")


def test_remote_pictures_leave_a_note():
    report = read(md("a ![biểu đồ](http://x.vn/a.png) ![b](c.png) c"))
    assert prose(report) == ["a c"]
    assert [(n.kind, n.detail) for n in report.notices] == [
        ("remote", "biểu đồ, http://x.vn/a.png"),
        ("missing", "b"),
    ]


# Tables


def texts(rows):
    return [[cell.text for cell in row] for row in rows]


def test_a_pandas_frame_and_its_styler_are_tables():
    frame = pd.DataFrame({"Tỉnh": ["Phú Thọ", "Hà Nội"], "Hạng": [43, 1]}, index=["x", "y"])
    for html in (frame.to_html(), frame.style.to_html(), frame._repr_html_()):
        (table,) = tables_of(html)
        assert texts(table.head) == [["", "Tỉnh", "Hạng"]]
        assert texts(table.body) == [["x", "Phú Thọ", "43"], ["y", "Hà Nội", "1"]]
        assert [cell.side for cell in table.body[0]] == ["left", "left", "right"]
        assert [cell.side for cell in table.head[0]] == ["left", "left", "right"]
    styled = frame.style.set_properties(subset=["Tỉnh"], **{"text-align": "center"}).to_html()
    assert tables_of(styled)[0].body[0][1].side == "center"


def test_a_frame_with_two_levels_of_columns_keeps_its_spans():
    columns = pd.MultiIndex.from_product([["2022", "2023"], ["hạng", "điểm"]])
    (table,) = tables_of(pd.DataFrame([[1, 2, 3, 4]], columns=columns).to_html())
    assert table.width == 5
    assert [(c.text, c.colspan) for c in table.head[0]] == [("", 1), ("2022", 2), ("2023", 2)]


def test_meters_are_bars_and_their_column_keeps_their_room():
    cells = [
        "<meter value=57.3 max=100></meter> 57.3%",
        "<meter value=71 max=100 data-most=100></meter> over 71%",
        "12",
        "<meter value=nan min=x max=-1>?</meter>",
        "<meter value=1e9 data-most=-5 max=100></meter>",
    ]
    html = "".join(f"<tr><th>x<td>{cell}</tr>" for cell in cells)
    (table,) = tables_of(f"<table>{html}</table>")
    assert texts(table.body) == [["x", t] for t in ("57.3%", "over 71%", "12", "?", "")]
    bars = [row[1].bar for row in table.body]
    assert bars == [(0.573, 0.573), (0.71, 1.0), (0, 0), (0, 0), (1.0, 1.0)]
    assert all(row[0].bar is None for row in table.body)


def widths(rows, heads=("a", "b", "c")):
    body = "".join("<tr>" + "".join(f"<td>{cell}" for cell in row) + "</tr>" for row in rows)
    head = "".join(f"<th>{cell}" for cell in heads)
    (table,) = tables_of(f"<table><thead><tr>{head}</thead>{body}</table>")
    return [float(width.removesuffix("fr")) for width in column_widths(table)]


def test_columns_get_what_they_need_while_the_page_holds_it():
    first, second, third = widths([["x" * 40, "y" * 20, "z" * 10]])
    assert first > second > third


def test_a_long_text_gives_way_to_figures_and_short_texts():
    rows = [[f"{'từ ngữ ' * 20}", "33.45–33.55%", "quả táo"]] * 4
    long, bounds, short = widths(rows)
    assert long + bounds + short <= 110  # characters across the page
    assert bounds >= len("33.45–33.55%") and short >= len("quả táo")
    # Of two long texts the longer gets more, as that saves lines.
    more, less, _ = widths([["một hai " * 20, "ba bốn " * 10, "1"]] * 4)
    assert more > less


def test_key_figures_are_recognised():
    html = (
        '<table class="key-figures"><thead><tr><th>Hạng</th></tr></thead>'
        "<tbody><tr><td>43</td></tr></tbody></table>"
    )
    assert tables_of(html) == [KeyFigures([("43", "Hạng", "")], HERE)]


CELL = st.tuples(st.sampled_from(["td", "th"]), st.integers(0, 4), st.integers(0, 4))


@given(st.lists(st.lists(CELL, max_size=4), max_size=5), st.integers(0, 3))
@settings(max_examples=25, deadline=None)
def test_every_table_becomes_a_full_grid(rows, heads):
    html = [
        "<tr>"
        + "".join(f"<{name} colspan={wide} rowspan={high}>x</{name}>" for name, wide, high in row)
        + "</tr>"
        for row in rows
    ]
    head, body = "".join(html[:heads]), "".join(html[heads:])
    for table in tables_of(f"<table><thead>{head}</thead><tbody>{body}</tbody></table>"):
        for part in (table.head, table.body):
            area = sum(cell.colspan * cell.rowspan for row in part for cell in row)
            assert area == len(part) * table.width
    output = new_output("display_data", {"text/html": f"<table>{head}{body}</table>"})
    nb = new_notebook(cells=[md("# a"), code(outputs=[output])])
    assert TypstPDFExporter().from_notebook_node(nb)[0].startswith(b"%PDF-1.7")


# HTML, and the command line


def test_the_page_is_self_contained_and_semantic():
    table = "<table><caption>C</caption><thead><tr><th>a<th>b</thead><tr><th>x<td>1</table>"
    png = new_output(
        "display_data", {"image/svg+xml": "<svg/>"}, metadata={"image/svg+xml": {"alt": 'a"b'}}
    )
    cells = [md("# T\n\n## H [l](https://a.vn) [bad](javascript:x)"), code(outputs=[png])]
    cells.append(code(outputs=[new_output("display_data", {"text/html": table})]))
    html, _ = ReportHTMLExporter().from_notebook_node(new_notebook(cells=cells))
    soup = BeautifulSoup(html, "lxml")
    assert soup.html["lang"] == "en"
    assert [h.get_text() for h in soup(["h1", "h2"])] == ["T", "H l bad"]
    assert [a["href"] for a in soup("a")] == ["https://a.vn"]
    assert soup.img["alt"] == 'a"b'
    assert soup.img["src"].startswith("data:image/svg+xml;base64,")
    assert soup.select_one(".table figcaption").get_text() == "Table 1. C"
    assert soup.select_one(".wide")["tabindex"] == "0"
    assert [th["scope"] for th in soup("th")] == ["col", "col", "row"]
    assert not soup(["script", "link", "iframe"])


def test_listing_the_exporters_does_not_load_what_sets_type():
    found = {e.name: e.load() for e in entry_points(group="nbconvert.exporters")}
    for name in ("typst", "typst_pdf", "report_html"):
        assert found[name].export_from_notebook
    slow = {"typst", "babel", "matplotlib", "pandas"}
    script = f"import sys, nbtypst; assert not {slow} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_the_command_line_writes_every_form(tmp_path):
    cells = [md("# Phú Thọ\n\nHạng 43.", "lang-vi"), md("# Other", "lang-en"), code("print(1)")]
    cells[-1].execution_count = 1  # one that was not run is refused
    nbformat.write(new_notebook(cells=cells), tmp_path / "nb.ipynb")
    options = ["--TypstPDFExporter.lang=vi", "--TypstPDFExporter.show_code=True"]
    command = [sys.executable, "-m", "nbconvert", "--to", "typst_pdf", *options, "nb.ipynb"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "nb.pdf").read_bytes().startswith(b"%PDF-1.7")
    assert (
        TypstExporter().from_filename(str(tmp_path / "nb.ipynb"))[1]["output_extension"] == ".typ"
    )


# Drawings whose text is text

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="90pt" height="20pt" viewBox="0 0 90 20" '
    'font-family="\'Source Sans Pro\'"><g fill="#1f2933" paint-order="stroke" stroke="#fff">'
    '<text x="1" y="9">Thừa Thiên Huế</text></g></svg>'
)


def picture(svg, **about):
    output = new_output(
        "display_data", {"image/svg+xml": svg}, metadata={"image/svg+xml": {"alt": "a", **about}}
    )
    return new_notebook(cells=[md("# T"), code(outputs=[output])])


def test_a_drawing_is_part_of_the_page_with_its_narrow_form_and_one_typeface():
    html, _ = ReportHTMLExporter().from_notebook_node(picture(DRAWING, narrow=DRAWING))
    soup = BeautifulSoup(html, "lxml")
    assert soup.select_one(".drawing")["role"] == "img"
    assert soup.select_one(".drawing")["aria-label"] == "a"
    assert [svg["class"] for svg in soup("svg")] == [["broad"], ["narrow"]]
    assert not soup("img")
    assert html.count("@font-face") == 2 and html.count("base64,") == 2


def test_the_pdf_has_the_text_of_the_broad_drawing_once():
    narrow = DRAWING.replace("Thừa Thiên Huế", "Hẹp")
    pdf, _ = TypstPDFExporter().from_notebook_node(picture(DRAWING, narrow=narrow))
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    assert text.count("Thừa Thiên Huế") == 1 and "Hẹp" not in text


@pytest.mark.parametrize(
    "extra",
    [
        "<script>alert(1)</script>",
        '<image href="http://a.vn/x"/>',
        "<style>*{display:none}</style>",
        '<g onload="x"><text>a</text></g>',
        '<g id="a"><text>a</text></g>',
        '<g class="a"><text>a</text></g>',
        '<path fill="url(#x)"/>',
        "<foreignObject/>",
        "<!-- -- >",
        '<g style="position:fixed"><text>a</text></g>',
    ],
)
def test_what_is_more_than_a_drawing_stays_a_picture_of_its_own(extra):
    svg = DRAWING.replace("</svg>", f"{extra}</svg>")
    assert as_part(DRAWING.encode()) and not as_part(svg.encode())


def test_the_pages_typeface_is_that_of_the_pdf_with_every_letter_of_a_report():
    wanted = set((Path(__file__).parents[2] / "data/raw/provinces/units.csv").read_text("utf-8"))
    wanted |= set("ĂÂĐÊÔƠƯăâđêôơưẰẲẴẮẶằẳẵắặẦẨẪẤẬầẩẫấậỀỂỄẾỆềểễếệỒỔỖỐỘồổỗốộỜỞỠỚỢờởỡớợ–—−→↓…%‰×≤≥“”")
    for face in faces.WEIGHTS:
        full = TTFont(Path(font_source_sans_pro.font_directory, f"SourceSansPro-{face}.ttf"))
        cut = TTFont(faces.FOLDER / f"SourceSansPro-{face}.woff2")
        names, all_names = cut.getBestCmap(), full.getBestCmap()
        assert {ord(c) for c in wanted if c.isprintable()} <= set(names)
        assert all(
            cut["hmtx"][names[code]][0] == full["hmtx"][all_names[code]][0] for code in names
        )
        assert (faces.FOLDER / f"SourceSansPro-{face}.woff2").stat().st_size < 17_000
