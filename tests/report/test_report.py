"""The reports: what a reader holds, in both languages, and what holds for every unit."""

import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po, write_po
from bs4 import BeautifulSoup
from pypdf import PageObject, PdfReader
from pypdf.generic import DictionaryObject

import cells
from helpers import tables
from helpers.index import units
from helpers.report import about, open_case
from helpers.report.league import open_league
from helpers.report.unit import case as case_module
from helpers.report.unit import pictures, published
from projects import ROOT, command

LANGS = ("vi", "en")
HEADINGS = {
    "vi": ["Năm 2024 và các năm trước", "Điều gì làm thay đổi thứ hạng", "Nếu trọng số khác đi",
           "Ai vượt ai", "Số liệu đã công bố, đối chiếu với bảng", "Phụ lục"],
    "en": ["2024, and the years before", "What moved it", "Had the weights been different",
           "Who passed whom", "What was published, against the tables", "Annex"],
}  # fmt: skip
# What the report on Phú Thọ must say, as each language writes it.
SAID = {
    "vi": [
        "Phú Thọ 2024: hạng 50/63",
        "điểm tăng từ 0,6126 lên 0,6616 nhưng thứ hạng vẫn tụt 20 bậc",
        "+14,5 bậc",
        "−34,5 bậc",
        "Muốn lên hạng 40?",
        "2022 Xã hội số thứ 20 20–21 khớp trong phạm vi làm tròn",
        "Kinh tế số: được công bố là tăng 5 bậc so với năm 2021",
        "Hải Dương",
        "405/QĐ-BKHCN",
    ],
    "en": [
        "Phú Thọ 2024: 50th of 63",
        "its score rose from 0.6126 to 0.6616, yet it lost 20 places",
        "+14.5 and",
        "−34.5",
        "To be 40th",
        "2022 Digital society 20th 20–21 fits within rounding",
        "Digital economy: published as up 5 places against 2021",
        "Hải Dương",
        "405/QĐ-BKHCN",
    ],
}
# Not in running text: an index names its units; the method box has its own words.
BANNED = {
    "vi": ("đơn vị xếp", "các đơn vị khác", "100%", "bị 0 ", " cận "),
    "en": ("do not compare", "of its own parts", "In 100%"),
}

# Of a language that has only just been begun.
FRENCH = {
    "Who passed whom": "Qui a dépassé qui",
    "What moved it": "Ce qui l'a fait bouger",
    "Annex": "Annexe",
    "Sources": "Sources de données",
    "Year": "Année",
    "Rank": "Rang",
    "Indicator": "Indicateur",
    "Change": "Variation",
    "yes": "oui",
    "no": "non",
}


@cache
def words(path: Path) -> str:
    """Return a PDF's text with single spaces."""
    text = " ".join(page.extract_text() for page in PdfReader(path).pages)
    return " ".join(unicodedata.normalize("NFC", text).split())


def page(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "lxml")


def structure(reader: PdfReader) -> list[DictionaryObject]:
    """Return all elements of a PDF's structure tree."""
    found, left = [], [reader.trailer["/Root"]["/StructTreeRoot"]]  # type: ignore[index]
    while left:
        node = left.pop().get_object()
        if isinstance(node, list):
            left += node
        elif isinstance(node, DictionaryObject):
            found += [node] if "/S" in node else []
            left += [node["/K"]] if "/K" in node and not isinstance(node["/K"], int) else []
    return found


def filled(page: PageObject) -> float:
    """Return how far down a page's text reaches, as a part of the space between its margins."""
    top, foot = 842 - mm(22), mm(18)
    heights: list[float] = []

    def see(text: str, turn: list[float], place: list[float], *_: object) -> None:
        height = turn[5] + turn[3] * place[5]
        if text.strip() and height > foot:  # what is below is the page's number
            heights.append(height)

    page.extract_text(visitor_text=see)
    return (top - min(heights)) / (top - foot)


def mm(length: float) -> float:
    """Return a length in points."""
    return length * 72 / 25.4


def check_pdf(path: Path, lang: str, pages: tuple[int, int]) -> None:
    """Check what must hold of every report: language, tags, fonts, alternative texts, paper."""
    reader = PdfReader(path)
    root: Any = reader.trailer["/Root"]
    assert pages[0] <= len(reader.pages) <= pages[1], len(reader.pages)
    # Every figure and table has a caption, so text tells how full a page is.
    assert min(filled(page) for page in reader.pages[:-1]) > 0.6
    assert str(root["/Lang"]).split("-")[0] == lang
    assert root["/MarkInfo"]["/Marked"] and reader.metadata and reader.metadata.title
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data()
    kinds: dict[str, list[DictionaryObject]] = {}
    for element in structure(reader):
        kinds.setdefault(str(element["/S"]), []).append(element)
    assert {"/H1", "/Table", "/TH", "/TD", "/Figure"} <= set(kinds)
    for figure in kinds["/Figure"]:
        assert len(str(figure["/Alt"])) > 40 and str(figure["/Alt"]).isprintable()
    for one in reader.pages:
        width, height = (round(float(side)) for side in one.mediabox.upper_right)
        assert (width, height) == (595, 842)
        resources: Any = one["/Resources"]
        for font in resources.get("/Font", {}).values():
            for part in font.get_object().get("/DescendantFonts", [font]):
                about = part.get_object()["/FontDescriptor"].get_object()
                assert {"/FontFile2", "/FontFile3"} & set(about), about["/FontName"]
    text = words(path)
    assert "�" not in text and "□" not in text
    # Nothing of the machine, of Python or of what was not filled in.
    assert not re.search(r"/tmp|/home|/root|\bnan\b|\bNone\b|<NA>|\bNaT\b|Traceback|\{\w*\}", text)


def check_html(path: Path, lang: str) -> None:
    """Check that a page stands by itself: nothing to fetch, nothing to run."""
    soup, text = page(path), path.read_text(encoding="utf-8")
    assert soup.html and str(soup.html["lang"]).split("-")[0] == lang
    assert soup.find("script") is None and soup.find("iframe") is None
    assert {tuple(tag["rel"]) for tag in soup.find_all("link")} <= {("alternate",)}
    for tag in soup.find_all(src=True):
        assert str(tag["src"]).startswith("data:")
    assert not re.search(r"""url\(\s*['"]?https?:|@import|\son\w+=""", text)
    assert all(str(image.get("alt", "")).strip() for image in soup.find_all("img"))
    assert len(soup.find_all("h1")) == 1 and soup.find_all("th", scope="col")


@pytest.mark.parametrize("lang", LANGS)
def test_the_pdf_of_phu_tho(built: Path, lang: str) -> None:
    check_pdf(built / f"reports/dti/phu-tho.{lang}.pdf", lang, (5, 9))


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_of_phu_tho(built: Path, lang: str) -> None:
    check_html(built / f"reports/dti/phu-tho.{lang}.html", lang)


@pytest.mark.parametrize("lang", LANGS)
def test_it_says_what_it_must(built: Path, lang: str) -> None:
    stem = built / f"reports/dti/phu-tho.{lang}"
    pdf, html = words(stem.with_suffix(f".{lang}.pdf")), page(stem.with_suffix(f".{lang}.html"))
    on_page = " ".join(unicodedata.normalize("NFC", html.get_text(" ")).split())
    for phrase in SAID[lang]:
        assert phrase in pdf, phrase
        assert phrase in on_page, phrase
    for phrase in BANNED[lang]:
        assert phrase not in pdf.split(HEADINGS[lang][-1])[0], phrase
    for heading in HEADINGS[lang]:
        assert heading in pdf
        assert heading in [tag.get_text().strip() for tag in html.find_all("h2")]


def test_the_brief_is_one_page_that_stands_alone(elsewhere: Path) -> None:
    done = command(elsewhere, "report", "--year", "2023", "--langs", "vi", "--brief")
    assert done.code == 0, done.err
    reader = PdfReader(elsewhere / "reports/dti/phu-tho-2023-brief.vi.pdf")
    assert len(reader.pages) == 1
    text = words(elsewhere / "reports/dti/phu-tho-2023-brief.vi.pdf")
    assert "hạng vẫn tụt 20 bậc" in text and "Muốn lên hạng 40?" in text
    assert "dti.gov.vn/xep-hang-2023-all" in text


@pytest.mark.parametrize("lang", LANGS)
def test_numbers_are_written_as_the_language_does(built: Path, lang: str) -> None:
    text = words(built / f"reports/dti/phu-tho.{lang}.pdf")
    own, other = {"vi": (",", "."), "en": (".", ",")}[lang]
    assert len(re.findall(rf"\b0\{own}\d{{4}}\b", text)) > 10
    assert not re.search(rf"\b0\{other}\d{{4}}\b", text)
    assert not re.search(r"(?<!\w)-\d+\b(?!/)", text)  # a true minus


def test_no_english_in_the_vietnamese_headings_and_no_vietnamese_in_the_english(
    built: Path,
) -> None:
    found = {}
    for lang in LANGS:
        soup = page(built / f"reports/dti/phu-tho.{lang}.html")
        heads = soup.find_all(["h1", "h2", "h3", "caption", "figcaption"])
        heads += soup.find_all("th", scope="col")
        found[lang] = [tag.get_text(" ").strip() for tag in heads]
    assert len(found["vi"]) == len(found["en"]) > 30
    assert not set(found["vi"]) & set(found["en"])
    english = re.compile(r"\b(the|of|and|rank|score|year|change|from|to|unit|published)\b", re.I)
    assert [text for text in found["vi"] if english.search(text)] == []
    for text in found["en"]:
        plain = text.replace("Phú Thọ", "")
        assert not re.search("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", plain), text


def test_both_languages_show_the_same_numbers(built: Path) -> None:
    cells = {}
    for lang in LANGS:
        soup = page(built / f"reports/dti/phu-tho.{lang}.html")
        own = {"vi": str.maketrans(",.", ".,"), "en": {}}[lang]
        texts = [tag.get_text().strip().translate(own) for tag in soup.find_all("td")]
        cells[lang] = [text for text in texts if re.fullmatch(r"[−+]?\d[\d.,]*%?", text)]
    assert cells["vi"] == cells["en"] and len(cells["vi"]) > 60


# More reports, from a copy of the tables in another folder


@pytest.fixture(scope="module")
def elsewhere(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with its tables, without its reports, in another place."""
    root = Path(shutil.copytree(built, tmp_path_factory.mktemp("elsewhere") / "project"))
    shutil.rmtree(root / "reports/dti")
    shutil.rmtree(root / "build")
    return root


def test_the_same_bytes_in_another_place_and_at_another_time(built: Path, elsewhere: Path) -> None:
    done = command(elsewhere, "report")
    assert done.code == 0, done.err
    for first in sorted((built / "reports/dti").glob("phu-tho.*")):
        second = elsewhere / "reports/dti" / first.name
        assert first.read_bytes() == second.read_bytes(), first.name


@pytest.mark.parametrize(
    ("unit", "year", "lang", "stem", "said"),
    [
        ("VN34-25", "2024", "vi", "phu-tho-34", ["hạng 20/34", "2023, tính ở đây", "Hòa Bình"]),
        ("Phú Thọ", "2022", "en", "phu-tho-2022", ["Phú Thọ 2022: 23rd of 63"]),
        ("Bắc Ninh", "2023", "vi", "bac-ninh-2023", ["Bắc Ninh 2023:", "/63"]),
    ],
)
def test_other_units_and_years(
    elsewhere: Path, unit: str, year: str, lang: str, stem: str, said: list[str]
) -> None:
    done = command(elsewhere, "report", "--unit", unit, "--year", year, "--langs", lang)
    assert done.code == 0, done.err
    assert done.out.split() == [f"reports/dti/{stem}.{lang}.{end}" for end in ("pdf", "html")]
    check_pdf(elsewhere / f"reports/dti/{stem}.{lang}.pdf", lang, (3, 7))
    check_html(elsewhere / f"reports/dti/{stem}.{lang}.html", lang)
    text = words(elsewhere / f"reports/dti/{stem}.{lang}.pdf")
    for phrase in said:
        assert phrase in text, phrase
    if int(year) < 2024:  # nothing from after the year of the report
        assert "2023–2024" not in text and "405/QĐ-BKHCN" not in text


def test_a_published_rank_that_does_not_fit_is_remarked_on(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HELPERS_ROOT", str(built))
    said = {lang: str(published.remarks(open_case("dti", "VN-73", 2023, lang))) for lang in LANGS}
    assert "2023: published as 17th, but the tables give 20th." in said["en"]
    assert "năm 2023: được công bố là thứ 19, nhưng theo bảng là thứ 20." in said["vi"]
    assert "none contradicts" not in said["en"]


@pytest.mark.parametrize(
    ("unit", "year", "named", "left_out"),
    [
        ("VN34-25", 2024, ["34 units after", "63 provinces, 2022"], ["news agency"]),
        ("VN-68", 2021, ["single provinces and newspapers", "news agency"], ["34 units after"]),
        ("VN-56", 2024, ["63 provinces, 2022"], ["news agency", "34 units after"]),
    ],
)
def test_the_sources_are_those_of_what_is_shown(
    built: Path,
    monkeypatch: pytest.MonkeyPatch,
    unit: str,
    year: int,
    named: list[str],
    left_out: list[str],
) -> None:
    monkeypatch.setenv("HELPERS_ROOT", str(built))
    lines = str(about.sources(open_case("dti", unit, year, "en"))).splitlines()
    for title in named:
        assert sum(title in line for line in lines) == 1, title
    assert not [title for title in left_out for line in lines if title in line]
    whole = str(about.sources(open_league("dti", "63", 2023, "en")))
    assert "63 provinces, 2022" in whole and "news agency" not in whole


# Every unit, at the level of sentences and tables


@pytest.mark.parametrize("unit_set", ["63", "34"])
def test_the_report_of_every_unit_can_be_said(
    built: Path, monkeypatch: pytest.MonkeyPatch, unit_set: str
) -> None:
    monkeypatch.setenv("HELPERS_ROOT", str(built))
    # The same tables for all: read once.
    monkeypatch.setattr(tables, "read", cache(tables.read))
    monkeypatch.setattr(units, "load", lambda index: everybody)
    for name, draw in vars(pictures).items():  # they are drawn in tests of their own
        if inspect.isfunction(draw) and draw.__module__ == pictures.__name__:
            monkeypatch.setattr(pictures, name, lambda case: None)
    everybody, said = units.provinces(), 0
    ranks = tables.read("dti", "ranks")
    ranked = ranks[(ranks["indicator"] == "overall") & ranks["rank"].notna()]
    ranked = ranked[ranked["unit_set"] == unit_set]
    years = ranked.groupby("unit")["year"].apply(lambda group: sorted(set(group)))
    assert len(years) == int(unit_set)
    for number, (unit, known) in enumerate(years.items()):
        # All units in the newest year, and every sixth in all of them.
        for year in known if number % 6 == 0 else known[-1:]:
            place: dict[str, Any] = {
                "index": "dti", "unit": unit, "year": int(year), "lang": LANGS[number % 2]
            }  # fmt: skip
            for shown in cells.run("report", place):
                text = str(shown)
                assert not re.search(r"\bnan\b|<NA>|\bNone\b|\{\w*\}", text), (unit, year, text)
            assert isinstance(place["case"], case_module.Case)
            said += 1
    assert said >= len(years)


@pytest.mark.parametrize("notebook", ["report", "report-national"])
def test_a_notebook_is_short_and_in_no_language(notebook: str) -> None:
    document = json.loads((ROOT / f"notebooks/{notebook}.ipynb").read_text(encoding="utf-8"))
    sources = ["".join(c["source"]) for c in document["cells"] if c["cell_type"] == "code"]
    assert len(sources) <= 20
    assert max(len(source.splitlines()) for source in sources) <= 12
    # A figure is one call with the case; what there is none of is decided there.
    assert not [s for s in sources if re.search(r"pictures\.\w+\((?!(case|league)\))| else ", s)]
    tags = {tag for c in document["cells"] for tag in c["metadata"].get("tags", [])}
    assert not [tag for tag in tags if tag.startswith("lang-")]


def test_a_report_in_a_language_that_has_ten_phrases(built: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(built, tmp_path / "project"))
    shutil.copytree(ROOT / "src", root / "src", ignore=shutil.ignore_patterns("__pycache__"))
    # The copy's code, and its catalogues, before any other.
    here = os.environ | {"HELPERS_ROOT": str(root), "PYTHONPATH": str(root / "src")}
    phrases = [sys.executable, "-m", "helpers.words"]
    begun = subprocess.run([*phrases, "update", "--langs", "fr"], cwd=root, env=here)
    assert begun.returncode == 0
    path = root / "src/helpers/words/locale/fr/LC_MESSAGES/helpers.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale="fr")
    for english, french in FRENCH.items():
        catalogue[english].string = french
    with path.open("wb") as file:
        write_po(file, catalogue)
    listed = subprocess.run([*phrases, "check"], cwd=root, env=here, capture_output=True, text=True)
    assert listed.returncode == 1
    lines = listed.stdout.splitlines()
    assert "fr: data/raw/dti/structure.csv: no column label_fr" in lines
    assert "fr: data/raw/dti/index.yml: no label.fr" in lines
    assert all(line.startswith("fr: ") for line in lines)  # the others lack nothing
    untold = sum("no translation yet" in line for line in lines)
    assert untold == sum(bool(m.id) for m in catalogue) - len(FRENCH)
    run = [sys.executable, "-m", "helpers", "report", "--langs", "fr"]
    done = subprocess.run(run, cwd=root, env=here, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    text = words(root / "reports/dti/phu-tho.fr.pdf")
    assert "Ce qui l'a fait bouger" in text  # what it says
    assert "Phú Thọ 2024: 50th of 63" in text and "Digital economy" in text  # what it does not
    check_pdf(root / "reports/dti/phu-tho.fr.pdf", "fr", (5, 9))
    check_html(root / "reports/dti/phu-tho.fr.html", "fr")
