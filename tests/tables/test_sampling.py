"""Standard errors from a published table to the confidence sets of ranks and changes."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sampled
from helpers import tables
from helpers.errors import DataError
from helpers.index import catalog, units
from helpers.methods.infer import rank_change_confidence_sets, rank_confidence_sets
from helpers.tables import rank, sampling, score
from helpers.tables.clean import clean
from projects import edit


def make(root: Path, name: str) -> dict[str, pd.DataFrame]:
    """Carry an index's tables as far as the notebooks do before the confidence sets."""
    catalog._load.cache_clear()
    index = catalog.load(name)
    everybody, published = units.load(index), clean(index).published
    scored = score.scores(index, everybody, published)
    ranked = rank.ranks(index, everybody, scored, published)
    changed = rank.changes(index, everybody, ranked, published)
    made = {"published": published, "intervals": scored, "ranks": ranked, "changes": changed}
    tables.write(name, made)
    sets = sampling.confidence_tables(index)
    tables.write(name, sets)
    return made | {one: tables.read(name, one) for one in sets}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HELPERS_ROOT", str(tmp_path))
    return tmp_path


def test_pisa_has_the_published_set_of_the_united_kingdom(root):
    sampled.pisa(root)
    made = make(root, "pisa")
    sets = made["rank_confidence"]
    own = sets[(sets["unit_name"] == "United Kingdom") & (sets["indicator"] == "math")].iloc[0]
    assert own[["marginal_low", "rank", "marginal_high"]].tolist() == [8, 13, 23]
    assert own["std_error"] == 2.564428111
    assert sets.groupby("indicator").size().to_dict() == {"math": 37, "reading": 36, "science": 37}
    assert made["change_confidence"].empty
    whole = sampling.summarise_ranks(made).set_index("indicator")
    assert (whole["width_alone"] <= whole["width_at_once"]).all()


def test_governance_has_the_sets_that_the_methods_give(root):
    folder = sampled.governance(root)
    made = make(root, "governance")
    table = pd.read_csv(folder / "rule.csv")
    years = {
        year: rows.set_index("country")[["estimate", "std_error"]]
        for year, rows in table.groupby("year")
    }
    sets, moves = made["rank_confidence"], made["change_confidence"]
    for year, rows in years.items():
        own = sets[(sets["year"] == year) & (sets["indicator"] == "rule")].set_index("unit_name")
        plain = rank_confidence_sets(rows["estimate"], rows["std_error"], draws=None)
        for ours, theirs in (
            ("marginal_low", "lower"),
            ("rank", "rank"),
            ("marginal_high", "upper"),
        ):
            assert (own[ours] == plain[theirs]).all(), (year, ours)
    for year in sampled.YEARS[1:]:
        own = moves[(moves["year_to"] == year) & (moves["indicator"] == "rule")]
        own = own.set_index("unit_name")
        ends = ((f["estimate"], f["std_error"]) for f in (years[year - 1], years[year]))
        plain = rank_change_confidence_sets(*ends, draws=None)
        for ours, theirs in (("marginal_low", "lower"), ("change", "change")):
            assert (own[ours] == plain[theirs]).all(), (year, ours)
    # Country 0 rose from the last place to the first; among the others nobody can be told to move.
    newest = moves[(moves["year_from"] == 2021) & (moves["indicator"] == "rule")]
    certain = newest[(newest["simultaneous_low"] > 0) | (newest["simultaneous_high"] < 0)]
    assert "Country 0" in set(certain["unit_name"]) and len(certain) < len(newest)
    counted = sampling.summarise_changes(made).set_index(["year_from", "indicator"])
    assert counted.loc[(2021, "rule"), "beyond_at_once"] == len(certain)


def test_bounds_are_the_standard_errors_they_were_made_from(root):
    sampled.governance(root)
    sets = make(root, "governance")["rank_confidence"]
    rule, voice = (
        sets[sets["indicator"] == name].reset_index(drop=True) for name in ("rule", "voice")
    )
    assert np.allclose(rule["std_error"], voice["std_error"], atol=1e-4)
    assert (rule["rank"] == voice["rank"]).all()


def test_a_long_table_has_errors_beside_its_figures(root):
    folder = sampled.governance(root)
    table = pd.read_csv(folder / "rule.csv").assign(what="rule")
    table.to_csv(folder / "rule.csv", index=False)
    edit(
        folder / "index.yml",
        "    scores: {estimate: rule}\n    errors: {estimate: std_error}\n",
        "    indicator: {column: what}\n    measure: score\n    value: {column: estimate}\n"
        "    errors: {estimate: std_error}\n",
    )
    sets = make(root, "governance")["rank_confidence"]
    own = sets[sets["indicator"] == "rule"].sort_values(["year", "unit"])
    assert own["std_error"].tolist() == table.sort_values(["year", "country"], key=lambda c: (
        c if c.name == "year" else c.str.extract(r"(\d+)")[0].astype(int)
    ))["std_error"].tolist()  # fmt: skip


def test_a_unit_without_an_error_may_have_any_rank_and_stand_on_any_side(root):
    cell = pd.DataFrame(
        {"score": [9.0, 6.0, 3.0], "std_error": [0.1, np.nan, 0.1]}, index=list("abc")
    )
    for kind in ("marginal", "simultaneous"):
        sets = sampling.confidence_sets(cell, kind, 0.95)
        assert sets.to_numpy().tolist() == [[1, 1, 2], [1, 2, 3], [2, 3, 3]]


def test_of_low_scores_that_are_best_the_lowest_is_first(root):
    folder = sampled.governance(root)
    text = (folder / "structure.csv").read_text(encoding="utf-8")
    head, *rows = text.splitlines()
    turned = [head + ",direction", *(row + ",-1" for row in rows)]
    straight = make(root, "governance")["rank_confidence"]
    (folder / "structure.csv").write_text("\n".join(turned) + "\n", encoding="utf-8")
    found = make(root, "governance")["rank_confidence"]
    assert (found["marginal_low"] == 1 + sampled.COUNTRIES - straight["marginal_high"]).all()


def test_an_index_without_errors_has_no_such_tables():
    assert sampling.confidence_tables(catalog.load("dti")) == {}


CELLS = {
    "a standard error above 0": ("rule.csv", 3, "0"),
    "expected a standard error": ("rule.csv", 3, ""),
    "the bound of an interval": ("voice.csv", 3, "x"),
    "with the score between the two": ("voice.csv", 3, "3.9"),
    "a bound above the lower one": ("voice.csv", 4, "-3.9"),
}


@pytest.mark.parametrize("message", CELLS)
def test_a_bad_error_refuses_the_table_and_names_the_cell(root, message):
    name, place, value = CELLS[message]
    path = sampled.governance(root) / name
    lines = path.read_text(encoding="utf-8").splitlines()
    cells = lines[4].split(",")
    cells[place] = value
    lines[4] = ",".join(cells)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=message) as told:
        make(root, "governance")
    assert f"{name}, row 5, column" in str(told.value)


FIELDS = {
    "no column of scores|column of scores": ("{estimate: std_error}", "{estimates: std_error}"),
    "did you mean std_error": ("{estimate: std_error}", "{estimate: std_eror}"),
    "or lower and upper": ("{lower: low, upper: high, level: 0.9}", "{lower: low}"),
    "expected a share": ("level: 0.9}", "level: 90.0}"),
}


@pytest.mark.parametrize("message", FIELDS)
def test_a_field_that_does_not_fit_is_refused_by_name(root, message):
    folder = sampled.governance(root)
    edit(folder / "index.yml", *FIELDS[message])
    with pytest.raises(DataError, match=message) as told:
        make(root, "governance")
    assert "errors" in str(told.value)
