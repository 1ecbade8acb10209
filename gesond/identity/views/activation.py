"""The activation's pages: S2-07 to S2-27, S2-32. Each step is reached only by the browser that proved the letter."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gesond.identity.actions import activation as actions
from gesond.identity.actions.activation import (
    BEFORE_ACCOUNT,
    WITH_PASSWORD,
    AccountExistsError,
    ActivationError,
    BrowserKey,
    LetterReplacedError,
    OtherStepError,
    Refusal,
    Step,
)
from gesond.identity.actions.letter_requests import request_letter
from gesond.identity.actions.one_time_codes import CodeNotSentError
from gesond.identity.authentication import actor_of
from gesond.identity.forms import activation as forms
from gesond.identity.forms.code_messages import too_soon
from gesond.identity.known_browsers import KnownBrowser
from gesond.identity.letters.recipient import is_minor
from gesond.identity.models import Activation, CodeChannel, TermsVersion
from gesond.identity.queries.activation import find_activation, luxtrust_part, sent_code
from gesond.identity.queries.terms import current_terms
from gesond.identity.terms_texts import terms_html

ACTIVATION_KEY = "activation"  # {"id", "token", "typed": whether this browser typed the address}
TERMS_KEY = "activation_terms"  # the number of the version accepted
JUST_SENT_KEY = "activation_just_sent"
LETTER_ASKED_KEY = "activation_letter_asked"

PAGES = {
    Step.PASSWORD: "identity:activation_password",
    Step.CHANNEL: "identity:activation_security",
    Step.CONFIRM: "identity:activation_security_code",
    Step.OTHER_MEANS: "identity:activation_other_means",
    Step.DONE: "identity:activation_confirmation",
}
TOO_MANY_REQUESTS = 429

Page = Callable[[HttpRequest], HttpResponse]
StepPage = Callable[[HttpRequest, Activation, BrowserKey], HttpResponse]


def public(view: Page) -> Page:
    """For visitors, and never kept by a browser: going back asks the server."""
    return login_not_required(never_cache(require_http_methods(["GET", "HEAD", "POST"])(view)))


def step_page(*steps: Step) -> Callable[[StepPage], Page]:
    """A page for this browser's activation at one of `steps`; at another step it leads there."""

    def decorate(view: StepPage) -> Page:
        @public
        @wraps(view)
        def page(request: HttpRequest) -> HttpResponse:
            key = held_key(request)
            try:
                activation = find_activation(key)
                _keep_alive(request.session)
                if key is None or activation.step not in steps:
                    return redirect(PAGES[Step(activation.step)])
                return view(request, activation, key)
            except OtherStepError:  # another tab was faster
                return redirect(PAGES[Step(find_activation(key).step)])
            except ActivationError as error:
                return lead_back(request, error)

        return page

    return decorate


@public
def prerequisites(request: HttpRequest) -> HttpResponse:
    """« ACTIVATION DE MON COMPTE ESANTÉ »: S2-07 to S2-12."""
    version = current_terms()
    form = forms.TermsForm(request.POST or None, number=version.number)
    if request.method == "POST" and form.is_valid():
        request.session[TERMS_KEY] = version.number
        return redirect("identity:activation_code")
    context = {"form": form, "version": version, "terms": terms_html(version, get_language())}
    return render(request, "identity/activation/prerequisites.jinja", context)


@public
def letter_code(request: HttpRequest) -> HttpResponse:
    """Step 1: S2-15 to S2-17."""
    version = accepted_terms(request)
    if version is None:
        return redirect("identity:activation")
    form = forms.ProofForm(request.POST or None)
    if form.wants_letter:
        return redirect("identity:activation_letter")
    refusal, status = None, 200
    if request.method == "POST" and form.is_valid():
        proof = actions.prove_letter(
            actor=actor_of(request),
            matricule=form.cleaned_data["matricule"],
            code=form.cleaned_data["code"],
            terms=version,
            language=str(get_language()),
        )
        if proof.key:
            return _go_on(request, proof.key, resumed=proof.resumed)
        refusal, status = _refused(form, proof)
    context = {"form": form, "refusal": refusal, "underway": _underway(request)}
    return render(request, "identity/activation/code.jinja", context, status=status)


@public
def ask_for_letter(request: HttpRequest) -> HttpResponse:
    """« Non »: one answer for everyone."""
    if request.session.pop(LETTER_ASKED_KEY, False):
        return render(request, "identity/activation/letter_asked.jinja")
    form = forms.LetterForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        verdict = request_letter(
            actor=actor_of(request), matricule=form.cleaned_data["matricule"], language=str(get_language())
        )
        if verdict.allowed:
            request.session[LETTER_ASKED_KEY] = True
            return redirect("identity:activation_letter")
        form.ask_to_wait(verdict.retry_after)
        status = TOO_MANY_REQUESTS
    return render(request, "identity/activation/letter.jinja", {"form": form}, status=status)


@step_page(*BEFORE_ACCOUNT)
def password(request: HttpRequest, activation: Activation, key: BrowserKey) -> HttpResponse:
    """Step 2: S2-18, S2-19."""
    is_recorded = bool(activation.password)
    form = forms.PasswordForm(request.POST or None, person=activation.person, is_recorded=is_recorded)
    if request.method == "POST" and form.is_valid():
        if form.changes_password:
            actions.choose_password(actor=actor_of(request), key=key, password=form.cleaned_data["password"])
        return redirect("identity:activation_security")
    return render(request, "identity/activation/password.jinja", {"form": form, "is_recorded": is_recorded})


@step_page(*WITH_PASSWORD)
def security(request: HttpRequest, activation: Activation, key: BrowserKey) -> HttpResponse:
    """Step 3: S2-20."""
    form = forms.ChannelForm(request.POST or None, initial=_typed_before(request, activation))
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose_channel(
                actor=actor_of(request),
                key=key,
                channel=form.cleaned_data["channel"],
                destination=form.destination,
                language=str(get_language()),
            )
        except CodeNotSentError as refused:
            form.ask_to_wait(refused.retry_after)
        else:
            request.session[ACTIVATION_KEY] = {**request.session[ACTIVATION_KEY], "typed": True}
            request.session[JUST_SENT_KEY] = True
            return redirect("identity:activation_security_code")
    return render(request, "identity/activation/security.jinja", {"form": form})


@step_page(Step.CONFIRM)
def security_code(request: HttpRequest, activation: Activation, key: BrowserKey) -> HttpResponse:
    """Step 3: S2-21 to S2-25."""
    form = forms.ConfirmationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        check = actions.open_account(actor=actor_of(request), key=key, typed=form.cleaned_data["code"])
        if check.right:
            return _opened(request, key)
        form.refuse(check)
        activation = find_activation(key)  # with the wrong tries just counted
    just_sent = bool(request.session.pop(JUST_SENT_KEY, False))
    context = {
        "form": form,
        "sent": sent_code(activation),
        "minutes": settings.ENVIRONMENT.one_time_code_minutes,
        "just_sent": just_sent and not form.is_bound,
    }
    return render(request, "identity/activation/security_code.jinja", context)


@step_page(Step.CONFIRM)
def another_code(request: HttpRequest, activation: Activation, key: BrowserKey) -> HttpResponse:
    """Step 3: a new code to the same address."""
    if request.method == "POST":
        try:
            actions.send_another_code(actor=actor_of(request), key=key)
        except CodeNotSentError as refused:
            messages.warning(request, too_soon(refused.retry_after))
        else:
            request.session[JUST_SENT_KEY] = True
    return redirect("identity:activation_security_code")


@step_page(Step.OTHER_MEANS, Step.DONE)
def other_means(request: HttpRequest, activation: Activation, key: BrowserKey) -> HttpResponse:
    """Step 4: S2-26."""
    if request.method == "POST":
        actions.finish_activation(actor=actor_of(request), key=key)
        return redirect("identity:activation_confirmation")
    return render(request, "identity/activation/other_means.jinja", luxtrust_part(activation))


@step_page(Step.DONE)
def confirmation(request: HttpRequest, activation: Activation, key: BrowserKey) -> HttpResponse:
    """Step 5: S2-27."""
    return render(
        request, "identity/activation/confirmation.jinja", {"minor": is_minor(activation.person, localdate())}
    )


def _opened(request: HttpRequest, key: BrowserKey) -> HttpResponse:
    """On, in a browser the account knows from now on: strangers who try its matricule do not keep the person out."""
    response = redirect("identity:activation_other_means")
    account = find_activation(key).account
    if account is not None:
        KnownBrowser.of(request).having_seen(account).set_cookie(response)
    return response


def _keep_alive(session: Any) -> None:
    """Who takes the time to read stays in: our session engine puts the end off."""
    session.touch()


def held_key(request: HttpRequest) -> BrowserKey | None:
    """The activation this browser's session holds."""
    held = request.session.get(ACTIVATION_KEY)
    return BrowserKey(held["id"], held["token"]) if held else None


def accepted_terms(request: HttpRequest) -> TermsVersion | None:
    """The version this visitor accepted, while it is the one in force."""
    version = current_terms()
    return version if request.session.get(TERMS_KEY) == version.number else None


def lead_back(request: HttpRequest, error: ActivationError) -> HttpResponse:
    """Say calmly why this browser cannot go on, and lead to where it can begin again."""
    had_key = request.session.pop(ACTIVATION_KEY, None) is not None
    if isinstance(error, AccountExistsError):
        messages.info(request, _("Your account is already open: you can sign in."))
        return redirect("identity:sign_in")
    messages.info(request, _why_not(error, had_key=had_key))
    return redirect("identity:activation_code" if TERMS_KEY in request.session else "identity:activation")


def _why_not(error: ActivationError, *, had_key: bool) -> str:
    if isinstance(error, LetterReplacedError):
        return _("A later letter has replaced yours. Start again with the code of the latest letter.")
    if had_key:
        return _(
            "Your activation went on in another browser. To go on in this one, enter the code of your letter again."
        )
    return _(
        "Your session has ended, or was opened in another browser. Enter the code of your letter again: "
        "you will go on where you stopped."
    )


def _go_on(request: HttpRequest, key: BrowserKey, *, resumed: bool) -> HttpResponse:
    """Hold the activation in a session with a new key: one planted in this browser before is worth nothing."""
    request.session.cycle_key()
    request.session[ACTIVATION_KEY] = {"id": key.activation_id, "token": key.token}
    activation = find_activation(key)
    if resumed:
        messages.info(request, _resumed_text(activation))
    return redirect(PAGES[Step(activation.step)])


def _resumed_text(activation: Activation) -> str:
    if activation.password:
        return _(
            "You go on where your activation stopped. A password is already recorded: if you did not choose it "
            "yourself, go back and choose another."
        )
    return _("You go on where your activation stopped.")


def _refused(form: forms.ProofForm, proof: actions.Proof) -> tuple[Refusal | None, int]:
    """What the page says instead of going on, and its status."""
    if proof.refusal == Refusal.SLOW_DOWN:
        form.ask_to_wait(proof.retry_after)
        return None, TOO_MANY_REQUESTS
    if proof.refusal == Refusal.NO_MATCH:
        form.refuse(proof)
        return None, 200
    return proof.refusal, 200


def _underway(request: HttpRequest) -> str:
    """The address of the step this browser is at, when its account is not open yet: S2-14 lets it come back here."""
    try:
        activation = find_activation(held_key(request))
    except ActivationError:
        return ""
    return PAGES[Step(activation.step)] if activation.step in BEFORE_ACCOUNT else ""


def _typed_before(request: HttpRequest, activation: Activation) -> dict[str, str]:
    """What this browser typed itself; an address typed elsewhere is not shown."""
    asked = request.GET.get("channel", "")
    channel = asked if asked in CodeChannel else activation.channel or CodeChannel.SMS.value
    typed = {"channel": channel}
    if request.session[ACTIVATION_KEY].get("typed"):
        typed["phone" if activation.channel == CodeChannel.SMS else "email"] = str(activation.destination)
    return typed
