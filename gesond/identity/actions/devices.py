"""Signing devices out."""

from django.db import transaction

from gesond.identity.actions.one_time_codes import chain_of
from gesond.identity.models import Account, Session
from gesond.kernel import journal
from gesond.kernel.journal import Actor


@transaction.atomic
def end_session(*, actor: Actor, account: Account, session: str) -> None:
    """Sign one device of the account out. `session` is its row's key. Raises Session.DoesNotExist."""
    found = Session.objects.select_for_update().get(pk=session, account=account)
    found.delete()
    journal.record(actor=actor, event="device.signed_out", chain=chain_of(account), details={"device": found.device})


@transaction.atomic
def end_other_sessions(*, actor: Actor, account: Account, keep_session: str) -> int:
    """Sign every device out but the one whose row's key is `keep_session`; return how many."""
    others = Session.objects.filter(account=account).exclude(pk=keep_session)
    ended, _models = others.delete()
    if ended:
        journal.record(actor=actor, event="device.others_signed_out", chain=chain_of(account), details={"count": ended})
    return ended
