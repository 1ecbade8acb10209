"""What is done to an account: each on a page of its own that asks why, reached from the person's page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from gesond.desk.forms import CLOSING_CHOICES, SUSPENSION_CHOICES, WhyForm
from gesond.identity.actions.accounts import (
    AccountError,
    close_account,
    end_all_sessions,
    reopen_account,
    suspend_account,
)
from gesond.identity.actions.staff_looks import held_look
from gesond.identity.models import Account, Role
from gesond.identity.sessions.authentication import account_of, actor_of
from gesond.identity.staff import desk_page

NOT_DONE = gettext_lazy(
    "Not done: the account is in another state, is your own, or is that of a member of staff, whom the role “Security” "
    "alone shuts out."
)

Done = Callable[[int, str], object]


def _under_a_look(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Who acts on an account has stated why they look at its person."""

    @wraps(view)
    def guarded(request: HttpRequest, person_id: int) -> HttpResponse:
        if held_look(staff=account_of(request), person_id=person_id) is None:
            return redirect("desk:person_reason", person_id)
        return view(request, get_object_or_404(Account, person_id=person_id))

    return guarded


@desk_page(Role.HELPDESK, Role.SECURITY)
@require_http_methods(["GET", "POST"])
@_under_a_look
def suspend(request: HttpRequest, account: Account) -> HttpResponse:
    form = WhyForm(request.POST or None, choices=SUSPENSION_CHOICES)
    return _decide(
        request,
        account,
        form,
        title=_("Suspend the account"),
        text=_("Nobody can sign in any more, all devices are signed out at once, and the person is told."),
        button=_("Suspend"),
        done=_("The account is suspended."),
        act=lambda key, why: suspend_account(actor=actor_of(request), account_id=key, reason=why),
    )


@desk_page(Role.SECURITY)
@require_http_methods(["GET", "POST"])
@_under_a_look
def reopen(request: HttpRequest, account: Account) -> HttpResponse:
    return _decide(
        request,
        account,
        None,
        title=_("Open the account again"),
        text=_("The person can sign in again with the means they had, and is told."),
        button=_("Open again"),
        done=_("The account is open."),
        act=lambda key, why: reopen_account(actor=actor_of(request), account_id=key),
    )


@desk_page(Role.SECURITY)
@require_http_methods(["GET", "POST"])
@_under_a_look
def close(request: HttpRequest, account: Account) -> HttpResponse:
    form = WhyForm(request.POST or None, choices=CLOSING_CHOICES)
    return _decide(
        request,
        account,
        form,
        title=_("Close the account"),
        text=_("Nobody can sign in any more and the person is told. Their data stay; only security can open it again."),
        button=_("Close the account"),
        done=_("The account is closed."),
        act=lambda key, why: close_account(actor=actor_of(request), account_id=key, reason=why),
    )


@desk_page(Role.HELPDESK, Role.SECURITY)
@require_http_methods(["GET", "POST"])
@_under_a_look
def end_sessions(request: HttpRequest, account: Account) -> HttpResponse:
    return _decide(
        request,
        account,
        None,
        title=_("Sign out all devices"),
        text=_("Every open session of this account ends at once, and the person is told. They can sign in again."),
        button=_("Sign out all devices"),
        done=_("All devices are signed out."),
        act=lambda key, why: end_all_sessions(actor=actor_of(request), account_id=key),
    )


def _decide(
    request: HttpRequest, account: Account, form: WhyForm | None, *, act: Done, done: str, **words: Any
) -> HttpResponse:
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            act(account.pk, form.cleaned_data["reason"] if form else "")
        except AccountError:
            messages.warning(request, NOT_DONE)
        else:
            messages.success(request, done)
        return redirect("desk:person", account.person_id)
    context = {"form": form, "person_id": account.person_id, "who": account.person.full_name, **words}
    return render(request, "desk/persons/decide.jinja", context)
