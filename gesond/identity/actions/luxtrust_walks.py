"""A walk to LuxTrust and back: sent, returned with a code, exchanged by a job, proved or failed.

No outside call is made in a request or in a transaction: pages change rows and defer jobs, jobs ask the provider.
"""

import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from gesond.identity.luxtrust.claims import lacks_names, proof_from, with_user_info
from gesond.identity.luxtrust.client import ask_user_info, exchange_code
from gesond.identity.luxtrust.failures import INVALID, REMEMBERED, Failure, LuxTrustError, failure_of, log_failure
from gesond.identity.luxtrust.id_token import verified_claims
from gesond.identity.luxtrust.proofs import LuxTrustProof
from gesond.identity.luxtrust.provider import known_provider
from gesond.identity.models import Activation, LuxTrustFlow
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.journal import SYSTEM, Actor
from gesond.web.live import announce

EXCHANGE, FETCH = "identity.exchange_luxtrust_code", "identity.fetch_luxtrust_provider"
LONGEST_CODE = 2000
# So many exchanges at a time, of all workers: a provider that hangs must leave hands free for one-time codes.
LANES = 2
# Whoever waited longer has gone on without; those behind should not wait for the provider on their account.
TOO_LATE = timedelta(minutes=1)
# What was proved is copied by who uses it, at once or when an account is opened with it.
PROOF_KEPT = timedelta(hours=1)
State = LuxTrustFlow.State


def topic_of(flow: LuxTrustFlow) -> str:
    """What the page that waits for `flow` listens to. The name is a secret of its browser."""
    return f"luxtrust:{flow.pk}"


def ask_for_provider() -> None:
    """Have the provider's document and keys fetched; one waiting job is enough for everybody."""
    try:
        with transaction.atomic():
            app.configure_task(FETCH, lock=FETCH, queueing_lock=FETCH).defer(timestamp=0)
    except AlreadyEnqueued:
        pass


@transaction.atomic
def note_sent(*, actor: Actor, flow: LuxTrustFlow) -> bool:
    """The browser is about to go there; False when it went before. `actor` is who walks."""
    return bool(LuxTrustFlow.objects.filter(pk=flow.pk, state=State.PREPARING).update(state=State.SENT))


@transaction.atomic
def note_return(*, actor: Actor, flow: LuxTrustFlow, code: str, error: str, issuer: str | None) -> None:
    """What the provider sent the browser back with. Only the first return counts: a replayed one changes nothing.

    The caller has checked that the state sent along is the flow's, and the browser the one that began it.
    """
    flow = LuxTrustFlow.objects.select_for_update().get(pk=flow.pk)
    if flow.state != State.SENT:
        return
    failure = _refusal(code, error, issuer)
    if failure:
        _fail(actor, flow, failure)
        return
    flow.state, flow.code, flow.returned_at = State.RETURNED, code, now()
    flow.save(update_fields=["state", "code", "returned_at"])
    app.configure_task(EXCHANGE, lock=f"{EXCHANGE}:{flow.pk.int % LANES}").defer(flow_id=str(flow.pk))


@transaction.atomic
def give_up(*, actor: Actor, flow: LuxTrustFlow, failure: Failure) -> None:
    """End a walk that cannot go on. Nothing to do for one that ended."""
    flow = LuxTrustFlow.objects.select_for_update().get(pk=flow.pk)
    if flow.state in {State.PREPARING, State.SENT, State.RETURNED}:
        _fail(actor, flow, LuxTrustError(failure))


def exchange(*, flow_id: uuid.UUID) -> None:
    """Exchange the code, check what comes, and keep the proof or the reason. May run twice: a code is tried once."""
    flow = _claim(flow_id)
    if flow is None:
        return
    try:
        proof = _prove(flow)
    except LuxTrustError as error:
        with transaction.atomic():
            still = _still_returned(flow)
            if still:
                _fail(SYSTEM, still, error)
    else:
        _keep_proof(flow, proof)


def forget_walks() -> int:
    """Delete walks a day after their end, and claims an hour after their use; return how many rows were deleted.

    A walk that an activation began with stays; its claims until the account is opened, which then has them.
    """
    moment = now()
    begun = Activation.objects.filter(luxtrust=OuterRef("pk"))
    used = LuxTrustFlow.objects.filter(state=State.USED, proof__isnull=False, ended_at__lt=moment - PROOF_KEPT)
    used.exclude(Exists(begun.filter(account__isnull=True))).update(proof=None)
    over = LuxTrustFlow.objects.filter(expires_at__lt=moment - REMEMBERED).exclude(Exists(begun))
    return over.delete()[0]


def _refusal(code: str, error: str, issuer: str | None) -> LuxTrustError | None:
    """Whether the answer itself says no, or is not the answer of the provider that was asked (RFC 9207)."""
    provider = known_provider()
    says_issuer = bool(provider and provider.document.get("authorization_response_iss_parameter_supported"))
    if provider is None or (issuer is None and says_issuer) or (issuer is not None and issuer != provider.issuer):
        return LuxTrustError(Failure.OTHER_ISSUER, "the answer names another issuer, or none")
    if error:
        return LuxTrustError(failure_of(error), "at the authorization endpoint")
    if not code or len(code) > LONGEST_CODE or "\0" in code:
        return LuxTrustError(Failure.CODE, "no code")
    return None


@transaction.atomic
def _claim(flow_id: uuid.UUID) -> LuxTrustFlow | None:
    """Take a returned walk for ourselves, committed; None when there is none, or it was taken."""
    waiting = LuxTrustFlow.objects.select_for_update()
    flow = waiting.filter(pk=flow_id, state=State.RETURNED, claimed_at__isnull=True).first()
    if flow is None:
        return None
    if flow.returned_at and flow.returned_at < now() - TOO_LATE:
        _fail(SYSTEM, flow, LuxTrustError(Failure.TIMEOUT, "its turn came too late"))
        return None
    flow.claimed_at = now()
    flow.save(update_fields=["claimed_at"])
    return flow


def _prove(flow: LuxTrustFlow) -> LuxTrustProof:
    provider = known_provider()
    if provider is None or not provider.document:
        raise LuxTrustError(Failure.UNAVAILABLE, "nothing is known of the provider")
    token = exchange_code(provider, code=flow.code, verifier=flow.verifier)
    claims = verified_claims(provider, token, nonce=flow.nonce, begun_at=flow.started_at)
    if lacks_names(claims):
        told = ask_user_info(provider, str(token.get("access_token", "")))
        claims = with_user_info(claims, told)
    return proof_from(claims)


@transaction.atomic
def _keep_proof(flow: LuxTrustFlow, proof: LuxTrustProof) -> None:
    still = _still_returned(flow)
    if still is None:
        return
    still.state, still.code, still.proof = State.PROVED, None, proof.to_json()
    still.save(update_fields=["state", "code", "proof"])
    announce(topic_of(still))


def _still_returned(flow: LuxTrustFlow) -> LuxTrustFlow | None:
    """The person may have given up meanwhile."""
    return LuxTrustFlow.objects.select_for_update().filter(pk=flow.pk, state=State.RETURNED).first()


def _fail(actor: Actor, flow: LuxTrustFlow, error: LuxTrustError) -> None:
    flow.state, flow.failure, flow.code, flow.ended_at = State.FAILED, error.failure.value, None, now()
    flow.save(update_fields=["state", "failure", "code", "ended_at"])
    if error.failure in INVALID:
        details = {"flow": str(flow.pk), "reason": error.failure.value, "purpose": flow.purpose}
        journal.record(actor=actor, event="luxtrust.answer_refused", chain="platform", details=details)
    log_failure(flow, error)
    announce(topic_of(flow))
