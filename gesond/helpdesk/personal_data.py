"""What the helpdesk holds about a person, for « Télécharger mes données »: what they may read, no internal note."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from gesond.helpdesk.models import Category, HelpMessage, HelpRequest
from gesond.identity.models import Account
from gesond.identity.queries.personal_data import Row, register_section

NAMES = {
    "request": _("Request"),
    "category": _("About"),
    "facts": _("What the page added"),
    "author": _("Who wrote"),
    "message": _("Message"),
    "changed_at": _("Last change"),
    "closed_at": _("Closed on"),
    "sent_at": _("Sent on"),
}


def register_sections() -> None:
    """From `AppConfig.ready`."""
    register_section("help_requests", title=_("My requests for help"), rows=_requests, names=NAMES)
    register_section("help_messages", title=_("Messages with the helpdesk"), rows=_messages, names=NAMES)


def _requests(account: Account) -> Sequence[Row]:
    """Those of the account alone: another that the helpdesk took to be about them may be somebody else's words."""
    return [
        {
            "request": row.spoken_number,
            "category": str(Category(row.category).label),
            "state": str(HelpRequest.State(row.state).label),
            "name": row.name,
            "email": row.email,
            "facts": row.facts,
            "created_at": row.created_at,
            "changed_at": row.changed_at,
            "closed_at": row.closed_at,
        }
        for row in HelpRequest.objects.filter(account=account).order_by("created_at", "pk")
    ]


def _messages(account: Account) -> Sequence[Row]:
    """Who answers is « Helpdesk », as in the thread."""
    rows = HelpMessage.objects.filter(request__account=account).select_related("request")
    return [
        {
            "request": row.request.spoken_number,
            "author": str(_("You")) if row.author == HelpMessage.Author.PERSON else "Helpdesk",
            "message": row.body,
            "sent_at": row.created_at,
        }
        for row in rows.order_by("request", "created_at", "pk")
    ]
