"""Requests for help of several ages, so that the helpdesk's queue has something to show."""

from dataclasses import dataclass
from datetime import timedelta

from gesond.helpdesk.actions import desk_requests
from gesond.helpdesk.actions.requests import Draft, ask
from gesond.helpdesk.deadlines import due_after
from gesond.helpdesk.models import Category, HelpRequest
from gesond.identity.models import Account, Role, StaffMember
from gesond.kernel.clock import now
from gesond.kernel.journal import SYSTEM, Actor


@dataclass(frozen=True, kw_only=True)
class Example:
    """A visitor's question, `hours` ago; `answer`: what the helpdesk said."""

    name: str
    email: str
    category: Category
    message: str
    hours: int
    language: str = "fr"
    answer: str = ""
    closes: bool = False


EXAMPLES = (
    Example(
        name="Claire Exemple",
        email="claire@example.org",
        category=Category.LETTER,
        message="Bonjour,\n\nJe n'ai pas reçu ma lettre d'activation. J'ai déménagé en mars.",
        hours=120,
    ),
    Example(
        name="Jonas Muster",
        email="jonas@example.org",
        category=Category.SIGN_IN,
        message="Der Code per SMS kommt seit gestern nicht mehr an.",
        hours=20,
        language="de",
    ),
    Example(
        name="Olivia Sample",
        email="olivia@example.org",
        category=Category.LUXTRUST,
        message="I have a new LuxTrust token. Can I still sign in with the old one?",
        hours=3,
        language="en",
    ),
    Example(
        name="Sophie Modèle",
        email="sophie@example.org",
        category=Category.MINOR,
        message="Comment accéder au dossier de ma fille de 12 ans ?",
        hours=50,
        answer="Bonjour,\n\nLa personne qui a l'autorité parentale en fait la demande depuis son propre compte.",
    ),
    Example(
        name="Paul Échantillon",
        email="paul@example.org",
        category=Category.OTHER,
        message="À quelle heure le helpdesk répond-il au téléphone ?",
        hours=200,
        answer="Bonjour,\n\nDu lundi au vendredi. Bonne journée.",
        closes=True,
    ),
)


def load_help_requests() -> bool:
    """Ask them once; whether there was anything to do."""
    if HelpRequest.objects.exists():
        return False
    member = StaffMember.objects.filter(ended_at=None, roles__contains=[Role.HELPDESK]).order_by("pk").first()
    for example in EXAMPLES:
        request = _ask(example)
        if example.answer and member is not None:
            _answer(example, request, member.account)
        _make_older(request, example.hours)
    return True


def _ask(example: Example) -> HelpRequest:
    draft = Draft(
        category=example.category,
        message=example.message,
        language=example.language,
        name=example.name,
        email=example.email,
    )
    asked = ask(actor=SYSTEM, draft=draft, account=None)
    if asked.request is None:
        raise RuntimeError("the demo's own questions are too many for the helpdesk")
    return asked.request


def _answer(example: Example, request: HelpRequest, staff: Account) -> None:
    given = desk_requests.Answer(text=example.answer, seen=request.messages.latest("pk").pk, closes=example.closes)
    desk_requests.answer(actor=Actor(f"staff:{staff.pk}"), staff=staff, request_id=request.pk, answer=given)


def _make_older(request: HelpRequest, hours: int) -> None:
    asked = now() - timedelta(hours=hours)
    request.messages.filter(author="person").update(created_at=asked)
    HelpRequest.objects.filter(pk=request.pk).update(created_at=asked, changed_at=asked)
    HelpRequest.objects.filter(pk=request.pk, due_at__isnull=False).update(due_at=due_after(asked))
