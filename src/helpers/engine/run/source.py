"""A notebook as it is read before it runs: of any format, told plainly when it is none."""

from pathlib import Path
from typing import TYPE_CHECKING

from helpers.errors import ParameterError

if TYPE_CHECKING:
    from nbformat import NotebookNode

# Kernels of this very Python: the ordinary one, and forked ones by what they begin with: what
# reports import, or what makes tables besides.
STOCK, WARM, TABLES = "python3", "helpers", "helpers-tables"
PARAMETERS, INJECTED = "parameters", "injected-parameters"


def read(notebook: Path) -> "NotebookNode":
    """Read a notebook as one of the newest format, without outputs and with ids for all cells.

    Ids that are missing or used twice become ``cell-<number>``: nbformat's own would be random.
    A cell of parameters that papermill left there, beside the one that declares them, is dropped.

    Raises
    ------
    ParameterError
        The file is missing, cannot be read or is no notebook; the message says where.
    """
    import nbformat
    from nbformat import converter, reader

    try:
        text = notebook.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ParameterError(f"{notebook}: there is no such notebook") from None
    except OSError as exc:
        raise ParameterError(
            f"{notebook}: cannot be read ({exc.strerror}); give a .ipynb"
        ) from None
    except UnicodeDecodeError as exc:
        raise _malformed(notebook, f"not UTF-8 at byte {exc.start}") from None
    try:
        node: NotebookNode = reader.reads(text)  # type: ignore[no-untyped-call]
        if not isinstance(node.get("nbformat"), int):
            raise ValueError("it names no nbformat")
        given = reader.get_version(node)  # type: ignore[no-untyped-call]
        language = _language_of_old_cells(node)
        # Old formats have nodes of a class of their own.
        node = nbformat.from_dict(converter.convert(node, 4))  # type: ignore[no-untyped-call]
        if language:
            node.metadata.setdefault("language_info", {"name": language})
        tags = [_tags(cell) for cell in node.cells]
        if any(PARAMETERS in found for found in tags):
            node.cells = [c for c, found in zip(node.cells, tags, strict=True)
                          if INJECTED not in found]  # fmt: skip
        _clean(node, renumber=given < (4, 5))
        nbformat.validate(node)
    except nbformat.ValidationError as exc:
        place = "".join(f", {part}" for part in getattr(exc, "path", [])).replace(
            "cells, ", "cell "
        )
        raise _malformed(notebook, str(exc).partition("\n")[0] + place) from None
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise _malformed(notebook, f"{type(exc).__name__}: {exc}") from None
    return node


def language(node: "NotebookNode") -> str:
    """Return the language a notebook is written in, in small letters; Python if it says none."""
    said = node.metadata.get("kernelspec", {}).get("language")
    return str(said or node.metadata.get("language_info", {}).get("name") or "python").lower()


def _malformed(notebook: Path, why: str) -> ParameterError:
    return ParameterError(f"{notebook}: not a notebook ({why[:300]}); give a .ipynb")


def _tags(cell: "NotebookNode") -> list[str]:
    return list(cell.get("metadata", {}).get("tags", []))


def _language_of_old_cells(node: "NotebookNode") -> str:
    """Return the language of a notebook of format 3, whose cells each name theirs."""
    cells = [cell for sheet in node.get("worksheets", []) for cell in sheet.get("cells", [])]
    return next((str(cell["language"]) for cell in cells if cell.get("language")), "")


def _clean(node: "NotebookNode", *, renumber: bool) -> None:
    node["nbformat_minor"] = max(node.get("nbformat_minor", 0), 5)
    seen: set[str] = set()
    for number, cell in enumerate(node.cells, start=1):
        if renumber or cell.get("id") in {None, *seen}:
            cell["id"] = f"cell-{number}"
        seen.add(cell["id"])
        if cell.cell_type == "code":
            cell["outputs"], cell["execution_count"] = [], None
