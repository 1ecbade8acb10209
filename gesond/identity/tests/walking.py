"""Walking through the activation by its actions: what the tests of activation share."""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from gesond.identity.actions import activation as steps
from gesond.identity.actions.activation_proof import Visit, prove_letter
from gesond.identity.credentials.activation_codes import ActivationCodeText
from gesond.identity.models import Activation, ActivationCode, OneTimeCode, TermsVersion
from gesond.identity.tests.factories import PASSWORD, ActivationCodeFactory, TermsVersionFactory, activation_code_for
from gesond.kernel.identifiers import Matricule, parse_matricule
from gesond.kernel.journal import Actor
from gesond.notify.models import OutboxMessage

VISITOR = Actor("visitor", address="192.0.2.7")
MOBILE = "+352621123456"
OTHER_MOBILE = "+352691654321"
EMAIL = "anna.muster@agence-esante.lu"


@dataclass(frozen=True)
class Letter:
    """A posted letter: its row and the code printed on it."""

    row: ActivationCode
    code: ActivationCodeText

    @property
    def matricule(self) -> str:
        return self.row.person.matricule


def post_letter(number: int = 1, **fields: Any) -> Letter:
    terms()  # in force before any thread looks for them
    code = activation_code_for(number * 7919)
    return Letter(ActivationCodeFactory(plain=code, **fields), code)


def terms() -> TermsVersion:
    """The version in force: the seeded one, or one of its own where a test starts from empty tables."""
    return TermsVersion.objects.order_by("-published_at").first() or TermsVersionFactory(number="1.0")


def prove(letter: Letter, *, matricule: str = "", code: ActivationCodeText | None = None, actor: Actor = VISITOR):
    return prove_letter(
        actor=actor,
        matricule=parse_matricule(matricule or letter.matricule, accept_short=True),
        code=code or letter.code,
        visit=Visit(terms=terms(), language="fr"),
    )


def key_of(letter: Letter) -> steps.BrowserKey:
    key = prove(letter).key
    assert key is not None
    return key


def with_password(letter: Letter) -> steps.BrowserKey:
    key = key_of(letter)
    steps.choose_password(actor=VISITOR, key=key, password=PASSWORD)
    return key


def choose(key: steps.BrowserKey, channel: str = "sms", destination: str = MOBILE) -> None:
    steps.choose_channel(actor=VISITOR, key=key, channel=channel, destination=destination, language="fr")


def awaiting_code(letter: Letter, channel: str = "sms", destination: str = MOBILE) -> steps.BrowserKey:
    key = with_password(letter)
    choose(key, channel, destination)
    return key


def digits_sent(activation_id: str = "") -> str:
    """The digits of the newest code, as its message carries them."""
    codes = OneTimeCode.objects.order_by("-created_at")
    code = codes.filter(activation=activation_id).first() if activation_id else codes.first()
    assert code is not None
    text = OutboxMessage.objects.get(pk=code.message_id).content["text"]
    found = re.search(r"\b\d{7}\b", text)
    assert found is not None
    return found[0]


def wrong(digits: str) -> str:
    """Seven digits that are not these."""
    return f"{(int(digits) + 1) % 10**7:07}"


def stranger(sequence: int = 1) -> str:
    """A well-formed matricule of nobody."""
    return Matricule.build(1911, 11, 11, sequence).value


def activation_of(key: steps.BrowserKey) -> Activation:
    return Activation.objects.get(pk=key.activation_id)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls in threads of their own, each on its own connection, started together; their results in order."""
    barrier = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(place: int, call: Callable[[], Any]) -> None:
        try:
            barrier.wait()
            results[place] = call()
        except Exception as error:  # a test compares it with what it expects
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
