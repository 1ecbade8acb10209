"""What waits at the desk, by role, and whether the platform is well."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gesond.helpdesk.queries.desk_requests import Queue, queue_counts
from gesond.helpdesk.queries.identity_checks import queue_figures
from gesond.identity.models import Account, AccountState, LetterBatch, LetterRequest, Role
from gesond.identity.rules import roles_of
from gesond.kernel.journal_search import last_seal
from gesond.notify.models import State
from gesond.notify.queries import outbox_health
from gesond.web.health import CHECKS, WELL, state_of
from gesond.web.navigation import url


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A number that leads to what it counts, where there is such a list. `kind`: "", `waiting` or `trouble`."""

    number: int
    label: str | Promise
    address: str
    kind: str


def what_waits(account: Account) -> list[Waiting]:
    """For the roles of this member of staff; a query or two for each."""
    roles = roles_of(account)
    found: list[Waiting] = []
    if Role.HELPDESK in roles:
        found += _requests_for_help(account)
    if roles & {Role.IDENTITY_CHECKS, Role.SECURITY}:
        found += _identity_checks(account)
    if Role.LETTERS in roles:
        found += _letters()
    if roles & {Role.HELPDESK, Role.SECURITY}:
        found += _outbox()
    if Role.SECURITY in roles:
        suspended = Account.objects.filter(state=AccountState.SUSPENDED).count()
        found.append(_waiting(suspended, _("Suspended accounts"), "", "waiting"))
    return found


def health() -> list[tuple[str, bool]]:
    """Each part that people's requests need, and whether it is well."""
    return [(name, state_of(name) == WELL) for name in CHECKS]


def sealed() -> object:
    """The journal's last seal."""
    return last_seal()


def _requests_for_help(account: Account) -> list[Waiting]:
    counts = queue_counts(account)
    here = url("helpdesk:desk_requests")
    return [
        _waiting(counts[Queue.OVERDUE], _("Requests for help overdue"), f"{here}?queue=overdue", "trouble"),
        _waiting(counts[Queue.NEW], _("New requests for help"), f"{here}?queue=new", "waiting"),
        _waiting(counts[Queue.MINE], _("Requests for help with me"), f"{here}?queue=mine", "waiting"),
    ]


def _identity_checks(account: Account) -> list[Waiting]:
    figures = queue_figures(account)
    here = url("helpdesk:identity_checks")
    return [
        _waiting(figures["overdue"], _("Identity checks overdue"), f"{here}?which=overdue", "trouble"),
        _waiting(figures["free"], _("Identity checks with nobody"), f"{here}?which=free", "waiting"),
        _waiting(figures["mine"], _("Identity checks with me"), f"{here}?which=mine", "waiting"),
    ]


def _letters() -> list[Waiting]:
    requests = LetterRequest.objects.filter(state=LetterRequest.State.OPEN).count()
    batches = LetterBatch.objects.filter(finished_at__isnull=True).count()
    return [
        _waiting(requests, _("Requests for a letter to decide"), url("desk:letter_requests"), "waiting"),
        _waiting(batches, _("Batches of letters not finished"), url("desk:letters"), "waiting"),
    ]


def _outbox() -> list[Waiting]:
    counts = outbox_health().counts
    dead = sum(number for (_channel, state), number in counts.items() if state == State.FAILED)
    return [_waiting(dead, _("Messages that could not be delivered"), url("desk:outbox"), "trouble")]


def _waiting(number: int, label: str | Promise, address: str, kind: str) -> Waiting:
    return Waiting(number=number, label=label, address=address, kind=kind if number else "")
