"""The link in the message that announces a change: « ce n'était pas moi »."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gesond.identity.actions.objections import object_to_change, objection_state
from gesond.identity.sessions.authentication import actor_of

STATUS = {"unknown": 404}


@login_not_required
@require_http_methods(["GET", "POST"])
@never_cache
def objection(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link only asks: mail scanners open links too."""
    if request.method == "POST":
        state = object_to_change(actor=actor_of(request), token=token)
    else:
        state = objection_state(token)
    return render(request, "identity/account/objection.jinja", {"state": state.value}, status=STATUS.get(state, 200))
