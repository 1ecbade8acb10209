"""« Mes services eSanté » (S2-31, S1-17)."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gesond.identity.actions.sign_in import PREVIOUS_KEY
from gesond.identity.services import service_tiles
from gesond.web.dates import moment


@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """What the account opens now, what comes, and when it was last used: one query, the session's."""
    previous = request.session.get(PREVIOUS_KEY)
    return render(
        request,
        "identity/services.jinja",
        {
            "person": request.user.person,  # type: ignore[union-attr] # an Account: the page needs sign-in
            "previous_sign_in": moment(datetime.fromisoformat(previous)) if previous else "",
            "tiles": service_tiles(),
        },
    )
