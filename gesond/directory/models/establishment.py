"""Where health professions are practised, and what the directory says of these places, from when to when."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gesond.directory.models.periods import Period, never_twice
from gesond.directory.models.words import WordsField, lexemes_index, lexemes_of
from gesond.kernel.identifiers import Phone


class Kind(models.TextChoices):
    """What an establishment is."""

    PRACTICE = "practice", _("Practice")
    HOSPITAL = "hospital", _("Hospital")
    PHARMACY = "pharmacy", _("Pharmacy")
    LABORATORY = "laboratory", _("Laboratory")
    CARE_HOME = "care_home", _("Care home")
    CARE_NETWORK = "care_network", _("Care network")
    OTHER = "other", _("Other establishment")


class NationalCode(models.TextChoices):
    """Whose number an establishment has."""

    PROVIDER = "provider", _("Provider code")
    FINESS = "finess", "FINESS"


class Establishment(models.Model):
    """A place with a code of the directory. What is said of it is in the record of the day."""

    code = models.CharField(max_length=20, unique=True)
    # In public addresses: tells nothing, and never changes.
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"establishment {self.code}"


class EstablishmentRecord(Period):
    """What the directory says of an establishment during one period. All of it is public."""

    establishment = models.ForeignKey(Establishment, on_delete=models.CASCADE, related_name="records")
    kind = models.CharField(max_length=20, choices=Kind)
    name = models.CharField(max_length=160)
    # As `Person.address`: {"lines": [street…], "postal_code", "city", "country"}
    address = models.JSONField()
    phone = models.CharField(max_length=20, blank=True)  # E.164
    email = models.CharField(max_length=254, blank=True)
    national_code = models.CharField(max_length=20, blank=True)
    national_code_kind = models.CharField(max_length=10, choices=NationalCode, blank=True)
    # As searched: see `search_words`.
    name_words = WordsField()
    place_words = WordsField()
    name_lexemes = lexemes_of("name_words")
    place_lexemes = lexemes_of("place_words")

    class Meta(Period.Meta):
        constraints = [
            *Period.Meta.constraints,
            never_twice("establishment_record_never_twice", "establishment_id"),
            models.CheckConstraint(
                condition=Q(national_code="", national_code_kind="")
                | (~Q(national_code="") & Q(national_code_kind__in=NationalCode.values)),
                name="establishment_national_code_is_typed",
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="establishment_kind_is_known"),
        ]
        indexes = [
            lexemes_index("name_lexemes", "establishment_names"),
            lexemes_index("place_lexemes", "establishment_places"),
            models.Index(fields=["kind", "name_words"], name="establishment_order"),
        ]

    def __str__(self) -> str:
        return f"record {self.pk} of establishment {self.establishment_id}"

    @property
    def phone_formatted(self) -> str:
        """« +352 27 12 50 18 »; empty without one."""
        return Phone(self.phone).formatted if self.phone else ""
