"""The registry's file: checked line by line, loaded whole or not at all, and again without harm."""

import csv
import os
import re
import signal
import stat
import subprocess
import sys
import threading
import time
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.utils import translation

from gesond.identity.actions import registry
from gesond.identity.actions.registry import import_persons
from gesond.identity.models import ActivationCode, Person
from gesond.identity.registry.persons_csv import LAYOUT, LineChecker
from gesond.identity.tests.factories import ActivationCodeFactory, matricule_for
from gesond.kernel import keys
from gesond.kernel.csv_files import CsvFile, HeaderError, LineError, RawLine
from gesond.kernel.hashing import hasher, keyed_hash
from gesond.kernel.imports import ImportRunningError
from gesond.kernel.journal import SYSTEM
from gesond.kernel.models import JournalEntry

COLUMNS = [
    "matricule",
    "matricule_11",
    "family_name",
    "given_names",
    "language",
    "address_line_1",
    "postal_code",
    "city",
    "country",
    "deceased",
]


def line(number: int = 1, **changes: str) -> dict[str, str]:
    return {
        "matricule": matricule_for(number),
        "matricule_11": "",
        "family_name": "Muster",
        "given_names": "Élise",
        "language": "fr",
        "address_line_1": "12, rue de l'Exemple",
        "postal_code": "L-2134",
        "city": "Luxembourg",
        "country": "LU",
        "deceased": "",
        **changes,
    }


def write(path: Path, lines: list[dict[str, str]], *, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, delimiter=delimiter)
        writer.writeheader()
        writer.writerows(lines)
    return path


def load(path: Path, report: str = "refused.csv") -> registry.ImportResult:
    return import_persons(actor=SYSTEM, path=path, report=path.with_name(report), processes=2)


@pytest.mark.django_db
@pytest.mark.parametrize(("delimiter", "encoding"), [(",", "utf-8"), (";", "utf-8-sig")])
def test_a_file_is_loaded_encrypted_and_found_by_both_matricules(tmp_path, delimiter, encoding):
    """S2-09, X3: with commas or semicolons, with or without a byte-order mark."""
    number = "1985031512371"
    result = load(write(tmp_path / "p.csv", [line(matricule=number)], delimiter=delimiter, encoding=encoding))

    assert (result.added, result.refused, result.report) == (1, 0, None)
    person = Person.objects.get(matricule_hash=keyed_hash(number, purpose="person.matricule"))
    assert person.matricule == number
    assert (person.family_name, person.given_names, person.language) == ("Muster", "Élise", "fr")
    assert (person.birth_year, person.birth_month, person.birth_day) == (1985, 3, 15)
    assert person.address == {
        "lines": ["12, rue de l'Exemple"],
        "postal_code": "L-2134",
        "city": "Luxembourg",
        "country": "LU",
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT matricule, address FROM identity_person")
        assert all(b"1985" not in bytes(value) and b"Exemple" not in bytes(value) for value in cursor.fetchone())


@pytest.mark.django_db
def test_the_short_matricule_is_derived_where_valid_or_taken_from_the_file(tmp_path):
    """X3: 1893120105732 continues 18931201057; for others the file says it, and nothing is guessed."""
    load(write(tmp_path / "p.csv", [line(matricule="1893120105732"), line(2, matricule_11="19641130080")]))

    assert Person.objects.filter(matricule_11_hash=keyed_hash("18931201057", purpose="person.matricule_11")).exists()
    other = Person.objects.get(matricule_11_hash=keyed_hash("19641130080", purpose="person.matricule_11"))
    assert other.matricule_11 == "19641130080"


@pytest.mark.django_db
def test_unknown_month_and_day_of_birth_are_null(tmp_path):
    load(write(tmp_path / "p.csv", [line(matricule="1990000000183")]))
    person = Person.objects.get()
    assert (person.birth_year, person.birth_month, person.birth_day) == (1990, None, None)


@pytest.mark.django_db
def test_a_second_run_changes_nothing_and_writes_nothing(tmp_path):
    path = write(tmp_path / "p.csv", [line(n) for n in range(1, 51)])
    load(path)
    before = list(Person.objects.order_by("pk").values_list("pk", "updated_at"))
    result = load(path)
    assert (result.added, result.changed, result.unchanged) == (0, 0, 50)
    assert list(Person.objects.order_by("pk").values_list("pk", "updated_at")) == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "value", "seen"),
    [
        ("family_name", "Nouveau", lambda p: p.family_name == "Nouveau"),
        ("city", "Remich", lambda p: p.address["city"] == "Remich"),
        ("language", "de", lambda p: p.language == "de"),
        ("deceased", "1", lambda p: p.deceased),
        ("matricule_11", "19641130080", lambda p: p.matricule_11 == "19641130080"),
    ],
)
def test_a_change_of_any_column_reaches_the_same_person(tmp_path, column, value, seen):
    load(write(tmp_path / "a.csv", [line(1), line(2)]))
    known = Person.objects.get(matricule_hash=keyed_hash(matricule_for(1), purpose="person.matricule"))
    result = load(write(tmp_path / "b.csv", [line(1, **{column: value}), line(2)]))
    assert (result.added, result.changed, result.unchanged) == (0, 1, 1)
    assert seen(Person.objects.get(pk=known.pk))


@pytest.mark.django_db
def test_who_has_died_gets_no_use_out_of_a_posted_code(tmp_path):
    load(write(tmp_path / "a.csv", [line()]))
    code = ActivationCodeFactory(person=Person.objects.get())
    load(write(tmp_path / "b.csv", [line(deceased="true")]))
    code.refresh_from_db()
    assert code.state == ActivationCode.State.CANCELLED


@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        ({"matricule": "1985031512378"}, "matricule", "digit"),
        ({"matricule": "1985"}, "matricule", "13 digits"),
        ({"matricule_11": "12345678901"}, "matricule_11", "not right"),
        ({"family_name": "  "}, "family_name", "empty"),
        ({"given_names": "Eve\x07"}, "given_names", "U+0007"),
        ({"given_names": "Eve\u202e"}, "given_names", "U+202E"),
        ({"given_names": "Eve\udcff"}, "given_names", "not UTF-8"),
        ({"family_name": "x" * 121}, "family_name", "longer than 120"),
        ({"address_line_1": "x" * 81}, "address_line_1", "longer than 80"),
        ({"language": "it"}, "language", "fr, de, en"),
        ({"country": "Luxembourg"}, "country", "two-letter code"),
        ({"country": ""}, "country", "empty, although"),
        ({"address_line_1": ""}, "address_line_1", "empty, although"),
        ({"deceased": "maybe"}, "deceased", "must be 1"),
    ],
)
def test_a_bad_line_is_refused_with_its_column_and_a_reason(changes, column, reason):
    with translation.override("en"), pytest.raises(LineError, match=re.escape(reason)) as refusal:
        LineChecker(COLUMNS).check(RawLine(2, list(line(**changes).values())))
    assert refusal.value.column == column


def test_names_are_stripped_and_composed():
    person = LineChecker(COLUMNS).check(RawLine(2, list(line(given_names=" E\u0301lise\u00a0Anne ").values())))
    assert person.given_names == "Élise Anne"


@pytest.mark.django_db
def test_refused_lines_go_to_a_private_report_that_can_be_corrected_and_imported(tmp_path):
    path = write(tmp_path / "p.csv", [line(1), line(2, language="xx"), line(3), line(1, family_name="Encore")])
    result = load(path)

    assert (result.added, result.refused, result.lines) == (2, 2, 4)
    assert stat.S_IMODE(result.report.stat().st_mode) == 0o600
    rows = list(csv.DictReader(StringIO(result.report.read_text(encoding="utf-8"))))
    assert [(row["line"], row["column"]) for row in rows] == [("3", "language"), ("5", "matricule")]
    assert "line 2" in rows[1]["reason"]
    assert rows[1]["family_name"] == "Encore"
    assert Person.objects.filter(family_name="Encore").count() == 0

    corrected = tmp_path / "corrected.csv"
    corrected.write_text(result.report.read_text(encoding="utf-8").replace(",xx,", ",de,"), encoding="utf-8")
    again = load(corrected, "refused-2.csv")
    assert (again.added, again.changed) == (1, 1)


@pytest.mark.django_db
def test_the_first_of_repeated_lines_counts_in_whatever_slice_it_stands(tmp_path, monkeypatch):
    monkeypatch.setattr("gesond.kernel.csv_files.BLOCK_BYTES", 100)
    monkeypatch.setattr(registry, "BLOCKS_A_SLICE", 1)
    lines = [line(number % 7 + 1, family_name=f"Muster{number}") for number in range(30)]
    result = load(write(tmp_path / "p.csv", lines))
    assert (result.added, result.changed, result.unchanged, result.refused) == (7, 0, 0, 23)
    assert set(Person.objects.values_list("family_name", flat=True)) == {f"Muster{number}" for number in range(7)}
    rows = list(csv.DictReader(StringIO(result.report.read_text(encoding="utf-8"))))
    assert [int(row["line"]) for row in rows] == list(range(9, 32))
    assert rows[-1]["reason"].endswith("line 3")


@pytest.mark.django_db
def test_a_line_that_cannot_be_read_stops_nothing(tmp_path):
    path = write(tmp_path / "p.csv", [line(1), line(2), line(3)])
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[2] = lines[2].replace("Muster", 'Mus"ter"x,')
    lines.insert(3, "only,three,columns")
    path.write_bytes("\n".join(lines).encode().replace("Élise".encode(), b"\xc9lise", 1) + b"\n")
    result = load(path)
    assert (result.added, result.refused) == (1, 3)


@pytest.mark.django_db
def test_a_quoted_text_may_go_on_in_the_next_line(tmp_path):
    rows = [line(1, address_line_1="a\nb"), line(2)]
    result = load(write(tmp_path / "p.csv", rows))
    assert (result.added, result.refused) == (1, 1)  # the line break is an invisible character; line 4 is still read
    assert "line 4" not in result.report.read_text()


def test_blocks_end_between_records_and_know_their_first_line(tmp_path, monkeypatch):
    monkeypatch.setattr("gesond.kernel.csv_files.BLOCK_BYTES", 100)
    rows = [line(n, address_line_1="a\nb" if n % 3 else "c") for n in range(1, 40)]
    with CsvFile(write(tmp_path / "p.csv", rows), LAYOUT) as file:
        read = list(file)
    assert [raw.values[0] for raw in read] == [row["matricule"] for row in rows]
    assert read[3].number == 2 + 2 + 2 + 1
    assert max(raw.number for raw in read) == 1 + sum(2 if n % 3 else 1 for n in range(1, 39)) + 1


@pytest.mark.parametrize("quote", [b"", b'"'])
def test_a_line_without_an_end_does_not_fill_the_memory(tmp_path, monkeypatch, quote):
    monkeypatch.setattr("gesond.kernel.csv_files.LONGEST_BLOCK", 10_000)
    monkeypatch.setattr("gesond.kernel.csv_files.BLOCK_BYTES", 1000)
    path = write(tmp_path / "p.csv", [line(1), line(2)])
    path.write_bytes(path.read_bytes() + quote + b"x" * 10_000_000)
    with CsvFile(path, LAYOUT) as file, pytest.raises(HeaderError, match="no CSV file"):
        list(file.blocks())
    assert file.bytes_read < 50_000


def test_a_first_line_that_is_none_is_told(tmp_path):
    path = tmp_path / "p.csv"
    path.write_bytes(b"matricule" * 10_000_000)
    with pytest.raises(HeaderError):
        CsvFile(path, LAYOUT)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("matricule,family_name", "given_names missing"),
        ("matricule,family_name,given_names,shoe_size", "no such column: shoe_size"),
        ("matricule,family_name,given_names,matricule", "named twice"),
        ("", "missing"),
    ],
)
def test_the_header_is_checked_first_and_says_what_it_lacks(tmp_path, header, words):
    path = tmp_path / "p.csv"
    path.write_text(header + "\n")
    with pytest.raises(HeaderError, match=words):
        CsvFile(path, LAYOUT)


@pytest.mark.django_db
def test_the_import_is_told_in_the_journal_with_counts_alone(tmp_path):
    load(write(tmp_path / "p.csv", [line(1), line(2, language="xx")]))
    entry = JournalEntry.objects.get(event="registry.imported")
    assert entry.chain == "platform"
    assert entry.details == {"added": 1, "changed": 0, "unchanged": 0, "refused": 1}


@pytest.mark.django_db
def test_persons_known_by_a_former_hash_key_are_found_and_not_doubled(tmp_path, monkeypatch):
    path = write(tmp_path / "p.csv", [line(1), line(2)])
    load(path)
    old = keys.hash_ring()
    both = keys.KeyRing({"new": b"n" * 32, **old.keys})
    for module in (
        "gesond.kernel.keys",
        "gesond.kernel.hashing",
        "gesond.identity.registry.persons_copy",
        registry.__name__,
    ):
        monkeypatch.setattr(f"{module}.hash_ring", lambda: both)

    result = load(path)

    assert (result.added, result.changed) == (0, 2)
    new_hash = keyed_hash(matricule_for(1), purpose="person.matricule")
    assert Person.objects.get(matricule_hash=new_hash).matricule == matricule_for(1)


def test_the_hasher_of_many_values_agrees_with_the_hash_of_one():
    assert hasher(purpose="a.b")("Élise") == keyed_hash("Élise", purpose="a.b")


@pytest.mark.django_db(transaction=True)
def test_of_two_imports_at_once_the_second_says_so(tmp_path):
    path = write(tmp_path / "p.csv", [line()])
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            registry.hold(registry.ADVISORY_LOCK)
            held.set()
            release.wait(30)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(30)
    try:
        with pytest.raises(ImportRunningError, match="another import is running"):
            load(path)
    finally:
        release.set()
        holder.join()
    assert load(path).added == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
def test_a_kill_leaves_nothing_half_loaded_and_the_next_run_loads_all(tmp_path, sent):
    path = write(tmp_path / "p.csv", [line(n) for n in range(1, 4001)])
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}&port={database['PORT'] or 5432}"
    # It stops between staging and merging, where everything is written and nothing committed, until it is killed.
    # A shell's background job ignores SIGINT, and so would its children.
    script = (
        "import django, signal, sys, time; django.setup(); from pathlib import Path\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from gesond.identity.actions import registry; from gesond.kernel.journal import SYSTEM\n"
        "merge = registry._merge\n"
        "def pause(*given):\n    merge(*given); print('merged', flush=True); time.sleep(60)\n"
        "registry._merge = pause\n"
        "registry.import_persons(actor=SYSTEM, path=Path(sys.argv[1]), report=Path(sys.argv[1] + '.refused'))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(path)],
        env={**os.environ, "GESOND_DATABASE_URL": url, "PYTHONPATH": str(settings.PACKAGE.parent)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    said = process.stdout.readline()
    workers = _children(process.pid)
    process.send_signal(sent)
    process.communicate(timeout=60)
    assert said == "merged\n"
    assert workers
    assert not _still_running(workers)

    assert Person.objects.count() == 0
    assert load(path).added == 4000


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _still_running(pids: list[int]) -> list[int]:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        running = [pid for pid in pids if Path(f"/proc/{pid}").exists() and " Z " not in _state(pid)]
        if not running:
            return []
        time.sleep(0.05)
    return running


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return " Z "


@pytest.mark.django_db
def test_the_command_tells_the_counts_and_where_the_report_is(tmp_path):
    path = write(tmp_path / "p.csv", [line(1), line(2, language="xx")])
    said = StringIO()
    call_command("import_persons", path, report=tmp_path / "r.csv", processes=1, stdout=said)
    assert "2 lines: 1 added, 0 changed, 0 unchanged, 1 refused" in said.getvalue()
    assert "r.csv" in said.getvalue()


@pytest.mark.django_db
def test_the_command_refuses_a_file_that_is_not_there(tmp_path):
    with pytest.raises(CommandError, match="no such file"):
        call_command("import_persons", tmp_path / "none.csv")
