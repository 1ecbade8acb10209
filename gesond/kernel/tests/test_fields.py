import pytest
from django.core import serializers
from django.core.exceptions import FieldError, ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F
from django.test.utils import isolate_apps

from gesond.kernel.encryption import DecryptionError
from gesond.kernel.fields import EncryptedTextField, KeyedHashField
from gesond.kernel.hashing import keyed_hash, keyed_hashes
from gesond.kernel.tests.contacts import Contact, contact, create_table, stored


@pytest.fixture(autouse=True)
def table(db):
    create_table()


def test_the_database_holds_no_clear_text():
    row = contact("rita@example.org", phone="+352621123456", address={"city": "Wiltz"}, secret=b"s" * 32)
    kept = b"".join(stored(column, row.pk) for column in ("email", "phone", "address", "secret", "email_hash"))
    for clear in (b"rita", b"example", b"621123456", b"Wiltz", b"ssss"):
        assert clear not in kept


def test_values_come_back_as_they_went():
    row = contact("rénée@example.org", address={"lines": ["1, rue"], "n": 2}, secret=b"\x00\xff")
    row.refresh_from_db()
    assert (row.email, row.address, row.secret, row.phone) == (
        "rénée@example.org",
        {"lines": ["1, rue"], "n": 2},
        b"\x00\xff",
        None,
    )
    assert isinstance(row.email_hash, bytes)


def test_null_stays_null():
    row = Contact.objects.create()
    assert stored("email", row.pk) is None
    assert list(Contact.objects.filter(email__isnull=True)) == [row]


def test_values_and_values_list_are_decrypted():
    contact("rita@example.org")
    assert list(Contact.objects.values_list("email", flat=True)) == ["rita@example.org"]
    assert Contact.objects.values("email").get() == {"email": "rita@example.org"}


def test_update_bulk_create_and_bulk_update_encrypt():
    rows = Contact.objects.bulk_create([Contact(phone="1"), Contact(phone="2"), Contact(phone=None)])
    assert list(Contact.objects.order_by("pk").values_list("phone", flat=True)) == ["1", "2", None]

    Contact.objects.filter(pk=rows[0].pk).update(phone="3", address=["a"])
    rows[1].phone, rows[2].phone = "4", "5"
    Contact.objects.bulk_update(rows[1:], ["phone"])
    assert list(Contact.objects.order_by("pk").values_list("phone", flat=True)) == ["3", "4", "5"]
    assert stored("phone", rows[1].pk)[0] == 1  # a token, not text


def test_a_value_moved_to_another_column_does_not_open():
    row = contact("rita@example.org")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_test_contact SET phone = email")
    with pytest.raises(DecryptionError):
        Contact.objects.get(pk=row.pk)


def test_a_column_cannot_be_copied_by_the_database():
    contact()
    with pytest.raises(FieldError, match="copy the value in Python"):
        Contact.objects.update(phone=F("email"))


@pytest.mark.parametrize("lookup", ["email", "email__exact", "email__icontains", "email__in", "address__city"])
def test_an_encrypted_column_cannot_be_searched(lookup):
    with pytest.raises(FieldError):
        list(Contact.objects.filter(**{lookup: ["x"]}))


def test_a_row_is_found_by_its_hash():
    row = contact("rita@example.org")
    contact("rito@example.org")
    hashes = keyed_hashes("rita@example.org", purpose="test.email")
    assert Contact.objects.get(email_hash__in=hashes) == row


def test_a_hash_column_refuses_what_is_no_hash():
    for wrong in ("rita@example.org", b"short"):
        with pytest.raises(ValueError, match="keyed hash of 16 bytes"):
            Contact.objects.create(email_hash=wrong)


def test_text_is_text_and_nothing_else():
    for wrong in (b"bytes", 5, {"a": 1}):
        with pytest.raises(TypeError, match="phone takes text"):
            Contact.objects.create(phone=wrong)


def test_a_value_never_given_is_refused_by_the_database_rather_than_stored_as_nothing():
    with isolate_apps("gesond.kernel"):

        class Card(models.Model):
            number = EncryptedTextField()

            class Meta:
                app_label = "kernel"

            def __str__(self):
                return "-"

    with connection.schema_editor() as editor:
        editor.create_model(Card)
    with pytest.raises(IntegrityError), transaction.atomic():
        Card.objects.create()


def test_full_clean_checks_presence_constraints_and_uniqueness():
    contact("rita@example.org").full_clean(exclude=["phone", "address", "secret", "code_hash"])
    twin = Contact(email="rita@example.org", email_hash=keyed_hash("rita@example.org", purpose="test.email"))
    with pytest.raises(ValidationError) as caught:
        twin.full_clean()
    assert set(caught.value.error_dict) == {"email_hash", "phone", "address", "secret"}
    without = Contact(email="rita@example.org")
    with pytest.raises(ValidationError) as caught:
        without.full_clean(exclude=["phone", "address", "secret"])
    assert "test_contact_email_has_its_hash" in str(caught.value)


def test_a_migration_can_write_the_fields_down():
    hashed = Contact._meta.get_field("email_hash").clone()
    assert (hashed.source, hashed.purpose, hashed.max_length, hashed.unique) == ("email", "test.email", 16, True)
    encrypted = Contact._meta.get_field("email").clone()
    assert (encrypted.null, encrypted.editable, type(encrypted)) == (True, True, EncryptedTextField)


def test_nothing_encrypted_goes_to_a_fixture():
    contact()
    with pytest.raises(TypeError, match="never in a fixture"):
        serializers.serialize("json", Contact.objects.all())


def test_a_hash_names_a_source_and_a_purpose():
    with isolate_apps("gesond.kernel"):

        class Wrong(models.Model):
            plain = models.CharField(max_length=3, default="x")
            one = KeyedHashField(source="plain", purpose="p")
            two = KeyedHashField(source="nowhere", purpose="p")
            three = KeyedHashField()

            class Meta:
                app_label = "kernel"

            def __str__(self):
                return "-"

    found = {(error.obj.name, error.id) for error in Wrong.check() if error.id.startswith("kernel.")}
    assert found == {("one", "kernel.E001"), ("two", "kernel.E001"), ("three", "kernel.E002")}
    assert [error for error in Contact.check() if error.id.startswith("kernel.")] == []


def test_a_default_may_be_text():
    with isolate_apps("gesond.kernel"):

        class WithDefault(models.Model):
            text = EncryptedTextField(default="x")

            class Meta:
                app_label = "kernel"

            def __str__(self):
                return "-"

    assert WithDefault().text == "x"
    assert WithDefault.check() == []
