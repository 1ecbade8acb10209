"""Professions and specialities: data with validity and names in three languages, never constants of the code.

The first ones come from `vocabulary/1.toml` with the migrations.
"""

from datetime import date

from django.db import models
from django.utils.translation import get_language

from gesond.directory.models.periods import today


class Term(models.Model):
    """A word of the directory. It ends, and is never deleted: records of earlier days name it."""

    code = models.SlugField(max_length=40, primary_key=True)
    # Language to name: {"fr": "…", "de": "…", "en": "…"}
    labels = models.JSONField()
    order = models.PositiveSmallIntegerField(default=100)
    # The last day is not included; null: open.
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        abstract = True
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.code

    @property
    def label(self) -> str:
        """Its name in the current language."""
        return str(self.labels.get(str(get_language())) or self.labels["en"])

    def holds_on(self, day: date | None = None) -> bool:
        day = day or today()
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


class Profession(Term):
    """What somebody is: general practitioner, specialist, dentist, nurse…"""


class Speciality(Term):
    """What somebody practises within a profession."""

    profession = models.ForeignKey(Profession, on_delete=models.PROTECT, related_name="specialities")
