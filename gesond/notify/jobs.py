"""Delivery, after the commit."""

from procrastinate.contrib.django import app


@app.task(name="notify.deliver", queue="notify")
def deliver(*, message_id: str) -> None:
    """Send one message of the outbox."""
