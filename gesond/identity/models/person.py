"""The registry: who exists, whether or not they have an account."""

from typing import Any

from django.db import models
from django.db.models import Q

from gesond.kernel.fields import EncryptedJSONField, EncryptedTextField, KeyedHashField
from gesond.kernel.identifiers.short_matricule import LENGTH as SHORT_LENGTH

UNIT_SEPARATOR, RECORD_SEPARATOR = "\x1f", "\x1e"


class Language(models.TextChoices):
    FR = "fr", "Français"
    DE = "de", "Deutsch"
    EN = "en", "English"


class PlainName(models.Func):
    """Two parts of a name as they are searched: without case, accents or punctuation. A function of the database."""

    function = "identity_plain_name"
    output_field = models.CharField()


class Person(models.Model):
    """A natural person known to the national registry. Month and day of birth may be unknown (RGD 28 Nov 2013)."""

    matricule = EncryptedTextField()
    matricule_hash = KeyedHashField(source="matricule", purpose="person.matricule", unique=True)
    # The 11-digit form (S2-09, X3), where it is not simply the first eleven digits of the 13.
    matricule_11 = EncryptedTextField(null=True)
    # Not unique: the short form's check is weak and forms may collide.
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
    # Of the whole row as imported: tells, although every encryption differs, that nothing changed. Null: unknown.
    fingerprint = KeyedHashField(source="matricule", purpose="person.fingerprint", null=True)
    updated_at = models.DateTimeField(auto_now=True)
    # How the desk finds a person by the beginning of a name, either name first; PostgreSQL keeps them (`plain_name`).
    search_name = models.GeneratedField(
        expression=PlainName("family_name", "given_names"),
        output_field=models.CharField(max_length=500, db_collation="C"),
        db_persist=True,
    )
    search_given_first = models.GeneratedField(
        expression=PlainName("given_names", "family_name"),
        output_field=models.CharField(max_length=500, db_collation="C"),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(matricule_11__isnull=True) | Q(matricule_11_hash__isnull=False),
                name="person_matricule_11_has_its_hash",
            ),
            models.CheckConstraint(
                condition=Q(birth_month__isnull=True) | Q(birth_month__range=(1, 12)), name="person_birth_month"
            ),
            models.CheckConstraint(
                condition=Q(birth_day__isnull=True) | (Q(birth_day__range=(1, 31)) & Q(birth_month__isnull=False)),
                name="person_birth_day",
            ),
        ]
        indexes = [
            models.Index(fields=["family_name", "given_names"], name="person_name"),
            models.Index(fields=["search_name", "id"], name="person_search_name"),
            models.Index(fields=["search_given_first", "id"], name="person_search_given"),
            # Who has died, for lists of the living: some of a hundred.
            models.Index(fields=["id"], condition=Q(deceased=True), name="person_deceased"),
        ]

    def __str__(self) -> str:
        return f"person {self.pk}"

    @property
    def full_name(self) -> str:
        """Given names first, as on the letter."""
        return f"{self.given_names} {self.family_name}"

    def hash_input_matricule_11_hash(self) -> str:
        """The 11-digit form in full."""
        return str(self.matricule_11 or str(self.matricule)[:SHORT_LENGTH])

    def hash_input_fingerprint(self) -> str:
        """What `fingerprint` is the hash of: see `fingerprint_text`."""
        return fingerprint_text(
            matricule=str(self.matricule),
            matricule_11=None if self.matricule_11_hash is None else self.hash_input_matricule_11_hash(),
            family_name=self.family_name,
            given_names=self.given_names,
            language=self.language,
            address=self.address,
            deceased=self.deceased,
        )


def fingerprint_text(
    *,
    matricule: str,
    matricule_11: str | None,
    family_name: str,
    given_names: str,
    language: str,
    address: dict[str, Any] | None,
    deceased: bool,
) -> str:
    """Everything the registry says of a person, as one text: two persons' texts are equal when nothing differs."""
    where = address or {}
    place = [where.get(part, "") for part in ("postal_code", "city", "country")]
    # Two separators that no checked text holds, so that no part can run into the next.
    lines = RECORD_SEPARATOR.join(where.get("lines", []))
    short = matricule_11 or ""
    return UNIT_SEPARATOR.join(
        (matricule, short, family_name, given_names, language, "1" if deceased else "", lines, *place)
    )
