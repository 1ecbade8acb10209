"""To LuxTrust and back: what is asked, what the pages say, and how patience ends (S1-05, S1-06)."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from gesond.identity import jobs
from gesond.identity.luxtrust import configuration, proofs
from gesond.identity.luxtrust.failures import Failure
from gesond.identity.models import LuxTrustFlow
from gesond.identity.tests.account_steps import page_of
from gesond.identity.tests.luxtrust.steps import ASSOCIATE, TAB, State, begin, walk
from gesond.identity.tests.luxtrust_provider import ISSUER, WALK, go_to_provider, latest_flow, return_with
from gesond.identity.views import luxtrust as luxtrust_pages
from gesond.kernel.clock import now

pytestmark = pytest.mark.django_db


def test_what_is_asked_of_the_provider(client, provider):
    begin(client)
    go_to_provider(client, provider)
    asked = provider.walk
    assert asked["response_type"] == "code"
    assert asked["client_id"] == "gesond"
    assert asked["redirect_uri"] == "https://gesond.example/luxtrust/callback"
    assert asked["scope"] == "openid profile"
    assert asked["code_challenge_method"] == "S256"
    assert asked["ui_locales"] == "fr"
    flow = latest_flow()
    assert asked["nonce"] == flow.nonce
    assert flow.verifier not in str(asked)
    assert asked["state"].encode() not in bytes(flow.state_hash)


def test_a_proof_is_what_the_provider_signed(client, provider, run_jobs):
    flow = walk(client, provider, run_jobs)
    assert flow.state == State.PROVED
    proof = proofs.LuxTrustProof.from_json(flow.proof)
    assert (proof.issuer, proof.subject) == (ISSUER, "10020304050607009000")
    assert (proof.device, proof.assurance) == ("mobile", "substantial")
    assert proof.family_name == provider.person.family_name
    assert client.get(WALK)["Location"] == "/fr/account/luxtrust/associated/"
    basic = next(request for request in provider.asked if request.url.path == "/token").headers["Authorization"]
    assert basic.startswith("Basic ")


def test_no_page_asks_the_provider(client, provider):
    """Only jobs do: in a request it would keep a web process waiting."""
    begin(client)
    answer = client.get(WALK)
    assert provider.asked == []
    assert "Un instant…" in page_of(answer)
    state = go_to_provider(client, provider)
    asked = len(provider.asked)
    return_with(client, state=state, code="a-code")
    client.get(WALK)
    assert len(provider.asked) == asked


def test_the_waiting_page_says_what_it_says_where_scripts_run(client, provider, run_jobs):
    begin(client)
    assert "Un instant…" in page_of(client.get(f"{WALK}waiting/"))
    jobs.fetch_luxtrust_provider(0)
    assert client.get(f"{WALK}waiting/")["Location"] == WALK
    followed = client.get(WALK, headers={"x-requested-with": "live"})
    assert (followed.status_code, followed.content) == (200, b"")
    assert latest_flow().state == State.PREPARING


def test_the_waiting_page_goes_on_by_one_way_only(client, provider):
    """By the script, or each second where none runs: of two at once the later finds the proof used up."""
    begin(client)
    answer = client.get(WALK)
    assert '<noscript><meta http-equiv="refresh" content="1"></noscript>' in page_of(answer)
    assert int(answer["Refresh"]) > luxtrust_pages.PATIENCE.total_seconds()


def test_going_back_from_the_provider_is_not_sent_there_again_by_itself(client, provider):
    begin(client)
    go_to_provider(client, provider)
    answer = client.get(WALK)
    assert "Refresh" not in answer
    assert "Vous n'avez pas terminé chez LuxTrust" in page_of(answer)
    assert "Continuer sans LuxTrust" in page_of(answer)


@pytest.mark.parametrize(
    ("instead", "way_on"), [(TAB, "Continuer sans LuxTrust"), (WALK, "Revenir à la page précédente")]
)
def test_nothing_is_said_to_go_on_without_luxtrust_where_nothing_does(client, provider, instead, way_on):
    """S1-05, S3-04: a professional's first step and a secretary's last have no other way."""
    begin(client)
    state = go_to_provider(client, provider)
    LuxTrustFlow.objects.update(return_to=WALK, instead=instead)
    unfinished = page_of(client.get(WALK))
    return_with(client, state=state, error="access_denied")
    for page in (unfinished, page_of(client.get(WALK))):
        offered = [words for words in ("Continuer sans LuxTrust", "Revenir à la page précédente") if words in page]
        assert offered == [way_on]


def test_a_provider_that_is_down_is_told_of_before_one_is_sent_there(client, provider):
    provider.down = 503
    begin(client)
    client.get(WALK)
    jobs.fetch_luxtrust_provider(0)
    answer = client.get(WALK)
    assert "LuxTrust ne répond pas pour le moment." in page_of(answer)
    assert latest_flow().failure == Failure.UNAVAILABLE
    provider.down = None
    jobs.fetch_luxtrust_provider(0)
    assert client.post(f"{WALK}again/")["Location"] == WALK
    assert client.get(WALK)["Refresh"].startswith(f"0;url={ISSUER}/authorize")


def test_patience_ends_and_the_answer_is_still_taken(client, provider, run_jobs):
    begin(client)
    state = go_to_provider(client, provider)
    return_with(client, state=state, code="a-code")
    with time_machine.travel(now() + timedelta(seconds=25)):
        shown = page_of(client.get(WALK))
        assert "LuxTrust ne répond pas pour le moment." in shown
        assert "Réessayer" in shown
        run_jobs()
        assert client.get(WALK)["Location"] == "/fr/account/luxtrust/associated/"


def test_without_an_issuer_luxtrust_is_not_offered(client, provider, settings):
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, luxtrust_issuer="")
    assert not configuration.is_offered()
    assert "Associer un produit LuxTrust" not in page_of(client.get(TAB))
    begin(client)
    assert "LuxTrust n'est pas utilisable sur ce site pour le moment." in page_of(client.get(WALK))


def test_a_walk_is_good_for_a_quarter_of_an_hour(client, provider):
    begin(client)
    state = go_to_provider(client, provider)
    with time_machine.travel(now() + timedelta(minutes=16)):
        assert return_with(client, state=state, code="a-code").status_code == 400


def test_many_walks_from_one_address_wait(client, provider, monkeypatch):
    monkeypatch.setattr(proofs, "WALKS_PER_ADDRESS", proofs.Limit("luxtrust.begin", 2, timedelta(minutes=15)))
    begin(client)
    begin(client)
    answer = client.post(ASSOCIATE)
    assert answer.status_code == 429
    assert "Continuer sans LuxTrust" in page_of(answer)
    assert 0 < int(answer["Retry-After"]) <= 900
