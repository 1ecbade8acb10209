"""A model that lives in tests only, with every kind of encrypted and hashed field."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, models
from django.db.models import Q
from django.test.utils import isolate_apps

from gesond.kernel.fields import EncryptedBytesField, EncryptedJSONField, EncryptedTextField, KeyedHashField
from gesond.kernel.hashing import keyed_hash

with isolate_apps("gesond.kernel"):

    class Contact(models.Model):
        email = EncryptedTextField(null=True)
        email_hash = KeyedHashField(source="email", purpose="test.email", unique=True, null=True)
        # Of what comes before the @ only; none when that is empty.
        name_hash = KeyedHashField(source="email", purpose="test.name", null=True)
        code_hash = KeyedHashField(source="", purpose="test.code", null=True)
        phone = EncryptedTextField(null=True)
        address = EncryptedJSONField(null=True)
        secret = EncryptedBytesField(null=True)
        note = models.CharField(max_length=20, blank=True)

        class Meta:
            app_label = "kernel"
            db_table = "kernel_test_contact"
            constraints = [
                models.CheckConstraint(
                    condition=Q(email__isnull=False, email_hash__isnull=False) | Q(email__isnull=True),
                    name="test_contact_email_has_its_hash",
                )
            ]

        def __str__(self) -> str:
            return f"contact {self.pk}"

        def hash_input_name_hash(self) -> str | None:
            return (self.email or "").partition("@")[0] or None


def create_table() -> None:
    """For a test whose transaction is rolled back, and the table with it."""
    with connection.schema_editor() as editor:
        editor.create_model(Contact)


@contextmanager
def committed_table() -> Iterator[None]:
    """For a test that commits."""
    create_table()
    try:
        yield
    finally:
        with connection.schema_editor() as editor:
            editor.delete_model(Contact)


def contact(email: str = "rita@example.org", **fields: object) -> Contact:
    """One contact, saved, with its hashes under the key in use."""
    return Contact.objects.create(
        email=email,
        email_hash=keyed_hash(email, purpose="test.email"),
        name_hash=keyed_hash(email.partition("@")[0], purpose="test.name"),
        **fields,
    )


def stored(column: str, key: object) -> bytes | None:
    """What the database holds in a column of a contact."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM kernel_test_contact WHERE id = %s", [key])
        (value,) = cursor.fetchone()
    return None if value is None else bytes(value)
