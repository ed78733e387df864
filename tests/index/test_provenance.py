"""Raw files as they were recorded: what is written down, and what a change brings to light."""

import csv
import hashlib
import os
import subprocess
from pathlib import Path

import pytest
import yaml

from helpers.errors import DataError
from helpers.index import catalog, holdings, provenance
from projects import MAIN, PRESS, ROOT, copy_project, edit

FIELDS = ("title", "producer", "citation", "url", "obtained_from", "date_published",
          "date_accessed", "licence", "quality", "size", "sha256")  # fmt: skip
RAW = [
    path
    for path in sorted((ROOT / "data/raw").rglob("*"))
    if path.is_file()
    and path.name not in provenance._OWN
    and not path.name.endswith(provenance.SUFFIX)
]


@pytest.mark.parametrize("path", RAW, ids=lambda path: path.name)
def test_every_raw_file_has_a_complete_sidecar(path: Path) -> None:
    entry = yaml.safe_load(path.with_name(path.name + provenance.SUFFIX).read_text("utf-8"))
    content = path.read_bytes()
    assert [field for field in FIELDS if entry.get(field) is None] == []
    assert "to be filled in" not in yaml.safe_dump(entry)
    assert entry["sha256"] == hashlib.sha256(content).hexdigest()
    assert entry["size"] == len(content)
    assert entry["quality"]["rating"] in ("green", "amber", "red") and entry["quality"]["note"]
    if path.suffix == ".csv" and "rows" in entry:
        with path.open(encoding="utf-8-sig", newline="") as file:
            assert entry["rows"] == len(list(csv.DictReader(file)))


def test_there_are_raw_files_and_no_orphan_sidecars() -> None:
    assert len(RAW) >= 8
    for sidecar in (ROOT / "data/raw").rglob("*" + provenance.SUFFIX):
        assert sidecar.with_name(sidecar.name.removesuffix(provenance.SUFFIX)).is_file()


def test_the_recorded_files_pass(project: Path) -> None:
    provenance.verify(catalog.load("dti").files())
    provenance.verify([])


def test_a_changed_file_is_refused_with_both_hashes(project: Path) -> None:
    before = hashlib.sha256((project / MAIN).read_bytes()).hexdigest()
    edit(project / MAIN, "Phú Thọ,0.6126", "Phú Thọ,0.7126")
    after = hashlib.sha256((project / MAIN).read_bytes()).hexdigest()
    with pytest.raises(DataError) as error:
        provenance.verify(catalog.load("dti").files())
    assert str(error.value) == (
        f"{MAIN}: sha256 is {after}, recorded was {before}; restore the file, "
        "or accept it with `make record-raw`"
    )


def test_every_changed_file_has_its_line(project: Path) -> None:
    press = project / "data/raw/dti/dti-press-2020-2024.csv"
    for path in (project / MAIN, press):
        path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(DataError) as error:
        provenance.verify(catalog.load("dti").files())
    assert [line.split(":")[0] for line in str(error.value).splitlines()] == [
        MAIN, "data/raw/dti/dti-press-2020-2024.csv"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (MAIN, f"{MAIN}: the file is missing; restore it"),
        ("data/raw/dti/structure.csv", "data/raw/dti/structure.csv: the file is missing"),
        (MAIN + provenance.SUFFIX, f"{MAIN}: no provenance beside it; run `make record-raw`"),
    ],
)
def test_a_missing_file_or_sidecar_is_refused(project: Path, name: str, message: str) -> None:
    files = catalog.load("dti").files()
    (project / name).unlink()
    with pytest.raises(DataError, match=message):
        provenance.verify(files)


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "the file is empty"), ("- a\n", "holds no fields"), ("a: [\n", "row 2: not valid YAML")],
)
def test_a_broken_sidecar_is_refused(project: Path, text: str, message: str) -> None:
    (project / (MAIN + provenance.SUFFIX)).write_text(text)
    with pytest.raises(DataError, match=message):
        provenance.verify(catalog.load("dti").files())


def test_a_sidecar_without_a_hash_vouches_for_nothing(project: Path) -> None:
    sidecar = project / (MAIN + provenance.SUFFIX)
    rows = sidecar.read_text("utf-8").splitlines()
    sidecar.write_text("\n".join(row for row in rows if not row.startswith("sha256")) + "\n")
    with pytest.raises(DataError, match="recorded was None"):
        provenance.verify(catalog.load("dti").files())


# Recording


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project under version control, as somebody who changes a raw file has it."""
    monkeypatch.setenv("HELPERS_ROOT", str(tmp_path))
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    copy_project(tmp_path)
    for command in (
        ["init", "--quiet"],
        ["add", "data"],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "data"],
    ):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


def test_recording_shows_what_changed_row_by_row_and_is_accepted(repository: Path) -> None:
    path = repository / MAIN
    sidecar = path.with_name(path.name + provenance.SUFFIX)
    before = yaml.safe_load(sidecar.read_text("utf-8"))
    old = hashlib.sha256(path.read_bytes()).hexdigest()
    rows = path.read_text("utf-8-sig").splitlines()
    row = next(n for n, text in enumerate(rows, start=1) if text.startswith("Phú Thọ,0.6126"))
    edit(path, "Phú Thọ,0.6126", "Phú Thọ,0.7126")
    new = hashlib.sha256(path.read_bytes()).hexdigest()
    assert list(provenance.record()) == [
        f"{MAIN}: sha256 {old} -> {new}",
        f"  row {row}",
        f"  -{rows[row - 1]}",
        f"  +{rows[row - 1].replace('0.6126', '0.7126')}",
    ]
    provenance.verify(catalog.load("dti").files())
    after = yaml.safe_load(sidecar.read_text("utf-8"))
    assert after == before | {"sha256": new}
    assert list(after) == list(before)
    assert list(provenance.record()) == []


@pytest.mark.parametrize("row", [2, 24, 190])
def test_a_row_taken_out_is_shown_where_it_was(repository: Path, row: int) -> None:
    path = repository / MAIN
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[: row - 1] + lines[row:]))
    _, where, what, went, of_year = provenance.record()
    assert where == f"  row {row}" and what == "  -" + lines[row - 1].decode().strip()
    assert "1 of 189" in went and "1 of 63" in of_year
    sidecar = yaml.safe_load(path.with_name(path.name + provenance.SUFFIX).read_text("utf-8"))
    assert sidecar["rows"] == 188 and sidecar["size"] == len(path.read_bytes())


def test_rows_put_in_are_shown_where_they_are(repository: Path) -> None:
    path = repository / MAIN
    lines = path.read_bytes().splitlines(keepends=True)
    new = [line.replace(b"2022", b"2025") for line in lines[20:22]]
    path.write_bytes(b"".join([*lines[:9], *new, *lines[9:]]))
    _, where, *what = provenance.record()
    assert where == "  row 10" and [line[:3] for line in what] == ["  +", "  +"]


def _without_a_year(lines: list[bytes]) -> list[bytes]:
    return [line for line in lines if not line.strip().endswith(b",2023")]


def _without_a_unit(lines: list[bytes]) -> list[bytes]:
    return [line for line in lines if not line.startswith("Phú Thọ,".encode())]


LOST = {
    "half": (lambda lines: lines[: len(lines) // 2], "2024: 63 of 63 rows went"),
    "block": (lambda lines: lines[:30] + lines[36:], "6 of 189 rows went"),
    "year": (_without_a_year, "2023: 63 of 63 rows went"),
    "unit": (_without_a_unit, "units that went: Phú Thọ"),
    "twice": (lambda lines: [*lines, lines[5]], "1 rows stand there twice"),
}


@pytest.mark.parametrize("committed", [True, False])
@pytest.mark.parametrize("what", LOST)
def test_what_went_is_shown_and_has_to_be_accepted(
    repository: Path, what: str, committed: bool
) -> None:
    path = repository / MAIN
    if not committed:  # what the sidecar kept is all there is to compare with
        edit(path, "Phú Thọ,0.6126", "Phú Thọ,0.7126")
        list(provenance.record())
    sidecar = path.with_name(path.name + provenance.SUFFIX)
    before = sidecar.read_bytes()
    spoil, told = LOST[what]
    path.write_bytes(b"".join(spoil(path.read_bytes().splitlines(keepends=True))))
    lines = []
    if committed or what != "twice":
        with pytest.raises(DataError, match=f"{MAIN}: .*ACCEPT=1"):
            lines += provenance.record()
        assert sidecar.read_bytes() == before
        with pytest.raises(DataError):
            provenance.verify(catalog.load("dti").files())
    if committed:
        assert f"  {told}" in lines
    lines = list(provenance.record(accept=True))
    assert lines and list(provenance.record()) == []
    provenance.verify(catalog.load("dti").files())


def test_a_press_row_that_stands_twice_has_to_be_accepted(repository: Path) -> None:
    path = repository / PRESS
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines, lines[100]]))
    with pytest.raises(DataError, match="ACCEPT=1"):
        list(provenance.record())


WENT = {
    "a row": lambda body: body[:-1],
    "a row inside": lambda body: [*body[:4], *body[5:]],
    "a block": lambda body: [*body[:2], *body[2 + max(3, len(body) // 20) :]],
    "the first half": lambda body: body[len(body) // 2 :],
    "the second half": lambda body: body[: len(body) // 2],
    "a row twice": lambda body: [*body, body[3]],
}


@pytest.mark.parametrize("what", WENT)
@pytest.mark.parametrize("name", ["dti", "pci", "asem"])
def test_of_every_table_what_went_is_told(name: str, what: str) -> None:
    index = catalog.load(name)
    for file in sorted({table.file for table in index.tables if table.file.endswith(".csv")}):
        tables = [table for table in index.tables if table.file == file]
        head, *body = (index.folder / file).read_bytes().splitlines(keepends=True)
        if tables[0].unit is None:  # words of another source, not a table of units
            continue
        kept = WENT[what](body)
        was, now = (holdings.count(b"".join([head, *rows]), tables) for rows in (body, kept))
        told = list(holdings.losses(was, now))
        assert told, file
        gone = len(body) - len(kept)
        grave = any(to_accept for _line, to_accept in told)
        assert grave or 0 < gone <= holdings.LOST * len(body), file
        if gone > 0:
            assert told[0][0].startswith(f"{gone} of {len(body)} rows"), file
            assert next(iter(holdings.losses(was.fields(), now))) == told[0], file


def test_names_that_were_respelt_are_shown_and_recorded(repository: Path) -> None:
    path = repository / MAIN
    path.write_bytes(path.read_bytes().replace("TP. Huế".encode(), "Thừa Thiên Huế".encode()))
    assert "  units that went: TP. Huế" in list(provenance.record())
    assert list(provenance.record()) == []


def test_what_was_never_committed_is_recorded_and_says_so(repository: Path) -> None:
    edit(repository / MAIN, "Phú Thọ,0.6126", "Phú Thọ,0.7126")
    list(provenance.record())
    edit(repository / MAIN, "Phú Thọ,0.7126", "Phú Thọ,0.8126")
    lines = list(provenance.record())
    assert lines[1:] == ["  the recorded content is not in version control: "
                         "rows cannot be compared"]  # fmt: skip
    provenance.verify(catalog.load("dti").files())


def test_outside_version_control_recording_works_too(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(project.parent))
    edit(project / MAIN, "Phú Thọ,0.6126", "Phú Thọ,0.7126")
    assert "rows cannot be compared" in list(provenance.record())[1]
    provenance.verify(catalog.load("dti").files())


def test_a_new_file_gets_a_sidecar_to_fill_in(repository: Path) -> None:
    (repository / "data/raw/dti/new.csv").write_text("a,b\n1,2\n")
    lines = list(provenance.record(repository / "data/raw/dti"))
    assert lines[0].startswith("data/raw/dti/new.csv: sha256 (none) -> ")
    assert lines[1:] == ["  new file"]
    entry = yaml.safe_load((repository / f"data/raw/dti/new.csv{provenance.SUFFIX}").read_text())
    assert [field for field in FIELDS if field not in entry] == []
    assert entry["quality"]["rating"] == "red" and entry["producer"] == "to be filled in"


def test_what_desktops_and_editors_leave_behind_is_no_raw_file(repository: Path) -> None:
    for name in (".DS_Store", ".~lock.dti.csv#", "~$dti.xlsx"):
        (repository / "data/raw/dti" / name).write_text("x")
    assert list(provenance.record()) == []


def test_a_file_in_another_encoding_is_still_recorded(repository: Path) -> None:
    path = repository / MAIN
    path.write_bytes(path.read_text("utf-8-sig").encode("utf-16"))
    lines = list(provenance.record())
    assert lines[0].startswith(f"{MAIN}: sha256 ")
    assert lines[1:] == ["  no row: the encoding or the line ends"]


def test_what_is_shown_cannot_drive_the_terminal(repository: Path) -> None:
    edit(repository / MAIN, "Phú Thọ,0.6126", "Phú \x1b[2JThọ,0.6126")
    lines = list(provenance.record())
    assert all(line.isprintable() for line in lines) and "\\x1b[2J" in lines[-1]
