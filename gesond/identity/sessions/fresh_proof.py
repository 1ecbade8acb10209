"""Sensitive changes ask again who is there when the sign-in is older than ten minutes.

`@fresh_proof_required` sends to the page that asks, which comes back. What was typed meanwhile is kept, encrypted, in
the session, except secrets.

What enters as a professional or as staff cannot be added by who has only read a mailbox (`strong_proof_required`).
"""

import base64
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gesond.identity.models import Door
from gesond.identity.sessions.standing import is_strong, keep_strong
from gesond.kernel.clock import now
from gesond.kernel.encryption import DecryptionError, decrypt, encrypt

FRESH_FOR = timedelta(minutes=10)
PROVED_KEY = "proved_at"
KEPT_KEY = "kept_form"
KEPT_CONTEXT = b"session.kept_form"
# Never kept, whatever the form: a secret is typed again.
SECRET_FIELDS = ("csrfmiddlewaretoken", "password", "current", "confirmation", "code", "credential")
# Whose entrances refuse a code by e-mail as a second factor.
GUARDED = frozenset({Door.PROFESSIONAL.value, Door.STAFF.value})
NOT_BY_EMAIL = _(
    "This account also enters as a health professional or as staff: for this change, a password or a code by e-mail is "
    "not enough. Confirm with LuxTrust, a passkey or your authenticator app, or sign in with a code by SMS."
)

View = Callable[..., HttpResponse]


def fresh_proof_required(view: View) -> View:
    """Decorate a view that changes what an account is proved or reached by; the person comes back to its page."""
    return _required(view, "")


def fresh_proof_required_on(page: str) -> Callable[[View], View]:
    """The same for a view that only takes a form or gives a file: the person comes back to the page named `page`."""
    return lambda view: _required(view, page)


def strong_proof_required(view: View) -> View:
    """Decorate a view that adds a second factor, or a LuxTrust product, which is two in one.

    The patients' entrance takes a code by e-mail, the others do not (X5): of an account that has both, a session opened
    with such a code must not make itself the factor that the other entrance asks for.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        doors = getattr(request.user, "doors", [])
        if is_strong(request.session) or not GUARDED.intersection(doors):
            return view(request, *args, **kwargs)
        messages.warning(request, NOT_BY_EMAIL)
        return HttpResponseRedirect(confirm_address(request.path))

    return wrapped


def confirm_address(next_page: str) -> str:
    """The page that asks again, and then goes to `next_page`."""
    return f"{reverse('identity:account_confirm')}?{urlencode({'next': next_page})}"


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person proved themselves in the last ten minutes: by signing in, or since."""
    session: Any = request.session
    signed_in_at: datetime = session.row.created_at
    proved_at: float = max(signed_in_at.timestamp(), session.get(PROVED_KEY, 0))
    return proved_at > (now() - FRESH_FOR).timestamp()


def mark_proved(request: HttpRequest, *, strong: bool = False) -> None:
    """The person has just proved themselves; `strong`: with something that is not read in a mailbox."""
    request.session[PROVED_KEY] = now().timestamp()
    if strong:
        keep_strong(request.session)


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
