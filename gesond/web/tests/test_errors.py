"""Error pages: the site's own look, the person's language, and what to do next, whatever has failed."""

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path
from django.utils.translation import override

from gesond.config.urls import handler400, handler403, handler404, handler500
from gesond.config.urls import urlpatterns as site
from gesond.web import errors


@login_not_required
def fail(request, kind):
    raise {
        "400": SuspiciousOperation,
        "403": PermissionDenied,
        "500": RuntimeError,
        "503": OperationalError,
    }[kind]("for the test")


@login_not_required
def throttled(request):
    return errors.too_many_requests(request, 290)


@login_not_required
def expired(request):
    return errors.session_expired(request, "/fr/help/")


@login_not_required
def form(request):
    return HttpResponse("sent")


urlpatterns = [
    path("fail/<str:kind>/", fail),
    path("throttled/", throttled),
    path("expired/", expired),
    path("form/", form),
    *site,
]
HANDLERS = (handler400, handler403, handler404, handler500)


@pytest.fixture
def visitor():
    with override_settings(ROOT_URLCONF=__name__):
        yield Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("kind", "status", "title"),
    [
        ("400", 400, "Nous n&#39;avons pas compris cette demande"),
        ("403", 403, "Vous n&#39;avez pas accès à cette page"),
        ("500", 500, "Un problème est survenu de notre côté"),
        ("503", 503, "Le service fait une courte pause"),
    ],
)
def test_each_failure_has_its_page_in_french_without_asking_the_database(visitor, kind, status, title):
    answer = visitor.get(f"/fail/{kind}/", headers={"Accept-Language": "fr"})
    page = answer.content.decode()
    assert answer.status_code == status
    assert title in page
    assert '<html lang="fr">' in page
    assert "ges-header" in page


def test_a_page_that_does_not_exist_says_so_in_the_language_of_its_address(visitor):
    answer = visitor.get("/de/gibt-es-nicht/", headers={"Accept-Language": "fr"})
    assert answer.status_code == 404
    assert "Diese Seite gibt es nicht" in answer.content.decode()


def test_outside_of_the_languages_the_browsers_is_spoken(visitor):
    with override("de"):
        page = visitor.get("/nowhere", headers={"Accept-Language": "en"}).content.decode()
    assert "This page does not exist" in page


def test_when_the_database_is_away_machines_are_told_when_to_come_back(visitor):
    answer = visitor.get("/fail/503/")
    assert answer["Retry-After"] == "30"
    assert 'href="/fail/503/"' in answer.content.decode()


def test_a_session_in_a_cookie_does_not_make_the_error_page_ask_for_it(visitor):
    visitor.cookies["gesond_session"] = "a" * 32
    assert visitor.get("/fail/500/").status_code == 500


def test_too_many_tries_say_how_long_to_wait(visitor):
    answer = visitor.get("/throttled/", headers={"Accept-Language": "fr"})
    assert answer.status_code == 429
    assert answer["Retry-After"] == "290"
    assert "Vous pourrez réessayer dans 5 minutes." in answer.content.decode()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 second"), (40, "40 seconds"), (60, "1 minute"), (61, "2 minutes"), (3600, "60 minutes")],
)
def test_a_wait_is_told_rounded_up(seconds, words):
    with override("en"):
        assert errors.waiting_time(seconds) == words


def test_an_ended_session_leads_to_where_the_task_begins(visitor):
    answer = visitor.get("/expired/", headers={"Accept-Language": "en"})
    assert answer.status_code == 403
    assert '<a class="nhsuk-button" href="/fr/help/"' in answer.content.decode()


def test_a_form_without_its_token_leads_back_to_its_page(visitor):
    careful = Client(enforce_csrf_checks=True)
    answer = careful.post("/form/", headers={"Accept-Language": "fr"})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Cette page est restée ouverte trop longtemps" in page
    assert 'href="/form/"' in page


def test_when_even_the_error_page_fails_three_languages_say_so(visitor, monkeypatch):
    monkeypatch.setattr(errors, "render", lambda *args, **kwargs: 1 / 0)
    answer = visitor.get("/fail/500/")
    assert answer.status_code == 500
    assert "Réessayez dans quelques minutes." in answer.content.decode()


def test_every_handler_of_the_site_is_ours():
    assert all(handler.startswith("gesond.web.errors.") for handler in HANDLERS)
