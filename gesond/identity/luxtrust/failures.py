"""Why a walk to LuxTrust ended without a proof, in a word for the database and a calm sentence for the person."""

from datetime import timedelta
from enum import StrEnum

import structlog
from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gesond.identity.models import LuxTrustFlow
from gesond.kernel.clock import now
from gesond.web.metrics import GAUGES, Reading

logger = structlog.get_logger(__name__)
REMEMBERED = timedelta(days=1)  # how long walks are kept: `actions.luxtrust_walks.forget_walks`


class Failure(StrEnum):
    """At most 20 letters: `LuxTrustFlow.failure`."""

    REFUSED = "refused"
    CANCELLED = "cancelled"
    NOT_SIGNED_IN = "not_signed_in"
    UNAVAILABLE = "unavailable"
    TIMEOUT = "timeout"
    NOT_OFFERED = "not_offered"
    MISCONFIGURED = "misconfigured"  # the provider does not know us, or does not say what we need
    OTHER_ISSUER = "other_issuer"  # the answer names another provider (RFC 9207)
    CODE = "code"  # it was used, is too old, or is another client's
    SIGNATURE = "signature"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    EXPIRED = "expired"
    NONCE = "nonce"
    TOKEN = "token"  # noqa: S105 - malformed in any other way
    ASSURANCE = "assurance"
    CLAIMS = "claims"


# Somebody may be trying something, or a provider is broken: these enter the platform's journal.
INVALID = frozenset(
    {
        Failure.OTHER_ISSUER,
        Failure.SIGNATURE,
        Failure.ISSUER,
        Failure.AUDIENCE,
        Failure.EXPIRED,
        Failure.NONCE,
        Failure.TOKEN,
    }
)
# The provider's words (OpenID Connect Core 3.1.2.6, OAuth 2.0 4.1.2.1, and what brokers add) to ours.
ANSWERS = {
    "access_denied": Failure.REFUSED,
    "user_cancelled": Failure.CANCELLED,
    "user_canceled": Failure.CANCELLED,
    "cancelled": Failure.CANCELLED,
    "login_required": Failure.NOT_SIGNED_IN,
    "interaction_required": Failure.NOT_SIGNED_IN,
    "consent_required": Failure.NOT_SIGNED_IN,
    "account_selection_required": Failure.NOT_SIGNED_IN,
    "temporarily_unavailable": Failure.UNAVAILABLE,
    "server_error": Failure.UNAVAILABLE,
    "invalid_grant": Failure.CODE,
    "unmet_authentication_requirements": Failure.ASSURANCE,
}

NOT_ANSWERING = _("LuxTrust does not answer at the moment. Nothing was changed: try again in a few minutes.")
NOT_TRUSTED = _(
    "We could not verify the answer that came in the name of LuxTrust, so we did not use it. "
    "Try again; should it happen again, our helpdesk will look into it."
)
NOT_SET_UP = _("The connection between LuxTrust and our site is not working at the moment. We have been told of it.")
SENTENCES: dict[str, Promise | str] = {
    Failure.REFUSED: _("LuxTrust did not confirm who you are. Check that your product is active, then try again."),
    Failure.CANCELLED: _("You cancelled at LuxTrust. Nothing was changed."),
    Failure.NOT_SIGNED_IN: _("You did not finish signing in at LuxTrust. Nothing was changed: you can try again."),
    Failure.UNAVAILABLE: NOT_ANSWERING,
    Failure.TIMEOUT: NOT_ANSWERING,
    Failure.NOT_OFFERED: _("LuxTrust cannot be used on this site at the moment."),
    Failure.CODE: _("LuxTrust's answer came too late or had already been used. Nothing was changed: try again."),
    Failure.EXPIRED: _("LuxTrust's answer came too late or had already been used. Nothing was changed: try again."),
    Failure.ASSURANCE: _("This means of LuxTrust is not secure enough for our services. Use another LuxTrust product."),
    Failure.MISCONFIGURED: NOT_SET_UP,
    Failure.CLAIMS: NOT_SET_UP,
}


class LuxTrustError(Exception):
    """LuxTrust gave no proof. `failure` says why; `detail` is for the logs, and holds nothing personal."""

    def __init__(self, failure: Failure, detail: str = "") -> None:
        super().__init__(f"{failure}: {detail}" if detail else str(failure))
        self.failure = failure
        self.detail = detail


def failure_of(answer: str) -> Failure:
    """Ours for the provider's `error`: what nobody foresaw is a matter between the provider and us."""
    return ANSWERS.get(answer, Failure.MISCONFIGURED)


def sentence(failure: str) -> Promise | str:
    """What the person is told."""
    return SENTENCES.get(failure, NOT_TRUSTED)


def log_failure(flow: LuxTrustFlow, error: LuxTrustError) -> None:
    logger.warning(
        "luxtrust failed", flow=str(flow.pk), purpose=flow.purpose, reason=error.failure.value, detail=error.detail
    )


def register_gauges() -> None:
    """`gesond_luxtrust_failures{reason}` and `gesond_luxtrust_walks{state}`.

    Read from the rows, because most walks end in a worker, whose own counters nobody asks for.
    """
    GAUGES.add("gesond_luxtrust_failures", "LuxTrust walks of the last day that failed", ("reason",), _failures)
    GAUGES.add("gesond_luxtrust_walks", "LuxTrust walks of the last day", ("state",), _walks)


def _failures() -> Reading:
    counted = _counted("failure")
    return {(failure.value,): counted.get(failure.value, 0) for failure in Failure}


def _walks() -> Reading:
    counted = _counted("state")
    return {(state,): counted.get(state, 0) for state in LuxTrustFlow.State.values}


def _counted(column: str) -> dict[str, int]:
    recent = LuxTrustFlow.objects.filter(expires_at__gt=now() - REMEMBERED).order_by()
    return dict(recent.values_list(column).annotate(Count("pk")))
