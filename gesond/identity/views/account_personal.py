"""« Gérer mon compte », second tab: « Informations personnelles » (S1-25 to S1-27), and « Télécharger mes données »."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gesond.identity.actions.data_export import ExportTooSoonError, ask_for_export, open_export
from gesond.identity.actions.preferences import choose_language, choose_notifications
from gesond.identity.forms.account import PreferencesForm
from gesond.identity.models import DataExport
from gesond.identity.queries.account import personal_tab
from gesond.identity.sessions.authentication import account_of, actor_of
from gesond.identity.sessions.fresh_proof import fresh_proof_required_on

TAB = "identity:account_personal"


@require_http_methods(["GET", "POST"])
@never_cache
def personal(request: HttpRequest) -> HttpResponse:
    """What the registry says, which the helpdesk corrects; language and notifications, which the person chooses."""
    account = account_of(request)
    if request.method != "POST":
        chosen = {
            "language": account.language,
            "notify_events": account.notify_events,
            "notify_polls": account.notify_polls,
        }
        return _page(request, PreferencesForm(initial=chosen))
    form = PreferencesForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    return _choose(request, form)


@require_POST
@fresh_proof_required_on(TAB)
def ask_for_data(request: HttpRequest) -> HttpResponse:
    """« Télécharger mes données »: made by a job, announced by a message."""
    try:
        ask_for_export(actor=actor_of(request), account=account_of(request))
        messages.success(request, _("We are preparing your data. We will tell you when they are ready."))
    except ExportTooSoonError:
        messages.warning(request, _("You can ask for your data once a day."))
    return HttpResponseRedirect(reverse(TAB))


@require_safe
@never_cache
@fresh_proof_required_on(TAB)
def download(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """The ZIP; another account's does not exist."""
    try:
        content = open_export(actor=actor_of(request), account=account_of(request), export_id=export_id)
    except DataExport.DoesNotExist as error:
        raise Http404 from error
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="gesond-data.zip"'
    response["Cache-Control"] = "no-store"
    return response


def _choose(request: HttpRequest, form: PreferencesForm) -> HttpResponse:
    account, actor = account_of(request), actor_of(request)
    language = form.cleaned_data["language"]
    choose_language(actor=actor, account=account, language=language)
    choose_notifications(
        actor=actor,
        account=account,
        events=form.cleaned_data["notify_events"],
        polls=form.cleaned_data["notify_polls"],
    )
    with override(language):
        messages.success(request, _("Your choices are saved."))
    if language == account.language:
        return HttpResponseRedirect(reverse(TAB))
    # The page of languages remembers the choice and brings back here in it.
    return HttpResponseRedirect(f"{reverse('web:language', args=[language])}?{urlencode({'next': reverse(TAB)})}")


def _page(request: HttpRequest, form: PreferencesForm) -> HttpResponse:
    context = {"tab": personal_tab(account_of(request)), "form": form}
    return render(request, "identity/account/personal.jinja", context, status=422 if form.errors else 200)
