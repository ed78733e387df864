"""Phrases and numbers: every phrase in use is translated, and numbers read as they should."""

import datetime as dt
import re
import string
import unicodedata
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from hypothesis import given
from hypothesis import strategies as st

from helpers import words
from helpers.errors import ParameterError
from helpers.words.__main__ import main
from helpers.words.extract import extract

ROOT = Path(__file__).parents[2]
TRANSLATED = [lang for lang in words.languages() if lang != words.SOURCE]


def messages(catalogue: Catalog) -> dict[object, Message]:
    return {message.id: message for message in catalogue if message.id}


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


# What the code often hands over besides: forms of a rank, the subject, the nouns of the index.
BESIDES = {"number", "ordinal", "place", "unit", "word", "words"}


def placeholders(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name}


@pytest.fixture(scope="module")
def in_use() -> dict[object, Message]:
    return messages(extract(ROOT))


def test_both_languages_are_offered():
    assert words.languages() == ("en", "vi")


@pytest.mark.parametrize("lang", TRANSLATED)
def test_the_catalogue_holds_what_is_in_use_and_nothing_else(lang, in_use):
    catalogue = words.read_catalogue(lang)
    assert set(messages(catalogue)) == set(in_use), "run: make update-phrases"
    assert not catalogue.obsolete and not any(m.fuzzy for m in messages(catalogue).values())


@pytest.mark.parametrize("lang", TRANSLATED)
def test_every_phrase_is_translated_with_the_same_placeholders(lang):
    for message in messages(words.read_catalogue(lang)).values():
        texts = forms(message.string)
        assert all(texts), f"not translated: {message.id!r}"
        wanted = placeholders(forms(message.id)[-1])
        for text in texts:
            assert placeholders(text) ^ wanted <= BESIDES, message.id
            assert unicodedata.is_normalized("NFC", text), message.id


def test_no_phrase_is_about_one_index_or_one_kind_of_unit(in_use):
    for message in in_use.values():
        for text in forms(message.id):
            assert not re.search(r"DTI|province|digital|ministry|Viet", text, re.IGNORECASE), (
                f"{text!r} in {message.locations}: the index's own labels say such things"
            )


def test_phrases_are_found_in_code_and_in_notebooks(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "src/a.py").write_text('w._("one " "phrase", x=1); w.n("{n} a", "{n} b", 2); f(_)')
    (tmp_path / "notebooks/b.ipynb").write_text(
        '{"cells": [{"cell_type": "code", "source": ["%matplotlib inline\\n", "w._(\'two\')"]},'
        ' {"cell_type": "markdown", "source": ["w._(\'three\')"]}]}'
    )
    assert set(messages(extract(tmp_path))) == {"one phrase", ("{n} a", "{n} b"), "two"}


@pytest.mark.parametrize(
    ("call", "en", "vi"),
    [
        (lambda w: w.number(0.6126, 4), "0.6126", "0,6126"),
        (lambda w: w.number(0.6, 4), "0.6000", "0,6000"),
        (lambda w: w.number(1991), "1,991", "1.991"),
        (lambda w: w.number(-0.5, 1), "−0.5", "−0,5"),
        (lambda w: w.number(-0.00001, 4), "0.0000", "0,0000"),
        (lambda w: w.number(pd.NA), "–", "–"),
        (lambda w: w.number(np.nan, 2), "–", "–"),
        (lambda w: w.signed(-20), "−20", "−20"),
        (lambda w: w.signed(np.int64(5)), "+5", "+5"),
        (lambda w: w.signed(0), "0", "0"),
        (lambda w: w.signed(-0.01), "0", "0"),
        (lambda w: w.signed(14.5), "+14.5", "+14,5"),
        (lambda w: w.signed(-34.5), "−34.5", "−34,5"),
        (lambda w: w.signed(None), "–", "–"),
        (lambda w: w.percent(0.327), "32.7%", "32,7%"),
        (lambda w: w.percent(-0.02, 0), "−2%", "−2%"),
        (lambda w: w.ordinal(1), "1st", "thứ 1"),
        (lambda w: w.ordinal(12), "12th", "thứ 12"),
        (lambda w: w.ordinal(22), "22nd", "thứ 22"),
        (lambda w: w.ordinal(23), "23rd", "thứ 23"),
        (lambda w: w.ordinal(113), "113th", "thứ 113"),
        (lambda w: w.ordinal(pd.NA), "–", "–"),
        (lambda w: w.range(20, 21), "20–21", "20–21"),
        (lambda w: w.range(20, 20), "20", "20"),
        (lambda w: w.range(pd.NA, 3), "–", "–"),
        (lambda w: w.range(0.5, 0.75, 2), "0.50–0.75", "0,50–0,75"),
        (lambda w: w.list(["a", "b", "c"]), "a, b and c", "a, b và c"),
        (lambda w: w.list(["a"]), "a", "a"),
        (lambda w: w.list([]), "", ""),
        (lambda w: w.date(dt.date(2023, 7, 12)), "12 July 2023", "12/7/2023"),
        (lambda w: w.date("2023-07-12"), "12 July 2023", "12/7/2023"),
        (lambda w: w.date("2023-07"), "July 2023", "tháng 7/2023"),
        (lambda w: w.date("2023"), "2023", "2023"),
        (lambda w: w.n("it passed {n} unit", "it passed {n} units", 1), "it passed 1 unit", None),
        (
            lambda w: w.n(
                "From {a} to {b} it kept its rank in {n} indicator.", "kept in all {n}", 2, a=1, b=2
            ),
            "kept in all 2",
            None,
        ),
    ],
)
def test_numbers_dates_and_lists(call, en, vi):
    assert call(words.use("en")) == en
    if vi is not None:
        assert call(words.use("vi")) == vi


@given(st.integers(-10_000, 10_000))
def test_a_signed_number_reads_back(value):
    for lang in words.languages():
        text = words.use(lang).signed(value)
        assert "-" not in text
        assert int(text.replace("−", "-").replace(",", "").replace(".", "")) == value


@given(st.text(max_size=20))
def test_values_print_literally(name):
    assert words.use("en")._("Passed: {units}.", units=name) == f"Passed: {name}."


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with one phrase in its code, and catalogues of its own."""
    for folder in ("src", "notebooks", "data/raw/towns"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "data/raw/towns/structure.csv").write_text("indicator,label_en\na,Air\n")
    (tmp_path / "data/raw/towns/index.yml").write_text("label: {en: Towns}\nnotes: [{en: a}]\n")
    monkeypatch.setattr(words, "LOCALE_DIR", tmp_path / "locale")
    words.use.cache_clear()
    yield tmp_path
    words.use.cache_clear()


def says(project, *phrases):
    code = "\n".join(f"w.n({p[0]!r}, {p[1]!r}, 1)" if isinstance(p, tuple) else f"w._({p!r})"
                     for p in phrases)  # fmt: skip
    (project / "src/code.py").write_text(code)


def translate(lang, **texts):
    path = words.catalogue_path(lang)
    with path.open("rb") as file:
        catalogue = read_po(file, locale=lang)
    for message in messages(catalogue).values():
        message.string = texts.get(forms(message.id)[0].split()[0], message.string)
    with path.open("wb") as file:
        write_po(file, catalogue)
    words.use.cache_clear()


def test_a_new_language_begins_in_english_and_what_it_lacks_is_listed(project, capsys):
    says(project, "Rank of {unit}", ("{n} place", "{n} places"))
    assert main("update", "fr", project) == 0
    french = words.use("fr")
    assert french._("Rank of {unit}", unit="a") == "Rank of a" and french.ordinal(23) == "23rd"
    assert (french.n("{n} place", "{n} places", 0), french.number(0.5, 1)) == ("0 places", "0,5")
    translate("fr", Rank="Rang de {unit}")
    capsys.readouterr()
    assert main("check", "", project) == 1
    assert capsys.readouterr().out.splitlines() == [
        "fr: no translation yet for ('{n} place', '{n} places')",
        "fr: data/raw/towns/index.yml: no label.fr",
        "fr: data/raw/towns/index.yml: no notes[0].fr",
        "fr: data/raw/towns/structure.csv: no column label_fr",
    ]
    assert words.use("fr")._("Rank of {unit}", unit="a") == "Rang de a"


def test_each_language_has_its_own_plural(project):
    says(project, ("{n} place", "{n} places"))
    main("update", "fr pl", project)
    translate("fr", **{"{n}": ("{n} rang", "{n} rangs")})
    translate("pl", **{"{n}": ("{n} miejsce", "{n} miejsca", "{n} miejsc")})
    french, polish = (
        partial(words.use(lang).n, "{n} place", "{n} places") for lang in ("fr", "pl")
    )
    assert [french(n) for n in (0, 1, 2)] == ["0 rang", "1 rang", "2 rangs"]
    assert [polish(n) for n in (1, 3, 5, 22)] == [
        "1 miejsce", "3 miejsca", "5 miejsc", "22 miejsca"
    ]  # fmt: skip


def test_a_corrected_phrase_keeps_its_translation_until_somebody_looks(project, capsys):
    says(project, "The two ranks do not compare.", "Gone")
    main("update", "fr", project)
    translate("fr", The="Les deux rangs ne se comparent pas.", Gone="Parti")
    corrected = "These two ranks do not compare."
    says(project, corrected)
    main("update", "", project)
    message = words.read_catalogue("fr").get(corrected)
    assert message.fuzzy and message.string == "Les deux rangs ne se comparent pas."
    assert '#| msgid "The two ranks' in words.catalogue_path("fr").read_text(encoding="utf-8")
    assert [m.string for m in words.read_catalogue("fr").obsolete.values()] == ["Parti"]
    words.use.cache_clear()
    assert words.use("fr")._(corrected) == corrected  # as gettext: not used until confirmed
    capsys.readouterr()
    main("check", "", project)
    assert capsys.readouterr().out.startswith("fr: a fuzzy translation, ")


def test_what_is_no_language_is_refused(project):
    for lang in ("xx", "no-such-tongue", "../fr"):
        with pytest.raises(ParameterError, match="no language"):
            main("update", lang, project)


def test_an_unknown_language_names_those_there_are():
    with pytest.raises(ParameterError, match=r"'fr'; expected one of en, vi"):
        words.use("fr")
