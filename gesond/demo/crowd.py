"""Any number of synthetic persons, as the registry's file has them, for measurements and scale."""

import csv
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from gesond.demo.loading import COLUMNS
from gesond.kernel.identifiers import Matricule

FIRST_DAY, LAST_DAY = date(1920, 1, 1), date(2024, 12, 31)
# Sequence numbers of the crowd begin here: below are those of the cast.
FIRST_SEQUENCE, SEQUENCES = 950, 50
FAMILY_NAMES = (
    "Muster",
    "Beispill",
    "Exemple",
    "Sample",
    "Specimen",
    "Modèle",
    "Probst-Muster",
    "Échantillon",
    "Kläng",
)
GIVEN_NAMES = ("Anna", "Ben", "Clara", "David", "Élise", "Félix", "Greta", "Hugo", "Ida Marie", "Jean-Luc", "Käthe")
STREETS = ("rue du Modèle", "rue de l'Exemple", "Musterstrooss", "avenue de l'Échantillon", "Beispillgaass")
TOWNS = ("Luxembourg", "Esch-sur-Alzette", "Differdange", "Dudelange", "Ettelbruck", "Remich", "Wiltz")
LANGUAGES = ("fr", "fr", "de", "en")


def write_crowd(path: Path, count: int, *, seed: int = 1) -> None:
    """A file of `count` persons, the same for the same seed. Two million at most."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(_rows(count, random.Random(seed)))  # noqa: S311 - synthetic people, the same each time


def _rows(count: int, chance: random.Random) -> Iterator[list[str]]:
    days = (LAST_DAY - FIRST_DAY).days + 1
    if count > days * SEQUENCES:
        raise ValueError(f"a crowd has {days * SEQUENCES} persons at most")
    for number in range(count):
        sequence, day = divmod(number, days)
        born = FIRST_DAY + timedelta(days=day)
        matricule = Matricule.build(born.year, born.month, born.day, FIRST_SEQUENCE + sequence)
        yield [
            matricule.value,
            chance.choice(FAMILY_NAMES),
            chance.choice(GIVEN_NAMES),
            chance.choice(LANGUAGES),
            f"{chance.randint(1, 199)}, {chance.choice(STREETS)}",
            f"L-{chance.randint(1000, 9999)}",
            chance.choice(TOWNS),
            "LU",
            "",
        ]
