"""The pages of « Besoin d'aide » and of the desk's requests: who sees what, and what cannot be done (S2-45)."""

from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gesond.helpdesk.actions import desk_requests as actions
from gesond.helpdesk.actions.requests import reply
from gesond.helpdesk.models import HelpMessage, HelpRequest, InternalNote
from gesond.helpdesk.numbers import number_of
from gesond.helpdesk.tests.steps import EMAIL, a_request, link_in
from gesond.identity.models import Account, Role
from gesond.identity.tests.check_steps import actor, staff
from gesond.identity.tests.factories import AccountFactory
from gesond.identity.tests.luxtrust_steps import signed_in_by
from gesond.kernel.clock import now
from gesond.kernel.journal import VISITOR
from gesond.kernel.models import JournalEntry
from gesond.notify.models import OutboxMessage
from gesond.web.help_context import KEY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("solved_captcha")]
HELP, DESK = "/fr/helpdesk/", "/fr/desk/requests/"
FORM = {"category": "letter", "name": "Claire Exemple", "email": EMAIL, "message": "Où est ma lettre ?"}
HTML = "<script>alert(1)</script>"


@pytest.fixture
def by() -> Account:
    return staff(Role.HELPDESK)


@pytest.fixture
def desk(by) -> Client:
    return signed_in_by(Client(), by, door="staff", method="totp")


def text_of(answer) -> str:
    return " ".join(unescape(answer.content.decode()).split())


def at(request: HelpRequest, what: str = "") -> str:
    return f"{DESK}{request.number}/{what}"


def own(request: HelpRequest, what: str = "") -> str:
    return f"{HELP}requests/{request.number}/{what}"


def opened_by_link(client: Client) -> Client:
    client.get(link_in(OutboxMessage.objects.latest("created_at")))
    return client


class TestForm:
    def test_the_address_printed_in_the_guides_leads_to_the_form(self, client):
        """S2-45: www.esante.lu/helpdesk, with the telephone and the e-mail address."""
        answer = client.get("/helpdesk", follow=True)
        assert answer.redirect_chain[-1][0] == HELP
        for words in ("Besoin d'aide", "(+352) 27 12 50 18 33", "helpdesk@esante.lu", "Envoyer ma demande"):
            assert words in text_of(answer)

    def test_a_visitor_asks_and_reads_the_number(self, client):
        answer = client.post(HELP, FORM, follow=True)
        assert HelpRequest.objects.get().spoken_number in text_of(answer)

    @pytest.mark.real_captcha
    def test_a_visitor_solves_the_captcha_and_keeps_what_was_typed(self, client):
        answer = client.post(HELP, FORM)
        assert not HelpRequest.objects.exists()
        assert "Où est ma lettre ?" in text_of(answer)
        assert EMAIL in text_of(answer)

    @pytest.mark.real_captcha
    def test_who_is_signed_in_needs_no_captcha_and_no_name(self, client):
        account = AccountFactory()
        signed_in_by(client, account, door="patient")
        assert "captcha" not in client.get(HELP).content.decode()
        client.post(HELP, {"category": "other", "message": "Une question."})
        assert HelpRequest.objects.get().account == account

    def test_past_the_limit_one_is_told_how_long_and_keeps_the_words(self, client):
        for number in range(4):
            client.post(HELP, {**FORM, "message": str(number)})
        answer = client.post(HELP, FORM)
        assert answer.status_code == 429
        assert "Où est ma lettre ?" in text_of(answer)
        assert "minutes, ou appelez-nous" in text_of(answer)

    @pytest.mark.parametrize(
        "email", ["a@example.lu\nBcc: eve@example.lu", "a@example.lu\r\nSubject: x", "a@example.lu,eve@example.lu"]
    )
    def test_no_header_is_slipped_in_through_the_address(self, client, email):
        answer = client.post(HELP, {**FORM, "email": email})
        assert answer.status_code == 200
        assert not HelpRequest.objects.exists()
        assert not OutboxMessage.objects.exists()

    def test_no_header_is_slipped_in_through_name_or_message(self, client):
        client.post(HELP, {**FORM, "name": "Eve\r\nBcc: eve@example.lu", "message": "x\r\nBcc: eve@example.lu"})
        assert "\n" not in HelpRequest.objects.get().name
        message = OutboxMessage.objects.get()
        assert "Bcc" not in message.content["subject"] + message.content["text"] + message.content["html"]
        assert "\n" not in message.content["subject"].strip()

    def test_what_another_page_knew_is_shown_and_joined(self, client):
        _offer(client)
        page = text_of(client.get(f"{HELP}?about=professional-activation"))
        assert "Ce que nous joindrons à votre demande" in page
        assert "Spécialité" in page
        client.post(HELP, {**FORM, "category": "professional-data"})
        assert HelpRequest.objects.get().facts == {"Spécialité": "Cardiologie"}
        assert "Spécialité" not in text_of(client.get(HELP))

    def test_what_another_page_knew_can_be_left_out(self, client):
        _offer(client)
        client.get(HELP)
        client.post(HELP, {**FORM, "leave_out": "1"})
        assert HelpRequest.objects.get().facts is None

    def test_the_page_of_before_leads_to_the_form(self, client):
        assert f'href="{HELP}"' in client.get("/fr/help/").content.decode()
        assert f'href="{HELP}"' in client.get("/fr/accessibility/").content.decode()


def _offer(client: Client) -> None:
    session = client.session
    session[KEY] = {"about": "professional-activation", "facts": {"Spécialité": "Cardiologie"}}
    session.save()


class TestThread:
    def test_a_visitor_reads_and_answers_through_the_link(self, client):
        request = a_request()
        opened_by_link(client)
        assert "Je n'ai pas reçu ma lettre." in text_of(client.get(own(request)))
        client.post(own(request), {"text": "Toujours rien."})
        assert request.messages.count() == 2
        client.post(own(request, "close/"))
        client.post(own(request, "reopen/"))
        request.refresh_from_db()
        assert request.state == "new"

    def test_a_session_planted_before_the_link_was_opened_reads_nothing(self, client):
        request = a_request()
        client.get(f"{HELP}?about=letter")
        planted = client.session
        planted.save()
        client.cookies["gesond_session"] = planted.session_key
        thief = Client()
        thief.cookies["gesond_session"] = planted.session_key
        opened_by_link(client)
        assert client.get(own(request)).status_code == 200
        assert thief.get(own(request)).status_code == 302

    def test_the_number_alone_opens_nothing(self, client):
        request = a_request()
        assert client.get(own(request))["Location"] == f"{HELP}link/"
        client.post(own(request), {"text": "Moi aussi."})
        assert request.messages.count() == 1

    def test_a_link_opens_its_own_request_alone(self, client):
        other = a_request(email="paul@example.lu")
        a_request()
        opened_by_link(client)
        assert client.get(own(other)).status_code == 302
        assert client.post(own(other, "close/")).status_code == 302
        other.refresh_from_db()
        assert other.state == "new"

    @pytest.mark.parametrize("of", ["visitor", "account"])
    def test_another_account_finds_no_such_request(self, client, of):
        request = a_request(AccountFactory() if of == "account" else None)
        signed_in_by(client, AccountFactory(), door="patient")
        assert client.get(own(request)).status_code == 404
        assert client.post(own(request, "close/")).status_code == 404

    def test_a_link_that_is_none_leads_to_a_new_one(self, client):
        assert client.get(f"{HELP}link/nothing/")["Location"] == f"{HELP}link/"

    def test_asking_for_a_link_says_the_same_to_everyone(self, client, run_jobs):
        request = a_request()
        pages = [
            text_of(client.post(f"{HELP}link/", {"number": request.number, "email": email}, follow=True))
            for email in (EMAIL, "eve@example.lu")
        ]
        assert "nouveau lien personnel est en route" in pages[0]
        assert pages[0] == pages[1]

    def test_asking_for_a_link_costs_the_same_for_everyone(self):
        visitors, accounts = a_request(), a_request(AccountFactory(email="anna@example.lu"))
        asked = [
            (visitors.number, EMAIL),
            (visitors.number, "eve@example.lu"),
            (accounts.number, "anna@example.lu"),
            (number_of(visitors.pk + 1000), EMAIL),
        ]
        seen = set()
        for number, email in asked:
            with CaptureQueriesContext(connection) as queries:
                Client().post(f"{HELP}link/", {"number": number, "email": email})
            seen.add(tuple(query["sql"].split()[0] for query in queries))
        assert len(seen) == 1

    def test_own_requests_are_listed_and_nobody_elses(self, client):
        account = AccountFactory()
        mine, other = a_request(account), a_request()
        signed_in_by(client, account, door="patient")
        page = text_of(client.get(f"{HELP}requests/"))
        assert mine.spoken_number in page
        assert other.spoken_number not in page

    def test_an_empty_list_says_what_will_be_there(self, client):
        signed_in_by(client, AccountFactory(), door="patient")
        assert "Aucune demande d'aide" in text_of(client.get(f"{HELP}requests/"))

    def test_neither_internal_note_nor_name_of_staff_reaches_the_person(self, client, by):
        request = a_request()
        actions.note(actor=actor(by), staff=by, request_id=request.pk, text="Note très interne")
        given = actions.Answer(text="Voici.", seen=request.messages.get().pk)
        actions.answer(actor=actor(by), staff=by, request_id=request.pk, answer=given)
        page = text_of(opened_by_link(client).get(own(request)))
        assert "Voici." in page
        assert "très interne" not in page
        assert by.person.full_name not in page
        assert not any("très interne" in str(message.content) for message in OutboxMessage.objects.all())

    def test_stored_html_is_shown_as_it_was_typed(self, client, desk):
        request = a_request(message=HTML, name=HTML, facts={HTML: HTML})
        opened_by_link(client)
        for page in (client.get(own(request)), desk.get(at(request)), desk.get(DESK)):
            assert HTML not in page.content.decode()
            assert "&lt;script&gt;" in page.content.decode()

    @pytest.mark.parametrize("messages", [1, 30])
    def test_a_long_thread_costs_no_more_queries(self, client, messages, django_assert_num_queries):
        account = AccountFactory()
        request = a_request(account)
        for number in range(messages):
            HelpMessage.objects.create(request=request, author="person", body=str(number), created_at=now())
        signed_in_by(client, account, door="patient")
        client.get(own(request))
        with django_assert_num_queries(THREAD_QUERIES):
            client.get(own(request))


THREAD_QUERIES, QUEUE_QUERIES, REQUEST_QUERIES = 3, 5, 8


class TestDesk:
    @pytest.mark.parametrize("role", [Role.CONTENT, Role.REGISTRY, Role.IDENTITY_CHECKS])
    def test_staff_without_the_role_see_nothing(self, role):
        request = a_request()
        client = signed_in_by(Client(), staff(role), door="staff", method="totp")
        assert client.get(DESK).status_code == client.get(at(request)).status_code == 403
        deeds = ["take/", "assign/", "answer/", "note/", "category/", "person/", "close/", "reopen/"]
        assert {client.post(at(request, deed)).status_code for deed in deeds} == {403}

    def test_the_patients_door_does_not_open_the_desk(self, client):
        account = staff(Role.HELPDESK)
        account.doors = ["staff", "patient"]
        account.save()
        signed_in_by(client, account, door="patient")
        assert client.get(DESK).status_code == 403

    def test_take_answer_note_and_close(self, desk, by):
        request = a_request()
        desk.post(at(request, "take/"))
        desk.post(at(request, "note/"), {"note-text": "À rappeler"})
        answer = desk.post(
            at(request, "answer/"), {"text": "Bonjour", "seen": request.messages.get().pk, "closes": "1"}, follow=True
        )
        page = text_of(answer)
        assert "Votre réponse est envoyée." in page
        assert "À rappeler" in page
        request.refresh_from_db()
        assert (request.state, request.assigned_to) == ("closed", by)

    def test_an_answer_crossing_a_message_keeps_its_words(self, desk):
        request = a_request()
        seen = request.messages.get().pk
        reply(actor=VISITOR, request_id=request.pk, text="Encore ceci.")
        page = text_of(desk.post(at(request, "answer/"), {"text": "Ma réponse", "seen": seen}))
        assert "Un message est arrivé entre-temps" in page
        assert "Ma réponse" in page
        assert "Encore ceci." in page

    @pytest.mark.parametrize(("language", "word"), [("fr", "Bonjour"), ("de", "Guten Tag"), ("en", "Hello")])
    def test_a_ready_made_answer_is_in_the_language_of_the_request(self, desk, language, word):
        request = a_request(language=language)
        assert word in text_of(desk.get(at(request), {"ready": "password"}))

    def test_queues_hold_what_they_say(self, desk, by):
        fresh, late, mine, waiting = (a_request(email=f"{name}@example.lu") for name in "abcd")
        HelpRequest.objects.filter(pk=late.pk).update(due_at=now() - timedelta(days=1))
        actions.take(actor=actor(by), staff=by, request_id=mine.pk)
        given = actions.Answer(text="Voici.", seen=waiting.messages.get().pk)
        actions.answer(actor=actor(by), staff=by, request_id=waiting.pk, answer=given)
        held = {
            queue: {one.pk for one in (fresh, late, mine, waiting) if one.spoken_number in text_of(page)}
            for queue in ("new", "overdue", "mine", "waiting")
            for page in [desk.get(DESK, {"queue": queue})]
        }
        assert held == {"new": {fresh.pk, late.pk}, "overdue": {late.pk}, "mine": {mine.pk}, "waiting": {waiting.pk}}
        assert "Aucune demande ici" in text_of(desk.get(DESK, {"queue": "mine", "category": "other"}))

    def test_nobody_reads_what_colleagues_note_of_them(self, desk, by):
        request, colleague = a_request(), staff(Role.HELPDESK)
        request.person = by.person
        request.save(update_fields=["person"])
        InternalNote.objects.create(request=request, staff=colleague, body="Soupçon de fraude.", created_at=now())
        page = text_of(desk.get(at(request)))
        assert "Soupçon" not in page
        assert "Soupçon" in text_of(signed_in_by(Client(), colleague, door="staff", method="totp").get(at(request)))

    def test_a_request_is_found_by_number_address_and_matricule(self, desk):
        account = AccountFactory()
        mine, visitors = a_request(account), a_request()
        search = reverse("helpdesk:desk_requests_search")
        assert desk.post(search, {"text": mine.spoken_number})["Location"] == at(mine)
        assert desk.post(search, {"text": EMAIL.upper()})["Location"] == at(visitors)
        assert desk.post(search, {"text": str(account.person.matricule)})["Location"] == at(mine)
        assert JournalEntry.objects.filter(chain=f"person:{account.person.pk}", event="person.looked_at").count() == 1
        assert desk.get(search).status_code == 405

    @pytest.mark.parametrize("address", [EMAIL, "nobody@example.lu"])
    def test_addresses_are_not_tried_unseen(self, desk, by, address):
        a_request()
        desk.post(reverse("helpdesk:desk_requests_search"), {"text": address})
        entry = JournalEntry.objects.get(chain=f"staff:{by.pk}", event="person.searched")
        assert (entry.details["kind"], entry.details["found"]) == ("email", int(address == EMAIL))
        assert address not in str(entry.details)

    def test_a_search_that_finds_nothing_says_so(self, desk):
        search = reverse("helpdesk:desk_requests_search")
        assert "Aucune demande trouvée" in text_of(desk.post(search, {"text": "nobody@example.lu"}))
        assert "Ce n'est ni un numéro" in text_of(desk.post(search, {"text": "rien"}))

    @pytest.mark.parametrize("count", [1, 30])
    def test_a_long_queue_costs_no_more_queries(self, desk, by, count, django_assert_num_queries):
        _many(a_request(), count)
        desk.get(DESK)
        with django_assert_num_queries(QUEUE_QUERIES):
            desk.get(DESK)

    @pytest.mark.parametrize("count", [1, 30])
    def test_a_long_request_costs_no_more_queries(self, desk, by, count, django_assert_num_queries):
        request = a_request()
        for number in range(count):
            actions.note(actor=actor(by), staff=by, request_id=request.pk, text=str(number))
            HelpMessage.objects.create(request=request, author="helpdesk", staff=by, body=str(number), created_at=now())
        _many(request, count)
        desk.get(at(request))
        with django_assert_num_queries(REQUEST_QUERIES):
            desk.get(at(request))


def _many(one: HelpRequest, count: int) -> None:
    for _ in range(count):
        one.pk = None
        one._state.adding = True
        one.save()
