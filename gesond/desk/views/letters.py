"""Letters: batches and their progress, a new batch, one letter."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gesond.desk.forms import LETTER_DOORS, LetterOrderForm
from gesond.desk.queries.letters import batch_lines, batches, count_selection, spool_state
from gesond.identity.actions.letter_orders import (
    AlreadyPrintingError,
    OwnLetterError,
    order_letter,
    order_letters,
    order_rest,
)
from gesond.identity.actions.letters import LetterError
from gesond.identity.actions.staff_looks import held_look
from gesond.identity.models import Door, LetterBatch, Role
from gesond.identity.queries.staff import staff_names
from gesond.identity.sessions.authentication import account_of, actor_of
from gesond.identity.staff import desk_page
from gesond.web.pagination import page_of


@desk_page(Role.LETTERS)
@require_GET
def list_batches(request: HttpRequest) -> HttpResponse:
    page = page_of(request, batches())
    return render(request, "desk/letters/list.jinja", {"page": page, "lines": batch_lines(list(page))})


@desk_page(Role.LETTERS)
@require_http_methods(["GET", "POST"])
def order(request: HttpRequest) -> HttpResponse:
    """Asked twice: first how many there would be, then whether to print them."""
    form = LetterOrderForm(request.POST or None)
    count = None
    if form.is_valid():
        count = count_selection(form.selection())
        if "confirmed" in request.POST and count:
            return _ordered(request, form)
    return render(request, "desk/letters/order.jinja", {"form": form, "count": count})


def _ordered(request: HttpRequest, form: LetterOrderForm) -> HttpResponse:
    try:
        batch = order_letters(actor=actor_of(request), selection=form.selection())
    except LetterError:
        messages.info(request, _("No letter is left to print: the last of these persons was served meanwhile."))
        return redirect("desk:letters_order")
    return redirect("desk:letter_batch", batch.pk)


@desk_page(Role.LETTERS)
@require_GET
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    found = get_object_or_404(LetterBatch, pk=batch_id)
    names = staff_names([found.created_by])
    context = {"line": batch_lines([found])[0], "spool": spool_state(found), "ordered_by": names.get(found.created_by)}
    return render(request, "desk/letters/batch.jinja", context)


@desk_page(Role.LETTERS)
@require_POST
def resume(request: HttpRequest, batch_id: int) -> HttpResponse:
    get_object_or_404(LetterBatch, pk=batch_id)
    try:
        order_rest(actor=actor_of(request), batch_id=batch_id)
    except LetterError:
        messages.info(request, _("This batch is finished."))
    return redirect("desk:letter_batch", batch_id)


@desk_page(Role.LETTERS)
@require_POST
def one_letter(request: HttpRequest, person_id: int) -> HttpResponse:
    """For the person whose page is open: a reason was stated."""
    look = held_look(staff=account_of(request), person_id=person_id)
    if look is None:
        return redirect("desk:person_reason", person_id)
    try:
        ordered = order_letter(actor=actor_of(request), person=look.person, door=_door(request))
    except AlreadyPrintingError as printing:
        messages.info(request, _("This letter is being printed already: there is no need to issue it twice."))
        return redirect("desk:letter_batch", printing.batch.pk)
    except OwnLetterError:
        messages.warning(request, _("This letter is your own: a colleague decides on it."))
        return redirect("desk:person", person_id)
    except LetterError:
        messages.warning(
            request,
            _("No letter: the person has died, their address is not known, or the directory does not have them."),
        )
        return redirect("desk:person", person_id)
    messages.success(request, _("The letter is being printed; the code before it stops working."))
    return redirect("desk:letter_batch", ordered.pk)


def _door(request: HttpRequest) -> str:
    asked = request.POST.get("door", Door.PATIENT.value)
    return asked if asked in dict(LETTER_DOORS) else Door.PATIENT.value
