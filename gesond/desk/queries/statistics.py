"""Charts of what was counted by day."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gesond.desk.actions import today
from gesond.desk.models import DailyFigure, Measure
from gesond.web.charts import Bars, Chart, Series

NAMES: dict[str, str | Promise] = {
    Measure.LETTERS: _("Letters issued"),
    Measure.BEGUN: _("Activations begun"),
    Measure.PASSWORD: _("Password chosen"),
    Measure.CODE_SENT: _("Code sent to mobile or e-mail"),
    Measure.OPENED: _("Accounts opened"),
    Measure.FINISHED: _("Activations finished"),
    Measure.SIGN_INS: _("Sign-ins"),
    Measure.CODES_SENT: _("Codes sent"),
    Measure.CODES_USED: _("Codes used"),
    Measure.CODES_WRONG: _("Wrong codes typed"),
    Measure.FAILED_EMAIL: _("E-mails not delivered"),
    Measure.FAILED_SMS: _("SMS not delivered"),
    Measure.FAILED_LETTER: _("Letters not delivered"),
}
STEPS = (Measure.BEGUN, Measure.PASSWORD, Measure.CODE_SENT, Measure.OPENED, Measure.FINISHED)
FAILURES = [Measure.FAILED_EMAIL, Measure.FAILED_SMS, Measure.FAILED_LETTER]
DAYS_IN_A_PICTURE = 100

Figures = dict[tuple[date, str], int]


@dataclass(frozen=True)
class Statistics:
    activations: Chart
    steps: Bars
    codes: Chart
    sign_ins: Chart
    failures: Chart


def statistics(days: int) -> Statistics:
    """The charts of the last `days` days, today included. One query."""
    last = today()
    first = last - timedelta(days=days - 1)
    figures = figures_of(first, last)
    weekly = _by_monday(figures)
    return Statistics(
        activations=_by_week(weekly, first, last, _("Activations by week"), [Measure.BEGUN, Measure.OPENED]),
        steps=_steps(figures),
        codes=_by_week(weekly, first, last, _("Codes by week"), [Measure.CODES_SENT, Measure.CODES_USED]),
        sign_ins=_by_week(weekly, first, last, _("Sign-ins by week"), [Measure.SIGN_INS]),
        failures=_failures(figures, weekly, first, last),
    )


def figures_of(first: date, last: date) -> Figures:
    """By day and measure; what is not there is nought."""
    rows = DailyFigure.objects.filter(day__range=(first, last)).order_by("day", "measure")
    return {(day, measure): value for day, measure, value in rows.values_list("day", "measure", "value")}


def figure_rows(days: int) -> list[tuple[str, str, int]]:
    """For the file: day, measure, value, as they were counted."""
    last = today()
    figures = figures_of(last - timedelta(days=days - 1), last)
    return [(day.isoformat(), measure, value) for (day, measure), value in figures.items()]


def _by_week(weekly: Figures, first: date, last: date, title: Promise, measures: list[Measure]) -> Chart:
    weeks = _weeks(first, last)
    series = [Series(name=NAMES[one], values=[weekly.get((week, one.value), 0) for week in weeks]) for one in measures]
    labels = [_short(week) for week in weeks]
    return Chart(title=title, first=_("Week from"), labels=labels, series=series)


def _failures(figures: Figures, weekly: Figures, first: date, last: date) -> Chart:
    """By day; over a long time by week: a year of days is no picture any more."""
    if (last - first).days >= DAYS_IN_A_PICTURE:
        return _by_week(weekly, first, last, _("Deliveries that failed, by week"), FAILURES)
    return _by_day(figures, first, last, _("Deliveries that failed, by day"), FAILURES)


def _by_day(figures: Figures, first: date, last: date, title: Promise, measures: list[Measure]) -> Chart:
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    series = [Series(name=NAMES[one], values=[figures.get((day, one.value), 0) for day in days]) for one in measures]
    return Chart(title=title, first=_("Day"), labels=[_short(day) for day in days], series=series, kind="lines")


def _by_monday(figures: Figures) -> Figures:
    """Summed up over each week, by its first day."""
    sums: Figures = defaultdict(int)
    mondays = {day: _monday(day) for day, _measure in figures}
    for (day, measure), value in figures.items():
        sums[mondays[day], measure] += value
    return sums


def _steps(figures: Figures) -> Bars:
    """Of those who began, how many came so far: the step after which the bar shortens is where people stop."""
    sums: dict[str, int] = defaultdict(int)
    for (_day, measure), value in figures.items():
        sums[measure] += value
    counts = [(NAMES[step], sums[step.value]) for step in STEPS]
    return Bars(title=_("How far activations come"), first=_("Step"), counts=counts, whole=sums[Measure.BEGUN.value])


def _weeks(first: date, last: date) -> list[date]:
    start = _monday(first)
    return [start + timedelta(weeks=number) for number in range((last - start).days // 7 + 1)]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _short(day: date) -> str:
    return date_format(day, "j.n.y")
