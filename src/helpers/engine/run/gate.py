"""The gate in front of a notebook: its parameters are checked before a kernel starts.

A notebook declares its parameters in one cell tagged ``parameters``, a line each::

    year: int = 2024  # the year the report is about

papermill only warns about an unknown parameter, writes parameter *names* into the notebook as
code, and takes any type. Here a name must be declared, a value must have the declared type, and a
text must be fit to stand in a file name. A text called ``lang`` must be a language there is.
"""

import ast
import io
import json
import keyword
import math
import tokenize
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from helpers.errors import ParameterError

Value = str | int | float | bool

TYPES: dict[str, type[Value]] = {"str": str, "int": int, "float": float, "bool": bool}
LONGEST = 200  # characters; a parameter is a name or a number, not a document

# Control, bidirectional and other invisible characters, surrogates, private use, line separators.
_REFUSED_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_TRUE, _FALSE = {"true", "yes", "1"}, {"false", "no", "0"}


class Parameter(NamedTuple):
    """One declared parameter: its name, type, default value and help text."""

    name: str
    type: type[Value]
    default: Value
    help: str


def describe(notebook: Path) -> list[Parameter]:
    """Parameters that a notebook declares, in their order; empty when it has no such cell.

    Raises
    ------
    ParameterError
        The file is missing or no notebook, or the cell holds anything but
        ``name: type = value  # help`` lines.
    """
    source = _parameters_cell(notebook)
    try:
        tree = ast.parse(source)
        comments = _comments(source)
    except (SyntaxError, tokenize.TokenError, ValueError) as exc:
        raise ParameterError(f"{notebook}: the parameters cell is not Python: {exc}") from None
    found: dict[str, Parameter] = {}
    for node in tree.body:
        parameter = _declared(node, comments, notebook)
        if parameter.name in found:
            raise ParameterError(f"{notebook}: parameter {parameter.name} is declared twice")
        found[parameter.name] = parameter
    return list(found.values())


def check(notebook: Path, given: Mapping[str, object]) -> dict[str, Value]:
    """Values for all declared parameters: the given ones, checked, and defaults for the others.

    Parameters
    ----------
    notebook
        The notebook that declares them.
    given
        Name to value. A text is converted to the declared type ("2023" to 2023), as the command
        line knows nothing but texts; texts are normalised to NFC.

    Returns
    -------
    dict
        Every declared name with a value of the declared type, in the order of declaration.

    Raises
    ------
    ParameterError
        A name is unknown or no name at all, a value has the wrong type, a text holds path
        separators or control characters, or a language is unknown.
    """
    declared = {parameter.name: parameter for parameter in describe(notebook)}
    for name in given:
        if name not in declared:
            raise ParameterError(_unknown(name, list(declared), notebook))
    values = {
        name: convert(given[name], parameter) if name in given else parameter.default
        for name, parameter in declared.items()
    }
    if "lang" in given and isinstance(lang := values["lang"], str):
        from helpers.words import use  # only where asked for: babel is slow to import

        use(lang)
    return values


def convert(value: object, parameter: Parameter) -> Value:
    """Value of the parameter's type, or a ``ParameterError`` that says what was expected."""
    kind = parameter.type
    if isinstance(value, str):
        fault = _unsafe(value)
        if fault:
            raise ParameterError(f"{parameter.name}={_show(value)}: {fault}")
        converted = _from_text(unicodedata.normalize("NFC", value), kind)
    elif isinstance(value, int) and not isinstance(value, bool) and kind is float:
        converted = float(value)
    else:
        converted = value if type(value) is kind else None
    if converted is None or (isinstance(converted, float) and not math.isfinite(converted)):
        example = {int: "such as 2023", float: "such as 0.5", bool: "true or false", str: "a text"}
        raise ParameterError(
            f"{parameter.name}={_show(value)}: expected {kind.__name__} ({example[kind]})"
        )
    return converted


def _from_text(text: str, kind: type[Value]) -> Value | None:
    if kind is str:
        return text
    word = text.strip()
    if kind is bool:
        return True if word.lower() in _TRUE else False if word.lower() in _FALSE else None
    if not word.isascii() or "_" in word:  # int() would take "2_023" and Arabic-Indic digits
        return None
    try:
        return kind(word)
    except ValueError:
        return None


def _unsafe(text: str) -> str | None:
    """Why a text cannot be a parameter, or ``None``."""
    if len(text) > LONGEST:
        return f"longer than {LONGEST} characters"
    if "/" in text or "\\" in text or text.strip() in {".", ".."}:
        return "a path is not allowed here; give a name, a code or a number"
    for character in text:
        if unicodedata.category(character) in _REFUSED_CATEGORIES:
            return f"holds the invisible character U+{ord(character):04X}; remove it"
    return None


def _unknown(name: object, declared: list[str], notebook: Path) -> str:
    if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name):
        return f"{_show(name)} is not a parameter name; {notebook.name} takes {_names(declared)}"
    import difflib  # only here, where something has gone wrong already

    near = difflib.get_close_matches(name, declared, n=3, cutoff=0.5)
    hint = f"; did you mean {' or '.join(near)}?" if near else "."
    return f"{notebook.name} has no parameter {name}{hint} It takes {_names(declared)}"


def _names(declared: list[str]) -> str:
    return ", ".join(declared) or "no parameters"


def _show(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return ascii(text[:60]) if not text[:60].isprintable() else repr(text[:60])


def _parameters_cell(notebook: Path) -> str:
    try:
        document = json.loads(notebook.read_text(encoding="utf-8"))
        cells = [
            cell
            for cell in document["cells"]
            if "parameters" in cell.get("metadata", {}).get("tags", [])
        ]
        sources = ["".join(cell["source"]) for cell in cells]
    except FileNotFoundError:
        raise ParameterError(f"{notebook}: there is no such notebook") from None
    except OSError as exc:
        raise ParameterError(
            f"{notebook}: cannot be read ({exc.strerror}); give a .ipynb"
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise ParameterError(
            f"{notebook}: not a notebook of format 4 ({type(exc).__name__}: {exc}); give a .ipynb"
        ) from None
    if len(sources) > 1:
        raise ParameterError(f"{notebook}: {len(sources)} cells are tagged parameters, not one")
    return sources[0] if sources else ""


def _comments(source: str) -> dict[int, str]:
    """Line number to the text of the comment on it."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        token.start[0]: token.string.lstrip("#").strip()
        for token in tokens
        if token.type == tokenize.COMMENT
    }


def _declared(node: ast.stmt, comments: dict[int, str], notebook: Path) -> Parameter:
    where = f"{notebook}: line {node.lineno} of the parameters cell"
    match node:
        case ast.AnnAssign(
            target=ast.Name(id=name), annotation=ast.Name(id=kind), value=ast.expr() as value
        ) if kind in TYPES:
            pass
        case _:
            raise ParameterError(
                f"{where} is not `name: type = value  # help` with type {', '.join(TYPES)}"
            )
    try:
        default = ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError):
        raise ParameterError(f"{where}: the default of {name} is not a plain value") from None
    bare = Parameter(name, TYPES[kind], "", comments.get(node.end_lineno or node.lineno, ""))
    if isinstance(default, str) is not (bare.type is str):
        raise ParameterError(f"{where}: the default of {name} is not of type {kind}")
    return bare._replace(default=convert(default, bare))
