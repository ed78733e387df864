"""What is out of date, and why: decided by content, not by the clock.

A manifest keeps, for each step, what its outputs were made from. Touching a file rebuilds
nothing, changing one value in a raw table rebuilds what depends on it. The manifest holds hashes
and relative paths only, so equal runs write equal manifests; what was seen of files on this
machine (sizes and times, which save hashing them again) lies in a cache beside it.
"""

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, NamedTuple

from helpers.engine.run.hashes import Hashes, notebook_essence, sha256
from helpers.errors import HelpersError, ParameterError
from helpers.files import lock, publish

MADE_FROM = ("parameters", "notebook", "requirements", "code", "inputs")


class Step(NamedTuple):
    """One run of a notebook: what it reads and what it makes.

    ``after`` names the steps that must have run before, such as those that make its inputs.
    ``pages`` are the addresses of the same report in other languages, which its page links to.
    """

    name: str
    notebook: Path
    parameters: Mapping[str, object]
    inputs: Sequence[Path]
    outputs: Sequence[Path]
    after: Sequence[str] = ()
    pages: Mapping[str, str] = {}

    def at(self, root: Path) -> "Step":
        """Return the step with its paths, if they are relative, in that project."""
        return self._with(lambda path: root / path)

    def relative_to(self, root: Path) -> "Step":
        """Return the step with its paths relative to the project."""
        return self._with(lambda path: path.relative_to(root))

    def _with(self, move: Callable[[Path], Path]) -> "Step":
        return self._replace(
            notebook=move(self.notebook),
            inputs=[move(path) for path in self.inputs],
            outputs=[move(path) for path in self.outputs],
        )


def order(steps: Iterable[Step]) -> list[Step]:
    """Sort steps so that each comes after those it names in ``after``, else as given.

    Raises
    ------
    ParameterError
        Two steps share a name, a step names one that is not there, or they go round in a circle.
    """
    listed = list(steps)
    named = {step.name: step for step in listed}
    if len(named) < len(listed):
        raise ParameterError("two steps have the same name; names must differ")
    for step in listed:
        for name in step.after:
            if name not in named:
                raise ParameterError(f"step {step.name} is after {name}, which is not a step")
    try:
        sequence = TopologicalSorter({step.name: step.after for step in listed}).static_order()
        return [named[name] for name in sequence]
    except CycleError as exc:
        raise ParameterError(f"steps wait for each other: {' -> '.join(exc.args[1])}") from None


class Store:
    """The manifest of a project: for every step, what it was made from and what it made.

    Use ``fingerprint`` before a step runs and ``record`` after it, so that a file changed while
    the step ran counts as changed; ``save`` at the end (it writes only what differs).

    Parameters
    ----------
    path
        The manifest, such as ``reports/manifest.json``; need not exist.
    root
        The project: all files lie in it, and are written down relative to it.
    code
        Folder whose sources make up the code's fingerprint; ``<root>/src`` by default.
    """

    def __init__(self, path: Path, root: Path, code: Path | None = None) -> None:
        self.path = path
        self.root = os.path.realpath(root)
        self._code = code or root / "src"
        self._hashes = Hashes(path.with_name(f".{path.stem}.seen.json"), self.root)
        self._steps: dict[str, dict[str, Any]] = _load(path)
        self._made: set[str] = set()  # outputs too fresh to remember when they were hashed
        self._changed: set[str] = set()  # steps, since they were last saved

    def fingerprint(self, step: Step) -> dict[str, Any]:
        """Everything a step is made from, hashed now; a missing file counts as ``None``."""
        return {
            "parameters": json.loads(json.dumps(_told(step), sort_keys=True)),
            "notebook": self._hashes.of(
                f"{self.root}/{self.relative(step.notebook)}", essence=notebook_essence
            ),
            "requirements": self._requirements,
            "code": self._fingerprint_of_code,
            "inputs": self.hash_all(step.inputs),
        }

    def record(self, step: Step, made_from: Mapping[str, Any]) -> None:
        """Note that a step has made its outputs from what ``fingerprint`` said before it ran.

        Raises
        ------
        HelpersError
            An output is not there.
        """
        outputs = self.hash_all(step.outputs)
        missing = [name for name, digest in outputs.items() if digest is None]
        if missing:
            raise HelpersError(f"step {step.name} did not make {', '.join(missing)}")
        self._steps[step.name] = {**made_from, "outputs": outputs}
        self._changed.add(step.name)
        self._made.update(outputs)

    def forget(self, name: str) -> None:
        """Drop a step, so that it is made anew."""
        self._steps.pop(name, None)
        self._changed.add(name)

    @property
    def steps(self) -> Mapping[str, Mapping[str, Any]]:
        """All that is written down, by the steps' names."""
        return self._steps

    def recorded(self, name: str) -> Mapping[str, Any] | None:
        """Return what is written down for a step, or ``None``."""
        return self._steps.get(name)

    def save(self) -> bool:
        """Write the manifest if it changed, and the cache of what was seen; tell whether it did.

        What runs on other indices have saved meanwhile stays.
        """
        gone, changed = bool(self._steps) and not self.path.exists(), False
        if self._changed or gone:
            with lock(Path(self.root) / "build"):
                steps = dict(self._steps) if gone else _load(self.path)
                for name in self._changed:
                    steps.pop(name, None)
                    if name in self._steps:
                        steps[name] = self._steps[name]
                self._steps = steps
                text = self._text().encode()
                changed = not self.path.exists() or self.path.read_bytes() != text
                if changed:
                    publish(self.path, text)
            self._changed.clear()
        for name in self._made:  # at rest by now, most of them: the next run need not read them
            self._hashes.of(f"{self.root}/{name}")
        self._made.clear()
        self._hashes.save()
        return changed

    def relative(self, path: Path) -> str:
        """Path as it stands in the manifest: relative to the root, with forward slashes."""
        absolute = os.path.join(self.root, path)  # noqa: PTH118  (pathlib is ten times slower)
        relative = os.path.relpath(absolute, self.root)
        if _outside(relative):
            # Only now, as it asks the disk: the same file by way of a link, or one outside.
            relative = os.path.relpath(os.path.realpath(absolute), self.root)
        if _outside(relative):
            raise ParameterError(f"{path}: lies outside of {self.root}")
        return relative.replace(os.sep, "/")

    def hash_all(self, paths: Iterable[Path]) -> dict[str, str | None]:
        """Relative path to hash, sorted; ``None`` stands for a file that is not there."""
        names = sorted({self.relative(path) for path in paths})
        return {name: self._hashes.of(f"{self.root}/{name}") for name in names}

    @cached_property
    def _requirements(self) -> str | None:
        return self._hashes.of(f"{self.root}/requirements.lock")

    @cached_property
    def _fingerprint_of_code(self) -> str:
        return fingerprint_of_sources(self._code, self._hashes.of)

    def _text(self) -> str:
        document = {"version": 1, "steps": self._steps}
        return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _told(step: Step) -> dict[str, object]:
    pages = {"pages": dict(step.pages)} if step.pages else {}
    return {**step.parameters, **pages}


def stale(step: Step, store: Store) -> str | None:
    """Why a step must be made (one line, relative paths), or ``None`` when it is up to date."""
    old = store.recorded(step.name)
    if old is None:
        return "never made"
    new = store.fingerprint(step)
    for part, label in zip(
        MADE_FROM[:-1], ("parameters", "notebook", "requirements.lock", "code"), strict=True
    ):
        if old.get(part) != new[part]:
            return f"{label} changed"
    before, now = old.get("inputs", {}), new["inputs"]
    return _compare(before, now, gone="is missing", other="changed") or _compare(
        old.get("outputs", {}), store.hash_all(step.outputs), gone="missing", other="was edited"
    )


def fingerprint_of_sources(
    folder: Path,
    hash_of: Callable[[str], str | None] = lambda path: sha256(Path(path).read_bytes()),
) -> str:
    """Return one hash for the sources in a folder."""
    found = sorted(_sources(str(folder)))
    return sha256("\n".join(f"{name} {hash_of(path)}" for name, path in found).encode())


def _compare(
    before: Mapping[str, str], now: Mapping[str, str | None], *, gone: str, other: str
) -> str | None:
    what = "output " if other == "was edited" else ""
    reasons = [
        f"{what}{name} {gone if digest is None else 'is new' if name not in before else other}"
        for name, digest in now.items()
        if digest is None or digest != before.get(name)
    ]
    reasons += [f"{what}{name} is not used any more" for name in before if name not in now]
    if not reasons:
        return None
    return reasons[0] + (f", and {len(reasons) - 1} more" if len(reasons) > 1 else "")


def _outside(relative: str) -> bool:
    return relative == os.pardir or relative.startswith(os.pardir + os.sep)


def _load(path: Path) -> dict[str, dict[str, Any]]:
    """Read the steps of a manifest; none if it is missing or broken, as all can be remade."""
    try:
        steps = json.loads(path.read_text(encoding="utf-8"))["steps"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    good = isinstance(steps, dict) and all(isinstance(step, dict) for step in steps.values())
    return steps if good else {}


def _sources(folder: str, prefix: str = "") -> Iterable[tuple[str, str]]:
    """Files below a folder that are sources: neither hidden nor made by the interpreter."""
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.name.startswith((".", "__pycache__")) or entry.name.endswith((".pyc", "~")):
            continue
        if entry.is_dir():
            yield from _sources(entry.path, f"{prefix}{entry.name}/")
        else:
            yield prefix + entry.name, entry.path
