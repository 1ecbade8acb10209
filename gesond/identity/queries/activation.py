"""What the activation's pages show."""

from dataclasses import dataclass
from typing import Any

from gesond.identity.actions.activation import ActivationError, BrowserKey, OtherBrowserError, check_standing
from gesond.identity.actions.one_time_codes import seconds_of_pause, seconds_until_resend
from gesond.identity.luxtrust.configuration import is_offered
from gesond.identity.models import Activation, CodeChannel, LuxTrustProduct, OneTimeCode
from gesond.identity.queries.account import masked
from gesond.kernel.clock import now
from gesond.notify.queries import delivery_state


@dataclass(frozen=True)
class SentCode:
    """The code that is awaited. `destination` is masked (S2-22); `wait`: seconds until another may be asked for."""

    channel: str
    destination: str
    wait: int
    expired: bool
    message_id: str  # its delivery's live topic is `delivery:<message_id>`
    unreachable: bool  # it could not be delivered, for good
    worrying: bool  # it is late, or could not be delivered: offer the other channel

    @property
    def other_channel(self) -> str:
        return CodeChannel.EMAIL if self.channel == CodeChannel.SMS else CodeChannel.SMS


def find_activation(key: BrowserKey | None) -> Activation:
    """This browser's activation with `code`, `person` and `terms`. Raises ActivationError. One query."""
    if key is None:
        raise OtherBrowserError
    rows = Activation.objects.select_related("code", "assisted", "person__account", "terms")
    activation = rows.filter(pk=key.activation_id).first()
    if activation is None:
        raise OtherBrowserError
    check_standing(activation, key)
    return activation


def luxtrust_part(activation: Activation) -> dict[str, Any]:
    """What step 4 shows of LuxTrust: the products associated, and whether another may be. One query."""
    return {
        "products": list(LuxTrustProduct.objects.filter(account=activation.account_id).order_by("added_at")),
        "may_associate": is_offered() and activation.step == Activation.Step.OTHER_MEANS,
    }


def has_activation(key: BrowserKey | None) -> bool:
    """Whether this browser may go on with an activation."""
    try:
        find_activation(key)
    except ActivationError:
        return False
    return True


def sent_code(activation: Activation) -> SentCode:
    """The last code sent for `activation`, at its step CONFIRM."""
    code = OneTimeCode.objects.filter(activation=activation).order_by("-created_at").first()
    delivery = delivery_state(message_id=code.message_id) if code and code.message_id else None
    return SentCode(
        channel=activation.channel,
        destination=masked(activation.channel, str(activation.destination)),
        wait=max(seconds_until_resend(activation), seconds_of_pause(activation)),
        expired=code is None or code.expires_at <= now(),
        message_id=str(code.message_id) if code else "",
        unreachable=bool(delivery and delivery.unreachable),
        worrying=bool(delivery and delivery.worrying),
    )
