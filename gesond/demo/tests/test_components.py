"""`/demo/components/` draws every component in every state, in every language."""

import pytest
from captcha.models import CaptchaStore

ADDRESS = "/demo/components/"
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["fr", "de", "en"])
@pytest.mark.parametrize("query", ["", "?state=errors", "?dialog=open"])
def test_the_page_is_drawn(client, language, query):
    assert client.get(ADDRESS + query, headers={"Accept-Language": language}).status_code == 200


def test_the_form_is_refused_with_what_was_typed(client):
    page = client.post(ADDRESS, {"matricule": "", "email": "anna", "password": "hunter2hunter2"}).content.decode()
    assert 'value="anna"' in page
    assert "hunter2hunter2" not in page
    assert "nhsuk-error-summary" in page


def test_the_form_is_accepted(client):
    image = CaptchaStore.objects.get(hashkey=CaptchaStore.generate_key())
    answer = client.post(
        ADDRESS,
        {
            "received": "yes",
            "matricule": "1918090138700",
            "channel": "email",
            "password": "x",
            "captcha_key": image.hashkey,
            "captcha": image.challenge,
            "terms": "1",
        },
    )
    assert answer.status_code == 302
    assert answer["Location"] == ADDRESS


def test_there_is_no_other_error_page(client):
    assert client.get(f"{ADDRESS}errors/418/").status_code == 404
