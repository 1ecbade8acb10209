"""Work of the web app after the commit."""

from procrastinate.contrib.django import app


@app.periodic(cron="*/10 * * * *", periodic_id="forget_captchas")
@app.task(name="web.forget_captchas", queue="web", queueing_lock="web.forget_captchas")
def forget_captchas(timestamp: int) -> None:
    """Every ten minutes: images that nobody answered in time, and proofs remembered long enough.

    Looking at a form makes an image, so that a stranger who only looks must not fill the table.
    """
    from gesond.web.captcha import forget_expired  # loaded by the worker, not at start-up

    forget_expired()
