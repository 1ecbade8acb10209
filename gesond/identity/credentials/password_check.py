"""Checking a password: always exactly one Argon2, whether or not there is an account, and a few at a time.

One Argon2 takes 100 MB of memory and a processor for a tenth of a second. So as many run at once as there are
processors; the others wait, without holding a connection of the database's pool.
"""

import base64
import os
import secrets
import threading
from functools import cache

from django.contrib.auth.hashers import Argon2PasswordHasher, get_hasher, identify_hasher, make_password
from django.db import connection

from gesond.identity.models import Account

AT_ONCE = max(2, os.cpu_count() or 1)
_turns = threading.BoundedSemaphore(AT_ONCE)


def password_is_right(account: Account | None, password: str) -> bool:
    """Whether `password` is the account's. Takes as long for no account, and for one without a password."""
    stored = account.password if account and account.has_usable_password() else None
    _give_back_connection()
    with _turns:
        right = verify(password, stored or nobodys_hash())
    return right and stored is not None


def renew_hash(account: Account, password: str) -> None:
    """Hash again a password just found right, when it was hashed with parameters that are no longer ours."""
    stored = account.password
    if not identify_hasher(stored).must_update(stored):
        return
    with _turns:
        renewed = make_password(password)
    # Not when the password was changed meanwhile.
    if Account.objects.filter(pk=account.pk, password=stored).update(password=renewed):
        account.password = renewed


def verify(password: str, stored: str) -> bool:
    """One verification, by whichever hasher made `stored`."""
    return bool(identify_hasher(stored).verify(password, stored))


@cache
def nobodys_hash() -> str:
    """A hash of no password, with the parameters of real ones: checking against it takes as long, and always fails."""
    hasher = get_hasher("argon2")
    assert isinstance(hasher, Argon2PasswordHasher)  # noqa: S101 - for the type checker
    params = hasher.params()
    costs = f"m={params.memory_cost},t={params.time_cost},p={params.parallelism}"
    salt, digest = (_unpadded(secrets.token_bytes(size)) for size in (params.salt_len, params.hash_len))
    return f"argon2$argon2id$v={params.version}${costs}${salt}${digest}"


def _give_back_connection() -> None:
    """Let others use this thread's pooled connection while it computes; the next query takes one again."""
    if connection.settings_dict["OPTIONS"].get("pool") and not connection.in_atomic_block:
        connection.close()


def _unpadded(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")
