"""A professional's walk through the five steps of S1-04: where each is, and where who cannot go on is led."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gesond.identity.actions.activation import (
    AccountExistsError,
    ActivationError,
    LetterReplacedError,
    NotEntitledError,
    OtherAccountError,
    OwnChannelFirstError,
    SignInFirstError,
)
from gesond.identity.models import Door, LuxTrustFlow
from gesond.identity.views.activation_wizard import TERMS_KEY, Wizard, signed_in_id
from gesond.kernel.clock import now

PURPOSE = "professional_activation"
PROVED_KEY = "professional_activation_proved"  # the walk to LuxTrust that was proved in this browser
# From LuxTrust to the code of the letter. An activation once begun lasts as long as the session, and resumes.
PROOF_LIFE = timedelta(hours=1)
START = "directory:professional_activation"


def lead_back(request: HttpRequest, error: ActivationError) -> HttpResponse:
    """Say calmly why this browser cannot go on, and lead to where it can."""
    if isinstance(error, (SignInFirstError, OtherAccountError)):
        return redirect("directory:professional_activation_sign_in")
    if isinstance(error, OwnChannelFirstError):
        messages.warning(request, _("First confirm a mobile number or an e-mail address of your own; then go on here."))
        return redirect("identity:account_authentication")
    had_key = PROFESSIONALS.let_go(request)
    if isinstance(error, AccountExistsError):
        messages.info(request, _("Your professional account is already open: you can sign in."))
        return redirect("identity:sign_in_professional")
    messages.info(request, _why_not(error, had_key=had_key))
    return redirect(_beginning(request))


PROFESSIONALS = Wizard(
    door=Door.PROFESSIONAL.value,
    prefix=START,
    session_key="professional_activation",
    layout="directory/activation/layout.jinja",
    title=gettext_lazy("Activation of a health professional's account"),
    securing=gettext_lazy("Securing the account"),
    securing_step=4,
    before_security="directory:professional_activation_data",
    lead_back=lead_back,
)


def hold_proof(request: HttpRequest, flow: LuxTrustFlow) -> None:
    """LuxTrust has been proved here: the next step may ask for the code. The session's key changes (fixation)."""
    request.session.cycle_key()
    request.session[PROVED_KEY] = str(flow.pk)


def held_proof(request: HttpRequest) -> LuxTrustFlow | None:
    """What was proved in this browser, by whoever is signed in now, while it is young. One query."""
    held = request.session.get(PROVED_KEY)
    if not held:
        return None
    used = LuxTrustFlow.objects.filter(pk=held, purpose=PURPOSE, state=LuxTrustFlow.State.USED)
    flow = used.filter(proof__isnull=False, ended_at__gt=now() - PROOF_LIFE).first()
    # Signing in on the way is foreseen; going on as somebody else is not.
    return flow if flow and flow.account_id in (None, signed_in_id(request)) else None


def forget_proof(request: HttpRequest) -> None:
    request.session.pop(PROVED_KEY, None)


def _beginning(request: HttpRequest) -> str:
    """The first step not yet done here."""
    if TERMS_KEY not in request.session:
        return START
    return PROFESSIONALS.page("code") if held_proof(request) else PROFESSIONALS.page("luxtrust")


def _why_not(error: ActivationError, *, had_key: bool) -> str:
    if isinstance(error, LetterReplacedError):
        return _("A later letter has replaced yours. Start again with the code of the latest letter.")
    if isinstance(error, NotEntitledError):
        return _(
            "The directory of health professionals no longer has you in force, so your account cannot be opened. "
            "Contact our helpdesk."
        )
    if had_key:
        return _("Your activation went on in another browser. To go on in this one, sign in with LuxTrust again.")
    return _(
        "Your session has ended, or was opened in another browser. Sign in with LuxTrust again: "
        "you will go on where you stopped."
    )
