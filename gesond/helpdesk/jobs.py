"""Work of the helpdesk after the commit."""

from procrastinate.contrib.django import app

from gesond.kernel import journal


@app.task(name="helpdesk.send_link", queue="identity")
def send_link(*, request_id: int) -> None:
    """E-mail a new personal link, when a request with that number and address exists."""
    from gesond.helpdesk.actions import links  # loaded by the worker, not at start-up

    links.send_link(actor=journal.SYSTEM, request_id=request_id)


@app.periodic(cron="47 * * * *")
@app.task(name="helpdesk.forget_links", queue="identity")
def forget_links(timestamp: int) -> None:
    """Delete links that have expired."""
    from gesond.helpdesk.actions import links  # loaded by the worker, not at start-up

    links.forget_links()
