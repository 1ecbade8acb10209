"""Identity checks: opened, taken up, asked about, withdrawn (S3-12 to S3-14)."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from gesond.identity.actions.identity_checks import (
    CheckOverError,
    NotEntitledError,
    TakenError,
    ask_for_evidence,
    find_by_matricule,
    open_check,
    release,
    take,
    withdraw,
)
from gesond.identity.identity_checks.kinds import differences_in
from gesond.identity.models import IdentityCheck, Role, StaffMember
from gesond.identity.registry.name_matching import Attribute
from gesond.identity.tests.check_steps import (
    DECLARED,
    EMAIL,
    KIND,
    MISSPELT,
    OTHER_NAME,
    a_check,
    actor,
    said,
    staff,
    told,
)
from gesond.identity.working_days import easter, working_days_after
from gesond.kernel.clock import now
from gesond.kernel.identifiers import Matricule
from gesond.kernel.journal import VISITOR
from gesond.kernel.models import JournalEntry

pytestmark = pytest.mark.django_db
State = IdentityCheck.State


def events_of(chain: str) -> list[str]:
    return list(JournalEntry.objects.filter(chain=chain).order_by("sequence").values_list("event", flat=True))


def test_a_check_waits_with_its_differences_and_is_told_to_the_applicant(sent_messages):
    check = a_check()
    assert (check.state, check.spelling_only) == (State.OPEN, False)
    assert [(one.attribute, one.proved) for one in differences_in(check)] == [(Attribute.FAMILY_NAME, "Weber")]
    (mail,) = sent_messages(to=EMAIL)
    assert check.number in mail.content["subject"]
    assert "nom est écrit de plusieurs façons" in mail.content["text"]


def test_a_slip_of_the_pen_is_for_one_person_alone():
    assert a_check(proved=MISSPELT).spelling_only


def test_names_and_address_are_not_readable_in_the_table():
    check = a_check()
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM identity_identitycheck t WHERE id = %s", [check.pk])
        row = cursor.fetchone()[0]
    assert not any(word in row for word in ("Muller", "Weber", "anna", "1980", "76c656c6c"))


def test_the_check_is_in_the_journals_of_the_person_and_its_own_without_names():
    check = a_check()
    for chain in (f"person:{check.person_id}", check.chain):
        assert events_of(chain) == ["identity_check.opened"]
        assert "Muller" not in str(JournalEntry.objects.get(chain=chain).details)


def test_a_person_the_registry_does_not_know_can_be_checked():
    assert a_check(person=None) is not None
    check = open_check(
        actor=VISITOR,
        kind=KIND,
        reference="nobody",
        person=None,
        declared=DECLARED,
        proved=OTHER_NAME,
        found=[*differences_in(a_check())],
        email=EMAIL,
        language="de",
    )
    assert check.person is None
    assert events_of(check.chain) == ["identity_check.opened"]


def test_nothing_to_compare_and_unknown_kinds_are_refused():
    with pytest.raises(ValueError, match="nothing differs"):
        a_check(found=[])
    with pytest.raises(ValueError, match="no app answers"):
        a_check(kind="nobody's")


def test_one_undecided_check_of_a_matter(django_db_blocker):
    a_check(reference="7")
    with pytest.raises(IntegrityError), transaction.atomic():
        a_check(reference="7")


def test_one_takes_a_check_and_another_cannot():
    check, first, second = a_check(), staff(), staff()
    take(actor=actor(first), check_id=check.pk, by=first)
    with pytest.raises(TakenError):
        take(actor=actor(second), check_id=check.pk, by=second)
    release(actor=actor(first), check_id=check.pk, by=first)
    assert take(actor=actor(second), check_id=check.pk, by=second).taken_by == second


def test_a_check_left_lying_for_a_day_may_be_taken_by_another():
    check, first, second = a_check(), staff(), staff()
    take(actor=actor(first), check_id=check.pk, by=first)
    with time_machine.travel(now() + timedelta(hours=25)):
        assert take(actor=actor(second), check_id=check.pk, by=second).taken_by == second


@pytest.mark.parametrize("roles", [[Role.HELPDESK], [Role.SECURITY], []])
def test_only_those_who_check_identities_take_one(roles):
    check, by = a_check(), staff(Role.HELPDESK)
    StaffMember.objects.filter(account=by).update(roles=roles)
    with pytest.raises(NotEntitledError):
        take(actor=actor(by), check_id=check.pk, by=by)


def test_who_has_left_the_desk_takes_nothing():
    check, by = a_check(), staff()
    StaffMember.objects.filter(account=by).update(ended_at=now())
    with pytest.raises(NotEntitledError):
        take(actor=actor(by), check_id=check.pk, by=by)


def test_nobody_works_on_the_check_of_their_own():
    by = staff()
    check = a_check(person=by.person)
    with pytest.raises(NotEntitledError):
        take(actor=actor(by), check_id=check.pk, by=by)


def test_asking_for_documents_writes_in_the_language_of_the_applicant(sent_messages):
    check, by = a_check(language="de"), staff()
    take(actor=actor(by), check_id=check.pk, by=by)
    ask_for_evidence(
        actor=actor(by), check_id=check.pk, by=by, documents=["marriage_certificate"], words="<b>Bitte</b> bald."
    )
    mail = sent_messages(to=EMAIL)[-1]
    assert "Heiratsurkunde" in mail.content["text"]
    assert "&lt;b&gt;Bitte&lt;/b&gt; bald." in mail.content["html"]


def test_who_has_not_taken_it_asks_for_nothing():
    check, by = a_check(), staff()
    with pytest.raises(TakenError):
        ask_for_evidence(actor=actor(by), check_id=check.pk, by=by, documents=["passport"], words="")


def test_withdrawing_ends_it_and_tells_its_owner():
    check = a_check()
    withdraw(actor=VISITOR, check_id=check.pk)
    check.refresh_from_db()
    assert (check.state, told) == (State.WITHDRAWN, [("withdrawn", "")])
    with pytest.raises(CheckOverError):
        withdraw(actor=VISITOR, check_id=check.pk)


def test_a_decided_check_is_not_withdrawn():
    check = a_check(proved=MISSPELT)
    said(check, staff(), accepted=True)
    with pytest.raises(CheckOverError):
        withdraw(actor=VISITOR, check_id=check.pk)


def test_checks_are_found_by_matricule_and_the_search_is_in_the_persons_journal():
    check, by = a_check(), staff()
    matricule = Matricule.parse(str(check.person.matricule))
    assert find_by_matricule(actor=actor(by), matricule=matricule, by=by) == [check]
    assert events_of(f"person:{check.person_id}")[-1] == "identity_check.searched"


def test_ones_own_check_is_not_found():
    by = staff()
    check = a_check(person=by.person)
    assert find_by_matricule(actor=actor(by), matricule=Matricule.parse(str(check.person.matricule)), by=by) == []


@pytest.mark.parametrize(("year", "month", "day"), [(2019, 4, 21), (2024, 3, 31), (2026, 4, 5), (2038, 4, 25)])
def test_easter(year, month, day):
    assert easter(year) == date(year, month, day)


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        (datetime(2026, 11, 20, 9, tzinfo=UTC), date(2026, 11, 27)),  # from a Friday: one weekend
        (datetime(2026, 12, 22, 9, tzinfo=UTC), date(2026, 12, 30)),  # Christmas and its second day
        (datetime(2026, 5, 11, 9, tzinfo=UTC), date(2026, 5, 19)),  # Ascension
        (datetime(2026, 4, 2, 9, tzinfo=UTC), date(2026, 4, 10)),  # Easter Monday
    ],
)
def test_the_deadline_counts_working_days_alone(opened, due):
    assert working_days_after(opened, 5).date() == due


def test_a_deadline_keeps_its_hour_when_the_clocks_change():
    assert working_days_after(datetime(2026, 10, 23, 8, tzinfo=UTC), 1).hour == 10


@pytest.mark.parametrize(
    "broken",
    [
        {"state": "accepted"},
        {"state": "second_opinion"},
        {"state": "appealed"},
        {"state": "withdrawn"},
        {"taken_at": now()},
        {"due_at": now() - timedelta(days=9)},
        {"appeal_reasons": "because"},
    ],
)
def test_the_database_refuses_what_no_action_writes(broken):
    check = a_check()
    with pytest.raises(IntegrityError), transaction.atomic():
        IdentityCheck.objects.filter(pk=check.pk).update(**broken)


def test_the_database_wants_two_deciders_and_different_ones():
    check, one, other = a_check(), staff(), staff()
    decided = {"state": "accepted", "decided_at": now(), "last_decider": one}
    for first in (None, one):
        with pytest.raises(IntegrityError), transaction.atomic():
            IdentityCheck.objects.filter(pk=check.pk).update(**decided, first_decider=first)
    assert IdentityCheck.objects.filter(pk=check.pk).update(**decided, first_decider=other) == 1
