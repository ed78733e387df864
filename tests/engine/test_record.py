"""From a product back to its sources, and the record of all runs."""

import csv
import hashlib
import json
import warnings
from pathlib import Path

import pytest

from helpers.engine import record
from helpers.engine.run.graph import Store
from helpers.errors import ParameterError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from rocrate.rocrate import ROCrate

PDF = "reports/dti/phu-tho.en.pdf"


@pytest.fixture
def at_built(built: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HELPERS_ROOT", str(built))
    return built


def test_from_a_report_back_to_addresses(at_built: Path) -> None:
    said = list(record.why(PDF))
    read = {line.split()[1] for line in said if line.startswith("  from ")}
    assert "data/processed/dti/ranks.parquet" in read
    assert "data/raw/dti/dti-63-2022-2024.csv" in read
    sources = "\n".join(said).split("\n\ndata/raw/")[1:]
    assert {one.split("  ")[0] for one in sources} > {"dti/dti-34-2024.csv", "dti/national.csv"}
    for one in sources:
        assert all(line.startswith(("  http", "  no address; ")) for line in one.split("\n")[2:])
    assert not any("changed since" in line for line in said)


def test_what_was_changed_since_is_said(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPERS_ROOT", str(copied))
    raw = copied / "data/raw/dti/dti-63-2023-partial.csv"
    raw.write_bytes(raw.read_bytes() + b"\n")
    (copied / PDF).unlink()
    said = list(record.why(PDF))
    assert "is missing" in said[0]
    assert [line.split()[1] for line in said if line.endswith("changed since")] == [
        "data/raw/dti/dti-63-2023-partial.csv"
    ]


def test_from_a_row_to_the_cells_it_was_printed_in(at_built: Path) -> None:
    with (at_built / "data/processed/dti/ranks.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    number, row = next(
        (number, row) for number, row in enumerate(rows, 2)
        if (row["unit"], row["year"], row["indicator"]) == ("VN-68", "2022", "overall")
    )  # fmt: skip
    said = list(record.why(f"data/processed/dti/ranks.csv:{number}"))
    cells = [line for line in said if line.startswith("  overall score 2022 = ")]
    assert cells
    where = cells[0].split("  ")[2].split(", row ")
    printed = (at_built / where[0]).read_text("utf-8").splitlines()[int(where[1]) - 1]
    assert row["unit_name"] in printed
    assert cells[0].split(" = ")[1].split()[0] in printed


@pytest.mark.parametrize(
    "asked", ["reports/dti/nobody.pdf", "README.md", "data/processed/dti/ranks.csv:1", "x.csv:2"]
)
def test_what_no_command_made_is_refused(at_built: Path, asked: str) -> None:
    with pytest.raises(ParameterError):
        list(record.why(asked))


def test_the_crate_describes_every_file_and_every_run(at_built: Path) -> None:
    crate = ROCrate(at_built / "reports")
    steps = json.loads((at_built / "reports/manifest.json").read_text("utf-8"))["steps"]
    actions = crate.get_by_type("CreateAction")
    assert {one["name"] for one in actions} == set(steps)
    for action in actions:
        assert action["instrument"].type == "SoftwareApplication"
        assert {one["name"] for one in action["object"]} == set(steps[action["name"]]["inputs"])
        assert {one["name"] for one in action["result"]} == set(steps[action["name"]]["outputs"])
    assert {one.id for one in crate.data_entities} >= {"dti/phu-tho.en.pdf", "dti/phu-tho.vi.html"}
    for one in crate.data_entities:
        content = (at_built / "reports" / one.id).read_bytes()
        assert one["sha256"] == hashlib.sha256(content).hexdigest()
    profile = crate.root_dataset["conformsTo"]
    assert "process" in (profile if isinstance(profile, str) else profile.id)


def test_the_crate_depends_on_the_manifest_alone(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HELPERS_ROOT", str(copied))
    crate = copied / "reports" / record.CRATE
    before = crate.read_bytes()
    record.write_crate(Store(copied / "reports/manifest.json", copied))
    assert crate.read_bytes() == before
    assert str(copied).encode() not in before
