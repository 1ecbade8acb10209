"""What waits for me, and whether the platform is well."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gesond.desk.queries.start import health, sealed, what_waits
from gesond.identity.models import Role
from gesond.identity.sessions.authentication import account_of
from gesond.identity.staff import desk_page


@desk_page(*Role)
def start(request: HttpRequest) -> HttpResponse:
    context = {"waiting": what_waits(account_of(request)), "health": health(), "seal": sealed()}
    return render(request, "desk/start.jinja", context)
