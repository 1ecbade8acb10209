"""The queue of requests for a letter: what is granted leaves it at once, and comes back only when not printed."""

import re
from html import unescape

import pytest
from django.db import connection
from django.urls import reverse

from gesond.desk.tests.staff import at_the_desk, looking_at
from gesond.desk.tests.test_letters import asked_by, text
from gesond.directory.tests.factories import ProfessionalFactory
from gesond.identity.actions.letter_orders import LetterRequestError, grant_request, order_letters
from gesond.identity.actions.letter_requests import resolve_request
from gesond.identity.letters.selection import LetterSelection
from gesond.identity.models import ActivationCode, LetterBatch, LetterRequest, Role
from gesond.identity.tests.factories import AccountFactory, PersonFactory
from gesond.identity.tests.walking import at_once
from gesond.kernel.journal import SYSTEM
from gesond.kernel.models import JournalEntry

State, Reason = LetterRequest.State, LetterRequest.Reason


@pytest.fixture
def desk():
    return at_the_desk(Role.LETTERS)


def queue(client, state="open"):
    return text(client.get(reverse("desk:letter_requests"), {"state": state}))


def grant(client, request):
    return client.post(reverse("desk:letter_request_grant", args=[request.pk]), follow=True)


@pytest.mark.django_db
class TestGranting:
    def test_a_granted_request_leaves_the_queue_at_once_and_has_no_buttons(self, desk):
        request = asked_by(PersonFactory(family_name="Wartend"))
        page = text(grant(desk, request))
        assert "impression" in page
        assert "Wartend" not in page
        granted = queue(desk, "granted")
        assert "Accordées, impression en cours (1)" in granted
        assert "Wartend" in granted
        assert "/issue/" not in granted
        assert "/refuse/" not in granted
        assert reverse("desk:letter_batch", args=[LetterBatch.objects.get().pk]) in granted

    def test_it_is_printed_once_its_code_is_stored(self, desk, run_jobs):
        request = asked_by(PersonFactory(family_name="Gedruckt"))
        grant(desk, request)
        run_jobs()
        assert "Gedruckt" not in queue(desk, "granted")
        assert "Gedruckt" in queue(desk, "letter_issued")

    def test_a_second_press_is_told_calmly_that_it_is_decided(self, desk):
        request = asked_by(PersonFactory())
        grant(desk, request)
        page = text(grant(at_the_desk(Role.LETTERS), request))
        assert "déjà été décidée" in page
        assert LetterBatch.objects.count() == 1
        refusing = reverse("desk:letter_request_refuse", args=[request.pk])
        assert "déjà été décidée" in text(desk.get(refusing, follow=True))
        assert "déjà été décidée" in text(desk.post(refusing, {"reason": "agency"}, follow=True))
        request.refresh_from_db()
        assert request.state == State.GRANTED

    def test_what_cannot_be_printed_for_any_reason_of_the_person_is_refused_with_it(self, desk, run_jobs):
        request = asked_by(PersonFactory())
        grant(desk, request)
        AccountFactory(person=request.person)
        request.person.address = None
        request.person.save()
        run_jobs()
        request.refresh_from_db()
        assert (request.state, request.reason) == (State.REFUSED, Reason.ACCOUNT_EXISTS)
        assert request.handled_at

    def test_what_the_printer_could_not_do_comes_back_to_be_decided_and_says_so(self, desk, run_jobs, monkeypatch):
        monkeypatch.setattr(
            "gesond.identity.letters.printing.LetterPrinter.print",
            lambda printer, sheets: ["no glyph" for _one in sheets],
        )
        request = asked_by(PersonFactory(family_name="Unlesbar"))
        grant(desk, request)
        run_jobs()
        page = queue(desk)
        assert "Unlesbar" in page
        assert "N'a pas pu être imprimée" in page.replace("&#39;", "'")
        assert JournalEntry.objects.filter(
            chain=f"letter-request:{request.pk}", event="letter.not_printed", details__reason=""
        ).exists()
        grant(desk, request)
        request.refresh_from_db()
        assert request.state == State.GRANTED

    def test_who_asks_again_while_it_is_printed_has_asked_already(self, desk):
        request = asked_by(PersonFactory())
        grant(desk, request)
        again = asked_by(None)
        LetterRequest.objects.filter(pk=again.pk).update(
            matricule=request.matricule, matricule_hash=request.matricule_hash
        )
        again = resolve_request(actor=SYSTEM, request_id=again.pk)
        assert (again.state, again.reason) == (State.REFUSED, Reason.ALREADY_ASKED)

    def test_a_batch_for_those_who_asked_takes_as_many_off_the_queue_as_it_prints(self, desk, run_jobs):
        requests = [asked_by(PersonFactory()) for _number in range(3)]
        order_letters(actor=SYSTEM, selection=LetterSelection(kind="requested", limit=2))
        states = list(LetterRequest.objects.order_by("person_id").values_list("state", flat=True))
        assert states == [State.GRANTED, State.GRANTED, State.OPEN]
        run_jobs()
        assert LetterRequest.objects.filter(state=State.LETTER_ISSUED).count() == 2
        assert ActivationCode.objects.count() == 2
        assert "(1)" in queue(desk)
        assert len(requests) == 3

    def test_a_letter_on_its_person_s_page_is_issued_once_however_often_one_presses(self, desk, run_jobs):
        person = PersonFactory()
        looking_at(desk, person)
        address = reverse("desk:person_letter", args=[person.pk])
        first, second = desk.post(address), desk.post(address, follow=True)
        assert second.redirect_chain[-1][0] == first["Location"]
        assert "en cours d'impression" in text(second).replace("&#39;", "'")
        run_jobs()
        assert ActivationCode.objects.count() == 1

    def test_a_request_that_comes_while_the_letter_is_printed_is_granted_with_that_letter(self, desk, run_jobs):
        person = PersonFactory()
        desk.post(reverse("desk:person_letter", args=[looking_at(desk, person) and person.pk]))
        request = asked_by(person)
        grant(desk, request)
        assert LetterBatch.objects.count() == 1
        run_jobs()
        request.refresh_from_db()
        assert request.state == State.LETTER_ISSUED


@pytest.mark.django_db
class TestOnesOwnLetter:
    def test_a_colleague_decides_on_one_s_own_request(self, desk):
        own = asked_by(desk.account.person)
        LetterRequest.objects.filter(pk=own.pk).update(door="professional")
        ProfessionalFactory(person=desk.account.person)
        assert "est le vôtre" in text(grant(desk, own))
        refusing = reverse("desk:letter_request_refuse", args=[own.pk])
        assert "est le vôtre" in text(desk.post(refusing, {"reason": "agency"}, follow=True))
        own.refresh_from_db()
        assert own.state == State.OPEN
        grant(at_the_desk(Role.LETTERS), own)
        own.refresh_from_db()
        assert own.state == State.GRANTED

    def test_nor_is_one_s_own_letter_issued_on_one_s_own_page(self, desk):
        ProfessionalFactory(person=desk.account.person)
        looking_at(desk, desk.account.person)
        page = text(desk.get(reverse("desk:person", args=[desk.account.person_id])))
        assert "/letter/" not in page
        address = reverse("desk:person_letter", args=[desk.account.person_id])
        assert "est le vôtre" in text(desk.post(address, {"door": "professional"}, follow=True))
        assert not LetterBatch.objects.exists()


@pytest.mark.django_db
def test_after_a_decision_one_is_back_on_the_same_page_of_the_list(desk):
    requests = [asked_by(PersonFactory()) for _number in range(27)]
    desk.get(reverse("desk:letter_requests"), {"state": "open", "page": "2"})
    answer = desk.post(reverse("desk:letter_request_grant", args=[requests[-1].pk]))
    assert answer["Location"] == reverse("desk:letter_requests") + "?state=open&page=2"


@pytest.mark.django_db
def test_the_list_says_what_came_and_what_was_decided_since_it_was_shown(desk):
    first = asked_by(PersonFactory())
    news = unescape(re.search(r'data-live-url="([^"]+)"', queue(desk))[1])
    assert "Actualiser la liste" in text(desk.get(news))
    asked_by(PersonFactory())
    assert "1 nouvelle demande de courrier" in text(desk.get(news))
    news = unescape(re.search(r'data-live-url="([^"]+)"', queue(desk))[1])
    grant(at_the_desk(Role.LETTERS), first)
    said = text(desk.get(news))
    assert "La liste a changé" in said
    assert f'href="{reverse("desk:letter_requests")}?state=open"' in said


@pytest.mark.django_db(transaction=True)
def test_of_two_members_of_staff_at_once_one_grants_and_the_other_is_told():
    request = asked_by(PersonFactory())

    def press():
        try:
            return grant_request(actor=SYSTEM, request_id=request.pk).pk
        except LetterRequestError:
            return None
        finally:
            connection.close()

    outcomes = at_once(*[press] * 2)
    assert sorted(one is None for one in outcomes) == [False, True]
    assert LetterBatch.objects.count() == 1
