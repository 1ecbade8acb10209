"""The secretary's way from the link to the account: S3-05 to S3-17."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client

from gesond.directory.actions import declarations, secretary_steps
from gesond.directory.models import Declaration, Mandate, today
from gesond.directory.queries.declarations import DECLARATION_KEY, BrowserKey, declaration_of, key_in
from gesond.directory.tests.secretary_steps import (
    AGAIN,
    CONFIRM,
    DIFFERENCES,
    DONE,
    LIST,
    LUXTRUST,
    MANDATES,
    MATRICULE,
    PENDING,
    TERMS,
    a_mandate,
    a_practice,
    accept_terms,
    at_luxtrust,
    declared,
    differing,
    doctor_at,
    latest_link,
    opened,
    prove,
    text_of,
    title_of,
)
from gesond.directory.tests.waiting import wait_until_somebody_waits
from gesond.identity.actions.identity_checks import NotEntitledError, take
from gesond.identity.actions.identity_decisions import decide
from gesond.identity.identity_checks.reasons import ACCEPTED
from gesond.identity.models import Account, IdentityCheck, LuxTrustProduct, Person, Role, StaffMember, TermsAcceptance
from gesond.identity.queries.terms import current_terms
from gesond.identity.tests.factories import AccountFactory, PersonFactory, matricule_for
from gesond.identity.tests.luxtrust_steps import come_back, product_of, proof_of, signed_in_by
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash
from gesond.kernel.journal import SYSTEM, VISITOR
from gesond.kernel.models import JournalEntry
from gesond.notify.models import OutboxMessage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_facts")]
State = Declaration.State
GONE = 410
DIFFERENT = "Wagner"
UNKNOWN = "Le registre national ne connaît pas cette personne sous ce matricule"
ACCOUNT_EXISTS = "Vous avez déjà un compte"
TAKEN = "Ce dispositif LuxTrust est utilisé par un autre compte"


@pytest.fixture
def person() -> Person:
    return PersonFactory(family_name="Weber", given_names="Marie Claire")


@pytest.fixture
def practice():
    return a_practice(person__family_name="Muster", person__given_names="Anna")


def sent_to(address: str) -> list[str]:
    found = OutboxMessage.objects.filter(recipient_hash=keyed_hash(address, purpose="outbox.recipient"))
    return list(found.order_by("created_at").values_list("template", flat=True))


def events(chain: str) -> list[str]:
    return list(JournalEntry.objects.filter(chain=chain).order_by("sequence").values_list("event", flat=True))


def conclude(check: IdentityCheck, state: str, reason: str = "") -> None:
    """As the desk decides: the owner of the check is called with it."""
    from gesond.directory.actions.secretary_accounts import secretary_checked

    check.state, check.reason = state, reason
    secretary_checked(SYSTEM, check)


def test_matching_data_open_the_account_at_once(practice, person):
    """S3-11: account, the declared address for notices, product, terms, mandate and words to both, in one go."""
    declaration = declared(practice, person)
    client = at_luxtrust(person)
    assert prove(client, proof_of(person))["Location"] == DONE
    account = Account.objects.get(person=person)
    assert account.doors == ["secretary"]
    assert (account.email, account.code_channel, account.has_password()) == ("secretary@example.lu", "email", False)
    assert account.email_is_declared
    assert account.confirmed_channels() == {}
    assert account.luxtrust_products.count() == 1
    assert TermsAcceptance.objects.filter(account=account).count() == 1
    mandate = Mandate.objects.get()
    assert (mandate.account, mandate.professional) == (account, practice.professional)
    assert [place.pk for place in mandate.establishments.all()] == [practice.establishment_id]
    assert sorted(mandate.functions) == ["agenda", "messages"]
    assert sent_to("secretary@example.lu") == ["directory/secretary_link", "directory/secretary_account_open"]
    assert sent_to("doctor@example.lu") == ["directory/declaration_outcome"]
    assert {"account.opened", "luxtrust.associated", "terms.accepted", "mandate.begun"} <= set(
        events(f"person:{person.pk}")
    )
    declaration.refresh_from_db()
    assert (declaration.state, declaration.proof, declaration.token_hash) == (State.ACCEPTED, None, None)
    assert client.get(DONE).status_code == 200


def test_the_link_leaves_the_address_at_once_and_opens_one_account(practice, person):
    """S3-17"""
    declared(practice, person)
    link = latest_link()
    other = Client()
    assert other.get(link)["Location"] == TERMS  # a program that only looks changes nothing
    assert prove(at_luxtrust(person), proof_of(person))["Location"] == DONE
    assert Client().get(link).status_code == GONE
    assert accept_terms(other).status_code == GONE


def test_the_declaration_ends_with_an_email_that_holds_the_link(practice, person):
    """S3-03"""
    declared(practice, person)
    assert sent_to("secretary@example.lu") == ["directory/secretary_link"]
    assert Client().get(latest_link())["Location"] == TERMS


def test_the_matching_matricule_leads_to_luxtrust_and_its_devices(practice, person):
    """S3-09, S3-10"""
    declared(practice, person)
    page = text_of(at_luxtrust(person).get(LUXTRUST))
    assert "Choisissez votre type de dispositif LuxTrust et suivez les étapes habituelles." in page


def test_a_lost_browser_begins_again_with_the_same_link_and_inherits_nothing(practice, person):
    """S3-05, S3-17: the matricule and LuxTrust are asked for again, and the browser before is led out."""
    declared(practice, person)
    link = latest_link()
    first = at_luxtrust(person)
    prove(first, proof_of(person, family_name=DIFFERENT))
    assert first.get(link)["Location"] == LUXTRUST  # in the browser that is on its way it only leads on
    second = opened(link)
    assert Declaration.objects.get().proof is None
    assert second.get(LUXTRUST)["Location"] == MATRICULE
    assert first.post(CONFIRM).status_code == first.get(LUXTRUST).status_code == GONE
    second.post(MATRICULE, {"matricule": person.matricule})
    assert prove(second, proof_of(person))["Location"] == DONE


def test_beginning_again_gives_no_more_tries_of_the_matricule(practice, person):
    """S3-08"""
    declared(practice, person)
    link, wrong = latest_link(), PersonFactory().matricule
    for left in (4, 3, 2, 1):
        assert f"Il vous reste {left} essai" in text_of(opened(link).post(MATRICULE, {"matricule": wrong}))
    opened(link).post(MATRICULE, {"matricule": wrong})
    assert Declaration.objects.get().state == State.EXHAUSTED
    assert Client().get(link).status_code == GONE


def test_during_its_check_the_link_is_no_longer_good(practice, person):
    """S3-13"""
    declared(practice, person)
    link = latest_link()
    client = at_luxtrust(person)
    prove(client, proof_of(person, family_name=DIFFERENT))
    assert client.post(CONFIRM)["Location"] == PENDING
    assert Client().get(link).status_code == GONE


def test_nothing_happens_before_the_terms_are_accepted(practice, person):
    """S3-06"""
    declaration = declared(practice, person)
    client = Client()
    client.get(latest_link())
    assert client.post(TERMS, {"version": current_terms().number}).status_code == 200
    assert client.get(MATRICULE).status_code == GONE
    declaration.refresh_from_db()
    assert declaration.state == State.SENT


def test_a_link_expires_after_fourteen_days(practice, person):
    declared(practice, person)
    link = latest_link()
    with time_machine.travel(now() + timedelta(days=13)):
        assert Client().get(link).status_code == 302
    with time_machine.travel(now() + timedelta(days=14, minutes=1)):
        assert Client().get(link).status_code == GONE
        assert declarations.expire_declarations(actor=SYSTEM) == 1
        assert declarations.expire_declarations(actor=SYSTEM) == 0
    assert sent_to("doctor@example.lu") == ["directory/declaration_outcome"]


@pytest.mark.parametrize("typed", ["19800101001", "", "abc", "1234567890123"])
def test_what_is_no_matricule_of_thirteen_digits_costs_no_try(practice, person, typed):
    """S3-07"""
    declaration = declared(practice, person)
    assert opened().post(MATRICULE, {"matricule": typed}).status_code == 200
    declaration.refresh_from_db()
    assert declaration.failures == 0


def test_five_wrong_matricules_end_the_declaration_and_the_doctor_is_told(practice, person):
    """S3-08"""
    declaration = declared(practice, person)
    client = opened()
    for left in (4, 3, 2, 1):
        answer = client.post(MATRICULE, {"matricule": matricule_for(77)})
        assert "veuillez contacter le médecin vous ayant déclaré" in text_of(answer)
        assert f"Il vous reste {left} essai" in text_of(answer)
    assert client.post(MATRICULE, {"matricule": matricule_for(77)}).status_code == GONE
    assert client.post(MATRICULE, {"matricule": person.matricule}).status_code == GONE
    declaration.refresh_from_db()
    assert declaration.state == State.EXHAUSTED
    assert sent_to("doctor@example.lu") == ["directory/declaration_outcome"]
    declared(practice, person)  # a new one may be made


def test_a_new_link_gives_no_new_tries(practice, person):
    declaration = declared(practice, person)
    client = opened()
    for _ in range(3):
        client.post(MATRICULE, {"matricule": matricule_for(77)})
    doctor_at(practice).post(f"{LIST}{declaration.pk}/link/")
    assert client.get(MATRICULE).status_code == GONE  # the former browser is out
    client = opened()
    client.post(MATRICULE, {"matricule": matricule_for(77)})
    assert client.post(MATRICULE, {"matricule": matricule_for(77)}).status_code == GONE


def test_differences_are_named_and_one_is_asked_about_the_device(practice, person):
    """S3-12"""
    declaration = declared(practice, person)
    client = at_luxtrust(person)
    assert prove(client, proof_of(person, family_name=DIFFERENT))["Location"] == DIFFERENCES
    assert differing(client) == ["Nom"]
    assert "Je confirme avoir utilisé mon dispositif personnel" in text_of(client.get(DIFFERENCES))
    assert not Account.objects.filter(person=person).exists()
    declaration.refresh_from_db()
    assert declaration.state == State.MATRICULE_PROVED


def test_another_device_starts_again_and_then_matches(practice, person):
    declared(practice, person)
    client = at_luxtrust(person)
    prove(client, proof_of(person, family_name=DIFFERENT))
    assert client.post(AGAIN)["Location"] == LUXTRUST
    assert client.get(DIFFERENCES)["Location"] == LUXTRUST
    assert prove(client, proof_of(person))["Location"] == DONE


def in_check(practice, person, **facts) -> IdentityCheck:
    declared(practice, person)
    client = at_luxtrust(person)
    prove(client, proof_of(person, **{"family_name": DIFFERENT, **facts}))
    assert client.post(CONFIRM)["Location"] == PENDING
    assert client.get(PENDING).status_code == 200
    return IdentityCheck.objects.get()


def test_confirmed_differences_are_checked_by_people_and_accepted(practice, person):
    """S3-13 to S3-15"""
    check = in_check(practice, person)
    assert (check.kind, check.person, check.state) == ("secretary", person, IdentityCheck.State.OPEN)
    assert not Account.objects.filter(person=person).exists()
    conclude(check, IdentityCheck.State.ACCEPTED)
    account = Account.objects.get(person=person)
    assert account.doors == ["secretary"]
    assert account.luxtrust_products.count() == 1
    assert sent_to("secretary@example.lu")[-1] == "directory/secretary_account_open"
    assert sent_to("doctor@example.lu") == ["directory/declaration_outcome"] * 2


def test_who_declared_her_does_not_decide_on_her_check_as_staff(practice, person):
    declared(practice, person)
    client = at_luxtrust(person)
    prove(client, proof_of(person, family_name=DIFFERENT))
    client.post(CONFIRM)
    doctor = practice.professional.person.account
    StaffMember.objects.create(account=doctor, roles=[Role.IDENTITY_CHECKS, Role.SECURITY])
    with pytest.raises(NotEntitledError):
        take(actor=VISITOR, check_id=IdentityCheck.objects.get().pk, by=doctor)


def test_a_refused_check_opens_nothing_and_an_appeal_may(practice, person):
    """S3-16"""
    check = in_check(practice, person)
    conclude(check, IdentityCheck.State.REFUSED, "no")
    assert not Account.objects.filter(person=person).exists()
    assert Declaration.objects.get().state == State.REFUSED
    conclude(check, IdentityCheck.State.ACCEPTED)
    assert Account.objects.filter(person=person).exists()


def test_a_declaration_withdrawn_during_its_check_takes_the_check_out_of_the_queue(practice, person):
    """S3-13: nobody decides for nothing, and the applicant's evidence goes."""
    check = in_check(practice, person)
    doctor_at(practice, method="totp").post(f"{LIST}{check.reference}/withdraw/")
    check.refresh_from_db()
    assert (check.state, Declaration.objects.get().state) == (IdentityCheck.State.WITHDRAWN, State.WITHDRAWN)
    assert check.evidence_until is not None
    assert sent_to("secretary@example.lu")[-1] == "directory/secretary_withdrawn"
    assert sent_to("doctor@example.lu") == ["directory/declaration_outcome"]  # of the check's beginning alone


def test_a_refused_declaration_is_not_withdrawn_and_its_appeal_stays(practice, person):
    check = in_check(practice, person)
    conclude(check, IdentityCheck.State.REFUSED, "no")
    doctor_at(practice).post(f"{LIST}{check.reference}/withdraw/")
    check.refresh_from_db()
    assert check.state == IdentityCheck.State.OPEN
    assert Declaration.objects.get().state == State.REFUSED


def test_a_check_accepted_after_the_declaration_was_withdrawn_opens_nothing(practice, person):
    check = in_check(practice, person)
    doctor_at(practice).post(f"{LIST}{check.reference}/withdraw/")
    conclude(check, IdentityCheck.State.ACCEPTED)
    assert not Account.objects.filter(person=person).exists()
    assert Declaration.objects.get().state == State.WITHDRAWN


def suspended(practice) -> None:
    Account.objects.filter(person=practice.professional.person).update(state="suspended")


def struck_off(practice) -> None:
    practice.professional.records.update(valid_to=today())


@pytest.mark.parametrize("taken_away", [suspended, struck_off])
def test_what_is_no_longer_upheld_goes_no_further(practice, person, taken_away):
    """A stolen session of a doctor declares an accomplice: suspending the account ends that too."""
    declared(practice, person)
    client = at_luxtrust(person)
    taken_away(practice)
    come_back(client, proof_of(person), purpose="secretary")
    assert client.get(LUXTRUST).status_code == 410
    with pytest.raises(secretary_steps.StepError):
        secretary_steps.give_proof(actor=SYSTEM, key=key_in(client.session), proof=proof_of(person), account=None)
    assert not Account.objects.filter(person=person).exists()
    assert not Mandate.objects.exists()


@pytest.mark.parametrize("taken_away", [suspended, struck_off])
def test_a_link_that_is_no_longer_upheld_is_not_used(practice, person, taken_away):
    declared(practice, person)
    client = Client()
    client.get(latest_link())
    taken_away(practice)
    assert accept_terms(client).status_code == 410


def test_a_check_accepted_after_the_doctor_was_suspended_opens_nothing(practice, person):
    check = in_check(practice, person)
    suspended(practice)
    conclude(check, IdentityCheck.State.ACCEPTED)
    assert Declaration.objects.get().state == State.EXPIRED
    assert not Account.objects.filter(person=person).exists()


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
    from gesond.identity.tests.luxtrust_steps import come_back

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


def test_a_second_secretary_link_for_a_second_doctor_uses_the_same_account(practice, person):
    first = a_mandate(practice, person)
    other = a_practice()
    second = a_mandate(other, person)
    assert first.account == second.account
    assert Mandate.objects.filter(ended_at__isnull=True).count() == 2


def test_the_secret_of_the_link_is_in_no_journal_and_no_message_but_hers(practice, person):
    declared(practice, person)
    token = latest_link().split("/")[-2]
    assert token not in str(list(JournalEntry.objects.values_list("details", flat=True)))
    others = OutboxMessage.objects.exclude(template="directory/secretary_link")
    assert not any(token in str(message.content) for message in others)
    assert person.matricule not in str(OutboxMessage.objects.get(template="directory/secretary_link").content)


def test_the_explaining_page_is_open_to_all(client):
    """S3-01 to S3-04"""
    answer = client.get("/fr/secretary/")
    assert answer.status_code == 200
    page = text_of(answer)
    assert "Il est obligatoire de disposer d'un dispositif LuxTrust pour pouvoir créer un compte eSanté." in page


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


def test_her_services_lead_to_her_mandates(practice, person, client):
    mandate = a_mandate(practice, person)
    client = signed_in_by(client, mandate.account, door="secretary")
    assert MANDATES in client.get("/fr/services/", follow=True).content.decode()


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
