"""« Non »: asking for a letter (S2-15)."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings

from gesond.identity.actions.letter_requests import (
    REQUESTS_PER_ADDRESS,
    answer_request,
    request_letter,
    resolve_request,
)
from gesond.identity.models import ActivationCode, LetterRequest
from gesond.identity.tests.factories import AccountFactory, PersonFactory
from gesond.identity.tests.walking import VISITOR, at_once, post_letter, stranger
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash
from gesond.kernel.identifiers import parse_matricule
from gesond.kernel.models import JournalEntry

State, Reason = LetterRequest.State, LetterRequest.Reason


def ask(matricule):
    verdict = request_letter(actor=VISITOR, matricule=parse_matricule(matricule, accept_short=True), language="fr")
    assert verdict.allowed
    return LetterRequest.objects.latest("pk")


@pytest.fixture
def resolved(run_jobs):
    """Ask, let the job run, and return the request as it stands."""

    def resolved(matricule):
        request = ask(matricule)
        assert "identity.resolve_letter_request" in run_jobs()
        request.refresh_from_db()
        return request

    return resolved


def outcome(request):
    return request.state, request.reason


@pytest.mark.django_db
class TestResolving:
    def test_a_due_request_waits_for_the_agency_with_its_person(self, resolved):
        person = PersonFactory()
        request = resolved(person.matricule)
        assert outcome(request) == (State.OPEN, "")
        assert request.person == person

    def test_a_short_matricule_finds_its_person(self, resolved):
        person = PersonFactory(matricule="1893120105732")
        assert resolved("18931201057").person == person

    def test_a_matricule_of_nobody_is_refused(self, resolved):
        assert outcome(resolved(stranger())) == (State.REFUSED, Reason.UNKNOWN)

    def test_a_short_matricule_of_two_persons_is_refused(self, resolved):
        first, second = PersonFactory(matricule="1893120105732"), PersonFactory()
        second.matricule_11, second.matricule_11_hash = first.matricule_11, first.matricule_11_hash
        second.save()
        assert outcome(resolved("18931201057")) == (State.REFUSED, Reason.UNKNOWN)

    def test_who_has_an_account_needs_no_letter(self, resolved):
        account = AccountFactory()
        assert outcome(resolved(account.person.matricule)) == (State.REFUSED, Reason.ACCOUNT_EXISTS)

    def test_a_letter_that_may_still_be_in_the_post_is_waited_for(self, resolved):
        letter = post_letter()
        assert outcome(resolved(letter.matricule)) == (State.REFUSED, Reason.RECENT_LETTER)

    def test_a_letter_of_some_weeks_ago_may_be_replaced(self, resolved):
        letter = post_letter()
        with time_machine.travel(now() + timedelta(days=11), tick=False):
            assert outcome(resolved(letter.matricule)) == (State.OPEN, "")

    def test_an_exhausted_letter_may_be_replaced_at_once(self, resolved):
        assert outcome(resolved(post_letter(state="exhausted").matricule)) == (State.OPEN, "")

    def test_nothing_is_sent_to_the_deceased(self, resolved):
        person = PersonFactory(deceased=True)
        assert outcome(resolved(person.matricule)) == (State.REFUSED, Reason.DECEASED)

    def test_nothing_is_sent_without_an_address(self, resolved):
        person = PersonFactory(address=None)
        assert outcome(resolved(person.matricule)) == (State.REFUSED, Reason.NO_ADDRESS)

    def test_one_request_of_a_person_is_open_at_a_time(self, resolved):
        person = PersonFactory()
        assert outcome(resolved(person.matricule)) == (State.OPEN, "")
        assert outcome(resolved(person.matricule)) == (State.REFUSED, Reason.ALREADY_ASKED)

    def test_running_the_job_again_changes_nothing(self, resolved):
        request = resolved(stranger())
        handled_at = request.handled_at
        again = resolve_request(actor=journal.SYSTEM, request_id=request.pk)
        assert again.handled_at == handled_at

    def test_the_journal_tells_why(self, resolved):
        request = resolved(stranger())
        entries = JournalEntry.objects.filter(chain=f"letter-request:{request.pk}").order_by("sequence")
        assert [entry.event for entry in entries] == ["letter.requested", "letter.refused"]
        assert entries[1].details == {"reason": "unknown"}


@pytest.mark.django_db
class TestIssuingWithoutTheAgency:
    @pytest.fixture(autouse=True)
    def _automatic(self, monkeypatch, tmp_path):
        changed = replace(settings.ENVIRONMENT, letters_reissued_automatically=True, letter_spool=tmp_path)
        monkeypatch.setattr(settings, "ENVIRONMENT", changed)

    def test_a_due_letter_is_printed_and_the_former_cancelled(self, resolved, tmp_path):
        former = post_letter(state="exhausted")
        request = resolved(former.matricule)

        assert outcome(request) == (State.LETTER_ISSUED, "")
        letter = ActivationCode.objects.get(person=former.row.person, state=ActivationCode.State.LIVE)
        assert letter.batch.printed == 1
        assert len(list(tmp_path.rglob("*.pdf"))) == 1

    def test_what_is_not_due_is_not_printed(self, resolved, tmp_path):
        assert outcome(resolved(post_letter().matricule)) == (State.REFUSED, Reason.RECENT_LETTER)
        assert not list(tmp_path.rglob("*.pdf"))

    def test_running_the_job_again_prints_nothing_more(self, resolved):
        request = resolved(PersonFactory().matricule)
        answer_request(actor=journal.SYSTEM, request_id=request.pk)
        assert ActivationCode.objects.filter(person=request.person).count() == 1


@pytest.mark.django_db
def test_an_address_asks_ten_times_an_hour():
    for _ in range(REQUESTS_PER_ADDRESS.count):
        ask(stranger())
    refused = request_letter(actor=VISITOR, matricule=parse_matricule(stranger(), accept_short=True), language="fr")
    assert not refused.allowed
    assert refused.retry_after > 0
    assert LetterRequest.objects.count() == REQUESTS_PER_ADDRESS.count


@pytest.mark.django_db
def test_the_matricule_is_encrypted_and_found_by_its_hash():
    matricule = stranger()
    request = ask(matricule)
    assert LetterRequest.objects.get(matricule_hash=keyed_hash(matricule, purpose="person.matricule")) == request


@pytest.mark.django_db(transaction=True)
def test_two_workers_resolve_two_requests_of_one_person_to_one_open():
    person = PersonFactory()
    requests = [ask(person.matricule), ask(person.matricule)]
    at_once(*[lambda pk=request.pk: resolve_request(actor=journal.SYSTEM, request_id=pk) for request in requests])
    states = sorted(LetterRequest.objects.values_list("state", "reason"))
    assert states == [(State.OPEN, ""), (State.REFUSED, Reason.ALREADY_ASKED)]
