"""The report notebook's own cells, run in this process, one after another."""

import ast
import json
from collections.abc import Iterator
from functools import cache
from types import CodeType
from typing import Any

from projects import ROOT


@cache
def compiled(notebook: str) -> list[CodeType]:
    """Return a notebook's code cells, the parameters first; what a cell shows is ``shown``."""
    document = json.loads((ROOT / f"notebooks/{notebook}.ipynb").read_text(encoding="utf-8"))
    codes = []
    for cell in document["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] != "code":
            continue
        tree = ast.parse(source)
        if isinstance(last := tree.body[-1], ast.Expr):
            shown = ast.Assign([ast.Name("shown", ast.Store())], last.value)
            tree.body[-1] = ast.fix_missing_locations(ast.copy_location(shown, last))
        codes.append(compile(tree, f"{notebook}.ipynb, {source.splitlines()[0]}", "exec"))
    return codes


def run(notebook: str, place: dict[str, Any]) -> Iterator[Any]:
    """Run the cells with the parameters in `place`, and yield what each shows."""
    parameters, *codes = compiled(notebook)
    defaults: dict[str, Any] = {}
    exec(parameters, defaults)
    place |= {name: value for name, value in defaults.items() if name not in place}
    for code in codes:
        place["shown"] = None
        exec(code, place)
        if place["shown"] is not None:
            yield place["shown"]
