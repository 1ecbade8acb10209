"""Polls: S1-26, S1-28. Who took part and what was answered are kept apart: docs/adr/0022-contents.md."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gesond.content.models.content import MAIN_LANGUAGE, Content
from gesond.identity.models import Account
from gesond.kernel.clock import now


class PollKind(models.TextChoices):
    SINGLE = "single", _("One answer of several")
    MULTIPLE = "multiple", _("Any number of several answers")
    TEXT = "text", _("An answer in one's own words")


class Poll(Content):
    """One question, open from its publication to `closes_at`. Its results are shown when it is closed."""

    kind: ClassVar[str] = "poll"

    asks = models.CharField(max_length=10, choices=PollKind)
    closes_at = models.DateTimeField()
    # Whether those who left their box ticked are told (S1-26).
    announced = models.BooleanField(default=True)
    # When the answers of the closed poll were put into an order that tells nothing of the one they came in.
    mixed_at = models.DateTimeField(null=True)

    class Meta(Content.Meta):
        constraints = [
            *Content.Meta.constraints,
            models.CheckConstraint(
                condition=Q(publish_at__isnull=True) | Q(closes_at__gt=F("publish_at")),
                name="poll_closes_after_it_opens",
            ),
        ]

    def __str__(self) -> str:
        return f"poll {self.pk}"

    def is_closed(self, at: datetime | None = None) -> bool:
        return self.closes_at <= (at or now())


class PollOption(models.Model):
    """One of the answers to choose from. `labels`: language to text."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="options")
    position = models.PositiveSmallIntegerField()
    labels = models.JSONField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["poll", "position"], name="poll_option_has_its_place")]

    def __str__(self) -> str:
        return f"option {self.position} of poll {self.poll_id}"

    def label(self, language: str | None = None) -> str:
        """In the page's language, French where it is missing."""
        found: str = self.labels.get(language or get_language() or MAIN_LANGUAGE) or self.labels[MAIN_LANGUAGE]
        return found


class Participation(models.Model):
    """An account has taken part: once. Says neither what it answered nor when; it still counts without the account."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="participations")
    account = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "account"], name="poll_answered_once_an_account")]

    def __str__(self) -> str:
        return f"account {self.account_id} took part in poll {self.poll_id}"


class PollAnswer(models.Model):
    """One option chosen, or one text, by nobody in particular: no account, no time, no number that counts up.

    Several options of one person are several rows that nothing holds together.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="answers")
    option = models.ForeignKey(PollOption, on_delete=models.PROTECT, null=True, related_name="answers")
    text = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(option__isnull=False, text="") | (Q(option__isnull=True) & ~Q(text="")),
                name="poll_answer_is_an_option_or_a_text",
            ),
        ]

    def __str__(self) -> str:
        return f"an answer to poll {self.poll_id}"
