"""The portal's own pages."""

from datetime import date

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse, translate_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language, get_language_from_request, override
from django.views.decorators.http import require_safe

from gesond.web.services import SERVICES

# When the accessibility statement was last compared with the site: to be renewed once a year.
ACCESSIBILITY_CHECKED_ON = date(2026, 11, 21)


@login_not_required
def root(request: HttpRequest) -> HttpResponse:
    """`/`: to the home page in the person's language."""
    with override(get_language_from_request(request)):
        return HttpResponseRedirect(reverse("web:home"))


@login_not_required
@require_safe
def language(request: HttpRequest, code: str) -> HttpResponse:
    """S2-01: the page the person was on, in the language they choose, remembered for their next visit.

    A link and not a form: choosing a language changes nothing but the words, and works on pages without a token.
    """
    if not check_for_language(code) or code not in dict(settings.LANGUAGES):
        raise Http404
    response = HttpResponseRedirect(_same_page_in(code, _local_path(request)))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
        httponly=True,
    )
    return response


def _local_path(request: HttpRequest) -> str:
    """Where the person came from, when it is a path of this site."""
    path = request.GET.get("next", "")
    is_ours = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if is_ours else "/"


def _same_page_in(code: str, path: str) -> str:
    if path == "/":
        with override(code):
            return reverse("web:home")
    return translate_url(path, code)


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """S2-02 to S2-06."""
    return render(request, "web/home.jinja")


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """« Besoin d'aide »: S1-29, S2-45."""
    return render(request, "web/help.jinja")


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The statement that the law of 28 May 2019 asks for."""
    return render(request, "web/accessibility.jinja", {"prepared_on": ACCESSIBILITY_CHECKED_ON})


@login_not_required
@require_safe
def coming(request: HttpRequest, service: str) -> HttpResponse:
    """What a service will be, and what to do until it opens."""
    if service not in SERVICES:
        raise Http404
    return render(request, "web/coming.jinja", {"service": SERVICES[service]})
