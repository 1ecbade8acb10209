"""When to try again: quickly at first, since most trouble passes in seconds, then rarely."""

import random
import uuid
from datetime import timedelta

from gesond.notify.models import Channel

# Seconds before the second, third… attempt. An SMS that is not there after a quarter of an hour has lost its use.
DELAYS = {
    Channel.EMAIL: (10, 30, 120, 600, 1800, 3600, 7200, 14400, 28800),
    Channel.SMS: (10, 30, 120, 600),
}
JITTER = 0.2


def attempts_allowed(channel: str) -> int:
    return len(DELAYS[Channel(channel)]) + 1


def delay_after(channel: str, attempts: int, message_id: uuid.UUID) -> timedelta | None:
    """How long to wait after that many attempts; None when that was the last one.

    Up to a fifth more or less, so that what failed together does not come back together; the same for the same message.
    """
    delays = DELAYS[Channel(channel)]
    if attempts > len(delays):
        return None
    spread = random.Random(f"{message_id}:{attempts}").uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - no secret
    return timedelta(seconds=delays[max(attempts, 1) - 1] * spread)
