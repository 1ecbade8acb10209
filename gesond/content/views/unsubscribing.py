"""No more e-mails of one kind: one click in the mail program or on a page, without signing in (RFC 8058)."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from gesond.content.unsubscribing import LISTS, BadLinkError, account_of_token
from gesond.identity.actions.preferences import stop_notification
from gesond.kernel.journal import VISITOR

NOT_FOUND = 404


@csrf_exempt  # the mail program posts, without cookie or session: the link itself is the proof
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, name: str, token: str) -> HttpResponse:
    """GET asks and changes nothing: programs that look at links in mails must not unsubscribe anybody.

    Neither page tells whose link it is, nor whether the account is still there.
    """
    box = LISTS.get(name)
    try:
        account_id = account_of_token(token, box) if box else None
    except BadLinkError:
        account_id = None
    if box is None or account_id is None:
        return _page(request, status=NOT_FOUND, known=False)
    if request.method == "POST":
        stop_notification(actor=VISITOR, account_id=account_id, box=box)
        return _page(request, known=True, name=name, stopped=True)
    return _page(request, known=True, name=name, stopped=False)


def _page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    response = render(request, "content/unsubscribe.jinja", context, status=status)
    response["Referrer-Policy"] = "no-referrer"
    return response
