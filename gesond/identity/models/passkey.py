"""Passkeys (X5): public keys that authenticators keep for an account."""

from django.db import models
from django.db.models import Q

from gesond.identity.models.account import Account


class Passkey(models.Model):
    """One passkey. It is discoverable and verifies its user, so that it signs in alone."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=60)
    credential_id = models.BinaryField(max_length=1023, unique=True)
    public_key = models.BinaryField(max_length=2048)  # COSE
    # What the authenticator calls the account: random, the same for all of an account's passkeys.
    user_handle = models.BinaryField(max_length=64)
    # Only ever grows; stays 0 with passkeys that are copied between a person's devices on purpose.
    sign_count = models.BigIntegerField(default=0)
    transports = models.JSONField(default=list)
    backed_up = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="passkey_has_a_name"),
            models.CheckConstraint(condition=Q(sign_count__gte=0), name="passkey_sign_count"),
        ]

    def __str__(self) -> str:
        return f"passkey {self.pk} of account {self.account_id}"
