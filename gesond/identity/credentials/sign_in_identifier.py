"""What a person signs in with: a matricule of 13 or 11 digits, or an e-mail address (X1, X3)."""

from dataclasses import dataclass, field

from gesond.kernel.identifiers import EmailAddress, Matricule, ShortMatricule, parse_matricule

Identifier = Matricule | ShortMatricule | EmailAddress
SHORT_LENGTH = 11


@dataclass(frozen=True)
class SignInIdentifier:
    """A well-formed identifier: whether anybody has it is not known yet."""

    value: Identifier = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "SignInIdentifier":
        """Read what was typed. Raises IdentifierError, whose message is about the form and reveals nobody."""
        if "@" in text:
            return cls(EmailAddress.parse(text))
        return cls(parse_matricule(text, accept_short=True))

    @property
    def counted_as(self) -> str:
        """What tries are counted under: the long and the short form of one matricule count together.

        It depends on what was typed and never on who exists, so that being slowed down tells nothing.
        """
        if isinstance(self.value, EmailAddress):
            return self.value.value
        return self.value.value[:SHORT_LENGTH]
