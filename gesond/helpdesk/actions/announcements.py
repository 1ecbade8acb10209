"""Messages about a request: e-mails, or an SMS to an account that has no address.

They hold the request's number and a link, and nothing that anybody typed.
"""

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from gesond.helpdesk.actions.links import make_link
from gesond.helpdesk.models import HelpRequest
from gesond.notify.actions import queue_message


def tell_received(request: HelpRequest) -> None:
    """The receipt."""
    _tell(request, "received")


def tell_answered(request: HelpRequest) -> None:
    """There is an answer, and where to read it."""
    _tell(request, "answered")


def tell_closed(request: HelpRequest) -> None:
    """The helpdesk has closed it; for a month the person may open it again."""
    _tell(request, "closed")


def tell_link(request: HelpRequest) -> None:
    """A new personal link."""
    _tell(request, "link")


def _tell(request: HelpRequest, template: str) -> None:
    """To the visitor's address with a personal link, or to the account's with the page's own."""
    channel, recipient = _recipient(request)
    queue_message(
        channel=channel,
        recipient=recipient,
        template=f"helpdesk/{template}",
        context={"number": request.spoken_number, "link": _address(request)},
        language=request.language,
        reference=request.chain,
    )


def _recipient(request: HelpRequest) -> tuple[str, str]:
    if request.account is not None:
        email = request.account.email
        return ("email", email) if email else request.account.code_destination()
    return "email", str(request.email)


def _address(request: HelpRequest) -> str:
    if request.account_id is None:
        return make_link(request)
    with translation.override(request.language):
        return settings.ENVIRONMENT.base_url + reverse("helpdesk:request", args=[request.number])
