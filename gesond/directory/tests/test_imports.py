"""The directory's files: all or nothing, by their days, and again without harm."""

from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from gesond.directory.actions import imports
from gesond.directory.actions.imports import import_establishments, import_practices, import_professionals
from gesond.directory.models import Establishment, Practice, Professional, ProfessionalRecord, in_force
from gesond.directory.queries.professionals import practices_of, professional_of
from gesond.directory.tests.factories import EstablishmentFactory, PracticeFactory, ProfessionalFactory
from gesond.identity.actions.registry import import_persons
from gesond.identity.tests.factories import PersonFactory
from gesond.kernel.csv_files import HeaderError
from gesond.kernel.imports import ImportResult
from gesond.kernel.journal import SYSTEM
from gesond.kernel.models import JournalEntry

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD = date(2024, 1, 1), date(2025, 1, 1), date(2026, 1, 1)


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., ImportResult]:
    """`load(import_professionals, "header", "line", …, on=FIRST)`."""
    number = iter(range(1000))

    def run(action: Callable[..., ImportResult], *lines: str, on: date = FIRST) -> ImportResult:
        path = tmp_path / f"{next(number)}.csv"
        path.write_text("\n".join(lines), encoding="utf-8")
        return action(actor=SYSTEM, path=path, report=path.with_suffix(".refused"), on=on)

    return run


def counts(result: ImportResult) -> tuple[int, int, int, int]:
    return result.added, result.changed, result.unchanged, result.refused


def reasons(result: ImportResult) -> str:
    assert result.report is not None
    return result.report.read_text().replace('"', "")


PROFESSIONALS = "matricule,provider_code,title,profession,specialities,languages"
ESTABLISHMENTS = "code,kind,name,address_line_1,postal_code,city,country,phone"
PRACTICES = "provider_code,establishment_code,phone,main"


def test_professionals_are_loaded(load: Any) -> None:
    person = PersonFactory(family_name="Muster", given_names="Anna")
    line = f"{person.matricule},901234-56,Dr,specialist,cardiology|internal-medicine,fr|de|lb"
    assert counts(load(import_professionals, PROFESSIONALS, line)) == (1, 0, 0, 0)
    facts = professional_of(person, FIRST)
    assert facts is not None
    assert (facts.name, facts.provider_code, facts.profession) == ("Dr Anna Muster", "901234-56", "specialist")
    assert facts.specialities == ("cardiology", "internal-medicine")
    assert facts.languages == ("fr", "de", "lb")
    assert ProfessionalRecord.objects.get().name_words == "muster anna"


def test_the_same_file_again_changes_nothing(load: Any) -> None:
    person = PersonFactory()
    file = (PROFESSIONALS, f"{person.matricule},1,Dr,nurse,,fr")
    load(import_professionals, *file)
    assert counts(load(import_professionals, *file)) == (0, 0, 1, 0)
    assert counts(load(import_professionals, *file, on=SECOND)) == (0, 0, 1, 0)
    assert ProfessionalRecord.objects.count() == 1


def test_a_later_file_ends_what_was_known_and_begins_another_period(load: Any) -> None:
    person = PersonFactory()
    load(import_professionals, PROFESSIONALS, f"{person.matricule},1,,general-practitioner,,fr")
    later = (PROFESSIONALS, f"{person.matricule},1,,specialist,neurology,fr")
    assert counts(load(import_professionals, *later, on=SECOND)) == (0, 1, 0, 0)
    periods = ProfessionalRecord.objects.order_by("valid_from").values_list("profession", "valid_from", "valid_to")
    assert list(periods) == [("general-practitioner", FIRST, SECOND), ("specialist", SECOND, None)]


def test_a_file_of_the_same_day_corrects_in_place(load: Any) -> None:
    person = PersonFactory()
    load(import_professionals, PROFESSIONALS, f"{person.matricule},1,,nurse,,fr")
    assert counts(load(import_professionals, PROFESSIONALS, f"{person.matricule},1,,midwife,,fr")) == (0, 1, 0, 0)
    assert ProfessionalRecord.objects.get().profession_id == "midwife"


def test_a_line_with_an_end_ends_the_period(load: Any) -> None:
    person = PersonFactory()
    header = "matricule,provider_code,profession,valid_from,valid_to"
    load(import_professionals, header, f"{person.matricule},1,nurse,2024-01-01,")
    assert counts(load(import_professionals, header, f"{person.matricule},1,nurse,2024-01-01,2025-01-01")) == (
        0,
        1,
        0,
        0,
    )
    assert professional_of(person, date(2024, 12, 31)) is not None
    assert professional_of(person, SECOND) is None


def test_a_file_of_before_what_is_known_is_refused_with_its_reason(load: Any) -> None:
    person = PersonFactory()
    load(import_professionals, PROFESSIONALS, f"{person.matricule},1,,nurse,,fr", on=SECOND)
    result = load(import_professionals, PROFESSIONALS, f"{person.matricule},1,,midwife,,fr", on=FIRST)
    assert counts(result) == (0, 0, 0, 1)
    assert "what holds from 2025-01-01 is already known" in reasons(result)


def test_professionals_absent_from_a_file_stay(load: Any) -> None:
    ProfessionalFactory()
    load(import_professionals, PROFESSIONALS, f"{PersonFactory().matricule},1,,nurse,,fr")
    assert ProfessionalRecord.objects.filter(in_force()).count() == 2


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{matricule},1,,wizard,,fr", "profession,must be one of"),
        ("{matricule},1,,specialist,magic,fr", "no speciality has the code magic"),
        ("{matricule},1,,nurse,cardiology,fr", "cardiology is a speciality of specialist"),
        ("{matricule},1,,nurse,,french", "languages"),
        ("{matricule},,,nurse,,fr", "provider_code,empty"),
        ("{matricule},a b,,nurse,,fr", "provider_code,must have"),
        ("1985031512371,1,,nurse,,fr", "the registry knows nobody with this matricule"),
        ("1985031512378,1,,nurse,,fr", "matricule,"),
        ("{matricule},1,,nurse,,fr,more", "6 columns expected, 7 found"),
    ],
)
def test_a_line_that_cannot_be_is_refused_with_its_reason(load: Any, line: str, reason: str) -> None:
    good = f"{PersonFactory().matricule},999,,nurse,,fr"
    result = load(import_professionals, PROFESSIONALS, line.format(matricule=PersonFactory().matricule), good)
    assert counts(result) == (1, 0, 0, 1)
    assert reason in reasons(result)


def test_a_provider_code_is_one_persons_for_good(load: Any) -> None:
    known, other = ProfessionalFactory(provider_code="7"), PersonFactory()
    result = load(
        import_professionals,
        PROFESSIONALS,
        f"{other.matricule},7,,nurse,,fr",
        f"{known.person.matricule},8,,nurse,,fr",
    )
    assert counts(result) == (0, 0, 0, 2)
    assert "belongs to another person" in reasons(result)
    assert "known by another one: 7" in reasons(result)
    assert Professional.objects.get() == known


def test_what_stands_twice_in_a_file_is_loaded_once(load: Any) -> None:
    person, other = PersonFactory(), PersonFactory()
    result = load(
        import_professionals,
        PROFESSIONALS,
        f"{person.matricule},1,,nurse,,fr",
        f"{person.matricule},2,,nurse,,fr",
        f"{other.matricule},1,,nurse,,fr",
    )
    assert counts(result) == (1, 0, 0, 2)
    assert "the same stands in line 2" in reasons(result)


def test_a_corrected_report_is_imported_as_it_is(load: Any, tmp_path: Path) -> None:
    person = PersonFactory()
    result = load(import_professionals, PROFESSIONALS, f"{person.matricule},1,,wizard,,fr")
    assert result.report is not None
    corrected = result.report.read_text().replace("wizard", "nurse").splitlines()
    assert counts(load(import_professionals, *corrected)) == (1, 0, 0, 0)


def test_a_file_without_its_columns_is_refused(load: Any) -> None:
    with pytest.raises(HeaderError, match="provider_code"):
        load(import_professionals, "matricule,profession", "1,2")


def test_establishments_are_loaded_and_change_by_their_days(load: Any) -> None:
    line = 'E1,pharmacy,Pharmacie du Modèle,"1, rue du Modèle",L-4011,Esch-sur-Alzette,LU,27 12 50 18'
    assert counts(load(import_establishments, ESTABLISHMENTS, line)) == (1, 0, 0, 0)
    assert counts(load(import_establishments, ESTABLISHMENTS, line, on=SECOND)) == (0, 0, 1, 0)
    renamed = line.replace("du Modèle,", "de la Gare,", 1)
    assert counts(load(import_establishments, ESTABLISHMENTS, renamed, on=SECOND)) == (0, 1, 0, 0)
    first, second = Establishment.objects.get().records.order_by("valid_from")
    assert (first.name, first.valid_to, first.phone) == ("Pharmacie du Modèle", SECOND, "+35227125018")
    assert (second.name, second.valid_from) == ("Pharmacie de la Gare", SECOND)
    assert second.place_words == "esch sur alzette l 4011"


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("kind", "castle", "kind,must be one of practice"),
        ("phone", "abc", "phone,"),
        ("email", "nobody", "email,"),
        ("national_code", "750712185", "national_code,"),
        ("national_code_kind", "passport", "national_code_kind,must be one of provider"),
        ("country", "XX", "country,must be a two-letter code"),
        ("valid_to", "2023-01-01", "valid_to,must come after the first day"),
        ("valid_from", "1.1.2024", "valid_from,must be a day"),
        ("name", "", "name,empty"),
    ],
)
def test_an_establishment_that_cannot_be_is_refused(load: Any, column: str, value: str, reason: str) -> None:
    row = {
        "code": "E1",
        "kind": "hospital",
        "name": "Clinique",
        "address_line_1": "rue",
        "postal_code": "L-1",
        "city": "Luxembourg",
        "country": "LU",
        "phone": "",
        "email": "",
        "national_code": "750712184",
        "national_code_kind": "finess",
        "valid_from": "",
        "valid_to": "",
    } | {column: value}
    result = load(import_establishments, ",".join(row), ",".join(row.values()))
    assert counts(result) == (0, 0, 0, 1)
    assert reason in reasons(result)


def test_practices_join_professionals_and_establishments(load: Any) -> None:
    professional, establishment = ProfessionalFactory(provider_code="1"), EstablishmentFactory(code="E1")
    result = load(import_practices, PRACTICES, "1,E1,27 12 34 56,yes", "2,E1,,", "1,E2,,", on=FIRST)
    assert counts(result) == (1, 0, 0, 2)
    facts = practices_of(professional, FIRST)
    assert [(one.establishment_id, one.phone, one.is_main) for one in facts] == [
        (establishment.pk, "+35227123456", True)
    ]


def test_a_new_main_practice_takes_the_flag_from_the_former_one(load: Any) -> None:
    former = PracticeFactory(is_main=True, professional__provider_code="1", phone="+352271")
    EstablishmentFactory(code="E2")
    assert counts(load(import_practices, PRACTICES, "1,E2,,yes")) == (1, 0, 0, 0)
    before, after = practices_of(former.professional, date(2023, 12, 31)), practices_of(former.professional, FIRST)
    assert [(one.establishment_id, one.is_main) for one in before] == [(former.establishment_id, True)]
    assert [(one.establishment_code, one.is_main) for one in after] == [
        ("E2", True),
        (former.establishment.code, False),
    ]
    assert after[1].phone == "+352271"


@pytest.mark.parametrize("day", [FIRST, SECOND])
def test_two_practices_change_places(load: Any, day: date) -> None:
    professional = ProfessionalFactory(provider_code="1")
    EstablishmentFactory(code="E1")
    EstablishmentFactory(code="E2")
    load(import_practices, PRACTICES, "1,E1,,yes", "1,E2,,no")
    swapped = (PRACTICES, "1,E2,,yes", "1,E1,,no")
    assert counts(load(import_practices, *swapped, on=day)) == (0, 2, 0, 0)
    assert [(one.establishment_code, one.is_main) for one in practices_of(professional, day)] == [
        ("E2", True),
        ("E1", False),
    ]
    assert counts(load(import_practices, *swapped, on=THIRD)) == (0, 0, 2, 0)


def test_a_file_names_one_main_practice(load: Any) -> None:
    ProfessionalFactory(provider_code="1")
    EstablishmentFactory(code="E1")
    EstablishmentFactory(code="E2")
    result = load(import_practices, PRACTICES, "1,E1,,yes", "1,E2,,yes")
    assert counts(result) == (1, 0, 0, 1)
    assert "names this professional's main practice already" in reasons(result)


def test_an_import_that_fails_leaves_nothing(load: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(imports.journal, "record", fail)
    with pytest.raises(OSError, match="full"):
        load(import_professionals, PROFESSIONALS, f"{PersonFactory().matricule},1,,nurse,,fr")
    assert not Professional.objects.exists()


def test_an_import_is_in_the_journal(load: Any) -> None:
    load(import_professionals, PROFESSIONALS, f"{PersonFactory().matricule},1,,nurse,,fr")
    entry = JournalEntry.objects.get(event="directory.professionals_imported")
    assert entry.details == {"added": 1, "changed": 0, "unchanged": 0, "refused": 0, "on": "2024-01-01"}


def test_a_name_changed_in_the_registry_changes_the_search(tmp_path: Path) -> None:
    professional = ProfessionalFactory(person__family_name="Muster")
    path = tmp_path / "persons.csv"
    path.write_text(f"matricule,family_name,given_names\n{professional.person.matricule},Beispill,Anna\n")
    import_persons(actor=SYSTEM, path=path, report=tmp_path / "refused.csv", processes=1)
    assert professional.records.get().name_words == "beispill anna"
    assert JournalEntry.objects.filter(event="directory.names_renewed").count() == 1


def test_the_commands_say_what_became_of_the_lines(tmp_path: Path) -> None:
    path, said = tmp_path / "p.csv", StringIO()
    path.write_text(f"{PROFESSIONALS}\n{PersonFactory().matricule},1,,nurse,,fr\n")
    call_command("import_professionals", path, "--on", "2024-01-01", report=tmp_path / "r.csv", stdout=said)
    assert said.getvalue() == "1 lines: 1 added, 0 changed, 0 unchanged, 0 refused\n"
    assert ProfessionalRecord.objects.get().valid_from == FIRST
    for command in ("import_establishments", "import_practices"):
        with pytest.raises(CommandError, match="the first line must name the columns"):
            call_command(command, path, report=tmp_path / "r.csv")


def test_the_number_of_queries_does_not_grow_with_the_file(load: Any, django_assert_max_num_queries: Any) -> None:
    lines = [f"{PersonFactory().matricule},{n},,nurse,,fr" for n in range(30)]
    with django_assert_max_num_queries(16):
        load(import_professionals, PROFESSIONALS, *lines)
    assert Practice.objects.count() == 0
