"""The line of guided activations in the desk's menu, and who may follow one."""

from django.utils.translation import gettext_lazy as _

from gesond.identity.assisted_steps import TOPIC, may_follow
from gesond.identity.models import Role
from gesond.identity.staff import register_desk_entry
from gesond.web.live import register_topic


def register_counter() -> None:
    """From `AppConfig.ready`."""
    register_desk_entry(_("Activation at the counter"), "helpdesk:counter", Role.HELPDESK, order=50)
    register_topic(TOPIC, may_follow)
