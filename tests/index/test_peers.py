"""Whom a unit is compared with: units, regions and classes, told in index.yml or asked for."""

import pytest

from helpers.errors import DataError, ParameterError
from helpers.index import catalog, peers, units
from packs import made

ASEM = catalog.load("asem")
EVERYBODY = units.load(ASEM)


def test_a_region_units_and_the_units_own_region_are_found():
    europe = peers.choose(ASEM, "Europe", "all")
    assert {EVERYBODY.by_code[code].region for code in europe} == {"Europe"}
    swiss = EVERYBODY.by_code["CHE"]
    assert peers.choose(ASEM, "region", "all", swiss) == europe
    both = peers.choose(ASEM, "Austria, asia", "all", swiss)
    assert set(both) == {"CHE", "AUT"} | set(peers.choose(ASEM, "Asia", "all"))
    assert peers.choose(ASEM, "AUT BEL", "all", swiss) == ("AUT", "BEL", "CHE")
    assert peers.choose(ASEM, "", "all", swiss) == peers.choose(ASEM, "all", "all") == ()


@pytest.mark.parametrize("asked", ["Atlantis", "AUT, Atlantis", "region", "class"])
def test_what_is_no_peer_is_refused(asked):
    with pytest.raises(ParameterError, match=r"Asia, Europe"):
        peers.choose(ASEM, asked, "all")
    with pytest.raises(ParameterError, match="no other unit"):
        peers.choose(ASEM, "CHE", "all", EVERYBODY.by_code["CHE"])


def test_a_region_is_found_by_its_name_in_another_language():
    dti = made("dti").index
    for words in dti.regions.values():
        for region, said in words.items():
            found = peers.choose(dti, said, "63")
            assert found == peers.choose(dti, region, "63") and len(found) > 1


@pytest.mark.parametrize(
    ("told", "expected"),
    [("region", {"a", "b"}), ("[EU]", {"a", "b", "c"}), ("[b, C]", {"a", "b", "c"}),
     ("class", {"a", "b", "c", "d"}), ("[all]", set())],
)  # fmt: skip
def test_index_yml_names_peers(project, told, expected):
    index = small(project, told)
    unit = units.load(index).by_code["a"]
    assert set(peers.choose(index, "", "all", unit)) == expected
    assert peers.choose(index, "", "all") == ()  # a whole table is whole unless asked otherwise
    assert len(peers.choose(index, "all", "all", unit)) == 0


def test_a_peer_that_is_none_is_refused_with_its_row(project):
    told = r"index\.yml, row \d+, peers\[1\].*'North'.*EU, East, Island, West"
    with pytest.raises(DataError, match=told):
        small(project, "[b, North]")


def small(project, told):
    folder = project / "data/raw/small"
    folder.mkdir(parents=True)
    (folder / "units.csv").write_text(
        "code,name,region,class\na,Ay,East,EU|Island\nb,Bee,East,EU\nc,Cee,West,EU\n"
        "d,Dee,West,Island\ne,Eee,West,\n"
    )
    (folder / "structure.csv").write_text(
        "scheme,indicator,parent,weight,direction,label_vi,label_en,decimals\none,index,,,1,i,i,0\n"
    )
    (folder / "t.csv").write_text("unit,index\na,1\nb,2\nc,3\nd,4\ne,5\n")
    (folder / "index.yml").write_text(
        "label: x\nshort: x\nunit_words: units\nheadline: index\nscale: [0, 10]\n"
        f"units: units.csv\npeers: {told}\nunit_sets: {{all: all}}\nyears: {{2020: one}}\n"
        "schemes: {one: {source: x}}\ntables:\n- {file: t.csv, complete: true, year: 2020, "
        "unit: {column: unit}, scores: {index: index}}\n"
    )
    catalog._load.cache_clear()
    return catalog.load("small")
