"""LuxTrust: what the provider publishes, a walk to it and back, and the products that sign in to an account."""

import uuid

from django.db import models
from django.db.models import F, Q

from gesond.identity.models.account import Account
from gesond.kernel.fields import EncryptedJSONField, EncryptedTextField, KeyedHashField


class Assurance(models.TextChoices):
    """eIDAS levels (standards C-3): `substantial` for LuxTrust, `high` for the electronic identity card."""

    LOW = "low"
    SUBSTANTIAL = "substantial"
    HIGH = "high"


class Device(models.TextChoices):
    """What the guides name (S2-08), and the mobile that came after them."""

    TOKEN = "token", "Token"
    SMARTCARD = "smartcard", "Smartcard"
    MOBILE = "mobile", "Mobile"
    IDENTITY_CARD = "identity_card"
    OTHER = "other"


class LuxTrustProvider(models.Model):
    """What the provider publishes, kept by a job: a page that needs it asks nobody."""

    issuer = models.URLField(unique=True)
    document = models.JSONField()
    keys = models.JSONField()
    fetched_at = models.DateTimeField()
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.issuer


class LuxTrustFlow(models.Model):
    """One walk to LuxTrust and back, of one browser, for one purpose. Good once.

    PREPARING (the provider's addresses are awaited) → SENT → RETURNED (a job exchanges the code) → PROVED → USED;
    FAILED with its reason at any point.
    """

    class State(models.TextChoices):
        PREPARING = "preparing"
        SENT = "sent"
        RETURNED = "returned"
        PROVED = "proved"
        USED = "used"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # What it proves, as given to `begin_luxtrust`: a proof made for one purpose is worth nothing for another.
    purpose = models.CharField(max_length=40)
    # Who was signed in when it began; a proof is not used in another account's session.
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, related_name="luxtrust_flows")
    browser_hash = KeyedHashField(source="", purpose="luxtrust.browser")
    state_hash = KeyedHashField(source="", purpose="luxtrust.state", unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.PREPARING)
    failure = models.CharField(max_length=20, blank=True)
    nonce = EncryptedTextField()
    verifier = EncryptedTextField()  # PKCE
    code = EncryptedTextField(null=True)
    # Pages of this site: where a proof is taken to, and where one goes on without it.
    return_to = models.CharField(max_length=300)
    instead = models.CharField(max_length=300)
    # What was proved: see `gesond.identity.luxtrust.proofs.LuxTrustProof`.
    proof = EncryptedJSONField(null=True)
    started_at = models.DateTimeField(auto_now_add=True)
    returned_at = models.DateTimeField(null=True)
    # When a job took the code: it is exchanged at most once, whoever runs the job again.
    claimed_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("started_at")), name="luxtrust_flow_expires_later"),
            models.CheckConstraint(
                condition=Q(state="proved", proof__isnull=False)
                | Q(state="used")  # and forgotten soon after
                | (~Q(state__in=["proved", "used"]) & Q(proof__isnull=True)),
                name="luxtrust_flow_proved_has_its_proof",
            ),
            models.CheckConstraint(
                condition=(Q(state="failed") & ~Q(failure="")) | (~Q(state="failed") & Q(failure="")),
                name="luxtrust_flow_failed_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state="returned", code__isnull=False, returned_at__isnull=False)
                | (~Q(state="returned") & Q(code__isnull=True)),
                name="luxtrust_flow_code_only_on_return",
            ),
        ]

    def __str__(self) -> str:
        return f"LuxTrust flow {self.pk} ({self.state})"

    @property
    def is_dispensable(self) -> bool:
        """Whether one can go on without: where one cannot, `instead` is the page that asked for it (S1-05, S3-04)."""
        return self.instead != self.return_to


class LuxTrustProduct(models.Model):
    """A LuxTrust product that signs in to one account and no other (S1-06, S1-23).

    Its subject is a serial number of the identity, not a matricule: the two are never compared (standards C-1).
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="luxtrust_products")
    issuer = models.URLField()
    subject = EncryptedTextField()
    subject_hash = KeyedHashField(source="subject", purpose="luxtrust.subject", unique=True)
    device = models.CharField(max_length=15, choices=Device, default=Device.OTHER)
    assurance = models.CharField(max_length=12, choices=Assurance)
    name = models.CharField(max_length=60)
    added_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"LuxTrust product {self.pk} of account {self.account_id}"

    def hash_input_subject_hash(self) -> str:
        """A serial number is its issuer's: two providers may give the same."""
        return f"{self.issuer} {self.subject}"
