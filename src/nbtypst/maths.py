"""Formulas: LaTeX, as notebooks write them, to Typst and to MathML.

What a converter does not know it often passes on in silence, so its answer is read with care:
a formula is set whole, or it is not set and its source is printed.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape
from typing import Any

from nbtypst.blocks import Token

_FORMULA = re.compile(r"\s*\$.*\$\s*|\s*\\begin\{(equation|align|gather|eqnarray)\*?\}.*", re.S)
_NUMBERED = re.compile(r"\\(begin|end)\{(equation|displaymath|math|multline)\*?\}")
_ALIGNED = re.compile(
    r"\\(begin|end)\{(align|alignat|flalign|gather|eqnarray|aligned|gathered)\*?\}"
)
_LABEL = re.compile(r"\\label\{[^{}]*\}|\\(?:nonumber|notag|displaystyle|limits)(?![a-zA-Z])")
_TAG = re.compile(r"\\tag\*?\{([^{}]*)\}")
_TEXT = re.compile(r"#text\[([^\[\]$]*)\]")
_BOX = re.compile(r"#box\(stroke: 0\.5pt, inset: 2pt, baseline: 20%\)\[\$ ([^\[\]$]*) \$\]")
# The only Typst code that may stand in a converted formula.
_CODE = re.compile(r"#(?:none|left|right|center|h\(-?[\d.]+(?:em|cm|mm|pt|fr)\))(?![\w(.])")


def source(token: Token) -> str:
    """Return a formula as it is typed in a notebook."""
    raw = token["raw"].strip()
    return f"${raw}$" if token["type"] == "inline_math" else f"$$ {raw} $$"


def is_formula(latex: str) -> bool:
    """Tell whether a LaTeX output is one formula, and not a table or a text."""
    return bool(_FORMULA.fullmatch(latex)) and "tabular" not in latex


def _prepared(tex: str) -> str:
    """Put what both converters read differently into words that both know."""
    tex = _LABEL.sub(" ", _NUMBERED.sub(" ", tex.replace('"', "''")))
    tex = re.sub(r"\\hdots", r"\\dots", tex)
    return _TAG.sub(lambda m: rf"\qquad\text{{({m[1]})}}", tex).strip()


@cache
def as_typst(tex: str) -> str | None:
    """Return a formula in Typst's own notation, for `eval` in its mode for mathematics.

    None where it cannot be set whole. Formulas of a notebook are not trusted: `eval` reaches no
    file and no package, and code other than spaces is refused.
    """
    import tylax
    import typst

    tex = _ALIGNED.sub(r"\\\1{aligned}", _prepared(tex))
    try:
        found = str(tylax.latex_to_typst(tex)).strip()
    except Exception:  # a converter's own errors are of any kind
        return None
    found = _BOX.sub(r"boxed(\1)", found)
    found = _TEXT.sub(lambda m: '"' + m[1].replace("\\", "\\\\").replace('"', "") + '"', found)
    found = re.sub(r" +('+)", r"\1", found)
    if not found or _unsafe(found):
        return None
    quoted = found.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    probe = f'#let boxed(x) = x\n#eval("{quoted}", mode: "math", scope: (boxed: boxed))'
    try:
        typst.Compiler(probe.encode(), ignore_system_fonts=True).compile(format="svg")
    except typst.TypstError:
        return None
    return found.replace("\n", " ")


def _unsafe(found: str) -> bool:
    """Tell whether a converted formula holds code, a comment or an unclosed text.

    It is read as Typst does: texts in quotes and escaped signs are taken as they stand.
    """
    bare = re.sub(r'\\.|"(?:\\.|[^"\\])*"', " ", found, flags=re.S)
    bare = _CODE.sub(" ", bare)
    return bool(re.search(r'["#$]|//|/\*|\|\|\|', bare))


@cache
def as_mathml(tex: str, block: bool) -> str | None:
    """Return a formula as MathML, which browsers set; None where it cannot be set whole."""
    import latex2mathml.converter

    raw = tex.strip()
    tex = _ALIGNED.sub(r"\\\1{align*}", _prepared(tex))
    try:
        convert: Any = latex2mathml.converter.convert
        found = str(convert(tex, display="block" if block else "inline"))
    except Exception:
        return None
    unknown = re.search(r">\\[a-zA-Z]|>&<|<mi>\\", found)
    if unknown or re.search(r"\\begin|\\end|<script|javascript:|\bon\w+=", found):
        return None
    return found.replace("<math ", f'<math alttext="{escape(raw)}" ', 1)
