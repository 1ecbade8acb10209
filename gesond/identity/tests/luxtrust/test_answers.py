"""An answer is for the browser, the purpose and the account that asked, and counts once."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from gesond.identity.actions import luxtrust_walks
from gesond.identity.luxtrust.failures import Failure
from gesond.identity.models import LuxTrustProvider
from gesond.identity.tests.account_steps import page_of, reachable_account, signed_in
from gesond.identity.tests.luxtrust.steps import TAB, State, begin, walk
from gesond.identity.tests.luxtrust_provider import CALLBACK, WALK, go_to_provider, latest_flow, return_with
from gesond.identity.tests.walking import at_once
from gesond.kernel.clock import now

pytestmark = pytest.mark.django_db

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
