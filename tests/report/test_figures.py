"""Figures show the numbers they are given, can be read, and tell their message in words."""

import unicodedata
from functools import cache
from itertools import combinations, pairwise
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.text import Text

from frames import LABELS, PHU_THO, PILLARS, changes, provinces, ranks
from helpers import words
from helpers.palette import CONTEXT, FALL, HIGHLIGHT, INK, RISE
from helpers.report import figures
from helpers.report.figures import theme
from helpers.report.figures.dumbbell import Move, draw_moves
from helpers.report.figures.labels import spread
from helpers.report.figures.passed import find_passed
from helpers.report.figures.tilegrid import read_layout

VI, EN = words.use("vi"), words.use("en")
RANKS, CHANGES = ranks(), changes()
# Rounding alone leaves the unit's own ranks certain here; one that it does not, to draw it.
UNSURE = RANKS.assign(
    rank_high=RANKS["rank_high"].mask(RANKS["unit"].eq(PHU_THO) & RANKS["year"].eq(2023), 46)
)
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


def capture(draw):
    """Draw, and keep the matplotlib figure, which `show.Figure` closes, on the way to it."""
    kept = SimpleNamespace()
    finish = theme.finish

    def keep(fig, alt, caption):
        kept.fig, kept.alt, kept.caption = fig, alt, caption
        return finish(fig, alt, caption)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(theme, "finish", keep)
        kept.shown = draw()
    return kept


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


DRAW = {
    "trajectory": lambda w, lb: figures.trajectory(
        RANKS, CHANGES, PHU_THO, "overall", w, labels=lb
    ),
    "trajectory, sets": lambda w, lb: figures.trajectory(
        UNSURE, CHANGES, PHU_THO, "overall", w, labels=lb
    ),
    "trajectory, first": lambda w, lb: figures.trajectory(
        RANKS, CHANGES, "VN-SG", "overall", w, labels=lb
    ),
    "dumbbell": lambda w, lb: figures.dumbbell(
        CHANGES, PHU_THO, 2022, 2023, w, labels=lb, indicators=PILLARS
    ),
    "dumbbell, all": lambda w, lb: figures.dumbbell(CHANGES, PHU_THO, 2023, 2024, w, labels=lb),
    "score": lambda w, lb: figures.score_against_rank(
        RANKS, CHANGES, PHU_THO, 2023, "overall", w, labels=lb
    ),
    "score, first": lambda w, lb: figures.score_against_rank(
        RANKS, CHANGES, "VN-DN", 2023, "overall", w, labels=lb
    ),
    "score, last": lambda w, lb: figures.score_against_rank(
        RANKS, CHANGES, "VN-04", 2023, "overall", w, labels=lb
    ),
    "score, break": lambda w, lb: figures.score_against_rank(
        RANKS, CHANGES, PHU_THO, 2024, "overall", w, labels=lb
    ),
    "waterfall": lambda w, lb: figures.waterfall(
        PARTS, 23, 43, w, unit_name="Phú Thọ", years=(2022, 2023)
    ),
    "passed": lambda w, lb: figures.who_passed_whom(
        RANKS, PHU_THO, 2022, 2023, "overall", w, labels=lb
    ),
    "bands": lambda w, lb: figures.rank_bands(
        BANDS, 63, w, subject="DTI 2023", highlight="Phú Thọ"
    ),
    "movers": lambda w, lb: figures.biggest_movers(
        CHANGES, 2022, 2023, "overall", w, labels=lb, highlight=PHU_THO
    ),
    "groups": lambda w, lb: figures.changes_by_group(
        CHANGES, 2022, 2023, "overall", regions(), w, labels=lb, highlight=PHU_THO
    ),
    "tiles": lambda w, lb: figures.tile_grid(
        CHANGES, 2022, 2023, "overall", w, labels=lb, highlight=PHU_THO
    ),
    "tiles, 34": lambda w, lb: figures.tile_grid(as_34(), 2023, 2024, "overall", w, labels=lb),
}


def texts(fig) -> list[Text]:
    return [t for t in fig.findobj(Text) if t.get_visible() and t.get_text().strip()]


def ink(canvas, text) -> tuple[float, float, float, float]:
    """The box of a text, less the room above and below that most of its letters leave."""
    box = text.get_window_extent(canvas.get_renderer())
    slack = 0.14 * box.height / (1 + text.get_text().count("\n"))
    return box.x0, box.y0 + slack, box.x1, box.y1 - slack


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("name", DRAW)
def test_texts_are_whole_apart_and_in_one_typeface(name, lang):
    fig = drawn(name, lang).fig
    canvas = FigureCanvasAgg(fig)
    canvas.draw()
    found = texts(fig)
    boxes = [ink(canvas, text) for text in found]
    for text, (x0, y0, x1, y1) in zip(found, boxes, strict=True):
        whole = x0 >= -0.5 and y0 >= -0.5 and x1 <= fig.bbox.width + 0.5 and y1 <= fig.bbox.height
        assert whole, f"cut off: {text.get_text()!r}"
        assert text.get_fontname() == "Source Sans Pro"
        assert unicodedata.is_normalized("NFC", text.get_text())
        assert text.get_fontsize() >= 7
    for (one, a), (other, b) in combinations(zip(found, boxes, strict=True), 2):
        apart = a[2] + 1 <= b[0] or b[2] + 1 <= a[0] or a[3] <= b[1] or b[3] <= a[1]
        assert apart, f"{one.get_text()!r} overlaps {other.get_text()!r}"


@pytest.mark.parametrize("name", DRAW)
def test_figures_say_their_message_in_the_language_asked_for(name):
    vi, en = drawn(name, "vi"), drawn(name, "en")
    assert vi.caption != en.caption
    for one in (vi, en):
        data, metadata = one.shown._repr_mimebundle_()
        assert data["text/plain"] == one.alt
        assert metadata["image/svg+xml"] == {"alt": one.alt, "caption": one.caption}
        assert "<text" not in data["image/svg+xml"]  # outlines: it looks the same everywhere
        assert one.alt.startswith(one.caption)
        assert one.caption.endswith(".")
        assert any(c.isdigit() for c in one.caption)
        assert not set("{}") & set(one.alt) and "nan" not in one.alt


@pytest.mark.parametrize("name", ["trajectory", "groups", "tiles"])
def test_the_same_figure_gives_the_same_bytes(name):
    again = DRAW[name](VI, LABELS["vi"])._repr_mimebundle_()[0]
    assert again == drawn(name, "vi").shown._repr_mimebundle_()[0]


def test_the_callers_style_neither_shows_nor_is_changed():
    import matplotlib as mpl

    with mpl.rc_context({"font.family": "serif", "axes.spines.top": True}):
        made = capture(lambda: DRAW["waterfall"](EN, LABELS["en"]))
        assert mpl.rcParams["font.family"] == ["serif"]
    assert {text.get_fontname() for text in texts(made.fig)} == {"Source Sans Pro"}


class TestTrajectory:
    def links(self, fig, color):
        found = {}
        for lines in fig.axes[0].findobj(LineCollection):
            if to_hex(lines.get_color()[0]) == color:
                dotted = lines.get_linestyle()[0][1] is not None
                for segment in lines.get_segments():
                    found[tuple(map(tuple, segment))] = dotted
        return found

    def test_draws_the_ranks_with_1_on_top_and_the_break_dotted(self):
        made = drawn("trajectory", "vi")
        ax = made.fig.axes[0]
        assert ax.get_ylim()[0] > 63 > 1 > ax.get_ylim()[1]
        assert self.links(made.fig, HIGHLIGHT) == {
            ((2021, 18), (2022, 23)): False,
            ((2022, 23), (2023, 43)): False,
            ((2023, 43), (2024, 50)): True,
        }
        assert len(self.links(made.fig, CONTEXT)) == 2 * 62
        assert "không so sánh được" in [t.get_text() for t in texts(made.fig)]
        assert {"18", "23", "43", "50  Phú Thọ"} <= {t.get_text() for t in texts(made.fig)}

    def test_the_caption_says_that_a_break_lies_between(self):
        assert drawn("trajectory").caption.endswith("the two ranks do not compare.")
        early = [frame[frame[year] < 2024] for frame, year in
                 ((RANKS, "year"), (CHANGES, "year_to"))]  # fmt: skip
        made = capture(lambda: figures.trajectory(*early, PHU_THO, "overall", EN))
        assert "fell from 18th (2021) to 43rd (2023)" in made.caption

    def test_breaks_without_room_for_their_names_are_named_once_in_the_key(self):
        broken = CHANGES.assign(comparable=False)
        vi = words.use("vi")
        made = capture(lambda: figures.trajectory(RANKS, broken, PHU_THO, "overall", vi))
        assert [t.get_text() for t in texts(made.fig)].count("không so sánh được") == 2
        early = pd.concat([RANKS, *(RANKS[RANKS["year"] == 2021].assign(year=y)
                                    for y in range(2012, 2021))])  # fmt: skip
        steps = pd.concat([broken, *(broken[broken["year_to"] == 2023].assign(
            year_from=y, year_to=y + 1) for y in range(2012, 2021))])  # fmt: skip
        made = capture(lambda: figures.trajectory(early, steps, PHU_THO, "overall", vi))
        found = [t.get_text() for t in texts(made.fig)]
        assert "không so sánh được" not in found
        assert [t.get_text() for t in made.fig.legends[0].get_texts()].count(
            "hai năm ở hai bên không so sánh được"
        ) == 1

    def test_a_rank_only_published_is_hollow(self):
        made = drawn("trajectory")
        marks = {
            to_hex(line.get_markerfacecolor()): list(line.get_ydata())
            for line in made.fig.axes[0].lines
            if line.get_marker() == "o"
        }
        assert marks == {HIGHLIGHT: [23, 43, 50], "#ffffff": [18]}
        assert "2021: 18 (published only)" in made.alt

    def test_a_missing_year_breaks_the_line(self):
        gap = RANKS[RANKS["year"] != 2022]
        made = capture(lambda: figures.trajectory(gap, CHANGES, PHU_THO, "overall", EN))
        assert self.links(made.fig, HIGHLIGHT) == {((2023, 43), (2024, 50)): True}
        labels = [t.get_text() for t in made.fig.axes[0].get_xticklabels()]
        assert labels == ["2021", "2022", "2023", "2024"]

    def test_rank_sets_are_bars_where_they_are_wider_than_a_rank(self):
        made = drawn("trajectory, sets")
        bars = [c for c in made.fig.axes[0].collections if c.get_alpha() == 0.35]
        ends = [tuple(np.sort(segment[:, 1])) for bar in bars for segment in bar.get_segments()]
        assert ends == [(43, 46)]
        assert "2023: 43 (between 43 and 46 given rounding)" in made.alt
        assert not any(c.get_alpha() for c in drawn("trajectory").fig.axes[0].collections)

    def test_a_unit_without_ranks_is_an_error(self):
        with pytest.raises(ValueError, match="'VN-00' for indicator 'overall'"):
            figures.trajectory(RANKS, CHANGES, "VN-00", "overall", EN)


class TestDumbbell:
    def test_rows_are_the_ranks_and_changes(self):
        made = drawn("dumbbell")
        ax = made.fig.axes[0]
        assert ax.get_xlim()[0] > 63 > 1 > ax.get_xlim()[1]
        arrows = [t for t in ax.texts if getattr(t, "arrow_patch", None)]
        rows = CHANGES[(CHANGES["unit"] == PHU_THO) & (CHANGES["year_to"] == 2023)]
        rows = rows.set_index("indicator").loc[PILLARS]
        assert [(t.xyann[0], t.xy[0]) for t in arrows] == list(
            zip(rows["rank_from"], rows["rank_to"], strict=True)
        )
        assert {to_hex(t.arrow_patch.get_facecolor()) for t in arrows} == {FALL}
        assert made.caption == (
            "From 2022 to 2023 Phú Thọ fell in 4 of 4 indicators, most in Digital economy (−38)."
        )
        assert "Overall index −20 (23 → 43)" in made.alt

    def test_years_that_do_not_compare_carry_a_warning(self):
        made = drawn("dumbbell, all")
        assert made.caption.endswith("The two years are not comparable.")

    @pytest.mark.parametrize(
        "draw",
        [
            lambda: figures.biggest_movers(CHANGES, 2023, 2024, "overall", EN),
            lambda: figures.changes_by_group(CHANGES, 2023, 2024, "overall", regions(), EN),
            lambda: figures.tile_grid(CHANGES, 2023, 2024, "overall", EN),
            lambda: figures.who_passed_whom(
                RANKS.assign(scheme=RANKS["year"]), PHU_THO, 2023, 2024, "overall", EN
            ),
            lambda: figures.who_passed_whom(
                RANKS, PHU_THO, 2023, 2024, "overall", EN, comparable=False
            ),
            lambda: figures.waterfall(
                PARTS, 23, 43, EN, unit_name="a", years=(2022, 2023), comparable=False
            ),
        ],
    )
    def test_every_figure_of_a_change_across_a_break_carries_it(self, draw):
        made = capture(draw)
        assert made.caption.endswith("The two years are not comparable.")
        assert "The two years are not comparable." in made.alt

    def test_years_that_compare_carry_none(self):
        for name in ("dumbbell", "movers", "groups", "tiles", "passed", "waterfall"):
            assert "not comparable" not in drawn(name).caption

    def test_years_of_two_schemes_that_compare_carry_none(self):
        ranks = RANKS.assign(scheme=RANKS["year"])
        made = capture(
            lambda: figures.who_passed_whom(
                ranks, PHU_THO, 2022, 2023, "overall", EN, comparable=True
            )
        )
        assert "not comparable" not in made.caption

    def test_a_unit_that_did_not_move(self):
        still = CHANGES.assign(rank_to=CHANGES["rank_from"], change=0)
        made = capture(
            lambda: figures.dumbbell(still, PHU_THO, 2022, 2023, EN, indicators=["overall"])
        )
        assert made.caption == "From 2022 to 2023 Phú Thọ kept its rank in 1 indicator."

    def test_unknown_years_are_an_error(self):
        with pytest.raises(ValueError, match="no change from 2019 to 2020 for unit 'VN-68'"):
            figures.dumbbell(CHANGES, PHU_THO, 2019, 2020, EN)

    @pytest.mark.parametrize("places", [(1, 1), (1, 2), (2, 1), (62, 63), (63, 63)])
    def test_the_years_keep_off_each_other_and_off_the_heading(self, places):
        moves = [Move("x", *places)]
        fig, ax = theme.styled(draw_moves)(moves, 63, 2015, 2016, EN)
        fig.draw_without_rendering()
        heads = [t for t in ax.texts if t.get_text() in ("2015", "2016", "change")]
        boxes = sorted((t.get_window_extent().x0, t.get_window_extent().x1) for t in heads)
        assert len(boxes) == 3
        assert all(a[1] < b[0] for a, b in pairwise(boxes))


class TestScoreAgainstRank:
    def test_the_higher_score_and_the_lower_rank(self):
        made = drawn("score")
        assert "scores higher than in 2022 (+0.049) and still falls" in made.caption
        assert "2022: 0.6126, 23rd; 2023: 0.6616, 43rd of 63." in made.alt
        arrow = next(t for t in made.fig.axes[0].texts if getattr(t, "arrow_patch", None))
        assert (arrow.xyann, arrow.xy) == ((0.6126, 23), (0.6616, 43))

    def test_all_units_of_both_years_are_points(self):
        made = drawn("score")
        before, now = made.fig.axes[0].lines[:2]
        for line, year in ((before, 2022), (now, 2023)):
            rows = RANKS[(RANKS["year"] == year) & (RANKS["indicator"] == "overall")]
            points = sorted(zip(line.get_xdata(), line.get_ydata(), strict=True))
            assert points == sorted(zip(rows["score"], rows["rank"].astype(float), strict=True))

    def test_scores_across_a_break_are_left_out(self):
        made = drawn("score, break")
        assert "2023" not in made.alt
        assert not any(getattr(t, "arrow_patch", None) for t in made.fig.axes[0].texts)


class TestWaterfall:
    def bars(self, fig):
        return [
            (bar.get_x(), bar.get_x() + bar.get_width(), to_hex(bar.get_facecolor()))
            for bar in fig.axes[0].patches
        ]

    def test_parts_follow_each_other(self):
        made = drawn("waterfall")
        bars = self.bars(made.fig)
        assert [end for _start, end, _color in bars] == [18.75, 8.5, 43]
        assert [start for start, _end, _color in bars[1:]] == [end for _start, end, _ in bars[:-1]]
        assert "$khác$ & <b>_x_</b>" in {t.get_text() for t in texts(made.fig)}

    def test_parts_that_do_not_add_up_are_an_error(self):
        with pytest.raises(ValueError, match="add up to -20; expected the change -19"):
            figures.waterfall(PARTS, 23, 42, EN, unit_name="a", years=(2022, 2023))


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

    def test_names_and_counts(self):
        made = drawn("passed")
        assert "was passed by 21 and itself passed 1: −20." in made.caption
        assert made.alt.endswith("Passed: Vĩnh Phúc.")
        colors = {t.get_text(): to_hex(t.get_color()) for t in made.fig.axes[0].texts}
        assert colors["6  Hà Nội"] == FALL
        assert colors["44  Vĩnh Phúc"] == RISE
        assert colors["43  Phú Thọ"] == HIGHLIGHT


class TestBands:
    def test_bands_cover_their_ends_and_a_rank_outside_is_said(self):
        made = drawn("bands")
        bars = [(b.get_x(), b.get_x() + b.get_width()) for b in made.fig.axes[0].patches]
        assert bars == [(37.5, 50.5), (9.5, 19.5), (1.5, 8.5)]
        assert made.caption.startswith("DTI 2023: 2 of 3 published ranks lie within")
        assert "Nam Định 22 (band 10–19, median 14)" in made.alt

    def test_recomputed_ranks_are_not_called_published(self):
        bands = BANDS.assign(published=[True, True, False])
        made = capture(lambda: figures.rank_bands(bands, 63, EN, subject="DTI 2023"))
        assert made.caption.startswith("DTI 2023: 2 of 3 ranks lie within")
        assert not any("published" in t.get_text() for t in texts(made.fig))

    def test_a_crossed_band_is_an_error(self):
        with pytest.raises(ValueError, match="crossed band for 'Phú Thọ'"):
            figures.rank_bands(BANDS.assign(low=60), 63, EN, subject="x")


class TestMovers:
    def test_the_biggest_each_way_and_the_highlight(self):
        made = capture(
            lambda: figures.biggest_movers(
                CHANGES, 2022, 2023, "overall", EN, top=2, highlight=PHU_THO
            )
        )
        rows = CHANGES[(CHANGES["year_to"] == 2023) & (CHANGES["indicator"] == "overall")]
        best, worst = rows["change"].max(), rows["change"].min()
        assert f"Cà Mau rose most (+{best})" in made.caption
        assert f"Vĩnh Phúc fell most (−{abs(worst)})" in made.caption
        arrows = [t for t in made.fig.axes[0].texts if getattr(t, "arrow_patch", None)]
        assert len(arrows) == 5 and "Phú Thọ −20 (23 → 43)" in made.alt

    def test_every_unit_is_a_point_in_its_group(self):
        made = drawn("groups")
        points = np.concatenate([c.get_offsets()[:, 0] for c in made.fig.axes[0].collections])
        rows = CHANGES[(CHANGES["year_to"] == 2023) & (CHANGES["indicator"] == "overall")]
        assert sorted(points) == sorted(rows["change"])


class TestTileGrid:
    def test_the_layout_has_every_unit_once_and_the_islands(self):
        layout = read_layout()
        codes = provinces()
        wanted = {"63": set(codes["iso_3166_2"]), "34": set("VN34-" + codes["new_gso_code_34"])}
        for unit_set, tiles in layout.groupby("unit_set"):
            assert not tiles.duplicated(["row", "col"]).any()
            main = tiles[tiles["part"] == ""]
            assert sorted(main["unit"]) == sorted(wanted[unit_set])
            assert set(tiles["part"]) == {"", "Hoàng Sa", "Trường Sa"}

    def test_the_layout_keeps_directions(self):
        tiles = read_layout().query("unit_set == '63' and part == ''").set_index("unit")
        assert tiles.loc["VN-59", "row"] == tiles["row"].max()  # Cà Mau, farthest south
        assert tiles.loc["VN-03", "row"] == tiles["row"].min()  # Hà Giang, farthest north
        assert tiles.loc["VN-71", "col"] == tiles["col"].min()  # Điện Biên, farthest west
        assert tiles.loc["VN-HN", "row"] < tiles.loc["VN-DN", "row"] < tiles.loc["VN-SG", "row"]

    @pytest.mark.parametrize("name", ["tiles", "tiles, 34"])
    def test_hoang_sa_and_truong_sa_are_always_shown(self, name):
        made = drawn(name, "vi")
        found = {t.get_text() for t in texts(made.fig)}
        assert {"Hoàng Sa", "Trường Sa", "(Đà Nẵng)", "(Khánh Hòa)"} <= found

    def test_the_ink_can_be_read_on_every_shade(self):
        def light(color):
            rgb = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
            linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
            return linear @ [0.2126, 0.7152, 0.0722]

        shades = [to_hex(theme.DIVERGING(share)) for share in np.linspace(0, 1, 101)]
        assert min((light(s) + 0.05) / (light(INK) + 0.05) for s in shades) >= 4.5

    def test_units_without_a_place_are_an_error(self):
        with pytest.raises(ValueError, match="not in the layout: XX-1"):
            figures.tile_grid(CHANGES.replace("VN-68", "XX-1"), 2022, 2023, "overall", EN)


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


def test_importing_figures_leaves_seaborn_alone():
    import subprocess
    import sys

    code = "import sys, helpers.report.figures; sys.exit('seaborn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_one_that_left_the_table_was_got_past():
    rows = [("a", 1, 1), ("b", 1, 2), ("c", 1, 3), ("b", 2, 1), ("c", 2, 2), ("d", 2, 3)]
    ranks = pd.DataFrame(rows, columns=["unit", "year", "rank"]).assign(unit_name="x")
    found = find_passed(ranks, "c", (1, 2))
    assert found["gain"].to_dict() == {"a": 1, "b": 0, "c": 0, "d": 0}
    assert found["gain"].sum() == 3 - 2


def test_a_table_of_every_second_year_has_a_path():
    even = RANKS[RANKS["year"].isin([2022, 2024])]
    over = CHANGES[CHANGES["year_to"] == 2024].assign(year_from=2022, comparable=True)
    over = over[over["unit_set"].isin(even.loc[even["unit"] == PHU_THO, "unit_set"])]
    made = capture(lambda: figures.trajectory(even, over, PHU_THO, "overall", EN))
    assert len(TestTrajectory().links(made.fig, HIGHLIGHT)) == 1
