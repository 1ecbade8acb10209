"""Who asks: from the session's own row, without another query."""

from typing import Any

from django.contrib import auth
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from gesond.identity.models import Account
from gesond.identity.sessions import ACCOUNT_KEY
from gesond.kernel.journal import Actor
from gesond.web.requests import client_address


class AccountMiddleware(AuthenticationMiddleware):
    """Sets `request.user` to the session's Account, or to an anonymous user."""

    def process_request(self, request: Any) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _signed_in_account(request) or AnonymousUser())


def _signed_in_account(request: Any) -> AbstractBaseUser | None:
    session = request.session
    if ACCOUNT_KEY not in session or session.row is None or session.row.account is None:
        return None
    account: Account = session.row.account
    stated = session.get(auth.HASH_SESSION_KEY, "")
    if not account.is_active or not constant_time_compare(stated, account.get_session_auth_hash()):
        session.flush()  # suspended, or its password was changed elsewhere
        return None
    session.touch()
    return account


def actor_of(request: HttpRequest) -> Actor:
    """Who the journal names for what this request does."""
    name = f"account:{request.user.pk}" if request.user.is_authenticated else "visitor"
    return Actor(name, address=client_address(request))


def account_of(request: HttpRequest) -> Account:
    """The signed-in account, on a page that needs one: the middleware lets nobody else through."""
    account = request.user
    if not isinstance(account, Account):
        raise PermissionDenied
    return account
