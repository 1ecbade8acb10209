"""A provider in the test's own process: what the jobs ask over HTTP, it answers, right or wrong."""

import base64
import hmac
import json
import time
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.test import Client
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from gesond.identity import jobs
from gesond.identity.models import LuxTrustFlow, Person

ISSUER = "https://luxtrust.example"
CALLBACK, WALK = "/luxtrust/callback", "/fr/luxtrust/"
CLIENT = {
    "luxtrust_issuer": ISSUER,
    "luxtrust_client_id": "gesond",
    "luxtrust_client_secret": "secret",
    "base_url": "https://gesond.example",
}
KEY = RSAKey.generate_key(2048, auto_kid=True)
OTHER_KEY = RSAKey.generate_key(2048, auto_kid=True)
EC_KEY = ECKey.generate_key("P-256", auto_kid=True)


class FakeProvider:
    """`asked` holds each request; `claims` overrides those of the ID token, `header` its header, `key` its signer."""

    def __init__(self, person: Person | None = None) -> None:
        self.person = person
        self.keys = [KEY]
        self.key: Any = KEY
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.document: dict[str, Any] = {}
        self.token: dict[str, Any] | None = None  # in place of the answer of the token endpoint
        self.user_info: dict[str, Any] | None = None
        self.down: Exception | int | None = None
        self.asked: list[httpx.Request] = []
        self.walk: dict[str, str] = {}  # what the browser brought to the authorization endpoint
        self.unsigned = False
        self.shared_secret = b""  # signs with HS256, by hand: the library refuses to take a public key for a secret

    def paths(self) -> list[str]:
        return [request.url.path for request in self.asked]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if isinstance(self.down, Exception):
            raise self.down
        if self.down:
            return httpx.Response(self.down)
        answers = {
            "/.well-known/openid-configuration": self._document,
            "/keys": lambda: {"keys": [key.as_dict(private=False, use="sig") for key in self.keys]},
            "/userinfo": lambda: self.user_info,
        }
        if request.url.path == "/token":
            return self._token(request)
        return httpx.Response(200, json=answers[request.url.path]())

    def _document(self) -> dict[str, Any]:
        return {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
            **({"userinfo_endpoint": f"{ISSUER}/userinfo"} if self.user_info is not None else {}),
            **self.document,
        }

    def _token(self, request: httpx.Request) -> httpx.Response:
        if self.token is not None:
            return httpx.Response(400 if "error" in self.token else 200, json=self.token)
        form = dict(parse_qsl(request.content.decode()))
        if create_s256_code_challenge(form["code_verifier"]) != self.walk["code_challenge"]:
            return httpx.Response(400, json={"error": "invalid_grant"})
        return httpx.Response(200, json={"access_token": "a", "token_type": "Bearer", "id_token": self.id_token()})

    def id_token(self) -> str:
        moment = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": "gesond",
            "sub": "10020304050607009000",
            "iat": moment,
            "exp": moment + 300,
            "nonce": self.walk.get("nonce", ""),
            "acr": "http://eidas.europa.eu/LoA/substantial",
            "device": "mobile",
            **self._names(),
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        algorithm = {RSAKey: "RS256", ECKey: "ES256", OctKey: "HS256"}[type(self.key)]
        header = {"alg": algorithm, "kid": self.key.kid, **self.header}
        if self.unsigned:
            return ".".join([_part({**header, "alg": "none"}), _part(claims), ""])
        if self.shared_secret:
            signed = ".".join([_part({**header, "alg": "HS256"}), _part(claims)])
            return f"{signed}.{_base64(hmac.digest(self.shared_secret, signed.encode(), 'sha256'))}"
        return jwt.encode(header, claims, self.key, algorithms=[header["alg"]])

    def _names(self) -> dict[str, str]:
        person = self.person
        if person is None:
            return {"family_name": "Doe", "given_name": "Rita", "birthdate": "1985-03-15"}
        born = f"{person.birth_year}-{person.birth_month or 1:02}-{person.birth_day or 1:02}"
        return {"family_name": person.family_name, "given_name": person.given_names, "birthdate": born}


def install(settings: Any, monkeypatch: Any, provider: FakeProvider, **fields: Any) -> FakeProvider:
    """Configure the site for `provider`, and have every httpx client talk to it."""
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, **{**CLIENT, **fields})
    answer_all_with(monkeypatch, httpx.MockTransport(provider))
    return provider


def answer_all_with(monkeypatch: Any, transport: httpx.BaseTransport) -> None:
    """Whatever httpx client is made from now on talks to `transport`."""
    made = httpx.Client.__init__
    monkeypatch.setattr(
        httpx.Client, "__init__", lambda self, **options: made(self, **{**options, "transport": transport})
    )


def go_to_provider(client: Client, provider: FakeProvider) -> str:
    """From the waiting page to the provider, once its addresses are known; the `state` that went along."""
    jobs.fetch_luxtrust_provider(0)
    answer = client.get(WALK)
    address = answer["Refresh"].removeprefix("0;url=")
    assert address.startswith(f"{ISSUER}/authorize?"), answer["Refresh"]
    provider.walk = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    return provider.walk["state"]


def return_with(client: Client, **query: str) -> Any:
    """The browser back at our address."""
    return client.get(CALLBACK, query)


def latest_flow() -> LuxTrustFlow:
    return LuxTrustFlow.objects.order_by("-started_at").first()


def _part(content: dict[str, Any]) -> str:
    return _base64(json.dumps(content).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
