"""The contents' work behind the scenes."""

from procrastinate.contrib.django import app


@app.periodic(cron="* * * * *", periodic_id="announce")
@app.task(name="content.announce", queue="content", queueing_lock="content.announce", lock="content.announce")
def announce(timestamp: int) -> None:
    """Every minute: what has become visible is told to those who left the box ticked."""
    from gesond.content.actions.announcing import begin_announcements, tell_everybody  # the worker's, not the pages'

    begin_announcements()
    tell_everybody()


@app.periodic(cron="*/5 * * * *", periodic_id="mix_polls")
@app.task(name="content.mix_polls", queue="content", queueing_lock="content.mix_polls")
def mix_polls(timestamp: int) -> None:
    """Every five minutes: the answers of closed polls forget the order they came in."""
    from gesond.content.actions.answering import mix_closed_polls

    mix_closed_polls()
