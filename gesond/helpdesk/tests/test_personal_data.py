"""« Télécharger mes données » holds the requests for help as their person may read them: GDPR article 15."""

import pytest

from gesond.helpdesk.actions import desk_requests
from gesond.helpdesk.tests.steps import a_request
from gesond.identity.models import Role
from gesond.identity.queries.personal_data import personal_data
from gesond.identity.tests.check_steps import actor, staff
from gesond.identity.tests.factories import AccountFactory

pytestmark = pytest.mark.django_db


def test_both_sides_of_the_thread_are_there_and_no_internal_note_or_name_of_staff():
    account, clerk = AccountFactory(), staff(Role.HELPDESK)
    request = a_request(account, message="Où est ma lettre ?", facts={"Étape": "Code d'activation"})
    desk_requests.note(actor=actor(clerk), staff=clerk, request_id=request.pk, text="Note très interne")
    given = desk_requests.Answer(text="Elle est en route.", seen=request.messages.get().pk)
    desk_requests.answer(actor=actor(clerk), staff=clerk, request_id=request.pk, answer=given)
    data = personal_data(account)
    assert [row["message"] for row in data["help_messages"]] == ["Où est ma lettre ?", "Elle est en route."]
    assert [str(row["author"]) for row in data["help_messages"]] == ["Vous", "Helpdesk"]
    assert data["help_requests"][0]["facts"] == {"Étape": "Code d'activation"}
    assert "très interne" not in str(data)
    assert clerk.person.full_name not in str(data["help_requests"]) + str(data["help_messages"])


def test_what_another_wrote_about_the_person_is_not_theirs_to_read():
    account = AccountFactory()
    request = a_request(message="Ma fille ne doit pas le savoir.")
    request.person = account.person
    request.save(update_fields=["person"])
    a_request(AccountFactory(), message="Rien à voir.")
    assert personal_data(account)["help_requests"] == personal_data(account)["help_messages"] == []
