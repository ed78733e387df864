"""What stands before the content of a page that is part of a site."""

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
    return f"{before}{body}{markup}\n{after}"
