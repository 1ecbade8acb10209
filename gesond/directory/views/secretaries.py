"""« Mes secrétaires »: a professional declares secretaries and keeps their mandates (S3-02, S3-17)."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gesond.directory.actions import declarations, mandates
from gesond.directory.actions.declarations import DeclarationRefusedError
from gesond.directory.actions.mandates import Change, MandateOverError
from gesond.directory.forms.secretaries import WORDS, DeclarationForm, MandateForm, first_and_last_day, too_many_links
from gesond.directory.models import Mandate
from gesond.directory.queries.declarations import declarations_of
from gesond.directory.queries.mandates import facts_of, mandates_given, with_places
from gesond.directory.queries.professionals import ProfessionalFacts, professional_of
from gesond.identity.models import Door
from gesond.identity.rules import by_luxtrust, entered_by
from gesond.identity.sessions.authentication import account_of, actor_of

Page = Callable[..., HttpResponse]
LIST = "directory:secretaries"


def professional_page(view: Page) -> Page:
    """For professionals in force who entered by their own door; the view is given what the directory says of them."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        account = account_of(request)
        professional = professional_of(account.person) if entered_by(Door.PROFESSIONAL)(account) else None
        if professional is None:
            raise PermissionDenied
        return view(request, professional, *args, **kwargs)

    return page


@professional_page
@require_safe
def secretaries(request: HttpRequest, professional: ProfessionalFacts) -> HttpResponse:
    """Every declaration and mandate, and what can be done with each."""
    context = {
        "declarations": declarations_of(professional.id),
        "mandates": mandates_given(professional.id),
        "by_luxtrust": by_luxtrust(request.user),
    }
    return render(request, "directory/secretaries/list.jinja", context)


@professional_page
def declare(request: HttpRequest, professional: ProfessionalFacts) -> HttpResponse:
    """The declaration; degraded sign-in is told that it may not (S1-20, X5)."""
    if not by_luxtrust(request.user):
        return render(request, "directory/secretaries/needs_luxtrust.jinja", status=403)
    initial = {**first_and_last_day(), "language": get_language()}
    if len(professional.practices) == 1:
        initial["establishments"] = [professional.practices[0].establishment_id]
    form = DeclarationForm(request.POST or None, initial=initial, practices=professional.practices)
    if request.method == "POST" and form.is_valid() and _declared(request, form):
        return redirect(LIST)
    context = {"form": form, "professional": professional}
    return render(request, "directory/secretaries/declare.jinja", context)


@professional_page
@require_POST
def resend(request: HttpRequest, professional: ProfessionalFacts, declaration_id: uuid.UUID) -> HttpResponse:
    """Another link; the former one is no longer good."""
    return _done(
        request,
        lambda: declarations.send_another_link(
            actor=actor_of(request), account=account_of(request), declaration_id=declaration_id
        ),
        _("Another link was sent. The former one is no longer good."),
    )


@professional_page
@require_POST
def withdraw(request: HttpRequest, professional: ProfessionalFacts, declaration_id: uuid.UUID) -> HttpResponse:
    """Take a declaration back."""
    return _done(
        request,
        lambda: declarations.withdraw(
            actor=actor_of(request), account=account_of(request), declaration_id=declaration_id
        ),
        _("The declaration is withdrawn: its link is no longer good."),
    )


@professional_page
def mandate(request: HttpRequest, professional: ProfessionalFacts, mandate_id: int) -> HttpResponse:
    """One mandate: what it allows, and changing it."""
    found = _own(professional, mandate_id)
    form = MandateForm(request.POST or None, mandate=found, practices=professional.practices)
    if request.method == "POST" and form.is_valid() and _changed(request, form):
        return redirect(LIST)
    facts = facts_of(found, found.account.person.full_name)
    context = {"form": form, "mandate": facts, "by_luxtrust": by_luxtrust(request.user)}
    return render(request, "directory/secretaries/mandate.jinja", context)


@professional_page
@require_POST
def change(request: HttpRequest, professional: ProfessionalFacts, mandate_id: int, change: str) -> HttpResponse:
    """« Confirmer », « Suspendre », « Reprendre »."""
    said = {
        Change.CONFIRM: _("The mandate is confirmed for three more months."),
        Change.SUSPEND: _("The mandate is suspended: nothing more can be done by it."),
        Change.RESUME: _("The mandate goes on."),
    }
    if change not in set(Change):
        raise Http404
    chosen = Change(change)
    return _done(
        request,
        lambda: mandates.apply_change(
            actor=actor_of(request), account=account_of(request), mandate_id=mandate_id, change=chosen
        ),
        said[chosen],
    )


@professional_page
def end(request: HttpRequest, professional: ProfessionalFacts, mandate_id: int) -> HttpResponse:
    """Asks first: it cannot be taken back."""
    if request.method != "POST":
        found = _own(professional, mandate_id)
        return render(request, "directory/secretaries/end.jinja", {"mandate": found})
    return _done(
        request,
        lambda: mandates.end_mandate(actor=actor_of(request), account=account_of(request), mandate_id=mandate_id),
        _("The mandate has ended."),
    )


def _declared(request: HttpRequest, form: DeclarationForm) -> bool:
    try:
        declarations.declare(actor=actor_of(request), account=account_of(request), statement=form.statement())
    except DeclarationRefusedError as refused:
        form.refuse(refused.refusal, refused.retry_after)
        return False
    messages.success(request, _("The declaration is made: the link was sent by e-mail."))
    return True


def _changed(request: HttpRequest, form: MandateForm) -> bool:
    try:
        mandates.change_terms(
            actor=actor_of(request), account=account_of(request), mandate_id=form.mandate.pk, terms=form.terms()
        )
    except (MandateOverError, mandates.MandateDatesError, DeclarationRefusedError):
        messages.warning(request, over())
        return True
    messages.success(request, _("The mandate is changed."))
    return True


def _own(professional: ProfessionalFacts, mandate_id: int) -> Mandate:
    """Another's is as if there were none."""
    found = with_places(mandate_id)
    if found is None or found.professional_id != professional.id or found.ended_at:
        raise PermissionDenied
    return found


def _done(request: HttpRequest, act: Callable[[], None], said: str) -> HttpResponse:
    """Do it, say so, back to the list."""
    try:
        act()
    except DeclarationRefusedError as refused:
        words = WORDS.get(refused.refusal, (None, too_many_links(refused.retry_after)))[1]
        messages.warning(request, str(words))
    except MandateOverError:
        messages.warning(request, over())
    else:
        messages.success(request, said)
    return redirect(LIST)


def over() -> str:
    """What was shown is no longer so."""
    return _("This was changed meanwhile: look at the list again.")
