"""Searching persons, stating why one's data are needed, and the person's page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from gesond.desk.forms import PersonSearchForm, ReasonForm
from gesond.desk.queries.persons import find_persons, found_persons, person_sheet
from gesond.identity.actions.staff_looks import held_look, open_look, record_search
from gesond.identity.event_names import entry_name
from gesond.identity.models import LookReason, Person, Role
from gesond.identity.rules import roles_of
from gesond.identity.sessions.authentication import account_of, actor_of
from gesond.identity.staff import desk_page
from gesond.web.pagination import page_of

READERS = (Role.REGISTRY, Role.HELPDESK, Role.LETTERS, Role.SECURITY)
# The keys of those who were found: neither a name nor a matricule stands in the address or the session.
FOUND_KEY = "desk_found"


@desk_page(*READERS)
@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    form = PersonSearchForm(request.POST or None)
    if form.is_valid():
        typed = form.cleaned_data["query"]
        found = find_persons(typed, kind=form.kind)
        record_search(
            actor=actor_of(request),
            staff=account_of(request),
            kind=form.kind,
            typed=str(typed),
            found=len(found.person_ids),
        )
        request.session[FOUND_KEY] = {"ids": found.person_ids, "more": found.more, "kind": form.kind}
        return redirect("desk:persons_found")
    return render(request, "desk/persons/search.jinja", {"form": form})


@desk_page(*READERS)
@require_GET
def results(request: HttpRequest) -> HttpResponse:
    found: dict[str, Any] | None = request.session.get(FOUND_KEY)
    if found is None:
        return redirect("desk:persons")
    page = page_of(request, found["ids"])
    context = {"form": PersonSearchForm(), "page": page, "persons": found_persons(list(page)), "found": found}
    return render(request, "desk/persons/results.jinja", context)


@desk_page(*READERS)
@require_http_methods(["GET", "POST"])
def reason(request: HttpRequest, person_id: int) -> HttpResponse:
    """Nothing of the person is shown here, not even whether there is one, before the reason is written down."""
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        open_look(
            actor=actor_of(request),
            staff=account_of(request),
            person=get_object_or_404(Person, pk=person_id),
            reason=LookReason(form.cleaned_data["reason"]),
            reference=form.cleaned_data["reference"],
        )
        return redirect("desk:person", person_id)
    return render(request, "desk/persons/reason.jinja", {"form": form, "person_id": person_id})


@desk_page(*READERS)
@require_GET
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    look = held_look(staff=account_of(request), person_id=person_id)
    if look is None:
        return redirect("desk:person_reason", person_id)
    context = {
        "sheet": person_sheet(look.person),
        "look": look,
        "roles": roles_of(request.user),
        "entry_name": entry_name,
        "me": account_of(request).pk,
    }
    return render(request, "desk/persons/person.jinja", context)
