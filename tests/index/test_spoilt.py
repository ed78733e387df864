"""Files that people edit, spoilt as people spoil them: each mistake is one line with its place."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from helpers.__main__ import main
from helpers.index import catalog, provenance
from helpers.tables import systems

INDEX, STRUCTURE = "data/raw/dti/index.yml", "data/raw/dti/structure.csv"


@pytest.fixture(autouse=True)
def fresh() -> None:
    catalog._load.cache_clear()


def told(capsys: pytest.CaptureFixture[str], index: str = "dti") -> list[str]:
    """Return the lines of a command that must end with 3 and without a traceback."""
    code = main(["data", "--index", index])
    out, err = capsys.readouterr()
    assert (code, out) == (3, ""), err
    assert "Traceback" not in err and "(unexpected" not in err
    # The command puts all that is wrong into the one line that it ends with.
    (line,) = err.splitlines()
    return re.split(r"; (?=data/raw/|and \d+ more)", line.removeprefix("error: "))


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "field", "mend"),
    [
        # misspelt fields
        ("pillars:", "pilars:", "pilars", "did you mean pillars?"),
        ("scale: [0, 1]", "scal: [0, 1]", "scal", "did you mean scale?"),
        ("complete: true", "complet: true", "tables[0].complet", "did you mean complete?"),
        ("{column: Nam}", "{colum: Nam}", "tables[0].year.colum", "did you mean column?"),
        ("    break:", "    brake:", "schemes.2021-2023.brake", "did you mean break?"),
        ("from: ", "form: ", "derived[0].form", "did you mean from?"),
        # wrong types
        ("scale: [0, 1]", "scale: 3", "scale", "expected a list"),
        ("scale: [0, 1]", "scale: [0, 1, 2]", "scale", "expected 2 values"),
        ("scale: [0, 1]", "scale: [low, high]", "scale[0]", "expected a number"),
        ("complete: true", "complete: yess", "tables[0].complete", "expected true or false"),
        ("headline: overall", "headline: [overall]", "headline", "expected a text"),
        ("years: {2020:", "years: {old:", "years.old", "expected a whole number"),
        ("years: [2022, 2023]", "years: 2022", "derived[0].years", "expected a list"),
        ("headline: overall", "headline: null", "headline", "expected a text"),
        ("default: true", "default: 1", "default", "expected true or false"),
        # missing, doubled, open
        ("headline: overall\n", "", "headline", "add it"),
        ("  - file: dti-63-2022-2024.csv\n    ", "  - ", "tables[0].file", "add it"),
        ("units: provinces", "units: provinces\nunits: units.csv", "units", "keep one"),
        ("scale: [0, 1]", 'scale: "?" # from where to where', "scale", "from where to where"),
        # names that are not there
        ("headline: overall", "headline: overal", "headline", "did you mean overall?"),
        ("digital_society]", "digital_societies]", "pillars[2]", "did you mean digital_society?"),
        ("2022: 2021-2023", "2022: 2021-2022", "years.2022", "did you mean 2021-2023?"),
        ("default_unit: VN-68", "default_unit: Phú Thọ", "default_unit", "(VN-68)"),
        ('    unit_set: "63"', '    unit_set: "64"', "tables[0].unit_set", "there are: 63, 34"),
        ("{column: TinhThanh}", "{column: Tinhthanh}", "tables[0].unit.column", "TinhThanh?"),
        ("HaTangSo: infra", "HaTang: infra", "tables[0].scores.HaTang", "did you mean HaTangSo?"),
        ("HaTangSo: infrastructure", "HaTangSo: infrastucture", "tables[0].scores.HaTangSo",
         "did you mean infrastructure?"),
        ("file: dti-63-2022-2024.csv", "file: dti-63-2022-24.csv", "tables[0].file",
         "did you mean dti-63-2022-2024.csv?"),
        ("units: provinces", "units: province", "units", "one of: provinces"),
        ("phu-tho-2023}", "phu-tho-2032}", "figures_of.VN-68", "no folder data/raw/phu-tho-2032"),
        ("{VN-68: phu", "{VN-86: phu", "figures_of.VN-86", "no unit 'VN-86'"),
        # impossible together
        ("scale: [0, 1]", "scale: [1, 0]", "scale", "swap the ends"),
        ('  "2024":\n    source', '  "2024":\n    compares_with: "2024"\n    source',
         "schemes.2024.compares_with", "runs in a circle"),
        ('  "2024":\n    source', '  "2024":\n    compares_with: "2023"\n    source',
         "schemes.2024.compares_with", "no scheme '2023'"),
        ('  "2024":\n    source', '  "2025":\n    source', "schemes", "no scheme 2024"),
        ("    year: {column: Nam}\n", "", "tables[0].scores.DTI_Tong", "has a year"),
        ("    claims: true", "    claims: true\n    measure: rank", "tables[6].claims", "keep one"),
        ("headline: overall", "headline: overall\ntolerance: -1", "tolerance", "0 or more"),
        ("      DTI_Tong: overall", "      DTI_Tong: {indicator: overall, year: 1999}",
         "tables[0].scores.DTI_Tong.year", "no year '1999'"),
    ],
)  # fmt: skip
def test_a_mistake_in_index_yml_is_told_with_row_path_and_mend(
    project: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, field: str, mend: str
) -> None:
    spoil(project / INDEX, old, new)
    lines = told(capsys)
    place = re.compile(rf"{INDEX}, row (\d+), {re.escape(field)}: ")
    about = [line for line in lines if place.match(line)]
    assert len(about) == 1 and mend in about[0], lines
    row = int(place.match(about[0])[1])  # type: ignore[index]
    written = (project / INDEX).read_text("utf-8").splitlines()
    assert 1 <= row <= len(written)
    last = field.split(".")[-1].split("[")[0]
    if new and last not in ("file", "unit"):
        assert last in written[row - 1] or last in written[row], (row, written[row - 1])


def test_several_mistakes_have_a_line_each(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(project / INDEX, "pillars:", "pilars:")
    spoil(project / INDEX, "complete: true", "complet: true")
    assert [line.split(": ")[0].rpartition(", ")[2] for line in told(capsys)] == [
        "tables[0].complet", "pilars"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "place", "mend"),
    [
        ("scheme,indicator", "scheme,indicatr", "row 1, column indicator", "did you mean indicatr"),
        ("direction", "direktion", "row 1, column direktion", "did you mean direction?"),
        ("overall,400,1", "overall,viel,1", "row 3, column weight", "expected a number from 0"),
        ("overall,400,1", "overall,-4,1", "row 3, column weight", "expected a number from 0"),
        ("overall,400,1", "overall,,1", "row 3, column weight", "expected a number from 0"),
        ("overall,400,1", "overall,nan,1", "row 3, column weight", "expected a number from 0"),
        ("overall,400,1", "overall,400,2", "row 3, column direction", "1 (more is better)"),
        ("overall,400,1", "overall,400,?", "row 3, column direction", "an open question"),
        ("(overall),4\n", "(overall),vier\n", "row 2, column decimals", "a whole number"),
        ("overall,400,1", "overal,400,1", "row 3, column parent", "did you mean overall?"),
        ("overall,,,1", "overall,digital_society,1,1", "row ", "its own ancestor"),
        ("2020,overall", "2019,overall", "row 3, column parent", "has no row in scheme 2020"),
        ("2020,digital_economy", "2020,digital_government", "row 4", "stands in row 3 already"),
        ("2020,digital_economy", ",digital_economy", "row 4, column scheme", "fill it in"),
    ],
)
def test_a_mistake_in_structure_csv_is_told_with_row_and_column(
    project: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, place: str, mend: str
) -> None:
    spoil(project / STRUCTURE, old, new)
    lines = told(capsys)
    assert any(line.startswith(f"{STRUCTURE}, {place}") and mend in line for line in lines), lines


def test_a_scheme_that_index_yml_lacks_is_told(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project / STRUCTURE
    path.write_text(path.read_text("utf-8").replace("\n2020,", "\n2019,"), encoding="utf-8")
    lines = told(capsys)
    assert lines == [line for line in lines if "2019" in line or "2020" in line] and lines


# Every kind of file by every kind of damage


def utf16(content: bytes) -> bytes:
    return content.decode("utf-8-sig").encode("utf-16")


def latin(content: bytes) -> bytes:
    return content.decode("utf-8-sig").replace("a", "é").encode("latin-1", "replace")


def semicolons(content: bytes) -> bytes:
    return content.replace(b",", b";")


def empty(_content: bytes) -> bytes:
    return b""


def header_alone(content: bytes) -> bytes:
    return content.splitlines(keepends=True)[0]


def nul(content: bytes) -> bytes:
    return content[:40] + b"\0" + content[40:]


def column_lost(content: bytes) -> bytes:
    return b"".join(line.partition(b",")[2] for line in content.splitlines(keepends=True))


def quote_left_open(content: bytes) -> bytes:
    return content.rstrip() + b'\n"cut'


def a_list(_content: bytes) -> bytes:
    return b"- a\n- b\n"


def a_word(_content: bytes) -> bytes:
    return b"word\n"


def cut(content: bytes) -> bytes:
    return content[: content.index(b": ")] + b": [\n"


def tabs(content: bytes) -> bytes:
    return b"\t" + content


TABLES = ("utf16", "latin", "semicolons", "empty", "header_alone", "nul", "column_lost",
          "quote_left_open")  # fmt: skip
YAML = ("utf16", "latin", "empty", "nul", "a_list", "a_word", "cut", "tabs")
FILES = {
    "data/raw/dti/structure.csv": TABLES,
    "data/raw/dti/claims.csv": TABLES,
    "data/raw/provinces/aliases.csv": TABLES,
    "data/raw/provinces/units.csv": TABLES,
    "data/raw/phu-tho-2023/systems.csv": TABLES,
    "data/raw/phu-tho-2023/implied.csv": TABLES,
    "data/raw/phu-tho-2023/indicators.csv": TABLES,
    INDEX: YAML,
    "data/raw/dti/dti-34-2024.csv" + provenance.SUFFIX: YAML,
}
DAMAGES = [(file, damage) for file, damages in FILES.items() for damage in damages]


def _of_pack(_capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return what the tables of an article tell, read as the command reads them."""
    with pytest.raises(catalog.DataError) as error:
        systems.of_pack("phu-tho-2023")
    return str(error.value).splitlines()


@pytest.mark.parametrize(("file", "damage"), DAMAGES)
def test_a_damaged_file_is_told_by_name(
    project: Path, capsys: pytest.CaptureFixture[str], file: str, damage: str
) -> None:
    path = project / file
    path.write_bytes(globals()[damage](path.read_bytes()))
    read: Callable[[pytest.CaptureFixture[str]], list[str]] = told
    lines = (_of_pack if "phu-tho" in file else read)(capsys)
    assert lines and all(line.startswith((file, "and ")) for line in lines), lines
    assert all(len(line) < 400 for line in lines)


@pytest.mark.parametrize("file", [*FILES])
def test_a_byte_order_mark_does_no_harm(project: Path, file: str) -> None:
    path = project / file
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    if "phu-tho" in file:
        systems.of_pack("phu-tho-2023")
    else:
        provenance.verify(catalog.load("dti").files())


def test_a_mistake_in_another_index_stops_nobody(project: Path) -> None:
    path = project / "data/raw/pci/index.yml"
    path.write_bytes(path.read_text("utf-8").encode("utf-16"))
    assert catalog.load().name == "dti"


@pytest.mark.parametrize(
    ("old", "new", "field", "mend"),
    [
        ("licence:", "license:", "license", "did you mean licence?"),
        ("rating: green", "rating: blue", "quality.rating", "'green', 'amber' or 'red'"),
        ("rows: 34", "rows: many", "rows", "expected a whole number"),
        ("quality:\n", "quality: good\nquality2:\n", "quality", "expected fields"),
    ],
)
def test_a_mistake_in_a_sidecar_is_told_with_row_and_field(
    project: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, field: str, mend: str
) -> None:
    file = "data/raw/dti/dti-34-2024.csv" + provenance.SUFFIX
    spoil(project / file, old, new)
    lines = told(capsys)
    assert any(f", {field}: " in line and mend in line for line in lines), lines
