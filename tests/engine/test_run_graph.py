"""Content decides what is made anew, and the reason is told."""

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from helpers.engine.run.graph import Step, Store, order, stale
from helpers.errors import HelpersError, ParameterError

CELL: dict[str, Any] = {
    "cell_type": "code",
    "source": ["1 + 1"],
    "outputs": [],
    "execution_count": None,
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "Dự án 1"
    files = {
        "data/raw/dti/x.csv": "a\n1\n",
        "data/raw/dti/y.csv": "b\n1\n",
        "notebooks/clean.ipynb": json.dumps({"cells": [CELL]}),
        "requirements.lock": "papermill==2.7.0\n",
        "src/helpers/a.py": "A = 1\n",
        "src/helpers/templates/report.typ": "= Report\n",
        "reports/out.csv": "c\n1\n",
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    time.sleep(0.03)  # so that the files count as being at rest
    return root


def step(root: Path, **changes: Any) -> Step:
    values: dict[str, Any] = {
        "name": "clean",
        "notebook": root / "notebooks/clean.ipynb",
        "parameters": {"index": "dti", "year": 2024},
        "inputs": [root / "data/raw/dti/x.csv", root / "data/raw/dti/y.csv"],
        "outputs": [root / "reports/out.csv"],
    }
    return Step(**{**values, **changes})


def open_store(root: Path) -> Store:
    return Store(root / "reports/manifest.json", root)


@pytest.fixture
def made(root: Path) -> Path:
    store = open_store(root)
    store.record(step(root), store.fingerprint(step(root)))
    store.save()
    return root


def why(root: Path, **changes: Any) -> str | None:
    return stale(step(root, **changes), open_store(root))


def test_never_made_then_up_to_date(root: Path) -> None:
    store = open_store(root)
    assert stale(step(root), store) == "never made"
    store.record(step(root), store.fingerprint(step(root)))
    assert stale(step(root), store) is None
    assert why(root) == "never made"  # not saved yet
    store.save()
    assert why(root) is None
    store.forget("clean")
    assert stale(step(root), store) == "never made"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("data/raw/dti/x.csv", "data/raw/dti/x.csv changed"),
        ("notebooks/clean.ipynb", "notebook changed"),
        ("requirements.lock", "requirements.lock changed"),
        ("src/helpers/a.py", "code changed"),
        ("src/helpers/templates/report.typ", "code changed"),
        ("reports/out.csv", "output reports/out.csv was edited"),
    ],
)
def test_a_change_is_named_a_touch_is_not_one_and_the_way_back_is_free(
    made: Path, name: str, reason: str
) -> None:
    path = made / name
    content = path.read_bytes()
    os.utime(path)
    assert why(made) is None
    changed = content.replace(b"1", b"2").replace(b"R", b"r").replace(b"2.7", b"2.8")
    assert len(changed) == len(content) and changed != content
    path.write_bytes(changed)
    assert why(made) == reason
    path.write_bytes(content)
    assert why(made) is None


def test_same_size_and_same_time_do_not_hide_a_change(made: Path) -> None:
    path = made / "data/raw/dti/x.csv"
    state = path.stat()
    assert why(made) is None
    path.write_bytes(b"a\n2\n")
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert path.stat().st_mtime_ns == state.st_mtime_ns
    assert why(made) == "data/raw/dti/x.csv changed"


def test_a_file_changed_at_once_after_it_was_hashed(made: Path) -> None:
    path = made / "data/raw/dti/x.csv"
    for value in range(50):  # both writes may fall within one tick of the file system's clock
        path.write_text(f"a\n{value % 10}\n")
        store = open_store(made)
        store.record(step(made), store.fingerprint(step(made)))
        path.write_text(f"a\n{(value + 1) % 10}\n")
        assert stale(step(made), store) == "data/raw/dti/x.csv changed"


def test_what_goes_and_comes(made: Path) -> None:
    inputs = list(step(made).inputs)
    assert why(made, parameters={"index": "dti", "year": 2023}) == "parameters changed"
    assert why(made, parameters={"year": 2024, "index": "dti"}) is None
    assert why(made, inputs=inputs[:1]) == "data/raw/dti/y.csv is not used any more"
    assert why(made, inputs=[*inputs, made / "src/helpers/a.py"]) == "src/helpers/a.py is new"
    (made / "src/helpers/b.py").touch()
    assert why(made) == "code changed"
    (made / "src/helpers/b.py").unlink()
    (made / "src/helpers/__pycache__").mkdir()
    (made / "src/helpers/__pycache__/a.pyc").touch()
    assert why(made) is None
    (made / "reports/out.csv").unlink()
    assert why(made) == "output reports/out.csv missing"
    inputs[1].unlink()
    assert why(made) == "data/raw/dti/y.csv is missing"
    inputs[0].write_text("other")
    assert why(made) == "data/raw/dti/x.csv changed, and 1 more"


def test_running_a_notebook_in_place_is_no_change(made: Path) -> None:
    path = made / "notebooks/clean.ipynb"
    path.write_text(
        json.dumps({"cells": [CELL | {"outputs": [{"text": "2"}], "execution_count": 7}]})
    )
    assert why(made) is None
    path.write_text("broken")
    assert why(made) == "notebook changed"


def test_a_file_changed_while_the_step_ran_counts_as_changed(root: Path) -> None:
    store = open_store(root)
    made_from = store.fingerprint(step(root))
    (root / "data/raw/dti/x.csv").write_text("a\n9\n")
    store.record(step(root), made_from)
    store.save()
    assert why(root) == "data/raw/dti/x.csv changed"


def test_a_step_that_did_not_make_its_output_is_not_recorded(root: Path) -> None:
    store = open_store(root)
    lacking = step(root, outputs=[root / "reports/none.pdf"])
    with pytest.raises(HelpersError, match=r"did not make reports/none\.pdf"):
        store.record(lacking, store.fingerprint(lacking))
    assert stale(lacking, store) == "never made"


def test_what_another_run_saved_meanwhile_stays(made: Path) -> None:
    one, other = open_store(made), open_store(made)
    for store, name in ((one, "pci/clean"), (other, "asem/clean")):
        again = step(made)._replace(name=name)
        store.record(again, store.fingerprint(again))
    other.forget(step(made).name)
    one.save()
    other.save()
    kept = open_store(made)
    assert kept.recorded("pci/clean") and kept.recorded("asem/clean")
    assert kept.recorded(step(made).name) is None


def test_manifest_tells_nothing_of_the_machine_and_is_the_same_elsewhere(
    made: Path, tmp_path: Path
) -> None:
    text = (made / "reports/manifest.json").read_text(encoding="utf-8")
    assert str(tmp_path) not in text
    moved = made.rename(tmp_path / "elsewhere")
    assert why(moved) is None
    store = open_store(moved)
    store.record(step(moved), store.fingerprint(step(moved)))
    store.save()
    assert (moved / "reports/manifest.json").read_text(encoding="utf-8") == text


@pytest.mark.parametrize("text", ["", "{", "[]", '{"steps": []}', '{"steps": {"clean": 1}}'])
def test_a_broken_manifest_means_making_anew_a_broken_cache_only_reading(
    made: Path, text: str
) -> None:
    cache = made / "reports/.manifest.seen.json"
    assert cache.exists()
    cache.write_text(text)
    assert why(made) is None
    (made / "reports/manifest.json").write_text(text)
    assert why(made) == "never made"


def test_files_outside_of_the_project_are_refused(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "x.csv"
    outside.touch()
    with pytest.raises(ParameterError, match="lies outside"):
        open_store(root).fingerprint(step(root, inputs=[outside]))
    (root / "..x.csv").touch()
    assert open_store(root).relative(root / "..x.csv") == "..x.csv"
    (tmp_path / "link").symlink_to(root)
    through_link = tmp_path / "link" / "data/raw/dti/x.csv"
    assert open_store(root).relative(through_link) == "data/raw/dti/x.csv"


def test_order_puts_makers_first_and_refuses_circles(root: Path) -> None:
    def named(name: str, *after: str) -> Step:
        return step(root, name=name, after=after)

    steps = [named("report", "rank", "clean"), named("rank", "clean"), named("clean")]
    assert [one.name for one in order(steps)] == ["clean", "rank", "report"]
    with pytest.raises(ParameterError, match=r"wait for each other: [ab] -> [ab] -> [ab]"):
        order([named("a", "b"), named("b", "a")])
    with pytest.raises(ParameterError, match="a is after b, which is not a step"):
        order([named("a", "b")])
    with pytest.raises(ParameterError, match="same name"):
        order([named("a"), named("a")])


def test_a_file_at_rest_is_read_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(root)
    store.record(step(root), store.fingerprint(step(root)))
    store.save()
    read: list[Path] = []
    original = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read.append(path) or original(path))
    assert stale(step(root), open_store(root)) is None
    assert {path.name for path in read} <= {".manifest.seen.json"}
    (root / "data/raw/dti/x.csv").write_text("a\n2\n")
    assert stale(step(root), open_store(root)) == "data/raw/dti/x.csv changed"
    assert "x.csv" in {path.name for path in read}
