"""Going back to where one wanted to go, and nowhere else."""

from urllib.parse import quote

import pytest
from django.test import Client

from gesond.identity.sessions.return_address import safe_return_address
from gesond.identity.tests.factories import AccountFactory
from gesond.identity.tests.sign_in_steps import SERVICES, sign_in


@pytest.mark.parametrize("path", ["/fr/services/", "/de/services/", "/fr/services/?tab=2", "/en/"])
def test_pages_of_this_site_are_kept(path):
    assert safe_return_address(path) == path


@pytest.mark.parametrize(
    "text",
    [
        "",
        "services/",
        "//evil.example/fr/services/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "https://evil.example/fr/services/",
        "HTTPS://evil.example",
        "javascript:alert(1)",
        "/fr//evil.example",
        "/fr/../../evil",
        "/fr/services/..//evil.example",
        "/%2Fevil.example",
        "/%5Cevil.example",
        "/fr/services/\r\nLocation: https://evil.example",
        "/fr/services/\n",
        "\t//evil.example",
        " /fr/services/",
        "/\t/evil.example",
        "/fr/services/\x00",
        "/xx/services/",
        "/services/",
        "/fr/nowhere/",
        "/fr/sign-out/",
        "/fr/sign-in/",
        "/fr/services/?" + "a" * 2000,
    ],
)
def test_anything_else_is_dropped(text):
    assert safe_return_address(text) is None


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["/fr/sign-in/", "/fr/sign-in/patient/", "/fr/sign-in/patient/password/"])
@pytest.mark.parametrize(
    ("wanted", "reached"),
    [("/fr/services/?a=1", "/fr/services/?a=1"), ("//evil.example", SERVICES), ("/\\evil.example", SERVICES)],
)
def test_what_was_wanted_is_kept_through_every_step(step, wanted, reached):
    client = Client()
    client.get(f"{step}?next={quote(wanted)}")
    assert sign_in(client, AccountFactory())["Location"] == reached


@pytest.mark.django_db
def test_what_was_wanted_is_reached_once(client):
    account = AccountFactory()
    client.get("/fr/sign-in/?next=/de/services/")
    assert sign_in(client, account)["Location"] == "/de/services/"
    assert "return_to" not in client.session


@pytest.mark.django_db
def test_an_open_redirect_by_a_hidden_field_is_no_way_either(client):
    account = AccountFactory()
    typed = {"identifier": account.person.matricule, "password": "x", "next": "https://evil.example"}
    client.post("/fr/sign-in/patient/password/", typed)
    assert sign_in(client, account)["Location"] == SERVICES
