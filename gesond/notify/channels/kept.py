"""`outbox:` - the demo's channel: nothing leaves, the message stays readable at `/demo/outbox/`."""

from gesond.notify.channels.base import Outgoing


class KeptSender:
    """Accepts everything."""

    def send(self, message: Outgoing) -> str:
        return "kept"
