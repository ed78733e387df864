"""What a translator needs: ``python -m helpers.words check`` and ``... update``.

``update`` brings the catalogues in line with the phrases in use, as gettext does: a corrected
phrase keeps its translation, marked fuzzy, and one that nothing says any more is kept as obsolete.
``check`` lists what a language lacks: phrases, fuzzy ones, and texts of the indices.
"""

import argparse
import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from helpers.errors import ParameterError
from helpers.index import catalog
from helpers.words import SOURCE, catalogue_path, languages, read_catalogue
from helpers.words.extract import extract

# Only what readers of the file need: no dates and names, which would change at every run.
HEADER = r"""msgid ""
msgstr ""
"Language: {lang}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: {plural_forms}\n"

"""


def main(action: str, langs: str, root: Path) -> int:
    """Update the catalogues and list what they lack; return 1 if a check finds anything.

    Parameters
    ----------
    action
        ``check`` or ``update``.
    langs
        Codes of languages that may be new, parted by spaces; those there are need not be named.
    root
        The project's folder.
    """
    asked = [lang for lang in dict.fromkeys([*languages(), *langs.split()]) if lang != SOURCE]
    if action == "update":
        for lang in asked:
            update(lang, root)
    lacking = [line for lang in asked for line in lacks(lang, root)]
    print("\n".join(lacking) if lacking else f"nothing is missing in {', '.join(asked)}")
    return int(action == "check" and bool(lacking))


def update(lang: str, root: Path) -> None:
    """Bring a language's catalogue in line with the phrases in use; begin it if there is none.

    Raises
    ------
    ParameterError
        When there is no such language.
    """
    path = catalogue_path(lang)
    try:
        catalogue = Catalog(Locale.parse(lang))
        if path.exists():
            catalogue = read_catalogue(lang)
    except (ValueError, UnknownLocaleError):
        raise ParameterError(f"no language {lang!r}; give its code, such as fr or pt_BR") from None
    catalogue.update(extract(root))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(HEADER.format(lang=lang, plural_forms=catalogue.plural_forms).encode())
        write_po(file, catalogue, sort_output=True, omit_header=True, no_location=True,
                 include_previous=True)  # fmt: skip


def lacks(lang: str, root: Path) -> Iterator[str]:
    """List what a language lacks and says in English instead, a line each."""
    if lang not in languages():
        yield f"{lang}: no catalogue; make one with: make update-phrases LANGS={lang}"
        return
    catalogue = read_catalogue(lang)
    for phrase in filter(lambda phrase: phrase.id, extract(root)):
        message = catalogue.get(phrase.id)
        forms = message.string if message else ""
        if not all(forms if isinstance(forms, tuple) else (forms,)):
            yield f"{lang}: no translation yet for {phrase.id!r}"
        elif message and message.fuzzy:
            yield f"{lang}: a fuzzy translation, not used until it is confirmed: {phrase.id!r}"
    for path in sorted((root / "data" / "raw").rglob("*.yml")):
        place = f"{lang}: {path.relative_to(root).as_posix()}"
        for field in _fields_without(yaml.safe_load(path.read_text(encoding="utf-8")), lang):
            yield f"{place}: no {field}.{lang}"
    for path in sorted((root / "data" / "raw").rglob("*.csv")):
        place = f"{lang}: {path.relative_to(root).as_posix()}"
        yield from (f"{place}{text}" for text in _cells_without(path, lang))


def _fields_without(node: Any, lang: str, path: str = "") -> Iterator[str]:
    """Name the fields of a YAML file that have a text in English and none in the language."""
    if isinstance(node, dict):
        if SOURCE in node and lang not in node:
            yield path
        for key, value in node.items():
            yield from _fields_without(value, lang, f"{path}.{key}" if path else str(key))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _fields_without(value, lang, f"{path}[{number}]")


def _cells_without(path: Path, lang: str) -> Iterator[str]:
    """Name the columns and cells of a table that are filled in English but not in the language."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for english in [column for column in (rows[0] if rows else ()) if column.endswith("_en")]:
        column = f"{english.removesuffix('en')}{lang}"
        if column not in rows[0]:
            yield f": no column {column}"
            continue
        for number, row in enumerate(rows, start=2):
            if row[english] and not row[column]:
                yield f", row {number}: {column} is empty"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m helpers.words", description=__doc__)
    parser.add_argument("action", nargs="?", choices=("check", "update"), default="check")
    parser.add_argument(
        "--langs", default="", help="new ones, parted by spaces, beside those there are"
    )
    parser.add_argument("--root", type=Path, default=catalog.root())
    arguments = parser.parse_args()
    try:
        sys.exit(main(arguments.action, arguments.langs, arguments.root))
    except ParameterError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
