"""Where the helpdesk's pages are found."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from gesond.helpdesk.actions.requests import TOPIC
from gesond.identity.models import Door, Role
from gesond.identity.rules import has_role
from gesond.identity.services import Service, State, register_service
from gesond.identity.staff import register_desk_entry
from gesond.web.live import register_topic
from gesond.web.navigation import Menu, register_entry

# At the desk's door one answers; its own requests a member of staff reads as the person they are.
REQUESTS = Service(
    slug="help-requests",
    title=_("My requests for help"),
    description=_("Your questions to our helpdesk and its answers."),
    state=State.OPEN,
    url_name="helpdesk:requests",
    for_doors=(Door.PATIENT, Door.PROFESSIONAL, Door.SECRETARY),
    icon="letter",
    order=95,
)


def register_entries() -> None:
    """Called once, when the site starts."""
    register_entry(Menu.ACCOUNT, REQUESTS.title, "helpdesk:requests", for_doors=REQUESTS.for_doors, order=30)
    register_desk_entry(_("Requests for help"), "helpdesk:desk_requests", Role.HELPDESK, order=40)
    register_service(REQUESTS)
    register_topic(TOPIC, _may_follow)


def _may_follow(user: Any, topic: str) -> bool:
    return bool(has_role(Role.HELPDESK)(user))
