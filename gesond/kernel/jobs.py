"""The kernel's work behind the scenes: keeping the queue in order, sealing the journal."""

import structlog
from procrastinate import JobContext
from procrastinate.contrib.django import app

from gesond.kernel import seals

log = structlog.get_logger(__name__)

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


@app.periodic(cron="7 * * * *")
@app.task(name="kernel.seal_journal", queue="kernel", queueing_lock="kernel.seal_journal")
def seal_journal(timestamp: int) -> None:
    """Seal the journal every hour, and log the seal: kept on another machine, the line proves that it existed."""
    sealed = seals.seal()
    if sealed is not None:
        log.info("journal_sealed", sequence=sealed.sequence, hash=bytes(sealed.hash).hex(), **sealed.details)
