"""Professions and specialities in words, kept in the process: they change with a release, each search names them all.

Read again after a minute, and at once where the process itself changed one.
"""

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import get_language

from gesond.directory.models import Profession, Speciality, today

KEEP_SECONDS = 60.0
# Between the codes of a profession and of its speciality, where both are one choice.
BETWEEN = "/"

Choice = tuple[str, str]


@dataclass(frozen=True)
class Vocabulary:
    """All terms, of any day, and what was worked out of them."""

    professions: list[Profession]
    specialities: list[Speciality]
    _labels: dict[str, dict[str, str]] = field(default_factory=dict)
    _choices: dict[tuple[str, date], list[Choice]] = field(default_factory=dict)

    @property
    def profession_labels(self) -> dict[str, str]:
        """Code to name, in the current language."""
        return self._labelled("professions", self.professions)

    @property
    def speciality_labels(self) -> dict[str, str]:
        """Code to name, in the current language."""
        return self._labelled("specialities", self.specialities)

    def choices(self) -> list[Choice]:
        """Each profession of today, and after it its specialities: « Médecin spécialiste – Cardiologie »."""
        key = (str(get_language()), today())
        if key not in self._choices:
            self._choices[key] = list(self._offered(key[1]))
        return self._choices[key]

    def what(self, profession: str, specialities: "Iterable[str]") -> str:
        """« Cardiologie, Médecine interne », or the profession where there is no speciality."""
        labels = self.speciality_labels
        return ", ".join(labels.get(code, code) for code in specialities) or self.profession_labels[profession]

    def _labelled(self, kind: str, terms: "Iterable[Profession | Speciality]") -> dict[str, str]:
        key = f"{kind} {get_language()}"
        if key not in self._labels:
            self._labels[key] = {one.code: one.label for one in terms}
        return self._labels[key]

    def _offered(self, day: date) -> Iterable[Choice]:
        specialities: dict[str, list[Speciality]] = defaultdict(list)
        for one in self.specialities:
            if one.holds_on(day):
                specialities[one.profession_id].append(one)
        for profession in self.professions:
            if profession.holds_on(day):
                yield profession.code, profession.label
                for one in sorted(specialities[profession.code], key=lambda one: one.label.casefold()):
                    yield f"{profession.code}{BETWEEN}{one.code}", f"{profession.label} – {one.label}"


_kept: list[tuple[float, Vocabulary]] = []


def vocabulary() -> Vocabulary:
    """The terms as they are. Two queries, or none."""
    until, known = next(iter(_kept), (0.0, None))  # another thread may empty it meanwhile
    if known is None or time.monotonic() >= until:
        known = Vocabulary(list(Profession.objects.all()), list(Speciality.objects.all()))
        _kept[:] = [(time.monotonic() + KEEP_SECONDS, known)]
    return known


def vocabulary_with(professions: "Iterable[str]") -> Vocabulary:
    """The terms, read anew where one of these professions is younger than what is kept."""
    if not vocabulary().profession_labels.keys() >= set(professions):
        forget_vocabulary()
    return vocabulary()


def forget_vocabulary(**_of_a_signal: Any) -> None:
    """A term was changed: the next who asks sees it."""
    _kept.clear()
