"""What a page that is part of a site has before its content, and shares with the others."""

import hashlib
import re

_SKIP = re.compile(r'<a class="skip".*?</a>')
_BODY = "\n<body>\n"  # as report.html.j2 has it


def lead_in(page: str, markup: str) -> str:
    """Return a page of `ReportHTMLExporter` with markup before its content.

    Raises
    ------
    ValueError
        If it is not such a page.
    """
    before, body, after = page.partition(_BODY)
    if not body:
        raise ValueError("no line <body>; expected a page of ReportHTMLExporter")
    # The way past all of it stays the first thing that the keyboard meets.
    if skip := _SKIP.search(after):
        markup = f"{skip[0]}\n{markup}"
        after = after.replace(skip[0], "", 1)
    return f"{before}{body}{markup}\n{after}"


def share_style(page: str) -> tuple[str, str, str]:
    """Return a page that links to its style sheet, and that sheet's name and text.

    The sheet carries the typeface, a third of a page; pages of one style name the same file.
    """
    before, _, rest = page.partition("<style>\n")
    style, _, after = rest.partition("</style>\n")
    name = f"style-{hashlib.sha256(style.encode()).hexdigest()[:8]}.css"
    # From a folder, without a server, a page is of no origin, and 'self' would be nothing.
    before = before.replace("style-src ", "style-src 'self' file: ", 1)
    return f'{before}<link rel="stylesheet" href="{name}">\n{after}', name, style
