"""The outbox: every e-mail, SMS and letter, written in the transaction of the change that causes it."""

import uuid

from django.db import models

from gesond.kernel.fields import EncryptedJSONField, EncryptedTextField, KeyedHashField


def comparable(recipient: str) -> str:
    """One spelling for each address or number: what recipients are looked up by."""
    recipient = recipient.strip()
    return "".join(recipient.split()) if recipient.startswith("+") else recipient.casefold()


class Channel(models.TextChoices):
    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"


class State(models.TextChoices):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"  # for good: a dead letter, shown with its reason, may be resent
    EXPIRED = "expired"  # its use had passed (a one-time code) before it could be sent
    WITHDRAWN = "withdrawn"


class OutboxMessage(models.Model):
    """One message to one recipient by one channel, already rendered in the recipient's language."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.CharField(max_length=10, choices=Channel)
    # What the message is: `identity/one_time_code`, the folder of its templates.
    template = models.CharField(max_length=80)
    language = models.CharField(max_length=2)
    recipient = EncryptedTextField()
    recipient_hash = KeyedHashField(source="recipient", purpose="outbox.recipient", db_index=True)
    # email: subject, text, html · sms: text, alphabet, parts · letter: pdf (a path in the spool) and its data.
    # Emptied once sent, unless bodies are kept.
    content = EncryptedJSONField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    # What another app looks the message up by: `activation:5`, `sign-in:…`.
    reference = models.CharField(max_length=80, blank=True, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)
    next_attempt_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    # The provider's own number for it, when it gives one.
    provider_reference = models.CharField(max_length=120, blank=True)
    # When the provider's receipt said that the person has it.
    delivered_at = models.DateTimeField(null=True)
    # What must be said once: a second message with the same key is not made.
    dedupe_key = models.CharField(max_length=120, null=True, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="sent", sent_at__isnull=False)
                | (~models.Q(state="sent") & models.Q(sent_at__isnull=True)),
                name="outbox_sent_has_its_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="sending") | models.Q(claimed_at__isnull=False),
                name="outbox_sending_is_claimed",
            ),
            models.CheckConstraint(
                condition=models.Q(delivered_at__isnull=True) | models.Q(state="sent"),
                name="outbox_delivered_was_sent",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="failed") | ~models.Q(last_error=""),
                name="outbox_failed_has_its_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "next_attempt_at"], name="outbox_due"),
            models.Index(fields=["-created_at"], name="outbox_recent"),
            models.Index(
                fields=["provider_reference"], condition=~models.Q(provider_reference=""), name="outbox_by_provider"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.template} {self.state}"

    def hash_input_recipient_hash(self) -> str:
        """What `recipient_hash` is made of."""
        return comparable(self.recipient)
