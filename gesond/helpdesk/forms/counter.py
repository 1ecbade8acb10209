"""What the counter types: whose account, which document was seen, and how the link reaches the person."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gesond.identity.actions.assisted_activation import SCREEN, Delivery
from gesond.identity.forms.fields import MatriculeField
from gesond.identity.models import AssistedActivation
from gesond.identity.models.person import Language
from gesond.kernel.identifiers import EmailAddress, IdentifierError, Matricule, Phone
from gesond.web.forms import Form, PhoneInput

SMS, EMAIL = "sms", "email"


class CounterSearchForm(Form):
    """One person, by the exact matricule. Posted: a matricule is no part of an address."""

    required_messages = {"matricule": _("Enter the person's matricule.")}
    matricule = MatriculeField(help_text=_("13 digits, on the social security card"))

    def clean_matricule(self) -> Matricule:
        matricule = self.cleaned_data["matricule"]
        if not isinstance(matricule, Matricule):
            raise ValidationError(_("Enter all 13 digits: the short form may name several persons."), code="short")
        return matricule


class DeliveryForm(Form):
    """How the link reaches the person. What is typed for another way is let be."""

    required_messages = {"way": _("Choose how the person receives the link.")}
    way = forms.ChoiceField(
        label=_("How does the person receive the link?"),
        choices=[(SCREEN, _("QR code on this screen")), (SMS, _("SMS")), (EMAIL, _("E-mail"))],
        widget=forms.RadioSelect,
    )
    phone = forms.CharField(
        label=_("Mobile"),
        help_text=_("As the person says it; it is not kept for the account."),
        required=False,
        max_length=60,
        widget=PhoneInput({"autocomplete": "off"}),
    )
    email = forms.CharField(
        label=_("E-mail"),
        help_text=_("As the person says it; it is not kept for the account."),
        required=False,
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    language = forms.ChoiceField(label=_("Language of the person"), choices=Language.choices)

    def clean_phone(self) -> str:
        typed: str = self.cleaned_data["phone"]
        if self.cleaned_data.get("way") != SMS:
            return typed
        try:
            return Phone.parse(typed).require_mobile().value
        except IdentifierError as error:
            raise ValidationError(error.message, code=error.code) from error

    def clean_email(self) -> str:
        typed: str = self.cleaned_data["email"]
        if self.cleaned_data.get("way") != EMAIL:
            return typed
        try:
            return EmailAddress.parse(typed).value
        except IdentifierError as error:
            raise ValidationError(error.message, code=error.code) from error

    def delivery(self) -> Delivery:
        found = self.cleaned_data
        destination = {SMS: found["phone"], EMAIL: found["email"]}.get(found["way"], "")
        return Delivery(way=found["way"], language=found["language"], destination=destination)


class BeginForm(DeliveryForm):
    """Besides, which document was seen: its kind only."""

    required_messages = {
        **DeliveryForm.required_messages,
        "document": _("Say which document you have seen: without one, no activation can begin."),
    }
    document = forms.ChoiceField(
        label=_("Which document have you seen?"),
        help_text=_("Name, date of birth and photo agree with the person before you."),
        choices=AssistedActivation.Document.choices,
        widget=forms.RadioSelect,
    )
    field_order = ["document", "way", "phone", "email", "language"]


class LinkAgainForm(DeliveryForm):
    """A new link; `links` tells a page sent twice."""

    links = forms.IntegerField(widget=forms.HiddenInput(), min_value=1, max_value=10_000)

    def __init__(self, *args: Any, assisted: AssistedActivation, **kwargs: Any) -> None:
        initial = {"links": assisted.links, "language": assisted.language}
        super().__init__(*args, **{"initial": initial, **kwargs})
