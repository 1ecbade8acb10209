"""Printed letters, shown in the demo's outbox as if the post had brought them."""

from typing import Any

from django.conf import settings

from gesond.identity.letters.spool import letter_path
from gesond.identity.models import ActivationCode, LetterBatch
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash
from gesond.notify.models import Channel, OutboxMessage, State, comparable

# A crowd's letters would bury those a visitor looks for.
SHOWN_LETTERS = 100


def deliver_letters(batch: LetterBatch, **_: Any) -> None:
    """Listens to `letters_printed`."""
    codes = batch.codes.select_related("person").order_by("letter_number")[:SHOWN_LETTERS]
    OutboxMessage.objects.bulk_create(_message(batch, code) for code in codes)


def _message(batch: LetterBatch, code: ActivationCode) -> OutboxMessage:
    assert code.letter_number is not None  # noqa: S101 - a batch numbers its letters
    path = letter_path(batch, code.letter_number)
    name = code.person.full_name
    moment = now()
    return OutboxMessage(
        channel=Channel.LETTER,
        template="identity/activation_letter",
        language=code.person.language,
        recipient=name,
        recipient_hash=keyed_hash(comparable(name), purpose="outbox.recipient"),
        content={"pdf": str(path.relative_to(settings.ENVIRONMENT.letter_spool)), "name": name},
        state=State.SENT,
        reference=f"activation-code:{code.pk}",
        next_attempt_at=moment,
        sent_at=moment,
    )
