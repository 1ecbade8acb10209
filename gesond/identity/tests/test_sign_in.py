"""The journey of S2-28 to S2-31, as a person walks it."""

import pytest
from django.test import Client
from django.urls import reverse

from gesond.identity.models import Account, PendingSignIn, Session
from gesond.identity.tests.factories import PASSWORD, AccountFactory, PersonFactory
from gesond.identity.tests.sign_in_steps import (
    CODE_PAGE,
    PASSWORD_PAGE,
    SERVICES,
    give_password,
    latest_code,
    sign_in,
)
from gesond.kernel.models import JournalEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return AccountFactory()


def test_connexion_offers_the_two_doors(client):
    """S2-28, S1-16."""
    page = client.get("/fr/sign-in/").content.decode()
    assert "Connexion" in page and "PATIENT" in page and "PROFESSIONNEL" in page


def test_the_patient_chooses_a_means_of_authentication(client):
    """S2-28 to S2-30."""
    page = client.get("/fr/sign-in/patient/").content.decode()
    assert "Cliquez sur le moyen d'authentification souhaité" in page
    assert "Matricule, mot de passe et code" in page
    assert "LuxTrust" in page and "prochaine version" in page


def test_matricule_password_and_code_lead_to_the_services(client, account):
    """S2-30, S2-31."""
    assert give_password(client, account)["Location"] == CODE_PAGE
    answer = client.post(CODE_PAGE, {"code": latest_code(account)})
    assert answer["Location"] == SERVICES
    page = client.get(SERVICES).content.decode()
    assert "Mes services eSanté" in page and account.person.full_name in page
