"""What an exporter is told of the house it works for, and its plain answers where it is not."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nbconvert.utils.exceptions import ConversionException

from nbtypst.words import LANGUAGES


class ExportError(ConversionException):
    """A notebook cannot be set as it is; one line that names the cell and the mend."""


COLOURS = {
    "ink": "#1f1f1f",  # text
    "muted": "#595959",  # secondary text
    "rule": "#d4d4d4",  # hairlines
    "highlight": "#1a56a0",  # links, bars, rules of the title block
    "fall": "#b3261e",  # errors
    "paper": "#f5f5f5",  # panels behind key figures and code
}
TYPEFACE = "Source Sans Pro"
# A digit and no letter, or a sign for what is missing.
NUMBER = r"(?=\D*\d)[\W\d]*|\s*[-–—]?\s*"
MARKDOWN_ALT = "picture without alternative text; write it as ![what it shows](...)"
ALT_HINT = "show it with display(fig, metadata={'image/png': {'alt': 'what the figure shows'}})"


@dataclass(frozen=True, eq=False)
class Style:
    """The options that shape what is set; the traits of `ReportExporter` say what each means."""

    colours: dict[str, str]
    typeface: str
    font_files: tuple[str, ...]
    languages: dict[str, dict[str, str]]
    number: re.Pattern[str]
    alt_hint: str
    missing_alt: str = "derive"

    def word(self, lang: str, key: str) -> str:
        """Return a word of `words.LANGUAGES` in a language; English where it is not known."""
        short = lang.partition("-")[0]
        told = LANGUAGES.get(short, {}) | self.languages.get(short, {})
        return told.get(key) or LANGUAGES["en"][key]

    def with_region(self, lang: str) -> str:
        """Return a language tag with the region it is written for: "vi" as "vi-VN"."""
        region = self.languages.get(lang, {}).get("region")
        return f"{lang}-{region}" if region else lang


# What an exporter that nobody configures has.
PLAIN = Style(COLOURS, TYPEFACE, (), {}, re.compile(NUMBER), ALT_HINT)
