"""Any number of synthetic professionals with their establishments and practices, for measurements and scale."""

import csv
import random
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path

from gesond.demo.crowd import TOWNS
from gesond.demo.professionals import (
    ESTABLISHMENT_COLUMNS,
    PRACTICE_COLUMNS,
    PROFESSIONAL_COLUMNS,
    write_rows,
)
from gesond.directory.actions.imports import import_establishments, import_practices, import_professionals
from gesond.directory.models import Kind
from gesond.kernel.imports import ImportResult
from gesond.kernel.journal import SYSTEM

PROFESSIONS = (
    ("general-practitioner", ""),
    ("specialist", "cardiology"),
    ("specialist", "paediatrics"),
    ("specialist", "dermatology|internal-medicine"),
    ("specialist", "gynaecology"),
    ("dentist", ""),
    ("nurse", ""),
    ("nurse", ""),
    ("physiotherapist", ""),
    ("psychotherapist", ""),
    ("midwife", ""),
    ("pharmacist", ""),
)
LANGUAGES = ("fr", "de", "lb", "en", "pt")
KINDS = (Kind.PRACTICE,) * 7 + (Kind.PHARMACY, Kind.LABORATORY, Kind.HOSPITAL)
PRACTICES_EACH = 2
SINCE = date(2020, 1, 1)


def load_directory_crowd(folder: Path, persons: Path, count: int, *, seed: int = 1) -> list[ImportResult]:
    """Make the first `count` persons of a registry's file professionals, each practising at two of as many places.

    Writes its three files into `folder`. The persons must have been imported.
    """
    chance = random.Random(seed)  # noqa: S311 - synthetic professionals, the same each time
    files = [
        ("establishments", import_establishments, ESTABLISHMENT_COLUMNS, _establishments(count, chance)),
        ("professionals", import_professionals, PROFESSIONAL_COLUMNS, _professionals(persons, count, chance)),
        ("practices", import_practices, PRACTICE_COLUMNS, _practices(count, chance)),
    ]
    results = []
    for name, action, columns, rows in files:
        path = folder / f"crowd-{name}.csv"
        write_rows(path, columns, rows)
        results.append(action(actor=SYSTEM, path=path, report=path.with_suffix(".refused"), on=SINCE))
    return results


def _establishments(count: int, chance: random.Random) -> Iterator[list[str]]:
    for number in range(count):
        kind, town = chance.choice(KINDS), chance.choice(TOWNS)
        street = f"{chance.randint(1, 199)}, rue du Modèle"
        place = [street, f"L-{chance.randint(1000, 9999)}", town, "LU"]
        yield [f"CROWD-E{number}", kind.value, f"{kind.value.title()} {town} {number}", *place, "+35227999001", ""]


def _professionals(persons: Path, count: int, chance: random.Random) -> Iterator[list[str]]:
    with persons.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(islice(csv.DictReader(file), count)):
            profession, specialities = chance.choice(PROFESSIONS)
            languages = "|".join(chance.sample(LANGUAGES, chance.randint(1, 3)))
            yield [row["matricule"], f"CROWD-{number}", "", profession, specialities, languages]


def _practices(count: int, chance: random.Random) -> Iterator[list[str]]:
    for number in range(count):
        for place in chance.sample(range(count), min(PRACTICES_EACH, count)):
            yield [f"CROWD-{number}", f"CROWD-E{place}", ""]
