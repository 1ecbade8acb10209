"""« Mes services eSanté »: S2-31, S1-17, S2-06."""

from html import unescape

import pytest

from gesond.identity.services import Service, State, _services, register_service
from gesond.identity.tests.factories import AccountFactory
from gesond.identity.tests.sign_in_steps import SERVICES, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    sign_in(client, AccountFactory())
    return lambda: unescape(client.get(SERVICES).content.decode())


def test_the_services_of_the_guides_are_shown_with_their_state(page):
    """S2-06, S2-31."""
    shown = page()
    for title in (
        "Dossier de Soins Partagé (DSP)",
        "Téléconsultation",
        "Remboursement accéléré des mémoires d'honoraires",
        "Carnet de vaccination électronique",
        "Prescription digitale",
        "Gérer mon compte",
    ):
        assert title in shown
    assert "Bientôt disponibles" in shown


def test_the_page_asks_the_database_once(client, django_assert_num_queries):
    sign_in(client, AccountFactory())
    with django_assert_num_queries(1):
        assert client.get(SERVICES).status_code == 200


def test_a_service_that_opens_replaces_its_announcement(page):
    announced = _services["dsp"]
    try:
        register_service(
            Service(slug="dsp", title="Mon DSP", description="…", state=State.OPEN, url_name="identity:services")
        )
        assert 'href="/fr/services/">Mon DSP' in page()
    finally:
        register_service(announced)


def test_an_open_service_must_lead_somewhere_and_a_coming_one_must_say_what_to_do_meanwhile():
    with pytest.raises(ValueError, match="leads somewhere"):
        Service(slug="x", title="X", description="…", state=State.OPEN)
    with pytest.raises(ValueError, match="meanwhile"):
        Service(slug="x", title="X", description="…", state=State.SOON)


def test_a_service_of_a_closed_door_is_not_shown(page, settings):
    from dataclasses import replace

    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, doors=("patient",))
    assert "Téléconsultation" not in page().split("<main")[1].split("</main")[0]
