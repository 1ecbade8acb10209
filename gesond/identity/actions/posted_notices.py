"""Letters that only tell: printed one by one into the same spool as the letters with a code.

A notice's folder is ready for the post when it holds `manifest.json`, as a batch's is. Printing twice writes the same
files again.
"""

from datetime import timedelta

import structlog
from django.db import transaction

from gesond.identity.models import Person, PostedNotice
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.journal import Actor

# A job that has not run by then is taken for lost.
LOST_AFTER = timedelta(minutes=10)
MOST_AT_ONCE = 100

logger = structlog.get_logger(__name__)


def post_notice(*, person: Person, kind: PostedNotice.Kind) -> PostedNotice:
    """Have a letter printed and posted. Inside the caller's transaction, which journals why."""
    from gesond.identity.jobs import print_notice as job  # jobs call actions: imported where it is deferred

    notice = PostedNotice.objects.create(person=person, kind=kind, happened_at=now())
    job.defer(notice_id=notice.pk)
    return notice


def print_notice(*, actor: Actor, notice_id: int) -> None:
    """Print it, once; a name that cannot be printed or a missing address is written down and told to the logs."""
    from gesond.identity.letters.notice_spool import write_notice
    from gesond.identity.letters.notices import NoticeError  # typst: loaded where something is printed

    notice = PostedNotice.objects.select_related("person").get(pk=notice_id)
    if notice.printed_at is not None:
        return
    try:
        write_notice(notice)
    except NoticeError as error:
        # Typst's own words may quote a name: they are not logged.
        logger.error("notice_not_printable", notice=notice.pk)  # noqa: TRY400
        PostedNotice.objects.filter(pk=notice.pk).update(problem=str(error)[:300])
        return
    _mark_printed(actor, notice)


def print_lost(*, actor: Actor) -> int:
    """Print what was left lying; return how many."""
    lost = PostedNotice.objects.filter(printed_at=None, problem="", happened_at__lt=now() - LOST_AFTER)
    keys = list(lost.order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])
    for key in keys:
        print_notice(actor=actor, notice_id=key)
    return len(keys)


@transaction.atomic
def _mark_printed(actor: Actor, notice: PostedNotice) -> None:
    """Of two who print the same files at once, one marks it."""
    if PostedNotice.objects.filter(pk=notice.pk, printed_at=None).update(printed_at=now(), problem=""):
        details = {"notice": notice.pk, "kind": notice.kind}
        journal.record(actor=actor, event="notice.printed", chain=f"person:{notice.person_id}", details=details)
