"""« Mot de passe oublié ? » (X7): asking; then, from the link, the matricule, a code, a new password."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from gesond.identity.actions import password_reset as actions
from gesond.identity.actions.one_time_codes import CodeNotSentError, seconds_until_resend
from gesond.identity.actions.password_reset import Proof, ResetEndedError
from gesond.identity.forms.code_messages import too_soon
from gesond.identity.forms.password_reset import AskResetForm, FullMatriculeForm, NewPasswordForm
from gesond.identity.forms.sign_in import CodeForm
from gesond.identity.models import PasswordReset
from gesond.identity.queries.account import masked
from gesond.identity.queries.password_reset import RESET_KEY, other_channel_of, reset_by_token, reset_of
from gesond.identity.sessions.authentication import actor_of
from gesond.identity.sessions.known_browsers import KnownBrowser
from gesond.identity.views.sign_in import TOO_MANY, sign_in_page

GONE = 410
STEPS = {"matricule": "identity:password_reset_matricule", "code": "identity:password_reset_code"}


@sign_in_page
def ask(request: HttpRequest) -> HttpResponse:
    """The same answer, as fast, whoever is asked for: a job finds out after the commit."""
    form = AskResetForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "identity/password_reset/ask.jinja", {"form": form})
    verdict = actions.ask_reset(
        actor=actor_of(request), identifier=form.cleaned_data["identifier"], language=str(get_language())
    )
    if verdict.allowed:
        return redirect("identity:password_reset_asked")
    form.ask_to_wait(verdict.retry_after)
    response = render(request, "identity/password_reset/ask.jinja", {"form": form}, status=TOO_MANY)
    response["Retry-After"] = str(verdict.retry_after)
    return response


@sign_in_page
@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """What happens next, for whoever has an account."""
    minutes = int(actions.LINK_LIFE.total_seconds() // 60)
    return render(request, "identity/password_reset/asked.jinja", {"minutes": minutes})


@sign_in_page
@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The link: its secret moves into the session at once, and out of the address. A program that only looks uses
    nothing up."""
    reset = reset_by_token(token)
    if reset is None:
        return _over(request)
    request.session.cycle_key()
    request.session[RESET_KEY] = {"id": str(reset.pk), "matricule": False, "code": other_channel_of(reset) is None}
    return redirect(STEPS["matricule"])


@sign_in_page
def matricule(request: HttpRequest) -> HttpResponse:
    """What the link's holder must know."""
    reset = reset_of(request.session)
    if reset is None:
        return _over(request)
    form = FullMatriculeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "identity/password_reset/matricule.jinja", {"form": form})
    check = actions.prove_matricule(actor=actor_of(request), reset_id=reset.pk, typed=form.cleaned_data["matricule"])
    if check.proof is Proof.RIGHT:
        return _after_matricule(request, reset)
    if check.proof is Proof.ENDED:
        return _over(request)
    form.refuse(check)
    return render(request, "identity/password_reset/matricule.jinja", {"form": form})


@sign_in_page
def code(request: HttpRequest) -> HttpResponse:
    """The account's other channel, where it has one."""
    reset = reset_of(request.session)
    if reset is None or not request.session[RESET_KEY]["matricule"]:
        return _over(request)
    if request.session[RESET_KEY]["code"]:
        return redirect("identity:password_reset_new")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        check = actions.check_reset_code(actor=actor_of(request), reset=reset, typed=form.cleaned_data["code"])
        if check.right:
            return _proved(request, "code")
        form.refuse(check)
    return _code_page(request, form, reset)


@sign_in_page
@require_POST
def resend(request: HttpRequest) -> HttpResponse:
    """Another code."""
    reset = reset_of(request.session)
    if reset is None or not request.session[RESET_KEY]["matricule"]:
        return _over(request)
    _send_code(request, reset)
    return redirect(STEPS["code"])


@sign_in_page
def new(request: HttpRequest) -> HttpResponse:
    """The new password, twice."""
    reset = reset_of(request.session)
    if reset is None or not all(request.session[RESET_KEY][proof] for proof in STEPS):
        return _over(request)
    account = reset.account
    assert account is not None  # noqa: S101 - the table's own constraint
    form = NewPasswordForm(request.POST or None, account=account)
    if request.method != "POST" or not form.is_valid():
        return render(request, "identity/password_reset/new.jinja", {"form": form})
    try:
        actions.choose_password(actor=actor_of(request), reset=reset, password=form.cleaned_data["password"])
    except ResetEndedError:
        return _over(request)
    request.session.flush()
    response = redirect("identity:password_reset_done")
    # Strangers who try the account all day must not keep out who has just proved more than a password.
    KnownBrowser.of(request).having_seen(account).set_cookie(response)
    return response


@sign_in_page
@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """« Se connecter », with the new password and a code as ever."""
    return render(request, "identity/password_reset/done.jinja")


def _after_matricule(request: HttpRequest, reset: PasswordReset) -> HttpResponse:
    if not request.session[RESET_KEY]["code"]:
        _send_code(request, reset)
    return _proved(request, "matricule")


def _proved(request: HttpRequest, proof: str) -> HttpResponse:
    """Note the proof in the session and go to the next thing to prove."""
    proofs = {**request.session[RESET_KEY], proof: True}
    request.session[RESET_KEY] = proofs
    missing = (STEPS[step] for step in STEPS if not proofs[step])
    return redirect(next(missing, "identity:password_reset_new"))


def _send_code(request: HttpRequest, reset: PasswordReset) -> None:
    try:
        actions.send_reset_code(actor=actor_of(request), reset=reset, language=str(get_language()))
    except CodeNotSentError as refused:
        messages.warning(request, too_soon(refused.retry_after))


def _code_page(request: HttpRequest, form: CodeForm, reset: PasswordReset) -> HttpResponse:
    channel, destination = other_channel_of(reset) or ("", "")
    facts = {
        "form": form,
        "channel": channel,
        "destination": masked(channel, destination),
        "wait": seconds_until_resend(reset.account) if reset.account else 0,
    }
    return render(request, "identity/password_reset/code.jinja", facts)


def _over(request: HttpRequest) -> HttpResponse:
    """Used, expired, altered or never there: the same calm page, with how to start again."""
    request.session.pop(RESET_KEY, None)
    return render(request, "identity/password_reset/over.jinja", status=GONE)
