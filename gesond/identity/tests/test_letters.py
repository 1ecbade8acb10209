"""Activation codes and their letters: S1-08, S1-09, S2-08."""

import hashlib
import io
import json
import os
import signal
import stat
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO

import pikepdf
import pypdf
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, connections, transaction

from gesond.identity.actions import letters
from gesond.identity.actions.letters import (
    IssuedCode,
    LetterError,
    issue_activation_code,
    issue_letter,
    issue_letters,
    resume_batch,
)
from gesond.identity.credentials.activation_codes import ActivationCodeText
from gesond.identity.letters.printing import SOURCE
from gesond.identity.letters.recipient import fit_in_window, is_minor, letter_data
from gesond.identity.letters.selection import CHOSEN, MISSING, REISSUE, REQUESTED, LetterSelection
from gesond.identity.letters.spool import batch_folder
from gesond.identity.letters.words import letter_words
from gesond.identity.models import ActivationCode, LetterBatch, LetterRequest, Person
from gesond.identity.signals import letters_printed
from gesond.identity.tests.factories import AccountFactory, ActivationCodeFactory, PersonFactory, matricule_for
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash
from gesond.kernel.journal import SYSTEM
from gesond.kernel.models import JournalEntry
from gesond.kernel.pdf import PdfRenderer

State = ActivationCode.State
HOSTILE = '#panic("x") $x^2$ *b* _i_ \\ @ref <l> `c` [x] // -- ~ "q"'


@pytest.fixture(autouse=True)
def spool(tmp_path, settings):
    settings.ENVIRONMENT = replace(
        settings.ENVIRONMENT, letter_spool=tmp_path / "spool", letter_processes=2, base_url="https://gesond.example"
    )
    return tmp_path / "spool"


@pytest.fixture(scope="module")
def renderer():
    return PdfRenderer(SOURCE)


def rendered(renderer: PdfRenderer, person: Person) -> bytes:
    code = ActivationCodeText.from_payload("K7QM49XWBT2HRD")
    moment = now()
    own = letter_data(person, code=code, reference="12-345", issued_at=moment, expires_at=moment + timedelta(days=90))
    return renderer.render({**letter_words(person.language), **own})


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def manifest_of(batch: LetterBatch) -> dict:
    return json.loads((batch_folder(batch) / "manifest.json").read_text())


# Codes


@pytest.mark.django_db
def test_a_code_is_stored_hashed_and_good_for_ninety_days():
    issued = issue_activation_code(person=PersonFactory(), actor=SYSTEM)
    assert issued.row.code_hash == keyed_hash(issued.text.symbols, purpose="activation.code")
    assert timedelta(days=89) < issued.row.expires_at - now() <= timedelta(days=90)
    assert issued.text.symbols not in repr(issued)


@pytest.mark.django_db
def test_a_new_code_cancels_the_former_and_both_are_told():
    person = PersonFactory()
    first = issue_activation_code(person=person, actor=SYSTEM)
    second = issue_activation_code(person=person, actor=SYSTEM)
    first.row.refresh_from_db()
    assert (first.row.state, second.row.state) == (State.CANCELLED, State.LIVE)
    assert first.row.ended_at is not None
    told = JournalEntry.objects.filter(chain=f"person:{person.pk}", event="letter.issued")
    assert [entry.details["code"] for entry in told.order_by("sequence")] == [first.row.pk, second.row.pk]
    assert all(issued.text.symbols not in json.dumps(entry.details) for entry in told for issued in (first, second))


@pytest.mark.django_db
def test_the_dead_get_no_code():
    with pytest.raises(LetterError, match="died"):
        issue_activation_code(person=PersonFactory(deceased=True), actor=SYSTEM)


@pytest.mark.django_db
def test_the_table_refuses_two_live_codes_of_one_person():
    code = ActivationCodeFactory()
    with pytest.raises(IntegrityError, match="activation_code_one_live_per_door"), transaction.atomic():
        ActivationCodeFactory(person=code.person)


@pytest.mark.django_db(transaction=True)
def test_codes_issued_at_once_leave_one_alive():
    person = PersonFactory()
    barrier = threading.Barrier(4)
    issued: list[IssuedCode] = []

    def issue() -> None:
        barrier.wait()
        issued.append(issue_activation_code(person=person, actor=SYSTEM))
        connections.close_all()

    threads = [threading.Thread(target=issue) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    states = sorted(ActivationCode.objects.filter(person=person).values_list("state", flat=True))
    assert len(issued) == 4
    assert states == [State.CANCELLED] * 3 + [State.LIVE]


# The page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", ["Votre code d'activation", "Code d'activation", "Mot de passe", "Sécurisation de votre compte"]),
        ("de", ["Ihr Aktivierungscode", "Passwort", "Gültig bis"]),
        ("en", ["Your activation code", "Password", "Never give this code to anybody."]),
    ],
)
def test_the_letter_is_tagged_titled_and_in_the_persons_language(renderer, language, words):
    """S2-08, S2-13: PDF/UA-1 and PDF/A-2a, one page."""
    pdf = rendered(renderer, PersonFactory(language=language))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang).startswith(language)
        assert "/StructTreeRoot" in document.Root
        assert document.Root.ViewerPreferences.DisplayDocTitle
        with document.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")
            assert metadata["dc:title"]
        assert len(document.pages) == 1
    text = text_of(pdf)
    assert [word for word in words if word not in text] == []


@pytest.mark.django_db
def test_the_letter_shows_the_code_in_groups_the_address_and_the_helpdesk(renderer):
    """S2-10, S1-29, S1-30; the address has no code in it."""
    text = text_of(rendered(renderer, PersonFactory(family_name="Beispill")))
    assert "K7QM4-9XWBT-2HRD" in text
    assert "gesond.example/fr/activation/" in text
    assert "Beispill" in text
    assert "(+352) 27 12 50 18 33" in text
    assert "helpdesk@esante.lu" in text
    assert "B.P. 2511 L-1025 Luxembourg" in text


def test_the_qr_code_leads_to_the_activation_page_without_the_code():
    import segno

    words = letter_words("de")
    assert words["address_shown"] == "gesond.example/de/activation/"
    drawn = io.BytesIO()
    segno.make("https://gesond.example/de/activation/", error="m").save(
        drawn, kind="svg", border=0, dark="#0b4a59", xmldecl=False
    )
    assert words["qr"] == drawn.getvalue().decode()


@pytest.mark.django_db
def test_no_name_becomes_markup(renderer):
    text = text_of(rendered(renderer, PersonFactory(family_name=HOSTILE, given_names="= Titre\\")))
    flat = "".join(text.split())
    assert "".join(HOSTILE.split()) in flat
    assert "=Titre\\" in flat


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["\u202eabc\u200f", "x" * 120, "Ab " * 40, "Παπαδόπουλος", "Łukasz Đorđe", "Кирилл"])
def test_odd_and_long_names_still_make_one_page(renderer, name):
    person = PersonFactory(
        family_name=name,
        given_names=name,
        address={"lines": ["y" * 80] * 3, "postal_code": "SW1A 1AA", "city": "C" * 60, "country": "GB"},
    )
    with pikepdf.open(io.BytesIO(rendered(renderer, person))) as document:
        assert len(document.pages) == 1


@pytest.mark.django_db
def test_abroad_the_country_is_named_in_french_capitals_and_a_minors_letter_goes_to_the_parents(renderer):
    """S2-32."""
    address = {"lines": ["Musterstraße 5"], "postal_code": "54290", "city": "Trier", "country": "DE"}
    year = now().year
    child = PersonFactory(matricule=matricule_for(1, year=year - 9), address=address, language="de")
    text = text_of(rendered(renderer, child))
    assert "ALLEMAGNE" in text
    assert "An die gesetzlichen Vertreter von" in text


def test_one_is_minor_until_the_eighteenth_birthday_and_the_unknown_counts_as_late():
    born = Person(birth_year=2000, birth_month=3, birth_day=25)
    assert is_minor(born, date(2018, 3, 24))
    assert not is_minor(born, date(2018, 3, 25))
    assert is_minor(Person(birth_year=2000), date(2018, 12, 30))
    assert not is_minor(Person(birth_year=2000), date(2019, 1, 1))


def test_the_address_shrinks_to_fit_and_never_loses_the_town():
    assert fit_in_window(["A", "B", "C"]) == (["A", "B", "C"], 11.0)
    folded, size = fit_in_window([*(["word " * 30] * 9), "L-2134 Luxembourg"])
    assert size == 6.5
    assert folded[-1] == "L-2134 Luxembourg"


# The batch


@pytest.mark.django_db
def test_a_batch_lies_in_the_spool_with_a_manifest_in_the_posts_order(spool):
    for number, (code, country) in enumerate([("L-9000", "LU"), ("10115", "DE"), ("L-1000", "LU")]):
        address = {"lines": ["1, rue X"], "postal_code": code, "city": "Y", "country": country}
        PersonFactory(address=address, family_name=f"Geheim{number}")
    batch = issue_letters(actor=SYSTEM, selection=LetterSelection())

    manifest = manifest_of(batch)
    assert (manifest["batch"], manifest["count"], manifest["pages"]) == (batch.pk, 3, 3)
    assert [letter["postal_code"] for letter in manifest["letters"]] == ["L-1000", "L-9000", "10115"]
    folder = batch_folder(batch)
    for letter in manifest["letters"]:
        assert hashlib.sha256((folder / letter["file"]).read_bytes()).hexdigest() == letter["sha256"]
        assert stat.S_IMODE((folder / letter["file"]).stat().st_mode) == 0o600
    assert sorted(path.name for path in folder.iterdir()) == [
        "letter-000001.pdf",
        "letter-000002.pdf",
        "letter-000003.pdf",
        "manifest.json",
    ]
    assert "Geheim" not in (folder / "manifest.json").read_text()
    assert (batch.printed, batch.manifest) == (3, f"batch-{batch.pk:06}/manifest.json")
    assert JournalEntry.objects.get(event="letters.printed").details["printed"] == 3


@pytest.mark.django_db
def test_the_code_on_a_letter_is_the_one_stored():
    person = PersonFactory()
    issued: list[IssuedCode] = []
    batch = issue_letters(actor=SYSTEM, selection=LetterSelection(), issued=issued.append)
    text = text_of((batch_folder(batch) / "letter-000001.pdf").read_bytes())
    assert issued[0].text.formatted in text
    assert ActivationCode.objects.get(person=person).code_hash == issued[0].text.keyed_hash
    assert f"{batch.pk}-1" in text


@pytest.mark.django_db
def test_a_batch_is_for_the_living_with_an_address_and_without_account():
    due = PersonFactory()
    PersonFactory(deceased=True)
    PersonFactory(address=None)
    AccountFactory()
    ActivationCodeFactory()
    expired = ActivationCodeFactory()
    long_ago = now() - timedelta(days=200)
    ActivationCode.objects.filter(pk=expired.pk).update(issued_at=long_ago, expires_at=long_ago + timedelta(days=90))
    batch = issue_letters(actor=SYSTEM, selection=LetterSelection(kind=MISSING))
    assert set(batch.codes.values_list("person", flat=True)) == {due.pk, expired.person_id}


@pytest.mark.django_db
def test_a_batch_may_be_of_those_born_between_reissued_or_requested():
    old, young = (
        PersonFactory(matricule=matricule_for(1, year=1940)),
        PersonFactory(matricule=matricule_for(2, year=2001)),
    )
    ActivationCodeFactory(person=young)

    def chosen(**filters: object) -> set[int]:
        return set(LetterSelection(**filters).persons().values_list("pk", flat=True))

    assert chosen(kind=MISSING, born_before=1950) == {old.pk}
    assert chosen(kind=MISSING, born_after=1950) == set()
    assert chosen(kind=REISSUE) == {old.pk, young.pk}
    assert chosen(kind=REQUESTED) == set()
    request = LetterRequest.objects.create(
        matricule=young.matricule, matricule_hash=young.matricule_hash, language="fr", person=young
    )
    assert chosen(kind=REQUESTED) == {young.pk}
    issue_letters(actor=SYSTEM, selection=LetterSelection(kind=REQUESTED))
    request.refresh_from_db()
    assert request.state == LetterRequest.State.LETTER_ISSUED


@pytest.mark.django_db
def test_one_letter_may_go_to_somebody_with_an_account_but_not_to_the_dead():
    account = AccountFactory()
    assert issue_letter(person=account.person, actor=SYSTEM).printed == 1
    with pytest.raises(LetterError):
        issue_letter(person=PersonFactory(deceased=True), actor=SYSTEM)


@pytest.mark.django_db
def test_a_name_that_cannot_be_printed_gets_no_code_and_stops_nobody(caplog):
    odd, plain = PersonFactory(family_name="山田"), PersonFactory()
    former = ActivationCodeFactory(person=odd)
    batch = issue_letters(actor=SYSTEM, selection=LetterSelection(kind=REISSUE))
    former.refresh_from_db()
    assert former.state == State.LIVE
    assert list(batch.codes.values_list("person", flat=True)) == [plain.pk]
    assert manifest_of(batch)["count"] == 1
    assert "山田" not in caplog.text


@pytest.mark.django_db
def test_who_dies_between_printing_and_storing_gets_no_letter(monkeypatch):
    person, other = PersonFactory(), PersonFactory()
    store = letters._store_printed

    def dies_first(*args: object) -> object:
        Person.objects.filter(pk=person.pk).update(deceased=True)
        return store(*args)

    monkeypatch.setattr(letters, "_store_printed", dies_first)
    batch = issue_letters(actor=SYSTEM, selection=LetterSelection())
    assert list(batch.codes.values_list("person", flat=True)) == [other.pk]
    assert [letter["file"] for letter in manifest_of(batch)["letters"]] == ["letter-000002.pdf"]
    assert not (batch_folder(batch) / "letter-000001.pdf").exists()


@pytest.mark.django_db
def test_listeners_hear_of_a_batch_after_the_commit(django_capture_on_commit_callbacks):
    heard: list[LetterBatch] = []

    def listen(batch: LetterBatch, **_: object) -> None:
        heard.append(batch)

    letters_printed.connect(listen)
    try:
        PersonFactory()
        with django_capture_on_commit_callbacks(execute=True):
            batch = issue_letters(actor=SYSTEM, selection=LetterSelection())
    finally:
        letters_printed.disconnect(listen)
    assert heard == [batch]


@pytest.mark.django_db(transaction=True)
def test_a_killed_batch_goes_on_and_nobody_has_a_code_without_its_letter(spool):
    """Killed by the system, in the middle: no sheet without a code is left, and no code without a sheet."""
    persons = PersonFactory.create_batch(90)
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}&port={database['PORT'] or 5432}"
    script = (
        "import os, signal, django\n"
        "def main():\n"
        "    django.setup()\n"
        "    from gesond.identity.actions import letters\n"
        "    from gesond.identity.letters.selection import LetterSelection\n"
        "    from gesond.kernel.journal import SYSTEM\n"
        "    store, calls = letters._store_printed, []\n"
        "    def dies(*args):\n"
        "        calls.append(1)\n"
        "        if len(calls) == 3: os.kill(os.getpid(), signal.SIGKILL)\n"
        "        return store(*args)\n"
        "    letters._store_printed = dies\n"
        "    letters.issue_letters(actor=SYSTEM, selection=LetterSelection())\n"
        "if __name__ == '__main__':\n"
        "    main()\n"
    )
    path = spool.parent / "issue.py"
    path.write_text(script)
    environment = {
        **os.environ,
        "GESOND_DATABASE_URL": url,
        "GESOND_LETTER_SPOOL": str(spool),
        "GESOND_LETTER_PROCESSES": "2",
        "PYTHONPATH": str(settings.PACKAGE.parent),
    }
    ended = subprocess.run([sys.executable, str(path)], env=environment, check=False, capture_output=True, timeout=120)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()

    batch = LetterBatch.objects.get()
    folder = batch_folder(batch)
    assert batch.finished_at is None
    assert batch.codes.count() == 50
    assert len(list(folder.glob("*.pdf"))) > 50
    assert not (folder / "manifest.json").exists()

    call_command("issue_letters", resume=True, stdout=StringIO())

    batch.refresh_from_db()
    assert (batch.printed, batch.requested) == (90, 90)
    codes = ActivationCode.objects.filter(state=State.LIVE)
    assert set(codes.values_list("person", flat=True)) == {person.pk for person in persons}
    manifest = manifest_of(batch)
    files = {path.name for path in folder.glob("letter-*.pdf")}
    assert files == {letter["file"] for letter in manifest["letters"]}
    assert files == {f"letter-{number:06}.pdf" for number in codes.values_list("letter_number", flat=True)}


@pytest.mark.django_db
def test_a_batch_is_printed_by_one_process_at_a_time():
    PersonFactory()
    batch = LetterBatch.objects.create(created_by="system", selection=LetterSelection().to_json(), requested=1)
    with letters._held(batch), pytest.raises(LetterError, match="another process"):
        resume_batch(actor=SYSTEM, batch=batch)
    assert resume_batch(actor=SYSTEM, batch=batch).printed == 1


@pytest.mark.django_db
def test_the_command_issues_to_one_person_by_matricule_or_number():
    person = PersonFactory()
    said = StringIO()
    call_command("issue_letters", matricule=person.matricule, stdout=said)
    call_command("issue_letters", person=person.pk, stdout=said)
    assert said.getvalue().count("1 of 1 letters") == 2
    assert [batch.selection["kind"] for batch in LetterBatch.objects.all()] == [CHOSEN, CHOSEN]
    assert ActivationCode.objects.filter(person=person, state=State.LIVE).count() == 1


@pytest.mark.django_db
def test_the_command_says_when_there_is_no_such_person():
    with pytest.raises(CommandError, match="no such person"):
        call_command("issue_letters", matricule="1985031512371")
    with pytest.raises(CommandError, match=r"digit|chiffre"):
        call_command("issue_letters", matricule="1985031512378")


@pytest.mark.django_db
def test_the_command_stops_at_the_limit():
    PersonFactory.create_batch(3)
    call_command("issue_letters", missing=True, limit=2, stdout=StringIO())
    call_command("issue_letters", missing=True, limit=2, stdout=StringIO())
    assert [batch.printed for batch in LetterBatch.objects.order_by("pk")] == [2, 1]
