"""Telling a person what changed on their account, wherever they can be reached."""

from typing import Any

from gesond.identity.models import Account
from gesond.notify.actions import queue_message


def tell_account(account: Account, *, change: str, details: dict[str, Any] | None = None) -> None:
    """Send one security notice to every channel, a declared one too; call it in the transaction of the change.

    `change` names the sentence of `identity/account_notice/what.jinja`: `password`, `passkey_added`…
    """
    for channel, destination in account.notice_channels().items():
        tell(
            language=account.language,
            channel=channel,
            destination=destination,
            template="identity/account_notice",
            context={"change": change, **(details or {})},
        )


def tell(*, language: str, channel: str, destination: str, template: str, context: dict[str, Any]) -> None:
    """Send one message of this app, in `language`."""
    queue_message(
        channel=channel,
        recipient=destination,
        template=template,
        context=context,
        language=language,
    )
