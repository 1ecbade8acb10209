"""The counter's pages: who sees them, what they show at each step, and that nothing secret is among it."""

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client

from gesond.helpdesk.counter_help import HELP
from gesond.helpdesk.metrics import _guided, _most, _unprinted
from gesond.identity.actions import activation as steps
from gesond.identity.actions import assisted_activation as actions
from gesond.identity.actions.posted_notices import post_notice
from gesond.identity.assisted_steps import AssistedStep
from gesond.identity.models import AssistedActivation, PostedNotice, Role
from gesond.identity.tests.assisted_steps import a_clerk, key_of, offered, opened, token_of
from gesond.identity.tests.factories import PASSWORD, AccountFactory, PersonFactory, matricule_for
from gesond.identity.tests.luxtrust_steps import signed_in_by
from gesond.identity.tests.walking import VISITOR, choose, digits_sent, terms
from gesond.kernel.models import JournalEntry
from gesond.notify.models import OutboxMessage

pytestmark = pytest.mark.django_db
START, BEGIN = "/fr/desk/counter/", "/fr/desk/counter/begin/"
SCREEN = {"document": "passport", "way": "screen", "language": "fr"}
SMS = {"document": "passport", "way": "sms", "phone": "621 777 888", "language": "de"}


@pytest.fixture
def clerk():
    terms()
    return a_clerk()


@pytest.fixture
def desk(client, clerk) -> Client:
    return signed_in_by(client, clerk, door="staff", method="totp")


def at(given, what: str = "") -> str:
    return f"{START}{given.assisted.pk}/{what}"


def text_of(answer) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def find(desk, person):
    return desk.post(START, {"matricule": person.matricule})


def test_the_counter_is_for_the_helpdesk_alone(client, clerk):
    given = offered(clerk)
    for account, door in (
        (a_clerk(Role.LETTERS, Role.SECURITY), "staff"),
        (clerk, "patient"),
        (AccountFactory(), "patient"),
    ):
        browser = signed_in_by(Client(), account, door=door, method="totp")
        for address in (START, BEGIN, at(given)):
            assert browser.get(address).status_code == 403
        assert browser.post(at(given, "cancel/")).status_code == 403
    assert AssistedActivation.objects.get().state == "offered"


def test_a_person_is_found_by_the_whole_matricule_and_shown_to_compare(desk, clerk):
    person = PersonFactory(family_name="Muster", given_names="Anna", matricule=matricule_for(3024, year=1980))
    assert find(desk, person)["Location"] == BEGIN
    page = text_of(desk.get(BEGIN))
    assert "Muster" in page
    assert "Anna" in page
    assert person.matricule not in page
    entry = JournalEntry.objects.get(chain=f"person:{person.pk}", event="person.looked_at")
    assert entry.actor == f"staff:{clerk.pk}"


def test_the_short_form_is_not_enough(desk):
    answer = desk.post(START, {"matricule": "19641130080"})
    assert "Saisissez les 13 chiffres" in text_of(answer)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"deceased": True}, "cette personne est décédée"),
        ({"address": None}, "ne connaît pas d'adresse postale"),
    ],
)
def test_who_cannot_be_helped_is_said_calmly(desk, facts, words):
    assert words in text_of(find(desk, PersonFactory(**facts)))


def test_own_persons_accounts_and_strangers_are_refused(desk, clerk):
    assert "C'est votre propre matricule" in text_of(find(desk, clerk.person))
    assert "a déjà un compte" in text_of(find(desk, AccountFactory().person))
    assert "ne connaît personne" in text_of(desk.post(START, {"matricule": matricule_for(5151)}))


def test_begin_without_a_look_up_leads_back(desk):
    assert desk.get(BEGIN)["Location"] == START
    assert desk.post(BEGIN, SCREEN)["Location"] == START
    assert not AssistedActivation.objects.exists()


def test_no_activation_begins_without_a_document(desk):
    find(desk, PersonFactory())
    answer = desk.post(BEGIN, {**SCREEN, "document": ""})
    assert "Indiquez le document présenté" in text_of(answer)
    assert not AssistedActivation.objects.exists()


def test_the_screen_shows_the_link_once_and_as_a_picture_only(desk):
    find(desk, PersonFactory())
    answer = desk.post(BEGIN, SCREEN)
    page = answer.content.decode()
    assert 'src="data:image/svg+xml' in page
    assert "/activation/assisted/" not in page
    assert "no-store" in answer["Cache-Control"]
    again = desk.get(f"{START}{AssistedActivation.objects.get().pk}/").content.decode()
    assert "data:image/svg+xml" not in again


def test_a_link_by_sms_goes_to_the_person_in_their_language_and_not_to_the_screen(desk):
    find(desk, PersonFactory())
    answer = desk.post(BEGIN, SMS, follow=True)
    message = OutboxMessage.objects.get()
    assert (message.recipient, message.language) == ("+352621777888", "de")
    assert "Eröffnen Sie Ihr eSanté-Konto" in message.content["text"]
    assert "/de/activation/assisted/" in message.content["text"]
    assert "621777888" not in answer.content.decode()


def test_a_wrong_number_is_said_beside_the_field(desk):
    find(desk, PersonFactory())
    answer = desk.post(BEGIN, {**SMS, "phone": "12"})
    assert answer.status_code == 200
    assert not AssistedActivation.objects.exists()
    assert 'value="12"' in answer.content.decode()


def test_the_page_shows_each_step_and_nothing_that_was_typed(desk, clerk):
    given = offered(clerk)
    seen = [text_of(desk.get(at(given)))]
    key = key_of(given)
    seen.append(text_of(desk.get(at(given))))
    steps.choose_password(actor=VISITOR, key=key, password=PASSWORD)
    seen.append(text_of(desk.get(at(given))))
    choose(key)
    digits = digits_sent(key.activation_id)
    seen.append(text_of(desk.get(at(given))))
    steps.open_account(actor=VISITOR, key=key, typed=digits)
    seen.append(text_of(desk.get(at(given))))
    titles = ["Ouverture du lien", "Mot de passe", "Mobile ou e-mail", "Code à usage unique", "Le compte est ouvert"]
    for page, title, number in zip(seen, titles, range(1, 6), strict=True):
        assert f"Etape {number} sur 5 – {title}" in page
        for secret in (PASSWORD, digits, "621123456", token_of(given), given.assisted.person.matricule):
            assert secret not in page
    assert "Terminer sans compte" not in seen[-1]


def test_every_step_has_its_help():
    assert set(HELP) == set(AssistedStep)


def test_anothers_activation_is_not_there(desk):
    given = offered(a_clerk())
    for answer in (
        desk.get(at(given)),
        desk.post(at(given, "cancel/")),
        desk.post(at(given, "link/"), {**SCREEN, "links": 1}),
        desk.get(f"{START}{uuid4()}/"),
    ):
        assert answer.status_code == 404
    assert given.assisted.person.full_name not in text_of(desk.get(START))
    assert AssistedActivation.objects.get().state == "offered"


def test_somebody_under_way_leads_to_the_page_of_who_guides(desk, clerk):
    given = offered(clerk)
    assert find(desk, given.assisted.person)["Location"] == at(given)
    other = signed_in_by(Client(), a_clerk(), door="staff", method="totp")
    answer = other.post(START, {"matricule": given.assisted.person.matricule}, follow=True)
    assert "Un collègue accompagne déjà cette personne" in text_of(answer)


def test_another_link_and_the_end(desk, clerk):
    given = offered(clerk)
    assert "data:image/svg+xml" in desk.post(at(given, "link/"), {**SCREEN, "links": 1}).content.decode()
    assert opened(given).outcome == "over"
    answer = desk.post(at(given, "link/"), {**SCREEN, "links": 1}, follow=True)
    assert "Un lien a déjà été donné" in text_of(answer)
    assert "Terminée sans compte" in text_of(desk.post(at(given, "cancel/"), follow=True))
    answer = desk.post(at(given, "link/"), {**SCREEN, "links": 2}, follow=True)
    assert "Cette activation est terminée" in text_of(answer)


def test_the_end_is_said_and_a_second_press_tells_that_it_was_over(desk, clerk):
    given = offered(clerk)
    assert "Terminée sans compte" in text_of(desk.post(at(given, "cancel/"), follow=True))
    assert "était déjà terminée" in text_of(desk.post(at(given, "cancel/"), follow=True))


def test_what_changes_something_is_posted(desk, clerk):
    given = offered(clerk)
    assert desk.get(at(given, "cancel/")).status_code == 405
    assert desk.get(at(given, "link/")).status_code == 405


def test_a_clerk_past_the_limit_is_told(desk, monkeypatch):
    monkeypatch.setattr(actions, "LOOKS_A_DAY", actions.Limit("test.looks", 0, timedelta(days=1)))
    assert "Vous avez atteint la limite du jour" in text_of(find(desk, PersonFactory()))


def test_the_pages_cost_the_same_however_many_there_are(desk, clerk, django_assert_num_queries):
    given = offered(clerk)
    desk.get(START)
    with django_assert_num_queries(4):
        desk.get(START)
    for _number in range(5):
        key_of(offered(clerk))
    with django_assert_num_queries(4):
        desk.get(START)
    with django_assert_num_queries(4):
        desk.get(at(given))


def test_metrics_tell_who_stands_out(clerk):
    offered(clerk)
    key_of(offered(clerk))
    offered()
    post_notice(person=PersonFactory(), kind=PostedNotice.Kind.OPENED_WITH_HELP)
    assert _guided() == {("offered",): 2, ("taken",): 1, ("done",): 0, ("cancelled",): 0}
    assert _most() == {(): 2}
    assert _unprinted() == {(): 1}
