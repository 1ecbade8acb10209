"""Activation at the counter or by telephone: find the person, give a link, follow the steps, help."""

from typing import Any
from uuid import UUID

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gesond.helpdesk.counter_help import HELP
from gesond.helpdesk.forms.counter import BeginForm, CounterSearchForm, LinkAgainForm
from gesond.helpdesk.queries.counter import Guided, birth_of, guided, guided_today
from gesond.identity.actions import assisted_activation as actions
from gesond.identity.actions.assisted_activation import AssistedError, Document, Offered, UnderWayError
from gesond.identity.actions.staff_looks import held_look
from gesond.identity.assisted_steps import WALKED, topic_of
from gesond.identity.models import AssistedActivation, Role
from gesond.identity.sessions.authentication import account_of, actor_of
from gesond.identity.staff import desk_page

# The key of whom was looked up: no page takes a person's key from its address.
FOUND_KEY = "counter_person"
REFUSALS: dict[type[AssistedError], str | Promise] = {
    actions.OwnPersonError: _("This is your own matricule: open your account with the code of your own letter."),
    actions.HasAccountError: _("This person has an account already: they can sign in, or choose a new password."),
    actions.DeceasedError: _("According to the registry this person has died: no account can be opened."),
    actions.NoAddressError: _(
        "The registry knows no postal address of this person, so that the letter which tells of the opening could not "
        "reach them. Have the address entered first."
    ),
    actions.TooManyError: _(
        "You have reached today's limit of guided activations, or of links to this number or address. This is "
        "reported; go on tomorrow, or let a colleague take over."
    ),
    actions.OverError: _("This activation has ended: begin a new one."),
}


@desk_page(Role.HELPDESK)
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Find the person by their matricule; the activations of the day."""
    form = CounterSearchForm(request.POST or None)
    if form.is_valid():
        try:
            person = actions.look_up(
                actor=actor_of(request), clerk=account_of(request), matricule=form.cleaned_data["matricule"]
            )
        except UnderWayError as under_way:
            return _to_under_way(request, under_way)
        except AssistedError as refused:
            form.add_error(None, str(REFUSALS[type(refused)]))
        else:
            if person is not None:
                request.session[FOUND_KEY] = person.pk
                return redirect("helpdesk:counter_begin")
            form.add_error(
                "matricule", str(_("The registry knows nobody of this matricule: compare it with the card."))
            )
    context = {"form": form, "today": guided_today(account_of(request))}
    return render(request, "helpdesk/counter/start.jinja", context)


@desk_page(Role.HELPDESK)
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Compare with the document, and give the link."""
    look = held_look(staff=account_of(request), person_id=request.session.get(FOUND_KEY, 0))
    if look is None:  # looked up by nobody, or too long ago to go on without a word in the journal
        return redirect("helpdesk:counter")
    person = look.person
    form = BeginForm(request.POST or None, initial={"language": person.language})
    if form.is_valid():
        try:
            offered = actions.offer(
                actor=actor_of(request),
                clerk=account_of(request),
                person_id=person.pk,
                document=Document(form.cleaned_data["document"]),
                delivery=form.delivery(),
            )
        except UnderWayError as under_way:
            return _to_under_way(request, under_way)
        except AssistedError as refused:
            form.add_error(None, str(REFUSALS[type(refused)]))
        else:
            del request.session[FOUND_KEY]
            return _given(request, offered)
    context = {"form": form, "person": person, "birth": birth_of(person)}
    return render(request, "helpdesk/counter/begin.jinja", context)


@desk_page(Role.HELPDESK)
@require_safe
def show(request: HttpRequest, assisted_id: UUID) -> HttpResponse:
    """At which step the person is. Renews itself; without scripts, by loading it again."""
    return _page(request, _guided(request, assisted_id))


@desk_page(Role.HELPDESK)
@require_POST
def link_again(request: HttpRequest, assisted_id: UUID) -> HttpResponse:
    """A new link; the one before is good no more, and the person begins again."""
    found = _guided(request, assisted_id)
    form = LinkAgainForm(request.POST, assisted=found.assisted)
    if not form.is_valid():
        return _page(request, found, form)
    try:
        offered = actions.send_link_again(
            actor=actor_of(request),
            clerk=account_of(request),
            assisted_id=assisted_id,
            links=form.cleaned_data["links"],
            delivery=form.delivery(),
        )
    except AssistedError as refused:
        messages.warning(request, str(REFUSALS[type(refused)]))
        return redirect("helpdesk:counter_activation", assisted_id)
    if offered is None:
        messages.info(request, str(_("A link was given already: ask for another one if it is needed.")))
        return redirect("helpdesk:counter_activation", assisted_id)
    return _given(request, offered)


@desk_page(Role.HELPDESK)
@require_POST
def cancel(request: HttpRequest, assisted_id: UUID) -> HttpResponse:
    """End it."""
    _guided(request, assisted_id)
    if actions.cancel(actor=actor_of(request), clerk=account_of(request), assisted_id=assisted_id):
        messages.success(request, str(_("Ended without an account: the link no longer opens anything.")))
    else:
        messages.info(request, str(_("This activation had ended already: see below how.")))
    return redirect("helpdesk:counter_activation", assisted_id)


def _guided(request: HttpRequest, assisted_id: UUID) -> Guided:
    found = guided(account_of(request), assisted_id)
    if found is None:
        raise Http404
    return found


def _given(request: HttpRequest, offered: Offered) -> HttpResponse:
    """A link for the screen is in this one answer only, as a picture; a message's is not shown."""
    if not offered.link:
        messages.success(request, str(_("The link is on its way.")))
        return redirect("helpdesk:counter_activation", offered.assisted.pk)
    picture = str(segno.make(offered.link, error="m").svg_data_uri(scale=5, border=3, light="#fff"))
    return _page(request, _guided(request, offered.assisted.pk), picture=picture)


def _page(request: HttpRequest, found: Guided, form: LinkAgainForm | None = None, picture: str = "") -> HttpResponse:
    context: dict[str, Any] = {
        "guided": found,
        "form": form or LinkAgainForm(assisted=found.assisted),
        "steps": [step.label for step in WALKED],
        "help": HELP[found.step],
        "topic": topic_of(found.assisted.pk),
        "birth": birth_of(found.assisted.person),
        "picture": picture,
    }
    return render(request, "helpdesk/counter/activation.jinja", context)


def _to_under_way(request: HttpRequest, error: UnderWayError) -> HttpResponse:
    """To the one there is, when it is one's own."""
    own: AssistedActivation | None = error.assisted if error.assisted.clerk_id == account_of(request).pk else None
    if own is None:
        messages.warning(request, str(_("A colleague is guiding this person already: wait for them to end it.")))
        return redirect("helpdesk:counter")
    messages.info(request, str(_("You are guiding this person already.")))
    return redirect("helpdesk:counter_activation", own.pk)
