"""The desk's contents: a list, a text in three languages, its publication."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gesond.content import queries
from gesond.content.actions.editing import (
    NotYetError,
    OptionsFixedError,
    StaleEditError,
    archive_content,
    close_poll,
    create_content,
    edit_content,
    release_content,
    withdraw_content,
)
from gesond.content.desk_queries import KINDS, contents_page
from gesond.content.forms.kinds import FORMS
from gesond.content.forms.moments import ReleaseForm, moment_initial
from gesond.content.forms.texts import NAMES, ContentForm
from gesond.content.models import LANGUAGES, Content, Guide, Poll, PollKind, Stage
from gesond.content.views.polls import results_shown
from gesond.content.views.public import page_number
from gesond.identity.models import Role
from gesond.identity.sessions.authentication import actor_of
from gesond.identity.staff import desk_page


@require_safe
@desk_page(Role.CONTENT)
def contents(request: HttpRequest) -> HttpResponse:
    """All contents, by kind and stage."""
    kind, stage = request.GET.get("kind", ""), request.GET.get("stage", "")
    kind, stage = kind if kind in KINDS else "", stage if stage in Stage.values else ""
    context = {
        "page": contents_page(kind=kind, stage=stage, number=page_number(request)),
        "kind": kind,
        "stage": stage,
        "kinds": KINDS,
        "stages": Stage.choices,
    }
    return render(request, "content/desk/contents.jinja", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(Role.CONTENT)
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """A new draft."""
    form_class = _form_class(kind)
    if request.method != "POST":
        return _edit_page(request, form_class(initial={"revision": 1}), kind=kind)
    form = form_class(request.POST)
    if not form.is_valid() or "preview" in request.POST:
        return _edit_page(request, form, kind=kind)
    item = create_content(actor=actor_of(request), model=form_class.model, values=form.values(), options=form.options())
    messages.success(request, _("The draft is kept. Nobody sees it before you publish it."))
    return redirect("content:desk_item", kind, item.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(Role.CONTENT)
def edit(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Its texts. Who was second is told, and finds what they typed where they typed it."""
    form_class, item = _form_class(kind), _item(kind, pk)
    if request.method != "POST":
        return _edit_page(request, form_class(item=item, initial=form_class.initial_of(item)), kind=kind, item=item)
    form = form_class(request.POST, item=item)
    if not form.is_valid() or "preview" in request.POST:
        return _edit_page(request, form, kind=kind, item=item)
    return _edit(request, form, kind, item)


def _edit(request: HttpRequest, form: ContentForm, kind: str, item: Content) -> HttpResponse:
    try:
        edit_content(
            actor=actor_of(request),
            item=item,
            revision=form.cleaned_data["revision"],
            values=form.values(),
            options=form.options(),
        )
    except StaleEditError as stale:
        return _edit_page(request, form, kind=kind, item=stale.present, stale=True)
    except OptionsFixedError:
        form.add_error("options_fr", _("People have answered already: the answers to choose from stay as they are."))
        return _edit_page(request, form, kind=kind, item=item)
    except NotYetError:
        form.add_error(
            None, _("These times contradict the ones of its publication: correct them or withdraw it first.")
        )
        return _edit_page(request, form, kind=kind, item=item)
    messages.success(request, _("Saved."))
    return redirect("content:desk_item", kind, item.pk)


@require_safe
@desk_page(Role.CONTENT)
def item(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """How it looks, where it stands, what can be done with it."""
    found = _item(kind, pk)
    return _item_page(request, kind, found, _release_form(found))


@require_POST
@desk_page(Role.CONTENT)
def release(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Publish it now, or at a time."""
    found, form = _item(kind, pk), ReleaseForm(request.POST)
    if not form.is_valid():
        return _item_page(request, kind, found, form)
    publish_at: datetime | None = form.cleaned_data["publish_at"]
    unpublish_at: datetime | None = form.cleaned_data["unpublish_at"]
    try:
        released = release_content(
            actor=actor_of(request), item=found, publish_at=publish_at, unpublish_at=unpublish_at
        )
    except NotYetError:
        form.add_error(None, _("It would end before it begins: correct one of the two times."))
        return _item_page(request, kind, found, form)
    scheduled = released.stage() == Stage.SCHEDULED
    messages.success(request, _("It will be published by itself.") if scheduled else _("It is published."))
    return redirect("content:desk_item", kind, pk)


@require_POST
@desk_page(Role.CONTENT)
def withdraw(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Back to a draft."""
    withdraw_content(actor=actor_of(request), item=_item(kind, pk))
    messages.success(request, _("It is a draft again: nobody sees it."))
    return redirect("content:desk_item", kind, pk)


@require_POST
@desk_page(Role.CONTENT)
def archive(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Put away."""
    archive_content(actor=actor_of(request), item=_item(kind, pk))
    messages.success(request, _("It is archived: nobody sees it, and you find it in the list."))
    return redirect("content:desk_item", kind, pk)


@require_POST
@desk_page(Role.CONTENT)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """A poll takes no more answers."""
    found = _item(Poll.kind, pk)
    assert isinstance(found, Poll)  # noqa: S101 - of that kind
    close_poll(actor=actor_of(request), poll=found)
    messages.success(request, _("The poll is closed. Its results are shown."))
    return redirect("content:desk_item", Poll.kind, pk)


def _form_class(kind: str) -> type[ContentForm]:
    if kind not in FORMS:
        raise Http404
    return FORMS[kind]


def _item(kind: str, pk: int) -> Content:
    found: Content = get_object_or_404(_form_class(kind).model, pk=pk)
    return found


def _release_form(item: Content) -> ReleaseForm:
    upcoming = item.publish_at if item.stage() == Stage.SCHEDULED else None
    initial = moment_initial("publish_at", upcoming) | moment_initial("unpublish_at", item.unpublish_at)
    return ReleaseForm(initial=initial)


def _edit_page(
    request: HttpRequest, form: ContentForm, *, kind: str, item: Content | None = None, stale: bool = False
) -> HttpResponse:
    """`stale`: what is kept now is shown beside what was typed, which the next saving puts in its place."""
    if stale and item is not None:
        form.go_on_from(item.revision)
    context = {
        "form": form,
        "kind": kind,
        "kind_name": KINDS[kind].name,
        "new_name": KINDS[kind].new,
        "item": item,
        "languages_named": NAMES,
        "present": _present(item) if stale and item is not None else [],
        "preview": _preview(form) if "preview" in request.POST and form.is_valid() else [],
    }
    return render(request, "content/desk/edit.jinja", context)


def _preview(form: ContentForm) -> list[dict[str, str]]:
    return [{"language": code, "name": NAMES[code], **texts} for code, texts in form.texts().items()]


def _present(item: Content) -> list[dict[str, str]]:
    return [{"language": code, "name": NAMES[code], **item.texts[code]} for code in LANGUAGES if code in item.texts]


def _item_page(request: HttpRequest, kind: str, item: Content, form: ReleaseForm) -> HttpResponse:
    context: dict[str, Any] = {
        "item": item,
        "kind": kind,
        "kind_name": KINDS[kind].name,
        "stage": item.stage(),
        "texts": _present(item),
        "form": form,
        "public_address": _public_address(item),
    }
    if isinstance(item, Poll):
        own_words = item.asks == PollKind.TEXT
        context |= results_shown(item)
        context["answers"] = queries.free_answers(item, page_number(request)) if own_words else None
    return render(request, "content/desk/item.jinja", context)


def _public_address(item: Content) -> str:
    """Where the public sees it, when it does."""
    if item.stage() != Stage.PUBLISHED:
        return ""
    if isinstance(item, Guide):
        return reverse("content:guide_version", args=[item.slug, item.number])
    names = {"news": "content:news_item", "event": "content:event", "poll": "content:poll"}
    return reverse(names[item.kind], args=[item.pk]) if item.kind in names else reverse("content:faq")
