"""To LuxTrust and back: what is asked, what is believed, and what never is (S1-05, S1-06)."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import Client
from joserfc.jwk import OctKey
from procrastinate.contrib.django.models import ProcrastinateJob

from gesond.identity import jobs
from gesond.identity.actions import luxtrust_walks
from gesond.identity.luxtrust import configuration, proofs
from gesond.identity.luxtrust.failures import SENTENCES, Failure, sentence
from gesond.identity.models import Activation, LuxTrustFlow, LuxTrustProvider
from gesond.identity.tests.account_steps import page_of, reachable_account, signed_in
from gesond.identity.tests.factories import ActivationCodeFactory
from gesond.identity.tests.luxtrust_provider import (
    CALLBACK,
    EC_KEY,
    ISSUER,
    KEY,
    OTHER_KEY,
    WALK,
    FakeProvider,
    go_to_provider,
    install,
    latest_flow,
    return_with,
)
from gesond.identity.tests.walking import at_once, terms
from gesond.identity.views import luxtrust as luxtrust_pages
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash
from gesond.kernel.models import JournalEntry

pytestmark = pytest.mark.django_db
State = LuxTrustFlow.State
ASSOCIATE, TAB = "/fr/account/luxtrust/", "/fr/account/authentication/"


@pytest.fixture
def account():
    return reachable_account()


@pytest.fixture
def provider(settings, monkeypatch, account) -> FakeProvider:
    return install(settings, monkeypatch, FakeProvider(account.person))


@pytest.fixture
def client(account) -> Client:
    return signed_in(account)


def begin(client: Client) -> None:
    assert client.post(ASSOCIATE)["Location"] == WALK


def walk(client: Client, provider: FakeProvider, run_jobs, **answer: str) -> LuxTrustFlow:
    """The whole way: begun, sent, returned with a code, exchanged by the job."""
    begin(client)
    state = go_to_provider(client, provider)
    return_with(client, **{"state": state, "code": "a-code", **answer})
    run_jobs()
    return latest_flow()


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


# Attacks on the way back.


def test_an_answer_in_another_browser_is_worth_nothing(client, provider, run_jobs):
    """Token substitution: the attacker's code and state, opened by the victim."""
    begin(client)
    state = go_to_provider(client, provider)
    victim = signed_in(reachable_account(phone="+352621999001", email=None))
    answer = return_with(victim, state=state, code="the attacker's")
    assert answer.status_code == 400
    assert "Cette page n'est plus valable" in page_of(answer)
    assert latest_flow().state == State.SENT
    assert run_jobs().count("identity.exchange_luxtrust_code") == 0


def test_an_answer_to_another_walk_does_not_end_ones_own(client, provider):
    begin(client)
    stranger = signed_in(reachable_account(phone="+352621999001", email=None))
    begin(stranger)
    foreign = go_to_provider(stranger, provider)
    own = go_to_provider(client, provider)
    answer = return_with(client, state=foreign, code="a-code")
    assert answer.status_code == 400
    assert "Reprendre là où j'en étais" in page_of(answer)
    assert return_with(client, state=own, code="a-code")["Location"] == WALK


def test_a_replayed_answer_changes_nothing(client, provider, run_jobs):
    begin(client)
    state = go_to_provider(client, provider)
    return_with(client, state=state, code="a-code")
    run_jobs()
    assert return_with(client, state=state, code="another-code")["Location"] == WALK
    assert run_jobs() == []
    assert provider.paths().count("/token") == 1
    client.get("/fr/account/luxtrust/associated/")
    again = return_with(client, state=state, code="a-code")
    assert again.status_code == 400
    assert "Cette page n'est plus valable" in page_of(again)


@pytest.mark.parametrize(
    "query", [{}, {"state": ""}, {"state": "made-up", "code": "x"}, {"state": "é\x00", "code": "x"}]
)
def test_an_answer_nobody_asked_for_is_told_nothing(provider, query):
    answer = Client().get(CALLBACK, query)
    assert answer.status_code == 400
    assert "Cette page n'est plus valable" in page_of(answer)


def test_a_proof_for_one_purpose_is_none_for_another(client, provider, run_jobs):
    flow = walk(client, provider, run_jobs)
    assert client.get("/fr/account/confirm/luxtrust/")["Location"].startswith("/fr/account/confirm/")
    flow.refresh_from_db()
    assert flow.state == State.PROVED  # untouched


def test_a_proof_is_of_the_account_that_asked_for_it(client, provider, run_jobs, account):
    walk(client, provider, run_jobs)
    other = reachable_account(phone="+352621999001", email=None)
    held = client.session["luxtrust"]
    client.force_login(other)
    session = client.session
    session["luxtrust"] = held
    session.save()
    assert client.get("/fr/account/luxtrust/associated/")["Location"] == TAB
    assert not other.luxtrust_products.exists()


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


@pytest.mark.django_db(transaction=True)
def test_two_runs_of_the_job_exchange_the_code_once(client, provider):
    begin(client)
    state = go_to_provider(client, provider)
    return_with(client, state=state, code="a-code")
    flow = latest_flow()
    at_once(*[lambda: luxtrust_walks.exchange(flow_id=flow.pk)] * 4)
    flow.refresh_from_db()
    assert flow.state == State.PROVED
    assert provider.paths().count("/token") == 1


def test_a_provider_that_hangs_leaves_hands_free_for_others(client, provider):
    for _ in range(12):
        begin(client)
        return_with(client, state=go_to_provider(client, provider), code="a-code")
    exchanges = ProcrastinateJob.objects.filter(task_name="identity.exchange_luxtrust_code")
    assert exchanges.count() == 12
    assert set(exchanges.values_list("lock", flat=True)) <= {
        f"identity.exchange_luxtrust_code:{lane}" for lane in range(2)
    }
    begin(client)
    LuxTrustProvider.objects.all().delete()
    for _ in range(5):
        client.get(WALK)
    fetch = ProcrastinateJob.objects.get(task_name="identity.fetch_luxtrust_provider")
    assert fetch.lock == "identity.fetch_luxtrust_provider"


def test_an_exchange_whose_turn_comes_too_late_asks_nobody(client, provider, run_jobs):
    begin(client)
    return_with(client, state=go_to_provider(client, provider), code="a-code")
    asked = len(provider.asked)
    with time_machine.travel(now() + timedelta(minutes=2)):
        run_jobs()
        assert latest_flow().failure == Failure.TIMEOUT
        assert len(provider.asked) == asked


def test_the_code_and_the_names_are_encrypted_and_the_code_is_dropped(client, provider, run_jobs):
    begin(client)
    state = go_to_provider(client, provider)
    return_with(client, state=state, code="a-code-to-hide")
    assert latest_flow().code == "a-code-to-hide"
    assert stored("code") != b"a-code-to-hide"
    run_jobs()
    assert latest_flow().code is None
    assert provider.person.family_name.encode() not in stored("proof")


def stored(column: str) -> bytes:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM identity_luxtrustflow")
        return bytes(cursor.fetchone()[0])


def test_walks_are_forgotten_after_a_day_and_claims_an_hour_after_their_use(client, provider, run_jobs):
    walk(client, provider, run_jobs)
    client.get("/fr/account/luxtrust/associated/")
    assert luxtrust_walks.forget_walks() == 0
    with time_machine.travel(now() + timedelta(hours=2)):
        assert luxtrust_walks.forget_walks() == 0
        assert latest_flow().proof is None
    with time_machine.travel(now() + timedelta(days=2)):
        assert luxtrust_walks.forget_walks() == 1


def test_a_walk_that_an_activation_began_with_stays_with_its_claims_until_the_account_is_open(
    client, provider, run_jobs, account
):
    flow = walk(client, provider, run_jobs)
    client.get("/fr/account/luxtrust/associated/")
    letter = ActivationCodeFactory(door="professional")
    activation = Activation.objects.create(
        person=letter.person,
        code=letter,
        door="professional",
        luxtrust=flow,
        subject_hash=keyed_hash("s", purpose="luxtrust.subject"),
        step="data",
        terms=terms(),
        language="fr",
        browser_hash=keyed_hash("x", purpose="activation.browser"),
    )
    with time_machine.travel(now() + timedelta(days=2)):
        assert luxtrust_walks.forget_walks() == 0
        assert latest_flow().proof is not None
        Activation.objects.filter(pk=activation.pk).update(account=account, step="done", finished_at=now())
        assert luxtrust_walks.forget_walks() == 0
        assert latest_flow().proof is None


def test_every_failure_has_a_sentence_in_three_languages():
    from django.utils.translation import override

    for failure in Failure:
        said = set()
        for language in ("fr", "de", "en"):
            with override(language):
                said.add(str(sentence(failure)))
        assert len(said) == 3, failure
    assert set(SENTENCES) <= set(Failure)


def test_failures_are_counted_by_reason_and_logged_without_names(client, provider, run_jobs, caplog):
    provider.claims = {"aud": "another-client"}
    walk(client, provider, run_jobs)
    assert 'gesond_luxtrust_failures{reason="audience"} 1.0' in Client().get("/metrics").content.decode()
    assert provider.person.family_name not in caplog.text
    assert "a-code" not in caplog.text
