"""Persons found, and all that the desk shows of one."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from gesond.directory.models import Professional
from gesond.directory.queries.professionals import ProfessionalFacts, professional_of
from gesond.identity.models import (
    Account,
    ActivationCode,
    Door,
    LetterRequest,
    LuxTrustProduct,
    Passkey,
    Person,
    Session,
)
from gesond.identity.queries.account import address_lines, birth_date, masked
from gesond.identity.registry.person_search import Found, persons_by_matricule, persons_by_name
from gesond.identity.sessions.store import LONGEST_LIFE
from gesond.kernel.clock import now
from gesond.kernel.identifiers import Matricule, ShortMatricule
from gesond.kernel.models import JournalEntry

LETTERS, EVENTS = 10, 15


@dataclass(frozen=True)
class FoundPerson:
    """A line of the results: enough to tell namesakes apart, no more."""

    id: int
    name: str
    birth_date: str
    is_professional: bool


@dataclass(frozen=True, kw_only=True)
class AccountFacts:
    """`channels`: kind and masked destination; `products`: names of LuxTrust products, never their numbers."""

    account: Account
    channels: list[tuple[str, str]]
    products: list[str]
    passkeys: int
    has_app: bool
    recovery_left: int
    sessions: int


@dataclass(frozen=True, kw_only=True)
class PersonSheet:
    """`address` is that of the letters; `town` what is shown where no letter is at stake."""

    person: Person
    matricule: str
    birth_date: str
    address: list[str]
    town: str
    letters: list[ActivationCode]
    requests: list[LetterRequest]
    account: AccountFacts | None
    professional: ProfessionalFacts | None
    events: list[JournalEntry]

    @property
    def has_working_letter(self) -> bool:
        """Whether another letter of a door that is offered would take a code's worth away."""
        works = (one for one in self.letters if one.state == ActivationCode.State.LIVE and one.expires_at > now())
        return any(one.door in self.letter_doors for one in works)

    @property
    def letter_doors(self) -> list[str]:
        """The doors a letter can still open: the professionals' to whom the directory has in force (S1-09)."""
        if self.person.deceased or not self.person.address:
            return []
        own = [Door.PATIENT.value, *([Door.PROFESSIONAL.value] if self.professional else [])]
        return [door for door in own if self.account is None or door not in self.account.account.doors]


def find_persons(query: "Matricule | ShortMatricule | str", *, kind: str) -> Found:
    """`kind`: `matricule`, `provider_code` or `name`."""
    if not isinstance(query, str):
        return persons_by_matricule(query)
    if kind == "provider_code":
        found = Professional.objects.filter(provider_code=query).values_list("person_id", flat=True)
        return Found(list(found), more=False)
    return persons_by_name(query)


def is_provider_code(typed: str) -> bool:
    """Whether the directory has it: then it is no name."""
    return Professional.objects.filter(provider_code=typed).exists()


def found_persons(person_ids: list[int]) -> list[FoundPerson]:
    """The lines of one page, in the order given. One query."""
    persons = Person.objects.filter(pk__in=person_ids).select_related("professional").order_by("pk")
    persons = persons.defer("matricule", "matricule_11", "address")  # not shown, so not decrypted
    by_id = {person.pk: person for person in persons}
    return [_line(by_id[person_id]) for person_id in person_ids if person_id in by_id]


def _line(person: Person) -> FoundPerson:
    name = f"{person.family_name}, {person.given_names}"
    return FoundPerson(person.pk, name, birth_date(person), hasattr(person, "professional"))


def person_sheet(person: Person) -> PersonSheet:
    """Everything, in a constant number of queries. The caller has seen to it that a reason was stated."""
    return PersonSheet(
        person=person,
        matricule=Matricule(str(person.matricule)).formatted,
        birth_date=birth_date(person),
        address=address_lines(person.address),
        town=_town(person.address),
        letters=list(person.activation_codes.order_by("-issued_at", "-pk")[:LETTERS]),
        requests=list(person.letter_requests.order_by("-created_at", "-pk")[:LETTERS]),
        account=_account_facts(person),
        professional=professional_of(person),
        events=list(JournalEntry.objects.filter(chain=f"person:{person.pk}").order_by("-sequence")[:EVENTS]),
    )


def _town(address: dict[str, Any] | None) -> str:
    return f"{address.get('postal_code', '')} {address.get('city', '')}".strip() if address else ""


def _account_facts(person: Person) -> AccountFacts | None:
    unused = Count("recovery_codes", filter=Q(recovery_codes__used_at__isnull=True))
    account = Account.objects.filter(person=person).select_related("totp").annotate(unused=unused).first()
    if account is None:
        return None
    account.person = person
    totp = getattr(account, "totp", None)
    return AccountFacts(
        account=account,
        channels=[(kind, masked(kind, destination)) for kind, destination in account.confirmed_channels().items()],
        products=list(LuxTrustProduct.objects.filter(account=account).order_by("name").values_list("name", flat=True)),
        passkeys=Passkey.objects.filter(account=account).count(),
        has_app=totp is not None and totp.confirmed_at is not None,
        recovery_left=account.unused,
        sessions=Session.objects.filter(
            account=account, expire_date__gt=now(), created_at__gt=now() - LONGEST_LIFE
        ).count(),
    )
