"""How the types of `helpers.index.model` are declared, and the short forms of their fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")

_CONFIG: dict[str, Any] = {
    "extra": "forbid",
    "strict": True,
    "use_attribute_docstrings": True,
    # "from" and "break" are words of Python's own.
    "alias_generator": lambda name: name.rstrip("_"),
}


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def record(kind: type[T]) -> type[T]:
    """Make a class with fields a type of the files; reading refuses what it does not name."""
    kind.__pydantic_config__ = _CONFIG  # type: ignore[attr-defined]
    return dataclass(frozen=True, kw_only=True)(kind)


class _Read:
    """How a value may be written besides: read into its full form before that is checked."""

    def __init__(
        self, read: Callable[[Any], Any], form: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> None:
        self.read, self.form = read, form

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        return core_schema.no_info_before_validator_function(self.read, handler(source))

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return self.form(handler(schema))


def short(name: str) -> _Read:
    """Let a mapping be written as the one value of its main field."""

    def spell_out(value: Any) -> Any:
        whole = value if isinstance(value, dict) else {name: value}
        # Behind a validator of ours a list is Python's, and no longer as good as a tuple.
        return {key: tuple(v) if isinstance(v, list) else v for key, v in whole.items()}

    return _Read(spell_out, lambda full: {"anyOf": [{"type": "string"}, full]})


PLAIN = _Read(
    lambda value: str(value) if type(value) is int else value,
    lambda _text: {"type": ["string", "integer"]},
)
"""A text that YAML takes for a number where it is not quoted: a scheme or set named 2024."""

LISTED = _Read(
    lambda value: (
        tuple(value) if isinstance(value, list) else (value,) if isinstance(value, str) else value
    ),
    lambda full: {"anyOf": [{"type": "string"}, full]},
)
"""A list that may be written as the one text in it."""
