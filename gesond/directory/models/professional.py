"""Who practises a health profession, and what the directory says of them, from when to when."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from gesond.directory.models.periods import Period, never_twice
from gesond.directory.models.vocabulary import Profession
from gesond.directory.models.words import WordsField, lexemes_index, lexemes_of
from gesond.identity.models import Person


class Professional(models.Model):
    """A person with a provider code (« code prestataire »). What is said of them is in the record of the day."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="professional")
    provider_code = models.CharField(max_length=20, unique=True)
    # In public addresses: tells nothing, and never changes.
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"professional {self.pk}"


class ProfessionalRecord(Period):
    """What the directory says of a professional during one period."""

    professional = models.ForeignKey(Professional, on_delete=models.CASCADE, related_name="records")
    title = models.CharField(max_length=30, blank=True)  # before the name: « Dr »
    profession = models.ForeignKey(Profession, on_delete=models.PROTECT, related_name="+")
    specialities = ArrayField(models.CharField(max_length=40), default=list)  # codes of Speciality
    languages = ArrayField(models.CharField(max_length=3), default=list)  # ISO 639 codes
    listed = models.BooleanField(default=True)  # shown to the public
    # The person's names as searched and sorted: see `search_words.name_words`.
    name_words = WordsField()
    name_lexemes = lexemes_of("name_words")

    class Meta(Period.Meta):
        constraints = [
            *Period.Meta.constraints,
            never_twice("professional_record_never_twice", "professional_id"),
        ]
        indexes = [
            lexemes_index("name_lexemes", "professional_record_names"),
            models.Index(fields=["profession", "name_words"], name="professional_record_order"),
            # The public's order: a page of it is read without sorting all who answer.
            models.Index(fields=["name_words", "id"], condition=Q(listed=True), name="professional_record_listed"),
        ]

    def __str__(self) -> str:
        return f"record {self.pk} of professional {self.professional_id}"
