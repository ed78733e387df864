"""The page of all sentences is what the code says now, in both languages."""

import re

from helpers.report import review
from helpers.words import languages
from projects import ROOT


def test_the_page_of_sentences_is_current() -> None:
    stored = (ROOT / "docs/sentences.md").read_text(encoding="utf-8")
    assert stored == review.text(), "run make docs, and read what changed in docs/sentences.md"
    assert len(review.CASES) == 20
    for lang in languages():
        assert stored.count(f"\n- {lang}: ") > 200
    assert not re.search(r"\bnan\b|None|<NA>|\{\w+\}", stored)
