"""Declarations: a professional's list, and the one whose link a browser used."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import QuerySet

from gesond.directory.models import Declaration, Professional
from gesond.directory.rules import stands_behind
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hashes, matches

# {"id", "link"} from the link until the terms are accepted, {"id", "token"} of this browser from then on.
DECLARATION_KEY = "secretary_declaration"
TOKEN_PURPOSE, BROWSER_PURPOSE = "declaration.token", "declaration.browser"
MATRICULE_PURPOSE = "declaration.matricule"
LATEST = 100


@dataclass(frozen=True)
class BrowserKey:
    """What a browser's session holds of the declaration whose link it used."""

    declaration_id: str
    token: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class DeclarationFacts:
    """One line of « Mes secrétaires »."""

    id: UUID
    name: str
    email: str
    state: str
    state_label: str
    sent_on: date
    expires_on: date
    may_resend: bool
    may_withdraw: bool


def declarations_of(professional_id: int) -> list[DeclarationFacts]:
    """The latest, but for those that became mandates. One query."""
    rows = Declaration.objects.filter(professional=professional_id).exclude(state=Declaration.State.ACCEPTED)
    return [_facts(row) for row in rows.order_by("-created_at")[:LATEST]]


def declaration_by_token(token: str) -> Declaration | None:
    """The one whose link this is, while it is good. One query."""
    hashes = keyed_hashes(token, purpose=TOKEN_PURPOSE)
    live = Declaration.objects.filter(state__in=Declaration.OPEN, expires_at__gt=now())
    return live.filter(token_hash__in=hashes).first()


def key_in(session: SessionBase) -> BrowserKey | None:
    """Of a browser that has accepted the terms."""
    held = session.get(DECLARATION_KEY) or {}
    return BrowserKey(held["id"], held["token"]) if held.get("token") else None


def declaration_of(key: BrowserKey | None) -> Declaration | None:
    """The declaration this browser is on, whatever became of it. One query."""
    found = Declaration.objects.filter(pk=key.declaration_id).first() if key else None
    return found if found and key and is_key_of(found, key) else None


def is_key_of(declaration: Declaration, key: BrowserKey) -> bool:
    """Whether `key`'s browser used the declaration's latest link."""
    stored = declaration.browser_hash
    return stored is not None and matches(key.token, stored, purpose=BROWSER_PURPOSE)


def state_today(declaration: Declaration) -> str:
    """Expired from the moment it is, whether or not the job has said so."""
    over = declaration.state in Declaration.OPEN and declaration.expires_at <= now()
    return Declaration.State.EXPIRED.value if over else declaration.state


def of_the_same_person(declaration: Declaration) -> QuerySet[Declaration]:
    """The other declarations of the same person by the same professional, the latest first."""
    hashes = keyed_hashes(str(declaration.matricule), purpose=MATRICULE_PURPOSE)
    same = Declaration.objects.filter(professional=declaration.professional_id, matricule_hash__in=hashes)
    return same.exclude(pk=declaration.pk).order_by("-created_at")


def counting_instead(declaration: Declaration) -> Declaration | None:
    """The declaration of the same person that counts in place of a refused one: under way, or accepted since."""
    for other in of_the_same_person(declaration):
        if state_today(other) in Declaration.UNDERWAY:
            return other
        if other.state == Declaration.State.ACCEPTED and _ended_later(other, declaration):
            return other
    return None


def _ended_later(one: Declaration, other: Declaration) -> bool:
    return one.ended_at is not None and other.ended_at is not None and one.ended_at > other.ended_at


def is_upheld(declaration: Declaration) -> bool:
    """Whether who declared it stands behind it still: see `rules.stands_behind`. One query."""
    return Professional.objects.filter(stands_behind("pk"), pk=declaration.professional_id).exists()


def _facts(row: Declaration) -> DeclarationFacts:
    state = state_today(row)
    return DeclarationFacts(
        id=row.pk,
        name=row.name,
        email=str(row.email),
        state=state,
        state_label=str(Declaration.State(state).label),
        sent_on=row.sent_at.date(),
        expires_on=row.expires_at.date(),
        may_resend=state in (*Declaration.OPEN, Declaration.State.EXPIRED),
        may_withdraw=state in Declaration.UNDERWAY,
    )
