"""« Gérer mon compte », first tab: « Moyens d'authentification » (S1-19, S1-21 to S1-24)."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gesond.identity.event_names import entry_name
from gesond.identity.forms.account import CHANNEL_NAMES, PasswordForm
from gesond.identity.forms.luxtrust import DEVICE_NAMES
from gesond.identity.queries.account import authentication_tab
from gesond.identity.sessions.authentication import account_of


@require_safe
def first_tab(request: HttpRequest) -> HttpResponse:
    """« Gérer mon compte »."""
    return HttpResponseRedirect(reverse("identity:account_authentication"))


@require_safe
@never_cache
def authentication(request: HttpRequest) -> HttpResponse:
    """The means of authentication, the password's form at the bottom of the page (S1-19)."""
    return authentication_page(request, PasswordForm(account=account_of(request)))


def authentication_page(request: HttpRequest, form: PasswordForm, status: int = 200) -> HttpResponse:
    """The tab with the password's form as it stands."""
    context: dict[str, Any] = {
        "tab": authentication_tab(account_of(request), request.session),
        "form": form,
        "channel_names": CHANNEL_NAMES,
        "device_names": DEVICE_NAMES,
        "entry_name": entry_name,
    }
    return render(request, "identity/account/authentication.jinja", context, status=status)
