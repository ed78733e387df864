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
# What one of the converters does not know, in words that both do; spacing has no meaning.
_ALIKE = {
    r"\\(?:mbox|hbox|textnormal)(?![a-zA-Z])": r"\\text",
    r"\\(?:mathbbm|mathds)(?![a-zA-Z])": r"\\mathbb",
    r"\\(?:mathscr|mathcal)(?![a-zA-Z])": r"\\mathcal",
    r"\\operatorname\*": r"\\operatorname",
    r"\\nicefrac(?![a-zA-Z])": r"\\frac",
    r"\\hdots(?![a-zA-Z])": r"\\dots",
    r"\\nsubseteq(?![a-zA-Z])": r"\\not\\subseteq",
    r"\\coloneqq(?![a-zA-Z])": ":=",
    r"\\(x(?:left|right)arrow)\[([^\]]*)\](\{[^{}]*\})": r"\\underset{\2}{\\\1\3}",
    r"\\hbar(?![a-zA-Z])": "ℏ",
    r"\\text(bf|it|tt|sf|rm)(\{[^{}]*\})": r"\\math\1{\\text\2}",
    r"\{\\(bf|it|tt|sf|rm|cal)(?![a-zA-Z])\s*([^{}]*)\}": r"{\\math\1{\2}}",
    r"\\[bB]igg?[lrm]?(?![a-zA-Z])": " ",
    r"(\\begin\{alignat\*?\})\{\d+\}": r"\1",
    r"\\(?:eq)?ref\{([^{}]*)\}": r"\\text{(\1)}",
    r"\\(?:text)?color\{[^{}]*\}|\\(?:require|class|style)\{[^{}]*\}": " ",
    r"\\(?:hspace\*?\{[^{}]*\}|hfill(?![a-zA-Z]))": r"\\quad ",
    r"\\(?:vphantom|vspace\*?)\{[^{}]*\}|\\smash(?![a-zA-Z])": " ",
}
_TEXT_WITH_MATHS = re.compile(r"\\text\{([^{}$]*)\$([^${}]*)\$([^{}$]*)\}")
_LABEL = re.compile(r"\\label\{[^{}]*\}|\\(?:nonumber|notag|displaystyle|limits)(?![a-zA-Z])")
_TAG = re.compile(r"\\tag\*?\{([^{}]*)\}")
# Signs on their way through the converter, which gives them a meaning of its own.
_SIGNS = {sign: chr(0xE100 + n) for n, sign in enumerate("_&%#$,;[]")}
_TO_SIGNS = str.maketrans({sign: _SIGNS[sign] for sign in "[]"})
_BACK = str.maketrans({mark: sign for sign, mark in _SIGNS.items()})
_ESCAPED = re.compile(r"\\[_&%#$]")
_PIECES = re.compile(
    r"\\text\{(?:\\.|[^{}\\])*\}|\\(?:begin|end)\{[^{}]*\}|\\[A-Za-z]+|\\.|.", re.S
)
_OLD_FACES = re.compile(r"\\(?:bf|it|tt|sf|textbf|textit|texttt|textsf)(?![a-zA-Z])")
_TEXT = re.compile(r"#text\[([^\[\]$]*)\]")
_RULE = re.compile(r"\\(?:hline|cline\{[^{}]*\})")
_WRAPPED = re.compile(r"#(hide|underline)\[(?:\$ )?([^\[\]$#]*?)(?: \$)?\]")
_BOX = re.compile(r"#box\(stroke: 0\.5pt, inset: 2pt, baseline: 20%\)\[\$ ([^\[\]$]*) \$\]")
# The only Typst code that may stand in a converted formula.
_CODE = re.compile(r"#(?:none|left|right|center|h\(-?[\d.]+(?:em|cm|mm|pt|fr)\))(?![\w(.\[])")


def source(token: Token) -> str:
    """Return a formula as it is typed in a notebook."""
    raw = token["raw"].strip()
    return f"${raw}$" if token["type"] == "inline_math" else f"$$ {raw} $$"


def is_formula(latex: str) -> bool:
    """Tell whether a LaTeX output is one formula, and not a table or a text."""
    return "tabular" not in latex and bool(_FORMULA.fullmatch(latex))


def _prepared(tex: str) -> str:
    """Put what both converters read differently into words that both know."""
    tex = _LABEL.sub(" ", _NUMBERED.sub(" ", tex.replace('"', "''")))
    for found, alike in _ALIKE.items():
        tex = re.sub(found, alike, tex)
    tex = _TEXT_WITH_MATHS.sub(r"\\text{\1}\2\\text{\3}", tex)
    return _TAG.sub(lambda m: rf"\qquad\text{{({m[1]})}}", tex).strip()


@cache
def as_typst(tex: str) -> str | None:
    """Return a formula in Typst's own notation, for `eval` in its mode for mathematics.

    None where it cannot be set whole. Formulas of a notebook are not trusted: `eval` reaches no
    file and no package, and code other than spaces is refused.
    """
    import tylax
    import typst

    tex = _kept(_RULE.sub(" ", _ALIGNED.sub(r"\\\1{aligned}", _prepared(tex))))
    try:
        found = str(tylax.latex_to_typst(tex)).strip()
    except Exception:  # a converter's own errors are of any kind
        return None
    found = _BOX.sub(r"boxed(\1)", found)
    found = _TEXT.sub(lambda m: '"' + m[1].replace("\\", "\\\\").replace('"', "") + '"', found)
    found = _WRAPPED.sub(r"\1(\2)", found)
    found = re.sub(r" +('+)", r"\1", found)
    found = found.replace("choose(", "binom(").replace("nolimits(", "scripts(")
    lost = any(found.count(sign) < tex.count(sign) for sign in "0123456789(")
    if not found or lost or _OLD_FACES.search(tex) or _unsafe(found):
        return None
    found = found.translate(_BACK)
    quoted = found.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    probe = f'#let boxed(x) = x\n#eval("{quoted}", mode: "math", scope: (boxed: boxed, hide: hide))'
    try:
        typst.Compiler(probe.encode(), ignore_system_fonts=True).compile(format="svg")
    except typst.TypstError:
        return None
    return found.replace("\n", " ")


def _bare_signs(text: str) -> str:
    return _ESCAPED.sub(lambda m: _SIGNS[m[0][-1]], text)


def _kept(tex: str) -> str:
    """Put signs that would be read as Typst's own into words that the converter passes on.

    Those of text stay in it; commas within braces, as in matrices, would begin a new cell.
    """
    parts = []
    depth = 0
    for part in _PIECES.findall(tex):
        if part.startswith(r"\text{"):
            part = _bare_signs(part)
            part = rf"\text{{{part[6:-1].translate(_TO_SIGNS)}}}"
        elif _ESCAPED.fullmatch(part):
            part = rf"\text{{{_SIGNS[part[1:]]}}}"
        elif part in ",;" and depth > 0:
            part = rf"\text{{{_SIGNS[part]}}}"
        else:
            depth += 1 if part == "{" or part.startswith(r"\begin") else 0
            depth -= 1 if part == "}" or part.startswith(r"\end") else 0
        parts.append(part)
    return "".join(parts)


def _unsafe(found: str) -> bool:
    """Tell whether a converted formula holds code, a comment or an unclosed text.

    It is read as Typst does: texts in quotes and escaped signs are taken as they stand.
    """
    bare = re.sub(r'\\.|"[^"\\]*"', " ", found, flags=re.S)
    bare = _CODE.sub(" ", bare)
    return bool(re.search(r'["#$]|//|/\*|\|\|\|', bare))


@cache
def as_mathml(tex: str, block: bool) -> str | None:
    """Return a formula as MathML, which browsers set; None where it cannot be set whole."""
    import latex2mathml.converter

    raw = tex.strip()
    tex = _ALIGNED.sub(r"\\\1{align*}", _prepared(tex))
    tex = re.sub(r"\\text\{(?:\\.|[^{}\\])*\}", lambda m: _bare_signs(m[0]), tex)
    try:
        convert: Any = latex2mathml.converter.convert
        found = str(convert(tex, display="block" if block else "inline"))
    except Exception:
        return None
    unknown = re.search(r">\\[a-zA-Z]|>&<|<mi>\\", found)
    if unknown or re.search(r"\\begin|\\end|<script|javascript:|\bon\w+=", found):
        return None
    found = found.translate({**_BACK, ord(_SIGNS["&"]): "&amp;"})
    return found.replace("<math ", f'<math alttext="{escape(raw)}" ', 1)
