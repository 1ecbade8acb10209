"""From the posted letter to the opened account."""

import uuid

from django.db import models
from django.db.models import F, Q

from gesond.identity.models.account import Account, CodeChannel, CountsCodeFailures, Door
from gesond.identity.models.person import Language, Person
from gesond.kernel.fields import EncryptedTextField, KeyedHashField


class LetterBatch(models.Model):
    """Letters issued together, and the spool files they were printed to."""

    # Whom it is for: what `LetterSelection` says, kept so that a batch that was stopped can go on.
    selection = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=80)
    requested = models.PositiveIntegerField(default=0)
    printed = models.PositiveIntegerField(default=0)
    manifest = models.CharField(max_length=300, blank=True)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"letter batch {self.pk}"


class ActivationCode(models.Model):
    """The code of one posted letter: hashed, single use, expiring, five tries."""

    MAX_FAILURES = 5

    class State(models.TextChoices):
        LIVE = "live"
        USED = "used"
        CANCELLED = "cancelled"  # by a later letter
        EXHAUSTED = "exhausted"  # five wrong tries

    # What it opens: a doctor may hold a patient's letter and a professional's at once.
    LETTER_DOORS = [(Door.PATIENT.value, "patient"), (Door.PROFESSIONAL.value, "professional")]

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="activation_codes")
    door = models.CharField(max_length=12, choices=LETTER_DOORS, default=Door.PATIENT)
    batch = models.ForeignKey(LetterBatch, on_delete=models.PROTECT, null=True, related_name="codes")
    # Which letter of the batch it is in: the batch's folder holds `letter-000001.pdf`.
    letter_number = models.PositiveIntegerField(null=True)
    code_hash = KeyedHashField(source="", purpose="activation.code", unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.LIVE)
    failures = models.PositiveSmallIntegerField(default=0)
    issued_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "door"], condition=Q(state="live"), name="activation_code_one_live_per_door"
            ),
            models.UniqueConstraint(fields=["batch", "letter_number"], name="activation_code_one_per_letter"),
            models.CheckConstraint(condition=Q(failures__lte=5), name="activation_code_five_tries"),
            models.CheckConstraint(
                condition=Q(state="live", ended_at__isnull=True) | (~Q(state="live") & Q(ended_at__isnull=False)),
                name="activation_code_ended_has_its_time",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("issued_at")), name="activation_code_expires_later"),
        ]

    def __str__(self) -> str:
        return f"activation code {self.pk} ({self.state})"


class Activation(CountsCodeFailures):
    """One walk through the five steps. Lives in the database, so that it resumes in another tab or after a pause.

    It is reached only with the session that proved the letter's code (`browser_hash`); proving the code again, in any
    browser, hands it over to that browser.
    """

    class Step(models.TextChoices):
        """What is still to do: the page a returning person is sent to."""

        PASSWORD = "password"  # noqa: S105 - a step's name
        DATA = "data"  # a professional's, in place of the password: the directory's data are checked (S1-10)
        CHANNEL = "channel"
        CONFIRM = "confirm"
        OTHER_MEANS = "other_means"  # the account exists from here on
        DONE = "done"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="activations")
    # What was proved to begin it: a letter's code, or a link that the helpdesk gave in its stead.
    code = models.ForeignKey(ActivationCode, on_delete=models.PROTECT, null=True, related_name="activations")
    assisted = models.ForeignKey(
        "identity.AssistedActivation", on_delete=models.PROTECT, null=True, related_name="activations"
    )
    door = models.CharField(max_length=12, choices=ActivationCode.LETTER_DOORS, default=Door.PATIENT)
    # A professional's first step (S1-05); it becomes a product of the account when that is opened.
    luxtrust = models.ForeignKey("identity.LuxTrustFlow", on_delete=models.PROTECT, null=True, related_name="+")
    # Of the identity proved there: whoever proves it again goes on where they stopped.
    subject_hash = KeyedHashField(source="", purpose="luxtrust.subject", null=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="activations")
    browser_hash = KeyedHashField(source="", purpose="activation.browser")
    step = models.CharField(max_length=12, choices=Step, default=Step.PASSWORD)
    terms = models.ForeignKey("identity.TermsVersion", on_delete=models.PROTECT)
    language = models.CharField(max_length=2, choices=Language)
    password = models.CharField(max_length=128, blank=True)  # Argon2
    channel = models.CharField(max_length=5, choices=CodeChannel, blank=True)
    destination = EncryptedTextField(null=True)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta(CountsCodeFailures.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["person", "door"], condition=Q(account__isnull=True), name="activation_one_open_per_door"
            ),
            models.CheckConstraint(
                condition=Q(code__isnull=False, assisted__isnull=True)
                | Q(code__isnull=True, assisted__isnull=False, door="patient"),
                name="activation_by_letter_or_assisted",
            ),
            models.CheckConstraint(
                condition=Q(step__in=["other_means", "done"], account__isnull=False)
                | (Q(account__isnull=True) & ~Q(step__in=["other_means", "done"])),
                name="activation_account_from_step_four",
            ),
            # Once the account exists, it alone holds the password and the address.
            models.CheckConstraint(
                condition=Q(step="password", door="patient")
                | (Q(step__in=["channel", "confirm"], door="patient") & ~Q(password=""))
                | Q(step__in=["other_means", "done"], password="")
                | Q(door="professional", password=""),  # S1-15: none is asked
                name="activation_password_after_step_two",
            ),
            models.CheckConstraint(
                condition=Q(step__in=["password", "data", "channel"])
                | (Q(step="confirm", destination__isnull=False) & ~Q(channel=""))
                | Q(step__in=["other_means", "done"], destination__isnull=True),
                name="activation_destination_after_step_three",
            ),
            models.CheckConstraint(
                condition=Q(door="professional", luxtrust__isnull=False, subject_hash__isnull=False)
                & ~Q(step__in=["password", "other_means"])
                | Q(door="patient", luxtrust__isnull=True, subject_hash__isnull=True) & ~Q(step="data"),
                name="activation_professional_begins_with_luxtrust",
            ),
            models.CheckConstraint(
                condition=Q(step="done", finished_at__isnull=False) | (~Q(step="done") & Q(finished_at__isnull=True)),
                name="activation_done_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["subject_hash"], condition=Q(account__isnull=True), name="activation_open_by_subject")
        ]

    def __str__(self) -> str:
        return f"activation {self.pk} ({self.step})"


class LetterRequest(models.Model):
    """« Non, je n'ai pas reçu mon code »: somebody asks for a letter. Kept as typed, whether or not it matches.

    A job after the commit resolves it, so that the page answers alike, and as fast, for everyone. Open with a person:
    the agency decides, or the job itself where the setting says so. Granted: its letter is ordered and not yet printed.
    """

    class State(models.TextChoices):
        OPEN = "open"
        GRANTED = "granted"
        LETTER_ISSUED = "letter_issued"
        REFUSED = "refused"

    class Reason(models.TextChoices):
        """Why no letter is due. For the agency only: the person who asked is never told."""

        UNKNOWN = "unknown"  # no such matricule, or an 11-digit one that several persons share
        DECEASED = "deceased"
        ACCOUNT_EXISTS = "account_exists"  # and enters by that door already
        NOT_ENTITLED = "not_entitled"  # a professional's letter, and no professional in force
        RECENT_LETTER = "recent_letter"  # it may still be in the post
        ALREADY_ASKED = "already_asked"
        NO_ADDRESS = "no_address"
        AGENCY = "agency"  # decided by hand, for another reason

    matricule = EncryptedTextField()
    matricule_hash = KeyedHashField(source="matricule", purpose="person.matricule", db_index=True)
    door = models.CharField(max_length=12, choices=ActivationCode.LETTER_DOORS, default=Door.PATIENT)
    language = models.CharField(max_length=2, choices=Language)
    state = models.CharField(max_length=15, choices=State, default=State.OPEN)
    reason = models.CharField(max_length=15, choices=Reason, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="letter_requests")
    # The batch that prints its letter. Kept by one that is open again: that batch could not print it.
    batch = models.ForeignKey(LetterBatch, on_delete=models.PROTECT, null=True, related_name="requests")
    created_at = models.DateTimeField(auto_now_add=True)
    handled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "door"],
                condition=Q(state__in=["open", "granted"]),
                name="letter_request_one_open_per_door",
            ),
            models.CheckConstraint(
                condition=(Q(state="refused") & ~Q(reason="")) | (~Q(state="refused") & Q(reason="")),
                name="letter_request_refused_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state="open", handled_at__isnull=True) | (~Q(state="open") & Q(handled_at__isnull=False)),
                name="letter_request_handled_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["granted", "letter_issued"]) | Q(person__isnull=False),
                name="letter_request_issued_to_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="granted") | Q(batch__isnull=False), name="letter_request_granted_is_printed"
            ),
        ]
        indexes = [models.Index(fields=["state", "created_at"], name="letter_request_queue")]

    def __str__(self) -> str:
        return f"letter request {self.pk} ({self.state})"
