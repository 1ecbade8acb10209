"""Reading the journal, which is written into the journal."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from gesond.desk.forms import JournalSearchForm
from gesond.desk.journal_pages import chain_state, read_journal
from gesond.identity.models import Role
from gesond.identity.sessions.authentication import account_of, actor_of
from gesond.identity.staff import desk_page
from gesond.kernel.journal_search import TooWideError, last_seal


@desk_page(Role.SECURITY)
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    form = JournalSearchForm(request.GET)
    context: dict[str, Any] = {"form": form, "seal": last_seal(), "page": None, "too_wide": False, "chain": None}
    if form.is_valid():
        wanted = form.search()
        try:
            context["page"] = read_journal(
                actor=actor_of(request), staff=account_of(request), search=wanted, before=request.GET.get("before", "")
            )
        except TooWideError:
            context["too_wide"] = True
        context["chain"] = chain_state(wanted.chain)
    return render(request, "desk/journal.jinja", context)
