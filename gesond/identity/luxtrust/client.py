"""The two things we ask of the provider: the page the browser is sent to, and a token for the code it comes back with.

Authlib's client over httpx, used as its base class: its own httpx integration is for a library we do not have.
"""

from collections.abc import Generator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.client import OAuth2Client
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from gesond.identity.luxtrust.configuration import environment, redirect_uri
from gesond.identity.luxtrust.failures import Failure, LuxTrustError, failure_of
from gesond.identity.luxtrust.provider import http_client, read_json
from gesond.identity.models import LuxTrustFlow, LuxTrustProvider

EC_ALGORITHMS = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}


class SignedRequest(httpx.Auth, ClientAuth):  # type: ignore[misc] # Authlib has no types
    """Authlib's ways for a client to name itself, as httpx applies them."""

    requires_request_body = True

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        address, headers, body = self.prepare(request.method, str(request.url), request.headers, request.content)
        content = body.encode() if isinstance(body, str) else body
        headers["Content-Length"] = str(len(content))
        yield httpx.Request(request.method, address, headers=headers, content=content, extensions=request.extensions)


class Client(OAuth2Client):  # type: ignore[misc] # Authlib has no types
    client_auth_class = SignedRequest


def authorization_address(provider: LuxTrustProvider, flow: LuxTrustFlow, state: str, language: str) -> str:
    """Where the browser goes to prove who its person is: code flow, PKCE, nonce, and the levels asked for."""
    wanted = environment().luxtrust_acr_values
    address, _state = _client(None).create_authorization_url(
        provider.document["authorization_endpoint"],
        state=state,
        code_verifier=flow.verifier,
        nonce=flow.nonce,
        ui_locales=language,
        prompt="login",  # a proof made now, not one that an open session at the provider lends
        **({"acr_values": wanted} if wanted else {}),
    )
    return str(address)


def exchange_code(provider: LuxTrustProvider, *, code: str, verifier: str) -> dict[str, Any]:
    """What the token endpoint gives for `code`. Raises LuxTrustError. Never in a transaction: it waits."""
    with http_client() as session:
        try:
            token = _client(session).fetch_token(
                provider.document["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=verifier,
                redirect_uri=redirect_uri(),
            )
        except OAuth2Error as error:
            raise LuxTrustError(failure_of(str(error.error)), "at the token endpoint") from None
        except httpx.HTTPStatusError as error:
            raise LuxTrustError(Failure.UNAVAILABLE, f"status {error.response.status_code}") from None
        except (ValueError, RecursionError):
            raise LuxTrustError(Failure.MISCONFIGURED, "the token endpoint's answer is no JSON object") from None
    return dict(token)


def ask_user_info(provider: LuxTrustProvider, access_token: str) -> dict[str, Any]:
    """Claims that the ID token leaves to the provider's other endpoint; nothing when it has none."""
    address = provider.document.get("userinfo_endpoint")
    if not address or not access_token:
        return {}
    with http_client() as session:
        return read_json(session.get(address, headers={"Authorization": f"Bearer {access_token}"}))


def _client(session: httpx.Client | None) -> Client:
    env = environment()
    client = Client(
        session,
        client_id=env.luxtrust_client_id,
        client_secret=env.luxtrust_client_secret,
        scope=env.luxtrust_scopes,
        redirect_uri=redirect_uri(),
        code_challenge_method="S256",
    )
    if env.luxtrust_client_key:
        key, algorithm = _signing_key(env.luxtrust_client_key)
        client.client_secret = key
        client.token_endpoint_auth_method = PrivateKeyJWT(alg=algorithm)
    return client


@cache
def _signing_key(path: str) -> tuple[RSAKey | ECKey, str]:
    """Read once a process. Raises LuxTrustError when the file holds no key."""
    try:
        pem = Path(path).read_bytes()
    except OSError as error:
        raise LuxTrustError(Failure.MISCONFIGURED, "the client's key cannot be read") from error
    try:
        return RSAKey.import_key(pem), "RS256"
    except (JoseError, ValueError, TypeError):
        pass
    try:
        key = ECKey.import_key(pem)
    except (JoseError, ValueError, TypeError) as error:
        raise LuxTrustError(Failure.MISCONFIGURED, "the client's key is neither RSA nor EC") from error
    return key, EC_ALGORITHMS[key.curve_name]
