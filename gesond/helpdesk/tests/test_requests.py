"""Requests for help: asking once, limits, answering, closing, links (S2-45, S1-29)."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from gesond.helpdesk.actions import desk_requests as desk
from gesond.helpdesk.actions import limits
from gesond.helpdesk.actions.desk_requests import Answer, MovedOnError, NoSuchPersonError, OwnRequestError, TakenError
from gesond.helpdesk.actions.links import ask_for_link, forget_links, open_link
from gesond.helpdesk.actions.requests import RequestClosedError, ask, close, reopen, reply
from gesond.helpdesk.deadlines import due_after
from gesond.helpdesk.models import HelpLink, HelpMessage, HelpRequest
from gesond.helpdesk.numbers import PRIME, key_of, number_of
from gesond.helpdesk.tests.steps import EMAIL, a_draft, a_request, link_in
from gesond.identity.models import Role, StaffLook
from gesond.identity.tests.check_steps import actor, staff
from gesond.identity.tests.factories import AccountFactory, PersonFactory
from gesond.kernel.clock import now
from gesond.kernel.identifiers import Matricule
from gesond.kernel.journal import VISITOR, Actor
from gesond.kernel.models import JournalEntry
from gesond.notify.models import OutboxMessage

pytestmark = pytest.mark.django_db


def last(request: HelpRequest) -> int:
    return request.messages.latest("pk").pk


def answered(request: HelpRequest, by, text: str = "Voici la réponse.", **facts) -> None:
    given = Answer(text=text, seen=last(request), **facts)
    desk.answer(actor=actor(by), staff=by, request_id=request.pk, answer=given)
    request.refresh_from_db()


def texts(template: str) -> list[str]:
    return [one.content["text"] for one in OutboxMessage.objects.filter(template=f"helpdesk/{template}")]


class TestAsking:
    def test_a_request_is_written_down_with_its_receipt(self):
        request = a_request()
        assert (request.state, request.due_at) == ("new", due_after(request.created_at))
        (message,) = OutboxMessage.objects.all()
        assert message.recipient == EMAIL
        assert request.spoken_number in message.content["subject"]
        assert "lettre" not in message.content["text"]

    def test_what_was_said_is_encrypted(self):
        request = a_request()
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, email FROM helpdesk_helprequest")
            stored = cursor.fetchall()
            cursor.execute("SELECT body FROM helpdesk_helpmessage")
            stored += cursor.fetchall()
        raw = b"".join(bytes(value) for row in stored for value in row)
        assert b"Claire" not in raw
        assert b"claire" not in raw
        assert b"lettre" not in raw
        assert request.messages.get().body == "Je n'ai pas reçu ma lettre."

    def test_the_same_words_within_minutes_are_one_request(self):
        first, second = a_request(), a_request(email="Claire@Example.lu", message="Je n'ai pas  reçu ma lettre.")
        assert first == second
        assert OutboxMessage.objects.count() == 1

    def test_the_same_words_later_are_another_request(self):
        HelpRequest.objects.filter(pk=a_request().pk).update(created_at=now() - timedelta(minutes=11))
        a_request()
        assert HelpRequest.objects.count() == 2

    def test_others_with_the_same_words_have_their_own_request(self):
        assert a_request() != a_request(email="paul@example.lu")

    def test_an_account_leaves_no_second_address(self):
        account = AccountFactory()
        request = a_request(account)
        assert (request.email, request.person) == (None, account.person)


class TestLimits:
    def test_a_thousand_forms_of_one_network_leave_ten_requests(self):
        visitor = Actor("visitor", address="192.0.2.7")
        drafts = (a_draft(email=f"n{number}@example.lu", message=str(number)) for number in range(1000))
        outcomes = [ask(actor=visitor, draft=draft, account=None) for draft in drafts]
        assert sum(one.request is not None for one in outcomes) == limits.PER_NETWORK.count
        assert HelpRequest.objects.count() == OutboxMessage.objects.count() == limits.PER_NETWORK.count
        assert outcomes[-1].retry_after > 0

    def test_one_address_is_written_to_four_times_an_hour_whatever_the_network(self):
        for number in range(8):
            visitor = Actor("visitor", address=f"192.0.2.{number}")
            ask(actor=visitor, draft=a_draft(message=str(number)), account=None)
        assert OutboxMessage.objects.count() == limits.PER_CONTACT.count

    def test_a_flood_from_everywhere_holds_up_visitors_and_nobody_signed_in(self):
        for number in range(limits.ALL_VISITORS.count + 5):
            visitor = Actor("visitor", address=f"198.51.{number // 200}.{number % 200}")
            draft = a_draft(email=f"n{number}@example.lu", message=str(number))
            outcome = ask(actor=visitor, draft=draft, account=None)
        assert outcome.request is None
        assert HelpRequest.objects.count() == limits.ALL_VISITORS.count
        assert a_request(AccountFactory())


class TestDesk:
    def test_an_answer_is_announced_without_its_text(self):
        request, by = a_request(), staff(Role.HELPDESK)
        answered(request, by, "Le secret")
        assert (request.state, request.assigned_to, request.due_at) == ("waiting", by, None)
        (text,) = texts("answered")
        assert "secret" not in text
        assert "/fr/helpdesk/link/" in text

    def test_an_account_is_sent_to_its_own_page(self):
        account = AccountFactory()
        request = a_request(account)
        answered(request, staff(Role.HELPDESK))
        assert f"/requests/{request.number}/" in texts("answered")[0]
        assert not HelpLink.objects.exists()

    def test_an_answer_to_what_was_not_read_is_held_back(self):
        request, by = a_request(), staff(Role.HELPDESK)
        seen = last(request)
        reply(actor=VISITOR, request_id=request.pk, text="Encore une chose.")
        with pytest.raises(MovedOnError):
            desk.answer(actor=actor(by), staff=by, request_id=request.pk, answer=Answer(text="Oui.", seen=seen))

    def test_nobody_handles_their_own_request(self):
        by = staff(Role.HELPDESK)
        request = a_request(by)
        for deed in (desk.take, desk.close, desk.reopen):
            with pytest.raises(OwnRequestError):
                deed(actor=actor(by), staff=by, request_id=request.pk)
        with pytest.raises(OwnRequestError):
            desk.note(actor=actor(by), staff=by, request_id=request.pk, text="Moi.")

    def test_nobody_handles_a_request_about_themselves(self):
        """Left as a visitor, or by somebody else, and linked to them by a colleague."""
        by, colleague, request = staff(Role.HELPDESK), staff(Role.HELPDESK), a_request()
        matricule = Matricule.parse(str(by.person.matricule))
        desk.link_person(actor=actor(colleague), staff=colleague, request_id=request.pk, matricule=matricule)
        with pytest.raises(OwnRequestError):
            desk.note(actor=actor(by), staff=by, request_id=request.pk, text="Rien à signaler.")
        with pytest.raises(OwnRequestError):
            desk.assign(actor=actor(colleague), staff=colleague, request_id=request.pk, to=by)

    def test_a_request_is_not_handed_to_somebody_outside_the_helpdesk(self):
        by, other = staff(Role.HELPDESK), staff(Role.CONTENT)
        with pytest.raises(TakenError):
            desk.assign(actor=actor(by), staff=by, request_id=a_request().pk, to=other)

    def test_linking_a_person_is_in_their_own_journal(self):
        by, person, request = staff(Role.HELPDESK), PersonFactory(), a_request()
        matricule = Matricule.parse(str(person.matricule))
        desk.link_person(actor=actor(by), staff=by, request_id=request.pk, matricule=matricule)
        entry = JournalEntry.objects.get(chain=f"person:{person.pk}", event="person.looked_at")
        look = StaffLook.objects.get(staff=by, person=person)
        assert entry.details == {"look": look.pk, "reason": "person_asked", "reference": request.number}
        request.refresh_from_db()
        assert request.person == person

    def test_a_matricule_of_nobody_links_nothing(self):
        by, request = staff(Role.HELPDESK), a_request()
        with pytest.raises(NoSuchPersonError):
            desk.link_person(
                actor=actor(by), staff=by, request_id=request.pk, matricule=Matricule.build(1933, 1, 2, 345)
            )
        assert not JournalEntry.objects.filter(event="help_request.person_linked").exists()
        # Matricules cannot be tried unseen: what nobody has is told of, too.
        tried = JournalEntry.objects.get(chain=f"staff:{by.pk}", event="person.searched")
        assert tried.details["found"] == 0


class TestThread:
    def test_a_message_opens_a_closed_request_again(self):
        request, by = a_request(), staff(Role.HELPDESK)
        answered(request, by, closes=True)
        assert request.state == "closed"
        reply(actor=VISITOR, request_id=request.pk, text="Pas encore.")
        request.refresh_from_db()
        assert (request.state, request.closed_at) == ("open", None)
        assert request.due_at is not None

    @pytest.mark.parametrize(("days", "opens"), [(29, True), (31, False)])
    def test_a_closed_request_opens_again_within_thirty_days(self, days, opens):
        request = a_request()
        close(actor=VISITOR, request_id=request.pk)
        HelpRequest.objects.filter(pk=request.pk).update(closed_at=now() - timedelta(days=days))
        if opens:
            reopen(actor=VISITOR, request_id=request.pk)
        else:
            with pytest.raises(RequestClosedError):
                reopen(actor=VISITOR, request_id=request.pk)
            with pytest.raises(RequestClosedError):
                reply(actor=VISITOR, request_id=request.pk, text="Bonjour ?")
        request.refresh_from_db()
        assert (request.state == "new") is opens

    def test_replies_are_limited(self):
        request = a_request()
        verdicts = [reply(actor=VISITOR, request_id=request.pk, text=str(number)) for number in range(25)]
        assert [one.allowed for one in verdicts].count(True) == limits.REPLIES.count


class TestLinks:
    def test_a_link_opens_its_request_until_it_expires(self):
        request = a_request()
        token = link_in(OutboxMessage.objects.get()).split("/")[-2]
        assert open_link(actor=VISITOR, token=token).request == request
        assert open_link(actor=VISITOR, token=token[:-1] + "!") is None
        assert token.encode() not in bytes(HelpLink.objects.get().token_hash)
        HelpLink.objects.update(expires_at=now() - timedelta(seconds=1))
        assert open_link(actor=VISITOR, token=token) is None
        assert forget_links() == 1

    def test_a_new_link_goes_to_the_address_left_and_replaces_the_old(self, run_jobs):
        request = a_request()
        old = HelpLink.objects.get()
        assert ask_for_link(actor=VISITOR, number=request.number, email=EMAIL.upper()).allowed
        run_jobs()
        assert OutboxMessage.objects.filter(template="helpdesk/link", recipient_hash__isnull=False).count() == 1
        assert HelpLink.objects.get() != old

    def test_another_address_is_told_nothing(self, run_jobs):
        request = a_request()
        assert ask_for_link(actor=VISITOR, number=request.number, email="eve@example.lu").allowed
        run_jobs()
        assert texts("link") == []

    def test_every_spelling_of_a_number_is_counted_with_the_others(self):
        """Who tries addresses for one request, or fills its mailbox, gains nothing by a blank or a hyphen."""
        number = a_request().number
        spellings = [number, f"{number[:4]} {number[4:]}", f"{number[:4]}-{number[4:]}", f" {number}."]
        networks = [Actor("visitor", address=f"192.0.{each}.1") for each in range(len(spellings))]
        asked = zip(networks, spellings, strict=True)
        allowed = [ask_for_link(actor=who, number=typed, email=EMAIL).allowed for who, typed in asked]
        assert allowed == [True] * limits.LINKS_PER_REQUEST.count + [False]


def test_numbers_come_back_to_their_keys_and_do_not_count():
    assert [key_of(number_of(key)) for key in (1, 2, 99_999, PRIME - 1)] == [1, 2, 99_999, PRIME - 1]
    assert len({number_of(key) for key in range(1, 2000)}) == 1999
    assert key_of("4821 09") is None


def together(*calls) -> list:
    """Run at the same time; what each returned or raised."""
    ready, outcomes = threading.Barrier(len(calls)), []

    def run(call) -> None:
        try:
            ready.wait()
            outcomes.append(call())
        except Exception as error:
            outcomes.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_two_presses_at_once_are_one_request(self):
        found = together(*[lambda: ask(actor=VISITOR, draft=a_draft(), account=None).request.pk for _ in range(4)])
        assert len(set(found)) == 1
        assert HelpMessage.objects.count() == OutboxMessage.objects.count() == 1

    def test_of_two_who_take_a_request_one_has_it(self):
        request, both = a_request(), [staff(Role.HELPDESK), staff(Role.HELPDESK)]
        calls = [lambda by=by: desk.take(actor=actor(by), staff=by, request_id=request.pk) for by in both]
        found = together(*calls)
        assert sorted(str(type(one).__name__) for one in found) == ["NoneType", "TakenError"]
        request.refresh_from_db()
        assert request.assigned_to in both

    def test_of_two_answers_at_once_one_is_held_back(self):
        request, both = a_request(), [staff(Role.HELPDESK), staff(Role.HELPDESK)]
        given = Answer(text="Oui.", seen=last(request))
        calls = [
            lambda by=by: desk.answer(actor=actor(by), staff=by, request_id=request.pk, answer=given) for by in both
        ]
        found = together(*calls)
        assert sorted(str(type(one).__name__) for one in found) == ["MovedOnError", "NoneType"]
        assert len(texts("answered")) == 1
