"""The secretary's way from the link to the account: S3-05 to S3-17."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from gesond.directory.actions import declarations
from gesond.directory.models import Declaration, Mandate
from gesond.directory.tests.secretary.steps import DIFFERENT, GONE, State, events, sent_to
from gesond.directory.tests.secretary_steps import (
    CONFIRM,
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
    doctor_at,
    latest_link,
    opened,
    prove,
    text_of,
)
from gesond.identity.models import Account, TermsAcceptance
from gesond.identity.queries.terms import current_terms
from gesond.identity.tests.factories import PersonFactory, matricule_for
from gesond.identity.tests.luxtrust_steps import proof_of, signed_in_by
from gesond.kernel.clock import now
from gesond.kernel.journal import SYSTEM
from gesond.kernel.models import JournalEntry
from gesond.notify.models import OutboxMessage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_facts")]


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


def test_her_services_lead_to_her_mandates(practice, person, client):
    mandate = a_mandate(practice, person)
    client = signed_in_by(client, mandate.account, door="secretary")
    assert MANDATES in client.get("/fr/services/", follow=True).content.decode()
