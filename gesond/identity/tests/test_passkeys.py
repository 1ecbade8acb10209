"""Passkeys: added, used, and every way an answer may be wrong (X5)."""

import json

import pytest
from django.db import IntegrityError, transaction

from gesond.identity.actions import passkeys
from gesond.identity.actions.passkeys import PasskeyOutcome, PasskeyRefusedError
from gesond.identity.models import Account, Passkey
from gesond.identity.tests.account_steps import (
    ACTOR,
    EMAIL,
    PHONE,
    TAB,
    events,
    grow_old,
    messages_to,
    page_of,
    reachable_account,
    signed_in,
)
from gesond.identity.tests.factories import AccountFactory
from gesond.identity.tests.sign_in_steps import SERVICES, give_password
from gesond.identity.tests.software_authenticator import SoftwareAuthenticator
from gesond.identity.tests.walking import at_once

pytestmark = pytest.mark.django_db
ADD = "/fr/account/passkeys/add/"
OPTIONS = "/fr/account/passkeys/options/"
SIGN_IN = "/fr/sign-in/patient/passkey/"
SECOND = "/fr/sign-in/passkey/confirm/"
SIGN_IN_OPTIONS = "/fr/sign-in/passkey/options/"


@pytest.fixture
def account() -> Account:
    return reachable_account()


def add(account: Account, device: SoftwareAuthenticator | None = None, name: str = "iPhone de Rita") -> Passkey:
    device = device or SoftwareAuthenticator()
    ceremony = passkeys.registration_options(account)
    answer = device.create(ceremony.options)
    return passkeys.add_passkey(actor=ACTOR, account=account, ceremony=ceremony, answer=answer, name=name)


def use(device: SoftwareAuthenticator, account: Account | None = None, **how) -> PasskeyOutcome:
    ceremony = passkeys.authentication_options(account)
    answer = device.get(ceremony.options, **how)
    return passkeys.check_passkey(actor=ACTOR, ceremony=ceremony, answer=answer, account=account).outcome


def test_a_passkey_is_added_and_used(account):
    device = SoftwareAuthenticator()
    passkey = add(account, device)
    assert use(device) is PasskeyOutcome.RIGHT
    passkey.refresh_from_db()
    assert passkey.last_used_at
    assert passkey.sign_count == 2
    assert events(account) == ["passkey.added", "passkey.used"]
    assert "iPhone de Rita" in messages_to(EMAIL)[0].content["text"]
    assert messages_to(PHONE)


def test_the_authenticator_is_asked_for_a_key_it_keeps_and_guards(account):
    add(account)
    asked = json.loads(passkeys.registration_options(account).options)
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert len(asked["excludeCredentials"]) == 1
    assert asked["rp"] == {"name": "Gesond", "id": "localhost"}


def test_all_passkeys_of_an_account_know_it_by_one_random_name(account):
    one, two = add(account), add(account)
    other = add(AccountFactory())
    assert bytes(one.user_handle) == bytes(two.user_handle) != bytes(other.user_handle)
    assert len(one.user_handle) == 64


@pytest.mark.parametrize("wrong", [{"origin": "https://gesond.example.evil"}, {"verifies_user": False}])
def test_a_passkey_made_elsewhere_or_without_its_user_is_not_added(account, wrong):
    with pytest.raises(PasskeyRefusedError, match="invalid"):
        add(account, SoftwareAuthenticator(**wrong))
    assert not account.passkeys.exists()


def test_an_answer_to_another_challenge_is_not_added(account):
    device = SoftwareAuthenticator()
    answer = device.create(passkeys.registration_options(account).options)
    with pytest.raises(PasskeyRefusedError, match="invalid"):
        passkeys.add_passkey(
            actor=ACTOR, account=account, ceremony=passkeys.registration_options(account), answer=answer, name="x"
        )


@pytest.mark.parametrize("answer", ["", "null", "[]", "{}", "7", '{"id": "a"}', '{"id":"a","rawId":"a","response":{}}'])
def test_what_is_no_answer_is_refused(account, answer):
    ceremony = passkeys.registration_options(account)
    with pytest.raises(PasskeyRefusedError, match="invalid"):
        passkeys.add_passkey(actor=ACTOR, account=account, ceremony=ceremony, answer=answer, name="x")
    assert passkeys.check_passkey(actor=ACTOR, ceremony=ceremony, answer=answer) == passkeys.WRONG


def test_a_damaged_attestation_is_refused_and_never_breaks_the_page(account):
    """Every character, one at a time: those that only name the key may pass, nothing else than a refusal comes."""
    ceremony = passkeys.registration_options(account)
    good = json.loads(SoftwareAuthenticator().create(ceremony.options))
    text = good["response"]["attestationObject"]
    refused = 0
    for place in range(len(text)):
        damaged = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        answer = json.dumps({**good, "response": {**good["response"], "attestationObject": damaged}})
        try:
            passkeys.add_passkey(actor=ACTOR, account=account, ceremony=ceremony, answer=answer, name="x").delete()
        except PasskeyRefusedError:
            refused += 1
    assert refused > 80


def test_a_known_passkey_is_not_added_again_nor_to_another_account(account):
    device = SoftwareAuthenticator()
    add(account, device)
    with pytest.raises(PasskeyRefusedError, match="known"):
        add(account, device)
    with pytest.raises(PasskeyRefusedError, match="known"):
        add(AccountFactory(), device)


def test_there_are_twenty_passkeys_at_most(account):
    first = add(account)
    Passkey.objects.bulk_create(
        Passkey(account=account, name="x", credential_id=bytes([n]), public_key=b"", user_handle=first.user_handle)
        for n in range(19)
    )
    with pytest.raises(PasskeyRefusedError, match="many"):
        add(account)


@pytest.mark.parametrize(
    "how",
    [
        {"origin": "https://localhost:8000"},
        {"origin": "http://localhost:8000.evil.example"},
        {"type": "webauthn.create"},
        {"challenge": "AAAA"},
        {"rp_id": "evil.example"},
    ],
)
def test_a_passkey_used_on_another_site_or_for_something_else_is_wrong(account, how):
    device = SoftwareAuthenticator()
    add(account, device)
    assert use(device, **how) is PasskeyOutcome.WRONG


def test_a_passkey_that_did_not_verify_its_user_is_wrong(account):
    device = SoftwareAuthenticator()
    add(account, device)
    device.flags = 0x01
    assert use(device) is PasskeyOutcome.WRONG


def test_a_signature_of_another_key_is_wrong(account):
    device = SoftwareAuthenticator()
    add(account, device)
    device.key = SoftwareAuthenticator().key
    assert use(device) is PasskeyOutcome.WRONG


def test_a_passkey_of_another_account_proves_nothing(account):
    device = SoftwareAuthenticator()
    add(AccountFactory(), device)
    assert use(device, account) is PasskeyOutcome.WRONG


def test_a_passkey_that_names_another_account_is_wrong(account):
    device = SoftwareAuthenticator()
    add(account, device)
    device.user_handle = b"somebody else"
    assert use(device) is PasskeyOutcome.WRONG


def test_a_count_that_goes_back_is_refused_noticed_and_told(account):
    device = SoftwareAuthenticator()
    add(account, device)
    use(device)
    device.count = 0
    assert use(device) is PasskeyOutcome.COPIED
    assert events(account)[-1] == "passkey.copy_suspected"
    assert "copiée" in messages_to(EMAIL)[-1].content["text"]


def test_a_passkey_that_does_not_count_is_good(account):
    device = SoftwareAuthenticator(counts=False)
    add(account, device)
    assert use(device) is PasskeyOutcome.RIGHT
    assert use(device) is PasskeyOutcome.RIGHT


def test_a_removed_passkey_is_wrong(account):
    device = SoftwareAuthenticator()
    passkey = add(account, device)
    passkeys.remove_passkey(actor=ACTOR, account=account, passkey_id=passkey.pk)
    assert use(device) is PasskeyOutcome.WRONG


def test_a_passkey_needs_a_name(account):
    passkey = add(account)
    with pytest.raises(IntegrityError, match="passkey_has_a_name"), transaction.atomic():
        Passkey.objects.filter(pk=passkey.pk).update(name="")


# In the browser


def add_in_browser(client, device: SoftwareAuthenticator, name: str = "iPhone de Rita"):
    options = page_of(client.post(OPTIONS))
    return client.post(ADD, {"name": name, "credential": device.create(options)})


def test_a_person_adds_a_passkey_renames_and_removes_it(account):
    client = signed_in(account)
    assert add_in_browser(client, SoftwareAuthenticator())["Location"] == TAB
    assert "iPhone de Rita" in page_of(client.get(TAB))
    passkey = account.passkeys.get()
    client.post(f"/fr/account/passkeys/{passkey.pk}/", {"name": "Clé bleue"})
    assert "Clé bleue" in page_of(client.get(TAB))
    assert "Clé bleue" in page_of(client.get(f"/fr/account/passkeys/{passkey.pk}/remove/"))
    client.post(f"/fr/account/passkeys/{passkey.pk}/remove/")
    assert not account.passkeys.exists()


def test_a_nameless_passkey_says_so_beside_the_field(account):
    client = signed_in(account)
    answer = add_in_browser(client, SoftwareAuthenticator(), name="")
    assert answer.status_code == 422
    assert "Donnez un nom à cette clé d'accès" in page_of(answer)


def test_a_challenge_is_good_once(account):
    client, device = signed_in(account), SoftwareAuthenticator()
    options = page_of(client.post(OPTIONS))
    answer = {"name": "x", "credential": device.create(options)}
    assert client.post(ADD, answer).status_code == 302
    account.passkeys.all().delete()
    assert client.post(ADD, answer).status_code == 422
    assert not account.passkeys.exists()


def test_a_challenge_for_signing_in_adds_nothing(account):
    client = signed_in(account)
    options = page_of(client.post(OPTIONS))
    client.post("/fr/account/passkeys/proof/")
    answer = client.post(ADD, {"name": "x", "credential": SoftwareAuthenticator().create(options)})
    assert answer.status_code == 422


@pytest.mark.parametrize("page", ["", "remove/"])
def test_another_accounts_passkey_does_not_exist(account, page):
    passkey = add(AccountFactory())
    client = signed_in(account)
    assert client.get(f"/fr/account/passkeys/{passkey.pk}/{page}").status_code == 404
    assert client.post(f"/fr/account/passkeys/{passkey.pk}/{page}", {"name": "mine"}).status_code == 404
    passkey.refresh_from_db()
    assert passkey.name == "iPhone de Rita"


def test_adding_and_removing_ask_for_a_fresh_proof(account):
    passkey = add(account)
    client = signed_in(account)
    grow_old(client)
    for address in (ADD, OPTIONS, f"/fr/account/passkeys/{passkey.pk}/remove/"):
        assert client.post(address)["Location"].startswith("/fr/account/confirm/")
    assert account.passkeys.count() == 1


def sign_in_with(client, device: SoftwareAuthenticator, page: str = SIGN_IN):
    options = page_of(client.post(SIGN_IN_OPTIONS))
    return client.post(page, {"credential": device.get(options)})


def test_a_passkey_signs_in_alone(client, account):
    device = SoftwareAuthenticator()
    add(account, device)
    assert "Clé d'accès" in page_of(client.get("/fr/sign-in/patient/"))
    assert sign_in_with(client, device)["Location"] == SERVICES
    assert client.get(TAB).status_code == 200
    assert "sign_in.succeeded" in events(account)


def test_an_answer_signs_in_once(client, account):
    device = SoftwareAuthenticator(counts=False)
    add(account, device)
    options = page_of(client.post(SIGN_IN_OPTIONS))
    answer = {"credential": device.get(options)}
    session = client.cookies.copy()
    assert client.post(SIGN_IN, answer)["Location"] == SERVICES
    client.post("/fr/sign-out/")
    client.cookies = session
    assert client.post(SIGN_IN, answer)["Location"] == SIGN_IN
    assert client.get(TAB).status_code == 302


def test_an_answer_is_worth_nothing_in_another_browser(client, account):
    device = SoftwareAuthenticator()
    add(account, device)
    stolen = device.get(page_of(client.post(SIGN_IN_OPTIONS)))
    thief = type(client)()
    thief.post(SIGN_IN_OPTIONS)
    assert thief.post(SIGN_IN, {"credential": stolen})["Location"] == SIGN_IN


def test_a_passkey_of_a_suspended_account_does_not_sign_in(client, account):
    device = SoftwareAuthenticator()
    add(account, device)
    Account.objects.update(state="suspended")
    assert sign_in_with(client, device)["Location"] == SIGN_IN


def test_a_passkey_follows_the_password(client, account):
    device = SoftwareAuthenticator()
    add(account, device)
    give_password(client, account)
    assert SECOND in page_of(client.get("/fr/sign-in/code/"))
    assert sign_in_with(client, device, SECOND)["Location"] == SERVICES


def test_a_passkey_of_another_account_does_not_follow_the_password(client, account):
    device = SoftwareAuthenticator()
    add(AccountFactory(), device)
    give_password(client, account)
    assert sign_in_with(client, device, SECOND)["Location"] == SECOND
    assert client.get(TAB).status_code == 302


def test_the_second_step_needs_the_first(client, account):
    device = SoftwareAuthenticator()
    add(account, device)
    assert sign_in_with(client, device, SECOND)["Location"] == "/fr/sign-in/patient/password/"


def test_nothing_tells_who_has_passkeys(client, account):
    add(account)
    give_password(client, account)
    assert json.loads(client.post(SIGN_IN_OPTIONS).content)["allowCredentials"] == []


def test_challenges_are_limited_for_each_address(client):
    answers = [client.post(SIGN_IN_OPTIONS).status_code for _ in range(61)]
    assert answers == [200] * 60 + [429]


@pytest.mark.django_db(transaction=True)
def test_two_requests_cannot_share_a_challenge():
    """The same answer twice at once, from one session: a session read twice does not make it good twice."""
    account = reachable_account()
    device = SoftwareAuthenticator()
    client = signed_in(account)
    options = page_of(client.post(OPTIONS))
    form = {"name": "x", "credential": device.create(options)}

    def send():
        twin = type(client)()
        twin.cookies = client.cookies.copy()
        return twin.post(ADD, form).status_code

    assert sorted(at_once(send, send)) == [302, 422]
    assert account.passkeys.count() == 1
