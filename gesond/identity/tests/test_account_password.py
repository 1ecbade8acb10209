"""S1-18, S1-19, S1-24: the password, at the bottom of « Moyens d'authentification »."""

import pytest
from django.contrib.auth.hashers import make_password

from gesond.identity.actions.password import PasswordChangedElsewhereError, set_password
from gesond.identity.models import Account, Session
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
from gesond.identity.tests.factories import PASSWORD
from gesond.identity.tests.walking import at_once

pytestmark = pytest.mark.django_db
PAGE = "/fr/account/password/"
NEW = "Tournesol88bis"


@pytest.fixture
def account() -> Account:
    return reachable_account()


def typed(**changes: str) -> dict[str, str]:
    return {"current": PASSWORD, "password": NEW, "confirmation": NEW, **changes}


def test_a_password_is_changed_with_the_current_one(account):
    """S1-19, S1-24."""
    client = signed_in(account)
    assert client.post(PAGE, typed())["Location"] == TAB
    account.refresh_from_db()
    assert account.check_password(NEW)
    assert "password.changed" in events(account)
    assert messages_to(EMAIL, "account_notice")
    assert messages_to(PHONE, "account_notice")
    assert client.get(TAB).status_code == 200, "this browser stays signed in"


def test_the_other_devices_are_signed_out(account):
    client, other = signed_in(account), signed_in(account)
    client.post(PAGE, typed())
    assert other.get(TAB).status_code == 302
    assert Session.objects.filter(account=account).count() == 1


def test_the_session_has_another_key_afterwards(account):
    client = signed_in(account)
    before = client.session.session_key
    client.post(PAGE, typed())
    assert client.session.session_key != before


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"current": "Nimporte1quoi"}, "Ce n'est pas votre mot de passe actuel."),
        ({"current": ""}, "Saisissez votre mot de passe actuel."),
        ({"confirmation": "Tournesol88ter"}, "Les deux mots de passe ne sont pas identiques"),
        ({"password": "abc", "confirmation": "abc"}, "au moins 8 caractères"),
        ({"password": "password1", "confirmation": "password1"}, "trop courant"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_no_password_is_shown_again(account, changes, message):
    client = signed_in(account)
    answer = client.post(PAGE, typed(**changes))
    page = page_of(answer)
    assert answer.status_code == 422
    assert message in page
    assert PASSWORD not in page
    assert NEW not in page
    account.refresh_from_db()
    assert account.check_password(PASSWORD)


def test_guessing_the_current_password_is_slowed_down(account):
    client = signed_in(account)
    for _ in range(5):
        client.post(PAGE, typed(current="Nimporte1quoi"))
    assert "Trop d'essais" in page_of(client.post(PAGE, typed()))
    account.refresh_from_db()
    assert account.check_password(PASSWORD)
    assert events(account).count("proof.wrong") == 5


@pytest.mark.parametrize("none", ["", "!unusable"])
def test_who_has_none_chooses_one_without_a_current_one(none):
    """S1-18: a professional at first sign-in."""
    account = reachable_account(password=none)
    client = signed_in(account)
    page = page_of(client.get(TAB))
    assert 'name="current"' not in page
    assert "Définir un mot de passe" in page
    assert client.post(PAGE, {"password": NEW, "confirmation": NEW})["Location"] == TAB
    account.refresh_from_db()
    assert account.check_password(NEW)
    assert "password.set" in events(account)


def test_who_has_none_proves_themselves_when_the_sign_in_is_old():
    account = reachable_account(password="")
    client = signed_in(account)
    grow_old(client)
    assert client.post(PAGE, {"password": NEW, "confirmation": NEW})["Location"].startswith("/fr/account/confirm/")
    account.refresh_from_db()
    assert not account.has_password()


def test_leaving_the_current_password_out_of_the_form_changes_nothing(account):
    client = signed_in(account)
    assert client.post(PAGE, {"password": NEW, "confirmation": NEW}).status_code == 422
    account.refresh_from_db()
    assert account.check_password(PASSWORD)


def test_a_password_changed_meanwhile_is_not_overwritten(account):
    seen = Account.objects.get(pk=account.pk)
    Account.objects.filter(pk=account.pk).update(password=make_password("Changed1elsewhere"))
    with pytest.raises(PasswordChangedElsewhereError):
        set_password(actor=ACTOR, account=seen, password=NEW, keep_session="")


@pytest.mark.django_db(transaction=True)
def test_of_two_tabs_that_change_it_exactly_one_wins():
    account = reachable_account()
    seen = Account.objects.get(pk=account.pk), Account.objects.get(pk=account.pk)
    results = at_once(
        lambda: set_password(actor=ACTOR, account=seen[0], password="Premier1mot", keep_session=""),
        lambda: set_password(actor=ACTOR, account=seen[1], password="Second2mot", keep_session=""),
    )
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "PasswordChangedElsewhereError"]
    assert events(account).count("password.changed") == 1
