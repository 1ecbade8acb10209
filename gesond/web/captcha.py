"""The captcha: the image of the guides (S2-17, S5-26), and a way that needs no reading (X12). Either is enough.

What is solved stays solved while its form is shown again for another error (WCAG 3.3.7): a signed token, good for this
form and fifteen minutes, travels with it. It is spent when the form is found good, so one solution opens one door once.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import altcha
from captcha.helpers import captcha_image_url
from captcha.models import CaptchaStore
from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gesond.web.models import UsedOnce

ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
SOLVED_FOR = timedelta(minutes=15)
PROOF_GOOD_FOR = timedelta(minutes=5)
# 300 derivations at most, 200 on average: about a second on a telephone, and nothing to read.
PROOF_ALGORITHM = "PBKDF2/SHA-256"
PROOF_ITERATIONS = 5000
PROOF_STEPS = range(100, 301)
SOLVED_SALT = "gesond.web.captcha.solved"


def challenge() -> tuple[str, str]:
    """What is drawn and what is expected: five characters, none mistaken for another; their case does not count."""
    text = "".join(secrets.choice(ALPHABET) for _ in range(settings.CAPTCHA_LENGTH))
    return text, text.lower()


@login_not_required
@require_safe
@never_cache
def proof_challenge(request: HttpRequest) -> HttpResponse:
    """The work to do instead of reading an image."""
    work = altcha.create_challenge(
        PROOF_ALGORITHM,
        PROOF_ITERATIONS,
        counter=secrets.choice(PROOF_STEPS),
        expires_at=timezone.now() + PROOF_GOOD_FOR,
        hmac_secret=_key("challenge"),
        hmac_key_secret=_key("solution"),
    )
    return JsonResponse({**work.to_dict(), "steps": PROOF_STEPS[-1]})


@dataclass(frozen=True)
class Answer:
    """What a form sent: one of an earlier solution, a proof of work, or an image's key and text."""

    solved: str
    proof: str
    key: str
    text: str


class CaptchaWidget(forms.Widget):
    """Drawn by `web/forms.jinja`. `solved` is the token of what this form has already solved."""

    drawn_as = "captcha"
    needs_multipart_form = False
    solved = ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Answer:
        given = {part: str(data.get(f"{name}_{part}", "")) for part in ("solved", "proof", "key")}
        return Answer(text=str(data.get(name, "")).strip(), **given)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data


class CaptchaField(forms.Field):
    """Cleans to None: what counts is that it cleans. Use it in a `gesond.web.forms.Form`, which spends it.

    `purpose` names the form, so that what was solved for one opens no other.
    """

    widget = CaptchaWidget
    default_error_messages = {
        "required": _("Copy the code shown, or confirm without reading it."),
        "invalid": _("This is not the code shown. Here is a new one: copy it, or confirm without reading it."),
        "stale": _("The confirmation is too old or was already used. Confirm once more."),
    }

    def __init__(self, *, purpose: str, **kwargs: Any) -> None:
        self.purpose = purpose
        super().__init__(**{"label": _("Captcha"), "help_text": _("Copy the code shown"), **kwargs})

    def clean(self, value: Answer) -> None:
        solution = _earlier_solution(value.solved, self.purpose)
        if not solution:
            self._check(value)
            solution = secrets.token_hex(16)
        self.widget.solved = signing.dumps({"for": self.purpose, "id": solution}, salt=SOLVED_SALT)

    def spend(self) -> bool:
        """Use the solution up; False when it was used before."""
        solution = _earlier_solution(self.widget.solved, self.purpose)
        self.widget.solved = ""
        return bool(solution) and UsedOnce.objects.claim(f"captcha:{solution}", lifetime=SOLVED_FOR)

    def _check(self, value: Answer) -> None:
        if value.proof:
            if not _proof_is_good(value.proof):
                raise ValidationError(self.error_messages["stale"], code="stale")
        elif not value.text:
            raise ValidationError(self.error_messages["required"], code="required")
        elif not _image_was_read(value.key, value.text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")


def new_image() -> dict[str, str]:
    """A fresh image: the key that the form sends back, and the image's address."""
    key = CaptchaStore.generate_key()
    return {"key": key, "address": captcha_image_url(key)}


def forget_expired() -> None:
    """Delete images nobody answered and uses that need no remembering any more."""
    CaptchaStore.remove_expired()
    UsedOnce.objects.filter(expires_at__lt=timezone.now()).delete()


def _earlier_solution(token: str, purpose: str) -> str:
    """The number of what was solved before for this form, unless it is too old, spent or not ours."""
    try:
        content = signing.loads(token, salt=SOLVED_SALT, max_age=SOLVED_FOR)
    except signing.BadSignature:
        return ""
    solution = str(content["id"]) if content["for"] == purpose else ""
    is_spent = solution and UsedOnce.objects.filter(value=f"captcha:{solution}").exists()
    return "" if is_spent else solution


def _image_was_read(key: str, text: str) -> bool:
    """An image is good for one try, right or wrong."""
    if not key.isalnum():  # none of ours; PostgreSQL would choke on a NUL
        return False
    CaptchaStore.remove_expired()
    shown = CaptchaStore.objects.filter(hashkey=key, expiration__gt=timezone.now())
    expected = shown.values_list("response", flat=True).first()
    tries, _by_model = shown.delete()
    return bool(tries) and secrets.compare_digest(str(expected).encode(), text.lower().encode())


def _proof_is_good(payload: str) -> bool:
    """Work done for a challenge of ours, in time, and not shown before."""
    result = altcha.verify_solution(payload, _key("challenge"), hmac_key_secret=_key("solution"))
    if not result.verified:
        return False
    signature = str(altcha.Payload.from_base64(payload).challenge.signature)
    return UsedOnce.objects.claim(signature, lifetime=PROOF_GOOD_FOR)


def _key(purpose: str) -> bytes:
    return salted_hmac("gesond.web.captcha.proof", purpose, algorithm="sha256").digest()
