"""Bring the catalogues in line with the phrases in use: ``python -m helpers.words``."""

import argparse
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from helpers.index import catalog
from helpers.words import LOCALE_DIR, SOURCE, languages, read_catalogue
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


def main(root: Path) -> int:
    """Update every catalogue; name what wants a translation and return 1 if anything does."""
    template, wanting = extract(root), 0
    for lang in languages():
        if lang == SOURCE:
            continue
        catalogue = read_catalogue(lang)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        path = LOCALE_DIR / lang / "LC_MESSAGES" / "helpers.po"
        with path.open("wb") as file:
            file.write(HEADER.format(lang=lang, plural_forms=catalogue.plural_forms).encode())
            write_po(file, catalogue, sort_output=True, omit_header=True, no_location=True)
        for msgid in untranslated(catalogue):
            wanting += 1
            print(f"{lang}: no translation yet for {msgid!r}", file=sys.stderr)
    return int(wanting > 0)


def untranslated(catalogue: Catalog) -> list[str]:
    """Return the phrases of a catalogue that have no translation in every form."""
    forms = {m.id: m.string if isinstance(m.string, tuple) else (m.string,) for m in catalogue}
    return [str(msgid) for msgid, texts in forms.items() if msgid and not all(texts)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m helpers.words", description=__doc__)
    parser.add_argument("root", nargs="?", type=Path, default=catalog.root())
    sys.exit(main(parser.parse_args().root))
