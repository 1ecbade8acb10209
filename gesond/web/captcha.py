"""The image captcha's challenge (S2-17): five characters, case-mixed, none that is mistaken for another."""

import secrets

from django.conf import settings

ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def challenge() -> tuple[str, str]:
    """What is drawn and what is expected; the answer's case does not count."""
    text = "".join(secrets.choice(ALPHABET) for _ in range(settings.CAPTCHA_LENGTH))
    return text, text.lower()
