"""Who and what the public finds: those in force today and listed. A page costs the same whatever is sought."""

from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.core.paginator import Page
from django.db.models import Exists, OuterRef, QuerySet

from gesond.directory import search_words
from gesond.directory.languages import language_label
from gesond.directory.models import EstablishmentRecord, Kind, Practice, ProfessionalRecord, in_force
from gesond.directory.queries.professionals import ProfessionalFacts, facts_of, full_name, records_in_force
from gesond.directory.queries.result_pages import Listing, holds, result_page
from gesond.directory.queries.vocabulary import Vocabulary, vocabulary_with
from gesond.identity.models import Person
from gesond.kernel.identifiers import Phone


@dataclass(frozen=True, kw_only=True)
class Sought:
    """What is looked for; what is empty is not asked. `name` and `place`: as typed."""

    name: str = ""
    place: str = ""
    profession: str = ""
    speciality: str = ""
    language: str = ""


class FoundPlace(NamedTuple):
    """Where somebody practises, or an establishment that was found. `address` as in `EstablishmentRecord.address`."""

    public_id: UUID | str
    name: str
    kind: str
    address: dict[str, Any]
    phone: str

    @property
    def kind_label(self) -> str:
        return str(Kind(self.kind).label)

    @property
    def phone_formatted(self) -> str:
        """« +352 27 12 50 18 »; empty without one."""
        return Phone(self.phone).formatted if self.phone else ""


class FoundProfessional(NamedTuple):
    """A line of the results. `what`, `languages`: in words of the current language; the main practice first."""

    public_id: UUID
    name: str
    what: str
    languages: str
    practices: list[FoundPlace]


PROFESSIONALS = Listing(
    table="directory_professionalrecord",
    # Practices whose establishment has closed are left out.
    shown=f"""professional.public_id, record.title, person.given_names, person.family_name,
       record.profession_id, record.specialities, record.languages,
       (SELECT json_agg(json_build_array(place.public_id, there.name, there.kind, there.address,
                                         coalesce(nullif(practice.phone, ''), there.phone))
                        ORDER BY practice.is_main DESC, practice.valid_from, practice.id)
          FROM directory_practice AS practice
          JOIN directory_establishment AS place ON place.id = practice.establishment_id
          JOIN directory_establishmentrecord AS there ON there.establishment_id = place.id
         WHERE practice.professional_id = professional.id AND {holds("practice")} AND {holds("there")})""",  # noqa: S608 - our own SQL
    joined="""JOIN directory_professional AS professional ON professional.id = record.professional_id
              JOIN identity_person AS person ON person.id = professional.person_id""",
    conditions=(
        "record.listed",
        holds("record"),
        # The few who have died are told by their own small index.
        """record.professional_id NOT IN (
             SELECT late.id FROM directory_professional AS late
               JOIN identity_person AS dead ON dead.id = late.person_id WHERE dead.deceased)""",
    ),
)
PROFESSIONAL_CONDITIONS = {
    "name": "record.name_lexemes @@ %(name)s::tsquery",
    "profession": "record.profession_id = %(profession)s",
    "speciality": "record.specialities @> ARRAY[%(speciality)s]::varchar[]",
    "language": "record.languages @> ARRAY[%(language)s]::varchar[]",
    "place": f"""record.professional_id IN (
        SELECT practice.professional_id FROM directory_practice AS practice
          JOIN directory_establishmentrecord AS there ON there.establishment_id = practice.establishment_id
         WHERE {holds("practice")} AND {holds("there")} AND there.place_lexemes @@ %(place)s::tsquery)""",  # noqa: S608 - our own SQL
}
ESTABLISHMENTS = Listing(
    table="directory_establishmentrecord",
    shown="place.public_id, record.name, record.kind, record.address::json, record.phone",
    joined="JOIN directory_establishment AS place ON place.id = record.establishment_id",
    conditions=(holds("record"),),
)
ESTABLISHMENT_CONDITIONS = {
    "name": "record.name_lexemes @@ %(name)s::tsquery",
    "place": "record.place_lexemes @@ %(place)s::tsquery",
    "kind": "record.kind = %(kind)s",
}


def professionals(sought: Sought, page: int = 1) -> "Page[FoundProfessional]":
    """A page of the professionals that answer, by name. One query."""
    found = _page(PROFESSIONALS, PROFESSIONAL_CONDITIONS, vars(sought), page)
    known = vocabulary_with(row[4] for row in found.object_list)
    found.object_list = [_professional(row, known) for row in found.object_list]
    return found


def establishments(*, name: str = "", place: str = "", kind: str = "", page: int = 1) -> "Page[FoundPlace]":
    """A page of the establishments that answer, by name. One query."""
    found = _page(ESTABLISHMENTS, ESTABLISHMENT_CONDITIONS, {"name": name, "place": place, "kind": kind}, page)
    found.object_list = [FoundPlace(*row) for row in found.object_list]
    return found


def listed_professional(public_id: UUID) -> ProfessionalFacts | None:
    """One whom the public may see. Two queries."""
    record = _listed().filter(professional__public_id=public_id).first()
    return facts_of([record])[0] if record else None


def establishment(public_id: UUID) -> EstablishmentRecord | None:
    """An establishment as it is today."""
    records = EstablishmentRecord.objects.filter(in_force(), establishment__public_id=public_id)
    return records.select_related("establishment").first()


def professionals_at(record: EstablishmentRecord) -> "QuerySet[ProfessionalRecord]":
    """Records of those who practise at an establishment today and are listed, by name."""
    here = Practice.objects.filter(
        in_force(), professional=OuterRef("professional"), establishment=record.establishment_id
    )
    found: QuerySet[ProfessionalRecord] = _listed().filter(Exists(here)).order_by("name_words", "pk")
    return found


def _page(listing: Listing, known: dict[str, str], sought: dict[str, str], number: int) -> "Page[Any]":
    """The page of what answers all that is asked; names and places as the words they are."""
    asked = {name: value for name, value in sought.items() if value}
    words = {name: search_words.query(value) for name, value in asked.items() if name in {"name", "place"}}
    return result_page(listing, [known[name] for name in asked], {**asked, **words}, number)


def _professional(row: tuple[Any, ...], known: Vocabulary) -> FoundProfessional:
    public_id, title, given_names, family_name, profession, specialities, languages, practices = row
    return FoundProfessional(
        public_id,
        full_name(title, given_names, family_name),
        known.what(profession, specialities),
        ", ".join(language_label(code) for code in languages),
        [FoundPlace(*practice) for practice in practices or ()],
    )


def _listed() -> Any:
    dead = Person.objects.filter(deceased=True).values("pk")
    return records_in_force().filter(listed=True).exclude(professional__person__in=dead)
