"""Deciding identity checks, alone, in pairs and on appeal (S3-13, S3-14, S3-16)."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from gesond.identity.actions.identity_checks import (
    CheckError,
    CheckOverError,
    DecidedBeforeError,
    NotEntitledError,
    TakenError,
    take,
    withdraw,
)
from gesond.identity.actions.identity_decisions import AppealError, appeal, decide
from gesond.identity.identity_checks.kinds import register_kind
from gesond.identity.models import IdentityCheck, IdentityDecision, Role
from gesond.identity.tests.check_steps import EMAIL, KIND, MISSPELT, a_check, actor, said, staff, told
from gesond.kernel.clock import now
from gesond.kernel.journal import VISITOR
from gesond.kernel.models import JournalEntry

pytestmark = pytest.mark.django_db
State = IdentityCheck.State


def refused(**facts) -> IdentityCheck:
    """A check of spelling only, refused by one person."""
    check = a_check(proved=MISSPELT, **facts)
    return said(check, staff(), accepted=False)


def test_one_person_decides_where_only_the_spelling_differs():
    check = said(a_check(proved=MISSPELT), staff(), accepted=True)
    assert (check.state, told) == (State.ACCEPTED, [("accepted", "")])


def test_two_people_decide_where_more_differs():
    check = a_check()
    assert said(check, staff(), accepted=True).state == State.SECOND_OPINION
    assert told == []
    assert said(check, staff(), accepted=True).state == State.ACCEPTED
    assert told == [("accepted", "")]


def test_the_same_person_never_decides_twice():
    check, by = a_check(), staff()
    said(check, by, accepted=True)
    with pytest.raises(DecidedBeforeError):
        said(check, by, accepted=True)
    assert IdentityDecision.objects.count() == 1


def test_where_two_disagree_the_security_officer_settles_it():
    check = a_check()
    said(check, staff(), accepted=True)
    assert said(check, staff(), accepted=False).state == State.SECOND_OPINION
    with pytest.raises(NotEntitledError):
        said(check, staff(), accepted=True)
    assert said(check, staff(Role.SECURITY), accepted=False).state == State.REFUSED


def test_the_security_officer_gives_no_first_opinion():
    with pytest.raises(NotEntitledError):
        said(a_check(), staff(Role.SECURITY), accepted=True)


def test_a_first_opinion_is_not_told_in_the_journal():
    check = a_check()
    said(check, staff(), accepted=False)
    entry = JournalEntry.objects.filter(chain=check.chain).latest("sequence")
    assert (entry.event, entry.details) == ("identity_check.opinion_given", {})


def test_only_who_has_taken_it_decides():
    check, by = a_check(proved=MISSPELT), staff()
    with pytest.raises(TakenError):
        decide(actor=actor(by), check_id=check.pk, by=by, accepted=True, reason_code="spelling")


def test_a_reason_belongs_to_its_decision():
    check, by = a_check(proved=MISSPELT), staff()
    take(actor=actor(by), check_id=check.pk, by=by)
    with pytest.raises(ValueError, match="no reason"):
        decide(actor=actor(by), check_id=check.pk, by=by, accepted=True, reason_code="names_differ")


def test_what_is_decided_is_decided_once():
    check = said(a_check(proved=MISSPELT), staff(), accepted=True)
    with pytest.raises(CheckOverError):
        said(check, staff(), accepted=False)


def test_a_refusal_says_why_and_how_to_contest_it(sent_messages):
    check = said(a_check(proved=MISSPELT), staff(), accepted=False, words="Appelez-nous.")
    mail = sent_messages(to=EMAIL)[-1].content
    assert (
        check.reason == "D'après ce que nous avons, les deux noms ne sont pas ceux d'une même personne. Appelez-nous."
    )
    assert check.reason in mail["text"]
    assert "vous pouvez contester cette réponse" in mail["text"]
    assert "/fr/identity-check/link/" in mail["text"]
    assert "27 12 50 18 33" in mail["text"]
    assert told == [("refused", check.reason)]


def test_an_acceptance_sends_no_mail_of_its_own(sent_messages):
    said(a_check(proved=MISSPELT), staff(), accepted=True)
    assert [mail.template for mail in sent_messages(to=EMAIL)] == ["identity/identity_check_opened"]


def test_an_owner_that_fails_leaves_the_check_undecided():
    def fail(actor, check):
        raise RuntimeError("the account cannot be opened")

    check, by = a_check(kind=KIND, proved=MISSPELT), staff()
    take(actor=actor(by), check_id=check.pk, by=by)
    register_kind("fragile", label="Fragile", decided=fail)
    IdentityCheck.objects.filter(pk=check.pk).update(kind="fragile")
    with pytest.raises(RuntimeError):
        decide(actor=actor(by), check_id=check.pk, by=by, accepted=True, reason_code="spelling")
    check.refresh_from_db()
    assert check.state == State.OPEN
    assert not IdentityDecision.objects.exists()


def test_an_appeal_is_decided_by_somebody_new(sent_messages):
    check, first = a_check(proved=MISSPELT), staff()
    said(check, first, accepted=False)
    appeal(actor=VISITOR, check_id=check.pk, reasons="C'est mon nom de jeune fille.")
    assert "Quelqu'un qui n'a pas encore décidé" in sent_messages(to=EMAIL)[-1].content["text"]
    with pytest.raises(DecidedBeforeError):
        said(check, first, accepted=False)
    assert said(check, staff(), accepted=True).state == State.ACCEPTED
    assert [state for state, _ in told] == ["refused", "accepted"]


def test_after_two_opinions_an_appeal_needs_a_third_person():
    check, first, second = a_check(), staff(), staff()
    said(check, first, accepted=False)
    said(check, second, accepted=False)
    appeal(actor=VISITOR, check_id=check.pk, reasons="Non.")
    for before in (first, second):
        with pytest.raises(DecidedBeforeError):
            said(check, before, accepted=True)
    assert said(check, staff(), accepted=False).state == State.REFUSED


def test_a_refusal_is_contested_once(sent_messages):
    check = refused()
    appeal(actor=VISITOR, check_id=check.pk, reasons="Non.")
    said(check, staff(), accepted=False)
    with pytest.raises(AppealError):
        appeal(actor=VISITOR, check_id=check.pk, reasons="Non.")
    assert "Cette réponse est définitive" in sent_messages(to=EMAIL)[-1].content["text"]


def test_a_refusal_is_contested_within_thirty_days():
    check = refused()
    with time_machine.travel(now() + timedelta(days=29, hours=23)):
        appeal(actor=VISITOR, check_id=check.pk, reasons="Non.")
    late = refused()
    with time_machine.travel(now() + timedelta(days=30, minutes=1)), pytest.raises(AppealError):
        appeal(actor=VISITOR, check_id=late.pk, reasons="Non.")


def test_only_a_refusal_is_contested():
    with pytest.raises(AppealError):
        appeal(actor=VISITOR, check_id=a_check().pk, reasons="Non.")
    accepted = said(a_check(proved=MISSPELT), staff(), accepted=True)
    with pytest.raises(AppealError):
        appeal(actor=VISITOR, check_id=accepted.pk, reasons="Non.")


def test_a_refusal_that_a_newer_check_replaced_is_not_contested():
    check = refused(reference="same")
    a_check(reference="same")
    with pytest.raises(AppealError):
        appeal(actor=VISITOR, check_id=check.pk, reasons="Non.")


def at_once(*calls) -> list[str]:
    """Run the calls in threads of their own, begun together; what came of each."""
    ready, outcomes = threading.Barrier(len(calls)), []

    def run(call) -> None:
        try:
            ready.wait()
            call()
            outcomes.append("done")
        except CheckError as refused_:
            outcomes.append(type(refused_).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_at_once_one_gets_it():
    check, one, other = a_check(), staff(), staff()
    outcomes = at_once(*(lambda by=by: take(actor=actor(by), check_id=check.pk, by=by) for by in (one, other)))
    assert outcomes == ["TakenError", "done"]


@pytest.mark.django_db(transaction=True)
def test_a_decision_sent_twice_at_once_counts_once():
    check, by = a_check(), staff()
    take(actor=actor(by), check_id=check.pk, by=by)

    def send() -> None:
        decide(actor=actor(by), check_id=check.pk, by=by, accepted=True, reason_code="married_name")

    assert at_once(send, send) == ["DecidedBeforeError", "done"]
    assert IdentityCheck.objects.get(pk=check.pk).state == State.SECOND_OPINION


@pytest.mark.django_db(transaction=True)
def test_deciding_and_withdrawing_at_once_leaves_one_of_both():
    check, by = a_check(proved=MISSPELT), staff()
    take(actor=actor(by), check_id=check.pk, by=by)
    outcomes = at_once(
        lambda: decide(actor=actor(by), check_id=check.pk, by=by, accepted=True, reason_code="spelling"),
        lambda: withdraw(actor=VISITOR, check_id=check.pk),
    )
    assert outcomes == ["CheckOverError", "done"]
    assert len(told) == 1
    assert IdentityCheck.objects.get(pk=check.pk).state == told[0][0]


@pytest.mark.django_db(transaction=True)
def test_an_appeal_sent_twice_at_once_is_one():
    check = refused()
    outcomes = at_once(*[lambda: appeal(actor=VISITOR, check_id=check.pk, reasons="Non.")] * 2)
    assert outcomes == ["AppealError", "done"]
