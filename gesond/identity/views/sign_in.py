"""Signing in and out: S2-28 to S2-31, S1-16."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from gesond.identity.actions import sign_in as actions
from gesond.identity.actions.one_time_codes import CodeNotSentError, Outcome, seconds_until_resend
from gesond.identity.actions.sign_in import PasswordOutcome
from gesond.identity.doors import ENTRANCES, PATIENT, Entrance, entrance_of
from gesond.identity.forms.code_messages import too_soon
from gesond.identity.forms.sign_in import CodeForm, PasswordSignInForm
from gesond.identity.luxtrust.configuration import is_offered
from gesond.identity.models import Account, PendingSignIn
from gesond.identity.queries.account import masked
from gesond.identity.queries.second_factors import SecondFactor, second_factors_at
from gesond.identity.queries.sign_in import PENDING_KEY, pending_sign_in_of
from gesond.identity.sessions.authentication import actor_of
from gesond.identity.sessions.known_browsers import KnownBrowser
from gesond.identity.sessions.return_address import remember_return_address, take_return_address
from gesond.identity.sessions.standing import standing_of

TOO_MANY = 429
NOT_OPEN = 403
ENTRANCE_KEY = "entrance"

View = Callable[..., HttpResponse]


def sign_in_page(view: View) -> View:
    """A page for visitors that no cache keeps, nor the browser's « Précédent »; what is posted stays out of reports."""
    unstored = cache_control(no_store=True, private=True)(view)
    return login_not_required(sensitive_post_parameters()(unstored))


@sign_in_page
@require_safe
def choose_door(request: HttpRequest) -> HttpResponse:
    """« Connexion »: PATIENT or PROFESSIONNEL (S2-28, S1-16). Who is signed in already is there already."""
    remember_return_address(request)
    if request.user.is_authenticated:
        return redirect(take_return_address(request.session))
    return render(request, "identity/sign_in/doors.jinja", {"doors": settings.ENVIRONMENT.doors})


@sign_in_page
@require_safe
def enter(request: HttpRequest, entrance: Entrance) -> HttpResponse:
    """One entrance: « Cliquez sur le moyen d'authentification souhaité » (S2-28 to S2-30, S1-02, S1-16)."""
    remember_return_address(request)
    if is_inside(request, entrance):
        return redirect(take_return_address(request.session))
    return render(request, f"identity/sign_in/{entrance.slug}.jinja", {"entrance": entrance, "luxtrust": is_offered()})


@sign_in_page
def password(request: HttpRequest, entrance: Entrance) -> HttpResponse:
    """« Matricule, mot de passe et code »: the matricule and the password (S2-30, S1-20)."""
    remember_return_address(request)
    form = PasswordSignInForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _password_page(request, form, entrance)
    tried = actions.try_password(
        actor=actor_of(request),
        identifier=form.cleaned_data["identifier"],
        password=form.cleaned_data["password"],
        entrance=entrance,
        browser=KnownBrowser.of(request),
        resume=request.session.get(PENDING_KEY),
        language=str(get_language()),
    )
    match tried.outcome:
        case PasswordOutcome.WAIT:
            form.ask_to_wait(tried.retry_after)
            return _password_page(request, form, entrance, status=TOO_MANY, retry_after=tried.retry_after)
        case PasswordOutcome.WRONG:
            form.refuse()
            return _password_page(request, form, entrance)
        case PasswordOutcome.NOT_OPEN:
            return render(request, "identity/sign_in/not_open.jinja", status=NOT_OPEN)
        case PasswordOutcome.NO_DOOR | PasswordOutcome.NO_FACTOR:
            return not_admitted(request, entrance, tried.outcome)
    assert tried.pending is not None  # noqa: S101 - as PasswordTry says
    return _to_second_factor(request, tried.pending)


@sign_in_page
def code(request: HttpRequest) -> HttpResponse:
    """The second factor: the code sent by SMS or e-mail, or another means the account has."""
    pending = pending_sign_in_of(request.session)
    if pending is None or pending.completed_at:
        return _too_late(request)
    form = CodeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _code_page(request, form, pending)
    check = actions.confirm_code(
        actor=actor_of(request), request=request, pending=pending, typed=form.cleaned_data["code"]
    )
    if check.right:
        return signed_in(request, pending.account)
    if check.outcome is Outcome.USED:
        return _too_late(request)
    form.refuse(check)
    return _code_page(request, form, pending)


@sign_in_page
@require_POST
def resend(request: HttpRequest, channel: str) -> HttpResponse:
    """Another code, by the same channel or by the account's other one."""
    pending = pending_sign_in_of(request.session)
    if pending is None:
        return _too_late(request)
    if channel not in [factor.channel for factor in _factors(pending)]:
        raise Http404
    try:
        actions.send_sign_in_code(
            actor=actor_of(request), pending=pending, channel=channel, language=str(get_language())
        )
    except CodeNotSentError as refused:
        messages.warning(request, too_soon(refused.retry_after))
    else:
        messages.success(request, _("A new code is on its way. The former one is no longer good."))
    return redirect("identity:sign_in_code")


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session. Also for who was signed out meanwhile: the answer is the same."""
    actions.sign_out(actor=actor_of(request), request=request)
    messages.success(request, _("You are signed out."))
    return redirect("web:home")


def is_inside(request: HttpRequest, entrance: Entrance) -> bool:
    """Whether this browser has entered there already: a session of another entrance may begin anew."""
    return request.user.is_authenticated and standing_of(request.user).door in entrance.doors


def entrance_in_use(request: HttpRequest) -> Entrance:
    """Where this browser's latest sign-in began."""
    return ENTRANCES.get(request.session.get(ENTRANCE_KEY, ""), PATIENT)


def not_admitted(request: HttpRequest, entrance: Entrance, reason: str) -> HttpResponse:
    """The proof was right, but this account does not enter there: say what to do instead."""
    context = {"entrance": entrance, "reason": str(reason)}
    return render(request, "identity/sign_in/not_admitted.jinja", context, status=NOT_OPEN)


def signed_in(request: HttpRequest, account: Account) -> HttpResponse:
    """After `complete_sign_in`: to the page that was asked for, in a browser that is known from now on."""
    response = HttpResponseRedirect(take_return_address(request.session))
    KnownBrowser.of(request).having_seen(account).set_cookie(response)
    return response


def _to_second_factor(request: HttpRequest, pending: PendingSignIn) -> HttpResponse:
    """The session that knows of a right password has a key that nobody could have known before (fixation)."""
    request.session.cycle_key()
    request.session[PENDING_KEY] = str(pending.pk)
    request.session[ENTRANCE_KEY] = entrance_of(pending.door).slug
    return redirect("identity:sign_in_code")


def _too_late(request: HttpRequest) -> HttpResponse:
    """This code, or this sign-in, has done its work or is over. In the browser that it signed in, go on."""
    if request.user.is_authenticated:
        return redirect(take_return_address(request.session))
    messages.info(request, _("This sign-in has already been used or has expired. Start again."))
    return redirect(entrance_in_use(request).page("password"))


def _password_page(
    request: HttpRequest, form: PasswordSignInForm, entrance: Entrance, status: int = 200, retry_after: int = 0
) -> HttpResponse:
    context = {"form": form, "entrance": entrance}
    response = render(request, "identity/sign_in/password.jinja", context, status=status)
    if retry_after:
        response["Retry-After"] = str(retry_after)
    return response


def _code_page(request: HttpRequest, form: CodeForm, pending: PendingSignIn) -> HttpResponse:
    return render(request, "identity/sign_in/code.jinja", {"form": form, **_code_facts(pending)})


def _code_facts(pending: PendingSignIn) -> dict[str, Any]:
    channel = pending.channel
    destination = pending.account.confirmed_channels().get(channel)
    return {
        "channel": channel,
        "destination": masked(channel, destination) if destination else "",
        "minutes": settings.ENVIRONMENT.one_time_code_minutes,
        "wait": seconds_until_resend(pending.account),
        "factors": _factors(pending),
        "entrance": entrance_of(pending.door),
    }


def _factors(pending: PendingSignIn) -> list[SecondFactor]:
    return second_factors_at(entrance_of(pending.door), pending.account)
