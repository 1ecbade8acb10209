"""Messages: what waits, what failed for good, and sending that again."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gesond.desk.queries.outbox import dead_letter_lines, dead_letters_of, outbox_facts
from gesond.identity.models import Role
from gesond.identity.rules import has_role
from gesond.identity.sessions.authentication import actor_of
from gesond.identity.staff import desk_page
from gesond.notify.actions import ResendError, discard, resend
from gesond.notify.models import Channel
from gesond.web.list_place import place_in, remember_place
from gesond.web.pagination import page_of


@desk_page(Role.HELPDESK, Role.SECURITY)
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    remember_place(request, "desk:outbox", "channel", "page")
    channel = request.GET.get("channel", "")
    page = page_of(request, dead_letters_of(channel if channel in Channel.values else ""))
    context = {
        "facts": outbox_facts(),
        "page": page,
        "lines": dead_letter_lines(list(page)),
        "channel": channel,
        "may_act": has_role(Role.SECURITY)(request.user),
    }
    return render(request, "desk/outbox.jinja", context)


@desk_page(Role.SECURITY)
@require_POST
def send_again(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    try:
        resend(actor=actor_of(request), message_id=message_id)
    except ResendError:
        messages.warning(request, _("This message cannot be sent again: its text was erased, or it is past its use."))
    else:
        messages.success(request, _("The message is sent again."))
    return redirect(place_in(request, "desk:outbox"))


@desk_page(Role.SECURITY)
@require_POST
def lay_aside(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    try:
        discard(actor=actor_of(request), message_id=message_id)
    except ResendError:
        messages.warning(request, _("This message was dealt with meanwhile."))
    else:
        messages.success(request, _("The message is laid aside."))
    return redirect(place_in(request, "desk:outbox"))
