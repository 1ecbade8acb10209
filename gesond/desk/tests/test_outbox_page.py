"""Dead letters at the desk."""

from pathlib import Path

import pytest
from django.urls import reverse

import gesond
from gesond.desk.message_names import MESSAGE_NAMES, message_name
from gesond.desk.tests.staff import at_the_desk
from gesond.identity.models import Role
from gesond.kernel.models import JournalEntry
from gesond.notify.actions import queue_message
from gesond.notify.models import OutboxMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def dead():
    message = queue_message(
        channel="email",
        recipient="perdue@example.org",
        template="notify/test_message",
        context={"operator": "x"},
        language="fr",
    )
    OutboxMessage.objects.filter(pk=message.pk).update(state="failed", last_error="550 no such mailbox")
    return message


def test_the_recipient_is_masked_and_the_text_not_shown(dead):
    page = at_the_desk(Role.HELPDESK).get(reverse("desk:outbox")).content.decode()
    assert "*****@example.org" in page
    assert "550 no such mailbox" in page
    assert "perdue" not in page
    assert "/resend/" not in page


def test_a_message_is_named_in_words():
    written = {
        f"{folder.parent.parent.name}/{folder.name}"
        for folder in Path(gesond.__file__).parent.glob("*/jinja2/*/messages/*")
        if folder.is_dir()
    }
    assert {name for name in written if message_name(name) == name} == set()
    assert set(MESSAGE_NAMES) <= written


def test_what_was_done_leads_back_to_the_channel_one_looked_at(dead):
    desk = at_the_desk(Role.SECURITY)
    desk.get(reverse("desk:outbox"), {"channel": "email"})
    answer = desk.post(reverse("desk:outbox_discard", args=[dead.pk]))
    assert answer["Location"] == reverse("desk:outbox") + "?channel=email"


def test_security_sends_again(dead, sent_messages):
    at_the_desk(Role.SECURITY).post(reverse("desk:outbox_resend", args=[dead.pk]))
    assert [message.pk for message in sent_messages()] == [dead.pk]


def test_security_lays_aside_and_it_is_journalled(dead):
    desk = at_the_desk(Role.SECURITY)
    desk.post(reverse("desk:outbox_discard", args=[dead.pk]))
    dead.refresh_from_db()
    assert dead.state == "withdrawn"
    assert JournalEntry.objects.get(event="message.discarded").actor == f"staff:{desk.account.pk}"
    assert desk.post(reverse("desk:outbox_discard", args=[dead.pk]), follow=True).status_code == 200


def test_a_message_that_was_sent_cannot_be_sent_again(dead):
    OutboxMessage.objects.filter(pk=dead.pk).update(state="queued", last_error="")
    at_the_desk(Role.SECURITY).post(reverse("desk:outbox_resend", args=[dead.pk]))
    assert not JournalEntry.objects.filter(event="message.resent").exists()


def test_as_many_queries_however_many_dead(dead, django_assert_num_queries):
    desk = at_the_desk(Role.SECURITY)
    with django_assert_num_queries(6):  # session, staff, two of health, count, messages
        desk.get(reverse("desk:outbox"))
