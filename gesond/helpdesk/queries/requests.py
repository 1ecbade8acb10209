"""What the person sees of their requests. Internal notes are in another table, which nothing here reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gesond.helpdesk.models import HelpLink, HelpMessage, HelpRequest
from gesond.helpdesk.numbers import key_of
from gesond.identity.models import Account
from gesond.kernel.clock import now

LATEST = 100


@dataclass(frozen=True)
class Message:
    """One message of the thread. `own`: the person's."""

    own: bool
    text: str
    at: datetime


@dataclass(frozen=True)
class Thread:
    """A request with all that was said."""

    request: HelpRequest
    messages: list[Message]


def own_requests(account: Account) -> list[HelpRequest]:
    """Newest change first. One query."""
    return list(HelpRequest.objects.filter(account=account).order_by("-changed_at")[:LATEST])


def readable_request(number: str, *, account: Account | None, links: Mapping[str, int]) -> HelpRequest | None:
    """The request so numbered, if it is the account's own or a link in this browser's session opens it.

    `links`: the request's key (as text, for it lived in a session) to the link's. One query, two for a link.
    """
    request = HelpRequest.objects.filter(pk=key_of(number) or 0).first()
    if request is None:
        return None
    if account is not None and request.account_id == account.pk:
        return request
    return request if _is_opened(request, links) else None


def thread_of(request: HelpRequest) -> Thread:
    """Oldest message first. One query."""
    rows = HelpMessage.objects.filter(request=request).order_by("created_at", "pk")
    return Thread(request, [_message(row) for row in rows])


def _is_opened(request: HelpRequest, links: Mapping[str, int]) -> bool:
    link = links.get(str(request.pk))
    if link is None or request.account_id is not None:
        return False
    return HelpLink.objects.filter(pk=link, request=request, expires_at__gt=now()).exists()


def _message(row: HelpMessage) -> Message:
    return Message(
        own=row.author == HelpMessage.Author.PERSON,
        text=row.body,
        at=row.created_at,
    )
