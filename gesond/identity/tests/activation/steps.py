"""Walking through the activation's pages, for tests."""

import re

from gesond.identity.tests.factories import PASSWORD
from gesond.identity.tests.walking import digits_sent, post_letter
from gesond.notify.models import OutboxMessage
from gesond.notify.models import State as MessageState

START, CODE, LETTER = "/fr/activation/", "/fr/activation/code/", "/fr/activation/letter/"
WORD, SECURITY, SENT = "/fr/activation/password/", "/fr/activation/security/", "/fr/activation/security/code/"
AGAIN, MEANS, DONE = f"{SENT}again/", "/fr/activation/other-means/", "/fr/activation/confirmation/"
STEPS = [WORD, SECURITY, SENT, MEANS, DONE]


def text_of(response):
    """What a person reads, on one line, with straight apostrophes."""
    content = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.S)
    plain = re.sub(r"<[^>]+>", " ", content).replace("&#39;", "'").replace("&#34;", '"').replace("&amp;", "&")
    return " ".join(plain.split())


def begin(client):
    return client.post(START, {"accepted": "1", "version": "1.0"})


def type_letter(client, letter, *, matricule="", code=None):
    typed = {"received": "yes", "matricule": matricule or letter.matricule}
    return client.post(CODE, {**typed, "code": (code or letter.code).formatted})


def at_password(client, letter=None):
    letter = letter or post_letter()
    begin(client)
    assert type_letter(client, letter).headers["Location"] == WORD
    return letter


def choose_password(client, password=PASSWORD, confirmation=None):
    return client.post(WORD, {"password": password, "confirmation": confirmation or password})


def at_channel(client, letter=None):
    letter = at_password(client, letter)
    assert choose_password(client).headers["Location"] == SECURITY
    return letter


def at_code(client, letter=None, **channel):
    letter = at_channel(client, letter)
    assert client.post(SECURITY, channel or {"channel": "sms", "phone": "621 123 456"}).headers["Location"] == SENT
    return letter


def at_other_means(client, letter=None):
    letter = at_code(client, letter)
    assert client.post(SENT, {"code": digits_sent()}).headers["Location"] == MEANS
    return letter


def fail_delivery():
    OutboxMessage.objects.update(state=MessageState.FAILED, last_error="no such number")


WRONG_TRY = 13


def without_tokens(page):
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|/captcha/image/[0-9a-f]+/|value="[0-9a-f]{40}"', "", page)
