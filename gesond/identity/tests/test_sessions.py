"""The session store."""

import pytest
from django.contrib.sessions.backends.base import UpdateError

from gesond.identity.actions.accounts import end_all_sessions
from gesond.identity.models import Session
from gesond.identity.sessions.store import SessionStore, stored_key
from gesond.identity.tests.check_steps import a_check
from gesond.identity.tests.factories import AccountFactory
from gesond.kernel.journal import SYSTEM

pytestmark = pytest.mark.django_db


def saved(**values) -> SessionStore:
    session = SessionStore()
    session.update(values)
    session.save()
    return session


def test_the_cookies_value_is_stored_only_hashed():
    session = saved(a=1)
    assert Session.objects.get().pk == stored_key(session.session_key)
    assert session.session_key not in Session.objects.get().session_data


def test_keys_have_256_bits():
    assert len(saved(a=1).session_key) == 43


def test_a_saved_session_is_read_back():
    assert SessionStore(saved(a=1).session_key)["a"] == 1


def test_a_new_key_keeps_the_content_and_drops_the_old_key_when_saved():
    session = SessionStore(saved(a=1).session_key)
    old = session.session_key
    session.cycle_key()
    session.save()
    assert SessionStore(session.session_key)["a"] == 1
    assert SessionStore(old).load() == {}
    assert Session.objects.count() == 1


def test_a_new_key_costs_two_statements(django_assert_num_queries):
    session = SessionStore(saved(a=1).session_key)
    session.load()
    session.cycle_key()
    with django_assert_num_queries(4):  # of which two are the savepoint around the insert
        session.save()


def test_a_key_changed_twice_before_saving_leaves_one_session():
    session = SessionStore(saved(a=1).session_key)
    session.cycle_key()
    session.cycle_key()
    session.save()
    assert Session.objects.get().pk == stored_key(session.session_key)


def test_who_is_signed_out_elsewhere_while_the_key_changes_stays_out(client, monkeypatch):
    """A thief who opens pages that change the key, again and again, must not outlive « Sign out all devices »."""
    account, link = AccountFactory(), "/fr/identity-check/link/x/"
    client.force_login(account)
    signed_out = lambda token: end_all_sessions(actor=SYSTEM, account_id=account.pk) and a_check()  # noqa: E731
    monkeypatch.setattr("gesond.identity.views.identity_check.check_by_token", signed_out)
    assert client.get(link).status_code == 400
    assert not Session.objects.filter(account=account).exists()


def test_one_signed_in_session_does_not_become_two(client):
    """Two pages at once that change the key: otherwise each would keep one, and one could be the thief's."""
    client.force_login(AccountFactory())
    tabs = [SessionStore(client.session.session_key) for _ in range(2)]
    for tab in tabs:
        tab.load()
        tab.cycle_key()
    tabs[0].save()
    with pytest.raises(UpdateError):
        tabs[1].save()
    assert Session.objects.get().pk == stored_key(tabs[0].session_key)


def test_a_new_key_starts_a_new_life():
    first = saved(a=1)
    born = Session.objects.get().created_at
    session = SessionStore(first.session_key)
    session.cycle_key()
    session.save()
    assert Session.objects.get().created_at > born


def test_saving_again_does_not_make_a_session_younger():
    session = SessionStore(saved(a=1).session_key)
    born = Session.objects.get().created_at
    session["a"] = 2
    session.save()
    assert Session.objects.get().created_at == born


def test_flushing_leaves_nothing_behind():
    session = SessionStore(saved(a=1).session_key)
    session.cycle_key()
    session.flush()
    assert not Session.objects.exists()
    assert session.is_empty()


def test_what_follows_a_flush_does_not_inherit_its_age():
    session = SessionStore(saved(a=1).session_key)
    session.load()
    born = Session.objects.get().created_at
    session.flush()
    session["b"] = 2
    session.save()
    assert Session.objects.get().created_at > born


def test_a_key_nobody_was_given_is_not_taken_over():
    """Fixation: a chosen cookie value never becomes a session."""
    session = SessionStore("chosen-by-somebody-else")
    session["a"] = 1
    session.save()
    assert session.session_key != "chosen-by-somebody-else"
    assert not Session.objects.filter(pk=stored_key("chosen-by-somebody-else")).exists()
