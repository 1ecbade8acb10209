"""« Mes services eSanté » (S2-31, S1-17)."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from gesond.identity.actions.sign_in import PREVIOUS_KEY
from gesond.identity.models import Door
from gesond.identity.services import service_tiles
from gesond.identity.sessions.authentication import account_of
from gesond.identity.sessions.standing import standing_of
from gesond.web.dates import moment


@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """What the account opens now, what comes, and when it was last used: one query, the session's."""
    account = account_of(request)
    standing = standing_of(account)
    if standing.door == Door.STAFF:
        return redirect("desk:start")
    entered_as_professional = standing.door == Door.PROFESSIONAL
    previous = request.session.get(PREVIOUS_KEY)
    return render(
        request,
        "identity/services.jinja",
        {
            "person": account.person,
            "previous_sign_in": moment(datetime.fromisoformat(previous)) if previous else "",
            "tiles": service_tiles(standing.door, account.doors),
            "standing": standing,
            "advise_password": standing.by_luxtrust and entered_as_professional and not account.has_password(),
            "has_phone": bool(account.phone),
            "degraded": entered_as_professional and not standing.by_luxtrust,
        },
    )
