"""What happened to a request, in words for the helpdesk."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gesond.kernel.models import JournalEntry

NAMES: dict[str, Promise] = {
    "help_request.asked": _("Request received"),
    "help_request.replied": _("The person has written"),
    "help_request.answered": _("Answered"),
    "help_request.noted": _("Internal note written"),
    "help_request.assigned": _("Assigned"),
    "help_request.category_changed": _("Category changed"),
    "help_request.person_linked": _("Linked to a person"),
    "help_request.closed": _("Request closed"),
    "help_request.reopened": _("Opened again"),
    "help_request.link_opened": _("Personal link opened"),
    "help_request.link_renewed": _("New personal link sent"),
}
ACTORS: dict[str, Promise] = {
    "staff": _("Helpdesk"),
    "account": _("The person"),
    "visitor": _("The person"),
    "system": _("The system"),
}


def history_name(entry: JournalEntry) -> tuple[Promise | str, Promise | str]:
    """What, and by whom."""
    kind = entry.actor.partition(":")[0]
    return NAMES.get(entry.event, entry.event), ACTORS.get(kind, entry.actor)
