"""Work of the desk behind the scenes."""

from datetime import timedelta

from procrastinate.contrib.django import app

from gesond.kernel import journal

DAYS_COUNTED_AGAIN = 2


@app.periodic(cron="12 * * * *", periodic_id="figures")
@app.task(name="desk.roll_up_figures", queue="desk", queueing_lock="desk.roll_up_figures")
def roll_up(timestamp: int) -> None:
    """Every hour: the figures of today and the two days before it."""
    from gesond.desk.actions import roll_up_figures, today

    last = today()
    roll_up_figures(actor=journal.SYSTEM, first=last - timedelta(days=DAYS_COUNTED_AGAIN), last=last)
