"""Between the right password and the open session; and tries that failed."""

import uuid

from django.db import models
from django.db.models import F, Q

from gesond.identity.models.account import Account, Door


class PendingSignIn(models.Model):
    """The password was right: the second factor is awaited. Known only to the session that gave the password.

    Used once: two tabs that confirm the same code open one session.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="pending_sign_ins")
    door = models.CharField(max_length=12, choices=Door, default=Door.PATIENT)
    # Django's hash of the account's password: a password changed meanwhile ends what the old one began.
    password_stamp = models.CharField(max_length=64)
    # The channel its code went to; empty when none could be sent.
    channel = models.CharField(max_length=5, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)
    completed_at = models.DateTimeField(null=True)
    # What completed it: `code`, `totp`, `passkey`…
    method = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("started_at")), name="pending_sign_in_expires_later"),
            models.CheckConstraint(
                condition=Q(completed_at__isnull=True, method="") | (Q(completed_at__isnull=False) & ~Q(method="")),
                name="pending_sign_in_completed_by_a_method",
            ),
        ]

    def __str__(self) -> str:
        return f"pending sign-in of account {self.account_id}"

    @property
    def reference(self) -> str:
        """What its one-time codes are good for and no other."""
        return f"sign-in:{self.pk}"


class SignInFailure(models.Model):
    """A wrong identifier or password, on its way to the person's journal.

    Written alike when nobody has the identifier: one statement, the same time. A job moves it on within a minute.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, related_name="+")
    address = models.CharField(max_length=45, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"failed sign-in {self.pk}"
