"""The two forms of signing in (S2-30)."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gesond.identity.actions.one_time_codes import CodeCheck
from gesond.identity.credentials.passwords import LONGEST
from gesond.identity.credentials.sign_in_identifier import SignInIdentifier
from gesond.identity.forms.code_messages import duration, refusal
from gesond.kernel.identifiers import IdentifierError
from gesond.web.forms import CurrentPasswordInput, Form, OneTimeCodeInput

TOO_MANY = _("Too many tries. Wait %(wait)s, then try again.")
WRONG = _(
    "This matricule or e-mail address and this password do not go together. Check both, or use your matricule if you "
    "typed an e-mail address."
)


class IdentifierField(forms.CharField):
    """A matricule of 11 or 13 digits, or an e-mail address; cleans to a `SignInIdentifier` (X1, X3)."""

    def __init__(self, **options: Any) -> None:
        hints = {"autocomplete": "username", "spellcheck": "false", "autocapitalize": "none"}
        given = {
            "label": _("Matricule"),
            "help_text": _("11 or 13 digits. You may also use your e-mail address."),
            "max_length": 254,
            "widget": forms.TextInput(attrs=hints),
        }
        super().__init__(**{**given, **options})

    def clean(self, value: Any) -> SignInIdentifier:
        text = super().clean(value)
        try:
            return SignInIdentifier.parse(text)
        except IdentifierError as error:
            raise ValidationError(error.message, code=error.code) from error


class PasswordSignInForm(Form):
    """« Matricule, mot de passe et code »: its first half."""

    required_messages = {
        "identifier": _("Enter your matricule or your e-mail address."),
        "password": _("Enter your password."),
    }
    identifier = IdentifierField()
    password = forms.CharField(
        label=_("Password"), max_length=LONGEST, strip=False, widget=CurrentPasswordInput(), empty_value=""
    )

    def refuse(self) -> None:
        """Nobody has this identifier, several have it, or the password is another: always the same words."""
        self.add_error(None, ValidationError(WRONG, code="wrong"))

    def ask_to_wait(self, seconds: int) -> None:
        self.add_error(None, ValidationError(TOO_MANY % {"wait": duration(seconds)}, code="wait"))


class CodeForm(Form):
    """The code received by SMS or e-mail (S2-25)."""

    required_messages = {"code": _("Enter the code you received.")}
    code = forms.CharField(label=_("Code received by SMS or e-mail"), max_length=40, widget=OneTimeCodeInput())

    def refuse(self, check: CodeCheck) -> None:
        """Say why `check` was not right, and what to do."""
        self.add_error("code", ValidationError(refusal(check), code=check.outcome))
