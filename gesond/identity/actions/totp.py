"""The authenticator app and its recovery codes (X5).

A code of the app is good for its 30-second step and one on either side, and each step once. Wrong ones are counted on
the account together with wrong one-time codes.
"""

import hmac
import secrets
import unicodedata
from dataclasses import dataclass, field

import pyotp
from django.db import transaction

from gesond.identity.actions.notices import tell_account
from gesond.identity.actions.one_time_codes import CodeCheck, chain_of, check_unsent_code
from gesond.identity.models import Account, RecoveryCode, TotpDevice
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash, keyed_hashes
from gesond.kernel.journal import Actor

SECONDS_A_STEP = 30
DRIFT = (0, -1, 1)  # steps
RECOVERY_CODES = 10
RECOVERY_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # none that is mistaken for another
RECOVERY_LENGTH = 10  # 49 bits
RECOVERY_PURPOSE = "recovery_code"


class TotpStateError(Exception):
    """There is an app already, or none yet: the page was out of date."""


@dataclass(frozen=True)
class TotpConfirmation:
    """What came of the first code; with a right one, the recovery codes to show once."""

    check: CodeCheck
    recovery_codes: list[str] = field(default_factory=list, repr=False)


@transaction.atomic
def begin_totp(*, actor: Actor, account: Account) -> TotpDevice:
    """Make a new secret to scan, in place of one never confirmed. Raises TotpStateError when an app is confirmed."""
    Account.objects.select_for_update().get(pk=account.pk)
    if TotpDevice.objects.filter(account=account, confirmed_at__isnull=False).exists():
        raise TotpStateError
    TotpDevice.objects.filter(account=account).delete()
    journal.record(actor=actor, event="totp.started", chain=chain_of(account))
    return TotpDevice.objects.create(account=account, secret=pyotp.random_base32())


@transaction.atomic
def confirm_totp(*, actor: Actor, account: Account, typed: str) -> TotpConfirmation:
    """Turn the app on with its first code. Raises TotpStateError when none waits for one."""
    device = _lock_device(account)
    if device is None or device.confirmed_at:
        raise TotpStateError
    check = check_unsent_code(actor=actor, account=account, method="totp", is_right=lambda: _use_step(device, typed))
    if not check.right:
        return TotpConfirmation(check)
    device.confirmed_at = now()
    device.save(update_fields=["confirmed_at"])
    journal.record(actor=actor, event="totp.added", chain=chain_of(account))
    tell_account(account, change="totp_added")
    return TotpConfirmation(check, _make_recovery_codes(actor, account))


@transaction.atomic
def check_totp(*, actor: Actor, account: Account, typed: str) -> CodeCheck:
    """Try a code of the confirmed app. Raises TotpStateError when there is none."""
    device = _lock_device(account)
    if device is None or device.confirmed_at is None:
        raise TotpStateError
    return check_unsent_code(actor=actor, account=account, method="totp", is_right=lambda: _use_step(device, typed))


@transaction.atomic
def remove_totp(*, actor: Actor, account: Account) -> None:
    """Forget the app and its recovery codes. Raises TotpStateError when there is none."""
    device = _lock_device(account)
    if device is None:
        raise TotpStateError
    device.delete()
    RecoveryCode.objects.filter(account=account).delete()
    if device.confirmed_at:
        journal.record(actor=actor, event="totp.removed", chain=chain_of(account))
        tell_account(account, change="totp_removed")


@transaction.atomic
def renew_recovery_codes(*, actor: Actor, account: Account) -> list[str]:
    """Ten new codes in place of the former ones. Raises TotpStateError without a confirmed app."""
    device = _lock_device(account)
    if device is None or device.confirmed_at is None:
        raise TotpStateError
    tell_account(account, change="recovery_codes")
    return _make_recovery_codes(actor, account)


@transaction.atomic
def use_recovery_code(*, actor: Actor, account: Account, typed: str) -> CodeCheck:
    """Try a recovery code; a right one is used up, and the person told how many remain."""
    check = check_unsent_code(
        actor=actor, account=account, method="recovery_code", is_right=lambda: _use_up(account, typed)
    )
    if check.right:
        left = RecoveryCode.objects.filter(account=account, used_at__isnull=True).count()
        journal.record(actor=actor, event="recovery.used", chain=chain_of(account), details={"left": left})
        tell_account(account, change="recovery_used", details={"left": left})
    return check


def _lock_device(account: Account) -> TotpDevice | None:
    """Under the account's lock, taken first as everywhere."""
    Account.objects.select_for_update().get(pk=account.pk)
    return TotpDevice.objects.filter(account=account).first()


def _use_step(device: TotpDevice, typed: str) -> bool:
    """Whether `typed` is the code of a step not used yet; if so no code up to that step is good any more."""
    digits = "".join(str(unicodedata.decimal(character)) for character in typed if character.isdecimal())
    current = int(now().timestamp()) // SECONDS_A_STEP
    generator = pyotp.TOTP(device.secret)
    for step in (current + drift for drift in DRIFT):
        if step > device.last_step and hmac.compare_digest(generator.generate_otp(step), digits):
            device.last_step = step
            device.save(update_fields=["last_step"])
            return True
    return False


def _make_recovery_codes(actor: Actor, account: Account) -> list[str]:
    RecoveryCode.objects.filter(account=account).delete()
    codes = ["".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(account=account, code_hash=keyed_hash(_bound(account, code), purpose=RECOVERY_PURPOSE))
        for code in codes
    )
    journal.record(actor=actor, event="recovery.made", chain=chain_of(account), details={"count": len(codes)})
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _use_up(account: Account, typed: str) -> bool:
    code = "".join(character for character in typed.lower() if character.isalnum())
    hashes = keyed_hashes(_bound(account, code), purpose=RECOVERY_PURPOSE)
    unused = RecoveryCode.objects.filter(account=account, code_hash__in=hashes, used_at__isnull=True)
    return unused.update(used_at=now()) == 1


def _bound(account: Account, code: str) -> str:
    return f"{account.pk}:{code}"
