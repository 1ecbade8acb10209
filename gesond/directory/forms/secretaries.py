"""What a professional types: a declaration, a change of a mandate."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gesond.directory.actions.declarations import LATEST_START, LONGEST, Refusal, Statement
from gesond.directory.actions.mandates import Terms
from gesond.directory.models import Mandate, MandateFunction, today
from gesond.directory.queries.professionals import PracticeFacts
from gesond.identity.forms.code_messages import duration
from gesond.identity.models import Language
from gesond.kernel.identifiers import EmailAddress, IdentifierError, Matricule
from gesond.web.forms import DateField, DigitsInput, Form

YEAR = timedelta(days=365)
# What is no part of anybody's name: control characters, and what makes an address or a mark-up of it.
NO_NAME = re.compile(r"[\x00-\x1f\x7f<>@/\\:;{}|0-9]")

WORDS: dict[Refusal, tuple[str | None, Any]] = {
    Refusal.ONESELF: ("matricule", _("This is your own matricule: nobody is their own secretary.")),
    Refusal.UNDERWAY: (
        "matricule",
        _("You have already declared this person, who has not finished. Send another link from the list."),
    ),
    Refusal.HAS_MANDATE: (
        "matricule",
        _("This person already has a mandate from you: change it from the list."),
    ),
    Refusal.NOT_YOUR_PRACTICE: ("establishments", _("Choose among your own practices.")),
    Refusal.DATES: ("valid_to", _("A mandate begins within three months and lasts at most one year.")),
    Refusal.OVER: (None, _("This was changed meanwhile: look at the list again.")),
}


class FunctionsAndPlaces(Form):
    """Where, what and until when: of a declaration and of a mandate alike."""

    required_messages = {
        "establishments": _("Choose at least one practice."),
        "functions": _("Choose at least one function."),
        "valid_to": _("Enter the last day of the mandate."),
    }
    establishments = forms.TypedMultipleChoiceField(
        label=_("Practices"), coerce=int, widget=forms.CheckboxSelectMultiple()
    )
    functions = forms.MultipleChoiceField(
        label=_("Functions"), choices=MandateFunction, widget=forms.CheckboxSelectMultiple()
    )
    valid_to = DateField(label=_("Last day"), help_text=_("At most one year after the first day."))

    def __init__(self, *args: Any, practices: Iterable[PracticeFacts], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = {practice.establishment_id: practice.name for practice in practices}
        self.fields["establishments"].choices = list(places.items())  # type: ignore[attr-defined] # of this field


class DeclarationForm(FunctionsAndPlaces):
    """« Mes secrétaires »: who, and what for (S3-02, S3-17)."""

    required_messages = {
        **FunctionsAndPlaces.required_messages,
        "family_name": _("Enter the family name."),
        "given_names": _("Enter the given names."),
        "matricule": _("Enter the matricule."),
        "email": _("Enter an e-mail address."),
        "valid_from": _("Enter the first day of the mandate."),
    }
    family_name = forms.CharField(
        label=_("Family name"), help_text=_("As on the identity card, birth name included."), max_length=120
    )
    given_names = forms.CharField(label=_("Given names"), max_length=120)
    matricule = forms.CharField(
        label=_("Matricule"),
        help_text=_("All 13 digits: the secretary will have to type the same."),
        max_length=40,
        widget=DigitsInput(),
    )
    email = forms.CharField(
        label=_("E-mail address"), help_text=_("The link to create the account is sent there."), max_length=254
    )
    language = forms.ChoiceField(label=_("Language of the messages"), choices=Language)
    valid_from = DateField(label=_("First day"), help_text=_("Today or later."))
    field_order = [
        "family_name", "given_names", "matricule", "email", "language",
        "establishments", "functions", "valid_from", "valid_to",
    ]  # fmt: skip

    def clean_family_name(self) -> str:
        return _name(self.cleaned_data["family_name"])

    def clean_given_names(self) -> str:
        return _name(self.cleaned_data["given_names"])

    def clean_matricule(self) -> Matricule:
        try:
            return Matricule.parse(self.cleaned_data["matricule"])
        except IdentifierError as error:
            raise ValidationError(error.message, code=error.code) from error

    def clean_email(self) -> str:
        try:
            return EmailAddress.parse(self.cleaned_data["email"]).value
        except IdentifierError as error:
            raise ValidationError(error.message, code=error.code) from error

    def clean_valid_from(self) -> date:
        first: date = self.cleaned_data["valid_from"]
        if not today() <= first <= today() + LATEST_START:
            raise ValidationError(_("Enter today or a later day, within three months."), code="first_day")
        return first

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("valid_from"), self.cleaned_data.get("valid_to")
        if first and last and not first <= last <= first + LONGEST:
            self.add_error("valid_to", ValidationError(_last_day(), code="last_day"))
        return self.cleaned_data

    def statement(self) -> Statement:
        """What was stated, once it is valid."""
        data = self.cleaned_data
        return Statement(
            **{
                **data,
                "establishments": tuple(data["establishments"]),
                "functions": tuple(data["functions"]),
            }
        )

    def refuse(self, refusal: Refusal, retry_after: int = 0) -> None:
        """Say why the declaration was not taken."""
        field, words = WORDS.get(refusal, (None, too_many_links(retry_after)))
        self.add_error(field, ValidationError(words, code=refusal.value))


class MandateForm(FunctionsAndPlaces):
    """What may be changed of a mandate."""

    def __init__(self, *args: Any, mandate: Mandate, **kwargs: Any) -> None:
        super().__init__(*args, initial=_initial(mandate), **kwargs)
        self.mandate = mandate

    def clean_valid_to(self) -> date:
        last: date = self.cleaned_data["valid_to"]
        first = max(today(), self.mandate.valid_from)
        if not first <= last <= first + LONGEST:
            raise ValidationError(_last_day(), code="last_day")
        return last

    def terms(self) -> Terms:
        """What was chosen, once it is valid."""
        data = self.cleaned_data
        return Terms(
            establishments=tuple(data["establishments"]),
            functions=tuple(data["functions"]),
            valid_to=data["valid_to"],
        )


def first_and_last_day() -> dict[str, date]:
    """What a new declaration proposes."""
    return {"valid_from": today(), "valid_to": today() + YEAR}


def too_many_links(retry_after: int) -> Any:
    """Why no link was sent."""
    return _("Too many links were sent. Try again in %(wait)s.") % {"wait": duration(retry_after)}


def _initial(mandate: Mandate) -> dict[str, Any]:
    places = [place.pk for place in mandate.establishments.all()]
    return {"establishments": places, "functions": mandate.functions, "valid_to": mandate.valid_to}


def _name(typed: str) -> str:
    name = " ".join(typed.split())
    if NO_NAME.search(name):
        raise ValidationError(_("A name has letters, hyphens and apostrophes only."), code="name")
    return name


def _last_day() -> Any:
    return _("Enter a day after the first one, at most one year later.")
