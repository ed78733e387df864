"""The explorer on the screen: widgets that set an `Explorer` and show what follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets
from IPython import display
from itables.widget import ITable

from helpers.errors import HelpersError
from helpers.index import catalog
from helpers.palette import FALL, HIGHLIGHT, MUTED
from helpers.report.explore import draw
from helpers.report.explore.state import Explorer, forget, indices
from helpers.tables.headline import REST
from helpers.words import languages

_LIVE, _STILL = ("ladder", "path", "band"), ("changes", "passed")
_LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}


class Panel:
    """The explorer's widgets; `box` is what a cell shows.

    Parameters
    ----------
    explorer
        What is set and shown.
    prepare
        Makes the tables of an index that is chosen.
    report
        Makes a report; takes index, unit, year and language, and returns its files.
    """

    def __init__(
        self,
        explorer: Explorer,
        prepare: Callable[[str], object] | None = None,
        report: Callable[[str, str, str, str], list[Path]] | None = None,
    ) -> None:
        self.state = explorer
        self._prepare, self._report = prepare, report
        self._busy = False
        whole = widgets.Layout(width="auto")
        self.index = widgets.Dropdown(layout=whole)
        self.lang = widgets.ToggleButtons(
            options=[(_LANGUAGES.get(one, one), one) for one in sorted(languages(), reverse=True)],
            style={"button_width": "88px"},
        )
        self.find = widgets.Text(continuous_update=True, layout=whole)
        self.found = widgets.Select(rows=5, layout=whole)
        self.year_from = widgets.Dropdown(layout=widgets.Layout(width="130px"))
        self.year = widgets.Dropdown(layout=widgets.Layout(width="130px"))
        self.weights = widgets.VBox()
        self.own = widgets.VBox()
        self.goal = widgets.IntSlider(min=1, max=2, layout=whole)
        self.reach = widgets.HTML()
        self.tabs = widgets.Tab(
            children=[self.weights, self.own, widgets.VBox([self.goal, self.reach])]
        )
        self.reset = widgets.Button(icon="undo")
        self.make = widgets.Button(icon="file-pdf-o", button_style="primary")
        self.said, self.status = widgets.HTML(), widgets.HTML()
        self.log = widgets.Output()
        self.views = {name: widgets.HTML() for name in (*_LIVE, *_STILL)}
        self.titles = {name: widgets.HTML() for name in (*_LIVE, *_STILL, "table")}
        self.table = ITable(
            paging=False, scrollY="320px", scrollCollapse=True, classes="display compact",
            style="width:100%", showIndex=False,
        )  # fmt: skip
        self.box = self._arrange()
        self._fill()
        self._listen()

    def _arrange(self) -> widgets.Widget:
        def beside(*children: widgets.Widget, width: str = "330px") -> widgets.Widget:
            layout = widgets.Layout(flex=f"1 1 {width}", min_width="300px", padding="0 8px")
            return widgets.VBox(list(children), layout=layout)

        def row(*children: widgets.Widget) -> widgets.Widget:
            return widgets.Box(list(children), layout=widgets.Layout(flex_flow="row wrap"))

        def view(name: str) -> widgets.Widget:
            return beside(self.titles[name], self.views[name])

        years = widgets.HBox([self.year_from, self.year])
        ask = beside(self.index, self.find, self.found, years, self.lang)
        turn = beside(self.tabs, widgets.HBox([self.reset, self.make]), self.status, self.log)
        return widgets.VBox(
            [
                self.said,
                row(turn, view("ladder")),
                row(ask, view("path")),
                row(view("band"), view("changes")),
                row(view("passed"), beside(self.titles["table"], self.table)),
            ]
        )

    def _listen(self) -> None:
        self.index.observe(lambda change: self._choose(self._take_index, change.new), "value")
        self.lang.observe(lambda change: self._choose(self.state.choose_lang, change.new), "value")
        self.found.observe(lambda change: self._choose(self.state.choose_unit, change.new), "value")
        self.find.observe(lambda change: self._search(change.new), "value")
        for one in (self.year_from, self.year):
            one.observe(lambda _: self._choose(self._take_years, None), "value")
        self.goal.observe(lambda change: self._turn(self.state.set_goal, change.new), "value")
        self.reset.on_click(lambda _: self._choose(lambda _: self.state.reset(), 0))
        self.make.on_click(lambda _: self._make())

    def _choose(self, change: Callable[[Any], object], value: Any) -> None:
        """Take another index, unit, years or language; what cannot be is said, and nothing set."""
        if self._busy or value == "":
            return
        with self._telling():
            change(value)
        self._fill()

    def _turn(self, change: Callable[..., object], *values: Any) -> None:
        """Follow a slider."""
        if not self._busy:
            change(*values)
            self._show(_LIVE)

    def _take_index(self, name: str) -> None:
        if self._prepare is not None:
            with self.log:
                display.clear_output()
                self._prepare(name)
            forget()
        self.state.choose_index(name)

    def _take_years(self, _: object) -> None:
        self.state.choose_years(self.year_from.value, self.year.value)

    def _search(self, text: str) -> None:
        """List who is meant by what was typed so far; choose the only one."""
        if self._busy:
            return
        found = self.state.search(text)
        with self._still():
            self.found.options = [(unit.name, unit.code) for unit in found]
            self.found.value = None
        if len(found) == 1:
            self._choose(self.state.choose_unit, found[0].code)

    def _make(self) -> None:
        """Make the report on the unit and year that are looked at, and link to it."""
        if self._report is None:
            return
        s = self.state
        with self._telling(), self.log:
            display.clear_output()
            made = self._report(s.index.name, s.unit.code, str(s.year), s.lang)
            for path in made:
                display.display(display.Markdown(f"[{path.name}](../{catalog.relative(path)})"))

    @contextmanager
    def _still(self) -> Iterator[None]:
        """Set widgets without their being taken for somebody's wish."""
        before, self._busy = self._busy, True
        try:
            yield
        finally:
            self._busy = before

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Say an error of the project below the sliders."""
        self.status.value = ""
        try:
            yield
        except HelpersError as error:
            self.status.value = f'<span style="color:{FALL}">{escape(str(error))}</span>'

    def _fill(self) -> None:
        """Bring all widgets in line with what is set."""
        s, w = self.state, self.state.case.words
        with self._still():
            self.index.options = list(indices(s.lang).items())
            self.index.value = s.index.name
            self.lang.value = s.lang
            self.find.placeholder = w._("Search: a name, diacritics or not")
            shown = s.search(self.find.value)
            shown = shown if s.unit in shown else s.search("")
            self.found.options = [(unit.name, unit.code) for unit in shown]
            self.found.value = s.unit.code
            self.year_from.options = [y for y in s.years if y < s.year] or [s.year]
            self.year_from.value = s.year_from
            self.year.options, self.year.value = s.full_years, s.year
            self.weights.children = self._weight_sliders()
            self.own.children = self._own_sliders()
            self.goal.max = len(s.ranks_as_is)
            self.goal.value, self.goal.description = s.goal, w._("rank")
        self.tabs.titles = (w._("Weights"), w._("What if"), w._("Goal"))
        self.reset.description, self.make.description = (
            w._("Back to published"),
            w._("Make the report"),
        )
        for name, title in {
            "ladder": w._("All units, re-ranked"),
            "path": w._("The path"),
            "band": w._("Rank under weights within 25% of these"),
            "changes": w._("Change in places, {years}", years=f"{s.year_from}–{s.year}"),
            "passed": w._("Who passed whom, {years}", years=f"{s.year_from}–{s.year}"),
            "table": w._("All units"),
        }.items():
            self.titles[name].value = f'<b style="color:{MUTED}">{escape(title)}</b>'
        self._show((*_LIVE, *_STILL))

    def _weight_sliders(self) -> list[widgets.Widget]:
        s = self.state
        if len(s.parts) < 2:
            return [self._note(s.case.words._("Only the headline is published: no weights."))]
        sliders = [
            self._slider(part, s.set_weight, lambda: s.weights, (0.0, 100.0), 0) for part in s.parts
        ]
        rule = s.case.words._("Whatever their sum, the weights count as shares of it.")
        return [*sliders, self._note(rule)]

    def _own_sliders(self) -> list[widgets.Widget]:
        s = self.state
        return [
            self._slider(part, s.set_own, s.scores, s.ends(part),
                         s.case.decimals(s.index.headline if part == REST else part))
            for part in s.parts
        ]  # fmt: skip

    def _slider(
        self, part: str, set_to: Callable[[str, float], None], held: Callable[[], dict[str, float]],
        ends: tuple[float, float], decimals: int,
    ) -> widgets.Widget:  # fmt: skip
        case, step = self.state.case, 10.0**-decimals
        name = case.part(part) if len(self.state.parts) > 1 else case.labels[case.index.headline]
        slider = widgets.FloatSlider(
            value=held()[part], min=ends[0], max=ends[1], step=step, continuous_update=True,
            readout_format=f".{decimals}f", layout=widgets.Layout(width="auto"),
        )  # fmt: skip

        def follow(change: Any) -> None:
            # A browser brings what is shown to whole steps; nobody asked for that.
            if abs(change.new - held()[part]) > step / 2:
                self._turn(set_to, part, change.new)

        slider.observe(follow, "value")
        label = widgets.HTML(f'<span style="line-height:1.2">{escape(name)}</span>')
        return widgets.VBox([label, slider])

    def _note(self, text: str) -> widgets.HTML:
        return widgets.HTML(f'<span style="color:{MUTED}">{escape(text)}</span>')

    def _show(self, views: tuple[str, ...]) -> None:
        """Draw views anew, and say where the unit stands."""
        s = self.state
        self.said.value = (
            f'<div style="font-size:18px;line-height:1.35;color:{HIGHLIGHT}"><b>'
            f"{escape(draw.say(s))}</b></div>"
        )
        for name in views:
            self.views[name].value = getattr(draw, name)(s)
        self.reach.value = draw.reach(s)
        w = s.case.words
        columns = [w._("Unit"), w._("Rank"), w._("As published"), w._("Shift"), w._("Score")]
        table = s.table().set_axis(columns, axis=1)
        decimals = s.case.decimals(s.index.headline)
        self.table.update(table.round({columns[-1]: decimals}), language={"search": w._("Search:")})


def open_panel(
    index: str = "",
    unit: str = "",
    year: int = 0,
    lang: str = "vi",
    *,
    prepare: Callable[[str], object] | None = None,
    report: Callable[[str, str, str, str], list[Path]] | None = None,
) -> widgets.Widget:
    """Return the explorer for a unit of an index; see `Explorer` and `Panel`."""
    if prepare is not None:
        prepare(index)
        forget()
    return Panel(Explorer(index, unit, year, lang), prepare, report).box
