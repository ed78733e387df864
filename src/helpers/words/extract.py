"""Find the phrases in use: in code, in the code cells of notebooks, in templates of pages."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import jinja2
from babel.messages.catalog import Catalog
from jinja2.ext import extract_from_ast


def extract(root: Path) -> Catalog:
    """Collect every literal phrase under ``src/`` and ``notebooks/``.

    A phrase is the literal first argument of a call of ``_`` or the first two of a call of
    ``n``; adjacent literals are one phrase, and what is not a literal is the caller's affair.

    Parameters
    ----------
    root
        The project's folder.

    Returns
    -------
    Catalog
        Without translations; each phrase carries the files it occurs in.
    """
    catalogue = Catalog(project="Rank Change Notebooks", charset="utf-8")
    for path, code in _sources(root):
        place = path.relative_to(root).as_posix()
        for node in ast.walk(ast.parse(code, filename=place)):
            if isinstance(node, ast.Call) and (phrase := _phrase(node)):
                catalogue.add(phrase, locations=[(place, node.lineno)])
    for path in sorted((root / "src").rglob("*.j2")):
        place = path.relative_to(root).as_posix()
        parsed = jinja2.Environment().parse(path.read_text(encoding="utf-8"), filename=place)
        for line, _name, found in extract_from_ast(parsed, ("_", "n")):
            # What stands behind the phrase, such as its values, comes as None.
            texts = tuple(filter(None, found if isinstance(found, tuple) else (found,)))
            if texts:
                catalogue.add(texts if len(texts) > 1 else texts[0], locations=[(place, line)])
    return catalogue


def _sources(root: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted((root / "src").rglob("*.py")):
        yield path, path.read_text(encoding="utf-8")
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                lines = "".join(cell["source"]).splitlines()
                # Magics are not Python; nothing in them is a phrase.
                yield path, "\n".join("" if s.lstrip()[:1] in "%!" else s for s in lines)


def _phrase(call: ast.Call) -> str | tuple[str, str] | None:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    literals = [a.value for a in call.args[:2] if isinstance(a, ast.Constant)]
    texts = [value for value in literals if isinstance(value, str)]
    if name == "_" and texts:
        return texts[0]
    if name == "n" and len(texts) == 2:
        return (texts[0], texts[1])
    return None
