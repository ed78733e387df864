"""Vietnamese and English phrases and numbers: one object that a notebook asks for words.

Code is written with the English phrase; ``locale/<lang>/LC_MESSAGES/helpers.po`` holds the
translation, read as it is (there is nothing to compile). A new language is a new file there;
what it does not translate yet, or only roughly (marked `fuzzy`), is said in English.
"""

import datetime as dt
import gettext
import io
import math
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from helpers.errors import ParameterError

LOCALE_DIR: Final = Path(__file__).with_name("locale")
SOURCE: Final = "en"
MISSING: Final = "–"
ENGLISH: Final = Locale.parse("en_GB")  # as the code, its dates and its lists are written


def languages() -> tuple[str, ...]:
    """Return the codes that `use` accepts, the language of the phrases in the code first."""
    return (SOURCE, *sorted(p.parents[1].name for p in LOCALE_DIR.glob("*/LC_MESSAGES/*.po")))


def catalogue_path(lang: str) -> Path:
    """Return where a language's catalogue is, or would be."""
    return LOCALE_DIR / lang / "LC_MESSAGES" / "helpers.po"


def read_catalogue(lang: str) -> Catalog:
    """Read one language's catalogue."""
    with catalogue_path(lang).open("rb") as file:
        return read_po(file, locale=lang)


@lru_cache
def use(lang: str) -> "Words":
    """Return the phrases and number forms of one language.

    Parameters
    ----------
    lang
        One of `languages`, for example ``"vi"``.

    Raises
    ------
    ParameterError
        If there is no catalogue for the language.
    """
    if lang not in languages():
        raise ParameterError(f"lang is {lang!r}; expected one of {', '.join(languages())}")
    return Words(lang)


class Words:
    """Phrases, numbers, dates and lists as one language writes them.

    A missing number (NaN, NA, None) is written as an en dash.
    """

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.locale = ENGLISH if lang == SOURCE else Locale.parse(lang)

    def __repr__(self) -> str:
        return f"words.use({self.lang!r})"

    @cached_property
    def _phrases(self) -> gettext.NullTranslations:
        if self.lang == SOURCE:
            return gettext.NullTranslations()
        compiled, catalogue = io.BytesIO(), read_catalogue(self.lang)
        for message in catalogue:
            # With a form missing it is said in English, by the rule of English.
            if isinstance(message.string, tuple) and not all(message.string):
                message.string = ""
        write_mo(compiled, catalogue)
        compiled.seek(0)
        return gettext.GNUTranslations(compiled)

    def _(self, msgid: str, /, **values: object) -> str:
        """Return the phrase in this language, its ``{placeholders}`` filled."""
        text = self._phrases.gettext(msgid)
        return text.format(**values) if values else text

    def n(self, one: str, other: str, count: float, /, **values: object) -> str:
        """Return the singular or plural phrase for `count`, which fills ``{n}``."""
        # The plural form of a language hangs on the number; no whole number takes the second.
        whole = float(count).is_integer()
        text = self._phrases.ngettext(one, other, int(count) if whole else 2)
        return text.format(**{"n": self.number(count, 0 if whole else 1), **values})

    def number(self, value: object, decimals: int = 0) -> str:
        """Write a number with a fixed count of decimals: ``0.6126`` is "0,6126" in Vietnamese."""
        return self._write(value, "#,##0" + "." * bool(decimals) + "0" * decimals)

    def signed(self, value: object, decimals: int = 1, *, fixed: bool = False) -> str:
        """Write a change with its sign: "+14.5", "−20", "0"; idle decimals only where `fixed`."""
        text = self._write(value, "#,##0" + "." * bool(decimals) + "#0"[fixed] * decimals)
        if not any(digit in text for digit in "123456789") or text.startswith("−"):
            return text
        return f"+{text}"

    def percent(self, share: object, decimals: int = 1) -> str:
        """Write a share of 1 in per cent: ``0.327`` is "32.7%"."""
        pattern = "#,##0" + "." * bool(decimals) + "0" * decimals + "%"
        return self._write(share, pattern, format_percent)

    def ordinal(self, value: object) -> str:
        """Write a place: "23rd" in English, "thứ 23" in Vietnamese."""
        number = _to_float(value)
        if number is None:
            return MISSING
        forms = {"one": self._("{place}st"), "two": self._("{place}nd"), "few": self._("{place}rd")}
        other = self._("{place}th")
        # A language that does not say it yet says it in English, by the rule of English.
        locale = ENGLISH if other == "{place}th" else self.locale
        form = locale.ordinal_form(int(number))
        return forms.get(form, other).format(place=self.number(number))

    def range(self, low: object, high: object, decimals: int = 0) -> str:
        """Write both ends with an en dash, or one number where the ends are equal."""
        ends = list(dict.fromkeys((self.number(low, decimals), self.number(high, decimals))))
        return MISSING if MISSING in ends else "–".join(ends)

    def list(self, items: Iterable[str]) -> str:
        """Join items as a sentence does: "a, b and c"."""
        return format_list(list(items), locale=self.locale)

    def date(self, value: dt.date | str) -> str:
        """Write a date; a text may stop at the month or the year ("2023-07", "2023")."""
        if isinstance(value, dt.date):
            return format_date(value, self._("d MMMM y"), locale=self.locale)
        parts = [int(part) for part in value.split("-")]
        if len(parts) == 1:
            return str(parts[0])
        day = dt.date(parts[0], parts[1], parts[2] if len(parts) > 2 else 1)
        return format_date(
            day, self._("MMMM y") if len(parts) == 2 else self._("d MMMM y"), locale=self.locale
        )

    def _write(
        self, value: object, pattern: str, spell: Callable[..., str] = format_decimal
    ) -> str:
        number = _to_float(value)
        if number is None:
            return MISSING
        text = spell(number, format=pattern, locale=self.locale).replace("-", "−")
        # A small negative number rounds to "-0", which no reader wants to see.
        return text if any(digit in text for digit in "123456789") else text.removeprefix("−")


def _to_float(value: object) -> float | None:
    try:
        number = float(value)  # type: ignore[arg-type]
    except TypeError:  # None and pandas.NA
        return None
    return number if math.isfinite(number) else None
