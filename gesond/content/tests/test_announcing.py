"""Telling of events and polls: S1-25 to S1-27, and the way out of it."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from gesond.content.actions import announcing
from gesond.content.actions.announcing import begin_announcements, tell_batch, tell_everybody
from gesond.content.actions.editing import edit_content, release_content, withdraw_content
from gesond.content.models import Announcement
from gesond.content.tests.factories import EventFactory, PollFactory, reader
from gesond.content.unsubscribing import BadLinkError, account_of_token, unsubscribe_address
from gesond.identity.models import Account
from gesond.identity.tests.factories import AccountFactory
from gesond.identity.tests.walking import at_once
from gesond.kernel.clock import now
from gesond.kernel.journal import SYSTEM
from gesond.kernel.models import JournalEntry
from gesond.notify.channels import Outgoing
from gesond.notify.channels.email import build_email
from gesond.notify.models import OutboxMessage

pytestmark = pytest.mark.django_db


def announce():
    begin_announcements()
    return tell_everybody()


def told():
    return sorted(message.recipient for message in OutboxMessage.objects.all())


class TestWhoIsTold:
    def test_who_left_the_box_ticked_and_has_an_address(self):
        reader(1)
        reader(2, notify_events=False)
        reader(3, state="suspended")
        AccountFactory(email=None)
        EventFactory()
        assert announce() == 1
        assert told() == ["reader1@example.org"]

    def test_the_two_boxes_are_two(self):
        reader(1, notify_polls=False)
        reader(2, notify_events=False)
        PollFactory()
        announce()
        assert told() == ["reader2@example.org"]

    @pytest.mark.parametrize(
        "fields",
        [
            {"announced": False},
            {"called_off": True},
            {"state": "draft"},
            {"publish_at": now() + timedelta(days=1)},
            {"starts_at": now() - timedelta(hours=1)},
        ],
        ids=["not to be announced", "called off", "draft", "scheduled", "begun"],
    )
    def test_nobody_is_told_of_what_is_not_to_be_told(self, fields):
        reader()
        EventFactory(**fields)
        assert announce() == 0

    def test_a_scheduled_event_is_told_when_its_time_has_come(self):
        reader()
        EventFactory(publish_at=now() + timedelta(days=1))
        assert announce() == 0
        with time_machine.travel(now() + timedelta(days=1, minutes=1)):
            assert announce() == 1

    def test_it_is_told_in_the_accounts_language_with_link_and_way_out(self):
        reader(language="de")
        event = EventFactory(title="Abend")
        announce()
        content = OutboxMessage.objects.get().content
        assert content["subject"] == "Veranstaltung: Abend de"
        for part in (content["text"], content["html"]):
            assert f"/de/events/{event.pk}/" in part
            assert content["list_unsubscribe"] in part
            assert "unsubscribe.invalid" not in part


class TestOnce:
    def test_a_second_run_tells_nobody(self):
        reader()
        EventFactory()
        assert (announce(), announce()) == (1, 0)

    def test_withdrawn_edited_and_published_again_it_is_not_told_again(self):
        reader()
        event = EventFactory()
        announce()
        event = withdraw_content(actor=SYSTEM, item=event)
        event = edit_content(actor=SYSTEM, item=event, revision=event.revision, values={"texts": event.texts})
        release_content(actor=SYSTEM, item=event)
        assert announce() == 0

    def test_a_run_that_was_stopped_goes_on_where_it_was(self, monkeypatch):
        for number in range(5):
            reader(number)
        EventFactory()
        begin_announcements()
        announcement = Announcement.objects.get()
        assert tell_batch(announcement.pk, 2) == 2

        def stop(*args, **kwargs):
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(announcing, "_keep", stop)
            with pytest.raises(KeyboardInterrupt):
                tell_batch(announcement.pk, 2)
        assert len(told()) == 2  # what the stopped batch wrote went with it
        assert tell_everybody() == 3
        assert told() == [f"reader{number}@example.org" for number in range(5)]
        announcement.refresh_from_db()
        assert (announcement.told, announcement.finished_at is None) == (5, False)
        assert JournalEntry.objects.get(event="content.announced").details == {"told": 5}

    def test_what_is_withdrawn_in_the_middle_waits(self):
        for number in range(4):
            reader(number)
        event = EventFactory()
        begin_announcements()
        tell_batch(Announcement.objects.get().pk, 2)
        event = withdraw_content(actor=SYSTEM, item=event)
        assert tell_everybody() == 0
        release_content(actor=SYSTEM, item=event)
        assert tell_everybody() == 2

    def test_a_cursor_put_back_tells_nobody_twice(self):
        reader()
        EventFactory()
        announce()
        Announcement.objects.update(after_account=0, finished_at=None)
        assert tell_everybody() == 0
        assert len(told()) == 1

    def test_the_queue_delivers_them_after_everything_else(self, sent_messages):
        from procrastinate.contrib.django.models import ProcrastinateJob

        reader()
        EventFactory()
        announce()
        assert ProcrastinateJob.objects.get(task_name="notify.deliver").priority < 0
        assert [message.recipient for message in sent_messages()] == ["reader1@example.org"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_everybody_once():
    for number in range(12):
        reader(number)
    EventFactory()
    begin_announcements()
    at_once(*[tell_everybody] * 3)
    tell_everybody()
    assert told() == sorted(f"reader{number}@example.org" for number in range(12))


class TestWayOut:
    def path(self, account, box="notify_events"):
        return re.sub(r"^https?://[^/]+", "", unsubscribe_address(account.pk, box, "fr"))

    def test_the_headers_are_on_one_line_each(self):
        """RFC 2369, RFC 8058."""
        account = reader()
        EventFactory()
        announce()
        message = OutboxMessage.objects.get()
        outgoing = Outgoing(
            id=message.pk,
            recipient=message.recipient,
            content=message.content,
            language="fr",
            created_at=message.created_at,
        )
        lines = build_email(outgoing, sender="Gesond <no-reply@example.org>").as_bytes().decode().split("\r\n")
        (way_out,) = [line for line in lines if line.startswith("List-Unsubscribe:")]
        assert re.fullmatch(r"List-Unsubscribe: <https?://[^>\s]+/fr/unsubscribe/events/[\w-]+/>", way_out)
        assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines
        token = way_out.rstrip("/>").rpartition("/")[2]
        assert account_of_token(token, "notify_events") == account.pk

    def test_a_mail_program_stops_them_without_session_or_token(self):
        account = reader()
        client = Client(enforce_csrf_checks=True)
        answer = client.post(self.path(account), {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        account.refresh_from_db()
        assert (account.notify_events, account.notify_polls) == (False, True)
        told = JournalEntry.objects.get(event="notifications.chosen")
        assert (told.actor, told.details) == ("visitor", {"notify_events": False})

    def test_looking_at_the_link_changes_nothing(self, client):
        account = reader()
        page = client.get(self.path(account))
        assert "Ne plus recevoir ces e-mails" in page.content.decode()
        account.refresh_from_db()
        assert account.notify_events is True

    def test_no_page_tells_whose_link_it_is(self, client):
        account = reader()
        shown = client.get(self.path(account)).content.decode() + client.post(self.path(account)).content.decode()
        for secret in (account.email, account.person.family_name, account.person.given_names):
            assert secret not in shown
        assert self.path(account) != self.path(account)  # sealed anew each time: there is no number to count up

    def test_pressing_twice_is_the_same_as_once(self, client):
        account = reader()
        assert [client.post(self.path(account)).status_code for _ in range(2)] == [200, 200]
        assert JournalEntry.objects.filter(event="notifications.chosen").count() == 1

    def test_one_lists_link_does_nothing_to_the_other(self, client):
        account = reader()
        forged = self.path(account).replace("/events/", "/polls/")
        assert client.post(forged).status_code == 404
        account.refresh_from_db()
        assert account.notify_polls is True

    @pytest.mark.parametrize("token", ["x", "A" * 56, "%00", "é", "-" * 300])
    def test_a_guessed_link_is_nobodys(self, client, token):
        reader()
        assert client.post(f"/fr/unsubscribe/events/{token}/").status_code == 404
        assert not Account.objects.filter(notify_events=False).exists()

    def test_a_link_that_was_changed_is_nobodys(self):
        account = reader()
        token = self.path(account).rstrip("/").rpartition("/")[2]
        for place in range(0, len(token), 7):
            changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
            with pytest.raises(BadLinkError):
                account_of_token(changed, "notify_events")

    def test_the_link_of_an_account_that_is_no_more_says_the_same(self, client):
        answer = client.post(re.sub(r"^https?://[^/]+", "", unsubscribe_address(999_999_999, "notify_polls", "fr")))
        assert answer.status_code == 200
