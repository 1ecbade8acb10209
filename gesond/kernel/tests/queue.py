"""Running the queue inside a test: same connection, same transaction, no worker."""

from typing import Any

from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from gesond.kernel.clock import now

ROUNDS_MAX = 1000


def run_due_jobs() -> list[str]:
    ran = []
    for _ in range(ROUNDS_MAX):
        job = _take()
        if job is None:
            return ran
        _run(job)
        ran.append(job.task_name)
    raise AssertionError(f"jobs beget jobs without end: {sorted(set(ran))}")


def _take() -> ProcrastinateJob | None:
    due = ProcrastinateJob.objects.filter(status="todo").exclude(scheduled_at__gt=now())
    job = due.order_by("-priority", "id").first()
    if job:
        _set_status(job, "doing")
    return job


def _run(job: ProcrastinateJob) -> None:
    task = app.tasks[job.task_name]
    arguments: list[Any] = []
    if task.pass_context:
        arguments = [
            JobContext(
                start_timestamp=0, app=app, worker_name="test", job=job.procrastinate_job, abort_reason=lambda: None
            )
        ]
    try:
        result = task.func(*arguments, **job.args)
        if hasattr(result, "__await__"):
            async_to_sync(_finish)(result)
    except BaseException:
        _set_status(job, "failed")
        raise
    _set_status(job, "succeeded")


async def _finish(result: Any) -> None:
    await result


def _set_status(job: ProcrastinateJob, status: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status WHERE id = %s", [status, job.pk]
        )
