"""The code sent by SMS or e-mail."""

import uuid

from django.db import models
from django.db.models import F, Q

from gesond.identity.models.account import Account, CodeChannel
from gesond.identity.models.activation import Activation
from gesond.kernel.fields import EncryptedTextField, KeyedHashField


class Purpose(models.TextChoices):
    ACTIVATION = "activation"
    SIGN_IN = "sign_in"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a purpose's name
    STEP_UP = "step_up"
    CHANGE_EMAIL = "change_email"
    CHANGE_PHONE = "change_phone"


class OneTimeCode(models.Model):
    """One code for one request: hashed, single use, superseded by the next one of the same request."""

    class State(models.TextChoices):
        LIVE = "live"
        USED = "used"
        SUPERSEDED = "superseded"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=16, choices=Purpose)
    # The request it is good for and no other: an activation's id, a pending sign-in's…
    request = models.CharField(max_length=80)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, related_name="one_time_codes")
    activation = models.ForeignKey(Activation, on_delete=models.CASCADE, null=True, related_name="one_time_codes")
    channel = models.CharField(max_length=5, choices=CodeChannel)
    destination = EncryptedTextField()
    code_hash = KeyedHashField(source="", purpose="one_time_code")
    state = models.CharField(max_length=10, choices=State, default=State.LIVE)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    # The outbox message that carries it, to tell the person when it cannot be delivered.
    message_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "request"], condition=Q(state="live"), name="one_time_code_one_live_per_request"
            ),
            models.CheckConstraint(
                condition=Q(account__isnull=False, activation__isnull=True)
                | Q(account__isnull=True, activation__isnull=False),
                name="one_time_code_has_one_owner",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="one_time_code_expires_later"),
        ]
        indexes = [models.Index(fields=["account", "-created_at"], name="one_time_code_recent")]

    def __str__(self) -> str:
        return f"one-time code {self.pk} ({self.purpose}, {self.state})"
