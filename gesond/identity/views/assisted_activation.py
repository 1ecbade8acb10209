"""A guided activation in the person's browser: the link, and step 1 with it in the place of the letter's code.

From step 2 on it is the ordinary wizard (S2-18 to S2-27).
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gesond.identity.actions.assisted_proof import Opened, Opening, begin_assisted, hash_of_link, is_good
from gesond.identity.forms.assisted_activation import AssistedForm
from gesond.identity.queries.terms import current_terms
from gesond.identity.sessions.authentication import actor_of
from gesond.identity.terms.texts import terms_html
from gesond.identity.views.activation import PATIENTS, public
from gesond.identity.views.activation_wizard import TERMS_KEY

LINK_KEY = "assisted_link"
GONE = 410


@public
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The link: what it is worth moves into the session at once, and out of the address.

    Whoever used this device before, a tablet of the agency's maybe, leaves nothing of their activation to the next.
    """
    held = hash_of_link(token)
    if not held:
        return _over(request)
    PATIENTS.let_go(request)
    request.session.cycle_key()
    request.session[LINK_KEY] = held
    return redirect("identity:activation_assisted")


@public
def begin(request: HttpRequest) -> HttpResponse:
    """The terms (S2-12) and the matricule (S2-16): then the link is used."""
    held = request.session.get(LINK_KEY, "")
    if not held:
        underway = PATIENTS.underway(request)
        return redirect(underway) if underway else _over(request)
    if not is_good(held):
        return _over(request)
    version = current_terms()
    form = AssistedForm(request.POST or None, number=version.number)
    if request.method == "POST" and form.is_valid():
        opened = begin_assisted(
            actor=actor_of(request),
            link=held,
            matricule=form.cleaned_data["matricule"],
            terms=version,
            language=str(get_language()),
        )
        if opened.key is not None:
            return _go_on(request, opened, version.number)
        if opened.outcome == Opening.OVER or not opened.tries_left:
            return _over(request)
        form.refuse(opened)
    context = {"form": form, "version": version, "terms": terms_html(version, get_language())}
    return render(request, "identity/activation/assisted.jinja", context)


def _go_on(request: HttpRequest, opened: Opened, terms: str) -> HttpResponse:
    assert opened.key is not None  # noqa: S101 - the caller has looked
    del request.session[LINK_KEY]
    PATIENTS.hold(request, opened.key)
    request.session[TERMS_KEY] = terms
    messages.success(request, _("It is you: no code of a letter is needed. Now choose your password."))
    return redirect("identity:activation_password")


def _over(request: HttpRequest) -> HttpResponse:
    request.session.pop(LINK_KEY, None)
    return render(request, "identity/activation/assisted_over.jinja", status=GONE)
