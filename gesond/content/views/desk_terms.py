"""The desk's terms of use: the versions there are, the next one in the making."""

import re

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gesond.content.actions.terms_drafts import (
    NumberTakenError,
    StaleDraftError,
    begin_draft,
    discard_draft,
    edit_draft,
    publish_draft,
)
from gesond.content.desk_queries import terms_list
from gesond.content.forms.moments import ReleaseForm
from gesond.content.forms.terms import TermsForm
from gesond.content.forms.texts import NAMES
from gesond.content.models import LANGUAGES, TermsDraft
from gesond.identity.actions.terms import TermsError
from gesond.identity.models import Role
from gesond.identity.queries.terms import current_terms
from gesond.identity.sessions.authentication import actor_of
from gesond.identity.staff import desk_page
from gesond.kernel.clock import now

REVISION = re.compile(r"\d{1,9}", re.ASCII)


@require_safe
@desk_page(Role.CONTENT)
def terms(request: HttpRequest) -> HttpResponse:
    """All versions and drafts."""
    versions, drafts = terms_list()
    context = {"versions": versions, "drafts": drafts, "at": now()}
    return render(request, "content/desk/terms.jinja", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(Role.CONTENT)
def new(request: HttpRequest) -> HttpResponse:
    """A draft, with the texts in force to begin with."""
    if request.method != "POST":
        present = current_terms()
        texts = {f"body_{language}": present.body.get(language, "") for language in LANGUAGES}
        return _page(request, TermsForm(initial={"revision": 1, **texts}))
    form = TermsForm(request.POST)
    if not form.is_valid() or "preview" in request.POST:
        return _page(request, form)
    try:
        draft = begin_draft(
            actor=actor_of(request), number=form.cleaned_data["number"], body=form.body(), changes=form.changes()
        )
    except NumberTakenError:
        return _number_taken(request, form)
    messages.success(request, _("The draft is kept. Nobody sees it before you publish it."))
    return redirect("content:desk_terms_draft", draft.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(Role.CONTENT)
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Its texts, and its publication."""
    found = get_object_or_404(TermsDraft, pk=pk)
    if request.method != "POST":
        return _page(request, TermsForm(initial=_initial(found)), draft=found)
    form = TermsForm(request.POST)
    if not form.is_valid() or "preview" in request.POST:
        return _page(request, form, draft=found)
    return _edit(request, form, found)


def _edit(request: HttpRequest, form: TermsForm, found: TermsDraft) -> HttpResponse:
    try:
        edit_draft(
            actor=actor_of(request),
            draft=found,
            revision=form.cleaned_data["revision"],
            number=form.cleaned_data["number"],
            body=form.body(),
            changes=form.changes(),
        )
    except StaleDraftError as stale:
        return _page(request, form, draft=stale.present, stale=True)
    except NumberTakenError:
        return _number_taken(request, form, found)
    messages.success(request, _("Saved."))
    return redirect("content:desk_terms_draft", found.pk)


@require_POST
@desk_page(Role.CONTENT)
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """In force now or at a time: account holders are asked again."""
    found, form = get_object_or_404(TermsDraft, pk=pk), ReleaseForm(request.POST)
    revision = request.POST.get("revision", "")
    if not form.is_valid() or not REVISION.fullmatch(revision):
        return _page(request, TermsForm(initial=_initial(found)), draft=found, release=form)
    try:
        publish_draft(actor=actor_of(request), draft=found, revision=int(revision), at=form.cleaned_data["publish_at"])
    except StaleDraftError:
        messages.warning(request, _("Somebody has changed the draft meanwhile: read it again before you publish it."))
        return redirect("content:desk_terms_draft", pk)
    except TermsError:
        form.add_error(
            None,
            _("Not published: the text and what has changed are needed in all three languages, and a later date."),
        )
        return _page(request, TermsForm(initial=_initial(found)), draft=found, release=form)
    messages.success(request, _("The version is published. What is published is never changed."))
    return redirect("content:desk_terms")


@require_POST
@desk_page(Role.CONTENT)
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw the draft away."""
    discard_draft(actor=actor_of(request), draft=get_object_or_404(TermsDraft, pk=pk))
    messages.success(request, _("The draft is thrown away."))
    return redirect("content:desk_terms")


def _initial(found: TermsDraft) -> dict[str, object]:
    body = {f"body_{language}": found.body.get(language, "") for language in LANGUAGES}
    changes = {f"changes_{language}": found.changes.get(language, "") for language in LANGUAGES}
    return {"revision": found.revision, "number": found.number, **body, **changes}


def _number_taken(request: HttpRequest, form: TermsForm, found: TermsDraft | None = None) -> HttpResponse:
    form.add_error("number", _("There is this version already: give the new one another number."))
    return _page(request, form, draft=found)


def _page(
    request: HttpRequest,
    form: TermsForm,
    *,
    draft: TermsDraft | None = None,
    release: ReleaseForm | None = None,
    stale: bool = False,
) -> HttpResponse:
    if stale and draft is not None:
        form.go_on_from(draft.revision)
    previewed = "preview" in request.POST and form.is_valid()
    context = {
        "form": form,
        "draft": draft,
        "stale": stale,
        "release": release or ReleaseForm(),
        "languages_named": NAMES,
        "preview": [{"name": NAMES[code], "body": text} for code, text in form.body().items()] if previewed else [],
    }
    return render(request, "content/desk/terms_draft.jinja", context)
