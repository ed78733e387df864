"""The table of some units alone: as if nobody else had been ranked."""

import pytest

import cells
from helpers.errors import ParameterError
from helpers.index import peers
from helpers.report import open_case
from helpers.report.league import open_league
from packs import dti


@pytest.fixture(autouse=True)
def made_before(built, monkeypatch):
    """The processed tables that all modules share."""
    monkeypatch.setenv("HELPERS_ROOT", str(built))


def test_ranks_among_peers_are_those_of_a_table_of_them_alone():
    whole = open_league("dti", "63", 2023, "en")
    few = open_league("dti", "63", 2023, "en", "Southeast, Hà Nội")
    chosen = peers.choose(dti()[0], "Southeast, Hà Nội", "63")
    assert set(few.standings.index) == set(chosen) == set(few.units) == set(few.peers)
    scores = whole.standings.loc[list(few.standings.index), "score"]
    assert (scores == few.standings["score"]).all()
    expected = scores.rank(ascending=False, method="min")
    assert (few.standings["rank"] == expected).all()
    changes = few.changes.dropna(subset="own_effect")
    assert (
        len(changes)
        and (changes["own_effect"] + changes["others_effect"] == changes["change"]).all()
    )
    assert changes["rank_to"].max() <= len(chosen)
    assert len(whole.standings) == 63 and not whole.peers


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_both_reports_are_made_with_peers(lang):
    asked = {"index": "dti", "unit_set": "63", "year": 2023, "lang": lang, "peers": "Southeast"}
    assert "6" in "".join(map(str, cells.run("report-national", asked)))
    asked = {"index": "dti", "unit": "VN-68", "year": 2023, "lang": lang, "peers": "region"}
    assert len(list(cells.run("report", asked))) > 10
    case = open_case("dti", "VN-68", 2023, lang, "region")
    assert "VN-68" in case.peers and len(case.units) == 63
    assert {case.units[code].region for code in case.peers} == {case.unit.region}


def test_unknown_peers_are_refused():
    with pytest.raises(ParameterError, match="'Atlantis'"):
        open_case("dti", "VN-68", 2023, "en", "Atlantis")
