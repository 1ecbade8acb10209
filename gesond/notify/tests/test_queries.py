from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from gesond.notify.models import OutboxMessage, State
from gesond.notify.queries import Outcome, dead_letters, delivery_state, outbox_health
from gesond.notify.tests.factories import queued

NOON = datetime(2026, 3, 25, 12, tzinfo=UTC)


@pytest.mark.django_db
def test_a_page_learns_of_the_newest_message_of_its_reference_in_one_query(django_assert_num_queries):
    queued(reference="activation:5")
    OutboxMessage.objects.update(state=State.FAILED, last_error="smpp submit_sm 0x0000000b")
    newest = queued(reference="activation:5")

    with django_assert_num_queries(1):
        state = delivery_state(reference="activation:5")
    assert (state.outcome, state.message_id, state.unreachable) == (Outcome.ON_ITS_WAY, newest.pk, False)


@pytest.mark.django_db
def test_no_reference_finds_no_message():
    queued()
    assert delivery_state(reference="").outcome is Outcome.UNKNOWN
    assert delivery_state(reference="other").outcome is Outcome.UNKNOWN


@pytest.mark.django_db
def test_dead_letters_show_their_reason_and_not_their_person(django_assert_num_queries):
    dead = queued()
    queued()
    OutboxMessage.objects.filter(pk=dead.pk).update(state=State.FAILED, last_error="smtp 550 5.1.1")
    with django_assert_num_queries(1):
        found = dead_letters()
        assert [(letter.pk, letter.last_error) for letter in found] == [(dead.pk, "smtp 550 5.1.1")]
    assert found[0].get_deferred_fields() == {"recipient", "content"}

    out = StringIO()
    call_command("dead_letters", stdout=out)
    assert "smtp 550 5.1.1" in out.getvalue()
    assert dead.recipient not in out.getvalue()


@pytest.mark.django_db
def test_the_operator_resends_a_dead_letter_and_only_that(sent_messages):
    dead, waiting = queued(), queued()
    OutboxMessage.objects.filter(pk=dead.pk).update(state=State.FAILED, last_error="smtp 550")
    call_command("resend_message", str(dead.pk), stdout=StringIO())
    assert {message.pk for message in sent_messages()} == {dead.pk, waiting.pk}
    for wrong in (str(waiting.pk), "not-an-id"):
        with pytest.raises(CommandError):
            call_command("resend_message", wrong)


@pytest.mark.django_db
def test_health_counts_what_waits_and_what_failed_and_the_metrics_say_it(run_jobs, client):
    with time_machine.travel(NOON, tick=False) as clock:
        queued()
        run_jobs()
        dead = queued(channel="sms", recipient="+352621123456")
        OutboxMessage.objects.filter(pk=dead.pk).update(state=State.FAILED, last_error="smpp")
        queued()
        clock.shift(timedelta(seconds=90))
        health = outbox_health()
        assert health.counts == {("sms", "failed"): 1, ("email", "queued"): 1}
        assert health.oldest_waiting == timedelta(seconds=90)
        metrics = client.get("/metrics").content.decode()
        assert 'gesond_outbox_messages{channel="sms",state="failed"} 1.0' in metrics
        assert "gesond_outbox_oldest_waiting_seconds 90.0" in metrics


@pytest.mark.django_db
def test_a_test_message_goes_to_an_address_or_a_number(sent_messages):
    call_command("send_test_message", "a@b.lu", "--language", "de", stdout=StringIO())
    call_command("send_test_message", "+352621123456", stdout=StringIO())
    mail, sms = sent_messages()
    assert mail.content["subject"] == "Testnachricht"
    assert sms.content["parts"] == "1"
    with pytest.raises(CommandError):
        call_command("send_test_message", "nobody")
