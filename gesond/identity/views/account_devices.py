"""Signing devices out."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gesond.identity.actions.devices import end_other_sessions, end_session
from gesond.identity.models import Session
from gesond.identity.sessions.authentication import account_of, actor_of
from gesond.identity.sessions.store import is_session_of, stored_key


@require_POST
def sign_out_device(request: HttpRequest, key: str) -> HttpResponse:
    """Another of the person's devices; this one is signed out from the menu."""
    if not is_session_of(request.session, key):
        try:
            end_session(actor=actor_of(request), account=account_of(request), session=key)
        except Session.DoesNotExist as error:
            raise Http404 from error
        messages.success(request, _("The device was signed out."))
    return HttpResponseRedirect(reverse("identity:account_authentication"))


@require_POST
def sign_out_others(request: HttpRequest) -> HttpResponse:
    """All but this one."""
    keep = stored_key(request.session.session_key)
    end_other_sessions(actor=actor_of(request), account=account_of(request), keep_session=keep)
    messages.success(request, _("Your other devices were signed out."))
    return HttpResponseRedirect(reverse("identity:account_authentication"))
