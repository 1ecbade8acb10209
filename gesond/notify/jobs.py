"""Delivery, after the commit. Job arguments are identifiers only."""

from procrastinate import JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobRetry

from gesond.notify import delivery, sweeping

RECEIPT_ATTEMPTS = 3


@app.task(name="notify.deliver", queue="notify", priority=10)
def deliver(*, message_id: str) -> None:
    """Send one message of the outbox."""
    delivery.deliver_message(message_id)


@app.task(name="notify.take_receipt", queue="notify", pass_context=True)
def take_receipt(context: JobContext, *, provider_reference: str, outcome: str) -> None:
    """A receipt may overtake the marking of its message; one that nobody waits for is let go."""
    known = delivery.take_receipt(provider_reference=provider_reference, outcome=outcome)
    if not known and context.job.attempts < RECEIPT_ATTEMPTS:
        raise JobRetry(RetryDecision(retry_in={"seconds": 15}))


@app.periodic(cron="* * * * *", periodic_id="sweep")
@app.task(name="notify.sweep", queue="notify", queueing_lock="notify.sweep")
def sweep(timestamp: int) -> None:
    """Every minute: nothing waits for ever."""
    sweeping.sweep()


@app.periodic(cron="40 3 * * *", periodic_id="prune")
@app.task(name="notify.prune", queue="notify", queueing_lock="notify.prune")
def prune(timestamp: int) -> None:
    """Every night: what is kept no longer than needed."""
    sweeping.prune()
