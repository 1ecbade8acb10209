"""The authenticator app and the recovery codes that stand in for it (X5)."""

from django.db import models

from gesond.identity.models.account import Account
from gesond.kernel.fields import EncryptedTextField, KeyedHashField


class TotpDevice(models.Model):
    """An authenticator app (RFC 6238). Proves nothing until a first code has confirmed it."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="totp")
    secret = EncryptedTextField()  # base32
    # The time step of the last accepted code: none at or before it is accepted again.
    last_step = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"authenticator app of account {self.account_id}"


class RecoveryCode(models.Model):
    """One of the ten codes on paper: hashed, good once."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = KeyedHashField(source="", purpose="recovery_code")
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "code_hash"], name="recovery_code_once_per_account")]

    def __str__(self) -> str:
        return f"recovery code {self.pk} of account {self.account_id}"
