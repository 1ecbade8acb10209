"""The forms of « Mot de passe oublié ? »."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from gesond.identity.actions.password_reset import MatriculeCheck
from gesond.identity.forms.account import PasswordForm
from gesond.identity.forms.code_messages import duration
from gesond.identity.forms.sign_in import TOO_MANY, IdentifierField
from gesond.kernel.identifiers import IdentifierError, Matricule
from gesond.web.captcha import CaptchaField
from gesond.web.forms import DigitsInput, Form


class AskResetForm(Form):
    """Who has forgotten their password."""

    required_messages = {"identifier": _("Enter your matricule or your e-mail address.")}
    identifier = IdentifierField()
    captcha = CaptchaField(purpose="password_reset")

    def ask_to_wait(self, seconds: int) -> None:
        self.add_error(None, ValidationError(TOO_MANY % {"wait": duration(seconds)}, code="wait"))


class FullMatriculeForm(Form):
    """The thirteen digits: what the link's holder must know."""

    required_messages = {"matricule": _("Enter your matricule.")}
    matricule = forms.CharField(
        label=_("Matricule"),
        help_text=_("All 13 digits, as on your social security card."),
        max_length=40,
        widget=DigitsInput(),
    )

    def clean_matricule(self) -> Matricule:
        try:
            return Matricule.parse(self.cleaned_data["matricule"])
        except IdentifierError as error:
            raise ValidationError(error.message, code=error.code) from error

    def refuse(self, check: MatriculeCheck) -> None:
        text = ngettext(
            "This is not the matricule of the account that the link was sent for. You have %(count)d try left.",
            "This is not the matricule of the account that the link was sent for. You have %(count)d tries left.",
            check.tries_left,
        )
        self.add_error("matricule", ValidationError(text % {"count": check.tries_left}, code="wrong"))


class NewPasswordForm(PasswordForm):
    """The new password, twice: the former one is forgotten, and not asked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("current", None)
