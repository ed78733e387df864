"""YAML files as typed values: unknown fields, wrong types and open questions are told by line."""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from functools import cache, reduce
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import yaml

from helpers.errors import DataError
from helpers.files import publish
from helpers.index import fieldtypes, model, places, sidecar
from helpers.index.places import nearest, relative

OPEN = "?"
"""Stands in index.yml and structure.csv where only a person can tell; nothing is built over it."""

T = TypeVar("T")
Path_ = tuple[str | int, ...]

# What pydantic calls a mistake, in words; {ctx} is filled in from its own account.
_EXPECTED = {
    "string_type": "expected a text",
    "int_type": "expected a whole number",
    "int_parsing": "expected a whole number",
    "int_from_float": "expected a whole number",
    "float_type": "expected a number",
    "bool_type": "expected true or false",
    "tuple_type": "expected a list",
    "mapping_type": "expected fields with values",
    "dict_type": "expected fields with values",
    "dataclass_type": "expected fields with values",
    "literal_error": "expected {expected}",
    "too_long": "expected {max_length} values",
}


def read(path: Path, kind: type[T]) -> T:
    """Return the typed content of a YAML file.

    What was read once is kept in ``build/typed`` by its content: to check again what has not
    changed would cost a command that has nothing to do half its time.

    Parameters
    ----------
    kind
        One of the types of `helpers.index.model`.

    Raises
    ------
    DataError
        A line for each mistake: file, row, the path of the field, what was found, the mend.
    """
    text = places.decode(path)
    key = hashlib.sha256(f"{kind.__name__}\0{_version()}\0{text}".encode()).hexdigest()
    kept = places.root() / "build" / "typed" / f"{key}.pickle"
    with suppress(OSError, pickle.UnpicklingError, AttributeError, EOFError, ImportError):
        found: T = pickle.loads(kept.read_bytes())
        return found
    found = parse(text, kind, relative(path))
    with suppress(Exception):  # without it everything works, a little later
        publish(kept, pickle.dumps(found))
    return found


@cache
def _version() -> str:
    """Return a mark of the code that reads: what older code let pass is read again."""
    modules = (__file__, fieldtypes.__file__, model.__file__, sidecar.__file__)
    sources = (Path(module).read_bytes() for module in modules)
    return hashlib.sha256(b"".join(sources)).hexdigest()


def parse(text: str, kind: type[T], name: str) -> T:
    """Return the typed content of a YAML text; `name` is what messages call it."""
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        content = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        row = f", row {mark.line + 1}" if mark else ""
        raise DataError(f"{name}{row}: not valid YAML; mend the indentation") from None
    if not isinstance(content, dict):
        raise DataError(f"{name}: holds no fields; restore it")
    places.refuse([f"{name}{line}" for line in _doubled_and_open(node, text.splitlines())])
    where = _Lines(node).where
    try:
        return typed(content, kind)
    except _Mistakes as found:
        told = [f"{name}, {where(path)}: {what}" for path, what in found.told]
        raise DataError("\n".join(told)) from None


def typed(content: Mapping[str, Any], kind: type[T]) -> T:
    """Return a mapping as one of the types of `helpers.index.model`."""
    from pydantic import ValidationError  # slow to load, and not needed where nothing changed

    # As JSON, years and schemes are alike as keys, and lists are as good as tuples.
    adapter: Callable[[Any], Any] = _adapter  # mypy takes a cached function's types for unhashable
    try:
        found: T = adapter(kind).validate_json(json.dumps(content, default=str))
        return found
    except ValidationError as error:
        told: dict[Path_, list[str]] = {}
        for path, what in (_say(one, kind) for one in error.errors()):
            told.setdefault(path, []).append(what)
        raise _Mistakes([(path, _alternatives(all_)) for path, all_ in told.items()]) from None


@cache
def _adapter(kind: Any) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def schema(kind: type[Any]) -> dict[str, Any]:
    """Return the JSON Schema of a type."""
    adapter: Callable[[Any], Any] = _adapter
    found: dict[str, Any] = adapter(kind).json_schema()
    return found


class _Mistakes(DataError):
    """What does not fit a type: each mistake's path and what to say of it."""

    def __init__(self, told: list[tuple[Path_, str]]) -> None:
        super().__init__("\n".join(f"{spell(path)}: {what}" for path, what in told))
        self.told = told


def _say(error: Mapping[str, Any], kind: type[Any]) -> tuple[Path_, str]:
    """Return the path of one of pydantic's mistakes, and what was found and expected."""
    path: Path_ = error["loc"]
    if path[-1:] == ("[key]",):
        path = path[:-1]
        return path, f"found {path[-1]!r}, {_EXPECTED.get(error['type'], error['msg'])}; correct it"
    path = _without_tags(path, kind)
    if error["type"] == "unexpected_keyword_argument":
        known = _fields(reduce(_below, path[:-1], kind))
        return path, f"unknown field, {nearest(str(path[-1]), known)}; correct it or take it out"
    if error["type"] == "missing":
        return path, "the field is missing; add it"
    expected = _EXPECTED.get(error["type"], error["msg"]).format(**error.get("ctx", {}))
    return path, f"found {_shown(error['input'])}, {expected}; correct it"


def _alternatives(told: list[str]) -> str:
    """Return one sentence for a field that could have been several things and is none."""
    first, *others = (what.removesuffix("; correct it") for what in told)
    more = [what.partition("expected ")[2] for what in others]
    return " or ".join([first, *more]) + "; correct it" * (told[0].endswith("; correct it"))


def _shown(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return f"{'fields' if isinstance(value, dict) else 'a list'} with {len(value)} entries"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."


def _without_tags(path: Path_, kind: type[Any]) -> Path_:
    """Take off what pydantic appends to name the member of a union."""
    kept: list[str | int] = []
    here: Any = kind
    for part in path:
        below = _below(here, part)
        if below is None and not _fields(here):
            break
        kept.append(part)
        here = below
    return tuple(kept)


def _record(kind: Any) -> Any:
    """Return the type with fields that a type is, or that is one of its alternatives."""
    members = (
        get_args(kind) if isinstance(kind, UnionType) or get_origin(kind) is Union else (kind,)
    )
    return next((one for one in members if is_dataclass(one)), None)


def _fields(kind: Any) -> dict[str, Any]:
    """Return the types of a type's fields by the name that the file uses."""
    if (record := _record(kind)) is None:
        return {}
    hints = get_type_hints(record)
    return {one.name.rstrip("_"): hints[one.name] for one in fields(record)}


def _below(kind: Any, part: str | int) -> Any:
    """Return the type of a part of a type, None if it has none by that name."""
    if own := _fields(kind):
        return own.get(str(part))
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is tuple and isinstance(part, int):
        return arguments[0 if arguments[-1] is Ellipsis else min(part, len(arguments) - 1)]
    if isinstance(part, str) and isinstance(origin, type) and issubclass(origin, Mapping):
        return arguments[1]
    return None


def spell(path: Path_) -> str:
    """Return the path of a field as messages print it: ``tables[1].unit.column``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" * bool(text) or str(part)
    return text


def lines(path: Path) -> Callable[[Path_], str]:
    """Return what tells the row and the path of a field of a YAML file that can be read."""
    return _Lines(yaml.compose(places.decode(path), Loader=yaml.CSafeLoader)).where


class _Lines:
    """The rows in which the fields of a YAML text stand."""

    def __init__(self, node: Any) -> None:
        self.node = node

    def where(self, path: Path_) -> str:
        """Return the row and the path of a field; of what is missing, the row above it."""
        here, row = self.node, self.node.start_mark.line
        for part in path:
            found = _child(here, part)
            if found is None:
                break
            row, here = found
        return f"row {row + 1}, {spell(path)}"


def _child(node: Any, part: str | int) -> tuple[int, Any] | None:
    """Return the row and the node of a part; one that was merged in stands where it was written."""
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark.line, node.value[part]
    if not isinstance(node, yaml.MappingNode):
        return None
    merged: list[Any] = []
    for key, value in node.value:
        if key.value == str(part):
            return key.start_mark.line, value
        if key.tag == "tag:yaml.org,2002:merge":
            merged += value.value if isinstance(value, yaml.SequenceNode) else [value]
    return next((found for one in merged if (found := _child(one, part))), None)


def _doubled_and_open(node: Any, lines: list[str]) -> Iterator[str]:
    """Yield a line for each field that stands twice and each value that is still ``"?"``."""
    done: set[int] = set()

    def walk(node: Any, path: Path_) -> Iterator[str]:
        if id(node) in done:  # an alias of what was walked already
            return
        done.add(id(node))
        row = node.start_mark.line
        if isinstance(node, yaml.SequenceNode):
            for number, value in enumerate(node.value):
                if not isinstance(value, yaml.ScalarNode):  # a mark in a list is no question
                    yield from walk(value, (*path, number))
        elif isinstance(node, yaml.MappingNode):
            seen: dict[str, int] = {}
            for key, value in node.value:
                if key.value in seen:
                    yield (
                        f", row {key.start_mark.line + 1}, {spell((*path, key.value))}: the field "
                        f"stands in row {seen[key.value]} already; keep one"
                    )
                seen[key.value] = key.start_mark.line + 1
                yield from walk(value, (*path, key.value))
        elif node.value == OPEN:
            asked = lines[row].partition("#")[2].strip() or "see data/raw/README.md"
            yield (
                f", row {row + 1}, {spell(path)}: an open question ({asked}); put the answer in "
                "place of the ?"
            )

    yield from walk(node, ())
