"""Charts drawn by the server as SVG, without script or style of their own; their figures stand beside them as a table.

`web/components/chart.jinja` draws what is worked out here: `{{ chart(a_chart) }}` for what goes on in time (columns or
lines), `{{ bars(some_bars) }}` for shares of a whole (answers of a poll, steps of a walk).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor, log10

from django.utils.functional import Promise

Text = str | Promise

WIDTH, HEIGHT = 880, 320
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 16, 36
PLOT_WIDTH, PLOT_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
TICKS = 4
# A label needs some room: of many, every second, third… is written.
LABEL_WIDTH = 84
COLUMN_SHARE = 0.7
DASHES = ("", "8 5", "2 5", "12 4 2 4")


@dataclass(frozen=True, kw_only=True)
class Series:
    """One row of numbers, as many as the chart has labels."""

    name: Text
    values: Sequence[int]


@dataclass(frozen=True)
class Tick:
    y: float
    value: int


@dataclass(frozen=True)
class Label:
    x: float
    text: Text


@dataclass(frozen=True)
class Column:
    x: float
    y: float
    width: float
    height: float
    number: int  # of its series, from 1
    says: str


@dataclass(frozen=True)
class Line:
    points: str
    number: int
    dash: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    """At most four series. `kind`: `columns` or `lines`; `first` is the heading of the labels' column in the table."""

    title: Text
    first: Text
    labels: Sequence[Text]
    series: Sequence[Series]
    kind: str = "columns"
    empty: Text = ""

    @property
    def is_empty(self) -> bool:
        return not any(any(one.values) for one in self.series)

    @property
    def rows(self) -> list[tuple[Text, list[int]]]:
        """The table's: a label and each series' number."""
        return [(label, [one.values[place] for one in self.series]) for place, label in enumerate(self.labels)]

    @cached_property
    def top(self) -> int:
        """Where the scale ends: a round number not below any value."""
        return round_up(max((value for one in self.series for value in one.values), default=0))

    def ticks(self) -> list[Tick]:
        step = self.top // TICKS if self.top % TICKS == 0 else self.top
        return [Tick(self._y(value), value) for value in range(0, self.top + 1, step)]

    def shown_labels(self) -> list[Label]:
        every = ceil(len(self.labels) * LABEL_WIDTH / PLOT_WIDTH) or 1
        places = range(0, len(self.labels), every)
        return [Label(round(self._middle(place), 1), self.labels[place]) for place in places]

    def columns(self) -> list[Column]:
        """Side by side within each label's room; each says its own figure."""
        room = PLOT_WIDTH / max(len(self.labels), 1)
        width = room * COLUMN_SHARE / max(len(self.series), 1)
        return [
            Column(
                x=round(LEFT + place * room + room * (1 - COLUMN_SHARE) / 2 + (number - 1) * width, 1),
                y=self._y(value),
                width=round(width, 1),
                height=round(value / self.top * PLOT_HEIGHT, 1),
                number=number,
                says=f"{self.labels[place]}: {value}" + (f" ({one.name})" if len(self.series) > 1 else ""),
            )
            for number, one in enumerate(self.series, start=1)
            for place, value in enumerate(one.values)
            if value
        ]

    def lines(self) -> list[Line]:
        """Told apart by their dashes too, not by colour alone."""
        return [
            Line(self._points(one), number, DASHES[(number - 1) % len(DASHES)])
            for number, one in enumerate(self.series, start=1)
        ]

    def _points(self, one: Series) -> str:
        return " ".join(f"{self._middle(place):.1f},{self._y(value)}" for place, value in enumerate(one.values))

    def _middle(self, place: int) -> float:
        return LEFT + (place + 0.5) * PLOT_WIDTH / max(len(self.labels), 1)

    def _y(self, value: int) -> float:
        return round(TOP + PLOT_HEIGHT * (1 - value / self.top), 1)


@dataclass(frozen=True)
class Bar:
    """One answer: how many, and its share of `Bars.whole` in per cent."""

    label: Text
    value: int
    percent: int
    width: float


@dataclass(frozen=True, kw_only=True)
class Bars:
    """Shares of a whole, from (label, number). `whole`: what 100 % is; the sum when it is not said."""

    title: Text
    first: Text
    counts: Sequence[tuple[Text, int]]
    whole: int | None = None
    empty: Text = ""

    @property
    def is_empty(self) -> bool:
        return not any(value for _, value in self.counts)

    @property
    def bars(self) -> list[Bar]:
        whole = self.whole if self.whole is not None else sum(value for _, value in self.counts)
        shares = [(label, value, value / whole * 100 if whole else 0) for label, value in self.counts]
        return [Bar(label, value, floor(share + 0.5), round(min(share, 100), 1)) for label, value, share in shares]


def round_up(value: int) -> int:
    """A round number not below it that four ticks divide evenly: 4, 8, 12, 20, 40, 60, 80, 100, 200…"""
    if value <= TICKS:
        return TICKS
    unit = 10 ** floor(log10(value))
    for factor in (1, 2, 4, 6, 8, 10):
        top = factor * unit
        if value <= top and top % TICKS == 0:
            return int(top)
    return int(ceil(value / TICKS) * TICKS)
