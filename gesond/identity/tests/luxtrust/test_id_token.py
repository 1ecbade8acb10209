"""The signed ID token: what is believed, and what never is (OpenID Connect Core 3.1.3.7)."""

import httpx
import pytest
from joserfc.jwk import OctKey

from gesond.identity import jobs
from gesond.identity.actions import luxtrust_walks
from gesond.identity.luxtrust.failures import Failure
from gesond.identity.models import LuxTrustProvider
from gesond.identity.tests.account_steps import page_of
from gesond.identity.tests.luxtrust.steps import State, begin, walk
from gesond.identity.tests.luxtrust_provider import (
    EC_KEY,
    KEY,
    OTHER_KEY,
    WALK,
    go_to_provider,
    latest_flow,
    return_with,
)
from gesond.kernel.clock import now
from gesond.kernel.models import JournalEntry

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("claims", "failure"),
    [
        ({"aud": "another-client"}, Failure.AUDIENCE),
        ({"aud": ["gesond", "another-client"]}, Failure.AUDIENCE),  # without azp
        ({"aud": ["gesond", "another-client"], "azp": "another-client"}, Failure.AUDIENCE),
        ({"aud": None}, Failure.AUDIENCE),
        ({"iss": "https://other.example"}, Failure.ISSUER),
        ({"exp": 1}, Failure.EXPIRED),
        ({"exp": None}, Failure.EXPIRED),
        ({"iat": 9_999_999_999}, Failure.EXPIRED),
        ({"nbf": 9_999_999_999}, Failure.EXPIRED),
        ({"nonce": "another"}, Failure.NONCE),
        ({"nonce": None}, Failure.NONCE),
        ({"sub": None}, Failure.TOKEN),
        ({"sub": 7}, Failure.TOKEN),
        ({"acr": "http://eidas.europa.eu/LoA/low"}, Failure.ASSURANCE),
        ({"acr": "made-up"}, Failure.ASSURANCE),
        ({"acr": None}, Failure.ASSURANCE),
        ({"family_name": None}, Failure.CLAIMS),
        ({"given_name": ""}, Failure.CLAIMS),
        ({"family_name": "x" * 500}, Failure.CLAIMS),
    ],
)
def test_a_token_with_anything_wrong_proves_nothing(client, provider, run_jobs, claims, failure):
    provider.claims = claims
    flow = walk(client, provider, run_jobs)
    assert (flow.state, flow.failure, flow.proof) == (State.FAILED, failure, None)
    shown = page_of(client.get(WALK))
    assert "Réessayer" in shown
    assert "Continuer sans LuxTrust" in shown
    assert "helpdesk" in shown


def test_the_clocks_may_differ_by_as_much_as_the_setting_says(client, provider, run_jobs):
    moment = int(now().timestamp())
    provider.claims = {"exp": moment - 30, "iat": moment - 300}
    assert walk(client, provider, run_jobs).state == State.PROVED
    provider.claims = {"exp": moment - 90, "iat": moment - 300}
    assert walk(client, provider, run_jobs).failure == Failure.EXPIRED


@pytest.mark.parametrize("proved_at", [-3600, -90, float("nan"), True])
def test_who_proved_themselves_before_the_walk_has_not_proved_who_is_here(client, provider, run_jobs, proved_at):
    """`prompt=login` can be taken out of the address by whoever sits at the browser: the provider's session answers."""
    moment = int(now().timestamp())
    provider.claims = {"auth_time": moment + proved_at if type(proved_at) is int else proved_at}
    flow = walk(client, provider, run_jobs)
    assert (flow.state, flow.failure) == (State.FAILED, Failure.EXPIRED)


def test_a_proof_made_during_the_walk_may_say_so(client, provider, run_jobs):
    provider.claims = {"auth_time": int(now().timestamp()) - 30}  # by clocks that differ a little
    assert walk(client, provider, run_jobs).state == State.PROVED


def test_a_forged_signature_proves_nothing_and_is_journalled(client, provider, run_jobs):
    provider.key, provider.header = OTHER_KEY, {"kid": KEY.kid}
    flow = walk(client, provider, run_jobs)
    assert flow.failure == Failure.SIGNATURE
    entry = JournalEntry.objects.get(chain="platform", event="luxtrust.answer_refused")
    assert entry.details == {"flow": str(flow.pk), "reason": "signature", "purpose": "associate"}


@pytest.mark.parametrize("named", ["jwk", "jku", "x5u"])
def test_a_key_that_the_token_brings_along_is_not_believed(client, provider, run_jobs, named):
    provider.key = OTHER_KEY
    brought = OTHER_KEY.as_dict(private=False) if named == "jwk" else "https://evil.example/keys"
    provider.header = {"kid": KEY.kid, named: brought}
    assert walk(client, provider, run_jobs).failure == Failure.SIGNATURE
    assert "evil.example" not in {request.url.host for request in provider.asked}


def test_an_unsigned_token_proves_nothing(client, provider, run_jobs):
    provider.unsigned = True
    assert walk(client, provider, run_jobs).failure == Failure.SIGNATURE


def test_the_public_key_is_no_shared_secret(client, provider, run_jobs):
    """HS256 with the RSA key's public half as its secret: the classic confusion."""
    provider.shared_secret = KEY.as_pem(private=False)
    assert walk(client, provider, run_jobs).failure == Failure.SIGNATURE


def test_a_shared_key_in_the_providers_own_set_signs_nothing(client, provider, run_jobs):
    shared = OctKey.generate_key(256, auto_kid=True)
    provider.keys, provider.key = [KEY, shared], shared
    assert walk(client, provider, run_jobs).failure == Failure.SIGNATURE


def test_a_new_key_is_asked_for_once(client, provider, run_jobs):
    begin(client)
    state = go_to_provider(client, provider)
    provider.keys, provider.key = [EC_KEY, KEY], EC_KEY
    before = provider.paths().count("/keys")
    return_with(client, state=state, code="a-code")
    run_jobs()
    assert latest_flow().state == State.PROVED
    assert provider.paths().count("/keys") == before + 1


def test_unknown_keys_do_not_make_us_ask_without_end(client, provider, run_jobs):
    jobs.fetch_luxtrust_provider(0)
    provider.key = OTHER_KEY
    before = provider.paths().count("/keys")
    for _ in range(9):
        begin(client)
        LuxTrustProvider.objects.update(fetched_at=now())
        provider.walk = {}
        state = go_to_provider_without_fetching(client, provider)
        return_with(client, state=state, code="a-code")
        luxtrust_walks.exchange(flow_id=latest_flow().pk)
        assert latest_flow().failure == Failure.SIGNATURE
    assert provider.paths().count("/keys") == before + 6


def go_to_provider_without_fetching(client, provider) -> str:
    address = httpx.URL(client.get(WALK)["Refresh"].removeprefix("0;url="))
    provider.walk = dict(address.params)
    return provider.walk["state"]
