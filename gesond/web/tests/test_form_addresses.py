"""Addresses that take forms only, opened as pages."""

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path
from django.views.decorators.http import require_POST

from gesond.config.urls import urlpatterns as site
from gesond.web.form_addresses import page_above


@login_not_required
def things(request):
    return HttpResponse("things")


@login_not_required
@require_POST
def add(request):
    return HttpResponse("added")


urlpatterns = [path("things/", things), path("things/new/add/", add), *site]


@pytest.fixture
def visitor():
    with override_settings(ROOT_URLCONF=__name__):
        yield Client()


def test_it_says_so_and_leads_to_the_page_above(visitor):
    answer = visitor.get("/things/new/add/?a=b", headers={"Accept-Language": "fr"})
    page = answer.content.decode()
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "Cette adresse ne reçoit que des formulaires" in page
    assert '<a class="nhsuk-button" href="/things/"' in page


def test_a_form_is_taken_as_before(visitor):
    assert visitor.post("/things/new/add/").content == b"added"


def test_what_a_program_asks_by_another_method_is_answered_briefly(visitor):
    answer = visitor.delete("/things/new/add/")
    assert answer.status_code == 405
    assert answer.content == b""


def test_without_a_page_above_the_way_on_is_the_home_page(visitor):
    with override_settings(ROOT_URLCONF=__name__):
        assert page_above("/nothing/here/") == ""
        assert page_above("/fr/nothing/") == "/fr/"
