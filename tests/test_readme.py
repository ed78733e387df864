"""The READMEs say what is so: numbers, commands, links, columns; and the same in two languages."""

import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pandas as pd
import pytest
import yaml

from documented import MAIN, ROOT, dti, table_after
from helpers import errors, tables
from helpers.engine.environment import environment
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
def test_the_example_and_the_method_are_what_the_tables_give(lang: str) -> None:
    ranks, changes, effects = dti().ranks, dti().changes, dti().effects
    own = ranks[(ranks["unit"] == "VN-68") & (ranks["indicator"] == "overall")]
    own = own.set_index("year")
    change = changes[
        (changes["unit"] == "VN-68")
        & (changes["indicator"] == "overall")
        & (changes["year_to"] == 2023)
    ].iloc[0]
    w = use(lang)
    place = {year: w.ordinal(own.loc[year, "rank"]) for year in (2021, 2022, 2023)}
    score = {year: w.number(own.loc[year, "score"], 4) for year in (2022, 2023)}
    both = {"own": w.signed(change["own_effect"]), "others": w.signed(change["others_effect"])}
    alone = w.ordinal(effects["rank_own_only"]), w.ordinal(effects["rank_others_only"])
    first, only, only_others, last = (
        int(effects[name]) for name in ("rank_from", "rank_own_only", "rank_others_only", "rank_to")
    )
    step = [w.signed(a - b) for a, b in ((first, only), (only, last), (first, only_others))]
    step.append(w.signed(only_others - last))
    full = ranks[ranks["indicator"].isin(MAIN) & (ranks["year"] >= 2022)]
    size = full["rank_high"] - full["rank_low"] + 1
    half = (
        w.number(own.loc[2022, "score"] - 0.00005, 5),
        w.number(own.loc[2022, "score"] + 0.00005, 5),
    )
    fall = -int(change["change"])
    sentences = {
        "en": [
            f"In 2022 Phú Thọ was {place[2022]} of 63 provinces",
            f"the year before it had been {place[2021]}",
            f"its score rose from {score[2022]} to {score[2023]}, and it fell to {place[2023]}",
            f"Had only Phú Thọ moved it would have come {alone[0]}, "
            f"had only the others moved {alone[1]}",
            f"of the {fall} places lost, its own movement accounts for {both['own']} and that of "
            f"the others for {both['others']}",
            f"A printed {score[2022]} stands for any score from {half[0]} to {half[1]}",
            f"holds {w.number(size.mean(), 2)} ranks on average and {size.max():.0f} at the most",
            f"{place[2022]} to {alone[0]} ({step[0]}), then {alone[0]} to {place[2023]} "
            f"({step[1]})",
            f"{place[2022]} to {alone[1]} ({step[2]}), then {alone[1]} to {place[2023]} "
            f"({step[3]})",
            f"mean over the two orders, {both['own']} and {both['others']}",
        ],
        "vi": [
            f"Năm 2022, Phú Thọ xếp {place[2022]} trong 63 tỉnh, thành phố",
            f"năm trước đó tỉnh xếp {place[2021]}",
            f"điểm của tỉnh tăng từ {score[2022]} lên {score[2023]}, nhưng tỉnh lại tụt xuống "
            f"{place[2023]}",
            f"Nếu chỉ Phú Thọ thay đổi thì tỉnh xếp {alone[0]}, nếu chỉ các tỉnh khác thay đổi "
            f"thì xếp {alone[1]}",
            f"trong {fall} bậc bị mất, phần do chính tỉnh là {both['own']} và phần do các tỉnh "
            f"khác là {both['others']}",
            f"Số {score[2022]} được in ra đại diện cho mọi điểm từ {half[0]} đến {half[1]}",
            f"trung bình có {w.number(size.mean(), 2)} thứ hạng, nhiều nhất là {size.max():.0f}",
            f"từ {first} lên {only} ({step[0]}), rồi từ {only} xuống {last} ({step[1]})",
            f"từ {first} xuống {only_others} ({step[2]}), rồi từ {only_others} lên {last} "
            f"({step[3]})",
            f"trung bình của hai thứ tự, {both['own']} và {both['others']}",
        ],
    }
    running = " ".join(TEXT[lang].split())
    missing = [sentence for sentence in sentences[lang] if sentence not in running]
    assert not missing


@pytest.mark.parametrize("lang", README)
def test_the_band_is_that_of_the_stored_notebook(lang: str) -> None:
    notebook = json.loads((ROOT / "notebooks" / "3-robustness.ipynb").read_text(encoding="utf-8"))
    printed = [
        "".join(output["data"]["text/plain"])
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        if "text/plain" in output.get("data", {})
    ]
    row = re.search(r"63 +2022 +Phú Thọ +(\d+) +(\d+) +\d+ +(\d+)", "\n".join(printed))
    assert row
    rank, low, high = map(int, row.groups())
    w = use(lang)
    sentence = {
        "en": f"Phú Thọ's {w.ordinal(rank)} place lies between {w.ordinal(low)} and "
        f"{w.ordinal(high)} in 90 % of them",
        "vi": f"hạng {rank} của Phú Thọ nằm từ {low} đến {high}",
    }
    assert sentence[lang] in " ".join(TEXT[lang].split())


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
    named = set(re.findall(r"--to ([a-z-]+)", TEXT["en"]))
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
def test_the_columns_are_those_of_the_contracts(lang: str) -> None:
    rows = table_after(TEXT[lang], {"en": "table", "vi": "bảng"}[lang])
    listed = {re.findall(r"`(\w+)`", row[0])[0]: re.findall(r"`(\w+)`", row[2]) for row in rows}
    assert listed == {name: list(schema.columns) for name, schema in tables.CONTRACTS.items()}


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


def test_conda_gets_the_packages_of_the_lock() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    written = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert written == environment(lock)
    assert ["conda", "activate", yaml.safe_load(written)["name"]] in commands(TEXT["en"])


def test_the_citation_names_this_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert citation["version"] == project["version"]
    assert citation["license"] == project["license"]
    newest = re.search(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest
    assert newest[1] == project["version"]


@pytest.mark.parametrize("lang", README)
def test_it_stays_short_and_plain(lang: str) -> None:
    lines = TEXT[lang].splitlines()
    prose = [line for line in lines if not line.startswith("|")]
    assert max(map(len, prose)) <= 110
    assert pd.Series(lines).str.contains(r"[\U0001F300-\U0001FAFF]|shields\.io").sum() == 0
