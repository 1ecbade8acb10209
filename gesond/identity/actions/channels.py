"""Changing the telephone number and the e-mail address of an account (S1-21, S1-22).

A stolen session alone moves nothing: a code goes first to a channel the account already has, then one to the new
channel. The channel that was replaced is told, with a link that undoes the change for seven days (`objections`).

An account whose only address was declared by somebody else has nothing that a code could prove: whoever is signed in to
it, by LuxTrust, proves a channel of their own with the one code that goes there, and nobody else is told or asked.
"""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from gesond.identity.actions.notices import tell, tell_account
from gesond.identity.actions.one_time_codes import CodeCheck, CodeNotSentError, chain_of, check_code, send_code
from gesond.identity.models import Account, ChannelChange, CodeChannel, Purpose
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash, random_token
from gesond.kernel.journal import Actor

OBJECTION_TIME = timedelta(days=7)
OBJECTION_PURPOSE = "channel_change.objection"
State = ChannelChange.State


class ChannelRefusedError(Exception):
    """The change is not possible; `reason` is `same`, `absent`, `code_channel` or `proof`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ChangeOverError(Exception):
    """The change is done, abandoned or objected to, or has moved on in another tab."""


@transaction.atomic
def begin_change(
    *, actor: Actor, account: Account, channel: str, destination: str | None, proof_channel: str
) -> ChannelChange:
    """Start setting `channel` to `destination` (None removes it) and send the first code, to `proof_channel`.

    `proof_channel` is empty for an account without a confirmed channel: the only code goes to `destination`.
    Raises ChannelRefusedError, and CodeNotSentError when codes were asked for too often.
    """
    account = Account.objects.select_for_update().get(pk=account.pk)
    _refuse_impossible(account, channel, destination, proof_channel)
    _abandon_open(account, channel)
    change = ChannelChange.objects.create(
        account=account,
        channel=channel,
        destination=destination,
        old_destination=account.confirmed_channels().get(channel),
        old_code_channel=account.code_channel,
        proof_channel=proof_channel,
        state=State.PROVING_OLD if proof_channel else State.PROVING_NEW,
    )
    journal.record(actor=actor, event="channel.change_started", chain=chain_of(account), details=_facts(change))
    if change.old_destination and proof_channel != channel:
        _tell_old_channel(change, "asked")  # it gets no code: without this its owner would learn of the change too late
    _send_code(actor, change)
    return change


@transaction.atomic
def resend_change_code(*, actor: Actor, account: Account, change_id: UUID) -> None:
    """Send the awaited code again. Raises ChangeOverError, CodeNotSentError."""
    _send_code(actor, _lock_open(account, change_id))


@transaction.atomic
def confirm_change(*, actor: Actor, account: Account, change_id: UUID, step: str, typed: str) -> CodeCheck:
    """Try the code of `step` (the state that the person saw); a right one moves the change on.

    Raises ChangeOverError when the change is no longer at `step`: a second tab or click changes nothing; and
    ChannelRefusedError when what is to be removed was meanwhile chosen for the codes.
    """
    change = _lock_open(account, change_id)
    if change.state != step:
        raise ChangeOverError
    check = check_code(
        actor=actor, owner=change.account, purpose=_purpose(change), request=_request(change), typed=typed
    )
    if check.right:
        _move_on(actor, change)
    return check


@transaction.atomic
def abandon_change(*, actor: Actor, account: Account, change_id: UUID) -> None:
    """Give the change up. Raises ChangeOverError."""
    change = _lock_open(account, change_id)
    _end(change, State.ABANDONED)
    journal.record(actor=actor, event="channel.change_abandoned", chain=chain_of(account), details=_facts(change))


@transaction.atomic
def choose_code_channel(*, actor: Actor, account: Account, channel: str) -> None:
    """Where one-time codes go from now on. Raises ChannelRefusedError when the account has no such channel."""
    account = Account.objects.select_for_update().get(pk=account.pk)
    if channel not in account.confirmed_channels():
        raise ChannelRefusedError("absent")
    if channel == account.code_channel:
        return
    account.code_channel = channel
    account.save(update_fields=["code_channel"])
    journal.record(
        actor=actor, event="channel.code_channel_chosen", chain=chain_of(account), details={"channel": channel}
    )
    tell_account(account, change=f"code_channel_{channel}")


def code_destination_of(change: ChannelChange) -> tuple[str, str]:
    """Channel and number or address that the awaited code went to."""
    if change.state == State.PROVING_NEW:
        return change.channel, str(change.destination)
    return change.proof_channel, change.account.confirmed_channels()[change.proof_channel]


def _refuse_impossible(account: Account, channel: str, destination: str | None, proof_channel: str) -> None:
    channels = account.confirmed_channels()
    if proof_channel not in (channels or [""]):
        raise ChannelRefusedError("proof")
    if destination is None and channel not in channels:
        raise ChannelRefusedError("absent")
    # The last channel is always the one of the codes: the account's own constraint sees to it.
    if destination is None and channel == account.code_channel:
        raise ChannelRefusedError("code_channel")
    if destination is not None and destination == channels.get(channel):
        raise ChannelRefusedError("same")


def _abandon_open(account: Account, channel: str) -> None:
    still_open = ChannelChange.objects.filter(account=account, channel=channel, state__in=ChannelChange.OPEN)
    still_open.update(state=State.ABANDONED, ended_at=now())


def _lock_open(account: Account, change_id: UUID) -> ChannelChange:
    """The account's row first, then the change's: every write here takes them in this order."""
    owner = Account.objects.select_for_update().get(pk=account.pk)
    change = ChannelChange.objects.select_for_update().filter(pk=change_id, account=owner).first()
    if change is None or not change.is_open:
        raise ChangeOverError
    change.account = owner
    return change


def _move_on(actor: Actor, change: ChannelChange) -> None:
    if change.state == State.PROVING_OLD and change.destination is not None:
        _ask_for_new(actor, change)
    else:
        _apply(actor, change)


def _ask_for_new(actor: Actor, change: ChannelChange) -> None:
    change.state = State.PROVING_NEW
    change.save(update_fields=["state"])
    try:
        _send_code(actor, change)
    except CodeNotSentError:
        return  # too many this hour: the old channel stays proved, and the page offers to send the code later


def _apply(actor: Actor, change: ChannelChange) -> None:
    account = change.account
    if change.destination is None and change.channel == account.code_channel:
        raise ChannelRefusedError("code_channel")  # chosen for the codes in another tab
    if not change.proof_channel:
        _take_the_place_of_declared(change)
    elif change.objection_hash is None:
        _tell_old_channel(change, _kind(change))
    _end(change, State.DONE)
    set_channel(account, change.channel, change.destination)
    if change.destination is not None:
        tell(
            language=account.language,
            channel=change.channel,
            destination=change.destination,
            template="identity/account_notice",
            context={"change": f"channel_set_{change.channel}"},
        )
    event = "channel.removed" if change.destination is None else "channel.changed"
    journal.record(actor=actor, event=event, chain=chain_of(account), details=_facts(change))


def set_channel(account: Account, channel: str, destination: str | None) -> None:
    """Write a channel and its hash together. For this module and `objections`, under the account's lock."""
    field = "phone" if channel == CodeChannel.SMS else "email"
    hashed = None if destination is None else keyed_hash(destination, purpose=f"account.{field}")
    setattr(account, field, destination)
    setattr(account, f"{field}_hash", hashed)
    if channel == CodeChannel.EMAIL:
        account.email_is_declared = False
    elif account.email_is_declared:
        account.code_channel = CodeChannel.SMS if destination else CodeChannel.EMAIL
    account.save(update_fields=[field, f"{field}_hash", "email_is_declared", "code_channel"])


def _end(change: ChannelChange, state: str) -> None:
    change.state = state
    change.ended_at = now()
    change.save(update_fields=["state", "ended_at"])


def _take_the_place_of_declared(change: ChannelChange) -> None:
    """Who had the declared address has no say: nobody receives a link that undoes this. Another one under way ends."""
    change.objection_hash = keyed_hash(random_token(), purpose=OBJECTION_PURPOSE)
    change.objection_until = now()
    change.save(update_fields=["objection_hash", "objection_until"])
    others = ChannelChange.objects.filter(account=change.account, state__in=ChannelChange.OPEN, proof_channel="")
    others.exclude(pk=change.pk).update(state=State.ABANDONED, ended_at=now())


def _tell_old_channel(change: ChannelChange, kind: str) -> None:
    """Announce the change to the channel it replaces, or to the one that proved it when there was none."""
    token = random_token()
    change.objection_hash = keyed_hash(token, purpose=OBJECTION_PURPOSE)
    change.objection_until = now() + OBJECTION_TIME
    change.save(update_fields=["objection_hash", "objection_until"])
    channel, destination = _told(change)
    language = change.account.language
    with translation.override(language):
        link = settings.ENVIRONMENT.base_url + reverse("identity:account_objection", args=[token])
    tell(
        language=language,
        channel=channel,
        destination=destination,
        template="identity/channel_announcement",
        context={"channel": change.channel, "change": kind, "link": link, "days": OBJECTION_TIME.days},
    )


def _told(change: ChannelChange) -> tuple[str, str]:
    if change.old_destination:
        return change.channel, str(change.old_destination)
    return change.proof_channel, change.account.confirmed_channels()[change.proof_channel]


def _kind(change: ChannelChange) -> str:
    """What is announced of a change that is done."""
    if change.destination is None:
        return "removed"
    return "changed" if change.old_destination else "added"


def _send_code(actor: Actor, change: ChannelChange) -> None:
    channel, destination = code_destination_of(change)
    send_code(
        actor=actor,
        owner=change.account,
        purpose=_purpose(change),
        request=_request(change),
        channel=channel,
        destination=destination,
        language=change.account.language,
    )


def _purpose(change: ChannelChange) -> str:
    return Purpose.CHANGE_PHONE if change.channel == CodeChannel.SMS else Purpose.CHANGE_EMAIL


def _request(change: ChannelChange) -> str:
    """A code is good for one change and one of its two steps."""
    return f"{change.pk}:{change.state}"


def _facts(change: ChannelChange) -> dict[str, str]:
    return {"change": str(change.pk), "channel": change.channel}
