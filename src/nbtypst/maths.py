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
    r"\\lt(?![a-zA-Z])": "<",
    r"\\gt(?![a-zA-Z])": ">",
    r"\\cr(?![a-zA-Z])": r"\\\\",
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
# Signs on their way through tylax, which gives some a meaning of their own and miscounts others:
# as Zx5fZ in a text, Zy3b1Z where they stand alone.
_CODED = re.compile(r"[^ -~\n\t]|[_&%#$\[\]]")
_ALONE = re.compile(r'"Zy([0-9a-f]+)Z"')
_INSIDE = re.compile(r"Zx([0-9a-f]+)Z")
_ESCAPED = re.compile(r"\\([_&%#$])")
_WORDS = r"\\text\{(?:\\.|[^{}\\])*\}"
_PIECES = re.compile(rf"{_WORDS}|\\(?:begin|end)\{{[^{{}}]*\}}|\\[A-Za-z]+|\\.|.", re.S)
_CELLS = re.compile(r"\\(?:begin|end)\{(?:.*matrix|array|.*cases)\*?\}")
# What tylax calls by other names than Typst.
_CALLS = {"choose": "binom", "nolimits": "scripts", "over": "frac", "check": "caron"}
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

    tex = _encoded(_RULE.sub(" ", _ALIGNED.sub(r"\\\1{aligned}", _prepared(tex))))
    tex = re.sub(r"\}(?=\\[a-zA-Z])", "} ", tex)
    try:
        found = str(tylax.latex_to_typst(tex)).strip()
    except Exception:  # a converter's own errors are of any kind
        return None
    found = _BOX.sub(r"boxed(\1)", found)
    found = _TEXT.sub(lambda m: '"' + m[1].replace("\\", "\\\\").replace('"', "") + '"', found)
    found = _WRAPPED.sub(r"\1(\2)", found)
    found = re.sub(r"\b(choose|nolimits|over|check)\(", lambda m: f"{_CALLS[m[1]]}(", found)
    lost = any(found.count(sign) < tex.count(sign) for sign in "0123456789(")
    if not found or lost or _OLD_FACES.search(tex) or _unsafe(found):
        return None
    found = found.replace('"Zx2cZ"', 'class("punctuation", ",")')
    found = _ALONE.sub(lambda m: f" {chr(int(m[1], 16))} ", found)
    found = _INSIDE.sub(lambda m: chr(int(m[1], 16)), found)
    found = re.sub(r" +(?=['_^])", "", found)
    quoted = found.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    probe = f'#let boxed(x) = x\n#eval("{quoted}", mode: "math", scope: (boxed: boxed, hide: hide))'
    try:
        typst.Compiler(probe.encode(), ignore_system_fonts=True).compile(format="svg")
    except typst.TypstError:
        return None
    return found.replace("\n", " ")


def _encoded(tex: str) -> str:
    """Put signs that tylax would take for its own, or stumble over, into words it passes on.

    Commas within braces and in matrices are among them: they would begin a new cell.
    """
    parts = []
    depth = 0
    for part in _PIECES.findall(tex):
        if part.startswith(r"\text{"):
            text = _ESCAPED.sub(r"\1", part[6:-1])
            text = _CODED.sub(lambda m: f"Zx{ord(m[0]):x}Z", text)
            part = rf"\text{{{text}}}"
        elif _ESCAPED.fullmatch(part) or (part in ",;" and depth > 0):
            part = rf"\text{{Zx{ord(part[-1]):x}Z}}"
        elif not part.isascii():
            part = rf"\text{{Zy{ord(part):x}Z}}"
        else:
            deeper = part == "{" or (part.startswith(r"\begin") and _CELLS.fullmatch(part))
            higher = part == "}" or (part.startswith(r"\end") and _CELLS.fullmatch(part))
            depth += bool(deeper) - bool(higher)
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
    tex = re.sub(_WORDS, lambda m: _ESCAPED.sub(r"\1", m[0]), tex)
    try:
        convert: Any = latex2mathml.converter.convert
        found = str(convert(tex, display="block" if block else "inline"))
    except Exception:
        return None
    unknown = re.search(r">\\[a-zA-Z]|>&<|<mi>\\", found)
    if unknown or re.search(r"\\begin|\\end|<script|javascript:|\bon\w+=", found):
        return None
    return found.replace("<math ", f'<math alttext="{escape(raw)}" ', 1)
