"""Changing where an account is reached (S1-21, S1-22)."""

import uuid

from django.db import models
from django.db.models import Q

from gesond.identity.models.account import Account, CodeChannel
from gesond.kernel.fields import EncryptedTextField, KeyedHashField


class ChannelChange(models.Model):
    """One telephone number or e-mail address set, replaced or removed.

    PROVING_OLD (a code on a channel the account already has, where there is one) → PROVING_NEW (a code on the new one;
    left out by a removal) → DONE. The channel it replaces is told, with a link that undoes everything: OBJECTED.
    """

    class State(models.TextChoices):
        PROVING_OLD = "proving_old"
        PROVING_NEW = "proving_new"
        DONE = "done"
        ABANDONED = "abandoned"  # by the person, or by another change of the same channel
        OBJECTED = "objected"

    OPEN = (State.PROVING_OLD, State.PROVING_NEW)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="channel_changes")
    channel = models.CharField(max_length=5, choices=CodeChannel)
    state = models.CharField(max_length=12, choices=State, default=State.PROVING_OLD)
    # Null removes the channel.
    destination = EncryptedTextField(null=True)
    # What the account had when the change was done: what an objection puts back.
    old_destination = EncryptedTextField(null=True)
    old_code_channel = models.CharField(max_length=5, choices=CodeChannel)
    # The confirmed channel that the first code went to; empty where the account had none.
    proof_channel = models.CharField(max_length=5, choices=CodeChannel, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    # Of the secret in the link that undoes the change. Null until the old channel was told.
    objection_hash = KeyedHashField(source="", purpose="channel_change.objection", null=True, unique=True)
    objection_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "channel"],
                condition=Q(state__in=["proving_old", "proving_new"]),
                name="channel_change_one_open_per_channel",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proving_old", "proving_new"], ended_at__isnull=True)
                | (~Q(state__in=["proving_old", "proving_new"]) & Q(ended_at__isnull=False)),
                name="channel_change_ended_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(objection_hash__isnull=True, objection_until__isnull=True)
                | Q(objection_hash__isnull=False, objection_until__isnull=False),
                name="channel_change_objection_has_its_end",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(objection_hash__isnull=False), name="channel_change_done_was_told"
            ),
            models.CheckConstraint(
                condition=~Q(state="proving_new") | Q(destination__isnull=False),
                name="channel_change_removal_has_no_new",
            ),
        ]

    def __str__(self) -> str:
        return f"change of {self.channel} of account {self.account_id} ({self.state})"

    @property
    def is_open(self) -> bool:
        """Whether a code is still awaited."""
        return self.state in self.OPEN
