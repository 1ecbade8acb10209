"""What somebody with bad intentions tries at the sign-in pages."""

from datetime import timedelta
from unittest.mock import patch

import pytest
import time_machine
from argon2 import PasswordHasher
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gesond.identity.actions import sign_in as actions
from gesond.identity.credentials import password_check
from gesond.identity.models import Account, OneTimeCode, Session
from gesond.identity.sessions.known_browsers import cookie_name
from gesond.identity.sessions.store import stored_key
from gesond.identity.tests.factories import PASSWORD, AccountFactory, PersonFactory
from gesond.identity.tests.sign_in_steps import CODE_PAGE, PASSWORD_PAGE, SERVICES, give_password, latest_code, sign_in
from gesond.kernel.clock import now

pytestmark = pytest.mark.django_db

NOBODYS_MATRICULE = "1990000000183"
SESSION_COOKIE = "gesond_session"


@pytest.fixture
def account() -> Account:
    return AccountFactory()


def try_wrong(client, identifier, **headers):
    return client.post(PASSWORD_PAGE, {"identifier": identifier, "password": "Falsch123"}, **headers)


# --- who exists -------------------------------------------------------------------------------------------------------


def identifiers_of_all_kinds() -> dict[str, str]:
    """One of each: with an account, without, shared, without a password, suspended, nobody's."""
    AccountFactory(email="family@example.lu")
    AccountFactory(email="family@example.lu")
    return {
        "account": AccountFactory(email="clara@example.lu").person.matricule,
        "account's e-mail": "clara@example.lu",
        "shared e-mail": "family@example.lu",
        "nobody's e-mail": "nobody@example.lu",
        "person without account": PersonFactory().matricule,
        "no password": AccountFactory(password="").person.matricule,
        "unusable password": AccountFactory(password=make_password(None)).person.matricule,
        "suspended": AccountFactory(state="suspended").person.matricule,
        "nobody": NOBODYS_MATRICULE,
    }


def test_the_answer_is_the_same_whoever_is_asked_for():
    answers = {}
    for kind, identifier in identifiers_of_all_kinds().items():
        client = Client(headers={"X-Same": "1"})
        answer = try_wrong(client, identifier)
        body = answer.content.decode().replace(identifier, "…")
        token = client.cookies["gesond_csrf"].value if "gesond_csrf" in client.cookies else ""
        answers[kind] = (answer.status_code, _without_tokens(body), sorted(answer.headers), bool(token))
    assert len(set(map(str, answers.values()))) == 1


def _without_tokens(body: str) -> str:
    import re

    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body)


def test_the_database_works_the_same_whoever_is_asked_for():
    """As many statements, of the same kinds on as many tables: the e-mail's look-up alone is another."""
    shapes = {}
    for kind, identifier in identifiers_of_all_kinds().items():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            try_wrong(Client(), identifier)
        shapes[kind] = [query["sql"].split()[0] for query in queries]
    assert len(set(map(tuple, shapes.values()))) == 1
    assert len(shapes["nobody"]) == 3  # the look-up, the count of tries, the failure


@pytest.mark.parametrize("page", ["/fr/sign-in/professional/password/", "/fr/desk/sign-in/password/"])
def test_the_other_entrances_tell_no_more(page):
    """Neither who has an account nor who is a professional or works at the desk."""
    members = [AccountFactory(doors=["patient", door]) for door in ("professional", "secretary", "staff")]
    identifiers = [*identifiers_of_all_kinds().values(), *(member.person.matricule for member in members)]
    seen = set()
    for identifier in identifiers:
        with CaptureQueriesContext(connection) as queries:
            answer = Client().post(page, {"identifier": identifier, "password": "Falsch123"})
        body = _without_tokens(answer.content.decode().replace(identifier, "…"))
        seen.add((answer.status_code, body, tuple(query["sql"].split()[0] for query in queries)))
    assert len(seen) == 1


def test_always_exactly_one_argon2():
    for kind, identifier in identifiers_of_all_kinds().items():
        with (
            patch.object(PasswordHasher, "verify", autospec=True, side_effect=PasswordHasher.verify) as verify,
            patch.object(Argon2PasswordHasher, "encode", autospec=True) as encode,
        ):
            try_wrong(Client(), identifier)
        assert verify.call_count == 1, kind
        assert encode.call_count == 0, kind


def test_a_check_against_nobody_costs_what_a_real_one_does():
    real, nobodys = (
        Argon2PasswordHasher().decode(make_password("x")),
        Argon2PasswordHasher().decode(password_check.nobodys_hash()),
    )
    for cost in ("memory_cost", "time_cost", "parallelism", "version", "variety"):
        assert real[cost] == nobodys[cost]
    assert len(real["hash"]) == len(nobodys["hash"])


# --- guessing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("known", [True, False])
def test_guessing_at_one_matricule_is_slowed_down_alike_for_unknown_ones(account, known):
    identifier = account.person.matricule if known else NOBODYS_MATRICULE
    for number in range(10):
        assert try_wrong(Client(REMOTE_ADDR=f"192.0.2.{number}"), identifier).status_code == 200
    refused = try_wrong(Client(REMOTE_ADDR="192.0.2.99"), identifier)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 15 * 60
    assert "15 minutes" in refused.content.decode()
    assert identifier in refused.content.decode()


def test_the_long_and_the_short_matricule_are_counted_together():
    """Were they not, typing one after the other would tell whether they are the same person."""
    for _ in range(5):
        try_wrong(Client(), "1893120105732")
        try_wrong(Client(), "18931201057")
    assert try_wrong(Client(), "1893120105732").status_code == 429


def test_waiting_is_always_enough(account):
    for _ in range(12):
        try_wrong(Client(), account.person.matricule)
    with time_machine.travel(now() + timedelta(minutes=15, seconds=1)):
        assert give_password(Client(), account)["Location"] == CODE_PAGE


def test_strangers_cannot_keep_a_person_out_of_their_own_browser(client, account):
    """OWASP device cookies: the known browser has tries of its own."""
    sign_in(client, account)
    client.post("/fr/sign-out/")
    with time_machine.travel(now() + timedelta(minutes=2)):
        for _ in range(12):
            try_wrong(Client(), account.person.matricule)
        assert give_password(Client(), account).status_code == 429
        assert give_password(client, account)["Location"] == CODE_PAGE


def test_a_known_browser_may_not_guess_for_ever_either(client, account):
    sign_in(client, account)
    client.post("/fr/sign-out/")
    for _ in range(10):
        try_wrong(client, account.person.matricule)
    assert try_wrong(client, account.person.matricule).status_code == 429


def test_a_known_browser_is_known_to_its_own_accounts_only(client, account):
    sign_in(client, account)
    client.post("/fr/sign-out/")
    other = AccountFactory()
    for _ in range(10):
        try_wrong(client, other.person.matricule)
    assert try_wrong(client, other.person.matricule).status_code == 429
    assert give_password(client, account)["Location"] == CODE_PAGE


def test_a_forged_cookie_makes_no_known_browser(client, account):
    client.cookies[cookie_name()] = "WyJ4IixbIjAwIl1d:1abcde:forged"
    for _ in range(10):
        try_wrong(client, account.person.matricule)
    assert try_wrong(client, account.person.matricule).status_code == 429


def test_one_address_trying_many_matricules_is_slowed_down():
    with patch.object(actions, "PER_ADDRESS", actions.Limit("sign_in.address", 3, timedelta(minutes=15))):
        for number in range(3):
            assert try_wrong(Client(), f"nobody{number}@example.lu").status_code == 200
        assert try_wrong(Client(), "nobody9@example.lu").status_code == 429
        assert try_wrong(Client(REMOTE_ADDR="192.0.2.8"), "nobody9@example.lu").status_code == 200


def test_past_the_limit_even_the_right_password_learns_nothing(account):
    for _ in range(10):
        try_wrong(Client(), account.person.matricule)
    right, wrong = give_password(Client(), account), try_wrong(Client(), account.person.matricule)
    assert right.status_code == wrong.status_code == 429
    assert not OneTimeCode.objects.exists()


# --- sessions ---------------------------------------------------------------------------------------------------------


def test_a_planted_session_is_not_the_one_that_signs_in(client, account):
    """Fixation: the key changes after the password, and again after the code."""
    client.get("/fr/sign-in/?next=/fr/services/")
    planted = client.cookies[SESSION_COOKIE].value
    give_password(client, account)
    halfway = client.cookies[SESSION_COOKIE].value
    client.post(CODE_PAGE, {"code": latest_code(account)})
    final = client.cookies[SESSION_COOKIE].value
    assert len({planted, halfway, final}) == 3
    for old in (planted, halfway):
        thief = Client()
        thief.cookies[SESSION_COOKIE] = old
        assert thief.get(SERVICES).status_code == 302
    assert Session.objects.count() == 1


def test_the_table_of_sessions_opens_none(client, account):
    sign_in(client, account)
    thief = Client()
    thief.cookies[SESSION_COOKIE] = Session.objects.get(account=account).pk
    assert thief.get(SERVICES).status_code == 302
    assert stored_key(client.cookies[SESSION_COOKIE].value) == Session.objects.get(account=account).pk


def test_a_password_alone_opens_nothing(client, account):
    give_password(client, account)
    assert client.get(SERVICES).status_code == 302


def test_a_used_code_opens_no_second_session(client, account):
    """Replay, in the same browser after signing out and in another."""
    sign_in(client, account)
    code = latest_code(account)
    client.post("/fr/sign-out/")
    assert client.post(CODE_PAGE, {"code": code}).status_code == 302
    assert client.get(SERVICES).status_code == 302
    elsewhere = Client()
    give_password(elsewhere, account)
    elsewhere.post(CODE_PAGE, {"code": code})
    assert elsewhere.get(SERVICES).status_code == 302
    assert not Session.objects.filter(account=account).exists()


def test_a_code_is_of_no_use_in_another_browser(client, account):
    """The sign-in that the password began lives in the session that gave it."""
    give_password(client, account)
    code = latest_code(account)
    answer = Client().post(CODE_PAGE, {"code": code})
    assert answer["Location"] == PASSWORD_PAGE
    assert client.post(CODE_PAGE, {"code": code})["Location"] == SERVICES


def test_a_code_for_one_persons_sign_in_does_not_open_anothers(client, account):
    other, others_browser = AccountFactory(), Client()
    give_password(client, account)
    code = latest_code(account)
    give_password(others_browser, other)
    others_browser.post(CODE_PAGE, {"code": code})
    assert others_browser.get(SERVICES).status_code == 302


def test_signing_in_as_another_person_takes_nothing_along(client, account):
    sign_in(client, account)
    first = client.cookies[SESSION_COOKIE].value
    other = AccountFactory()
    sign_in(client, other)
    assert other.person.full_name in client.get(SERVICES).content.decode()
    assert not Session.objects.filter(pk=stored_key(first)).exists()


def test_a_password_changed_meanwhile_ends_what_the_old_one_began(client, account):
    give_password(client, account)
    code = latest_code(account)
    account.set_password("Neugewaehlt9")
    account.save()
    client.post(CODE_PAGE, {"code": code})
    assert client.get(SERVICES).status_code == 302


def test_a_password_changed_elsewhere_ends_this_session(client, account):
    sign_in(client, account)
    account.set_password("Neugewaehlt9")
    account.save()
    assert client.get(SERVICES).status_code == 302
    assert not Session.objects.filter(account=account).exists()


def test_a_suspended_account_loses_its_session_at_once(client, account):
    sign_in(client, account)
    Account.objects.filter(pk=account.pk).update(state="suspended")
    assert client.get(SERVICES).status_code == 302
    Account.objects.filter(pk=account.pk).update(state="active")
    assert client.get(SERVICES).status_code == 302


def test_an_account_suspended_between_password_and_code_stays_out(client, account):
    give_password(client, account)
    code = latest_code(account)
    Account.objects.filter(pk=account.pk).update(state="suspended")
    client.post(CODE_PAGE, {"code": code})
    assert client.get(SERVICES).status_code == 302


@pytest.mark.parametrize("path", [PASSWORD_PAGE, CODE_PAGE, "/fr/sign-in/code/sms/", "/fr/sign-out/"])
def test_every_form_needs_its_token(account, path):
    client = Client(enforce_csrf_checks=True)
    typed = {"identifier": account.person.matricule, "password": PASSWORD, "code": "1234567"}
    assert client.post(path, typed).status_code == 403


def test_cookies_are_out_of_scripts_reach(client, account):
    sign_in(client, account)
    for name in (SESSION_COOKIE, cookie_name()):
        assert client.cookies[name]["httponly"]
        assert client.cookies[name]["samesite"] == "Lax"
    assert int(client.cookies[cookie_name()]["max-age"]) == 365 * 24 * 3600


def test_the_known_browsers_cookie_names_nobody(client, account):
    sign_in(client, account)
    value = client.cookies[cookie_name()].value
    assert account.person.matricule not in value
    assert f":{account.pk}:" not in value


@pytest.mark.parametrize("path", ["/fr/sign-in/", "/fr/sign-in/patient/", PASSWORD_PAGE])
def test_sign_in_pages_are_stored_nowhere(client, path):
    assert "no-store" in client.get(path)["Cache-Control"]


def test_signed_in_pages_are_stored_nowhere(client, account):
    """« Précédent » after signing out shows nothing."""
    sign_in(client, account)
    assert "no-store" in client.get(SERVICES)["Cache-Control"]
    assert "no-store" in client.get("/fr/")["Cache-Control"]


def test_an_old_hash_is_renewed_by_the_right_password_only(client):
    class Weaker(Argon2PasswordHasher):
        time_cost = 1

    account = AccountFactory(password=Weaker().encode(PASSWORD, "saltsaltsaltsaltsalt22"))
    before = account.password
    give_password(client, account, "Falsch123")
    account.refresh_from_db()
    assert account.password == before
    assert sign_in(client, account)["Location"] == SERVICES
    account.refresh_from_db()
    assert "t=2" in account.password
    assert account.check_password(PASSWORD)
