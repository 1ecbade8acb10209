"""The desk's pages of identity checks: who sees them, what they show, and that each look is in the journal."""

from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from gesond.helpdesk.metrics import _overdue, _waiting
from gesond.identity.actions.identity_checks import take
from gesond.identity.actions.identity_evidence import add_evidence
from gesond.identity.models import Account, IdentityCheck, IdentityDecision, Role
from gesond.identity.tests.check_steps import (
    A_PDF,
    EMAIL,
    MISSPELT,
    a_check,
    actor,
    said,
    staff,
)
from gesond.identity.tests.factories import AccountFactory
from gesond.identity.tests.luxtrust_steps import signed_in_by
from gesond.kernel.clock import now
from gesond.kernel.journal import VISITOR
from gesond.kernel.models import JournalEntry
from gesond.web.documents import SentDocument

pytestmark = pytest.mark.django_db
QUEUE = "/fr/desk/identity-checks/"
ACCEPT = {"verdict": "accept", "accepted_for": "married_name"}
REFUSE = {"verdict": "refuse", "refused_for": "names_differ"}


@pytest.fixture
def by() -> Account:
    return staff()


@pytest.fixture
def desk(client, by) -> Client:
    return signed_in_by(client, by, door="staff", method="totp")


def at(check: IdentityCheck, what: str = "") -> str:
    return f"{QUEUE}{check.pk}/{what}"


def text_of(answer) -> str:
    return " ".join(unescape(answer.content.decode()).split())


def late(check: IdentityCheck) -> None:
    IdentityCheck.objects.filter(pk=check.pk).update(
        opened_at=now() - timedelta(days=20), due_at=now() - timedelta(days=10)
    )


def with_evidence(check: IdentityCheck) -> IdentityCheck:
    files = [SentDocument("acte.pdf", "pdf", A_PDF)]
    add_evidence(actor=VISITOR, check=check, document="marriage_certificate", files=files)
    return check


PAGES = ["", "take/", "release/", "ask/", "decide/"]


@pytest.mark.parametrize("roles", [[Role.HELPDESK], [Role.REGISTRY, Role.LETTERS, Role.CONTENT]])
def test_staff_without_the_role_see_nothing(client, roles):
    check = with_evidence(a_check())
    signed_in_by(client, staff(*roles), door="staff", method="totp")
    evidence = f"evidence/{check.evidence.get().pk}/"
    assert [client.get(path).status_code for path in (QUEUE, at(check), at(check, evidence))] == [403] * 3
    assert {client.post(at(check, page)).status_code for page in PAGES[1:]} == {403}


@pytest.mark.parametrize("door", ["patient", "professional"])
def test_a_check_is_not_seen_through_another_door(client, door):
    account = AccountFactory(doors=["staff", door])
    signed_in_by(client, account, door=door)
    assert client.get(QUEUE).status_code == 403


def test_a_visitor_is_asked_to_sign_in(client):
    assert client.get(at(a_check())).status_code == 302


def test_the_queue_shows_the_overdue_first_without_names(desk):
    young, old = a_check(), a_check()
    late(old)
    page = text_of(desk.get(QUEUE))
    assert page.index(old.number) < page.index(young.number)
    assert "En retard" in page
    assert "Muller" not in page
    assert "Weber" not in page


def test_the_queue_is_empty_in_words(desk):
    assert "Aucune vérification ici" in text_of(desk.get(QUEUE))


def test_the_filters_show_what_they_name(desk, by):
    mine, free, over, second = a_check(), a_check(), a_check(proved=MISSPELT), a_check()
    take(actor=actor(by), check_id=mine.pk, by=by)
    said(over, staff(), accepted=True)
    said(second, staff(), accepted=True)
    late(free)
    shown = {
        which: [
            one.number for one in (mine, free, over, second) if one.number in text_of(desk.get(QUEUE, {"which": which}))
        ]
        for which in ("", "overdue", "mine", "free", "second_opinion", "appealed", "over", "nonsense")
    }
    assert shown == {
        "": [mine.number, free.number, second.number],
        "overdue": [free.number],
        "mine": [mine.number],
        "free": [free.number, second.number],
        "second_opinion": [second.number],
        "appealed": [],
        "over": [over.number],
        "nonsense": [mine.number, free.number, second.number],
    }


def test_a_check_is_found_by_its_number(desk):
    check = a_check()
    typed = f" {check.number.lower().replace('-', ' ')} "
    assert desk.post(f"{QUEUE}find/", {"sought": typed})["Location"] == at(check)


def test_a_check_is_found_by_the_matricule_which_is_in_no_address(desk):
    check, other = a_check(), a_check()
    assert desk.post(f"{QUEUE}find/", {"sought": other.person.matricule})["Location"] == at(other)
    a_check(person=check.person)
    page = desk.post(f"{QUEUE}find/", {"sought": check.person.matricule})
    assert check.number in text_of(page)
    assert other.number not in text_of(page)


@pytest.mark.parametrize(("typed", "says"), [("", "Saisissez le numéro"), ("abc", "Ce n'est ni le numéro")])
def test_what_cannot_be_found_is_said(desk, typed, says):
    assert says in text_of(desk.post(f"{QUEUE}find/", {"sought": typed}))


def test_nothing_found_says_what_to_do_next(desk):
    assert "Aucune vérification trouvée" in text_of(desk.post(f"{QUEUE}find/", {"sought": "IV-2222-2222"}))


def test_the_page_sets_the_three_sources_side_by_side(desk):
    check = a_check()
    check.person.family_name = "Registered"
    check.person.save()
    page = text_of(desk.get(at(check)))
    assert page.index("Muller") < page.index("Weber") < page.index("Registered")
    assert "Diffère" in page
    assert "Deux personnes" in page


def test_each_look_is_in_the_journals_of_the_person_and_the_check(desk, by):
    check = a_check()
    desk.get(at(check))
    for chain in (f"person:{check.person_id}", check.chain):
        entry = JournalEntry.objects.filter(chain=chain).latest("sequence")
        assert (entry.event, entry.actor) == ("identity_check.seen", f"staff:{by.pk}")


def test_ones_own_check_is_neither_listed_nor_shown(desk, by):
    check = with_evidence(a_check(person=by.person))
    assert check.number not in text_of(desk.get(QUEUE))
    assert desk.get(at(check)).status_code == 403
    assert desk.get(at(check, f"evidence/{check.evidence.get().pk}/")).status_code == 403
    desk.post(at(check, "take/"))
    assert IdentityCheck.objects.get(pk=check.pk).taken_by is None


def test_a_check_is_taken_decided_and_waits_for_a_second_opinion(desk):
    check = a_check()
    assert "Prendre cette vérification" in text_of(desk.get(at(check)))
    desk.post(at(check, "take/"))
    assert "Votre décision" in text_of(desk.get(at(check)))
    page = text_of(desk.post(at(check, "decide/"), ACCEPT, follow=True))
    assert "Votre décision est enregistrée" in page
    assert IdentityCheck.objects.get(pk=check.pk).state == "second_opinion"
    desk.post(at(check, "take/"))
    assert IdentityCheck.objects.get(pk=check.pk).taken_by is None


def test_the_second_person_does_not_see_what_the_first_said(desk):
    check, first = a_check(), staff()
    said(check, first, accepted=False, words="SECRET-WORDS", remark="SECRET-REMARK")
    page = text_of(desk.get(at(check)))
    assert first.person.full_name in page
    assert "SECRET" not in page
    assert "refusée" not in page
    said(check, staff(), accepted=False)
    assert "SECRET-REMARK" in text_of(desk.get(at(check)))


def test_a_refusal_writes_to_the_applicant(desk, sent_messages):
    check = a_check(proved=MISSPELT)
    desk.post(at(check, "take/"))
    desk.post(at(check, "decide/"), {**REFUSE, "words": "Envoyez le verso."})
    assert "Envoyez le verso." in sent_messages(to=EMAIL)[-1].content["text"]
    assert "Envoyez le verso." in text_of(desk.get(at(check)))


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({}, "Choisissez si vous acceptez ou refusez."),
        ({"verdict": "refuse"}, "Choisissez un motif."),
        ({"verdict": "accept", "refused_for": "names_differ"}, "Choisissez un motif."),
        ({"verdict": "refuse", "refused_for": "other"}, "Dites quel est le motif."),
        ({"verdict": "refuse", "refused_for": "spelling"}, "Choisissez une des réponses de la liste."),
    ],
)
def test_a_decision_needs_its_reason_and_keeps_what_was_typed(desk, typed, says):
    check = a_check()
    desk.post(at(check, "take/"))
    page = text_of(desk.post(at(check, "decide/"), {**typed, "remark": "what I typed"}))
    assert says in page
    assert "what I typed" in page
    assert not IdentityDecision.objects.exists()


def test_a_decision_sent_again_is_told_and_changes_nothing(desk):
    check = a_check(proved=MISSPELT)
    desk.post(at(check, "take/"))
    desk.post(at(check, "decide/"), ACCEPT)
    page = text_of(desk.post(at(check, "decide/"), REFUSE, follow=True))
    assert "tranchée ou retirée entre-temps" in page
    assert IdentityCheck.objects.get(pk=check.pk).state == "accepted"


def test_deciding_needs_the_check_to_be_taken(desk):
    check = a_check()
    assert "n'est pas chez vous" in text_of(desk.post(at(check, "decide/"), ACCEPT, follow=True))
    assert not IdentityDecision.objects.exists()


def test_documents_are_asked_for(desk, sent_messages):
    check = a_check()
    desk.post(at(check, "take/"))
    assert "Choisissez au moins un document." in text_of(desk.post(at(check, "ask/"), {}))
    desk.post(at(check, "ask/"), {"documents": ["passport", "identity_card_back"]})
    mail = sent_messages(to=EMAIL)[-1].content["text"]
    assert "- Passeport" in mail
    assert "- Carte d'identité, verso" in mail


def test_a_document_is_downloaded_as_ours_and_told_to_the_journal(desk):
    check = with_evidence(a_check())
    evidence = check.evidence.get()
    answer = desk.get(at(check, f"evidence/{evidence.pk}/"))
    assert answer.content == A_PDF
    name = f"{check.number}-marriage_certificate-{str(evidence.pk)[:8]}.pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    last = JournalEntry.objects.filter(chain=check.chain).latest("sequence")
    assert last.event == "identity_check.evidence_seen"


def test_evidence_of_another_check_is_not_found_under_this_one(desk):
    check, other = a_check(), with_evidence(a_check())
    assert desk.get(at(check, f"evidence/{other.evidence.get().pk}/")).status_code == 404


def test_what_the_applicant_wrote_is_never_markup(desk):
    check = a_check(proved=MISSPELT)
    said(check, staff(), accepted=False)
    IdentityCheck.objects.filter(pk=check.pk).update(
        state="appealed",
        appealed_at=now(),
        appeal_reasons="<script>alert(1)</script>",
        first_decider=staff(),
        last_decider=None,
        decided_at=None,
    )
    assert b"<script>alert(1)" not in desk.get(at(check)).content


def test_where_two_disagree_only_the_security_officer_goes_on(desk, client):
    check = a_check()
    said(check, staff(), accepted=True)
    said(check, staff(), accepted=False)
    assert "le responsable de la sécurité tranche" in text_of(desk.get(at(check)))
    officer = signed_in_by(Client(), staff(Role.SECURITY), door="staff", method="totp")
    officer.post(at(check, "take/"))
    officer.post(at(check, "decide/"), ACCEPT)
    assert IdentityCheck.objects.get(pk=check.pk).state == "accepted"


def fill(number: int) -> None:
    one = a_check()
    rows = []
    for n in range(number):
        row = IdentityCheck.objects.get(pk=one.pk)
        row.pk, row.number, row.reference = None, f"IV-{n:09}", f"many {n}"
        rows.append(row)
    for row in rows:
        row.id = IdentityCheck._meta.pk.default()
    IdentityCheck.objects.bulk_create(rows)


def test_the_queue_asks_a_constant_number_of_queries(desk, django_assert_num_queries):
    fill(3)
    desk.get(QUEUE)
    with django_assert_num_queries(5):
        desk.get(QUEUE)
    fill_more = [a_check() for _ in range(30)]
    for check in fill_more:
        person = staff()
        take(actor=actor(person), check_id=check.pk, by=person)
    with django_assert_num_queries(5):
        assert "IV-" in text_of(desk.get(QUEUE))


def test_the_queue_is_paged(desk):
    fill(30)
    page = text_of(desk.get(QUEUE))
    assert page.count('href="/fr/desk/identity-checks/') - page.count("identity-checks/?") >= 25
    assert "page=2" in page
    assert "IV-" in text_of(desk.get(QUEUE, {"page": 2}))


def test_one_check_asks_a_constant_number_of_queries(desk, django_assert_num_queries):
    check = a_check()
    said(check, staff(), accepted=True)
    desk.get(at(check))
    with django_assert_num_queries(13):
        desk.get(at(check))
    with_evidence(check)
    said(check, staff(), accepted=False)
    with django_assert_num_queries(13):
        desk.get(at(check))


def test_the_gauges_tell_how_many_wait_and_how_many_are_late():
    late(a_check())
    said(a_check(), staff(), accepted=True)
    said(a_check(proved=MISSPELT), staff(), accepted=True)
    assert _waiting() == {("open",): 1, ("second_opinion",): 1, ("appealed",): 0}
    assert _overdue() == {(): 1}
