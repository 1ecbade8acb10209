"""What a mailbox alone must not reach: the entrances that refuse a code by e-mail (X5), and a younger session."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from gesond.identity import doors
from gesond.identity.actions.luxtrust_products import remove_product
from gesond.identity.models import Account, Session
from gesond.identity.tests.account_steps import EMAIL, grow_old, page_of, row_of
from gesond.identity.tests.factories import PASSWORD, AccountFactory
from gesond.identity.tests.luxtrust_steps import come_back, product_of, proof_of, signed_in_by
from gesond.identity.tests.sign_in_steps import CODE_PAGE, agree_to_terms, latest_code, sign_in
from gesond.kernel.clock import now
from gesond.kernel.journal import SYSTEM

pytestmark = pytest.mark.django_db
ASSOCIATE = "/fr/account/luxtrust/"  # of a namesake's: some say no date of birth, and some registries know none
ADDING = ["/fr/account/app/", "/fr/account/passkeys/add/", "/fr/account/channel/sms/", ASSOCIATE]
REFUSED = "un mot de passe ou un code par e-mail ne suffit pas"


@pytest.fixture(autouse=True)
def the_doors_alone(monkeypatch):
    """What the apps above say of who still enters is theirs to test."""
    monkeypatch.setattr(doors, "_admissions", {})


def by_email(*opened: str, **fields) -> tuple[Account, Client]:
    """Entered as a patient with the password and what the mailbox says."""
    account = AccountFactory(doors=list(opened), email=EMAIL, code_channel="email", **fields)
    client = Client()
    sign_in(client, account)
    return account, client


@pytest.mark.parametrize("page", ADDING)
@pytest.mark.parametrize("door", ["professional", "staff"])
def test_a_mailbox_adds_no_factor_for_the_entrances_that_refuse_it(page, door):
    """X5: otherwise the mailbox would open, through the patients' door, the professionals' and the desk's."""
    _account, client = by_email("patient", door, phone=None)
    answer = client.get(page)
    assert answer["Location"].replace("%2F", "/") == f"/fr/account/confirm/?next={page}"
    assert client.post(page, {}).status_code == 302
    assert REFUSED in page_of(client.get(answer["Location"]))


def test_neither_the_password_nor_another_code_by_e_mail_is_enough():
    _account, client = by_email("patient", "staff", phone=None)
    client.post("/fr/account/confirm/?next=/fr/account/app/", {"means": "password", "password": PASSWORD})
    assert client.get("/fr/account/app/").status_code == 302


def test_luxtrust_is_enough():
    account, client = by_email("patient", "professional", phone=None)
    proof = proof_of(account.person)
    product_of(account, proof)
    come_back(client, proof, purpose="step_up", account=account)
    client.get("/fr/account/confirm/luxtrust/")
    assert client.get("/fr/account/app/").status_code == 200


def test_a_code_by_sms_is_enough():
    account = AccountFactory(doors=["patient", "professional"], email=EMAIL)
    client = Client()
    sign_in(client, account)
    assert client.get("/fr/account/app/").status_code == 200


def test_entering_as_a_professional_is_enough():
    account = AccountFactory(doors=["patient", "professional"])
    client = signed_in_by(Client(), account, door="professional")
    assert client.get("/fr/account/app/").status_code == 200


@pytest.mark.parametrize("page", ADDING)
def test_patients_go_on_as_before(page):
    _account, client = by_email("patient", phone=None)
    assert client.get(page).status_code == 200


def test_another_persons_password_typed_in_a_session_makes_it_no_fresher():
    """The session's key changes then; who is signed in has proved nothing since."""
    account, client = by_email("patient")
    grow_old(client)
    other = AccountFactory()
    agree_to_terms(other)
    typed = {"identifier": other.person.matricule, "password": PASSWORD}
    assert client.post("/fr/sign-in/patient/password/", typed)["Location"] == CODE_PAGE
    assert row_of(client).account_id == account.pk
    assert client.get("/fr/account/app/").status_code == 302
    assert row_of(client).created_at < now() - timedelta(minutes=10)


def test_entering_by_another_door_gives_another_key():
    """Who copied the cookie of the patient's session has nothing of the professional's."""
    account, client = by_email("patient", "professional")
    grow_old(client)
    before = client.session.session_key
    product_of(account, proof_of(account.person))
    come_back(client, proof_of(account.person), purpose="sign_in.professional", account=account)
    client.get("/fr/sign-in/professional/luxtrust/back/")
    assert client.session["door"] == "professional"
    assert client.session.session_key != before
    assert row_of(client).created_at > now() - timedelta(minutes=1)
    assert Session.objects.filter(account=account).count() == 1


def test_the_second_step_of_the_desk_gives_another_key_and_a_new_life():
    account, client = by_email("patient", "staff")
    grow_old(client)
    typed = {"identifier": account.person.matricule, "password": PASSWORD}
    client.post("/fr/desk/sign-in/password/", typed)
    between = client.session.session_key
    client.post(CODE_PAGE, {"code": latest_code(account)})
    assert client.session["door"] == "staff"
    assert client.session.session_key != between
    assert row_of(client).created_at > now() - timedelta(minutes=1)


@pytest.mark.django_db(transaction=True)
def test_a_product_removed_while_it_signs_in_opens_nothing(client, monkeypatch):
    """A stolen device is at the door at the very moment its owner deletes it."""
    account = AccountFactory(doors=["patient"])
    proof = proof_of(account.person)
    product = product_of(account, proof)

    def remove_first(entrance, found):
        """Another connection, between finding the account and opening its session."""
        tab = threading.Thread(target=remove)
        tab.start()
        tab.join()
        return doors.door_behind(entrance, found)

    def remove():
        try:
            remove_product(actor=SYSTEM, account=account, product_id=product.pk)
        finally:
            connection.close()

    monkeypatch.setattr("gesond.identity.views.sign_in_luxtrust.door_behind", remove_first)
    come_back(client, proof, purpose="sign_in.patient")
    assert client.get("/fr/sign-in/patient/luxtrust/back/").status_code == 403
    assert not Session.objects.filter(account=account).exists()
