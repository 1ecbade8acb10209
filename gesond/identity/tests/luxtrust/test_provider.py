"""What the provider refuses, how it fails, and what it says of itself and of people."""

from dataclasses import replace

import httpx
import pytest
from django.conf import settings as django_settings

from gesond.identity import jobs
from gesond.identity.luxtrust import proofs
from gesond.identity.luxtrust.failures import Failure, sentence
from gesond.identity.models import LuxTrustProvider
from gesond.identity.tests.account_steps import page_of
from gesond.identity.tests.luxtrust.steps import TAB, State, begin, walk
from gesond.identity.tests.luxtrust_provider import (
    EC_KEY,
    ISSUER,
    KEY,
    WALK,
    go_to_provider,
    install,
    latest_flow,
    return_with,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        ("access_denied", Failure.REFUSED),
        ("user_cancelled", Failure.CANCELLED),
        ("login_required", Failure.NOT_SIGNED_IN),
        ("temporarily_unavailable", Failure.UNAVAILABLE),
        ("unauthorized_client", Failure.MISCONFIGURED),
        ("<script>", Failure.MISCONFIGURED),
    ],
)
def test_what_the_provider_refuses_is_said_calmly(client, provider, run_jobs, error, failure):
    begin(client)
    state = go_to_provider(client, provider)
    assert return_with(client, state=state, error=error)["Location"] == WALK
    assert latest_flow().failure == failure
    shown = page_of(client.get(WALK))
    assert str(sentence(failure)) in shown
    assert "<script>" not in shown.partition("<main")[2]
    assert TAB in shown


def test_the_answer_of_another_provider_is_refused(client, provider, run_jobs):
    """Mix-up: RFC 9207."""
    assert walk(client, provider, run_jobs, iss="https://other.example").failure == Failure.OTHER_ISSUER
    assert "/token" not in provider.paths()


def test_a_provider_that_names_itself_must_do_so(client, provider, run_jobs):
    provider.document = {"authorization_response_iss_parameter_supported": True}
    assert walk(client, provider, run_jobs).failure == Failure.OTHER_ISSUER
    assert walk(client, provider, run_jobs, iss=ISSUER).state == State.PROVED


@pytest.mark.parametrize(
    ("down", "failure"),
    [
        (httpx.ReadTimeout("slow"), Failure.TIMEOUT),
        (httpx.ConnectError("gone"), Failure.UNAVAILABLE),
        (503, Failure.UNAVAILABLE),
        (429, Failure.UNAVAILABLE),
    ],
)
def test_a_provider_that_fails_at_the_code_is_told_of(client, provider, run_jobs, down, failure):
    begin(client)
    state = go_to_provider(client, provider)
    return_with(client, state=state, code="a-code")
    provider.down = down
    run_jobs()
    assert latest_flow().failure == failure
    assert "LuxTrust ne répond pas pour le moment." in page_of(client.get(WALK))


ODD_KEY = "eyJhbGciOiJSUzI1NiIsImtpZCI6W119.e30.c2lnbmVk"  # {"alg":"RS256","kid":[]}


@pytest.mark.parametrize(
    "token", [{"error": "invalid_grant"}, {"access_token": "a"}, {"id_token": 7}, {"id_token": ODD_KEY}, {}]
)
def test_odd_answers_of_the_token_endpoint_prove_nothing(client, provider, run_jobs, token):
    provider.token = token
    assert walk(client, provider, run_jobs).state == State.FAILED


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://other.example"},
        {"issuer": f"{ISSUER}/"},
        {"token_endpoint": "http://luxtrust.example/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"code_challenge_methods_supported": ["plain"]},
        {"code_challenge_methods_supported": None},
        {"token_endpoint": "https://[luxtrust"},
        {"claims_supported": "a\0b"},
        {"userinfo_endpoint": "http://169.254.169.254/latest/meta-data"},  # it would be sent a token
        {"userinfo_endpoint": ["https://luxtrust.example/userinfo"]},
    ],
)
def test_a_document_that_is_not_the_providers_is_not_kept(provider, document):
    provider.document = document
    jobs.fetch_luxtrust_provider(0)
    kept = LuxTrustProvider.objects.get()
    assert kept.document == {}
    assert kept.failure.startswith("misconfigured")


def test_a_failed_fetch_keeps_what_was_known(provider):
    jobs.fetch_luxtrust_provider(0)
    provider.down = httpx.ConnectError("gone")
    jobs.fetch_luxtrust_provider(0)
    kept = LuxTrustProvider.objects.get()
    assert kept.document["issuer"] == ISSUER
    assert kept.failed_at


def test_names_that_the_token_leaves_out_are_asked_for(client, provider, run_jobs):
    names = provider._names()
    provider.claims = dict.fromkeys(names)
    provider.user_info = {"sub": "10020304050607009000", **names}
    flow = walk(client, provider, run_jobs)
    assert flow.proof["family_name"] == names["family_name"]
    provider.user_info = {"sub": "somebody else's", **names}
    assert walk(client, provider, run_jobs).failure == Failure.TOKEN


def test_how_surely_one_was_proved_is_said_by_the_signed_token_alone(client, provider, run_jobs):
    provider.claims = {"acr": None, "family_name": None}
    high = "http://eidas.europa.eu/LoA/high"
    provider.user_info = {"sub": "10020304050607009000", **provider._names(), "acr": high}
    assert walk(client, provider, run_jobs).failure == Failure.ASSURANCE


def test_claims_levels_and_devices_are_the_operators_to_name(client, provider, run_jobs, settings, monkeypatch):
    install(
        settings,
        monkeypatch,
        provider,
        luxtrust_claims={
            "subject": "ssn",
            "family_name": "sn",
            "given_names": "gn",
            "birth_date": "dob",
            "device": "amr",
        },
        luxtrust_acr_map={"urn:lux:4": "high"},
        luxtrust_least_assurance="high",
        luxtrust_acr_values="urn:lux:4 urn:lux:5",
        luxtrust_device_map={"eid": "identity_card"},
    )
    names = {"ssn": "20020304050607009000", "sn": "Doe", "gn": "Rita", "dob": "1985-03-15"}
    provider.claims = {**names, "acr": "urn:lux:4", "amr": ["pin", "eid"]}
    proof = proofs.LuxTrustProof.from_json(walk(client, provider, run_jobs).proof)
    assert provider.walk["acr_values"] == "urn:lux:4 urn:lux:5"
    assert (proof.subject, proof.family_name, proof.given_names) == ("20020304050607009000", "Doe", "Rita")
    assert (proof.device, proof.assurance, str(proof.birth_date)) == ("identity_card", "high", "1985-03-15")


@pytest.mark.parametrize("key", [KEY, EC_KEY])
def test_a_client_with_a_key_signs_instead_of_telling_a_secret(client, provider, run_jobs, tmp_path, key):
    pem = tmp_path / "client.pem"
    pem.write_bytes(key.as_pem(private=True))
    fields = {"luxtrust_client_secret": "", "luxtrust_client_key": str(pem)}
    django_settings.ENVIRONMENT = replace(django_settings.ENVIRONMENT, **fields)
    assert walk(client, provider, run_jobs).state == State.PROVED
    asked = next(request for request in provider.asked if request.url.path == "/token")
    assert "Authorization" not in asked.headers
    assert "client_assertion=" in asked.content.decode()
    assert "code=a-code" in asked.content.decode()
