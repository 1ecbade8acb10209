"""Taking part in a poll: once an account, and nothing that ties the answer to it (docs/adr/0022-contents.md)."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import IntegrityError, connection, transaction

from gesond.content.models import Participation, Poll, PollAnswer, PollKind
from gesond.content.models.content import visible
from gesond.identity.models import Account
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.journal import Actor

# An answer that was on its way when the poll closed has arrived by then.
SETTLED_AFTER = timedelta(minutes=5)
# Every answer becomes a new row in an order drawn by lot: neither its place nor its number tells when it came.
MIX = """
    WITH taken AS (DELETE FROM content_pollanswer WHERE poll_id = %s RETURNING poll_id, option_id, text)
    INSERT INTO content_pollanswer (id, poll_id, option_id, text)
    SELECT gen_random_uuid(), poll_id, option_id, text FROM taken ORDER BY random()"""


class PollError(ValueError):
    """The answer cannot be taken."""


class PollClosedError(PollError):
    """The poll is closed, or was never open to the public."""


class AlreadyAnsweredError(PollError):
    """This account has taken part: its answer is in the box and cannot be taken out."""


class NoAnswerError(PollError):
    """Nothing was chosen or written, or more than the question allows."""


@transaction.atomic
def answer_poll(
    *, actor: Actor, poll: Poll, account: Account, options: Sequence[int] = (), text: str = ""
) -> Participation:
    """Put one answer into the box. `options`: ids of the chosen ones. Raises PollError.

    The journal tells the person that they took part, and never what they answered.
    """
    if not Poll.objects.filter(visible(now()), pk=poll.pk, closes_at__gt=now()).exists():
        raise PollClosedError(f"{poll} takes no answers")
    answers = _answers(poll, set(options), text.strip())
    participation = _take_part(poll, account)
    PollAnswer.objects.bulk_create(answers)
    journal.record(actor=actor, event="poll.answered", chain=f"person:{account.person_id}", details={"poll": poll.pk})
    return participation


def mix_closed_polls() -> int:
    """Mix the answers of polls that closed; return of how many polls. A job does it, once for each."""
    waiting = Poll.objects.filter(mixed_at__isnull=True, closes_at__lte=now() - SETTLED_AFTER).values_list(
        "pk", flat=True
    )
    return sum(_mix(pk) for pk in waiting)


@transaction.atomic
def _mix(poll_id: int) -> bool:
    taken = Poll.objects.select_for_update(skip_locked=True).filter(pk=poll_id, mixed_at__isnull=True).exists()
    if not taken:
        return False
    with connection.cursor() as cursor:
        cursor.execute(MIX, [poll_id])
    Poll.objects.filter(pk=poll_id).update(mixed_at=now())
    return True


def _answers(poll: Poll, chosen: set[int], text: str) -> list[PollAnswer]:
    if poll.asks == PollKind.TEXT:
        if not text or chosen:
            raise NoAnswerError("an answer in words is asked for")
        return [PollAnswer(poll=poll, text=text)]
    found = list(poll.options.filter(pk__in=chosen))
    if not found or len(found) != len(chosen) or (poll.asks == PollKind.SINGLE and len(found) > 1):
        raise NoAnswerError("choose among the answers of this poll")
    return [PollAnswer(poll=poll, option=option) for option in found]


def _take_part(poll: Poll, account: Account) -> Participation:
    try:
        with transaction.atomic():
            return Participation.objects.create(poll=poll, account=account)
    except IntegrityError as error:
        raise AlreadyAnsweredError(f"{account} has answered {poll}") from error
