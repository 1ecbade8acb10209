"""One event and one row for each look of the agency, wherever it is made; the person reads why."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from gesond.identity.actions.assisted_activation import look_up
from gesond.identity.actions.staff_looks import held_look, open_look
from gesond.identity.event_names import entry_name
from gesond.identity.models import LookReason, StaffLook
from gesond.identity.tests.assisted_steps import a_clerk, actor_of
from gesond.identity.tests.factories import AccountFactory, PersonFactory
from gesond.identity.tests.luxtrust_steps import signed_in_by
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.identifiers import Matricule
from gesond.kernel.journal import Actor
from gesond.kernel.models import JournalEntry

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("reason", list(LookReason))
def test_the_person_reads_each_look_with_its_reason_in_words(reason, client):
    clerk, account = a_clerk(), AccountFactory()
    open_look(actor=actor_of(clerk), staff=clerk, person=account.person, reason=reason)
    signed_in_by(client, account, door="patient", method="code")
    page = client.get(reverse("identity:account_authentication")).content.decode()
    with translation.override("fr"):
        assert f"motif « {reason.label} »".replace("'", "&#39;") in page


def test_a_look_at_the_counter_is_a_look_like_any_other():
    clerk, person = a_clerk(), PersonFactory()
    look_up(actor=actor_of(clerk), clerk=clerk, matricule=Matricule.parse(person.matricule))
    look = StaffLook.objects.get()
    assert (look.staff, look.person, look.reason) == (clerk, person, LookReason.COUNTER)
    assert held_look(staff=clerk, person_id=person.pk) == look
    assert held_look(staff=a_clerk(), person_id=person.pk) is None


def test_a_look_at_the_counter_of_former_days_stays_readable():
    person = PersonFactory()
    with transaction.atomic():
        chain, details = f"person:{person.pk}", {"reason": "counter"}
        journal.record(actor=Actor("staff:1"), event="person.looked_up", chain=chain, details=details)
    with translation.override("fr"):
        told = str(entry_name(JournalEntry.objects.get(chain=chain)))
    assert "guichet" in told
    assert told.startswith("Vos données ont été consultées par l'Agence : motif")


def test_a_reason_that_is_none_is_refused_by_the_table():
    with pytest.raises(IntegrityError):
        StaffLook.objects.create(
            staff=a_clerk(), person=PersonFactory(), reason="curious", began_at=now(), ends_at=now().replace(year=2999)
        )
