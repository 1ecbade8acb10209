import threading
import time
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from gesond.kernel import journal, rotation
from gesond.kernel.encryption import key_name
from gesond.kernel.hashing import keyed_hash
from gesond.kernel.models import StoredFile
from gesond.kernel.rotation import Outcome, rotate
from gesond.kernel.storage import EncryptedStorage
from gesond.kernel.tests.contacts import Contact, committed_table, contact, create_table, stored
from gesond.kernel.tests.keyrings import use


@pytest.fixture
def table(db):
    create_table()


@pytest.fixture(autouse=True)
def first_year(settings):
    use(settings, encryption=("2026",), hashing=("h2026",))


def next_year(settings) -> None:
    use(settings, encryption=("2027", "2026"), hashing=("h2027", "h2026"))


def run() -> Outcome:
    total = Outcome()
    for batch in rotate(Contact):
        total.add(batch)
    return total


def wait_until(condition: Callable[[], bool]) -> None:
    for _ in range(3000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it did not happen in half a minute")


@pytest.mark.usefixtures("table")
def test_every_value_and_every_hash_comes_under_the_current_keys(settings):
    row = contact("rita@example.org", phone="+352621", address={"city": "Wiltz"}, secret=b"s")
    next_year(settings)

    assert run() == Outcome(rows=1, rewritten=1)

    use(settings, encryption=("2027",), hashing=("h2027",))
    for column in ("email", "phone", "address", "secret"):
        assert key_name(stored(column, row.pk)) == "2027"
    row = Contact.objects.get(email_hash=keyed_hash("rita@example.org", purpose="test.email"))
    assert (row.email, row.phone, row.address, row.secret) == ("rita@example.org", "+352621", {"city": "Wiltz"}, b"s")
    assert row.name_hash == keyed_hash("rita", purpose="test.name")


@pytest.mark.usefixtures("table")
def test_only_what_changed_is_written(settings):
    row = contact("rita@example.org")
    use(settings, hashing=("h2027", "h2026"))
    before = stored("email", row.pk)
    run()
    assert stored("email", row.pk) == before


@pytest.mark.usefixtures("table")
def test_null_and_what_has_no_source_are_left(settings):
    code = keyed_hash("123456", purpose="test.code")
    row = contact("rita@example.org", code_hash=code)
    empty = Contact.objects.create()
    next_year(settings)
    run()
    row.refresh_from_db()
    empty.refresh_from_db()
    assert row.code_hash == code
    assert (empty.email, empty.email_hash, empty.name_hash) == (None, None, None)


@pytest.mark.usefixtures("table")
def test_it_can_be_stopped_and_started_again(settings, monkeypatch):
    monkeypatch.setattr(rotation, "BATCH", 3)
    for number in range(8):
        contact(f"p{number}@example.org")
    next_year(settings)

    batches = rotate(Contact)
    assert next(batches).rewritten == 3
    batches.close()

    assert run() == Outcome(rows=8, rewritten=5)
    assert run() == Outcome(rows=8, rewritten=0)


@pytest.mark.usefixtures("table")
def test_a_value_that_does_not_open_is_told_and_the_others_are_rotated(settings):
    good, bad = contact("good@example.org"), contact("bad@example.org")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_test_contact SET phone = email WHERE id = %s", [bad.pk])
    next_year(settings)
    outcome = run()
    assert outcome.problems == [f"kernel.Contact {bad.pk}: the value was changed or moved"]
    assert key_name(stored("email", good.pk)) == "2027"


@pytest.mark.usefixtures("table")
def test_a_hash_of_no_known_key_is_told_and_left(settings):
    """Replacing it would hide that something else was hashed, as when a model forgot its hash_input_<field>()."""
    row = contact("rita@example.org")
    strange = keyed_hash("something else", purpose="test.name")
    Contact.objects.update(name_hash=strange)
    next_year(settings)
    assert run().problems == [f"kernel.Contact {row.pk}: name_hash is of no key of the ring"]
    row.refresh_from_db()
    assert row.name_hash == strange


@pytest.mark.django_db(transaction=True)
def test_a_row_changed_during_the_rotation_is_not_lost(settings):
    """The rotation reads the list of rows, then one is changed under a lock it has to wait for."""
    with committed_table():
        row, other = contact("rita@example.org", phone="+352691"), contact("other@example.org")
        next_year(settings)
        changed, seen = threading.Event(), []

        def rotate_meanwhile() -> None:
            changed.wait()
            seen.append(run())
            connection.close()

        thread = threading.Thread(target=rotate_meanwhile)
        thread.start()
        with transaction.atomic():
            Contact.objects.filter(pk=row.pk).update(phone="+352621", note="changed")
            changed.set()
            # The rotation has done the other row, and waits for this one.
            wait_until(lambda: key_name(stored("email", other.pk)) == "2027")
        thread.join()

        assert seen == [Outcome(rows=2, rewritten=2)]
        row.refresh_from_db()
        assert (row.email, row.phone, row.note) == ("rita@example.org", "+352621", "changed")
        assert key_name(stored("email", row.pk)) == "2027"


@pytest.mark.django_db(transaction=True)
def test_writers_and_the_rotation_run_side_by_side_without_losing_a_write(settings, monkeypatch):
    monkeypatch.setattr(rotation, "BATCH", 5)
    with committed_table():
        keys = [contact(f"p{number}@example.org").pk for number in range(40)]
        next_year(settings)
        errors = []

        def write(order: list[int]) -> None:
            try:
                for start in range(0, len(order), 4):
                    with transaction.atomic():
                        for key in order[start : start + 4]:
                            Contact.objects.select_for_update().get(pk=key)
                            Contact.objects.filter(pk=key).update(phone=f"+{key}")
            except Exception as error:
                errors.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=write, args=(keys[::-1][start::2],)) for start in (0, 1)]
        for thread in threads:
            thread.start()
        run()
        for thread in threads:
            thread.join()

        assert errors == []
        assert run().rewritten == 0
        assert list(Contact.objects.order_by("pk").values_list("phone", flat=True)) == [f"+{key}" for key in keys]


@pytest.mark.django_db
def test_the_keys_of_files_are_rotated_and_their_bodies_left(settings, tmp_path):
    folder = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    storage = EncryptedStorage(inner=folder)
    name = storage.save("x", ContentFile(b"content"))
    body = (tmp_path / name).read_bytes()
    next_year(settings)

    out = StringIO()
    call_command("rotate_keys", stdout=out, stderr=out)

    use(settings, encryption=("2027",), hashing=("h2027",))
    assert storage.open(name).read() == b"content"
    assert (tmp_path / name).read_bytes() == body
    assert "kernel.StoredFile: 1 of 1 rows rewritten" in out.getvalue()
    assert "under encryption key '2027' and hash key 'h2027'" in out.getvalue()
    assert journal.entries(event="keys.rotated").get().details == {
        "encryption_key": "2027",
        "hash_key": "h2027",
        "rewritten": 1,
        "problems": 0,
    }


@pytest.mark.django_db
def test_the_command_fails_and_says_which_value_when_one_could_not_be_rotated(settings):
    row = StoredFile.objects.create(storage="s", name="n", data_key=b"k", size=0, sha256=b"")
    use(settings, encryption=("2027",))
    out = StringIO()
    with pytest.raises(CommandError, match="1 values could not be rotated"):
        call_command("rotate_keys", stdout=out, stderr=out)
    assert f"kernel.StoredFile {row.pk}: no key named '2026' in the ring" in out.getvalue()
