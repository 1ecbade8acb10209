"""Forms of « Gérer mon compte »."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gesond.identity.credentials.passwords import password_problems
from gesond.identity.models import Account, CodeChannel, Language
from gesond.identity.queries.account import masked
from gesond.kernel.identifiers import EmailAddress, IdentifierError, Phone
from gesond.web.forms import CurrentPasswordInput, Form, NewPasswordInput, OneTimeCodeInput, PhoneInput

CHANNEL_NAMES: dict[str, Promise] = {CodeChannel.SMS: _("Mobile"), CodeChannel.EMAIL: _("E-mail")}
LONGEST_PASSKEY_NAME = 60
LONGEST_PRODUCT_NAME = 60


class ProofChannelForm(Form):
    """Where the first code goes; asked only of who has two channels."""

    proof_channel = forms.ChoiceField(label=_("Where shall we send the first code?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, account: Account, channel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        channels = account.confirmed_channels()
        self.only = next(iter(channels), "")
        self.is_asked = len(channels) > 1
        if not self.is_asked:
            del self.fields["proof_channel"]
            return
        field = self.fields["proof_channel"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(name, _choice(name, destination)) for name, destination in channels.items()]
        field.initial = channel

    @property
    def chosen(self) -> str:
        """The channel to prove with; empty without any."""
        return str(self.cleaned_data["proof_channel"]) if self.is_asked else self.only


class PhoneForm(ProofChannelForm):
    """S1-21."""

    destination = forms.CharField(label=_("New mobile number"), widget=PhoneInput)
    required_messages = {"destination": _("Enter your new mobile number.")}
    field_order = ["destination", "proof_channel"]

    def clean_destination(self) -> str:
        return _parsed(lambda: Phone.parse(self.cleaned_data["destination"]).require_mobile().value)


class EmailForm(ProofChannelForm):
    """S1-22."""

    destination = forms.CharField(
        label=_("New e-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )
    required_messages = {"destination": _("Enter your new e-mail address.")}
    field_order = ["destination", "proof_channel"]

    def clean_destination(self) -> str:
        return _parsed(lambda: EmailAddress.parse(self.cleaned_data["destination"]).value)


class CodeForm(Form):
    """A one-time code; `step` says which of the two it answers."""

    code = forms.CharField(label=_("Code received by SMS or e-mail"), widget=OneTimeCodeInput, max_length=40)
    step = forms.CharField(widget=forms.HiddenInput, required=False)
    required_messages = {"code": _("Enter the code you received.")}


class TotpForm(Form):
    code = forms.CharField(label=_("Code shown by the app"), widget=OneTimeCodeInput, max_length=40)
    required_messages = {"code": _("Enter the code that the app shows.")}


class RecoveryCodeForm(Form):
    code = forms.CharField(
        label=_("Recovery code"),
        help_text=_("One of the ten codes you printed or downloaded, such as abcde-fgh23"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    required_messages = {"code": _("Enter one of your recovery codes.")}


class CodeChannelForm(Form):
    """Where one-time codes go (S2-20)."""

    channel = forms.ChoiceField(label=_("One-time code to be received by"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["channel"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [
            (name, _choice(name, destination)) for name, destination in account.confirmed_channels().items()
        ]
        field.initial = account.code_channel


class PasswordForm(Form):
    """S1-19, S1-24: the current one is asked when there is one."""

    current = forms.CharField(
        label=_("Your current password"), strip=False, widget=CurrentPasswordInput, max_length=128
    )
    password = forms.CharField(
        label=_("Your new password"),
        help_text=_("At least 8 characters, with at least one letter and one digit."),
        strip=False,
        widget=NewPasswordInput,
    )
    confirmation = forms.CharField(label=_("Confirmation of your password"), strip=False, widget=NewPasswordInput)
    required_messages = {
        "current": _("Enter your current password."),
        "password": _("Choose a new password."),
        "confirmation": _("Enter the new password again."),
    }

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        if not account.has_password():
            del self.fields["current"]
            self.fields["password"].label = _("Your password")

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        problems = password_problems(password, self.account.person)
        if problems:
            raise ValidationError([ValidationError(str(problem.message), code=problem.code) for problem in problems])
        return password

    def clean(self) -> None:
        password, confirmation = self.cleaned_data.get("password"), self.cleaned_data.get("confirmation")
        if password and confirmation and password != confirmation:
            self.add_error("confirmation", _("The two passwords are not the same: enter the new password again."))


class PasskeyNameForm(Form):
    name = forms.CharField(
        label=_("Name of this passkey"),
        help_text=_("So that you know it again, for example: Rita's iPhone"),
        max_length=LONGEST_PASSKEY_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    required_messages = {"name": _("Give this passkey a name, for example: Rita's iPhone")}


class ProductNameForm(Form):
    """Another name for a LuxTrust product."""

    name = forms.CharField(
        label=_("Name of this product"),
        help_text=_("So that you know it again, for example: LuxTrust Token of the practice"),
        max_length=LONGEST_PRODUCT_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    required_messages = {"name": _("Give this product a name, for example: LuxTrust Token of the practice")}


class PasskeyForm(PasskeyNameForm):
    """The name, and what the authenticator answered."""

    credential = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20_000)


class PreferencesForm(Form):
    """S1-25 to S1-27: the boxes are ticked until the person unticks them."""

    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, widget=forms.RadioSelect)
    notify_events = forms.BooleanField(label=_("when an event is published in the portal's calendar"), required=False)
    notify_polls = forms.BooleanField(label=_("when a poll is published on the portal"), required=False)


class CurrentPasswordForm(Form):
    """Proving again who is there."""

    password = forms.CharField(label=_("Your password"), strip=False, widget=CurrentPasswordInput, max_length=128)
    required_messages = {"password": _("Enter your password.")}


def last_means_sentence() -> str:
    """What is said to who removes the only means of signing in."""
    return gettext(
        "This is the only means of signing in to your account. Choose a password, or add another means, "
        "before you remove this one."
    )


def _choice(channel: str, destination: str) -> str:
    return f"{CHANNEL_NAMES[channel]} ({masked(channel, destination)})"


def _parsed(parse: Any) -> str:
    """An identifier's own explanation becomes the field's error."""
    try:
        return str(parse())
    except IdentifierError as error:
        raise ValidationError(error.message, code=error.code) from error
