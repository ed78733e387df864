"""The READMEs say what is so: numbers, commands, links, columns; and the same in two languages."""

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from documented import MAIN, ROOT, dti, table_after
from helpers import errors, tables
from helpers.engine.run import codes
from helpers.words import use

README = {lang: ROOT / name for lang, name in {"en": "README.md", "vi": "README.vi.md"}.items()}
TEXT = {lang: path.read_text(encoding="utf-8") for lang, path in README.items()}
DOCUMENTS = [*README.values(), ROOT / "data" / "raw" / "README.md", *(ROOT / "docs").glob("*.md")]


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def commands(text: str) -> list[list[str]]:
    joined = [block.replace("\\\n", "") for block in blocks(text, "sh")]
    return [shlex.split(line) for block in joined for line in block.splitlines()]


@pytest.mark.parametrize("lang", README)
def test_the_numbers_of_the_example_and_the_method_are_those_of_the_tables(lang: str) -> None:
    ranks, effects = dti().ranks, dti().effects
    own = ranks[(ranks["unit"] == "VN-68") & (ranks["indicator"] == "overall")].set_index("year")
    full = ranks[ranks["indicator"].isin(MAIN) & (ranks["year"] >= 2022)]
    size = full["rank_high"] - full["rank_low"] + 1
    w, score = use(lang), own["score"]
    numbers = [w.number(score[year], 4) for year in (2022, 2023)]
    numbers += [w.number(score[2022] + half, 5) for half in (-0.00005, 0.00005)]
    numbers += [w.signed(effects[name]) for name in ("own_effect", "others_effect")]
    numbers += [w.number(size.mean(), 2), str(int(size.max()))]
    # The places walked through, and the steps between them in both orders.
    first, alone, others, last = (
        int(effects[name]) for name in ("rank_from", "rank_own_only", "rank_others_only", "rank_to")
    )
    numbers += [str(place) for place in (int(own.loc[2021, "rank"]), first, alone, others, last)]
    steps = ((first, alone), (alone, last), (first, others), (others, last))
    numbers += [w.signed(before - after) for before, after in steps]
    printed = set(re.findall(r"[+−]?\d+(?:[.,]\d+)?", TEXT[lang]))
    assert [number for number in numbers if number not in printed] == []


def test_both_languages_have_the_same_headings_commands_and_names() -> None:
    def shape(text: str) -> list[str]:
        prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
        return re.findall(r"^#+", prose, re.MULTILINE)

    en, vi = TEXT["en"], TEXT["vi"]
    assert shape(en) == shape(vi)
    for language in ("sh", "python", "r"):
        assert blocks(en, language) == blocks(vi, language)
    # `names` in running text: the same ones, though each language may repeat some.
    names = [set(re.findall(r"`([^`\n]+)`", text)) for text in (en, vi)]
    assert names[0] == names[1]


@pytest.mark.parametrize(
    "command",
    [c for c in commands(TEXT["en"]) if c[0] == "make"]
    + [shlex.split(c) for c in sorted(set(re.findall(r"`(make [a-z-]+)`", TEXT["en"])))],
    ids=" ".join,
)
def test_every_make_command_is_one(command: list[str]) -> None:
    given = (
        [] if any(word.startswith("PYTHON=") for word in command) else [f"PYTHON={sys.executable}"]
    )
    ran = subprocess.run(
        [command[0], "--dry-run", *command[1:], *given], cwd=ROOT, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize(
    "command", [c for c in commands(TEXT["en"]) if "helpers" in c], ids=" ".join
)
def test_every_command_of_the_package_is_one(command: list[str]) -> None:
    name, *rest = command[command.index("helpers") + 1 :]
    ran = subprocess.run(
        [sys.executable, "-m", "helpers", name, "--help"], capture_output=True, text=True, cwd=ROOT
    )
    assert ran.returncode == 0, ran.stderr
    for option in (word for word in rest if word.startswith("-")):
        assert f"{option} " in ran.stdout


def test_every_export_format_is_registered() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    registered = set(project["entry-points"]["nbconvert.exporters"])
    named = set(re.findall(r"--to ([a-z_-]+)", TEXT["en"]))
    assert named
    assert named <= registered


def test_every_notebook_of_the_list_is_there_and_none_is_left_out() -> None:
    listed = re.findall(r"^\| \[\S+\]\(notebooks/(\S+)\)", TEXT["en"], re.MULTILINE)
    assert listed == [path.name for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_linked_file_exists(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", document.read_text(encoding="utf-8"))
    local = [link for link in links if not link.startswith("http")]
    assert [link for link in local if not (document.parent / link).exists()] == []


def test_every_file_to_touch_exists() -> None:
    rows = table_after((ROOT / "docs/architecture.md").read_text("utf-8"), "to change")
    named = [name for row in rows for name in re.findall(r"`([^`]+)`", row[1])]
    patterns = {re.sub(r"<\w+>", "*", name) for name in named if not name.startswith("make ")}
    assert len(patterns) > 10
    assert [name for name in patterns if not list(ROOT.glob(name.rstrip("/")))] == []


@pytest.mark.parametrize("lang", README)
def test_the_tables_are_those_of_the_contracts(lang: str) -> None:
    rows = table_after(TEXT[lang], {"en": "table", "vi": "bảng"}[lang])
    assert {re.findall(r"`(\w+)`", row[0])[0] for row in rows} == set(tables.CONTRACTS)


@pytest.mark.parametrize("lang", README)
def test_the_exit_codes_are_those_of_the_code(lang: str) -> None:
    rows = table_after(TEXT[lang], {"en": "code", "vi": "mã"}[lang])
    kinds = (errors.NotebookError, errors.ParameterError, errors.DataError)
    assert [int(row[0]) for row in rows] == [
        0,
        *(codes.exit_code(kind("")) for kind in kinds),
        codes.exit_code(KeyboardInterrupt()),
    ]


def test_the_python_example_runs_and_prints_the_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "data" / "processed" / "dti"
    folder.mkdir(parents=True)
    tables.conform("changes", dti().changes).to_parquet(folder / "changes.parquet")
    monkeypatch.chdir(tmp_path)
    (example,) = blocks(TEXT["en"], "python")
    exec(compile(example, "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert re.search(r"2022\s+2023\s+-20\s+14\.5\s+-34\.5\s+True", printed), printed


def test_the_environment_to_activate_is_the_one_that_is_made() -> None:
    name = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["name"]
    assert ["conda", "activate", name] in commands(TEXT["en"])


def test_the_citation_names_this_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert citation["version"] == project["version"]
    assert citation["license"] == project["license"]
    newest = re.search(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest
    assert newest[1] == project["version"]
