"""« Mot de passe oublié ? » (X7, X8)."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from captcha.models import CaptchaStore
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gesond.identity.actions.password_reset import resolve_reset
from gesond.identity.models import Account, PasswordReset, Session
from gesond.identity.sessions.known_browsers import cookie_name
from gesond.identity.tests.factories import PASSWORD, AccountFactory, PersonFactory
from gesond.identity.tests.sign_in_steps import CODE_PAGE, SERVICES, give_password, latest_code, sign_in
from gesond.kernel.clock import now
from gesond.kernel.journal import SYSTEM
from gesond.kernel.models import JournalEntry
from gesond.notify.models import OutboxMessage

pytestmark = pytest.mark.django_db

ASK = "/fr/forgotten-password/"
MATRICULE = "/fr/forgotten-password/matricule/"
CODE = "/fr/forgotten-password/code/"
NEW = "/fr/forgotten-password/new/"
NEW_PASSWORD = "Mirabelle42"
NOBODYS_MATRICULE = "1990000000183"


@pytest.fixture
def account() -> Account:
    return AccountFactory(email="clara@example.lu")


def ask(client: Client, identifier: str, **headers):
    key = CaptchaStore.generate_key()
    solved = {"captcha_key": key, "captcha": CaptchaStore.objects.get(hashkey=key).response}
    return client.post(ASK, {"identifier": identifier, **solved}, **headers)


@pytest.fixture
def link_for(run_jobs):
    """Asks for a link and returns its path."""

    def ask_and_read(account: Account, client: Client | None = None, **headers) -> str:
        ask(client or Client(), account.person.matricule, **headers)
        run_jobs()
        sent = OutboxMessage.objects.filter(template="identity/password_reset").latest("created_at")
        return re.search(r"http://localhost:\d+(/\S+)", sent.content["text"])[1]

    return ask_and_read


def text_of(answer) -> str:
    return unescape(answer.content.decode())


def choose(client: Client, password: str = NEW_PASSWORD, confirmation: str | None = None):
    return client.post(NEW, {"password": password, "confirmation": confirmation or password})


def test_link_matricule_code_and_a_new_password(client, account, link_for):
    link = link_for(account)
    assert client.get(link)["Location"] == MATRICULE
    assert client.post(MATRICULE, {"matricule": account.person.matricule})["Location"] == CODE
    assert "sur votre mobile" in text_of(client.get(CODE))
    assert client.post(CODE, {"code": latest_code(account)})["Location"] == NEW
    assert "Votre mot de passe est modifié" in text_of(
        client.post(NEW, {"password": NEW_PASSWORD, "confirmation": NEW_PASSWORD}, follow=True)
    )
    account.refresh_from_db()
    assert account.check_password(NEW_PASSWORD)
    assert client.get(SERVICES).status_code == 302  # a second factor always follows
    with time_machine.travel(now() + timedelta(minutes=2)):
        assert sign_in(client, account, NEW_PASSWORD)["Location"] == SERVICES


def test_an_account_with_one_channel_needs_no_code(client, link_for):
    account = AccountFactory()
    client.get(link_for(account))
    assert OutboxMessage.objects.latest("created_at").channel == "sms"
    assert client.post(MATRICULE, {"matricule": account.person.matricule})["Location"] == NEW
    assert choose(client).status_code == 302


def test_strangers_who_try_the_matricule_all_day_do_not_keep_out_who_chose_a_new_password(client, account, link_for):
    """The way in from a new browser while its matricule is being tried: the link proves more than a password."""
    client.get(link_for(account))
    client.post(MATRICULE, {"matricule": account.person.matricule})
    client.post(CODE, {"code": latest_code(account)})
    choose(client)
    for _ in range(11):
        give_password(Client(), account, "Falsch123")
    assert give_password(Client(), account, NEW_PASSWORD).status_code == 429
    assert give_password(client, account, NEW_PASSWORD)["Location"] == CODE_PAGE


def test_an_unfinished_reset_makes_no_known_browser(client, account, link_for):
    client.get(link_for(account))
    client.post(MATRICULE, {"matricule": account.person.matricule})
    assert cookie_name() not in client.cookies


def test_asking_changes_nothing_for_the_password(client, account, link_for):
    link_for(account)
    assert give_password(client, account, PASSWORD)["Location"] == CODE_PAGE


def test_a_new_password_ends_every_session_and_tells_every_channel(client, account, link_for):
    elsewhere = Client()
    sign_in(elsewhere, account)
    with time_machine.travel(now() + timedelta(minutes=2)):
        client.get(link_for(account))
        client.post(MATRICULE, {"matricule": account.person.matricule})
        client.post(CODE, {"code": latest_code(account)})
        choose(client)
        assert elsewhere.get(SERVICES).status_code == 302
    assert not Session.objects.filter(account=account).exists()
    told = OutboxMessage.objects.filter(template="identity/account_notice")
    assert {message.channel for message in told} == {"email", "sms"}
    events = JournalEntry.objects.filter(chain=f"person:{account.person_id}").values_list("event", flat=True)
    assert {"password_reset.asked", "password.reset", "device.others_signed_out"} <= set(events)


def test_a_link_is_good_once(client, account, link_for):
    link = link_for(account)
    client.get(link)
    client.post(MATRICULE, {"matricule": account.person.matricule})
    client.post(CODE, {"code": latest_code(account)})
    choose(client)
    again = Client().get(link)
    assert again.status_code == 410
    assert "Demander un nouveau lien" in text_of(again)


def test_a_link_is_good_for_half_an_hour(client, account, link_for):
    link = link_for(account)
    with time_machine.travel(now() + timedelta(minutes=30, seconds=1)):
        assert client.get(link).status_code == 410


def test_a_link_that_expires_on_the_way_leads_to_the_same_calm_page(client, account, link_for):
    client.get(link_for(account))
    with time_machine.travel(now() + timedelta(minutes=30, seconds=1)):
        for page in (MATRICULE, CODE, NEW):
            assert client.get(page).status_code == 410


def test_an_altered_link_opens_nothing(client, account, link_for):
    link = link_for(account)
    assert client.get(link[:-2] + "x/").status_code == 410
    assert client.get(MATRICULE).status_code == 410


def test_another_link_used_first_ends_this_one(client, account, link_for):
    first = link_for(account)
    second = link_for(account)
    for_good = Client()
    for_good.get(second)
    for_good.post(MATRICULE, {"matricule": account.person.matricule})
    for_good.post(CODE, {"code": latest_code(account)})
    choose(for_good)
    assert client.get(first).status_code == 410


def test_a_program_that_only_looks_at_the_link_uses_nothing_up(client, account, link_for):
    link = link_for(account)
    for _ in range(3):
        Client().get(link)
    assert client.get(link)["Location"] == MATRICULE


def test_the_links_secret_leaves_the_address_at_once_and_is_stored_hashed(client, account, link_for):
    link = link_for(account)
    token = link.rstrip("/").rsplit("/", 1)[1]
    answer = client.get(link)
    assert token not in answer["Location"]
    assert answer.content == b""
    assert answer["Referrer-Policy"] == "same-origin"
    assert token not in str(client.session.items())
    assert token.encode() not in bytes(PasswordReset.objects.get().token_hash)


def test_the_links_secret_is_in_no_log_and_no_job(account, link_for, caplog):
    with caplog.at_level("DEBUG"):
        link = link_for(account)
        Client().get(link)
    assert link.rstrip("/").rsplit("/", 1)[1] not in caplog.text
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(args::text, ' ') FROM procrastinate_jobs")
        jobs = cursor.fetchone()[0]
    assert link.rstrip("/").rsplit("/", 1)[1] not in jobs
    assert account.person.matricule not in jobs


def test_a_poisoned_host_header_does_not_reach_the_link(account, link_for, settings):
    settings.ALLOWED_HOSTS = ["*"]
    link_for(account, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    sent = OutboxMessage.objects.filter(template="identity/password_reset").latest("created_at")
    assert "evil.example" not in str(sent.content)
    assert settings.ENVIRONMENT.base_url in sent.content["text"]


def test_five_wrong_matricules_end_the_link(client, account, link_for):
    client.get(link_for(account))
    for left in (4, 3, 2, 1):
        assert f"{left} essai" in text_of(client.post(MATRICULE, {"matricule": NOBODYS_MATRICULE}))
    assert client.post(MATRICULE, {"matricule": NOBODYS_MATRICULE}).status_code == 410
    assert client.post(MATRICULE, {"matricule": account.person.matricule}).status_code == 410
    account.refresh_from_db()
    assert account.check_password(PASSWORD)


def test_a_slip_in_the_matricule_costs_no_try(client, account, link_for):
    client.get(link_for(account))
    client.post(MATRICULE, {"matricule": "1990000000184"})
    assert PasswordReset.objects.get().failures == 0


def test_no_proof_can_be_left_out(client, account, link_for):
    client.get(link_for(account))
    assert client.get(CODE).status_code == 410
    client.get(link_for(account))
    assert choose(client).status_code == 410
    client.get(link_for(account))
    client.post(MATRICULE, {"matricule": account.person.matricule})
    assert choose(client).status_code == 410
    account.refresh_from_db()
    assert account.check_password(PASSWORD)


def test_proofs_of_one_browser_are_none_in_another(client, account, link_for):
    link = link_for(account)
    client.get(link)
    client.post(MATRICULE, {"matricule": account.person.matricule})
    client.post(CODE, {"code": latest_code(account)})
    thief = Client()
    thief.get(link)
    assert choose(thief).status_code == 410
    assert thief.get(CODE).status_code == 410


def test_a_sign_in_code_is_no_proof_here(client, account, link_for):
    give_password(Client(), account)
    code = latest_code(account)
    client.get(link_for(account))
    with time_machine.travel(now() + timedelta(seconds=61)):
        client.post(MATRICULE, {"matricule": account.person.matricule})
        assert client.post(CODE, {"code": code}).status_code == 200
        assert choose(client).status_code == 410


def test_the_password_policy_holds(client, account, link_for):
    """S2-19, X2."""
    client.get(link_for(account))
    client.post(MATRICULE, {"matricule": account.person.matricule})
    client.post(CODE, {"code": latest_code(account)})
    assert "au moins 8 caractères" in text_of(choose(client, "kurz1"))
    assert "ne sont pas identiques" in text_of(choose(client, NEW_PASSWORD, "Mirabelle43"))
    assert choose(client).status_code == 302


def test_the_answer_is_the_same_whoever_is_asked_for(run_jobs):
    AccountFactory(email="family@example.lu")
    AccountFactory(email="family@example.lu")
    identifiers = [
        AccountFactory().person.matricule,
        PersonFactory().matricule,
        AccountFactory(state="suspended").person.matricule,
        NOBODYS_MATRICULE,
        "family@example.lu",
        "nobody@example.lu",
    ]
    seen = set()
    for identifier in identifiers:
        with CaptureQueriesContext(connection) as queries:
            answer = ask(Client(), identifier)
        statements = tuple(query["sql"].split()[0] for query in queries)
        seen.add((answer.status_code, answer["Location"], answer.content, statements))
    assert len(seen) == 1
    run_jobs()
    assert OutboxMessage.objects.filter(template="identity/password_reset").count() == 1


def test_what_was_typed_is_forgotten_once_resolved(client, run_jobs):
    ask(client, "nobody@example.lu")
    assert PasswordReset.objects.get().identifier == "nobody@example.lu"
    run_jobs()
    reset = PasswordReset.objects.get()
    assert reset.identifier is None
    assert reset.state == PasswordReset.State.ENDED


def test_the_job_may_run_twice(account, link_for):
    link_for(account)
    resolve_reset(actor=SYSTEM, reset_id=PasswordReset.objects.get().pk)
    assert OutboxMessage.objects.filter(template="identity/password_reset").count() == 1


def test_asking_is_slowed_down_alike_for_everyone(account):
    for identifier in (account.person.matricule, NOBODYS_MATRICULE):
        for _ in range(5):
            assert ask(Client(), identifier).status_code == 302
        refused = ask(Client(), identifier)
        assert refused.status_code == 429
        assert int(refused["Retry-After"]) > 0


def test_asking_needs_the_captcha(client, account):
    page = text_of(client.post(ASK, {"identifier": account.person.matricule}))
    assert account.person.matricule in page
    assert not PasswordReset.objects.exists()


def test_an_account_suspended_meanwhile_gets_no_new_password(client, account, link_for):
    client.get(link_for(account))
    Account.objects.filter(pk=account.pk).update(state="suspended")
    assert client.get(MATRICULE).status_code == 410


@pytest.mark.parametrize("path", [ASK, MATRICULE, CODE, NEW])
def test_every_form_needs_its_token(path):
    assert Client(enforce_csrf_checks=True).post(path, {}).status_code == 403
