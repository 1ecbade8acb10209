"""Somebody signed in, and the provider that proves who they are. Models are not yet loaded when this file is."""

import pytest


@pytest.fixture
def account():
    from gesond.identity.tests.account_steps import reachable_account

    return reachable_account()


@pytest.fixture
def provider(settings, monkeypatch, account):
    from gesond.identity.tests.luxtrust_provider import FakeProvider, install

    return install(settings, monkeypatch, FakeProvider(account.person))


@pytest.fixture
def client(account):
    from gesond.identity.tests.account_steps import signed_in

    return signed_in(account)
