"""The exporters: free text is never code, the PDF is accessible, and errors name the cell."""

import io
import json
import time
import unicodedata

import pandas as pd
import pypdf
import pytest
from bs4 import BeautifulSoup
from house import LANGUAGES, STYLE
from hypothesis import example, given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from structure import elements, nodes
from traitlets import TraitError

from helpers import show
from nbtypst import ExportError, ReportHTMLExporter, TypstExporter, TypstPDFExporter, press
from nbtypst.blocks import Origin
from nbtypst.read_notebook import read_report
from nbtypst.to_typst import escape, quote

TRICKY = ['#eval("x")', "$x$", "*a*", "<script>alert(1)</script>", "@ref", "\\", "//", "`c`"]
SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='90' height='30'><path d='M0 0L90 30'/></svg>"
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)
LITERAL = """
#let plain(it) = if it.has("text") { it.text } else if it.has("children") {
  it.children.map(plain).sum(default: "")
} else if it == [ ] { " " } else { "<?>" + repr(it) }
"""


def md(source, *tags):
    return new_markdown_cell(source, metadata={"tags": list(tags)})


def code(source="", *tags, outputs=()):
    return new_code_cell(source, metadata={"tags": list(tags)}, outputs=list(outputs))


def result(data, metadata=None):
    return new_output("display_data", data, metadata=metadata or {})


def shown(thing):
    return result(*thing._repr_mimebundle_())


def figure(alt="Hạng 23, rồi 43", caption="Thứ hạng"):
    return result({"image/svg+xml": SVG}, {"image/svg+xml": {"alt": alt, "caption": caption}})


def notebook(*cells, **metadata):
    return new_notebook(cells=list(cells), metadata=metadata)


def pdf(*cells, lang="", **metadata):
    data, _ = TypstPDFExporter(lang=lang, languages=LANGUAGES).from_notebook_node(
        notebook(*cells, **metadata)
    )
    return pypdf.PdfReader(io.BytesIO(data))


def text_of(reader):
    text = "\n".join(page.extract_text() for page in reader.pages)
    return unicodedata.normalize("NFC", text)


def squeezed(text):
    return "".join(unicodedata.normalize("NFC", text).split())


def page(*cells, lang="", **metadata):
    html, _ = ReportHTMLExporter(lang=lang).from_notebook_node(notebook(*cells, **metadata))
    return BeautifulSoup(html, "lxml")


def typst_value(source):
    import typst

    return json.loads(typst.Compiler(source.encode()).query("<x>", field="value", one=True))


# Free text


@given(st.text())
@example("1. a")
@example("+ a - b = c")
@example("= a")
@example("/ a: b")
@example("... -- ~ -1 -?")
@example("\\u{41}")
@example("http://a.vn/*b*")
@example("a /* b */ // c")
@settings(max_examples=80, deadline=None)
def test_escaped_text_is_text_and_nothing_else(text):
    found = typst_value(f"{LITERAL}\n#metadata(plain([{escape(text)}])) <x>")
    kept = "".join(c for c in text if unicodedata.category(c) not in {"Cc", "Cs"} or c.isspace())
    assert squeezed(found).replace("\ufffd", "") == squeezed(kept).replace("\ufffd", "")


@given(st.text())
@example('"')
@example('\\"')
@settings(max_examples=40, deadline=None)
def test_quoted_text_is_a_string(text):
    found = typst_value(f"#metadata({quote(text)}) <x>")
    kept = "".join(c for c in text if unicodedata.category(c) not in {"Cc", "Cs"} or c.isspace())
    assert squeezed(found).replace("\ufffd", "") == squeezed(kept).replace("\ufffd", "")


@given(st.text(min_size=1))
@example("中文 😀 \u0378 \ue000")
@example("ع ש \u202e x")
@settings(max_examples=15, deadline=None)
def test_any_text_anywhere_compiles(text):
    table = show.Table(pd.DataFrame({text: [text, "1"]}), caption=text)
    reader = pdf(
        md(text),
        md(f"# {show.literal(text)}"),
        code(text, outputs=[shown(table), figure(alt=text + ".", caption=text)]),
        code(outputs=[new_output("stream", text=text), shown(show.KeyFigures([(text, text)]))]),
        report={"kicker": text, "date": text},
    )
    assert len(reader.pages) >= 1


@given(st.text("aếỗ 12*_#$@<>[](){}\\/`~=-+|.:;!?'\"&%^,", min_size=1).filter(str.strip))
@settings(max_examples=15, deadline=None)
def test_text_comes_out_of_the_pdf_as_it_went_in(text):
    table = show.Table(pd.DataFrame({"Tỉnh": [text]}))
    cells = [
        code(outputs=[shown(show.Text(f"Tên {show.literal(text)} hết"))]),
        code(outputs=[shown(table)]),
    ]
    found = squeezed(text_of(pdf(*cells)))
    assert squeezed(f"Tên {text} hết") in found
    assert found.count(squeezed(text)) >= 2
    assert squeezed(f"Tên {text} hết") in squeezed(page(*cells).get_text())


@pytest.mark.parametrize("text", TRICKY)
def test_a_unit_with_a_tricky_name_prints_literally(text):
    cells = [
        code(outputs=[shown(show.Text(f"# Hạng của {show.literal(text)}"))]),
        code(outputs=[shown(show.Table(pd.DataFrame({"Tỉnh": [text]}), caption=f"Bảng {text}"))]),
        code(outputs=[figure(alt=text, caption=f"Ảnh {text}")]),
        code(outputs=[new_output("stream", text=f"in {text}")]),
    ]
    reader, html = pdf(*cells), page(*cells)
    for prefix in ("Hạng của ", "Bảng ", "Ảnh ", "in "):
        assert squeezed(prefix + text) in squeezed(text_of(reader))
        assert prefix + text in html.get_text()
    assert reader.metadata.title == f"Hạng của {text}"
    assert not html.find_all("script")


def test_a_character_without_a_glyph_is_printed_by_its_number():
    assert "Tên ‹U+F1234› hết" in text_of(pdf(md("Tên \U000f1234 hết")))


def test_typst_markup_in_markdown_cells_is_text_too():
    source = '#eval("x") @ref // x <b>đ</b> `#c` *= d*'
    for text in (text_of(pdf(md(source))), page(md(source)).main.get_text()):
        assert squeezed('#eval("x") @ref // x đ #c = d') in squeezed(text)


# The PDF

FRONT = [
    md("# Phú Thọ tụt 20 bậc", "lang-vi"),
    md("# Phú Thọ fell 20 places", "lang-en"),
    md("Điểm vẫn tăng.", "subtitle", "lang-vi"),
    md("The score still rose.", "subtitle", "lang-en"),
]
LONG = pd.DataFrame({"Tỉnh": [f"Tỉnh {i}" for i in range(90)], "Hạng": range(1, 91)})
SAMPLE = [
    code('lang: str = "vi"  # language', "parameters"),
    *FRONT,
    md("## Vị trí\n\n*Nghiêng*, **đậm**, [liên kết](https://dti.gov.vn)."),
    md("- một\n  1. hai\n\n> trích"),
    code("fig()", outputs=[figure()]),
    code("table()", outputs=[shown(show.Table(LONG, caption="Mọi tỉnh"))]),
    code(outputs=[shown(show.KeyFigures([("43", "Hạng chung", "trong 63")]))]),
    md("Nguồn: dti.gov.vn", "note"),
]


@pytest.fixture(scope="module")
def reader():
    return pdf(*SAMPLE, report={"kicker": {"vi": "Chỉ số DTI"}, "date": "2026-03-01"})


def test_the_pdf_says_what_it_is(reader):
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "vi-VN"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == "Phú Thọ tụt 20 bậc"
    assert reader.metadata.creation_date.date().isoformat() == "2026-03-01"
    xmp = root["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp


def test_the_pdf_is_tagged(reader):
    tags = elements(reader)
    names = [name for name, _ in tags]
    assert ("/Figure", "Hạng 23, rồi 43") in tags
    assert names.count("/TR") == 91
    assert {"/H1", "/L", "/LI", "/Link", "/Caption", "/BlockQuote"} <= set(names)


def test_every_text_is_a_paragraph(reader):
    # Lines that stand alone, within notes, beside figures and in cards, too.
    paragraphs = [node for node in nodes(reader) if node["/S"] == "/P"]
    assert len(paragraphs) >= len(["kicker", "deck", "byline", "text", "quote", "card", "note"])
    assert not [node for node in nodes(reader) if node["/S"] == "/Span" and "/Alt" in node]


def scopes(reader):
    """Return the scopes of a document's heads of columns and rows."""
    heads = [node for node in nodes(reader) if node["/S"] == "/TH"]
    return [attribute["/Scope"] for node in heads for attribute in node["/A"][:1]]


def test_heads_of_columns_and_of_rows_have_their_scope(reader):
    assert scopes(reader) == ["/Column"] * 2 + ["/Row"] * len(LONG)
    table = "<table><thead><tr><th>a<th>b</thead><tr><th rowspan=2>x<td>1<tr><td>2</table>"
    headless = "<table><tr><th>y<td>3<tr><th>z<td>4</table>"
    cells = [code(outputs=[result({"text/html": html})]) for html in (table, headless)]
    found = scopes(pdf(*cells))
    assert found == ["/Column", "/Column", "/Row", "/Row", "/Row"]


def test_headings_are_bookmarks_and_links_lead_where_they_say(reader):
    def titles(outline):
        return [titles(part) if isinstance(part, list) else part.title for part in outline]

    cells = [
        md("# T\n\n## A b\n\n### C"),
        md("[there](#A-b) [here](#C) [gone](#D) [out](https://a.vn)"),
    ]
    found = pdf(*cells)
    assert titles(found.outline) == ["A b", ["C"]]
    links = [link.get_object() for page in found.pages for link in page.get("/Annots", [])]
    assert [link["/A"]["/URI"] for link in links if "/A" in link] == ["https://a.vn"]
    named = found.named_destinations
    tops = [named[link["/Dest"]]["/Top"] for link in links if "/Dest" in link]
    heads = [part["/Top"] for part in (found.outline[0], found.outline[1][0])]
    assert len(tops) == 2 and tops == pytest.approx(heads, abs=30)


def test_author_and_date_are_in_the_metadata():
    found = pdf(md("# a"), report={"author": "Sở", "date": "2026-03-01"}).metadata
    assert found.author == "Sở"
    assert found.creation_date.date().isoformat() == "2026-03-01"


def test_every_font_is_embedded_and_the_text_face_is_ours(reader):
    names = set()
    for one in reader.pages:
        for font in one["/Resources"]["/Font"].values():
            below = font.get_object()["/DescendantFonts"][0].get_object()
            names.add(below["/BaseFont"])
            descriptor = below["/FontDescriptor"].get_object()
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor)
    assert any("SourceSansPro-Regular" in name for name in names)


def test_the_pdf_holds_the_text(reader):
    text = text_of(reader)
    front = ("Chỉ số DTI", "Phú Thọ tụt 20 bậc", "Điểm vẫn tăng.", "1 tháng 3, 2026")
    rest = ("Hình 1. Thứ hạng", "Bảng 1. Mọi tỉnh", "Hạng chung", "Nguồn: dti.gov.vn")
    for part in front + rest:
        assert squeezed(part) in squeezed(text)
    assert "fell" not in text
    assert "fig()" not in text
    assert "language" not in text


def test_a_long_table_repeats_its_header_and_pages_are_numbered(reader):
    pages = [one.extract_text() for one in reader.pages]
    count = len(pages)
    assert 3 <= count <= 4
    on = [text for text in pages if "Tỉnh 4" in unicodedata.normalize("NFC", text)]
    assert len(on) >= 2
    assert all("Hạng" in unicodedata.normalize("NFC", text) for text in on)
    for number, text in enumerate(pages, start=1):
        assert f"{number} / {count}" in text
    heads = ["Phú Thọ tụt 20 bậc" in unicodedata.normalize("NFC", text) for text in pages]
    assert all(heads)


@pytest.mark.parametrize("lines", range(30, 36))
def test_no_heading_or_caption_is_left_behind_at_the_foot_of_a_page(lines):
    table = show.Table(LONG, caption="Mọi đơn vị")
    above = md("# T\n\n" + "\n\n".join(["dòng"] * lines))
    reader = pdf(above, md("## Toàn bảng"), code(outputs=[shown(table)]))
    pages = [unicodedata.normalize("NFC", one.extract_text()) for one in reader.pages]
    starts = [[part in page for page in pages].index(True) for part in ("Toàn", "Mọi", "Tỉnh 0")]
    assert len(set(starts)) == 1


@pytest.mark.parametrize("lines", range(22, 30, 2))
def test_text_that_leads_to_a_figure_is_on_its_page(lines):
    above = md("# T\n\n" + "\n\n".join(["dòng"] * lines))
    svg = SVG.replace("height='30'", "height='240'")
    about = {"image/svg+xml": {"alt": "Hình vẽ", "caption": "Tựa hình"}}
    picture = result({"image/svg+xml": svg}, about)
    said = [md("## Đầu đề"), md("Một câu."), md("- Chú thích", "note")]
    reader = pdf(above, md("xong"), md("---"), *said, code(outputs=[picture]))
    pages = [unicodedata.normalize("NFC", one.extract_text()) for one in reader.pages]
    parts = ("Đầu đề", "Một câu", "Chú thích", "Tựa hình")
    assert len({[part in page for page in pages].index(True) for part in parts}) == 1


def test_a_bar_is_for_the_eye_only():
    cells = [show.Share("57.3%", 57.3), show.Share("over 71%", 71, 100), "12"]
    cell = code(outputs=[shown(show.Table(pd.DataFrame({"a": list("xyz"), "b": cells})))])
    reader = pdf(cell)
    text = " ".join(reader.pages[0].extract_text().split())
    assert all(text.count(part) == 1 for part in ("57.3%", "over 71%", "12"))
    assert b"<pdfuaid:part>1</pdfuaid:part>" in reader.trailer["/Root"]["/Metadata"].get_data()
    html, _ = ReportHTMLExporter().from_notebook_node(notebook(cell))
    styles = [bar.get("style") for bar in BeautifulSoup(html, "lxml").select("td .bar")]
    assert styles == ["--sure: 57.3%; --possible: 57.3%", "--sure: 71%; --possible: 100%"]


def test_the_other_language_has_its_own_cells_words_and_tags():
    reader = pdf(*SAMPLE, lang="en")
    text = text_of(reader)
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"
    assert "Figure1." in squeezed(text)
    assert "Table1." in squeezed(text)
    assert "fell 20 places" in text
    assert "tụt" not in text


def test_two_exports_are_the_same_bytes(monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    first, second = (TypstPDFExporter().from_notebook_node(notebook(*SAMPLE))[0] for _ in "12")
    assert first == second
    assert pypdf.PdfReader(io.BytesIO(first)).metadata.creation_date is None
    pages = {ReportHTMLExporter().from_notebook_node(notebook(*SAMPLE))[0] for _ in "12"}
    assert len(pages) == 1


def test_the_date_comes_from_the_environment_first(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    reader = pdf(md("# a"), report={"date": "2026-03-01"})
    assert reader.metadata.creation_date.isoformat().startswith("2023-11-14")


# Errors


@pytest.mark.parametrize("mime", ["image/svg+xml", "image/png"])
def test_a_figure_without_alt_text_fails_and_names_the_cell(mime):
    data = {mime: SVG if "svg" in mime else PIXEL}
    cells = [md("# a"), code("\n# draw\nplot(x)", outputs=[result(data)])]
    for kind in (TypstPDFExporter, ReportHTMLExporter, TypstExporter):
        exporter = kind(missing_alt="refuse")
        with pytest.raises(
            ExportError, match=r"^cell 2 \(# draw\): .*no alternative text; show it with"
        ):
            exporter.from_notebook_node(notebook(*cells))


def test_what_typst_refuses_names_the_cell():
    svg = "<svg xmlns='http://www.w3.org/2000/svg' width='0' height='0'/>"
    bad = result({"image/svg+xml": svg}, {"image/svg+xml": {"alt": "x"}})
    with pytest.raises(ExportError, match=r"^cell 2 \(draw\(\)\): Typst cannot set it: "):
        pdf(md("# a"), code("draw()", outputs=[bad]), md("after"))


def test_a_compilation_ends_in_time():
    slow = '#set document(title: "x")\n#for i in range(9000) [#lorem(300)\n\n]'
    start = time.monotonic()
    with pytest.raises(ExportError, match=r"not set within 0\.2 s; show fewer table rows"):
        press.compile_pdf(slow, {}, STYLE, seconds=0.2)
    assert time.monotonic() - start < 3


def test_typst_code_cannot_read_files():
    with pytest.raises(ExportError, match="cell 7"):
        press.compile_pdf('// cell 7\n#read("/etc/passwd")', {7: Origin(7, "x")}, STYLE)


def test_a_typeface_that_is_none_is_refused():
    with pytest.raises(ExportError, match="no typeface 'Nowhere'; there are "):
        TypstPDFExporter(typeface="Nowhere").from_notebook_node(notebook(md("a")))
    with pytest.raises(ExportError, match=r"no-face\.ttf is not there"):
        TypstPDFExporter(font_files=["no-face.ttf"]).from_notebook_node(notebook(md("a")))


def test_the_style_is_an_option():
    options = {
        "colours": {"highlight": "#123456"},
        "number": "zwei",
        "typeface": "DejaVu Sans Mono",
    }
    cells = [md("# a"), code(outputs=[shown(show.Table(pd.DataFrame({"x": ["zwei"]})))])]
    nb = notebook(*cells, md("b"))
    typst, _ = TypstExporter(**options).from_notebook_node(nb)
    html, _ = ReportHTMLExporter(**options).from_notebook_node(nb)
    assert 'highlight: rgb("#123456")' in typst
    assert "--day-highlight: #123456" in html
    assert TypstPDFExporter(**options).from_notebook_node(nb)[0].startswith(b"%PDF-1.7")
    for wrong in ({"highlight": "red"}, {"high light": "#123456"}):
        with pytest.raises(TraitError, match="expected a name and #rrggbb"):
            TypstExporter(colours=wrong)


def test_a_language_that_is_none_is_refused():
    with pytest.raises(ExportError, match=r"lang is '\.\./x'; expected"):
        read_report(notebook(md("a")), STYLE, lang="../x")
