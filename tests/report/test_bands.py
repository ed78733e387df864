"""Reports on units of which only a band of ranks is printed: full ones, with the band as it is."""

import numpy as np
import pandas as pd
import pytest

from helpers import report
from helpers.errors import ParameterError
from helpers.report.unit import annex, brief, year
from played import open_all
from withheld import write_pack

YEARS = (2020, 2021, 2022)
RANKS = """    year: {column: year}
    missing: ["-"]
    ranks: {place: total}
"""


def printed(place: int) -> str:
    return str(place) if place <= 8 else "9-12" if place <= 12 else "13+"


def table(scored: bool) -> str:
    """Sixteen units: the last ones are in bands; b2 leaves them, z9 has no rank at all."""
    rows = ["unit,year,place" + ",total" * scored]
    for number, when in enumerate(YEARS):
        places = list(range(1, 17))
        if number == 2:
            places[7], places[12] = places[12], places[7]  # b13 is 8th, b8 in the last band
        for unit, place in enumerate(places, start=1):
            rows.append(f"b{unit},{when},{printed(place)}" + f",{90 - 2 * place}" * scored)
        rows.append(f"z9,{when},-" + ",-" * scored)
    return "\n".join(rows) + "\n"


@pytest.mark.parametrize("scored", [False, True])
def test_a_unit_in_a_band_has_a_full_report(tmp_path, monkeypatch, scored: bool) -> None:
    monkeypatch.setenv("HELPERS_ROOT", str(tmp_path))
    entry = RANKS + "    scores: {total: total}\n    ranked_by: published\n" * scored
    write_pack(tmp_path, table(scored), entry, "s,total,,,T,T,0\n", years=YEARS)
    case, made = open_all("made", "b10")
    assert case.year == 2022 and case.banded == list(YEARS) and pd.isna(case.now["rank"])
    assert case.explained is None and case.crossed is None
    title, deck, heading = (repr(say(case)) for say in (brief.title, brief.deck, year.heading))
    assert "9–12 of 16" in title and "9–12 of 16" in deck
    for text in (title, deck, heading):
        print(text)
        assert "nan" not in text and "NA" not in text
    path = repr(annex.path(case))
    assert path.count("9–12") == 3
    # One that left the band: its own ranks are exact in one year and bounded in the others.
    moved, _made = open_all("made", "b13")
    assert moved.banded == [2020, 2021] and moved.now["rank"] == 8
    own = made["changes"].query("unit == 'b13' and year_to == 2022").iloc[0]
    assert pd.isna(own["change"]) and pd.isna(own["own_effect"])
    assert own["change_low"] >= 5 and own["change_high"] >= own["change_low"]
    for lang in ("vi", "en"):
        with pytest.raises(ParameterError, match=r"z9.*no rank"):
            report.open_case("made", "z9", 0, lang)
    assert np.isfinite(made["ranks"].query("unit == 'b10'")["rank_low"].astype(float)).all()
