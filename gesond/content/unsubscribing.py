"""The link by which an e-mail is stopped without signing in (RFC 8058): one account, one list, nothing to read in it.

The account's number is encrypted into the address, sealed to its list: an address tells nothing, cannot be guessed, and
one list's does nothing to the other.
"""

import base64
import binascii
from functools import cache

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from gesond.identity.actions.preferences import Notification
from gesond.kernel.encryption import DecryptionError, decrypt, encrypt

# What the address calls a list, to the box of the account that it unticks.
LISTS: dict[str, Notification] = {"events": "notify_events", "polls": "notify_polls"}
PLACE = "token"
NUMBER_BYTES = 8


class BadLinkError(ValueError):
    """No such link was ever sent, or it was cut on its way."""


def unsubscribe_address(account_id: int, box: str, language: str) -> str:
    """The whole address for one account and one list."""
    return _address(box, language).replace(PLACE, _token(account_id, box))


def account_of_token(token: str, box: str) -> int:
    """Whose link it is. Raises BadLinkError."""
    try:
        sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        return int.from_bytes(decrypt(sealed, context=_context(box)))
    except (binascii.Error, ValueError, DecryptionError) as error:
        raise BadLinkError("no link of ours") from error


def _token(account_id: int, box: str) -> str:
    sealed = encrypt(account_id.to_bytes(NUMBER_BYTES), context=_context(box))
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def _context(box: str) -> bytes:
    return f"content.unsubscribe:{box}".encode()


@cache
def _address(box: str, language: str) -> str:
    name = next(name for name, its_box in LISTS.items() if its_box == box)
    with override(language):
        return str(settings.ENVIRONMENT.base_url + reverse("content:unsubscribe", args=[name, PLACE]))
