"""What the provider publishes about itself: fetched by a job, checked, and kept; a page that needs it asks nobody.

OpenID Connect Discovery 1.0; RFC 8414.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.db import transaction
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from gesond.identity.credentials.throttle import Limit, count_try
from gesond.identity.luxtrust.configuration import environment
from gesond.identity.luxtrust.failures import Failure, LuxTrustError
from gesond.identity.models import LuxTrustProvider
from gesond.kernel.clock import now
from gesond.web.live import announce

TOPIC = "luxtrust-provider"
WELL_KNOWN = "/.well-known/openid-configuration"
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
LARGEST = 512 * 1024
# Before a browser is sent there, the provider must have answered this lately: one that is down is told of here.
FRESH = timedelta(seconds=10)
# A token signed with an unknown key makes us ask for the keys again, but not without end.
KEY_FETCHES = Limit("luxtrust.keys", 6, timedelta(minutes=1))

logging.getLogger("httpx").setLevel(logging.WARNING)  # its lines would tell addresses with codes in them


def known_provider() -> LuxTrustProvider | None:
    """What is kept of the configured provider, however old."""
    return LuxTrustProvider.objects.filter(issuer=environment().luxtrust_issuer).first()


def is_fresh(provider: LuxTrustProvider | None) -> bool:
    """Whether it answered a moment ago."""
    return provider is not None and provider.failed_at is None and provider.fetched_at > now() - FRESH


def fetch_provider() -> LuxTrustProvider:
    """Ask for the document and the keys, and keep them; on failure keep what there was, and say that it failed.

    Never in a transaction: it waits for the provider.
    """
    issuer = environment().luxtrust_issuer
    try:
        with http_client() as client:
            document = _document(client, issuer)
            keys = _keys(client, str(document["jwks_uri"]))
    except LuxTrustError as error:
        return _keep_failure(issuer, error)
    return _keep(issuer, document, keys)


def fetch_keys(provider: LuxTrustProvider) -> bool:
    """Ask for the keys again: a token names one we do not know. False when that was just done. Updates `provider`."""
    if not count_try(KEY_FETCHES, provider.issuer).allowed:
        return False
    with http_client() as client:
        provider.keys = _keys(client, str(provider.document["jwks_uri"]))
    provider.save(update_fields=["keys"])
    return True


@contextmanager
def http_client() -> Iterator[httpx.Client]:
    """A client that waits no longer than the setting says, follows nothing, and tells failures in our words."""
    timeout = httpx.Timeout(environment().luxtrust_timeout_seconds)
    try:
        with httpx.Client(timeout=timeout, trust_env=False) as client:
            yield client
    except httpx.TimeoutException as error:
        raise LuxTrustError(Failure.TIMEOUT, type(error).__name__) from None
    except httpx.HTTPError as error:
        raise LuxTrustError(Failure.UNAVAILABLE, type(error).__name__) from None


def read_json(answer: httpx.Response) -> dict[str, Any]:
    """The object that a provider answered. Raises LuxTrustError."""
    if answer.status_code != httpx.codes.OK:
        raise LuxTrustError(Failure.UNAVAILABLE, f"status {answer.status_code}")
    if len(answer.content) > LARGEST:
        raise LuxTrustError(Failure.MISCONFIGURED, "an answer far too long")
    try:
        content = answer.json()
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or b"\\u0000" in answer.content:  # which the database cannot keep
        raise LuxTrustError(Failure.MISCONFIGURED, "an answer that is no JSON object")
    return content


def _document(client: httpx.Client, issuer: str) -> dict[str, Any]:
    document = read_json(client.get(issuer.rstrip("/") + WELL_KNOWN))
    if document.get("issuer") != issuer:
        raise LuxTrustError(Failure.MISCONFIGURED, "the document is another issuer's")
    for name in ENDPOINTS:
        if not _is_address(document.get(name), issuer):
            raise LuxTrustError(Failure.MISCONFIGURED, f"no usable {name}")
    if document.get("userinfo_endpoint") and not _is_address(document["userinfo_endpoint"], issuer):
        raise LuxTrustError(Failure.MISCONFIGURED, "no usable userinfo_endpoint")
    methods = document.get("code_challenge_methods_supported", ["S256"])
    if not isinstance(methods, list) or "S256" not in methods:
        raise LuxTrustError(Failure.MISCONFIGURED, "the provider has no PKCE with S256")
    return document


def _is_address(value: object, issuer: str) -> bool:
    """As safe a scheme as the issuer's: in production that is https."""
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
    except ValueError:
        return False
    return parts is not None and bool(parts.hostname) and parts.scheme in {"https", urlsplit(issuer).scheme}


def _keys(client: httpx.Client, address: str) -> dict[str, Any]:
    keys = read_json(client.get(address))
    try:
        KeySet.import_key_set(keys)  # type: ignore[arg-type] # what it refuses is told below
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise LuxTrustError(Failure.MISCONFIGURED, "the keys cannot be read") from error
    return keys


@transaction.atomic
def _keep(issuer: str, document: dict[str, Any], keys: dict[str, Any]) -> LuxTrustProvider:
    facts = {"document": document, "keys": keys, "fetched_at": now(), "failed_at": None, "failure": ""}
    provider, _created = LuxTrustProvider.objects.update_or_create(issuer=issuer, defaults=facts)
    announce(TOPIC)
    return provider


@transaction.atomic
def _keep_failure(issuer: str, error: LuxTrustError) -> LuxTrustProvider:
    provider = LuxTrustProvider.objects.select_for_update().filter(issuer=issuer).first()
    if provider is None:
        provider = LuxTrustProvider(issuer=issuer, document={}, keys={}, fetched_at=now())
    provider.failed_at, provider.failure = now(), str(error)[:200]
    provider.save()
    announce(TOPIC)
    return provider
