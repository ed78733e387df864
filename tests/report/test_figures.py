"""Figures show the numbers they are given, can be read, and tell their message in words.

They are read back from the SVG, as a reader does: by the ticks of the axes.
"""

import dataclasses
import json
import re
import unicodedata
from functools import cache
from itertools import combinations, pairwise
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frames import LABELS, PHU_THO, PILLARS, ROOT, changes, provinces, ranks
from helpers import words
from helpers.errors import DataError
from helpers.index import catalog, geometry, units
from helpers.palette import CONTEXT, FALL, HIGHLIGHT, INK, MUTED, RISE, RULE
from helpers.report import figures
from helpers.report.figures import canvas, theme
from helpers.report.figures.labels import spread
from helpers.report.figures.passed import by_distance, find_passed

VI, EN = words.use("vi"), words.use("en")
RANKS, CHANGES = ranks(), changes()
# Rounding alone leaves the unit's own ranks certain here; one that it does not, to draw it.
UNSURE = RANKS.assign(
    rank_high=RANKS["rank_high"].mask(RANKS["unit"].eq(PHU_THO) & RANKS["year"].eq(2023), 46)
)
# Years enough that neither their names nor the ranks all have room.
LONG = pd.concat([RANKS, *(RANKS[RANKS["year"] == 2022].assign(
    year=y, rank=lambda f, y=y: (f["rank"] * y) % 63 + 1) for y in range(2012, 2021))])  # fmt: skip
BANDS = pd.DataFrame(
    {
        "label": ["Phú Thọ", "Nam Định", "Thừa Thiên Huế"],
        "rank": [43, 22, 3],
        "low": [38, 10, 2],
        "median": [44, 14, 4],
        "high": [50, 19, 8],
    }
)
PARTS = pd.DataFrame(
    {
        "part": ["infrastructure", "econ_activity", "others"],
        "label": ["Hạ tầng số", "Hoạt động kinh tế số", "$khác$ & <b>_x_</b>"],
        "contribution": [4.25, 10.25, -34.5],
    }
)


class Sheet:
    """A drawing as it is seen: texts in their place, and lines by colour."""

    def __init__(self, svg):
        self.svg, root = svg, ElementTree.fromstring(svg)
        self.width, self.height = (float(v) for v in root.get("viewBox").split()[2:])
        self.texts, self.paths = [], []
        for group in root:
            if group.tag.endswith("path"):
                lines = [
                    np.array(re.findall(r"-?[\d.]+", part), dtype=float).reshape(-1, 2)
                    for part in group.get("d").split("M")[1:]
                ]
                self.paths.append(SimpleNamespace(lines=lines, **named(group)))
            for text in group.findall("{*}text"):
                one = named(group) | {"x": float(text.get("x")), "y": float(text.get("y"))}
                one |= {"text": text.text, "size": float(group.get("font-size"))}
                one |= {"bold": group.get("font-weight") == "600"}
                box = canvas.text_box(
                    one["x"], one["y"], text.text, one["size"], one["bold"],
                    group.get("text-anchor", "start"),
                )  # fmt: skip
                self.texts.append(SimpleNamespace(box=box, **one))

    def find(self, text):
        return [t for t in self.texts if t.text == text]

    def drawn(self, **wanted):
        """All lines of the paths with these attributes."""
        chosen = [p for p in self.paths if all(getattr(p, k, None) == v for k, v in wanted.items())]
        return [line for path in chosen for line in path.lines]

    def scale(self, axis, ticks):
        """How data follow from points, by two ticks of an axis."""
        muted = [t for t in self.texts if t.size == canvas.SMALL]
        ends = [next(getattr(t, axis) for t in muted if t.text == tick) for tick in ticks]
        values = [float(tick.replace("−", "-").replace(",", ".")) for tick in ticks]
        slope = (values[1] - values[0]) / (ends[1] - ends[0])
        shift = -0.33 * canvas.SMALL if axis == "y" else 0.0  # a baseline is below its middle
        return lambda p: values[0] + (np.asarray(p) - ends[0] - shift) * slope


def named(element):
    return {key.replace("-", "_"): value for key, value in element.items()}


def capture(draw):
    """Draw, and read both drawings back."""
    shown = draw()
    data, metadata = shown._repr_mimebundle_()
    about = metadata["image/svg+xml"]
    broad, narrow = Sheet(data["image/svg+xml"]), Sheet(about["narrow"])
    return SimpleNamespace(
        shown=shown, sheet=broad, both=(broad, narrow), alt=about["alt"], caption=about["caption"]
    )


@cache
def drawn(name, lang="en"):
    return capture(lambda: DRAW[name](words.use(lang), LABELS[lang]))


def regions():
    return provinces().set_index("iso_3166_2")["region_6"].to_dict()


def as_34():
    merged = provinces().drop_duplicates("new_gso_code_34").set_index("iso_3166_2")
    rows = CHANGES[CHANGES["unit"].isin(merged.index)]
    here = merged.loc[rows["unit"]]
    return rows.assign(
        unit_set="34",
        unit=("VN34-" + here["new_gso_code_34"]).to_numpy(),
        unit_name=here["new_name_34"].to_numpy(),
    )


DTI = catalog.load("dti")
TILES = {name: geometry.tiles(DTI, name) for name in DTI.sets}
OUTLINES = {name: geometry.outlines(DTI, name) for name in DTI.sets}
PLACES = DTI.spec.map["63"].places
PAIR = {"year_from": 2022, "year_to": 2023}
OVERALL = {"indicator": "overall", **PAIR}
BROKEN = {"indicator": "overall", "year_from": 2023, "year_to": 2024}
PATH = {"unit": PHU_THO, "indicator": "overall", "changes": CHANGES}
OWN = {"unit": PHU_THO, "indicator": "overall"}
MOVED = {"rank_from": 23, "rank_to": 43, "unit_name": "Phú Thọ", "years": (2022, 2023)}
DRAW = {
    "trajectory": lambda w, lb: figures.trajectory(RANKS, w, **PATH, labels=lb),
    "trajectory, sets": lambda w, lb: figures.trajectory(UNSURE, w, **PATH, labels=lb),
    "trajectory, first": lambda w, lb: figures.trajectory(
        RANKS, w, **(PATH | {"unit": "VN-SG"}), labels=lb
    ),
    "trajectory, long": lambda w, lb: figures.trajectory(LONG, w, **PATH, labels=lb),
    "trajectory, computed": lambda w, lb: figures.trajectory(
        RANKS, w, **PATH, labels=lb, recomputed=True
    ),
    "dumbbell": lambda w, lb: figures.dumbbell(
        CHANGES, w, unit=PHU_THO, **PAIR, labels=lb, indicators=PILLARS
    ),
    "dumbbell, all": lambda w, lb: figures.dumbbell(
        CHANGES, w, unit=PHU_THO, year_from=2023, year_to=2024, labels=lb
    ),
    "score": lambda w, lb: figures.score_against_rank(RANKS, w, **PATH, year=2023, labels=lb),
    "score, first": lambda w, lb: figures.score_against_rank(
        RANKS, w, **(PATH | {"unit": "VN-DN"}), year=2023, labels=lb
    ),
    "score, last": lambda w, lb: figures.score_against_rank(
        RANKS, w, **(PATH | {"unit": "VN-04"}), year=2023, labels=lb
    ),
    "score, break": lambda w, lb: figures.score_against_rank(
        RANKS, w, **PATH, year=2024, labels=lb
    ),
    "contributions": lambda w, lb: figures.contributions(PARTS, w, **MOVED),
    "passed": lambda w, lb: figures.who_passed_whom(RANKS, w, **OWN, **PAIR, labels=lb, most=30),
    "bands": lambda w, lb: figures.rank_bands(
        BANDS, w, units=63, subject="DTI 2023", highlight="Phú Thọ"
    ),
    "movers": lambda w, lb: figures.biggest_movers(
        CHANGES, w, **OVERALL, labels=lb, highlight=PHU_THO
    ),
    "groups": lambda w, lb: figures.changes_by_group(
        CHANGES, w, **OVERALL, groups=regions(), labels=lb, highlight=PHU_THO
    ),
    "heat": lambda w, lb: figures.heat_table(
        RANKS, w, year=2023, indicators=list(lb), labels=lb, highlight=PHU_THO
    ),
    "transitions": lambda w, lb: figures.transition_matrix(RANKS, w, **OVERALL, labels=lb),
    "panels": lambda w, lb: figures.paths_by_group(
        RANKS, w, indicator="overall", groups=regions(), labels=lb, highlight=PHU_THO
    ),
    "tiles": lambda w, lb: figures.tile_map(
        CHANGES, w, **OVERALL, tiles=TILES["63"], labels=lb, highlight=PHU_THO
    ),
    "tiles, 34": lambda w, lb: figures.tile_map(as_34(), w, **BROKEN, tiles=TILES["34"], labels=lb),
    "tiles, ranks": lambda w, lb: figures.tile_map(
        RANKS, w, indicator="overall", year_to=2023, tiles=TILES["63"], labels=lb
    ),
    "map": lambda w, lb: figures.outline_map(
        CHANGES,
        w,
        **OVERALL,
        outlines=OUTLINES["63"],
        places=PLACES,
        labels=lb,
        highlight=PHU_THO,
        credit="c, CC BY-SA 4.0",
    ),
    "map, 34": lambda w, lb: figures.outline_map(
        as_34(), w, **BROKEN, outlines=OUTLINES["34"], places=PLACES, labels=lb
    ),
}


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("name", DRAW)
def test_texts_are_whole_apart_and_in_one_typeface(name, lang):
    for sheet in drawn(name, lang).both:
        assert "'Source Sans Pro'" in sheet.svg
        for text in sheet.texts:
            x0, y0, x1, y1 = text.box
            whole = x0 >= -0.5 and y0 >= -0.5 and x1 <= sheet.width + 0.5 and y1 <= sheet.height
            assert whole, f"cut off: {text.text!r}"
            assert unicodedata.is_normalized("NFC", text.text)
            assert text.size >= 6.75  # 9 pixels on a phone
        for one, other in combinations(sheet.texts, 2):
            a, b = one.box, other.box
            apart = a[2] + 1 <= b[0] or b[2] + 1 <= a[0] or a[3] <= b[1] or b[3] <= a[1]
            assert apart, f"{one.text!r} overlaps {other.text!r} at {sheet.width}"


@pytest.mark.parametrize("name", DRAW)
def test_figures_say_their_message_in_the_language_asked_for(name):
    vi, en = drawn(name, "vi"), drawn(name, "en")
    assert vi.caption != en.caption
    for one in (vi, en):
        data, _about = one.shown._repr_mimebundle_()
        assert data["text/plain"] == one.alt
        assert one.alt.startswith(one.caption)
        assert one.caption.endswith(".")
        assert any(c.isdigit() for c in one.caption)
        assert not set("{}") & set(one.alt) and "nan" not in one.alt


@pytest.mark.parametrize("name", DRAW)
def test_figures_are_light(name):
    made = drawn(name, "vi")
    for sheet in made.both:
        assert len(sheet.svg.encode()) < 40_000
        # One path a layer and style; no glyph outlines, nothing that is cut off.
        assert len(sheet.paths) <= 64
        assert sum(len(line) for line in sheet.drawn()) <= 3_000
        assert not re.search(r"[CQA]\d|<use|<defs|clip|style=", sheet.svg)
        for lines in (p.lines for p in sheet.paths):
            ends = np.concatenate(lines)
            assert np.isfinite(ends).all()
            assert (ends >= -1).all() and (ends <= [sheet.width + 1, sheet.height + 1]).all()


@pytest.mark.parametrize("name", ["trajectory", "groups", "tiles"])
def test_the_same_figure_gives_the_same_bytes(name):
    again = DRAW[name](VI, LABELS["vi"])._repr_mimebundle_()
    assert again == drawn(name, "vi").shown._repr_mimebundle_()


class TestTrajectory:
    def links(self, made, color=HIGHLIGHT):
        """The links that are drawn, in years and ranks, with the kind of their line."""
        sheet = made.sheet
        x, y = sheet.scale("x", ("2022", "2024")), sheet.scale("y", ("1", "63"))
        found = {}
        for path in sheet.paths:
            width = getattr(path, "stroke_width", "")
            if getattr(path, "stroke", "") == color and width in ("2.0", "0.9", "0.5"):
                for line in path.lines:
                    points = [(round(float(x(a))), round(float(y(b)))) for a, b in line]
                    kind = getattr(path, "stroke_dasharray", "")
                    found |= {link: kind for link in pairwise(points)}
        return found

    def dots(self, made, color, width="5.8"):
        x, y = made.sheet.scale("x", ("2022", "2024")), made.sheet.scale("y", ("1", "63"))
        dots = made.sheet.drawn(stroke=color, stroke_width=width)
        found = {
            round(float(x(d[0, 0]))): round(float(y(d[0, 1]))) for d in dots if y(d[0, 1]) < 65
        }
        return found  # those of the key are below the plot

    def test_draws_the_ranks_with_1_on_top_and_the_break_dotted(self):
        made = drawn("trajectory", "vi")
        assert made.sheet.find("1")[0].y < made.sheet.find("63")[0].y
        assert self.links(made) == {
            ((2021, 18), (2022, 23)): "",
            ((2022, 23), (2023, 43)): "",
            ((2023, 43), (2024, 50)): "1 2.6",
        }
        near, rest = self.links(made, MUTED), self.links(made, RULE)
        rows = RANKS[(RANKS["indicator"] == "overall") & (RANKS["unit"] != PHU_THO)]
        table = rows.pivot(index="unit", columns="year", values="rank").astype(int)
        beside = table[(table[2024] - 50).abs() <= 2]
        assert len(beside) == 4
        for links, rows, pairs in ((near, beside, ((2022, 2023), (2023, 2024))),
                                   (rest, table, ((2022, 2023),))):  # fmt: skip
            assert set(links) >= {
                ((a, p), (b, q)) for a, b in pairs for p, q in zip(rows[a], rows[b], strict=True)
            }
        assert made.sheet.find("không so sánh được")
        assert {"18", "23", "43", "50\u00a0 Phú Thọ"} <= {t.text for t in made.sheet.texts}

    def test_the_caption_says_that_a_break_lies_between(self):
        assert drawn("trajectory").caption.endswith("the two ranks are not comparable.")
        ranks, changes = (frame[frame[year] < 2024] for frame, year in
                          ((RANKS, "year"), (CHANGES, "year_to")))  # fmt: skip
        made = capture(lambda: figures.trajectory(ranks, EN, **(PATH | {"changes": changes})))
        assert "fell from 18th (2021) to 43rd (2023)" in made.caption

    def test_breaks_without_room_for_their_names_are_named_once_in_the_key(self):
        broken = CHANGES.assign(comparable=False)
        made = capture(lambda: figures.trajectory(RANKS, VI, **(PATH | {"changes": broken})))
        assert len(made.sheet.find("không so sánh được")) == 2
        steps = pd.concat([broken, *(broken[broken["year_to"] == 2023].assign(
            year_from=y, year_to=y + 1) for y in range(2012, 2021))])  # fmt: skip
        made = capture(lambda: figures.trajectory(LONG, VI, **(PATH | {"changes": steps})))
        assert not made.sheet.find("không so sánh được")
        assert len(made.sheet.find("hai năm ở hai bên không so sánh được")) == 1

    def test_of_many_years_those_with_room_are_named_the_last_among_them(self):
        for sheet, least in zip(drawn("trajectory, long").both, (13, 5), strict=True):
            named = [t.text for t in sheet.texts if re.fullmatch(r"20\d\d", t.text)]
            assert "2024" in named and least <= len(named)
        made = drawn("trajectory, long")
        assert len(self.dots(made, HIGHLIGHT)) == 13  # every year has its mark

    def test_a_rank_only_published_is_hollow(self):
        made = drawn("trajectory")
        assert self.dots(made, HIGHLIGHT) == {2021: 18, 2022: 23, 2023: 43, 2024: 50}
        assert self.dots(made, "#fff", "3.2") == {2021: 18}
        assert "2021: 18 (published only)" in made.alt

    def test_ranks_computed_here_are_hollow_and_their_links_broken(self):
        made = drawn("trajectory, computed")
        assert self.dots(made, "#fff", "3.2") == {2021: 18, 2022: 23, 2023: 43, 2024: 50}
        assert self.links(made) == {
            ((2021, 18), (2022, 23)): "4 3",
            ((2022, 23), (2023, 43)): "4 3",
            ((2023, 43), (2024, 50)): "1 2.6",
        }
        assert "2023: 43 (computed here)" in made.alt
        assert made.sheet.find("rank computed here, not published")

    def test_a_missing_year_breaks_the_line(self):
        gap = RANKS[RANKS["year"] != 2022]
        made = capture(lambda: figures.trajectory(gap, EN, **PATH))
        assert self.links(made) == {((2023, 43), (2024, 50)): "1 2.6"}
        assert made.sheet.find("2022")

    def test_rank_sets_are_bars_where_they_are_wider_than_a_rank(self):
        made = drawn("trajectory, sets")
        y = made.sheet.scale("y", ("1", "63"))
        bars = made.sheet.drawn(stroke=HIGHLIGHT, opacity="0.35")
        ends = [np.round(np.sort(y(bar[:, 1]))).tolist() for bar in bars]
        assert [43, 46] in ends and len(ends) == 2  # the other is in the key
        assert "2023: 43 (between 43 and 46 given rounding)" in made.alt
        assert not drawn("trajectory").sheet.drawn(opacity="0.35")

    def test_a_unit_without_ranks_is_an_error(self):
        with pytest.raises(ValueError, match="'VN-00' for indicator 'overall'"):
            figures.trajectory(RANKS, EN, **(PATH | {"unit": "VN-00"}))

    def test_a_table_of_every_second_year_has_a_path(self):
        even = RANKS[RANKS["year"].isin([2022, 2024])]
        over = CHANGES[CHANGES["year_to"] == 2024].assign(year_from=2022, comparable=True)
        made = capture(lambda: figures.trajectory(even, EN, **(PATH | {"changes": over})))
        assert len(self.links(made)) == 1


class TestMoves:
    def arrows(self, sheet):
        """Where arrows begin and end, in ranks, top to bottom, with their colour."""
        x = sheet.scale("x", ("1", "20"))
        bars = [
            (bar[:, 1].mean(), bar[0, 0], p.stroke)
            for p in sheet.paths if getattr(p, "stroke_width", "") == "1.5" for bar in p.lines
        ]  # fmt: skip
        tips = {
            round(head[0, 1]): head[0, 0]
            for p in sheet.paths if p.fill != "none" for head in p.lines if len(head) == 3
        }  # fmt: skip
        return [
            (round(float(x(start))), round(float(x(tips[round(y)]))), color)
            for y, start, color in sorted(bars)
        ]

    def test_rows_are_the_ranks_and_changes(self):
        made = drawn("dumbbell")
        rows = CHANGES[(CHANGES["unit"] == PHU_THO) & (CHANGES["year_to"] == 2023)]
        rows = rows.set_index("indicator").loc[PILLARS]
        wanted = [(a, b, FALL) for a, b in zip(rows["rank_from"], rows["rank_to"], strict=True)]
        for sheet in made.both:
            assert self.arrows(sheet) == wanted
        assert made.caption == (
            "From 2022 to 2023 Phú Thọ fell in 3 of 3 indicators, most in Digital economy (−38)."
        )
        assert "Overall index −20 (23 → 43)" in made.alt

    def test_a_move_of_one_place_can_be_seen(self):
        one = CHANGES.assign(rank_to=CHANGES["rank_from"] + 1, change=-1)
        made = capture(lambda: figures.dumbbell(one, EN, unit=PHU_THO, **PAIR))
        heads = [h for h in made.sheet.drawn(fill=FALL) if len(h) == 3]
        assert len(heads) == 8
        # Nothing is drawn over an arrow's head.
        assert min(np.ptp(head[:, 0]) for head in heads) > 3 and not made.sheet.drawn(stroke="#fff")

    def test_years_that_do_not_compare_carry_a_warning(self):
        made = drawn("dumbbell, all")
        assert made.caption.endswith("The two years are not comparable.")

    @pytest.mark.parametrize(
        "draw",
        [
            lambda: figures.biggest_movers(CHANGES, EN, **BROKEN),
            lambda: figures.changes_by_group(CHANGES, EN, **BROKEN, groups=regions()),
            lambda: figures.tile_map(CHANGES, EN, **BROKEN, tiles=TILES["63"]),
            lambda: figures.who_passed_whom(
                RANKS.assign(scheme=RANKS["year"]), EN, unit=PHU_THO, **BROKEN
            ),
            lambda: figures.who_passed_whom(RANKS, EN, unit=PHU_THO, **BROKEN, comparable=False),
            lambda: figures.contributions(PARTS, EN, **MOVED, comparable=False),
        ],
    )
    def test_every_figure_of_a_change_across_a_break_carries_it(self, draw):
        made = capture(draw)
        assert made.caption.endswith("The two years are not comparable.")
        assert "The two years are not comparable." in made.alt

    def test_years_that_compare_carry_none(self):
        for name in ("dumbbell", "movers", "groups", "tiles", "passed", "contributions"):
            assert "not comparable" not in drawn(name).caption

    def test_years_of_two_schemes_that_compare_carry_none(self):
        ranks = RANKS.assign(scheme=RANKS["year"])
        made = capture(lambda: figures.who_passed_whom(ranks, EN, **OWN, **PAIR, comparable=True))
        assert "not comparable" not in made.caption

    def test_a_unit_that_did_not_move(self):
        still = CHANGES.assign(rank_to=CHANGES["rank_from"], change=0)
        made = capture(
            lambda: figures.dumbbell(still, EN, unit=PHU_THO, **PAIR, indicators=["overall"])
        )
        assert made.caption == "From 2022 to 2023 Phú Thọ kept its rank in 1 indicator."

    def test_unknown_years_are_an_error(self):
        with pytest.raises(ValueError, match="no change from 2019 to 2020 for unit 'VN-68'"):
            figures.dumbbell(CHANGES, EN, unit=PHU_THO, year_from=2019, year_to=2020)

    @pytest.mark.parametrize("places", [(1, 1), (1, 2), (2, 1), (62, 63), (63, 63), (63, 1)])
    def test_the_years_keep_off_each_other_and_off_the_heading(self, places):
        one = CHANGES.assign(rank_from=places[0], rank_to=places[1], change=places[0] - places[1])
        made = capture(
            lambda: figures.dumbbell(one, EN, unit=PHU_THO, **PAIR, indicators=["overall"])
        )
        for sheet in made.both:
            heads = [t.box for t in sheet.texts if t.text in ("2022", "2023", "change")]
            heads.sort()
            assert len(heads) == 3 and heads[0][0] >= 0
            assert all(a[2] < b[0] for a, b in pairwise(heads))

    def test_the_biggest_each_way_and_the_highlight(self):
        made = capture(
            lambda: figures.biggest_movers(CHANGES, EN, **OVERALL, top=2, highlight=PHU_THO)
        )
        rows = CHANGES[(CHANGES["year_to"] == 2023) & (CHANGES["indicator"] == "overall")]
        best, worst = rows["change"].max(), rows["change"].min()
        assert f"Cà Mau rose most (+{best})" in made.caption
        assert f"Vĩnh Phúc fell most (−{abs(worst)})" in made.caption
        assert len(self.arrows(made.sheet)) == 5 and "Phú Thọ −20 (23 → 43)" in made.alt

    def test_who_passed_it_in_one_list_the_farthest_first(self):
        made = drawn("passed")
        assert "was passed by 21 and itself passed 1: −20." in made.caption
        assert made.alt.endswith("Passed: Vĩnh Phúc.")
        arrows = self.arrows(made.sheet)
        assert len(arrows) == 22
        gaps = [abs(end - 43) for _start, end, _color in arrows]
        assert gaps == sorted(gaps, reverse=True)
        colors = [color for _start, _end, color in arrows]
        assert colors.count(FALL) == 21 and colors.count(RISE) == 1
        # The unit's own ranks are lines down the rows.
        x = made.sheet.scale("x", ("1", "20"))
        own = {round(float(x(line[0, 0]))) for line in made.sheet.drawn(stroke=HIGHLIGHT)}
        assert own == {23, 43}

    def test_those_left_out_are_counted(self):
        made = capture(lambda: figures.who_passed_whom(RANKS, EN, **OWN, **PAIR, most=5))
        assert len(self.arrows(made.sheet)) == 5 and "17 nearer to it are not drawn" in made.caption
        assert made.alt.count(", ") >= 20  # but named where there is room


class TestScoreAgainstRank:
    def test_the_higher_score_and_the_lower_rank(self):
        made = drawn("score")
        assert "scores higher than in 2022 (+0.049) and still falls" in made.caption
        assert "2022: 0.6126, 23rd; 2023: 0.6616, 43rd of 63." in made.alt
        assert len(made.sheet.drawn(fill=HIGHLIGHT)) == 1  # the arrow's head

    def test_all_units_of_both_years_are_points(self):
        made = drawn("score")
        x, y = made.sheet.scale("x", ("0.5", "0.7")), made.sheet.scale("y", ("1", "63"))
        dots = made.sheet.drawn(stroke_width="4.0")
        found = sorted((round(float(y(d[0, 1]))), float(x(d[0, 0]))) for d in dots)
        rows = RANKS[RANKS["year"].isin([2022, 2023]) & (RANKS["indicator"] == "overall")]
        wanted = sorted(zip(rows["rank"].astype(int), rows["score"], strict=True))
        assert len(found) == len(wanted) == 126
        assert [rank for rank, _ in found] == [rank for rank, _ in wanted]
        assert np.allclose([s for _, s in found], [s for _, s in wanted], atol=0.002)

    def test_scores_across_a_break_are_left_out(self):
        made = drawn("score, break")
        assert "2023" not in made.alt
        assert not made.sheet.drawn(fill=HIGHLIGHT)


class TestContributions:
    def test_bars_are_places_from_no_change_with_their_sum(self):
        made = drawn("contributions")
        for sheet in made.both:
            bars = sorted(
                (bar[0, 1], bar[0, 0], bar[1, 0], path.fill)
                for path in sheet.paths if path.fill != "none" for bar in path.lines
            )  # fmt: skip
            zero = next(a for _y, a, _b, fill in bars if fill == RISE)
            lengths = [(b - zero) if fill == RISE else a - zero for _y, a, b, fill in bars]
            assert np.allclose(np.array(lengths) / lengths[0], [1, 10.25 / 4.25, -34.5 / 4.25,
                                                                -20 / 4.25], rtol=0.01)  # fmt: skip
        found = [t.text for t in made.sheet.texts]
        assert {"+4.2", "+10.2", "−34.5", "−20.0", "$khác$ & <b>_x_</b>"} <= set(found)

    def test_parts_that_do_not_add_up_are_an_error(self):
        with pytest.raises(ValueError, match="add up to -20; expected the change -19"):
            figures.contributions(PARTS, EN, **(MOVED | {"rank_to": 42}))


class TestWhoPassedWhom:
    @settings(max_examples=40, deadline=None)
    @given(st.data())
    def test_the_pairs_add_up_to_the_change(self, data):
        n = data.draw(st.integers(1, 12))
        score = st.lists(st.integers(0, 6), min_size=n, max_size=n)
        tables = []
        for year in (1, 2):
            scores = pd.Series(data.draw(score))
            tables.append(
                pd.DataFrame(
                    {
                        "unit": [f"u{i}" for i in range(n)],
                        "unit_name": "x",
                        "year": year,
                        "rank": scores.rank(method="min", ascending=False),
                    }
                )
            )
        found = find_passed(pd.concat(tables), "u0", (1, 2))
        mine = found.loc["u0"]
        assert found["gain"].sum() == mine["rank_from"] - mine["rank_to"]
        assert mine["gain"] == 0


class TestBands:
    def test_bands_cover_their_ends_and_a_rank_outside_is_said(self):
        made = drawn("bands")
        x = made.sheet.scale("x", ("1", "20"))
        bars = [
            (bar[0, 1], *np.round(x(bar[[1, 0], 0]), 1))
            for path in made.sheet.paths if getattr(path, "opacity", "") for bar in path.lines
        ]  # fmt: skip
        found = [(low, high) for _y, low, high in sorted(bars)][:3]
        assert np.allclose(found, [(37.5, 50.5), (9.5, 19.5), (1.5, 8.5)], atol=0.2)
        assert made.caption.startswith("DTI 2023: 2 of 3 published ranks lie within")
        assert "Nam Định 22 (band 10–19, median 14)" in made.alt

    def test_recomputed_ranks_are_not_called_published(self):
        bands = BANDS.assign(published=[True, True, False])
        made = capture(lambda: figures.rank_bands(bands, EN, units=63, subject="DTI 2023"))
        assert made.caption.startswith("DTI 2023: 2 of 3 ranks lie within")
        assert not any("published" in t.text for t in made.sheet.texts)

    def test_a_crossed_band_is_an_error(self):
        with pytest.raises(ValueError, match="crossed band for 'Phú Thọ'"):
            figures.rank_bands(BANDS.assign(low=60), EN, units=63, subject="x")


def test_every_unit_is_a_point_in_its_group_and_none_hides_another():
    rows = CHANGES[(CHANGES["year_to"] == 2023) & (CHANGES["indicator"] == "overall")]
    for sheet in drawn("groups").both:
        x = sheet.scale("x", ("0", "+20"))
        dots = [d[0] for p in sheet.paths if getattr(p, "stroke_width", "") in ("4.6", "5.6")
                for d in p.lines]  # fmt: skip
        points = [d for d in dots if d[1] < sheet.find("0")[0].y - 9]
        assert np.allclose(sorted(x(np.array(points)[:, 0])), sorted(rows["change"]), atol=0.5)
        gaps = [np.hypot(*(a - b)) for a, b in combinations(points, 2)]
        assert min(gaps) >= 4.4


def test_a_heat_table_has_every_rank_in_its_row():
    made, lb = drawn("heat"), LABELS["en"]
    rows = {}
    for text in made.sheet.texts:
        if text.size == canvas.SMALL and text.y > 40:
            rows.setdefault(round(text.y), []).append((text.x, text.text))
    found = {row[0][1]: [int(t) for _x, t in row[1:]] for row in map(sorted, rows.values())}
    table = RANKS[RANKS["year"] == 2023].pivot(
        index="unit_name", columns="indicator", values="rank"
    )
    assert found == {name: row.tolist() for name, row in table[list(lb)].iterrows()}
    assert "Phú Thọ: Overall index 43; Digital government" in made.alt


def test_a_transition_matrix_counts_every_unit_once():
    made = drawn("transitions")
    cells = [t for t in made.sheet.texts if t.size == canvas.BODY + 1]
    counts = [int(t.text) for t in sorted(cells, key=lambda t: (t.y, t.x))]
    assert len(counts) == 25 and sum(counts) == 63
    said = [int(n) for n in re.findall(r"of 63 units (\d+) stayed .*?(\d+) went up and (\d+)",
                                       made.caption)[0]]  # fmt: skip
    assert sum(said) == 63 and said[0] == sum(counts[::6])


def test_every_path_stands_in_its_groups_panel():
    made = drawn("panels")
    paths = made.sheet.drawn(stroke=CONTEXT, stroke_width="0.7")
    assert len(paths) == 62 + 1 and len(made.sheet.drawn(stroke=HIGHLIGHT)) == 2  # with the key
    assert len(made.sheet.drawn(stroke=INK)) == 6 + 1


class TestMaps:
    def test_every_unit_has_a_tile_and_an_outline_and_the_islands_are_there(self):
        codes = provinces()
        wanted = {"63": set(codes["iso_3166_2"]), "34": set("VN34-" + codes["new_gso_code_34"])}
        for unit_set, there in wanted.items():
            tiles = TILES[unit_set]
            assert len({(row, col) for *_, row, col in tiles}) == len(tiles)
            assert sorted(unit for unit, part, *_ in tiles if not part) == sorted(there)
            assert {part for _unit, part, *_ in tiles} == {"", "Hoàng Sa", "Trường Sa"}
            assert set(OUTLINES[unit_set]) == there

    def test_tiles_keep_directions(self):
        at = {unit: (row, col) for unit, part, row, col in TILES["63"] if not part}
        assert at["VN-59"][0] == max(row for row, _ in at.values())  # Cà Mau, farthest south
        assert at["VN-03"][0] == min(row for row, _ in at.values())  # Hà Giang, farthest north
        assert at["VN-71"][1] == min(col for _, col in at.values())  # Điện Biên, farthest west
        assert at["VN-HN"][0] < at["VN-DN"][0] < at["VN-SG"][0]

    def test_neighbours_keep_one_border_when_outlines_are_simplified(self):
        edges = {}
        for unit, rings in OUTLINES["34"].items():
            for a, b in (edge for ring in rings for edge in pairwise([*ring, ring[0]])):
                edges.setdefault(frozenset((a, b)), set()).add(unit)
        hanoi = [units for units in edges.values() if "VN34-01" in units]
        assert len(hanoi) > 20
        assert all(len(units) == 2 for units in hanoi)  # it has no coast: no gap, no overlap

    def test_outlines_are_where_they_were(self):
        raw = json.loads((ROOT / "data/raw/geo/vn-63.geojson").read_text(encoding="utf-8"))
        for feature in raw["features"]:
            rings = OUTLINES["63"][feature["properties"]["iso_3166_2"]]
            kind, parts = feature["geometry"]["type"], feature["geometry"]["coordinates"]
            polygons = parts if kind == "MultiPolygon" else [parts]
            before = [ring for polygon in polygons for ring in polygon]
            for old, new in zip(before, rings, strict=True):
                assert set(map(tuple, new)) <= set(map(tuple, old))
                assert np.allclose(np.min(old, axis=0), np.min(new, axis=0), atol=0.03)
                assert np.allclose(np.max(old, axis=0), np.max(new, axis=0), atol=0.03)

    @pytest.mark.parametrize("name", ["tiles", "tiles, 34", "map", "map, 34"])
    def test_hoang_sa_and_truong_sa_are_always_shown_and_named(self, name):
        for sheet in drawn(name, "vi").both:
            found = " ".join(t.text for t in sheet.texts)
            assert all(part in found for part in ("Hoàng", "Trường", "(Đà", "(Khánh"))
        if name.startswith("map"):
            assert len(drawn(name).sheet.drawn(stroke=MUTED, stroke_width="2.2")) > 60

    def test_names_are_printed_and_never_codes(self):
        names = {unit.code: unit.name for unit in units.load(DTI).of("63")}
        few = CHANGES[~CHANGES["unit"].isin(["VN-HN", "VN-DN", "VN-68"])]
        tiles = {"tiles": TILES["63"], "names": names}
        outlines = {"outlines": OUTLINES["63"], "places": PLACES}
        for draw, asked in ((figures.tile_map, tiles), (figures.outline_map, outlines)):
            sheet = capture(lambda draw=draw, asked=asked: draw(few, EN, **OVERALL, **asked)).sheet
            said = " ".join(text.text for text in sheet.texts)
            assert ("Phú Thọ" in said) == ("names" in asked)
            assert not [code for code in names if code in said]

    def test_the_source_of_outlines_is_named(self):
        made = drawn("map")
        assert made.caption.endswith("Outlines: c, CC BY-SA 4.0.")

    def test_the_ink_can_be_read_on_every_shade(self):
        def light(color):
            rgb = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
            linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
            return linear @ [0.2126, 0.7152, 0.0722]

        for shade in (theme.diverging, theme.sequential):
            shades = [shade(share) for share in np.linspace(0, 1, 101)]
            assert min((light(s) + 0.05) / (light(INK) + 0.05) for s in shades) >= 4.5

    def test_units_without_a_place_are_an_error(self):
        moved = CHANGES.replace("VN-68", "XX-1")
        with pytest.raises(ValueError, match="no place on the map for XX-1"):
            figures.tile_map(moved, EN, **OVERALL, tiles=TILES["63"])
        with pytest.raises(ValueError, match="no place on the map for XX-1"):
            figures.outline_map(moved, EN, **OVERALL, outlines=OUTLINES["63"])

    def test_a_feature_without_its_unit_is_an_error(self):
        one = dataclasses.replace(DTI.spec.map["63"], unit="{iso}")
        spec = dataclasses.replace(DTI.spec, map={"63": one})
        with pytest.raises(DataError, match=r"vn-63\.geojson: a feature without 'iso'"):
            geometry.outlines(dataclasses.replace(DTI, spec=spec), "63")


POSITIONS = st.lists(st.floats(-1e3, 1e3), max_size=20)


class TestSpread:
    @given(POSITIONS, st.floats(0, 50))
    def test_order_and_gaps(self, wanted, gap):
        placed = spread(wanted, gap)
        order = np.argsort(wanted, kind="stable")
        assert (np.diff(placed[order]) >= gap - 1e-9).all()

    @given(POSITIONS, st.floats(0, 200), st.floats(-500, 0), st.floats(0, 500))
    def test_within_limits(self, wanted, gap, low, high):
        placed = spread(wanted, gap, low, high)
        assert (placed >= low - 1e-9).all() and (placed <= high + 1e-9).all()
        if gap * (len(wanted) - 1) <= high - low:
            assert (np.diff(np.sort(placed)) >= gap - 1e-9).all()

    @given(POSITIONS.filter(bool), st.floats(0, 50))
    def test_what_is_apart_stays_where_it_is(self, wanted, gap):
        apart = spread(wanted, gap) * 1.001
        gap_left = np.diff(np.sort(apart)).min() if len(apart) > 1 else gap
        assert (spread(apart, min(gap, gap_left)) == apart).all()

    @given(POSITIONS.filter(lambda p: len(p) > 1), st.floats(0.1, 50), st.data())
    def test_no_other_placement_moves_less(self, wanted, gap, data):
        placed = spread(wanted, gap)
        order = np.argsort(wanted, kind="stable")
        nudge = data.draw(st.lists(st.floats(-20, 20), min_size=len(wanted), max_size=len(wanted)))
        other = placed[order] + np.array(nudge)
        for i in range(1, len(other)):  # make it feasible again
            other[i] = max(other[i], other[i - 1] + gap)
        cost = np.sum((placed[order] - np.array(wanted)[order]) ** 2)
        assert cost <= np.sum((other - np.array(wanted)[order]) ** 2) * (1 + 1e-9) + 1e-6

    def test_a_known_case(self):
        assert spread([0, 0, 10], 2).tolist() == [-1, 1, 10]
        assert spread([0, 0, 10], 2, low=0).tolist() == [0, 2, 10]
        assert spread([1, 1, 1], 5, 0, 4).tolist() == [0, 2, 4]
        assert spread([], 1).tolist() == []

    @pytest.mark.parametrize("bad", [{"gap": -1}, {"gap": 1, "low": 2, "high": 1}])
    def test_limits_that_make_no_sense(self, bad):
        with pytest.raises(ValueError, match="need gap >= 0 and low <= high"):
            spread([1.0], **bad)

    def test_positions_that_are_missing(self):
        with pytest.raises(ValueError, match="finite"):
            spread([1.0, np.nan], 1)


def test_one_that_left_the_table_was_got_past():
    rows = [("a", 1, 1), ("b", 1, 2), ("c", 1, 3), ("b", 2, 1), ("c", 2, 2), ("d", 2, 3)]
    ranks = pd.DataFrame(rows, columns=["unit", "year", "rank"]).assign(unit_name="x")
    found = find_passed(ranks, "c", (1, 2))
    assert found["gain"].to_dict() == {"a": 1, "b": 0, "c": 0, "d": 0}
    assert found["gain"].sum() == 3 - 2


def test_the_list_of_those_passed_is_in_the_order_of_distance():
    ranks = pd.DataFrame({"rank_from": [3, 9, 1, 7], "rank_to": [2, 4, 9, float("nan")]})
    assert by_distance(ranks, 5).index.tolist() == [2, 0, 1, 3]


def test_importing_figures_leaves_plotting_libraries_alone():
    import subprocess
    import sys

    code = "import sys, helpers.report.figures; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_gallery_shows_every_figure_with_its_call_and_stays_small():
    path = ROOT / "notebooks/gallery.ipynb"
    assert path.stat().st_size < 1_500_000
    shown = {}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        called = re.findall(r"^figures\.(\w+)\(", "".join(cell["source"]), re.MULTILINE)
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                assert "".join(output["data"]["text/plain"])  # what nbval compares
                shown |= dict.fromkeys(called, output["metadata"]["image/png"]["alt"])
    assert set(shown) == set(figures.__all__) and all(shown.values())
