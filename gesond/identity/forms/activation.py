"""The forms of the activation's pages: S2-12, S2-15 to S2-20, S2-25."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from gesond.identity.actions.activation_proof import Proof
from gesond.identity.actions.one_time_codes import CodeCheck
from gesond.identity.credentials.passwords import password_problems
from gesond.identity.forms.code_messages import duration, refusal, too_soon
from gesond.identity.forms.fields import ActivationCodeField, MatriculeField, OneTimeCodeField
from gesond.identity.models import Account, CodeChannel, Person
from gesond.identity.queries.account import masked
from gesond.kernel.identifiers import EmailAddress, IdentifierError, Phone
from gesond.web.captcha import CaptchaField
from gesond.web.forms import Form, NewPasswordInput, PhoneInput


class TermsForm(Form):
    """S2-12. `version` is the number of the terms on the page, so that nobody agrees to others unseen."""

    accepted = forms.BooleanField(label=_("By ticking this box, I accept the General Terms of Use."))
    version = forms.CharField(widget=forms.HiddenInput(), max_length=10)

    required_messages = {"accepted": _("Tick the box if you accept the General Terms of Use: no account without it.")}

    def __init__(self, *args: Any, number: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"version": number}, **kwargs})
        self.number = number

    def clean(self) -> None:
        if self.cleaned_data.get("version") != self.number:
            self.data = {**{name: self.data[name] for name in self.data}, "version": self.number, "accepted": ""}
            self.add_error("accepted", _("The terms have changed since you opened this page: read them again."))


class LetterCodeForm(Form):
    """The code of a letter, where the matricule is known."""

    code = ActivationCodeField()

    required_messages = {"code": _("Enter the activation code of your letter.")}

    def refuse(self, proof: Proof) -> None:
        """These details belong to no letter: the same words for whatever is wrong with them."""
        self.add_error(None, ValidationError(no_match_text(proof), code="no_match"))

    def ask_to_wait(self, seconds: int) -> None:
        self.add_error(None, wait_text(seconds))


class LetterProofForm(LetterCodeForm):
    """Whether the letter has come, and what proves it. « Non » needs nothing else: `wants_letter`."""

    received = forms.ChoiceField(
        label=_("Have you received your activation code?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=forms.RadioSelect(),
    )
    matricule = MatriculeField()

    required_messages = {
        **LetterCodeForm.required_messages,
        "received": _("Say whether you have received your activation code."),
        "matricule": _("Enter your matricule."),
    }
    field_order = ["received", "matricule", "code"]

    def clean(self) -> None:
        """Until one has answered, the other fields are not on the screen: nothing is said of them."""
        if "received" in self.errors:
            for name in self.fields.keys() - {"received"}:
                self.errors.pop(name, None)

    @property
    def wants_letter(self) -> bool:
        return bool(self.data.get(self.add_prefix("received")) == "no")


class ProofForm(LetterProofForm):
    """A patient's step 1 (S2-15 to S2-17)."""

    captcha = CaptchaField(purpose="activation")


class ProfessionalProofForm(LetterProofForm):
    """A professional's step 2 (S1-07, S1-08): LuxTrust has been proved, so no captcha is asked."""

    matricule = MatriculeField(label=_("Matricule number"))


class PasswordForm(Form):
    """Step 2 (S2-18, S2-19). Empty is allowed where a password `is_recorded`: it stays."""

    password = forms.CharField(
        label=_("Your password"),
        help_text=_("At least 8 characters, with at least one letter and at least one digit"),
        strip=False,
        widget=NewPasswordInput(),
    )
    confirmation = forms.CharField(label=_("Confirmation of your password"), strip=False, widget=NewPasswordInput())

    required_messages = {
        "password": _("Choose a password."),
        "confirmation": _("Type the same password a second time."),
    }

    def __init__(self, *args: Any, person: Person, is_recorded: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        if is_recorded:
            for field in self.fields.values():
                field.required = False

    @property
    def changes_password(self) -> bool:
        return bool(self.cleaned_data["password"])

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        problems = password_problems(password, self.person) if password else []
        if problems:
            raise ValidationError([ValidationError(str(problem.message), code=problem.code) for problem in problems])
        return password

    def clean(self) -> None:
        password, confirmation = self.cleaned_data.get("password"), self.cleaned_data.get("confirmation")
        if "password" in self.errors or "confirmation" in self.errors or password == confirmation:
            return
        text = _("The two passwords are not the same: type the same one twice.")
        self.add_error("confirmation", ValidationError(text, code="different"))


class ChannelForm(Form):
    """Step 3 (S2-20): cleans to a channel and a `destination`; what was typed for the other channel is let be."""

    channel = forms.ChoiceField(
        label=_("One-time code to be received by"),
        choices=[(CodeChannel.SMS.value, _("Mobile")), (CodeChannel.EMAIL.value, _("E-mail"))],
        widget=forms.RadioSelect(),
        initial=CodeChannel.SMS.value,
    )
    phone = forms.CharField(label=_("Mobile"), required=False, max_length=60, widget=PhoneInput())
    email = forms.CharField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
    )

    @property
    def destination(self) -> str:
        """E.164 or an e-mail address."""
        return str(self.cleaned_data["phone" if self.cleaned_data["channel"] == CodeChannel.SMS else "email"])

    def clean_phone(self) -> str:
        typed: str = self.cleaned_data["phone"]
        if self.cleaned_data.get("channel") != CodeChannel.SMS:
            return typed
        try:
            return Phone.parse(typed).require_mobile().value
        except IdentifierError as error:
            raise ValidationError(error.message, code=error.code) from error

    def clean_email(self) -> str:
        typed: str = self.cleaned_data["email"]
        if self.cleaned_data.get("channel") != CodeChannel.EMAIL:
            return typed
        try:
            return EmailAddress.parse(typed).value
        except IdentifierError as error:
            raise ValidationError(error.message, code=error.code) from error

    def ask_to_wait(self, seconds: int) -> None:
        """Nothing was sent: too soon after the last code, or too many."""
        self.add_error(None, too_soon(seconds))


class OwnChannelForm(Form):
    """S1-12 for who has an account already: the code goes to one of its own channels, which nothing here changes."""

    channel = forms.ChoiceField(label=_("One-time code to be received by"), widget=forms.RadioSelect())

    destination = ""

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"channel": account.code_channel}, **kwargs})
        names = {CodeChannel.SMS.value: _("Mobile"), CodeChannel.EMAIL.value: _("E-mail")}
        self.fields["channel"].choices = [  # type: ignore[attr-defined] # a ChoiceField
            (channel, f"{names[CodeChannel(channel).value]} ({masked(channel, destination)})")
            for channel, destination in account.confirmed_channels().items()
        ]

    def ask_to_wait(self, seconds: int) -> None:
        self.add_error(None, too_soon(seconds))


class ConfirmationForm(Form):
    """Step 3 (S2-25)."""

    code = OneTimeCodeField()

    required_messages = {"code": _("Enter the code you received.")}

    def refuse(self, check: CodeCheck) -> None:
        self.add_error("code", ValidationError(refusal(check), code=check.outcome))


class LetterForm(Form):
    """« Non »: a letter is asked for (S2-15)."""

    matricule = MatriculeField()
    captcha = CaptchaField(purpose="letter")

    required_messages = {"matricule": _("Enter your matricule.")}

    def ask_to_wait(self, seconds: int) -> None:
        self.add_error(None, wait_text(seconds))


def no_match_text(proof: Proof) -> str:
    """Nothing of ours was recognised, and how many tries remain."""
    if proof.tries_left:
        return ngettext(
            "These details do not match a letter we sent. Compare the matricule and the code with your letter. "
            "You have %(count)d try left.",
            "These details do not match a letter we sent. Compare the matricule and the code with your letter. "
            "You have %(count)d tries left.",
            proof.tries_left,
        ) % {"count": proof.tries_left}
    return gettext(
        "These details do not match a letter we sent, and there were too many tries with this matricule. "
        "Ask for a new letter: answer “No” to the question below."
    )


def wait_text(seconds: int) -> str:
    """Too many tries from one address."""
    return gettext("There were too many tries from here. Please wait %(wait)s, then try again.") % {
        "wait": duration(seconds)
    }
