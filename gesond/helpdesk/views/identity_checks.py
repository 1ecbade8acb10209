"""The desk's queue of identity checks, and one check: look, take, ask, decide."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from gesond.helpdesk.forms.identity_checks import AskEvidenceForm, DecisionForm, FindForm, QueueForm
from gesond.helpdesk.identity_checks_entry import ROLES
from gesond.helpdesk.queries import identity_checks as queries
from gesond.identity.actions import identity_checks as actions
from gesond.identity.actions import identity_decisions, identity_evidence
from gesond.identity.actions.identity_checks import CheckError
from gesond.identity.identity_checks.kinds import label_of
from gesond.identity.models import Account, IdentityCheck, IdentityEvidence
from gesond.identity.sessions.authentication import actor_of
from gesond.identity.staff import desk_page
from gesond.kernel.clock import now
from gesond.web.documents import SUFFIXES, attachment
from gesond.web.list_news import Mark, mark_of, news_of
from gesond.web.list_place import place_in, remember_place
from gesond.web.pagination import page_of

REFUSALS: dict[type[CheckError], str | Promise] = {
    actions.CheckOverError: _("This check was decided or withdrawn meanwhile."),
    actions.NotEntitledError: _("You may not decide on this check."),
    actions.TakenError: _("This check is not with you: take it first, or choose another one."),
    actions.DecidedBeforeError: _("You have already decided on this check: somebody else has to go on."),
}


@desk_page(*ROLES)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What waits, the most urgent first."""
    remember_place(request, "helpdesk:identity_checks", "which", "kind", "page")
    return _queue_page(request, FindForm())


@desk_page(*ROLES)
@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """How the queue differs from what the page at hand shows of it."""
    rows = _rows(request, QueueForm(request.GET))
    found = news_of(request, rows, came="opened_at", now=_mark(page_of(request, rows)))
    return render(request, "helpdesk/identity_checks/news.jinja", {"news": found})


@desk_page(*ROLES)
@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """One check by its number; or those of one person."""
    form = FindForm(request.POST)
    if not form.is_valid():
        return _queue_page(request, form)
    sought = form.cleaned_data["sought"]
    if isinstance(sought, str):
        found = queries.check_by_number(sought)
        checks = [found] if found else []
    else:
        checks = actions.find_by_matricule(actor=actor_of(request), matricule=sought, by=_account(request))
    if len(checks) == 1:
        return redirect("helpdesk:identity_check", checks[0].pk)
    return render(request, "helpdesk/identity_checks/found.jinja", {"form": form, "rows": _lines(checks)})


@desk_page(*ROLES)
@require_safe
def show(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """One check; each look is in the journal."""
    return _check_page(request, check_id)


@desk_page(*ROLES)
@require_POST
def take(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """« Take »: it is mine."""
    return _carry_out(request, check_id, actions.take, _("The check is with you: decide below."))


@desk_page(*ROLES)
@require_POST
def release(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """Back to the queue."""
    return _carry_out(request, check_id, actions.release, _("The check is back in the queue."))


@desk_page(*ROLES)
@require_POST
def ask(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """Ask the applicant for documents."""
    form = AskEvidenceForm(request.POST)
    if not form.is_valid():
        return _check_page(request, check_id, asking=form)
    facts = {"documents": form.cleaned_data["documents"], "words": form.cleaned_data["request_words"]}
    return _carry_out(
        request, check_id, actions.ask_for_evidence, _("The applicant is asked by e-mail for the document."), **facts
    )


@desk_page(*ROLES)
@require_POST
def decide(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """Accept or refuse."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _check_page(request, check_id, deciding=form)
    return _carry_out(request, check_id, identity_decisions.decide, _("Your decision is noted."), **form.facts())


@desk_page(*ROLES)
@require_safe
def evidence(request: HttpRequest, check_id: UUID, evidence_id: UUID) -> HttpResponse:
    """One document, to be kept and opened outside the browser."""
    check = _check(request, check_id)
    try:
        found, content = identity_evidence.open_evidence(
            actor=actor_of(request), check=check, evidence_id=evidence_id, by=_account(request)
        )
    except IdentityEvidence.DoesNotExist:
        raise Http404 from None
    return attachment(content, f"{check.number}-{found.document}-{str(found.pk)[:8]}.{SUFFIXES[found.format]}")


def _account(request: HttpRequest) -> Account:
    return cast(Account, request.user)


def _check(request: HttpRequest, check_id: UUID) -> IdentityCheck:
    """The check, unless it is about whoever asks."""
    check = queries.check_for_desk(check_id)
    if check is None:
        raise Http404
    try:
        actions.require_not_own(check, _account(request))
    except CheckError:
        raise PermissionDenied from None
    return check


def _queue_page(request: HttpRequest, finding: FindForm) -> HttpResponse:
    filters = QueueForm(request.GET)
    page = page_of(request, _rows(request, filters))
    context = {
        "filters": filters,
        "finding": finding,
        "mark": _mark(page),
        "figures": queries.queue_figures(_account(request)),
        "page": page,
        "rows": _lines(page.object_list),
    }
    return render(request, "helpdesk/identity_checks/queue.jinja", context)


def _rows(request: HttpRequest, filters: QueueForm) -> Any:
    which, kind = filters.chosen()
    return queries.queue(which, kind=kind, by=_account(request))


def _mark(page: Any) -> Mark:
    shown = ((one.pk, one.state, one.taken_by_id, one.due_at, one.has_evidence, one.evidence_asked_at) for one in page)
    return mark_of(page, shown)


def _lines(checks: Any) -> list[dict[str, Any]]:
    """What the table needs beside each check."""
    moment = now()
    return [
        {
            "check": check,
            "about": label_of(check.kind),
            "overdue": check.is_undecided and check.due_at < moment,
            "days": (moment - check.opened_at).days,
        }
        for check in checks
    ]


def _check_page(
    request: HttpRequest,
    check_id: UUID,
    *,
    asking: AskEvidenceForm | None = None,
    deciding: DecisionForm | None = None,
) -> HttpResponse:
    check = _check(request, check_id)
    actions.look_at(actor=actor_of(request), check=check)
    context = {
        "seen": queries.at_desk(check, _account(request)),
        "list": place_in(request, "helpdesk:identity_checks"),
        "asking": asking or AskEvidenceForm(),
        "deciding": deciding or DecisionForm(),
    }
    return render(request, "helpdesk/identity_checks/check.jinja", context)


def _carry_out(
    request: HttpRequest,
    check_id: UUID,
    action: Callable[..., IdentityCheck],
    done: str | Promise = "",
    **facts: Any,
) -> HttpResponse:
    """One action on a check, then its page, with what came of it."""
    try:
        action(actor=actor_of(request), check_id=check_id, by=_account(request), **facts)
    except CheckError as refused:
        messages.warning(request, str(REFUSALS[type(refused)]))
    else:
        if done:
            messages.success(request, str(done))
    return redirect("helpdesk:identity_check", check_id)
