"""Signing in: the password, then a second factor, then the session (S2-30, S2-31; X1, X5).

The password step answers alike whoever is asked for: one look-up, one count of tries, one Argon2, one row. Only who
gave the right password learns more.
"""

import contextlib
import uuid
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.conf import settings
from django.contrib.auth import login, logout
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import override
from prometheus_client import Counter

from gesond.identity.actions.luxtrust_products import account_of_product
from gesond.identity.actions.one_time_codes import CodeCheck, CodeNotSentError, Outcome, check_code, send_code
from gesond.identity.credentials.password_check import password_is_right, renew_hash
from gesond.identity.credentials.sign_in_identifier import SignInIdentifier
from gesond.identity.credentials.throttle import Limit, Verdict, count_tries, network_of
from gesond.identity.doors import PATIENT, Entrance, admits, door_behind, entrance_of
from gesond.identity.luxtrust.proofs import LuxTrustProof
from gesond.identity.models import Account, CodeChannel, Door, PendingSignIn, Purpose, SignInFailure
from gesond.identity.queries.second_factors import first_channel, has_second_factor
from gesond.identity.queries.sign_in import PENDING_KEY, account_by_identifier, is_still_good
from gesond.identity.sessions.devices import device_label
from gesond.identity.sessions.known_browsers import KnownBrowser
from gesond.identity.sessions.standing import LUXTRUST, Standing, actor_name, keep_standing, keep_strong
from gesond.identity.sessions.store import ACCOUNT_KEY, DEVICE_KEY
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.journal import Actor
from gesond.notify.actions import queue_message
from gesond.web.dates import moment

LIFE = timedelta(minutes=15)
PREVIOUS_KEY = "previous_sign_in"
BACKEND = "django.contrib.auth.backends.ModelBackend"
WINDOW = timedelta(minutes=15)
PER_ADDRESS = Limit("sign_in.address", 200, WINDOW)
PER_IDENTIFIER = Limit("sign_in.identifier", 10, WINDOW)
PER_KNOWN_BROWSER = Limit("sign_in.known_browser", 10, WINDOW)

SIGN_INS = Counter("gesond_sign_ins", "Tries to sign in, by what came of them.", ["outcome"])


class PasswordOutcome(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"  # or nobody, or several
    WAIT = "wait"  # too many tries: `retry_after` seconds
    NOT_OPEN = "not_open"  # right, but suspended or closed
    NO_DOOR = "no_door"  # right, but the account does not enter there, or not with a password
    NO_FACTOR = "no_factor"  # right, but no second factor of the account is good enough there (X5)


@dataclass(frozen=True)
class PasswordTry:
    """What came of an identifier and a password. `pending` is there when it was right."""

    outcome: PasswordOutcome
    pending: PendingSignIn | None = None
    retry_after: int = 0


def try_password(
    *,
    actor: Actor,
    identifier: SignInIdentifier,
    password: str,
    entrance: Entrance = PATIENT,
    browser: KnownBrowser,
    resume: uuid.UUID | str | None,
    language: str,
) -> PasswordTry:
    """Check the first factor; when it is right, begin a sign-in and send its code.

    `resume`: what this browser began before; the same person coming back goes on with it, and its code stays good.
    """
    account = account_by_identifier(identifier)
    verdict = _count(actor, identifier, account, browser)
    if not verdict.allowed:
        SIGN_INS.labels("too_many").inc()
        return PasswordTry(PasswordOutcome.WAIT, retry_after=verdict.retry_after)
    if not password_is_right(account, password) or account is None:
        _note_failure(actor, account)
        return PasswordTry(PasswordOutcome.WRONG)
    if not account.is_active:
        _note_refusal(actor, account)
        return PasswordTry(PasswordOutcome.NOT_OPEN)
    renew_hash(account, password)
    return _go_on(actor, account, entrance, resume, language)


@transaction.atomic
def send_sign_in_code(*, actor: Actor, pending: PendingSignIn, channel: str, language: str) -> None:
    """Send a code to one of the account's confirmed channels. Raises CodeNotSentError, with how long to wait."""
    _send_code(actor, pending, channel, language)
    pending.save(update_fields=["channel"])


@transaction.atomic
def confirm_code(*, actor: Actor, request: HttpRequest, pending: PendingSignIn, typed: str) -> CodeCheck:
    """Try the code; a right one opens the session. Of two tabs with one code, the second is told `USED`."""
    check = check_code(
        actor=actor, owner=pending.account, purpose=Purpose.SIGN_IN, request=pending.reference, typed=typed
    )
    if check.right and not _complete(actor, request, pending, "code"):
        return CodeCheck(Outcome.USED)
    if not check.right:
        SIGN_INS.labels("wrong_code").inc()
    return check


@transaction.atomic
def complete_sign_in(*, actor: Actor, request: HttpRequest, pending: PendingSignIn, method: str) -> bool:
    """Open the session of `pending`, whose second factor was just proved by `method` (`totp`, `passkey`…).

    False when it was completed before, or its account may no longer sign in. The session's key changes (fixation).
    The caller answers with `views.sign_in.signed_in`, which makes the browser a known one.
    """
    return _complete(actor, request, pending, method)


@transaction.atomic
def open_session(*, actor: Actor, request: HttpRequest, account: Account, door: Door, method: str) -> bool:
    """Open a session without a password's sign-in before it: what was proved is two factors in one (LuxTrust, S1-16).

    False when the account may not enter by that door, or not at all. The caller answers with `views.sign_in.signed_in`.
    """
    locked = Account.objects.select_related("person").select_for_update(of=("self",)).get(pk=account.pk)
    if not locked.is_active or not admits(door, locked):
        return False
    _enter(actor, request, locked, Standing(door, method))
    return True


@transaction.atomic
def open_session_by_luxtrust(
    *, actor: Actor, request: HttpRequest, account: Account, door: Door, proof: LuxTrustProof
) -> bool:
    """Open a session with a LuxTrust product of the account's; False as `open_session`, or when it is none any more.

    Asked under the account's lock, which removing a product takes too: one that was stolen is removed for good.
    """
    Account.objects.select_for_update().only("pk").get(pk=account.pk)
    if account_of_product(proof) != account:
        return False
    return open_session(actor=actor, request=request, account=account, door=door, method=LUXTRUST)


@transaction.atomic
def sign_out(*, actor: Actor, request: HttpRequest) -> None:
    """End this browser's session, and this one only. Nothing to do for who is not signed in."""
    if isinstance(request.user, Account):
        journal.record(actor=actor, event="sign_in.ended", chain=f"person:{request.user.person_id}")
    logout(request)


def _count(actor: Actor, identifier: SignInIdentifier, account: Account | None, browser: KnownBrowser) -> Verdict:
    """A browser known to the account has its own tries: what strangers do elsewhere does not slow it down."""
    if account and browser.knows(account):
        return count_tries([(PER_KNOWN_BROWSER, f"{browser.id}:{account.pk}")])
    return count_tries([(PER_ADDRESS, network_of(actor.address)), (PER_IDENTIFIER, identifier.counted_as)])


def _note_failure(actor: Actor, account: Account | None) -> None:
    SIGN_INS.labels("wrong_password" if account else "unknown").inc()
    SignInFailure.objects.create(account=account, address=actor.address)


@transaction.atomic
def _note_refusal(actor: Actor, account: Account, **why: str) -> None:
    SIGN_INS.labels("refused" if why else "not_open").inc()
    chain = f"person:{account.person_id}"
    journal.record(actor=actor, event="sign_in.refused", chain=chain, details={"state": account.state, **why})


def _go_on(
    actor: Actor, account: Account, entrance: Entrance, resume: uuid.UUID | str | None, language: str
) -> PasswordTry:
    """With the right password, to the second factor; only now may anything be said about the account."""
    door = door_behind(entrance, account, by_password=True)
    if door is None:
        _note_refusal(actor, account, door=entrance.slug)
        return PasswordTry(PasswordOutcome.NO_DOOR)
    if not has_second_factor(entrance, account):
        _note_refusal(actor, account, door=door, reason="no_factor")
        return PasswordTry(PasswordOutcome.NO_FACTOR)
    return PasswordTry(PasswordOutcome.RIGHT, _begin(actor, account, door, resume, language))


@transaction.atomic
def _begin(actor: Actor, account: Account, door: Door, resume: uuid.UUID | str | None, language: str) -> PendingSignIn:
    pending = _resumed(account, door, resume) or PendingSignIn(
        account=account, door=door, password_stamp=account.get_session_auth_hash(), expires_at=now() + LIFE
    )
    channel = first_channel(entrance_of(door), account)
    if not channel:  # an authenticator app or a passkey goes on
        pending.save()
        return pending
    # When it is too soon for another code, the code page says how long to wait; one that was sent for the same sign-in
    # a moment ago is still good.
    with contextlib.suppress(CodeNotSentError):
        _send_code(actor, pending, channel, language)
    pending.save()
    return pending


def _send_code(actor: Actor, pending: PendingSignIn, channel: str, language: str) -> None:
    """The caller saves the channel."""
    send_code(
        actor=actor,
        owner=pending.account,
        purpose=Purpose.SIGN_IN,
        request=pending.reference,
        channel=channel,
        destination=pending.account.confirmed_channels()[channel],
        language=language,
    )
    pending.channel = channel


def _complete(actor: Actor, request: HttpRequest, pending: PendingSignIn, method: str) -> bool:
    account = _lock_open(pending)
    if account is None:
        return False
    pending.completed_at, pending.method = now(), method
    pending.save(update_fields=["completed_at", "method"])
    _enter(actor, request, account, Standing(pending.door, method))
    if method == "code" and pending.channel == CodeChannel.SMS:
        keep_strong(request.session)
    return True


def _enter(actor: Actor, request: HttpRequest, account: Account, standing: Standing) -> None:
    """The session, the word to the person when the browser is new, and the journal."""
    new_device = not KnownBrowser.of(request).knows(account)
    device = device_label(request)
    if new_device and account.last_login:
        _tell_new_device(account, device)
    _open_session(request, account, device, standing)
    journal.record(
        actor=Actor(actor_name(account, standing), address=actor.address),
        event="sign_in.succeeded",
        chain=f"person:{account.person_id}",
        details={"method": standing.method, "door": standing.door, "new_device": new_device},
    )
    SIGN_INS.labels("succeeded").inc()


def _resumed(account: Account, door: Door, known: uuid.UUID | str | None) -> PendingSignIn | None:
    if not known:
        return None
    open_ones = PendingSignIn.objects.filter(
        account=account, door=door, completed_at__isnull=True, expires_at__gt=now()
    )
    found = open_ones.select_for_update().filter(pk=known).first()
    if found is None:
        return None
    found.account = account
    found.expires_at = now() + LIFE
    return found if is_still_good(found) else None


def _lock_open(pending: PendingSignIn) -> Account | None:
    """The account, locked before the pending sign-in as in the check of a code; None when there is nothing to open."""
    account = Account.objects.select_related("person").select_for_update(of=("self",)).get(pk=pending.account_id)
    locked = PendingSignIn.objects.select_for_update().get(pk=pending.pk)
    locked.account = account
    if locked.completed_at or locked.expires_at <= now() or not is_still_good(locked):
        return None
    return account if admits(Door(locked.door), account) else None


def _open_session(request: HttpRequest, account: Account, device: str, standing: Standing) -> None:
    session = request.session
    previous = account.last_login
    session.pop(PENDING_KEY, None)
    if session.get(ACCOUNT_KEY) == str(account.pk):  # by another door: Django would leave the key as it is
        del session[ACCOUNT_KEY]
    login(request, account, backend=BACKEND)
    session[DEVICE_KEY] = device
    keep_standing(session, standing)
    if previous:
        session[PREVIOUS_KEY] = previous.isoformat()


def _tell_new_device(account: Account, device: str) -> None:
    """To the e-mail address when there is one: it has room to say what to do."""
    channel, recipient = ("email", account.email) if account.email else ("sms", account.phone)
    with override(account.language):
        reset = settings.ENVIRONMENT.base_url + reverse("identity:password_reset")
        context = {"device": device, "at": moment(now()), "reset": reset}
    queue_message(
        channel=channel,
        recipient=str(recipient),
        template="identity/new_sign_in",
        context=context,
        language=account.language,
        reference=f"account:{account.pk}",
    )
