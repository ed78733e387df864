"""What a notebook can hold, one small cell of each kind, and what must become of it.

`python tests/nbtypst/constructs.py` writes the table of them into the README of nbtypst.
"""

import base64
import io
import re
from dataclasses import dataclass
from pathlib import Path

import PIL.Image
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

README = Path(__file__).parents[2] / "src" / "nbtypst" / "README.md"
BEGIN, END = "<!-- constructs -->\n", "<!-- /constructs -->\n"
FATES = {"set": "set", "noted": "left out, with a note", "plain": "its text is set"}


def picture(form="PNG"):
    image = io.BytesIO()
    frames = [PIL.Image.new("RGB", (30, 20), colour) for colour in ("red", "blue")]
    more = {"save_all": True, "append_images": frames[1:]} if form == "GIF" else {}
    frames[0].save(image, form, **more)
    return base64.b64encode(image.getvalue()).decode()


SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'><path d='M0 0L40 20'/></svg>"
PNG = f"data:image/png;base64,{picture()}"
GIF = f"data:image/gif;base64,{picture('GIF')}"
ABOUT = {"alt": "about it"}


@dataclass
class Construct:
    """A cell, what must be found in PDF and page, and the kind of notice, if any.

    `found` are texts, or alternative texts of pictures after "alt:".
    """

    name: str
    group: str
    cell: object
    found: tuple[str, ...] = ()
    notice: str = ""
    fate: str = "set"


def md(name, source, *found, group="Markdown", notice="", attachments=None, fate=""):
    cell = new_markdown_cell(source)
    if attachments:
        cell["attachments"] = attachments
    fate = fate or ("noted" if notice else "set")
    return Construct(name, group, cell, found, notice, fate)


def out(name, data, *found, group="Outputs", notice="", metadata=None, source="show()", fate=""):
    output = new_output("display_data", data, metadata=metadata or {})
    fate = fate or ("noted" if notice else "set")
    return Construct(name, group, new_code_cell(source, outputs=[output]), found, notice, fate)


def html(name, text, *found, notice="", fate=""):
    data = {"text/html": text, "text/plain": "<repr>"}
    return out(
        name, data, *found, group="HTML, in outputs and in Markdown", notice=notice, fate=fate
    )


def raw(name, source, form, *found, notice=""):
    cell = new_raw_cell(source, metadata={"raw_mimetype": form} if form else {})
    return Construct(name, "Raw cells", cell, found, notice, "noted" if notice else "set")


def stream(name, text, *found, stream_name="stdout"):
    output = new_output("stream", text=text, name=stream_name)
    return Construct(name, "Outputs", new_code_cell("p()", outputs=[output]), found)


CONSTRUCTS = [
    md("headings, at their level", "## Alpha\n\n### Beta", "Alpha", "Beta"),
    md("emphasis, strong, code", "*leaning* **heavy** `typed()`", "leaning", "heavy", "typed()"),
    md("lists, nested and numbered", "3. third\n   - under it\n4. fourth", "third", "under it"),
    md("tasks", "- [x] ready\n- [ ] waiting", "☑", "ready", "☐", "waiting"),
    md("quotes", "> quoth he", "quoth he"),
    md("code blocks", "```python\nfor i in x:\n    go()\n```", "for i in x:", "    go()"),
    md("rules", "above\n\n---\n\nbelow", "above", "below"),
    md("tables, with sides and formatting", "|Left|Right|\n|:-|-:|\n|*word*|12|", "Left", "word"),
    md("strikethrough", "~~withdrawn~~", "withdrawn"),
    md("footnotes", "A claim.[^n]\n\n[^n]: Its source.", "A claim", "Its source"),
    md("a footnote of another cell", "Elsewhere.[^far]", "Elsewhere", "From afar"),
    md("the note it asks for", "[^far]: From afar.", fate="set"),
    md("a note that nothing asks for", "[^lone]: Alone.", "Alone"),
    md("definition lists", "Term\n: meaning of it", "Term", "meaning of it"),
    md("links, also to headings", "[site](https://a.example/x) [up](#Alpha)", "site", "up"),
    md("links to files, by their address", "[the rows](data.csv)", "the rows (data.csv)"),
    md("inline formulas", r"Energy $E_0 = m c^2$ it is", "Energy", "it is", "math:E_0 = m c^2"),
    md("displayed formulas", "so $$\\frac{a}{b}=71$$ it is", r"math:\frac{a}{b}=71", "71", "it is"),
    md(
        "formulas in quotes, lists, bold text",
        "> $$x=72$$\n\n- $$x=73$$\n\n**b $$x=74$$**",
        "x=72",
        "x=73",
        "x=74",
    ),
    md("signs in formulas", r"$\text{x\_y [7]} \& z, \bigl(5\bigr)$", "x_y [7]", "&", "(5)"),
    md("commands that a cell defines", r"$\newcommand{\gap}[1]{\lvert#1\rvert}$ for", "for"),
    md("formulas with them", r"$\gap{x+75}$", r"math:{\lvert x+75\rvert}", "75"),
    md(
        "LaTeX environments",
        "\\begin{align}\np &= q \\\\\nr &= s\n\\end{align}",
        "math:\\begin{align}\np &= q \\\\\nr &= s\n\\end{align}",
    ),
    md("sums of money", "from $5 million to $6 million", "from $5 million to $6 million"),
    md(
        "formulas with unknown commands",
        r"see $\unheardof{x}$",
        r"$\unheardof{x}$",
        notice="formula",
    ),
    md("pictures beside the notebook", "![our logo](logo.png)", "alt:our logo"),
    md(
        "attached pictures",
        "![pinned](attachment:a.png)",
        "alt:pinned",
        attachments={"a.png": {"image/png": picture()}},
    ),
    md(
        "attached drawings (SVG)",
        "![a disc](attachment:d.svg)",
        "alt:a disc",
        attachments={"d.svg": {"image/svg+xml": base64.b64encode(SVG.encode()).decode()}},
    ),
    md("pictures within the address", f"![inside]({PNG})", "alt:inside"),
    md("moving pictures: the first frame", f"![moving]({GIF})", "alt:moving"),
    md(
        "pictures in links, lists and tables",
        f"[![linked]({PNG})](https://a.example)\n\n- ![listed]({PNG})\n\n"
        f"|a|\n|-|\n|![celled]({PNG})|",
        "alt:linked",
        "alt:listed",
        "alt:celled",
    ),
    md(
        "pictures from an address",
        "![far away](https://a.example/x.png)",
        "far away",
        notice="remote",
    ),
    md("pictures that are not there", "![lost one](nowhere.png)", "lost one", notice="missing"),
    md("pictures that cannot be read", "![broken](data:image/png;base64,AAAA)", notice="damaged"),
    md("pictures without alternative text", f"Shown:\n\n![]({PNG})", "Shown:", "alt:Shown:"),
    html(
        "paragraphs, headings, lists",
        "<h3>Res</h3><p>mean <b>12.5</b></p><ul><li>one</ul>",
        "Res",
        "mean",
        "12.5",
        "one",
    ),
    html(
        "text around tables",
        "<h4>Before</h4><table><tr><td>x<td>1</table><p>5 rows</p>",
        "Before",
        "5 rows",
    ),
    html(
        "tables side by side",
        "<table><tr><td><table><tr><td>in</table><td>beside</table>",
        "in",
        "beside",
    ),
    html(
        "words of a line",
        "<kbd>Ctrl</kbd> H<sub>2</sub>O x<sup>9</sup> <mark>lit</mark> <u>under</u> "
        "<del>gone</del>",
        "Ctrl",
        "lit",
        "under",
        "gone",
    ),
    html(
        "boxes and details",
        "<div class='alert'><b>Note:</b> read</div><details><summary>More"
        "</summary>folded text</details>",
        "Note:",
        "read",
        "More",
        "folded text",
    ),
    html(
        "bars drawn in cells by pandas' Styler",
        "<style>#T_c { background: linear-gradient(90deg, #d65f5f 40%, transparent 40%); }</style>"
        "<table><tr><th>a</th></tr><tr><td id='T_c'>42</td></tr></table>",
        "42",
        notice="gradient",
    ),
    html(
        "headings and lists within tables, feet of tables",
        "<table><tfoot><tr><td>foot</tfoot><tr><td><h2>In it</h2><ol><li>first</ol></table>",
        "In it",
        "first",
        "foot",
    ),
    html(
        "fields of forms",
        "<form>by <input value='name'><select><option>yes</select></form>",
        "by name",
        "yes",
    ),
    html(
        "drawings within drawings, and their HTML",
        "<svg width='90' height='20'><title>two boxes</title><svg width='9'></svg><foreignObject "
        "width='80' height='20'><p xmlns='http://www.w3.org/1999/xhtml'>boxed</p></foreignObject>"
        "</svg>",
        "alt:two boxes",
    ),
    html("files within a link", "<a href='data:text/csv,a'>rows</a>", "rows", notice="form"),
    html("text as typed", "<pre>. @ .\n@ . @</pre>", ". @ .\n@ . @"),
    html("pictures", f"<div><img alt='red box' src='{PNG}' width=20></div>", "alt:red box"),
    html(
        "drawings (SVG)",
        "<svg viewBox='0 0 9 9' width=9><title>a slope</title><path d='M0 0L9 9'/></svg>",
        "alt:a slope",
    ),
    html(
        "colours and links of cells",
        "<style>#T_0{background:navy;color:white}</style><table>"
        "<caption>Cap</caption><tr><td id=T_0>night<td><a href='https://b.example'>go</a></table>",
        "Cap",
        "night",
        "go",
    ),
    html("comments, hidden parts, styles", "<!-- no --><p hidden>no</p><p>yes</p>", "yes"),
    html("scripts", "<div id=g></div><script>draw('g')</script>", notice="script"),
    html("pages within the page", "<iframe src='https://map.example'></iframe>", notice="frame"),
    html("sound and video", "<video src='a.mp4'></video>", notice="media"),
    stream(
        "printed text, colours and progress taken out",
        "\x1b[31mred\x1b[0m\n10%\r100%\n",
        "red",
        "100%",
    ),
    stream("very long words", "begin" + "x" * 300 + "end", "begin"),
    Construct(
        "errors",
        "Outputs",
        new_code_cell(
            "1/0",
            outputs=[
                new_output("error", ename="ZeroDivisionError", evalue="by nought", traceback=[])
            ],
        ),
        ("ZeroDivisionError: by nought",),
    ),
    out("plain text", {"text/plain": "[1, 2]"}, "[1, 2]"),
    out("PNG, JPEG, SVG", {"image/png": picture()}, "alt:about it", metadata={"image/png": ABOUT}),
    out(
        "GIF and other pictures: the first frame",
        {"image/gif": picture("GIF"), "text/plain": "<Image>"},
        "alt:about gif",
        metadata={"image/gif": {"alt": "about gif"}},
    ),
    out(
        "charts with a picture in the bundle",
        {
            "application/vnd.plotly.v1+json": {},
            "text/html": "<script>x</script>",
            "image/png": picture(),
        },
        "alt:the plot",
        metadata={"image/png": {"alt": "the plot"}},
    ),
    out(
        "charts without one (Plotly, Vega)",
        {"application/vnd.vegalite.v5+json": {}, "text/plain": "C(.)"},
        notice="script",
    ),
    out(
        "widgets",
        {
            "application/vnd.jupyter.widget-view+json": {"model_id": "a", "version_major": 2},
            "text/plain": "IntSlider(value=0)",
        },
        notice="widget",
    ),
    out(
        "formulas (SymPy)",
        {"text/latex": r"$\displaystyle x^{7}$", "text/plain": "x**7"},
        r"math:\displaystyle x^{7}",
    ),
    out("Markdown", {"text/markdown": "said *so*"}, "said", "so"),
    out("JSON", {"application/json": {"key": "worth"}, "text/plain": "<JSON>"}, '"key": "worth"'),
    out("sound and video, as data", {"video/mp4": "AAAA", "text/plain": "<Video>"}, notice="media"),
    out("other types", {"application/pdf": "AAAA", "text/plain": "<PDF>"}, notice="form"),
    raw("without a format", "raw as typed", "", "raw as typed"),
    raw("Markdown", "raw *mark*", "text/markdown", "raw", "mark"),
    raw("HTML", "<p>raw page</p>", "text/html", "raw page"),
    raw("other formats (LaTeX, reStructuredText)", r"\newpage", "text/latex", notice="raw"),
    md(
        "Greek, Cyrillic, Arabic, Hebrew, Indic scripts, Thai, emoji",
        "αβγ Привет مرحبا שלום नमस्ते สวัสดี 🎉 ✓",
        "αβγ",
        "Привет",
        "สว",
        group="Scripts",
    ),
    md(
        "Chinese, Japanese, Korean, with the extra `cjk`",
        "東京都 한국 中国",
        "東京都",
        "中国",
        group="Scripts",
    ),
    md(
        "characters that no typeface has",
        "odd \U000f1234 one",
        "odd",
        "one",
        group="Scripts",
        notice="glyph",
    ),
]


def table():
    """Return the table of constructs, as the README has it."""
    rows = []
    groups = dict.fromkeys(one.group for one in CONSTRUCTS)
    for group in groups:
        for fate, word in FATES.items():
            names = [c.name for c in CONSTRUCTS if (c.group, c.fate) == (group, fate)]
            if names:
                rows.append(f"| {group} | {word} | {'; '.join(names)} |\n")
    return "| | | |\n|---|---|---|\n" + "".join(rows)


if __name__ == "__main__":
    text = README.read_text(encoding="utf-8")
    parts = re.split(f"({BEGIN}|{END})", text)
    parts[2] = table()
    README.write_text("".join(parts), encoding="utf-8")
