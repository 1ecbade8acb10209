"""« Non, je n'ai pas reçu mon code »: the queue of those who ask for a letter (S2-15)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gesond.desk.forms import REFUSAL_CHOICES, WhyForm
from gesond.desk.queries.letters import is_late, letter_requests
from gesond.identity.actions.letter_orders import LetterRequestError, grant_request, refuse_request
from gesond.identity.actions.letters import LetterError
from gesond.identity.models import LetterRequest, Role
from gesond.identity.sessions.authentication import actor_of
from gesond.identity.staff import desk_page
from gesond.web.pagination import page_of


@desk_page(Role.LETTERS)
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in LetterRequest.State.values else LetterRequest.State.OPEN.value
    context = {"page": page_of(request, letter_requests(state)), "state": state, "is_late": is_late}
    return render(request, "desk/letters/requests.jinja", context)


@desk_page(Role.LETTERS)
@require_POST
def grant(request: HttpRequest, request_id: int) -> HttpResponse:
    get_object_or_404(LetterRequest, pk=request_id)
    try:
        grant_request(actor=actor_of(request), request_id=request_id)
    except (LetterRequestError, LetterError):
        messages.warning(request, _("Not done: the request was decided meanwhile, or no letter can be sent."))
    else:
        messages.success(request, _("The letter is being printed."))
    return redirect("desk:letter_requests")


@desk_page(Role.LETTERS)
@require_http_methods(["GET", "POST"])
def refuse(request: HttpRequest, request_id: int) -> HttpResponse:
    asked = get_object_or_404(LetterRequest.objects.select_related("person"), pk=request_id)
    form = WhyForm(request.POST or None, choices=REFUSAL_CHOICES)
    if not form.is_valid():
        return render(request, "desk/letters/refuse.jinja", {"form": form, "asked": asked})
    try:
        refuse_request(actor=actor_of(request), request_id=request_id, reason=form.cleaned_data["reason"])
    except LetterRequestError:
        messages.warning(request, _("Not done: the request was decided meanwhile, or no letter can be sent."))
    else:
        messages.success(request, _("The request is refused."))
    return redirect("desk:letter_requests")
