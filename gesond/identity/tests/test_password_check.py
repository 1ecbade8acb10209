"""One Argon2 at a time per processor, and no connection kept meanwhile."""

import threading
from unittest.mock import patch

from django.contrib.auth.hashers import make_password
from django.db import connection

from gesond.identity.credentials import password_check
from gesond.identity.credentials.password_check import AT_ONCE, password_is_right
from gesond.identity.models import Account


def test_right_wrong_and_nobody():
    account = Account(password=make_password("Sonnenblume7"))
    assert password_is_right(account, "Sonnenblume7")
    assert not password_is_right(account, "sonnenblume7")
    assert not password_is_right(None, "Sonnenblume7")
    assert not password_is_right(Account(password=make_password(None)), "Sonnenblume7")


def test_no_more_run_at_once_than_there_are_processors():
    running, most, lock, go_on = 0, 0, threading.Lock(), threading.Event()

    def verify(password: str, stored: str) -> bool:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
            if running == AT_ONCE:
                go_on.set()
        go_on.wait(5)
        with lock:
            running -= 1
        return False

    with patch.object(password_check, "verify", verify):
        threads = [threading.Thread(target=password_is_right, args=(None, "x")) for _ in range(AT_ONCE * 4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert most == AT_ONCE


def test_a_pooled_connection_is_given_back_while_hashing():
    with (
        patch.dict(connection.settings_dict["OPTIONS"], {"pool": {"max_size": 1}}),
        patch.object(connection, "close") as close,
    ):
        password_is_right(None, "x")
    close.assert_called_once_with()
