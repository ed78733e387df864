"""Every construct is set in both documents, or a note in them and a line tell what is missing."""

import base64
import io
import logging
import re
import unicodedata

import nbformat
import pypdf
import pytest
from bs4 import BeautifulSoup
from constructs import BEGIN, CONSTRUCTS, END, README, picture, table
from nbconvert.nbconvertapp import NbConvertApp
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from structure import elements

from nbtypst import ExportError, ReportHTMLExporter, TypstExporter, TypstPDFExporter
from nbtypst.words import LEFT_OUT

NAMES = [one.name for one in CONSTRUCTS]


def squeezed(text):
    return "".join(unicodedata.normalize("NFKC", text.replace("\u200b", "")).split())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("constructs")
    (folder / "logo.png").write_bytes(base64.b64decode(picture()))
    nbformat.write(new_notebook(cells=[one.cell for one in CONSTRUCTS]), folder / "all.ipynb")
    return folder


def exported(folder, kind, caplog_handler):
    exporter = kind()
    exporter.log = logging.getLogger(f"test.{kind.__name__}")
    exporter.log.addHandler(caplog_handler)
    return exporter.from_filename(str(folder / "all.ipynb"))[0]


class Lines(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


@pytest.fixture(scope="module")
def documents(folder):
    """Return for each form its text, its alternative texts and formulas, and what was told."""
    told = Lines()
    reader = pypdf.PdfReader(io.BytesIO(exported(folder, TypstPDFExporter, told)))
    text = "".join(page.extract_text() for page in reader.pages)
    alts = {alt for _, alt in elements(reader) if alt}
    page_told = Lines()
    soup = BeautifulSoup(exported(folder, ReportHTMLExporter, page_told), "lxml")
    images = {img["alt"] for img in soup("img")}
    maths = {math["alttext"] for math in soup("math")}
    return {
        "pdf": (text, alts, alts, told.lines),
        "page": (soup.main.get_text(), images, maths, page_told.lines),
    }


@pytest.mark.parametrize("form", ["pdf", "page"])
@pytest.mark.parametrize("name", NAMES)
def test_a_construct_is_set_or_noted(documents, form, name):
    number = NAMES.index(name)
    one = CONSTRUCTS[number]
    text, pictures, formulas, told = documents[form]
    for found in one.found:
        kind, _, rest = found.partition(":")
        if kind == "alt":
            assert rest in pictures
        elif kind == "math":
            assert squeezed(rest) in set(map(squeezed, formulas))
        else:
            assert squeezed(found) in squeezed(text)
    lines = [line for line in told if line.startswith(f"cell {number + 1} (")]
    if one.notice == "glyph":  # a browser has typefaces of its own
        assert len(lines) == (form == "pdf")
    elif one.notice:
        said = LEFT_OUT["en"][one.notice]
        assert len(lines) == 1 and said in lines[0]
        assert one.notice == "formula" or squeezed(said) in squeezed(text)
    else:
        assert lines == []


def test_pictures_without_alternative_text_are_named_in_one_line(documents):
    for *_, told in documents.values():
        (line,) = [line for line in told if "without alternative text" in line]
        assert str(NAMES.index("pictures without alternative text") + 1) in line


def test_html_in_a_drawing_is_text_in_the_pdf(documents):
    assert "boxed" in documents["pdf"][0]


def test_a_refused_notebook_stops_no_other(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    script = new_output("display_data", {"application/javascript": "draw()"})
    for name, outputs in {"a.v1": [script], "b": [], "c": [script], "d": []}.items():
        cells = [new_code_cell("show()", outputs=outputs)]
        nbformat.write(new_notebook(cells=cells), f"{name}.ipynb")
    options = ["--to", "nbtypst.TypstExporter", "--ReportExporter.strict=True"]
    app = NbConvertApp.instance()
    try:
        app.initialize([*options, *(f"{name}.ipynb" for name in ("a.v1", "b", "c", "d"))])
        with pytest.raises(SystemExit) as end:
            app.start()
    finally:
        NbConvertApp.clear_instance()
    assert end.value.code == 1
    assert sorted(path.name for path in tmp_path.glob("*.typ")) == ["b.typ", "d.typ"]


def test_the_readme_has_the_table():
    assert table() == README.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]


def notebook(*cells):
    return new_notebook(cells=list(cells))


def plot(source, metadata=None):
    output = new_output("display_data", {"image/png": picture()}, metadata=metadata or {})
    return new_code_cell(source, outputs=[output])


@pytest.mark.parametrize(
    ("cells", "alt"),
    [
        ([plot("ax.set_title('Rise of it')")], "Rise of it"),
        ([plot("px.line(d, title='Fall of it')")], "Fall of it"),
        ([plot("!x\nplt.title('Raw')")], "Raw"),
        ([new_markdown_cell("# T\n\nThe trend."), plot("draw()")], "The trend."),
        ([plot("plt.title('no')", {"caption": "A caption"})], "A caption"),
        ([plot("plt.title('no')", {"image/png": {"alt": "Given"}})], "Given"),
        ([plot("draw()")], "cell 1 (draw())"),
    ],
)
def test_an_alternative_text_is_derived(cells, alt):
    page, _ = ReportHTMLExporter().from_notebook_node(notebook(*cells))
    assert BeautifulSoup(page, "lxml").img["alt"] == alt


def test_missing_alternative_text_can_be_refused_or_said():
    cells = [new_markdown_cell("Above"), plot("draw()")]
    with pytest.raises(ExportError, match=r"cell 2 .*display\(fig, metadata="):
        TypstExporter(missing_alt="refuse").from_notebook_node(notebook(*cells))
    page, _ = ReportHTMLExporter(missing_alt="warn").from_notebook_node(notebook(*cells))
    assert BeautifulSoup(page, "lxml").img["alt"] == "cell 2 (draw())"


@pytest.mark.parametrize("kind", [TypstPDFExporter, ReportHTMLExporter])
@pytest.mark.parametrize("number", [n for n, one in enumerate(CONSTRUCTS) if one.notice])
def test_strict_refuses_what_would_be_left_out(kind, number):
    one = CONSTRUCTS[number]
    if one.notice == "glyph" and kind is ReportHTMLExporter:
        pytest.skip("a browser has typefaces of its own")
    with pytest.raises(ExportError, match=r"^cell 1 \(.* left out: .*strict"):
        kind(strict=True).from_notebook_node(notebook(one.cell))


def test_several_titles_keep_their_level():
    cells = ["Intro.", "# Data", "## Source", "# Method", "## Model", "# Results"]
    page, _ = ReportHTMLExporter().from_notebook_node(
        notebook(*map(new_markdown_cell, cells)), {"metadata": {"name": "study"}}
    )
    heads = [(h.name, h.get_text()) for h in BeautifulSoup(page, "lxml").main(re.compile("h[1-6]"))]
    assert heads == [
        ("h1", "study"), ("h2", "Data"), ("h3", "Source"), ("h2", "Method"), ("h3", "Model"),
        ("h2", "Results"),
    ]  # fmt: skip


def test_a_wide_table_stays_on_the_page_and_every_part_has_the_first_column():
    heads = "".join(f"<th>a_rather_long_column_name_{n}" for n in range(30))
    cells = "".join(f"<td>{1234.5 + n}" for n in range(30))
    html = f"<table><thead><tr><th>{heads}</thead><tr><th>row{cells}</table>"
    output = new_output("display_data", {"text/html": html})
    data, _ = TypstPDFExporter().from_notebook_node(notebook(new_code_cell("t", outputs=[output])))
    reader = pypdf.PdfReader(io.BytesIO(data))
    words = []
    for page in reader.pages:
        page.extract_text(
            visitor_text=lambda t, cm, tm, *_: words.append((cm[0] * tm[4] + cm[4], t.strip()))
        )
    assert all(0 < x < 842 for x, text in words if text)
    text = squeezed("".join(page.extract_text() for page in reader.pages))
    assert all(f"{1234.5 + n}" in text for n in range(30))
    assert text.count("row") >= 2


@pytest.mark.parametrize(
    "tex",
    [r"\text{#sys.version}", r'" \text{#eval("1")}', r"\operatorname{a\\}#b", r"\text{a]#b[c}",
     r"\href{javascript:alert(1)}{x}", r"x // y", r"\ce{H2O}", r"\begin{foo}x\end{foo}"],
)  # fmt: skip
def test_a_formula_is_no_code(tex):
    cell = new_markdown_cell(f"see ${tex}$ there")
    for kind in (TypstExporter, ReportHTMLExporter):
        text, _ = kind().from_notebook_node(notebook(cell))
        assert not re.search(r'formula\("[^"]*(?<!\\)#', text)
        assert '<a href="javascript' not in text
    assert TypstPDFExporter().from_notebook_node(notebook(cell))[0].startswith(b"%PDF")
