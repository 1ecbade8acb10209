"""What is kept of a walk, for how long, and what is told of failures."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from gesond.identity.actions import luxtrust_walks
from gesond.identity.luxtrust.failures import SENTENCES, Failure, sentence
from gesond.identity.models import Activation
from gesond.identity.tests.factories import ActivationCodeFactory
from gesond.identity.tests.luxtrust.steps import begin, walk
from gesond.identity.tests.luxtrust_provider import go_to_provider, latest_flow, return_with
from gesond.identity.tests.walking import terms
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash

pytestmark = pytest.mark.django_db


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
