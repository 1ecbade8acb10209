"""Synthetic persons, letters and accounts for tests. Every value follows from a sequence number: nothing is random."""

from datetime import timedelta
from typing import Any

import factory
from django.contrib.auth.hashers import make_password
from factory.django import DjangoModelFactory

from gesond.identity.credentials.activation_codes import ALPHABET, RANDOM_SYMBOLS, ActivationCodeText
from gesond.identity.models import Account, ActivationCode, LetterBatch, Person, TermsAcceptance, TermsVersion
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash
from gesond.kernel.identifiers import Matricule

PASSWORD = "Sonnenblume7"
FAMILY_NAMES = ("Muster", "Beispill", "Exemple", "Sample", "Doe", "Specimen")
GIVEN_NAMES = ("Anna", "Ben", "Clara", "David", "Élise", "Félix", "Greta", "Hugo")


def matricule_for(number: int, *, year: int = 1980) -> str:
    """A valid 13-digit matricule for each `number` up to 300,000: no two alike."""
    month, day = number // 1000 % 12 + 1, number // 12_000 % 28 + 1
    return Matricule.build(year, month, day, number % 1000).value


def activation_code_for(number: int) -> ActivationCodeText:
    """A well-formed code for each `number`."""
    symbols = ""
    for _ in range(RANDOM_SYMBOLS):
        number, rest = divmod(number, len(ALPHABET))
        symbols = ALPHABET[rest] + symbols
    return ActivationCodeText.from_payload(symbols)


class PersonFactory(DjangoModelFactory[Person]):
    """An adult with an address in Luxembourg. `PersonFactory(matricule="…")` derives hashes and birth from it."""

    class Meta:
        model = Person

    matricule = factory.Sequence(matricule_for)
    family_name = factory.Sequence(lambda n: FAMILY_NAMES[n % len(FAMILY_NAMES)])
    given_names = factory.Sequence(lambda n: GIVEN_NAMES[n % len(GIVEN_NAMES)])
    language = "fr"
    address = factory.Sequence(
        lambda n: {
            "lines": [f"{n % 90 + 1}, rue de l'Exemple"],
            "postal_code": f"L-{1000 + n % 9000}",
            "city": "Luxembourg",
            "country": "LU",
        }
    )
    matricule_hash = factory.LazyAttribute(lambda p: keyed_hash(p.matricule, purpose="person.matricule"))
    matricule_11_hash = factory.LazyAttribute(lambda p: keyed_hash(p.matricule[:11], purpose="person.matricule_11"))
    birth_year = factory.LazyAttribute(lambda p: int(p.matricule[:4]))
    birth_month = factory.LazyAttribute(lambda p: int(p.matricule[4:6]) or None)
    birth_day = factory.LazyAttribute(lambda p: int(p.matricule[6:8]) or None)


class LetterBatchFactory(DjangoModelFactory[LetterBatch]):
    class Meta:
        model = LetterBatch

    created_by = "system"


class ActivationCodeFactory(DjangoModelFactory[ActivationCode]):
    """A live code of 90 days. `ActivationCodeFactory(plain=text)` chooses its `ActivationCodeText`."""

    class Meta:
        model = ActivationCode

    class Params:
        plain = factory.Sequence(activation_code_for)

    person = factory.SubFactory(PersonFactory)
    code_hash = factory.LazyAttribute(lambda c: c.plain.keyed_hash)
    expires_at = factory.LazyFunction(lambda: now() + timedelta(days=90))
    ended_at = factory.LazyAttribute(lambda c: None if c.state == ActivationCode.State.LIVE else now())
    state = ActivationCode.State.LIVE


class AccountFactory(DjangoModelFactory[Account]):
    """An active account with a confirmed mobile; its password is `PASSWORD`. `email="…"` adds a confirmed e-mail.

    It has agreed to the terms in force: `agrees=False` leaves that to the test.
    """

    class Meta:
        model = Account
        skip_postgeneration_save = True

    person = factory.SubFactory(PersonFactory)
    password = factory.LazyFunction(lambda: make_password(PASSWORD))
    phone = factory.Sequence(lambda n: f"+352621{n:06}")
    phone_hash = factory.LazyAttribute(lambda a: _hash_or_none(a.phone, "account.phone"))
    email = None
    email_hash = factory.LazyAttribute(lambda a: _hash_or_none(a.email, "account.email"))
    code_channel = "sms"
    doors = factory.LazyFunction(lambda: ["patient"])

    agrees = factory.PostGeneration(
        lambda account, create, asked, **given: _agree(account, create and asked is not False)
    )


class TermsVersionFactory(DjangoModelFactory[TermsVersion]):
    class Meta:
        model = TermsVersion

    number = factory.Sequence(lambda n: f"{n + 100}.0")  # the first versions are published by migrations
    published_at = factory.LazyFunction(now)
    body = factory.LazyFunction(
        lambda: {"fr": "# Conditions\n\nTexte.", "de": "# Bedingungen\n\nText.", "en": "# Terms\n\nText."}
    )
    changes = factory.LazyFunction(dict[str, Any])


def _agree(account: Account, agrees: bool) -> None:
    version = TermsVersion.objects.filter(published_at__lte=now()).order_by("-published_at").first()
    if agrees and version is not None:
        TermsAcceptance.objects.create(account=account, version=version)


def _hash_or_none(value: str | None, purpose: str) -> bytes | None:
    return None if value is None else keyed_hash(value, purpose=purpose)
