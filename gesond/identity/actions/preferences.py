"""Language and notifications (S1-25 to S1-27)."""

from collections.abc import Mapping
from typing import Literal

from django.db import transaction

from gesond.identity.actions.one_time_codes import chain_of
from gesond.identity.models import Account, Language
from gesond.kernel import journal
from gesond.kernel.journal import Actor

Notification = Literal["notify_events", "notify_polls"]


@transaction.atomic
def choose_language(*, actor: Actor, account: Account, language: str) -> None:
    """The language of messages and, from the next sign-in on, of pages."""
    _change(actor, account, event="language.chosen", values={"language": Language(language).value})


@transaction.atomic
def choose_notifications(*, actor: Actor, account: Account, events: bool, polls: bool) -> None:
    """Whether to be told of published events and polls (S1-25, S1-26)."""
    _change(actor, account, event="notifications.chosen", values={"notify_events": events, "notify_polls": polls})


@transaction.atomic
def stop_notification(*, actor: Actor, account_id: int, box: Notification) -> None:
    """Untick one box, by the link of an e-mail. Nothing happens for an account that is no more."""
    account = Account.objects.filter(pk=account_id).first()
    if account is not None:
        _change(actor, account, event="notifications.chosen", values={box: False})


def _change(actor: Actor, account: Account, *, event: str, values: Mapping[str, str | bool]) -> None:
    locked = Account.objects.select_for_update().get(pk=account.pk)
    changed = {name: value for name, value in values.items() if getattr(locked, name) != value}
    if not changed:
        return
    Account.objects.filter(pk=locked.pk).update(**changed)
    journal.record(actor=actor, event=event, chain=chain_of(locked), details=changed)
