"""« Mon compte » in the header holds what the door of the session opens, and nothing that answers « interdit »."""

import re

import pytest
from django.test import Client

from gesond.desk.tests.staff import staff_account
from gesond.directory.tests.factories import PracticeFactory
from gesond.identity.models import Door, Role
from gesond.identity.tests.luxtrust_steps import signed_in_by

pytestmark = pytest.mark.django_db

PANEL = re.compile(r"ges-menu__toggle--account.*?</details>", re.DOTALL)
LINK = re.compile(r'class="ges-menu__link" href="([^"]+)">([^<]+)<')


def somebody_of_every_door():
    account = staff_account(*Role)
    PracticeFactory(professional__person=account.person)
    account.doors = [door.value for door in Door]
    account.save()
    return account


def menu_of(client):
    page = client.get("/fr/help/").content.decode()
    panel = PANEL.search(page)
    assert panel is not None
    return {label.replace("&#39;", "'"): address for address, label in LINK.findall(panel[0])}


@pytest.mark.parametrize("door", list(Door))
def test_every_entry_of_the_menu_opens_at_the_door_that_shows_it(door):
    client = signed_in_by(Client(), somebody_of_every_door(), door=door, method="luxtrust")
    menu = menu_of(client)
    assert menu
    for label, address in menu.items():
        assert client.get(address, follow=True).status_code == 200, label


def test_one_s_requests_for_help_are_read_as_a_person_and_the_desk_is_reached_as_staff():
    account = somebody_of_every_door()
    as_patient = menu_of(signed_in_by(Client(), account, door=Door.PATIENT, method="code"))
    as_staff = menu_of(signed_in_by(Client(), account, door=Door.STAFF, method="code"))
    assert "Mes demandes d'aide" in as_patient
    assert "/fr/desk/" not in as_patient.values()
    assert "Mes demandes d'aide" not in as_staff
    assert "Mes services eSanté" not in as_staff
    assert "/fr/desk/" in as_staff.values()
