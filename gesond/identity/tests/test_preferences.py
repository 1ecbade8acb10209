"""S1-11, S1-25 to S1-27: the tab « Informations personnelles »."""

import pytest

from gesond.identity.models import Account
from gesond.identity.tests.account_steps import PERSONAL, events, page_of, reachable_account, signed_in
from gesond.identity.tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
ALL = {"language": "fr", "notify_events": "1", "notify_polls": "1"}


@pytest.fixture
def account() -> Account:
    return reachable_account(person=PersonFactory(matricule="1985031512371", family_name="Doe", given_names="Rita"))


def test_the_registrys_data_are_shown_and_cannot_be_changed(account):
    """S1-11."""
    page = page_of(signed_in(account).get(PERSONAL))
    assert "Rita Doe" in page
    assert "1985 03 15 123 71" in page
    assert "15 mars 1985" in page
    assert "En cas d'erreur contactez le Helpdesk" in page
    assert 'name="family_name"' not in page


@pytest.mark.parametrize(("month", "day", "shown"), [(None, None, "1985"), (3, None, "mars 1985")])
def test_an_unknown_month_or_day_is_left_out(account, month, day, shown):
    person = account.person
    person.birth_month, person.birth_day = month, day
    person.save()
    assert f">{shown}<" in page_of(signed_in(account).get(PERSONAL))


def test_the_boxes_are_ticked_until_the_person_unticks_them(account):
    """S1-25, S1-26, S1-27."""
    page = page_of(signed_in(account).get(PERSONAL))
    assert page.count(" checked") == 3  # French and the two boxes
    assert "lors de la publication d'un événement sur le calendrier du portail" in page
    assert "lors de la publication d'un sondage sur le portail" in page
    assert "Décochez la case, si vous ne souhaitez pas recevoir de notifications." in page


def test_an_unticked_box_stops_the_notification(account):
    """S1-27."""
    client = signed_in(account)
    client.post(PERSONAL, {"language": "fr", "notify_polls": "1"})
    account.refresh_from_db()
    assert (account.notify_events, account.notify_polls) == (False, True)
    assert events(account) == ["notifications.chosen"]


def test_saving_without_a_change_leaves_no_trace(account):
    signed_in(account).post(PERSONAL, ALL)
    assert events(account) == []


def test_another_language_is_spoken_at_once_and_kept(account):
    client = signed_in(account)
    page = client.post(PERSONAL, {**ALL, "language": "de"}, follow=True)
    assert page.redirect_chain[-1][0] == "/de/account/personal/"
    assert "Persönliche Angaben" in page_of(page)
    assert "gespeichert" in page_of(page)
    account.refresh_from_db()
    assert account.language == "de"


def test_an_unknown_language_is_refused(account):
    assert signed_in(account).post(PERSONAL, {**ALL, "language": "xx"}).status_code == 422
