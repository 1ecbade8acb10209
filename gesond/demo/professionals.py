"""The demo's professionals and where they practise, brought into the directory by its own files. All are invented."""

import csv
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import transaction

from gesond.demo.loading import write_csv
from gesond.demo.models import DemoPerson
from gesond.demo.people import Letter, Persona
from gesond.directory.actions.imports import import_establishments, import_practices, import_professionals
from gesond.directory.models import Kind
from gesond.identity.actions.registry import import_persons
from gesond.identity.models import Person
from gesond.kernel.hashing import keyed_hashes
from gesond.kernel.identifiers import Matricule
from gesond.kernel.imports import ImportResult
from gesond.kernel.journal import SYSTEM

SINCE = date(2020, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Practitioner:
    """`luxtrust_subject`: a serial number, never a matricule. `practises_at`: codes of PLACES, the main one first."""

    persona: Persona
    luxtrust_subject: str
    provider_code: str
    profession: str
    practises_at: tuple[str, ...]
    title: str = ""
    specialities: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("lb", "fr", "de")


@dataclass(frozen=True, kw_only=True)
class Place:
    code: str
    kind: Kind
    name: str
    street: str
    postal_code: str
    city: str
    phone: str
    email: str = ""


PLACES = (
    Place(
        code="CAB-001",
        kind=Kind.PRACTICE,
        name="Cabinet médical du Modèle",
        street="12, rue du Modèle",
        postal_code="L-2134",
        city="Luxembourg",
        phone="+35227999001",
        email="cabinet.modele@example.org",
    ),
    Place(
        code="CAB-002",
        kind=Kind.PRACTICE,
        name="Cabinet de l'Échantillon",
        street="3, rue de l'Échantillon",
        postal_code="L-4011",
        city="Esch-sur-Alzette",
        phone="+35227999002",
    ),
    Place(
        code="HOP-001",
        kind=Kind.HOSPITAL,
        name="Hôpital du Spécimen",
        street="1, boulevard du Spécimen",
        postal_code="L-9002",
        city="Ettelbruck",
        phone="+35227999010",
        email="accueil.hopital@example.org",
    ),
    Place(
        code="PHA-001",
        kind=Kind.PHARMACY,
        name="Pharmacie de l'Exemple",
        street="8, place de l'Exemple",
        postal_code="L-4010",
        city="Esch-sur-Alzette",
        phone="+35227999020",
        email="pharmacie.exemple@example.org",
    ),
    Place(
        code="LAB-001",
        kind=Kind.LABORATORY,
        name="Laboratoire Muster",
        street="25, rue de la Preuve",
        postal_code="L-1950",
        city="Luxembourg",
        phone="+35227999030",
        email="laboratoire.muster@example.org",
    ),
)

PRACTITIONERS = (
    Practitioner(
        persona=Persona(
            key="doctor",
            role="general practitioner",
            family_name="Kläng",
            given_names="Sophie",
            matricule=Matricule.build(1975, 3, 9, 141),
            letter=Letter.NONE,
            email="sophie.klaeng@example.org",
            phone="+352621000141",
            hint="Open the professional account: LuxTrust first, then the posted code.",
        ),
        luxtrust_subject="20020304050607001000",
        provider_code="900141-11",
        title="Dr",
        profession="general-practitioner",
        practises_at=("CAB-001",),
        languages=("lb", "fr", "de", "en"),
    ),
    Practitioner(
        persona=Persona(
            key="cardiologist",
            role="cardiologist, two practices",
            family_name="Échantillon",
            given_names="Marc",
            matricule=Matricule.build(1968, 10, 22, 242),
            letter=Letter.NONE,
            email="marc.echantillon@example.org",
            phone="+352621000142",
            hint="Practises at a hospital and in a practice: find him under both towns.",
        ),
        luxtrust_subject="20020304050607002000",
        provider_code="900142-12",
        title="Dr",
        profession="specialist",
        specialities=("cardiology", "internal-medicine"),
        practises_at=("HOP-001", "CAB-002"),
    ),
    Practitioner(
        persona=Persona(
            key="paediatrician",
            role="paediatrician",
            family_name="Probst-Muster",
            given_names="Inês",
            matricule=Matricule.build(1983, 6, 14, 343),
            language="en",
            letter=Letter.NONE,
            email="ines.probst@example.org",
            phone="+352621000143",
            hint="Speaks Portuguese: search by language.",
        ),
        luxtrust_subject="20020304050607003000",
        provider_code="900143-13",
        title="Dr",
        profession="specialist",
        specialities=("paediatrics",),
        practises_at=("CAB-001",),
        languages=("pt", "fr", "en"),
    ),
    Practitioner(
        persona=Persona(
            key="nurse",
            role="nurse",
            family_name="Beispiller",
            given_names="Luc",
            matricule=Matricule.build(1990, 1, 27, 444),
            language="de",
            letter=Letter.NONE,
            email="luc.beispiller@example.org",
            phone="+352621000144",
            hint="A professional who is no doctor.",
        ),
        luxtrust_subject="20020304050607004000",
        provider_code="900144-14",
        profession="nurse",
        practises_at=("HOP-001",),
    ),
    Practitioner(
        persona=Persona(
            key="pharmacist",
            role="pharmacist",
            family_name="Modèle",
            given_names="Nadine",
            matricule=Matricule.build(1971, 12, 5, 545),
            letter=Letter.NONE,
            email="nadine.modele@example.org",
            phone="+352621000145",
            hint="Practises at the demo's pharmacy.",
        ),
        luxtrust_subject="20020304050607005000",
        provider_code="900145-15",
        profession="pharmacist",
        practises_at=("PHA-001",),
        languages=("fr", "de", "lb"),
    ),
)


def load_professionals() -> bool:
    """Bring the practitioners and their places in once; whether there was anything to do."""
    if DemoPerson.objects.filter(key=PRACTITIONERS[0].persona.key).exists():
        return False
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        _import_persons(Path(folder))
        _import_directory(Path(folder))
        for one in PRACTITIONERS:
            _show(one)
    return True


def person_of(one: Practitioner) -> Person:
    """The person of a practitioner who was loaded."""
    hashes = keyed_hashes(one.persona.matricule.value, purpose="person.matricule")
    return Person.objects.get(matricule_hash__in=hashes)


def _import_persons(folder: Path) -> None:
    path = folder / "persons.csv"
    write_csv(path, tuple(one.persona for one in PRACTITIONERS))
    import_persons(actor=SYSTEM, path=path, report=path.with_suffix(".refused"), processes=1)


def _import_directory(folder: Path) -> None:
    _load(folder / "establishments.csv", import_establishments, ESTABLISHMENT_COLUMNS, map(_establishment, PLACES))
    _load(folder / "professionals.csv", import_professionals, PROFESSIONAL_COLUMNS, map(_professional, PRACTITIONERS))
    practices = [row for one in PRACTITIONERS for row in _practices(one)]
    _load(folder / "practices.csv", import_practices, PRACTICE_COLUMNS, practices)


def _load(
    path: Path, action: Callable[..., ImportResult], columns: tuple[str, ...], rows: Iterable[Iterable[str]]
) -> None:
    write_rows(path, columns, rows)
    action(actor=SYSTEM, path=path, report=path.with_suffix(".refused"), on=SINCE)


ESTABLISHMENT_COLUMNS = ("code", "kind", "name", "address_line_1", "postal_code", "city", "country", "phone", "email")
PROFESSIONAL_COLUMNS = ("matricule", "provider_code", "title", "profession", "specialities", "languages")
PRACTICE_COLUMNS = ("provider_code", "establishment_code", "main")


def write_rows(path: Path, columns: tuple[str, ...], rows: Iterable[Iterable[str]]) -> None:
    """A file as the directory's imports read it."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


def _establishment(place: Place) -> tuple[str, ...]:
    where = (place.street, place.postal_code, place.city, "LU")
    return (place.code, place.kind.value, place.name, *where, place.phone, place.email)


def _professional(one: Practitioner) -> tuple[str, ...]:
    lists = ("|".join(one.specialities), "|".join(one.languages))
    return (one.persona.matricule.value, one.provider_code, one.title, one.profession, *lists)


def _practices(one: Practitioner) -> list[tuple[str, ...]]:
    return [(one.provider_code, code, "" if number else "yes") for number, code in enumerate(one.practises_at)]


def _show(one: Practitioner) -> None:
    """In the table of the demo's people."""
    persona = one.persona
    DemoPerson.objects.create(
        key=persona.key,
        person=person_of(one),
        role=persona.role,
        email=persona.email,
        phone=persona.phone,
        luxtrust_subject=one.luxtrust_subject,
        hint=persona.hint,
    )
