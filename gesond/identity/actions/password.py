"""Choosing a password, the first or another (S1-18, S1-19, S1-24)."""

from django.contrib.auth.hashers import make_password
from django.db import transaction

from gesond.identity.actions.devices import end_other_sessions
from gesond.identity.actions.notices import tell_account
from gesond.identity.actions.one_time_codes import chain_of
from gesond.identity.models import Account
from gesond.kernel import journal
from gesond.kernel.journal import Actor


class PasswordChangedElsewhereError(Exception):
    """The password was changed between the proof of the former one and now."""


def set_password(*, actor: Actor, account: Account, password: str, keep_session: str) -> None:
    """Set `password`, which the form found good for this person, and end every session but `keep_session`.

    `account` is as it was when the former password was proved. Raises PasswordChangedElsewhereError.
    """
    encoded = make_password(password)  # slow on purpose: not under the lock
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        if locked.password != account.password:
            raise PasswordChangedElsewhereError
        first = not locked.has_password()
        locked.password = account.password = encoded
        locked.save(update_fields=["password"])
        event = "password.set" if first else "password.changed"
        journal.record(actor=actor, event=event, chain=chain_of(locked))
        end_other_sessions(actor=actor, account=locked, keep_session=keep_session)
        tell_account(locked, change="password")
