"""What the applicant of an identity check sees of it (S3-13): from the e-mail's link, or right after LuxTrust."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gesond.identity.queries.identity_checks import check_by_token, check_of, hold_check

GONE = 410


@login_not_required
@never_cache
@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The link: its secret moves into the session at once, and out of the address."""
    check = check_by_token(token)
    if check is None:
        return over(request)
    request.session.cycle_key()
    hold_check(request.session, check)
    return redirect("identity:identity_check")


@login_not_required
@never_cache
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """State, differences, documents, and what one can do."""
    check = check_of(request.session)
    if check is None:
        return over(request)
    return render(request, "identity/identity_check/show.jinja", {"check": check})


def over(request: HttpRequest) -> HttpResponse:
    """A link that is too old or not complete."""
    return render(request, "identity/identity_check/over.jinja", status=GONE)
