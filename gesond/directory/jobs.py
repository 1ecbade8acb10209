"""Work of the directory after the commit."""

from procrastinate.contrib.django import app

from gesond.kernel import journal


@app.periodic(cron="10 * * * *", periodic_id="declarations")
@app.task(name="directory.expire_declarations", queue="directory", queueing_lock="directory.expire_declarations")
def expire_declarations(timestamp: int) -> None:
    """Every hour: declarations whose link has expired."""
    from gesond.directory.actions.declarations import expire_declarations as expire  # loaded by the worker

    expire(actor=journal.SYSTEM)


@app.periodic(cron="15 6 * * *", periodic_id="mandates")
@app.task(name="directory.attend_to_mandates", queue="directory", queueing_lock="directory.attend_to_mandates")
def attend_to_mandates(timestamp: int) -> None:
    """Every morning: reminders to confirm, what has lapsed, what has had its last day."""
    from gesond.directory.actions.mandates import remind_and_end

    remind_and_end(actor=journal.SYSTEM)
