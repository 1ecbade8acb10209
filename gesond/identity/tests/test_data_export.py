"""« Télécharger mes données »."""

import html
import io
import json
import zipfile
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils import translation

from gesond.identity.actions.data_export import ExportTooSoonError, ask_for_export, delete_expired_exports, make_export
from gesond.identity.jobs import EXPORT_RETRIES, make_data_export
from gesond.identity.models import Account, DataExport, IdentityEvidence, LetterRequest, StaffLook
from gesond.identity.queries.personal_data import personal_data
from gesond.identity.tests.account_steps import (
    ACTOR,
    EMAIL,
    PERSONAL,
    PHONE,
    change_phone,
    events,
    grow_old,
    messages_to,
    page_of,
    reachable_account,
    signed_in,
)
from gesond.identity.tests.check_steps import a_check, staff
from gesond.identity.tests.factories import AccountFactory
from gesond.identity.tests.walking import at_once
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.journal import Actor

pytestmark = pytest.mark.django_db
ASK = "/fr/account/data/"


@pytest.fixture(autouse=True)
def _own_files(monkeypatch, tmp_path):
    default_storage.exists("")  # made on first use
    monkeypatch.setattr(default_storage._wrapped, "inner", FileSystemStorage(tmp_path))


@pytest.fixture
def account() -> Account:
    return reachable_account()


def ready_export(account: Account) -> DataExport:
    export = ask_for_export(actor=ACTOR, account=account)
    make_export(export_id=export.pk)
    export.refresh_from_db()
    return export


def address_of(export: DataExport) -> str:
    return f"{ASK}{export.pk}/"


def unpack(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


def test_a_person_downloads_their_data(account, run_jobs):
    client = signed_in(account)
    assert client.post(ASK)["Location"] == PERSONAL
    assert "en préparation" in page_of(client.get(PERSONAL))
    assert "identity.make_data_export" in run_jobs()
    export = account.data_exports.get()
    assert address_of(export) in page_of(client.get(PERSONAL))
    answer = client.get(address_of(export))
    assert answer["Content-Type"] == "application/zip"
    assert "no-store" in answer["Cache-Control"]
    assert unpack(answer.content).namelist() == ["data.json", "data.html"]
    assert events(account) == ["data_export.asked", "data_export.made", "data_export.downloaded"]


def test_the_file_says_all_and_no_secret(account):
    change_phone(account)
    signed_in(account)
    export = ready_export(account)
    packed = unpack(signed_in(account).get(address_of(export)).content)
    data = json.loads(packed.read("data.json"))
    assert data["person"][0]["matricule"] == account.person.matricule
    assert data["account"][0]["phone"] == account.phone
    assert data["channel_changes"][0]["from"] == PHONE
    assert data["devices"]
    assert "channel.changed" in [entry["event"] for entry in data["journal"]]
    page = packed.read("data.html").decode()
    assert account.person.family_name in page
    assert "Votre compte" in page
    assert account.password not in str(data)
    assert "hash" not in str(data)


def test_the_addresses_of_others_are_not_handed_out(account):
    """From where a clerk, or the doctor one serves, did something is theirs; a stranger's tries are told whole."""
    journal_of_one = f"person:{account.person_id}"
    for name in (f"account:{account.pk}", "visitor", "staff:7", "account:8"):
        journal.record(actor=Actor(name, address="192.0.2.9"), event="person.looked_at", chain=journal_of_one)
    told = {entry["actor"]: entry["address"] for entry in personal_data(account)["journal"]}
    assert told == {f"account:{account.pk}": "192.0.2.9", "visitor": "192.0.2.9", "staff:7": "", "account:8": ""}


def test_the_message_names_no_data_and_leads_behind_sign_in(account):
    ready_export(account)
    text = messages_to(EMAIL, "data_export_ready")[0].content["text"]
    assert "/fr/account/personal/" in text
    assert account.person.family_name not in text


def test_without_an_address_it_is_announced_by_sms():
    account = AccountFactory(phone=PHONE)
    ready_export(account)
    assert messages_to(PHONE, "data_export_ready")


def test_one_a_day(account):
    client = signed_in(account)
    client.post(ASK)
    with pytest.raises(ExportTooSoonError):
        ask_for_export(actor=ACTOR, account=account)
    client.post(ASK)
    assert account.data_exports.count() == 1
    with time_machine.travel(now() + timedelta(days=1, seconds=1)):
        ask_for_export(actor=ACTOR, account=account)
    assert account.data_exports.count() == 2


def test_the_job_may_run_twice(account):
    export = ready_export(account)
    make_export(export_id=export.pk)
    assert len(messages_to(EMAIL, "data_export_ready")) == 1
    assert default_storage.exists(export.stored_as)


def test_it_is_deleted_after_a_week(account):
    export = ready_export(account)
    name = export.stored_as
    with time_machine.travel(now() + timedelta(days=6, hours=23)):
        assert delete_expired_exports() == 0
    with time_machine.travel(now() + timedelta(days=7, seconds=1)):
        assert delete_expired_exports() == 1
        assert delete_expired_exports() == 0
        export.refresh_from_db()
    assert (export.state, export.stored_as) == ("deleted", "")
    with pytest.raises(FileNotFoundError):
        default_storage.open(name)
    assert events(account)[-1] == "data_export.deleted"


def test_after_a_week_it_is_not_found_even_if_the_job_is_late(account):
    export = ready_export(account)
    DataExport.objects.update(kept_until=now())
    assert signed_in(account).get(address_of(export)).status_code == 404


def test_another_accounts_export_does_not_exist(account):
    export = ready_export(account)
    assert signed_in(reachable_account(phone="+352621000009", email=None)).get(address_of(export)).status_code == 404


def test_asking_and_downloading_ask_for_a_fresh_proof(account):
    export = ready_export(account)
    client = signed_in(account)
    grow_old(client)
    for answer in (client.get(address_of(export)), client.post(ASK)):
        assert answer["Location"].replace("%2F", "/") == f"/fr/account/confirm/?next={PERSONAL}"


def test_it_is_stored_encrypted(account, tmp_path):
    export = ready_export(account)
    body = next(path for path in tmp_path.rglob("*") if path.is_file())
    assert str(export.pk) in body.name
    assert not body.read_bytes().startswith(b"PK")


@pytest.mark.django_db(transaction=True)
def test_two_clicks_ask_once():
    account = reachable_account()
    ask = lambda: ask_for_export(actor=ACTOR, account=account)  # noqa: E731
    results = at_once(ask, ask)
    assert sorted(type(result).__name__ for result in results) == ["DataExport", "ExportTooSoonError"]


def failing_job(attempts: int, export: DataExport) -> None:
    """One run of the job that cannot gather the data."""
    context = SimpleNamespace(job=SimpleNamespace(attempts=attempts))
    with pytest.raises(OSError, match="no space"):
        make_data_export(context, export_id=str(export.pk))


def test_a_copy_that_could_not_be_made_says_so_and_is_asked_for_again_at_once(account, monkeypatch):
    def fail(**_):
        raise OSError("no space")

    client, export = signed_in(account), ask_for_export(actor=ACTOR, account=account)
    monkeypatch.setattr("gesond.identity.actions.data_export.make_export", fail)
    failing_job(EXPORT_RETRIES - 1, export)
    assert "en préparation" in page_of(client.get(PERSONAL))  # it is tried again
    failing_job(EXPORT_RETRIES, export)
    page = page_of(client.get(PERSONAL))
    assert "Vos données n'ont pas pu être préparées." in page
    assert "Demander à nouveau" in page
    assert events(account)[-1] == "data_export.failed"
    assert client.post(ASK, follow=True).status_code == 200
    assert [one.state for one in account.data_exports.order_by("asked_at")] == ["failed", "asked"]
    assert "en préparation" in page_of(client.get(PERSONAL))


def test_one_whose_job_was_lost_is_told_of_after_an_hour(account):
    first = ask_for_export(actor=ACTOR, account=account)
    for _time in range(2):
        DataExport.objects.update(asked_at=now() - timedelta(minutes=61))
        assert "Demander à nouveau" in page_of(signed_in(account).get(PERSONAL))
        ask_for_export(actor=ACTOR, account=account)
    first.refresh_from_db()
    assert first.state == "failed"


def test_the_last_try_is_the_one_after_which_the_queue_tries_no_more():
    from procrastinate.jobs import Job

    job = Job(id=1, queue="identity", lock=None, queueing_lock=None, task_name="x", attempts=EXPORT_RETRIES)
    assert make_data_export.get_retry_exception(OSError(), job) is None
    assert make_data_export.get_retry_exception(OSError(), job.evolve(attempts=EXPORT_RETRIES - 1)) is not None


def test_letters_asked_for_looks_of_the_agency_and_documents_of_checks_are_in_it(account):
    check = a_check(person=account.person)
    IdentityEvidence.objects.create(
        check_proved=check,
        document="passport",
        format="pdf",
        file_name="p.pdf",
        size=3,
        sha256=b"x" * 32,
        stored_as="x",
    )
    LetterRequest.objects.create(
        matricule=account.person.matricule,
        matricule_hash=account.person.matricule_hash,
        language="fr",
        person=account.person,
    )
    clerk = staff()
    StaffLook.objects.create(
        staff=clerk, person=account.person, reason="letter", began_at=now(), ends_at=now() + timedelta(minutes=5)
    )
    with translation.override("fr"):
        data = personal_data(account)
    assert data["evidence"][0]["file_name"] == "p.pdf"
    assert data["letter_requests"][0]["door"] == "patient"
    assert data["looks"][0]["reason"] == "Un courrier est émis ou n'est pas arrivé"
    assert clerk.person.full_name not in str(data["looks"])
    assert data["desk"] == []
    assert personal_data(clerk)["desk"][0]["roles"] == ["identity_checks"]


def test_the_page_is_read_in_words_and_codes_stay_in_the_machines_file(account):
    account.person.address = {"lines": ["1, rue du Test"], "postal_code": "L-1111", "city": "Mersch", "country": "LU"}
    account.person.save()
    export = ready_export(account)
    packed = unpack(signed_in(account).get(address_of(export)).content)
    page = html.unescape(packed.read("data.html").decode())
    assert "Rue: 1, rue du Test; Code postal: L-1111; Localité: Mersch" in page
    assert "<td>Ouvert</td>" in page
    assert "<td>Patient</td>" in page
    assert json.loads(packed.read("data.json"))["account"][0]["state"] == "active"
