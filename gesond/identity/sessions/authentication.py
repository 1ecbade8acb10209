"""Who asks: from the session's own row, without another query. And what a visitor meets where sign-in is needed."""

import re
from typing import Any

from django.contrib import auth, messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.middleware import AuthenticationMiddleware, LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from gesond.identity.doors import DESK, entrance_of
from gesond.identity.models import Account
from gesond.identity.sessions.standing import actor_name, give_standing, standing_of
from gesond.identity.sessions.store import ACCOUNT_KEY
from gesond.kernel.journal import Actor
from gesond.web.requests import client_address

NO_STORE = "no-store, private"
# What a live part of a page asks for by itself: a desk that somebody left does not stay signed in by its news.
BY_ITSELF = "live"
DESK_PATH = re.compile(r"/[a-z]{2}/desk/")


class AccountMiddleware(AuthenticationMiddleware):
    """Sets `request.user` to the session's Account, or to an anonymous user."""

    def process_request(self, request: Any) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _signed_in_account(request) or AnonymousUser())


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Every page needs sign-in unless its view says `login_not_required`; what is shown to a person is never stored.

    Not stored: « Précédent » after signing out on a shared computer shows nothing.
    """

    def process_view(self, request: Any, view_func: Any, view_args: Any, view_kwargs: Any) -> Any:
        request.shown_to_a_person = request.user.is_authenticated
        return super().process_view(request, view_func, view_args, view_kwargs)

    def process_response(self, request: Any, response: HttpResponse) -> HttpResponse:
        if getattr(request, "shown_to_a_person", False):
            response.setdefault("Cache-Control", NO_STORE)
        return response

    def handle_no_permission(self, request: Any, view_func: Any) -> Any:
        """To the sign-in page and back; straight to its form, with a word, when the session is over."""
        if request.session.ended:
            messages.warning(request, _("You have been signed out. Sign in again to go on."))
        query = QueryDict(mutable=True)
        page = _page_asked_for(request)
        query["next"] = page
        address = f"{_entrance(request, page)}?{query.urlencode(safe='/')}"
        return HttpResponseClientRedirect(address) if request.htmx else HttpResponseRedirect(address)


def _entrance(request: Any, page: str) -> str:
    """Where to sign in: the entrance the session came by, the desk's for its pages, else the choice of all."""
    if DESK_PATH.match(page):
        return DESK.page()
    door = request.session.ended_door
    return entrance_of(door).page() if door else reverse("identity:sign_in")


def actor_of(request: HttpRequest) -> Actor:
    """Who the journal names for what this request does."""
    user = request.user
    name = actor_name(user, standing_of(user)) if isinstance(user, Account) else "visitor"
    return Actor(name, address=client_address(request))


def _signed_in_account(request: Any) -> AbstractBaseUser | None:
    session = request.session
    if ACCOUNT_KEY not in session or session.row is None or session.row.account is None:
        return None
    account: Account = session.row.account
    stated = session.get(auth.HASH_SESSION_KEY, "")
    give_standing(account, session)
    if not _may_go_on(account, stated):
        session.flush()  # suspended, its door was shut, or its password was changed elsewhere
        session.ended, session.ended_door = True, standing_of(account).door
        return None
    if request.headers.get("X-Requested-With") != BY_ITSELF:
        session.touch()
    return account


def _may_go_on(account: Account, stated: str) -> bool:
    if not account.is_active or standing_of(account).door not in account.doors:
        return False
    return constant_time_compare(stated, account.get_session_auth_hash())


def account_of(request: HttpRequest) -> Account:
    """The signed-in account, on a page that needs one: the middleware lets nobody else through."""
    account = request.user
    if not isinstance(account, Account):
        raise PermissionDenied
    return account


def _page_shown(request: Any) -> str:
    """The path htmx names as the page its request comes from; nothing when what it names is no address."""
    try:
        return request.htmx.current_url_abs_path or ""
    except ValueError:
        return ""


def _page_asked_for(request: Any) -> str:
    """The page to come back to: the one the person is on, when what was asked is a part of it or its form."""
    if request.htmx:
        return _page_shown(request)
    if request.method == "GET":
        return str(request.get_full_path())
    referrer = request.headers.get("Referer", "")
    own = request.build_absolute_uri("/")
    return referrer.removeprefix(own.rstrip("/")) if referrer.startswith(own) else ""
