"""The desk's forms."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gesond.desk.queries.persons import is_provider_code
from gesond.identity.actions.staff_looks import REFERENCE
from gesond.identity.forms.fields import MatriculeField
from gesond.identity.letters.selection import MISSING, REQUESTED, LetterSelection
from gesond.identity.models import Account, Door, LetterRequest, LookReason, Role
from gesond.identity.registry.person_search import SHORTEST, plain_name
from gesond.kernel.hashing import keyed_hashes
from gesond.kernel.identifiers import IdentifierError, parse_matricule
from gesond.kernel.journal import NAME
from gesond.kernel.journal_search import JournalSearch
from gesond.web.forms import Form

LONGEST_SEARCH = 120
# A guided activation states its reason itself.
CHOSEN_REASONS = [(value, label) for value, label in LookReason.choices if value != LookReason.COUNTER]
PERIODS = {"30": _("30 days"), "90": _("90 days"), "365": _("12 months")}


class PersonSearchForm(Form):
    """A matricule, a provider code or the beginning of a name, whichever is typed."""

    required_messages = {"query": _("Enter a matricule, a provider code or the beginning of a name.")}
    query = forms.CharField(
        label=_("Matricule, provider code or name"),
        help_text=_("11 or 13 digits, or the beginning of the family name or given names: at least two letters."),
        max_length=LONGEST_SEARCH,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    kind = ""

    def clean_query(self) -> Any:
        typed: str = self.cleaned_data["query"].strip()
        if is_provider_code(typed):
            self.kind = "provider_code"
            return typed
        if sum(character.isdigit() for character in typed) > len(typed) // 2:
            return self._matricule(typed)
        self.kind = "name"
        if len(plain_name(typed)) < SHORTEST:
            raise ValidationError(_("Enter at least two letters of the name."), code="short")
        return typed

    def _matricule(self, typed: str) -> Any:
        self.kind = "matricule"
        try:
            return parse_matricule(typed, accept_short=True)
        except IdentifierError as error:
            raise ValidationError(error.message, code=error.code) from error


class ReasonForm(Form):
    """Why somebody's data are opened."""

    required_messages = {"reason": _("Say why you need to see these data.")}
    reason = forms.ChoiceField(
        label=_("Why do you need to see these data?"), choices=CHOSEN_REASONS, widget=forms.RadioSelect
    )
    reference = forms.RegexField(
        label=_("Reference (optional)"),
        help_text=_("The number of a file or a request, such as HD-2041. Never a name."),
        regex=rf"^{REFERENCE.pattern}\Z",
        required=False,
        max_length=40,
        error_messages={"invalid": _("Use letters, digits and - / . _ only.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class WhyForm(Form):
    """A reason among `choices`, before something is done to an account or a request."""

    required_messages = {"reason": _("Choose a reason.")}
    reason = forms.ChoiceField(label=_("Reason"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, choices: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = choices  # type: ignore[attr-defined] # of a ChoiceField


SUSPENSION_CHOICES = [
    ("person_asked", _("The person asked for it")),
    ("suspected_theft", _("The account may have been stolen")),
    ("wrong_identity", _("The account may belong to somebody else")),
    ("investigation", _("An incident is examined")),
]
CLOSING_CHOICES = [
    ("person_asked", _("The person asked for it")),
    ("wrong_identity", _("The account belongs to somebody else")),
    ("deceased", _("The person has died")),
]
REFUSAL_CHOICES = [
    (LetterRequest.Reason.RECENT_LETTER.value, _("A letter is on its way")),
    (LetterRequest.Reason.NO_ADDRESS.value, _("The address is not known")),
    (LetterRequest.Reason.AGENCY.value, _("Another reason")),
]


LETTER_DOORS = [
    (Door.PATIENT.value, _("The patient's account")),
    (Door.PROFESSIONAL.value, _("The professional's account, of those in force in the directory")),
]


class LetterOrderForm(Form):
    """Whom a batch of letters is for."""

    required_messages = {
        "kind": _("Choose whom the letters are for."),
        "door": _("Choose which account the letters open."),
    }
    kind = forms.ChoiceField(
        label=_("For whom?"),
        choices=[
            (MISSING, _("Everybody without an account and without a code that works")),
            (REQUESTED, _("Those who asked for a letter and wait for it")),
        ],
        widget=forms.RadioSelect,
    )
    door = forms.ChoiceField(
        label=_("To open which account?"), choices=LETTER_DOORS, initial=Door.PATIENT, widget=forms.RadioSelect
    )
    born_before = forms.IntegerField(
        label=_("Born before the year (optional)"), required=False, min_value=1900, max_value=2100
    )
    born_after = forms.IntegerField(
        label=_("Born after the year (optional)"), required=False, min_value=1900, max_value=2100
    )
    limit = forms.IntegerField(
        label=_("At most (optional)"),
        help_text=_("Number of letters in this batch."),
        required=False,
        min_value=1,
        max_value=1_000_000,
    )

    def selection(self) -> LetterSelection:
        return LetterSelection(**self.cleaned_data)


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class JournalSearchForm(Form):
    """What is known of the entries looked for. Answers of a GET form: nothing is required."""

    chain = forms.RegexField(
        label=_("Chain"),
        help_text=_("person:7, staff:3, platform"),
        regex=rf"^{NAME.pattern}\Z",
        required=False,
        max_length=80,
    )
    actor = forms.RegexField(
        label=_("Actor"),
        help_text=_("staff:3, account:12, system"),
        regex=rf"^{NAME.pattern}\Z",
        required=False,
        max_length=80,
    )
    event = forms.RegexField(
        label=_("What happened"),
        help_text=_("A name or its beginning: account."),
        regex=r"^[a-z][a-z0-9_.-]*\Z",
        required=False,
        max_length=80,
    )
    since = forms.DateField(label=_("From the day"), required=False, widget=DayInput())
    until = forms.DateField(label=_("Up to the day"), required=False, widget=DayInput())

    def search(self) -> JournalSearch:
        """`until` is a day included."""
        given = dict(self.cleaned_data)
        until = given.pop("until")
        return JournalSearch(
            **{**given, "since": _midnight(given["since"])},
            until=_midnight(until + timedelta(days=1) if until else None),
        )


def _midnight(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None


class RolesForm(Form):
    """What a member of staff may do."""

    required_messages = {"roles": _("Choose at least one role.")}
    roles = forms.MultipleChoiceField(label=_("Roles"), choices=Role.choices, widget=forms.CheckboxSelectMultiple)


class NameStaffForm(RolesForm):
    """A person with an account, by their exact matricule."""

    required_messages = {**RolesForm.required_messages, "matricule": _("Enter the matricule.")}
    matricule = MatriculeField(help_text=_("13 digits, of a person who has an account."))
    field_order = ["matricule", "roles"]
    # What was looked for, and how many were found: the journal is told of both.
    sought, found = "", 0

    def clean_matricule(self) -> int:
        """The account's key."""
        self.sought = str(self.cleaned_data["matricule"])
        hashes = keyed_hashes(self.sought, purpose="person.matricule")
        account = Account.objects.filter(person__matricule_hash__in=hashes).values_list("pk", flat=True).first()
        self.found = int(account is not None)
        if account is None:
            raise ValidationError(_("Nobody with this matricule of 13 digits has an account."), code="unknown")
        return int(account)


class PeriodForm(Form):
    """How far the statistics look back."""

    period = forms.ChoiceField(label=_("Period"), choices=list(PERIODS.items()), required=False)

    def days(self) -> int:
        return int(self.cleaned_data.get("period") or 90) if self.is_valid() else 90
