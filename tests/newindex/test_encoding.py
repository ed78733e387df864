"""Encodings are told by what words can be; what fits none is refused with what was tried."""

import pytest

from helpers.errors import HelpersError
from helpers.newindex.encoding import decode

WORDS = {
    "cp1252": ["Côte d\u2019Ivoire", "São Paulo", "Österreich", "España Nº 1", "Cote d´Ivoire"],
    "cp1250": ["Łódź Wrocław"],
    "cp1251": ["Россия", "Санкт-Петербург"],
    "cp1253": ["Ελλάδα Αθήνα"],
    "mac_roman": ["Réunion Curaçao"],
    "gb18030": ["国家 中国 清华大学"],
    "big5": ["國家 臺灣"],
    "shift_jis": ["日本 大学 スコア"],
    "euc_kr": ["대한민국 서울"],
    "utf-16": ["Phú Thọ"],
    "utf-32": ["Phú Thọ"],
}


@pytest.mark.parametrize(("encoding", "words"), [(e, w) for e in WORDS for w in WORDS[e]])
def test_few_words_tell_the_encoding(encoding, words):
    text = f"Name,Score\n{words},1\nOther,2\n"
    assert decode("t", text.encode(encoding))[0] == text


# "Hà Nội" in VISCII and in TCVN3, and UTF-8 taken for cp1252 and encoded again.
@pytest.mark.parametrize("content", [b"H\xe0 N\xb5i, \x15\x80\xd0", b"H\xb5 N\xe9i,\xa7\xcb\xd2m",
                                     "Hà Nội,1".encode().decode("cp1252").encode()])  # fmt: skip
def test_letters_that_are_lost_are_refused(content):
    with pytest.raises(HelpersError, match="UTF-8"):
        decode("t", b"Name,Score\n" + content)
