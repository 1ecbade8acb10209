"""A new version of the terms asks for consent again: no service before it is given (S2-12)."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Exists, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from gesond.identity.models import TermsAcceptance, TermsVersion
from gesond.kernel.clock import now

View = TypeVar("View", bound=Callable[..., HttpResponse])


def consent_due() -> Exists:
    """For a query of sessions: whether the session's account has not agreed to the terms in force."""
    newest = TermsVersion.objects.filter(published_at__lte=now()).order_by("-published_at").values("pk")[:1]
    agreed = TermsAcceptance.objects.filter(version=OuterRef("pk"), account=OuterRef(OuterRef("account")))
    return Exists(TermsVersion.objects.filter(~Exists(agreed), pk=Subquery(newest)))


def consent_not_required(view: View) -> View:
    """For what must work before agreeing: the question itself, signing out."""
    view.consent_not_required = True  # type: ignore[attr-defined] # read by the middleware below
    return view


class ConsentMiddleware:
    """Leads who is signed in and has not agreed yet to the question. Public pages stay open. Costs no query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not getattr(view, "login_required", True) or getattr(view, "consent_not_required", False):
            return None
        row = getattr(request.session, "row", None)
        if request.user.is_authenticated and row is not None and row.consent_due:
            return redirect("identity:terms_consent")
        return None
