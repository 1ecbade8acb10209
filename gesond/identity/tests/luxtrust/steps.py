"""A walk to LuxTrust and back, for tests."""

from django.test import Client

from gesond.identity.models import LuxTrustFlow
from gesond.identity.tests.luxtrust_provider import WALK, FakeProvider, go_to_provider, latest_flow, return_with

State = LuxTrustFlow.State
ASSOCIATE, TAB = "/fr/account/luxtrust/", "/fr/account/authentication/"


def begin(client: Client) -> None:
    assert client.post(ASSOCIATE)["Location"] == WALK


def walk(client: Client, provider: FakeProvider, run_jobs, **answer: str) -> LuxTrustFlow:
    """The whole way: begun, sent, returned with a code, exchanged by the job."""
    begin(client)
    state = go_to_provider(client, provider)
    return_with(client, **{"state": state, "code": "a-code", **answer})
    run_jobs()
    return latest_flow()
