"""Bringing the cast to life, through the same actions as production wherever there is one."""

import csv
import tempfile
from datetime import timedelta
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.db import transaction

from gesond.demo.models import DemoPerson
from gesond.demo.people import CAST, Letter, Persona
from gesond.demo.staff import load_desk_examples, name_demo_staff
from gesond.identity.actions.letters import IssuedCode, issue_letters
from gesond.identity.actions.registry import import_persons
from gesond.identity.letters.selection import CHOSEN, LetterSelection
from gesond.identity.models import Account, ActivationCode, CodeChannel, Door, Person, TermsAcceptance, TermsVersion
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash, keyed_hashes
from gesond.kernel.journal import SYSTEM

COLUMNS = (
    "matricule",
    "family_name",
    "given_names",
    "language",
    "address_line_1",
    "postal_code",
    "city",
    "country",
    "deceased",
)

# A persona's key to the codes of its letters, in the order they were printed.
Codes = dict[str, list[str]]


def load_people() -> bool:
    """Load the cast once; whether there was anything to do. A load that was stopped is done again."""
    if DemoPerson.objects.exists():
        return False
    _import(CAST)
    persons = {persona.key: _person(persona) for persona in CAST}
    codes = _print_letters(persons)
    with transaction.atomic():
        for persona in CAST:
            _finish(persona, persons[persona.key], codes.get(persona.key, []))
        name_demo_staff({persona.key: persona.roles for persona in CAST if persona.roles}, persons)
        load_desk_examples(persons)
    return True


def _import(cast: tuple[Persona, ...]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        write_csv(path, cast)
        import_persons(actor=SYSTEM, path=path, report=path.with_suffix(".refused"), processes=1)


def write_csv(path: Path, cast: tuple[Persona, ...]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(_row(persona) for persona in cast)


def _row(persona: Persona) -> list[str]:
    postal_code, _, city = persona.town.partition(" ")
    return [
        persona.matricule.value,
        persona.family_name,
        persona.given_names,
        persona.language,
        persona.street,
        postal_code,
        city,
        persona.country,
        "1" if persona.deceased else "",
    ]


def _person(persona: Persona) -> Person:
    hashes = keyed_hashes(persona.matricule.value, purpose="person.matricule")
    return Person.objects.get(matricule_hash__in=hashes)


def _print_letters(persons: dict[str, Person]) -> Codes:
    first = [persona.key for persona in CAST if persona.letter is not Letter.NONE]
    again = [persona.key for persona in CAST if persona.letter is Letter.REISSUED]
    codes: Codes = {key: [] for key in first}
    for keys in (first, again):
        by_person = {persons[key].pk: codes[key] for key in keys}

        def note(issued: IssuedCode, by_person: dict[int, list[str]] = by_person) -> None:
            by_person[issued.row.person_id].append(issued.text.formatted)

        selection = LetterSelection(kind=CHOSEN, person_ids=tuple(by_person))
        issue_letters(actor=SYSTEM, selection=selection, issued=note)
    return codes


def _finish(persona: Persona, person: Person, codes: list[str]) -> None:
    _age_letter(persona, person)
    if persona.password:
        open_demo_account(persona, person)
    *former, code = codes or [""]
    DemoPerson.objects.create(
        key=persona.key,
        person=person,
        role=persona.role,
        code=code,
        former_code=former[-1] if former else "",
        email=persona.email,
        phone=persona.phone,
        password=persona.password,
        luxtrust_subject=persona.luxtrust_subject,
        hint=persona.hint,
    )


def _age_letter(persona: Persona, person: Person) -> None:
    live = ActivationCode.objects.filter(person=person, state=ActivationCode.State.LIVE)
    if persona.letter is Letter.EXPIRED:
        printed = now() - timedelta(days=120)
        live.update(issued_at=printed, expires_at=printed + timedelta(days=90))
    elif persona.letter is Letter.EXHAUSTED:
        live.update(failures=ActivationCode.MAX_FAILURES, state=ActivationCode.State.EXHAUSTED, ended_at=now())


def open_demo_account(persona: Persona, person: Person) -> Account:
    """An account as the activation leaves it: both channels confirmed, the terms accepted, codes by SMS."""
    account, created = Account.objects.get_or_create(
        person=person,
        defaults={
            "password": make_password(persona.password),
            "language": persona.language,
            "email": persona.email,
            "email_hash": keyed_hash(persona.email, purpose="account.email"),
            "phone": persona.phone,
            "phone_hash": keyed_hash(persona.phone, purpose="account.phone"),
            "code_channel": CodeChannel.SMS,
            "doors": [Door.PATIENT],
        },
    )
    if created:
        terms = TermsVersion.objects.order_by("published_at").last()
        if terms is not None:
            TermsAcceptance.objects.create(account=account, version=terms)
        journal.record(
            actor=SYSTEM, event="account.opened", chain=f"person:{person.pk}", details={"account": account.pk}
        )
    return account
