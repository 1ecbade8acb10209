"""What the applicant of an identity check sees of it (S3-13): from the e-mail's link, or right after LuxTrust."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gesond.identity.actions.identity_checks import CheckError, CheckOverError, withdraw
from gesond.identity.actions.identity_decisions import AppealError, appeal, appeal_until, may_appeal
from gesond.identity.actions.identity_evidence import (
    EVIDENCE_LIMITS,
    TooMuchEvidenceError,
    add_evidence,
    count_sending,
)
from gesond.identity.forms.identity_check import AppealForm, EvidenceForm
from gesond.identity.identity_checks.kinds import label_of
from gesond.identity.models import IdentityCheck
from gesond.identity.queries.identity_checks import (
    check_by_token,
    check_of,
    compared,
    evidence_of,
    hold_check,
    is_unknown_to_registry,
)
from gesond.identity.sessions.authentication import actor_of
from gesond.kernel.clock import now
from gesond.web.uploads import takes_files

GONE, TOO_MANY = 410, 429
PAGE = "identity:identity_check"


def holds_an_open_check(request: HttpRequest) -> bool:
    """Who may send files: the applicant of a check that still waits."""
    check = check_of(request.session)
    return check is not None and check.is_undecided


@login_not_required
@never_cache
@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The link: its secret moves into the session at once, and out of the address."""
    check = check_by_token(token)
    if check is None:
        return _over(request)
    request.session.cycle_key()
    hold_check(request.session, check)
    return redirect(PAGE)


@login_not_required
@takes_files(EVIDENCE_LIMITS, when=holds_an_open_check)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """State, differences, documents; adding a document."""
    check = check_of(request.session)
    if check is None:
        return _over(request)
    if request.method != "POST" or not check.is_undecided:
        return _page(request, check, EvidenceForm())
    form = EvidenceForm(request.POST, request.FILES)
    verdict = count_sending(actor=actor_of(request), check=check)
    if not verdict.allowed:
        form.ask_to_wait(verdict.retry_after)
        return _page(request, check, form, status=TOO_MANY)
    return _add(request, check, form) if form.is_valid() else _page(request, check, form)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def give_up(request: HttpRequest) -> HttpResponse:
    """Withdraw, once asked."""
    check = check_of(request.session)
    if check is None:
        return _over(request)
    if not check.is_undecided:
        return redirect(PAGE)
    if request.method != "POST":
        return render(request, "identity/identity_check/withdraw.jinja", {"check": check})
    try:
        withdraw(actor=actor_of(request), check_id=check.pk)
    except CheckOverError:
        messages.warning(request, _("Your check was decided meanwhile."))
    return redirect(PAGE)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contest(request: HttpRequest) -> HttpResponse:
    """Appeal against a refusal."""
    check = check_of(request.session)
    if check is None:
        return _over(request)
    if not may_appeal(check):
        return redirect(PAGE)
    form = AppealForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "identity/identity_check/appeal.jinja", {"check": check, "form": form})
    try:
        appeal(actor=actor_of(request), check_id=check.pk, reasons=form.cleaned_data["reasons"])
    except AppealError:
        messages.warning(request, _("This refusal can no longer be contested here. Contact the helpdesk."))
    return redirect(PAGE)


def _add(request: HttpRequest, check: IdentityCheck, form: EvidenceForm) -> HttpResponse:
    try:
        added = add_evidence(
            actor=actor_of(request),
            check=check,
            document=form.cleaned_data["document"],
            files=form.cleaned_data["copies"],
        )
    except TooMuchEvidenceError:
        form.too_many()
        return _page(request, check, form)
    except CheckError:
        return redirect(PAGE)
    said = _("Thank you: we have received your document.") if added else _("We already have this document.")
    messages.success(request, said)
    return redirect(PAGE)


def _page(request: HttpRequest, check: IdentityCheck, form: EvidenceForm, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "check": check,
        "about": label_of(check.kind),
        "late": check.is_undecided and check.due_at < now(),
        "compared": [one for one in compared(check) if one.differs],
        "unknown": is_unknown_to_registry(check),
        "evidence": evidence_of(check),
        "appeal_until": appeal_until(check) if may_appeal(check) else None,
        "form": form,
    }
    return render(request, "identity/identity_check/show.jinja", context, status=status)


def _over(request: HttpRequest) -> HttpResponse:
    """A link that is too old or not complete."""
    return render(request, "identity/identity_check/over.jinja", status=GONE)
