"""Whose LuxTrust it is, and whose account it reaches (S3-10, S3-11)."""

from datetime import timedelta

import pytest

from gesond.directory.actions import secretary_steps
from gesond.directory.models import Declaration
from gesond.directory.queries.declarations import DECLARATION_KEY, BrowserKey
from gesond.directory.tests.secretary.steps import (
    ACCOUNT_EXISTS,
    DIFFERENT,
    GONE,
    TAKEN,
    UNKNOWN,
    State,
    conclude,
    in_check,
)
from gesond.directory.tests.secretary_steps import (
    CONFIRM,
    DIFFERENCES,
    DONE,
    LUXTRUST,
    MATRICULE,
    PENDING,
    at_luxtrust,
    declared,
    differing,
    opened,
    prove,
    text_of,
    title_of,
)
from gesond.identity.models import Account, IdentityCheck, LuxTrustProduct
from gesond.identity.tests.factories import AccountFactory, PersonFactory
from gesond.identity.tests.luxtrust_steps import come_back, product_of, proof_of, signed_in_by
from gesond.kernel.hashing import keyed_hash
from gesond.kernel.journal import VISITOR

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_facts")]


def test_somebody_the_registry_does_not_know_is_checked_and_then_added(practice):
    """S3-12: not in the registry is a difference too."""
    stranger = PersonFactory.build(family_name="Weber", given_names="Marie", pk=900)
    declared(practice, stranger)
    client = at_luxtrust(stranger)
    prove(client, proof_of(stranger))
    assert differing(client) == [UNKNOWN]
    client.post(CONFIRM)
    conclude(IdentityCheck.objects.get(), IdentityCheck.State.ACCEPTED)
    added = Account.objects.get(email_hash=keyed_hash("secretary@example.lu", purpose="account.email")).person
    assert (added.matricule, added.family_name) == (stranger.matricule, "Weber")


def test_the_registrys_person_of_the_matricule_must_be_the_same_too(practice, person):
    """The doctor and LuxTrust agree on a name, and the matricule is somebody else's."""
    declared(practice, person, family_name="Beispill", given_names="Lea")
    client = at_luxtrust(person)
    prove(client, proof_of(person, family_name="Beispill", given_names="Lea"))
    assert differing(client) == [UNKNOWN]
    assert person.family_name not in text_of(client.get(DIFFERENCES))


def test_a_birth_date_that_is_not_the_matricules_is_a_difference(practice, person):
    declared(practice, person)
    client = at_luxtrust(person)
    prove(client, proof_of(person, birth_date=proof_of(person).birth_date + timedelta(days=1)))
    assert differing(client) == ["Date de naissance"]


def test_a_name_alone_is_not_enough_where_luxtrust_states_no_birth_date(practice, person):
    """S3-12: nothing was posted to her, so that a homonym who learnt the matricule could be taken for her."""
    declared(practice, person)
    client = at_luxtrust(person)
    assert prove(client, proof_of(person, birth_date=None))["Location"] == DIFFERENCES
    assert differing(client) == ["Date de naissance"]
    assert "non communiquée" in text_of(client.get(DIFFERENCES))
    assert client.post(CONFIRM)["Location"] == PENDING
    check = IdentityCheck.objects.get()
    assert not check.spelling_only  # two people decide
    conclude(check, IdentityCheck.State.ACCEPTED)
    assert Account.objects.get(person=person).doors == ["secretary"]


def test_a_device_that_people_accepted_without_a_birth_date_is_not_asked_about_again(practice, person):
    check = in_check(practice, person, family_name=person.family_name, birth_date=None)
    account = AccountFactory(person=person)
    conclude(check, IdentityCheck.State.ACCEPTED)
    client = signed_in_by(at_luxtrust(person), account, door="patient", method="code")
    assert prove(client, proof_of(person, birth_date=None), account)["Location"] == DONE


def test_a_product_that_signs_in_to_her_account_proves_her_without_a_birth_date(practice, person):
    """The product was matched to her when it was added: it is not compared by name alone."""
    account = AccountFactory(person=person)
    product_of(account, proof_of(person))
    declared(practice, person)
    assert prove(at_luxtrust(person), proof_of(person, birth_date=None))["Location"] == DONE


def test_a_homonyms_luxtrust_does_not_reach_an_account_that_exists(practice, person):
    account = AccountFactory(person=person)
    declared(practice, person)
    client = at_luxtrust(person)
    answer = prove(client, proof_of(person))
    assert (answer.status_code, title_of(answer)) == (409, ACCOUNT_EXISTS)
    account.refresh_from_db()
    assert account.doors == ["patient"]
    assert not LuxTrustProduct.objects.exists()


@pytest.mark.parametrize("state", ["active", "suspended", None])
def test_a_strangers_luxtrust_does_not_learn_whether_a_matricule_has_an_account(practice, person, state):
    """X15: whoever knows a matricule could declare it, open the link and hold any LuxTrust device to it."""
    if state:
        AccountFactory(person=person, state=state)
    declaration = declared(practice, person)
    client = at_luxtrust(person)
    assert prove(client, proof_of(person, family_name=DIFFERENT, subject="LT-1"))["Location"] == DIFFERENCES
    client.post(CONFIRM)
    declaration.refresh_from_db()
    assert declaration.applicant is None
    conclude(IdentityCheck.objects.get(), "accepted")
    assert Account.objects.filter(person=person, doors__contains=["secretary"]).exists() is (state is None)


def test_who_is_signed_in_to_her_account_gets_door_and_product_added(practice, person):
    account = AccountFactory(person=person)
    declared(practice, person)
    client = signed_in_by(at_luxtrust(person), account, door="patient", method="code")
    assert prove(client, proof_of(person), account)["Location"] == DONE
    account.refresh_from_db()
    assert account.doors == ["patient", "secretary"]
    assert account.luxtrust_products.count() == 1


def test_a_product_of_her_own_account_reaches_it(practice, person):
    account = AccountFactory(person=person)
    product_of(account, proof_of(person))
    declared(practice, person)
    assert prove(at_luxtrust(person), proof_of(person))["Location"] == DONE
    account.refresh_from_db()
    assert account.doors == ["patient", "secretary"]
    assert account.luxtrust_products.count() == 1


def test_another_persons_product_is_refused_calmly(practice, person):
    owner = AccountFactory()
    product_of(owner, proof_of(person))
    declared(practice, person)
    answer = prove(at_luxtrust(person), proof_of(person))
    assert (answer.status_code, title_of(answer)) == (409, TAKEN)
    owner.refresh_from_db()
    assert owner.doors == ["patient"]


def test_somebody_else_signed_in_in_this_browser_lends_nothing(practice, person):
    AccountFactory(person=person)
    other = AccountFactory()
    declared(practice, person)
    client = signed_in_by(at_luxtrust(person), other, door="patient", method="code")
    assert prove(client, proof_of(person), other).status_code == 409


def test_an_account_opened_during_the_check_is_not_taken_over(practice, person):
    check = in_check(practice, person)
    account = AccountFactory(person=person)
    conclude(check, IdentityCheck.State.ACCEPTED)
    account.refresh_from_db()
    assert account.doors == ["patient"]
    assert Declaration.objects.get().state == State.SENT  # with a new link: she signs in and goes on
    client = signed_in_by(at_luxtrust(person), account, door="patient", method="code")
    assert prove(client, proof_of(person, family_name=DIFFERENT), account)["Location"] == DONE  # cleared by people


def test_a_suspended_account_is_not_added_to(practice, person):
    account = AccountFactory(person=person, state="suspended")
    product_of(account, proof_of(person))
    declared(practice, person)
    answer = prove(at_luxtrust(person), proof_of(person))
    assert title_of(answer) == "Votre compte n'est pas ouvert"


def test_a_proof_for_another_purpose_is_worth_nothing(practice, person):

    declared(practice, person)
    client = at_luxtrust(person)
    come_back(client, proof_of(person), purpose="sign_in.patient")
    assert client.get(LUXTRUST).status_code == 200
    assert not Account.objects.filter(person=person).exists()


def test_another_declarations_id_opens_nothing_to_this_browser(practice, person):
    mine, theirs = PersonFactory(), person
    declared(practice, theirs)
    opened()
    victim = Declaration.objects.get()
    declared(practice, mine, email="other@example.lu")
    client = opened()
    session = client.session
    session[DECLARATION_KEY] = {**session[DECLARATION_KEY], "id": str(victim.pk)}
    session.save()
    assert client.get(MATRICULE).status_code == GONE
    with pytest.raises(secretary_steps.StepError):
        secretary_steps.prove_matricule(actor=VISITOR, key=BrowserKey(str(victim.pk), "x"), typed=None)
