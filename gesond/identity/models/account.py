"""The account: one for the five doors."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from gesond.identity.models.person import Language, Person
from gesond.kernel.fields import EncryptedTextField, KeyedHashField


class CodeChannel(models.TextChoices):
    """Where one-time codes go."""

    SMS = "sms", "Mobile"
    EMAIL = "email", "E-mail"


class Door(models.TextChoices):
    """What an account may enter. Each is opened by its own proof and lends nothing to the others."""

    PATIENT = "patient"  # the patient's posted code
    PROFESSIONAL = "professional"  # LuxTrust and the professional's posted code
    SECRETARY = "secretary"  # a professional's declaration and LuxTrust
    STAFF = "staff"  # named by the agency's security officer


class AccountState(models.TextChoices):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(pk=username or 0)


class CountsCodeFailures(models.Model):
    """Wrong one-time codes in a row, counted on who tries, so that asking for a new code does not give new tries."""

    code_failures = models.PositiveSmallIntegerField(default=0)
    code_failed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Account(CountsCodeFailures, AbstractBaseUser):
    """A person's account. Opened by activation, never created by hand; channels are absent, confirmed or declared."""

    id = models.BigAutoField(primary_key=True)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="account")
    state = models.CharField(max_length=10, choices=AccountState, default=AccountState.ACTIVE)
    language = models.CharField(max_length=2, choices=Language, default=Language.FR)
    email = EncryptedTextField(null=True)
    email_hash = KeyedHashField(source="email", purpose="account.email", null=True, db_index=True)
    # Somebody else stated it (the professional who declared a secretary): good for notices, never for proofs, until the
    # person has confirmed it by a code or given another one. See docs/adr/0023-doors.md.
    email_is_declared = models.BooleanField(default=False)
    phone = EncryptedTextField(null=True)  # E.164
    phone_hash = KeyedHashField(source="phone", purpose="account.phone", null=True, db_index=True)
    code_channel = models.CharField(max_length=5, choices=CodeChannel)
    doors = ArrayField(models.CharField(max_length=12, choices=Door), default=list)
    notify_events = models.BooleanField(default=True)
    notify_polls = models.BooleanField(default=True)
    opened_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "id"
    REQUIRED_FIELDS = []
    objects = AccountManager()

    class Meta(CountsCodeFailures.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=Q(code_channel="sms", phone__isnull=False, phone_hash__isnull=False)
                | Q(code_channel="email", email__isnull=False, email_hash__isnull=False),
                name="account_code_channel_is_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(email_is_declared=False) | Q(email__isnull=False),
                name="account_declared_address_is_there",
            ),
            models.CheckConstraint(
                condition=Q(email_is_declared=False)
                | Q(phone__isnull=False, code_channel="sms")
                | ~Q(doors__overlap=["patient", "professional"]),
                name="account_declared_address_opens_no_door",
            ),
            models.CheckConstraint(
                condition=Q(doors__contained_by=Door.values) & Q(doors__len__gt=0), name="account_has_known_doors"
            ),
        ]
        indexes = [models.Index(fields=["state"], condition=~Q(state="active"), name="account_not_active")]

    def __str__(self) -> str:
        return f"account {self.pk}"

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Whether it may sign in: Django's own name for it."""
        return self.state == AccountState.ACTIVE

    def code_destination(self) -> tuple[str, str]:
        """Channel and address or number that one-time codes go to. Only of an account with a confirmed channel."""
        destination = self.phone if self.code_channel == CodeChannel.SMS else self.email
        return self.code_channel, str(destination)

    def confirmed_channels(self) -> dict[str, str]:
        """Number and address by channel, of those its person has proved to be theirs: what codes and links go to."""
        found = self.notice_channels()
        if self.email_is_declared:
            del found[CodeChannel.EMAIL.value]
        return found

    def notice_channels(self) -> dict[str, str]:
        """Number and address by channel, the declared one among them: what only tells may go there."""
        found = {CodeChannel.SMS.value: self.phone, CodeChannel.EMAIL.value: self.email}
        return {channel: str(destination) for channel, destination in found.items() if destination}

    def has_password(self) -> bool:
        """Whether one was ever chosen: a professional may have none (S1-15)."""
        return bool(self.password) and self.has_usable_password()

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's own permissions are not used: see `rules.py`."""
        return False
