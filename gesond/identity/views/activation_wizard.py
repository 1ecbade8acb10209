"""What the activations of patients and of professionals share: how a step is reached, and securing the account.

A wizard's pages are named after it: `identity:activation_security`, `directory:professional_activation_security`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gesond.identity.actions import activation as actions
from gesond.identity.actions.activation import (
    BEFORE_ACCOUNT,
    ActivationError,
    BrowserKey,
    OtherStepError,
    Step,
    existing_account,
)
from gesond.identity.actions.one_time_codes import CodeNotSentError
from gesond.identity.forms import activation as forms
from gesond.identity.forms.code_messages import too_soon
from gesond.identity.models import Account, Activation, CodeChannel, TermsVersion
from gesond.identity.queries.activation import find_activation, sent_code
from gesond.identity.queries.terms import current_terms
from gesond.identity.sessions.authentication import actor_of
from gesond.identity.sessions.known_browsers import KnownBrowser

TERMS_KEY = "activation_terms"  # the number of the version accepted
TOO_MANY_REQUESTS = 429
PAGES = {
    Step.PASSWORD: "password",
    Step.DATA: "data",
    Step.CHANNEL: "security",
    Step.CONFIRM: "security_code",
    Step.OTHER_MEANS: "other_means",
    Step.DONE: "confirmation",
}

Page = Callable[..., HttpResponse]
StepPage = Callable[[HttpRequest, Activation, BrowserKey], HttpResponse]


@dataclass(frozen=True, kw_only=True)
class Wizard:
    """One door's activation. `prefix`: of its pages' names; `layout`: the template that draws its steps.

    `before_security` is the page « Etape précédente » leads to from there; `lead_back` says why a browser cannot go on
    and where it can.
    """

    door: str
    prefix: str
    session_key: str  # {"id", "token", "typed": whether this browser typed the address}
    layout: str
    title: str | Promise
    securing: str | Promise
    securing_step: int
    before_security: str
    lead_back: Callable[[HttpRequest, ActivationError], HttpResponse]

    def page(self, name: str) -> str:
        """The name of one of its pages."""
        return f"{self.prefix}_{name}"

    def page_of(self, activation: Activation) -> str:
        """The name of the page that is due."""
        return self.page(PAGES[Step(activation.step)])

    def public(self, view: Page) -> Page:
        """For visitors, and never kept by a browser: going back asks the server. Not there where the door is shut."""

        @wraps(view)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if self.door not in settings.ENVIRONMENT.doors:
                raise Http404
            return view(request, *args, **kwargs)

        return login_not_required(never_cache(require_http_methods(["GET", "HEAD", "POST"])(page)))

    def step_page(self, *steps: Step) -> Callable[[StepPage], Page]:
        """A page for this browser's activation at one of `steps`; at another step it leads there."""

        def decorate(view: StepPage) -> Page:
            @self.public
            @wraps(view)
            def page(request: HttpRequest) -> HttpResponse:
                key = self.held_key(request)
                try:
                    activation = find_activation(key)
                    _keep_alive(request.session)
                    if key is None or activation.step not in steps:
                        return redirect(self.page_of(activation))
                    return view(request, activation, key)
                except OtherStepError:  # another tab was faster
                    return redirect(self.page_of(find_activation(key)))
                except ActivationError as error:
                    return self.lead_back(request, error)

            return page

        return decorate

    def held_key(self, request: HttpRequest) -> BrowserKey | None:
        """The activation this browser's session holds."""
        held = request.session.get(self.session_key)
        return BrowserKey(held["id"], held["token"], self.door, signed_in_id(request)) if held else None

    def hold(self, request: HttpRequest, key: BrowserKey) -> None:
        """In a session with a new key: one planted in this browser before is worth nothing."""
        request.session.cycle_key()
        request.session[self.session_key] = {"id": key.activation_id, "token": key.token}

    def let_go(self, request: HttpRequest) -> bool:
        """Forget the activation; whether there was one."""
        return request.session.pop(self.session_key, None) is not None

    def underway(self, request: HttpRequest) -> str:
        """The page this browser is at, when its account is not open yet: S2-14 lets it come back to the code."""
        try:
            activation = find_activation(self.held_key(request))
        except ActivationError:
            return ""
        return self.page_of(activation) if activation.step in BEFORE_ACCOUNT else ""

    def security(self, request: HttpRequest, activation: Activation, key: BrowserKey) -> HttpResponse:
        """S2-20, S1-12: where the one-time code goes."""
        form = self._channel_form(request, activation)
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
                self._note_sent(request)
                return redirect(self.page("security_code"))
        return render(request, "identity/activation/security.jinja", {"form": form, "wizard": self})

    def security_code(
        self,
        request: HttpRequest,
        activation: Activation,
        key: BrowserKey,
    ) -> HttpResponse:
        """S2-21 to S2-25, S1-13: the code received."""
        form = forms.ConfirmationForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            check = actions.open_account(actor=actor_of(request), key=key, typed=form.cleaned_data["code"])
            activation = find_activation(key)  # with the wrong tries just counted
            if check.right:
                return self._opened(request, activation)
            if activation.step != Step.CONFIRM:
                return redirect(self.page_of(activation))
            form.refuse(check)
        just_sent = bool(request.session.pop(self._just_sent_key, False))
        context = {
            "form": form,
            "wizard": self,
            "sent": sent_code(activation),
            "own_channel": existing_account(activation) is not None,
            "minutes": settings.ENVIRONMENT.one_time_code_minutes,
            "just_sent": just_sent and not form.is_bound,
        }
        return render(request, "identity/activation/security_code.jinja", context)

    def another_code(self, request: HttpRequest, activation: Activation, key: BrowserKey) -> HttpResponse:
        """A new code to the same address."""
        if request.method == "POST":
            try:
                actions.send_another_code(actor=actor_of(request), key=key)
            except CodeNotSentError as refused:
                messages.warning(request, too_soon(refused.retry_after))
            else:
                request.session[self._just_sent_key] = True
        return redirect(self.page("security_code"))

    @property
    def _just_sent_key(self) -> str:
        return f"{self.session_key}_just_sent"

    def _note_sent(self, request: HttpRequest) -> None:
        request.session[self.session_key] = {**request.session[self.session_key], "typed": True}
        request.session[self._just_sent_key] = True

    def _channel_form(self, request: HttpRequest, activation: Activation) -> "forms.ChannelForm | forms.OwnChannelForm":
        account = existing_account(activation)
        if account is not None:
            return forms.OwnChannelForm(request.POST or None, account=account)
        return forms.ChannelForm(request.POST or None, initial=self._typed_before(request, activation))

    def _typed_before(self, request: HttpRequest, activation: Activation) -> dict[str, str]:
        """What this browser typed itself; an address typed elsewhere is not shown."""
        asked = request.GET.get("channel", "")
        channel = asked if asked in CodeChannel else activation.channel or CodeChannel.SMS.value
        typed = {"channel": channel}
        if request.session[self.session_key].get("typed"):
            typed["phone" if activation.channel == CodeChannel.SMS else "email"] = str(activation.destination)
        return typed

    def _opened(self, request: HttpRequest, activation: Activation) -> HttpResponse:
        """On, in a browser the account knows from now on: strangers' tries at its matricule do not keep it out."""
        response = redirect(self.page_of(activation))
        # A tablet at a counter is everybody's: it is not remembered as anybody's own.
        if activation.account is not None and activation.assisted_id is None:
            KnownBrowser.of(request).having_seen(activation.account).set_cookie(response)
        return response


def accepted_terms(request: HttpRequest) -> TermsVersion | None:
    """The version this visitor accepted, while it is the one in force."""
    version = current_terms()
    return version if request.session.get(TERMS_KEY) == version.number else None


def signed_in_id(request: HttpRequest) -> int | None:
    """The account that is signed in in this browser, if any."""
    return request.user.pk if isinstance(request.user, Account) else None


def _keep_alive(session: Any) -> None:
    """Who takes the time to read stays in: our session engine puts the end off."""
    session.touch()
