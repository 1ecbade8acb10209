"""« Mes mandats »: whom a secretary serves (S3-17)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gesond.directory.actions import mandates as actions
from gesond.directory.actions.mandates import MandateOverError
from gesond.directory.models import Mandate
from gesond.directory.queries.mandates import mandates_held
from gesond.directory.rules import sees_mandates
from gesond.directory.views.secretaries import over
from gesond.identity.models import Account
from gesond.identity.sessions.authentication import account_of, actor_of


@require_safe
def mandates(request: HttpRequest) -> HttpResponse:
    """All of them, what each allows, and until when."""
    held = mandates_held(_secretary(request))
    return render(request, "directory/mandates/list.jinja", {"mandates": held})


def give_up(request: HttpRequest, mandate_id: int) -> HttpResponse:
    """Asks first: only the professional can give it again."""
    account = _secretary(request)
    if request.method != "POST":
        found = Mandate.objects.select_related("professional__person").filter(account=account, pk=mandate_id).first()
        if found is None or found.ended_at:
            raise PermissionDenied
        return render(request, "directory/mandates/give_up.jinja", {"mandate": found})
    try:
        actions.give_up(actor=actor_of(request), account=account, mandate_id=mandate_id)
    except MandateOverError:
        messages.warning(request, over())
    else:
        messages.success(request, _("You have given up this mandate."))
    return redirect("directory:mandates")


def _secretary(request: HttpRequest) -> Account:
    account = account_of(request)
    if not sees_mandates(account):
        raise PermissionDenied
    return account
