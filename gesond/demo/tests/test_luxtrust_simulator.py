"""The simulator speaks OpenID Connect as a provider does, and fails as it is told to."""

import html
from dataclasses import replace
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.conf import settings
from django.test import Client

from gesond.demo.luxtrust.choices import DEVICES, FAULTS
from gesond.demo.luxtrust.grants import Outcome
from gesond.demo.luxtrust.settings import CLIENT_ID, CLIENT_SECRET, provider_settings
from gesond.demo.luxtrust.wsgi import Simulator
from gesond.demo.models import DemoPerson
from gesond.identity import jobs
from gesond.identity.luxtrust.failures import Failure
from gesond.identity.models import Account, LuxTrustFlow, Person
from gesond.identity.tests.account_steps import reachable_account, signed_in
from gesond.identity.tests.factories import PersonFactory
from gesond.identity.tests.luxtrust_provider import answer_all_with

pytestmark = pytest.mark.django_db
BASE = "http://localhost:8200"
ISSUER = "http://localhost:8202"
VERIFIER = "v" * 64
ASKED = {
    "response_type": "code",
    "client_id": CLIENT_ID,
    "redirect_uri": f"{BASE}/luxtrust/callback",
    "scope": "openid profile",
    "state": "a-state",
    "nonce": "a-nonce",
    "code_challenge": create_s256_code_challenge(VERIFIER),
    "code_challenge_method": "S256",
}


@pytest.fixture
def person() -> Person:
    found = PersonFactory(family_name="Doe-Rita", given_names="Hector")
    DemoPerson.objects.create(key="hector", person=found, role="", hint="", luxtrust_subject="10020304050607003000")
    return found


@pytest.fixture
def simulator(person, settings) -> Simulator:
    env = replace(settings.ENVIRONMENT, port=8200, base_url=BASE)
    given = provider_settings(env)
    settings.ENVIRONMENT = replace(
        env,
        luxtrust_issuer=given["GESOND_LUXTRUST_ISSUER"],
        luxtrust_client_id=given["GESOND_LUXTRUST_CLIENT_ID"],
        luxtrust_client_secret=given["GESOND_LUXTRUST_CLIENT_SECRET"],
    )
    made = Simulator(settings.ENVIRONMENT)
    made.provider.pause = 0
    return made


@pytest.fixture(autouse=True)
def _over_http(simulator, monkeypatch):
    """The jobs talk to the simulator's WSGI application itself."""
    monkeypatch.setattr("gesond.demo.luxtrust.wsgi.close_old_connections", lambda: None)
    answer_all_with(monkeypatch, httpx.WSGITransport(simulator))


def ask(simulator: Simulator, path: str, *, body: dict[str, str] | None = None, **headers: str) -> Any:
    """Status, headers and text of one request."""
    target, _question, query = path.partition("?")
    content = urlencode(body or {}).encode()
    answered: dict[str, Any] = {}

    def start(status: str, heads: list[tuple[str, str]]) -> None:
        answered.update(status=int(status.split(maxsplit=1)[0]), headers=dict(heads))

    environ = {
        "REQUEST_METHOD": "GET" if body is None else "POST",
        "PATH_INFO": target,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8202",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(content)),
        "wsgi.input": BytesIO(content),
        "wsgi.url_scheme": "http",
        **headers,
    }
    text = b"".join(simulator(environ, start)).decode()
    return answered["status"], answered["headers"], html.unescape(text)


def choose(
    simulator: Simulator, outcome: str = "confirm", asked: dict[str, str] = ASKED, **chosen: str
) -> dict[str, str]:
    """Click on the page; what the browser is led back with."""
    body = {"device": "token", "person": "hector", "outcome": outcome, **chosen}
    status, headers, _text = ask(simulator, f"/authorize?{urlencode(asked)}", body=body)
    assert status == 302
    return {name: values[0] for name, values in parse_qs(urlsplit(headers["Location"]).query).items()}


def take(simulator: Simulator, code: str, **given: str) -> tuple[int, str]:
    body = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": ASKED["redirect_uri"],
        "code_verifier": VERIFIER,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        **given,
    }
    status, _headers, text = ask(simulator, "/token", body=body)
    return status, text


def walk(client: Client, simulator: Simulator, outcome: str, run_jobs: Any, **chosen: str) -> LuxTrustFlow:
    """The product's own way, against the simulator."""
    client.post("/fr/account/luxtrust/")
    jobs.fetch_luxtrust_provider(0)
    address = client.get("/fr/luxtrust/")["Refresh"].removeprefix("0;url=")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    back = choose(simulator, outcome, asked, **chosen)
    client.get("/luxtrust/callback", back)
    run_jobs()
    return LuxTrustFlow.objects.order_by("-started_at").first()


@pytest.fixture
def account(person) -> Account:
    return reachable_account(person=person)


def test_the_page_offers_the_products_of_the_guides_and_the_people(simulator):
    """S2-08."""
    status, _headers, text = ask(simulator, f"/authorize?{urlencode(ASKED)}")
    assert status == 200
    for label in ("Token", "Smartcard", "Mobile", "Carte d'identité électronique", "Hector Doe-Rita", "Confirmer"):
        assert label in text
    assert f"{settings.ENVIRONMENT.base_url}/static/dist/main.css" in text


@pytest.mark.parametrize("device", list(DEVICES))
def test_the_product_believes_what_the_simulator_signs(simulator, account, run_jobs, device):
    flow = walk(signed_in(account), simulator, "confirm", run_jobs, device=device)
    assert flow.state == LuxTrustFlow.State.PROVED
    assert flow.proof["device"] == device
    assert flow.proof["assurance"] == ("high" if device == "identity_card" else "substantial")
    assert flow.proof["family_name"] == "Doe-Rita"
    assert len(flow.proof["subject"]) == 20


@pytest.mark.parametrize(
    ("outcome", "failure"),
    [
        (Outcome.REFUSED, Failure.REFUSED),
        (Outcome.CANCELLED, Failure.CANCELLED),
        (Outcome.UNAVAILABLE, Failure.UNAVAILABLE),
        (Outcome.AUDIENCE, Failure.AUDIENCE),
        (Outcome.EXPIRED, Failure.EXPIRED),
        (Outcome.REPLAYED, Failure.CODE),
        (Outcome.SIGNATURE, Failure.SIGNATURE),
        (Outcome.NONCE, Failure.NONCE),
        (Outcome.ISSUER, Failure.OTHER_ISSUER),
        (Outcome.ASSURANCE, Failure.ASSURANCE),
    ],
)
def test_it_fails_as_it_is_told_to(simulator, account, run_jobs, outcome, failure):
    assert walk(signed_in(account), simulator, outcome, run_jobs).failure == failure


def test_every_fault_of_the_page_is_an_outcome():
    assert set(FAULTS) | {Outcome.CONFIRM, Outcome.REFUSED, Outcome.CANCELLED} == set(Outcome)


def test_what_is_said_of_a_person_can_be_changed(simulator, account, run_jobs):
    changed = {"family_name": "Autrement", "given_names": "Zoé", "birth_date": "1950-01-02", "subject": "9" * 20}
    flow = walk(signed_in(account), simulator, "confirm", run_jobs, **changed)
    assert flow.proof["family_name"] == "Autrement"
    assert flow.proof["birth_date"] == "1950-01-02"
    assert flow.proof["subject"] == "9" * 20


def test_new_keys_are_followed(simulator, account, run_jobs):
    client = signed_in(account)
    for _ in range(3):
        assert walk(client, simulator, "confirm", run_jobs).state == LuxTrustFlow.State.PROVED
        assert ask(simulator, "/simulator/rotate", body={})[0] == 302


def test_down_means_everything_but_the_switches(simulator):
    assert ask(simulator, "/simulator/down", body={})[0] == 302
    for path in ("/.well-known/openid-configuration", "/keys", f"/authorize?{urlencode(ASKED)}"):
        assert ask(simulator, path)[0] == 503
    assert take(simulator, "x")[0] == 503
    assert "en panne" in ask(simulator, "/simulator")[2]
    ask(simulator, "/simulator/up", body={})
    assert ask(simulator, "/keys")[0] == 200


def test_a_code_is_good_once(simulator):
    code = choose(simulator)["code"]
    assert take(simulator, code)[0] == 200
    assert take(simulator, code) == (400, '{"error": "invalid_grant"}')


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"code_verifier": "another"}, 400),
        ({"redirect_uri": "http://localhost:8200/elsewhere"}, 400),
        ({"grant_type": "password"}, 400),
        ({"client_secret": "wrong"}, 401),
        ({"client_id": "another"}, 401),
    ],
)
def test_a_code_is_its_clients_and_its_browsers(simulator, given, status):
    assert take(simulator, choose(simulator)["code"], **given)[0] == status


@pytest.mark.parametrize("wrong", [{"client_id": "another"}, {"redirect_uri": "https://evil.example/"}])
def test_nobody_is_led_to_an_address_that_is_not_the_clients(simulator, wrong):
    status, headers, text = ask(simulator, f"/authorize?{urlencode(ASKED | wrong)}")
    assert status == 400
    assert "Location" not in headers
    assert "Client inconnu" in text


def test_a_question_without_pkce_is_refused(simulator):
    asked = {name: value for name, value in ASKED.items() if name != "code_challenge"}
    status, headers, _text = ask(simulator, f"/authorize?{urlencode(asked)}")
    assert status == 302
    assert "error=invalid_request" in headers["Location"]


def test_an_unknown_choice_is_asked_again(simulator):
    body = {"device": "token", "person": "nobody", "outcome": "confirm"}
    status, _headers, text = ask(simulator, f"/authorize?{urlencode(ASKED)}", body=body)
    assert status == 400
    assert "Choisissez un produit et une personne." in text


def test_what_it_does_not_know_is_not_found(simulator):
    assert ask(simulator, "/nothing")[0] == 404
    assert ask(simulator, "/token")[0] == 405
