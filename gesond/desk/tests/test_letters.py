"""Letters ordered at the desk and printed by a job; requests decided."""

import pytest
from django.urls import reverse

from gesond.desk.tests.staff import at_the_desk, looking_at
from gesond.directory.tests.factories import ProfessionalFactory
from gesond.identity.actions.letter_orders import LetterRequestError, grant_request, order_letters, refuse_request
from gesond.identity.actions.letters import LetterError
from gesond.identity.letters.selection import LetterSelection
from gesond.identity.models import ActivationCode, LetterBatch, LetterRequest, Role
from gesond.identity.tests.factories import AccountFactory, PersonFactory
from gesond.kernel.hashing import keyed_hash
from gesond.kernel.journal import SYSTEM
from gesond.kernel.models import JournalEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return at_the_desk(Role.LETTERS)


def text(answer):
    return answer.content.decode()


def asked_by(person):
    value = str(person.matricule) if person else "1950010101922"
    return LetterRequest.objects.create(
        matricule=value, matricule_hash=keyed_hash(value, purpose="person.matricule"), language="fr", person=person
    )


def test_a_batch_is_counted_confirmed_and_printed_by_a_job(desk, run_jobs, settings):
    people = [PersonFactory() for _ in range(3)]
    address = reverse("desk:letters_order")
    counted = desk.post(address, {"door": "patient", "kind": "missing"})
    assert 'name="confirmed"' in text(counted)
    assert not LetterBatch.objects.exists()
    answer = desk.post(address, {"door": "patient", "kind": "missing", "confirmed": "1"})
    batch = LetterBatch.objects.get()
    assert answer["Location"] == reverse("desk:letter_batch", args=[batch.pk])
    assert (batch.requested, batch.finished_at) == (3, None)
    assert run_jobs() == ["identity.print_letters"]
    batch.refresh_from_db()
    assert batch.printed == 3
    assert (settings.ENVIRONMENT.letter_spool / batch.manifest).exists()
    assert ActivationCode.objects.filter(person__in=people, state="live").count() == 3
    assert batch.created_by == f"staff:{desk.account.pk}"
    page = text(desk.get(answer["Location"]))
    assert desk.account.person.full_name in page
    assert not any(code.code_hash.hex() in page for code in ActivationCode.objects.all())


def test_nobody_selected_prints_nothing(desk):
    answer = desk.post(reverse("desk:letters_order"), {"door": "patient", "kind": "requested", "confirmed": "1"})
    assert answer.status_code == 200
    assert not LetterBatch.objects.exists()
    with pytest.raises(LetterError):
        order_letters(actor=SYSTEM, selection=LetterSelection(kind="requested"))


def test_a_wrong_year_keeps_what_was_typed(desk):
    page = text(
        desk.post(
            reverse("desk:letters_order"), {"door": "patient", "kind": "missing", "born_before": "abc", "limit": "5"}
        )
    )
    assert "nhsuk-error-message" in page
    assert 'value="abc"' in page
    assert 'value="5"' in page


def test_a_stopped_batch_goes_on_and_nobody_gets_two(desk, run_jobs):
    PersonFactory()
    batch = LetterBatch.objects.create(created_by="system", selection={"kind": "missing"}, requested=1)
    page = text(desk.get(reverse("desk:letter_batch", args=[batch.pk])))
    assert "Automatiquement, ou par une commande" in page
    resume = reverse("desk:letter_batch_resume", args=[batch.pk])
    assert resume in page
    desk.post(resume)
    assert resume not in text(desk.get(reverse("desk:letter_batch", args=[batch.pk])))
    desk.post(resume)
    run_jobs()
    assert ActivationCode.objects.count() == 1
    desk.post(resume)
    assert run_jobs() == []


def test_the_list_takes_as_many_queries_however_many_batches(desk, django_assert_num_queries):
    for number in range(30):
        LetterBatch.objects.create(created_by="system", selection={"kind": "missing"}, requested=number)
    with django_assert_num_queries(6):  # session, staff, count, batches, codes, jobs
        desk.get(reverse("desk:letters"))


def test_one_letter_for_the_person_whose_page_is_open(desk, run_jobs):
    person, other = PersonFactory(), PersonFactory()
    looking_at(desk, person)
    assert desk.post(reverse("desk:person_letter", args=[other.pk]))["Location"].endswith(f"/{other.pk}/reason/")
    desk.post(reverse("desk:person_letter", args=[person.pk]))
    run_jobs()
    assert [code.person_id for code in ActivationCode.objects.all()] == [person.pk]


def test_a_granted_request_is_closed_by_its_letter(desk, run_jobs):
    request = asked_by(PersonFactory())
    desk.post(reverse("desk:letter_request_grant", args=[request.pk]))
    run_jobs()
    request.refresh_from_db()
    assert request.state == LetterRequest.State.LETTER_ISSUED
    assert JournalEntry.objects.filter(chain=f"letter-request:{request.pk}", event="letter.granted").exists()


def test_a_request_is_granted_once():
    request = asked_by(PersonFactory())
    grant_request(actor=SYSTEM, request_id=request.pk)
    with pytest.raises(LetterRequestError):
        grant_request(actor=SYSTEM, request_id=request.pk)
    assert LetterBatch.objects.count() == 1


def test_a_refused_request_says_why_to_the_agency_alone(desk, sent_messages):
    request = asked_by(PersonFactory())
    address = reverse("desk:letter_request_refuse", args=[request.pk])
    assert desk.post(address, {"reason": "unknown"}).status_code == 200  # not the agency's to give
    desk.post(address, {"reason": "agency"})
    request.refresh_from_db()
    assert (request.state, request.reason) == ("refused", "agency")
    assert sent_messages() == []
    with pytest.raises(LetterRequestError):
        refuse_request(actor=SYSTEM, request_id=request.pk, reason="agency")


def test_a_request_that_names_nobody_cannot_be_granted():
    with pytest.raises(LetterRequestError):
        grant_request(actor=SYSTEM, request_id=asked_by(None).pk)


def test_the_queue_is_paged_and_takes_as_many_queries(desk, django_assert_num_queries):
    for _number in range(30):
        asked_by(PersonFactory())
    with django_assert_num_queries(5):  # session, staff, count, the tabs' counts, requests with their persons
        page = text(desk.get(reverse("desk:letter_requests")))
    assert page.count("/issue/") == 25
    assert "page=2" in page


def test_somebody_with_an_account_gets_no_letter_from_a_request(desk):
    request = asked_by(AccountFactory().person)
    desk.post(reverse("desk:letter_request_grant", args=[request.pk]))
    request.refresh_from_db()
    assert request.state == LetterRequest.State.OPEN
    assert not LetterBatch.objects.exists()


def a_professional():
    return ProfessionalFactory().person


def test_s1_09_a_batch_for_the_professionals_door_is_for_those_in_force_alone(desk, run_jobs):
    PersonFactory()
    doctor = a_professional()
    typed = {"door": "professional", "kind": "missing"}
    counted = text(desk.post(reverse("desk:letters_order"), typed))
    assert 'name="door" value="professional"' in counted
    answer = desk.post(reverse("desk:letters_order"), {**typed, "confirmed": "1"})
    run_jobs()
    assert [(code.person_id, code.door) for code in ActivationCode.objects.all()] == [(doctor.pk, "professional")]
    assert "(professionnels)" in text(desk.get(answer["Location"]))


def test_s1_09_the_page_of_a_professional_offers_a_letter_for_each_door_not_open_yet(desk, run_jobs):
    doctor = a_professional()
    AccountFactory(person=doctor, doors=["patient"])
    looking_at(desk, doctor)
    page = text(desk.get(reverse("desk:person", args=[doctor.pk])))
    assert 'name="door" value="professional"' in page
    assert 'name="door" value="patient"' not in page
    desk.post(reverse("desk:person_letter", args=[doctor.pk]), {"door": "professional"})
    run_jobs()
    assert [code.door for code in ActivationCode.objects.all()] == ["professional"]


def test_s1_09_who_is_no_professional_gets_no_professionals_letter(desk, run_jobs):
    person = PersonFactory()
    looking_at(desk, person)
    assert 'value="professional"' not in text(desk.get(reverse("desk:person", args=[person.pk])))
    desk.post(reverse("desk:person_letter", args=[person.pk]), {"door": "professional"})
    run_jobs()
    assert not ActivationCode.objects.exists()


def test_s1_07_a_professionals_request_says_its_door_and_is_granted_by_a_professionals_letter(desk, run_jobs):
    """A patient's account is no reason against it; a patient's letter would be of no use."""
    doctor = a_professional()
    AccountFactory(person=doctor, doors=["patient"])
    request = asked_by(doctor)
    LetterRequest.objects.filter(pk=request.pk).update(door="professional")
    assert "Professionnel" in text(desk.get(reverse("desk:letter_requests")))
    desk.post(reverse("desk:letter_request_grant", args=[request.pk]))
    run_jobs()
    request.refresh_from_db()
    assert request.state == LetterRequest.State.LETTER_ISSUED
    assert [code.door for code in ActivationCode.objects.all()] == ["professional"]
