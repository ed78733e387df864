"""Display objects: every form carries the same content, and free text prints literally."""

import matplotlib as mpl
import mistune
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given
from hypothesis import strategies as st
from matplotlib import pyplot as plt
from matplotlib.figure import Figure as MplFigure

from helpers import show

mpl.use("svg")

TRICKY = [
    '#eval("x")',
    "$x$",
    "*a*",
    "<script>alert(1)</script>",
    "@ref",
    "\\",
    "//",
    "1. a",
    "- b",
]
MARKDOWN = mistune.create_markdown(plugins=["table", "strikethrough", "url", "math"])
# What HTML parsers keep as it is: no controls, no surrogates, no replacement character.
PRINTABLE = st.text(
    st.characters(exclude_categories=("C", "Zl", "Zp"), exclude_characters="\ufffd")
)


def bundle(shown: show.Shown) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    return shown._repr_mimebundle_()


def drawn() -> MplFigure:
    fig, ax = plt.subplots(figsize=(2, 1))
    ax.plot([1, 2], [2, 1], clip_on=True)
    ax.set_title("Hạng của Phú Thọ")
    return fig


def words(text: str) -> str:
    return " ".join(text.split())


@given(PRINTABLE)
@example("1. a")
@example("+ a")
@example("&amp; &lt;")
@example("a  \nb")
@example("~~~")
@example("| a |\n|---|")
@example("http://a.vn/?b=*c*")
def test_literal_text_prints_as_it_stands_in_markdown(text):
    soup = BeautifulSoup(MARKDOWN(show.literal(text)), "lxml")
    assert words(soup.get_text()) == words(text)
    assert {tag.name for tag in soup.find_all()} <= {"html", "body", "p", "a"}


@pytest.mark.parametrize("text", TRICKY)
def test_literal_text_prints_in_the_middle_of_a_sentence(text):
    soup = BeautifulSoup(MARKDOWN(f"**Phú Thọ** vượt {show.literal(text)} năm nay"), "lxml")
    assert soup.get_text().strip() == f"Phú Thọ vượt {text} năm nay"


def test_a_figure_carries_its_alt_text_and_caption():
    data, metadata = bundle(show.Figure(drawn(), alt="Hạng 23, rồi 43", caption="Hạng"))
    assert data["text/plain"] == "Hạng 23, rồi 43"
    assert data["image/svg+xml"].lstrip().startswith("<?xml")
    assert metadata == {"image/svg+xml": {"alt": "Hạng 23, rồi 43", "caption": "Hạng"}}


def test_a_figure_is_the_same_twice_has_no_date_and_no_text_to_substitute():
    first, second = (bundle(show.Figure(drawn(), "x"))[0]["image/svg+xml"] for _ in "12")
    assert first == second
    assert "<dc:date" not in first
    assert "<text" not in first


def test_a_figure_is_closed_so_that_it_is_not_shown_twice():
    show.Figure(drawn(), "x")
    assert plt.get_fignums() == []


def test_a_figure_without_alt_text_is_refused():
    with pytest.raises(ValueError, match="alt is empty; expected a sentence"):
        show.Figure(drawn(), alt="  ")
    plt.close("all")


FRAME = pd.DataFrame(
    {
        "Tỉnh": ["Phú Thọ", "Hà Nội"],
        "Điểm": [0.6077, 0.82],
        "Hạng": pd.array([23, None], dtype="Int64"),
        "Khoảng": ["21–23", "1"],
        "Ghi chú": ["so sánh được", None],
    }
)


def test_a_table_is_semantic_html():
    soup = BeautifulSoup(bundle(show.Table(FRAME, "Xếp hạng", "ranks"))[0]["text/html"], "lxml")
    assert soup.table["class"] == ["ranks"]
    assert soup.caption.get_text() == "Xếp hạng"
    assert [th.get_text() for th in soup.select("thead th[scope=col]")] == list(FRAME.columns)
    assert [th.get_text() for th in soup.select("tbody th[scope=row]")] == ["Phú Thọ", "Hà Nội"]
    right = ["right" in th["style"] for th in soup.select("thead th")]
    assert right == [False, True, True, True, False]


def test_a_table_in_plain_text_is_aligned():
    assert bundle(show.Table(FRAME, "Xếp hạng"))[0]["text/plain"].splitlines() == [
        "Xếp hạng",
        "Tỉnh       Điểm  Hạng  Khoảng  Ghi chú",
        "-------  ------  ----  ------  ------------",
        "Phú Thọ  0.6077    23   21–23  so sánh được",
        "Hà Nội   0.8200     –       1  –",
    ]


def test_floats_of_a_column_share_their_decimals():
    table = show.Table(pd.DataFrame({"a": [1.0, 2.0], "b": [0.5, float("nan")], "c": [1 / 3, 2]}))
    rows = [line.split() for line in repr(table).splitlines()[2:]]
    assert rows == [["1", "0.5", "0.3333"], ["2", "–", "2.0000"]]


@given(PRINTABLE, PRINTABLE)
@example("<b>&amp;", '"><script>')
def test_tables_and_key_figures_print_free_text_literally(head, cell):
    table = show.Table(pd.DataFrame({head: [cell]}), caption=cell)
    for shown in (table, show.KeyFigures([(cell, head, cell)])):
        soup = BeautifulSoup(bundle(shown)[0]["text/html"], "lxml")
        texts = {part.get_text() for part in soup.find_all(["th", "td", "caption"])}
        assert texts - {""} == {show._one_line(head), show._one_line(cell)} - {""}


def test_a_grouped_table_says_a_groups_name_once_and_draws_shares():
    frame = pd.DataFrame(
        {
            "System": ["a", "a", "b"],
            "Figure": ["x", "y", "z"],
            "Value": [show.Share("57.3%", 57.3), show.Share("over 71%", 71, 100), "12"],
        }
    )
    table = show.Table(frame, grouped=True)
    soup = BeautifulSoup(bundle(table)[0]["text/html"], "lxml")
    groups = [(th.get_text(), th.get("rowspan")) for th in soup.select("th[scope=rowgroup]")]
    assert groups == [("a", "2"), ("b", None)]
    assert [th.get_text() for th in soup.select("th[scope=row]")] == ["x", "y", "z"]
    assert [td.get_text().strip() for td in soup("td")] == ["57.3%", "over 71%", "12"]
    meters = [(m["value"], m.get("data-most"), m["aria-hidden"]) for m in soup("meter")]
    assert meters == [("57.3", None, "true"), ("71", "100", "true")]
    lines = repr(table).splitlines()[2:]
    assert [line.split() for line in lines] == [
        ["a", "x", "57.3%"], ["y", "over", "71%"], ["b", "z", "12"]
    ]  # fmt: skip


def test_an_empty_table_shows_its_heads():
    assert repr(show.Table(pd.DataFrame({"a": [], "bc": []}))) == "a  bc\n-  --"


def test_key_figures_are_a_table_of_their_own_class():
    data, _ = bundle(show.KeyFigures([("43", "Hạng", "trong 63"), ("0,6", "Điểm")]))
    soup = BeautifulSoup(data["text/html"], "lxml")
    assert soup.table["class"] == ["key-figures"]
    cells = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in soup("tr")]
    assert cells == [["Hạng", "Điểm"], ["43", "0,6"], ["trong 63", ""]]
    assert data["text/plain"] == "Hạng: 43 (trong 63)\nĐiểm: 0,6"


def test_no_key_figures_are_refused():
    with pytest.raises(ValueError, match="no key figures"):
        show.KeyFigures([])


def test_a_text_is_markdown_in_both_forms():
    assert bundle(show.Text("**a**"))[0] == {"text/markdown": "**a**", "text/plain": "**a**"}


@pytest.mark.parametrize("text", ["23", "−20", "0,6077", "21–23", "129/225", "33,5%", "▲ 5", "–"])
def test_figures_read_as_numbers(text):
    assert show.reads_as_number(text)


@pytest.mark.parametrize("text", ["Phú Thọ", "VN-68", "5 bậc", "→"])
def test_words_do_not_read_as_numbers(text):
    assert not show.reads_as_number(text)
