"""Objecting to a change of channel, with the link that its old channel received (S1-21, S1-22).

What the change and everything after it did to the account is undone: a thief who moved the telephone number will also
have moved the e-mail address or added a passkey.
"""

from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from gesond.identity.actions.channels import OBJECTION_PURPOSE, set_channel
from gesond.identity.actions.notices import tell, tell_account
from gesond.identity.actions.one_time_codes import chain_of
from gesond.identity.models import (
    Account,
    ChannelChange,
    CodeChannel,
    Language,
    OneTimeCode,
    Passkey,
    RecoveryCode,
    Session,
    TotpDevice,
)
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hashes
from gesond.kernel.journal import Actor

State = ChannelChange.State


class Objection(StrEnum):
    """What became of the link."""

    OPEN = "open"  # it may be used
    DONE = "done"
    USED = "used"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


def objection_state(token: str) -> Objection:
    """Whether the link is good, without using it."""
    return _state(_find(token))


@transaction.atomic
def object_to_change(*, actor: Actor, token: str) -> Objection:
    """Undo the change and all that followed, sign every device out, tell the helpdesk. Good once."""
    change = _find(token)
    if change is None:
        return Objection.UNKNOWN
    account = Account.objects.select_for_update().get(pk=change.account_id)
    change = ChannelChange.objects.select_for_update().get(pk=change.pk)
    state = _state(change)
    if state is not Objection.OPEN:
        return state
    lost = _restore_channels(account, change)
    _forget_proofs_since(account, change.started_at)
    journal.record(
        actor=actor,
        event="channel.objected",
        chain=chain_of(account),
        details={"change": str(change.pk), "channel": change.channel},
    )
    _tell_everyone(account, lost)
    return Objection.DONE


def _find(token: str) -> ChannelChange | None:
    return ChannelChange.objects.filter(objection_hash__in=keyed_hashes(token, purpose=OBJECTION_PURPOSE)).first()


def _state(change: ChannelChange | None) -> Objection:
    if change is None or change.objection_until is None:
        return Objection.UNKNOWN
    if change.state == State.OBJECTED:
        return Objection.USED
    return Objection.OPEN if now() < change.objection_until else Objection.EXPIRED


def _restore_channels(account: Account, change: ChannelChange) -> list[tuple[str, str]]:
    """Put the channels back to what they were when `change` began, newest change first; return those taken away."""
    since = ChannelChange.objects.filter(account=account)
    done = since.filter(state=State.DONE, ended_at__gte=change.started_at).order_by("-ended_at")
    lost = []
    for later in done:
        _restore(account, later.channel, later.old_destination)
        if later.destination:
            lost.append((later.channel, str(later.destination)))
    account.code_channel = change.old_code_channel
    account.save(update_fields=["code_channel"])
    undone = Q(pk=change.pk) | Q(state__in=ChannelChange.OPEN) | Q(state=State.DONE, ended_at__gte=change.started_at)
    since.filter(undone).update(state=State.OBJECTED, ended_at=now())
    return lost


def _restore(account: Account, channel: str, destination: str | None) -> None:
    """Codes move to the other channel before theirs is taken away: an account always has somewhere for them."""
    if destination is None and account.code_channel == channel:
        account.code_channel = CodeChannel.EMAIL if channel == CodeChannel.SMS else CodeChannel.SMS
        account.save(update_fields=["code_channel"])
    set_channel(account, channel, destination)


def _forget_proofs_since(account: Account, moment: datetime) -> None:
    """Sign every device out; drop codes on their way and the factors that were added since."""
    Session.objects.filter(account=account).delete()
    OneTimeCode.objects.filter(account=account, state=OneTimeCode.State.LIVE).update(state=OneTimeCode.State.SUPERSEDED)
    Passkey.objects.filter(account=account, created_at__gte=moment).delete()
    RecoveryCode.objects.filter(account=account, created_at__gte=moment).delete()
    TotpDevice.objects.filter(account=account, created_at__gte=moment).delete()


def _tell_everyone(account: Account, lost: list[tuple[str, str]]) -> None:
    tell_account(account, change="objected")
    for channel, destination in lost:
        tell(
            language=account.language,
            channel=channel,
            destination=destination,
            template="identity/account_notice",
            context={"change": "objected"},
        )
    tell(
        language=Language.FR,
        channel="email",
        destination=settings.ENVIRONMENT.helpdesk_email,
        template="identity/objection_helpdesk",
        context={"account": account.pk},
    )
