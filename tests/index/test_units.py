"""Names settle to units: every spelling that was met, and no near miss."""

import json
import unicodedata
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.errors import DataError, ParameterError
from helpers.index import asked, catalog, units
from helpers.index.spelling import fold, slugify
from helpers.index.units import Units
from projects import ROOT

PROVINCES = pd.read_csv(ROOT / "data/raw/provinces/provinces-63-to-34.csv", dtype=str)
ALL = units.provinces()
VARIANTS = [
    (spelling, key)
    for key, spellings in json.loads(
        (ROOT / "data/raw/provinces/spelling-variants.json").read_text(encoding="utf-8")
    ).items()
    for spelling in spellings
]
# The keys of the variants are English names without spaces; a city's leaves its title out.
BY_KEY = {
    row.name_ascii.lower().replace(" ", "").replace("-", ""): row.iso_3166_2
    for row in PROVINCES.itertuples()
}
MUNICIPALITIES = set(PROVINCES[PROVINCES["type_63"] == "municipality"]["iso_3166_2"])
NAMES = list(zip(PROVINCES["name_vi"], PROVINCES["iso_3166_2"], strict=True))

few = settings(max_examples=80, deadline=None)


def test_the_variants_name_every_key_once() -> None:
    assert len(VARIANTS) == 179
    assert {key for _, key in VARIANTS} <= set(BY_KEY)


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_every_spelling_met_settles_to_its_unit(form: str) -> None:
    settled = {
        (text, key): ALL.settle(unicodedata.normalize(form, text), "63") for text, key in VARIANTS
    }
    assert {pair: code for pair, code in settled.items() if code != BY_KEY[pair[1]]} == {}


def _dressed(text: str, code: str) -> list[str]:
    """Return the ways a name is written around its letters."""
    kinds = ["Thành phố {}", "TP. {}", "TP.{}", "tp {}", "{} City"]
    kinds = kinds if code in MUNICIPALITIES else ["Tỉnh {}", "tỉnh  {}", "{} Province"]
    spaced = [text.replace(" ", "  "), f" \t{text}\n", text.replace(" ", "\xa0")]
    dashed = [text.replace("-", dash) for dash in ("–", "—", " - ", "‑")]
    cased = [text.upper(), text.lower(), text.title(), text.swapcase()]
    return [text, *(kind.format(text) for kind in kinds), *spaced, *dashed, *cased, f"{text}*"]


def test_titles_spaces_dashes_and_case_make_no_difference() -> None:
    wrong = {
        written: (ALL.settle(written, "63"), code)
        for name, code in NAMES
        for form in ("NFC", "NFD")
        for text in _dressed(unicodedata.normalize(form, name), code)
        for written in (text, unicodedata.normalize("NFD", text))
        if ALL.settle(written, "63") != code
    }
    assert wrong == {}


def test_every_name_without_diacritics_is_one_units_own() -> None:
    for unit_set in ("63", "34"):
        folded = [fold(unit.name).replace(" ", "") for unit in ALL.of(unit_set)]
        assert len(set(folded)) == len(folded) == int(unit_set)


def test_the_letter_of_another_alphabet_that_looks_like_d_with_stroke() -> None:
    # Old conversions wrote the Icelandic or the African letter; on paper all are the same.
    assert {ALL.settle(d + "à Nẵng", "63") for d in "ĐÐƉđðɖ"} == {"VN-DN"}


@pytest.mark.parametrize(
    "text",
    [
        "Hà Tây",  # part of Hà Nội since 2008
        "TP. Bắc Ninh",  # the town in the province
        "Thành phố Hà Giang",
        "Thị xã Phú Thọ",
        "Huyện Hà Trung",
        "Quảng Nam Đà Nẵng",  # one province until 1996
        "Quảng Nam - Đà Nẵng",
        "Vĩnh Phú",
        "Hà Nam Ninh",
        "Bình Trị Thiên",
        "Hà",
        "Bắc",
        "Tỉnh",
        "TP.",
        "City",
        "",
        "  ",
        "-",
        "Tổng cộng",
        "Cả nước",
        "23",
        "Hà Nội 2",
        "Hà Nội, Hà Nam",
        "Bộ Công an",
    ],
)
def test_a_near_miss_settles_to_nothing(text: str) -> None:
    assert ALL.settle(text, "63") is None


def _misspelt(name: str, place: int, letter: str, how: str) -> str:
    place %= len(name)
    return {
        "dropped": name[:place] + name[place + 1 :],
        "changed": name[:place] + letter + name[place + 1 :],
        "added": name[:place] + letter + name[place:],
    }[how]


def _tones(text: str) -> Counter[str]:
    return Counter(filter(unicodedata.combining, unicodedata.normalize("NFD", text)))


def _one_letter_apart(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    same = next(
        (n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short)
    )
    rest = short[same:] if len(short) < len(long) else short[same + 1 :]
    return one != other and rest == long[same + 1 :]


# Where two names are one letter apart, a slip in one is the other: nobody could tell.
TWINS = {
    frozenset((code, other))
    for name, code in NAMES
    for twin, other in NAMES
    if _one_letter_apart(fold(name).replace(" ", ""), fold(twin).replace(" ", ""))
}


def test_which_names_are_one_letter_apart() -> None:
    names = {code: name for name, code in NAMES}
    assert {" ~ ".join(sorted(names[code] for code in pair)) for pair in TWINS} == {
        "Bình Thuận ~ Ninh Thuận",
        "Hà Giang ~ Hậu Giang",
        "Khánh Hòa ~ Thanh Hóa",
        "Kiên Giang ~ Tiền Giang",
        "Quảng Bình ~ Quảng Ninh",
    }


@pytest.mark.parametrize(
    "text", ["Hậ Giang", "Thánh Hòa", "Nình Thuận", "Quảng Nình", "Tiến Giáng"]
)
def test_a_slip_that_leaves_anothers_letters_but_not_its_diacritics(text: str) -> None:
    assert ALL.settle(text, "63") is None


@few
@given(
    st.sampled_from(NAMES),
    st.integers(0, 40),
    st.sampled_from("abcdđeêghiklmnoôơpqrstuưvxyáàảãạ -."),
    st.sampled_from(["dropped", "changed", "added"]),
)
def test_one_slip_never_gives_another_unit(
    named: tuple[str, str], place: int, letter: str, how: str
) -> None:
    name, code = named
    text = _misspelt(name, place, letter, how)
    found = ALL.settle(text, "63")
    if found not in (None, code):
        # It is the other name with a diacritic left out, and nobody could tell.
        assert frozenset((code, found)) in TWINS
        assert _tones(text) <= _tones(ALL.by_code[found].name)


@few
@given(st.text(max_size=40))
def test_any_text_settles_to_nothing_or_to_a_name_it_holds(text: str) -> None:
    found = ALL.settle(text, "63")
    if found is not None:
        unit = ALL.by_code[found]
        mine = {fold(t).replace(" ", "") for t in (unit.name, unit.slug, unit.code, *unit.aliases)}
        assert any(one in fold(text).replace(" ", "") for one in mine)


def test_the_same_name_is_another_unit_after_the_merger() -> None:
    both = {unit.name for unit in ALL.of("63")} & {unit.name for unit in ALL.of("34")}
    assert len(both) == 33  # all of the 34 but Huế, which was Thừa Thiên Huế
    for name in both:
        old, new = ALL.settle(name, "63"), ALL.settle(name, "34")
        assert old is not None and new is not None and old != new
        assert ALL.by_code[old].name == ALL.by_code[new].name == name
    assert ALL.settle("Phú Thọ", "63") == "VN-68"
    assert ALL.settle("Phú Thọ", "34") == "VN34-25"
    assert ALL.settle("Hà Giang", "34") is None  # no unit of that name any more


def test_the_34_share_out_the_63() -> None:
    members = [member for unit in ALL.of("34") for member in unit.members]
    assert sorted(members) == sorted(unit.code for unit in ALL.of("63"))
    assert len(members) == 63 and all(unit.members for unit in ALL.of("34"))
    assert set(ALL.by_code["VN34-25"].members) == {"VN-68", "VN-70", "VN-14"}
    assert sum(len(unit.members) == 1 for unit in ALL.of("34")) == 11


def test_codes_and_slugs_are_keys() -> None:
    assert len(ALL.all) == len({u.code for u in ALL.all}) == len({u.slug for u in ALL.all}) == 97
    assert all(u.slug.isascii() and set(u.slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
               for u in ALL.all)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("VN-68", "VN-68"),
        ("vn-68", "VN-68"),
        ("phu-tho", "VN-68"),
        ("Phú Thọ", "VN-68"),
        ("PHU THO", "VN-68"),
        ("tỉnh Phú Thọ", "VN-68"),
        ("VN34-25", "VN34-25"),
        ("phu-tho-34", "VN34-25"),
        ("TP. HCM", "VN-SG"),
        ("Sài Gòn", "VN-SG"),
        ("Huế", "VN-26"),
    ],
)
def test_a_user_asks_by_code_slug_name_or_alias(text: str, code: str) -> None:
    assert ALL.find(text, ["63", "34"]).code == code


def test_the_first_unit_set_that_knows_the_name_wins() -> None:
    assert ALL.find("Phú Thọ", ["34", "63"]).code == "VN34-25"
    assert ALL.find("Hà Giang", ["34", "63"]).code == "VN-03"


def test_an_unknown_unit_brings_the_nearest_names() -> None:
    with pytest.raises(ParameterError, match=r"no unit 'Phu Toh'; nearest: Phú Thọ"):
        ALL.find("Phu Toh", ["63", "34"])
    with pytest.raises(ParameterError, match=r"no unit '../../etc'; give a name, a slug or a code"):
        ALL.find("../../etc", ["63", "34"])
    with pytest.raises(ParameterError, match="Bắc Ninh"):
        ALL.find("TP. Bắc Ninh", ["63"])
    assert ALL.nearest("Kon Tun", "34") == [] or "Kon Tum" not in ALL.nearest("Kon Tun", "34")
    assert len(ALL.nearest("Quảng", count=2)) == 2


@few
@given(st.sampled_from([unit.name for unit in ALL.all]))
def test_a_name_is_nearest_to_itself(name: str) -> None:
    assert ALL.nearest(name)[0] == name


def _pack(path: Path, text: str) -> Units:
    path.write_text(text, encoding="utf-8")
    return units.from_table(path)


def test_units_from_a_packs_own_table(tmp_path: Path) -> None:
    found = _pack(
        tmp_path / "units.csv",
        "code,name,region,aliases\nAUT,Austria,Europe,Österreich| Autriche \nLAO,Lao PDR,Asia,\n",
    )
    assert [unit.code for unit in found.of("all")] == ["AUT", "LAO"]
    assert found.settle("OSTERREICH", "all") == found.settle("autriche", "all") == "AUT"
    assert found.by_code["LAO"].region == "Asia"


def test_units_of_a_pack_that_share_a_name_keep_their_own_files(tmp_path: Path) -> None:
    found = _pack(tmp_path / "units.csv", "code,name\n1,An Bình\n2,An Binh\n3,An Bình 1\n4,東京\n")
    slugs = [unit.slug for unit in found.all]
    assert len(set(slugs)) == 4 and all(slugs)
    assert found.settle("An Bình", "all") == "1" and found.settle("An Binh", "all") == "2"
    assert found.settle("AN  BÌNH", "all") == "1"
    assert found.settle("an bính", "all") is None  # two units, and neither is written so


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("code,title\n1,A\n", "units.csv, row 1, column name: the column is missing"),
        ("code,name\n", "units.csv, row 2: the table has a header but no rows"),
        ("code,name\n1,A\n1,B\n", "units.csv, row 3, column code: 1 twice; keep one"),
    ],
)
def test_a_broken_table_of_units_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        _pack(tmp_path / "units.csv", text)


@few
@given(st.text(max_size=60))
def test_a_slug_is_a_file_name(text: str) -> None:
    slug = slugify(text)
    assert "/" not in slug and "\\" not in slug and "." not in slug and "\0" not in slug
    assert slugify(slug) == slug


def test_the_table_of_units_says_what_the_published_one_says() -> None:
    """Units.csv is ours; code, name, region, kind and merger are those of the raw table."""
    by_code = {unit.code: unit for unit in ALL.all}
    for row in PROVINCES.itertuples():
        unit = by_code[row.iso_3166_2]
        assert (unit.name, unit.region, unit.unit_set) == (row.name_vi, row.region_6, "63")
    merged = PROVINCES.groupby(["new_gso_code_34", "new_name_34"])["iso_3166_2"].agg(set)
    assert len(merged) == 34
    for (gso, name), members in merged.items():
        unit = by_code[f"VN34-{gso}"]
        assert (unit.name, unit.unit_set, set(unit.members)) == (name, "34", members)
    assert len(by_code) == 63 + 34


@pytest.mark.parametrize("text", ["Hà Nội", "ha noi", "VN-HN", "ha-noi", "TP. Hà Nội", " HANOI "])
def test_a_unit_is_asked_for_by_any_of_its_names_in_a_year_or_in_none(text: str) -> None:
    index = catalog.load("dti")
    for year in (2022, 2024, 0):
        assert asked.find_unit(index, text, year).code in ("VN-HN", "VN34-01")
    assert asked.find_unit(index, "VN-68").code == "VN-68"
    assert asked.find_unit(index, "").code == index.default_unit


def test_what_is_typed_so_far_finds_units_without_diacritics() -> None:
    everybody = units.load(catalog.load("dti")).of("63")
    assert [unit.name for unit in asked.search(everybody, "phu t")] == ["Phú Thọ"]
    assert asked.search(everybody, "") == everybody
    assert asked.search(everybody, "Zürich") == []
    for unit in everybody:
        assert all(unit in asked.search(everybody, name[:4]) for name in (unit.name, unit.slug))


@pytest.mark.parametrize("name", ["dti", "pci"])
def test_every_region_of_an_index_of_provinces_is_translated(name: str) -> None:
    index = catalog.load(name)
    regions = {unit.region for unit in units.load(index).all}
    assert regions and regions <= set(index.regions["vi"])
