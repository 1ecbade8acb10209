"""The forms of the person: asking (S2-45), answering, getting a new link."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gesond.helpdesk.actions.requests import Draft
from gesond.helpdesk.models import Category
from gesond.helpdesk.numbers import key_of
from gesond.identity.forms.code_messages import duration
from gesond.kernel.identifiers import EmailAddress, IdentifierError
from gesond.web.captcha import CaptchaField
from gesond.web.forms import Form

LONGEST_MESSAGE = 5000
LONGEST_NAME = 120


class MessageField(forms.CharField):
    """What somebody has to say; line breaks stay, other control characters go."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": LONGEST_MESSAGE, "widget": forms.Textarea(), **options})

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")
        return "".join(character for character in text if character == "\n" or character.isprintable()).strip()


class HelpForm(Form):
    """« Besoin d'aide ». Who is signed in is known already, and is no robot: only category and message are asked."""

    category = forms.ChoiceField(label=_("What is it about?"), choices=[("", _("Choose")), *Category.choices])
    name = forms.CharField(
        label=_("First name and name"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput({"autocomplete": "name", "spellcheck": "false"}),
    )
    email = forms.CharField(
        label=_("E-mail"),
        help_text=_("We tell you there as soon as we have answered."),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
    )
    message = MessageField(
        label=_("Your message"),
        help_text=_("No medical detail, no password and no code, please: we do not need them to help you."),
    )
    leave_out = forms.BooleanField(label=_("Do not join this information"), required=False)
    captcha = CaptchaField(purpose="help")

    required_messages = {
        "category": _("Choose what your question is about."),
        "name": _("Enter your first name and name."),
        "email": _("Enter your e-mail address."),
        "message": _("Write your question."),
    }

    def __init__(self, *args: Any, signed_in: bool, facts: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.facts = facts
        if signed_in:
            for name in ("name", "email", "captcha"):
                del self.fields[name]
        if not facts:
            del self.fields["leave_out"]

    def clean_name(self) -> str:
        return " ".join("".join(c for c in self.cleaned_data["name"] if c.isprintable()).split())

    def clean_email(self) -> str:
        return _address(self.cleaned_data["email"])

    def ask_to_wait(self, retry_after: int) -> None:
        self.add_error(
            None,
            ValidationError(
                _(
                    "Many requests were just sent. Send yours again in %(wait)s, or call us. What you have written "
                    "is kept here."
                ),
                params={"wait": duration(retry_after)},
            ),
        )

    def draft(self, language: str) -> Draft:
        """What was asked, once valid."""
        given = self.cleaned_data
        return Draft(
            category=given["category"],
            message=given["message"],
            language=language,
            name=given.get("name", ""),
            email=given.get("email", ""),
            facts={} if given.get("leave_out") else self.facts,
        )


class ReplyForm(Form):
    text = MessageField(label=_("Your answer"))
    required_messages = {"text": _("Write your answer to the helpdesk.")}

    def ask_to_wait(self, retry_after: int) -> None:
        self.add_error(
            "text",
            ValidationError(
                _("You have written often in a short time. Go on in %(wait)s."), params={"wait": duration(retry_after)}
            ),
        )


class LinkForm(Form):
    """A new personal link, by number and address."""

    number = forms.CharField(
        label=_("Number of the request"),
        help_text=_("8 digits, in our first e-mail"),
        max_length=20,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )
    email = forms.CharField(label=_("E-mail"), widget=forms.EmailInput({"autocomplete": "email"}))
    captcha = CaptchaField(purpose="help-link")

    required_messages = {"number": _("Enter the number of your request."), "email": _("Enter your e-mail address.")}

    def clean_number(self) -> str:
        typed: str = self.cleaned_data["number"]
        if key_of(typed) is None:
            raise ValidationError(_("The number has 8 digits, such as 4821 0937."), code="invalid")
        return typed

    def clean_email(self) -> str:
        return _address(self.cleaned_data["email"])

    def ask_to_wait(self, retry_after: int) -> None:
        self.add_error(
            None, ValidationError(_("Too many tries. Go on in %(wait)s."), params={"wait": duration(retry_after)})
        )


def _address(typed: str) -> str:
    try:
        return EmailAddress.parse(typed).value
    except IdentifierError as error:
        raise ValidationError(error.message, code=error.code) from error
