"""A professional declares a secretary (S3-02, S3-17); the secretary's way to an account begins with it."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gesond.directory.models.establishment import Establishment
from gesond.directory.models.professional import Professional
from gesond.identity.models import Account, Language, TermsVersion
from gesond.kernel.fields import EncryptedJSONField, EncryptedTextField, KeyedHashField


class MandateFunction(models.TextChoices):
    """What a secretary may do for a professional."""

    AGENDA = "agenda", _("Agenda")
    MESSAGES = "messages", _("Messages")
    DOCUMENTS = "documents", _("Preparing documents")


class Declaration(models.Model):
    """SENT → OPENED (terms accepted) → MATRICULE_PROVED → ACCEPTED, or IN_CHECK → ACCEPTED | REFUSED.

    WITHDRAWN by the professional, EXPIRED with its link, EXHAUSTED by five wrong matricules (S3-08). A new link takes
    an open one back to SENT; a check that is appealed takes a refused one to ACCEPTED, or to REPLACED where another
    declaration of the same person counts by now.
    """

    MAX_FAILURES = 5

    class State(models.TextChoices):
        SENT = "sent", _("Link sent")
        OPENED = "opened", _("Link opened")
        MATRICULE_PROVED = "matricule_proved", _("Matricule confirmed")
        IN_CHECK = "in_check", _("Identity being checked")
        ACCEPTED = "accepted", _("Account open")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Expired")
        EXHAUSTED = "exhausted", _("Too many wrong matricules")
        REPLACED = "replaced", _("Replaced by a later declaration")

    OPEN = (State.SENT.value, State.OPENED.value, State.MATRICULE_PROVED.value)
    UNDERWAY = (*OPEN, State.IN_CHECK.value)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    professional = models.ForeignKey(Professional, on_delete=models.CASCADE, related_name="declarations")
    declared_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    family_name = EncryptedTextField()
    given_names = EncryptedTextField()
    matricule = EncryptedTextField()
    matricule_hash = KeyedHashField(source="matricule", purpose="declaration.matricule")
    email = EncryptedTextField()
    language = models.CharField(max_length=2, choices=Language)
    # A practice that changes its telephone is another row; the establishment stays.
    establishments = models.ManyToManyField(Establishment, related_name="+")
    functions = ArrayField(models.CharField(max_length=12, choices=MandateFunction))
    # Of the mandate to be: both days included.
    valid_from = models.DateField()
    valid_to = models.DateField()
    state = models.CharField(max_length=16, choices=State, default=State.SENT)
    failures = models.PositiveSmallIntegerField(default=0)
    # Of the link's secret, while it is good; and of the browser that used it last. Both are written nowhere else.
    token_hash = KeyedHashField(source="", purpose="declaration.token", null=True, unique=True)
    browser_hash = KeyedHashField(source="", purpose="declaration.browser", null=True)
    terms = models.ForeignKey(TermsVersion, on_delete=models.PROTECT, null=True, related_name="+")
    # What LuxTrust proved (`LuxTrustProof.to_json`) while it awaits the secretary's word or a check.
    proof = EncryptedJSONField(null=True)
    # The secretary's own account that was signed in when LuxTrust proved it: no other is added to.
    applicant = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    # The LuxTrust identity that a check accepted: its differences are not asked about again.
    cleared_hash = KeyedHashField(source="", purpose="luxtrust.subject", null=True)
    account = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="declarations")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["professional", "matricule_hash"],
                condition=Q(state__in=["sent", "opened", "matricule_proved", "in_check"]),
                name="declaration_one_underway",
            ),
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="declaration_ends_later"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("sent_at")), name="declaration_expires_later"),
            models.CheckConstraint(condition=Q(failures__lte=5), name="declaration_five_tries"),
            models.CheckConstraint(
                condition=Q(functions__len__gt=0, functions__contained_by=MandateFunction.values),
                name="declaration_has_known_functions",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", token_hash__isnull=False, browser_hash__isnull=True)
                | Q(state__in=["opened", "matricule_proved"])
                | (~Q(state__in=["sent", "opened", "matricule_proved"]) & Q(token_hash__isnull=True)),
                name="declaration_link_ends_with_its_way",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["opened", "matricule_proved", "in_check"])
                | Q(browser_hash__isnull=False, terms__isnull=False),
                name="declaration_opened_with_terms",
            ),
            models.CheckConstraint(
                condition=~Q(state="in_check") | Q(proof__isnull=False), name="declaration_check_has_its_proof"
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(account__isnull=False), name="declaration_accepted_has_its_account"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["sent", "opened", "matricule_proved", "in_check"], ended_at__isnull=True)
                | (~Q(state__in=["sent", "opened", "matricule_proved", "in_check"]) & Q(ended_at__isnull=False)),
                name="declaration_ended_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["professional", "-created_at"], name="declaration_of_professional"),
            models.Index(
                fields=["expires_at"],
                condition=Q(state__in=["sent", "opened", "matricule_proved"]),
                name="declaration_to_expire",
            ),
        ]

    def __str__(self) -> str:
        return f"declaration {self.pk} ({self.state})"

    @property
    def name(self) -> str:
        """As declared, given names first."""
        return f"{self.given_names} {self.family_name}"

    @property
    def chain(self) -> str:
        """The journal's chain of the declaration itself: its secretary has no account yet."""
        return f"declaration:{self.pk}"

    @property
    def tries_left(self) -> int:
        return self.MAX_FAILURES - self.failures
