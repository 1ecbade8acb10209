"""What the rest of the platform knows of LuxTrust: walk there, come back with a proof, use it once.

    def step_1(request):
        if request.method == "POST":
            return begin_luxtrust(request, purpose="professional_activation", return_to=…, instead=…)
        proof = take_proof(request, purpose="professional_activation")

A proof belongs to the browser that began the walk, to the account that was signed in there then, and to one purpose.
"""

from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from gesond.identity.credentials.throttle import Limit, count_try, network_of
from gesond.identity.models import Account, Assurance, Device, LuxTrustFlow
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash, matches, random_token
from gesond.web.requests import client_address

FLOW_KEY = "luxtrust"  # {"id", "token", "state"} of this browser's latest walk
BROWSER_PURPOSE, STATE_PURPOSE = "luxtrust.browser", "luxtrust.state"
FLOW_LIFE = timedelta(minutes=15)
# A hospital is one address.
WALKS_PER_ADDRESS = Limit("luxtrust.begin", 200, timedelta(minutes=15))
TOO_MANY_REQUESTS = 429
State = LuxTrustFlow.State


@dataclass(frozen=True, kw_only=True)
class LuxTrustProof:
    """Who LuxTrust says it is. `subject` is the identity's serial number, never a matricule (standards C-1)."""

    issuer: str
    subject: str = field(repr=False)
    family_name: str = field(repr=False)
    given_names: str = field(repr=False)
    birth_date: date | None = field(default=None, repr=False)
    device: str = Device.OTHER.value
    assurance: str = Assurance.SUBSTANTIAL.value

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "birth_date": self.birth_date.isoformat() if self.birth_date else None}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "LuxTrustProof":
        born = stored["birth_date"]
        return cls(**{**stored, "birth_date": date.fromisoformat(born) if born else None})

    @property
    def subject_text(self) -> str:
        """What `LuxTrustProduct.subject_hash` is the hash of."""
        return f"{self.issuer} {self.subject}"


def begin_luxtrust(request: HttpRequest, *, purpose: str, return_to: str, instead: str) -> HttpResponse:
    """Send the browser to LuxTrust; it comes back to `return_to` once proved.

    `instead`: the page offered when LuxTrust cannot be used, refuses, or the person gives up; `return_to` itself where
    nothing goes on without LuxTrust. Both are paths of this site, from `reverse`. `purpose` is a word of the caller's
    own. Asks nothing of the provider within the request. Whether LuxTrust is offered: `configuration.is_offered`.
    """
    verdict = count_try(WALKS_PER_ADDRESS, network_of(client_address(request)))
    if not verdict.allowed:
        context = {"retry_after": verdict.retry_after, "flow": LuxTrustFlow(return_to=return_to, instead=instead)}
        response = render(request, "identity/luxtrust/too_many.jinja", context, status=TOO_MANY_REQUESTS)
        response["Retry-After"] = str(verdict.retry_after)
        return response
    token, state = random_token(), random_token()
    flow = LuxTrustFlow.objects.create(
        purpose=purpose,
        account=request.user if isinstance(request.user, Account) else None,
        browser_hash=keyed_hash(token, purpose=BROWSER_PURPOSE),
        state_hash=keyed_hash(state, purpose=STATE_PURPOSE),
        nonce=random_token(),
        verifier=random_token() + random_token(),
        return_to=return_to,
        instead=instead,
        expires_at=now() + FLOW_LIFE,
    )
    request.session[FLOW_KEY] = {"id": str(flow.pk), "token": token, "state": state}
    return HttpResponseRedirect(reverse("identity:luxtrust"))


@transaction.atomic
def take_proof(request: HttpRequest, *, purpose: str) -> tuple[LuxTrustFlow, LuxTrustProof] | None:
    """This browser's proof for `purpose`, once; None when there is none, or it is another's, used or too old."""
    flow = held_flow(request, lock=True)
    if flow is None or flow.state != State.PROVED or flow.purpose != purpose:
        return None
    flow.state, flow.ended_at = State.USED, now()
    flow.save(update_fields=["state", "ended_at"])
    del request.session[FLOW_KEY]
    return flow, LuxTrustProof.from_json(flow.proof)


def held_flow(request: HttpRequest, *, lock: bool = False) -> LuxTrustFlow | None:
    """The walk this browser is on, of the same account as when it began, while it is good."""
    held = request.session.get(FLOW_KEY)
    if not held:
        return None
    rows = LuxTrustFlow.objects.select_for_update() if lock else LuxTrustFlow.objects.all()
    flow = rows.filter(pk=held["id"], expires_at__gt=now()).first()
    account_id = request.user.pk if isinstance(request.user, Account) else None
    if flow is None or flow.account_id != account_id:
        return None
    return flow if matches(held["token"], flow.browser_hash, purpose=BROWSER_PURPOSE) else None


def state_of(request: HttpRequest, flow: LuxTrustFlow) -> str:
    """The `state` that goes to the provider and must come back: known to this browser's session alone."""
    state = str(request.session[FLOW_KEY].get("state", ""))
    return state if matches(state, flow.state_hash, purpose=STATE_PURPOSE) else ""
