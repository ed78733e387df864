"""The types a parameter can have: read from its declaration, given as a text, written as code."""

import ast
import datetime as dt
import json
import math
from contextlib import suppress
from functools import reduce
from operator import or_
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

_NAMED: dict[str, Any] = {
    **{kind.__name__: kind for kind in (str, int, float, bool, bytes, list, dict)},
    **{"List": list, "Dict": dict, "date": dt.date, "datetime": dt.datetime, "Any": Any},
}
SHORT = (int, float, bool, dt.date, dt.datetime)
_EXAMPLES = {
    int: "such as 2023", float: "such as 0.5", bool: "true or false", str: "a text",
    list: 'such as ["a", "b"]', dict: 'such as {"a": 1}', dt.date: "such as 2024-01-31",
    dt.datetime: "such as 2024-01-31T08:30", bytes: "such as b'a'",
}  # fmt: skip
_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def read_type(node: ast.expr) -> Any:
    """Return the type that an annotation names; ``Final`` if it leaves it to the value.

    Raises
    ------
    ValueError
        It is none of those a parameter can be given in.
    """
    match node:
        case ast.Constant(value=None):
            return NoneType
        case ast.Constant(value=str() as quoted):
            return read_annotation(quoted)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return read_type(left) | read_type(right)
        case ast.Subscript(value=head, slice=inner):
            return _generic(_name(head), inner)
        case _ if _name(node) == "Final":
            return Final
        case _ if _name(node) in _NAMED:
            return _NAMED[_name(node)]
    raise ValueError(ast.unparse(node))


def read_annotation(text: str) -> Any:
    """`read_type` of a text, such as a quoted annotation or what follows ``# type:``."""
    try:
        return read_type(ast.parse(text.strip(), mode="eval").body)
    except SyntaxError:
        raise ValueError(text) from None


def read_value(node: ast.expr) -> Any:
    """Return a value that is written out: a literal, a date, ``float('nan')``, ``math.inf``.

    Raises
    ------
    ValueError
        It is an expression, which only the notebook itself can work out.
    """
    try:
        match node:
            case ast.Call(args=args, keywords=[]) if _name(node.func) in ("date", "datetime"):
                return _NAMED[_name(node.func)](*map(ast.literal_eval, args))
            case ast.Call(func=ast.Name(id="float"), args=[ast.Constant(value=str() as word)]):
                return float(word)
            case ast.Attribute(attr="nan" | "inf" as word):
                return float(word)
        return ast.literal_eval(node)
    except (TypeError, SyntaxError, RecursionError, MemoryError) as exc:
        raise ValueError(str(exc)) from None


def infer(value: object) -> Any:
    """Return the type of an untyped parameter by its default; anything goes where that is None."""
    return Any if value is None or type(value) not in _NAMED.values() else type(value)


def admit_none(kind: Any) -> Any:
    """Return the type with None beside what it takes, as in ``name: str = None``."""
    return kind | None


def from_text(text: str, kind: Any) -> Any:
    """Return the value of a type that a text of the command line stands for.

    Raises
    ------
    ValueError
        It stands for none.
    """
    if kind is str:
        return text
    word, origin = text.strip(), get_origin(kind) or kind
    if origin in (Union, UnionType):
        for one in sorted(get_args(kind), key=lambda member: member is str):  # takes every text
            with suppress(ValueError):
                return from_text(text, one)
    elif origin is Literal:
        for choice in get_args(kind):
            if str(choice) == text:
                return choice
    elif kind is NoneType and word == "None":
        return None
    elif kind is bool and word.lower() in _WORDS:
        return _WORDS[word.lower()]
    elif kind in (int, float) and word.isascii() and "_" not in word:
        return kind(word)  # int() alone would take "2_023" and Arabic-Indic digits
    elif kind in (dt.date, dt.datetime):
        return kind.fromisoformat(word)
    elif kind is Any:
        with suppress(ValueError):
            return _literal(word)
        return text
    elif origin in (list, dict, bytes):
        return validate(_literal(word), kind)
    raise ValueError(text)


def validate(value: object, kind: Any) -> Any:
    """Return the value as one of the type: an integer as a float where floats are asked for.

    Raises
    ------
    ValueError
        It is not of the type.
    """
    from pydantic import TypeAdapter  # only here: slow to import

    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    try:
        return adapter.validate_python(value, strict=True)
    except ValueError:
        if "date" not in show(kind):
            raise
    try:  # JSON has no dates; those in a list or a dictionary are texts
        return adapter.validate_json(json.dumps(value), strict=True)
    except TypeError:
        raise ValueError(repr(value)) from None


def show(kind: Any) -> str:
    """Return a type as it is written, such as ``list[str] or None``."""
    if kind is NoneType:
        return "None"
    if get_origin(kind) in (Union, UnionType):
        return " or ".join(map(show, get_args(kind)))
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(map(repr, get_args(kind)))
    return kind.__name__ if type(kind) is type else str(kind).replace("typing.", "")


def expectation(kind: Any) -> str:
    """Return what a value of the type looks like, in words."""
    example = _EXAMPLES.get(kind)
    return f"expected {show(kind)}" + (f" ({example})" if example else "")


def to_code(value: object) -> str:
    """Return Python code for a value, which needs no import and leaves no other name behind."""
    match value:
        case float() if not math.isfinite(value):
            return f"float('{value}')"
        case dt.date():
            return f'__import__("datetime").{type(value).__name__}.fromisoformat({str(value)!r})'
        case list():
            return f"[{', '.join(map(to_code, value))}]"
        case dict():
            return f"{{{', '.join(f'{to_code(k)}: {to_code(v)}' for k, v in value.items())}}}"
    return repr(value)


def to_json(value: object) -> Any:
    """Return a value as a notebook's metadata can hold it; what JSON has not becomes a text."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case list():
            return [to_json(one) for one in value]
        case dict():
            return {str(key): to_json(one) for key, one in value.items()}
    return str(value)


def _name(node: ast.expr) -> str:
    """``date`` of both ``date`` and ``datetime.date``; empty for what is no name."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _generic(head: str, inner: ast.expr) -> Any:
    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    match head:
        case "Literal":
            return Literal[tuple(ast.literal_eval(part) for part in parts)]
        case "Optional" | "Final" | "Annotated":
            kind = read_type(parts[0])
            return kind | None if head == "Optional" else kind
        case "Union":
            return reduce(or_, map(read_type, parts))
        case "list" | "List" if len(parts) == 1:
            return list[read_type(parts[0])]  # type: ignore[misc]
        case "dict" | "Dict" if len(parts) == 2:
            return dict[read_type(parts[0]), read_type(parts[1])]  # type: ignore[misc]
    raise ValueError(head)


def _literal(text: str) -> Any:
    """Return what a text says in JSON, or else in Python."""
    try:
        return json.loads(text, object_pairs_hook=_unique)
    except json.JSONDecodeError:
        pass
    try:
        return ast.literal_eval(text)
    except (TypeError, SyntaxError, RecursionError, MemoryError) as exc:
        raise ValueError(str(exc)) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands there twice")
    return found
