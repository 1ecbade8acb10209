"""Who and what the public finds: those in force today and listed. A page costs the same whatever is sought."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from gesond.directory import search_words
from gesond.directory.models import EstablishmentRecord, Practice, ProfessionalRecord, in_force
from gesond.directory.queries.professionals import ProfessionalFacts, facts_of, records_in_force
from gesond.identity.models import Person


@dataclass(frozen=True, kw_only=True)
class Sought:
    """What is looked for; what is empty is not asked. `name` and `place`: as typed."""

    name: str = ""
    place: str = ""
    profession: str = ""
    speciality: str = ""
    language: str = ""


def professionals(sought: Sought) -> "QuerySet[ProfessionalRecord]":
    """Records of the professionals that answer, by name."""
    found: QuerySet[ProfessionalRecord] = _listed()
    if sought.name:
        found = found.filter(name_words__begins=search_words.query(sought.name))
    if sought.profession:
        found = found.filter(profession=sought.profession)
    if sought.speciality:
        found = found.filter(specialities__contains=[sought.speciality])
    if sought.language:
        found = found.filter(languages__contains=[sought.language])
    if sought.place:
        found = found.filter(Exists(_practices_at(sought.place)))
    return found.order_by("name_words", "pk")


def establishments(*, name: str = "", place: str = "", kind: str = "") -> "QuerySet[EstablishmentRecord]":
    """Records of the establishments that answer, by name."""
    found = EstablishmentRecord.objects.filter(in_force()).select_related("establishment")
    if name:
        found = found.filter(name_words__begins=search_words.query(name))
    if place:
        found = found.filter(place_words__begins=search_words.query(place))
    if kind:
        found = found.filter(kind=kind)
    return found.order_by("name_words", "pk")


def listed_professional(public_id: UUID) -> ProfessionalFacts | None:
    """One whom the public may see. Two queries."""
    record = _listed().filter(professional__public_id=public_id).first()
    return facts_of([record])[0] if record else None


def establishment(public_id: UUID) -> EstablishmentRecord | None:
    """An establishment as it is today."""
    return establishments().filter(establishment__public_id=public_id).first()


def professionals_at(record: EstablishmentRecord) -> "QuerySet[ProfessionalRecord]":
    """Records of those who practise at an establishment today and are listed, by name."""
    here = Practice.objects.filter(
        in_force(), professional=OuterRef("professional"), establishment=record.establishment_id
    )
    found: QuerySet[ProfessionalRecord] = _listed().filter(Exists(here)).order_by("name_words", "pk")
    return found


def _listed() -> Any:
    """Told apart from the few who have died by their own small index: no join on the whole registry to count."""
    dead = Person.objects.filter(deceased=True).values("pk")
    return records_in_force().filter(listed=True).exclude(professional__person__in=dead)


def _practices_at(place: str) -> "QuerySet[Practice]":
    """Of the professional of the outer query, in force, where the establishment's town or postal code answers."""
    here = EstablishmentRecord.objects.filter(in_force(), place_words__begins=search_words.query(place))
    return Practice.objects.filter(
        in_force(), professional=OuterRef("professional"), establishment__in=here.values("establishment")
    )
