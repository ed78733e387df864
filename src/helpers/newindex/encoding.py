"""The encoding of a text file: UTF-8 and UTF-16 tell themselves, others by their letters."""

from __future__ import annotations

import re
import unicodedata

from charset_normalizer import from_bytes

from helpers.errors import DataError

_ALPHABETS = ["cp1252", "cp1258", "cp1250", "cp1251", "cp1253", "mac_roman"]
_COMMON = {
    "euc_kr": {*range(0xA1, 0xAD), *range(0xB0, 0xC9)},
    "gb18030": {*range(0xA1, 0xAA), *range(0xB0, 0xD8)},
    "big5": set(range(0xA1, 0xC7)),
    "shift_jis": {*range(0x81, 0x84), *range(0x88, 0x98)},
}
"""The first bytes of the common characters of East Asian encodings, which order them so."""
_TRIED = [*_ALPHABETS, *_COMMON]
_WORD = re.compile(r"[^\s!-/:-@\[-`{-~]+")
_STRANGE = 0.06  # share of words that no language writes so, where an encoding is the right one
_ODD = {"Cc", "Cn", "Co", "No", "Sk", "Sm", "So"}
_INSIDE = "\u00b4\u2019\u2018\u2010\u2011\u2013\u2014\u00b7'-.&"
_LOST = "\ufffd"


def decode(name: str, content: bytes) -> tuple[str, list[str]]:
    """Return the text of a file in Unicode's composed form, and what is to be said of it.

    Raises
    ------
    DataError
        When no encoding fits, or letters were encoded twice; names the row and what was tried.
    """
    tried = ["utf-8"]
    if content[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        tried = ["utf-32"]
    elif content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        tried = ["utf-16"]
    elif content[:2000].count(0) > 0.3 * len(content[:2000]):
        tried = ["utf-16-le" if content[1:2] == b"\0" else "utf-16-be"]
    encoding, said = tried[0], []
    try:
        text = content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        encoding, text = "", ""
        if tried == ["utf-8"] and b"\0" not in content:
            tried += _TRIED
            encoding = _by_letters(content)
            text = content.decode(encoding, "replace") if encoding else ""
        if not encoding:
            row = content[: error.start].count(b"\n") + 1
            raise DataError(
                f"{name}, row {row}: no text in any encoding known (tried: {', '.join(tried)}); "
                "save it as CSV in UTF-8"
            ) from None
    if encoding != "utf-8":
        words = list(dict.fromkeys(w for w in _WORD.findall(text) if not w.isascii()))[:4]
        said.append(f"read as {encoding}: {' '.join(words)[:60]}")
    if "\0" in text:
        row = text[: text.index("\0")].count("\n") + 1
        raise DataError(f"{name}, row {row}: holds a NUL byte; save the file as CSV in UTF-8")
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.isascii() and _is_twice(line):
            raise DataError(
                f"{name}, row {number}: {line[:40]!r} was encoded twice, its letters are lost; "
                "save the file anew as CSV in UTF-8"
            )
    if _LOST in text:
        row = text[: text.index(_LOST)].count("\n") + 1
        said.append(f"letters were lost before ({text.count(_LOST)} times U+FFFD, row {row})")
    return unicodedata.normalize("NFC", text), said


def _by_letters(content: bytes) -> str:
    """Return the likeliest encoding in which the words beyond ASCII can be words; else nothing."""
    lines = b"\n".join(x for x in content[: 1 << 22].splitlines() if not x.isascii())
    lines = lines[: 1 << 17].rpartition(b"\n")[0] if len(lines) > 1 << 17 else lines
    fits: dict[str, str] = {}
    for encoding in _TRIED:
        try:
            text = lines.decode(encoding)
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _strangeness(text) <= _STRANGE and _is_common(text, encoding):
            fits.setdefault(unicodedata.normalize("NFC", text), encoding)
    if len(fits) < 2:
        return next(iter(fits.values()), "")
    best = from_bytes(lines, cp_isolation=list(fits.values())).best()
    # On few letters the language cannot be told: the encoding that is used most.
    few = sum(byte > 127 for byte in lines) < 60
    return best.encoding if best and not few else next(iter(fits.values()))


def _strangeness(text: str) -> float:
    """Return the share of words of several scripts, or with a sign or a capital in their midst."""
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    strange = 0
    for word in words:
        scripts = {_script(c) for c in word if c.isalpha()}
        inside = any(
            (one.islower() and two.isupper() and not (one + two).isascii())
            or (one.isalpha() and three.isalpha() and not (two.isalnum() or _is_mark(two)))
            for one, two, three in zip(f" {word[:-1]}", word, f"{word[1:]} ", strict=True)
        )
        odd = (
            any(unicodedata.category(c) in _ODD and c not in f"®©°{_INSIDE}" for c in word)
            and scripts
        )
        alone = scripts == {"LATIN"} and len(word) > 3 and not re.search("[A-Za-z]", word)
        strange += bool(len(scripts) > 1 or inside or odd or alone)
    return strange / max(1, len(words))


def _is_mark(sign: str) -> bool:
    """Tell whether a sign may stand inside a word: an accent, an apostrophe, a dash."""
    return bool(unicodedata.combining(sign)) or sign in _INSIDE


def _script(letter: str) -> str:
    """Return the script of a letter by its name; Han and kana, which stand together, are one."""
    first = unicodedata.name(letter, "?").partition(" ")[0]
    same = {"HIRAGANA": "CJK", "KATAKANA": "CJK", "MASCULINE": "LATIN", "FEMININE": "LATIN"}
    return same.get(first, first)


def _is_common(text: str, encoding: str) -> bool:
    """Tell whether an East Asian text is of the characters that are common in its encoding."""
    if encoding not in _COMMON:
        return True
    first = [c.encode(encoding)[0] for c in text if ord(c) > 127]
    return sum(byte in _COMMON[encoding] for byte in first) >= 0.9 * len(first)


def _bytes_of(letter: str) -> int:
    try:
        return letter.encode("cp1252")[0]
    except UnicodeEncodeError:
        return ord(letter)


def _is_twice(line: str) -> bool:
    """Tell whether the letters of a line are the bytes of UTF-8, each taken for a letter."""
    codes = [_bytes_of(letter) for letter in line]
    if max(codes) > 255:
        return False
    try:
        bytes(codes).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
