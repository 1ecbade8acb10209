"""A mandate has no effect while its professional cannot answer for it: S3-17, X5."""

from datetime import timedelta

import pytest
import time_machine

from gesond.directory.actions.mandates import end_mandates_of_the_deceased, remind_and_end
from gesond.directory.models import Mandate, ProfessionalRecord, today
from gesond.directory.rules import has_mandate, mandate_of
from gesond.directory.tests.secretary_steps import (
    LIST,
    MANDATES,
    a_mandate,
    a_practice,
    doctor_at,
    secretary_of,
    text_of,
)
from gesond.identity.actions.accounts import close_account, reopen_account, suspend_account
from gesond.identity.actions.registry import import_persons
from gesond.identity.models import Account
from gesond.identity.sessions.standing import Standing
from gesond.kernel.clock import now
from gesond.kernel.journal import SYSTEM
from gesond.kernel.models import JournalEntry
from gesond.notify.models import OutboxMessage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_facts")]
# Where a secretary without a mandate in force is not admitted.
ELSEWHERE = "/fr/account/directory/"
SHUT = "Le compte de ce professionnel n'est pas ouvert actuellement"
NOT_LISTED = "L'annuaire ne mentionne pas ce professionnel aujourd'hui"


def may(mandate: Mandate) -> bool:
    mandate.account.standing = Standing("secretary", "luxtrust")
    found = mandate_of(mandate.account, mandate.professional, "agenda") is not None
    assert has_mandate(mandate.account) is found
    return found


def doctors_account(mandate: Mandate) -> Account:
    return mandate.professional.person.account


def suspend(mandate: Mandate) -> None:
    suspend_account(actor=SYSTEM, account_id=doctors_account(mandate).pk, reason="suspected_theft")


def close(mandate: Mandate) -> None:
    close_account(actor=SYSTEM, account_id=doctors_account(mandate).pk, reason="person_asked")


def reopen(mandate: Mandate) -> None:
    reopen_account(actor=SYSTEM, account_id=doctors_account(mandate).pk)


@pytest.mark.parametrize("shut", [suspend, close])
def test_it_has_none_while_the_account_is_shut_and_resumes_by_itself(mandate, shut):
    assert may(mandate)
    shut(mandate)
    assert not may(mandate)
    reopen(mandate)
    assert may(mandate)


def test_an_account_that_no_longer_enters_as_a_professional_gives_none(mandate):
    account = doctors_account(mandate)
    account.doors = ["patient"]
    account.save(update_fields=["doors"])
    assert not may(mandate)


def test_it_has_none_while_the_directory_does_not_list_the_professional(mandate):
    """The day a record ends is the first without it; another record restores what the mandate's days allow."""
    record = mandate.professional.records.get()
    ProfessionalRecord.objects.update(valid_to=today())
    assert not may(mandate)
    record.pk, record.valid_from, record.valid_to = None, today(), None
    record.save()
    assert may(mandate)


def test_reopening_gives_nothing_back_that_has_had_its_last_day(mandate):
    suspend(mandate)
    with time_machine.travel(now() + timedelta(days=301)):
        reopen(mandate)
        assert not may(mandate)


def test_reopening_gives_nothing_back_that_the_quarter_asks_to_be_confirmed(practice, mandate):
    suspend(mandate)
    with time_machine.travel(now() + timedelta(days=92)):
        reopen(mandate)
        assert not may(mandate)
        doctor_at(practice).post(f"{LIST}mandates/{mandate.pk}/confirm/")
        assert may(mandate)


@pytest.mark.parametrize(("take_away", "words"), [(suspend, SHUT), (close, SHUT), ("strike_off", NOT_LISTED)])
def test_an_open_session_of_the_secretary_is_led_to_the_reason_in_plain_words(mandate, take_away, words):
    secretary = secretary_of(mandate)
    assert words not in text_of(secretary.get(MANDATES))
    if take_away == "strike_off":
        ProfessionalRecord.objects.update(valid_to=today())
    else:
        take_away(mandate)
    assert secretary.get(ELSEWHERE)["Location"] == MANDATES
    page = text_of(secretary.get(MANDATES))
    assert words in page
    assert "En vigueur" not in page


def test_the_secretary_of_two_goes_on_for_the_other_one(mandate):
    other = a_mandate(a_practice(), mandate.account.person, email="other@example.lu")
    suspend(mandate)
    assert not mandate_of_both(mandate)
    assert mandate_of_both(other)
    assert secretary_of(mandate).get(ELSEWHERE).status_code == 403  # not led away: she is a secretary of somebody still


def mandate_of_both(mandate: Mandate) -> bool:
    mandate.account.standing = Standing("secretary", "luxtrust")
    return mandate_of(mandate.account, mandate.professional, "agenda") is not None


def test_nobody_is_asked_to_confirm_what_has_no_effect_and_the_lapse_is_told_once_it_could_have(mandate):
    suspend(mandate)
    begun = now()
    for days in (77, 88, 92):
        with time_machine.travel(begun + timedelta(days=days)):
            assert remind_and_end(actor=SYSTEM) == 0
    with time_machine.travel(begun + timedelta(days=93)):
        reopen(mandate)
        assert remind_and_end(actor=SYSTEM) == 1
    assert OutboxMessage.objects.filter(template="directory/mandate_notice").count() == 2


def test_its_last_day_ends_it_all_the_same(mandate):
    suspend(mandate)
    with time_machine.travel(now() + timedelta(days=301)):
        assert remind_and_end(actor=SYSTEM) == 1
    mandate.refresh_from_db()
    assert mandate.end_reason == "its_day"


@pytest.mark.parametrize("who", ["secretary", "professional"])
def test_the_registry_says_that_one_has_died_and_the_mandate_ends_for_good(mandate, who, tmp_path):
    """Account shut, mandate ended, journalled, the other one told: in the import itself."""
    person = mandate.account.person if who == "secretary" else mandate.professional.person
    other = mandate.professional.person if who == "secretary" else mandate.account.person
    line = {"matricule": person.matricule, "family_name": person.family_name, "given_names": person.given_names}
    path = tmp_path / "p.csv"
    path.write_text(",".join([*line, "deceased"]) + "\n" + ",".join([*line.values(), "1"]) + "\n")
    import_persons(actor=SYSTEM, path=path, report=tmp_path / "refused.csv", processes=1)

    assert Account.objects.get(person=person).state == "closed"
    mandate.refresh_from_db()
    assert (mandate.end_reason, mandate.ended_by) == ("deceased", None)
    assert not may(mandate)
    for chain in (person.pk, other.pk):
        assert JournalEntry.objects.filter(chain=f"person:{chain}", event="mandate.ended").count() == 1
    told = OutboxMessage.objects.get(template="directory/mandate_notice")
    assert told.recipient == ("doctor@example.lu" if who == "secretary" else "secretary@example.lu")
    assert end_mandates_of_the_deceased(actor=SYSTEM) == 0
