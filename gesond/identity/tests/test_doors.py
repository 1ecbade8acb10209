"""Entrances and doors: who enters where, with what, and with which powers (S1-16, S1-20, S2-29, S3-15, X5)."""

import html
from dataclasses import replace

import pytest
from django.test import Client

from gesond.identity import doors
from gesond.identity.luxtrust.proofs import FLOW_KEY
from gesond.identity.models import Account, Door, LuxTrustFlow, LuxTrustProduct, Session
from gesond.identity.sessions.standing import METHOD_KEY, standing_of
from gesond.identity.tests.account_steps import TAB
from gesond.identity.tests.factories import PASSWORD, AccountFactory, PersonFactory
from gesond.identity.tests.luxtrust_steps import come_back, product_of, proof_of, signed_in_by
from gesond.identity.tests.sign_in_steps import CODE_PAGE, SERVICES, latest_code
from gesond.kernel.models import JournalEntry
from gesond.notify.models import OutboxMessage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_doors_alone(monkeypatch):
    """What the apps above say of who still enters is theirs to test."""
    monkeypatch.setattr(doors, "_admissions", {})


BACK = "/fr/sign-in/{}/luxtrust/back/"


def account_with(*entered: str, **fields) -> Account:
    return AccountFactory(doors=list(entered), **fields)


def page_of(answer) -> str:
    return html.unescape(answer.content.decode())


def by_luxtrust(client: Client, account: Account, entrance: str):
    proof = proof_of(account.person)
    if not LuxTrustProduct.objects.filter(account=account).exists():
        product_of(account, proof)
    come_back(client, proof, purpose=f"sign_in.{entrance}")
    return client.get(BACK.format(entrance))


def by_password(client: Client, account: Account, entrance: str):
    typed = {"identifier": account.person.matricule, "password": PASSWORD}
    place = "desk/sign-in" if entrance == "desk" else f"sign-in/{entrance}"
    return client.post(f"/fr/{place}/password/", typed)


def standing_in(client: Client):
    """How the browser's session stands, as a page sees it."""
    return standing_of(client.get(SERVICES).wsgi_request.user)


@pytest.mark.parametrize(
    ("entrance", "opened", "door"),
    [
        ("patient", ["patient"], "patient"),
        ("professional", ["patient", "professional"], "professional"),
        ("professional", ["secretary"], "secretary"),
        ("professional", ["secretary", "professional"], "professional"),
    ],
)
def test_luxtrust_alone_opens_a_session_at_the_door_behind_the_entrance(client, entrance, opened, door):
    """S2-29, S1-16, S3-15."""
    answer = by_luxtrust(client, account_with(*opened), entrance)
    assert answer["Location"] == SERVICES
    assert standing_in(client) == doors_standing(door, "luxtrust")


def doors_standing(door: str, method: str):
    from gesond.identity.sessions.standing import Standing

    return Standing(door, method)


@pytest.mark.parametrize(
    ("entrance", "opened"),
    [("patient", ["professional"]), ("patient", ["secretary"]), ("professional", ["patient"]), ("desk", ["patient"])],
)
def test_no_proof_opens_a_door_that_was_not_opened_by_its_own(client, entrance, opened):
    account = account_with(*opened)
    place = "/fr/desk/sign-in/luxtrust/back/" if entrance == "desk" else BACK.format(entrance)
    product_of(account, proof_of(account.person))
    come_back(client, proof_of(account.person), purpose=f"sign_in.{entrance}")
    assert client.get(place).status_code == 403
    assert by_password(client, account, entrance).status_code == 403
    assert not Session.objects.filter(account__isnull=False).exists()


def test_a_product_that_belongs_to_nobody_is_told_what_to_do(client):
    come_back(client, proof_of(PersonFactory()), purpose="sign_in.patient")
    answer = client.get(BACK.format("patient"))
    assert answer.status_code == 403
    assert "Ce produit LuxTrust n'est associé à aucun compte" in page_of(answer)


def test_a_proof_opens_one_session_and_no_second(client):
    account = account_with("patient")
    assert by_luxtrust(client, account, "patient")["Location"] == SERVICES
    client.post("/fr/sign-out/")
    assert client.get(BACK.format("patient"))["Location"] == "/fr/sign-in/patient/"
    assert LuxTrustFlow.objects.get().state == LuxTrustFlow.State.USED


def test_a_proof_made_at_one_entrance_opens_no_other(client):
    account = account_with("patient", "professional")
    product_of(account, proof_of(account.person))
    come_back(client, proof_of(account.person), purpose="sign_in.patient")
    assert client.get(BACK.format("professional"))["Location"] == "/fr/sign-in/professional/"


def test_a_proof_belongs_to_the_browser_that_asked_for_it(client):
    """Token substitution: the walk of one browser put into another's session without its token."""
    account = account_with("patient")
    product_of(account, proof_of(account.person))
    flow = come_back(Client(), proof_of(account.person), purpose="sign_in.patient")
    session = client.session
    session[FLOW_KEY] = {"id": str(flow.pk), "token": "guessed"}
    session.save()
    assert client.get(BACK.format("patient"))["Location"] == "/fr/sign-in/patient/"


def test_a_suspended_account_is_not_let_in_by_luxtrust(client):
    answer = by_luxtrust(client, account_with("patient", state="suspended"), "patient")
    assert answer.status_code == 403
    assert "suspendu ou clôturé" in page_of(answer)


def test_a_professional_without_luxtrust_enters_with_password_and_sms_and_is_told_what_is_missing(client):
    """S1-20: the degraded way, with what it may not do."""
    account = account_with("professional")
    assert by_password(client, account, "professional")["Location"] == CODE_PAGE
    assert client.post(CODE_PAGE, {"code": latest_code(account)})["Location"] == SERVICES
    page = page_of(client.get(SERVICES))
    assert "Votre connexion s'est faite sans LuxTrust" in page
    assert "déclarer une secrétaire" in page
    assert not standing_in(client).by_luxtrust


def test_a_code_by_email_is_no_second_factor_for_a_professional(client):
    """X5: with an e-mail address alone, only LuxTrust enters."""
    account = account_with("professional", email="pro@example.lu", phone=None, code_channel="email")
    answer = by_password(client, account, "professional")
    assert answer.status_code == 403
    assert "Un code par e-mail ne suffit pas ici" in page_of(answer)
    assert not OutboxMessage.objects.exists()


def test_a_professional_whose_codes_go_by_email_gets_this_one_by_sms(client):
    account = account_with("professional", email="pro@example.lu", code_channel="email")
    by_password(client, account, "professional")
    assert OutboxMessage.objects.get().channel == "sms"
    assert client.post("/fr/sign-in/code/email/").status_code == 404


def test_a_secretary_enters_with_luxtrust_only(client):
    """S3-17."""
    assert by_password(client, account_with("secretary"), "professional").status_code == 403


def test_a_wrong_password_says_nothing_of_doors(client):
    account = account_with("secretary")
    typed = {"identifier": account.person.matricule, "password": "Falsch-12345"}
    answer = client.post("/fr/sign-in/professional/password/", typed)
    assert answer.status_code == 200
    assert "ne correspondent pas" in page_of(answer)


def test_the_powers_of_a_session_are_those_of_its_door(client):
    """A doctor who entered as a patient has a patient's services."""
    account = account_with("patient", "professional")
    assert by_luxtrust(client, account, "patient")["Location"] == SERVICES
    assert standing_in(client).door == "patient"


def test_one_may_come_in_by_another_door_without_signing_out(client):
    account = account_with("patient", "professional")
    by_luxtrust(client, account, "patient")
    come_back(client, proof_of(account.person), purpose="sign_in.professional", account=account)
    assert client.get(BACK.format("professional"))["Location"] == SERVICES
    assert standing_in(client).door == "professional"


def test_a_door_that_is_shut_ends_the_session_at_once(client):
    account = account_with("patient", "professional")
    by_luxtrust(client, account, "professional")
    Account.objects.filter(pk=account.pk).update(doors=["patient"])
    assert client.get(SERVICES)["Location"].startswith("/fr/sign-in/professional/?next=")


def test_an_app_may_refuse_a_door_at_sign_in(client, monkeypatch):
    """The directory knows who is a professional today."""
    monkeypatch.setitem(doors._admissions, Door.PROFESSIONAL, lambda account: False)
    assert by_luxtrust(client, account_with("professional"), "professional").status_code == 403


def test_the_desk_has_an_entrance_of_its_own(client):
    assert client.get("/fr/desk/nothing/").status_code in (302, 404)
    account = account_with("patient", "staff")
    assert by_password(client, account, "desk")["Location"] == CODE_PAGE
    client.post(CODE_PAGE, {"code": latest_code(account)})
    entry = JournalEntry.objects.get(event="sign_in.succeeded")
    assert entry.details["door"] == "staff"
    assert entry.actor == f"staff:{account.pk}"


def test_a_professional_is_advised_to_choose_a_password_until_there_is_one(client):
    """S1-18: at the first sign-in with LuxTrust."""
    account = account_with("professional", password="")
    by_luxtrust(client, account, "professional")
    advice = "Il est recommandé de définir un mot de passe"
    assert advice in page_of(client.get(SERVICES))
    other = Client()
    by_luxtrust(other, account_with("professional"), "professional")
    assert advice not in page_of(other.get(SERVICES))


@pytest.mark.parametrize("phone", ["", "+352621000001"])
def test_who_gave_an_e_mail_only_learns_that_it_does_not_do_without_luxtrust(client, phone):
    """S1-18, X5: a password alone would be of no use on that day."""
    account = account_with("professional", password="", phone=phone, email="sophie@example.lu")
    by_luxtrust(client, account, "professional")
    told = "sans LuxTrust, votre code vient par SMS, pas par e-mail" in page_of(client.get(SERVICES))
    assert told == (phone == "")


@pytest.mark.parametrize(
    ("doors", "phone", "told"),
    [(["professional"], "", True), (["professional"], "+352621000001", False), (["patient"], "", False)],
)
def test_a_professional_whose_codes_come_by_e_mail_is_told_what_else_it_takes(client, doors, phone, told):
    """S1-20, X5."""
    account = AccountFactory(phone=phone, email="anna@example.lu", doors=doors)
    shown = page_of(signed_in_by(client, account, door=doors[0]).get(TAB))
    assert "Définir un mot de passe" in shown or "Modifier mon mot de passe" in shown
    assert ("Un code par e-mail n'y suffit pas" in shown) == told


@pytest.mark.parametrize(("doors", "told"), [(["secretary"], True), (["secretary", "patient"], False)])
def test_a_secretary_is_not_promised_that_a_password_opens_her_account(client, doors, told):
    """S3-17: LuxTrust only."""
    shown = page_of(signed_in_by(client, AccountFactory(doors=doors), door="secretary").get(TAB))
    assert "Définir un mot de passe" in shown or "Modifier mon mot de passe" in shown
    assert ("vous vous connectez uniquement avec LuxTrust" in shown) == told


def test_a_deployment_without_the_door_has_no_such_entrance(client, settings):
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, doors=("patient",))
    assert client.get("/fr/sign-in/professional/").status_code == 404
    assert client.get("/fr/sign-in/professional/password/").status_code == 404
    assert client.get("/fr/sign-in/patient/").status_code == 200
    assert client.get("/fr/desk/sign-in/").status_code == 200


def test_using_a_product_is_remembered(client):
    account = account_with("patient")
    by_luxtrust(client, account, "patient")
    assert LuxTrustProduct.objects.get().last_used_at is not None


def test_the_session_says_how_it_was_opened_even_in_tests(client):
    signed_in_by(client, account_with("professional"), door="professional", method="code")
    assert client.session[METHOD_KEY] == "code"
    assert standing_in(client).door == "professional"
