"""Two tabs, two browsers, two people at once: one account, one way."""

import threading

import pytest
from django.db import connection, transaction

from gesond.directory.actions import declarations, secretary_steps
from gesond.directory.models import Declaration, Mandate
from gesond.directory.queries.declarations import DECLARATION_KEY, BrowserKey, declaration_of
from gesond.directory.tests.secretary.steps import State
from gesond.directory.tests.secretary_steps import CONFIRM, at_luxtrust, declared, prove
from gesond.directory.tests.waiting import wait_until_somebody_waits
from gesond.identity.actions.identity_checks import take
from gesond.identity.actions.identity_decisions import decide
from gesond.identity.identity_checks.reasons import ACCEPTED
from gesond.identity.models import Account, IdentityCheck, Role, StaffMember
from gesond.identity.queries.terms import current_terms
from gesond.identity.tests.factories import AccountFactory
from gesond.identity.tests.luxtrust_steps import proof_of, signed_in_by
from gesond.kernel import journal
from gesond.kernel.journal import SYSTEM, VISITOR

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_facts")]


def in_threads(*acts):
    """Each in a thread and connection of its own; what each gave or raised."""
    came: list[object] = []

    def run(act):
        try:
            came.append(act())
        except Exception as error:
            came.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def ready(practice, person) -> BrowserKey:
    declared(practice, person)
    held = at_luxtrust(person).session[DECLARATION_KEY]
    return BrowserKey(held["id"], held["token"])


@pytest.mark.django_db(transaction=True)
def test_two_tabs_open_one_account(practice, person):
    key = ready(practice, person)

    def accept():
        return secretary_steps.give_proof(actor=VISITOR, key=key, proof=proof_of(person), account=None)

    came = in_threads(accept, accept, accept)
    assert came.count(secretary_steps.Proved.ACCEPTED) == 1
    assert sum(isinstance(one, secretary_steps.StepError) for one in came) == 2
    assert Account.objects.filter(person=person).count() == Mandate.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_withdrawn_while_it_is_accepted_is_one_or_the_other(practice, person):
    key = ready(practice, person)
    doctor = practice.professional.person.account
    doctor.standing = standing()

    def accept():
        return secretary_steps.give_proof(actor=VISITOR, key=key, proof=proof_of(person), account=None)

    def withdraw():
        return declarations.withdraw(actor=SYSTEM, account=doctor, declaration_id=key.declaration_id)

    came = in_threads(accept, withdraw)
    state = Declaration.objects.get().state
    assert Account.objects.filter(person=person).exists() is (state == State.ACCEPTED)
    assert sum(isinstance(one, Exception) for one in came) == 1


@pytest.mark.django_db(transaction=True)
def test_a_link_used_in_two_browsers_at_once_leads_on_in_one(practice, person):
    declaration = declared(practice, person)
    name, terms = secretary_steps.link_name(declaration), current_terms()

    def use():
        return secretary_steps.use_link(actor=VISITOR, declaration_id=declaration.pk, link=name, terms=terms)

    came = in_threads(use, use, use)
    assert sum(declaration_of(one) is not None for one in came) == 1


def standing():
    from gesond.identity.sessions.standing import Standing

    return Standing("professional", "luxtrust")


@pytest.mark.django_db(transaction=True)
def test_deciding_while_she_signs_in_waits_and_stops_nobody(practice, person):
    """Account before journal, everywhere: the other way round, each would wait for the other."""
    account = AccountFactory(person=person, email="s@example.lu")
    declared(practice, person)
    her = at_luxtrust(person)
    signed_in_by(her, account, door="patient", method="code")
    prove(her, proof_of(person, family_name="Webber"), account)
    her.post(CONFIRM)
    check = IdentityCheck.objects.get()
    clerk = AccountFactory(doors=["patient", "staff"])
    StaffMember.objects.create(account=clerk, roles=[Role.IDENTITY_CHECKS])
    take(actor=SYSTEM, check_id=check.pk, by=clerk)
    holds = threading.Event()

    def sign_in():
        with transaction.atomic():
            Account.objects.select_for_update().get(pk=account.pk)
            holds.set()
            wait_until_somebody_waits()
            journal.record(actor=SYSTEM, event="sign_in.succeeded", chain=f"person:{person.pk}")
        return "signed in"

    def decide_meanwhile():
        holds.wait(10)
        return decide(actor=SYSTEM, check_id=check.pk, by=clerk, accepted=True, reason_code=next(iter(ACCEPTED)))

    came = in_threads(sign_in, decide_meanwhile)
    assert not [one for one in came if isinstance(one, Exception)]
    account.refresh_from_db()
    assert "secretary" in account.doors
