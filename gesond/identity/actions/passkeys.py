"""Passkeys: adding, using, renaming, removing (X5).

The ceremony's challenge is made by `registration_options` or `authentication_options`; the caller keeps it on the
server (`gesond.identity.credentials.ceremonies`) and hands it back once.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    generate_user_handle,
    parse_authentication_credential_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from gesond.identity.actions.means_of_sign_in import check_other_means
from gesond.identity.actions.notices import tell_account
from gesond.identity.actions.one_time_codes import chain_of
from gesond.identity.models import Account, Passkey
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.journal import Actor

SERVICE_NAME = "Gesond"  # as the authenticator shows it
MOST = 20  # passkeys an account
# A sign count is compared here, to tell the person: the library would only refuse.
NOT_COMPARED = 0
# What the library raises at an answer that is wrong, nested without end, or no answer at all.
MALFORMED = (WebAuthnException, ValueError, TypeError, KeyError, RecursionError)


class PasskeyRefusedError(Exception):
    """The authenticator's answer does not prove what was asked; `reason` is `invalid`, `known` or `many`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PasskeyOutcome(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    COPIED = "copied"  # its count went back: another device may hold a copy


@dataclass(frozen=True)
class PasskeyCheck:
    """What came of a try, and whose passkey it was. Returned and never raised: what it wrote must be committed."""

    outcome: PasskeyOutcome
    account: Account | None = None

    @property
    def right(self) -> bool:
        return self.outcome is PasskeyOutcome.RIGHT


@dataclass(frozen=True)
class Ceremony:
    """What the browser is given, as JSON, and what the server keeps until it answers."""

    options: str
    challenge: bytes
    user_handle: bytes = b""


WRONG = PasskeyCheck(PasskeyOutcome.WRONG)


def registration_options(account: Account) -> Ceremony:
    """For `navigator.credentials.create()`: a passkey that verifies its user and that the account does not have yet."""
    known = list(account.passkeys.all())
    handle = bytes(known[0].user_handle) if known else generate_user_handle()
    options = generate_registration_options(
        rp_id=relying_party(),
        rp_name=SERVICE_NAME,
        user_id=handle,
        user_name=account.person.full_name,
        exclude_credentials=[_descriptor(passkey) for passkey in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    return Ceremony(options_to_json(options), options.challenge, handle)


def authentication_options(account: Account | None = None) -> Ceremony:
    """For `navigator.credentials.get()`: one of the account's passkeys, or anyone's when it signs in alone."""
    known = account.passkeys.all() if account else []
    options = generate_authentication_options(
        rp_id=relying_party(),
        allow_credentials=[_descriptor(passkey) for passkey in known],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Ceremony(options_to_json(options), options.challenge)


def add_passkey(*, actor: Actor, account: Account, ceremony: Ceremony, answer: str, name: str) -> Passkey:
    """Keep the passkey that `answer` (the browser's JSON) tells of. Raises PasskeyRefusedError."""
    try:
        credential = parse_registration_credential_json(answer)
        verified = verify_registration_response(
            credential=credential,
            expected_challenge=ceremony.challenge,
            expected_rp_id=relying_party(),
            expected_origin=origin(),
            require_user_verification=True,
        )
    except MALFORMED as error:
        raise PasskeyRefusedError("invalid") from error
    passkey = Passkey(
        account=account,
        name=name,
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        user_handle=ceremony.user_handle,
        sign_count=verified.sign_count,
        transports=[transport.value for transport in credential.response.transports or []],
        backed_up=verified.credential_backed_up,
    )
    return _keep(actor, passkey)


def check_passkey(*, actor: Actor, ceremony: Ceremony, answer: str, account: Account | None = None) -> PasskeyCheck:
    """Try a passkey: one of `account`'s, or anyone's when it signs in alone. It verified its user, or it is wrong."""
    try:
        credential = parse_authentication_credential_json(answer)
    except MALFORMED:
        return WRONG
    return _check(actor, ceremony.challenge, credential, account)


@transaction.atomic
def rename_passkey(*, actor: Actor, account: Account, passkey_id: int, name: str) -> None:
    """Raises Passkey.DoesNotExist."""
    passkey = Passkey.objects.select_for_update().get(pk=passkey_id, account=account)
    passkey.name = name
    passkey.save(update_fields=["name"])
    journal.record(actor=actor, event="passkey.renamed", chain=chain_of(account), details=_facts(passkey))


@transaction.atomic
def remove_passkey(*, actor: Actor, account: Account, passkey_id: int) -> None:
    """Raises Passkey.DoesNotExist, and LastMeansError when nothing else signs in to the account."""
    Account.objects.select_for_update().get(pk=account.pk)
    passkey = Passkey.objects.select_for_update().get(pk=passkey_id, account=account)
    check_other_means(account, without=passkey)
    journal.record(actor=actor, event="passkey.removed", chain=chain_of(account), details=_facts(passkey))
    passkey.delete()
    tell_account(account, change="passkey_removed", details={"name": passkey.name})


def relying_party() -> str:
    """The host that passkeys are bound to."""
    return str(urlsplit(settings.ENVIRONMENT.base_url).hostname)


def origin() -> str:
    """Where the browser must have been: scheme, host and port, as it writes them."""
    parts = urlsplit(settings.ENVIRONMENT.base_url)
    return f"{parts.scheme}://{parts.netloc}"


@transaction.atomic
def _keep(actor: Actor, passkey: Passkey) -> Passkey:
    account = Account.objects.select_for_update().get(pk=passkey.account_id)
    if account.passkeys.count() >= MOST:
        raise PasskeyRefusedError("many")
    try:
        with transaction.atomic():
            passkey.save(force_insert=True)
    except IntegrityError as error:
        raise PasskeyRefusedError("known") from error
    journal.record(actor=actor, event="passkey.added", chain=chain_of(account), details=_facts(passkey))
    tell_account(account, change="passkey_added", details={"name": passkey.name})
    return passkey


@transaction.atomic
def _check(
    actor: Actor, challenge: bytes, credential: AuthenticationCredential, account: Account | None
) -> PasskeyCheck:
    passkey = _lock_passkey(credential.raw_id, account)
    if passkey is None or not _is_user(credential, passkey):
        return WRONG
    try:
        verified = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=relying_party(),
            expected_origin=origin(),
            credential_public_key=bytes(passkey.public_key),
            credential_current_sign_count=NOT_COMPARED,
            require_user_verification=True,
        )
    except MALFORMED:
        return WRONG
    return _accept(actor, passkey, verified.new_sign_count, backed_up=verified.credential_backed_up)


def _lock_passkey(credential_id: bytes, account: Account | None) -> Passkey | None:
    """The account's row first, as everywhere, then the passkey's; None when it is nobody's, or not `account`'s."""
    whose: dict[str, Any] = {} if account is None else {"account": account}
    passkeys = Passkey.objects.filter(credential_id=credential_id, **whose)
    found = passkeys.values_list("account_id", flat=True).first()
    if found is None:
        return None
    owner = Account.objects.select_related("person").select_for_update(of=("self",)).get(pk=found)
    passkey = passkeys.select_for_update().first()
    if passkey is not None:
        passkey.account = owner
    return passkey


def _is_user(credential: AuthenticationCredential, passkey: Passkey) -> bool:
    """An authenticator that names the account must name the passkey's own."""
    stated = credential.response.user_handle
    return stated is None or bytes(stated) == bytes(passkey.user_handle)


def _accept(actor: Actor, passkey: Passkey, count: int, *, backed_up: bool) -> PasskeyCheck:
    chain = chain_of(passkey.account)
    if (count or passkey.sign_count) and count <= passkey.sign_count:
        journal.record(actor=actor, event="passkey.copy_suspected", chain=chain, details=_facts(passkey))
        tell_account(passkey.account, change="passkey_copied", details={"name": passkey.name})
        return PasskeyCheck(PasskeyOutcome.COPIED)
    passkey.sign_count = count
    passkey.backed_up = backed_up
    passkey.last_used_at = now()
    passkey.save(update_fields=["sign_count", "backed_up", "last_used_at"])
    journal.record(actor=actor, event="passkey.used", chain=chain, details=_facts(passkey))
    return PasskeyCheck(PasskeyOutcome.RIGHT, passkey.account)


def _descriptor(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    known = {transport.value for transport in AuthenticatorTransport}
    transports = [AuthenticatorTransport(name) for name in passkey.transports if name in known]
    return PublicKeyCredentialDescriptor(id=bytes(passkey.credential_id), transports=transports)


def _facts(passkey: Passkey) -> dict[str, int]:
    return {"passkey": passkey.pk}
