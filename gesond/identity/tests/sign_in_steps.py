"""Signing in as a person does, for the tests of what comes after."""

import re
from typing import Any

from django.test import Client

from gesond.identity.models import Account, TermsAcceptance, TermsVersion
from gesond.identity.tests.factories import PASSWORD
from gesond.notify.models import OutboxMessage

PASSWORD_PAGE = "/fr/sign-in/patient/password/"
CODE_PAGE = "/fr/sign-in/code/"
SERVICES = "/fr/services/"


def give_password(client: Client, account: Account, password: str = PASSWORD, **headers: Any) -> Any:
    """Post the first step with the account's matricule."""
    typed = {"identifier": account.person.matricule, "password": password}
    return client.post(PASSWORD_PAGE, typed, **headers)


def latest_code(account: Account) -> str:
    """The code of the latest message to the account, read from the outbox."""
    latest = OutboxMessage.objects.filter(template="identity/one_time_code").latest("created_at")
    return re.findall(r"\b\d{7}\b", latest.content["text"])[-1]


def agree_to_terms(account: Account) -> None:
    """As activation does: an account has agreed to the terms in force."""
    for version in TermsVersion.objects.all():
        TermsAcceptance.objects.get_or_create(account=account, version=version)


def sign_in(client: Client, account: Account, password: str = PASSWORD, **headers: Any) -> Any:
    """Both steps; the answer to the second. The account has agreed to the terms."""
    agree_to_terms(account)
    assert give_password(client, account, password, **headers).status_code == 302
    return client.post(CODE_PAGE, {"code": latest_code(account)}, **headers)
