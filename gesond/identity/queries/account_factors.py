"""The second factors that « Gérer mon compte » adds to codes: passkey, authenticator app, recovery codes (X5)."""

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from gesond.identity.models import Account, Passkey, RecoveryCode, TotpDevice
from gesond.identity.queries.second_factors import SecondFactor

PASSKEY = SecondFactor(slug="passkey", title=_("Passkey"), url_name="identity:sign_in_second_passkey")
APP = SecondFactor(slug="totp", title=_("Authenticator app"), url_name="identity:sign_in_totp")
RECOVERY = SecondFactor(slug="recovery", title=_("Recovery code"), url_name="identity:sign_in_recovery")


def account_factors(account: Account) -> list[SecondFactor]:
    """Those that `account` has, in one query."""
    passkeys = Passkey.objects.filter(account=OuterRef("pk"))
    app = TotpDevice.objects.filter(account=OuterRef("pk"), confirmed_at__isnull=False)
    recovery = RecoveryCode.objects.filter(account=OuterRef("pk"), used_at__isnull=True)
    has = Account.objects.filter(pk=account.pk).values_list(Exists(passkeys), Exists(app), Exists(recovery)).get()
    return [factor for factor, is_there in zip((PASSKEY, APP, RECOVERY), has, strict=True) if is_there]
