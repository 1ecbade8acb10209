"""Keeping the queue itself in order."""

from procrastinate import JobContext
from procrastinate.contrib.django import app

KEEP_FINISHED_HOURS = 7 * 24


@app.periodic(cron="* * * * *", periodic_id="retry_stalled")
@app.task(name="kernel.retry_stalled", queue="kernel", queueing_lock="kernel.retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Every minute: jobs whose worker died are given back. Every job may run twice without harm."""
    for job in await context.app.job_manager.get_stalled_jobs():
        await context.app.job_manager.retry_job(job)


@app.periodic(cron="20 3 * * *", periodic_id="forget_finished")
@app.task(name="kernel.forget_finished", queue="kernel", queueing_lock="kernel.forget_finished", pass_context=True)
async def forget_finished(context: JobContext, timestamp: int) -> None:
    """Every night: finished jobs, failed ones too, after a week."""
    await context.app.job_manager.delete_old_jobs(nb_hours=KEEP_FINISHED_HOURS, include_failed=True)
