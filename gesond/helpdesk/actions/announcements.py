"""E-mails about a request. They hold its number and a link; nothing that anybody typed, but for an answer whose author
vouches that it says nothing personal."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from gesond.helpdesk.actions.links import make_link
from gesond.helpdesk.models import HelpRequest
from gesond.notify.actions import queue_message


def tell_received(request: HelpRequest) -> None:
    """The receipt."""
    _tell(request, "received", {})


def tell_answered(request: HelpRequest, text: str = "") -> None:
    """There is an answer: where to read it, or what it says (`text`) when that is nothing personal."""
    _tell(request, "answered", {"text": text})


def tell_closed(request: HelpRequest) -> None:
    """The helpdesk has closed it; for a month the person may open it again."""
    _tell(request, "closed", {})


def tell_link(request: HelpRequest) -> None:
    """A new personal link."""
    _tell(request, "link", {})


def _tell(request: HelpRequest, template: str, context: dict[str, Any]) -> None:
    """To the visitor's address with a personal link, or to the account's with the page's own; a call needs neither."""
    to = _recipient(request)
    if to is None:
        return
    channel, recipient = to
    queue_message(
        channel=channel,
        recipient=recipient,
        template=f"helpdesk/{template}",
        context={"number": request.spoken_number, "link": _address(request), **context},
        language=request.language,
        reference=request.chain,
    )


def _recipient(request: HelpRequest) -> tuple[str, str] | None:
    if request.account is not None:
        email = request.account.email
        return ("email", email) if email else request.account.code_destination()
    return ("email", request.email) if request.email else None


def _address(request: HelpRequest) -> str:
    if request.account_id is None:
        return make_link(request)
    with translation.override(request.language):
        return settings.ENVIRONMENT.base_url + reverse("helpdesk:request", args=[request.number])
