"""« Non, je n'ai pas reçu mon code »: the queue of those who ask for a letter (S2-15)."""

from django.contrib import messages
from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gesond.desk.forms import REFUSAL_CHOICES, WhyForm
from gesond.desk.queries.letters import is_late, letter_requests, request_counts
from gesond.identity.actions.letter_orders import LetterRequestError, OwnLetterError, grant_request, refuse_request
from gesond.identity.actions.letters import LetterError
from gesond.identity.models import LetterRequest, Role
from gesond.identity.sessions.authentication import actor_of
from gesond.identity.staff import desk_page
from gesond.web.list_news import Mark, mark_of, news_of
from gesond.web.list_place import place_in, remember_place
from gesond.web.pagination import page_of

LIST = "desk:letter_requests"
OWN = gettext_lazy("This letter is your own: a colleague decides on it.")


@desk_page(Role.LETTERS)
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    remember_place(request, LIST, "state", "page")
    state = _state(request)
    page = page_of(request, letter_requests(state))
    context = {"page": page, "state": state, "is_late": is_late, "mark": _mark(page), "counts": request_counts()}
    return render(request, "desk/letters/requests.jinja", context)


@desk_page(Role.LETTERS)
@require_GET
def news(request: HttpRequest) -> HttpResponse:
    """How the list differs from what the page at hand shows of it."""
    rows = letter_requests(_state(request))
    found = news_of(request, rows, came="created_at", now=_mark(page_of(request, rows)))
    return render(request, "desk/letters/news.jinja", {"news": found})


@desk_page(Role.LETTERS)
@require_POST
def grant(request: HttpRequest, request_id: int) -> HttpResponse:
    get_object_or_404(LetterRequest, pk=request_id)
    try:
        grant_request(actor=actor_of(request), request_id=request_id)
    except LetterRequestError:
        _tell_decided(request)
    except OwnLetterError:
        messages.warning(request, OWN)
    except LetterError:
        messages.warning(
            request,
            _(
                "No letter can be issued: the person has an account by now, has died, or has no postal address. "
                "Refuse the request and say why."
            ),
        )
    else:
        messages.success(request, _("Granted: the letter is being printed. Nothing more to do."))
    return redirect(place_in(request, LIST))


@desk_page(Role.LETTERS)
@require_http_methods(["GET", "POST"])
def refuse(request: HttpRequest, request_id: int) -> HttpResponse:
    asked = get_object_or_404(LetterRequest.objects.select_related("person"), pk=request_id)
    if asked.state != LetterRequest.State.OPEN:
        _tell_decided(request)
        return redirect(place_in(request, LIST))
    form = WhyForm(request.POST or None, choices=REFUSAL_CHOICES)
    if not form.is_valid():
        return render(
            request, "desk/letters/refuse.jinja", {"form": form, "asked": asked, "list": place_in(request, LIST)}
        )
    try:
        refuse_request(actor=actor_of(request), request_id=request_id, reason=form.cleaned_data["reason"])
    except LetterRequestError:
        _tell_decided(request)
    except OwnLetterError:
        messages.warning(request, OWN)
    else:
        messages.success(request, _("The request is refused."))
    return redirect(place_in(request, LIST))


def _state(request: HttpRequest) -> str:
    state = request.GET.get("state", "")
    return state if state in LetterRequest.State.values else LetterRequest.State.OPEN.value


def _mark(page: Page[LetterRequest]) -> Mark:
    return mark_of(page, ((one.pk, one.person_id, one.batch_id) for one in page))


def _tell_decided(request: HttpRequest) -> None:
    messages.info(
        request,
        _("This request was decided a moment ago, by you or a colleague: nothing more to do. Here are the others."),
    )
