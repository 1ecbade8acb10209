"""Where a guided activation stands, for who guides it: the step's name and nothing of what is typed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gesond.identity.models import Account, Activation, AssistedActivation, Role
from gesond.identity.rules import has_role
from gesond.kernel.clock import now
from gesond.web.live import announce

TOPIC = "assisted-activation"
State = AssistedActivation.State


class AssistedStep(models.TextChoices):
    """What the person has before them."""

    LINK = "link", _("Opening the link")
    PASSWORD = "password", _("Password")
    CHANNEL = "channel", _("Mobile or e-mail")
    CONFIRM = "confirm", _("One-time code")
    DONE = "done", _("The account is open")
    EXPIRED = "expired", _("Time is over")
    CANCELLED = "cancelled", _("Ended without an account")


# In their order.
WALKED = (AssistedStep.LINK, AssistedStep.PASSWORD, AssistedStep.CHANNEL, AssistedStep.CONFIRM, AssistedStep.DONE)


def topic_of(assisted_id: object) -> str:
    """The live topic of one guided activation."""
    return f"{TOPIC}:{assisted_id}"


def may_follow(account: object, topic: str) -> bool:
    """Whether this account guides the activation of `topic`."""
    if not isinstance(account, Account) or not has_role(Role.HELPDESK)(account):
        return False
    own = AssistedActivation.objects.filter(clerk=account).values_list("pk", flat=True)
    return topic in {topic_of(key) for key in own.order_by("-started_at")[:100]}


def follow(activation: Activation) -> None:
    """Have the page of who guides this activation look again, when the transaction commits."""
    if activation.assisted_id is not None:
        announce(topic_of(activation.assisted_id))


def step_of(assisted: AssistedActivation, activation: Activation | None) -> AssistedStep:
    """The step of `assisted`; `activation`: what its link has begun, if it was opened."""
    if assisted.state in (State.DONE, State.CANCELLED):
        return AssistedStep(assisted.state)
    if assisted.expires_at <= now():
        return AssistedStep.EXPIRED
    if assisted.state == State.OFFERED or activation is None:
        return AssistedStep.LINK
    return AssistedStep(activation.step)
