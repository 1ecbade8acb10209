"""Requests for help and what is said about them."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gesond.helpdesk.numbers import number_of, spoken
from gesond.identity.models import Account, Language, Person
from gesond.kernel.fields import EncryptedJSONField, EncryptedTextField, KeyedHashField


class Category(models.TextChoices):
    """What a request is about."""

    LETTER = "letter", _("Activation letter not received or lost")
    ACTIVATION = "activation", _("Activation of my account")
    SIGN_IN = "sign-in", _("Signing in to my account")
    LUXTRUST = "luxtrust", _("LuxTrust")
    PROFESSIONAL_DATA = "professional-data", _("Professional data to correct")
    MINOR = "minor", _("A minor's record")
    SECRETARY = "secretary", _("Medical secretary's account")
    TELECONSULTATION = "teleconsultation", _("Teleconsultation")
    OTHER = "other", _("Another question")


class HelpRequest(models.Model):
    """Somebody asks for help: with an account, or as a visitor who leaves an e-mail address.

    NEW until somebody of the helpdesk takes it; WAITING while it is the person's turn; CLOSED, which the person may
    undo for a month.
    """

    class State(models.TextChoices):
        NEW = "new", _("New request")
        OPEN = "open", _("In progress")
        WAITING = "waiting", _("Answered")
        CLOSED = "closed", _("Request closed")

    category = models.CharField(max_length=20, choices=Category)
    state = models.CharField(max_length=10, choices=State, default=State.NEW)
    language = models.CharField(max_length=2, choices=Language)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="help_requests")
    # Whom it is about, where that is known: of the account, or found by the helpdesk.
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="help_requests")
    name = EncryptedTextField()
    email = EncryptedTextField(null=True)
    email_hash = KeyedHashField(source="email", purpose="help_request.email", null=True)
    # What the page it came from knew: {label: value}, as the person saw it.
    facts = EncryptedJSONField(null=True)
    # Of sender and words: what is sent twice within minutes is one request.
    fold_hash = KeyedHashField(source="", purpose="help_request.fold")
    assigned_to = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    # Until when the helpdesk owes an answer; null while it owes none.
    due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(account__isnull=False) | Q(email__isnull=False),
                name="help_request_can_be_answered",
            ),
            models.CheckConstraint(
                condition=Q(email__isnull=True, email_hash__isnull=True)
                | Q(email__isnull=False, email_hash__isnull=False),
                name="help_request_email_has_its_hash",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | (~Q(state="closed") & Q(closed_at__isnull=True)),
                name="help_request_closed_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["new", "open"], due_at__isnull=False)
                | Q(state__in=["waiting", "closed"], due_at__isnull=True),
                name="help_request_owed_has_its_due",
            ),
            models.CheckConstraint(
                condition=Q(state="new", assigned_to__isnull=True) | ~Q(state="new"),
                name="help_request_new_is_nobodys",
            ),
        ]
        indexes = [
            # The queues: what is owed by its due, the rest by its last change; each with and without a category.
            models.Index(fields=["state", "due_at", "id"], condition=Q(due_at__isnull=False), name="help_request_owed"),
            models.Index(
                fields=["category", "due_at", "id"],
                condition=Q(due_at__isnull=False),
                name="help_request_owed_category",
            ),
            models.Index(
                fields=["assigned_to", "due_at", "id"], condition=Q(due_at__isnull=False), name="help_request_mine"
            ),
            models.Index(fields=["state", "-changed_at", "-id"], name="help_request_by_change"),
            models.Index(fields=["state", "category", "-changed_at", "-id"], name="help_request_by_category"),
            # The counts above the queues, from the index alone.
            models.Index(
                fields=["state", "due_at", "assigned_to"],
                condition=Q(state__in=["new", "open", "waiting"]),
                name="help_request_counted",
            ),
            models.Index(fields=["account", "-changed_at"], name="help_request_of_account"),
            models.Index(fields=["person", "-changed_at"], name="help_request_of_person"),
            models.Index(fields=["email_hash", "-changed_at"], name="help_request_by_email"),
            models.Index(fields=["fold_hash", "-created_at"], name="help_request_folding"),
        ]

    def __str__(self) -> str:
        return f"help request {self.pk} ({self.state})"

    @property
    def number(self) -> str:
        """Eight digits, as in addresses."""
        return number_of(self.pk)

    @property
    def spoken_number(self) -> str:
        """As people read it."""
        return spoken(self.number)

    @property
    def chain(self) -> str:
        """Its chain of the journal."""
        return f"help-request:{self.pk}"

    def hash_input_email_hash(self) -> str | None:
        """What `email_hash` is made of."""
        return None if self.email is None else comparable_email(self.email)


class HelpMessage(models.Model):
    """One message of the thread, read by both sides."""

    class Author(models.TextChoices):
        PERSON = "person"
        HELPDESK = "helpdesk"

    request = models.ForeignKey(HelpRequest, on_delete=models.CASCADE, related_name="messages")
    author = models.CharField(max_length=10, choices=Author)
    # The member of staff; the person is shown « Helpdesk » and no name.
    staff = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    body = EncryptedTextField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(author="person", staff__isnull=True) | (~Q(author="person") & Q(staff__isnull=False)),
                name="help_message_of_staff_says_whose",
            )
        ]
        indexes = [models.Index(fields=["request", "created_at", "id"], name="help_message_thread")]

    def __str__(self) -> str:
        return f"message {self.pk} of help request {self.request_id}"


class InternalNote(models.Model):
    """What the helpdesk tells itself. In a table of its own: no page of the person reads it."""

    request = models.ForeignKey(HelpRequest, on_delete=models.CASCADE, related_name="internal_notes")
    staff = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    body = EncryptedTextField()
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["request", "created_at", "id"], name="internal_note_thread")]

    def __str__(self) -> str:
        return f"note {self.pk} of help request {self.request_id}"


class HelpLink(models.Model):
    """A visitor's personal link to their request: hashed, expiring, exchanged for the browser's session."""

    request = models.ForeignKey(HelpRequest, on_delete=models.CASCADE, related_name="links")
    token_hash = KeyedHashField(source="", purpose="help_request.link", unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"link {self.pk} to help request {self.request_id}"


def comparable_email(address: Any) -> str:
    """As it is hashed: two spellings of one address are one."""
    return str(address).strip().lower()
