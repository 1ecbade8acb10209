import logging
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from gesond.notify import delivery, sweeping
from gesond.notify.backoff import DELAYS, attempts_allowed, delay_after
from gesond.notify.channels import PermanentError, TemporaryError, ThrottledError
from gesond.notify.models import Channel, OutboxMessage, State
from gesond.notify.queries import Outcome, delivery_state
from gesond.notify.tests.factories import environment, queued

NOON = datetime(2026, 3, 25, 12, tzinfo=UTC)


class Postman:
    """A channel that does what the test says: each of `answers` in turn, then takes everything."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.taken = []

    def send(self, message):
        if self.answers and (answer := self.answers.pop(0)):
            raise answer
        self.taken.append(message)
        return "postman-1"


@pytest.fixture
def postman(monkeypatch):
    def employ(*answers):
        one = Postman(*answers)
        monkeypatch.setattr(delivery, "sender_for", lambda channel: one)
        return one

    return employ


@pytest.mark.django_db
def test_a_message_is_sent_and_marked(run_jobs):
    message = queued()
    run_jobs()

    message.refresh_from_db()
    assert (message.state, message.attempts, message.provider_reference) == (State.SENT, 1, "kept")
    assert message.sent_at is not None


@pytest.mark.django_db
@pytest.mark.parametrize("keep", [True, False])
def test_the_text_is_erased_once_sent_unless_the_demo_keeps_it(keep, settings, run_jobs):
    settings.ENVIRONMENT = environment(keep_message_bodies=keep)
    message = queued()
    run_jobs()
    message.refresh_from_db()
    assert (message.content is not None) is keep


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_inside_a_transaction(monkeypatch, run_jobs):
    class Watchman(Postman):
        def send(self, message):
            assert not connection.in_atomic_block
            assert OutboxMessage.objects.get(pk=message.id).state == State.SENDING
            return super().send(message)

    one = Watchman()
    monkeypatch.setattr(delivery, "sender_for", lambda channel: one)
    queued()
    run_jobs()
    assert len(one.taken) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.SMS])
def test_attempts_follow_the_schedule_and_then_the_letter_is_dead(channel, postman, run_jobs):
    one = postman(*[TemporaryError("smtp 451")] * 20)
    recipient = "+352621123456" if channel == Channel.SMS else "a@b.lu"
    with time_machine.travel(NOON, tick=False) as clock:
        message = queued(channel=channel, recipient=recipient, reference="try:1")
        for number, seconds in enumerate(DELAYS[channel], start=1):
            run_jobs()
            message.refresh_from_db()
            assert (message.state, message.attempts) == (State.QUEUED, number)
            assert delivery_state(reference="try:1").outcome is Outcome.DELAYED
            waited = (message.next_attempt_at - datetime.now(UTC)).total_seconds()
            assert seconds * 0.8 <= waited <= seconds * 1.2
            assert run_jobs() == []
            clock.move_to(message.next_attempt_at)
        run_jobs()

    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.FAILED, attempts_allowed(channel))
    assert message.last_error == "smtp 451"
    assert not one.taken
    assert delivery_state(reference="try:1").unreachable


def test_the_same_message_waits_the_same_and_others_differently():
    message, other = queued_ids()
    assert delay_after("email", 3, message) == delay_after("email", 3, message)
    assert delay_after("email", 3, message) != delay_after("email", 3, other)
    assert delay_after("sms", 5, message) is None


def queued_ids():
    import uuid

    return uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.mark.django_db
def test_a_message_that_was_refused_at_first_is_sent_later(postman, run_jobs):
    one = postman(TemporaryError("smtp 451"))
    with time_machine.travel(NOON, tick=False) as clock:
        message = queued()
        run_jobs()
        clock.shift(timedelta(seconds=15))
        run_jobs()
    message.refresh_from_db()
    assert (message.state, message.attempts, message.last_error) == (State.SENT, 2, "")
    assert [taken.id for taken in one.taken] == [message.pk]


@pytest.mark.django_db
def test_a_permanent_refusal_is_not_tried_again(postman, run_jobs):
    one = postman(PermanentError("smtp 550 5.1.1"))
    message = queued(reference="try:1")
    assert run_jobs() == ["notify.deliver"]
    message.refresh_from_db()
    assert (message.state, message.last_error, message.content is None) == (State.FAILED, "smtp 550 5.1.1", False)
    assert not one.taken
    assert delivery_state(reference="try:1").unreachable


@pytest.mark.django_db
def test_throttling_waits_as_asked_and_does_not_count(postman, run_jobs):
    postman(*[ThrottledError("gateway 429", timedelta(minutes=7))] * 8)
    with time_machine.travel(NOON, tick=False) as clock:
        message = queued(channel="sms", recipient="+352621123456")
        for _ in range(8):
            run_jobs()
            message.refresh_from_db()
            assert (message.state, message.attempts) == (State.QUEUED, 0)
            assert message.next_attempt_at == datetime.now(UTC) + timedelta(minutes=7)
            clock.move_to(message.next_attempt_at)
        run_jobs()
    message.refresh_from_db()
    assert message.state == State.SENT


@pytest.mark.django_db
def test_an_expired_message_is_not_sent_and_its_text_erased(postman, run_jobs, settings):
    settings.ENVIRONMENT = environment(keep_message_bodies=False)
    one = postman()
    with time_machine.travel(NOON, tick=False) as clock:
        message = queued(expires_at=NOON + timedelta(minutes=15), reference="code:1")
        clock.shift(timedelta(minutes=15))
        run_jobs()
    message.refresh_from_db()
    assert (message.state, message.content, one.taken) == (State.EXPIRED, None, [])
    assert delivery_state(reference="code:1").outcome is Outcome.EXPIRED


@pytest.mark.django_db
def test_the_person_learns_at_once_when_no_attempt_is_left_before_the_code_expires(postman, run_jobs):
    postman(TemporaryError("smpp: no connection"))
    with time_machine.travel(NOON, tick=False):
        message = queued(expires_at=NOON + timedelta(seconds=5))
        run_jobs()
    message.refresh_from_db()
    assert (message.state, message.last_error) == (State.FAILED, "smpp: no connection until it expired")


@pytest.mark.django_db
def test_a_defect_of_ours_is_retried_and_its_words_are_not_kept(postman, run_jobs, caplog):
    postman(KeyError("Hortense Secret"))
    caplog.set_level(logging.DEBUG)
    message = queued(recipient="hortense.secret@example.lu")
    run_jobs()
    message.refresh_from_db()
    assert (message.state, message.last_error) == (State.QUEUED, "defect: KeyError")
    assert "ecret" not in caplog.text


@pytest.mark.django_db
def test_logs_name_the_message_and_never_the_person(run_jobs, caplog):
    caplog.set_level(logging.DEBUG)
    message = queued(recipient="hortense.secret@example.lu", context={"operator": "Hortense Secret"})
    run_jobs()
    assert str(message.pk) in caplog.text
    assert "ecret" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_two_workers_racing_for_one_message_send_it_once(monkeypatch):
    start, one = threading.Barrier(2), Postman()
    monkeypatch.setattr(delivery, "sender_for", lambda channel: one)
    message = queued()

    def work():
        start.wait(10)
        delivery.deliver_message(message.pk)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    message.refresh_from_db()
    assert (len(one.taken), message.state, message.attempts) == (1, State.SENT, 1)


@pytest.mark.django_db
def test_a_crash_between_sending_and_marking_loses_nothing_and_the_second_bears_the_same_marks(
    postman, run_jobs, monkeypatch
):
    class PowerCut(BaseException):
        pass

    def cut(*arguments):
        raise PowerCut

    one = postman()
    with time_machine.travel(NOON, tick=False) as clock:
        message = queued()
        with monkeypatch.context() as patch:
            patch.setattr(delivery, "_mark_sent", cut)
            with pytest.raises(PowerCut):
                run_jobs()
        message.refresh_from_db()
        assert (message.state, len(one.taken)) == (State.SENDING, 1)

        sweeping.sweep()
        assert run_jobs() == []  # the lease still runs: the worker may only be slow

        clock.shift(delivery.LEASE + timedelta(seconds=1))
        sweeping.sweep()
        run_jobs()

    message.refresh_from_db()
    assert message.state == State.SENT
    first, second = one.taken
    assert (first.id, first.created_at) == (second.id, second.created_at)


@pytest.mark.django_db
def test_a_message_that_stops_its_worker_each_time_becomes_a_dead_letter():
    message = queued()
    OutboxMessage.objects.update(
        state=State.SENDING, claimed_at=datetime.now(UTC) - timedelta(hours=1), attempts=attempts_allowed("email")
    )
    sweeping.sweep()
    message.refresh_from_db()
    assert (message.state, message.last_error) == (State.FAILED, sweeping.INTERRUPTED)


@pytest.mark.django_db
def test_a_slow_sender_whose_lease_ran_out_still_marks_what_it_sent(monkeypatch):
    message = queued()
    claimed = delivery.claim(message.pk)
    OutboxMessage.objects.update(state=State.QUEUED)
    delivery._mark_sent(claimed, "ref")
    message.refresh_from_db()
    assert message.state == State.SENT


@pytest.mark.django_db
def test_a_slow_sender_whose_claim_is_gone_cannot_fail_the_message():
    message = queued()
    slow = delivery.claim(message.pk)
    OutboxMessage.objects.update(state=State.QUEUED)
    delivery.claim(message.pk)
    delivery._give_up(slow, "smtp 550")
    message.refresh_from_db()
    assert message.state == State.SENDING


@pytest.mark.django_db
def test_a_row_whose_job_was_lost_is_queued_again_and_one_whose_job_waits_is_not(sent_messages):
    with time_machine.travel(NOON, tick=False) as clock:
        lost, waiting = queued(), queued()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE args->>'message_id' = %s", [str(lost.pk)])
        clock.shift(timedelta(minutes=2))
        sweeping.sweep()
        jobs = ProcrastinateJob.objects.filter(task_name="notify.deliver", status="todo")
        assert sorted(job.args["message_id"] for job in jobs) == sorted([str(lost.pk), str(waiting.pk)])
        assert len(sent_messages()) == 2


@pytest.mark.django_db
def test_the_night_erases_old_texts_and_forgets_old_rows(settings):
    settings.ENVIRONMENT = environment(keep_message_bodies=False)
    with time_machine.travel(NOON, tick=False) as clock:
        dead, waiting = queued(), queued()
        OutboxMessage.objects.filter(pk=dead.pk).update(state=State.FAILED, last_error="smtp 550")
        clock.shift(timedelta(days=31))
        sweeping.prune()
        dead.refresh_from_db()
        assert dead.content is None
        clock.shift(timedelta(days=60))
        sweeping.prune()
    assert list(OutboxMessage.objects.values_list("pk", flat=True)) == [waiting.pk]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("DELIVRD", Outcome.DELIVERED),
        ("UNDELIV", Outcome.FAILED),
        ("REJECTD", Outcome.FAILED),
        ("ACCEPTD", Outcome.SENT),
    ],
)
def test_a_receipt_tells_what_became_of_an_sms(outcome, expected, postman, run_jobs):
    postman()
    queued(reference="code:1")
    run_jobs()
    assert delivery.take_receipt(provider_reference="postman-1", outcome=outcome)
    assert delivery_state(reference="code:1").outcome is expected


@pytest.mark.django_db
def test_a_receipt_for_nobody_is_let_go():
    assert not delivery.take_receipt(provider_reference="nobody's", outcome="DELIVRD")
