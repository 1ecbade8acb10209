"""Identity checks of several ages and differences, so that the desk's queue has something to show."""

import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageDraw

from gesond.demo.loading import write_csv
from gesond.demo.people import Persona
from gesond.identity.actions.identity_checks import open_check, withdraw
from gesond.identity.actions.identity_evidence import add_evidence
from gesond.identity.actions.registry import import_persons
from gesond.identity.identity_checks.kinds import register_kind
from gesond.identity.models import IdentityCheck, IdentityEvidence, Person
from gesond.identity.registry.name_matching import Attribute, Difference, Identity, differences
from gesond.identity.working_days import working_days_after
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hashes
from gesond.kernel.identifiers import Matricule
from gesond.kernel.journal import SYSTEM, Actor
from gesond.web.documents import document_of

# A kind of the demo's own: nothing waits for its answer, where a secretary's account would.
KIND = "example"


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """Somebody whose LuxTrust says something else than the declaration, `days` ago."""

    persona: Persona
    family_name: str
    given_names: str
    born: date
    days: int
    known: bool = True  # to the registry
    document: str = ""
    withdrawn: bool = False


def _persona(key: str, family_name: str, given_names: str, matricule: Matricule, language: str = "fr") -> Persona:
    return Persona(
        key=key,
        role="applicant",
        family_name=family_name,
        given_names=given_names,
        matricule=matricule,
        language=language,
        email=f"{key}@example.org",
    )


APPLICANTS = (
    Applicant(
        persona=_persona("applicant-married", "Modèle", "Sophie", Matricule.build(1988, 6, 2, 411)),
        family_name="Beispill",
        given_names="Sophie",
        born=date(1988, 6, 2),
        days=16,
        document=IdentityEvidence.Document.MARRIAGE_CERTIFICATE,
    ),
    Applicant(
        persona=_persona("applicant-born", "Muster", "Lena", Matricule.build(1995, 1, 9, 412), "de"),
        family_name="Muster",
        given_names="Lena",
        born=date(1959, 1, 9),
        days=9,
    ),
    Applicant(
        persona=_persona("applicant-letter", "Specimen", "Nora", Matricule.build(1979, 10, 30, 413)),
        family_name="Spesimen",
        given_names="Nora",
        born=date(1979, 10, 30),
        days=3,
        document=IdentityEvidence.Document.IDENTITY_CARD_FRONT,
    ),
    Applicant(
        persona=_persona("applicant-unknown", "Sample", "Olivia", Matricule.build(1992, 3, 21, 414), "en"),
        family_name="Sample",
        given_names="Olivia",
        born=date(1992, 3, 21),
        days=1,
        known=False,
    ),
    Applicant(
        persona=_persona("applicant-given", "Exemple", "Jeanne", Matricule.build(1983, 8, 14, 415)),
        family_name="Exemple",
        given_names="Mathilde",
        born=date(1983, 8, 14),
        days=0,
    ),
    Applicant(
        persona=_persona("applicant-gone", "Échantillon", "Paul", Matricule.build(1970, 2, 5, 416)),
        family_name="Probst",
        given_names="Paul",
        born=date(1970, 2, 5),
        days=12,
        withdrawn=True,
    ),
)


def register_example() -> None:
    """From `AppConfig.ready`."""
    register_kind(KIND, label=_("Secretary, an example"), decided=_nothing_waits)


def load_identity_checks() -> bool:
    """Open them once; whether there was anything to do."""
    if IdentityCheck.objects.filter(kind=KIND).exists():
        return False
    _import()
    for applicant in APPLICANTS:
        _apply(applicant)
    return True


def _nothing_waits(actor: Actor, check: IdentityCheck) -> None:
    """The applicants of the demo ask for no account."""


def _import() -> None:
    known = tuple(applicant.persona for applicant in APPLICANTS if applicant.known)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "applicants.csv"
        write_csv(path, known)
        import_persons(actor=SYSTEM, path=path, report=path.with_suffix(".refused"), processes=1)


def _apply(applicant: Applicant) -> None:
    check = _open(applicant)
    if applicant.document:
        files = [document_of(f"{applicant.document}.png", _drawn_document())]
        add_evidence(actor=SYSTEM, check=check, document=applicant.document, files=files)
    if applicant.withdrawn:
        withdraw(actor=SYSTEM, check_id=check.pk)
    opened = now() - timedelta(days=applicant.days)
    due = working_days_after(opened, 5)
    IdentityCheck.objects.filter(pk=check.pk).update(opened_at=opened, due_at=due)


@transaction.atomic
def _open(applicant: Applicant) -> IdentityCheck:
    persona = applicant.persona
    number = persona.matricule.value
    born = date(int(number[:4]), int(number[4:6]), int(number[6:8]))
    declared = Identity(family_name=persona.family_name, given_names=persona.given_names, birth_date=born)
    proved = Identity(family_name=applicant.family_name, given_names=applicant.given_names, birth_date=applicant.born)
    hashes = keyed_hashes(number, purpose="person.matricule")
    person = Person.objects.filter(matricule_hash__in=hashes).first()
    return open_check(
        actor=SYSTEM,
        kind=KIND,
        reference=persona.key,
        person=person,
        declared=declared,
        proved=proved,
        found=[*differences(declared, proved), *_unknown(person)],
        email=persona.email,
        language=persona.language,
    )


def _unknown(person: Person | None) -> list[Difference]:
    if person is not None:
        return []
    return [Difference(attribute=Attribute.NOT_IN_REGISTRY, declared="", proved="", spelling=False)]


def _drawn_document() -> bytes:
    """A picture that says what it is: nobody's document."""
    picture = Image.new("RGB", (860, 540), "white")
    ImageDraw.Draw(picture).text((40, 40), "SPECIMEN", fill="black", font_size=60)
    kept = BytesIO()
    picture.save(kept, "PNG")
    return kept.getvalue()
