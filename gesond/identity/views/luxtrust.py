"""Between our pages and LuxTrust's: the page that waits, sends there, and leads on; and where LuxTrust leads back to.

The page answers 200 with a `Refresh` header rather than redirect to the provider: what follows a form must stay on this
site (`form-action`), and a browser without scripts goes on by itself.
"""

import secrets
from datetime import datetime, timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gesond.identity.actions.luxtrust_walks import (
    ask_for_provider,
    give_up,
    note_return,
    note_sent,
    topic_of,
)
from gesond.identity.luxtrust.client import authorization_address
from gesond.identity.luxtrust.configuration import is_offered
from gesond.identity.luxtrust.failures import Failure, sentence
from gesond.identity.luxtrust.proofs import begin_luxtrust, held_flow, state_of
from gesond.identity.luxtrust.provider import TOPIC, is_fresh, known_provider
from gesond.identity.models import LuxTrustFlow, LuxTrustProvider
from gesond.identity.sessions.authentication import actor_of
from gesond.kernel.clock import now

PATIENCE = timedelta(seconds=20)
# Seconds: longer than scripts wait; for who has them, and a line that failed. Without them the page looks each second.
LOOK_AGAIN = "30"
NOT_VALID = 400
State = LuxTrustFlow.State


@login_not_required
@never_cache
@require_safe
def walk(request: HttpRequest) -> HttpResponse:
    """Wherever this browser's walk stands: wait, go to LuxTrust, go on with the proof, or learn why there is none."""
    flow = held_flow(request)
    if request.headers.get("X-Requested-With") == "live":  # `waiting` told it to come here, as a page
        return HttpResponse()
    if flow is None or flow.state not in PAGES:
        return _lost(request)
    return PAGES[State(flow.state)](request, flow)


@login_not_required
@never_cache
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """What the waiting page asks for when it is told of a change: the same, or the way on."""
    flow = held_flow(request)
    if flow is not None and _still_waits(flow):
        return render(request, "identity/luxtrust/_waiting.jinja")
    return redirect("identity:luxtrust")


@login_not_required
@never_cache
@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """« Réessayer »: another walk for the same purpose."""
    flow = held_flow(request)
    if flow is None:
        return _lost(request)
    give_up(actor=actor_of(request), flow=flow, failure=Failure.CANCELLED)
    return begin_luxtrust(request, purpose=flow.purpose, return_to=flow.return_to, instead=flow.instead)


@login_not_required
@never_cache
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Where LuxTrust sends the browser: only the one that it was begun in, with the state that was sent along.

    Any other gets one and the same page, which tells nothing.
    """
    flow = held_flow(request)
    if flow is None or not _is_answer_to(request, flow):
        return _lost(request)
    note_return(
        actor=actor_of(request),
        flow=flow,
        code=request.GET.get("code", ""),
        error=request.GET.get("error", ""),
        issuer=request.GET.get("iss"),
    )
    with override(_language_of(flow)):
        return redirect("identity:luxtrust")


def _prepare(request: HttpRequest, flow: LuxTrustFlow) -> HttpResponse:
    """The provider must have answered a moment ago: one that is down is told of here, not by the browser."""
    if not is_offered():
        return _give_up(request, flow, Failure.NOT_OFFERED)
    provider = known_provider()
    if provider is not None and is_fresh(provider):
        return _send(request, flow, provider)
    if provider is not None and provider.failed_at and provider.failed_at > flow.started_at:
        return _give_up(request, flow, Failure.UNAVAILABLE)
    ask_for_provider()
    return _waiting(request, flow, TOPIC, since=flow.started_at)


def _send(request: HttpRequest, flow: LuxTrustFlow, provider: LuxTrustProvider) -> HttpResponse:
    address = authorization_address(provider, flow, state_of(request, flow), str(get_language()))
    note_sent(actor=actor_of(request), flow=flow)
    response = render(request, "identity/luxtrust/sent.jinja", {"address": address})
    response["Refresh"] = f"0;url={address}"
    return response


def _sent_before(request: HttpRequest, flow: LuxTrustFlow) -> HttpResponse:
    """Back by « Précédent », or by reloading: asked rather than sent again."""
    provider = known_provider()
    if provider is None or not provider.document:
        return _give_up(request, flow, Failure.UNAVAILABLE)
    address = authorization_address(provider, flow, state_of(request, flow), str(get_language()))
    return render(request, "identity/luxtrust/unfinished.jinja", {"address": address, "flow": flow})


def _returned(request: HttpRequest, flow: LuxTrustFlow) -> HttpResponse:
    return _waiting(request, flow, topic_of(flow), since=flow.returned_at or flow.started_at)


def _proved(request: HttpRequest, flow: LuxTrustFlow) -> HttpResponse:
    return HttpResponseRedirect(flow.return_to)


def _waiting(request: HttpRequest, flow: LuxTrustFlow, topic: str, *, since: datetime) -> HttpResponse:
    """« Un instant… »; past a person's patience, the ways to go on. Should the answer still come, it is taken."""
    if now() - since > PATIENCE:
        return _failed(request, flow, Failure.TIMEOUT)
    response = render(request, "identity/luxtrust/waiting.jinja", {"topic": topic})
    response["Refresh"] = LOOK_AGAIN
    return response


def _give_up(request: HttpRequest, flow: LuxTrustFlow, failure: Failure) -> HttpResponse:
    give_up(actor=actor_of(request), flow=flow, failure=failure)
    return _failed(request, flow, failure)


def _failed(request: HttpRequest, flow: LuxTrustFlow, failure: Failure | None = None) -> HttpResponse:
    reason = failure.value if failure else flow.failure
    context = {
        "flow": flow,
        "sentence": sentence(reason),
        "may_retry": reason != Failure.NOT_OFFERED,
    }
    return render(request, "identity/luxtrust/failed.jinja", context)


def _lost(request: HttpRequest) -> HttpResponse:
    """Another browser's, used, too old, or nobody's. A walk under way in this browser can be gone on with."""
    context = {"underway": reverse("identity:luxtrust") if held_flow(request) else ""}
    return render(request, "identity/luxtrust/lost.jinja", context, status=NOT_VALID)


def _is_answer_to(request: HttpRequest, flow: LuxTrustFlow) -> bool:
    """Whether the answer brings the state that this browser's session keeps, and the row its hash."""
    kept = state_of(request, flow)
    given = request.GET.get("state", "")
    return bool(kept) and secrets.compare_digest(given.encode(), kept.encode())


def _still_waits(flow: LuxTrustFlow) -> bool:
    """Until the provider has answered, one way or another, or the person's patience is at its end."""
    if flow.state == State.RETURNED:
        return now() - (flow.returned_at or flow.started_at) <= PATIENCE
    if flow.state != State.PREPARING or now() - flow.started_at > PATIENCE:
        return False
    provider = known_provider()
    failed = provider is not None and provider.failed_at is not None and provider.failed_at > flow.started_at
    return is_offered() and not failed and not is_fresh(provider)


def _language_of(flow: LuxTrustFlow) -> str:
    """That of the page it was begun on: the callback's address has none."""
    return flow.return_to.strip("/").partition("/")[0]


PAGES = {
    State.PREPARING: _prepare,
    State.SENT: _sent_before,
    State.RETURNED: _returned,
    State.PROVED: _proved,
    State.FAILED: _failed,
}
