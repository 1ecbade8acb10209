"""Figures counted once, and the pages that show them."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation

from gesond.desk.actions import roll_up_figures, today
from gesond.desk.models import DailyFigure, Measure
from gesond.desk.queries.statistics import statistics, sums_of
from gesond.desk.tests.staff import at_the_desk
from gesond.identity.models import Role
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.journal import SYSTEM
from gesond.notify.models import OutboxMessage

pytestmark = pytest.mark.django_db


def told(event, at, chain="person:1", **details):
    with time_machine.travel(at, tick=False):
        journal.record(actor=SYSTEM, event=event, chain=chain, details=details)


def figures():
    return {(row.day, row.measure): row.value for row in DailyFigure.objects.all()}


def test_a_day_is_luxembourg_s():
    told("account.opened", datetime(2026, 3, 1, 23, 30, tzinfo=UTC))  # half past midnight there
    roll_up_figures(actor=SYSTEM, first=date(2026, 3, 1), last=date(2026, 3, 2))
    assert figures() == {(date(2026, 3, 2), Measure.OPENED.value): 1}


def test_counting_again_changes_nothing_and_forgets_nothing():
    told("code.sent", datetime(2026, 3, 2, 12, tzinfo=UTC), purpose="activation")
    told("code.sent", datetime(2026, 3, 2, 13, tzinfo=UTC), purpose="activation")
    told("code.sent", datetime(2026, 3, 2, 13, tzinfo=UTC), chain="person:2", purpose="sign_in")
    DailyFigure.objects.create(day=date(2026, 2, 1), measure=Measure.OPENED, value=9)
    for _time in range(2):
        roll_up_figures(actor=SYSTEM, first=date(2026, 3, 1), last=date(2026, 3, 2))
    assert figures() == {
        (date(2026, 2, 1), "opened"): 9,
        (date(2026, 3, 2), "codes_sent"): 3,
        (date(2026, 3, 2), "code_sent"): 1,  # one person, however often the code was sent
    }


def test_deliveries_that_failed_count_even_when_laid_aside():
    for state, error in (("failed", "no"), ("withdrawn", "no"), ("withdrawn", ""), ("queued", "later")):
        OutboxMessage.objects.create(
            channel="sms",
            template="x",
            language="fr",
            recipient="+352621000001",
            recipient_hash=b"x" * 16,
            state=state,
            last_error=error,
            next_attempt_at=now(),
        )
    roll_up_figures(actor=SYSTEM, first=today(), last=today())
    assert figures() == {(today(), "failed_sms"): 2}


def test_the_command_counts_past_days(capsys):
    told("account.opened", now() - timedelta(days=40))
    call_command("roll_up_figures", "--since", (today() - timedelta(days=50)).isoformat())
    assert DailyFigure.objects.get().measure == Measure.OPENED


def test_a_week_has_the_sum_of_its_days_and_failures_their_day():
    desk = at_the_desk(Role.REGISTRY)
    with time_machine.travel(datetime(2026, 3, 18, 12, tzinfo=UTC), tick=False):  # a Wednesday
        for day, measure, value in (
            (date(2026, 3, 9), Measure.SIGN_INS, 1000),
            (date(2026, 3, 15), Measure.SIGN_INS, 234),
            (date(2026, 3, 16), Measure.SIGN_INS, 77),
            (date(2026, 3, 10), Measure.FAILED_SMS, 5),
            (date(2026, 3, 12), Measure.FAILED_SMS, 6),
        ):
            DailyFigure.objects.create(day=day, measure=measure, value=value)
        short = statistics(sums_of(30))
        long = statistics(sums_of(365))
    for charts in (short, long):
        sign_ins = dict(charts.sign_ins.rows)
        assert (sign_ins["9.3.26"], sign_ins["16.3.26"]) == ([1234], [77])
    assert dict(short.failures.rows)["10.3.26"] == [0, 5, 0]
    assert dict(long.failures.rows)["9.3.26"] == [0, 11, 0]
    assert desk.get(reverse("desk:statistics"), {"period": 365}).status_code == 200


def test_a_figure_that_changed_is_drawn_anew_and_each_language_has_its_own_charts():
    desk = at_the_desk(Role.REGISTRY)
    for value in (41, 4242):
        DailyFigure.objects.update_or_create(day=today(), measure=Measure.SIGN_INS, defaults={"value": value})
        assert f">{value}</td>" in desk.get(reverse("desk:statistics")).content.decode()
    with translation.override("de"):
        assert "Anmeldungen" in desk.get(reverse("desk:statistics")).content.decode()


def test_the_page_takes_three_queries_whatever_the_period(django_assert_num_queries):
    desk = at_the_desk(Role.REGISTRY)
    for number in range(60):
        DailyFigure.objects.create(day=today() - timedelta(days=number), measure=Measure.BEGUN, value=number)
    for period in ("30", "365"):
        with django_assert_num_queries(3):  # session, staff, figures
            page = desk.get(reverse("desk:statistics"), {"period": period}).content.decode()
        assert "<rect" in page
        assert "style=" not in page


def test_a_period_nobody_offers_is_the_usual_one():
    assert at_the_desk(Role.REGISTRY).get(reverse("desk:statistics"), {"period": "99999999"}).status_code == 200


def test_the_file_has_a_line_for_each_figure():
    DailyFigure.objects.create(day=today(), measure=Measure.OPENED, value=7)
    answer = at_the_desk(Role.REGISTRY).get(reverse("desk:statistics_file"))
    assert answer["Content-Type"].startswith("text/csv")
    assert answer.content.decode().splitlines() == ["day,measure,value", f"{today().isoformat()},opened,7"]
