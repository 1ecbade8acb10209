"""Where the secretaries' door leads: without a mandate in force, to « Mes mandats » and her own account alone (S3-17).

It looks at each request, so that a session that is open when the last mandate ends is kept out from then on.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from gesond.directory.rules import has_mandate
from gesond.identity.models import Door
from gesond.identity.rules import entered_by

MANDATES = {"directory:mandates", "directory:mandate_give_up"}
# Her own account, her services' list, signing out: they hold nothing of anybody she served.
OWN = "identity"


class MandateMiddleware:
    """Costs a query for secretaries only, and none on public pages or on those of the account."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not getattr(view, "login_required", True) or _is_her_own(request):
            return None
        if entered_by(Door.SECRETARY)(request.user) and not has_mandate(request.user):
            return redirect("directory:mandates")
        return None


def _is_her_own(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is None or match.view_name in MANDATES or OWN in match.namespaces
