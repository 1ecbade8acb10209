from dataclasses import replace

import pytest
from django.db import connection

from gesond.web import metrics

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-more-than-24-letters"


@pytest.fixture
def with_token(settings):
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, metrics_token=TOKEN)


def test_requests_are_counted_by_route_and_never_by_path(client):
    client.get("/health/live")
    client.get("/fr/nothing/token-5f2c9a/")

    text = client.get("/metrics").content.decode()

    assert 'gesond_request_seconds_count{method="GET",route="health/live",status="200"}' in text
    assert 'gesond_request_seconds_count{method="GET",route="",status="404"}' in text
    assert "token-5f2c9a" not in text


def test_an_invented_method_makes_no_new_series(client):
    client.generic("BREW", "/health/live")

    text = client.get("/metrics").content.decode()

    assert 'method="other"' in text
    assert "BREW" not in text


def test_jobs_are_told_by_queue_and_state(client):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status) VALUES ('letters', 'x', '{}', 'todo')"
        )

    assert 'gesond_jobs{queue="letters",status="todo"} 1.0' in client.get("/metrics").content.decode()


def test_an_app_may_add_a_gauge_of_its_own():
    gauges = metrics.Gauges()
    gauges.add("gesond_people", "People by canton.", ("canton",), lambda: {("Remich",): 3.0})

    [family] = gauges.collect()

    assert [(sample.labels, sample.value) for sample in family.samples] == [({"canton": "Remich"}, 3.0)]


def test_production_without_a_token_has_no_such_page(client, settings):
    settings.DEMO = False

    assert client.get("/metrics").status_code == 404


@pytest.mark.usefixtures("with_token")
@pytest.mark.parametrize("given", [None, "Bearer wrong", TOKEN, f"Bearer {TOKEN}x", "Bearer é"])
def test_who_does_not_hold_the_token_sees_no_such_page(client, given):
    headers = {"Authorization": given} if given else {}

    assert client.get("/metrics", headers=headers).status_code == 404


@pytest.mark.usefixtures("with_token")
def test_who_holds_the_token_reads_the_metrics(client):
    response = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})

    assert response.status_code == 200
    assert b"gesond_jobs" in response.content
