"""What the directory says of one professional on a day."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from gesond.directory.languages import language_label
from gesond.directory.models import (
    Practice,
    Professional,
    ProfessionalRecord,
    in_force,
)
from gesond.directory.queries.vocabulary import vocabulary
from gesond.identity.models import Person
from gesond.kernel.identifiers import Phone


@dataclass(frozen=True, kw_only=True)
class PracticeFacts:
    """Where a professional works. `phone`: this practice's own, else the establishment's; E.164 or empty.

    `address` as in `EstablishmentRecord.address`; `kind` a value of `Kind`.
    """

    id: int
    establishment_id: int
    establishment_code: str
    establishment_public_id: UUID
    name: str
    kind: str
    address: dict[str, Any]
    phone: str
    email: str
    is_main: bool
    valid_from: date
    valid_to: date | None

    @property
    def phone_formatted(self) -> str:
        """« +352 27 12 50 18 »; empty without one."""
        return Phone(self.phone).formatted if self.phone else ""


@dataclass(frozen=True, kw_only=True)
class ProfessionalFacts:
    """A professional as the directory has them on a day. Profession and specialities by code and in words.

    `id` is the `Professional`'s; `languages` are ISO 639 codes; `practices` begin with the main one.
    """

    id: int
    public_id: UUID
    person_id: int
    provider_code: str
    title: str
    family_name: str
    given_names: str
    profession: str
    profession_label: str
    specialities: tuple[str, ...]
    speciality_labels: tuple[str, ...]
    languages: tuple[str, ...]
    listed: bool
    valid_from: date
    valid_to: date | None
    practices: tuple[PracticeFacts, ...] = field(default=())

    @property
    def name(self) -> str:
        """« Dr Anna Muster »."""
        return full_name(self.title, self.given_names, self.family_name)

    @property
    def what(self) -> str:
        """« Cardiologie, Médecine interne », or the profession where there is no speciality."""
        return ", ".join(self.speciality_labels) or self.profession_label

    @property
    def language_labels(self) -> list[str]:
        """The languages in words of the current one."""
        return [language_label(code) for code in self.languages]


def full_name(title: str, given_names: str, family_name: str) -> str:
    """« Dr Anna Muster »."""
    return " ".join(part for part in (title, given_names, family_name) if part)


def professional_of(person: Person, on: date | None = None) -> ProfessionalFacts | None:
    """The professional this person is on a day (today without one); None when no record is in force. Two queries."""
    record = records_in_force(on).filter(professional__person=person).first()
    return None if record is None else facts_of([record], on)[0]


def practices_of(professional: Professional, on: date | None = None) -> list[PracticeFacts]:
    """Where a professional works on a day, the main practice first. One query."""
    return _practices_of([professional.pk], on).get(professional.pk, [])


# Nothing of a person but the name is read: the rest is encrypted, and none of the directory's business.
SEARCHED = {"name_words", "name_lexemes"}
READ = (
    *(field.name for field in ProfessionalRecord._meta.concrete_fields if field.name not in SEARCHED),
    *(f"professional__{name}" for name in ("public_id", "provider_code", "person")),
    *(f"professional__person__{name}" for name in ("family_name", "given_names")),
)


def records_in_force(on: date | None = None) -> Any:
    """`ProfessionalRecord`s of a day with their professional and the person's name, no more."""
    joined = ProfessionalRecord.objects.select_related("professional__person")
    return joined.filter(in_force(on)).only(*READ)


def facts_of(records: Iterable[ProfessionalRecord], on: date | None = None) -> list[ProfessionalFacts]:
    """The facts of these records, in their order. One query, however many there are."""
    records = list(records)
    practices = _practices_of([record.professional_id for record in records], on)
    return [_facts(record, practices.get(record.professional_id, [])) for record in records]


def _facts(record: ProfessionalRecord, practices: list[PracticeFacts]) -> ProfessionalFacts:
    known = vocabulary()
    professional, person = record.professional, record.professional.person
    return ProfessionalFacts(
        id=professional.pk,
        public_id=professional.public_id,
        person_id=person.pk,
        provider_code=professional.provider_code,
        title=record.title,
        family_name=person.family_name,
        given_names=person.given_names,
        profession=record.profession_id,
        profession_label=known.profession_labels.get(record.profession_id) or record.profession.label,
        specialities=tuple(record.specialities),
        speciality_labels=tuple(known.speciality_labels.get(code, code) for code in record.specialities),
        languages=tuple(record.languages),
        listed=record.listed,
        valid_from=record.valid_from,
        valid_to=record.valid_to,
        practices=tuple(practices),
    )


# The columns of a practice and of its establishment that day, read at once: a page of results shows forty of them.
PLACE = "establishment__records__"
PRACTICE_COLUMNS = {
    "id": "pk",
    "owner": "professional_id",
    "establishment": "establishment_id",
    "code": "establishment__code",
    "public_id": "establishment__public_id",
    "own_phone": "phone",
    "is_main": "is_main",
    "valid_from": "valid_from",
    "valid_to": "valid_to",
    **{name: f"{PLACE}{name}" for name in ("name", "kind", "address", "phone", "email")},
}


def _practices_of(professionals: list[int], on: date | None) -> dict[int, list[PracticeFacts]]:
    """By professional, the main practice first. What works at an establishment that has closed is left out."""
    found: dict[int, list[PracticeFacts]] = {}
    rows = Practice.objects.filter(in_force(on), in_force(on, PLACE), professional__in=professionals)
    for values in rows.order_by("-is_main", "valid_from", "pk").values_list(*PRACTICE_COLUMNS.values()):
        row = dict(zip(PRACTICE_COLUMNS, values, strict=True))
        found.setdefault(row["owner"], []).append(_practice_facts(row))
    return found


def _practice_facts(row: dict[str, Any]) -> PracticeFacts:
    same = ("id", "name", "kind", "address", "email", "is_main", "valid_from", "valid_to")
    return PracticeFacts(
        establishment_id=row["establishment"],
        establishment_code=row["code"],
        establishment_public_id=row["public_id"],
        phone=row["own_phone"] or row["phone"],
        **{name: row[name] for name in same},
    )


def persons_in_force() -> QuerySet[Person]:
    """Everybody who is a professional today: whose professional's door of the portal is (`identity.entitlement`)."""
    return Person.objects.filter(in_force(prefix="professional__records__"))
