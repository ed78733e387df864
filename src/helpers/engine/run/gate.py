"""The gate in front of a notebook: its parameters are checked before a kernel starts.

A notebook declares its parameters in one cell tagged ``parameters``, best a line each::

    year: int = 2024  # the year the report is about

papermill only warns about an unknown parameter, writes parameter *names* into the notebook as
code, and takes any type. Here a name must be declared and a value must have the declared type
(`kinds`), or that of the default where none is declared. What else stands in the cell (a
docstring, imports, magics, code) is the notebook's own business. A parameter that asks for a
unit, an index or a language takes no path, as its value becomes part of a file name.
"""

import ast
import io
import keyword
import tokenize
import unicodedata
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from helpers.engine.run import kinds, source
from helpers.errors import ParameterError

if TYPE_CHECKING:
    from nbformat import NotebookNode

NAMES = {"index", "pack", "unit", "unit_set", "lang"}
"""Parameters that ask for a name of the project's, never for a path."""

LONGEST = 200  # characters of such a name, of a number or a date
LONGEST_TEXT = 100_000  # of any other text, a list or a dictionary

# Control, bidirectional and other invisible characters, surrogates, private use, line separators;
# but for the joiners, without which neither Persian nor many an emoji can be written.
_REFUSED_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"


class Mark(Enum):
    """What stands for a default or a type that is not there."""

    REQUIRED = "a value must be given"
    LEFT = "the notebook works it out by itself"
    OPAQUE = "of a type that cannot be given from outside"


class Parameter(NamedTuple):
    """One declared parameter: its name, type, default value and help text.

    A default may be ``Mark.REQUIRED`` or ``Mark.LEFT``, a type ``Mark.OPAQUE``.
    """

    name: str
    type: Any
    default: Any
    help: str


def describe(notebook: Path, node: "NotebookNode | None" = None) -> list[Parameter]:
    """Parameters that a notebook declares, in their order; empty when it has no such cell.

    Parameters
    ----------
    node
        What `source.read` has made of the notebook, where it was read already.

    Raises
    ------
    ParameterError
        The file is missing or no notebook, the cell is not Python, a default is not of the type
        that is declared beside it, or a name is declared twice.
    """
    text = _parameters_cell(notebook, node or source.read(notebook))
    try:
        tree, comments = _parse(text)
    except (SyntaxError, tokenize.TokenError, ValueError) as exc:
        raise ParameterError(f"{notebook}: the parameters cell is not Python: {exc}") from None
    found: dict[str, Parameter] = {}
    for statement in tree.body:
        comment = comments.get(statement.end_lineno or statement.lineno, "")
        try:
            parameter = _declared(statement, comment)
        except ValueError as exc:
            place = f"line {statement.lineno} of the parameters cell"
            raise ParameterError(f"{notebook}: {place}: {exc}") from None
        if parameter is None:
            # `n = 1`, then `n += 1`: what the cell makes of it in the end is its default.
            for name in found.keys() & set(_assigned(statement)):
                found[name] = found[name]._replace(default=Mark.LEFT)
        elif parameter.name in found:
            raise ParameterError(f"{notebook}: parameter {parameter.name} is declared twice")
        else:
            found[parameter.name] = parameter
    return list(found.values())


def check(
    notebook: Path, given: Mapping[str, object], node: "NotebookNode | None" = None
) -> dict[str, Any]:
    """Values for the declared parameters: the given ones, checked, and defaults for the others.

    Parameters
    ----------
    notebook
        The notebook that declares them.
    given
        Name to value. A text is converted to the declared type ("2023" to 2023), as the command
        line knows nothing but texts; texts are normalised to NFC.
    node
        As for `describe`.

    Returns
    -------
    dict
        Every declared name with a value of the declared type, in the order of declaration; but
        for names whose default is an expression, which the notebook works out by itself.

    Raises
    ------
    ParameterError
        A name is unknown or no name at all, a value has the wrong type or is missing, a name of
        the project's holds path separators, a text holds control characters, or a language is
        unknown. Or values are given to a notebook in a language other than Python.
    """
    node = node or source.read(notebook)
    if (language := source.language(node)) != "python":
        if given:
            raise ParameterError(
                f"{notebook}: written in {language}, and parameters are read in Python only; "
                "change them in its parameters cell"
            )
        return {}
    declared = {parameter.name: parameter for parameter in describe(notebook, node)}
    for name in given:
        if name not in declared:
            raise ParameterError(_unknown(name, list(declared), notebook))
    values = {}
    for name, parameter in declared.items():
        if name in given:
            values[name] = convert(given[name], parameter)
        elif parameter.default is Mark.REQUIRED:
            wanted = kinds.expectation(parameter.type)
            raise ParameterError(f"{notebook.name} must be given {name}: {wanted}")
        elif parameter.default is not Mark.LEFT:
            values[name] = parameter.default
    if "lang" in given and isinstance(lang := values["lang"], str):
        from helpers.words import languages, use  # only where asked for: babel is slow to import

        if declared["lang"].default in {*languages(), *Mark}:  # another's notebook may have "fr"
            use(lang)
    return values


def convert(value: object, parameter: Parameter) -> Any:
    """Value of the parameter's type, or a ``ParameterError`` that says what was expected."""
    kind, shown = parameter.type, f"{parameter.name}={_show(value)}"
    if kind is Mark.OPAQUE:
        raise ParameterError(f"{shown}: {parameter.name} is {kind.value}; declare it as another")
    try:
        if not isinstance(value, str):
            return kinds.validate(value, kind)
        if fault := _unsafe(value, parameter):
            raise ParameterError(f"{shown}: {fault}")
        return kinds.from_text(unicodedata.normalize("NFC", value), kind)
    except ValueError:
        raise ParameterError(f"{shown}: {kinds.expectation(kind)}") from None


def _unsafe(text: str, parameter: Parameter) -> str | None:
    """Why a text cannot be this parameter, or ``None``."""
    named = parameter.name in NAMES and not _is_path(parameter.default)
    longest = LONGEST if named or parameter.type in kinds.SHORT else LONGEST_TEXT
    if len(text) > longest:
        return f"longer than {longest} characters"
    if named and _is_path(text):
        return "a path is not allowed here; give a name, a code or a number"
    for character in text:
        if unicodedata.category(character) in _REFUSED_CATEGORIES and character not in _JOINERS:
            return f"holds the invisible character U+{ord(character):04X}; remove it"
    return None


def _is_path(value: object) -> bool:
    """Tell whether a value holds a separator: a unit may be in km/h where the default is."""
    return isinstance(value, str) and (
        "/" in value or "\\" in value or value.strip() in {".", ".."}
    )


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


def _parameters_cell(notebook: Path, node: "NotebookNode") -> str:
    cells = [cell for cell in node.cells if source.PARAMETERS in cell.metadata.get("tags", [])]
    if len(cells) > 1:
        raise ParameterError(f"{notebook}: {len(cells)} cells are tagged parameters, not one")
    if cells and cells[0].cell_type != "code":
        raise ParameterError(f"{notebook}: a {cells[0].cell_type} cell is tagged parameters; "
                             "tag the code cell that declares them")  # fmt: skip
    return str(cells[0].source) if cells else ""


def _parse(text: str) -> tuple[ast.Module, dict[int, str]]:
    """Return the cell's syntax, and what is said in the comment on each line."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        from IPython.core.inputtransformer2 import TransformerManager  # magics: seldom, and slow

        magic = TransformerManager()  # type: ignore[no-untyped-call]
        text = magic.transform_cell(text)
        tree = ast.parse(text)
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    comments = {
        token.start[0]: token.string.lstrip("#").strip()
        for token in tokens
        if token.type == tokenize.COMMENT
    }
    return tree, comments


def _declared(statement: ast.stmt, comment: str) -> Parameter | None:
    """Read one declaration; ``None`` for a statement that is none."""
    match statement:
        case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
            try:
                kind = kinds.read_type(annotation)
            except ValueError:
                return Parameter(name, Mark.OPAQUE, Mark.LEFT, comment)
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            kind, comment = _type_comment(comment)
        case _:
            return None
    if value is None:
        return Parameter(name, Any if kind is Final else kind, Mark.REQUIRED, comment)
    try:
        default = kinds.read_value(value)
    except ValueError:
        return Parameter(name, Any if kind is Final else kind, Mark.LEFT, comment)
    if kind is Final:
        return Parameter(name, kinds.infer(default), default, comment)
    if default is None:
        return Parameter(name, kinds.admit_none(kind), None, comment)
    try:
        return Parameter(name, kind, kinds.validate(default, kind), comment)
    except ValueError:
        raise ValueError(
            f"the default of {name} is not of type {kinds.show(kind)}: "
            f"found {_show(default)}, {kinds.expectation(kind)}"
        ) from None


def _type_comment(comment: str) -> tuple[Any, str]:
    """Return the type of ``type: int  # help``, and the help; ``Final`` where it says none."""
    word, colon, rest = comment.partition(":")
    if word.strip() == "type" and colon:
        first, _, after = rest.partition("#")
        for text, left in ((first, after), (rest.strip().partition(" ")[::2])):
            try:
                return kinds.read_annotation(text), left.strip()
            except ValueError:
                continue
    return Final, comment


def _assigned(statement: ast.stmt) -> Iterator[str]:
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
