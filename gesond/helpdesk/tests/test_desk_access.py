"""Every page of the helpdesk, the counter and the identity checks, asked for and posted to by every role and door."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from gesond.helpdesk.actions import desk_requests as actions
from gesond.helpdesk.actions.desk_requests import OwnRequestError
from gesond.helpdesk.models import HelpRequest
from gesond.helpdesk.tests.steps import a_request
from gesond.helpdesk.urls import urlpatterns
from gesond.identity.actions.accounts import suspend_account
from gesond.identity.actions.staff_looks import open_look
from gesond.identity.models import Account, AssistedActivation, LookReason, Role, StaffLook
from gesond.identity.tests.check_steps import a_check, actor, staff
from gesond.identity.tests.factories import AccountFactory, PersonFactory
from gesond.identity.tests.luxtrust_steps import signed_in_by
from gesond.kernel.journal import SYSTEM
from gesond.kernel.models import JournalEntry

pytestmark = pytest.mark.django_db

HELPDESK, CHECKERS = {Role.HELPDESK}, {Role.IDENTITY_CHECKS, Role.SECURITY}
SAMPLES = {"number": "12345678", "check_id": uuid.UUID(int=1), "evidence_id": uuid.UUID(int=2)}
SAMPLES["assisted_id"] = uuid.UUID(int=3)
PAGES = [one for one in urlpatterns if str(one.pattern).startswith("desk/")]


def browser(account: Account, door: str = "staff") -> Client:
    return signed_in_by(Client(), account, door=door, method="totp")


def address(page) -> str:
    return reverse(f"helpdesk:{page.name}", kwargs={key: SAMPLES[key] for key in page.pattern.converters})


def roles_for(page) -> set[str]:
    return CHECKERS if page.name.startswith("identity_check") else HELPDESK


def at(request: HelpRequest, what: str = "") -> str:
    return f"/fr/desk/requests/{request.number}/{what}"


@pytest.mark.parametrize("role", list(Role))
def test_a_page_opens_for_its_roles_and_for_no_other_read_or_posted(role):
    client = browser(staff(role))
    for page in PAGES:
        for ask in (client.get, client.post):
            status = ask(address(page)).status_code
            assert (status == 403) == (role not in roles_for(page)), (page.name, role, status)
            assert status < 500, page.name


@pytest.mark.parametrize("door", ["patient", "professional"])
def test_staff_by_another_door_are_nobody_here(door):
    account = staff(*Role)
    account.doors = ["patient", "professional", "staff"]
    account.save()
    client = browser(account, door)
    for page in PAGES:
        assert client.get(address(page)).status_code == 403, page.name
        assert client.post(address(page)).status_code == 403, page.name


def test_a_suspended_member_s_open_session_does_nothing_more():
    account, request = staff(Role.HELPDESK), a_request()
    client = browser(account)
    assert client.get(at(request)).status_code == 200
    staff(Role.SECURITY, Role.HELPDESK)  # so that it is not the last
    Account.objects.filter(pk=account.pk).update(state="suspended")  # whatever became of the session's row
    answer = client.post(at(request, "note/"), {"note-text": "encore là"})
    assert answer.status_code == 302
    assert "sign-in" in answer["Location"]
    assert not request.internal_notes.exists()


def test_suspending_a_member_of_staff_ends_their_sessions_too():
    officer, account, request = staff(Role.SECURITY), staff(Role.HELPDESK), a_request()
    client = browser(account)
    suspend_account(actor=actor(officer), account_id=account.pk, reason="investigation")
    assert client.get(at(request)).status_code == 302


class TestOnesOwn:
    def test_a_request_about_one_s_own_person_is_a_colleague_s_whoever_asked_it(self):
        by, request = staff(Role.HELPDESK), a_request()
        actions.note(actor=SYSTEM, staff=staff(Role.HELPDESK), request_id=request.pk, text="Sur un collègue")
        HelpRequest.objects.filter(pk=request.pk).update(person=by.person)
        client = browser(by)
        page = client.get(at(request)).content.decode()
        assert "Sur un collègue" not in page
        assert "/note/" not in page
        for what, given in (
            ("take/", {}),
            ("close/", {}),
            ("note/", {"note-text": "moi"}),
            ("answer/", {"text": "moi", "seen": request.messages.get().pk}),
            ("category/", {"category": "other"}),
            ("assign/", {"to": by.pk}),
        ):
            client.post(at(request, what), given)
        request.refresh_from_db()
        assert (request.state, request.assigned_to, request.category) == ("new", None, "letter")
        assert request.internal_notes.count() == 1
        assert request.messages.count() == 1

    def test_a_refused_form_shows_no_more_of_one_s_own_request(self):
        by, request = staff(Role.HELPDESK), a_request()
        actions.note(actor=SYSTEM, staff=staff(Role.HELPDESK), request_id=request.pk, text="Sur un collègue")
        HelpRequest.objects.filter(pk=request.pk).update(person=by.person)
        assert "Sur un collègue" not in browser(by).post(at(request, "note/"), {"note-text": ""}).content.decode()

    def test_a_request_is_not_handed_to_whom_it_is_about(self):
        by, about, request = staff(Role.HELPDESK), staff(Role.HELPDESK), a_request()
        HelpRequest.objects.filter(pk=request.pk).update(person=about.person)
        with pytest.raises(OwnRequestError):
            actions.assign(actor=actor(by), staff=by, request_id=request.pk, to=about)


def test_a_note_pressed_twice_is_kept_once():
    by, request = staff(Role.HELPDESK), a_request()
    client = browser(by)
    for text in ("Rappelé.", "Rappelé.", "Sans réponse."):
        client.post(at(request, "note/"), {"note-text": text})
    assert [note.body for note in request.internal_notes.order_by("pk")] == ["Rappelé.", "Sans réponse."]


def test_an_answer_pressed_twice_is_sent_once(sent_messages):
    by, request = staff(Role.HELPDESK), a_request()
    client, given = browser(by), {"text": "Voici.", "seen": request.messages.get().pk}
    before = len(sent_messages())
    client.post(at(request, "answer/"), given)
    client.post(at(request, "answer/"), given)
    assert request.messages.filter(author="helpdesk").count() == 1
    assert len(sent_messages()) == before + 1


def test_a_matricule_tried_among_the_identity_checks_is_in_the_journal_of_who_tried():
    by = staff(Role.IDENTITY_CHECKS)
    client, stranger = browser(by), PersonFactory.build()
    client.post(reverse("helpdesk:identity_checks_find"), {"sought": str(stranger.matricule)})
    entry = JournalEntry.objects.get(chain=f"staff:{by.pk}", event="person.searched")
    assert entry.details["found"] == 0
    assert str(stranger.matricule) not in str(entry.details)


def test_the_counter_forgets_whom_it_looked_up_half_an_hour_ago():
    by, person = staff(Role.HELPDESK), PersonFactory(family_name="Vergessen")
    client, begin = browser(by), reverse("helpdesk:counter_begin")
    client.post(reverse("helpdesk:counter"), {"matricule": str(person.matricule)})
    assert "Vergessen" in client.get(begin).content.decode()
    began = StaffLook.objects.get().began_at
    StaffLook.objects.update(began_at=began.replace(year=2020), ends_at=began.replace(year=2021))
    assert client.get(begin)["Location"] == reverse("helpdesk:counter")
    assert client.post(begin, {"document": "passport"})["Location"] == reverse("helpdesk:counter")
    assert not AssistedActivation.objects.exists()


def test_a_look_opens_its_person_to_no_colleague_and_no_other_person_to_oneself():
    by, account = staff(Role.HELPDESK), AccountFactory()
    open_look(actor=actor(by), staff=by, person=account.person, reason=LookReason.COUNTER)
    own, colleague = browser(by), browser(staff(Role.HELPDESK))
    assert own.get(reverse("desk:person", args=[account.person_id])).status_code == 200
    assert own.get(reverse("desk:person", args=[PersonFactory().pk])).status_code == 302
    assert colleague.get(reverse("desk:person", args=[account.person_id])).status_code == 302


class TestTheList:
    def test_back_leads_to_the_queue_as_it_was(self):
        by, request = staff(Role.HELPDESK), a_request()
        client = browser(by)
        client.get("/fr/desk/requests/", {"queue": "open", "category": "letter", "note": "x" * 99})
        assert 'href="/fr/desk/requests/?queue=open&amp;category=letter"' in client.get(at(request)).content.decode()
        client.get("/fr/desk/requests/")
        assert 'href="/fr/desk/requests/"' in client.get(at(request)).content.decode()

    def test_the_identity_checks_keep_theirs(self):
        client, check = browser(staff(Role.IDENTITY_CHECKS)), a_check()
        client.get("/fr/desk/identity-checks/", {"which": "free", "page": "2"})
        page = client.get(f"/fr/desk/identity-checks/{check.pk}/").content.decode()
        assert "identity-checks/?which=free&amp;page=2" in page


@pytest.mark.parametrize(
    ("what", "given", "told"),
    [
        ("take/", {}, "La demande est chez vous"),
        ("note/", {"note-text": "Rappelé."}, "La note est enregistrée"),
        ("category/", {"category": "other"}, "Le sujet est changé"),
        ("close/", {}, "La demande est clôturée"),
    ],
)
def test_what_was_done_is_said(what, given, told):
    client, request = browser(staff(Role.HELPDESK)), a_request()
    assert told in client.post(at(request, what), given, follow=True).content.decode()
