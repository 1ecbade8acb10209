"""A doctor and three secretaries: one with a mandate, one declared with her data, one declared with others (S3)."""

import tempfile
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from gesond.demo.loading import open_demo_account, write_csv
from gesond.demo.luxtrust.settings import issuer
from gesond.demo.models import DemoPerson
from gesond.demo.people import Letter, Persona
from gesond.directory import search_words
from gesond.directory.actions.declarations import Statement, declare
from gesond.directory.actions.secretary_accounts import open_secretary_account
from gesond.directory.models import (
    Establishment,
    EstablishmentRecord,
    Kind,
    Practice,
    Professional,
    ProfessionalRecord,
    today,
)
from gesond.identity.actions.luxtrust_products import associate_product
from gesond.identity.actions.registry import import_persons
from gesond.identity.luxtrust.proofs import LuxTrustProof
from gesond.identity.models import Account, Door, Person
from gesond.identity.queries.terms import current_terms
from gesond.identity.sessions.standing import LUXTRUST, Standing
from gesond.kernel.hashing import keyed_hashes
from gesond.kernel.identifiers import Matricule
from gesond.kernel.journal import SYSTEM

DOCTOR = Persona(
    key="declaring-doctor",
    role="doctor who declares secretaries",
    family_name="Modell",
    given_names="Sylvie",
    matricule=Matricule.build(1975, 8, 19, 140),
    letter=Letter.NONE,
    email="sylvie.modell@example.org",
    phone="+352621000140",
    password="Schueberfouer-im-August-5",
    luxtrust_subject="10020304050607014000",
    hint="Sign in as a professional with LuxTrust: « Mes secrétaires ».",
)
RUNNING = Persona(
    key="secretary",
    role="secretary with a mandate",
    family_name="Weber",
    given_names="Nadine",
    matricule=Matricule.build(1988, 3, 4, 141),
    letter=Letter.NONE,
    email="nadine@example.org",
    luxtrust_subject="10020304050607014100",
    hint="Sign in as a professional with LuxTrust: « Mes mandats ».",
)
DECLARED = Persona(
    key="secretary-declared",
    role="secretary, declared, data match",
    family_name="Schmit-Müller",
    given_names="Josée Anne",
    matricule=Matricule.build(1979, 10, 23, 142),
    letter=Letter.NONE,
    email="josee@example.org",
    luxtrust_subject="10020304050607014200",
    hint="Open the link in the outbox; LuxTrust matches: the account opens at once.",
)
DIFFERING = Persona(
    key="secretary-differs",
    role="secretary, declared, data differ",
    family_name="Klein",
    given_names="Patricia",
    matricule=Matricule.build(1992, 2, 11, 143),
    letter=Letter.NONE,
    email="patricia@example.org",
    luxtrust_subject="10020304050607014300",
    hint="Declared as « Gross »: open the link in the outbox; the identity is checked by hand.",
)
CAST = (DOCTOR, RUNNING, DECLARED, DIFFERING)
DECLARED_AS = {RUNNING.key: "Weber", DECLARED.key: "Schmit", DIFFERING.key: "Gross"}


def load_secretaries() -> bool:
    """Once; whether there was anything to do."""
    if DemoPerson.objects.filter(key=DOCTOR.key).exists():
        return False
    _import()
    with transaction.atomic():
        doctor, establishment = _doctor()
        for persona in (RUNNING, DECLARED, DIFFERING):
            statement = _statement(persona, establishment)
            declaration = declare(actor=SYSTEM, account=doctor, statement=statement)
            if persona is RUNNING:
                declaration.terms = current_terms()
                open_secretary_account(actor=SYSTEM, declaration=declaration, proof=_proof(persona))
        for persona in CAST:
            _show(persona)
    return True


def _import() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "secretaries.csv"
        write_csv(path, CAST)
        import_persons(actor=SYSTEM, path=path, report=path.with_suffix(".refused"), processes=1)


def _doctor() -> tuple[Account, Establishment]:
    """With a practice, an account, and a session's standing as LuxTrust gives it."""
    person = _person(DOCTOR)
    professional = Professional.objects.create(person=person, provider_code="104140-07")
    names = search_words.name_words(person.family_name, person.given_names)
    ProfessionalRecord.objects.create(
        professional=professional,
        valid_from=today() - timedelta(days=900),
        title="Dr",
        profession_id="general-practitioner",
        languages=["fr", "de", "lb"],
        name_words=names,
    )
    establishment = _practice(professional)
    account = open_demo_account(DOCTOR, person)
    account.doors = [Door.PROFESSIONAL]
    account.save(update_fields=["doors"])
    associate_product(actor=SYSTEM, account=account, proof=_proof(DOCTOR))
    account.standing = Standing(Door.PROFESSIONAL.value, LUXTRUST)  # type: ignore[attr-defined] # as a session's
    return account, establishment


def _practice(professional: Professional) -> Establishment:
    address = {"lines": ["7, rue du Modèle"], "postal_code": "L-2134", "city": "Luxembourg", "country": "LU"}
    name = "Cabinet du Modèle"
    since = today() - timedelta(days=900)
    establishment = Establishment.objects.create(code="DEMO-140")
    EstablishmentRecord.objects.create(
        establishment=establishment,
        valid_from=since,
        kind=Kind.PRACTICE,
        name=name,
        address=address,
        phone="+35227140140",
        name_words=search_words.indexed(name),
        place_words=search_words.place_words(address),
    )
    Practice.objects.create(professional=professional, establishment=establishment, valid_from=since, is_main=True)
    return establishment


def _statement(persona: Persona, establishment: Establishment) -> Statement:
    return Statement(
        family_name=DECLARED_AS[persona.key],
        given_names=persona.given_names,
        matricule=persona.matricule,
        email=persona.email,
        language=persona.language,
        establishments=(establishment.pk,),
        functions=("agenda", "messages"),
        valid_from=today(),
        valid_to=today() + timedelta(days=365),
    )


def _proof(persona: Persona) -> LuxTrustProof:
    return LuxTrustProof(
        issuer=settings.ENVIRONMENT.luxtrust_issuer or issuer(settings.ENVIRONMENT),
        subject=persona.luxtrust_subject,
        family_name=persona.family_name,
        given_names=persona.given_names,
    )


def _person(persona: Persona) -> Person:
    hashes = keyed_hashes(persona.matricule.value, purpose="person.matricule")
    return Person.objects.get(matricule_hash__in=hashes)


def _show(persona: Persona) -> None:
    DemoPerson.objects.create(
        key=persona.key,
        person=_person(persona),
        role=persona.role,
        email=persona.email,
        phone=persona.phone,
        password=persona.password,
        luxtrust_subject=persona.luxtrust_subject,
        hint=persona.hint,
    )
