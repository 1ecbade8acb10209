"""The simulator's endpoints: discovery, keys, authorize (the page), token, and what breaks it."""

import base64
import hashlib
import secrets
import time
from typing import Any
from urllib.parse import unquote, urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import translation

from gesond.config.environment import Environment
from gesond.demo.luxtrust.choices import DEVICES, FAULTS, holders, identity_of
from gesond.demo.luxtrust.grants import Grant, Grants, Outcome
from gesond.demo.luxtrust.settings import CLIENT_ID, CLIENT_SECRET, issuer
from gesond.demo.luxtrust.signing import SigningKeys
from gesond.demo.luxtrust.tokens import id_token
from gesond.identity.luxtrust.configuration import CALLBACK

LANGUAGES = ("fr", "de", "en")
ANSWERS = {
    Outcome.REFUSED: "access_denied",
    Outcome.CANCELLED: "user_cancelled",
    Outcome.UNAVAILABLE: "temporarily_unavailable",
}
BAD_REQUEST, UNAUTHORISED, UNAVAILABLE = 400, 401, 503
SLOWER_THAN_ANY_CLIENT = 25.0


class Provider:
    """One running simulator: its keys, its codes, and whether it is down."""

    def __init__(self, env: Environment | None = None) -> None:
        self.env: Environment = env or settings.ENVIRONMENT
        self.issuer = issuer(self.env)
        self.redirect_uri = self.env.base_url + CALLBACK
        self.keys = SigningKeys()
        self.grants = Grants()
        self.is_down = False
        self.pause = SLOWER_THAN_ANY_CLIENT

    def document(self, request: HttpRequest) -> HttpResponse:
        """OpenID Connect Discovery 1.0."""
        return JsonResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "scopes_supported": ["openid", "profile"],
                "id_token_signing_alg_values_supported": ["RS256", "ES256"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": True,
            }
        )

    def published_keys(self, request: HttpRequest) -> HttpResponse:
        return JsonResponse(self.keys.published())

    def authorize(self, request: HttpRequest) -> HttpResponse:
        """The page, and what is chosen on it."""
        asked = request.GET
        if asked.get("client_id") != CLIENT_ID or asked.get("redirect_uri") != self.redirect_uri:
            return self._page("unknown_client.jinja", request, status=BAD_REQUEST)
        if not _is_complete(request):
            return self._lead_back(request, error="invalid_request")
        if request.method != "POST":
            return self._choose(request)
        return self._answer(request)

    def token(self, request: HttpRequest) -> HttpResponse:
        """A code for an ID token, once: the client, PKCE and the redirect address are checked."""
        if not _is_client(request):
            return JsonResponse({"error": "invalid_client"}, status=UNAUTHORISED)
        grant = self.grants.take(request.POST.get("code", ""))
        if grant is None or not _belongs(request, grant):
            return JsonResponse({"error": "invalid_grant"}, status=BAD_REQUEST)
        if grant.outcome is Outcome.TIMEOUT:
            time.sleep(self.pause)
        answer = {
            "access_token": secrets.token_urlsafe(24),
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": id_token(self.keys, self.issuer, grant),
        }
        return JsonResponse(answer, headers={"Cache-Control": "no-store"})

    def state(self, request: HttpRequest) -> HttpResponse:
        """The switches, for people and for tests."""
        return self._page("switches.jinja", request)

    def go_down(self, request: HttpRequest) -> HttpResponse:
        self.is_down = True
        return self._switched()

    def come_back(self, request: HttpRequest) -> HttpResponse:
        self.is_down = False
        return self._switched()

    def rotate(self, request: HttpRequest) -> HttpResponse:
        self.keys.rotate()
        return self._switched()

    def unavailable(self, request: HttpRequest) -> HttpResponse:
        """What all endpoints answer while it is down."""
        return self._page("down.jinja", request, status=UNAVAILABLE)

    def _switched(self) -> HttpResponse:
        return HttpResponseRedirect(f"{self.issuer}/simulator")

    def _choose(self, request: HttpRequest, *, incomplete: bool = False) -> HttpResponse:
        facts = {
            "holders": holders(),
            "devices": DEVICES,
            "faults": FAULTS,
            "query": request.GET.urlencode(),
            "incomplete": incomplete,
        }
        return self._page("authorize.jinja", request, status=BAD_REQUEST if incomplete else 200, **facts)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        try:
            outcome = Outcome(request.POST.get("outcome", ""))
            if outcome in ANSWERS:
                return self._lead_back(request, error=ANSWERS[outcome])
            identity = identity_of(request.POST)
        except (ValueError, KeyError):
            return self._choose(request, incomplete=True)
        grant = Grant(
            identity=identity,
            nonce=request.GET.get("nonce", ""),
            challenge=request.GET["code_challenge"],
            redirect_uri=request.GET["redirect_uri"],
            outcome=outcome,
        )
        said = "https://another-provider.example" if outcome is Outcome.ISSUER else self.issuer
        return self._lead_back(request, code=self.grants.give(grant), said_issuer=said)

    def _lead_back(self, request: HttpRequest, *, said_issuer: str = "", **answer: str) -> HttpResponse:
        query = {**answer, "state": request.GET.get("state", ""), "iss": said_issuer or self.issuer}
        return HttpResponseRedirect(f"{self.redirect_uri}?{urlencode(query)}")

    def _page(self, name: str, request: HttpRequest, *, status: int = 200, **facts: Any) -> HttpResponse:
        """In the language that the client asked for, French by default."""
        asked = request.GET.get("ui_locales", "fr").split(" ")[0]
        language = asked if asked in LANGUAGES else "fr"
        context = {"provider": self, "site": self.env.base_url, "static_of_site": self._static, **facts}
        with translation.override(language):
            page = render_to_string(f"demo/luxtrust/{name}", context)
        return HttpResponse(page, status=status, headers={"Cache-Control": "no-store"})

    def _static(self, name: str) -> str:
        return self.env.base_url + static(name)


def _is_complete(request: HttpRequest) -> bool:
    asked = request.GET
    return (
        asked.get("response_type") == "code"
        and "openid" in asked.get("scope", "").split()
        and asked.get("code_challenge_method") == "S256"
        and bool(asked.get("code_challenge"))
        and bool(asked.get("state"))
    )


def _is_client(request: HttpRequest) -> bool:
    kind, _separator, encoded = request.headers.get("Authorization", "").partition(" ")
    if kind == "Basic":
        try:
            name, _colon, secret = base64.b64decode(encoded).decode().partition(":")
        except ValueError:
            return False
        given = (unquote(name), unquote(secret))
    else:
        given = (request.POST.get("client_id", ""), request.POST.get("client_secret", ""))
    return secrets.compare_digest(":".join(given).encode(), f"{CLIENT_ID}:{CLIENT_SECRET}".encode())


def _belongs(request: HttpRequest, grant: Grant) -> bool:
    """Whether who brings the code is who asked for it (RFC 7636), with the same address to come back to."""
    digest = hashlib.sha256(request.POST.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return (
        request.POST.get("grant_type") == "authorization_code"
        and secrets.compare_digest(challenge.encode(), grant.challenge.encode())
        and request.POST.get("redirect_uri") == grant.redirect_uri
    )
