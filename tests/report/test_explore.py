"""The explorer without a browser: what is set, what follows, and the widgets in between."""

from pathlib import Path

import numpy as np
import pytest

from helpers import tables
from helpers.errors import ParameterError
from helpers.methods.ranking import competition_ranks
from helpers.report.explore import Explorer, draw
from helpers.report.explore.panel import Panel
from helpers.report.explore.state import forget


@pytest.fixture
def explorer(built: Path, monkeypatch: pytest.MonkeyPatch) -> Explorer:
    monkeypatch.setenv("HELPERS_ROOT", str(built))
    forget()
    return Explorer("dti", "phu tho", 2023, "en")


def test_as_published_the_ranks_are_those_of_the_table(explorer: Explorer) -> None:
    for year in explorer.full_years:
        explorer.choose_years(0, year)
        rows = tables.read("dti", "ranks").query(
            "indicator == 'overall' and unit_set == '63' and year == @explorer.year"
        )
        assert explorer.year == year
        assert (rows.set_index("unit")["rank"] == explorer.ranks).all()
        assert explorer.rank == explorer.rank_as_is and explorer.total == pytest.approx(
            rows.set_index("unit")["score"][explorer.unit.code]
        )


def test_weights_are_shares_of_their_sum_and_re_rank_everybody(explorer: Explorer) -> None:
    first, *rest = explorer.parts
    for part in explorer.parts:
        explorer.set_weight(part, 7 * explorer.weights[part])
    assert (explorer.ranks == explorer.ranks_as_is).all()
    for part in rest:
        explorer.set_weight(part, 0)
    assert (explorer.ranks == competition_ranks(explorer.dials.scores[first])).all()
    assert explorer.shares == {first: 100.0, **dict.fromkeys(rest, 0.0)}
    assert set(explorer.band()[2]) == {explorer.rank}
    explorer.reset()
    assert (explorer.ranks == explorer.ranks_as_is).all()
    low, high, drawn = explorer.band()
    assert low <= np.median(drawn) <= high


def test_the_least_gain_reaches_the_goal_and_less_does_not(explorer: Explorer) -> None:
    for goal in (1, explorer.rank_as_is - 1, explorer.rank_as_is):
        explorer.set_goal(goal)
        for part, needed in explorer.least_gains().iterrows():
            before = explorer.dials.scores.at[explorer.unit.code, part]
            explorer.set_own(part, before + needed["gain"] + 1e-9)
            assert explorer.rank <= goal
            explorer.set_own(part, before + needed["gain"] - 1e-6)
            assert explorer.rank > goal or not needed["gain"]
            explorer.reset()
    assert explorer.least_gains()["gain"].eq(0).all()


def test_another_score_moves_one_unit_past_others(explorer: Explorer) -> None:
    part = explorer.parts[0]
    explorer.set_own(part, explorer.ends(part)[1])
    assert explorer.rank <= explorer.rank_as_is
    others = explorer.ranks.drop(explorer.unit.code)
    assert others.rank().equals(explorer.ranks_as_is.drop(explorer.unit.code).rank())
    with pytest.raises(ParameterError, match="there are"):
        explorer.set_own("luck", 1)


def test_the_views_hang_together(explorer: Explorer) -> None:
    crossed = explorer.passed()
    headline = explorer.changes().loc["overall"]
    assert crossed["gain"].sum() == headline["change"]
    assert headline["rank_to"] == explorer.rank_as_is
    table = explorer.table()
    assert (table["as_is"] - table["rank"] == table["shift"]).all() and len(table) == 63
    for view in (draw.ladder, draw.path, draw.band, draw.changes, draw.passed):
        assert view(explorer).startswith("<svg") and "nan" not in view(explorer)


def test_every_unit_year_and_language_can_be_looked_at(explorer: Explorer) -> None:
    for unit in explorer.search(""):
        explorer.choose_unit(unit.slug)
        assert explorer.unit.code == unit.code
        for view in (draw.path, draw.changes, draw.passed):
            assert "nan" not in view(explorer)
    explorer.choose_years(2022, 2023)
    explorer.choose_lang("vi")
    assert (explorer.lang, explorer.year_from, explorer.year) == ("vi", 2022, 2023)


def test_widgets_set_it_and_follow(explorer: Explorer) -> None:
    panel = Panel(explorer)
    said, drawn = panel.said.value, panel.views["ladder"].value
    slider = panel.weights.children[0].children[1]
    slider.value = 90
    assert explorer.weights[explorer.parts[0]] == 90
    assert panel.said.value != said and panel.views["ladder"].value != drawn
    panel.reset.click()
    assert panel.said.value == said and panel.weights.children[0].children[1].value != 90
    panel.find.value = "ha n"
    assert [name for name, _ in panel.found.options] == ["Hà Nam", "Hà Nội"]
    panel.find.value = "ha no"
    assert explorer.unit.name == "Hà Nội" and "Hà Nội" in panel.said.value
    panel._choose(explorer.choose_unit, "nobody")
    assert "nobody" in panel.status.value and explorer.unit.name == "Hà Nội"
    panel.lang.value = "vi"
    assert panel.tabs.titles[0] == "Trọng số"


def test_the_button_makes_the_report_that_is_looked_at(explorer: Explorer) -> None:
    asked: list[tuple[str, ...]] = []
    panel = Panel(explorer, report=lambda *what: asked.append(what) or [])
    panel.make.click()
    assert asked == [("dti", "VN-68", "2023", "en")]
