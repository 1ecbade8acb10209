"""« Mot de passe oublié ? » (X7): a single-use link, proofs of knowledge and of a channel, then a new password."""

import uuid

from django.db import models
from django.db.models import F, Q

from gesond.identity.models.account import Account
from gesond.identity.models.person import Language
from gesond.kernel.fields import EncryptedTextField, KeyedHashField


class PasswordReset(models.Model):
    """One request. ASKED as typed, whether or not anybody has the identifier; a job finds out after the commit.

    ASKED → SENT (the link is on its way) → USED; or ENDED: nobody has the identifier, too many wrong tries, another
    reset was used first. It lives as long as its link.
    """

    MAX_FAILURES = 5

    class State(models.TextChoices):
        ASKED = "asked"
        SENT = "sent"
        USED = "used"
        ENDED = "ended"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # As typed and checked for its form; emptied once resolved.
    identifier = EncryptedTextField(null=True)
    language = models.CharField(max_length=2, choices=Language)
    address = models.CharField(max_length=45, blank=True)
    state = models.CharField(max_length=5, choices=State, default=State.ASKED)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, related_name="password_resets")
    # Of the link's secret, which is written nowhere else.
    token_hash = KeyedHashField(source="", purpose="password_reset.token", null=True, unique=True)
    # What the link went to; the one-time code goes to the other channel.
    channel = models.CharField(max_length=5, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("asked_at")), name="password_reset_expires_later"),
            models.CheckConstraint(condition=Q(failures__lte=5), name="password_reset_five_tries"),
            models.CheckConstraint(
                condition=~Q(state__in=["sent", "used"])
                | Q(account__isnull=False, token_hash__isnull=False, identifier__isnull=True),
                name="password_reset_sent_to_an_account",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "sent"], ended_at__isnull=True)
                | Q(state__in=["used", "ended"], ended_at__isnull=False),
                name="password_reset_ended_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"password reset {self.pk} ({self.state})"

    @property
    def reference(self) -> str:
        """What its one-time codes are good for and no other."""
        return f"password-reset:{self.pk}"
