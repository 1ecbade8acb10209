"""« Gérer mon compte », page by page, as a person meets it (S1-19, S1-21 to S1-24)."""

import pytest
from django.test import Client

from gesond.identity.models import Account, ChannelChange
from gesond.identity.tests.account_steps import (
    EMAIL,
    NEW_EMAIL,
    NEW_PHONE,
    PERSONAL,
    PHONE,
    TAB,
    begin,
    code_sent_to,
    page_of,
    reachable_account,
    signed_in,
)
from gesond.identity.tests.factories import AccountFactory
from gesond.identity.tests.test_passkeys import add
from gesond.identity.tests.walking import wrong

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return reachable_account()


@pytest.fixture
def client(account) -> Client:
    return signed_in(account)


def code_page(account: Account) -> str:
    change = ChannelChange.objects.filter(account=account).latest("started_at")
    return f"/fr/account/change/{change.pk}/"


def type_code(client: Client, address: str, code: str):
    step = "proving_new" if "proving_new" in page_of(client.get(address)) else "proving_old"
    return client.post(address, {"code": code, "step": step})


def test_gerer_mon_compte_opens_the_first_tab(client):
    """S1-19."""
    assert client.get("/fr/account/")["Location"] == TAB
    shown = page_of(client.get(TAB))
    assert "Moyens d'authentification" in shown
    assert "Informations personnelles" in shown


def test_the_menu_leads_here(client):
    """S1-19: « Mon Compte » → « Gérer mon compte »."""
    shown = page_of(client.get(TAB))
    assert "Mon Compte" in shown
    assert 'href="/fr/account/"' in shown
    assert "Gérer mon compte" in shown


def test_the_password_is_at_the_bottom(client):
    """S1-19."""
    shown = page_of(client.get(TAB))
    form = shown.index('action="/fr/account/password/"')
    assert all(
        shown.index(f'id="{part}"') < form for part in ("contact", "luxtrust", "passkeys", "devices", "activity")
    )
    assert "Valider" in shown[form:]


def test_luxtrust_says_when_this_site_does_not_have_it(client):
    """S1-23."""
    assert "LuxTrust n'est pas utilisable sur ce site pour le moment." in page_of(client.get(TAB))


def test_a_person_changes_their_number(client, account):
    """S1-21."""
    form = "/fr/account/channel/sms/"
    assert "+352 621 000 001" in page_of(client.get(form))
    answer = client.post(form, {"destination": "621 000 002", "proof_channel": "sms"})
    assert answer["Location"] == code_page(account)
    assert "*****01" in page_of(client.get(code_page(account)))
    type_code(client, code_page(account), code_sent_to(PHONE))
    assert "*****02" in page_of(client.get(code_page(account)))
    assert type_code(client, code_page(account), code_sent_to(NEW_PHONE))["Location"] == TAB
    shown = page_of(client.get(TAB))
    assert "Votre numéro de mobile a été modifié." in shown
    assert "+352 621 000 002" in shown


def test_a_person_without_an_address_adds_one(account):
    """S1-22."""
    account = reachable_account(phone="+352621000007", email=None)
    client = signed_in(account)
    assert "proof_channel" not in page_of(client.get("/fr/account/channel/email/"))
    client.post("/fr/account/channel/email/", {"destination": NEW_EMAIL})
    type_code(client, code_page(account), code_sent_to("+352621000007"))
    assert "*****@example.lu" in page_of(client.get(code_page(account)))
    type_code(client, code_page(account), code_sent_to(NEW_EMAIL))
    assert NEW_EMAIL in page_of(client.get(TAB))


@pytest.mark.parametrize(
    ("channel", "typed", "message"),
    [
        ("sms", "", "Saisissez votre nouveau numéro de mobile."),
        ("sms", "26 12 34 56", "mobile"),
        ("sms", "621 000 001", "Ces coordonnées sont déjà celles de votre compte."),
        ("email", "anna", "@"),
        ("email", "ANNA@example.lu", "Ces coordonnées sont déjà celles de votre compte."),
    ],
)
def test_a_bad_number_or_address_is_explained_and_kept(client, channel, typed, message):
    answer = client.post(f"/fr/account/channel/{channel}/", {"destination": typed, "proof_channel": "sms"})
    assert answer.status_code == 422
    assert message in page_of(answer)
    assert f'value="{typed}"' in page_of(answer) or not typed


def test_a_wrong_code_says_how_many_tries_remain(client, account):
    begin(account)
    answer = type_code(client, code_page(account), wrong(code_sent_to(PHONE)))
    assert answer.status_code == 422
    assert "4 essais" in page_of(answer)


def test_a_change_half_done_is_found_again(client, account):
    begin(account)
    assert code_page(account) in page_of(client.get(TAB))
    client.post(f"{code_page(account)}give-up/")
    assert code_page(account) not in page_of(client.get(TAB))
    assert client.get(code_page(account))["Location"] == TAB


def test_a_code_is_not_sent_again_at_once(client, account):
    begin(account)
    client.post(f"{code_page(account)}resend/")
    assert "Vous pourrez demander un autre code dans" in page_of(client.get(code_page(account)))


def test_a_stale_page_says_how_things_stand(client, account):
    begin(account)
    code = code_sent_to(PHONE)
    client.post(code_page(account), {"code": code, "step": "proving_old"})
    client.post(code_page(account), {"code": code, "step": "proving_old"})
    assert "Cette page n'était plus à jour." in page_of(client.get(TAB))


@pytest.mark.parametrize("part", ["", "resend/", "give-up/"])
def test_another_accounts_change_does_not_exist(client, part):
    stranger = reachable_account(phone="+352621000009", email=None)
    change = begin(stranger)
    assert client.post(f"/fr/account/change/{change.pk}/{part}", {"code": "1"}).status_code == 404
    assert client.get(f"/fr/account/change/{change.pk}/").status_code == 404


def test_a_person_removes_their_address(client, account):
    remove = "/fr/account/channel/email/remove/"
    assert EMAIL in page_of(client.get(remove))
    client.post(remove, {"proof_channel": "sms"})
    assert type_code(client, code_page(account), code_sent_to(PHONE))["Location"] == TAB
    assert EMAIL not in page_of(client.get(TAB))


def test_the_channel_of_the_codes_is_kept_and_the_page_says_what_to_do(client, account):
    remove = "/fr/account/channel/sms/remove/"
    shown = page_of(client.get(remove))
    assert "Choisissez d'abord un autre moyen" in shown
    assert "/fr/account/code-channel/" in shown
    client.post(remove, {"proof_channel": "email"})
    assert not ChannelChange.objects.filter(account=account).exists()


def test_the_last_channel_is_kept_and_the_page_says_what_to_do():
    account = reachable_account(phone="+352621000007", email=None)
    client = signed_in(account)
    assert "Ajoutez-en d'abord un autre." in page_of(client.get("/fr/account/channel/sms/remove/"))
    assert client.post("/fr/account/channel/sms/remove/").status_code == 422
    account.refresh_from_db()
    assert account.phone


def test_a_person_chooses_where_codes_go(client, account):
    assert "Code à usage unique à recevoir par" in page_of(client.get("/fr/account/code-channel/"))
    client.post("/fr/account/code-channel/", {"channel": "email"})
    account.refresh_from_db()
    assert account.code_channel == "email"


def test_codes_cannot_be_sent_to_a_channel_that_is_not_there():
    client = signed_in(reachable_account(phone="+352621000007", email=None))
    assert client.post("/fr/account/code-channel/", {"channel": "email"}).status_code == 422


def test_what_happened_is_told_in_words(client, account):
    begin(account)
    assert "Modification du numéro de téléphone ou de l'adresse e-mail demandée" in page_of(client.get(TAB))


def test_another_persons_activity_is_not_shown(client):
    begin(reachable_account(phone="+352621000009", email=None))
    assert "Rien pour l'instant" in page_of(client.get(TAB))


def test_the_first_tab_costs_eight_queries_whatever_the_account_has(client, account, django_assert_num_queries):
    """Session with account and person; changes, app, passkeys, recovery codes, LuxTrust, devices, activity."""
    client.get(TAB)
    with django_assert_num_queries(8):
        client.get(TAB)
    for _ in range(3):
        add(account), signed_in(account)
    with django_assert_num_queries(8):
        client.get(TAB)


def test_the_second_tab_costs_two_queries(client, django_assert_num_queries):
    client.get(PERSONAL)
    with django_assert_num_queries(2):
        client.get(PERSONAL)


FORMS = [
    "/fr/account/password/",
    "/fr/account/channel/sms/",
    "/fr/account/channel/email/remove/",
    "/fr/account/code-channel/",
    "/fr/account/passkeys/add/",
    "/fr/account/passkeys/options/",
    "/fr/account/passkeys/proof/",
    "/fr/account/app/",
    "/fr/account/app/remove/",
    "/fr/account/app/recovery-codes/",
    "/fr/account/devices/sign-out/",
    "/fr/account/data/",
    "/fr/account/personal/",
    "/fr/sign-in/passkey/options/",
]


@pytest.mark.parametrize("address", FORMS)
def test_every_form_needs_its_token(account, address):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(account)
    assert strict.post(address, {}).status_code == 403


@pytest.mark.parametrize(
    "address", [TAB, PERSONAL, "/fr/account/confirm/", "/fr/account/channel/sms/", "/fr/account/app/"]
)
def test_a_visitor_is_asked_to_sign_in(address):
    assert Client().get(address)["Location"].startswith("/fr/sign-in/")


@pytest.mark.parametrize("language", ["de", "en"])
def test_both_tabs_speak_every_language(client, language):
    assert client.get(f"/{language}/account/authentication/").status_code == 200
    assert client.get(f"/{language}/account/personal/").status_code == 200


def test_an_account_may_have_nothing_but_a_number():
    account = AccountFactory()
    assert "Aucun" in page_of(signed_in(account).get(TAB))
