"""The data log, the assumptions and the account of DTI say what the tables and sidecars say."""

import json
import re
import unicodedata

import numpy as np
import pandas as pd
import pytest
import yaml

from documented import MAIN, ROOT, dti, table_after
from helpers.index import provenance, units
from helpers.tables import recompute, score

RAW = ROOT / "data" / "raw"
LOG = (RAW / "README.md").read_text(encoding="utf-8")
DTI = (ROOT / "docs" / "dti.md").read_text(encoding="utf-8")
ASSUMED = (ROOT / "docs" / "assumptions.md").read_text(encoding="utf-8")
LEAVES = [
    "awareness", "institutions", "infrastructure", "human_resources", "cybersecurity",
    "gov_activity", "econ_activity", "society_activity",
]  # fmt: skip


def running(text: str) -> str:
    return " ".join(text.split())


def published(unit_set: str, year: int, indicators: list[str]) -> pd.DataFrame:
    """Return scores as printed of the units that have all the indicators."""
    rows = dti().scored
    rows = rows[(rows["unit_set"] == unit_set) & (rows["year"] == year)]
    rows = rows[(rows["status"] == "published") & rows["indicator"].isin(indicators)]
    return rows.pivot(index="unit", columns="indicator", values="score")[indicators].dropna()


def test_the_log_has_a_row_for_every_sidecar_with_its_rating_and_rows() -> None:
    logged = {row[0].strip("`"): (row[1], row[2]) for row in table_after(LOG, "file")}
    sidecars = {}
    for path in RAW.rglob("*" + provenance.SUFFIX):
        entry = yaml.safe_load(path.read_text(encoding="utf-8"))
        name = path.relative_to(RAW).as_posix().removesuffix(provenance.SUFFIX)
        rows = str(entry["rows"]) if name.endswith(".csv") else "–"
        sidecars[name] = rows, entry["quality"]["rating"]
    assert logged == sidecars


def test_the_log_counts_rows_as_they_were_read() -> None:
    counts = dti().cleaned.counts.set_index("source")["read"]
    for name, rows, *_ in table_after(LOG, "file"):
        source = "data/raw/" + name.strip("`")
        if source in counts:
            assert int(rows) == counts[source]
    press = pd.read_csv(RAW / "dti" / "dti-press-2020-2024.csv", dtype=str)
    assert f"there are {len(press)}" in LOG
    assert f"{press['source_date'].isna().sum()} rows have no date" in LOG
    compiled = press["source_url"].str.contains("huggingface.co", regex=False)
    collected = compiled & press["source_url"].str.endswith("/vn-dti-provincial")
    assert f"{compiled.sum()} rows come from compilations on Hugging Face" in LOG
    assert f"{compiled.sum()} of the {len(press)} rows come from two compilations" in ASSUMED
    sidecar = provenance.recorded(RAW / "dti" / "dti-press-2020-2024.csv").quality.note
    assert f"{compiled.sum()} of the {len(press)} rows come from compilations" in sidecar
    assert f"({collected.sum()} from a collected table of 2020" in sidecar
    facts = dti().cleaned.published
    facts = facts[facts["source"].str.contains("huggingface.co", regex=False)]
    marks = facts["mark"].value_counts()
    assert f"Another source prints {marks['repeated']} of them too, and none contradicts" in ASSUMED
    assert set(marks.index) == {"repeated", "single"}
    medium = (press["confidence"] == "medium").sum()
    assert f"{medium} of the {len(press)} rows carry medium" in running(ASSUMED)


def test_the_log_describes_the_spellings() -> None:
    file = RAW / "provinces" / "spelling-variants.json"
    spellings = json.loads(file.read_text(encoding="utf-8"))
    every = [one for variants in spellings.values() for one in variants]
    assert f"{len(every)} spellings of {len(spellings)} provinces" in LOG
    decomposed = sum(not unicodedata.is_normalized("NFC", one) for one in every)
    assert f"{decomposed} spellings are in Unicode's decomposed form" in LOG
    known = units.provinces()
    slugs = {u.slug.replace("-", ""): u.name for u in known.of("63")}
    missing = [slugs[slug] for slug in sorted(set(slugs) - set(spellings))]
    assert f"{', '.join(missing[:-1])} and {missing[-1]} are missing" in LOG
    assert f"All {len(every)} spellings" in ASSUMED
    assert all(known.settle(one, "63") for one in every)


def test_points_are_those_of_the_structure() -> None:
    weights = {
        (row.scheme, row.indicator): row.weight
        for row in dti().index.structure.rows
        if row.parent == "overall"
    }
    rows = table_after(DTI, "main index")
    for name, *points in rows[:-1]:
        for scheme, number in zip(("2021-2023", "2024"), points, strict=True):
            assert weights.pop((scheme, name)) == float(number)
    assert {scheme for scheme, _ in weights} == {"2020"}
    columns = [[int(row[n]) for row in rows] for n in (1, 2)]
    assert all(sum(column[:-1]) == column[-1] for column in columns)


def test_the_weights_of_2024_come_out_of_the_34_units() -> None:
    table = published("34", 2024, [*LEAVES, "overall"])
    found, *_ = np.linalg.lstsq(table[LEAVES].to_numpy(), table["overall"].to_numpy(), rcond=None)
    fitted = np.abs(table[LEAVES] @ found - table["overall"]).max()
    form = score.forms(dti().index, "2024").loc["overall", LEAVES]
    rounded = np.abs(table[LEAVES] @ form - table["overall"]).max()
    assert np.round(found * 940) == pytest.approx(form.to_numpy() * 940)
    for text in map(running, (DTI, ASSUMED)):
        assert f"argest residual is {fitted:.5f}, and {rounded:.5f}" in text or (
            f"Largest residual {fitted:.5f}, with rounded points {rounded:.5f}" in text
        )


def test_each_year_is_known_as_well_as_stated() -> None:
    check = recompute.compare_with_published(dti().index, dti().scored)
    check = check.assign(off=(check["score"] - check["recomputed"]).abs())
    early = check[check["year"] == 2020]
    text = running(DTI)
    assert f"The {len(early)} provinces with overall and all three pillars in print" in text
    assert early["off"].max() <= 0.00005 + 1e-9
    later = check[(check["unit_set"] == "63") & check["year"].isin([2022, 2023])]
    assert (later.groupby("year").size() == 10).all()
    assert f"{later['off'].max():.5f}" == "0.00007"

    table = published("63", 2021, MAIN)
    overall, government, economy, society = (table[name] for name in MAIN)
    points = (700 * government + 650 * economy + 650 * society - 1000 * overall) / 2
    parts = [(700 * government - points) / 200, (650 * economy - points) / 150]
    parts.append((650 * society - points) / 150)
    assert all(part.between(0, 1).all() for part in parts)
    assert f"three pillars of {len(table)} provinces are in print" in text
    assert f"imply {points.min():.0f} to {points.max():.0f} foundation points" in text
    assert f"{len(table)} provinces do not contradict it" in ASSUMED


def test_the_34_units_are_simple_averages_of_their_members() -> None:
    shared = ["overall", "infrastructure", "gov_activity", "econ_activity", "society_activity"]
    old, new = published("63", 2024, shared), published("34", 2024, shared)
    members = {m: unit.code for unit in units.provinces().of("34") for m in unit.members}
    off = (old.groupby(old.index.map(members)).mean() - new).abs()
    assert off.shape == (34, 5)
    assert off.max().max() < 0.0001


def test_means_leaders_and_growth_are_those_of_the_tables() -> None:
    rows = dti().ranks
    rows = rows[(rows["unit_set"] == "63") & (rows["year"] >= 2022) & rows["indicator"].isin(MAIN)]
    means = rows.groupby(["indicator", "year"])["score"].mean()
    for name, *cells in table_after(DTI, ""):
        for year, cell in zip((2022, 2023, 2024), cells[2:], strict=True):
            assert cell == f"{means[name, year]:.4f}"
    over = {"digital_government": 1, "digital_economy": 2, "digital_society": 3}
    neighbours = [*MAIN[1:], "overall"]
    for name, grown, announced, _ in table_after(DTI, "pillar"):
        now = means[name, 2024]
        assert grown == f"{100 * (now / means[name, 2023] - 1):+.1f} %"
        assert announced == f"{100 * (now / means[neighbours[over[name]], 2023] - 1):+.1f} %"
    assert f"{100 * (means['overall', 2024] / means['overall', 2023] - 1):+.1f} %" in DTI
    best = dti().ranks
    best = best[(best["indicator"] == "overall") & (best["rank"] == 1)]
    best = best[(best["unit_set"] == "63") | (best["year"] == 2024)]
    assert [f"{s:.4f}" for s in best["score"] if f"({s:.4f})" not in DTI] == []
    assert len(best) == 6


def test_the_excerpt_of_2021_is_what_was_read() -> None:
    rows = dti().ranks
    rows = rows[(rows["year"] == 2021) & (rows["unit"] == "VN-68")].set_index("indicator")
    text = running(DTI)
    assert (
        f"overall ({rows.loc['overall', 'rank']:.0f}th, {rows.loc['overall', 'score']:.4f})" in text
    )
    government = rows.loc["digital_government"]
    assert f"government ({government['rank']:.0f}th, {government['score']:.4f})" in text
    assert rows.loc["digital_economy", "rank"] == 17
    facts = dti().cleaned.published
    excerpt = facts[(facts["year"] == 2021) & (facts["source"] == "https://dti.gov.vn/")]
    assert f"The {excerpt['unit'].nunique() - 1} complete rows" in text


def test_every_assumption_is_rated_and_numbered_once() -> None:
    rows = re.findall(r"^\| ([A-Z]\d+) \|(.*)\|$", ASSUMED, re.MULTILINE)
    ratings = [[cell.strip() for cell in rest.split("|")][-2:] for _, rest in rows]
    assert len(rows) > 15
    assert {rating for pair in ratings for rating in pair} <= {"red", "amber", "green"}
    assert len({number for number, _ in rows}) == len(rows)


def test_what_does_not_fit_is_listed_in_full() -> None:
    told = dti().ranks
    told = told[told["full"] & told["indicator"].isin(MAIN) & told["rank_published"].notna()]
    inside = told["rank_published"].between(told["rank_low"], told["rank_high"])
    outside = told[~inside]
    stated = f"Of {len(told)} ranks that were published for full tables, overall and pillars, "
    assert stated + f"{inside.sum()} lie within" in running(ASSUMED)
    rows = table_after(ASSUMED, "unit")
    assert sorted(map(tuple, rows)) == sorted(
        (r.unit_name, str(r.year), r.indicator, f"{r.rank_published:.0f}", f"{r.rank:.0f}")
        for r in outside.itertuples()
    )


def test_counts_among_the_assumptions() -> None:
    ranks, facts = dti().ranks, dti().cleaned.published
    for year in (2020, 2021):
        known = ranks[(ranks["year"] == year) & (ranks["indicator"] == "overall")]["rank"]
        assert re.search(rf"{known.count()}(?: overall ranks are known)? for {year}", ASSUMED)
    told = ranks[(ranks["indicator"] == "overall") & ranks["rank_published"].notna()]
    tied = told[told.duplicated(["unit_set", "year", "rank_published"])]
    assert [f"{r.rank_published:.0f}th in {r.year}" for r in tied.itertuples()] == [
        "12th in 2021", "15th in 2022", "59th in 2023",
    ]  # fmt: skip
    assert (tied["rank_published"] == tied["rank"]).all()
    conflicting = facts[(facts["mark"] == "conflicting") & facts["unit"].notna()]
    assert (len(conflicting), conflicting["unit"].nunique()) == (6, 3)
    disputed = conflicting[conflicting["measure"] == "rank"].groupby(["unit_name", "year"])
    unlike = [cell for cell, rows in disputed if len(set(rows["confidence"])) > 1]
    assert unlike == [("Hậu Giang", 2023)]
    alike = [cell for cell, rows in disputed if len(set(rows["confidence"])) == 1]
    assert alike == [("Phú Thọ", 2022)]
    scored = conflicting[conflicting["measure"] == "score"]
    assert set(scored["unit_name"]) == {"Kon Tum"}
    assert dict(zip(scored["value_text"], scored["confidence"], strict=True)) == {
        "0.5438": "high", "0.54": "medium",
    }  # fmt: skip
    (row,) = ranks[
        (ranks["unit_name"] == "Hậu Giang")
        & (ranks["year"] == 2023)
        & (ranks["indicator"] == "overall")
    ].itertuples()
    assert (row.rank_published, row.rank) == (19, 20)
    printed = facts[(facts["measure"] == "score") & facts["file"].str.contains("press")]
    short = printed[printed["value_text"].str.fullmatch(r"\d[.,]\d{1,3}")]
    assert short["unit_name"].tolist() == ["Kon Tum"] * 3
    names = {unit.name for unit in units.provinces().of("63")}
    merged = [u for u in units.provinces().of("34") if len(u.members) > 1]
    assert sum(unit.name in names for unit in merged) == 23


def test_stored_notebooks_are_light_and_reports_read_as_reports() -> None:
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        assert path.stat().st_size < 400_000, path.name
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        pictures = []
        for cell in cells:
            for output in cell.get("outputs", []):
                assert "image/svg+xml" not in output.get("data", {}), path.name
                if "image/png" in output.get("data", {}):
                    assert output["metadata"]["image/png"]["alt"]
                    pictures.append(len("".join(output["data"]["image/png"])))
            if path.stem.startswith("report") and cell["cell_type"] == "code":
                open_one = "parameters" in cell["metadata"].get("tags", [])
                folded = cell["metadata"].get("jupyter", {}).get("source_hidden", False)
                assert folded is not open_one, cell["id"]
        assert max(pictures, default=0) < 80_000, path.name
        assert bool(pictures) is path.stem.startswith(("report", "gallery")), path.name
