"""Pages of the demo's outbox: public, since nobody signs in to a demo's letter-box, and never in production."""

import uuid
from datetime import datetime

from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.views.decorators.clickjacking import xframe_options_sameorigin

from gesond.demo.outbox import queries
from gesond.demo.outbox.forms import FilterForm
from gesond.notify.models import OutboxMessage

# A sent e-mail styles itself and does nothing else: no script, no form, no remote address.
EMAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'self'; "
    "sandbox allow-top-navigation allow-top-navigation-by-user-activation"
)


def when(moment: datetime) -> str:
    """« 25 mars 2020 14:03:21 »: seconds tell neighbours apart."""
    return str(date_format(localtime(moment), "j F Y H:i:s"))


@login_not_required
def message_list(request: HttpRequest) -> HttpResponse:
    """Newest first, renewed while one looks at it."""
    form = FilterForm(request.GET)
    found = queries.messages(form.as_filter()) if form.is_valid() else []
    context = {"form": form, "outbox_messages": found, "address": request.get_full_path(), "when": when}
    return render(request, "demo/outbox/list.jinja", context)


@login_not_required
def message_data(request: HttpRequest) -> HttpResponse:
    """`?to=&channel=&since=`: the same for programs."""
    form = FilterForm(request.GET)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=400)
    found = queries.messages(form.as_filter())
    return JsonResponse({"messages": [queries.as_data(message) for message in found]})


@login_not_required
@csp_update({"frame-src": ["'self'"]})  # type: ignore[arg-type] # its types forget that views have arguments
def message(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    """What the person receives, and how it travelled."""
    found = get_object_or_404(OutboxMessage, pk=message_id)
    context = {
        "message": found,
        "headers": queries.headers(found),
        "sms_sender": settings.ENVIRONMENT.sms_sender,
        "when": when,
    }
    return render(request, "demo/outbox/message.jinja", context)


@login_not_required
@xframe_options_sameorigin
def message_html(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    """The e-mail itself, in a page that can do nothing; its links open in the whole window."""
    found = get_object_or_404(OutboxMessage, pk=message_id)
    html = (found.content or {}).get("html")
    if not html:
        raise Http404
    body = html.replace("<head>", '<head><base target="_top">', 1)
    return HttpResponse(body, headers={"Content-Security-Policy": EMAIL_POLICY})


@login_not_required
def letter(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse | FileResponse:
    """A letter as it is printed."""
    path = queries.letter_file(get_object_or_404(OutboxMessage, pk=message_id))
    if path is None:
        raise Http404
    return FileResponse(path.open("rb"), content_type="application/pdf")
