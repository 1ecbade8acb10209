"""What the secretary types on her way to the account (S3-07)."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from gesond.kernel.identifiers import IdentifierError, Matricule
from gesond.web.forms import DigitsInput, Form


class SecretaryMatriculeForm(Form):
    """Thirteen digits and no fewer: the declared ones."""

    required_messages = {"matricule": _("Enter your matricule.")}
    matricule = forms.CharField(
        label=_("Please enter your CNS matricule (13 digits)"), max_length=40, widget=DigitsInput()
    )

    def clean_matricule(self) -> Matricule:
        try:
            return Matricule.parse(self.cleaned_data["matricule"])
        except IdentifierError as error:
            raise ValidationError(error.message, code=error.code) from error

    def refuse(self, tries_left: int) -> None:
        """S3-08: nothing here corrects the declaration; the one who made it does."""
        text = ngettext(
            "If the matricule does not match, please contact the doctor who declared you: a new declaration with your "
            "matricule is needed. You have %(count)d try left.",
            "If the matricule does not match, please contact the doctor who declared you: a new declaration with your "
            "matricule is needed. You have %(count)d tries left.",
            tries_left,
        )
        self.add_error("matricule", ValidationError(text % {"count": tries_left}, code="wrong"))
