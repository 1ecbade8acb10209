"""The general terms of use: S2-12, and agreeing again when they change."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gesond.identity.actions.terms import accept_terms
from gesond.identity.forms.activation import TermsForm
from gesond.identity.models import TermsVersion
from gesond.identity.queries.terms import current_terms, published_terms
from gesond.identity.sessions.authentication import account_of, actor_of
from gesond.identity.sessions.consent import consent_not_required
from gesond.identity.terms.files import terms_pdf
from gesond.identity.terms.texts import changes_html, terms_html

A_DAY = 24 * 3600


@login_not_required
@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """The terms in force."""
    version = current_terms()
    context = {"version": version, "terms": terms_html(version, get_language())}
    return render(request, "identity/terms/terms.jinja", context)


@login_not_required
@require_safe
@cache_control(public=True, max_age=A_DAY)
def pdf(request: HttpRequest, number: str) -> HttpResponse:
    """« Téléchargeables en PDF » (S2-12): any version that is or was in force, in the page's language."""
    try:
        version = published_terms(number)
    except TermsVersion.DoesNotExist as error:
        raise Http404 from error
    language = str(get_language())
    response = HttpResponse(terms_pdf(version, language), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="gesond-cgu-{version.number}-{language}.pdf"'
    return response


@never_cache
@consent_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest) -> HttpResponse:
    """What changed, and the question; the services open with the answer."""
    version = current_terms()
    form = TermsForm(request.POST or None, number=version.number)
    if request.method == "POST" and form.is_valid():
        accept_terms(actor=actor_of(request), account=account_of(request), version=version)
        messages.success(request, _("Thank you. Your services are open."))
        return redirect("identity:services")
    context = {
        "form": form,
        "version": version,
        "changes": changes_html(version, get_language()),
        "terms": terms_html(version, get_language()),
    }
    return render(request, "identity/terms/consent.jinja", context)
