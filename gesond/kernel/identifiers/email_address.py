"""E-mail addresses, checked for their form only: whether one receives mail is proved by a code sent to it."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _
from email_validator import EmailNotValidError, validate_email

from gesond.kernel.identifiers.errors import IdentifierError

LONGEST = 254


@dataclass(frozen=True)
class EmailAddress:
    """In small letters throughout, so that one mailbox has one spelling, one hash and one account.

    RFC 5321 lets a host tell capitals apart before the @; none that people use does. A domain in another script is
    kept in its ASCII form. No control character passes: the value is safe in a message's header.
    """

    value: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "EmailAddress":
        """Read what was typed. Raises IdentifierError."""
        text = text.strip()
        if not text:
            raise IdentifierError("missing", _("Enter an e-mail address."))
        if len(text) > LONGEST:
            raise IdentifierError("length", _("This e-mail address is too long: check it."))
        try:
            checked = validate_email(text, check_deliverability=False, allow_smtputf8=False)
        except EmailNotValidError as error:
            # The library's own words are English only, and may repeat what was typed.
            raise _refusal(text) from error
        return cls((checked.ascii_email or "").lower())

    @property
    def domain(self) -> str:
        return self.value.rpartition("@")[2]

    @property
    def masked(self) -> str:
        """`*****@example.org` (S2-22)."""
        return f"*****@{self.domain}"

    @property
    def formatted(self) -> str:
        return self.value

    def __str__(self) -> str:
        return self.value


def _refusal(text: str) -> IdentifierError:
    local, at, domain = text.rpartition("@")
    if not at:
        return IdentifierError("format", _("An e-mail address has an @, such as name@example.org."))
    if not local or "." not in domain:
        return IdentifierError(
            "format", _("An e-mail address has a name, an @ and a domain, such as name@example.org.")
        )
    if any(character.isspace() for character in text):
        return IdentifierError("characters", _("An e-mail address has no space: remove it."))
    if not local.isascii():
        return IdentifierError("characters", _("The part before the @ cannot have an accent: check it."))
    return IdentifierError("format", _("This is not an e-mail address: check it, such as name@example.org."))
