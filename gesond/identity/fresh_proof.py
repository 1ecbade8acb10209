"""Sensitive changes ask again who is there when the sign-in is older than ten minutes.

`@fresh_proof_required` sends to the page that asks, which comes back. What was typed meanwhile is kept, encrypted, in
the session, except secrets.
"""

import base64
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from gesond.kernel.clock import now
from gesond.kernel.encryption import DecryptionError, decrypt, encrypt

FRESH_FOR = timedelta(minutes=10)
PROVED_KEY = "proved_at"
KEPT_KEY = "kept_form"
KEPT_CONTEXT = b"session.kept_form"
# Never kept, whatever the form: a secret is typed again.
SECRET_FIELDS = ("csrfmiddlewaretoken", "password", "current", "confirmation", "code", "credential")

View = Callable[..., HttpResponse]


def fresh_proof_required(view: View) -> View:
    """Decorate a view that changes what an account is proved or reached by; the person comes back to its page."""
    return _required(view, "")


def fresh_proof_required_on(page: str) -> Callable[[View], View]:
    """The same for a view that only takes a form or gives a file: the person comes back to the page named `page`."""
    return lambda view: _required(view, page)


def confirm_address(next_page: str) -> str:
    """The page that asks again, and then goes to `next_page`."""
    return f"{reverse('identity:account_confirm')}?{urlencode({'next': next_page})}"


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person proved themselves in the last ten minutes: by signing in, or since."""
    session: Any = request.session
    signed_in_at: datetime = session.row.created_at
    proved_at: float = max(signed_in_at.timestamp(), session.get(PROVED_KEY, 0))
    return proved_at > (now() - FRESH_FOR).timestamp()


def mark_proved(request: HttpRequest) -> None:
    """The person has just proved themselves."""
    request.session[PROVED_KEY] = now().timestamp()


def take_typed(request: HttpRequest) -> dict[str, str]:
    """What was typed on this page before the proof was asked; once."""
    kept = request.session.get(KEPT_KEY)
    if not kept or kept["page"] != request.path:
        return {}
    del request.session[KEPT_KEY]
    try:
        typed: dict[str, str] = json.loads(decrypt(base64.b64decode(kept["typed"]), context=KEPT_CONTEXT))
    except DecryptionError:  # the key was retired meanwhile
        return {}
    return typed


def _required(view: View, page: str) -> View:
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_fresh(request):
            return view(request, *args, **kwargs)
        here = reverse(page) if page else request.path
        _keep_typed(request, here)
        return HttpResponseRedirect(confirm_address(here))

    return wrapped


def _keep_typed(request: HttpRequest, page: str) -> None:
    typed = {name: value for name, value in request.POST.items() if name not in SECRET_FIELDS}
    if typed:
        sealed = encrypt(json.dumps(typed).encode(), context=KEPT_CONTEXT)
        request.session[KEPT_KEY] = {"page": page, "typed": base64.b64encode(sealed).decode()}
