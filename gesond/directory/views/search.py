"""The public search of the directory, and what it says of the professional who is signed in."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gesond.directory.forms.search import EstablishmentSearchForm, ProfessionalSearchForm
from gesond.directory.queries import search as queries
from gesond.directory.queries.professionals import facts_of, professional_of
from gesond.directory.queries.result_pages import PER_PAGE
from gesond.identity.models import Account, Door
from gesond.identity.rules import entered_by
from gesond.web.pagination import page_number, page_of


@require_safe
@login_not_required
def search(request: HttpRequest) -> HttpResponse:
    """« Trouver un professionnel »: nothing is listed before something is asked."""
    form = ProfessionalSearchForm(request.GET if request.GET else None)
    context: dict[str, Any] = {"form": form, "page": None}
    if form.asks:
        page = queries.professionals(form.sought(), page_number(request))
        context |= {"page": page, "found": page.object_list, "query": _without_page(request)}
    return render(request, "directory/search.jinja", context)


@require_safe
@login_not_required
def establishments(request: HttpRequest) -> HttpResponse:
    """Pharmacies, laboratories, hospitals: the second tab."""
    form = EstablishmentSearchForm(request.GET if request.GET else None)
    context: dict[str, Any] = {"form": form, "page": None}
    if form.asks:
        page = queries.establishments(**form.cleaned_data, page=page_number(request))
        context |= {"page": page, "found": page.object_list, "query": _without_page(request)}
    return render(request, "directory/establishments.jinja", context)


@require_safe
@login_not_required
def professional(request: HttpRequest, public_id: UUID) -> HttpResponse:
    facts = queries.listed_professional(public_id)
    if facts is None:
        raise Http404
    return render(request, "directory/professional.jinja", {"one": facts})


@require_safe
@login_not_required
def establishment(request: HttpRequest, public_id: UUID) -> HttpResponse:
    record = queries.establishment(public_id)
    if record is None:
        raise Http404
    page = page_of(request, queries.professionals_at(record), per_page=PER_PAGE)
    context = {"one": record, "page": page, "found": facts_of(page.object_list), "query": _without_page(request)}
    return render(request, "directory/establishment.jinja", context)


@require_safe
def own_record(request: HttpRequest) -> HttpResponse:
    """« Mes données dans l'annuaire »: read only, errors are the Helpdesk's to correct (S1-11)."""
    account = request.user
    if not isinstance(account, Account) or not entered_by(Door.PROFESSIONAL)(account):
        raise PermissionDenied
    return render(request, "directory/own_record.jinja", {"one": professional_of(account.person)})


def _without_page(request: HttpRequest) -> str:
    """The rest of the address, to which a page's number is added."""
    asked = request.GET.copy()
    asked.pop("page", None)
    return asked.urlencode()
