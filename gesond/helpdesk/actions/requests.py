"""What the person does: ask, answer, close, open again (S2-45, S1-29)."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connection, transaction

from gesond.helpdesk.actions.announcements import tell_received
from gesond.helpdesk.actions.limits import count_reply, count_request
from gesond.helpdesk.deadlines import due_after
from gesond.helpdesk.models import HelpMessage, HelpRequest
from gesond.helpdesk.models.requests import comparable_email
from gesond.identity.credentials.throttle import Verdict
from gesond.identity.models import Account
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash, keyed_hashes
from gesond.kernel.journal import Actor
from gesond.web.live import announce

# One press too many, an impatient reload: the same words again within this time are the same request.
FOLDED_WITHIN = timedelta(minutes=10)
REOPENED_WITHIN = timedelta(days=30)
FOLD_PURPOSE, EMAIL_PURPOSE = "help_request.fold", "help_request.email"
TOPIC = "help-requests"
State, Author = HelpRequest.State, HelpMessage.Author


class RequestClosedError(Exception):
    """It was closed too long ago to be opened again: a new one has to be made."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A filled-in form. `name` and `email` are a visitor's; `facts` what the person left joined to it."""

    category: str
    message: str = field(repr=False)
    language: str
    name: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    facts: dict[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Asked:
    """The request, or for how many seconds to wait before asking again."""

    request: HelpRequest | None = None
    retry_after: int = 0


def ask(*, actor: Actor, draft: Draft, account: Account | None) -> Asked:
    """Write a request down, once, and send its receipt. `account`: who is signed in."""
    verdict = count_request(actor, account, comparable_email(draft.email))
    if not verdict.allowed:
        return Asked(retry_after=verdict.retry_after)
    return Asked(_ask_once(actor, draft, account))


def reply(*, actor: Actor, request_id: int, text: str) -> Verdict:
    """Add the person's message; it opens a closed request again. Raises RequestClosedError."""
    with transaction.atomic():
        request = lock(request_id)
        _check_may_reopen(request)
        verdict = count_reply(request)
        if verdict.allowed:
            HelpMessage.objects.create(request=request, author=Author.PERSON, body=text, created_at=now())
            owe(request)
            tell_journal(actor, request, "replied")
    return verdict


@transaction.atomic
def close(*, actor: Actor, request_id: int) -> None:
    """« Ma demande est réglée ». Closing twice is closing once."""
    request = lock(request_id)
    if request.state == State.CLOSED:
        return
    mark_closed(request)
    tell_journal(actor, request, "closed", by="person")


@transaction.atomic
def reopen(*, actor: Actor, request_id: int) -> None:
    """Within a month. Raises RequestClosedError."""
    request = lock(request_id)
    if request.state != State.CLOSED:
        return
    _check_may_reopen(request)
    owe(request)
    tell_journal(actor, request, "reopened", by="person")


def may_reopen(request: HelpRequest) -> bool:
    """Whether a closed request may be opened again by its person."""
    return request.closed_at is not None and now() - request.closed_at < REOPENED_WITHIN


def _check_may_reopen(request: HelpRequest) -> None:
    if request.state == State.CLOSED and not may_reopen(request):
        raise RequestClosedError


def lock(request_id: int) -> HelpRequest:
    """The row under its lock. Raises HelpRequest.DoesNotExist."""
    return HelpRequest.objects.select_for_update(of=("self",)).select_related("account").get(pk=request_id)


def owe(request: HelpRequest) -> None:
    """It is the helpdesk's turn: from now on, unless it was already."""
    request.state = State.OPEN if request.assigned_to_id else State.NEW
    request.due_at = request.due_at or due_after(now())
    request.closed_at, request.changed_at = None, now()
    request.save(update_fields=["state", "due_at", "closed_at", "changed_at"])


def mark_closed(request: HelpRequest) -> None:
    """Nothing is owed any more."""
    request.state, request.due_at, request.closed_at, request.changed_at = State.CLOSED, None, now(), now()
    request.save(update_fields=["state", "due_at", "closed_at", "changed_at"])


def tell_journal(actor: Actor, request: HelpRequest, what: str, **details: object) -> None:
    """Write down what was done, and have the desk's pages look again."""
    journal.record(actor=actor, event=f"help_request.{what}", chain=request.chain, details=dict(details))
    announce(TOPIC)


@transaction.atomic
def _ask_once(actor: Actor, draft: Draft, account: Account | None) -> HelpRequest:
    words = "\0".join([_sender(draft, account), draft.category, " ".join(draft.message.split())])
    _wait_for_twin(words)
    return _twin(words) or _write_down(actor, draft, account, words)


def _sender(draft: Draft, account: Account | None) -> str:
    return f"account:{account.pk}" if account else comparable_email(draft.email)


def _wait_for_twin(words: str) -> None:
    """Hold a lock named by what is asked to the end of the transaction: of two at once, the second finds the first."""
    name = int.from_bytes(keyed_hash(words, purpose=FOLD_PURPOSE)[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [name])


def _twin(words: str) -> HelpRequest | None:
    hashes = keyed_hashes(words, purpose=FOLD_PURPOSE)
    recent = HelpRequest.objects.filter(fold_hash__in=hashes, created_at__gt=now() - FOLDED_WITHIN)
    return recent.exclude(state=State.CLOSED).order_by("-created_at").first()


def _write_down(actor: Actor, draft: Draft, account: Account | None, words: str) -> HelpRequest:
    moment = now()
    request = HelpRequest.objects.create(
        category=draft.category,
        language=draft.language,
        account=account,
        person=account.person if account else None,
        name=account.person.full_name if account else draft.name,
        facts=draft.facts or None,
        fold_hash=keyed_hash(words, purpose=FOLD_PURPOSE),
        created_at=moment,
        changed_at=moment,
        due_at=due_after(moment),
        **({} if account else _contact(draft)),
    )
    HelpMessage.objects.create(request=request, author=Author.PERSON, body=draft.message, created_at=moment)
    tell_journal(actor, request, "asked", category=draft.category)
    tell_received(request)
    return request


def _contact(draft: Draft) -> dict[str, object]:
    email_hash = keyed_hash(comparable_email(draft.email), purpose=EMAIL_PURPOSE)
    return {"email": draft.email, "email_hash": email_hash}
