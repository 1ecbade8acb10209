"""The line of identity checks in the desk's menu."""

from django.utils.translation import gettext_lazy as _

from gesond.identity.actions.identity_checks import TOPIC
from gesond.identity.models import Role
from gesond.identity.rules import has_role
from gesond.identity.staff import register_desk_entry
from gesond.web.live import register_topic

# Those who check, and the security officer, who settles where two disagree.
ROLES = (Role.IDENTITY_CHECKS, Role.SECURITY)


def register_identity_checks() -> None:
    """From `AppConfig.ready`."""
    register_desk_entry(_("Identity checks"), "helpdesk:identity_checks", *ROLES, order=40)
    register_topic(TOPIC, lambda user, topic: has_role(*ROLES)(user))
