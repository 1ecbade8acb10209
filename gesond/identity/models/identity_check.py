"""Identity checks by hand (« identitovigilance », S3-13): what is compared, who decides, what the applicant adds."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gesond.identity.models.account import Account
from gesond.identity.models.person import Language, Person
from gesond.kernel.fields import EncryptedJSONField, EncryptedTextField, KeyedHashField


class IdentityCheck(models.Model):
    """One check. OPEN → (SECOND_OPINION) → ACCEPTED | REFUSED → APPEALED, once → ACCEPTED | REFUSED for good.

    The applicant may withdraw it until it is decided. Why it is decided so: docs/adr/0019-identity-checks.md.
    """

    class State(models.TextChoices):
        OPEN = "open", _("To check")
        SECOND_OPINION = "second_opinion", _("Second opinion")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")
        APPEALED = "appealed", _("Appeal")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    UNDECIDED = (State.OPEN.value, State.SECOND_OPINION.value, State.APPEALED.value)
    DECIDED = (State.ACCEPTED.value, State.REFUSED.value)
    OVER = (*DECIDED, State.WITHDRAWN.value)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # What people call it, on the telephone too: `IV-7K3M-Q2XF`.
    number = models.CharField(max_length=12, unique=True)
    # Whose check it is (see `gesond.identity.identity_checks.kinds`) and that owner's own name for it.
    kind = models.CharField(max_length=40)
    reference = models.CharField(max_length=80)
    # Null when the registry knows nobody of that matricule.
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="identity_checks")
    # Shapes: `gesond.identity.identity_checks.kinds.stated_in`, `differences_in`.
    declared = EncryptedJSONField()
    proved = EncryptedJSONField()
    differences = EncryptedJSONField()
    # Whether every difference may be a slip of the pen: then one person decides, otherwise two.
    spelling_only = models.BooleanField()
    email = EncryptedTextField()
    language = models.CharField(max_length=2, choices=Language)
    state = models.CharField(max_length=14, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    taken_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    evidence_asked_at = models.DateTimeField(null=True)
    # The one whose decision ended it, and one who decided before: never the same.
    first_decider = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    last_decider = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    # For the applicant, in their language.
    reason = EncryptedTextField(null=True)
    appealed_at = models.DateTimeField(null=True)
    appeal_reasons = EncryptedTextField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    # When the evidence is deleted; null while it is needed.
    evidence_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "reference"],
                condition=Q(state__in=["open", "second_opinion", "appealed"]),
                name="identity_check_one_undecided",
            ),
            models.CheckConstraint(condition=Q(due_at__gt=F("opened_at")), name="identity_check_is_due_later"),
            models.CheckConstraint(
                condition=Q(state__in=["accepted", "refused"], decided_at__isnull=False, last_decider__isnull=False)
                | (~Q(state__in=["accepted", "refused"]) & Q(decided_at__isnull=True, last_decider__isnull=True)),
                name="identity_check_decided_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(first_decider__isnull=True)
                | Q(last_decider__isnull=True)
                | ~Q(first_decider=F("last_decider")),
                name="identity_check_deciders_differ",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "refused"])
                | Q(spelling_only=True, appealed_at__isnull=True)
                | Q(first_decider__isnull=False),
                name="identity_check_two_decide",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["second_opinion", "appealed"]) | Q(first_decider__isnull=False),
                name="identity_check_has_a_first_opinion",
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_at__isnull=False)
                | (~Q(state="withdrawn") & Q(withdrawn_at__isnull=True)),
                name="identity_check_withdrawn_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | Q(reason__isnull=False), name="identity_check_refused_says_why"
            ),
            models.CheckConstraint(
                condition=Q(appealed_at__isnull=True, appeal_reasons__isnull=True) & ~Q(state="appealed")
                | Q(appealed_at__isnull=False, appeal_reasons__isnull=False),
                name="identity_check_appeal_has_reasons",
            ),
            models.CheckConstraint(
                condition=Q(taken_by__isnull=True, taken_at__isnull=True)
                | Q(
                    taken_by__isnull=False,
                    taken_at__isnull=False,
                    state__in=["open", "second_opinion", "appealed"],
                ),
                name="identity_check_taken_while_undecided",
            ),
        ]
        indexes = [
            # The queue: overdue first, and counted without opening its wide rows.
            models.Index(
                fields=["due_at", "id"],
                include=["state", "kind", "taken_by", "person"],
                condition=Q(state__in=["open", "second_opinion", "appealed"]),
                name="identity_check_queue",
            ),
            models.Index(fields=["state", "due_at", "id"], name="identity_check_by_state"),
            # What is over only grows: a page of it, and its count, read the index alone.
            models.Index(
                fields=["-opened_at", "id"],
                include=["kind", "person"],
                condition=Q(state__in=["accepted", "refused", "withdrawn"]),
                name="identity_check_over",
            ),
            models.Index(
                fields=["evidence_until"], condition=Q(evidence_until__isnull=False), name="identity_check_evidence_due"
            ),
        ]

    def __str__(self) -> str:
        return f"identity check {self.number} ({self.state})"

    @property
    def is_undecided(self) -> bool:
        """Whether the desk still has to say something."""
        return self.state in self.UNDECIDED

    @property
    def chain(self) -> str:
        """The journal's chain of the check itself, beside its person's."""
        return f"check:{self.pk}"


class IdentityDecision(models.Model):
    """What one member of staff decided. Nobody decides twice on one check, the appeal included."""

    check_decided = models.ForeignKey(IdentityCheck, on_delete=models.CASCADE, related_name="decisions")
    decider = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    accepted = models.BooleanField()
    on_appeal = models.BooleanField(default=False)
    reason_code = models.CharField(max_length=30)
    # To the applicant, should it be this decision that ends the check; and for colleagues alone.
    words = EncryptedTextField(null=True)
    note = EncryptedTextField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["check_decided", "decider"], name="identity_decision_one_each"),
            models.UniqueConstraint(
                fields=["check_decided"], condition=Q(on_appeal=True), name="identity_decision_one_on_appeal"
            ),
        ]

    def __str__(self) -> str:
        return f"decision {self.pk} on check {self.check_decided_id}"


class IdentityCheckLink(models.Model):
    """A link of an e-mail to the applicant's page. Of its secret only the hash is kept."""

    check_shown = models.ForeignKey(IdentityCheck, on_delete=models.CASCADE, related_name="links")
    token_hash = KeyedHashField(source="", purpose="identity_check.token", unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="identity_check_link_expires_later")
        ]

    def __str__(self) -> str:
        return f"link of check {self.check_shown_id}"


class IdentityEvidence(models.Model):
    """A document that the applicant added. Its body is stored encrypted, and deleted some days after the decision."""

    class Document(models.TextChoices):
        IDENTITY_CARD_FRONT = "identity_card_front", _("Identity card, front")
        IDENTITY_CARD_BACK = "identity_card_back", _("Identity card, back")
        PASSPORT = "passport", _("Passport")
        RESIDENCE_PERMIT = "residence_permit", _("Residence permit")
        MARRIAGE_CERTIFICATE = "marriage_certificate", _("Marriage certificate")
        BIRTH_CERTIFICATE = "birth_certificate", _("Birth certificate")
        OTHER = "other", _("Other document")

    class Format(models.TextChoices):
        PDF = "pdf", "PDF"
        JPEG = "jpeg", "JPEG"
        PNG = "png", "PNG"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    check_proved = models.ForeignKey(IdentityCheck, on_delete=models.CASCADE, related_name="evidence")
    document = models.CharField(max_length=24, choices=Document)
    format = models.CharField(max_length=4, choices=Format)
    # As the applicant named it, for people to read only: never a path, never a header.
    file_name = EncryptedTextField()
    size = models.PositiveIntegerField()
    sha256 = models.BinaryField(max_length=32)  # of what is stored
    stored_as = models.CharField(max_length=120, blank=True)
    added_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(deleted_at__isnull=True) & ~Q(stored_as="")) | Q(deleted_at__isnull=False, stored_as=""),
                name="identity_evidence_stored_or_deleted",
            ),
            models.UniqueConstraint(
                fields=["check_proved", "sha256"],
                condition=Q(deleted_at__isnull=True),
                name="identity_evidence_once",
            ),
        ]

    def __str__(self) -> str:
        return f"evidence {self.pk} ({self.document})"
