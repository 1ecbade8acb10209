"""The registry: who exists, whether or not they have an account."""

from django.db import models
from django.db.models import Q

from gesond.kernel.fields import EncryptedJSONField, EncryptedTextField, KeyedHashField


class Language(models.TextChoices):
    FR = "fr", "Français"
    DE = "de", "Deutsch"
    EN = "en", "English"


class Person(models.Model):
    """A natural person known to the national registry. Month and day of birth may be unknown (RGD 28 Nov 2013)."""

    matricule = EncryptedTextField()
    matricule_hash = KeyedHashField(source="matricule", purpose="person.matricule", unique=True)
    # Of the 11-digit form (S2-09, X3). Not unique: the short form's check is weak and forms may collide.
    matricule_11_hash = KeyedHashField(source="matricule", purpose="person.matricule_11", db_index=True, null=True)
    family_name = models.CharField(max_length=120)
    given_names = models.CharField(max_length=120)
    birth_year = models.PositiveSmallIntegerField()
    birth_month = models.PositiveSmallIntegerField(null=True)
    birth_day = models.PositiveSmallIntegerField(null=True)
    language = models.CharField(max_length=2, choices=Language, default=Language.FR)
    # {"lines": [street…], "postal_code", "city", "country"} · country as ISO 3166-1 alpha-2
    address = EncryptedJSONField(null=True)
    deceased = models.BooleanField(default=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(birth_month__isnull=True) | Q(birth_month__range=(1, 12)), name="person_birth_month"
            ),
            models.CheckConstraint(
                condition=Q(birth_day__isnull=True) | (Q(birth_day__range=(1, 31)) & Q(birth_month__isnull=False)),
                name="person_birth_day",
            ),
        ]
        indexes = [models.Index(fields=["family_name", "given_names"], name="person_name")]

    def __str__(self) -> str:
        return f"person {self.pk}"

    @property
    def full_name(self) -> str:
        """Given names first, as on the letter."""
        return f"{self.given_names} {self.family_name}"
