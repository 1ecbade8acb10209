"""Sensitive changes ask again who is there when the sign-in is older than ten minutes."""

import pytest

from gesond.identity.actions import totp
from gesond.identity.models import Account, TotpDevice
from gesond.identity.tests.account_steps import (
    ACTOR,
    NEW_EMAIL,
    PHONE,
    TAB,
    code_sent_to,
    events,
    grow_old,
    messages_to,
    page_of,
    reachable_account,
    row_of,
    signed_in,
)
from gesond.identity.tests.factories import PASSWORD
from gesond.identity.tests.software_authenticator import SoftwareAuthenticator
from gesond.identity.tests.test_passkeys import add
from gesond.identity.tests.test_totp import code_at

pytestmark = pytest.mark.django_db
CHANGE = "/fr/account/channel/email/"
CONFIRM = f"/fr/account/confirm/?next={CHANGE}"
SENSITIVE = [
    "/fr/account/channel/sms/",
    CHANGE,
    "/fr/account/channel/email/remove/",
    "/fr/account/code-channel/",
    "/fr/account/passkeys/add/",
    "/fr/account/app/",
]


@pytest.fixture
def account() -> Account:
    return reachable_account()


@pytest.fixture
def client(account):
    client = signed_in(account)
    grow_old(client)
    return client


@pytest.mark.parametrize("page", SENSITIVE)
def test_an_old_sign_in_must_prove_itself_again(client, page):
    """Step-up cannot be bypassed by posting at once."""
    for answer in (client.get(page), client.post(page, {"channel": "email", "destination": NEW_EMAIL})):
        assert answer["Location"].replace("%2F", "/") == f"/fr/account/confirm/?next={page}"


@pytest.mark.parametrize("page", SENSITIVE)
def test_a_recent_sign_in_need_not(account, page):
    assert signed_in(account).get(page).status_code == 200


def test_the_password_is_a_proof_for_ten_minutes(client, account):
    assert client.get(CHANGE).status_code == 302
    assert client.post(CONFIRM, {"means": "password", "password": PASSWORD})["Location"] == CHANGE
    assert client.get(CHANGE).status_code == 200
    assert "proof.given" in events(account)
    session = client.session
    session["proved_at"] -= 601
    session.save()
    assert client.get(CHANGE).status_code == 302


def test_a_wrong_password_proves_nothing(client, account):
    page = client.post(CONFIRM, {"means": "password", "password": "Nimporte1quoi"})
    assert page.status_code == 422
    assert "Ce n'est pas votre mot de passe" in page_of(page)
    assert client.get(CHANGE).status_code == 302


def test_guessing_passwords_is_slowed_down(client):
    for _ in range(5):
        client.post(CONFIRM, {"means": "password", "password": "Nimporte1quoi"})
    page = client.post(CONFIRM, {"means": "password", "password": PASSWORD})
    assert "Trop d'essais" in page_of(page)
    assert client.get(CHANGE).status_code == 302


def test_a_code_is_a_proof(client):
    client.post(CONFIRM, {"means": "send"})
    assert "*****01" in page_of(client.get(CONFIRM))
    assert client.post(CONFIRM, {"means": "code", "code": code_sent_to(PHONE)})["Location"] == CHANGE
    assert client.get(CHANGE).status_code == 200


def test_a_wrong_code_is_counted_on_the_account(client, account):
    client.post(CONFIRM, {"means": "send"})
    code = code_sent_to(PHONE)
    for _ in range(5):
        client.post(CONFIRM, {"means": "code", "code": "1234567" if code != "1234567" else "7654321"})
    assert "Réessayez" in page_of(client.post(CONFIRM, {"means": "code", "code": code}))
    assert client.get(CHANGE).status_code == 302


def test_a_code_sent_for_one_session_proves_nothing_in_another(client, account):
    client.post(CONFIRM, {"means": "send"})
    other = signed_in(account)
    grow_old(other)
    assert other.post(CONFIRM, {"means": "code", "code": code_sent_to(PHONE)}).status_code == 422
    assert other.get(CHANGE).status_code == 302


def test_asking_for_codes_again_and_again_sends_one(client):
    client.post(CONFIRM, {"means": "send"}), client.post(CONFIRM, {"means": "send"})
    assert len(messages_to(PHONE, "one_time_code")) == 1


def test_the_app_is_a_proof(client, account):
    totp.begin_totp(actor=ACTOR, account=account)
    assert 'name="totp-code"' not in page_of(client.get(CONFIRM))
    totp.confirm_totp(actor=ACTOR, account=account, typed=code_at(account))
    assert 'name="totp-code"' in page_of(client.get(CONFIRM))
    TotpDevice.objects.update(last_step=0)  # the code that confirmed it would be refused
    assert client.post(CONFIRM, {"means": "totp", "totp-code": code_at(account)})["Location"] == CHANGE


def test_an_app_that_is_not_there_proves_nothing(client):
    assert client.post(CONFIRM, {"means": "totp", "totp-code": "123456"}).status_code == 302
    assert client.get(CHANGE).status_code == 302


def test_a_passkey_is_a_proof(client, account):
    device = SoftwareAuthenticator()
    add(account, device)
    options = page_of(client.post("/fr/account/passkeys/proof/"))
    assert client.post(CONFIRM, {"means": "passkey", "credential": device.get(options)})["Location"] == CHANGE
    assert client.get(CHANGE).status_code == 200


def test_a_passkey_of_another_account_is_none(client):
    device = SoftwareAuthenticator()
    add(reachable_account(phone="+352621000009", email=None), device)
    options = page_of(client.post("/fr/account/passkeys/proof/"))
    client.post(CONFIRM, {"means": "passkey", "credential": device.get(options)})
    assert client.get(CHANGE).status_code == 302


@pytest.mark.parametrize("means", ["", "magic", "passkey", "code", "password"])
def test_an_empty_proof_is_none(client, means):
    client.post(CONFIRM, {"means": means})
    assert client.get(CHANGE).status_code == 302


def test_what_was_typed_is_still_there_after_the_proof(client):
    client.post(CHANGE, {"destination": NEW_EMAIL, "proof_channel": "sms"})
    client.post(CONFIRM, {"means": "password", "password": PASSWORD})
    assert f'value="{NEW_EMAIL}"' in page_of(client.get(CHANGE))
    assert NEW_EMAIL not in page_of(client.get(CHANGE)), "it is kept once"


def test_what_was_typed_is_kept_encrypted_and_never_a_secret(client):
    client.post("/fr/account/passkeys/add/", {"name": "Ma clé", "credential": "SECRET"})
    assert "Ma cl" not in str(row_of(client).get_decoded())
    assert "SECRET" not in str(row_of(client).get_decoded())
    client.post("/fr/account/confirm/", {"means": "password", "password": PASSWORD})
    assert "Ma clé" in page_of(client.get("/fr/account/passkeys/add/"))


@pytest.mark.parametrize("bad", ["https://evil.example/", "//evil.example/", "/\\evil.example", "/fr/nowhere/"])
def test_only_a_page_of_ours_is_come_back_to(client, bad):
    answer = client.post(f"/fr/account/confirm/?next={bad}", {"means": "password", "password": PASSWORD})
    assert answer["Location"] == TAB


def test_the_form_needs_its_token(account):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(account)
    assert strict.post(CONFIRM, {"means": "password", "password": PASSWORD}).status_code == 403
