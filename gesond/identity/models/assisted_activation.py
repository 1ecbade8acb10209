"""An activation with somebody of the helpdesk beside: at a counter, or on the telephone."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gesond.identity.models.account import Account
from gesond.identity.models.person import Language, Person
from gesond.kernel.fields import KeyedHashField


class AssistedActivation(models.Model):
    """One guided activation. At most one of a person is under way.

    OFFERED while a link may be opened by the person; TAKEN once it was; then DONE with the account, or CANCELLED: by
    the helpdesk, by three wrong matricules, by time, or because the person went on without it.
    """

    MAX_FAILURES = 3

    class State(models.TextChoices):
        OFFERED = "offered", _("The person has to open the link")
        TAKEN = "taken", _("The person has opened the link")
        DONE = "done", _("The account is open")
        CANCELLED = "cancelled", _("Ended without an account")

    class Document(models.TextChoices):
        """What was seen. Its kind only: no number, no copy."""

        IDENTITY_CARD = "identity_card", _("Identity card")
        PASSPORT = "passport", _("Passport")
        RESIDENCE_PERMIT = "residence_permit", _("Residence permit")
        QUESTIONS = "questions", _("None: questions answered by telephone")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="assisted_activations")
    clerk = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    document = models.CharField(max_length=20, choices=Document)
    language = models.CharField(max_length=2, choices=Language)
    state = models.CharField(max_length=10, choices=State, default=State.OFFERED)
    # Null once it was used, or was used up.
    link_hash = KeyedHashField(source="", purpose="assisted_activation.link", unique=True, null=True)
    # How many links were made: a page sent twice makes one more, not two.
    links = models.PositiveSmallIntegerField(default=1)
    failures = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField()
    # While OFFERED of the link, then of the activation.
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state__in=["offered", "taken"]), name="assisted_activation_one_under_way"
            ),
            models.CheckConstraint(
                condition=Q(state="offered", link_hash__isnull=False)
                | (~Q(state="offered") & Q(link_hash__isnull=True)),
                name="assisted_activation_link_while_offered",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["offered", "taken"], ended_at__isnull=True)
                | (~Q(state__in=["offered", "taken"]) & Q(ended_at__isnull=False)),
                name="assisted_activation_ended_has_its_time",
            ),
            models.CheckConstraint(condition=Q(failures__lte=3), name="assisted_activation_three_tries"),
        ]
        indexes = [
            models.Index(fields=["clerk", "-started_at"], name="assisted_activation_of_clerk"),
            models.Index(fields=["started_at"], name="assisted_activation_by_time"),
        ]

    def __str__(self) -> str:
        return f"assisted activation {self.pk} ({self.state})"


class PostedNotice(models.Model):
    """A letter that only tells: it goes to the address of the registry, whatever address an account may have."""

    class Kind(models.TextChoices):
        OPENED_WITH_HELP = "opened_with_help"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posted_notices")
    kind = models.CharField(max_length=20, choices=Kind)
    # When what it tells of happened.
    happened_at = models.DateTimeField()
    printed_at = models.DateTimeField(null=True)
    # Why it could not be printed: no address, a name without glyphs. The agency has to see to it.
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(printed_at__isnull=True) | Q(problem=""), name="posted_notice_printed_without_problem"
            )
        ]
        indexes = [
            models.Index(fields=["happened_at"], condition=Q(printed_at__isnull=True), name="posted_notice_to_print")
        ]

    def __str__(self) -> str:
        return f"posted notice {self.pk} ({self.kind})"
