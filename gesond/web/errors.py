"""Error pages in the site's own look and the person's language; each says what to do next.

They ask neither the session nor the database who the person is: they are shown when those are the trouble.
"""

import sys
from dataclasses import dataclass
from math import ceil

import structlog
from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language_from_request, ngettext, override
from django.utils.translation import gettext_lazy as _

logger = structlog.get_logger(__name__)

MINUTE = 60
RETRY_WHEN_DOWN = 30
# Shown when even the page that says so fails: no template, no translation, no style.
LAST_RESORT = """<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Gesond</title></head><body>
<h1>Gesond</h1>
<p lang="fr">Le service ne répond pas. Réessayez dans quelques minutes.</p>
<p lang="de">Der Dienst antwortet nicht. Bitte versuchen Sie es in einigen Minuten erneut.</p>
<p lang="en">The service does not answer. Try again in a few minutes.</p>
</body></html>"""


HOME = _("Go to the home page")


@dataclass(frozen=True, kw_only=True)
class ErrorText:
    """What happened, what that means, and the label of the way on."""

    title: str | Promise
    text: str | Promise
    next_step: str | Promise = HOME


BAD_REQUEST = ErrorText(
    title=_("We did not understand this request"),
    text=_("The address or what was sent is incomplete. Go back, reload the page and try again."),
)
FORBIDDEN = ErrorText(
    title=_("You may not see this page"),
    text=_("It belongs to somebody else, or your account does not open it. If you think it should, ask our helpdesk."),
)
NOT_FOUND = ErrorText(
    title=_("This page does not exist"),
    text=_("The address may be incomplete or out of date. Check it, or look for the page from the home page."),
)
FORM_ONLY = ErrorText(
    title=_("This address takes forms only"),
    text=_("Nothing was sent. Open the page that the form belongs to, and go on there."),
    next_step=_("Go on"),
)
TOO_MANY = ErrorText(
    title=_("Too many tries"),
    text=_("To protect your account we ask you to wait a little. Nothing is lost."),
)
TOO_LARGE = ErrorText(
    title=_("The files are too large"),
    text=_("Nothing was sent. Go back and choose fewer or smaller files; a photograph may be made smaller first."),
    next_step=_("Open the page again"),
)
BROKEN = ErrorText(
    title=_("Something went wrong on our side"),
    text=_("It is not your doing and we have been told. Go back and try again in a few minutes."),
)
UNAVAILABLE = ErrorText(
    title=_("The service is having a short rest"),
    text=_("We cannot reach your data just now; it is safe. Wait half a minute, then reload this page."),
    next_step=_("Try again"),
)
STALE_FORM = ErrorText(
    title=_("This page was open for too long"),
    text=_("For your safety we did not send your form. Open the page again and fill it in once more."),
    next_step=_("Open the page again"),
)
EXPIRED = ErrorText(
    title=_("Your session has ended"),
    text=_("You were away for a while, so we closed what you had begun to protect your data. You can start again."),
    next_step=_("Start again"),
)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error_page(request, 400, BAD_REQUEST)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error_page(request, 403, FORBIDDEN)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error_page(request, 404, NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 where the database is what failed."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return service_unavailable(request)
    return _error_page(request, 500, BROKEN)


def service_unavailable(request: HttpRequest) -> HttpResponse:
    """503: the database is away. The next step is the page itself."""
    response = _error_page(request, 503, UNAVAILABLE, href=request.path)
    response["Retry-After"] = str(RETRY_WHEN_DOWN)
    return response


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token is missing or from another session."""
    return _error_page(request, 403, STALE_FORM, href=request.path)


def form_only(request: HttpRequest, href: str) -> HttpResponse:
    """405 for the address of a form opened as a page: another language chosen there, a bookmark, a sign-in between."""
    return _error_page(request, 405, FORM_ONLY, href=href)


def too_many_requests(request: HttpRequest, retry_after_seconds: int) -> HttpResponse:
    """429 for throttled actions: says how long to wait, and `Retry-After` tells machines."""
    response = _error_page(request, 429, TOO_MANY, wait=retry_after_seconds)
    response["Retry-After"] = str(max(1, ceil(retry_after_seconds)))
    return response


def content_too_large(request: HttpRequest) -> HttpResponse:
    """413 for a form whose files are far beyond what its page takes."""
    return _error_page(request, 413, TOO_LARGE, href=request.path)


def session_expired(request: HttpRequest, restart_url: str) -> HttpResponse:
    """403 for a task whose session ended: leads to `restart_url`, where it begins."""
    return _error_page(request, 403, EXPIRED, href=restart_url)


def _error_page(request: HttpRequest, status: int, text: ErrorText, *, href: str = "", wait: int = 0) -> HttpResponse:
    try:
        # Asked again: an error raised early finds the language of the thread's last visitor.
        with override(get_language_from_request(request, check_path=True)):
            context = {
                "plain": True,
                "status": status,
                "error": text,
                "href": href or reverse("web:home"),
                "wait": waiting_time(wait) if wait else "",
            }
            return render(request, "web/error.jinja", context, status=status)
    except Exception:
        logger.exception("error_page_failed", status=status)
        return HttpResponse(LAST_RESORT, status=status)


def waiting_time(seconds: int) -> str:
    """« 40 secondes », « 5 minutes »: rounded up, so that who waits that long has waited enough."""
    if seconds < MINUTE:
        return ngettext("%(number)d second", "%(number)d seconds", max(1, seconds)) % {"number": max(1, seconds)}
    minutes = ceil(seconds / MINUTE)
    return ngettext("%(number)d minute", "%(number)d minutes", minutes) % {"number": minutes}
