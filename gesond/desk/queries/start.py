"""What waits at the desk, by role, and whether the platform is well."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gesond.identity.models import Account, AccountState, LetterBatch, LetterRequest, Role
from gesond.kernel.journal_search import last_seal
from gesond.notify.models import State
from gesond.notify.queries import outbox_health
from gesond.web.health import CHECKS, WELL, state_of


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A number that leads to what it counts. `kind`: "", `waiting` or `trouble`."""

    number: int
    label: str | Promise
    url_name: str
    kind: str


def what_waits(roles: set[str]) -> list[Waiting]:
    """For these roles; a query or two for each."""
    found: list[Waiting] = []
    if Role.LETTERS in roles:
        found += _letters()
    if roles & {Role.HELPDESK, Role.SECURITY}:
        found += _outbox()
    if Role.SECURITY in roles:
        suspended = Account.objects.filter(state=AccountState.SUSPENDED).count()
        found.append(_waiting(suspended, _("Suspended accounts"), "desk:persons", "waiting"))
    return found


def health() -> list[tuple[str, bool]]:
    """Each part that people's requests need, and whether it is well."""
    return [(name, state_of(name) == WELL) for name in CHECKS]


def sealed() -> object:
    """The journal's last seal."""
    return last_seal()


def _letters() -> list[Waiting]:
    requests = LetterRequest.objects.filter(state=LetterRequest.State.OPEN).count()
    batches = LetterBatch.objects.filter(finished_at__isnull=True).count()
    return [
        _waiting(requests, _("Requests for a letter to decide"), "desk:letter_requests", "waiting"),
        _waiting(batches, _("Batches of letters not finished"), "desk:letters", "waiting"),
    ]


def _outbox() -> list[Waiting]:
    counts = outbox_health().counts
    dead = sum(number for (_channel, state), number in counts.items() if state == State.FAILED)
    return [_waiting(dead, _("Messages that could not be delivered"), "desk:outbox", "trouble")]


def _waiting(number: int, label: str | Promise, url_name: str, kind: str) -> Waiting:
    return Waiting(number=number, label=label, url_name=url_name, kind=kind if number else "")
