"""Deny by default: every address asks to sign in, but those listed here; one that should be open is added here."""

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

PUBLIC = {
    "root",
    "health_live",
    "health_ready",
    "metrics",
    "captcha-image",
    "captcha-refresh",
    "captcha_proof",
    "web:home",
    "web:accessibility",
    "web:help",
    "web:coming",
    "web:language",
    # Signing in, and getting a forgotten password replaced.
    "identity:sign_in",
    "identity:sign_in_patient",
    "identity:sign_in_professional",
    "identity:sign_in_patient_password",
    "identity:sign_in_code",
    "identity:sign_in_patient_luxtrust",
    "identity:sign_in_patient_luxtrust_back",
    "identity:sign_in_professional_password",
    "identity:sign_in_professional_passkey",
    "identity:sign_in_professional_luxtrust",
    "identity:sign_in_professional_luxtrust_back",
    "identity:sign_in_desk",
    "identity:sign_in_desk_password",
    "identity:sign_in_desk_passkey",
    "identity:sign_in_desk_luxtrust",
    "identity:sign_in_desk_luxtrust_back",
    "identity:sign_in_resend",
    "identity:sign_in_patient_passkey",
    "identity:sign_in_passkey_options",
    "identity:sign_in_second_passkey",
    "identity:sign_in_totp",
    "identity:sign_in_recovery",
    "identity:sign_out",
    "identity:password_reset",
    "identity:password_reset_asked",
    "identity:password_reset_code",
    "identity:password_reset_done",
    "identity:password_reset_link",
    "identity:password_reset_matricule",
    "identity:password_reset_new",
    "identity:password_reset_resend",
    # Opening an account, and the terms one reads before.
    "identity:activation",
    "identity:activation_another_code",
    "identity:activation_assisted",
    "identity:activation_assisted_link",
    "identity:activation_code",
    "identity:activation_confirmation",
    "identity:activation_letter",
    "identity:activation_luxtrust",
    "identity:activation_luxtrust_associated",
    "identity:activation_other_means",
    "identity:activation_password",
    "identity:activation_security",
    "identity:activation_security_code",
    # The same for health professionals.
    "directory:professional_activation",
    "directory:professional_activation_another_code",
    "directory:professional_activation_code",
    "directory:professional_activation_confirmation",
    "directory:professional_activation_data",
    "directory:professional_activation_help",
    "directory:professional_activation_letter",
    "directory:professional_activation_luxtrust",
    "directory:professional_activation_security",
    "directory:professional_activation_security_code",
    "directory:professional_activation_sign_in",
    "directory:professional_activation_taken",
    "identity:terms",
    "identity:terms_pdf",
    # To LuxTrust and back, before one is signed in.
    "luxtrust_callback",
    "identity:luxtrust",
    "identity:luxtrust_again",
    "identity:luxtrust_waiting",
    # An applicant's own identity check: nobody has an account yet.
    "identity:identity_check",
    "identity:identity_check_appeal",
    "identity:identity_check_link",
    "identity:identity_check_withdraw",
    # INFOS E-SANTÉ. Answering a poll needs an account; the link that stops e-mails is its own proof.
    "content:calendar",
    "content:event",
    "content:event_calendar",
    "content:events",
    "content:faq",
    "content:guide",
    "content:guide_file",
    "content:guide_version",
    "content:guides",
    "content:news",
    "content:news_item",
    "content:past_events",
    "content:poll",
    "content:polls",
    "content:unsubscribe",
    # A declared secretary's way to an account, and what it begins with.
    "directory:secretary",
    "directory:secretary_another_device",
    "directory:secretary_confirm",
    "directory:secretary_differences",
    "directory:secretary_done",
    "directory:secretary_link",
    "directory:secretary_luxtrust",
    "directory:secretary_matricule",
    "directory:secretary_pending",
    "directory:secretary_terms",
    # « Ce n'était pas moi »: the link in a message, followed by who may not be able to sign in any more.
    "identity:account_objection",
    # « Besoin d'aide », and a visitor's own request: the link of an e-mail is its own proof.
    "helpdesk:help",
    "helpdesk:link",
    "helpdesk:new_link",
    "helpdesk:request",
    "helpdesk:request_close",
    "helpdesk:request_reopen",
    "helpdesk:sent",
    # Finding a professional, a pharmacy, a laboratory.
    "directory:search",
    "directory:professional",
    "directory:establishments",
    "directory:establishment",
}
# The demo's own pages, which production does not have.
DEMO = "demo:"
SAMPLES = {"int": 1, "slug": "x", "str": "x", "path": "x", "uuid": uuid.UUID(int=1)}


def named(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from named(pattern.url_patterns, inner)
        else:
            yield f"{prefix}{pattern.name}", pattern


def addresses() -> list[tuple[str, URLPattern]]:
    return [found for found in named(get_resolver().url_patterns) if not found[0].startswith(DEMO)]


def is_open(pattern: URLPattern) -> bool:
    return getattr(pattern.callback, "login_required", True) is False


def test_every_address_has_a_name():
    assert [pattern for name, pattern in addresses() if name.endswith("None")] == []


def test_the_open_addresses_are_those_listed_and_no_other():
    assert {name for name, pattern in addresses() if is_open(pattern)} == PUBLIC


@pytest.mark.django_db
def test_every_other_address_leads_to_sign_in(client):
    entrance = {True: reverse("identity:sign_in_desk"), False: reverse(settings.LOGIN_URL)}
    for name, pattern in addresses():
        if is_open(pattern):
            continue
        address = reverse(name, kwargs=samples(pattern))
        answer = client.get(address)
        assert answer.status_code == 302, name
        assert answer["Location"].startswith(f"{entrance['/desk/' in address]}?next="), name


def samples(pattern: URLPattern) -> dict[str, Any]:
    """A value for each parameter: of its converter's kind, or the first word its expression allows."""
    converters = {key: _kind(converter) for key, converter in pattern.pattern.converters.items()}
    words = re.findall(r"\(\?P<(\w+)>(\w+)", pattern.pattern.regex.pattern)
    return {**dict(words), **{key: SAMPLES[kind] for key, kind in converters.items()}}


def _kind(converter: object) -> str:
    return type(converter).__name__.removesuffix("Converter").replace("String", "str").lower()
