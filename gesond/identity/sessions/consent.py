"""A new version of the terms asks for consent again: no service before it is given (S2-12)."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

View = TypeVar("View", bound=Callable[..., HttpResponse])


# Whether a session's account has not agreed to the terms in force: a part of the statement in `session_row`. Its one
# parameter is the present moment.
NOT_AGREED = """EXISTS (
  SELECT 1 FROM identity_termsversion AS version
   WHERE version.id = (SELECT id FROM identity_termsversion WHERE published_at <= %s ORDER BY published_at DESC LIMIT 1)
     AND NOT EXISTS (SELECT 1 FROM identity_termsacceptance AS agreed
                      WHERE agreed.version_id = version.id AND agreed.account_id = identity_session.account_id))"""


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
